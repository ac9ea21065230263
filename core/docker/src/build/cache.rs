//! The build cache: what steps made, by what went into them; the layers of base images; and the
//! files that clients sent. Models moby/buildkit cache/manager.go.

use crate::{Image, ImageLayer, digest};
use machine::{Duration, Entry, Time, Tree};
use ordered::{OrderedMap, OrderedSet};
use simulation::Random;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What one step made, one layer of a base image, or the files of one client.
pub(crate) struct Record {
    /// As `docker builder prune` shows it.
    pub(crate) id: String,
    /// `regular` or `source.local`.
    pub(crate) kind: &'static str,
    /// What it changed; `None` for files that were sent.
    pub(crate) layer: Option<ImageLayer>,
    /// Bytes that it takes besides those of images.
    pub(crate) bytes: Cell<u64>,
    /// The id of the record that it lies over.
    pub(crate) parent: Option<String>,
    /// The address of its layer with all below.
    chain: String,
    /// Whether it may still change: nothing was built over it yet, and it is in no image.
    pub(crate) mutable: Cell<bool>,
    /// When it was made.
    pub(crate) created: Time,
    /// When it was last of use.
    pub(crate) used: Cell<Time>,
    /// How often it was of use.
    pub(crate) uses: Cell<u64>,
}

impl Record {
    fn touch(&self, now: Time) {
        self.used.set(now);
        self.uses.set(self.uses.get() + 1);
    }
}

/// A record in `docker system df`.
pub(crate) struct Usage {
    pub(crate) record: Rc<Record>,
    /// Whether an image holds the same layers.
    pub(crate) shared: bool,
}

/// The records of one engine.
#[derive(Default)]
pub(crate) struct BuildCache {
    /// By id.
    records: RefCell<OrderedMap<String, Rc<Record>>>,
    /// The ids of the newest records, by what went into them.
    keys: RefCell<OrderedMap<String, String>>,
    /// What was last sent, by the key of its record.
    sent: RefCell<OrderedMap<String, OrderedMap<String, Entry>>>,
    /// The directories of `RUN --mount=type=cache`, by their ids.
    pub(crate) mounts: RefCell<OrderedMap<String, Tree>>,
    /// Ids of the images that were already unpacked for a build.
    pub(crate) bases: RefCell<OrderedSet<String>>,
    /// The classic builder's: ids of images by what went into them.
    pub(crate) images: RefCell<OrderedMap<String, String>>,
}

/// The address of layers that lie over each other, one for each height.
fn chains<'a>(layers: impl Iterator<Item = &'a ImageLayer>) -> Vec<String> {
    let mut chain = String::new();
    layers
        .map(|layer| {
            chain = digest::hex(format!("{chain} {}", layer.digest).as_bytes());
            chain.clone()
        })
        .collect()
}

impl BuildCache {
    /// The record that the same step made before; it counts as used now.
    pub(crate) fn find(&self, key: &str, now: Time) -> Option<Rc<Record>> {
        let record = self.get(key)?;
        record.touch(now);
        Some(record)
    }

    fn get(&self, key: &str) -> Option<Rc<Record>> {
        let keys = self.keys.borrow();
        self.records.borrow().get(keys.get(key)?).cloned()
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.keys.borrow().contains_key(key)
    }

    /// Whether a record holds this layer.
    pub(crate) fn holds(&self, layer: &ImageLayer) -> bool {
        let records = self.records.borrow();
        records.values().any(|record| {
            let own = record.layer.as_ref();
            own.is_some_and(|own| own.digest == layer.digest)
        })
    }

    fn insert(&self, key: String, record: Record) -> Rc<Record> {
        let record = Rc::new(record);
        let id = record.id.clone();
        self.keys.borrow_mut().insert(key, id.clone());
        self.records.borrow_mut().insert(id, record.clone());
        record
    }

    /// Keeps what a step made over the layers of `below`, whose highest record is `parent`.
    pub(crate) fn keep(
        &self,
        key: String,
        layer: ImageLayer,
        below: &[ImageLayer],
        parent: Option<String>,
        now: Time,
        random: &Random,
    ) -> Rc<Record> {
        let chain = chains(below.iter().chain([&layer])).pop();
        self.freeze(parent.as_deref());
        self.insert(
            key,
            Record {
                id: identity(random),
                kind: "regular",
                bytes: Cell::new(layer.size),
                layer: Some(layer),
                parent,
                chain: chain.unwrap_or_default(),
                mutable: Cell::new(true),
                created: now,
                used: Cell::new(now),
                uses: Cell::new(1),
            },
        )
    }

    /// From now on a record does not change any more.
    pub(crate) fn freeze(&self, id: Option<&str>) {
        let records = self.records.borrow();
        if let Some(record) = id.and_then(|id| records.get(id)) {
            record.mutable.set(false);
        }
    }

