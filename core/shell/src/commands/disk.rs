//! Space and what takes it: `df`, `du`, `stat`, `mount`, `mktemp`, `dd`, `chown`, `truncate`.

use super::list::{Calendar, mode_text, size_text};
use super::{Context, account};
use machine::{Content, Entry, EntryKind, Errno, ExitStatus, FileSystem, Time, path};

/// The size of a machine's disk in blocks of 1024 bytes.
const DISK_BLOCKS: u64 = 61_255_492;

/// Bytes below a place, in whole blocks; counts what it meets.
fn space(files: &FileSystem, place: &str, met: &mut dyn FnMut(&str, u64, u32), depth: u32) -> u64 {
    let Ok(entry) = files.link_entry(place) else {
        return 0;
    };
    let mut blocks = match entry.kind {
        EntryKind::Symlink(_) | EntryKind::Device(_) | EntryKind::Socket => 0,
        EntryKind::Directory => 4,
        EntryKind::File(_) => entry.size().div_ceil(4096) * 4,
    };
    if entry.is_directory() && depth < 64 {
        for (name, _) in files.read_directory(place).unwrap_or_default() {
            blocks += space(files, &path::join(place, &name), met, depth + 1);
        }
    }
    met(
        place,
        blocks,
        depth | if entry.is_directory() { 0 } else { 1 << 16 },
    );
    blocks
}

/// A directory and all below it, as names and places.
pub(super) fn below(files: &FileSystem, place: &str, all: &mut Vec<(String, String)>) {
    let mut met = |found: &str, _, _| all.push((found.to_owned(), found.to_owned()));
    space(files, place, &mut met, 0);
}

pub(super) async fn du(context: Context) -> ExitStatus {
    let long = [
        ("summarize", 's'),
        ("human-readable", 'h'),
        ("all", 'a'),
        ("total", 'c'),
        ("max-depth", 'd'),
        ("bytes", 'b'),
    ];
    let options = match context.options("shackmbd:x", &long).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let mut operands = options.operands.clone();
    if operands.is_empty() {
        operands.push(".".into());
    }
    let most = match options.has('s') {
        true => 0,
        false => options
            .value('d')
            .and_then(|text| text.parse().ok())
            .unwrap_or(u32::from(u16::MAX)),
    };
    let shown = |blocks: u64| match () {
        () if options.has('h') && blocks == 0 => "0".to_owned(),
        () if options.has('h') => size_text(blocks * 1024, true),
        () if options.has('m') => blocks.div_ceil(1024).to_string(),
        () if options.has('b') => (blocks * 1024).to_string(),
        () => blocks.to_string(),
    };
    let (mut status, mut total) = (ExitStatus::SUCCESS, 0);
    for operand in &operands {
        let place = context.process.path(operand);
        let place = place.trim_end_matches('/');
        let place = if place.is_empty() { "/" } else { place };
        let files = context.process.files();
        if let Err(error) = files.link_entry(place) {
            let text = match context.is_busybox() {
                true => format!("{operand}: {error}"),
                false => format!("cannot access '{operand}': {error}"),
            };
            context.complain(text).await;
            status = ExitStatus::FAILURE;
            continue;
        }
        let mut text = String::new();
        let mut met = |found: &str, blocks: u64, depth: u32| {
            let is_file = depth >> 16 != 0;
            let depth = depth & 0xffff;
            if depth <= most && (depth == 0 || !is_file || options.has('a')) {
                let below = found.strip_prefix(place).unwrap_or_default();
                let name = format!("{}{below}", operand.trim_end_matches('/'));
                let name = if name.is_empty() { "/" } else { &name };
                text += &format!("{}\t{name}\n", shown(blocks));
            }
        };
        total += space(files, place, &mut met, 0);
        context.process.print(text).await;
    }
    if options.has('c') {
        context
            .process
            .print(format!("{}\ttotal\n", shown(total)))
            .await;
    }
    status
}

