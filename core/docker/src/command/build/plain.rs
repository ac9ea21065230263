//! A build as lines that are only ever appended: for what is not a terminal.

use crate::build::{Event, EventKind};
use machine::{Duration, Time};
use ordered::OrderedMap;

/// What was said of a step so far.
struct Step {
    name: String,
    started: Time,
    lines: Vec<String>,
    failed: bool,
}

/// The printer.
pub(super) struct Plain {
    /// Whether plain progress was asked for by name: then also the begin of a naming is told.
    explicit: bool,
    steps: OrderedMap<usize, Step>,
}

/// Seconds since a step's start as `0.1s`.
pub(super) fn seconds(span: Duration) -> String {
    format!("{:.1}s", span.as_secs_f64())
}

impl Plain {
    pub(super) fn new(explicit: bool) -> Plain {
        Plain {
            explicit,
            steps: OrderedMap::new(),
        }
    }

    /// The lines for an event.
    pub(super) fn event(&mut self, event: Event) -> String {
        let number = event.step;
        if let EventKind::Start(name) = event.kind {
            let text = format!("\n#{number} {name}\n");
            let step = Step {
                name,
                started: event.time,
                lines: Vec::new(),
                failed: false,
            };
            self.steps.insert(number, step);
            return text;
        }
        let Some(step) = self.steps.get_mut(&number) else {
            return String::new();
        };
        let span = event.time.since(step.started);
        match event.kind {
            EventKind::Start(_) | EventKind::Planned(_) => String::new(),
            EventKind::Status(text) => {
                let begun = text
                    .strip_suffix(" done")
                    .filter(|text| self.explicit && text.starts_with("naming to "));
                let begun = begun.map(|text| format!("#{number} {text}\n"));
                format!("{}#{number} {text}\n", begun.unwrap_or_default())
            }
            EventKind::Log(line) => {
                let line = format!("{:.3} {line}", span.as_secs_f64());
                let text = format!("#{number} {line}\n");
                step.lines.push(line);
                text
            }
            EventKind::Done => format!("#{number} DONE {}\n", seconds(span)),
            EventKind::Cached => format!("#{number} CACHED\n"),
            EventKind::Failed(reason) => {
                step.failed = true;
                format!("#{number} ERROR: {reason}\n")
            }
        }
    }

    /// The steps that failed, with what they had printed.
    pub(super) fn end(&self, failed: bool) -> String {
        let mut text = String::new();
        if failed {
            for step in self.steps.values().filter(|step| step.failed) {
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
