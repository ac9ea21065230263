// Measures Go programs in the built page: prints `what | measured | goal` for `cargo xtask bench`.
// DRYDOCK_GO holds a line for each program: its file, its name, the seconds it takes natively.
import { readFileSync } from "node:fs";
import { openPage } from "./support/page.mjs";

const ROUNDS = 3;

const learner = await openPage();
await learner.speed("fast");
for (const line of (process.env.DRYDOCK_GO ?? "").split("\n").filter(Boolean)) {
  const [file, what, native] = line.split("\t");
  await learner.edit("hello.go", readFileSync(file, "utf8"));
  await learner.run("docker build -q -t measured .");
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    await learner.run("docker run --rm measured");
    least = Math.min(least, (performance.now() - began) / 1000);
  }
  const ratio = native ? `: ${(least / Number(native)).toFixed(1)} times the native time` : "";
  console.log(`${what} | ${least.toFixed(2)} s${ratio} | at most 2 times`);
}
await learner.close();