pub(super) async fn df(context: Context) -> ExitStatus {
    let long = [("human-readable", 'h'), ("print-type", 'T')];
    let options = match context.options("hkmTaPi", &long).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let files = context.process.files();
    let used = space(files, "/", &mut |_, _, _| {}, 0) + 18_000_000;
    let human = options.has('h');
    let shown = |blocks: u64| match human {
        true if blocks == 0 => "0".to_owned(),
        true => size_text(blocks * 1024, true),
        false => blocks.to_string(),
    };
    let mut rows = vec![("overlay", "overlay", DISK_BLOCKS, used, "/".to_owned())];
    for (source, place, blocks) in [("tmpfs", "/dev", 65_536), ("shm", "/dev/shm", 65_536)] {
        rows.push((source, "tmpfs", blocks, 0, place.to_owned()));
    }
    for mount in files.mounts().into_iter().filter(|mount| mount.path != "/") {
        rows.push(("/dev/vda1", "ext4", DISK_BLOCKS, used, mount.path));
    }
    let wanted: Vec<String> = options
        .operands
        .iter()
        .map(|operand| context.process.path(operand))
        .collect();
    if !wanted.is_empty() {
        let mounts: Vec<String> = rows.iter().map(|row| row.4.clone()).collect();
        let of = |place: &str| {
            let inside = |mount: &&String| {
                *mount == "/" || place == mount.as_str() || place.starts_with(&format!("{mount}/"))
            };
            mounts
                .iter()
                .filter(inside)
                .max_by_key(|mount| mount.len())
                .cloned()
        };
        let wanted: Vec<String> = wanted.iter().filter_map(|place| of(place)).collect();
        rows.retain(|row| wanted.contains(&row.4));
    }
    let size = if human { "Size" } else { "1K-blocks" };
    let (available, percent) = match human {
        true => ("Avail", "Use%"),
        false => ("Available", "Use%"),
    };
    let kind = |name: &str| match options.has('T') {
        true => format!(" {name:<7}"),
        false => String::new(),
    };
    let (left, cell) = match (context.is_busybox(), human) {
        (true, _) => (20, 9),
        (false, true) => (10, 5),
        (false, false) => (10, 9),
    };
    let row = |name: &str, kind: String, cells: [&str; 4], place: &str| {
        let [size, used, free, percent] = cells;
        format!(
            "{name:<left$}{kind} {size:>cell$} {used:>cell$} {free:>cell$} {percent:>4} {place}\n"
        )
    };
    let mut text = row(
        "Filesystem",
        kind("Type"),
        [size, "Used", available, percent],
        "Mounted on",
    );
    for (source, name, blocks, used, place) in rows {
        let free = blocks.saturating_sub(used);
        let percent = format!("{}%", (used * 100).div_ceil(blocks.max(1)));
        let sizes = [blocks, used, free].map(shown);
        let [blocks, used, free] = &sizes;
        let cells = [blocks.as_str(), used, free, &percent];
        text += &row(source, kind(name), cells, &place);
    }
    context.process.print(text).await;
    ExitStatus::SUCCESS
}

pub(super) async fn mount(context: Context) -> ExitStatus {
    if context.arguments.len() > 1 {
        let text = match context.is_busybox() {
            true => "permission denied (are you root?)",
            false => "only root can do that",
        };
        context.complain(text).await;
        return ExitStatus::FAILURE;
    }
    let mut text = "overlay on / type overlay (rw,relatime)\nproc on /proc type proc (rw,nosuid,nodev,noexec,relatime)\ntmpfs on /dev type tmpfs (rw,nosuid,size=65536k,mode=755)\n".to_owned();
    for mount in context.process.files().mounts() {
        if mount.path != "/" {
            let mode = if mount.read_only { "ro" } else { "rw" };
            text += &format!("/dev/vda1 on {} type ext4 ({mode},relatime)\n", mount.path);
        }
    }
    context.process.print(text).await;
    ExitStatus::SUCCESS
}

fn kind_name(entry: &Entry) -> &'static str {
    match entry.kind {
        EntryKind::Directory => "directory",
        EntryKind::Symlink(_) => "symbolic link",
        EntryKind::Device(_) => "character special file",
        EntryKind::Socket => "socket",
        EntryKind::File(_) if entry.size() == 0 => "regular empty file",
        EntryKind::File(_) => "regular file",
    }
}

