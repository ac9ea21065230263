//! COPY and ADD: files from the context, an image or an earlier stage into a layer.

use super::context::matches;
use machine::{Entry, EntryKind, Layer, Metadata, Time, Tree, path};

/// What to copy where, with variables replaced.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    pub(super) sources: Vec<String>,
    pub(super) target: String,
    pub(super) working_dir: String,
    /// `--chown`: `user:group` by number or name.
    pub(super) owner: Option<String>,
    /// `--chmod`.
    pub(super) mode: Option<u32>,
    /// `ADD`: archives are unpacked.
    pub(super) unpacks: bool,
}

/// Why nothing could be copied.
pub(super) enum CopyError {
    /// No such file: its absolute path in the source.
    Missing(String),
    /// Anything else, in the builder's words.
    Other(String),
}

/// The tree in which a context's files are found from `/` on.
pub(super) fn context_tree(context: &super::BuildContext) -> Tree {
    let tree = Tree::new(Vec::new());
    for (name, entry) in &context.entries {
        tree.put(&format!("/{name}"), entry.clone());
    }
    tree
}

impl Copy {
    /// The paths in the source that are meant, patterns resolved.
    pub(super) fn found(&self, from: &Tree) -> Result<Vec<String>, CopyError> {
        let mut found = Vec::new();
        for source in &self.sources {
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
        let target = path::absolute(&self.working_dir, &self.target);
        let into_directory = self.target.ends_with('/')
            || self.target == "."
            || self.target.ends_with("/.")
            || found.len() > 1
            || below.get(&target).is_some_and(|entry| entry.is_directory());
        let mut layer = Layer::default();
        let (user, group) = match &self.owner {
            Some(owner) => numbers(owner, below).map_err(CopyError::Other)?,
            None => (0, 0),
        };
        let own = |metadata: Metadata| Metadata {
            user,
            group,
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
            } else if let EntryKind::File(content) = &entry.kind
                && self.unpacks
                && machine::archive::is_archive(content.borrow().bytes())
            {
                for (name, entry) in machine::archive::read(content.borrow().bytes()) {
                    let place = path::clean(&format!("{target}/{name}"));
                    layer.entries.insert(place, Some(entry));
                }
                layer.entries.remove("/");
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

/// The numbers of `user:group`, names looked up in the files of the stage.
fn numbers(owner: &str, below: &Tree) -> Result<(u32, u32), String> {
    let (user, group) = owner.split_once(':').unwrap_or((owner, owner));
    let find = |file: &str, kind: &str, column: usize, name: &str| -> Result<u32, String> {
        if let Ok(number) = name.parse() {
            return Ok(number);
        }
        let text = match below.get(file).map(|entry| entry.kind) {
            Some(EntryKind::File(content)) => content.borrow().text(),
            _ => String::new(),
        };
        let mut lines = text.lines().map(|line| line.split(':'));
        lines
            .find_map(|mut fields| {
                let found = fields.next()? == name;
                fields.nth(column)?.parse().ok().filter(|_| found)
            })
            .ok_or_else(|| {
                let what = if kind == "uid" { "user" } else { "group" };
                format!("unable to convert uid/gid chown string to host mapping: can't find {kind} for {what} {name}: no such {what}: {name}")
            })
    };
    let user_number = find("/etc/passwd", "uid", 1, user)?;
    let group_number = match owner.contains(':') {
        true => find("/etc/group", "gid", 1, group)?,
        // Without a group it is the one of the same name or number.
        false => find("/etc/group", "gid", 1, group).unwrap_or(user_number),
    };
    Ok((user_number, group_number))
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
