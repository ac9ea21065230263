//! `tar`: archives of files, without compression.

use super::Context;
use machine::{EntryKind, ExitStatus, archive, path};

/// What the flags of a command line ask for.
#[derive(Default)]
struct Task {
    action: Option<char>,
    file: Option<String>,
    directory: Option<String>,
    verbose: bool,
    to_output: bool,
    names: Vec<String>,
}

fn task(words: &[String]) -> Result<Task, String> {
    let mut task = Task::default();
    let mut words = words.iter().enumerate();
    while let Some((index, word)) = words.next() {
        let value = |words: &mut std::iter::Enumerate<std::slice::Iter<'_, String>>, letter| {
            words
                .next()
                .map(|(_, word)| word.clone())
                .ok_or_else(|| format!("option requires an argument -- '{letter}'"))
        };
        if let Some(name) = word.strip_prefix("--") {
            let (name, given) = name.split_once('=').unwrap_or((name, ""));
            match name {
                "create" => task.action = Some('c'),
                "extract" | "get" => task.action = Some('x'),
                "list" => task.action = Some('t'),
                "verbose" => task.verbose = true,
                "to-stdout" => task.to_output = true,
                "file" => task.file = Some(given.to_owned()),
                "directory" => task.directory = Some(given.to_owned()),
                "no-same-permissions"
                | "no-same-owner"
                | "overwrite"
                | "touch"
                | "strip-components" => {}
                _ => return Err(format!("unrecognized option '--{name}'")),
            }
            continue;
        }
        // The first word may be letters without a dash.
        let letters = match word.strip_prefix('-') {
            Some(letters) if !letters.is_empty() => letters,
            None if index == 0 => word.as_str(),
            _ => {
                task.names.push(word.clone());
                continue;
            }
        };
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            match letter {
                'c' | 'x' | 't' => task.action = Some(letter),
                'v' => task.verbose = true,
                'O' => task.to_output = true,
                'm' | 'p' | 'k' | 'o' | 'h' => {}
                'f' | 'C' => {
                    let dashed = word.starts_with('-') && !rest.as_str().is_empty();
                    let text = if dashed {
                        std::mem::replace(&mut rest, "".chars()).as_str().to_owned()
                    } else {
                        value(&mut words, letter)?
                    };
                    if letter == 'f' {
                        task.file = Some(text);
                    } else {
                        task.directory = Some(text);
                    }
                }
                _ => return Err(format!("invalid option -- '{letter}'")),
            }
        }
    }
    Ok(task)
}

pub(super) async fn tar(context: Context) -> ExitStatus {
    let failure = ExitStatus::Exited(if context.is_busybox() { 1 } else { 2 });
    let task = match task(context.arguments.get(1..).unwrap_or_default()) {
        Ok(task) => task,
        Err(message) => {
            context.complain(message).await;
            return failure;
        }
    };
    match task.action {
        Some('c') => create(&context, &task).await,
        Some(action) => extract(&context, &task, action == 'x').await,
        None => {
            context
                .complain(if context.is_busybox() {
                    "bad option: need one of -c, -t, -x"
                } else {
                    "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options"
                })
                .await;
            failure
        }
    }
}

fn base(context: &Context, task: &Task) -> String {
    let process = &context.process;
    match &task.directory {
        Some(directory) => process.path(directory),
        None => process.directory(),
    }
}

async fn create(context: &Context, task: &Task) -> ExitStatus {
    let files = context.process.files();
    let (mut bytes, mut result) = (Vec::new(), ExitStatus::SUCCESS);
    if task.names.is_empty() {
        context
            .complain(if context.is_busybox() {
                "empty archive"
            } else {
                "Cowardly refusing to create an empty archive"
            })
            .await;
        return ExitStatus::Exited(if context.is_busybox() { 1 } else { 2 });
    }
    let directory = base(context, task);
    let mut warned = false;
    for name in &task.names {
        let place = path::absolute(&directory, name);
        if let Err(error) = files.link_entry(&place) {
            let message = if context.is_busybox() {
                format!("{name}: {error}")
            } else {
                format!("{name}: Cannot stat: {error}")
            };
            context.complain(message).await;
            result = ExitStatus::Exited(if context.is_busybox() { 1 } else { 2 });
            continue;
        }
        let inner = name.trim_start_matches('/').trim_end_matches('/');
        if name.starts_with('/') && !std::mem::replace(&mut warned, true) {
            context
                .complain(if context.is_busybox() {
                    "removing leading '/' from member names"
                } else {
                    "Removing leading `/' from member names"
                })
                .await;
        }
        archive::add(files, &place, inner, &mut bytes);
    }
    archive::finish(&mut bytes);
    if !result.success() && !context.is_busybox() {
        context
            .complain("Exiting with failure status due to previous errors")
            .await;
    }
    match task.file.as_deref() {
        None | Some("-") => {
            context.process.write(1, &bytes).await.ok();
        }
        Some(file) => {
            let place = context.process.path(file);
            let content = machine::Content::new(bytes);
            if let Err(error) = files.write(&place, content, 0o644) {
                context
                    .complain(format!("can't open '{file}': {error}"))
                    .await;
                return ExitStatus::FAILURE;
            }
        }
    }
    result
}

async fn extract(context: &Context, task: &Task, out: bool) -> ExitStatus {
    let file = task.file.as_deref().unwrap_or("-");
    let Some(bytes) = context.input(file).await else {
        return ExitStatus::Exited(if context.is_busybox() { 1 } else { 2 });
    };
    let directory = base(context, task);
    if out && !context.process.files().is_directory(&directory) {
        let shown = task.directory.clone().unwrap_or_default();
        context
            .complain(if context.is_busybox() {
                format!("can't change directory to '{shown}': No such file or directory")
            } else {
                format!("{shown}: Cannot open: No such file or directory")
            })
            .await;
        return ExitStatus::Exited(if context.is_busybox() { 1 } else { 2 });
    }
    let members = archive::read(&bytes);
    if members.is_empty() {
        context
            .complain(if context.is_busybox() {
                "invalid tar magic"
            } else {
                "This does not look like a tar archive"
            })
            .await;
        return ExitStatus::Exited(if context.is_busybox() { 1 } else { 2 });
    }
    let mut said = String::new();
    for (name, entry) in members {
        let wanted = task.names.is_empty()
            || task.names.iter().any(|wanted| {
                let wanted = wanted.trim_end_matches('/');
                name.trim_end_matches('/') == wanted || name.starts_with(&format!("{wanted}/"))
            });
        if !wanted {
            continue;
        }
        if task.verbose || !out {
            said.push_str(&format!("{name}\n"));
        }
        if !out {
            continue;
        }
        if let (true, EntryKind::File(content)) = (task.to_output, &entry.kind) {
            said.push_str(&content.borrow().text());
            continue;
        }
        let files = context.process.files();
        let place = path::clean(&format!("{directory}/{name}"));
        let written = if entry.is_directory() {
            files.create_directories(&place, entry.metadata.mode)
        } else {
            files.create_directories(path::parent(&place), 0o755).ok();
            files.put(&place, entry)
        };
        if let Err(error) = written {
            context
                .complain(format!("can't open '{name}': {error}"))
                .await;
            return ExitStatus::FAILURE;
        }
    }
    context.process.print(said).await;
    ExitStatus::SUCCESS
}
