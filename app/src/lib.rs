//! The page: turns events into calls of the playground, and its state into views.
//!
//! No rule of the computer, the shell, Docker or Kubernetes lives here; a rule that could be
//! tested without a browser belongs into `core`.

mod bridge;
mod computer;
mod frame;
mod page;
mod picture;
mod storage;
mod views;

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;

use lesson::{Archive, Lesson};

/// Waits for the lesson's text and puts the page into the document.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| bridge::report(&panic.to_string())));
    leptos::task::spawn_local(async {
        let lesson = bridge::lesson_text().await;
        let lesson = lesson.and_then(|text| Lesson::parse(&Archive::parse(&text)));
        let main = document().get_element_by_id("drydock");
        let Some(main) = main.and_then(|main| main.dyn_into().ok()) else {
            return bridge::report("the page has no element #drydock");
        };
        match lesson {
            Ok(lesson) => show(main, lesson),
            Err(error) => main.set_text_content(Some(&format!("The lesson is missing: {error}"))),
        }
    });
}

fn show(main: web_sys::HtmlElement, lesson: Lesson) {
    main.set_text_content(None);
    let page = page::Page::new(lesson);
    mount_to(main, move || views::page(page)).forget();
    frame::start(page);
}
