//! The natives of `internal/native` about signals, and what happens with those that nobody asked
//! for.

use super::{Call, Flow, Native, Outcome};
use crate::vm::goroutine::Callee;
use crate::vm::{Turn, Vm};
use machine::{ExitStatus, Signal};
use ordered::OrderedMap;

/// The table.
pub const TABLE: &[(&str, Native)] = &[
    ("internal/native.OnSignal", on_signal),
    ("internal/native.SignalMode", signal_mode),
];

/// What happens with signals.
#[derive(Default)]
pub struct Modes {
    handler: u64,
    modes: OrderedMap<i32, i64>,
    /// The process ends as if the kernel had killed it.
    pub(crate) death: Option<ExitStatus>,
}

impl Modes {
    /// The function that is called for signals.
    pub(crate) fn handler(&self) -> u64 {
        self.handler
    }
}

fn on_signal(call: &mut Call<'_>) -> Outcome {
    call.vm.world.signals.handler = call.word();
    Ok(Flow::Done)
}

fn signal_mode(call: &mut Call<'_>) -> Outcome {
    let (signal, mode) = (call.int() as i32, call.int());
    let modes = &mut call.vm.world.signals.modes;
    modes.insert(signal, mode);
    call.vm.scheduler.listens = modes.values().any(|mode| *mode == 1);
    Ok(Flow::Done)
}

impl Vm {
    /// A signal has arrived. The program may end of it.
    pub(crate) fn signal(&mut self, signal: Signal) -> Option<Turn> {
        let modes = &self.world.signals;
        match modes.modes.get(&signal.number()) {
            Some(1) => {
                let handler = modes.handler;
                let window = [signal.number() as u64];
                self.start_goroutine(None, Callee::Closure(handler), &window)
                    .ok();
                return None;
            }
            Some(2) => return None,
            _ => {}
        }
        if matches!(signal, Signal::QUIT | Signal::ABRT) {
            self.last_words.push_str(&format!(
                "{}: {}\nPC=0x47a2c1 m=0 sigcode=0\n",
                signal.name(),
                if signal == Signal::QUIT {
                    "quit"
                } else {
                    "abort"
                }
            ));
            let traces = self.traces_of_others();
            self.last_words.push_str(&traces);
            self.last_words.push('\n');
            return Some(Turn::Exit(2));
        }
        if !matches!(signal, Signal::HUP | Signal::INT | Signal::TERM) {
            return None;
        }
        // The first process of a container is not killed by a signal that it sends itself, so
        // that the runtime's own exit comes to pass.
        if self.world.process.pid() == 1 {
            let status = if self.image.version() >= (1, 27) {
                128 + signal.number()
            } else {
                2
            };
            return Some(Turn::Exit(status));
        }
        self.world.signals.death = Some(ExitStatus::Signaled(signal));
        Some(Turn::Exit(2))
    }
}
