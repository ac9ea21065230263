// The editor: CodeMirror with the languages of the lesson's files. It knows files by their names
// and keeps one state (text, undo history, selection) for each; what the files mean is not here.
import { Compartment, EditorState } from "@codemirror/state";
import {
  EditorView, drawSelection, dropCursor, highlightActiveLine, highlightActiveLineGutter,
  highlightSpecialChars, keymap, lineNumbers,
} from "@codemirror/view";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import {
  StreamLanguage, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { classHighlighter } from "@lezer/highlight";
import { dockerFile } from "@codemirror/legacy-modes/mode/dockerfile";
import { go } from "@codemirror/legacy-modes/mode/go";
import { shell } from "@codemirror/legacy-modes/mode/shell";
import { yaml } from "@codemirror/legacy-modes/mode/yaml";

function language(name) {
  if (name.endsWith(".go")) return [StreamLanguage.define(go), indentUnit.of("\t"), EditorState.tabSize.of(4)];
  if (/\.ya?ml$/.test(name)) return [StreamLanguage.define(yaml), indentUnit.of("  ")];
  if (/^Dockerfile/.test(name)) return [StreamLanguage.define(dockerFile)];
  if (name.endsWith(".sh")) return [StreamLanguage.define(shell)];
  return [];
}

// `changed(name, text)` is called after every change that the learner makes.
export function createEditor(parent, changed) {
  const states = new Map();
  const label = new Compartment();
  let current = "";
  let telling = true;

  const extensions = (name) => [
    lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(),
    dropCursor(), indentOnInput(), bracketMatching(), highlightActiveLine(),
    syntaxHighlighting(classHighlighter), lintGutter(),
    keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
    label.of(EditorView.contentAttributes.of({ "aria-label": `Editor: ${name}` })),
    EditorView.updateListener.of((update) => {
      if (update.docChanged && telling) changed(current, update.state.doc.toString());
    }),
    ...language(name),
  ];
  const fresh = (name, text) => EditorState.create({ doc: text, extensions: extensions(name) });
  const view = new EditorView({ parent, state: fresh("", "") });

  const quietly = (act) => {
    telling = false;
    try { act(); } finally { telling = true; }
  };

  return {
    // Shows a file; `text` is what the workspace has now.
    open(name, text) {
      if (current) states.set(current, view.state);
      current = name;
      const kept = states.get(name);
      view.setState(kept && kept.doc.toString() === text ? kept : fresh(name, text));
    },
    // The file was changed elsewhere. A change that is shown can be undone.
    replace(name, text) {
      if (name !== current) {
        states.delete(name);
      } else if (view.state.doc.toString() !== text) {
        quietly(() => view.dispatch({
          changes: { from: 0, to: view.state.doc.length, insert: text },
          selection: { anchor: 0 },
          scrollIntoView: true,
        }));
      }
    },
    // Marks mistakes: a flat list of line, column (both from 1), severity, message.
    mark(list) {
      const marks = [];
      const doc = view.state.doc;
      for (let i = 0; i + 3 < list.length; i += 4) {
        const line = doc.line(Math.min(Math.max(1, list[i]), doc.lines));
        const from = Math.min(line.from + Math.max(0, list[i + 1] - 1), line.to);
        const word = /^[\w.\-/]+/.exec(doc.sliceString(from, line.to));
        const to = Math.min(from + (word ? word[0].length : 1), doc.length);
        marks.push({ from, to, severity: list[i + 2], message: list[i + 3] });
      }
      marks.sort((one, other) => one.from - other.from);
      view.dispatch(setDiagnostics(view.state, marks));
    },
    focus() { view.focus(); },
  };
}
