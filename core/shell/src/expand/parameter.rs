//! `$NAME` and `${…}`.

use super::{Expanded, Values};
use crate::interpreter::Shell;
use crate::pattern;
use crate::state::{Key, Value};
use crate::syntax::{Operation, Parameter, Part, Word};

impl Shell {
    /// The values of a parameter expansion.
    pub(super) async fn parameter(
        &mut self,
        parameter: &Parameter,
        quoted: bool,
    ) -> Expanded<Values> {
        if let Operation::Names(star) = parameter.operation {
            let names = self.state.variables.keys();
            let texts = names
                .filter(|name| name.starts_with(&parameter.name))
                .cloned()
                .collect();
            return Ok(Values {
                texts,
                joined: star && quoted,
                separate: true,
            });
        }
        if parameter.indirect
            && let Some(star) = all_of(parameter.subscript.as_ref())
        {
            return Ok(Values {
                texts: self.keys(&parameter.name),
                joined: star && quoted,
                separate: true,
            });
        }
        let name = if parameter.indirect {
            self.state.get(&parameter.name).unwrap_or_default()
        } else {
            parameter.name.clone()
        };
        let all = self
            .all_elements(&name, parameter.subscript.as_ref())
            .await?;
        if let Some((elements, star)) = all {
            return self.list_values(parameter, elements, star, quoted).await;
        }
        let value = self.single(&name, parameter.subscript.as_ref()).await?;
        let text = self.operate(&name, value, &parameter.operation).await?;
        Ok(Values::one(text))
    }

    /// The subscripts of an array: `${!NAME[@]}`.
    fn keys(&self, name: &str) -> Vec<String> {
        match self.state.variables.get(name).map(|found| &found.value) {
            Some(Value::Array(items)) => items.keys().map(i64::to_string).collect(),
            Some(Value::Map(items)) => items.keys().map(|key| key.text.clone()).collect(),
            Some(Value::Scalar(_)) => vec!["0".into()],
            None => Vec::new(),
        }
    }

    /// The elements of `$@`, `$*`, `${NAME[@]}`, `${NAME[*]}`, and whether it is the star.
    async fn all_elements(
        &mut self,
        name: &str,
        subscript: Option<&Word>,
    ) -> Expanded<Option<(Vec<String>, bool)>> {
        if matches!(name, "@" | "*") {
            return Ok(Some((self.state.arguments.clone(), name == "*")));
        }
        let Some(subscript) = subscript else {
            return Ok(None);
        };
        let text = Box::pin(self.expand_single(subscript)).await?;
        if !matches!(text.as_str(), "@" | "*") {
            return Ok(None);
        }
        let elements = match self
            .state
            .variables
            .get(name)
            .map(|variable| &variable.value)
        {
            Some(Value::Array(items)) => items.values().cloned().collect(),
            Some(Value::Map(items)) => items.values().cloned().collect(),
            Some(Value::Scalar(text)) => vec![text.clone()],
            None => Vec::new(),
        };
        Ok(Some((elements, text == "*")))
    }

    async fn list_values(
        &mut self,
        parameter: &Parameter,
        elements: Vec<String>,
        star: bool,
        quoted: bool,
    ) -> Expanded<Values> {
        match &parameter.operation {
            Operation::Length => Ok(Values::one(elements.len().to_string())),
            Operation::Alternative(..) if elements.is_empty() => {
                let text = self
                    .operate(&parameter.name, None, &parameter.operation)
                    .await?;
                Ok(Values::one(text))
            }
            Operation::Alternative('+', _, word) => {
                Ok(Values::one(Box::pin(self.expand_single(word)).await?))
            }
            Operation::Value | Operation::Alternative(..) => Ok(Values {
                texts: elements,
                joined: star && quoted,
                separate: true,
            }),
            Operation::Substring(offset, length) => {
                let offset = Box::pin(self.expand_arithmetic(offset)).await?;
                let length = match length {
                    Some(length) => Some(Box::pin(self.expand_arithmetic(length)).await?),
                    None => None,
                };
                // `${@:1}` counts from the first argument, `${array[@]:0}` from the first element.
                let arguments = matches!(parameter.name.as_str(), "@" | "*");
                let count = i64::try_from(elements.len()).unwrap_or(i64::MAX);
                let skip = match offset {
                    // Counted from the end; what lies before the first element is nothing.
                    ..0 => count + offset,
                    0 if arguments => 0,
                    _ => offset - i64::from(arguments),
                };
                let skip = usize::try_from(skip).unwrap_or(usize::MAX);
                let count =
                    length.map_or(usize::MAX, |length| usize::try_from(length).unwrap_or(0));
                let texts = elements.into_iter().skip(skip).take(count).collect();
                Ok(Values {
                    texts,
                    joined: star && quoted,
                    separate: true,
                })
            }
            operation => {
                let mut texts = Vec::new();
                for element in elements {
                    texts.push(
                        self.operate(&parameter.name, Some(element), operation)
                            .await?,
                    );
                }
                Ok(Values {
                    texts,
                    joined: star && quoted,
                    separate: true,
                })
            }
        }
    }

