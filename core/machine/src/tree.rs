//! One file system: immutable layers below, one writable layer on top, all keyed by path.
//!
//! A [`Layer`] is what an image's layer is: entries and whiteouts. A [`Tree`] stacks them and
//! collects changes in an upper layer of its own, so a container that writes nothing costs
//! nothing. Symbolic links and mounts are [`crate::FileSystem`]'s business, not resolved here.

use crate::{Errno, Time, limits, path};
use ordered::{OrderedMap, OrderedSet};
use std::cell::{Cell, RefCell};
use std::ops::Bound;
use std::rc::Rc;

/// A file's bytes, shared. Bytes past those given, up to `length`, read as zeros: a sparse file,
/// as large as the real thing without its memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    bytes: Rc<Vec<u8>>,
    length: u64,
}

impl Content {
    /// Ordinary bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Content {
        let bytes: Vec<u8> = bytes.into();
        Content {
            length: bytes.len() as u64,
            bytes: Rc::new(bytes),
        }
    }

    /// Bytes followed by zeros up to `length` bytes in all.
    pub fn sparse(bytes: impl Into<Vec<u8>>, length: u64) -> Content {
        let bytes: Vec<u8> = bytes.into();
        Content {
            length: length.max(bytes.len() as u64),
            bytes: Rc::new(bytes),
        }
    }

    /// The bytes that are stored (without the zeros of a sparse file's end).
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The stored bytes, shared.
    pub fn shared(&self) -> Rc<Vec<u8>> {
        self.bytes.clone()
    }

    /// The length in bytes, as `ls -l` shows it.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether the file has no bytes.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The stored bytes as text, with replacement characters where they are not UTF-8.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// At most `count` bytes from `offset` on, zeros of a sparse end included.
    pub fn read_at(&self, offset: u64, count: usize) -> Vec<u8> {
        let end = self.length.min(offset.saturating_add(count as u64));
        let wanted = end.saturating_sub(offset) as usize;
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(self.bytes.len());
        let mut read: Vec<u8> = self
            .bytes
            .iter()
            .skip(start)
            .take(wanted)
            .copied()
            .collect();
        read.resize(wanted, 0);
        read
    }

    /// Overwrites and extends from `offset` on.
    pub fn write_at(&mut self, offset: u64, data: &[u8]) -> Result<(), Errno> {
        let end = offset.saturating_add(data.len() as u64);
        if end > limits::FILE_SYSTEM_BYTES {
            return Err(Errno::ENOSPC);
        }
        let bytes = Rc::make_mut(&mut self.bytes);
        let start = offset as usize;
        if bytes.len() < start {
            bytes.resize(start, 0);
        }
        let overlap = bytes.len().saturating_sub(start).min(data.len());
        let (old, new) = data.split_at(overlap);
        if let Some(slot) = bytes.get_mut(start..start + overlap) {
            slot.copy_from_slice(old);
        }
        bytes.extend_from_slice(new);
        self.length = self.length.max(end);
        Ok(())
    }

    /// Cuts to `length` bytes, or extends with zeros.
    pub fn truncate(&mut self, length: u64) {
        let kept = usize::try_from(length).unwrap_or(usize::MAX);
        if kept < self.bytes.len() {
            Rc::make_mut(&mut self.bytes).truncate(kept);
        }
        self.length = length;
    }
}

/// What an entry is.
#[derive(Clone, Debug)]
pub enum EntryKind {
    /// A directory.
    Directory,
    /// A regular file. Handles that are open on it share the cell, so that a removed file stays
    /// readable for who has it open.
    File(Rc<RefCell<Content>>),
    /// A symbolic link with its target.
    Symlink(Rc<str>),
    /// A character device, by its name: `null`, `zero`, `urandom`, `tty`.
    Device(Rc<str>),
    /// A named pipe or a socket: only its presence is kept.
    Socket,
}

/// Owner, permissions and time of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Permission bits, such as `0o644`.
    pub mode: u32,
    /// Owning user's number.
    pub user: u32,
    /// Owning group's number.
    pub group: u32,
    /// Last change of the content.
    pub modified: Time,
}

/// One directory, file, link or device.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is, with its content.
    pub kind: EntryKind,
    /// Owner, permissions, time.
    pub metadata: Metadata,
}

impl Entry {
    /// A regular file.
    pub fn file(content: Content, mode: u32, modified: Time) -> Entry {
        Entry {
            kind: EntryKind::File(Rc::new(RefCell::new(content))),
            metadata: Metadata {
                mode,
                user: 0,
                group: 0,
                modified,
            },
        }
    }

    /// A directory with mode 0755.
    pub fn directory(modified: Time) -> Entry {
        Entry {
            kind: EntryKind::Directory,
            metadata: Metadata {
                mode: 0o755,
                user: 0,
                group: 0,
                modified,
            },
        }
    }

