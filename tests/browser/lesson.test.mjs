// The whole lesson, typed key by key, as the first visitor would do it.
import test from "node:test";
import assert from "node:assert/strict";
import { withPage } from "./support/page.mjs";

const ADDRESS = /10\.\d+\.\d+\.\d+/;

test("the lesson from the first file to the clean-up", { timeout: 600_000 }, () => withPage({}, async (learner) => {
  const { page } = learner;
  await learner.speed("ten");

  assert.match(await learner.run("ls"), /Dockerfile.*hello\.go/s);
  assert.match(await learner.run("cat hello.go"), /hello, my hostname is/);
  await learner.run("docker build -t hello .");
  assert.match(await learner.text(), /FINISHED/);
  assert.match(await learner.run("docker images"), /hello +latest/);
  await learner.screenshot("built");

  assert.match(await learner.run("kubectl get nodes"), /Ready/);
  assert.match(await learner.run("kubectl describe nodes"), /Roles: +control-plane/);
  assert.match(await learner.run("kubectl get pods"), /No resources found in default namespace\./);
  assert.match(await learner.run("kubectl apply -f pod.yaml"), /pod\/hello-pod created/);
  await learner.runUntil("kubectl get pods -o wide", /hello-pod +1\/1 +Running +0 .*10\./);
  assert.match(await learner.run("kubectl describe pod hello-pod"), /Image: +hello:latest/);
  assert.match(await learner.run("docker ps -f name=hello"), /k8s_POD_hello-pod_default/);
  assert.match(await learner.run("kubectl logs hello-pod"), /hello, my hostname is hello-pod/);
  await page.waitForSelector(".pod.good");
  await learner.screenshot("running");

  await learner.type("kubectl logs -f hello-pod");
  await learner.waitFor(/logs -f hello-pod\n(hello, my hostname is hello-pod\n){3}/);
  await learner.interrupt();
  await learner.idle();

  await learner.run("docker stop $(docker ps -q -f name=hello)");
  await learner.runUntil("kubectl get pods", /hello-pod +1\/1 +Running +1 \(/);
  assert.match(await learner.run("kubectl logs --previous hello-pod"), /hello, my hostname is hello-pod/);
  assert.match(await learner.run("kubectl delete pod hello-pod"), /pod "hello-pod" deleted/);
  await page.waitForSelector(".pod", { state: "detached" });

  assert.match(await learner.run("kubectl apply -f deployment.yaml"), /deployment\.apps\/hello created/);
  await learner.runUntil("kubectl get deployments", /hello +2\/2 +2 +2/);
  assert.match(await learner.run("kubectl get rs"), /hello-[0-9a-z]+ +2 +2 +2/);
  const pods = await learner.run("kubectl get pods");
  const names = pods.match(/^hello-[0-9a-z]+-[0-9a-z]{5}/gm);
  assert.equal(names?.length, 2, pods);
  const logs = await learner.runUntil("kubectl logs -l app=hello", new RegExp(`(${names[0]}[^]*${names[1]})|(${names[1]}[^]*${names[0]})`));
  assert.match(logs, /hello, my hostname is/);

  // The variant that answers over HTTP comes from a click in the lesson.
  for (let step = 1; step < 6; step++) await page.click("[data-turn=next]");
  await page.click("[data-write='hello.go']");
  await learner.run("docker build -t hello .");
  await learner.run("kubectl delete pods -l app=hello");
  await learner.runUntil("kubectl get deployments", /hello +2\/2 +2 +2/);
  const address = (await learner.run("kubectl describe pods | grep IP")).match(ADDRESS)[0];
  await learner.type('read -p "Enter a pod IP address: " address');
  await learner.waitFor(/Enter a pod IP address: $/);
  await learner.type(address);
  await learner.idle();
  assert.match(await learner.run("curl $address:8080"), /hello, my hostname is hello-/);

  assert.match(await learner.run("kubectl apply -f service.yaml"), /service\/hello created/);
  const service = await learner.run("kubectl get services");
  const clusterip = service.match(/hello +ClusterIP +(\S+)/)?.[1];
  assert.match(clusterip ?? service, ADDRESS);
  await learner.run(`clusterip=${clusterip}`);
  const answers = new Set();
  for (let call = 0; call < 12 && answers.size < 2; call++) {
    answers.add((await learner.run("curl $clusterip:30000")).trim());
  }
  assert.equal(answers.size, 2, [...answers].join("\n"));
  await page.waitForSelector(".service");
  await learner.screenshot("service");

  assert.match(await learner.run("kubectl scale --replicas=5 deployment/hello"), /deployment\.apps\/hello scaled/);
  await learner.runUntil("kubectl get deployments", /hello +5\/5/);
  const five = (await learner.run("kubectl get pods")).match(/^hello-[0-9a-z]+-[0-9a-z]{5}/gm);
  assert.equal(five.length, 5);
  await learner.run(`kubectl delete pod ${five[0]}`);
  const replaced = (await learner.runUntil("kubectl get pods", /(Running.*\n){5}|(Running[^]*){5}/)).match(/^hello-[0-9a-z]+-[0-9a-z]{5}/gm);
  assert.ok(!replaced.includes(five[0]));
  await learner.screenshot("scaled");
  assert.match(await learner.run("kubectl delete -f deployment.yaml"), /deployment\.apps "hello" deleted/);
  await page.waitForSelector(".pod", { state: "detached" });
}));

test("buttons type their commands", { timeout: 300_000 }, () => withPage({}, async (learner) => {
  const { page } = learner;
  await learner.speed("ten");
  assert.match(await learner.click(".deeds [data-run^='docker build']"), /docker build -t hello \./);
  await page.click('#file-names [data-open="pod.yaml"]');
  assert.match(await learner.click("#apply"), /kubectl apply -f pod\.yaml\npod\/hello-pod created/);
  await page.waitForSelector(".pod.good");
  assert.match(await learner.click(".pod [data-run^='kubectl logs']"), /kubectl logs hello-pod/);
  assert.match(await learner.click(".pod [data-run^='docker stop']"), /docker stop [0-9a-f]{12}\n[0-9a-f]{12}/);
  await page.waitForFunction(() => document.querySelector(".pod .restarts")?.textContent === "1 restart");
  assert.match(await learner.click(".pod [data-run^='kubectl delete']"), /pod "hello-pod" deleted/);
}));

test("a command waits for the running one", () => withPage({}, async (learner) => {
  await learner.type("sleep 1000");
  await learner.page.click("#lesson-text [data-run='ls']");
  await learner.page.waitForSelector("#hint [data-interrupt-for-waiting]");
  await learner.page.click("#hint [data-interrupt-for-waiting]");
  await learner.idle();
  await learner.waitFor(/\$ ls\n[^]*Dockerfile/);
}));
