//! Tar archives: what `tar` reads and writes, and what files travel as between machines and
//! containers, images included.
//!
//! Models POSIX ustar: names up to 100 bytes, or 255 with a prefix.

use crate::{Content, Entry, EntryKind, FileSystem, Layer, Time, path};

const BLOCK: usize = 512;
const NAME: usize = 100;

/// An archive of a file or directory, with names from its last part on (from the root: all).
pub fn pack(files: &FileSystem, place: &str) -> Vec<u8> {
    let mut archive = Vec::new();
    add(files, place, path::file_name(place), &mut archive);
    finish(&mut archive);
    archive
}

/// Writes an archive's end.
pub fn finish(archive: &mut Vec<u8>) {
    archive.resize(archive.len() + 2 * BLOCK, 0);
}

/// An archive of entries with their names.
pub fn pack_entries<'a>(entries: impl Iterator<Item = (String, &'a Entry)>) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, entry) in entries {
        add_entry(&name, entry, &mut archive);
    }
    finish(&mut archive);
    archive
}

/// A layer as an archive; what it takes away is named as whiteouts.
pub fn pack_layer(layer: &Layer) -> Vec<u8> {
    let gone = Entry::file(Content::new(""), 0o600, Time::default());
    pack_entries(layer.entries.iter().map(|(place, entry)| {
        let name = place.trim_start_matches('/');
        match entry {
            Some(entry) => (name.to_string(), entry),
            None => {
                let (parent, own) = name.rsplit_once('/').unwrap_or(("", name));
                (
                    format!("{parent}/.wh.{own}")
                        .trim_start_matches('/')
                        .to_string(),
                    &gone,
                )
            }
        }
    }))
}

/// Adds a file, or a directory with all that is in it, under a name.
pub fn add(files: &FileSystem, place: &str, name: &str, archive: &mut Vec<u8>) {
    let Ok(entry) = files.link_entry(place) else {
        return;
    };
    if !name.is_empty() {
        add_entry(name, &entry, archive);
    }
    if entry.is_directory() {
        for (child, _) in files.read_directory(place).unwrap_or_default() {
            let inner = match name {
                "" => child.clone(),
                name => format!("{name}/{child}"),
            };
            add(files, &path::join(place, &child), &inner, archive);
        }
    }
}

fn add_entry(name: &str, entry: &Entry, archive: &mut Vec<u8>) {
    match &entry.kind {
        EntryKind::Directory => archive.extend(head(&format!("{name}/"), entry, b'5', 0, "")),
        EntryKind::File(content) => {
            let content = content.borrow();
            // A sparse file's zeros are not carried: its own bytes are what matters.
            let bytes = content.bytes();
            archive.extend(head(name, entry, b'0', bytes.len(), ""));
            archive.extend_from_slice(bytes);
            let padding = bytes.len().next_multiple_of(BLOCK) - bytes.len();
            archive.resize(archive.len() + padding, 0);
        }
        EntryKind::Symlink(target) => archive.extend(head(name, entry, b'2', 0, target)),
        EntryKind::Device(_) | EntryKind::Socket => {}
    }
}

fn head(name: &str, entry: &Entry, kind: u8, size: usize, link: &str) -> Vec<u8> {
    let mut block = Vec::with_capacity(BLOCK);
    let text = |block: &mut Vec<u8>, text: &str, width: usize| {
        let end = block.len() + width;
        block.extend(text.bytes().take(width));
        block.resize(end, 0);
    };
    let meta = &entry.metadata;
    let (prefix, name) = if name.len() > NAME {
        split_name(name)
    } else {
        ("", name)
    };
    text(&mut block, name, NAME);
    text(&mut block, &format!("{:07o}", meta.mode), 8);
    text(&mut block, &format!("{:07o}", meta.user), 8);
    text(&mut block, &format!("{:07o}", meta.group), 8);
    text(&mut block, &format!("{size:011o}"), 12);
    text(&mut block, &format!("{:011o}", meta.modified.as_secs()), 12);
    let sum_at = block.len();
    block.extend(b"        ");
    block.push(kind);
    text(&mut block, link, 100);
    text(&mut block, "ustar\u{0}00root", 40);
    text(&mut block, "root", 32);
    text(&mut block, "0000000", 8);
    text(&mut block, "0000000", 8);
    text(&mut block, prefix, 155);
    block.resize(BLOCK, 0);
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    let sum = format!("{sum:06o}\0 ");
    for (slot, byte) in block.iter_mut().skip(sum_at).zip(sum.bytes()) {
        *slot = byte;
    }
    block
}

