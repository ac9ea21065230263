// Measures Go programs in the built page: prints `what | measured | goal` for `cargo xtask bench`.
// DRYDOCK_GO holds a line for each program: its file, its name, the seconds it takes natively.
// What a container takes whose program does nothing is subtracted: natively it is not there.
import { readFileSync } from "node:fs";
import { openPage } from "./support/page.mjs";

const ROUNDS = 4;

const learner = await openPage();
await learner.speed("fast");

// The least seconds of a container of a program.
async function seconds(text) {
  await learner.edit("hello.go", text);
  await learner.run("docker build -q -t measured .");
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    least = Math.min(least, await learner.seconds("docker run --rm measured"));
  }
  return least;
}

const nothing = await seconds("package main\n\nfunc main() {}\n");
console.log(`a container whose program does nothing | ${nothing.toFixed(2)} s | `);
for (const line of (process.env.DRYDOCK_GO ?? "").split("\n").filter(Boolean)) {
  const [file, what, native] = line.split("\t");
  const taken = Math.max(0, (await seconds(readFileSync(file, "utf8"))) - nothing);
  const ratio = native ? `: ${(taken / Number(native)).toFixed(1)} times the native time` : "";
  console.log(`${what} | ${taken.toFixed(2)} s${ratio} | at most 2 times`);
}
await learner.close();
