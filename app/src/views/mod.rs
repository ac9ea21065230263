//! What the learner sees: each part of the page has a file that fills it, and follows its signals.

mod clicks;
mod cluster;
mod files;
mod head;
mod html;
mod keyed;
mod lesson;
mod screen_lines;
mod terminal;

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::page::Page;
pub use terminal::TerminalView;

/// Fills the frame of the page with life.
pub fn fill(page: Page) {
    head::fill(page);
    lesson::fill(page);
    files::fill(page);
    cluster::fill(page);
    terminal::fill(page);
    clicks::listen(page);
}

/// An element of the frame.
fn element(id: &str) -> Option<web_sys::HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Shows a text in an element of the frame.
pub fn set_text(id: &str, text: &str) {
    if let Some(element) = element(id) {
        element.set_text_content(Some(text));
    }
}

/// Sets an attribute, or takes it away.
fn set_attribute(element: &web_sys::Element, name: &str, value: Option<&str>) {
    // The names are ours, and all of them are possible.
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

/// Shows a button of the frame as usable or not.
fn enable(id: &str, usable: bool) {
    if let Some(element) = element(id) {
        set_attribute(&element, "disabled", (!usable).then_some(""));
    }
}

/// Of several buttons, shows the one with this value as pressed.
fn press(attribute: &str, value: &str) {
    let Ok(buttons) = document().query_selector_all(&format!("[{attribute}]")) else {
        return;
    };
    for index in 0..buttons.length() {
        let button = buttons
            .item(index)
            .and_then(|node| node.dyn_into::<web_sys::Element>().ok());
        if let Some(button) = button {
            let pressed = button.get_attribute(attribute).as_deref() == Some(value);
            set_attribute(
                &button,
                "aria-pressed",
                Some(if pressed { "true" } else { "false" }),
            );
        }
    }
}
