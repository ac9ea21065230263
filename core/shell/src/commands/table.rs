//! The process table: `ps`, `top`, `pgrep`, `pkill`, `pidof`, `killall`, `uptime`, `nproc`.

use super::list::Calendar;
use super::process::MEMORY_BYTES;
use super::{Context, account, duration};
use machine::{Duration, ExitStatus, Process, ProcessInfo, ProcessState, Signal, Time, path};
use std::fmt::Write;

/// What there is of a process, with the process itself.
fn alive(context: &Context) -> Vec<(Process, ProcessInfo)> {
    let all = context.process.namespace().processes().into_iter();
    all.map(|process| (process.clone(), process.info()))
        .filter(|(_, info)| !matches!(info.state, ProcessState::Ended(_)))
        .collect()
}

fn name_of(info: &ProcessInfo) -> &str {
    info.arguments
        .first()
        .map_or("", |name| path::file_name(name.trim_start_matches('-')))
}

fn has_terminal(process: &Process) -> bool {
    process
        .descriptors()
        .values()
        .any(|file| file.terminal().is_some())
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

fn minutes(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}

fn hour_of(time: Time) -> String {
    let date = Calendar::of(time);
    format!("{:02}:{:02}", date.hour, date.minute)
}

/// The number of the parent in the namespace of who asks.
fn parent_of(all: &[(Process, ProcessInfo)], info: &ProcessInfo) -> u32 {
    let parent = all.iter().find(|(_, other)| other.pid == info.parent);
    parent.map_or(0, |(_, parent)| parent.local_pid)
}

/// One column of `ps -o`: its heading, and the cell of a process.
fn column(
    context: &Context,
    all: &[(Process, ProcessInfo)],
    name: &str,
    of: Option<&(Process, ProcessInfo)>,
) -> Option<String> {
    let (heading, width) = match name {
        "pid" => ("PID", -7),
        "ppid" => ("PPID", -7),
        "user" => ("USER", 8),
        "uid" => ("UID", -5),
        "comm" => ("COMMAND", 15),
        "args" | "cmd" | "command" => (if name == "cmd" { "CMD" } else { "COMMAND" }, 0),
        "stat" | "state" | "s" => (if name == "stat" { "STAT" } else { "S" }, 4),
        "time" => ("TIME", -8),
        "etime" => ("ELAPSED", -11),
        "rss" => ("RSS", -5),
        "vsz" => ("VSZ", -6),
        "%cpu" | "pcpu" => ("%CPU", -4),
        "%mem" | "pmem" => ("%MEM", -4),
        "tty" | "tt" => ("TT", 8),
        "pgid" => ("PGID", -7),
        _ => return None,
    };
    let text = match of {
        None => heading.to_owned(),
        Some((process, info)) => match name {
            "pid" => info.local_pid.to_string(),
            "ppid" => parent_of(all, info).to_string(),
            "pgid" => process.group().to_string(),
            "user" => account::user(context.process.files(), info.user),
            "uid" => info.user.to_string(),
            "comm" => name_of(info).to_owned(),
            "args" | "cmd" | "command" => info.arguments.join(" "),
            "stat" | "state" | "s" => if info.state == ProcessState::Stopped {
                "T"
            } else {
                "S"
            }
            .to_owned(),
            "time" => clock(info.cpu),
            "etime" => {
                let past = context
                    .process
                    .simulation()
                    .now()
                    .since(info.started)
                    .as_secs();
                format!("{:02}:{:02}", past / 60, past % 60)
            }
            "rss" => (info.memory / 1024).to_string(),
            "vsz" => (info.memory / 512).to_string(),
            "tty" | "tt" => if has_terminal(process) { "pts/0" } else { "?" }.to_owned(),
            _ => "0.0".to_owned(),
        },
    };
    let cells = width as isize;
    Some(match cells {
        0 => text,
        1.. => format!("{text:<width$}", width = cells.unsigned_abs()),
        _ => format!("{text:>width$}", width = cells.unsigned_abs()),
    })
}

/// `ps -o LIST`.
fn chosen(context: &Context, all: &[(Process, ProcessInfo)], list: &str) -> Result<String, String> {
    let names: Vec<&str> = list
        .split(',')
        .map(|name| name.trim_end_matches('='))
        .collect();
    let row = |of| -> Result<String, String> {
        let cells = names.iter().map(|name| {
            column(context, all, name, of).ok_or_else(|| match context.is_busybox() {
                true => format!("bad -o argument '{name}', supported arguments: user,group,comm,args,pid,ppid,pgid,tty,vsz,sid,stat,rss"),
                false => format!("error: unknown user-defined format specifier \"{name}\"\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1)."),
            })
        });
        Ok(cells
            .collect::<Result<Vec<String>, String>>()?
            .join(" ")
            .trim_end()
            .to_owned()
            + "\n")
    };
    let mut text = if list.ends_with('=') {
        String::new()
    } else {
        row(None)?
    };
    for one in all {
        text += &row(Some(one))?;
    }
    Ok(text)
}

/// `ps aux`.
fn with_usage(context: &Context, shown: &[(Process, ProcessInfo)]) -> String {
    let mut text =
        "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n".to_owned();
    for (process, info) in shown {
        let past = context.process.simulation().now().since(info.started);
        let _ = writeln!(
            text,
            "{:<8} {:>7} {:>4.1} {:>4.1} {:>6} {:>5} {:<8} {:<4} {} {:>6} {}",
            account::user(context.process.files(), info.user),
            info.local_pid,
            100.0 * info.cpu.as_secs_f64() / past.as_secs_f64().max(1.0),
            100.0 * info.memory as f64 / MEMORY_BYTES as f64,
            info.memory / 512,
            info.memory / 1024,
            if has_terminal(process) { "pts/0" } else { "?" },
            match (info.state, info.local_pid == 1) {
                (ProcessState::Stopped, _) => "T",
                (_, true) => "Ss",
                _ if process.host_pid() == context.process.host_pid() => "R+",
                _ => "S",
            },
            hour_of(info.started),
            minutes(info.cpu),
            info.arguments.join(" ")
        );
    }
    text
}

pub(super) async fn ps(context: Context) -> ExitStatus {
    let mut words = context.arguments.iter().skip(1).peekable();
    let (mut flags, mut list) = (String::new(), None);
    while let Some(word) = words.next() {
        match word.strip_prefix('-').unwrap_or(word) {
            rest if rest.ends_with('o') => {
                flags.push_str(rest.trim_end_matches('o'));
                list = words.next().cloned();
            }
            rest if rest.contains('o') && word.starts_with('-') => {
                list = rest.split_once('o').map(|(_, list)| list.to_owned());
            }
            rest => flags.push_str(rest),
        }
    }
    let everything = alive(&context);
    let is_mine = |process: &Process, info: &ProcessInfo| {
        info.parent == context.process.parent()
            || process.host_pid() == context.process.parent()
            || process.host_pid() == context.process.host_pid()
    };
    let all = flags.contains(['e', 'a', 'x', 'A']) || context.is_busybox();
    let shown: Vec<(Process, ProcessInfo)> = everything
        .iter()
        .filter(|(process, info)| all || is_mine(process, info))
        .cloned()
        .collect();
    let files = context.process.files();
    let user = |info: &ProcessInfo| account::user(files, info.user);
    let tty = |process: &Process| if has_terminal(process) { "pts/0" } else { "?" };
    let mut text = String::new();
    if let Some(list) = list {
        match chosen(&context, &shown, &list) {
            Ok(rows) => text = rows,
            Err(error) => {
                let error = match context.is_busybox() {
                    true => format!("ps: {error}\n"),
                    false => error + "\n",
                };
                context.process.print_error(error).await;
                return ExitStatus::FAILURE;
            }
        }
    } else if context.is_busybox() {
        text += "PID   USER     COMMAND\n";
        for (_, info) in &shown {
            let command = info.arguments.join(" ");
            let _ = writeln!(text, "{:>5} {:<8} {command}", info.local_pid, user(info));
        }
    } else if flags.contains('u') {
        text += &with_usage(&context, &shown);
    } else if flags.contains('f') {
        text += "UID          PID    PPID  C STIME TTY          TIME CMD\n";
        for (process, info) in &shown {
            let _ = writeln!(
                text,
                "{:<8} {:>7} {:>7}  0 {} {:<8} {} {}",
                user(info),
                info.local_pid,
                parent_of(&everything, info),
                hour_of(info.started),
                tty(process),
                clock(info.cpu),
                info.arguments.join(" ")
            );
        }
    } else {
        text += "    PID TTY          TIME CMD\n";
        for (process, info) in &shown {
            let terminal = if all { tty(process) } else { "pts/0" };
            let _ = writeln!(
                text,
                "{:>7} {terminal:<8} {} {}",
                info.local_pid,
                clock(info.cpu),
                name_of(info)
            );
        }
    }
    context.process.print(text).await;
    ExitStatus::SUCCESS
}

/// How long the machine has been up, in the words of `uptime`.
fn up(context: &Context) -> String {
    let now = context.process.simulation().now();
    let kernel = context.process.kernel();
    let minutes = now.since(kernel.started()).as_secs() / 60;
    let since = match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours:>2}:{minutes:02}"),
        (1, hours, minutes) => format!("1 day, {hours:>2}:{minutes:02}"),
        (days, hours, minutes) => format!("{days} days, {hours:>2}:{minutes:02}"),
    };
    let date = Calendar::of(now);
    let users = if context.is_busybox() {
        ""
    } else {
        "  1 user,"
    };
    format!(
        " {:02}:{:02}:{:02} up {since},  {users},  load average: 0.00, 0.00, 0.00",
        date.hour, date.minute, date.second
    )
}

