//! Panics: traps become values, deferred functions run above the frames that panicked, and either
//! one of them recovers or the program ends with Go's words.

use super::goroutine::{FrameKind, Goroutine, Panicking};
use super::schedule::Stop;
use super::{Ins, Op, Trap, Vm};

impl Vm {
    /// Turns a trap into a panic of the goroutine. `None`: it goes on, with the frames as they
    /// are now.
    pub(crate) fn trap(&mut self, g: &mut Goroutine, trap: Trap) -> Option<Stop> {
        let mut signal = None;
        let value = match trap {
            Trap::Exit(status) => return Some(Stop::Exit(status)),
            Trap::Fatal(text) => return Some(self.fatal(g, &text)),
            Trap::OutOfMemory => return Some(self.fatal(g, "runtime: out of memory")),
            Trap::StackOverflow => {
                self.last_words.push_str(
                    "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n\n",
                );
                let text = self.trace(g, "running");
                self.last_words.push_str(&text);
                return Some(Stop::Exit(2));
            }
            Trap::Goexit => {
                self.start_panic(g, (0, 0), None);
                if let Some(last) = g.panics.last_mut() {
                    last.goexit = true;
                }
                return self.continue_panic(g);
            }
            Trap::Panic(0, _) => {
                self.error_value("*PanicNilError", "panic called with nil argument")
            }
            Trap::Panic(rtype, data) => Ok((rtype, data)),
            Trap::Text(text) => self.string_value(&text),
            other => {
                if let Trap::Nil(address) = &other {
                    signal = Some(*address);
                }
                self.trap_value(g, &other)
            }
        };
        match value {
            Ok(value) => {
                self.start_panic(g, value, signal);
                self.continue_panic(g)
            }
            Err(_) => Some(self.fatal(g, "runtime: out of memory")),
        }
    }

    fn trap_value(&mut self, g: &Goroutine, trap: &Trap) -> Result<(u64, u64), Trap> {
        // A mark behind an instruction says that its indexes are unsigned.
        let next = g.frames.last().and_then(|f| f.function.code.get(f.pc));
        let unsigned = next.is_some_and(|ins| ins.op == Op::Nop);
        let message = || trap.message(unsigned).unwrap_or_default();
        let (name, text) = match trap {
            Trap::Assertion(..) => ("*TypeAssertionError", self.assertion_text(trap)),
            Trap::Unhashable(id) => {
                let text = self.rtype(u64::from(*id)).text.to_string();
                (
                    "errorString",
                    format!("runtime error: hash of unhashable type {text}"),
                )
            }
            Trap::Uncomparable(id) => {
                let text = self.rtype(u64::from(*id)).text.to_string();
                (
                    "errorString",
                    format!("runtime error: comparing uncomparable type {text}"),
                )
            }
            Trap::Index(..) | Trap::Slice(..) | Trap::SliceToArray(..) => {
                ("boundsError", message())
            }
            Trap::NilMap
            | Trap::SendClosed
            | Trap::CloseClosed
            | Trap::CloseNil
            | Trap::Plain(_)
            | Trap::MakeChan
            | Trap::NilReceiver(_) => ("plainError", message()),
            _ => ("errorString", message()),
        };
        self.error_value(name, &text)
    }

    fn assertion_text(&mut self, trap: &Trap) -> String {
        let Trap::Assertion(from, dynamic, wanted, missing) = trap else {
            return String::new();
        };
        let from = match self.rtype(u64::from(*from)).text.to_string() {
            text if text.is_empty() => "interface".to_string(),
            text => text,
        };
        let wanted = self.rtype(u64::from(*wanted)).text.to_string();
        if *dynamic == 0 {
            let from = if missing.is_some() {
                "interface"
            } else {
                &from
            };
            return format!("interface conversion: {from} is nil, not {wanted}");
        }
        let dynamic = self.rtype(u64::from(*dynamic)).text.to_string();
        match missing {
            Some(method) => {
                format!("interface conversion: {dynamic} is not {wanted}: missing method {method}")
            }
            None if dynamic == wanted => format!(
                "interface conversion: {from} is {dynamic}, not {wanted} (types from different scopes)"
            ),
            None => format!("interface conversion: {from} is {dynamic}, not {wanted}"),
        }
    }

