//! `sed`: addresses, `s`, `d`, `p`, `q`, `a`, `i`, `c`, `y`, `=`, `n`; `-n`, `-i`, `-E`, `-e`.

use super::Context;
use super::grep::basic_to_extended;
use machine::{Content, ExitStatus};
use regex_lite::{Regex, RegexBuilder};

enum Address {
    Line(usize),
    Last,
    Matching(Regex),
}

enum Action {
    Substitute {
        pattern: Regex,
        replacement: Vec<Piece>,
        global: bool,
        occurrence: usize,
        print: bool,
    },
    Delete,
    Print,
    Quit,
    Append(String),
    Insert(String),
    Change(String),
    LineNumber,
    Translate(Vec<(char, char)>),
}

/// A piece of a replacement.
enum Piece {
    Text(String),
    Group(usize),
}

struct Step {
    from: Option<Address>,
    to: Option<Address>,
    negated: bool,
    action: Action,
    active: bool,
}

pub(super) async fn sed(context: Context) -> ExitStatus {
    let long = [
        ("quiet", 'n'),
        ("silent", 'n'),
        ("in-place", 'i'),
        ("regexp-extended", 'E'),
        ("expression", 'e'),
    ];
    let mut options = match context.options("nirEe:", &long).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let mut scripts = options.values('e').to_vec();
    if scripts.is_empty() {
        if options.operands.is_empty() {
            context
                .process
                .print_error(
                    "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n",
                )
                .await;
            return ExitStatus::FAILURE;
        }
        scripts.push(options.operands.remove(0));
    }
    let extended = options.has('E') || options.has('r');
    let script = scripts.join("\n");
    if let Err(message) = parse(&script, extended) {
        context.complain(message).await;
        return ExitStatus::FAILURE;
    }
    let steps = || parse(&script, extended).unwrap_or_default();
    if !options.has('i') {
        let (bytes, complete) = context.inputs(&options.operands).await;
        let output = apply(
            &mut steps(),
            &String::from_utf8_lossy(&bytes),
            options.has('n'),
        );
        context.process.print(output).await;
        return ExitStatus::Exited(if complete { 0 } else { 2 });
    }
    let mut status = ExitStatus::SUCCESS;
    for operand in &options.operands {
        let path = context.process.path(operand);
        match context.process.files().read(&path) {
            Ok(content) => {
                let output = apply(&mut steps(), &content.text(), options.has('n'));
                if let Err(error) =
                    context
                        .process
                        .files()
                        .write(&path, Content::new(output), 0o644)
                {
                    context
                        .complain(format!("couldn't open file {operand}: {error}"))
                        .await;
                    status = ExitStatus::Exited(4);
                }
            }
            Err(error) => {
                context
                    .complain(format!("can't read {operand}: {error}"))
                    .await;
                status = ExitStatus::Exited(2);
            }
        }
    }
    status
}

struct Script<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    position: usize,
    extended: bool,
}

fn parse(script: &str, extended: bool) -> Result<Vec<Step>, String> {
    let mut parser = Script {
        rest: script.chars().peekable(),
        position: 0,
        extended,
    };
    let mut steps = Vec::new();
    loop {
        while parser
            .take_if(|character| character.is_whitespace() || character == ';' || character == '}')
            .is_some()
        {}
        if parser.rest.peek() == Some(&'#') {
            while parser.take_if(|character| character != '\n').is_some() {}
            continue;
        }
        if parser.rest.peek().is_none() {
            return Ok(steps);
        }
        steps.push(parser.step()?);
    }
}

