//! The build cache: what steps made, by what went into them.

use crate::ImageLayer;
use machine::Time;
use ordered::{OrderedMap, OrderedSet};
use simulation::Random;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What one step made.
pub(crate) struct Record {
    /// As `docker builder prune` shows it.
    pub(crate) id: String,
    /// What it changed; `None` when nothing.
    pub(crate) layer: Option<ImageLayer>,
    /// When it was made.
    pub(crate) created: Time,
    /// When it was last of use.
    pub(crate) used: Cell<Time>,
}

/// The records of one engine.
#[derive(Default)]
pub(crate) struct BuildCache {
    pub(crate) records: RefCell<OrderedMap<String, Rc<Record>>>,
    /// Ids of the images that were already unpacked for a build.
    pub(crate) bases: RefCell<OrderedSet<String>>,
    /// The classic builder's: ids of images by what went into them.
    pub(crate) images: RefCell<OrderedMap<String, String>>,
}

impl BuildCache {
    pub(crate) fn find(&self, key: &str, now: Time) -> Option<Rc<Record>> {
        let record = self.records.borrow().get(key).cloned()?;
        record.used.set(now);
        Some(record)
    }

    pub(crate) fn keep(
        &self,
        key: String,
        layer: Option<ImageLayer>,
        now: Time,
        random: &Random,
    ) -> Rc<Record> {
        let record = Rc::new(Record {
            id: random.text("abcdefghijklmnopqrstuvwxyz0123456789", 25),
            layer,
            created: now,
            used: Cell::new(now),
        });
        self.records.borrow_mut().insert(key, record.clone());
        record
    }
}
