//! The lesson beside the computer: steps of text, in which a click runs a command or writes a file.

use leptos::prelude::*;
use lesson::{Action, Block, Inline, Step};

use super::html::escaped;
use super::{element, enable, set_text};
use crate::page::Page;

/// Follows the step.
pub fn fill(page: Page) {
    let count = page.lesson.with_value(|lesson| lesson.steps.len());
    set_text(
        "lesson-title",
        &page.lesson.with_value(|lesson| lesson.title.clone()),
    );
    Effect::new(move || {
        let number = page.step.get();
        let step = page
            .lesson
            .with_value(|lesson| lesson.steps.get(number).map(step_html));
        if let (Some(place), Some(html)) = (element("lesson-text"), step) {
            place.set_inner_html(&html);
        }
        // Each step is read from its beginning.
        if let Some(scroll) = element("lesson-scroll") {
            scroll.set_scroll_top(0);
        }
        set_text("lesson-count", &format!("{} of {count}", number + 1));
        if let Some(progress) = element("lesson-progress") {
            let percent = (number + 1) * 100 / count.max(1);
            super::set_attribute(&progress, "style", Some(&format!("width: {percent}%")));
        }
        enable("turn-back", number > 0);
        enable("turn-next", number + 1 < count);
    });
}

fn step_html(step: &Step) -> String {
    let blocks: String = step.blocks.iter().map(block).collect();
    format!("<h3>{}</h3>{blocks}", escaped(&step.title))
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(_, words) => format!("<h4>{}</h4>", inlines(words)),
        Block::Paragraph(words) => format!("<p>{}</p>", inlines(words)),
        Block::Remark(words) => format!("<p class=\"remark\">{}</p>", inlines(words)),
        Block::List { ordered, items } => {
            let name = if *ordered { "ol" } else { "ul" };
            let items: String = items
                .iter()
                .map(|item| format!("<li>{}</li>", inlines(item)))
                .collect();
            format!("<{name}>{items}</{name}>")
        }
        Block::Code { text, action, .. } => code(text, action.as_ref()),
    }
}

/// Lines between fences, with a button when they can be used.
fn code(text: &str, action: Option<&Action>) -> String {
    let lines = format!("<pre tabindex=\"0\">{}</pre>", escaped(text));
    match action {
        Some(Action::Run(_)) => touchable(text.trim_end(), action, "command"),
        Some(Action::Write { file, .. }) => {
            let file = escaped(file);
            let button = format!("<button data-write=\"{file}\">Write {file}</button>");
            format!("<div class=\"sheet\">{button}{lines}</div>")
        }
        _ => lines,
    }
}

fn inlines(words: &[Inline]) -> String {
    words.iter().map(inline).collect()
}

fn inline(piece: &Inline) -> String {
    match piece {
        Inline::Text(text) => escaped(text),
        Inline::Code(code, action) => touchable(code, action.as_ref(), "touch"),
        Inline::Emphasis(words) => format!("<em>{}</em>", inlines(words)),
        Inline::Strong(words) => format!("<strong>{}</strong>", inlines(words)),
        Inline::Link(words, address) => format!(
            "<a href=\"{}\" target=\"_blank\" rel=\"noopener\">{}</a>",
            escaped(address),
            inlines(words)
        ),
    }
}

/// Code; with an action, a button.
fn touchable(code: &str, action: Option<&Action>, class: &str) -> String {
    let code = format!("<code>{}</code>", escaped(code));
    let (attribute, value, title) = match action {
        Some(Action::Run(command)) => ("run", command.as_str(), "Run this in the terminal"),
        Some(Action::Open(file)) => ("open", file.as_str(), "Show this file"),
        Some(Action::Interrupt) => ("interrupt", "", "Press these keys in the terminal"),
        Some(Action::Write { .. }) | None => return code,
    };
    let value = escaped(value);
    format!(
        "<button class=\"{class}\" data-{attribute}=\"{value}\" title=\"{title}\">{code}</button>"
    )
}
