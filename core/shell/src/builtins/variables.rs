//! Built-ins about variables, options and aliases.

use crate::interpreter::{Flow, Shell, ShellFuture};
use crate::parser::is_name;
use crate::quote;
use crate::state::{Key, Value, Variable};

/// `NAME`, `NAME=value` or `NAME+=value`.
fn split_assignment(word: &str) -> (&str, Option<&str>) {
    match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    }
}

async fn name_or_complain(shell: &mut Shell, builtin: &str, name: &str, word: &str) -> bool {
    if is_name(name) {
        return true;
    }
    shell
        .complain(&format!("{builtin}: `{word}': not a valid identifier"))
        .await;
    false
}

/// Applies `NAME[=value]` words; `change` marks each variable.
async fn mark(shell: &mut Shell, arguments: &[String], change: fn(&mut Variable)) -> Flow {
    let builtin = arguments.first().cloned().unwrap_or_default();
    let mut status = 0;
    for word in arguments
        .iter()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
    {
        let (name, value) = split_assignment(word);
        if !name_or_complain(shell, &builtin, name, word).await {
            status = 1;
            continue;
        }
        if let Some(value) = value
            && !shell.state.set(name, value)
        {
            shell.complain(&format!("{name}: readonly variable")).await;
            status = 1;
            continue;
        }
        let fresh = || Variable {
            value: Value::Scalar(String::new()),
            exported: false,
            read_only: false,
        };
        change(
            shell
                .state
                .variables
                .entry(name.to_string())
                .or_insert_with(fresh),
        );
    }
    Flow::Next(status)
}

/// `NAME=value` as `declare -p` writes it.
fn written(name: &str, variable: &Variable) -> String {
    match &variable.value {
        Value::Scalar(value) => format!("{name}=\"{value}\"\n"),
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|(index, value)| format!("[{index}]=\"{value}\""))
                .collect();
            format!("{name}=({})\n", items.join(" "))
        }
        Value::Map(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|(key, value)| format!("[{}]=\"{value}\" ", key.text))
                .collect();
            format!("{name}=({})\n", items.join(""))
        }
    }
}

/// `declare -p NAME…`
async fn show_named(shell: &mut Shell, names: &[String]) -> Flow {
    let mut status = 0;
    for name in names {
        let Some(variable) = shell.state.variables.get(name) else {
            shell.complain(&format!("declare: {name}: not found")).await;
            status = 1;
            continue;
        };
        let mut letters = match variable.value {
            Value::Scalar(_) => String::new(),
            Value::Array(_) => "a".into(),
            Value::Map(_) => "A".into(),
        };
        if variable.read_only {
            letters.push('r');
        }
        if variable.exported {
            letters.push('x');
        }
        if letters.is_empty() {
            letters.push('-');
        }
        let text = format!("declare -{letters} {}", written(name, variable));
        shell.process.print(text).await;
    }
    Flow::Next(status)
}

async fn show(shell: &mut Shell, prefix: &str, wanted: fn(&Variable) -> bool) -> Flow {
    let mut text = String::new();
    for (name, variable) in shell
        .state
        .variables
        .iter()
        .filter(|(_, variable)| wanted(variable))
    {
        text.push_str(prefix);
        text.push_str(&written(name, variable));
    }
    shell.process.print(text).await;
    Flow::Next(0)
}

pub(super) fn export(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        if arguments.get(1).is_none_or(|word| word == "-p") {
            return show(shell, "declare -x ", |variable| variable.exported).await;
        }
        let removes = arguments.iter().any(|word| word == "-n");
        mark(
            shell,
            &arguments,
            if removes {
                |variable| variable.exported = false
            } else {
                |variable| variable.exported = true
            },
        )
        .await
    })
}

pub(super) fn read_only(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        if arguments.len() < 2 {
            return show(shell, "declare -r ", |variable| variable.read_only).await;
        }
        mark(shell, &arguments, |variable| variable.read_only = true).await
    })
}

pub(super) fn declare(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let names = arguments.get(2..).unwrap_or_default();
        if arguments.get(1).is_some_and(|word| word == "-p") && !names.is_empty() {
            return show_named(shell, names).await;
        }
        if arguments.len() < 2 || arguments.get(1).is_some_and(|word| word == "-p") {
            return show(shell, "declare -- ", |_| true).await;
        }
        if arguments.get(1).is_some_and(|word| word == "-i") {
            for word in arguments.get(2..).unwrap_or_default() {
                let (name, value) = split_assignment(word);
                let number = crate::arithmetic::evaluate(value.unwrap_or("0"), &mut shell.state);
                shell.state.set(name, number.unwrap_or(0).to_string());
            }
            return Flow::Next(0);
        }
        let has = |letter: char| {
            arguments
                .iter()
                .any(|word| word.starts_with('-') && word.contains(letter))
        };
        if has('A') {
            for name in arguments.iter().skip(1).filter(|word| is_name(word)) {
                if !shell.state.is_map(name) {
                    shell.state.variables.remove(name);
                    let value = Value::Map(Default::default());
                    shell.state.set_value(name, value);
                }
            }
            return Flow::Next(0);
        }
        if has('a') {
            for name in arguments.iter().skip(1).filter(|word| is_name(word)) {
                shell
                    .state
                    .set_value(name, Value::Array(Default::default()));
            }
            return Flow::Next(0);
        }
        let change: fn(&mut Variable) = match (has('x'), has('r')) {
            (true, _) => |variable| variable.exported = true,
            (_, true) => |variable| variable.read_only = true,
            _ => |_| {},
        };
        mark(shell, &arguments, change).await
    })
}

