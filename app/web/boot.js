// Starts the page: fetches the module and the lesson, hands them the editor.
import init from "drydock-glue";
import { createEditor } from "./editor.js";

const address = (name) => document.querySelector(`link[data-${name}]`).href;

globalThis.drydock = {
  createEditor,
  lesson: fetch(address("lesson")).then((answer) => {
    if (!answer.ok) throw new Error(`${address("lesson")}: ${answer.status}`);
    return answer.text();
  }),
};
// A panic in the module is a trap without words: say what a learner can do.
addEventListener("error", ({ error }) => {
  if (!(error instanceof WebAssembly.RuntimeError)) return;
  const hint = document.getElementById("hint");
  hint.hidden = false;
  hint.textContent = `Drydock has stopped working (${error.message}). That is a bug of ours. Your files are kept: reload the page to go on.`;
});
init({ module_or_path: address("module") }).catch((error) => {
  (document.getElementById("loading") ?? document.getElementById("lesson-text")).textContent = `Drydock could not start: ${error}`;
});
