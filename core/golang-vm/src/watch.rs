//! What happens when nothing refers to an object any more: finalizers, cleanups, weak pointers.

use super::collect::Marking;
use super::{Callee, Trap, Vm};

/// What waits for an object that nothing refers to any more.
struct Watch {
    id: u64,
    object: u64,
    last_act: LastAct,
}

/// What happens to an object that nothing refers to.
#[derive(Clone, Copy)]
pub enum LastAct {
    /// A finalizer, `runtime.SetFinalizer`: a closure that gets the object (an interface value),
    /// which is kept once more.
    Finalizer(u64, (u64, u64)),
    /// A closure without parameters, `runtime.AddCleanup`.
    Cleanup(u64),
    /// A word in the heap becomes 0, `weak.Pointer`.
    Forget(u64),
}

/// All that wait.
#[derive(Default)]
pub(crate) struct Watches {
    list: Vec<Watch>,
    last: u64,
}

impl Watches {
    /// Marks what they need, and takes out those whose object is not reached.
    pub fn ended(&mut self, marking: &mut Marking<'_>) -> Vec<LastAct> {
        for watch in &self.list {
            match watch.last_act {
                // Of objects that refer to one another the first is finalized first.
                LastAct::Finalizer(closure, _) => {
                    marking.word(closure);
                    marking.inside(watch.object);
                }
                LastAct::Cleanup(closure) => marking.word(closure),
                LastAct::Forget(word) => marking.word(word),
            }
        }
        marking.drain();
        let mut ended = Vec::new();
        self.list.retain(|watch| {
            let reached = marking.is_marked(watch.object);
            if !reached {
                ended.push((watch.object, watch.last_act));
            }
            reached
        });
        for (object, last_act) in &ended {
            if let LastAct::Finalizer(..) = last_act {
                marking.word(*object);
            }
        }
        ended.into_iter().map(|(_, last_act)| last_act).collect()
    }
}

impl Vm {
    /// What happens to an object that was found to be garbage.
    pub(crate) fn act(&mut self, last_act: &LastAct) -> Result<(), Trap> {
        let (closure, object) = match *last_act {
            LastAct::Forget(word) => {
                self.heap.store(word, 0);
                return Ok(());
            }
            LastAct::Cleanup(closure) => (closure, (0, 0)),
            LastAct::Finalizer(closure, object) => (closure, object),
        };
        let index = self.heap.load(closure).ok_or(Trap::Nil(closure))?;
        let function = self.function(index as u32)?;
        let mut window = vec![0; usize::from(function.results)];
        match function.params {
            0 => {}
            1 => window.push(object.1),
            _ => window.extend([object.0, object.1]),
        }
        self.start_goroutine(None, Callee::Closure(closure), &window)?;
        Ok(())
    }

    /// Waits for the moment when nothing refers to an object. The number is for [`Vm::unwatch`].
    pub fn watch(&mut self, object: u64, last_act: LastAct) -> u64 {
        self.watches.last += 1;
        let id = self.watches.last;
        self.watches.list.push(Watch {
            id,
            object,
            last_act,
        });
        id
    }

    /// Forgets a watch by its number, or the finalizer of an object.
    pub fn unwatch(&mut self, id: u64, object: u64) {
        self.watches.list.retain(|watch| {
            let is_finalizer = matches!(watch.last_act, LastAct::Finalizer(..));
            watch.id != id && !(is_finalizer && watch.object == object)
        });
    }
}
