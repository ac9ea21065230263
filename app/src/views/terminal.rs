//! The terminal: lines of text in the page, and an ordinary input field where the cursor is.
//!
//! The learner edits a line with the browser's own means, so typing waits for nothing; a whole
//! line goes to the computer's terminal, which echoes it as terminals do.

use std::collections::VecDeque;

use leptos::prelude::*;
use screen::Screen;
use wasm_bindgen::JsCast;
use wasm_bindgen::convert::FromWasmAbi;
use wasm_bindgen::prelude::Closure;
use web_sys::{ClipboardEvent, KeyboardEvent, MouseEvent};

use super::html::escaped;
use super::screen_lines::{ScreenLines, fill_line};
use super::{element, set_attribute};
use crate::page::{Page, Speed};

/// Lines that can be fetched back with the arrow keys.
const HISTORY_LINES_MAX: usize = 500;

/// How near to the end, in pixels, one must be for the view to follow new lines.
const FOLLOW_PIXELS: i32 = 24;

/// A view of a terminal.
pub struct TerminalView {
    screen: Screen,
    lines: ScreenLines,
    /// The text before the input field: the prompt, most of the time.
    before: web_sys::Element,
    input: web_sys::HtmlInputElement,
    scroll: web_sys::Element,
    size: (u16, u16),
    told_size: (u16, u16),
    history: VecDeque<String>,
    /// How many lines back the arrow keys have gone, and what was typed before.
    back: usize,
    draft: String,
}

impl TerminalView {
    fn new(
        scroll: web_sys::Element,
        lines: web_sys::Element,
        before: web_sys::Element,
        input: web_sys::HtmlInputElement,
    ) -> Self {
        Self {
            screen: Screen::new(24),
            lines: ScreenLines::new(lines),
            before,
            input,
            scroll,
            size: (0, 0),
            told_size: (0, 0),
            history: VecDeque::new(),
            back: 0,
            draft: String::new(),
        }
    }

    /// Shows what programs have written.
    pub fn show(&mut self, output: &[u8]) {
        if output.is_empty() && !self.lines.is_behind() {
            return;
        }
        let follow = self.is_at_end();
        self.screen.write(output);
        self.draw(follow);
        if follow {
            self.scroll_to_end();
        }
    }

    /// Draws what has changed; the end only, for now, when there is much of it and one follows it.
    fn draw(&mut self, follow: bool) {
        let changes = self.screen.take_changes();
        self.lines.update(&self.screen, &changes, follow);
        if let Some(line) = self.screen.line(changes.lines.end.saturating_sub(1)) {
            fill_line(&self.before, line);
        }
    }

    fn is_at_end(&self) -> bool {
        let below =
            self.scroll.scroll_height() - self.scroll.scroll_top() - self.scroll.client_height();
        below <= FOLLOW_PIXELS
    }

    /// Scrolls to the newest line.
    pub fn scroll_to_end(&mut self) {
        self.scroll.set_scroll_top(self.scroll.scroll_height());
    }

    /// A line was handed to the computer.
    pub fn typed(&mut self, line: &str) {
        if !line.trim().is_empty() && self.history.back().is_none_or(|last| last != line) {
            self.history.push_back(line.to_owned());
            if self.history.len() > HISTORY_LINES_MAX {
                self.history.pop_front();
            }
        }
        self.back = 0;
        self.scroll_to_end();
    }

    /// The input's text, which goes.
    pub fn take_typed(&mut self) -> String {
        let text = self.input.value();
        self.input.set_value("");
        self.back = 0;
        text
    }

    /// The size in characters, when it is not the one that was asked for before.
    pub fn take_size(&mut self) -> Option<(u16, u16)> {
        let new = self.size != self.told_size && self.size != (0, 0);
        self.told_size = self.size;
        new.then_some(self.size)
    }

    /// Finds out how many characters fit.
    pub fn measure(&mut self, character: &web_sys::Element) {
        let shape = character.get_bounding_client_rect();
        let characters = f64::from(character.text_content().unwrap_or_default().len() as u32);
        if shape.width() <= 0.0 || self.scroll.client_width() == 0 {
            return;
        }
        let columns = f64::from(self.scroll.client_width() - 2 * 12) / (shape.width() / characters);
        let rows = f64::from(self.scroll.client_height()) / shape.height();
        self.size = (
            columns.clamp(20.0, 500.0) as u16,
            rows.clamp(5.0, 200.0) as u16,
        );
        self.screen.set_rows(u64::from(self.size.1));
    }

    /// Fetches a line back: one further, or one nearer.
    fn walk_history(&mut self, further: bool) {
        if self.back == 0 {
            self.draft = self.input.value();
        }
        self.back = match further {
            true => (self.back + 1).min(self.history.len()),
            false => self.back.saturating_sub(1),
        };
        let line = match self.back {
            0 => Some(&self.draft),
            back => self.history.get(self.history.len() - back),
        };
        self.input.set_value(line.map_or("", String::as_str));
        let end = self.input.value().encode_utf16().count() as u32;
        // A text field has a selection.
        let _ = self.input.set_selection_range(end, end);
    }