fn moment(time: Time) -> String {
    let date = Calendar::of(time);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:09} +0000",
        date.year,
        date.month,
        date.day,
        date.hour,
        date.minute,
        date.second,
        time.as_nanos() % 1_000_000_000
    )
}

/// A number that stands for a place, as an inode would.
fn inode(place: &str) -> u64 {
    let mixed = place.bytes().fold(14_695_981u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
    });
    mixed % 9_000_000 + 100_000
}

pub(super) async fn stat(context: Context) -> ExitStatus {
    let long = [("format", 'c'), ("dereference", 'L'), ("terse", 't')];
    let options = match context.options("c:Ltf", &long).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    if options.operands.is_empty() {
        return context.missing_operand().await;
    }
    let mut status = ExitStatus::SUCCESS;
    for operand in &options.operands {
        let place = context.process.path(operand);
        let files = context.process.files();
        let found = match options.has('L') {
            true => files.entry(&place),
            false => files.link_entry(place.trim_end_matches('/')),
        };
        let entry = match found.or_else(|error| {
            if place == "/" {
                files.entry("/")
            } else {
                Err(error)
            }
        }) {
            Ok(entry) => entry,
            Err(error) => {
                let text = match context.is_busybox() {
                    true => format!("can't stat '{operand}': {error}"),
                    false => format!("cannot statx '{operand}': {error}"),
                };
                context.complain(text).await;
                status = ExitStatus::FAILURE;
                continue;
            }
        };
        let text = match options.value('c') {
            Some(format) => formatted(files, &place, operand, &entry, format) + "\n",
            None => long_stat(&context, &place, operand, &entry),
        };
        context.process.print(text).await;
    }
    status
}

fn formatted(
    files: &FileSystem,
    place: &str,
    operand: &str,
    entry: &Entry,
    format: &str,
) -> String {
    let metadata = &entry.metadata;
    let mut text = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        text += &match letters.next() {
            Some('n') => operand.to_owned(),
            Some('N') => format!("'{operand}'"),
            Some('s') => entry.size().to_string(),
            Some('a') => format!("{:o}", metadata.mode),
            Some('A') => mode_text(entry),
            Some('f') => format!(
                "{:x}",
                metadata.mode
                    | if entry.is_directory() {
                        0o40_000
                    } else {
                        0o100_000
                    }
            ),
            Some('F') => kind_name(entry).to_owned(),
            Some('u') => metadata.user.to_string(),
            Some('U') => account::user(files, metadata.user),
            Some('g') => metadata.group.to_string(),
            Some('G') => account::group(files, metadata.group),
            Some('i') => inode(place).to_string(),
            Some('h') => links(entry).to_string(),
            Some('b') => (entry.size().div_ceil(4096) * 8).to_string(),
            Some('B') => "512".to_owned(),
            Some('o') => "4096".to_owned(),
            Some('x' | 'y' | 'z') => moment(metadata.modified),
            Some('X' | 'Y' | 'Z') => metadata.modified.as_secs().to_string(),
            Some('%') => "%".to_owned(),
            Some(other) => format!("%{other}"),
            None => "%".to_owned(),
        };
    }
    text
}

fn links(entry: &Entry) -> u32 {
    if entry.is_directory() { 2 } else { 1 }
}

