//! Commands about processes, time and the machine.

use super::{Context, duration};
use crate::condition;
use machine::{Duration, Errno, ExitStatus, Signal, Spawn};
use simulation::{Either, race};

pub(super) async fn success(_context: Context) -> ExitStatus {
    ExitStatus::SUCCESS
}

pub(super) async fn failure(_context: Context) -> ExitStatus {
    ExitStatus::FAILURE
}

pub(super) async fn sleep(context: Context) -> ExitStatus {
    if context.arguments.len() < 2 {
        return context.missing_operand().await;
    }
    let mut total = Duration::ZERO;
    for word in context.arguments.iter().skip(1) {
        match duration(word) {
            Some(duration) => total += duration,
            None => {
                let message = if context.is_busybox() {
                    format!("invalid number '{word}'")
                } else {
                    format!(
                        "invalid time interval '{word}'\nTry 'sleep --help' for more information."
                    )
                };
                context.complain(message).await;
                return ExitStatus::FAILURE;
            }
        }
    }
    context.process.sleep(total).await;
    ExitStatus::SUCCESS
}

/// The child's [`Spawn`] for the words of a command.
pub(super) fn child(context: &Context, words: &[String]) -> Spawn {
    context.process.child(words.to_vec())
}

/// Says why a command could not be started, in the way of `env`, `timeout` and the like.
pub(super) async fn not_started(context: &Context, name: &str, error: Errno) -> ExitStatus {
    let message = match (context.is_busybox(), context.name.as_str()) {
        (true, _) => format!("can't execute '{name}': {error}"),
        (false, "env" | "xargs") if context.name == "xargs" => format!("{name}: {error}"),
        (false, "env") => format!("'{name}': {error}"),
        _ => format!("failed to run command '{name}': {error}"),
    };
    context.complain(message).await;
    ExitStatus::Exited(if error == Errno::ENOENT { 127 } else { 126 })
}

pub(super) async fn run_and_wait(context: &Context, spawn: Spawn) -> ExitStatus {
    let name = spawn.arguments.first().cloned().unwrap_or_default();
    match context.process.kernel().spawn(spawn) {
        Ok(handle) => handle.wait().await,
        Err(error) => not_started(context, &name, error).await,
    }
}

/// Flags that stand before a command; what follows the first operand is the command's.
fn split_command<'a>(words: &'a [String], with_value: &str) -> (Vec<(char, String)>, &'a [String]) {
    let mut flags = Vec::new();
    let mut rest = words;
    while let [word, after @ ..] = rest {
        let Some(letters) = word
            .strip_prefix('-')
            .filter(|letters| !letters.is_empty() && *letters != "-")
        else {
            break;
        };
        rest = after;
        let letter = match letters.strip_prefix('-') {
            Some(name) => match name.split('=').next() {
                Some("signal") => 's',
                Some("kill-after") => 'k',
                Some("ignore-environment") => 'i',
                Some("unset") => 'u',
                Some("interval") => 'n',
                Some("no-title") => 't',
                _ => '?',
            },
            None => letters.chars().next().unwrap_or('?'),
        };
        let attached = match letters.strip_prefix('-') {
            Some(name) => name.split_once('=').map(|(_, value)| value.to_string()),
            None => letters
                .get(1..)
                .filter(|value| !value.is_empty())
                .map(str::to_string),
        };
        let mut value = attached.unwrap_or_default();
        if with_value.contains(letter)
            && value.is_empty()
            && let [next, after @ ..] = rest
        {
            value = next.clone();
            rest = after;
        }
        flags.push((letter, value));
    }
    (flags, rest)
}

pub(super) async fn timeout(context: Context) -> ExitStatus {
    let (flags, words) = split_command(context.arguments.get(1..).unwrap_or_default(), "sk");
    let [limit, command @ ..] = words else {
        return context.missing_operand().await;
    };
    let Some(limit) = duration(limit) else {
        context
            .complain(format!(
                "invalid time interval '{limit}'\nTry 'timeout --help' for more information."
            ))
            .await;
        return ExitStatus::Exited(125);
    };
    if command.is_empty() {
        return context.missing_operand().await;
    }
    let value = |letter: char| {
        flags
            .iter()
            .find(|(flag, _)| *flag == letter)
            .map(|(_, value)| value.as_str())
    };
    let signal = value('s')
        .map_or(Some(Signal::TERM), Signal::parse)
        .unwrap_or(Signal::TERM);
    let spawn = child(&context, command);
    let name = command.first().cloned().unwrap_or_default();
    let handle = match context.process.kernel().spawn(spawn) {
        Ok(handle) => handle,
        Err(error) => return not_started(&context, &name, error).await,
    };
    let limit = if limit.is_zero() {
        Duration::from_secs(1 << 40)
    } else {
        limit
    };
    if let Either::Left(status) = race(handle.wait(), context.process.sleep(limit)).await {
        return status;
    }
    handle.signal(signal);
    if let Some(grace) = value('k').and_then(duration)
        && let Either::Right(()) = race(handle.wait(), context.process.sleep(grace)).await
    {
        handle.signal(Signal::KILL);
    }
    let status = handle.wait().await;
    match status {
        ExitStatus::Signaled(Signal::KILL) => ExitStatus::Exited(137),
        _ if context.is_busybox() => ExitStatus::Exited(143),
        _ => ExitStatus::Exited(124),
    }
}