    /// A value of one of package runtime's string-like error types.
    fn error_value(&mut self, name: &str, text: &str) -> Result<(u64, u64), Trap> {
        let rtype = self.image.runtime_type(name);
        let (_, data) = self.string_value(text)?;
        Ok((u64::from(rtype), data))
    }

    fn string_value(&mut self, text: &str) -> Result<(u64, u64), Trap> {
        let bytes = self.heap.new_bytes(text.as_bytes())?;
        let data = self.heap.alloc(16, false)?;
        self.heap.store(data, bytes);
        self.heap.store(data + 8, text.len() as u64);
        Ok((u64::from(self.image.runtime_type("string")), data))
    }

    fn start_panic(&mut self, g: &mut Goroutine, value: (u64, u64), signal: Option<u64>) {
        g.panics.push(Panicking {
            value,
            goexit: false,
            recovered: false,
            signal,
            depth: g.frames.len(),
            frame: usize::MAX,
            owner: 0,
        });
    }

    /// Runs the next deferred function of a panicking goroutine.
    pub(crate) fn continue_panic(&mut self, g: &mut Goroutine) -> Option<Stop> {
        let Some(deferred) = g.defers.pop() else {
            if g.panics.last().is_some_and(|panicking| panicking.goexit) {
                g.frames.clear();
                return Some(Stop::Ended);
            }
            return Some(self.die(g));
        };
        let frame = g.frames.len();
        if let Some(panicking) = g.panics.last_mut() {
            panicking.frame = frame;
            panicking.owner = deferred.owner;
        }
        match self.push_deferred(g, &deferred, FrameKind::PanicDefer) {
            Ok(()) => None,
            Err(trap) => self.trap(g, trap),
        }
    }

    /// A deferred function that a panic ran has returned.
    pub(crate) fn deferred_returned(&mut self, g: &mut Goroutine) -> Option<Stop> {
        let recovered = g.panics.last().is_some_and(|last| last.recovered);
        if !recovered {
            return self.continue_panic(g);
        }
        let owner = g.panics.pop().map_or(0, |last| last.owner);
        g.frames.truncate(owner + 1);
        // Panics that ran deferred functions further up are gone with them.
        let depth = g.frames.len();
        g.panics.retain(|earlier| earlier.frame < depth);
        while g.yields.len()
            > g.frames
                .iter()
                .filter(|f| f.kind == FrameKind::Yield)
                .count()
        {
            g.yields.pop();
        }
        if let Some(frame) = g.frames.last_mut() {
            frame.pc = frame.function.epilogue as usize;
        }
        None
    }

    pub(crate) fn recover(&mut self, g: &mut Goroutine, ins: Ins) {
        let is_hidden = |at: usize| g.frames.get(at).is_some_and(|f| f.function.hidden);
        let mut at = g.frames.len().wrapping_sub(1);
        // `defer recover()` recovers for the function that deferred it.
        if is_hidden(at) {
            at = at.wrapping_sub(1);
        }
        let deferred = g.panics.last().map_or(0, |last| last.frame);
        while at > deferred && is_hidden(at - 1) {
            at -= 1;
        }
        let value = match g.panics.last_mut() {
            Some(last) if deferred == at && !last.recovered && !last.goexit => {
                last.recovered = true;
                last.value
            }
            _ => (0, 0),
        };
        g.set_register(usize::from(ins.a), value.0);
        g.set_register(usize::from(ins.a) + 1, value.1);
    }

    /// Ends the program with an error that nothing can recover.
    pub(crate) fn fatal(&mut self, g: &Goroutine, text: &str) -> Stop {
        self.last_words
            .push_str(&format!("fatal error: {text}\n\n"));
        let trace = self.trace(g, "running");
        self.last_words.push_str(&trace);
        Stop::Exit(2)
    }

