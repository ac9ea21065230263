// Starts the page: fetches the module and the lesson, hands them the editor.
import init from "drydock-glue";
import { createEditor } from "./editor.js";
import { unpack } from "./unpack.js";

const address = (name) => document.querySelector(`link[data-${name}]`).href;

const get = async (name) => {
  const answer = await fetch(address(name));
  if (!answer.ok) throw new Error(`${address(name)}: ${answer.status}`);
  return answer;
};

globalThis.drydock = {
  createEditor,
  lesson: get("lesson").then((answer) => answer.text()),
};
// A panic in the module is a trap without words: say what a learner can do.
addEventListener("error", ({ error }) => {
  if (!(error instanceof WebAssembly.RuntimeError)) return;
  const hint = document.getElementById("hint");
  hint.hidden = false;
  hint.textContent = `Drydock has stopped working (${error.message}). That is a bug of ours. Your files are kept: reload the page to go on.`;
});
const module = get("module").then((answer) => answer.arrayBuffer());
init({ module_or_path: module.then((packed) => unpack(new Uint8Array(packed))) }).catch((error) => {
  (document.getElementById("loading") ?? document.getElementById("lesson-text")).textContent = `Drydock could not start: ${error}`;
});
