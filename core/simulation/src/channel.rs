//! A queue from many senders to one receiver.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// A new, unbounded queue. Who needs a bound looks at [`Sender::len`] and decides what to drop.
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let queue = Rc::new(RefCell::new(Queue {
        items: VecDeque::new(),
        senders: 1,
        receiver_alive: true,
        waiting: None,
    }));
    (
        Sender {
            queue: queue.clone(),
        },
        Receiver { queue },
    )
}

struct Queue<T> {
    items: VecDeque<T>,
    senders: usize,
    receiver_alive: bool,
    waiting: Option<Waker>,
}

/// The receiver is gone; carries the item back.
#[derive(Debug)]
pub struct SendError<T>(pub T);

/// The sending end; clones share the queue.
pub struct Sender<T> {
    queue: Rc<RefCell<Queue<T>>>,
}

impl<T> Sender<T> {
    /// Appends an item, or gives it back when nobody can receive it any more.
    pub fn send(&self, item: T) -> Result<(), SendError<T>> {
        let waiting = {
            let mut queue = self.queue.borrow_mut();
            if !queue.receiver_alive {
                return Err(SendError(item));
            }
            queue.items.push_back(item);
            queue.waiting.take()
        };
        if let Some(waker) = waiting {
            waker.wake();
        }
        Ok(())
    }

    /// How many items wait to be received.
    pub fn len(&self) -> usize {
        self.queue.borrow().items.len()
    }

    /// Whether no item waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the receiver is gone.
    pub fn is_closed(&self) -> bool {
        !self.queue.borrow().receiver_alive
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.queue.borrow_mut().senders += 1;
        Sender {
            queue: self.queue.clone(),
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let waiting = {
            let mut queue = self.queue.borrow_mut();
            queue.senders -= 1;
            if queue.senders == 0 {
                queue.waiting.take()
            } else {
                None
            }
        };
        if let Some(waker) = waiting {
            waker.wake();
        }
    }
}

/// The receiving end.
pub struct Receiver<T> {
    queue: Rc<RefCell<Queue<T>>>,
}

impl<T> Receiver<T> {
    /// Waits for the next item; `None` when the queue is empty and every sender is gone.
    pub fn recv(&mut self) -> Recv<'_, T> {
        Recv { receiver: self }
    }

    /// The next item if one is there.
    pub fn try_recv(&mut self) -> Option<T> {
        self.queue.borrow_mut().items.pop_front()
    }

    /// Whether the queue is empty and every sender is gone.
    pub fn is_finished(&self) -> bool {
        let queue = self.queue.borrow();
        queue.items.is_empty() && queue.senders == 0
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let items = {
            let mut queue = self.queue.borrow_mut();
            queue.receiver_alive = false;
            std::mem::take(&mut queue.items)
        };
        // An item's own destructor may use this queue, so it runs outside of the borrow.
        drop(items);
    }
}

/// The future of [`Receiver::recv`].
pub struct Recv<'a, T> {
    receiver: &'a mut Receiver<T>,
}

impl<T> Future for Recv<'_, T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut queue = self.receiver.queue.borrow_mut();
        if let Some(item) = queue.items.pop_front() {
            return Poll::Ready(Some(item));
        }
        if queue.senders == 0 {
            return Poll::Ready(None);
        }
        queue.waiting = Some(context.waker().clone());
        Poll::Pending
    }
}
