//! The files of the workspace: tabs, the editor, and the buttons that use a file.

use leptos::html::Div;
use leptos::prelude::*;

use crate::bridge::Editor;
use crate::page::Page;

/// The editor with its tabs and buttons.
pub fn files(page: Page) -> impl IntoView {
    let place = NodeRef::<Div>::new();
    place.on_load(move |place| {
        let editor = Editor::new(&place, move |name, text| page.edited(&name, &text));
        let name = page.file.get_untracked();
        let text = page.computer.with_value(|computer| computer.read(&name));
        editor.open(&name, &text.unwrap_or_default());
        page.editor.set_value(Some(editor));
        page.mark_mistakes();
    });
    view! {
        <section class="panel files" aria-label="Files">
            <div class="bar">
                <div class="names" role="group" aria-label="Files of the workspace">
                    <For each=move || page.files.get() key=Clone::clone children=move |name| tab(page, name) />
                </div>
                <div class="deeds">{apply(page)} {build(page)}</div>
            </div>
            <div class="editor" node_ref=place></div>
            <p class="mistakes" role="status" hidden=move || page.mistakes.get() == 0>
                {move || match page.mistakes.get() {
                    1 => "1 problem is marked in this file".to_owned(),
                    count => format!("{count} problems are marked in this file"),
                }}
            </p>
        </section>
    }
}

fn tab(page: Page, name: String) -> impl IntoView {
    let (shown, opened) = (name.clone(), name.clone());
    view! {
        <button
            aria-pressed=move || (page.file.get() == shown).to_string()
            on:click=move |_| page.open(&opened)
        >
            {name}
        </button>
    }
}

fn build(page: Page) -> impl IntoView {
    view! {
        <button
            class="deed"
            title="docker build -t hello ."
            on:click=move |_| page.run("docker build -t hello .")
        >
            "Build"
        </button>
    }
}

fn apply(page: Page) -> impl IntoView {
    let is_manifest = move || {
        let file = page.file.get();
        file.ends_with(".yaml") || file.ends_with(".yml")
    };
    let command = move || format!("kubectl apply -f {}", page.file.get());
    view! {
        <button
            class="deed"
            title=command
            disabled=move || !is_manifest()
            on:click=move |_| page.run(&format!("kubectl apply -f {}", page.file.get_untracked()))
        >
            "Apply"
        </button>
    }
}