/// A long name in two parts, at a slash.
fn split_name(name: &str) -> (&str, &str) {
    let at = name
        .char_indices()
        .find(|(at, c)| *c == '/' && name.len() - at - 1 <= NAME)
        .map(|(at, _)| at);
    match at.and_then(|at| Some((name.get(..at)?, name.get(at + 1..)?))) {
        Some(parts) => parts,
        None => ("", name),
    }
}

/// The files of an archive with their names; what is not understood is left out.
pub fn read(archive: &[u8]) -> Vec<(String, Entry)> {
    let mut found = Vec::new();
    let mut rest = archive;
    while let Some((head, after)) = rest.split_at_checked(BLOCK) {
        let field = |from: usize, to: usize| -> String {
            let bytes = head.get(from..to).unwrap_or_default();
            let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
            String::from_utf8_lossy(text).trim().to_string()
        };
        let mut name = field(0, NAME);
        let prefix = field(345, 500);
        if !prefix.is_empty() {
            name = format!("{prefix}/{name}");
        }
        let octal = |text: String| u64::from_str_radix(&text, 8).unwrap_or(0);
        let size = octal(field(124, 136)) as usize;
        let Some((content, _)) = after.split_at_checked(size).filter(|_| !name.is_empty()) else {
            break;
        };
        let time = Time::from_secs(octal(field(136, 148)));
        let mut entry = match head.get(156) {
            Some(b'5') => Entry::directory(time),
            Some(b'2') => Entry::symlink(&field(157, 257), time),
            _ => Entry::file(Content::new(content), 0o644, time),
        };
        entry.metadata.mode = octal(field(100, 108)) as u32;
        found.push((name, entry));
        let padded = size.next_multiple_of(BLOCK).min(after.len());
        rest = after.get(padded..).unwrap_or_default();
    }
    found
}

/// Whether bytes begin as an archive does.
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

/// Unpacks an archive below a directory.
pub fn unpack(archive: &[u8], files: &FileSystem, directory: &str) {
    for (name, entry) in read(archive) {
        let place = path::clean(&format!("{directory}/{name}"));
        if entry.is_directory() {
            files.create_directories(&place, entry.metadata.mode).ok();
        } else {
            files.create_directories(path::parent(&place), 0o755).ok();
            files.put(&place, entry).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, Tree};

    #[test]
    fn what_is_packed_comes_out_again() {
        let simulation = Simulation::new(1, Time::from_secs(5));
        let files = FileSystem::new(&simulation, Tree::new(Vec::new()));
        let long = "a".repeat(90);
        files
            .create_directories(&format!("/in/{long}"), 0o755)
            .unwrap();
        let inner = format!("/in/{long}/some-file-with-a-name");
        files.write(&inner, Content::new("text"), 0o640).unwrap();
        files.symlink("there", "/in/link").unwrap();
        let archive = pack(&files, "/in");
        assert_eq!(archive.len() % BLOCK, 0);
        unpack(&archive, &files, "/out");
        let copy = format!("/out{inner}");
        assert_eq!(files.read(&copy).unwrap().text(), "text");
        assert_eq!(files.entry(&copy).unwrap().metadata.mode & 0o777, 0o640);
        assert_eq!(files.read_link("/out/in/link").unwrap(), "there");
    }
}
