//! The head of the page: the name, the clock, how time passes, the options.

use leptos::prelude::*;

use crate::page::{Page, Speed};
use crate::storage;

/// The head.
pub fn header(page: Page) -> impl IntoView {
    view! {
        <header class="head">
            <h1>
                <svg viewBox="0 0 32 32" aria-hidden="true">
                    <path d="M3 17h26l-4 9a3 3 0 0 1-3 2H10a3 3 0 0 1-3-2z" />
                    <path class="cargo" d="M8 11h5v5H8zm6 0h5v5h-5zm6 0h5v5h-5zm-6-6h5v5h-5z" />
                </svg>
                "Drydock"
            </h1>
            {time(page)}
            {options(page)}
        </header>
    }
}

fn time(page: Page) -> impl IntoView {
    let speed = move |speed: Speed, name: &'static str, title: &'static str| {
        view! {
            <button
                title=title
                aria-label=title
                aria-pressed=move || (page.speed.get() == speed).to_string()
                on:click=move |_| page.speed.set(speed)
            >
                {name}
            </button>
        }
    };
    let clock = move || {
        let seconds = page.clock_seconds.get();
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        format!("{hours}:{minutes:02}:{:02}", seconds % 60)
    };
    view! {
        <div class="time" role="group" aria-label="Time in the simulated computer">
            <span class="clock" title="Time since the computer was switched on">{clock}</span>
            {speed(Speed::Paused, "❚❚", "Pause: time stands still")}
            <button
                title="Step: to the next thing that happens"
                aria-label="Step: to the next thing that happens"
                disabled=move || page.speed.get() != Speed::Paused
                on:click=move |_| page.step_time()
            >
                "❚▶"
            </button>
            {speed(Speed::Real, "1×", "Real time")}
            {speed(Speed::Ten, "10×", "Ten times as fast")}
            {speed(Speed::Fast, "max", "As fast as this machine can")}
        </div>
    }
}

fn options(page: Page) -> impl IntoView {
    let legacy = move |event| page.set_legacy_apis(event_target_checked(&event));
    view! {
        <details class="options">
            <summary>"Options"</summary>
            <div class="menu">
                <label>
                    <input
                        type="checkbox"
                        prop:checked=move || page.legacy_apis.get()
                        on:change=legacy
                    />
                    "Legacy APIs"
                    <small>"The cluster also takes extensions/v1beta1, as old lessons write it. It starts anew."</small>
                </label>
                <button on:click=move |_| page.start_over()>
                    "Start over"
                    <small>"The lesson's own files, and a new computer."</small>
                </button>
            </div>
        </details>
        <button class="theme" title="Light or dark" aria-label="Light or dark" on:click=move |_| change_theme()>
            "◐"
        </button>
    }
}

/// From what is shown now to the other one; the browser keeps the choice.
fn change_theme() {
    let Some(root) = document().document_element() else {
        return;
    };
    let system_is_dark = window()
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches());
    let dark = match root.get_attribute("data-theme").as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => system_is_dark,
    };
    let theme = if dark { "light" } else { "dark" };
    // An attribute of a fixed name can always be set.
    let _ = root.set_attribute("data-theme", theme);
    storage::set("theme", theme);
}