fn long_stat(context: &Context, place: &str, operand: &str, entry: &Entry) -> String {
    let files = context.process.files();
    let metadata = &entry.metadata;
    let name = match &entry.kind {
        EntryKind::Symlink(target) if context.is_busybox() => format!("'{operand}' -> '{target}'"),
        EntryKind::Symlink(target) => format!("{operand} -> {target}"),
        _ => operand.to_owned(),
    };
    let (size, blocks) = (entry.size(), entry.size().div_ceil(4096) * 8);
    let time = moment(metadata.modified);
    let birth = if context.is_busybox() {
        ""
    } else {
        " Birth: -\n"
    };
    let device = match context.is_busybox() {
        true => "3fh/63d",
        false => "0,63",
    };
    format!(
        "  File: {name}\n  Size: {size:<10}\tBlocks: {blocks:<10} IO Block: 4096   {}\nDevice: {device}\tInode: {:<11} Links: {}\nAccess: ({:04o}/{})  Uid: ({:>5}/{:>8})   Gid: ({:>5}/{:>8})\nAccess: {time}\nModify: {time}\nChange: {time}\n{birth}",
        kind_name(entry),
        inode(place),
        links(entry),
        metadata.mode,
        mode_text(entry),
        metadata.user,
        account::user(files, metadata.user),
        metadata.group,
        account::group(files, metadata.group),
    )
}

pub(super) async fn mktemp(context: Context) -> ExitStatus {
    let options = match context
        .options("dqtup:", &[("directory", 'd'), ("tmpdir", 'p')])
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let bare = options.operands.is_empty();
    let template = options
        .operands
        .first()
        .map_or("tmp.XXXXXXXXXX", String::as_str);
    let stem = template.trim_end_matches('X');
    let count = template.len() - stem.len();
    if count < 3 {
        let text = match context.is_busybox() {
            true => format!("{template}: Invalid argument"),
            false => format!("too few X's in template '{template}'"),
        };
        context.complain(text).await;
        return ExitStatus::FAILURE;
    }
    let folder = match (options.value('p'), bare || options.has('t')) {
        (Some(folder), _) => format!("{folder}/"),
        (None, true) => {
            context
                .process
                .variable("TMPDIR")
                .unwrap_or_else(|| "/tmp".into())
                + "/"
        }
        (None, false) => String::new(),
    };
    let random = context.process.simulation().random();
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let tail: String = (0..count)
        .filter_map(|_| letters.get(random.next_u64() as usize % letters.len()))
        .map(|letter| char::from(*letter))
        .collect();
    let name = format!("{folder}{stem}{tail}");
    let place = context.process.path(&name);
    let files = context.process.files();
    let made = match options.has('d') {
        true => files.create_directory(&place, 0o700),
        false => files.write(&place, Content::new(""), 0o600),
    };
    if let Err(error) = made {
        let what = if options.has('d') {
            "directory"
        } else {
            "file"
        };
        let text = match context.is_busybox() {
            true => format!("{name}: {error}"),
            false => format!("failed to create {what} via template '{folder}{template}': {error}"),
        };
        context.complain(text).await;
        return ExitStatus::FAILURE;
    }
    context.process.print(format!("{name}\n")).await;
    ExitStatus::SUCCESS
}

/// A size with a letter: `10M`.
fn bytes_of(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: u64 = digits.parse().ok()?;
    let unit = match text.strip_prefix(digits)? {
        "" | "c" => 1,
        "b" => 512,
        "k" | "K" | "KiB" => 1 << 10,
        "kB" | "KB" => 1000,
        "m" | "M" | "MiB" => 1 << 20,
        "MB" => 1_000_000,
        "g" | "G" | "GiB" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(unit)
}

/// What `KEY=VALUE` says, the last one.
fn setting<'a>(words: &'a [(String, String)], key: &str) -> Option<&'a str> {
    let found = words.iter().rev().find(|(name, _)| name == key);
    found.map(|(_, value)| value.as_str())
}

