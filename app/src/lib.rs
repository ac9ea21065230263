//! The page: turns events into calls of the playground, and its state into views.

use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

/// Puts the page into the document.
#[wasm_bindgen(start)]
pub fn start() {
    mount_to_body(|| view! { <p>"Drydock"</p> });
}
