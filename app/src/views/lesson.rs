//! The lesson beside the computer: steps of text, in which a click runs a command or writes a file.

use leptos::prelude::*;
use lesson::{Action, Block, Inline};

use crate::page::Page;

/// The lesson's panel.
pub fn lesson(page: Page) -> impl IntoView {
    let count = page.lesson.with_value(|lesson| lesson.steps.len());
    let title = page.lesson.with_value(|lesson| lesson.title.clone());
    let last = count.saturating_sub(1);
    let step = move || {
        let number = page.step.get();
        let step = page
            .lesson
            .with_value(|lesson| lesson.steps.get(number).cloned());
        step.map(|step| {
            view! {
                <h3 tabindex="-1">{step.title}</h3>
                {blocks(page, &step.blocks)}
            }
        })
    };
    let go = move |to: usize| {
        page.go_to_step(to);
        // Each step is read from its beginning.
        if let Some(text) = document().get_element_by_id("step") {
            text.set_scroll_top(0);
        }
    };
    view! {
        <article class="panel lesson" aria-label="Lesson">
            <div class="bar">
                <h2>{title}</h2>
                <span class="count">{move || format!("{} of {count}", page.step.get() + 1)}</span>
            </div>
            <div class="progress" aria-hidden="true">
                <span style:width=move || format!("{}%", (page.step.get() + 1) * 100 / count.max(1))></span>
            </div>
            <div class="text" id="step" tabindex="0">
                {step}
                <div class="turn">
                    <button
                        disabled=move || page.step.get() == 0
                        on:click=move |_| go(page.step.get_untracked().saturating_sub(1))
                    >
                        "← Back"
                    </button>
                    <button
                        class="next"
                        disabled=move || page.step.get() == last
                        on:click=move |_| go((page.step.get_untracked() + 1).min(last))
                    >
                        "Next →"
                    </button>
                </div>
            </div>
        </article>
    }
}

fn blocks(page: Page, blocks: &[Block]) -> Vec<AnyView> {
    blocks
        .iter()
        .map(|block| self::block(page, block))
        .collect()
}

fn block(page: Page, block: &Block) -> AnyView {
    match block {
        Block::Heading(_, words) => view! { <h4>{inlines(page, words)}</h4> }.into_any(),
        Block::Paragraph(words) => view! { <p>{inlines(page, words)}</p> }.into_any(),
        Block::Remark(words) => view! { <p class="remark">{inlines(page, words)}</p> }.into_any(),
        Block::List { ordered, items } => {
            let items: Vec<AnyView> = items
                .iter()
                .map(|words| view! { <li>{inlines(page, words)}</li> }.into_any())
                .collect();
            if *ordered {
                view! { <ol>{items}</ol> }.into_any()
            } else {
                view! { <ul>{items}</ul> }.into_any()
            }
        }
        Block::Code { text, action, .. } => code(page, text.clone(), action.clone()),
    }
}

/// Lines between fences, with a button when they can be used.
fn code(page: Page, text: String, action: Option<Action>) -> AnyView {
    let Some(action) = action else {
        return view! { <pre tabindex="0">{text}</pre> }.into_any();
    };
    if let Action::Run(command) = &action {
        return command_button(page, command.clone(), action.clone(), "command");
    }
    let name = match &action {
        Action::Write { file, .. } => format!("Write {file}"),
        _ => "Do it".to_owned(),
    };
    view! {
        <div class="sheet">
            <button on:click=move |_| page.act(&action)>{name}</button>
            <pre tabindex="0">{text}</pre>
        </div>
    }
    .into_any()
}

fn command_button(page: Page, shown: String, action: Action, class: &'static str) -> AnyView {
    let title = match &action {
        Action::Run(_) => "Run this in the terminal",
        Action::Interrupt => "Press these keys in the terminal",
        Action::Open(_) => "Show this file",
        Action::Write { .. } => "Write this file",
    };
    view! {
        <button class=class title=title on:click=move |_| page.act(&action)>
            <code>{shown}</code>
        </button>
    }
    .into_any()
}

fn inlines(page: Page, words: &[Inline]) -> Vec<AnyView> {
    words.iter().map(|piece| inline(page, piece)).collect()
}

fn inline(page: Page, piece: &Inline) -> AnyView {
    match piece {
        Inline::Text(text) => text.clone().into_any(),
        Inline::Code(code, None) => view! { <code>{code.clone()}</code> }.into_any(),
        Inline::Code(code, Some(action)) => {
            command_button(page, code.clone(), action.clone(), "touch")
        }
        Inline::Emphasis(words) => view! { <em>{inlines(page, words)}</em> }.into_any(),
        Inline::Strong(words) => view! { <strong>{inlines(page, words)}</strong> }.into_any(),
        Inline::Link(words, address) => view! {
            <a href=address.clone() target="_blank" rel="noopener">{inlines(page, words)}</a>
        }
        .into_any(),
    }
}
