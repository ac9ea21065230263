//! Signals: their numbers, names, default actions, and how a process receives them.

use ordered::OrderedMap;
use simulation::Notify;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

macro_rules! signals {
    ($($name:ident $number:literal;)*) => {
        /// A signal, with Linux's numbers on x86_64.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, clippy::upper_case_acronyms, reason = "the names are POSIX's own")]
        pub enum Signal { $($name = $number,)* }

        impl Signal {
            /// The signal of a number.
            pub fn from_number(number: i32) -> Option<Signal> {
                match number { $($number => Some(Signal::$name),)* _ => None }
            }

            /// The name with its `SIG`.
            pub fn name(self) -> &'static str {
                match self { $(Signal::$name => concat!("SIG", stringify!($name)),)* }
            }

            /// All signals, by number.
            pub const ALL: &[Signal] = &[$(Signal::$name,)*];
        }
    };
}

signals! {
    HUP 1; INT 2; QUIT 3; ILL 4; TRAP 5; ABRT 6; BUS 7; FPE 8; KILL 9; USR1 10; SEGV 11; USR2 12;
    PIPE 13; ALRM 14; TERM 15; STKFLT 16; CHLD 17; CONT 18; STOP 19; TSTP 20; TTIN 21; TTOU 22;
    URG 23; XCPU 24; XFSZ 25; VTALRM 26; PROF 27; WINCH 28; IO 29; PWR 30; SYS 31;
}

impl Signal {
    /// The number.
    pub fn number(self) -> i32 {
        self as i32
    }

    /// From `9`, `KILL` or `SIGKILL`, in any case.
    pub fn parse(text: &str) -> Option<Signal> {
        if let Ok(number) = text.parse::<i32>() {
            return Signal::from_number(number);
        }
        let upper = text.to_ascii_uppercase();
        let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
        Signal::ALL
            .iter()
            .copied()
            .find(|signal| signal.name().strip_prefix("SIG") == Some(bare))
    }

    /// Whether the default action is to do nothing.
    pub fn ignored_by_default(self) -> bool {
        matches!(
            self,
            Signal::CHLD | Signal::CONT | Signal::URG | Signal::WINCH
        )
    }

    /// Whether the default action is to stop the process.
    pub fn stops_by_default(self) -> bool {
        matches!(
            self,
            Signal::STOP | Signal::TSTP | Signal::TTIN | Signal::TTOU
        )
    }
}

/// What a process does with a signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disposition {
    /// The kernel's default action.
    #[default]
    Default,
    /// Nothing.
    Ignore,
    /// The program takes it from its queue ([`Signals::next`]).
    Handle,
}

/// A process's dispositions and the signals that wait for its program. Clones share them.
#[derive(Clone, Default)]
pub struct Signals {
    dispositions: Rc<RefCell<OrderedMap<Signal, Disposition>>>,
    queue: Rc<RefCell<VecDeque<Signal>>>,
    arrived: Notify,
}

impl Signals {
    /// Sets what happens with a signal; `KILL` and `STOP` cannot be changed.
    pub fn set(&self, signal: Signal, disposition: Disposition) {
        if !matches!(signal, Signal::KILL | Signal::STOP) {
            self.dispositions.borrow_mut().insert(signal, disposition);
        }
    }

    /// What happens with a signal.
    pub fn get(&self, signal: Signal) -> Disposition {
        self.dispositions
            .borrow()
            .get(&signal)
            .copied()
            .unwrap_or_default()
    }

    /// Waits for the next handled signal.
    pub async fn next(&self) -> Signal {
        loop {
            let arrived = self.arrived.listen();
            if let Some(signal) = self.try_next() {
                return signal;
            }
            arrived.await;
        }
    }

    /// Waits until a handled signal waits, and leaves it in the queue.
    pub async fn arrival(&self) {
        loop {
            let arrived = self.arrived.listen();
            if !self.queue.borrow().is_empty() {
                return;
            }
            arrived.await;
        }
    }

    /// The next handled signal, if one waits.
    pub fn try_next(&self) -> Option<Signal> {
        self.queue.borrow_mut().pop_front()
    }

    pub(crate) fn push(&self, signal: Signal) {
        // As on Linux, a signal that waits already is not queued twice.
        if !self.queue.borrow().contains(&signal) {
            self.queue.borrow_mut().push_back(signal);
        }
        self.arrived.notify();
    }

    /// What a new program in the same process starts with: ignored stays ignored, handled becomes
    /// default, and what waits for a handler is lost.
    pub(crate) fn reset(&self) {
        let mut dispositions = self.dispositions.borrow_mut();
        dispositions.retain(|_, disposition| *disposition == Disposition::Ignore);
        self.queue.borrow_mut().clear();
    }

    /// What a child process starts with: ignored stays ignored, handled becomes default.
    pub(crate) fn inherit(&self) -> Signals {
        let ignored = self
            .dispositions
            .borrow()
            .iter()
            .filter(|(_, disposition)| **disposition == Disposition::Ignore)
            .map(|(signal, disposition)| (*signal, *disposition))
            .collect();
        Signals {
            dispositions: Rc::new(RefCell::new(ignored)),
            ..Signals::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        for text in ["9", "KILL", "SIGKILL", "sigkill"] {
            assert_eq!(Signal::parse(text), Some(Signal::KILL));
        }
        assert_eq!(Signal::parse("NOPE"), None);
        assert_eq!(Signal::TERM.name(), "SIGTERM");
        assert_eq!(Signal::WINCH.number(), 28);
    }
}
