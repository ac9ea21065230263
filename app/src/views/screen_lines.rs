//! Lines of a terminal's screen as elements of the page.

use leptos::prelude::*;
use screen::{Changes, Color, Line, Run, Screen, Style};

use super::html::escaped;

/// The elements of the lines that are complete: all but the last, in which the learner types.
pub struct ScreenLines {
    place: web_sys::Element,
    /// The numbers of the lines that have elements.
    shown: std::ops::Range<u64>,
}

impl ScreenLines {
    /// Lines will be children of this element.
    pub fn new(place: web_sys::Element) -> Self {
        Self { place, shown: 0..0 }
    }

    /// Brings the elements up to date.
    pub fn update(&mut self, screen: &Screen, changes: &Changes) {
        let wanted = changes.lines.start..changes.lines.end.saturating_sub(1);
        if self.shown.end <= wanted.start || self.shown.start > wanted.start {
            self.place.set_text_content(None);
            self.shown = wanted.start..wanted.start;
        }
        while self.shown.start < wanted.start {
            remove(self.place.first_element_child());
            self.shown.start += 1;
        }
        while self.shown.end > wanted.end.max(self.shown.start) {
            remove(self.place.last_element_child());
            self.shown.end -= 1;
        }
        let children = self.place.children();
        for number in
            changes.changed.start.max(self.shown.start)..changes.changed.end.min(self.shown.end)
        {
            let index = u32::try_from(number - self.shown.start).unwrap_or(u32::MAX);
            if let (Some(element), Some(line)) = (children.item(index), screen.line(number)) {
                fill_line(&element, line);
            }
        }
        while self.shown.end < wanted.end {
            if let (Some(line), Ok(element)) = (
                screen.line(self.shown.end),
                document().create_element("div"),
            ) {
                fill_line(&element, line);
                // An element that was just made can be appended.
                let _ = self.place.append_child(&element);
            }
            self.shown.end += 1;
        }
    }
}

fn remove(element: Option<web_sys::Element>) {
    if let Some(element) = element {
        element.remove();
    }
}

/// Puts a line's text into an element.
pub fn fill_line(element: &web_sys::Element, line: &Line) {
    let runs = line.runs();
    match runs.as_slice() {
        [] => element.set_text_content(None),
        [run] if run.style == Style::default() => element.set_text_content(Some(&run.text)),
        runs => element.set_inner_html(&runs.iter().map(html).collect::<String>()),
    }
}

fn html(run: &Run) -> String {
    let text = escaped(&run.text);
    if run.style == Style::default() {
        return text;
    }
    let style = run.style;
    let (mut classes, mut exact) = (String::new(), String::new());
    for (on, class) in [
        (style.bold, "bold "),
        (style.dim, "dim "),
        (style.italic, "italic "),
        (style.underline, "underline "),
        (style.inverse, "inverse "),
    ] {
        if on {
            classes += class;
        }
    }
    for (color, class, property) in [
        (style.foreground, 'f', "color"),
        (style.background, 'b', "background"),
    ] {
        match color {
            Color::Default => {}
            Color::Palette(index) => classes += &format!("{class}{index} "),
            Color::Exact(red, green, blue) => {
                exact += &format!("{property}:rgb({red},{green},{blue});");
            }
        }
    }
    format!(
        "<span class=\"{}\" style=\"{exact}\">{text}</span>",
        classes.trim_end()
    )
}
