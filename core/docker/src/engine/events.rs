//! The feed of what happens in an engine: `docker events`, and what the kubelet listens to.

use crate::limits;
use machine::Time;
use simulation::{Receiver, Sender, channel};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// Something that happened.
#[derive(Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub time: Time,
    /// `container`, `image`, `network`, `volume`.
    pub kind: &'static str,
    /// `create`, `start`, `kill`, `die`, `stop`, `destroy`, `pull`, `exec_create: ls `, …
    pub action: String,
    /// The id of the container, image, network or volume.
    pub id: String,
    /// Sorted by name.
    pub attributes: Vec<(String, String)>,
}

impl Event {
    /// An attribute's value.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The feed.
#[derive(Default)]
pub(crate) struct Events {
    kept: RefCell<VecDeque<Rc<Event>>>,
    watchers: RefCell<Vec<Sender<Rc<Event>>>>,
}

impl Events {
    pub(crate) fn push(&self, event: Event) {
        let event = Rc::new(event);
        let mut kept = self.kept.borrow_mut();
        if kept.len() >= limits::EVENTS {
            kept.pop_front();
        }
        kept.push_back(event.clone());
        drop(kept);
        self.watchers
            .borrow_mut()
            .retain(|watcher| watcher.send(event.clone()).is_ok());
    }

    /// The events from now on.
    pub(crate) fn watch(&self) -> Receiver<Rc<Event>> {
        let (sender, receiver) = channel();
        self.watchers.borrow_mut().push(sender);
        receiver
    }

    /// The events that are kept, the oldest first.
    pub(crate) fn kept(&self) -> Vec<Rc<Event>> {
        self.kept.borrow().iter().cloned().collect()
    }
}