pub(super) async fn dd(context: Context) -> ExitStatus {
    let mut words: Vec<(String, String)> = Vec::new();
    for word in context.arguments.iter().skip(1) {
        match word.split_once('=') {
            Some((key, value)) => words.push((key.into(), value.into())),
            None => {
                context
                    .complain(format!("unrecognized operand '{word}'"))
                    .await;
                return ExitStatus::FAILURE;
            }
        }
    }
    let value = |key: &str| setting(&words, key);
    let mut numbers = [512, u64::MAX, 0, 0];
    for (number, key) in numbers.iter_mut().zip(["bs", "count", "skip", "seek"]) {
        if let Some(text) = value(key) {
            match bytes_of(text) {
                Some(parsed) => *number = parsed,
                None => {
                    context.complain(format!("invalid number: '{text}'")).await;
                    return ExitStatus::FAILURE;
                }
            }
        }
    }
    let [block, count, skip, seek] = numbers;
    let most = block
        .saturating_mul(count)
        .min(machine::limits::HTTP_BODY_BYTES as u64);
    let input = match value("if") {
        Some("/dev/zero") => Ok(Content::sparse("", most)),
        Some("/dev/null") => Ok(Content::new("")),
        Some(file) => context.process.files().read(&context.process.path(file)),
        None => context.process.read_to_end(0).await.map(Content::new),
    };
    let content = match input {
        Ok(content) => content,
        Err(error) => {
            let file = value("if").unwrap_or("standard input");
            let text = match context.is_busybox() {
                true => format!("can't open '{file}': {error}"),
                false => format!("failed to open '{file}': {error}"),
            };
            context.complain(text).await;
            return ExitStatus::FAILURE;
        }
    };
    let left = content
        .len()
        .saturating_sub(skip.saturating_mul(block))
        .min(most);
    let bytes = content.read_at(
        skip.saturating_mul(block),
        usize::try_from(left).unwrap_or(0),
    );
    let copied = bytes.len() as u64;
    if let Err(status) = dd_write(&context, &words, seek.saturating_mul(block), &bytes).await {
        return status;
    }
    if value("status") != Some("none") {
        let block = block.max(1);
        let part = u64::from(!copied.is_multiple_of(block));
        dd_report(&context, copied, copied / block, part).await;
    }
    ExitStatus::SUCCESS
}

/// Puts what was copied where `of` says.
async fn dd_write(
    context: &Context,
    words: &[(String, String)],
    offset: u64,
    bytes: &[u8],
) -> Result<(), ExitStatus> {
    let file = match setting(words, "of") {
        None => {
            context.process.print(String::from_utf8_lossy(bytes)).await;
            return Ok(());
        }
        Some("/dev/null") => return Ok(()),
        Some(file) => file,
    };
    let place = context.process.path(file);
    let files = context.process.files();
    let keeps = setting(words, "conv").is_some_and(|list| list.contains("notrunc")) || offset > 0;
    let mut whole = match keeps {
        true => files.read(&place).unwrap_or_else(|_| Content::new("")),
        false => Content::new(""),
    };
    let written = whole
        .write_at(offset, bytes)
        .and_then(|()| files.write(&place, whole, 0o644));
    if let Err(error) = written {
        let text = format!("failed to open '{file}': {error}");
        context.complain(text).await;
        return Err(ExitStatus::FAILURE);
    }
    Ok(())
}

/// What dd tells of its work.
async fn dd_report(context: &Context, copied: u64, whole: u64, part: u64) {
    let records = format!("{whole}+{part} records in\n{whole}+{part} records out\n");
    let seconds = 0.000_1 + copied as f64 / 2e9;
    let rate = copied as f64 / seconds;
    let said = if context.is_busybox() {
        let (size, rate) = (units(copied as f64, 1024.0), units(rate, 1024.0));
        format!("{copied} bytes ({size}B) copied, {seconds:.6} seconds, {rate}B/s\n")
    } else {
        let rate = units(rate, 1000.0);
        let number = rate.trim_end_matches(char::is_alphabetic);
        let unit = rate.trim_start_matches(number);
        let sizes = sizes(copied);
        format!("{copied} bytes{sizes} copied, {seconds:.6} s, {number} {unit}B/s\n")
    };
    context.process.print_error(records + &said).await;
}

/// A number with the letter of its unit.
fn units(value: f64, step: f64) -> String {
    let (mut value, mut unit) = (value, 0);
    while value >= step && unit < 4 {
        value /= step;
        unit += 1;
    }
    let letter = ["", "K", "M", "G", "T"]
        .get(unit)
        .copied()
        .unwrap_or_default();
    let letter = if step < 1024.0 && letter == "K" {
        "k"
    } else {
        letter
    };
    format!("{value:.1}{letter}")
}

