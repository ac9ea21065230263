//! A list of elements that stay the same elements while what they show changes.

use ordered::OrderedMap;

use leptos::prelude::document;
use wasm_bindgen::JsCast;

/// The children of an element, by their keys.
pub struct KeyedElements {
    place: web_sys::Element,
    shown: OrderedMap<String, (web_sys::Element, String)>,
}

impl KeyedElements {
    /// Children of this element; it has none yet.
    pub fn new(place: web_sys::Element) -> Self {
        let shown = OrderedMap::new();
        Self { place, shown }
    }

    /// Shows these children in this order: key and HTML of each (one element). Only what is
    /// different is touched, so that what one points at stays in place.
    pub fn update(&mut self, wanted: &[(String, String)]) {
        let mut before = std::mem::take(&mut self.shown);
        let mut next = self.place.first_element_child();
        for (key, html) in wanted {
            let kept = before.remove(key);
            let element = match kept {
                Some((element, shown)) if shown == *html => element,
                Some((element, _)) => {
                    refill(&element, html);
                    element
                }
                None => match make(html) {
                    Some(element) => element,
                    None => continue,
                },
            };
            if next.as_ref() == Some(&element) {
                next = element.next_element_sibling();
            } else {
                // An element of this document can stand anywhere in it.
                let _ = self.place.insert_before(&element, next.as_deref());
            }
            self.shown.insert(key.clone(), (element, html.clone()));
        }
        for (element, _) in before.values() {
            element.remove();
        }
    }
}

fn make(html: &str) -> Option<web_sys::Element> {
    let place = document().create_element("div").ok()?;
    place.set_inner_html(html);
    place.first_element_child()
}

/// Gives an element the class and content of another; a button that has the keyboard keeps it.
fn refill(element: &web_sys::Element, html: &str) {
    let Some(new) = make(html) else {
        return;
    };
    let focused = document()
        .active_element()
        .filter(|focused| element.contains(Some(focused)));
    let command = focused.and_then(|focused| focused.get_attribute("data-run"));
    element.set_class_name(&new.class_name());
    element.set_inner_html(&new.inner_html());
    if let Some(command) = command {
        let verb = command.split(' ').take(2).collect::<Vec<_>>().join(" ");
        let same = element.query_selector(&format!("[data-run^=\"{verb}\"]"));
        if let Some(button) = same
            .ok()
            .flatten()
            .and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok())
        {
            // The button is there and can have the keyboard.
            let _ = button.focus();
        }
    }
}