pub(super) async fn env(context: Context) -> ExitStatus {
    let (flags, words) = split_command(context.arguments.get(1..).unwrap_or_default(), "u");
    let mut environment = if flags.iter().any(|(letter, _)| *letter == 'i') {
        Vec::new()
    } else {
        context.process.environment()
    };
    for (_, name) in flags.iter().filter(|(letter, _)| *letter == 'u') {
        environment.retain(|(key, _)| key != name);
    }
    let assignments = words.iter().take_while(|word| word.contains('=')).count();
    for (name, value) in words
        .iter()
        .take(assignments)
        .filter_map(|word| word.split_once('='))
    {
        environment.retain(|(key, _)| key != name);
        environment.push((name.to_string(), value.to_string()));
    }
    let command = words.get(assignments..).unwrap_or_default();
    if command.is_empty() {
        let lines: String = environment
            .iter()
            .map(|(name, value)| format!("{name}={value}\n"))
            .collect();
        context.process.print(lines).await;
        return ExitStatus::SUCCESS;
    }
    let mut spawn = child(&context, command);
    spawn.environment = environment;
    run_and_wait(&context, spawn).await
}

pub(super) async fn printenv(context: Context) -> ExitStatus {
    let Some(name) = context.arguments.get(1) else {
        let lines: String = context
            .process
            .environment()
            .iter()
            .map(|(name, value)| format!("{name}={value}\n"))
            .collect();
        context.process.print(lines).await;
        return ExitStatus::SUCCESS;
    };
    match context.process.variable(name) {
        Some(value) => {
            context.process.print(format!("{value}\n")).await;
            ExitStatus::SUCCESS
        }
        None => ExitStatus::FAILURE,
    }
}

pub(super) async fn nohup(context: Context) -> ExitStatus {
    let spawn = child(&context, context.arguments.get(1..).unwrap_or_default());
    spawn.signals.set(Signal::HUP, machine::Disposition::Ignore);
    run_and_wait(&context, spawn).await
}

pub(super) async fn hostname(context: Context) -> ExitStatus {
    let name = context.process.hostname();
    let shown = match context.arguments.get(1).map(String::as_str) {
        Some("-i" | "-I") => context.process.network().address().to_string(),
        _ => name,
    };
    context.process.print(format!("{shown}\n")).await;
    ExitStatus::SUCCESS
}

pub(super) async fn uname(context: Context) -> ExitStatus {
    let flags: String = context
        .arguments
        .iter()
        .skip(1)
        .flat_map(|word| word.trim_start_matches('-').chars())
        .collect();
    let flags = if flags.is_empty() {
        "s".to_string()
    } else {
        flags
    };
    let values = [
        ('s', "Linux".to_string()),
        ('n', context.process.hostname()),
        ('r', "6.8.0-drydock".into()),
        ('v', "#1 SMP".into()),
        ('m', "x86_64".into()),
        (
            'o',
            if context.is_busybox() {
                "Linux"
            } else {
                "GNU/Linux"
            }
            .into(),
        ),
    ];
    let chosen: Vec<String> = values
        .into_iter()
        .filter(|(letter, _)| flags.contains(*letter) || flags.contains('a'))
        .map(|(_, value)| value)
        .collect();
    context
        .process
        .print(format!("{}\n", chosen.join(" ")))
        .await;
    ExitStatus::SUCCESS
}

/// Bytes of memory that the machine has.
pub(super) const MEMORY_BYTES: u64 = 8 << 30;

