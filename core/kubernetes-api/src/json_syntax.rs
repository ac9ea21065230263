//! JSON text to values, with Go's syntax errors and the fields that are given twice.
//!
//! Models the scanner of Go's `encoding/json` and the duplicate fields of sigs.k8s.io/json. Where
//! only the value matters, `serde_json` reads JSON too.

use serde_json::{Map, Number, Value};

use crate::limits::DEPTH_MAX;

/// What a text says.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The value; of equal keys the last counts.
    pub value: Value,
    /// Paths of fields that are given twice, `metadata.name`, each once.
    pub duplicates: Vec<String>,
}

/// Why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Bytes read when it was found.
    pub offset: usize,
    /// Go's words: `invalid character '}' looking for beginning of object key string`.
    pub message: String,
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

/// Reads one JSON value that is the whole text.
///
/// # Errors
/// [`SyntaxError`].
pub fn parse(text: &str) -> Result<Parsed, SyntaxError> {
    let mut reader = Reader {
        text,
        at: 0,
        duplicates: Vec::new(),
        depth: 0,
    };
    let value = reader.value("")?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(Parsed {
            value,
            duplicates: reader.duplicates,
        }),
        Some(c) => Err(reader.unexpected(c, "after top-level value")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    duplicates: Vec<String>,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn next(&mut self) -> Result<char, SyntaxError> {
        let c = self.peek().ok_or_else(|| self.ended())?;
        self.at += c.len_utf8();
        Ok(c)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\r' | '\n')) {
            self.at += 1;
        }
    }

    fn ended(&self) -> SyntaxError {
        SyntaxError {
            offset: self.text.len(),
            message: "unexpected end of JSON input".to_owned(),
        }
    }

    fn unexpected(&self, c: char, context: &str) -> SyntaxError {
        let shown = match c {
            '\'' => "\\'".to_owned(),
            '"' => "\"".to_owned(),
            c => crate::json::quote_go(&c.to_string())
                .trim_matches('"')
                .to_owned(),
        };
        SyntaxError {
            offset: self.at + 1,
            message: format!("invalid character '{shown}' {context}"),
        }
    }

    /// The next character after blanks, which must be there.
    fn after_space(&mut self) -> Result<char, SyntaxError> {
        self.skip_space();
        self.peek().ok_or_else(|| self.ended())
    }

    fn value(&mut self, path: &str) -> Result<Value, SyntaxError> {
        if self.depth > DEPTH_MAX {
            return Err(SyntaxError {
                offset: self.at,
                message: "exceeded max depth".to_owned(),
            });
        }
        self.depth += 1;
        let value = match self.after_space()? {
            '{' => self.object(path)?,
            '[' => self.array(path)?,
            '"' => Value::String(self.string()?),
            't' => self.literal("true", Value::Bool(true))?,
            'f' => self.literal("false", Value::Bool(false))?,
            'n' => self.literal("null", Value::Null)?,
            '-' | '0'..='9' => self.number()?,
            c => return Err(self.unexpected(c, "looking for beginning of value")),
        };
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self, path: &str) -> Result<Value, SyntaxError> {
        self.at += 1;
        let mut fields = Map::new();
        let mut first = true;
        loop {
            match self.after_space()? {
                '}' if first => break,
                '"' => {}
                c => return Err(self.unexpected(c, "looking for beginning of object key string")),
            }
            first = false;
            let key = self.string()?;
            match self.after_space()? {
                ':' => self.at += 1,
                c => return Err(self.unexpected(c, "after object key")),
            }
            let inner = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let value = self.value(&inner)?;
            if fields.insert(key, value).is_some() && !self.duplicates.contains(&inner) {
                self.duplicates.push(inner);
            }
            match self.after_space()? {
                ',' => self.at += 1,
                '}' => break,
                c => return Err(self.unexpected(c, "after object key:value pair")),
            }
        }
        self.at += 1;
        Ok(Value::Object(fields))
    }

    fn array(&mut self, path: &str) -> Result<Value, SyntaxError> {
        self.at += 1;
        let mut items = Vec::new();
        if self.after_space()? != ']' {
            loop {
                let inner = format!("{path}[{}]", items.len());
                items.push(self.value(&inner)?);
                match self.after_space()? {
                    ',' => self.at += 1,
                    ']' => break,
                    c => return Err(self.unexpected(c, "after array element")),
                }
            }
        }
        self.at += 1;
        Ok(Value::Array(items))
    }

    fn literal(&mut self, word: &str, value: Value) -> Result<Value, SyntaxError> {
        for wanted in word.chars() {
            match self.peek() {
                None => return Err(self.ended()),
                Some(c) if c == wanted => self.at += 1,
                Some(c) => {
                    return Err(
                        self.unexpected(c, &format!("in literal {word} (expecting '{wanted}')"))
                    );
                }
            }
        }
        Ok(value)
    }

    fn digits(&mut self, context: &str) -> Result<(), SyntaxError> {
        match self.peek() {
            None => return Err(self.ended()),
            Some(c) if !c.is_ascii_digit() => return Err(self.unexpected(c, context)),
            Some(_) => {}
        }
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, SyntaxError> {
        let start = self.at;
        if self.peek() == Some('-') {
            self.at += 1;
        }
        if self.peek() == Some('0') {
            self.at += 1;
        } else {
            self.digits("in numeric literal")?;
        }
        if self.peek() == Some('.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        let whole = text
            .parse::<i64>()
            .map(Number::from)
            .or_else(|_| text.parse::<u64>().map(Number::from));
        let number = whole
            .ok()
            .or_else(|| text.parse().ok().and_then(Number::from_f64));
        let out_of_range = || SyntaxError {
            offset: self.at,
            message: format!("json: cannot unmarshal number {text} into Go value of type float64"),
        };
        number.map(Value::Number).ok_or_else(out_of_range)
    }

    fn string(&mut self) -> Result<String, SyntaxError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let before = self.at;
            match self.next()? {
                '"' => return Ok(out),
                '\\' => out.push(self.escape()?),
                c if c < ' ' => {
                    self.at = before;
                    return Err(self.unexpected(c, "in string literal"));
                }
                c => out.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, SyntaxError> {
        let before = self.at;
        Ok(match self.next()? {
            c @ ('"' | '\\' | '/') => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let high = self.hexadecimal()?;
                let after = self.at;
                // A pair of surrogates is one character; a lone one is replaced.
                if (0xd800..0xdc00).contains(&high)
                    && self
                        .text
                        .get(self.at..)
                        .is_some_and(|rest| rest.starts_with("\\u"))
                {
                    self.at += 2;
                    let low = self.hexadecimal()?;
                    if (0xdc00..0xe000).contains(&low) {
                        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                        return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
                    }
                    self.at = after;
                }
                char::from_u32(high).unwrap_or('\u{fffd}')
            }
            c => {
                self.at = before;
                return Err(self.unexpected(c, "in string escape code"));
            }
        })
    }

    fn hexadecimal(&mut self) -> Result<u32, SyntaxError> {
        let mut code = 0;
        for _ in 0..4 {
            let c = self.peek().ok_or_else(|| self.ended())?;
            let digit = c
                .to_digit(16)
                .ok_or_else(|| self.unexpected(c, "in \\u hexadecimal character escape"))?;
            self.at += 1;
            code = code * 16 + digit;
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for text in [
            r#"{"a":[1,-2.5,1e3,true,false,null,"x\n\u00e9\ud83d\ude00/"],"b":{}}"#,
            " [ ] ",
            "\"\"",
            "0",
            "-0.0",
            "18446744073709551615",
        ] {
            assert_eq!(
                parse(text).map(|parsed| parsed.value),
                Ok(serde_json::from_str::<Value>(text).unwrap()),
                "{text}"
            );
        }
        let parsed =
            parse(r#"{"metadata":{"name":"x","name":"y","name":"z"},"l":[{"a":1},{"a":1,"a":2}]}"#)
                .unwrap();
        assert_eq!(parsed.duplicates, ["metadata.name", "l[1].a"]);
        assert_eq!(
            parsed.value.pointer("/metadata/name"),
            Some(&Value::from("z"))
        );
    }

    #[test]
    fn errors() {
        for (text, message) in [
            ("", "unexpected end of JSON input"),
            ("{\"kind\":", "unexpected end of JSON input"),
            (
                "{\"a\":1,}",
                "invalid character '}' looking for beginning of object key string",
            ),
            (
                "[1,]",
                "invalid character ']' looking for beginning of value",
            ),
            (
                "{a:1}",
                "invalid character 'a' looking for beginning of object key string",
            ),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            (
                "{\"a\":1 \"b\"}",
                "invalid character '\"' after object key:value pair",
            ),
            ("[1 2]", "invalid character '2' after array element"),
            ("{} x", "invalid character 'x' after top-level value"),
            ("tru", "unexpected end of JSON input"),
            (
                "trux",
                "invalid character 'x' in literal true (expecting 'e')",
            ),
            (
                "'a'",
                "invalid character '\\'' looking for beginning of value",
            ),
            ("\"a\nb\"", "invalid character '\\n' in string literal"),
            ("\"\\q\"", "invalid character 'q' in string escape code"),
            (
                "\"\\u12g4\"",
                "invalid character 'g' in \\u hexadecimal character escape",
            ),
            (
                "1.x",
                "invalid character 'x' after decimal point in numeric literal",
            ),
            ("-", "unexpected end of JSON input"),
            ("-a", "invalid character 'a' in numeric literal"),
            ("1e", "unexpected end of JSON input"),
            ("01", "invalid character '1' after top-level value"),
        ] {
            assert_eq!(
                parse(text).map_err(|error| error.message),
                Err(message.to_owned()),
                "{text:?}"
            );
        }
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