    /// A symbolic link.
    pub fn symlink(target: &str, modified: Time) -> Entry {
        Entry {
            kind: EntryKind::Symlink(target.into()),
            metadata: Metadata {
                mode: 0o777,
                user: 0,
                group: 0,
                modified,
            },
        }
    }

    /// Bytes that `ls -l` shows.
    pub fn size(&self) -> u64 {
        match &self.kind {
            EntryKind::File(content) => content.borrow().len(),
            EntryKind::Symlink(target) => target.len() as u64,
            EntryKind::Directory => 4096,
            EntryKind::Device(_) | EntryKind::Socket => 0,
        }
    }

    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        matches!(self.kind, EntryKind::Directory)
    }

    /// A copy that shares no cell with this one.
    pub fn detached(&self) -> Entry {
        let kind = match &self.kind {
            EntryKind::File(content) => {
                EntryKind::File(Rc::new(RefCell::new(content.borrow().clone())))
            }
            other => other.clone(),
        };
        Entry {
            kind,
            metadata: self.metadata,
        }
    }
}

/// Changes over what lies below: an image's layer. `None` is a whiteout (removed here).
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// By clean absolute path; the root itself is not listed.
    pub entries: OrderedMap<String, Option<Entry>>,
}

impl Layer {
    /// Bytes of the regular files in it.
    pub fn size(&self) -> u64 {
        self.entries
            .values()
            .flatten()
            .map(|entry| match entry.kind {
                EntryKind::File(_) => entry.size(),
                _ => 0,
            })
            .sum()
    }

    /// Adds a file with its parent directories.
    pub fn add(&mut self, path: &str, entry: Entry) {
        let mut parent = path::parent(path);
        while parent != "/" {
            let modified = entry.metadata.modified;
            self.entries
                .entry(parent.to_string())
                .or_insert_with(|| Some(Entry::directory(modified)));
            parent = path::parent(parent);
        }
        self.entries.insert(path.to_string(), Some(entry));
    }
}

/// A file system: shared immutable layers, and a writable one of its own. Clones share it.
#[derive(Clone)]
pub struct Tree {
    inner: Rc<TreeInner>,
}

struct TreeInner {
    lower: Vec<Rc<Layer>>,
    upper: RefCell<Layer>,
    root: RefCell<Entry>,
    used: Cell<u64>,
}

impl Tree {
    /// A file system over layers, the lowest first.
    pub fn new(lower: Vec<Rc<Layer>>) -> Tree {
        let inner = TreeInner {
            lower,
            upper: RefCell::default(),
            root: RefCell::new(Entry::directory(Time::default())),
            used: Cell::new(0),
        };
        Tree {
            inner: Rc::new(inner),
        }
    }

    /// The layers below, the lowest first.
    pub fn lower(&self) -> &[Rc<Layer>] {
        &self.inner.lower
    }

    /// What was changed here, as a layer that shares no cell with this tree.
    pub fn changes(&self) -> Layer {
        let upper = self.inner.upper.borrow();
        let entries = upper
            .entries
            .iter()
            .map(|(path, entry)| (path.clone(), entry.as_ref().map(Entry::detached)));
        Layer {
            entries: entries.collect(),
        }
    }

    /// The entry at a clean absolute path.
    pub fn get(&self, path: &str) -> Option<Entry> {
        if path == "/" {
            return Some(self.inner.root.borrow().clone());
        }
        if let Some(entry) = self.inner.upper.borrow().entries.get(path) {
            return entry.clone();
        }
        self.lower_entry(path)
    }

    fn lower_entry(&self, path: &str) -> Option<Entry> {
        self.inner
            .lower
            .iter()
            .rev()
            .find_map(|layer| layer.entries.get(path))
            .cloned()
            .flatten()
    }

    /// Names in a directory, sorted.
    pub fn names(&self, directory: &str) -> Vec<String> {
        let mut names: OrderedMap<String, bool> = OrderedMap::new();
        for layer in &self.inner.lower {
            collect_names(layer, directory, &mut names);
        }
        collect_names(&self.inner.upper.borrow(), directory, &mut names);
        names
            .into_iter()
            .filter_map(|(name, present)| present.then_some(name))
            .collect()
    }

    /// The file's content cell for writing: a file of a lower layer is copied up first.
    pub fn writable(&self, path: &str) -> Result<Rc<RefCell<Content>>, Errno> {
        let entry = self.get(path).ok_or(Errno::ENOENT)?;
        let in_upper = self.inner.upper.borrow().entries.contains_key(path);
        let entry = if in_upper { entry } else { entry.detached() };
        let EntryKind::File(content) = &entry.kind else {
            return Err(Errno::EISDIR);
        };
        let content = content.clone();
        if !in_upper {
            self.put(path, entry);
        }
        Ok(content)
    }

