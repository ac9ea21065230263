//! `awk`: patterns and actions over the fields of lines.
//!
//! Models POSIX awk without `getline`, user-defined functions and output to files or commands.

mod lex;
mod parse;
mod run;
mod value;

use super::Context;
use machine::ExitStatus;

/// Steps that one program may take.
const STEPS: u64 = 2_000_000;

pub(super) async fn awk(context: Context) -> ExitStatus {
    let options = match context
        .options("F:v:f:", &[("field-separator", 'F'), ("assign", 'v')])
        .await
    {
        Ok(options) => options,
        Err(_) => return ExitStatus::Exited(2),
    };
    let mut operands = options.operands.clone();
    let mut text = String::new();
    for file in options.values('f') {
        match context.input(file).await {
            Some(bytes) => text.push_str(&String::from_utf8_lossy(&bytes)),
            None => return ExitStatus::Exited(2),
        }
    }
    if options.values('f').is_empty() {
        if operands.is_empty() {
            let usage = if context.is_busybox() {
                "BusyBox v1.36.1 multi-call binary.\n\nUsage: awk [OPTIONS] [AWK_PROGRAM] [FILE]...\n"
            } else {
                "usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n"
            };
            context.process.print_error(usage).await;
            return ExitStatus::Exited(if context.is_busybox() { 1 } else { 2 });
        }
        text = operands.remove(0);
    }
    let program = match lex::tokens(&text).and_then(parse::program) {
        Ok(program) => program,
        Err(why) => {
            let message = if context.is_busybox() {
                format!("cmd. line:1: {why}")
            } else {
                format!("line 1: {why}")
            };
            context.complain(message).await;
            return ExitStatus::Exited(if context.is_busybox() { 1 } else { 2 });
        }
    };
    let mut machine = run::Machine::new(&program, STEPS);
    if let Some(separator) = options.value('F') {
        let separator = crate::escape::expand(separator).0;
        machine.assign("FS", if separator == "t" { "\t" } else { &separator });
    }
    for pair in options.values('v') {
        let Some((name, value)) = pair.split_once('=') else {
            context
                .complain(format!("invalid -v argument: {pair}"))
                .await;
            return ExitStatus::Exited(2);
        };
        machine.assign(name, &crate::escape::expand(value).0);
    }
    let mut flow = machine.begin();
    let mut complete = true;
    if flow.is_ok() && program.reads_input() {
        if operands.is_empty() {
            operands.push("-".into());
        }
        for operand in &operands {
            if let Some((name, value)) = operand.split_once('=')
                && crate::parser::is_name(name)
            {
                machine.assign(name, value);
                continue;
            }
            let Some(bytes) = context.input(operand).await else {
                complete = false;
                continue;
            };
            machine.assign("FILENAME", operand);
            machine.assign("FNR", "0");
            flow = machine.lines(&String::from_utf8_lossy(&bytes));
            context.process.print(machine.take_output()).await;
            if flow.is_err() {
                break;
            }
        }
    }
    let status = machine.end(flow);
    context.process.print(machine.take_output()).await;
    match status {
        Ok(0) if !complete => ExitStatus::Exited(2),
        Ok(status) => ExitStatus::Exited((status & 0xff) as u8),
        Err(why) => {
            context.complain(why).await;
            ExitStatus::Exited(2)
        }
    }
}