pub(super) fn local(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        if shell.state.locals.is_empty() {
            shell
                .complain("local: can only be used in a function")
                .await;
            return Flow::Next(1);
        }
        for word in arguments
            .iter()
            .skip(1)
            .filter(|word| !word.starts_with('-'))
        {
            let name = split_assignment(word).0.to_string();
            let old = shell.state.variables.remove(&name);
            if let Some(hidden) = shell.state.locals.last_mut() {
                hidden.entry(name).or_insert(old);
            }
        }
        mark(shell, &arguments, |_| {}).await
    })
}

pub(super) fn unset(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let functions = arguments.iter().any(|word| word == "-f");
        let mut status = 0;
        for name in arguments
            .iter()
            .skip(1)
            .filter(|word| !word.starts_with('-'))
        {
            if functions {
                shell.state.functions.remove(name);
            } else if shell
                .state
                .variables
                .get(name)
                .is_some_and(|variable| variable.read_only)
            {
                shell
                    .complain(&format!("unset: {name}: cannot unset: readonly variable"))
                    .await;
                status = 1;
            } else if !unset_element(shell, name) && shell.state.variables.remove(name).is_none() {
                shell.state.functions.remove(name);
            }
        }
        Flow::Next(status)
    })
}

/// `unset NAME[subscript]`; false when the word is not of this form.
fn unset_element(shell: &mut Shell, word: &str) -> bool {
    let Some((name, subscript)) = word.strip_suffix(']').and_then(|word| word.split_once('['))
    else {
        return false;
    };
    if let Some(variable) = shell.state.variables.get_mut(name) {
        match &mut variable.value {
            Value::Map(items) => {
                items.remove(&Key::new(subscript));
            }
            Value::Array(items) => {
                if let Ok(index) = subscript.parse() {
                    items.remove(&index);
                }
            }
            Value::Scalar(_) => {}
        }
    }
    true
}

pub(super) fn set(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        if arguments.len() < 2 {
            let lines = shell
                .state
                .variables
                .iter()
                .filter_map(|(name, variable)| match &variable.value {
                    Value::Scalar(value) => Some(format!("{name}={}\n", quote(value))),
                    Value::Array(_) | Value::Map(_) => None,
                });
            let text: String = lines.collect();
            shell.process.print(text).await;
            return Flow::Next(0);
        }
        let mut words = arguments.into_iter().skip(1).peekable();
        while let Some(word) = words.peek().cloned() {
            let on = word.starts_with('-');
            if word == "--" {
                words.next();
                shell.state.arguments = words.collect();
                return Flow::Next(0);
            }
            if !(on || word.starts_with('+')) || word.len() < 2 {
                shell.state.arguments = words.collect();
                return Flow::Next(0);
            }
            words.next();
            for letter in word.chars().skip(1) {
                if letter == 'o' {
                    let name = words.next().unwrap_or_default();
                    if !set_named(shell, &name, on) {
                        shell
                            .complain(&format!("set: {name}: invalid option name"))
                            .await;
                        return Flow::Next(2);
                    }
                } else if !set_letter(shell, letter, on) {
                    shell
                        .complain(&format!("set: -{letter}: invalid option"))
                        .await;
                    return Flow::Next(2);
                }
            }
        }
        Flow::Next(0)
    })
}

/// Sets an option by its letter; false for one that does not exist.
pub(crate) fn set_letter(shell: &mut Shell, letter: char, on: bool) -> bool {
    let options = &mut shell.state.options;
    match letter {
        'e' => options.exit_on_error = on,
        'u' => options.unset_is_error = on,
        'x' => options.trace = on,
        'f' => options.no_patterns = on,
        'n' => options.no_execute = on,
        'v' => options.verbose = on,
        'm' | 'b' | 'h' | 'a' | 'B' | 'C' | 'E' | 'T' | 'H' | 'P' => {}
        _ => return false,
    }
    true
}

fn set_named(shell: &mut Shell, name: &str, on: bool) -> bool {
    let letter = match name {
        "errexit" => 'e',
        "nounset" => 'u',
        "xtrace" => 'x',
        "noglob" => 'f',
        "noexec" => 'n',
        "verbose" => 'v',
        "pipefail" => {
            shell.state.options.pipe_fail = on;
            return true;
        }
        "monitor" | "posix" | "emacs" | "vi" | "noclobber" | "allexport" | "history" => 'm',
        _ => return false,
    };
    set_letter(shell, letter, on)
}

pub(super) fn alias(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let mut status = 0;
        if arguments.len() < 2 {
            let lines: String = shell
                .state
                .aliases
                .iter()
                .map(|(name, text)| format!("alias {name}='{text}'\n"))
                .collect();
            shell.process.print(lines).await;
        }
        for word in arguments.iter().skip(1) {
            match word.split_once('=') {
                Some((name, text)) => {
                    shell
                        .state
                        .aliases
                        .insert(name.to_string(), text.to_string());
                }
                None => match shell.state.aliases.get(word) {
                    Some(text) => {
                        shell
                            .process
                            .print(format!("alias {word}='{text}'\n"))
                            .await
                    }
                    None => {
                        shell.complain(&format!("alias: {word}: not found")).await;
                        status = 1;
                    }
                },
            }
        }
        Flow::Next(status)
    })
}

pub(super) fn unalias(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        for name in arguments.iter().skip(1) {
            if name == "-a" {
                shell.state.aliases.clear();
            } else if shell.state.aliases.remove(name).is_none() {
                shell.complain(&format!("unalias: {name}: not found")).await;
                return Flow::Next(1);
            }
        }
        Flow::Next(0)
    })
}
