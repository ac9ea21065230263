//! COPY and ADD: files from the context, an image or an earlier stage into a layer.

use super::context::matches;
use machine::{Entry, Layer, Metadata, Time, Tree, path};

/// What to copy where.
pub(super) struct Copy<'a> {
    pub(super) sources: &'a [String],
    pub(super) target: &'a str,
    pub(super) working_dir: &'a str,
    /// `--chown`, resolved to numbers.
    pub(super) owner: (u32, u32),
    /// `--chmod`.
    pub(super) mode: Option<u32>,
}

/// Why nothing could be copied.
pub(super) enum CopyError {
    /// No such file: its absolute path in the source.
    Missing(String),
}

/// The tree in which a context's files are found from `/` on.
pub(super) fn context_tree(context: &super::BuildContext) -> Tree {
    let tree = Tree::new(Vec::new());
    for (name, entry) in &context.entries {
        tree.put(&format!("/{name}"), entry.clone());
    }
    tree
}

impl Copy<'_> {
    /// The paths in the source that are meant, patterns resolved.
    pub(super) fn found(&self, from: &Tree) -> Result<Vec<String>, CopyError> {
        let mut found = Vec::new();
        for source in self.sources {
            let clean = path::clean(source);
            if clean.contains(['*', '?', '[']) {
                glob(from, &clean, "/", &mut found);
            } else if from.get(&clean).is_some() {
                found.push(clean);
            } else {
                return Err(CopyError::Missing(clean));
            }
        }
        Ok(found)
    }

    /// What is copied, as text: paths, permissions and contents. The cache goes by it.
    pub(super) fn fingerprint(&self, from: &Tree) -> Result<String, CopyError> {
        let mut layer = Layer::default();
        for place in self.found(from)? {
            add_all(from, &place, &place, &mut layer, &|metadata| metadata);
        }
        Ok(crate::digest::layer(&layer))
    }

    /// The layer with the copies, over what `below` shows.
    pub(super) fn layer(&self, from: &Tree, below: &Tree, now: Time) -> Result<Layer, CopyError> {
        let found = self.found(from)?;
        let target = path::absolute(self.working_dir, self.target);
        let into_directory = self.target.ends_with('/')
            || self.target == "."
            || self.target.ends_with("/.")
            || found.len() > 1
            || below.get(&target).is_some_and(|entry| entry.is_directory());
        let mut layer = Layer::default();
        let own = |metadata: Metadata| Metadata {
            user: self.owner.0,
            group: self.owner.1,
            mode: self.mode.unwrap_or(metadata.mode),
            ..metadata
        };
        for place in found {
            let Some(entry) = from.get(&place) else {
                continue;
            };
            if entry.is_directory() {
                if target != "/" && below.get(&target).is_none() {
                    layer
                        .entries
                        .insert(target.clone(), Some(Entry::directory(now)));
                }
                for name in from.names(&place) {
                    let (inner, outer) = (path::join(&place, &name), path::join(&target, &name));
                    add_all(from, &inner, &outer, &mut layer, &own);
                }
            } else {
                let outer = match into_directory {
                    true => path::join(&target, path::file_name(&place)),
                    false => target.clone(),
                };
                add_all(from, &place, &outer, &mut layer, &own);
            }
        }
        add_parents(&mut layer, below, now);
        Ok(layer)
    }
}

fn add_all(
    from: &Tree,
    inner: &str,
    outer: &str,
    layer: &mut Layer,
    own: &dyn Fn(Metadata) -> Metadata,
) {
    let Some(entry) = from.get(inner) else { return };
    let mut copy = entry.detached();
    copy.metadata = own(copy.metadata);
    if outer != "/" {
        layer.entries.insert(outer.to_string(), Some(copy));
    }
    if entry.is_directory() {
        for name in from.names(inner) {
            let (inner, outer) = (path::join(inner, &name), path::join(outer, &name));
            add_all(from, &inner, &outer, layer, own);
        }
    }
}

/// The directories above new entries that are not there yet.
pub(super) fn add_parents(layer: &mut Layer, below: &Tree, now: Time) {
    let paths: Vec<String> = layer.entries.keys().cloned().collect();
    for place in paths {
        let mut parent = path::parent(&place);
        while parent != "/" && below.get(parent).is_none() && !layer.entries.contains_key(parent) {
            layer
                .entries
                .insert(parent.to_string(), Some(Entry::directory(now)));
            parent = path::parent(parent);
        }
    }
}

fn glob(from: &Tree, pattern: &str, directory: &str, found: &mut Vec<String>) {
    for name in from.names(directory) {
        let place = path::join(directory, &name);
        if matches(pattern, &place) {
            found.push(place);
        } else if from.get(&place).is_some_and(|entry| entry.is_directory()) {
            glob(from, pattern, &place, found);
        }
    }
}