    fn clear(&mut self) {
        self.screen.forget_above();
        self.draw(true);
    }

    /// Puts the keyboard into the terminal.
    pub fn focus(&self) {
        // An element of the page can have the keyboard.
        let _ = self.input.focus();
    }
}

/// Shows the terminal and listens to its keys.
pub fn fill(page: Page) {
    let parts = (
        element("screen"),
        element("lines"),
        element("before"),
        element("typed"),
    );
    let (Some(scroll), Some(lines), Some(before), Some(input)) = parts else {
        return;
    };
    let Ok(input) = input.dyn_into::<web_sys::HtmlInputElement>() else {
        return;
    };
    listen(&input, "keydown", move |event: KeyboardEvent| {
        key(page, &event)
    });
    listen(&input, "paste", move |event: ClipboardEvent| {
        paste(page, &event)
    });
    listen(&scroll, "click", move |_: MouseEvent| {
        // A click that selects text is none.
        if !something_is_selected() {
            page.with_terminal(|terminal| terminal.focus());
        }
    });
    let terminal = TerminalView::new(scroll.into(), lines.into(), before.into(), input);
    terminal.focus();
    page.terminal.set_value(Some(terminal));
    drop(window_event_listener(leptos::ev::resize, move |_| {
        page.measure_terminal()
    }));
    Effect::new(move || {
        let busy = if page.at_prompt.get() {
            "false"
        } else {
            "true"
        };
        if let Some(screen) = element("screen") {
            set_attribute(&screen, "aria-busy", Some(busy));
        }
    });
    Effect::new(move || {
        let html = hint(page);
        if let Some(place) = element("hint") {
            place.set_hidden(html.is_empty());
            place.set_inner_html(&html);
        }
    });
}

fn listen<E: FromWasmAbi + 'static>(
    element: &web_sys::Element,
    event: &str,
    act: impl FnMut(E) + 'static,
) {
    let act = Closure::<dyn FnMut(E)>::new(act).into_js_value();
    // An element can be listened to.
    let _ = element.add_event_listener_with_callback(event, act.unchecked_ref());
}

/// What keeps a command from running, and what to do about it.
fn hint(page: Page) -> String {
    if page.speed.get() == Speed::Paused {
        return "<span>Time stands still: nothing runs.</span><button class=\"small\" data-speed=\"real\">Go on</button>".to_owned();
    }
    let waiting = page.waiting.with(|waiting| waiting.front().cloned());
    waiting.map_or_else(String::new, |command| {
        format!(
            "<span><code>{}</code> waits until the running command ends.</span><button class=\"small\" data-interrupt-for-waiting>End it (Ctrl-C)</button>",
            escaped(&command)
        )
    })
}

fn something_is_selected() -> bool {
    let selection = window().get_selection().ok().flatten();
    selection.is_some_and(|selection| !selection.is_collapsed())
}

fn key(page: Page, event: &KeyboardEvent) {
    let control = event.ctrl_key() && !event.alt_key() && !event.meta_key();
    match event.key().as_str() {
        "Enter" if !event.is_composing() => {
            let line = page
                .with_terminal(TerminalView::take_typed)
                .unwrap_or_default();
            page.type_line(&line);
        }
        "ArrowUp" => {
            page.with_terminal(|terminal| terminal.walk_history(true));
        }
        "ArrowDown" => {
            page.with_terminal(|terminal| terminal.walk_history(false));
        }
        // With text selected the keys mean: copy.
        "c" if control && !something_is_selected() => page.interrupt(),
        "l" if control => {
            page.with_terminal(TerminalView::clear);
        }
        "u" if control => {
            page.with_terminal(TerminalView::take_typed);
        }
        "d" if control => {
            let keys = page
                .with_terminal(TerminalView::take_typed)
                .unwrap_or_default()
                + "\x04";
            page.computer
                .update_value(|computer| computer.input(keys.as_bytes()));
        }
        _ => return,
    }
    event.prevent_default();
}

/// Several lines are typed one after the other; what follows the last newline stays to be edited.
fn paste(page: Page, event: &ClipboardEvent) {
    let data = event.clipboard_data();
    let text = data.and_then(|data| data.get_data("text/plain").ok());
    let text = text.unwrap_or_default().replace("\r\n", "\n");
    let Some((complete, rest)) = text.rsplit_once('\n') else {
        return;
    };
    event.prevent_default();
    let typed = page
        .with_terminal(TerminalView::take_typed)
        .unwrap_or_default();
    for line in (typed + complete).split('\n') {
        page.type_line(line);
    }
    page.with_terminal(|terminal| terminal.input.set_value(rest));
}
