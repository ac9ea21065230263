//! Cuts a format into its directives. Models `internal/fmtstr`.

/// One directive.
pub(super) struct Operation {
    /// As it is written, `%-5.2f`.
    pub text: String,
    /// Where it starts in the format, in bytes.
    pub start: usize,
    /// Its flags.
    pub flags: String,
    /// Its verb.
    pub verb: char,
    /// The index in the call of the argument that it prints.
    pub argument: usize,
    /// The indices of arguments of `*`.
    pub stars: Vec<usize>,
    /// There is a `[n]` in it.
    pub indexed: bool,
}

struct Parser<'a> {
    format: &'a str,
    at: usize,
    next: usize,
    first: usize,
    indexed: bool,
    pending: bool,
}

/// The directives of a format whose arguments start at an index of the call.
pub(super) fn parse(format: &str, first: usize) -> Result<Vec<Operation>, String> {
    let mut parser = Parser {
        format,
        at: 0,
        next: first,
        first,
        indexed: false,
        pending: false,
    };
    let mut operations = Vec::new();
    while let Some(percent) = parser.rest().find('%') {
        parser.at += percent;
        operations.push(parser.operation()?);
    }
    Ok(operations)
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.format.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn text(&self, start: usize) -> String {
        self.format.get(start..self.at).unwrap_or("").to_string()
    }

    fn operation(&mut self) -> Result<Operation, String> {
        let start = self.at;
        self.at += 1;
        self.indexed = false;
        self.pending = false;
        let mut flags = String::new();
        while let Some(flag @ ('#' | '0' | '+' | '-' | ' ')) = self.peek() {
            flags.push(flag);
            self.at += 1;
        }
        let mut stars = Vec::new();
        self.index(start)?;
        self.size(&mut stars);
        if self.peek() == Some('.') {
            self.at += 1;
            flags.push('.');
            self.index(start)?;
            self.size(&mut stars);
        }
        if !self.pending {
            self.index(start)?;
        }
        let Some(verb) = self.peek() else {
            return Err(format!(
                "format {} is missing verb at end of string",
                self.text(start)
            ));
        };
        self.at += verb.len_utf8();
        let argument = self.next;
        if verb != '%' {
            self.next += 1;
        }
        Ok(Operation {
            text: self.text(start),
            start,
            flags,
            verb,
            argument,
            stars,
            indexed: self.indexed,
        })
    }

    /// Digits or `*`.
    fn size(&mut self, stars: &mut Vec<usize>) {
        if self.peek() == Some('*') {
            self.at += 1;
            stars.push(self.next);
            self.next += 1;
            self.pending = false;
            return;
        }
        while self.peek().is_some_and(|digit| digit.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// `[n]`
    fn index(&mut self, start: usize) -> Result<(), String> {
        if self.peek() != Some('[') {
            return Ok(());
        }
        self.at += 1;
        let from = self.at;
        while self.peek().is_some_and(|digit| digit.is_ascii_digit()) {
            self.at += 1;
        }
        let digits = self.text(from);
        let number = digits.parse::<usize>().ok().filter(|number| *number > 0);
        match (self.peek(), number) {
            (Some(']'), Some(number)) => {
                self.at += 1;
                self.next = self.first + number - 1;
                self.indexed = true;
                self.pending = true;
                Ok(())
            }
            _ => {
                let Some(end) = self.rest().find(']') else {
                    self.at = self.format.len();
                    return Err(format!("format {} is missing closing ]", self.text(start)));
                };
                self.at += end;
                let inner = self.text(from);
                self.at += 1;
                Err(format!("format has invalid argument index [{inner}]"))
            }
        }
    }
}

/// The first text in a string that looks like a directive.
pub(super) fn possible(text: &str) -> Option<String> {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let from = rest.get(at..)?;
        rest = rest.get(at + 1..)?;
        let Some(found) = directive(from) else {
            continue;
        };
        let mut after = found.chars().skip(1);
        let is_escape = found.len() >= 3
            && after.next().is_some_and(|c| c.is_ascii_hexdigit())
            && after.next().is_some_and(|c| c.is_ascii_hexdigit());
        if !is_escape {
            return Some(found);
        }
        rest = from.get(found.len()..)?;
    }
    None
}

fn directive(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut at = 1;
    let skip = |at: &mut usize, test: fn(u8) -> bool| {
        while bytes.get(*at).is_some_and(|byte| test(*byte)) {
            *at += 1;
        }
    };
    skip(&mut at, |byte| matches!(byte, b'+' | b'-' | b'#'));
    let number = |at: &mut usize| {
        if bytes.get(*at) == Some(&b'*') {
            *at += 1;
        } else {
            skip(at, |byte| byte.is_ascii_digit());
        }
    };
    number(&mut at);
    if bytes.get(at) == Some(&b'.') {
        at += 1;
    }
    number(&mut at);
    let verb = bytes.get(at)?;
    b"bcdefgopqstvxEFGTUX"
        .contains(verb)
        .then(|| text.get(..at + 1).unwrap_or("").to_string())
}
