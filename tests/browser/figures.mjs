// Measures the built page: prints `what | measured | goal` for `cargo xtask bench`.
import { openPage } from "./support/page.mjs";

const row = (what, measured, goal) => console.log(`${what} | ${measured} | ${goal}`);

const starts = [];
for (let round = 0; round < 5; round++) {
  const learner = await openPage();
  starts.push(await learner.page.evaluate(() => performance.getEntriesByName("drydock:interactive")[0]?.startTime ?? NaN));
  await learner.close();
}
starts.sort((one, other) => one - other);
row("interactive from a cold start (median of 5)", `${starts[2].toFixed(0)} ms`, "at most 1500 ms");

const learner = await openPage();
const boot = await learner.page.evaluate(() => performance.getEntriesByName("drydock:boot")[0]?.duration ?? NaN);
row("cluster boot", `${boot.toFixed(1)} ms`, "at most 100 ms");
await learner.close();