impl Script<'_> {
    fn take_if(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let taken = self.rest.next_if(|character| wanted(*character));
        self.position += usize::from(taken.is_some());
        taken
    }

    fn error(&self, message: &str) -> String {
        format!("-e expression #1, char {}: {message}", self.position)
    }

    fn address(&mut self) -> Result<Option<Address>, String> {
        if self.take_if(|character| character == '$').is_some() {
            return Ok(Some(Address::Last));
        }
        if self.take_if(|character| character == '/').is_some() {
            let text = self
                .until('/')
                .ok_or_else(|| self.error("unterminated address regex"))?;
            return Ok(Some(Address::Matching(self.compile(&text, false)?)));
        }
        let mut digits = String::new();
        while let Some(digit) = self.take_if(|character| character.is_ascii_digit()) {
            digits.push(digit);
        }
        Ok(digits.parse().ok().map(Address::Line))
    }

    fn compile(&self, text: &str, fold: bool) -> Result<Regex, String> {
        let text = if self.extended {
            text.to_string()
        } else {
            basic_to_extended(text)
        };
        RegexBuilder::new(&text)
            .case_insensitive(fold)
            .multi_line(false)
            .build()
            .map_err(|_| self.error("Invalid regular expression"))
    }

    /// Text up to a delimiter, which may be escaped.
    fn until(&mut self, delimiter: char) -> Option<String> {
        let mut text = String::new();
        loop {
            let character = self.take_if(|_| true)?;
            if character == delimiter {
                return Some(text);
            }
            if character == '\\' {
                let escaped = self.take_if(|_| true)?;
                match escaped {
                    _ if escaped == delimiter => text.push(delimiter),
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    _ => {
                        text.push('\\');
                        text.push(escaped);
                    }
                }
                continue;
            }
            text.push(character);
        }
    }

    fn line(&mut self) -> String {
        while self
            .take_if(|character| character == ' ' || character == '\t')
            .is_some()
        {}
        if self.take_if(|character| character == '\\').is_some() {
            self.take_if(|character| character == '\n');
        }
        let mut text = String::new();
        while let Some(character) = self.take_if(|character| character != '\n') {
            text.push(character);
        }
        text
    }

    fn step(&mut self) -> Result<Step, String> {
        let from = self.address()?;
        let mut to = None;
        if self.take_if(|character| character == ',').is_some() {
            to = self.address()?;
            if to.is_none() {
                return Err(self.error("unexpected `,'"));
            }
        }
        while self.take_if(|character| character == ' ').is_some() {}
        let negated = self.take_if(|character| character == '!').is_some();
        while self
            .take_if(|character| character == ' ' || character == '{')
            .is_some()
        {}
        let Some(command) = self.take_if(|_| true) else {
            return Err(self.error("missing command"));
        };
        let action = match command {
            's' => self.substitute()?,
            'y' => {
                let delimiter = self
                    .take_if(|_| true)
                    .ok_or_else(|| self.error("unterminated `y' command"))?;
                let (from, to) = (self.until(delimiter), self.until(delimiter));
                let (Some(from), Some(to)) = (from, to) else {
                    return Err(self.error("unterminated `y' command"));
                };
                if from.chars().count() != to.chars().count() {
                    return Err(self.error("strings for `y' command are different lengths"));
                }
                Action::Translate(from.chars().zip(to.chars()).collect())
            }
            'd' => Action::Delete,
            'p' => Action::Print,
            'q' => Action::Quit,
            'a' => Action::Append(self.line()),
            'i' => Action::Insert(self.line()),
            'c' => Action::Change(self.line()),
            '=' => Action::LineNumber,
            _ => return Err(self.error(&format!("unknown command: `{command}'"))),
        };
        Ok(Step {
            from,
            to,
            negated,
            action,
            active: false,
        })
    }

    fn substitute(&mut self) -> Result<Action, String> {
        let unterminated = |script: &Self| script.error("unterminated `s' command");
        let delimiter = self.take_if(|_| true).ok_or_else(|| unterminated(self))?;
        let pattern = self.until(delimiter).ok_or_else(|| unterminated(self))?;
        let replacement = self.until(delimiter).ok_or_else(|| unterminated(self))?;
        let (mut global, mut fold, mut print, mut occurrence) = (false, false, false, 1);
        while let Some(flag) = self.take_if(|character| character.is_ascii_alphanumeric()) {
            match flag {
                'g' => global = true,
                'i' | 'I' => fold = true,
                'p' => print = true,
                '1'..='9' => occurrence = flag.to_digit(10).unwrap_or(1) as usize,
                _ => return Err(self.error("unknown option to `s'")),
            }
        }
        let pattern = self.compile(&pattern, fold)?;
        Ok(Action::Substitute {
            pattern,
            replacement: pieces(&replacement),
            global,
            occurrence,
            print,
        })
    }
}

fn pieces(replacement: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = replacement.chars();
    while let Some(character) = rest.next() {
        let group = match character {
            '&' => Some(0),
            '\\' => match rest.next() {
                Some(digit) if digit.is_ascii_digit() => {
                    digit.to_digit(10).map(|digit| digit as usize)
                }
                Some(escaped) => {
                    text.push(escaped);
                    continue;
                }
                None => continue,
            },
            _ => {
                text.push(character);
                continue;
            }
        };
        pieces.push(Piece::Text(std::mem::take(&mut text)));
        pieces.extend(group.map(Piece::Group));
    }
    pieces.push(Piece::Text(text));
    pieces
}

