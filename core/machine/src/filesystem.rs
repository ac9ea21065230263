//! What a process sees as its files: a root tree with other trees mounted into it, and paths
//! with symbolic links resolved.

use crate::{Content, Entry, EntryKind, Errno, Metadata, Simulation, Tree, limits, path};
use std::cell::RefCell;
use std::rc::Rc;

/// A mount namespace. Clones share it. All paths are absolute.
#[derive(Clone)]
pub struct FileSystem {
    simulation: Simulation,
    mounts: Rc<RefCell<Vec<Mount>>>,
}

/// A tree that is mounted into a file system.
#[derive(Clone)]
pub struct Mount {
    /// Where it appears: a clean absolute path.
    pub path: String,
    /// What appears there.
    pub tree: Tree,
    /// The path inside of the tree that appears there (`/` for the whole tree).
    pub source: String,
    /// Writing fails with `EROFS`.
    pub read_only: bool,
}

/// A resolved place: the mount it is in and the path inside of that mount's tree.
struct Place {
    tree: Tree,
    path: String,
    read_only: bool,
}

impl FileSystem {
    /// A file system whose root is `root`.
    pub fn new(simulation: &Simulation, root: Tree) -> FileSystem {
        let mount = Mount {
            path: "/".into(),
            tree: root,
            source: "/".into(),
            read_only: false,
        };
        FileSystem {
            simulation: simulation.clone(),
            mounts: Rc::new(RefCell::new(vec![mount])),
        }
    }

    /// Mounts a tree (or a file of one) at a path, over what is there.
    pub fn mount(&self, mount: Mount) {
        self.mounts.borrow_mut().push(mount);
    }

    /// Takes the newest mount at a path away.
    pub fn unmount(&self, path: &str) -> Result<(), Errno> {
        let mut mounts = self.mounts.borrow_mut();
        let at = mounts
            .iter()
            .rposition(|mount| mount.path == path && path != "/")
            .ok_or(Errno::EINVAL)?;
        mounts.remove(at);
        Ok(())
    }

    /// The mounts, oldest first; the first one is the root.
    pub fn mounts(&self) -> Vec<Mount> {
        self.mounts.borrow().clone()
    }

    /// The root's tree.
    pub fn root(&self) -> Option<Tree> {
        self.mounts.borrow().first().map(|mount| mount.tree.clone())
    }

    /// The virtual clock's simulation.
    pub fn simulation(&self) -> &Simulation {
        &self.simulation
    }

    fn place(&self, clean: &str) -> Result<Place, Errno> {
        let mounts = self.mounts.borrow();
        // The longest mount path wins; of equal ones the newest.
        let mut best: Option<(&Mount, &str)> = None;
        for mount in mounts.iter() {
            if let Some(rest) = path::below(clean, &mount.path)
                && best.is_none_or(|(old, _)| old.path.len() <= mount.path.len())
            {
                best = Some((mount, rest));
            }
        }
        let (mount, rest) = best.ok_or(Errno::ENOENT)?;
        let inner = if rest.is_empty() {
            mount.source.clone()
        } else {
            path::join(&mount.source, rest)
        };
        Ok(Place {
            tree: mount.tree.clone(),
            path: inner,
            read_only: mount.read_only,
        })
    }

    fn entry_at(&self, clean: &str) -> Result<Entry, Errno> {
        let place = self.place(clean)?;
        match place.tree.get(&place.path) {
            Some(entry) => Ok(entry),
            // A mount point's parents exist even where the tree below has no such directory.
            None if self.has_mount_below(clean) => Ok(Entry::directory(self.simulation.now())),
            None => Err(Errno::ENOENT),
        }
    }

    fn has_mount_below(&self, clean: &str) -> bool {
        self.mounts
            .borrow()
            .iter()
            .any(|mount| mount.path != clean && path::below(&mount.path, clean).is_some())
    }

