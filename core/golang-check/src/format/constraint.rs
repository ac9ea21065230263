//! The `//go:build` line of a file in its canonical form. Models `go/printer/gobuild.go` and the
//! printing of `go/build/constraint`; `// +build` lines stay as they are.

const MARK: &str = "//go:build";

/// A constraint is read by its pieces.
struct Reader<'a> {
    pieces: Vec<&'a str>,
    next: usize,
    depth: u32,
}

/// Levels of parentheses and negations.
const LEVELS_MAX: u32 = 100;

/// What binds an expression's parts together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bond {
    Or,
    And,
    One,
}

impl<'a> Reader<'a> {
    fn take(&mut self, wanted: &str) -> bool {
        let found = self
            .pieces
            .get(self.next)
            .is_some_and(|piece| *piece == wanted);
        self.next += usize::from(found);
        found
    }

    /// Parts bound by `||`, or with `Bond::And` those bound by `&&`.
    fn chain(&mut self, bond: Bond) -> Option<(String, Bond)> {
        let (operator, other) = match bond {
            Bond::Or => ("||", Bond::And),
            _ => ("&&", Bond::Or),
        };
        let part = |reader: &mut Self| match bond {
            Bond::Or => reader.chain(Bond::And),
            _ => reader.one(),
        };
        let (mut text, mut own) = part(self)?;
        while self.take(operator) {
            let (right, right_bond) = part(self)?;
            let wrapped = |text: String, bond: Bond| {
                if bond == other {
                    format!("({text})")
                } else {
                    text
                }
            };
            text = format!(
                "{} {operator} {}",
                wrapped(text, own),
                wrapped(right, right_bond)
            );
            own = bond;
        }
        Some((text, own))
    }

    fn one(&mut self) -> Option<(String, Bond)> {
        self.depth += 1;
        if self.depth > LEVELS_MAX {
            return None;
        }
        let found = if self.take("!") {
            let (text, bond) = self.one()?;
            let text = if bond == Bond::One {
                format!("!{text}")
            } else {
                format!("!({text})")
            };
            Some((text, Bond::One))
        } else if self.take("(") {
            let inner = self.chain(Bond::Or)?;
            self.take(")").then_some(inner)
        } else {
            let piece = self.pieces.get(self.next)?;
            self.next += 1;
            let is_tag = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
            piece
                .chars()
                .all(is_tag)
                .then(|| ((*piece).to_string(), Bond::One))
        };
        self.depth -= 1;
        found
    }
}

/// Tags and operators.
fn pieces(text: &str) -> Vec<&str> {
    let mut list = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' | '!' => 1,
            '&' | '|' => 2,
            _ => rest.find(|c| " \t()!&|".contains(c)).unwrap_or(rest.len()),
        };
        let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        list.push(piece);
        rest = after.trim_start();
    }
    list
}

fn canonical(text: &str) -> Option<String> {
    let mut reader = Reader {
        pieces: pieces(text),
        next: 0,
        depth: 0,
    };
    let (text, _) = reader.chain(Bond::Or)?;
    (reader.next == reader.pieces.len()).then_some(text)
}

/// Sets the constraint of a file that is formatted otherwise, and what follows it apart.
pub(super) fn fix(text: String) -> String {
    let head = text.find("\npackage ").unwrap_or(0);
    let at = if text.starts_with(MARK) {
        Some(0)
    } else {
        text.find("\n//go:build").map(|at| at + 1)
    };
    let Some((before, rest)) = at
        .filter(|at| *at < head)
        .and_then(|at| text.split_at_checked(at))
    else {
        return text;
    };
    let Some((line, after)) = rest.split_once('\n') else {
        return text;
    };
    let said = line.strip_prefix(MARK).unwrap_or("");
    if !said.starts_with([' ', '\t']) {
        return text;
    }
    let said = canonical(said).unwrap_or_else(|| said.trim().to_string());
    let is_apart = after.starts_with('\n') || after.starts_with("// +build ");
    let gap = if is_apart { "" } else { "\n" };
    format!("{before}{MARK} {said}\n{gap}{after}")
}