    /// Ends the program after a panic that nobody recovered.
    fn die(&mut self, g: &mut Goroutine) -> Stop {
        let mut text = String::new();
        let mut signal = None;
        let count = g.panics.len();
        let mut at = 0;
        while at < count {
            let Some(panicking) = g.panics.get(at) else {
                break;
            };
            let (value, goexit) = (panicking.value, panicking.goexit);
            let recovered = panicking.recovered;
            signal = signal.or(panicking.signal);
            let next_is_same = g.panics.get(at + 1).is_some_and(|next| next.value == value);
            if goexit {
                at += 1;
                continue;
            }
            if !text.is_empty() {
                text.push('\t');
            }
            let words = self.panic_text(g, value);
            text.push_str(&format!("panic: {words}"));
            if recovered && next_is_same {
                text.push_str(" [recovered, repanicked]");
                at += 1;
            } else if recovered {
                text.push_str(" [recovered]");
            }
            text.push('\n');
            at += 1;
        }
        if let Some(address) = signal {
            text.push_str(&format!(
                "[signal SIGSEGV: segmentation violation code=0x1 addr={address:#x} pc=0x49e192]\n"
            ));
        }
        text.push('\n');
        self.last_words.push_str(&text);
        let trace = self.trace(g, "running");
        self.last_words.push_str(&trace);
        Stop::Exit(2)
    }

    /// What a panic prints of its value. Methods `Error` and `String` are called.
    fn panic_text(&mut self, g: &mut Goroutine, value: (u64, u64)) -> String {
        use super::Kind;
        let rtype = self.rtype(value.0);
        for name in ["Error", "String"] {
            let number = self.image.method_number(name);
            if let Some(function) = self.image.method(rtype.id, number)
                && let Some(words) = self.call_now(g, function, &[value.1])
                && let [address, length] = words.as_slice()
            {
                let bytes = self.heap.bytes(*address, *length).unwrap_or(&[]);
                return String::from_utf8_lossy(bytes).replace('\n', "\n\t");
            }
        }
        let plain = match rtype.kind {
            Kind::Bool => (value.1 != 0).to_string(),
            Kind::Int | Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => {
                (value.1 as i64).to_string()
            }
            Kind::Uint
            | Kind::Uint8
            | Kind::Uint16
            | Kind::Uint32
            | Kind::Uint64
            | Kind::Uintptr => value.1.to_string(),
            Kind::Float32 | Kind::Float64 => {
                let version = self.image.version();
                let is_short = rtype.kind == Kind::Float32;
                super::strings::runtime_float(f64::from_bits(value.1), is_short, version)
            }
            Kind::Complex64 | Kind::Complex128 => {
                let version = self.image.version();
                let is_short = rtype.kind == Kind::Complex64;
                let (re, im) = self.complex_at(value.1, is_short);
                super::strings::runtime_complex(re, im, is_short, version)
            }
            Kind::String => {
                let address = self.heap.load(value.1).unwrap_or(0);
                let length = self.heap.load(value.1 + 8).unwrap_or(0);
                let bytes = self.heap.bytes(address, length).unwrap_or(&[]);
                String::from_utf8_lossy(bytes).replace('\n', "\n\t")
            }
            _ => return format!("({}) {:#x}", rtype.text, value.1),
        };
        if rtype.text.contains('.') {
            // Complex numbers have their own parentheses.
            return match rtype.kind {
                Kind::String => format!("{}(\"{plain}\")", rtype.text),
                Kind::Complex64 | Kind::Complex128 => format!("{}{plain}", rtype.text),
                _ => format!("{}({plain})", rtype.text),
            };
        }
        plain
    }

    /// A complex number in the heap, as the data of an interface.
    fn complex_at(&self, address: u64, is_short: bool) -> (f64, f64) {
        if is_short {
            let word = self.heap.load(address).unwrap_or(0);
            let part = |bits: u64| f64::from(f32::from_bits(bits as u32));
            return (part(word), part(word >> 32));
        }
        let part = |at| f64::from_bits(self.heap.load(at).unwrap_or(0));
        (part(address), part(address + 8))
    }
}