    /// The path without symbolic links. The last part need not exist; with `follow` a link in the
    /// last part is followed too.
    pub fn resolve(&self, path: &str, follow: bool) -> Result<String, Errno> {
        if path.len() > limits::PATH_BYTES {
            return Err(Errno::ENAMETOOLONG);
        }
        if path.is_empty() {
            return Err(Errno::ENOENT);
        }
        let mut rest: Vec<String> = path
            .split('/')
            .rev()
            .filter(|part| !part.is_empty())
            .map(str::to_string)
            .collect();
        let must_be_directory = path.ends_with('/');
        let mut done = String::from("/");
        let mut links = 0;
        while let Some(part) = rest.pop() {
            match part.as_str() {
                "." => continue,
                ".." => {
                    done = path::parent(&done).to_string();
                    continue;
                }
                _ => {}
            }
            let next = path::join(&done, &part);
            match self.entry_at(&next) {
                Ok(Entry {
                    kind: EntryKind::Symlink(target),
                    ..
                }) if follow || !rest.is_empty() => {
                    links += 1;
                    if links > limits::SYMLINKS {
                        return Err(Errno::ELOOP);
                    }
                    rest.extend(
                        target
                            .split('/')
                            .rev()
                            .filter(|part| !part.is_empty())
                            .map(str::to_string),
                    );
                    if target.starts_with('/') {
                        done = "/".into();
                    }
                }
                Ok(entry) if !entry.is_directory() && (!rest.is_empty() || must_be_directory) => {
                    return Err(Errno::ENOTDIR);
                }
                Err(error) if !rest.is_empty() => return Err(error),
                _ => done = next,
            }
        }
        Ok(done)
    }

    fn writable_place(&self, path: &str, follow: bool) -> Result<(String, Place), Errno> {
        let resolved = self.resolve(path, follow)?;
        let place = self.place(&resolved)?;
        if place.read_only {
            Err(Errno::EROFS)
        } else {
            Ok((resolved, place))
        }
    }

    fn parent_must_be_directory(&self, resolved: &str) -> Result<(), Errno> {
        if self.entry_at(path::parent(resolved))?.is_directory() {
            Ok(())
        } else {
            Err(Errno::ENOTDIR)
        }
    }

    /// The entry at a path, symbolic links followed.
    pub fn entry(&self, path: &str) -> Result<Entry, Errno> {
        self.entry_at(&self.resolve(path, true)?)
    }

    /// The entry at a path; a symbolic link in the last part is not followed.
    pub fn link_entry(&self, path: &str) -> Result<Entry, Errno> {
        self.entry_at(&self.resolve(path, false)?)
    }

    /// Whether something is there (symbolic links followed).
    pub fn exists(&self, path: &str) -> bool {
        self.entry(path).is_ok()
    }

    /// Whether a directory is there.
    pub fn is_directory(&self, path: &str) -> bool {
        self.entry(path).is_ok_and(|entry| entry.is_directory())
    }

    /// A regular file's content.
    pub fn read(&self, path: &str) -> Result<Content, Errno> {
        match self.entry(path)?.kind {
            EntryKind::File(content) => Ok(content.borrow().clone()),
            EntryKind::Directory => Err(Errno::EISDIR),
            EntryKind::Symlink(_) | EntryKind::Device(_) | EntryKind::Socket => {
                Ok(Content::default())
            }
        }
    }

    /// Writes a whole file: creates it with `mode`, or replaces its content and keeps its mode.
    pub fn write(&self, path: &str, content: Content, mode: u32) -> Result<(), Errno> {
        let (resolved, place) = self.writable_place(path, true)?;
        place.tree.charge(content.bytes().len() as u64)?;
        match self.entry_at(&resolved) {
            Ok(entry) if entry.is_directory() => Err(Errno::EISDIR),
            Ok(Entry {
                kind: EntryKind::File(_),
                ..
            }) => {
                *place.tree.writable(&place.path)?.borrow_mut() = content;
                self.touch(&resolved)
            }
            Ok(_) => Ok(()),
            Err(_) => {
                self.parent_must_be_directory(&resolved)?;
                place.tree.put(
                    &place.path,
                    Entry::file(content, mode, self.simulation.now()),
                );
                Ok(())
            }
        }
    }

    /// The cell of a file's content, for an open file; created empty with `mode` when `create`.
    pub(crate) fn content_cell(
        &self,
        path: &str,
        write: bool,
        create: Option<u32>,
    ) -> Result<(Rc<RefCell<Content>>, Tree), Errno> {
        let resolved = self.resolve(path, true)?;
        let place = self.place(&resolved)?;
        if self.entry_at(&resolved).is_err() {
            let mode = create.ok_or(Errno::ENOENT)?;
            self.parent_must_be_directory(&resolved)?;
            if place.read_only {
                return Err(Errno::EROFS);
            }
            place.tree.put(
                &place.path,
                Entry::file(Content::default(), mode, self.simulation.now()),
            );
        }
        if write && place.read_only {
            return Err(Errno::EROFS);
        }
        if write {
            let cell = place.tree.writable(&place.path)?;
            self.touch(&resolved)?;
            return Ok((cell, place.tree));
        }
        match self.entry_at(&resolved)?.kind {
            EntryKind::File(cell) => Ok((cell, place.tree)),
            _ => Err(Errno::EISDIR),
        }
    }

