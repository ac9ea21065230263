//! Waiting for "something changed" without losing a change.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Wakes every task that waits for a change. Clones are the same bell.
#[derive(Clone, Default)]
pub struct Notify {
    bell: Rc<Bell>,
}

#[derive(Default)]
struct Bell {
    version: Cell<u64>,
    waiting: RefCell<Vec<Waker>>,
}

impl Notify {
    /// A bell that nobody waits for yet.
    pub fn new() -> Notify {
        Notify::default()
    }

    /// Tells every listener that something changed.
    pub fn notify(&self) {
        self.bell
            .version
            .set(self.bell.version.get().wrapping_add(1));
        let waiting = std::mem::take(&mut *self.bell.waiting.borrow_mut());
        for waker in waiting {
            waker.wake();
        }
    }

    /// A future that ends with the first [`Notify::notify`] after this call, also when that
    /// comes before the future is first polled: take it, look at the state, then await it.
    pub fn listen(&self) -> Listener {
        Listener {
            bell: self.bell.clone(),
            seen: self.bell.version.get(),
        }
    }
}

/// The future of [`Notify::listen`].
pub struct Listener {
    bell: Rc<Bell>,
    seen: u64,
}

impl Future for Listener {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.bell.version.get() != self.seen {
            return Poll::Ready(());
        }
        let mut waiting = self.bell.waiting.borrow_mut();
        if !waiting.iter().any(|waker| waker.will_wake(context.waker())) {
            waiting.push(context.waker().clone());
        }
        Poll::Pending
    }
}
