//! Lines of a terminal's screen as elements of the page.

use leptos::prelude::*;
use screen::{Changes, Color, Line, Run, Screen, Style};

use super::html::escaped;

/// More changed lines than this at once are a burst, of which this many, more than any window
/// shows, get elements: laying out thousands of lines in every frame would keep keys waiting.
const BURST_LINES: u64 = 250;

/// Older lines that get their elements in one frame.
const FILL_LINES: u64 = 500;

/// The elements of the lines that are complete: all but the last, in which the learner types.
pub struct ScreenLines {
    place: web_sys::Element,
    /// The numbers of the lines that have elements.
    shown: std::ops::Range<u64>,
    behind: bool,
}

impl ScreenLines {
    /// Lines will be children of this element.
    pub fn new(place: web_sys::Element) -> Self {
        Self {
            place,
            shown: 0..0,
            behind: false,
        }
    }

    /// Brings the elements up to date. While lines pour in and nobody looks at older ones
    /// (`hurried`), only the newest get elements; the older ones follow in quieter frames, some in
    /// each.
    pub fn update(&mut self, screen: &Screen, changes: &Changes, hurried: bool) {
        let (start, end) = (changes.lines.start, changes.lines.end.saturating_sub(1));
        let changed = changes.changed.end.saturating_sub(changes.changed.start);
        let first = match hurried && changed > BURST_LINES {
            true => end.saturating_sub(BURST_LINES),
            false if hurried => self.shown.start.min(end).saturating_sub(FILL_LINES),
            false => start,
        };
        let first = first.max(start);
        if self.shown.end <= first || self.shown.start > end {
            self.place.set_text_content(None);
            self.shown = first..first;
        }
        while self.shown.start < first {
            remove(self.place.first_element_child());
            self.shown.start += 1;
        }
        while self.shown.end > end.max(self.shown.start) {
            remove(self.place.last_element_child());
            self.shown.end -= 1;
        }
        while self.shown.start > first {
            self.shown.start -= 1;
            if let Some(element) = new_line(screen, self.shown.start) {
                // An element that was just made can be put there.
                let _ = self.place.prepend_with_node_1(&element);
            }
        }
        self.behind = self.shown.start > start;
        let children = self.place.children();
        for number in
            changes.changed.start.max(self.shown.start)..changes.changed.end.min(self.shown.end)
        {
            let index = u32::try_from(number - self.shown.start).unwrap_or(u32::MAX);
            if let (Some(element), Some(line)) = (children.item(index), screen.line(number)) {
                fill_line(&element, line);
            }
        }
        while self.shown.end < end {
            if let Some(element) = new_line(screen, self.shown.end) {
                // An element that was just made can be appended.
                let _ = self.place.append_child(&element);
            }
            self.shown.end += 1;
        }
    }

    /// Whether older lines still have to get their elements.
    pub fn is_behind(&self) -> bool {
        self.behind
    }
}

fn new_line(screen: &Screen, number: u64) -> Option<web_sys::Element> {
    let element = document().create_element("div").ok()?;
    fill_line(&element, screen.line(number)?);
    Some(element)
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
