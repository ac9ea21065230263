//! The files of the workspace: tabs, the editor, and the buttons that use a file.

use leptos::prelude::*;

use super::html::escaped;
use super::{element, enable, press, set_attribute, set_text};
use crate::bridge::Editor;
use crate::page::Page;

/// Makes the editor; follows the files and their mistakes.
pub fn fill(page: Page) {
    if let Some(place) = element("editor") {
        let editor = Editor::new(&place, move |name, text| page.edited(&name, &text));
        let name = page.file.get_untracked();
        let text = page.computer.with_value(|computer| computer.read(&name));
        editor.open(&name, &text.unwrap_or_default());
        page.editor.set_value(Some(editor));
        page.mark_mistakes();
    }
    Effect::new(move || {
        let shown = page.file.get();
        if let Some(place) = element("file-names") {
            place.set_inner_html(&page.files.with(|files| tabs(files)));
        }
        press("data-open", &shown);
        let is_manifest = shown.ends_with(".yaml") || shown.ends_with(".yml");
        enable("apply", is_manifest);
        if let Some(apply) = element("apply") {
            let command = format!("kubectl apply -f {shown}");
            set_attribute(&apply, "data-run", Some(&command));
            set_attribute(&apply, "title", Some(&command));
        }
    });
    Effect::new(move || {
        let count = page.mistakes.get();
        if let Some(place) = element("mistakes") {
            place.set_hidden(count == 0);
        }
        let text = match count {
            1 => "1 problem is marked in this file".to_owned(),
            count => format!("{count} problems are marked in this file"),
        };
        set_text("mistakes", &text);
    });
}

fn tabs(files: &[String]) -> String {
    let tab = |name: &String| {
        let name = escaped(name);
        format!("<button data-open=\"{name}\">{name}</button>")
    };
    files.iter().map(tab).collect()
}