/// What GNU's dd says besides the number: ` (10 MB, 10 MiB)`.
fn sizes(bytes: u64) -> String {
    if bytes < 1000 {
        return String::new();
    }
    let one = |step: f64, names: [&str; 4]| {
        let (mut value, mut unit) = (bytes as f64 / step, 0);
        while value >= step && unit < 3 {
            value /= step;
            unit += 1;
        }
        let number = if value < 9.95 {
            format!("{value:.1}")
        } else {
            format!("{value:.0}")
        };
        format!(
            "{} {}",
            number,
            names.get(unit).copied().unwrap_or_default()
        )
    };
    let decimal = one(1000.0, ["kB", "MB", "GB", "TB"]);
    match bytes < 1024 {
        true => format!(" ({decimal})"),
        false => format!(
            " ({decimal}, {})",
            one(1024.0, ["KiB", "MiB", "GiB", "TiB"])
        ),
    }
}

/// `chown` and `chgrp`.
pub(super) async fn chown(context: Context) -> ExitStatus {
    let options = match context.options("Rhfv", &[("recursive", 'R')]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let Some((owner, operands)) = options
        .operands
        .split_first()
        .filter(|(_, rest)| !rest.is_empty())
    else {
        return context.missing_operand().await;
    };
    let files = context.process.files();
    let (user, group) = match (context.name.as_str(), owner.split_once([':', '.'])) {
        ("chgrp", _) => ("", owner.as_str()),
        (_, Some((user, group))) => (user, group),
        (_, None) => (owner.as_str(), ""),
    };
    let mut numbers = [None, None];
    for (number, (name, file, what)) in numbers.iter_mut().zip([
        (user, "/etc/passwd", "user"),
        (group, "/etc/group", "group"),
    ]) {
        if name.is_empty() {
            continue;
        }
        *number = name
            .parse()
            .ok()
            .or_else(|| account::number(files, file, name));
        if number.is_none() {
            let text = match context.is_busybox() {
                true => format!("unknown {what} {name}"),
                false => format!("invalid {what}: '{owner}'"),
            };
            context.complain(text).await;
            return ExitStatus::FAILURE;
        }
    }
    let [user, group] = numbers;
    let mut status = ExitStatus::SUCCESS;
    for operand in operands {
        let mut places = Vec::new();
        let place = context.process.path(operand);
        if options.has('R') {
            below(files, &place, &mut places);
        }
        if places.is_empty() {
            places.push((operand.clone(), place));
        }
        let changed = places.iter().try_for_each(|(_, place)| {
            if context.process.user().0 != 0 {
                return Err(Errno::EPERM);
            }
            files.set_metadata(place, |metadata| {
                metadata.user = user.unwrap_or(metadata.user);
                metadata.group = group.unwrap_or(metadata.group);
            })
        });
        if let Err(error) = changed {
            let text = match (context.is_busybox(), error) {
                (true, _) => format!("{operand}: {error}"),
                (false, Errno::ENOENT) => format!("cannot access '{operand}': {error}"),
                (false, _) => format!("changing ownership of '{operand}': {error}"),
            };
            context.complain(text).await;
            status = ExitStatus::FAILURE;
        }
    }
    status
}

pub(super) async fn truncate(context: Context) -> ExitStatus {
    let options = match context.options("s:c", &[("size", 's')]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let Some(length) = options.value('s').and_then(bytes_of) else {
        context
            .complain("you must specify either '--size' or '--reference'")
            .await;
        return ExitStatus::FAILURE;
    };
    let mut status = ExitStatus::SUCCESS;
    for operand in &options.operands {
        let place = context.process.path(operand);
        let files = context.process.files();
        let mut content = files.read(&place).unwrap_or_else(|_| Content::new(""));
        content.truncate(length);
        if let Err(error) = files.write(&place, content, 0o644) {
            context
                .complain(format!("cannot open '{operand}' for writing: {error}"))
                .await;
            status = ExitStatus::FAILURE;
        }
    }
    status
}
