//! What the browser keeps over a reload: the learner's files and choices.

use leptos::prelude::window;

const PREFIX: &str = "drydock:";

fn storage() -> Option<web_sys::Storage> {
    // A browser that forbids storage just forgets.
    window().local_storage().ok().flatten()
}

/// A kept value.
pub fn get(key: &str) -> Option<String> {
    storage()?
        .get_item(&format!("{PREFIX}{key}"))
        .ok()
        .flatten()
}

/// Keeps a value.
pub fn set(key: &str, value: &str) {
    if let Some(storage) = storage() {
        // A full storage loses the newest change, no more.
        let _ = storage.set_item(&format!("{PREFIX}{key}"), value);
    }
}

/// Forgets a value.
pub fn remove(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&format!("{PREFIX}{key}"));
    }
}

/// The kept keys that begin so, without that beginning.
pub fn keys(beginning: &str) -> Vec<String> {
    let Some(storage) = storage() else {
        return Vec::new();
    };
    let count = storage.length().unwrap_or(0);
    let names = (0..count).filter_map(|index| storage.key(index).ok().flatten());
    let beginning = format!("{PREFIX}{beginning}");
    let mut keys: Vec<String> = names
        .filter_map(|name| Some(name.strip_prefix(&beginning)?.to_owned()))
        .collect();
    keys.sort();
    keys
}
