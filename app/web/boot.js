// Starts the page: fetches the module, hands it the editor.
import init from "drydock-glue";
import { createEditor } from "./editor.js";

globalThis.drydock = { createEditor };
init({ module_or_path: document.querySelector("link[data-module]").href });