    /// Puts an entry at a path, whatever was there. The parent directory must exist.
    pub fn put(&self, path: &str, entry: Entry) {
        if path == "/" {
            *self.inner.root.borrow_mut() = entry;
        } else {
            self.inner
                .upper
                .borrow_mut()
                .entries
                .insert(path.to_string(), Some(entry));
        }
    }

    /// Removes an entry and everything below it.
    pub fn remove(&self, path: &str) {
        let mut upper = self.inner.upper.borrow_mut();
        let inside: Vec<String> = upper
            .entries
            .range::<str, _>((Bound::Included(path), Bound::Unbounded))
            .take_while(|(name, _)| name.starts_with(path))
            .filter(|(name, _)| path::below(name, path).is_some())
            .map(|(name, _)| name.clone())
            .collect();
        for name in inside {
            upper.entries.remove(&name);
        }
        drop(upper);
        for name in self.lower_paths_below(path) {
            self.inner.upper.borrow_mut().entries.insert(name, None);
        }
    }

    /// All paths at and below one that the lower layers show.
    fn lower_paths_below(&self, path: &str) -> OrderedSet<String> {
        let mut found = OrderedSet::new();
        for layer in &self.inner.lower {
            for (name, entry) in layer
                .entries
                .range::<str, _>((Bound::Included(path), Bound::Unbounded))
            {
                if !name.starts_with(path) {
                    break;
                }
                if path::below(name, path).is_some() {
                    if entry.is_some() {
                        found.insert(name.clone())
                    } else {
                        found.remove(name)
                    };
                }
            }
        }
        found
    }

    /// Counts bytes written against the file system's size.
    pub fn charge(&self, bytes: u64) -> Result<(), Errno> {
        let used = self.inner.used.get().saturating_add(bytes);
        if used > limits::FILE_SYSTEM_BYTES {
            return Err(Errno::ENOSPC);
        }
        self.inner.used.set(used);
        Ok(())
    }
}

/// Adds the direct children that a layer has in a directory, or takes out those it removes.
fn collect_names(layer: &Layer, directory: &str, names: &mut OrderedMap<String, bool>) {
    let prefix = path::join(directory, "");
    let mut from: Bound<String> = Bound::Excluded(prefix.clone());
    loop {
        let next = layer.entries.range((from, Bound::Unbounded)).next();
        let Some((full, entry)) = next else { return };
        let Some(rest) = full.strip_prefix(&prefix) else {
            return;
        };
        match rest.split_once('/') {
            // A deeper path: go on after this child's whole subtree ('0' follows '/').
            Some((child, _)) => from = Bound::Included(format!("{prefix}{child}0")),
            None => {
                names.insert(rest.to_string(), entry.is_some());
                from = Bound::Excluded(full.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Entry {
        Entry::file(Content::new(text), 0o644, Time::default())
    }

    #[test]
    fn a_tree_shows_its_layers_and_hides_what_it_removed() {
        let mut base = Layer::default();
        base.add("/etc/hosts", file("hosts"));
        base.add("/etc/ssl/cert", file("cert"));
        base.add("/bin-x", file("x"));
        base.add("/bin/ls", file("ls"));
        let tree = Tree::new(vec![Rc::new(base)]);
        assert_eq!(tree.names("/"), ["bin", "bin-x", "etc"]);
        assert_eq!(tree.names("/etc"), ["hosts", "ssl"]);
        tree.put("/etc/new", file("new"));
        tree.remove("/etc/ssl");
        assert_eq!(tree.names("/etc"), ["hosts", "new"]);
        assert!(tree.get("/etc/ssl/cert").is_none());
        let changed: Vec<_> = tree
            .changes()
            .entries
            .into_iter()
            .map(|(path, entry)| (path, entry.is_some()))
            .collect();
        assert_eq!(
            changed,
            [
                ("/etc/new".into(), true),
                ("/etc/ssl".into(), false),
                ("/etc/ssl/cert".into(), false)
            ]
        );
    }

    #[test]
    fn writing_copies_up_and_leaves_the_layer_alone() {
        let mut base = Layer::default();
        base.add("/a", file("one"));
        let base = Rc::new(base);
        let (first, second) = (Tree::new(vec![base.clone()]), Tree::new(vec![base]));
        first
            .writable("/a")
            .unwrap()
            .borrow_mut()
            .write_at(0, b"two, longer")
            .unwrap();
        let text = |tree: &Tree| match tree.get("/a").unwrap().kind {
            EntryKind::File(content) => content.borrow().text(),
            _ => String::new(),
        };
        assert_eq!(
            (text(&first), text(&second)),
            ("two, longer".into(), "one".into())
        );
    }

    #[test]
    fn sparse_content_reads_zeros() {
        let content = Content::sparse("ab", 1 << 40);
        assert_eq!(content.read_at(1, 3), [b'b', 0, 0]);
        assert_eq!(content.len(), 1 << 40);
    }
}
