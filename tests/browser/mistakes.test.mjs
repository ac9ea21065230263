// Mistakes and bad programs: the real tool's error, marked in the editor, and never a frozen tab.
import test from "node:test";
import assert from "node:assert/strict";
import { withPage } from "./support/page.mjs";

// Milliseconds that a key may wait for its letter.
const KEY_MS_MAX = 50;

const program = (body, imports = "") => `package main\n\n${imports}\n\nfunc main() {\n${body}\n}\n`;

test("an unknown command", () => withPage({}, async (learner) => {
  assert.equal(await learner.run("foo"), "bash: foo: command not found");
  assert.equal(await learner.run("echo $?"), "127");
}));

test("the historical hello.go gives Go's error and is marked", { timeout: 120_000 }, () => withPage({}, async (learner) => {
  const text = 'package main\n\nimport (\n  "fmt"\n  "os"\n  "time"\n)\n\nfunc main() {\n\tfor {\n\t\tfmt.Printf("hello, my hostname is %v\\n", os.Hostname())\n\t\ttime.Sleep(5*time.Second)\n\t}\n}\n';
  await learner.edit("hello.go", text);
  await learner.speed("ten");
  assert.match(await learner.run("docker build -t hello ."), /hello\.go:11:\d+: multiple-value os\.Hostname\(\)/);
  await learner.page.waitForSelector(".cm-lintRange-error");
  await learner.screenshot("compile-error");
}));

test("a broken manifest is marked", () => withPage({}, async (learner) => {
  await learner.edit("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: hello-pod\n bad: 1\n");
  assert.match(await learner.run("kubectl apply -f pod.yaml"), /error converting YAML to JSON|error parsing pod\.yaml/);
  await learner.page.waitForSelector(".cm-lintRange-error");
}));

test("the API version of old lessons, without and with legacy APIs", { timeout: 120_000 }, () => withPage({}, async (learner) => {
  const old = "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata:\n  name: hello\nspec:\n  replicas: 2\n  template:\n    metadata:\n      labels:\n        app: hello\n    spec:\n      containers:\n      - name: hello\n        image: hello:latest\n";
  await learner.edit("deployment.yaml", old);
  assert.match(await learner.run("kubectl apply -f deployment.yaml"), /no matches for kind "Deployment" in version "extensions\/v1beta1"/);
  await learner.page.click(".options summary");
  await Promise.all([learner.page.waitForEvent("load"), learner.page.click("[data-legacy]")]);
  await learner.ready();
  assert.match(await learner.run("kubectl apply -f deployment.yaml"), /deployment\.\S+ created/);
}));

const bad = {
  "an endless loop": program("\tfor {\n\t}"),
  "printing without end": program('\tfor {\n\t\tfmt.Println("again and again")\n\t}', 'import "fmt"'),
  "allocating without end": program("\tvar all [][]byte\n\tfor {\n\t\tall = append(all, make([]byte, 1<<20))\n\t}"),
};
for (const [name, text] of Object.entries(bad)) {
  test(`${name} leaves the tab usable`, { timeout: 180_000 }, () => withPage({}, async (learner) => {
    await learner.edit("hello.go", text);
    await learner.run("docker build -t hello .");
    await learner.type("docker run --name bad hello");
    await learner.page.waitForTimeout(1500);
    const slowest = await learner.slowestKey("still usable", KEY_MS_MAX);
    assert.ok(slowest <= KEY_MS_MAX, `a key waited ${slowest} ms`);
    await learner.screenshot(name.replaceAll(" ", "-"));
    await learner.interrupt();
    await learner.idle();
    if (name.startsWith("printing")) await learner.hasLines(1_500);
    assert.equal(await learner.run("echo alive"), "alive");
    await learner.run("docker run -d --name worse hello");
    await learner.run("docker stop -t 1 worse");
    assert.equal(await learner.run("echo alive"), "alive");
  }));
}
