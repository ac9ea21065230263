//! The head of the page: the clock, how time passes; on a narrow screen, which part is shown.

use leptos::prelude::*;

use super::{element, enable, press, set_attribute, set_text};
use crate::page::{Page, Speed};

/// Follows the clock, the speed and the chosen part.
pub fn fill(page: Page) {
    Effect::new(move || {
        let seconds = page.clock_seconds.get();
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        set_text(
            "clock",
            &format!("{hours}:{minutes:02}:{:02}", seconds % 60),
        );
    });
    Effect::new(move || {
        let speed = page.speed.get();
        press("data-speed", speed.name());
        enable("step-time", speed == Speed::Paused);
    });
    Effect::new(move || {
        let panel = page.panel.get().name();
        press("data-show", panel);
        if let Some(desk) = element("desk") {
            set_attribute(&desk, "data-panel", Some(panel));
        }
        page.measure_terminal();
    });
    if let Some(legacy) = element("legacy") {
        set_attribute(&legacy, "checked", page.legacy_apis.then_some(""));
    }
}
