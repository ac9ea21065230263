//! What the learner sees. Each part of the page has a file of its own.

mod cluster;
mod files;
mod header;
mod lesson;
mod screen_lines;
mod terminal;

use leptos::prelude::*;

use crate::page::{Page, Panel};
pub use terminal::TerminalView;

/// The whole page below its first line.
pub fn page(page: Page) -> impl IntoView {
    let shown = move || match page.panel.get() {
        Panel::Files => "files",
        Panel::Terminal => "terminal",
        Panel::Cluster => "cluster",
    };
    view! {
        {header::header(page)}
        <div class="desk" data-panel=shown>
            {lesson::lesson(page)}
            {tabs(page)}
            {files::files(page)}
            {cluster::cluster(page)}
            {terminal::terminal(page)}
        </div>
    }
}

/// On a narrow screen: which part is shown below the lesson.
fn tabs(page: Page) -> impl IntoView {
    let tab = move |panel: Panel, name: &'static str| {
        view! {
            <button
                aria-pressed=move || (page.panel.get() == panel).to_string()
                on:click=move |_| page.panel.set(panel)
            >
                {name}
            </button>
        }
    };
    view! {
        <nav class="tabs" aria-label="Parts of the page">
            {tab(Panel::Files, "Files")}
            {tab(Panel::Terminal, "Terminal")}
            {tab(Panel::Cluster, "Cluster")}
        </nav>
    }
}
