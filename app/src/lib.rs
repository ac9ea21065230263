//! The page: turns events into calls of the playground, and its state into views.
//!
//! No rule of the computer, the shell, Docker or Kubernetes lives here; a rule that could be
//! tested without a browser belongs into `core`. The frame of the page is plain HTML
//! (`index.html`), there before this module is; signals and effects fill it.

mod bridge;
#[cfg(all(test, target_arch = "wasm32"))]
mod browser_tests;
mod computer;
mod frame;
mod page;
mod storage;
mod views;

use leptos::mount::mount_to_body;
#[cfg(not(test))]
use wasm_bindgen::prelude::wasm_bindgen;

use lesson::{Archive, Lesson};

/// Waits for the lesson's text and brings the page to life.
#[cfg_attr(not(test), wasm_bindgen(start))]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| bridge::report(&panic.to_string())));
    wasm_bindgen_futures::spawn_local(async {
        let lesson = bridge::lesson_text().await;
        let lesson = lesson.and_then(|text| Lesson::parse(&Archive::parse(&text)));
        match lesson {
            Ok(lesson) => mount_to_body(move || match page::Page::new(lesson) {
                Ok(page) => {
                    views::fill(page);
                    frame::start(page);
                    bridge::mark_time("drydock:interactive");
                }
                Err(error) => {
                    views::set_text("loading", &format!("The computer is broken: {error}"))
                }
            }),
            Err(error) => views::set_text("loading", &format!("The lesson is missing: {error}")),
        }
    });
}