pub(super) async fn free(context: Context) -> ExitStatus {
    let options = match context.options("bkmgh", &[("human", 'h')]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let processes = context.process.kernel().processes();
    let used: u64 = processes.iter().map(|process| process.memory).sum();
    let shown = |bytes: u64| match () {
        () if options.has('h') => human(bytes),
        () => {
            let unit = "bkmg".chars().position(|unit| options.has(unit));
            (bytes >> (10 * unit.unwrap_or(1))).to_string()
        }
    };
    let row = |name: &str, cells: &[u64]| {
        let cells: String = cells
            .iter()
            .map(|bytes| format!("{:>12}", shown(*bytes)))
            .collect();
        format!("{name:<8}{}\n", cells.get(1..).unwrap_or_default())
    };
    let rest = MEMORY_BYTES.saturating_sub(used);
    let text = format!(
        "              total        used        free      shared  buff/cache   available\n{}{}",
        row("Mem:", &[MEMORY_BYTES, used, rest, 0, 0, rest]),
        row("Swap:", &[0, 0, 0])
    );
    context.process.print(text).await;
    ExitStatus::SUCCESS
}

/// A size as `free -h` says it.
fn human(bytes: u64) -> String {
    let units = ["B", "Ki", "Mi", "Gi", "Ti"];
    let mut value = bytes as f64;
    for unit in units {
        if value < 1024.0 {
            let digits = usize::from(value < 10.0 && unit != "B");
            return format!("{value:.digits$}{unit}");
        }
        value /= 1024.0;
    }
    format!("{value:.0}Pi")
}

pub(super) async fn kill(context: Context) -> ExitStatus {
    let mut signal = Signal::TERM;
    let mut result = ExitStatus::SUCCESS;
    let mut words = context.arguments.iter().skip(1);
    while let Some(word) = words.next() {
        let name = if word == "-s" {
            words.next().map(String::as_str)
        } else {
            word.strip_prefix('-')
        };
        if let Some(name) = name {
            match Signal::parse(name) {
                Some(parsed) => signal = parsed,
                None => {
                    context.complain(format!("bad signal name '{name}'")).await;
                    return ExitStatus::FAILURE;
                }
            }
            continue;
        }
        let sent = word
            .parse()
            .map_err(|_| Errno::EINVAL)
            .and_then(|pid: u32| context.process.kill(pid, signal));
        if let Err(error) = sent {
            context
                .complain(format!("can't kill pid {word}: {error}"))
                .await;
            result = ExitStatus::FAILURE;
        }
    }
    result
}

pub(super) async fn which(context: Context) -> ExitStatus {
    let mut status = ExitStatus::SUCCESS;
    for name in context
        .arguments
        .iter()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
    {
        match context
            .process
            .kernel()
            .find_executable(&child(&context, std::slice::from_ref(name)))
        {
            Ok(path) => context.process.print(format!("{path}\n")).await,
            Err(_) => status = ExitStatus::FAILURE,
        }
    }
    status
}

pub(super) async fn test(context: Context) -> ExitStatus {
    match condition::evaluate(
        &context.process,
        context.arguments.get(1..).unwrap_or_default(),
    ) {
        Ok(value) => ExitStatus::Exited(u8::from(!value)),
        Err(message) => {
            context.complain(message).await;
            ExitStatus::Exited(2)
        }
    }
}

pub(super) async fn expression(context: Context) -> ExitStatus {
    let words = context.arguments.get(1..).unwrap_or_default();
    let text = match words {
        [left, operator, right] if matches!(operator.as_str(), "=" | "!=") => {
            i64::from((left == right) == (operator == "=")).to_string()
        }
        [left, operator, right] if operator == ":" => {
            let pattern = super::grep::basic_to_extended(right);
            let found = regex_lite::Regex::new(&format!("^(?:{pattern})"))
                .ok()
                .and_then(|expression| {
                    let captures = expression.captures(left)?;
                    Some(captures.get(1).map_or_else(
                        || {
                            captures
                                .get(0)
                                .map_or(0, |whole| whole.as_str().chars().count())
                                .to_string()
                        },
                        |group| group.as_str().to_string(),
                    ))
                });
            found.unwrap_or_else(|| "0".into())
        }
        [operator, text] if operator == "length" => text.chars().count().to_string(),
        words => {
            struct None;
            impl crate::arithmetic::Variables for None {
                fn get(&self, _name: &str) -> Option<String> {
                    Option::None
                }
                fn set(&mut self, _name: &str, _value: i64) {}
            }
            match crate::arithmetic::evaluate(&words.join(" "), &mut None) {
                Ok(value) => value.to_string(),
                Err(_) => {
                    context.complain("syntax error").await;
                    return ExitStatus::Exited(2);
                }
            }
        }
    };
    context.process.print(format!("{text}\n")).await;
    ExitStatus::Exited(u8::from(text.is_empty() || text == "0"))
}

pub(super) async fn xargs(context: Context) -> ExitStatus {
    let (flags, words) = split_command(context.arguments.get(1..).unwrap_or_default(), "nIPLd");
    let value = |letter: char| {
        flags
            .iter()
            .find(|(flag, _)| *flag == letter)
            .map(|(_, value)| value.clone())
    };
    let bytes = context.process.read_to_end(0).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let echo = ["echo".to_string()];
    let command = if words.is_empty() { &echo[..] } else { words };
    let runs: Vec<Vec<String>> = match value('I') {
        Some(mark) => text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| {
                command
                    .iter()
                    .map(|word| word.replace(&mark, line.trim()))
                    .collect()
            })
            .collect(),
        None => {
            let items: Vec<String> = text
                .split_whitespace()
                .map(|item| item.trim_matches(['"', '\'']).to_string())
                .collect();
            let count = value('n')
                .and_then(|count| count.parse().ok())
                .filter(|count| *count > 0)
                .unwrap_or(5000);
            if items.is_empty() {
                if flags.iter().any(|(letter, _)| *letter == 'r') {
                    Vec::new()
                } else {
                    vec![command.to_vec()]
                }
            } else {
                items
                    .chunks(count)
                    .map(|chunk| [command, chunk].concat())
                    .collect()
            }
        }
    };
    let mut result = ExitStatus::SUCCESS;
    for words in runs {
        let mut spawn = child(&context, &words);
        spawn.descriptors.insert(0, machine::file::null());
        let status = run_and_wait(&context, spawn).await;
        match status {
            ExitStatus::Exited(126 | 127) => return status,
            status if !status.success() => result = ExitStatus::Exited(123),
            _ => {}
        }
    }
    result
}

