//! From words to the arguments of a command: tilde, parameters, substitutions, arithmetic, field
//! splitting, file name patterns and quote removal, in bash's order.

mod parameter;

use crate::interpreter::{Flow, Shell};
use crate::parser::{DECLARATIONS, is_name};
use crate::syntax::{List, Part, Word};
use crate::{arithmetic, brace, limits, pattern};
use machine::{Content, Signal, path};
use std::rc::Rc;

/// A field that is being built: characters with whether they were quoted.
#[derive(Clone, Debug, Default)]
struct Field {
    characters: Vec<(char, bool)>,
    /// Something in it was quoted, so it stays a field even when it is empty.
    quoted: bool,
}

impl Field {
    fn push(&mut self, text: &str, quoted: bool) {
        self.quoted |= quoted;
        self.characters
            .extend(text.chars().map(|character| (character, quoted)));
    }

    fn text(&self) -> String {
        self.characters
            .iter()
            .map(|(character, _)| *character)
            .collect()
    }

    /// The field as a pattern: quoted special characters get a backslash.
    fn pattern(&self) -> String {
        let mut text = String::new();
        for (character, quoted) in &self.characters {
            if *character == '\\' || (*quoted && "*?[]!-^".contains(*character)) {
                text.push('\\');
            }
            text.push(*character);
        }
        text
    }
}

/// An expansion that failed ends the command; the message is printed already.
pub(crate) type Expanded<T> = Result<T, Flow>;

impl Shell {
    /// All words of a command.
    pub(crate) async fn expand_words(&mut self, words: &[Word]) -> Expanded<Vec<String>> {
        let mut expanded = Vec::new();
        for word in words {
            for word in brace::expand(word) {
                let fields = self.fields(&word, true).await?;
                for field in fields {
                    self.expand_pattern(&field, &mut expanded);
                }
            }
            if expanded.len() > limits::WORDS {
                return Err(self.fail("argument list too long", 1).await);
            }
        }
        Ok(expanded)
    }

    /// The words of a command; assignments behind `export` and its like are not split.
    pub(crate) async fn expand_command(&mut self, words: &[Word]) -> Expanded<Vec<String>> {
        let text = |word: &Word| match word.parts.first() {
            Some(Part::Text { text, quoted }) if !quoted => text.clone(),
            _ => String::new(),
        };
        let first = words.first().map(text).unwrap_or_default();
        if !DECLARATIONS.contains(&first.as_str()) {
            return self.expand_words(words).await;
        }
        let mut expanded = Vec::new();
        for word in words {
            let beginning = text(word);
            match beginning.split_once('=') {
                Some((name, _)) if is_name(name) => expanded.push(self.expand_single(word).await?),
                _ => expanded.extend(self.expand_words(std::slice::from_ref(word)).await?),
            }
        }
        Ok(expanded)
    }

    /// A word that is neither split nor taken as a pattern: an assignment's value, a file name.
    pub(crate) async fn expand_single(&mut self, word: &Word) -> Expanded<String> {
        let fields = self.fields(word, false).await?;
        let texts: Vec<String> = fields.iter().map(Field::text).collect();
        Ok(texts.join(" "))
    }

    /// A word as a pattern for `case` and `[[`.
    pub(crate) async fn expand_to_pattern(&mut self, word: &Word) -> Expanded<String> {
        let fields = self.fields(word, false).await?;
        let texts: Vec<String> = fields.iter().map(Field::pattern).collect();
        Ok(texts.join(" "))
    }

    /// A word as an arithmetic expression's value.
    pub(crate) async fn expand_arithmetic(&mut self, word: &Word) -> Expanded<i64> {
        let text = self.expand_single(word).await?;
        let value = arithmetic::evaluate(&text, &mut self.state);
        match value {
            Ok(value) => Ok(value),
            Err(message) => {
                let shown = if message.contains(&text) {
                    message
                } else {
                    format!("{text}: {message}")
                };
                Err(self.fail(&shown, 1).await)
            }
        }
    }

