//! The parser of templates.

use super::Node;

/// Filters inside filters.
const NESTING_MAX: usize = 32;

/// Parses a whole template.
pub(super) fn template(text: &str) -> Result<Vec<Node>, String> {
    nested(text, 0)
}

fn nested(text: &str, depth: usize) -> Result<Vec<Node>, String> {
    if depth > NESTING_MAX {
        return Err("filters are nested too deeply".to_owned());
    }
    let mut parser = Parser { rest: text, depth };
    let mut root = Vec::new();
    loop {
        let (before, after) = match parser.rest.split_once('{') {
            Some((before, after)) => (before, Some(after)),
            None => (parser.rest, None),
        };
        if !before.is_empty() {
            root.push(Node::Text(before.to_owned()));
        }
        let Some(after) = after else {
            return Ok(root);
        };
        parser.rest = after;
        root.push(Node::List(parser.action()?));
    }
}

/// Parses what stands between braces.
fn action(text: &str, depth: usize) -> Result<Vec<Node>, String> {
    match nested(&format!("{{{text}}}"), depth + 1)?
        .into_iter()
        .next()
    {
        Some(Node::List(nodes)) => Ok(nodes),
        _ => Ok(Vec::new()),
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default();
        Some(c)
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn take(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Everything up to the closing brace, which is taken.
    fn action(&mut self) -> Result<Vec<Node>, String> {
        let mut nodes = Vec::new();
        loop {
            if self.take("}") {
                return Ok(nodes);
            }
            if self.take("[?(") {
                nodes.push(self.filter()?);
                continue;
            }
            if self.take("..") {
                if nodes.last() == Some(&Node::Recursive) {
                    return Err("invalid multiple recursive descent".to_owned());
                }
                nodes.push(Node::Recursive);
                if self.rest.starts_with(is_word) {
                    nodes.push(self.field());
                }
                continue;
            }
            let before = self.rest;
            match self.next() {
                None | Some('\r' | '\n') => return Err("unclosed action".to_owned()),
                Some(' ' | '@' | '$') => {}
                Some('[') => self.array(&mut nodes)?,
                Some(quote @ ('"' | '\'')) => {
                    self.rest = before;
                    nodes.push(Node::Text(self.quoted(quote)?));
                }
                Some('.') => nodes.push(self.field()),
                Some(c) if c == '+' || c == '-' || c.is_numeric() => {
                    self.rest = before;
                    nodes.push(self.number()?);
                }
                Some(c) if is_word(c) => {
                    self.rest = before;
                    nodes.push(match self.take_while(|c| !is_terminator(c)) {
                        "true" => Node::Bool(true),
                        "false" => Node::Bool(false),
                        name => Node::Identifier(name.to_owned()),
                    });
                }
                Some(c) => {
                    return Err(format!(
                        "unrecognized character in action: U+{:04X} '{c}'",
                        u32::from(c)
                    ));
                }
            }
        }
    }

    fn field(&mut self) -> Node {
        let mut name = String::new();
        while let Some(c) = self.rest.chars().next().filter(|c| !is_terminator(*c)) {
            self.next();
            if c == '\\' {
                name.extend(self.next().filter(|escaped| *escaped != '\\'));
            } else {
                name.push(c);
            }
        }
        if name == "*" {
            Node::Wildcard
        } else {
            Node::Field(name)
        }
    }

    fn number(&mut self) -> Result<Node, String> {
        let before = self.rest;
        if !self.take("+") {
            self.take("-");
        }
        self.take_while(|c| c == '.' || c.is_numeric());
        let text = before.strip_suffix(self.rest).unwrap_or(before);
        if let Ok(number) = text.parse() {
            return Ok(Node::Int(number));
        }
        text.parse()
            .map(Node::Float)
            .map_err(|_| format!("cannot parse number {text}"))
    }

    /// Behind a `[`.
    fn array(&mut self, nodes: &mut Vec<Node>) -> Result<(), String> {
        let unterminated = || "unterminated array".to_owned();
        let (text, rest) = self.rest.split_once(']').ok_or_else(unterminated)?;
        if text.contains('\n') {
            return Err(unterminated());
        }
        self.rest = rest;
        let text = if text == "*" { ":" } else { text };
        if text.contains(',') {
            let part = |part: &str| action(&format!("[{}]", part.trim_matches(' ')), self.depth);
            nodes.push(Node::Union(
                text.split(',').map(part).collect::<Result<_, _>>()?,
            ));
            return Ok(());
        }
        if let Some(key) = text
            .strip_prefix('\'')
            .and_then(|text| text.strip_suffix('\''))
            .filter(|key| !key.contains('\''))
        {
            nodes.extend(action(&format!(".{key}"), self.depth)?);
            return Ok(());
        }
        nodes.push(slice(text)?);
        Ok(())
    }

    /// Behind a `[?(`.
    fn filter(&mut self) -> Result<Node, String> {
        let mut text = String::new();
        let (mut begun, mut ended, mut pair) = (false, false, '\0');
        loop {
            let c = self
                .next()
                .filter(|c| *c != '\n')
                .ok_or("unterminated filter")?;
            match c {
                '"' | '\'' if !begun => (begun, pair) = (true, c),
                '"' | '\'' if !text.ends_with('\\') && c == pair => ended = true,
                ')' if begun == ended => break,
                _ => {}
            }
            text.push(c);
        }
        if self.next() != Some(']') {
            return Err("unclosed array expect ]".to_owned());
        }
        let is_operator = |c: char| "!<>=".contains(c);
        let comparison = text.find(is_operator).filter(|at| *at > 0).and_then(|at| {
            let (left, rest) = text.split_at_checked(at)?;
            let length = rest.find(|c| !is_operator(c)).unwrap_or(rest.len());
            let (operator, right) = rest.split_at_checked(length)?;
            (!right.is_empty()).then_some((left, operator, right))
        });
        let Some((left, operator, right)) = comparison else {
            return Ok(Node::Filter {
                left: action(&text, self.depth)?,
                operator: "exists".to_owned(),
                right: Vec::new(),
            });
        };
        Ok(Node::Filter {
            left: action(left, self.depth)?,
            operator: operator.to_owned(),
            right: action(right, self.depth)?,
        })
    }

    fn quoted(&mut self, quote: char) -> Result<String, String> {
        let mut text = String::new();
        text.extend(self.next());
        loop {
            let c = self
                .next()
                .filter(|c| *c != '\n')
                .ok_or("unterminated quoted string")?;
            let escaped = text.ends_with('\\');
            text.push(c);
            if c == quote && !escaped {
                break;
            }
        }
        unquoted(&text, quote).ok_or_else(|| format!("unquote string {text} error invalid syntax"))
    }
}

/// `1`, `1:`, `:2`, `0:4:2`, `-1`.
fn slice(text: &str) -> Result<Node, String> {
    let invalid = || format!("invalid array index {text}");
    let mut parts = text.split(':');
    let mut part = || -> Result<Option<Option<i64>>, String> {
        let Some(part) = parts.next() else {
            return Ok(None);
        };
        let digits = part.strip_prefix('-').unwrap_or(part);
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(invalid());
        }
        if part.is_empty() {
            return Ok(Some(None));
        }
        part.parse()
            .map(|number| Some(Some(number)))
            .map_err(|_| format!("array index {part} is not a number"))
    };
    let from = part()?.flatten();
    let to = part()?;
    let step = part()?.flatten();
    if part()?.is_some() {
        return Err(invalid());
    }
    Ok(match to {
        Some(to) => Node::Array {
            from,
            to,
            derived: false,
            step,
        },
        None => Node::Array {
            from,
            to: Some(from.unwrap_or_default().saturating_add(1)),
            derived: true,
            step,
        },
    })
}

/// Go's unquoting, with either quote.
fn unquoted(text: &str, quote: char) -> Option<String> {
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c == quote {
            return None;
        }
        if c != '\\' {
            out.push(c);
            continue;
        }
        let digits = match chars.next()? {
            'a' => '\u{7}'.into(),
            'b' => '\u{8}'.into(),
            'f' => '\u{c}'.into(),
            'n' => '\n'.into(),
            'r' => '\r'.into(),
            't' => '\t'.into(),
            'v' => '\u{b}'.into(),
            '\\' => '\\'.into(),
            escaped if escaped == quote => escaped.into(),
            'x' => code(&mut chars, 2, 16)?,
            'u' => code(&mut chars, 4, 16)?,
            'U' => code(&mut chars, 8, 16)?,
            digit @ '0'..='7' => {
                let more = code(&mut chars, 2, 8)?;
                digit.to_digit(8)? * 64 + more
            }
            _ => return None,
        };
        out.push(char::from_u32(digits)?);
    }
    Some(out)
}

fn code(chars: &mut std::str::Chars<'_>, length: usize, base: u32) -> Option<u32> {
    let mut code: u32 = 0;
    for _ in 0..length {
        code = code
            .checked_mul(base)?
            .checked_add(chars.next()?.to_digit(base)?)?;
    }
    Some(code)
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphabetic() || c.is_numeric()
}

fn is_terminator(c: char) -> bool {
    " \t\r\n.,[]$@{}".contains(c)
}