    async fn single(&mut self, name: &str, subscript: Option<&Word>) -> Expanded<Option<String>> {
        if let Some(subscript) = subscript
            && self.state.is_map(name)
        {
            let key = Key::new(&Box::pin(self.expand_single(subscript)).await?);
            let found = self.state.variables.get(name);
            return Ok(found.and_then(|found| match &found.value {
                Value::Map(items) => items.get(&key).cloned(),
                _ => None,
            }));
        }
        if let Some(subscript) = subscript {
            let index = Box::pin(self.expand_arithmetic(subscript)).await?;
            return Ok(
                match self
                    .state
                    .variables
                    .get(name)
                    .map(|variable| &variable.value)
                {
                    Some(Value::Array(items)) => {
                        let last = items.keys().next_back().copied().unwrap_or(0);
                        items
                            .get(&if index < 0 { last + 1 + index } else { index })
                            .cloned()
                    }
                    Some(Value::Scalar(text)) if index == 0 || index == -1 => Some(text.clone()),
                    _ => None,
                },
            );
        }
        Ok(self.special(name).or_else(|| self.state.get(name)))
    }

    fn special(&self, name: &str) -> Option<String> {
        let state = &self.state;
        match name {
            "?" => Some(state.status.to_string()),
            "#" => Some(state.arguments.len().to_string()),
            "$" => Some(state.process_id.to_string()),
            "!" => state.last_background.map(|pid| pid.to_string()),
            "0" => Some(state.name.clone()),
            "-" => Some(self.option_letters()),
            "LINENO" => Some(state.line.to_string()),
            "PWD" if !state.variables.contains_key("PWD") => Some(self.process.directory()),
            "RANDOM" => Some((self.process.simulation().random().below(32768)).to_string()),
            "SECONDS" => Some(
                self.process
                    .simulation()
                    .now()
                    .since(self.process.started())
                    .as_secs()
                    .to_string(),
            ),
            "EPOCHSECONDS" => Some(self.process.simulation().now().as_secs().to_string()),
            "BASH_VERSION" => Some("5.2.37(1)-release".into()),
            "BASH_SOURCE" => Some(state.name.clone()),
            "HOSTNAME" => Some(self.process.hostname()),
            "UID" | "EUID" => Some(self.process.user().0.to_string()),
            "PPID" => Some(self.process.parent().to_string()),
            "BASHPID" => Some(self.process.pid().to_string()),
            _ => {
                let position: usize = name.parse().ok()?;
                state.arguments.get(position.checked_sub(1)?).cloned()
            }
        }
    }

    /// The status of a shell that a missing parameter ends: another one for `bash -c TEXT`.
    fn fatal_status(&self) -> i32 {
        let first = self.process.arguments().get(1).cloned();
        let text = first.is_some_and(|word| word.starts_with('-') && word.contains('c'));
        if text { 127 } else { 1 }
    }

    fn option_letters(&self) -> String {
        let options = self.state.options;
        let letters = [
            (options.exit_on_error, 'e'),
            (options.no_patterns, 'f'),
            (options.unset_is_error, 'u'),
            (options.trace, 'x'),
            (self.state.interactive, 'i'),
        ];
        letters
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, letter)| *letter)
            .collect::<String>()
            + "hB"
    }

    async fn operate(
        &mut self,
        name: &str,
        value: Option<String>,
        operation: &Operation,
    ) -> Expanded<String> {
        if let Operation::Alternative(operator, colon, word) = operation {
            return self.alternative(name, value, *operator, *colon, word).await;
        }
        let Some(text) = value else {
            if self.state.options.unset_is_error {
                let status = self.fatal_status();
                let message = format!("{name}: unbound variable");
                return Err(self.fail(&message, status).await);
            }
            return Ok(if *operation == Operation::Length {
                "0".into()
            } else {
                String::new()
            });
        };
        Ok(match operation {
            Operation::Value | Operation::Alternative(..) | Operation::Names(_) => text,
            Operation::Length => text.chars().count().to_string(),
            Operation::Remove(end, longest, word) => {
                let pattern = Box::pin(self.expand_to_pattern(word)).await?;
                remove(&text, *end, *longest, &pattern)
            }
            Operation::Replace(word, replacement, mode) => {
                let pattern = Box::pin(self.expand_to_pattern(word)).await?;
                let replacement = Box::pin(self.expand_single(replacement)).await?;
                replace(&text, &pattern, &replacement, *mode)
            }
            Operation::Substring(offset, length) => {
                let offset = Box::pin(self.expand_arithmetic(offset)).await?;
                let length = match length {
                    Some(length) => Some(Box::pin(self.expand_arithmetic(length)).await?),
                    None => None,
                };
                substring(&text, offset, length)
            }
            Operation::Case(direction, all) => change_case(&text, *direction, *all),
        })
    }

    async fn alternative(
        &mut self,
        name: &str,
        value: Option<String>,
        operator: char,
        colon: bool,
        word: &Word,
    ) -> Expanded<String> {
        let present = value
            .as_ref()
            .is_some_and(|text| !(colon && text.is_empty()));
        match operator {
            '+' if present => Box::pin(self.expand_single(word)).await,
            '+' => Ok(String::new()),
            _ if present => Ok(value.unwrap_or_default()),
            '=' => {
                let text = Box::pin(self.expand_single(word)).await?;
                self.state.set(name, text.clone());
                Ok(text)
            }
            '?' => {
                let text = Box::pin(self.expand_single(word)).await?;
                let message = match (text.as_str(), colon) {
                    ("", true) => "parameter null or not set",
                    ("", false) => "parameter not set",
                    (text, _) => text,
                };
                let status = self.fatal_status();
                Err(self.fail(&format!("{name}: {message}"), status).await)
            }
            _ => Box::pin(self.expand_single(word)).await,
        }
    }
}

