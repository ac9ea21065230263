//! Commands about the terminal: `stty`, `tty`, `script`.

use super::Context;
use super::process::{child, not_started};
use machine::{ExitStatus, Terminal};
use simulation::{Either, race};
use std::rc::Rc;

pub(super) async fn stty(context: Context) -> ExitStatus {
    let terminal = context
        .process
        .descriptor(0)
        .ok()
        .filter(|file| file.terminal().is_some());
    let Some(file) = terminal else {
        context
            .complain("'standard input': Inappropriate ioctl for device")
            .await;
        return ExitStatus::FAILURE;
    };
    let Some(terminal) = file.terminal() else {
        return ExitStatus::FAILURE;
    };
    let (mut columns, mut rows) = terminal.size();
    let words = context.arguments.get(1..).unwrap_or_default();
    match words {
        [word] if word == "size" => context.process.print(format!("{rows} {columns}\n")).await,
        [] => context.process.print("speed 38400 baud; line = 0;\n").await,
        _ => {}
    }
    for pair in words.windows(2) {
        let [name, value] = pair else { continue };
        match (name.as_str(), value.parse()) {
            ("cols" | "columns", Ok(value)) => columns = value,
            ("rows", Ok(value)) => rows = value,
            _ => {}
        }
    }
    terminal.resize(columns, rows);
    for word in words {
        match word.as_str() {
            "-echo" => terminal.set_echo(false),
            "echo" | "sane" => terminal.set_echo(true),
            _ => {}
        }
    }
    ExitStatus::SUCCESS
}

pub(super) async fn terminal_name(context: Context) -> ExitStatus {
    let is_terminal = context.process.is_terminal(0);
    let name = if context.process.namespace().is_container() {
        "/dev/pts/0"
    } else {
        "/dev/pts/1"
    };
    context
        .process
        .print(if is_terminal {
            format!("{name}\n")
        } else {
            "not a tty\n".into()
        })
        .await;
    ExitStatus::Exited(u8::from(!is_terminal))
}

/// `script -qec COMMAND FILE`: runs a command on a terminal of its own and shows what it wrote
/// there, lines ended by carriage return and newline.
pub(super) async fn script(context: Context) -> ExitStatus {
    let options = match context
        .options(
            "qeac:f",
            &[("command", 'c'), ("quiet", 'q'), ("return", 'e')],
        )
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let command = options.value('c').unwrap_or("bash").to_string();
    let terminal = Terminal::new();
    let mut spawn = child(&context, &["sh".to_string(), "-c".to_string(), command]);
    for number in 0..3 {
        spawn.descriptors.insert(number, Rc::new(terminal.clone()));
    }
    spawn.group = None;
    let handle = match context.process.kernel().spawn(spawn) {
        Ok(handle) => handle,
        Err(error) => return not_started(&context, "sh", error).await,
    };
    terminal.set_foreground(context.process.kernel(), handle.pid());
    let input = context.process.clone();
    let typed = terminal.clone();
    let feeding = async move {
        while let Ok(bytes) = input.read(0, 4096).await {
            if bytes.is_empty() {
                break;
            }
            typed.input(&bytes);
        }
        typed.input(&[4]);
        std::future::pending::<()>().await;
    };
    let showing = async {
        loop {
            let ended = handle.status();
            let output = terminal.take_output();
            if !output.is_empty() {
                let text = String::from_utf8_lossy(&output)
                    .replace('\n', "\r\n")
                    .replace("\r\r\n", "\r\n");
                context.process.print(text).await;
            } else if let Some(status) = ended {
                return status;
            }
            match race(handle.wait(), terminal.wait_output()).await {
                Either::Left(_) | Either::Right(()) => {}
            }
        }
    };
    match race(showing, feeding).await {
        Either::Left(status) if options.has('e') => {
            ExitStatus::Exited((status.code() & 0xff) as u8)
        }
        _ => ExitStatus::SUCCESS,
    }
}
