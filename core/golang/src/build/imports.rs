//! What stands at the head of a Go file: its package clause and its imports.

/// The head of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The package's name; none when the clause is broken.
    pub package: Option<String>,
    /// What stands where `package` should, with its line and column.
    pub found: (String, usize, usize),
    /// Imports with line and column of their paths.
    pub imports: Vec<(String, usize, usize)>,
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn byte(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Blanks and comments.
    fn skip(&mut self) {
        while self.at < self.text.len() {
            match (self.byte(0), self.byte(1)) {
                (b' ' | b'\t' | b'\r' | b'\n' | b';', _) => self.at += 1,
                (b'/', b'/') => {
                    while self.at < self.text.len() && self.byte(0) != b'\n' {
                        self.at += 1;
                    }
                }
                (b'/', b'*') => {
                    self.at += 2;
                    while self.at < self.text.len() && (self.byte(0), self.byte(1)) != (b'*', b'/')
                    {
                        self.at += 1;
                    }
                    self.at += 2;
                }
                _ => return,
            }
        }
    }

    /// A name, a string with its quotes, or one other character.
    fn token(&mut self) -> (String, usize) {
        self.skip();
        let start = self.at;
        match self.byte(0) {
            quote @ (b'"' | b'`') => {
                self.at += 1;
                while self.at < self.text.len() && self.byte(0) != quote && self.byte(0) != b'\n' {
                    self.at += 1;
                }
                self.at += 1;
            }
            byte if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 => {
                while matches!(self.byte(0), byte if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80)
                {
                    self.at += 1;
                }
            }
            _ => self.at += 1,
        }
        let end = self.at.min(self.text.len());
        let bytes = self.text.get(start.min(end)..end).unwrap_or(&[]);
        (String::from_utf8_lossy(bytes).into_owned(), start)
    }

    fn place(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |newline| newline + 1);
        (line, at - start.min(at) + 1)
    }
}

/// Reads the head of a file.
pub fn head(text: &[u8]) -> Head {
    let mut scanner = Scanner { text, at: 0 };
    let mut head = Head::default();
    let (first, at) = scanner.token();
    // The end of the file belongs to its last line.
    let is_end = first.is_empty() && text.ends_with(b"\n");
    let (line, column) = scanner.place(at - usize::from(is_end));
    let column = column + usize::from(is_end);
    head.found = (first.clone(), line, column);
    if first != "package" {
        return head;
    }
    head.package = Some(scanner.token().0);
    loop {
        let (word, _) = scanner.token();
        if word != "import" {
            return head;
        }
        let (token, at) = scanner.token();
        if token == "(" {
            loop {
                let (token, at) = scanner.token();
                if token == ")" || token.is_empty() {
                    break;
                }
                add(&mut head, &scanner, &token, at);
            }
        } else if token.starts_with(['"', '`']) {
            add(&mut head, &scanner, &token, at);
        } else {
            let (token, at) = scanner.token();
            add(&mut head, &scanner, &token, at);
        }
    }
}

fn add(head: &mut Head, scanner: &Scanner<'_>, token: &str, at: usize) {
    if token.starts_with(['"', '`']) {
        let (line, column) = scanner.place(at);
        let path = token.trim_matches(['"', '`']).to_string();
        head.imports.push((path, line, column));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_of_all_forms_are_found() {
        let text = b"// c\npackage main // x\nimport \"fmt\"\nimport (\n\t\"os\"\n\tm \"math\"; _ \"net\"\n)\nfunc f() {}";
        let found = head(text);
        assert_eq!(found.package.as_deref(), Some("main"));
        let paths: Vec<&str> = found.imports.iter().map(|i| i.0.as_str()).collect();
        assert_eq!(paths, ["fmt", "os", "math", "net"]);
        assert_eq!(found.imports.get(1).map(|i| (i.1, i.2)), Some((5, 2)));
        assert_eq!(head(b"import \"fmt\"").found, ("import".into(), 1, 1));
    }
}