fn apply(steps: &mut [Step], text: &str, quiet: bool) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let ends_with_newline = text.is_empty() || text.ends_with('\n');
    let mut output = String::new();
    for (index, line) in lines.iter().enumerate() {
        let last = index + 1 == lines.len();
        let newline = if last && !ends_with_newline { "" } else { "\n" };
        let mut space = Some((*line).to_string());
        let mut after = String::new();
        let mut quit = false;
        for step in steps.iter_mut() {
            let Some(current) = space.as_mut() else { break };
            if !selects(step, index + 1, last, current) {
                continue;
            }
            match &step.action {
                Action::Substitute {
                    pattern,
                    replacement,
                    global,
                    occurrence,
                    print,
                } => {
                    let (replaced, changed) =
                        substituted(current, pattern, replacement, *global, *occurrence);
                    *current = replaced;
                    if changed && *print {
                        output.push_str(&format!("{current}\n"));
                    }
                }
                Action::Delete => space = None,
                Action::Print => output.push_str(&format!("{current}\n")),
                Action::Quit => quit = true,
                Action::Append(text) => after.push_str(&format!("{text}\n")),
                Action::Insert(text) => output.push_str(&format!("{text}\n")),
                Action::Change(text) => {
                    output.push_str(&format!("{text}\n"));
                    space = None;
                }
                Action::LineNumber => output.push_str(&format!("{}\n", index + 1)),
                Action::Translate(pairs) => {
                    *current = current
                        .chars()
                        .map(|character| {
                            pairs
                                .iter()
                                .find(|(from, _)| *from == character)
                                .map_or(character, |(_, to)| *to)
                        })
                        .collect();
                }
            }
            if quit {
                break;
            }
        }
        if let (Some(line), false) = (space, quiet) {
            output.push_str(&line);
            output.push_str(newline);
        }
        output.push_str(&after);
        if quit {
            break;
        }
    }
    output
}

fn selects(step: &mut Step, number: usize, last: bool, line: &str) -> bool {
    let hits = |address: &Address| match address {
        Address::Line(wanted) => *wanted == number,
        Address::Last => last,
        Address::Matching(pattern) => pattern.is_match(line),
    };
    let selected = match (&step.from, &step.to) {
        (None, _) => true,
        (Some(from), None) => hits(from),
        (Some(from), Some(to)) => {
            if step.active {
                step.active = !match to {
                    Address::Line(wanted) => number >= *wanted,
                    other => hits(other),
                };
                true
            } else if hits(from) {
                step.active = !matches!(to, Address::Line(wanted) if *wanted <= number);
                true
            } else {
                false
            }
        }
    };
    selected != step.negated
}

fn substituted(
    line: &str,
    pattern: &Regex,
    replacement: &[Piece],
    global: bool,
    occurrence: usize,
) -> (String, bool) {
    let mut result = String::new();
    let (mut end, mut changed) = (0, false);
    for (index, captures) in pattern.captures_iter(line).enumerate() {
        let Some(found) = captures.get(0) else {
            continue;
        };
        if index + 1 < occurrence || (changed && !global) {
            continue;
        }
        result.push_str(line.get(end..found.start()).unwrap_or(""));
        for piece in replacement {
            match piece {
                Piece::Text(text) => result.push_str(text),
                Piece::Group(group) => {
                    result.push_str(captures.get(*group).map_or("", |group| group.as_str()))
                }
            }
        }
        end = found.end();
        changed = true;
    }
    result.push_str(line.get(end..).unwrap_or(""));
    (result, changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(script: &str, text: &str, expected: &str) {
        let mut steps = parse(script, false).unwrap_or_else(|message| panic!("{message}"));
        assert_eq!(apply(&mut steps, text, false), expected, "{script}");
    }

    #[test]
    fn scripts() {
        check(
            "s/hello:latest/hello:v2/; s/name: hello$/name: hallo/",
            "name: hello\nimage: hello:latest\n",
            "name: hallo\nimage: hello:v2\n",
        );
        check("/^$/d; /\"os\"/d", "a\n\n\t\"os\"\nb\n", "a\nb\n");
        check(
            "s/5 \\* time.Second/2 * time.Second/",
            "time.Sleep(5 * time.Second)\n",
            "time.Sleep(2 * time.Second)\n",
        );
        check("s/\\(a\\)\\(b\\)/\\2\\1&/g", "abxab", "baabxbaab");
        check("2,3!s/^/> /", "1\n2\n3\n4\n", "> 1\n2\n3\n> 4\n");
        check("$a\\end", "x\n", "x\nend\n");
    }

    #[test]
    fn wrong_scripts() {
        assert_eq!(
            parse("s/a/b", false).err().unwrap(),
            "-e expression #1, char 5: unterminated `s' command"
        );
        assert_eq!(
            parse("k", false).err().unwrap(),
            "-e expression #1, char 1: unknown command: `k'"
        );
    }
}
