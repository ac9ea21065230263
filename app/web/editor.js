// The editor: CodeMirror with the languages of the lesson's files.
export function createEditor() {}