/// Whether a subscript means all elements: `@` (false) or `*` (true).
fn all_of(subscript: Option<&Word>) -> Option<bool> {
    match subscript?.parts.as_slice() {
        [Part::Text { text, .. }] if text == "@" => Some(false),
        [Part::Text { text, .. }] if text == "*" => Some(true),
        _ => None,
    }
}

/// Cuts at every character boundary, shortest first piece first.
fn cuts(text: &str) -> Vec<(&str, &str)> {
    let indices = text
        .char_indices()
        .map(|(index, _)| index)
        .chain([text.len()]);
    indices
        .filter_map(|index| text.split_at_checked(index))
        .collect()
}

fn remove(text: &str, end: char, longest: bool, wanted: &str) -> String {
    let mut cuts = cuts(text);
    // `#` tries short heads first, `%` short tails; the longest match turns the order around.
    if (end == '#') == longest {
        cuts.reverse();
    }
    let found = cuts
        .into_iter()
        .find(|(head, tail)| pattern::matches(wanted, if end == '#' { head } else { tail }));
    match found {
        Some((head, tail)) => (if end == '#' { tail } else { head }).to_string(),
        None => text.to_string(),
    }
}

fn replace(text: &str, wanted: &str, replacement: &str, mode: Option<char>) -> String {
    let mut result = String::new();
    let mut rest = text;
    let mut done = wanted.is_empty();
    while !done {
        let longest_head = cuts(rest).into_iter().rev().find(|(head, tail)| {
            pattern::matches(wanted, head)
                && !head.is_empty()
                && (mode != Some('%') || tail.is_empty())
        });
        if let Some((_, tail)) = longest_head {
            result.push_str(replacement);
            rest = tail;
            done = mode != Some('/');
        } else if mode == Some('#') {
            done = true;
        } else {
            let mut characters = rest.chars();
            result.extend(characters.next());
            rest = characters.as_str();
        }
        done |= rest.is_empty();
    }
    result + rest
}

fn substring(text: &str, offset: i64, length: Option<i64>) -> String {
    let count = text.chars().count() as i64;
    let start = if offset < 0 {
        (count + offset).max(0)
    } else {
        offset.min(count)
    };
    let end = match length {
        None => count,
        Some(length) if length < 0 => (count + length).max(start),
        Some(length) => (start + length).min(count),
    };
    text.chars()
        .skip(start as usize)
        .take((end - start).max(0) as usize)
        .collect()
}

fn change_case(text: &str, direction: char, all: bool) -> String {
    let change = |character: char| -> String {
        if direction == '^' {
            character.to_uppercase().collect()
        } else {
            character.to_lowercase().collect()
        }
    };
    let mut characters = text.chars();
    match (all, characters.next()) {
        (false, Some(first)) => change(first) + characters.as_str(),
        _ => text.chars().map(change).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removal_and_replacement() {
        assert_eq!(remove("a/b/c.tar.gz", '#', true, "*/"), "c.tar.gz");
        assert_eq!(remove("a/b/c.tar.gz", '#', false, "*/"), "b/c.tar.gz");
        assert_eq!(remove("a.tar.gz", '%', false, ".*"), "a.tar");
        assert_eq!(remove("a.tar.gz", '%', true, ".*"), "a");
        assert_eq!(replace("hello", "l", "L", Some('/')), "heLLo");
        assert_eq!(replace("hello", "l*", "y", None), "hey");
        assert_eq!(substring("hello", -3, Some(2)), "ll");
        assert_eq!(change_case("abc", '^', false), "Abc");
    }
}