    async fn fields(&mut self, word: &Word, split: bool) -> Expanded<Vec<Field>> {
        let mut fields = vec![Field::default()];
        let mut started = false;
        for (index, part) in word.parts.iter().enumerate() {
            match part {
                Part::Text { text, quoted } => {
                    let text = if index == 0 && !quoted {
                        self.tilde(text)
                    } else {
                        text.clone()
                    };
                    push_last(&mut fields, &text, *quoted);
                    started |= *quoted || !text.is_empty();
                }
                Part::Parameter { parameter, quoted } => {
                    let values = self.parameter(parameter, *quoted).await?;
                    started |= self.append(&mut fields, values, *quoted, split);
                }
                Part::Substitution { list, quoted } => {
                    let output = self.substitute(list.clone()).await?;
                    started |= self.append(&mut fields, Values::one(output), *quoted, split);
                }
                Part::Process(list) => {
                    let name = self.substitute_file(list.clone()).await;
                    push_last(&mut fields, &name, true);
                    started = true;
                }
                Part::Arithmetic { expression, quoted } => {
                    let value = self.expand_boxed_arithmetic(expression.clone()).await?;
                    started |=
                        self.append(&mut fields, Values::one(value.to_string()), *quoted, split);
                }
            }
            self.hold(fields.last()).await?;
        }
        if split && !started {
            fields.clear();
        }
        if split {
            fields.retain(|field| field.quoted || !field.characters.is_empty());
        }
        Ok(fields)
    }

    /// Counts a long text as memory of the process, whose container may have no more; the longest
    /// that any shell holds ends the command as it ends when there is no memory.
    async fn hold(&mut self, text: Option<&Field>) -> Expanded<()> {
        let length = text.map_or(0, |text| text.characters.len());
        if length <= limits::UNCOUNTED_CHARACTERS {
            return Ok(());
        }
        // A text is held twice while it grows.
        let bytes = u64::try_from(length).unwrap_or(u64::MAX).saturating_mul(2);
        if self.process.set_memory(bytes).is_err() {
            return Err(Flow::Exit(128 + Signal::KILL.number()));
        }
        if length > limits::TEXT_CHARACTERS {
            let message = format!("xrealloc: cannot allocate {bytes} bytes");
            return Err(self.fail(&message, 2).await);
        }
        Ok(())
    }