    /// Puts an entry (a copied file, a device) at a path; the parent directory must exist.
    pub fn put(&self, path: &str, entry: Entry) -> Result<(), Errno> {
        let (resolved, place) = self.writable_place(path, false)?;
        self.parent_must_be_directory(&resolved)?;
        place.tree.charge(match &entry.kind {
            EntryKind::File(content) => content.borrow().bytes().len() as u64,
            _ => 0,
        })?;
        place.tree.put(&place.path, entry);
        Ok(())
    }

    /// Makes a directory.
    pub fn create_directory(&self, path: &str, mode: u32) -> Result<(), Errno> {
        let (resolved, place) = self.writable_place(path.trim_end_matches('/'), false)?;
        if self.entry_at(&resolved).is_ok() {
            return Err(Errno::EEXIST);
        }
        self.parent_must_be_directory(&resolved)?;
        let mut entry = Entry::directory(self.simulation.now());
        entry.metadata.mode = mode;
        place.tree.put(&place.path, entry);
        Ok(())
    }

    /// Makes a directory and the missing ones above it.
    pub fn create_directories(&self, path: &str, mode: u32) -> Result<(), Errno> {
        let clean = path::clean(path);
        if self.is_directory(&clean) {
            return Ok(());
        }
        if clean != "/" {
            self.create_directories(path::parent(&clean), mode)?;
        }
        match self.create_directory(&clean, mode) {
            Err(Errno::EEXIST) if self.is_directory(&clean) => Ok(()),
            Err(Errno::EEXIST) => Err(Errno::ENOTDIR),
            other => other,
        }
    }

    /// Makes a symbolic link.
    pub fn symlink(&self, target: &str, path: &str) -> Result<(), Errno> {
        let (resolved, place) = self.writable_place(path, false)?;
        if self.entry_at(&resolved).is_ok() {
            return Err(Errno::EEXIST);
        }
        self.parent_must_be_directory(&resolved)?;
        place
            .tree
            .put(&place.path, Entry::symlink(target, self.simulation.now()));
        Ok(())
    }

    /// A symbolic link's target.
    pub fn read_link(&self, path: &str) -> Result<String, Errno> {
        match self.link_entry(path)?.kind {
            EntryKind::Symlink(target) => Ok(target.to_string()),
            _ => Err(Errno::EINVAL),
        }
    }

    /// Names and entries of a directory, sorted by name (without `.` and `..`).
    pub fn read_directory(&self, path: &str) -> Result<Vec<(String, Entry)>, Errno> {
        let resolved = self.resolve(path, true)?;
        if !self.entry_at(&resolved)?.is_directory() {
            return Err(Errno::ENOTDIR);
        }
        let place = self.place(&resolved)?;
        let mut names = place.tree.names(&place.path);
        for mount in self.mounts.borrow().iter() {
            if let Some(rest) = path::below(&mount.path, &resolved)
                && let Some(name) = rest.split('/').next().filter(|name| !name.is_empty())
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_string());
            }
        }
        names.sort();
        let entries = names.into_iter().filter_map(|name| {
            let entry = self.entry_at(&path::join(&resolved, &name)).ok()?;
            Some((name, entry))
        });
        Ok(entries.collect())
    }

    /// Removes a file, link or device.
    pub fn remove_file(&self, path: &str) -> Result<(), Errno> {
        let (resolved, place) = self.writable_place(path, false)?;
        if self.entry_at(&resolved)?.is_directory() {
            return Err(Errno::EISDIR);
        }
        self.not_a_mount(&resolved)?;
        place.tree.remove(&place.path);
        Ok(())
    }

    /// Removes an empty directory.
    pub fn remove_directory(&self, path: &str) -> Result<(), Errno> {
        if !self.read_directory(path)?.is_empty() {
            return Err(Errno::ENOTEMPTY);
        }
        self.remove_all(path)
    }

    /// Removes an entry and all below it.
    pub fn remove_all(&self, path: &str) -> Result<(), Errno> {
        let (resolved, place) = self.writable_place(path, false)?;
        self.entry_at(&resolved)?;
        self.not_a_mount(&resolved)?;
        place.tree.remove(&place.path);
        Ok(())
    }

    fn not_a_mount(&self, resolved: &str) -> Result<(), Errno> {
        let mounts = self.mounts.borrow();
        if mounts.iter().any(|mount| mount.path == resolved) {
            Err(Errno::EBUSY)
        } else {
            Ok(())
        }
    }

    /// Moves an entry, over a file that may be there.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), Errno> {
        let (from, source) = self.writable_place(from, false)?;
        let (to, target) = self.writable_place(to, false)?;
        let entry = self.entry_at(&from)?;
        self.parent_must_be_directory(&to)?;
        if from == to {
            return Ok(());
        }
        if path::below(&to, &from).is_some() {
            return Err(Errno::EINVAL);
        }
        match self.entry_at(&to) {
            Ok(old) if old.is_directory() && !entry.is_directory() => return Err(Errno::EISDIR),
            Ok(old) if !old.is_directory() && entry.is_directory() => return Err(Errno::ENOTDIR),
            Ok(old) if old.is_directory() => self.remove_directory(&to)?,
            Ok(_) => self.remove_file(&to)?,
            Err(_) => {}
        }
        copy_tree(
            &source.tree,
            &source.path,
            &target.tree,
            &target.path,
            &entry,
        );
        source.tree.remove(&source.path);
        Ok(())
    }

    /// Changes owner, permissions or time.
    pub fn set_metadata(
        &self,
        path: &str,
        change: impl FnOnce(&mut Metadata),
    ) -> Result<(), Errno> {
        let (resolved, place) = self.writable_place(path, true)?;
        let mut entry = self.entry_at(&resolved)?;
        if matches!(entry.kind, EntryKind::File(_)) {
            place.tree.writable(&place.path)?;
            entry = self.entry_at(&resolved)?;
        }
        change(&mut entry.metadata);
        place.tree.put(&place.path, entry);
        Ok(())
    }

    fn touch(&self, resolved: &str) -> Result<(), Errno> {
        let now = self.simulation.now();
        self.set_metadata(resolved, |metadata| metadata.modified = now)
    }
}

