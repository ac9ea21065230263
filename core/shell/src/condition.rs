//! `test`, `[ … ]` and `[[ … ]]`.

use crate::interpreter::{Flow, Shell, ShellFuture};
use crate::pattern;
use crate::syntax::{Part, Word};
use machine::{EntryKind, Process};

/// `test` and `[`.
pub(crate) fn test(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let (name, mut words) = match arguments.split_first() {
            Some((name, words)) => (name.clone(), words.to_vec()),
            None => return Flow::Next(1),
        };
        if name == "[" && words.pop().as_deref() != Some("]") {
            shell.complain("[: missing `]'").await;
            return Flow::Next(2);
        }
        match evaluate(&shell.process, &words) {
            Ok(value) => Flow::Next(i32::from(!value)),
            Err(message) => {
                shell.complain(&format!("{name}: {message}")).await;
                Flow::Next(2)
            }
        }
    })
}

/// Evaluates the words of `test`, for the built-in and for the program of the same name.
pub fn evaluate(process: &Process, words: &[String]) -> Result<bool, String> {
    let mut parser = Test {
        process,
        words,
        position: 0,
    };
    if words.is_empty() {
        return Ok(false);
    }
    let value = parser.or()?;
    match words.get(parser.position) {
        None => Ok(value),
        Some(_) => Err("too many arguments".to_string()),
    }
}

struct Test<'a> {
    process: &'a Process,
    words: &'a [String],
    position: usize,
}

impl Test<'_> {
    fn peek(&self, offset: usize) -> Option<&str> {
        self.words.get(self.position + offset).map(String::as_str)
    }

    fn or(&mut self) -> Result<bool, String> {
        let mut value = self.and()?;
        while self.peek(0) == Some("-o") {
            self.position += 1;
            value |= self.and()?;
        }
        Ok(value)
    }

    fn and(&mut self) -> Result<bool, String> {
        let mut value = self.not()?;
        while self.peek(0) == Some("-a") {
            self.position += 1;
            value &= self.not()?;
        }
        Ok(value)
    }

    fn not(&mut self) -> Result<bool, String> {
        let mut negated = false;
        while self.peek(0) == Some("!") && self.peek(1).is_some() {
            self.position += 1;
            negated = !negated;
        }
        Ok(self.primary()? != negated)
    }

    fn primary(&mut self) -> Result<bool, String> {
        if let (Some(left), Some(operator), Some(right)) =
            (self.peek(0), self.peek(1), self.peek(2))
            && let Some(value) = binary(self.process, left, operator, right)
        {
            self.position += 3;
            return value;
        }
        let first = self.peek(0).unwrap_or_default().to_string();
        if first == "(" {
            self.position += 1;
            let value = self.or()?;
            if self.peek(0) != Some(")") {
                return Err("`)' expected".into());
            }
            self.position += 1;
            return Ok(value);
        }
        if let Some(operand) = self.peek(1)
            && let Some(value) = unary(self.process, &first, operand)
        {
            self.position += 2;
            return Ok(value);
        }
        if self.peek(1).is_some()
            && self.peek(1) != Some("-a")
            && self.peek(1) != Some("-o")
            && self.peek(1) != Some(")")
        {
            let unknown = self.peek(1).unwrap_or_default();
            return Err(if first.starts_with('-') {
                format!("{first}: unary operator expected")
            } else {
                format!("{unknown}: binary operator expected")
            });
        }
        self.position += 1;
        Ok(!first.is_empty())
    }
}

fn unary(process: &Process, operator: &str, operand: &str) -> Option<bool> {
    let entry = || process.files().entry(&process.path(operand));
    let mode = |bits: u32| entry().is_ok_and(|entry| entry.metadata.mode & bits != 0);
    Some(match operator {
        "-n" => !operand.is_empty(),
        "-z" => operand.is_empty(),
        "-e" | "-a" => entry().is_ok(),
        "-f" => entry().is_ok_and(|entry| matches!(entry.kind, EntryKind::File(_))),
        "-d" => entry().is_ok_and(|entry| entry.is_directory()),
        "-L" | "-h" => process.files().read_link(&process.path(operand)).is_ok(),
        "-s" => entry().is_ok_and(|entry| entry.size() > 0),
        "-r" | "-w" => entry().is_ok(),
        "-x" => mode(0o111),
        "-c" => entry().is_ok_and(|entry| matches!(entry.kind, EntryKind::Device(_))),
        "-S" | "-p" => entry().is_ok_and(|entry| matches!(entry.kind, EntryKind::Socket)),
        "-b" | "-u" | "-g" | "-k" => false,
        "-t" => operand
            .parse()
            .is_ok_and(|number| process.is_terminal(number)),
        "-v" => process.variable(operand).is_some(),
        _ => return None,
    })
}

