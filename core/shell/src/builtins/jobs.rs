//! Built-ins about processes: jobs, signals, traps.

use crate::interpreter::{Flow, Job, Shell, ShellFuture};
use machine::{Disposition, Errno, Signal};
use simulation::{Either, race};

/// The job that `%1`, `%+`, `%%`, or a process number means.
fn find_job<'a>(shell: &'a Shell, word: &str) -> Option<&'a Job> {
    match word.strip_prefix('%') {
        Some("" | "+" | "%") => shell.jobs.last(),
        Some("-") => shell.jobs.iter().rev().nth(1),
        Some(number) => {
            let number: usize = number.parse().ok()?;
            shell.jobs.iter().find(|job| job.number == number)
        }
        None => {
            let pid: u32 = word.parse().ok()?;
            shell
                .jobs
                .iter()
                .find(|job| job.handle.process().pid() == pid)
        }
    }
}

pub(super) fn list(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let only_pids = arguments.iter().any(|word| word == "-p");
        let newest = shell.jobs.iter().map(|job| job.number).max().unwrap_or(0);
        let mut text = String::new();
        for job in &shell.jobs {
            let mark = if job.number == newest { '+' } else { '-' };
            let state = if job.handle.status().is_some() {
                "Done"
            } else {
                "Running"
            };
            match only_pids {
                true => text.push_str(&format!("{}\n", job.handle.process().pid())),
                false => text.push_str(&format!(
                    "[{}]{mark}  {state:<23} {} &\n",
                    job.number, job.text
                )),
            }
        }
        shell.process.print(text).await;
        shell.jobs.retain(|job| job.handle.status().is_none());
        Flow::Next(0)
    })
}

/// `fg` waits for a job; `bg` finds it running already.
pub(super) fn foreground(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let name = arguments.first().cloned().unwrap_or_default();
        if shell.state.names_lines {
            shell.complain(&format!("{name}: no job control")).await;
            return Flow::Next(1);
        }
        let wanted = arguments.get(1).map_or("%+", String::as_str);
        let Some(job) = find_job(shell, wanted).cloned() else {
            let which = if arguments.len() > 1 {
                wanted
            } else {
                "current"
            };
            shell
                .complain(&format!("{name}: {which}: no such job"))
                .await;
            return Flow::Next(1);
        };
        shell.process.print(format!("{}\n", job.text)).await;
        job.handle.signal(Signal::CONT);
        if name == "bg" {
            return Flow::Next(0);
        }
        shell.jobs.retain(|other| other.number != job.number);
        shell.wait_in_foreground(job.handle).await
    })
}

pub(super) fn wait(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let mut status = 0;
        let jobs = if arguments.len() < 2 {
            shell.jobs.clone()
        } else {
            let mut found = Vec::new();
            for word in arguments.iter().skip(1).filter(|word| *word != "-n") {
                match find_job(shell, word).cloned() {
                    Some(job) => found.push(job),
                    None => {
                        shell
                            .complain(&format!("wait: pid {word} is not a child of this shell"))
                            .await;
                        status = 127;
                    }
                }
            }
            found
        };
        for job in jobs {
            let signals = shell.process.signals().clone();
            match race(job.handle.wait(), signals.next()).await {
                Either::Left(ended) => {
                    status = if arguments.len() < 2 { 0 } else { ended.code() };
                    shell.jobs.retain(|other| other.number != job.number);
                }
                Either::Right(signal) => match shell.on_signal(signal).await {
                    Some(flow) => return flow,
                    None => return Flow::Next(128 + signal.number()),
                },
            }
        }
        Flow::Next(status)
    })
}