fn copy_tree(from: &Tree, from_path: &str, to: &Tree, to_path: &str, entry: &Entry) {
    to.put(to_path, entry.clone());
    if entry.is_directory() {
        for name in from.names(from_path) {
            let child = path::join(from_path, &name);
            if let Some(entry) = from.get(&child) {
                copy_tree(from, &child, to, &path::join(to_path, &name), &entry);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Time;

    fn empty() -> FileSystem {
        FileSystem::new(
            &Simulation::new(0, Time::from_secs(1)),
            Tree::new(Vec::new()),
        )
    }

    #[test]
    fn files_directories_and_links() {
        let files = empty();
        files.create_directories("/usr/local/go", 0o755).unwrap();
        files
            .write("/usr/local/go/VERSION", Content::new("go1.26"), 0o644)
            .unwrap();
        files.symlink("local/go", "/usr/go").unwrap();
        assert_eq!(files.read("/usr/go/VERSION").unwrap().text(), "go1.26");
        assert_eq!(files.read("/usr/go/VERSION/x").unwrap_err(), Errno::ENOTDIR);
        assert_eq!(
            files.write("/nope/x", Content::new(""), 0o644).unwrap_err(),
            Errno::ENOENT
        );
        files.rename("/usr/local", "/usr/moved").unwrap();
        assert_eq!(
            files.read("/usr/moved/go/VERSION").unwrap().text(),
            "go1.26"
        );
        assert_eq!(files.read("/usr/go/VERSION").unwrap_err(), Errno::ENOENT);
        assert_eq!(
            files.remove_directory("/usr/moved").unwrap_err(),
            Errno::ENOTEMPTY
        );
        files.symlink("/loop", "/loop").unwrap();
        assert_eq!(files.read("/loop").unwrap_err(), Errno::ELOOP);
    }

    #[test]
    fn mounts_cover_what_is_below() {
        let (files, volume) = (empty(), Tree::new(Vec::new()));
        volume.put(
            "/data",
            Entry::file(Content::new("kept"), 0o644, Time::default()),
        );
        let mount = Mount {
            path: "/mnt/volume".into(),
            tree: volume,
            source: "/".into(),
            read_only: true,
        };
        files.mount(mount);
        let names = |path| {
            files
                .read_directory(path)
                .unwrap()
                .into_iter()
                .map(|(name, _)| name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names("/"), ["mnt"]);
        assert_eq!(names("/mnt"), ["volume"]);
        assert_eq!(files.read("/mnt/volume/data").unwrap().text(), "kept");
        assert_eq!(
            files
                .write("/mnt/volume/x", Content::new(""), 0o644)
                .unwrap_err(),
            Errno::EROFS
        );
    }
}
