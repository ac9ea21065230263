// The page itself: what it says, how it fits, what it keeps.
import test from "node:test";
import assert from "node:assert/strict";
import { withPage } from "./support/page.mjs";

test("the first line says that the cluster is simulated", () => withPage({}, async (learner) => {
  const text = await learner.page.evaluate(() => document.body.innerText);
  assert.match(text.split("\n")[0], /simulated/);
}));

test("everything comes from the page's own folder", () => withPage({}, async (learner) => {
  assert.ok(learner.requests.length >= 4);
  for (const url of learner.requests) {
    assert.ok(url.startsWith(process.env.DRYDOCK_URL) || url.startsWith("data:"), url);
  }
}));

test("a reload keeps the learner's files", () => withPage({}, async (learner) => {
  await learner.edit("hello.go", "package main // kept\n");
  await learner.run("echo made in the shell > notes.txt");
  await learner.page.waitForSelector('#file-names [data-open="notes.txt"]');
  await learner.reload();
  assert.match(await learner.run("cat hello.go"), /package main \/\/ kept/);
  assert.match(await learner.run("cat notes.txt"), /made in the shell/);
}));

test("a change in the shell shows in the editor", () => withPage({}, async (learner) => {
  await learner.run("echo 'package changed' > hello.go");
  await learner.page.waitForFunction(() => document.querySelector(".cm-content").textContent.includes("package changed"));
}));

test("the keyboard reaches everything", () => withPage({}, async (learner) => {
  const seen = new Set();
  await learner.page.locator(".options summary").focus();
  for (let count = 0; count < 60; count++) {
    seen.add(await learner.page.evaluate(() => {
      const at = document.activeElement;
      return at.id || at.dataset.run || at.dataset.turn || at.className || at.tagName;
    }));
    // Within the editor Tab indents; Escape lets it go on.
    await learner.page.keyboard.press("Escape");
    await learner.page.keyboard.press("Tab");
  }
  for (const place of ["typed", "turn-next", "ls", "picture"]) assert.ok(seen.has(place), `${place} in ${[...seen]}`);
}));

for (const width of [1440, 1024, 390]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`nothing is cut off at ${width} pixels, ${colorScheme}`, () =>
      withPage({ width, height: width === 390 ? 844 : 800, colorScheme }, async (learner) => {
        const sizes = await learner.page.evaluate(() => ({
          page: document.documentElement.scrollWidth,
          window: document.documentElement.clientWidth,
        }));
        assert.ok(sizes.page <= sizes.window, JSON.stringify(sizes));
        await learner.run("ls");
        await learner.screenshot(`start-${width}-${colorScheme}`);
      }));
  }
}

test("light and dark can be changed, and the choice is kept", () => withPage({}, async (learner) => {
  const paper = () => learner.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await learner.page.click("[data-change-theme]");
  assert.notEqual(await paper(), light);
  await learner.reload();
  assert.notEqual(await paper(), light);
}));
