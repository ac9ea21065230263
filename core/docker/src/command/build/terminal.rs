//! A build as a display that is drawn again and again: for terminals.

use super::super::Context;
use super::plain::seconds;
use crate::build::{Event, EventKind};
use machine::{Duration, Time};
use ordered::OrderedMap;

/// Time between two drawings.
pub(super) const REDRAW_TIME: Duration = Duration::from_millis(150);
/// Lines of a running command that are shown.
const LOG_LINES: usize = 6;

#[derive(Default)]
struct Step {
    name: String,
    started: Time,
    ended: Option<Time>,
    cached: bool,
    failed: Option<String>,
    statuses: Vec<String>,
    lines: Vec<String>,
}

/// The display.
pub(super) struct Screen {
    columns: usize,
    rows: usize,
    started: Time,
    steps: OrderedMap<usize, Step>,
    /// Steps that are known to come.
    planned: usize,
    /// Lines that the last drawing took.
    drawn: usize,
    first: bool,
}

impl Screen {
    pub(super) fn new(context: &Context) -> Screen {
        let file = context.process.descriptor(2);
        let size = file
            .ok()
            .and_then(|file| file.terminal().map(|terminal| terminal.size()));
        let (columns, rows) = size.unwrap_or((80, 24));
        Screen {
            columns: usize::from(columns).clamp(20, 500),
            rows: usize::from(rows).clamp(5, 500),
            started: context.engine.now(),
            steps: OrderedMap::new(),
            planned: 1,
            drawn: 0,
            first: true,
        }
    }

    pub(super) fn event(&mut self, event: Event) {
        if let EventKind::Planned(count) = event.kind {
            self.planned = self.steps.len() + count;
            return;
        }
        let step = self.steps.entry(event.step).or_default();
        match event.kind {
            EventKind::Start(name) => {
                step.name = name;
                step.started = event.time;
            }
            EventKind::Status(text) => step.statuses.push(text),
            EventKind::Log(line) => step.lines.push(line),
            EventKind::Planned(_) => {}
            EventKind::Done => step.ended = Some(event.time),
            EventKind::Cached => {
                step.cached = true;
                step.ended = Some(event.time);
            }
            EventKind::Failed(reason) => {
                step.failed = Some(reason);
                step.ended = Some(event.time);
            }
        }
    }

    /// A line with a time at its right end.
    fn line(&self, text: &str, span: Duration) -> String {
        let time = format!("{:>5}", seconds(span));
        let room = self.columns.saturating_sub(time.len() + 1);
        let text: String = text.chars().take(room).collect();
        format!("{text:room$}{time}")
    }

    fn step_lines(&self, step: &Step, now: Time) -> Vec<(Option<&'static str>, String)> {
        let span = step.ended.unwrap_or(now).since(step.started);
        let color = match (&step.failed, step.ended) {
            (Some(_), _) => Some("31"),
            (None, Some(_)) => Some("34"),
            (None, None) => None,
        };
        let name = match (step.cached, &step.failed) {
            (true, _) => format!(" => CACHED {}", step.name),
            (false, Some(_)) => format!(" => ERROR {}", step.name),
            (false, None) => format!(" => {}", step.name),
        };
        let mut lines = vec![(color, self.line(&name, span))];
        for status in &step.statuses {
            let text = status.strip_suffix(" done").unwrap_or(status);
            lines.push((color, self.line(&format!(" => => {text}"), Duration::ZERO)));
        }
        if step.ended.is_none() {
            let skip = step.lines.len().saturating_sub(LOG_LINES);
            for line in step.lines.iter().skip(skip) {
                let text: String = format!(" => => # {line}")
                    .chars()
                    .take(self.columns - 1)
                    .collect();
                lines.push((
                    Some("2"),
                    format!("{text:width$}", width = self.columns - 1),
                ));
            }
        }
        lines
    }

    /// The whole display once more, over the last one.
    pub(super) fn draw(&mut self, now: Time, last: bool) -> String {
        let mut text = String::new();
        if self.first {
            self.first = false;
            text.push_str("\u{1b}[1A\u{1b}[1B");
        }
        text.push_str(&"\u{1b}[1A".repeat(self.drawn));
        text.push_str("\u{1b}[0G\u{1b}[?25l");
        let done = self
            .steps
            .values()
            .filter(|step| step.ended.is_some())
            .count();
        let total = self.steps.len().max(self.planned);
        let finished = if last && done == total {
            " FINISHED"
        } else {
            ""
        };
        let span = now.since(self.started);
        let head = format!("[+] Building {} ({done}/{total}){finished}", seconds(span));
        let driver = "docker:default";
        let room = self.columns.saturating_sub(driver.len());
        text.push_str(&format!("{head:room$}{driver}\n"));
        let mut lines: Vec<(Option<&str>, String)> = Vec::new();
        for step in self.steps.values() {
            lines.extend(self.step_lines(step, now));
        }
        let skip = lines.len().saturating_sub(self.rows.saturating_sub(2));
        let mut drawn = 1;
        for (color, line) in lines.into_iter().skip(skip) {
            match color {
                Some(color) => text.push_str(&format!("\u{1b}[{color}m{line}\n\u{1b}[0m")),
                None => text.push_str(&format!("{line}\n")),
            }
            drawn += 1;
        }
        // What the last drawing had below is wiped out.
        let left = self.drawn.saturating_sub(drawn);
        if left > 0 {
            let blank = format!("{}\n", " ".repeat(self.columns));
            text.push_str(&blank.repeat(left));
            text.push_str(&"\u{1b}[1A".repeat(left));
            text.push_str("\u{1b}[0G");
        }
        self.drawn = drawn;
        text.push_str("\u{1b}[?25h");
        text
    }

    /// The steps that failed, with what they had printed.
    pub(super) fn end(&self, failed: bool) -> String {
        let mut text = String::new();
        if failed {
            for step in self.steps.values().filter(|step| step.failed.is_some()) {
                text.push_str(&format!("------\n > {}:\n", step.name));
                for line in &step.lines {
                    text.push_str(&format!("{line}\n"));
                }
                text.push_str("------\n");
            }
        }
        text
    }
}
