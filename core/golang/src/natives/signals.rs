//! The natives of `internal/native` about signals, and what happens with those that nobody asked
//! for.

use super::{Call, Flow, Native, Outcome};
use crate::vm::{Callee, Turn, Vm};
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

fn on_signal(call: &mut Call<'_>) -> Outcome {
    call.vm.world.kept::<Modes>().handler = call.word();
    Ok(Flow::Done)
}

fn signal_mode(call: &mut Call<'_>) -> Outcome {
    let (signal, mode) = (call.int() as i32, call.int());
    let modes = &mut call.vm.world.kept::<Modes>().modes;
    modes.insert(signal, mode);
    call.vm.scheduler.listens = modes.values().any(|mode| *mode == 1);
    Ok(Flow::Done)
}

/// A signal has arrived. The program may end of it.
pub(crate) fn signal(vm: &mut Vm, signal: Signal) -> Option<Turn> {
    let modes = vm.world.kept::<Modes>();
    match modes.modes.get(&signal.number()) {
        Some(1) => {
            let handler = modes.handler;
            let window = [signal.number() as u64];
            vm.start_goroutine(None, Callee::Closure(handler), &window)
                .ok();
            return None;
        }
        Some(2) => return None,
        _ => {}
    }
    if matches!(signal, Signal::QUIT | Signal::ABRT) {
        vm.last_words.push_str(&format!(
            "{}: {}\nPC=0x47a2c1 m=0 sigcode=0\n",
            signal.name(),
            if signal == Signal::QUIT {
                "quit"
            } else {
                "abort"
            }
        ));
        let traces = vm.traces_of_others();
        vm.last_words.push_str(&traces);
        vm.last_words.push('\n');
        return Some(Turn::Exit(2));
    }
    if !matches!(signal, Signal::HUP | Signal::INT | Signal::TERM) {
        return None;
    }
    // The first process of a container is not killed by a signal that it sends itself, so
    // that the runtime's own exit comes to pass.
    if vm.world.process.pid() == 1 {
        let status = if vm.image.version() >= (1, 27) {
            128 + signal.number()
        } else {
            2
        };
        return Some(Turn::Exit(status));
    }
    vm.world.kept::<Modes>().death = Some(ExitStatus::Signaled(signal));
    Some(Turn::Exit(2))
}