    /// Makes the records of an image's layers known; gives the id of the highest.
    pub(crate) fn base(&self, image: &Image, now: Time, random: &Random) -> Option<String> {
        let mut parent = None;
        for (layer, chain) in image.layers.iter().zip(chains(image.layers.iter())) {
            let key = format!("base {chain}");
            let found = self.get(&key);
            let record = found.unwrap_or_else(|| {
                self.insert(
                    key,
                    Record {
                        id: identity(random),
                        kind: "regular",
                        bytes: Cell::new(0),
                        layer: Some(layer.clone()),
                        parent: parent.clone(),
                        chain,
                        mutable: Cell::new(false),
                        created: now,
                        used: Cell::new(now),
                        uses: Cell::new(0),
                    },
                )
            });
            record.touch(now);
            parent = Some(record.id.clone());
        }
        parent
    }

    /// Takes files that a client sends: gives their record, and how many bytes had to be sent
    /// because they were not there from the last time.
    pub(crate) fn receive(
        &self,
        name: &str,
        files: &OrderedMap<String, Entry>,
        now: Time,
        random: &Random,
    ) -> (Rc<Record>, u64) {
        let key = format!("local {name}");
        let before = self.sent.borrow_mut().insert(key.clone(), files.clone());
        let before = before.unwrap_or_default();
        let sent: u64 = files
            .iter()
            .map(|(name, entry)| match before.get(name) {
                Some(other) if same(entry, other) => STAT_BYTES,
                _ => STAT_BYTES + PACKET_BYTES + entry.size(),
            })
            .sum();
        let found = self.find(&key, now);
        let record = found.unwrap_or_else(|| {
            self.insert(
                key,
                Record {
                    id: identity(random),
                    kind: "source.local",
                    bytes: Cell::new(0),
                    layer: None,
                    parent: None,
                    chain: String::new(),
                    mutable: Cell::new(true),
                    created: now,
                    used: Cell::new(now),
                    uses: Cell::new(1),
                },
            )
        });
        let bytes = files.values().filter(|entry| !entry.is_directory());
        record.bytes.set(bytes.map(Entry::size).sum());
        (record, sent.max(2))
    }

    /// All records, those first that were not used for the longest time.
    pub(crate) fn usage<'a>(&self, images: impl Iterator<Item = &'a Image>) -> Vec<Usage> {
        let of_images: OrderedSet<String> = images
            .flat_map(|image| chains(image.layers.iter()))
            .collect();
        let records = self.records.borrow();
        let mut all: Vec<Usage> = records
            .values()
            .map(|record| Usage {
                record: record.clone(),
                shared: of_images.contains(&record.chain),
            })
            .collect();
        all.sort_by_key(|usage| (usage.record.used.get(), usage.record.id.clone()));
        all
    }

    /// Removes what nothing is built over, again and again: with `all` also what images hold,
    /// and only what was not used for `unused`. Gives what is gone, in that order.
    pub(crate) fn prune(
        &self,
        all: bool,
        unused: Duration,
        now: Time,
        usage: Vec<Usage>,
    ) -> Vec<Usage> {
        let mut left = usage;
        let mut gone = Vec::new();
        loop {
            let parents: OrderedSet<String> = left
                .iter()
                .filter_map(|usage| usage.record.parent.clone())
                .collect();
            let (going, staying): (Vec<Usage>, Vec<Usage>) = left.into_iter().partition(|usage| {
                !parents.contains(&usage.record.id)
                    && (all || !usage.shared)
                    && now.since(usage.record.used.get()) >= unused
            });
            left = staying;
            if going.is_empty() {
                break;
            }
            gone.extend(going);
        }
        let mut records = self.records.borrow_mut();
        for usage in &gone {
            records.remove(&usage.record.id);
        }
        let mut keys = self.keys.borrow_mut();
        keys.retain(|_, id| records.contains_key(id));
        let mut sent = self.sent.borrow_mut();
        sent.retain(|key, _| keys.contains_key(key));
        if !records.values().any(|record| record.layer.is_some()) {
            self.bases.borrow_mut().clear();
        }
        gone
    }
}

/// Bytes that telling of a file takes, and those around its content.
const STAT_BYTES: u64 = 30;
const PACKET_BYTES: u64 = 9;

/// Whether a file need not be sent again.
fn same(entry: &Entry, other: &Entry) -> bool {
    use machine::EntryKind::{File, Symlink};
    entry.metadata.mode == other.metadata.mode
        && match (&entry.kind, &other.kind) {
            (File(one), File(two)) => one.borrow().bytes() == two.borrow().bytes(),
            (Symlink(one), Symlink(two)) => one == two,
            _ => entry.is_directory() && other.is_directory(),
        }
}

/// A name as BuildKit makes it up for a record.
pub(super) fn identity(random: &Random) -> String {
    random.text("abcdefghijklmnopqrstuvwxyz0123456789", 25)
}