    fn expand_boxed_arithmetic(&mut self, word: Rc<Word>) -> LocalFutureOf<'_, Expanded<i64>> {
        Box::pin(async move { self.expand_arithmetic(&word).await })
    }

    /// Adds an expansion's values; unquoted ones are split. True when something was added.
    fn append(&self, fields: &mut Vec<Field>, values: Values, quoted: bool, split: bool) -> bool {
        let separator = self.state.get("IFS").unwrap_or_else(|| " \t\n".into());
        let mut added = false;
        let joined = if values.joined || !split && !values.separate {
            vec![
                values
                    .texts
                    .join(&join_with(&separator, quoted, values.joined)),
            ]
        } else {
            values.texts
        };
        let empty_list = joined.is_empty();
        for (index, text) in joined.iter().enumerate() {
            if index > 0 {
                fields.push(Field::default());
            }
            added |= !text.is_empty() || quoted;
            if quoted || !split {
                push_last(fields, text, quoted);
            } else {
                split_into(fields, text, &separator);
            }
        }
        added && !empty_list
    }

    fn tilde(&self, text: &str) -> String {
        let Some(rest) = text.strip_prefix('~') else {
            return text.to_string();
        };
        let (user, below) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if user == "root" {
            return format!("/root{below}");
        }
        if !user.is_empty() {
            return text.to_string();
        }
        let home = self.state.get("HOME").unwrap_or_else(|| "/root".into());
        format!("{home}{rest}")
    }

    /// The output of a command substitution, without its final newlines.
    fn substitute(&mut self, list: Rc<List>) -> LocalFutureOf<'_, Expanded<String>> {
        Box::pin(async move {
            let (output, status) = self.capture(list).await;
            self.substituted = Some(status);
            let text = String::from_utf8_lossy(&output).into_owned();
            Ok(text.replace('\0', "").trim_end_matches('\n').to_string())
        })
    }

    /// `<( … )`: the commands run to their end first, and their output is left in a file that is
    /// named like a descriptor.
    fn substitute_file(&mut self, list: Rc<List>) -> LocalFutureOf<'_, String> {
        Box::pin(async move {
            let (output, _) = self.capture(list).await;
            self.process_files = (self.process_files + 1) % 32;
            let name = format!("/dev/fd/{}", 64 - self.process_files);
            let files = self.process.files();
            files.create_directory("/dev/fd", 0o755).ok();
            files.write(&name, Content::new(output), 0o600).ok();
            name
        })
    }

    /// Adds a field as itself or, when it is a pattern, as the paths that match.
    fn expand_pattern(&self, field: &Field, expanded: &mut Vec<String>) {
        let wanted = field.pattern();
        if self.state.options.no_patterns || !pattern::is_pattern(&wanted) {
            expanded.push(field.text());
            return;
        }
        let mut found = self.matching_paths(&wanted);
        if found.is_empty() {
            expanded.push(field.text());
        } else {
            found.sort();
            expanded.append(&mut found);
        }
    }

    fn matching_paths(&self, wanted: &str) -> Vec<String> {
        let files = self.process.files();
        let absolute = wanted.starts_with('/');
        let mut found = vec![if absolute {
            "/".to_string()
        } else {
            String::new()
        }];
        for segment in wanted.split('/').filter(|segment| !segment.is_empty()) {
            let mut next = Vec::new();
            for base in &found {
                let join = |name: &str| {
                    if base.is_empty() {
                        name.to_string()
                    } else {
                        path::join(base, name)
                    }
                };
                if !pattern::is_pattern(segment) {
                    let candidate = join(&pattern::unquote(segment));
                    if files.link_entry(&self.process.path(&candidate)).is_ok() {
                        next.push(candidate);
                    }
                    continue;
                }
                let directory = if base.is_empty() { "." } else { base };
                let entries = files
                    .read_directory(&self.process.path(directory))
                    .unwrap_or_default();
                let visible = entries
                    .iter()
                    .filter(|(name, _)| !name.starts_with('.') || segment.starts_with('.'));
                next.extend(
                    visible
                        .filter(|(name, _)| pattern::matches(segment, name))
                        .map(|(name, _)| join(name)),
                );
                if next.len() > limits::WORDS {
                    return Vec::new();
                }
            }
            found = next;
        }
        found
    }
}

type LocalFutureOf<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + 'a>>;

/// What an expansion gives: usually one text, for `$@` and arrays several.
pub(crate) struct Values {
    texts: Vec<String>,
    /// `"$*"`: joined with the first character of `IFS`.
    joined: bool,
    /// `$@` and `$*`: separate fields even inside of quotes.
    separate: bool,
}

impl Values {
    fn one(text: String) -> Values {
        Values {
            texts: vec![text],
            joined: false,
            separate: false,
        }
    }
}

fn join_with(separator: &str, quoted: bool, joined: bool) -> String {
    if quoted && joined {
        separator
            .chars()
            .next()
            .map(String::from)
            .unwrap_or_default()
    } else {
        " ".into()
    }
}

/// Appends to the last field, which is made when there is none.
fn push_last(fields: &mut Vec<Field>, text: &str, quoted: bool) {
    if fields.is_empty() {
        fields.push(Field::default());
    }
    if let Some(field) = fields.last_mut() {
        field.push(text, quoted);
    }
}

/// Splits a text at the separator's characters into fields; blanks at its ends only separate.
fn split_into(fields: &mut Vec<Field>, text: &str, separator: &str) {
    let is_blank = |character: char| separator.contains(character) && character.is_whitespace();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if !separator.contains(character) {
            push_last(fields, character.encode_utf8(&mut [0; 4]), false);
            continue;
        }
        if is_blank(character) {
            while rest.peek().is_some_and(|next| is_blank(*next)) {
                rest.next();
            }
            if rest.peek().is_some_and(|next| separator.contains(*next)) {
                continue;
            }
        } else {
            while rest.peek().is_some_and(|next| is_blank(*next)) {
                rest.next();
            }
            // A visible separator makes a field even when nothing stands before it.
            push_last(fields, "", true);
        }
        fields.push(Field::default());
    }
}
