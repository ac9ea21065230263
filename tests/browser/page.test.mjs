// The page loads.
import test from "node:test";
import assert from "node:assert/strict";
import { openPage } from "./support/page.mjs";

test("the page says what it is", async () => {
  const session = await openPage();
  assert.match(await session.page.textContent("body"), /Drydock/);
  await session.close();
});