fn binary(
    process: &Process,
    left: &str,
    operator: &str,
    right: &str,
) -> Option<Result<bool, String>> {
    let numbers = |compare: fn(i64, i64) -> bool| {
        let number = |text: &str| {
            text.trim()
                .parse::<i64>()
                .map_err(|_| format!("{text}: integer expression expected"))
        };
        Some(number(left).and_then(|left| number(right).map(|right| compare(left, right))))
    };
    let modified = |path: &str| {
        process
            .files()
            .entry(&process.path(path))
            .ok()
            .map(|entry| entry.metadata.modified)
    };
    match operator {
        "=" | "==" => Some(Ok(left == right)),
        "!=" => Some(Ok(left != right)),
        "<" => Some(Ok(left < right)),
        ">" => Some(Ok(left > right)),
        "-eq" => numbers(|left, right| left == right),
        "-ne" => numbers(|left, right| left != right),
        "-lt" => numbers(|left, right| left < right),
        "-le" => numbers(|left, right| left <= right),
        "-gt" => numbers(|left, right| left > right),
        "-ge" => numbers(|left, right| left >= right),
        "-nt" => Some(Ok(modified(left) > modified(right))),
        "-ot" => Some(Ok(modified(left) < modified(right))),
        "-ef" => Some(Ok(process.files().resolve(&process.path(left), true)
            == process.files().resolve(&process.path(right), true))),
        _ => None,
    }
}

/// `[[ … ]]`: no splitting, patterns on the right side, `&&` and `||` inside.
pub(crate) async fn run(shell: &mut Shell, words: &[Word]) -> Flow {
    let mut position = 0;
    match Box::pin(or(shell, words, &mut position)).await {
        Ok(value) if position == words.len() => Flow::Next(i32::from(!value)),
        Ok(_) => {
            shell
                .complain("syntax error in conditional expression")
                .await;
            Flow::Next(2)
        }
        Err(flow) => flow,
    }
}

/// The text of an unquoted operator word.
fn operator(words: &[Word], position: usize) -> Option<&str> {
    match words.get(position)?.parts.as_slice() {
        [
            Part::Text {
                text,
                quoted: false,
            },
        ] => Some(text),
        _ => None,
    }
}

async fn or(shell: &mut Shell, words: &[Word], position: &mut usize) -> Result<bool, Flow> {
    let mut value = and(shell, words, position).await?;
    while operator(words, *position) == Some("||") {
        *position += 1;
        let right = and(shell, words, position).await?;
        value |= right;
    }
    Ok(value)
}

async fn and(shell: &mut Shell, words: &[Word], position: &mut usize) -> Result<bool, Flow> {
    let mut value = primary(shell, words, position).await?;
    while operator(words, *position) == Some("&&") {
        *position += 1;
        let right = primary(shell, words, position).await?;
        value &= right;
    }
    Ok(value)
}

async fn primary(shell: &mut Shell, words: &[Word], position: &mut usize) -> Result<bool, Flow> {
    let mut negated = false;
    while operator(words, *position) == Some("!") {
        *position += 1;
        negated = !negated;
    }
    if operator(words, *position) == Some("(") {
        *position += 1;
        let value = Box::pin(or(shell, words, position)).await?;
        *position += 1;
        return Ok(value != negated);
    }
    let Some(first) = words.get(*position) else {
        return Ok(negated);
    };
    let unary_operator = operator(words, *position)
        .filter(|text| text.starts_with('-') && text.len() == 2)
        .map(str::to_string);
    if let (Some(name), Some(operand)) = (unary_operator, words.get(*position + 1)) {
        let operand = shell.expand_single(operand).await?;
        let known = if name == "-v" {
            Some(shell.state.variables.contains_key(&operand))
        } else {
            unary(&shell.process, &name, &operand)
        };
        if let Some(value) = known {
            *position += 2;
            return Ok(value != negated);
        }
    }
    let left = shell.expand_single(first).await?;
    let name = operator(words, *position + 1).map(str::to_string);
    if let (Some(name), Some(right)) = (name, words.get(*position + 2))
        && !matches!(name.as_str(), "&&" | "||" | ")")
    {
        *position += 3;
        let value = compare(shell, &left, &name, right).await?;
        return Ok(value != negated);
    }
    *position += 1;
    Ok(left.is_empty() == negated)
}

async fn compare(shell: &mut Shell, left: &str, name: &str, right: &Word) -> Result<bool, Flow> {
    match name {
        "=" | "==" | "!=" => {
            let wanted = shell.expand_to_pattern(right).await?;
            Ok(pattern::matches(&wanted, left) == (name != "!="))
        }
        "=~" => {
            let text = shell.expand_single(right).await?;
            let Ok(expression) = regex_lite::Regex::new(&text) else {
                return Err(Flow::Next(2));
            };
            let found = expression.captures(left);
            if let Some(captures) = &found {
                let groups = captures
                    .iter()
                    .map(|group| group.map_or(String::new(), |group| group.as_str().to_string()));
                shell.state.set_value(
                    "BASH_REMATCH",
                    crate::state::Value::Array((0..).zip(groups).collect()),
                );
            }
            Ok(found.is_some())
        }
        _ => {
            let right = shell.expand_single(right).await?;
            match binary(&shell.process, left, name, &right) {
                Some(Ok(value)) => Ok(value),
                Some(Err(message)) => {
                    shell.complain(&format!("[[: {message}")).await;
                    Err(Flow::Next(1))
                }
                None => {
                    shell
                        .complain(&format!(
                            "conditional binary operator expected near `{name}'"
                        ))
                        .await;
                    Err(Flow::Next(2))
                }
            }
        }
    }
}
