//! What the page needs from JavaScript: the editor, the lesson's text, the console.

use js_sys::{Array, Promise};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// The object that `boot.js` makes.
    type Boot;

    #[wasm_bindgen(thread_local_v2, js_name = drydock)]
    static BOOT: Boot;

    #[wasm_bindgen(method, getter)]
    fn lesson(this: &Boot) -> Promise;

    #[wasm_bindgen(method, js_name = createEditor)]
    fn create_editor(this: &Boot, parent: &web_sys::Element, changed: &JsValue) -> Editor;

    /// The editor, see `editor.js`.
    pub type Editor;

    /// Shows a file.
    #[wasm_bindgen(method)]
    pub fn open(this: &Editor, name: &str, text: &str);

    /// Takes over a change that was made elsewhere.
    #[wasm_bindgen(method)]
    pub fn replace(this: &Editor, name: &str, text: &str);

    #[wasm_bindgen(method)]
    fn mark(this: &Editor, marks: &Array);

    /// Puts the keyboard into the editor.
    #[wasm_bindgen(method)]
    pub fn focus(this: &Editor);

    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(text: &str);
}

/// A mistake in a file, for the editor to mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// `error`, `warning` or `info`.
    pub severity: &'static str,
    /// What is wrong, in the words of the real tool.
    pub message: String,
}

impl Editor {
    /// Makes the editor; `changed` gets the name and text of a file that the learner changes.
    pub fn new(parent: &web_sys::Element, changed: impl Fn(String, String) + 'static) -> Self {
        let changed = Closure::<dyn Fn(String, String)>::new(changed);
        BOOT.with(|boot| boot.create_editor(parent, &changed.into_js_value()))
    }

    /// Marks mistakes in the file that is shown; the earlier marks go.
    pub fn show_marks(&self, marks: &[Mark]) {
        let list = Array::new();
        for mark in marks {
            list.push(&mark.line.into());
            list.push(&mark.column.into());
            list.push(&mark.severity.into());
            list.push(&mark.message.as_str().into());
        }
        self.mark(&list);
    }
}

/// The lesson's archive, which `boot.js` began to fetch.
///
/// # Errors
/// Why it could not be fetched.
pub async fn lesson_text() -> Result<String, String> {
    let promise = BOOT.with(Boot::lesson);
    match JsFuture::from(promise).await {
        Ok(text) => text.as_string().ok_or_else(|| "no text".to_owned()),
        Err(error) => Err(format!("{error:?}")),
    }
}

/// Says to the console what should never happen.
pub fn report(text: &str) {
    console_error(text);
}

/// Milliseconds on the browser's clock.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Puts a named mark on the browser's time line, for who measures the page.
pub fn mark_time(name: &str) {
    if let Some(clock) = window().performance() {
        // A browser that keeps no marks misses nothing.
        let _ = clock.mark(name);
    }
}

/// Notes how much time has passed since a mark.
pub fn measure_time(name: &str, since: &str) {
    if let Some(clock) = window().performance() {
        let _ = clock.measure_with_start_mark(name, since);
    }
}