pub(super) fn kill(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let mut signal = Some(Signal::TERM);
        let mut targets = Vec::new();
        let mut words = arguments.iter().skip(1);
        while let Some(word) = words.next() {
            let name = match word.as_str() {
                "-l" | "-L" if words.len() > 0 => {
                    for word in words {
                        let code = word.parse::<i32>().map_or(0, |code| code & 127);
                        let same = |signal: &&Signal| signal.number() == code;
                        let found = Signal::ALL.iter().find(same).copied();
                        let text = match found.or_else(|| Signal::parse(word)) {
                            Some(signal) if code > 0 => {
                                signal.name().trim_start_matches("SIG").to_owned()
                            }
                            Some(signal) => signal.number().to_string(),
                            None => {
                                let why = format!("kill: {word}: invalid signal specification");
                                shell.complain(&why).await;
                                return Flow::Next(1);
                            }
                        };
                        shell.process.print(format!("{text}\n")).await;
                    }
                    return Flow::Next(0);
                }
                "-l" | "-L" => {
                    let names: Vec<String> = Signal::ALL
                        .iter()
                        .map(|signal| format!("{:>2}) {}", signal.number(), signal.name()))
                        .collect();
                    shell.process.print(format!("{}\n", names.join("\n"))).await;
                    return Flow::Next(0);
                }
                "-s" | "-n" => words.next().map(String::as_str),
                "--" => None,
                _ => word.strip_prefix('-').filter(|_| targets.is_empty()),
            };
            match name.map(|name| (name, Signal::parse(name))) {
                Some((_, Some(parsed))) => signal = Some(parsed),
                // Only asks whether somebody is there.
                Some(("0", None)) => signal = None,
                Some((name, None)) => {
                    shell
                        .complain(&format!("kill: {name}: invalid signal specification"))
                        .await;
                    return Flow::Next(1);
                }
                _ if word != "--" && name.is_none() => targets.push(word.clone()),
                _ => {}
            }
        }
        if targets.is_empty() {
            shell.complain("kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]").await;
            return Flow::Next(2);
        }
        let mut status = 0;
        for target in targets {
            if let Err(message) = send(shell, &target, signal) {
                shell.complain(&format!("kill: {message}")).await;
                status = 1;
            }
        }
        Flow::Next(status)
    })
}

fn send(shell: &Shell, target: &str, signal: Option<Signal>) -> Result<(), String> {
    if target.starts_with('%') {
        let job = find_job(shell, target).ok_or_else(|| format!("{target}: no such job"))?;
        let group = job.handle.process().group();
        let Some(signal) = signal else {
            return Ok(());
        };
        if group == shell.process.group() {
            // Without job control a job shares the shell's group.
            job.handle.signal(signal);
        } else {
            shell.process.kernel().signal_group(group, signal);
        }
        return Ok(());
    }
    let pid: u32 = target
        .parse()
        .map_err(|_| format!("{target}: arguments must be process or job IDs"))?;
    // `kill -0` only asks whether somebody is there: a new window's size disturbs nobody.
    let sent = shell.process.kill(pid, signal.unwrap_or(Signal::WINCH));
    sent.map_err(|error: Errno| format!("({pid}) - {error}"))
}

pub(super) fn trap(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let words: Vec<&String> = arguments
            .iter()
            .skip(1)
            .filter(|word| *word != "--")
            .collect();
        let Some((action, names)) = words.split_first() else {
            let lines: String = shell
                .state
                .traps
                .iter()
                .map(|(name, action)| {
                    format!(
                        "trap -- '{action}' {}{name}\n",
                        if matches!(name.as_str(), "EXIT" | "ERR") {
                            ""
                        } else {
                            "SIG"
                        }
                    )
                })
                .collect();
            shell.process.print(lines).await;
            return Flow::Next(0);
        };
        for name in names {
            let key = match name.as_str() {
                "0" | "EXIT" | "exit" => "EXIT".to_string(),
                "ERR" => "ERR".to_string(),
                "DEBUG" | "RETURN" => continue,
                other => match Signal::parse(other) {
                    Some(signal) => signal.name().trim_start_matches("SIG").to_string(),
                    None => {
                        shell
                            .complain(&format!("trap: {other}: invalid signal specification"))
                            .await;
                        return Flow::Next(1);
                    }
                },
            };
            set_trap(shell, &key, action);
        }
        Flow::Next(0)
    })
}

fn set_trap(shell: &mut Shell, key: &str, action: &str) {
    let disposition = match action {
        "-" => Disposition::Default,
        "" => Disposition::Ignore,
        _ => Disposition::Handle,
    };
    if let Some(signal) = Signal::parse(key) {
        shell.process.signals().set(signal, disposition);
    }
    if action == "-" {
        shell.state.traps.remove(key);
    } else {
        shell
            .state
            .traps
            .insert(key.to_string(), action.to_string());
    }
}
