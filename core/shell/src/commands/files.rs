//! Commands that make, move and remove files.

use super::Context;
use machine::{EntryKind, Errno, ExitStatus, FileSystem, path};

pub(super) async fn make_directory(context: Context) -> ExitStatus {
    let options = match context
        .options("pvm:", &[("parents", 'p'), ("verbose", 'v'), ("mode", 'm')])
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    if options.operands.is_empty() {
        return context.missing_operand().await;
    }
    let mut status = ExitStatus::SUCCESS;
    for operand in &options.operands {
        let target = context.process.path(operand);
        let files = context.process.files();
        let made = if options.has('p') {
            files.create_directories(&target, 0o755)
        } else {
            files.create_directory(&target, 0o755)
        };
        if let Err(error) = made {
            let message = if context.is_busybox() {
                format!("can't create directory '{operand}': {error}")
            } else {
                format!("cannot create directory '{operand}': {error}")
            };
            context.complain(message).await;
            status = ExitStatus::FAILURE;
        }
    }
    status
}

pub(super) async fn remove_directory(context: Context) -> ExitStatus {
    let options = match context.options("pv", &[("parents", 'p')]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let mut status = ExitStatus::SUCCESS;
    for operand in &options.operands {
        if let Err(error) = context
            .process
            .files()
            .remove_directory(&context.process.path(operand))
        {
            let message = if context.is_busybox() {
                format!("'{operand}': {error}")
            } else {
                format!("failed to remove '{operand}': {error}")
            };
            context.complain(message).await;
            status = ExitStatus::FAILURE;
        }
    }
    status
}

pub(super) async fn remove(context: Context) -> ExitStatus {
    let options = match context
        .options(
            "rRfivd",
            &[("recursive", 'r'), ("force", 'f'), ("verbose", 'v')],
        )
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let (recursive, force) = (options.has('r') || options.has('R'), options.has('f'));
    if options.operands.is_empty() && !force {
        return context.missing_operand().await;
    }
    let cannot = if context.is_busybox() {
        "can't remove"
    } else {
        "cannot remove"
    };
    let mut status = ExitStatus::SUCCESS;
    for operand in &options.operands {
        if matches!(path::file_name(operand.trim_end_matches('/')), "." | "..")
            || path::clean(&context.process.path(operand)) == "/"
        {
            context
                .complain(format!(
                    "refusing to remove '.' or '..' directory: skipping '{operand}'"
                ))
                .await;
            status = ExitStatus::FAILURE;
            continue;
        }
        let target = context.process.path(operand.trim_end_matches('/'));
        let files = context.process.files();
        let removed = match files.link_entry(&target) {
            Ok(entry) if entry.is_directory() && !recursive => Err(Errno::EISDIR),
            Ok(entry) if entry.is_directory() => files.remove_all(&target),
            Ok(_) => files.remove_file(&target),
            Err(error) => Err(error),
        };
        match removed {
            Err(Errno::ENOENT) if force => {}
            Err(error) => {
                context
                    .complain(format!("{cannot} '{operand}': {error}"))
                    .await;
                status = ExitStatus::FAILURE;
            }
            Ok(()) if options.has('v') => {
                context
                    .process
                    .print(format!("removed '{operand}'\n"))
                    .await
            }
            Ok(()) => {}
        }
    }
    status
}

/// The target of a copy or move: inside of a directory it keeps the source's name.
fn target_of(files: &FileSystem, source: &str, target: &str) -> String {
    if files.is_directory(target) {
        path::join(
            target.trim_end_matches('/'),
            path::file_name(source.trim_end_matches('/')),
        )
    } else {
        target.to_string()
    }
}

fn copy_entry(files: &FileSystem, source: &str, target: &str) -> Result<(), Errno> {
    let entry = files.entry(source)?;
    match entry.kind {
        EntryKind::File(content) => {
            let content = content.borrow().clone();
            files.write(target, content, entry.metadata.mode)
        }
        EntryKind::Directory => {
            files.create_directories(target, entry.metadata.mode)?;
            for (name, _) in files.read_directory(source)? {
                copy_entry(
                    files,
                    &path::join(source, &name),
                    &path::join(target, &name),
                )?;
            }
            Ok(())
        }
        _ => files.put(target, entry),
    }
}

/// Operands split into sources and the target; the error is printed already.
async fn sources_and_target(
    context: &Context,
    operands: &[String],
) -> Option<(Vec<String>, String)> {
    match operands.split_last() {
        Some((target, sources)) if !sources.is_empty() => {
            if sources.len() > 1
                && !context
                    .process
                    .files()
                    .is_directory(&context.process.path(target))
            {
                context
                    .complain(format!("target '{target}': Not a directory"))
                    .await;
                return None;
            }
            Some((sources.to_vec(), target.clone()))
        }
        Some((only, _)) => {
            context.complain(format!("missing destination file operand after '{only}'\nTry '{} --help' for more information.", context.name)).await;
            None
        }
        None => {
            context
                .complain(format!(
                    "missing file operand\nTry '{} --help' for more information.",
                    context.name
                ))
                .await;
            None
        }
    }
}

pub(super) async fn copy(context: Context) -> ExitStatus {
    let options = match context
        .options(
            "rRafpvd",
            &[("recursive", 'r'), ("archive", 'a'), ("force", 'f')],
        )
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let Some((sources, target)) = sources_and_target(&context, &options.operands).await else {
        return ExitStatus::FAILURE;
    };
    let recursive = options.has('r') || options.has('R') || options.has('a');
    let files = context.process.files();
    let mut status = ExitStatus::SUCCESS;
    for source in sources {
        let from = context.process.path(&source);
        let to = target_of(files, &from, &context.process.path(&target));
        if files.is_directory(&from) && !recursive {
            context
                .complain(format!("-r not specified; omitting directory '{source}'"))
                .await;
            status = ExitStatus::FAILURE;
            continue;
        }
        if path::below(&path::clean(&to), &path::clean(&from)).is_some() {
            let message = if path::clean(&to) == path::clean(&from) {
                format!("'{source}' and '{target}' are the same file")
            } else {
                format!("cannot copy a directory, '{source}', into itself, '{target}'")
            };
            context.complain(message).await;
            status = ExitStatus::FAILURE;
            continue;
        }
        if let Err(error) = copy_entry(files, &from, &to) {
            let message = match (context.is_busybox(), files.exists(&from)) {
                (true, false) => format!("can't stat '{source}': {error}"),
                (true, true) => format!("can't create '{target}': {error}"),
                (false, false) => format!("cannot stat '{source}': {error}"),
                (false, true) => format!("cannot create regular file '{target}': {error}"),
            };
            context.complain(message).await;
            status = ExitStatus::FAILURE;
        }
    }
    status
}

pub(super) async fn rename(context: Context) -> ExitStatus {
    let options = match context.options("fivn", &[("force", 'f')]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let Some((sources, target)) = sources_and_target(&context, &options.operands).await else {
        return ExitStatus::FAILURE;
    };
    let files = context.process.files();
    let mut status = ExitStatus::SUCCESS;
    for source in sources {
        let from = context.process.path(&source);
        let to = target_of(files, &from, &context.process.path(&target));
        if let Err(error) = files.rename(&from, &to) {
            let message = match (context.is_busybox(), files.exists(&from)) {
                (true, _) => format!("can't rename '{source}': {error}"),
                (false, false) => format!("cannot stat '{source}': {error}"),
                (false, true) => format!("cannot move '{source}' to '{target}': {error}"),
            };
            context.complain(message).await;
            status = ExitStatus::FAILURE;
        }
    }
    status
}

pub(super) async fn touch(context: Context) -> ExitStatus {
    let options = match context.options("acmd:t:r:", &[("no-create", 'c')]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let mut status = ExitStatus::SUCCESS;
    for operand in &options.operands {
        let target = context.process.path(operand);
        let files = context.process.files();
        let now = context.process.simulation().now();
        let touched = match files.exists(&target) {
            true => files.set_metadata(&target, |metadata| metadata.modified = now),
            false if options.has('c') => Ok(()),
            false => files.write(&target, machine::Content::default(), 0o644),
        };
        if let Err(error) = touched {
            let message = if context.is_busybox() {
                format!("{operand}: {error}")
            } else {
                format!("cannot touch '{operand}': {error}")
            };
            context.complain(message).await;
            status = ExitStatus::FAILURE;
        }
    }
    status
}

/// The mode after an octal or symbolic change; `None` when the text is neither.
fn changed_mode(mode: u32, text: &str) -> Option<u32> {
    if let Ok(octal) = u32::from_str_radix(text, 8) {
        return Some(octal);
    }
    let mut mode = mode;
    for clause in text.split(',') {
        let at = clause.find(['+', '-', '='])?;
        let (who, change) = clause.split_at_checked(at)?;
        let operator = change.chars().next()?;
        let mut bits = 0;
        for letter in change.chars().skip(1) {
            bits |= match letter {
                'r' => 0o444,
                'w' => 0o222,
                'x' | 'X' => 0o111,
                's' | 't' => 0,
                _ => return None,
            };
        }
        let mut mask = if who.is_empty() || who.contains('a') {
            0o777
        } else {
            0
        };
        for (letter, part) in [('u', 0o700), ('g', 0o070), ('o', 0o007)] {
            mask |= if who.contains(letter) { part } else { 0 };
        }
        match operator {
            '+' => mode |= bits & mask,
            '-' => mode &= !(bits & mask),
            _ => mode = mode & !mask | bits & mask,
        }
    }
    Some(mode)
}

pub(super) async fn chmod(context: Context) -> ExitStatus {
    // A mode like `-x` looks like a flag.
    let is_flag =
        |word: &&String| matches!(word.as_str(), "-R" | "-v" | "-f" | "-c" | "--recursive");
    let words = context.arguments.iter().skip(1);
    let (flags, words): (Vec<&String>, Vec<&String>) = words.partition(is_flag);
    let Some((change, operands)) = words.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return context.missing_operand().await;
    };
    let files = context.process.files();
    let recursive = flags
        .iter()
        .any(|flag| matches!(flag.as_str(), "-R" | "--recursive"));
    let mut targets = Vec::new();
    for operand in operands {
        let target = context.process.path(operand);
        if recursive && files.is_directory(&target) {
            super::disk::below(files, &target, &mut targets);
        } else {
            targets.push((operand.to_string(), target));
        }
    }
    let mut status = ExitStatus::SUCCESS;
    for (operand, target) in targets {
        let mode = files
            .entry(&target)
            .map(|entry| changed_mode(entry.metadata.mode, change));
        let message = match mode {
            Ok(Some(mode)) => files
                .set_metadata(&target, |metadata| metadata.mode = mode)
                .err()
                .map(|error| format!("changing permissions of '{operand}': {error}")),
            Ok(None) => Some(format!(
                "invalid mode: '{change}'\nTry 'chmod --help' for more information."
            )),
            Err(error) if context.is_busybox() => Some(format!("{operand}: {error}")),
            Err(error) => Some(format!("cannot access '{operand}': {error}")),
        };
        if let Some(message) = message {
            context.complain(message).await;
            status = ExitStatus::FAILURE;
        }
    }
    status
}

pub(super) async fn link(context: Context) -> ExitStatus {
    let options = match context
        .options("sfnvT", &[("symbolic", 's'), ("force", 'f')])
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let (Some(source), Some(target)) = (options.operands.first(), options.operands.get(1)) else {
        return context.missing_operand().await;
    };
    let files = context.process.files();
    let to = target_of(files, source, &context.process.path(target));
    if options.has('f') {
        files.remove_file(&to).ok();
    }
    let made = if options.has('s') {
        files.symlink(source, &to)
    } else {
        files
            .entry(&context.process.path(source))
            .and_then(|entry| files.put(&to, entry))
    };
    match made {
        Ok(()) => ExitStatus::SUCCESS,
        Err(error) => {
            let kind = if options.has('s') { "symbolic " } else { "" };
            context
                .complain(format!("failed to create {kind}link '{target}': {error}"))
                .await;
            ExitStatus::FAILURE
        }
    }
}

pub(super) async fn read_link(context: Context) -> ExitStatus {
    let options = match context.options("fen", &[]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let Some(operand) = options.operands.first() else {
        return context.missing_operand().await;
    };
    let target = context.process.path(operand);
    let found = if options.has('f') || options.has('e') {
        context.process.files().resolve(&target, true)
    } else {
        context.process.files().read_link(&target)
    };
    match found {
        Ok(found) => {
            context.process.print(format!("{found}\n")).await;
            ExitStatus::SUCCESS
        }
        Err(_) => ExitStatus::FAILURE,
    }
}

pub(super) async fn real_path(context: Context) -> ExitStatus {
    let mut status = ExitStatus::SUCCESS;
    for operand in context.arguments.iter().skip(1) {
        let target = context.process.path(operand);
        match context.process.files().resolve(&target, true) {
            Ok(found) => context.process.print(format!("{found}\n")).await,
            Err(error) => {
                context.complain(format!("{operand}: {error}")).await;
                status = ExitStatus::FAILURE;
            }
        }
    }
    status
}

pub(super) async fn basename(context: Context) -> ExitStatus {
    let Some(operand) = context.arguments.get(1) else {
        return context.missing_operand().await;
    };
    let name = path::file_name(operand.trim_end_matches('/'));
    let suffix = context.arguments.get(2).map_or("", String::as_str);
    let name = name
        .strip_suffix(suffix)
        .filter(|rest| !rest.is_empty())
        .unwrap_or(name);
    context.process.print(format!("{name}\n")).await;
    ExitStatus::SUCCESS
}

pub(super) async fn dirname(context: Context) -> ExitStatus {
    let Some(operand) = context.arguments.get(1) else {
        return context.missing_operand().await;
    };
    let trimmed = operand.trim_end_matches('/');
    let directory = match trimmed.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((directory, _)) => directory,
        None if trimmed.is_empty() && operand.starts_with('/') => "/",
        None => ".",
    };
    context.process.print(format!("{directory}\n")).await;
    ExitStatus::SUCCESS
}

pub(super) async fn print_directory(context: Context) -> ExitStatus {
    context
        .process
        .print(format!("{}\n", path::clean(&context.process.directory())))
        .await;
    ExitStatus::SUCCESS
}