pub(super) async fn watch(context: Context) -> ExitStatus {
    let (flags, words) = split_command(context.arguments.get(1..).unwrap_or_default(), "n");
    if words.is_empty() {
        return context.missing_operand().await;
    }
    let interval = flags
        .iter()
        .find(|(letter, _)| *letter == 'n')
        .and_then(|(_, value)| duration(value))
        .unwrap_or(Duration::from_secs(2))
        .max(Duration::from_millis(100));
    let title = !flags.iter().any(|(letter, _)| *letter == 't');
    loop {
        let (reader, writer) = machine::pipe();
        let mut spawn = child(
            &context,
            &["sh".to_string(), "-c".to_string(), words.join(" ")],
        );
        spawn.descriptors.insert(1, writer.clone());
        spawn.descriptors.insert(2, writer);
        let handle = match context.process.kernel().spawn(spawn) {
            Ok(handle) => handle,
            Err(error) => return not_started(&context, "sh", error).await,
        };
        let mut output = Vec::new();
        while let Ok(bytes) = reader.read(64 * 1024).await {
            if bytes.is_empty() || output.len() > 64 * 1024 {
                break;
            }
            output.extend(bytes);
        }
        handle.signal(Signal::PIPE);
        let heading = if title {
            format!(
                "Every {:.1}s: {}\n\n",
                interval.as_secs_f64(),
                words.join(" ")
            )
        } else {
            String::new()
        };
        context
            .process
            .print(format!(
                "\x1b[H\x1b[2J{heading}{}",
                String::from_utf8_lossy(&output)
            ))
            .await;
        context.process.sleep(interval).await;
    }
}

/// Runs a command as root, who one is already.
pub(super) async fn sudo(context: Context) -> ExitStatus {
    let words = context.arguments.iter().skip(1);
    let mut words: Vec<String> = words
        .skip_while(|word| word.starts_with('-'))
        .cloned()
        .collect();
    if words.is_empty() {
        match context
            .arguments
            .iter()
            .any(|word| matches!(word.as_str(), "-i" | "-s" | "su"))
        {
            true => words.push("bash".into()),
            false => {
                let text = "usage: sudo -h | -K | -k | -V\nusage: sudo [-ABbEHnPS] [-g group] [-h host] [-p prompt] [-u user] [VAR=value] [-i | -s] [command [arg ...]]\n";
                context.process.print_error(text).await;
                return ExitStatus::FAILURE;
            }
        }
    }
    let mut spawn = child(&context, &words);
    while let Some((name, value)) = spawn
        .arguments
        .first()
        .and_then(|word| word.split_once('='))
    {
        spawn.environment.push((name.into(), value.into()));
        spawn.arguments.remove(0);
    }
    let name = spawn.arguments.first().cloned().unwrap_or_default();
    match context.process.kernel().spawn(spawn) {
        Ok(handle) => handle.wait().await,
        Err(Errno::ENOENT) => {
            context.complain(format!("{name}: command not found")).await;
            ExitStatus::FAILURE
        }
        Err(error) => not_started(&context, &name, error).await,
    }
}
