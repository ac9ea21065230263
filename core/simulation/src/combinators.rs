//! Waiting for the first of two futures, for all of several, or only for so long.

use crate::{LocalFuture, Simulation};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

/// Which of two futures ended first, with its value.
#[derive(Debug, PartialEq, Eq)]
pub enum Either<A, B> {
    /// The first one.
    Left(A),
    /// The second one.
    Right(B),
}

/// Waits for the first of two futures; the other one is dropped. The first argument wins a tie.
pub async fn race<A: Future, B: Future>(first: A, second: B) -> Either<A::Output, B::Output> {
    let mut first = pin!(first);
    let mut second = pin!(second);
    std::future::poll_fn(move |context| {
        if let Poll::Ready(value) = first.as_mut().poll(context) {
            return Poll::Ready(Either::Left(value));
        }
        second.as_mut().poll(context).map(Either::Right)
    })
    .await
}

/// Waits for a future for at most `limit` of virtual time; `None` when that passed first.
pub async fn timeout<F: Future>(
    simulation: &Simulation,
    limit: Duration,
    future: F,
) -> Option<F::Output> {
    match race(future, simulation.sleep(limit)).await {
        Either::Left(value) => Some(value),
        Either::Right(()) => None,
    }
}

/// Waits for all futures; the values come in the order of the futures.
pub async fn join_all<T>(futures: Vec<LocalFuture<T>>) -> Vec<T> {
    JoinAll {
        slots: futures.into_iter().map(Slot::Running).collect(),
    }
    .await
}

enum Slot<T> {
    Running(LocalFuture<T>),
    Done(Option<T>),
}

struct JoinAll<T> {
    slots: Vec<Slot<T>>,
}

// The futures are pinned on the heap; a value in a slot is never pinned.
impl<T> Unpin for JoinAll<T> {}

impl<T> Future for JoinAll<T> {
    type Output = Vec<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Vec<T>> {
        let mut running = false;
        for slot in &mut self.slots {
            if let Slot::Running(future) = slot {
                match future.as_mut().poll(context) {
                    Poll::Ready(value) => *slot = Slot::Done(Some(value)),
                    Poll::Pending => running = true,
                }
            }
        }
        if running {
            return Poll::Pending;
        }
        let values = self.slots.iter_mut().filter_map(|slot| match slot {
            Slot::Done(value) => value.take(),
            Slot::Running(_) => None,
        });
        Poll::Ready(values.collect())
    }
}
