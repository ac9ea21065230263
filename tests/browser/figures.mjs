// Measures the built page: prints `what | measured | goal` for `cargo xtask bench`.
import { readFileSync } from "node:fs";
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

// A Deployment of many replicas on 20 nodes, at full speed, until kubectl says that all are ready.
const NODES = 20;
for (const [replicas, goal] of [[100, ""], [300, ""], [1000, "at most 6 s, 400 MB"]]) {
  const learner = await openPage({ query: `?nodes=${NODES}` });
  await learner.speed("fast");
  await learner.run("kubectl create deployment many --image=registry.k8s.io/pause:3.10 --replicas=0");
  const both = `kubectl scale --replicas=${replicas} deployment/many && kubectl rollout status deployment/many`;
  const seconds = await learner.seconds(both);
  const slowest = await learner.slowestKey("still here");
  row(`Deployment of ${replicas} replicas on ${NODES} nodes, all ready`, `${seconds.toFixed(1)} s, ${await memory(learner)}`, goal);
  row(`longest wait of a key beside ${replicas} pods`, `${slowest.toFixed(0)} ms`, "at most 50 ms");
  await learner.close();
}

// The most memory that the process of the page has had.
async function memory(learner) {
  const session = await learner.browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const sizes = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => {
    const status = readFileSync(`/proc/${id}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? NaN);
  });
  return `${Math.round(Math.max(...sizes) / 1000)} MB at most`;
}
