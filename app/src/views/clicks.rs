//! Clicks: an element says by a data-attribute what a click on it does.

use leptos::prelude::*;
use lesson::Action;
use wasm_bindgen::JsCast;

use super::set_attribute;
use crate::page::{Page, Panel, Speed};
use crate::storage;

/// What a click does, with the value of the attribute and its element.
type Deed = fn(Page, String, &web_sys::Element);

/// What a click does, by attribute.
const DEEDS: [(&str, Deed); 13] = [
    ("data-run", |page, command, _| page.run(&command)),
    ("data-open", |page, file, _| page.open(&file)),
    ("data-write", write),
    ("data-interrupt", |page, _, _| page.interrupt()),
    ("data-interrupt-for-waiting", |page, _, _| {
        page.interrupt_for_waiting()
    }),
    ("data-show", |page, name, _| {
        page.panel.set(Panel::named(&name))
    }),
    ("data-turn", |page, way, _| page.turn(&way)),
    ("data-speed", |page, name, _| {
        page.speed.set(Speed::named(&name))
    }),
    ("data-step-time", |page, _, _| page.step_time()),
    ("data-start-over", |page, _, _| page.start_over()),
    ("data-legacy", |page, _, _| page.change_legacy_apis()),
    ("data-change-theme", |_, _, _| change_theme()),
    ("data-focus-terminal", |page, _, _| {
        page.with_terminal(|terminal| terminal.focus());
    }),
];

/// Listens to every click on the page.
pub fn listen(page: Page) {
    let clicked = move |event: web_sys::MouseEvent| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let Some(target) = target else {
            return;
        };
        for (attribute, act) in DEEDS {
            let found = target.closest(&format!("[{attribute}]")).ok().flatten();
            if let Some(element) = found {
                let value = element.get_attribute(attribute).unwrap_or_default();
                act(page, value, &element);
                break;
            }
        }
    };
    drop(window_event_listener(leptos::ev::click, clicked));
}

/// The block of the lesson that the button stands above goes into the file.
fn write(page: Page, file: String, button: &web_sys::Element) {
    let block = button.next_element_sibling();
    let text = block
        .and_then(|block| block.text_content())
        .unwrap_or_default();
    page.act(&Action::Write { file, text });
}

/// From what is shown now to the other one; the browser keeps the choice.
fn change_theme() {
    let Some(root) = document().document_element() else {
        return;
    };
    let query = window().match_media("(prefers-color-scheme: dark)");
    let system_is_dark = query.ok().flatten().is_some_and(|query| query.matches());
    let dark = match root.get_attribute("data-theme").as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => system_is_dark,
    };
    let theme = if dark { "light" } else { "dark" };
    set_attribute(&root, "data-theme", Some(theme));
    storage::set("theme", theme);
}
