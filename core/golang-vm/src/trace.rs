//! The stack traces that end a program's last words.

use super::goroutine::Goroutine;
use super::{Function, Vm};
use crate::limits;

impl Vm {
    /// The trace of one goroutine with its header.
    pub fn trace(&mut self, g: &Goroutine, state: &str) -> String {
        let mut text = format!("goroutine {} [{state}]:\n", g.id);
        let mut frames: Vec<String> = Vec::new();
        let inlined = inlined(g);
        for (at, frame) in g.frames.iter().enumerate().rev() {
            let started_here = |p: &super::goroutine::Panicking| {
                p.depth == at + 1 && p.frame != usize::MAX && p.frame < g.frames.len()
            };
            if g.panics.iter().any(started_here) {
                frames.push(
                    "panic({0x4811e0?, 0x497d08?})\n\t/usr/local/go/src/runtime/panic.go:860 +0x13a\n"
                        .into(),
                );
            }
            if frame.function.hidden {
                continue;
            }
            let place = (!inlined.contains(&at)).then_some((g, frame.base));
            frames.push(self.frame_text(&frame.function, frame.pc, place));
        }
        let count = frames.len();
        if count > 2 * limits::TRACE_FRAMES {
            let tail = frames.split_off(count - limits::TRACE_FRAMES);
            frames.truncate(limits::TRACE_FRAMES);
            let left_out = count - 2 * limits::TRACE_FRAMES;
            frames.push(format!("...{left_out} frames elided...\n"));
            frames.extend(tail);
        }
        text.push_str(&frames.concat());
        if let Some((id, function, pc)) = &g.parent {
            let place = self.place(function, *pc);
            text.push_str(&format!(
                "created by {} in goroutine {id}\n\t{place} +0x65\n",
                function.name
            ));
        }
        text
    }

    fn frame_text(
        &self,
        function: &Function,
        pc: usize,
        frame: Option<(&Goroutine, usize)>,
    ) -> String {
        let place = self.place(function, pc);
        let (arguments, offset) = match frame {
            None => ("...".to_string(), ""),
            Some((g, base)) => {
                let mut register = base + usize::from(function.results);
                let text = shape_text(&function.shape, &mut || {
                    let word = g.stack.get(register).copied().unwrap_or(0);
                    register += 1;
                    format!("{word:#x}?")
                });
                (text, " +0x30")
            }
        };
        format!("{}({arguments})\n\t{place}{offset}\n", function.name)
    }

    /// File and line of an instruction that was done last.
    pub(crate) fn place(&self, function: &Function, pc: usize) -> String {
        let (file, line) = self.place_parts(function, pc);
        format!("{file}:{line}")
    }

    /// File and line of an instruction that was done last.
    pub fn place_parts(&self, function: &Function, pc: usize) -> (String, u32) {
        let at = pc.saturating_sub(1) as u32;
        let after = function.lines.partition_point(|(start, _)| *start <= at);
        let position = after
            .checked_sub(1)
            .and_then(|index| function.lines.get(index))
            .map_or(0, |(_, position)| *position);
        self.image.position(position)
    }

    /// Traces of all goroutines but one.
    pub fn traces_of_others(&mut self) -> String {
        let mut all = self.scheduler.take_all();
        let mut text = String::new();
        for g in &all {
            let reason = if g.status == super::goroutine::Status::Ready {
                "runnable".to_string()
            } else {
                g.reason.to_string()
            };
            text.push('\n');
            text.push_str(&self.trace(g, &reason));
        }
        self.scheduler.put_all(&mut all);
        text
    }
}

/// Frames that gc would have inlined into their callers: calls of small functions, but not one
/// that stands in an inlined copy of the same function.
fn inlined(g: &Goroutine) -> std::collections::BTreeSet<usize> {
    let mut found = std::collections::BTreeSet::new();
    for (at, frame) in g.frames.iter().enumerate().skip(1) {
        let Some(caller) = g.frames.get(at - 1) else {
            continue;
        };
        let called = caller
            .pc
            .checked_sub(1)
            .and_then(|pc| caller.function.code.get(pc))
            .is_some_and(|ins| ins.op == super::Op::Call);
        let recursion = found.contains(&(at - 1)) && caller.function.name == frame.function.name;
        let plain = frame.kind == super::goroutine::FrameKind::Call && !caller.function.hidden;
        if frame.function.small && called && plain && !recursion {
            found.insert(at);
        }
    }
    found
}

/// Words in the order of registers: `w` one, `{` and `}` around those of a string, slice or
/// interface.
fn shape_text(shape: &str, word: &mut dyn FnMut() -> String) -> String {
    let mut text = String::new();
    for letter in shape.chars() {
        if matches!(letter, 'w' | '{') && !text.is_empty() && !text.ends_with('{') {
            text.push_str(", ");
        }
        match letter {
            'w' => text.push_str(&word()),
            other => text.push(other),
        }
    }
    text
}
