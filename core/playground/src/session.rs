//! A shell session without a person: commands go in, their output and status come out.

use crate::Playground;
use machine::{Errno, FileKind, LocalFuture, file};
use shell::{DrivenShell, Order};
use simulation::{Sender, Time, channel};
use std::cell::RefCell;
use std::rc::Rc;

/// The most virtual time that one command may take.
const COMMAND_TIME: simulation::Duration = simulation::Duration::from_secs(4 * 3600);

/// One shell on the learner's computer, whose standard output and error are one text.
pub struct Session {
    simulation: simulation::Simulation,
    orders: Sender<Order>,
    output: Rc<RefCell<Vec<u8>>>,
}

/// Both standard output and error: a pipe's end would buffer, so it is kept as it comes.
struct Collected {
    output: Rc<RefCell<Vec<u8>>>,
}

/// Bytes of output kept for one command; more is dropped.
const OUTPUT_BYTES: usize = 8 * 1024 * 1024;

impl FileKind for Collected {
    fn write(&self, bytes: &[u8]) -> LocalFuture<Result<(), Errno>> {
        let mut output = self.output.borrow_mut();
        if output.len() < OUTPUT_BYTES {
            output.extend_from_slice(bytes);
        }
        Box::pin(async { Ok(()) })
    }
}

impl Session {
    /// A new session in the workspace, with variables added to the usual environment.
    pub fn new(playground: &Playground, variables: &[(&str, &str)]) -> Result<Session, Errno> {
        let (orders, receiver) = channel();
        let output = Rc::new(RefCell::new(Vec::new()));
        let collected: Rc<dyn FileKind> = Rc::new(Collected {
            output: output.clone(),
        });
        let mut spawn = playground.shell_process();
        for (name, value) in variables {
            spawn
                .environment
                .push(((*name).to_string(), (*value).to_string()));
        }
        spawn.program = Some(Rc::new(DrivenShell::new(receiver)));
        spawn.descriptors = [(0, file::null()), (1, collected.clone()), (2, collected)].into();
        playground.kernel().spawn(spawn)?;
        Ok(Session {
            simulation: playground.simulation().clone(),
            orders,
            output,
        })
    }

    /// Runs a command line to its end, in virtual time: its output and status. A command that
    /// takes more than four virtual hours counts as ended with status 124.
    pub fn run(&self, line: &str) -> (String, i32) {
        let (answer, mut status) = channel();
        let until: Time = self.simulation.now() + COMMAND_TIME;
        if self.orders.send((line.to_string(), answer)).is_err() {
            return (String::new(), 1);
        }
        let status = self
            .simulation
            .run(until, async move { status.recv().await });
        let output = std::mem::take(&mut *self.output.borrow_mut());
        (
            String::from_utf8_lossy(&output).into_owned(),
            status.flatten().unwrap_or(124),
        )
    }
}