pub(super) async fn uptime(context: Context) -> ExitStatus {
    context.process.print(up(&context) + "\n").await;
    ExitStatus::SUCCESS
}

pub(super) async fn processors(context: Context) -> ExitStatus {
    context.process.print("4\n").await;
    ExitStatus::SUCCESS
}

/// The screen of `top`, again and again, or once with `-b -n 1`.
pub(super) async fn top(context: Context) -> ExitStatus {
    let options = match context.options("bn:d:", &[]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let mut left: u64 = options
        .value('n')
        .and_then(|text| text.parse().ok())
        .unwrap_or(u64::MAX);
    let delay = options
        .value('d')
        .and_then(duration)
        .unwrap_or(Duration::from_secs(3));
    let delay = delay.max(Duration::from_millis(100));
    while left > 0 {
        let clear = if options.has('b') {
            ""
        } else {
            "\x1b[H\x1b[2J"
        };
        context
            .process
            .print(clear.to_owned() + &frame(&context))
            .await;
        left -= 1;
        if left > 0 {
            context.process.sleep(delay).await;
        }
    }
    ExitStatus::SUCCESS
}

fn frame(context: &Context) -> String {
    let mut all = alive(context);
    all.sort_by_key(|(_, info)| (std::cmp::Reverse(info.cpu), info.local_pid));
    let used: u64 = all.iter().map(|(_, info)| info.memory).sum();
    let total = MEMORY_BYTES / 1024;
    let (used, free) = (used / 1024, total.saturating_sub(used / 1024));
    let files = context.process.files();
    let mut text = String::new();
    if context.is_busybox() {
        let _ = write!(
            text,
            "Mem: {used}K used, {free}K free, 0K shrd, 0K buff, 0K cached\nCPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq\nLoad average: 0.00 0.00 0.00 1/{} {}\n\x1b[7m  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\x1b[m\n",
            all.len(),
            context.process.pid()
        );
    } else {
        let stopped = all
            .iter()
            .filter(|(_, info)| info.state == ProcessState::Stopped)
            .count();
        let mib = |kib: u64| kib as f64 / 1024.0;
        let _ = write!(
            text,
            "top -{}\nTasks: {:>3} total,   1 running, {:>3} sleeping, {stopped:>3} stopped,   0 zombie\n%Cpu(s):  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st \nMiB Mem : {:>8.1} total, {:>8.1} free, {:>8.1} used, {:>8.1} buff/cache     \nMiB Swap: {:>8.1} total, {:>8.1} free, {:>8.1} used. {:>8.1} avail Mem \n\n    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n",
            up(context),
            all.len(),
            all.len().saturating_sub(stopped + 1),
            mib(total),
            mib(free),
            mib(used),
            0.0,
            0.0,
            0.0,
            0.0,
            mib(free)
        );
    }
    for (_, info) in &all {
        let user = account::user(files, info.user);
        let past = context.process.simulation().now().since(info.started);
        let share = 100.0 * info.cpu.as_secs_f64() / past.as_secs_f64().max(1.0);
        let memory = info.memory / 1024;
        let is_self = info.pid == context.process.host_pid();
        let state = if is_self { "R" } else { "S" };
        let _ = match context.is_busybox() {
            true => writeln!(
                text,
                "{:>5} {:>5} {user:<8} {state:<5}{:>6} {:>3}%   0 {share:>3.0}% {}",
                info.local_pid,
                parent_of(&all, info),
                memory * 2,
                memory * 100 / total,
                info.arguments.join(" ")
            ),
            false => writeln!(
                text,
                "{:>7} {user:<8}  20   0 {:>7} {memory:>6} {:>6} {state} {share:>5.1} {:>5.1} {:>6}:{:05.2} {}",
                info.local_pid,
                memory * 2,
                memory / 2,
                100.0 * memory as f64 / total as f64,
                info.cpu.as_secs() / 60,
                info.cpu.as_secs_f64() % 60.0,
                name_of(info)
            ),
        };
    }
    text
}

/// `pgrep` and `pkill`.
pub(super) async fn find(context: Context) -> ExitStatus {
    let words = context.arguments.iter().skip(1);
    let (flags, patterns): (Vec<&String>, Vec<&String>) =
        words.partition(|word| word.starts_with('-'));
    let Some(pattern) = patterns.first() else {
        context.complain("no matching criteria specified").await;
        return ExitStatus::Exited(2);
    };
    let has = |letter: char| {
        flags
            .iter()
            .any(|flag| flag.contains(letter) && flag.len() < 4)
    };
    let Ok(pattern) = regex_lite::Regex::new(pattern) else {
        context.complain(format!("bad regex '{pattern}'")).await;
        return ExitStatus::Exited(2);
    };
    let signal = flags
        .iter()
        .find_map(|flag| Signal::parse(flag.trim_start_matches('-')));
    let mut found = false;
    for (process, info) in alive(&context) {
        if process.host_pid() == context.process.host_pid() {
            continue;
        }
        let line = info.arguments.join(" ");
        let subject = if has('f') {
            line.as_str()
        } else {
            name_of(&info)
        };
        let matches = match (has('x'), pattern.find(subject)) {
            (true, Some(part)) => part.as_str() == subject,
            (false, part) => part.is_some(),
            (true, None) => false,
        };
        if !matches {
            continue;
        }
        found = true;
        if context.name == "pkill" {
            found = context
                .process
                .kill(process.pid(), signal.unwrap_or(Signal::TERM))
                .is_ok();
            continue;
        }
        let rest = match (has('l'), has('a')) {
            (_, true) => format!(" {line}"),
            (true, _) => format!(" {}", name_of(&info)),
            _ => String::new(),
        };
        context
            .process
            .print(format!("{}{rest}\n", info.local_pid))
            .await;
    }
    ExitStatus::Exited(u8::from(!found))
}

pub(super) async fn pid_of(context: Context) -> ExitStatus {
    let wanted = context.arguments.get(1..).unwrap_or_default();
    let mut numbers: Vec<u32> = alive(&context)
        .iter()
        .filter(|(_, info)| wanted.iter().any(|name| name == name_of(info)))
        .map(|(_, info)| info.local_pid)
        .collect();
    numbers.reverse();
    if numbers.is_empty() {
        return ExitStatus::FAILURE;
    }
    let words: Vec<String> = numbers.iter().map(u32::to_string).collect();
    context.process.print(words.join(" ") + "\n").await;
    ExitStatus::SUCCESS
}

pub(super) async fn kill_all(context: Context) -> ExitStatus {
    let words = context.arguments.iter().skip(1);
    let (flags, names): (Vec<&String>, Vec<&String>) =
        words.partition(|word| word.starts_with('-'));
    let signal = flags
        .iter()
        .find_map(|flag| Signal::parse(flag.trim_start_matches('-')));
    let mut found = false;
    for (process, info) in alive(&context) {
        if names.iter().any(|name| *name == name_of(&info)) {
            found |= context
                .process
                .kill(process.pid(), signal.unwrap_or(Signal::TERM))
                .is_ok();
        }
    }
    if !found {
        let name = names.first().map_or("", |name| name);
        let text = match context.is_busybox() {
            true => format!("{name}: no process killed"),
            false => format!("{name}: no process found"),
        };
        let text = match context.is_busybox() {
            true => format!("killall: {text}\n"),
            false => format!("{text}\n"),
        };
        context.process.print_error(text).await;
        return ExitStatus::FAILURE;
    }
    ExitStatus::SUCCESS
}
