//! Variables in a Dockerfile's words. Models BuildKit's frontend/dockerfile/shell.

/// Looks a variable up.
pub(super) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A word with variables replaced and quotes removed.
pub(super) fn word(text: &str, look_up: Lookup<'_>) -> Result<String, String> {
    Expansion::new(text, look_up, false).run()
}

/// A whole command line for display: quotes stay, variables without a value stay.
pub(super) fn raw(text: &str, look_up: Lookup<'_>) -> String {
    Expansion::new(text, look_up, true)
        .run()
        .unwrap_or_else(|_| text.to_string())
}

/// Words split at blanks outside of quotes, each expanded.
pub(super) fn words(text: &str, look_up: Lookup<'_>) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for part in split(text) {
        all.push(word(&part, look_up)?);
    }
    Ok(all)
}

/// Splits at blanks outside of quotes; quotes and escapes stay.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut current = String::new();
    let mut quote: Option<char> = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match quote {
            _ if letter == '\\' && quote != Some('\'') => {
                current.push(letter);
                current.extend(letters.next());
            }
            Some(open) => {
                current.push(letter);
                if letter == open {
                    quote = None;
                }
            }
            None if letter.is_whitespace() => {
                if !current.is_empty() {
                    words.push(std::mem::take(&mut current));
                }
            }
            None => {
                if matches!(letter, '"' | '\'') {
                    quote = Some(letter);
                }
                current.push(letter);
            }
        }
    }
    if !current.is_empty() {
        words.push(current);
    }
    words
}

struct Expansion<'a> {
    text: &'a str,
    letters: std::iter::Peekable<std::str::Chars<'a>>,
    look_up: Lookup<'a>,
    raw: bool,
    output: String,
}

impl<'a> Expansion<'a> {
    fn new(text: &'a str, look_up: Lookup<'a>, raw: bool) -> Expansion<'a> {
        Expansion {
            text,
            letters: text.chars().peekable(),
            look_up,
            raw,
            output: String::new(),
        }
    }

    fn run(mut self) -> Result<String, String> {
        let mut double = false;
        while let Some(letter) = self.letters.next() {
            match letter {
                '\'' if !double => self.single()?,
                '"' => {
                    double = !double;
                    if self.raw {
                        self.output.push('"');
                    }
                }
                '\\' => {
                    let next = self.letters.next();
                    let keeps = self.raw || (double && !matches!(next, Some('"' | '$' | '\\')));
                    if keeps {
                        self.output.push('\\');
                    }
                    self.output.extend(next);
                }
                '$' => self.variable()?,
                other => self.output.push(other),
            }
        }
        if double {
            return Err(
                self.failed("unexpected end of statement while looking for matching double-quote")
            );
        }
        Ok(self.output)
    }

    fn failed(&self, reason: &str) -> String {
        format!("failed to process {:?}: {reason}", self.text)
    }

    fn single(&mut self) -> Result<(), String> {
        if self.raw {
            self.output.push('\'');
        }
        loop {
            match self.letters.next() {
                Some('\'') => break,
                Some(letter) => self.output.push(letter),
                None => {
                    return Err(self.failed(
                        "unexpected end of statement while looking for matching single-quote",
                    ));
                }
            }
        }
        if self.raw {
            self.output.push('\'');
        }
        Ok(())
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(letter) = self
            .letters
            .next_if(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
        {
            name.push(letter);
        }
        name
    }

    fn variable(&mut self) -> Result<(), String> {
        if self.letters.next_if_eq(&'{').is_none() {
            let name = self.name();
            if name.is_empty() {
                self.output.push('$');
                return Ok(());
            }
            match (self.look_up)(&name) {
                Some(value) => self.output.push_str(&value),
                None if self.raw => self.output.push_str(&format!("${name}")),
                None => {}
            }
            return Ok(());
        }
        let name = self.name();
        let mut inside = String::new();
        let mut depth = 1;
        for letter in self.letters.by_ref() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            inside.push(letter);
        }
        if depth > 0 {
            return Err(self.failed("syntax error: missing '}'"));
        }
        let value = (self.look_up)(&name);
        if self.raw && value.is_none() {
            self.output.push_str(&format!("${{{name}{inside}}}"));
            return Ok(());
        }
        let expanded = self.modified(&name, &inside, value)?;
        self.output.push_str(&expanded);
        Ok(())
    }

    /// `:-default`, `:+other`, `:?message`, `-`, `+`, `?`, `#prefix`, `%suffix`.
    fn modified(&self, name: &str, inside: &str, value: Option<String>) -> Result<String, String> {
        let (colon, rest) = match inside.strip_prefix(':') {
            Some(rest) => (true, rest),
            None => (false, inside),
        };
        let mut letters = rest.chars();
        let operator = letters.next();
        let argument = || word(letters.as_str(), self.look_up);
        let set = value
            .as_deref()
            .is_some_and(|value| !colon || !value.is_empty());
        let text = value.clone().unwrap_or_default();
        match operator {
            None => Ok(text),
            Some('-') => {
                if set {
                    Ok(text)
                } else {
                    argument()
                }
            }
            Some('+') => {
                if set {
                    argument()
                } else {
                    Ok(String::new())
                }
            }
            Some('?') if set => Ok(text),
            Some('?') => Err(self.failed(&format!("{name}: {}", argument()?))),
            Some('#') => {
                let prefix = argument()?;
                let prefix = prefix.trim_start_matches('#');
                Ok(text.strip_prefix(prefix).unwrap_or(&text).to_string())
            }
            Some('%') => {
                let suffix = argument()?;
                let suffix = suffix.trim_start_matches('%');
                Ok(text.strip_suffix(suffix).unwrap_or(&text).to_string())
            }
            Some(other) => {
                Err(self.failed(&format!("unsupported modifier ({other}) in substitution")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_quotes() {
        let look_up = |name: &str| (name == "A").then(|| "one".to_string());
        let cases = [
            ("$A/${A}x", "one/onex"),
            ("'$A' \"$A\"", "$A one"),
            ("${B:-two}${A:+yes}", "twoyes"),
            ("\\$A $B.", "$A ."),
            ("${A#o}", "ne"),
        ];
        for (text, expected) in cases {
            assert_eq!(word(text, &look_up).unwrap(), expected, "{text}");
        }
        assert_eq!(raw("echo \"$A\" '$A' $B", &look_up), "echo \"one\" '$A' $B");
        assert_eq!(
            word("\"x", &look_up).unwrap_err(),
            "failed to process \"\\\"x\": unexpected end of statement while looking for matching double-quote"
        );
    }
}
