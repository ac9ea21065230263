//! Flags: their table, the values given to them, and pflag's reading of the words.

use ordered::OrderedMap;

/// What a flag's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True when given.
    Bool,
    /// Any text.
    Text,
    /// A whole number.
    Int,
    /// A whole number of 32 bits.
    Int32,
    /// Go's notation of a duration.
    Duration,
    /// Texts between commas; may be given several times.
    List,
    /// One text each time it is given.
    Array,
}

/// One line of a flag table.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// The long name.
    pub name: &'static str,
    /// The letter.
    pub short: Option<char>,
    /// What the value is.
    pub kind: Kind,
    /// The value when it is not given.
    pub default: &'static str,
    /// The value when it is given without one.
    pub bare: Option<&'static str>,
    /// One sentence for `--help`.
    pub help: &'static str,
}

impl Flag {
    /// A flag of any kind without a default.
    pub const fn new(name: &'static str, kind: Kind, help: &'static str) -> Flag {
        let (default, bare) = match kind {
            Kind::Bool => ("false", Some("true")),
            Kind::Int | Kind::Int32 => ("0", None),
            Kind::Duration => ("0s", None),
            Kind::Text | Kind::List | Kind::Array => ("", None),
        };
        Flag {
            name,
            short: None,
            kind,
            default,
            bare,
            help,
        }
    }

    /// A switch.
    pub const fn switch(name: &'static str, help: &'static str) -> Flag {
        Flag::new(name, Kind::Bool, help)
    }

    /// A text.
    pub const fn text(name: &'static str, help: &'static str) -> Flag {
        Flag::new(name, Kind::Text, help)
    }

    /// A list between commas.
    pub const fn list(name: &'static str, help: &'static str) -> Flag {
        Flag::new(name, Kind::List, help)
    }

    /// The same with a letter.
    pub const fn short(mut self, short: char) -> Flag {
        self.short = Some(short);
        self
    }

    /// The same with a default.
    pub const fn default(mut self, default: &'static str) -> Flag {
        self.default = default;
        self
    }

    /// The same with a value for when it is given without one.
    pub const fn bare(mut self, bare: &'static str) -> Flag {
        self.bare = Some(bare);
        self
    }

    /// How errors name it: `-n, --namespace` or `--all`.
    fn display(&self) -> String {
        match self.short {
            Some(short) => format!("-{short}, --{}", self.name),
            None => format!("--{}", self.name),
        }
    }

    fn check(&self, value: &str) -> Result<(), String> {
        let wrong = match self.kind {
            Kind::Bool => parse_bool(value).err(),
            Kind::Int => parse_int(value, 64).err(),
            Kind::Int32 => parse_int(value, 32).err(),
            Kind::Duration => kubernetes_api::duration::parse_go(value).err(),
            Kind::Text | Kind::List | Kind::Array => None,
        };
        match wrong {
            Some(why) => Err(format!(
                "invalid argument {} for {} flag: {why}",
                kubernetes_api::json::quote_go(value),
                kubernetes_api::json::quote_go(&self.display()),
            )),
            None => Ok(()),
        }
    }
}

/// Go's `strconv.ParseBool`.
pub fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(format!(
            "strconv.ParseBool: parsing {}: invalid syntax",
            kubernetes_api::json::quote_go(text)
        )),
    }
}

/// Go's `strconv.ParseInt` with base 0.
pub fn parse_int(text: &str, bits: u32) -> Result<i64, String> {
    let quoted = kubernetes_api::json::quote_go(text);
    let wrong = |why: &str| format!("strconv.ParseInt: parsing {quoted}: {why}");
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match (lower.get(..2), lower.get(2..)) {
        (Some("0x"), Some(rest)) => (16, rest),
        (Some("0b"), Some(rest)) => (2, rest),
        (Some("0o"), Some(rest)) => (8, rest),
        _ => match lower.strip_prefix('0') {
            Some(rest) if !rest.is_empty() => (8, rest),
            _ => (10, lower.as_str()),
        },
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(wrong("invalid syntax"));
    }
    let limit = 1_i128 << (bits - 1);
    let value = i128::from_str_radix(digits, radix).unwrap_or(i128::MAX);
    let value = if negative { -value } else { value };
    if value < -limit || value >= limit {
        return Err(wrong("value out of range"));
    }
    i64::try_from(value).map_err(|_| wrong("value out of range"))
}

/// The values that a command line gave to flags, with the table for the defaults.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    table: Vec<&'static Flag>,
    given: OrderedMap<&'static str, Vec<String>>,
}

impl Flags {
    /// No values yet, over these tables.
    pub fn new(tables: &[&'static [Flag]]) -> Flags {
        Flags {
            table: tables.iter().copied().flatten().collect(),
            given: OrderedMap::new(),
        }
    }

    /// The line of a long name.
    pub fn long(&self, name: &str) -> Option<&'static Flag> {
        self.table.iter().copied().find(|flag| flag.name == name)
    }

    /// The line of a letter.
    pub fn letter(&self, letter: char) -> Option<&'static Flag> {
        self.table
            .iter()
            .copied()
            .find(|flag| flag.short == Some(letter))
    }

    /// Whether the name means a flag that all commands know, not one of the command's own.
    pub fn is_global(&self, name: &str) -> bool {
        let found = self.long(name);
        found.is_some_and(|found| {
            crate::global::FLAGS
                .iter()
                .any(|flag| std::ptr::eq(flag, found))
        })
    }

    /// Whether the flag was given.
    pub fn given(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// The text; the last one given counts.
    pub fn text(&self, name: &str) -> &str {
        match self.given.get(name).and_then(|values| values.last()) {
            Some(value) => value,
            None => self.long(name).map_or("", |flag| flag.default),
        }
    }

    /// The truth.
    pub fn is(&self, name: &str) -> bool {
        parse_bool(self.text(name)).unwrap_or_default()
    }

    /// The number.
    pub fn int(&self, name: &str) -> i64 {
        parse_int(self.text(name), 64).unwrap_or_default()
    }

    /// The duration in nanoseconds.
    pub fn duration(&self, name: &str) -> i64 {
        kubernetes_api::duration::parse_go(self.text(name)).unwrap_or_default()
    }

    /// All values: of a list those between the commas too.
    pub fn list(&self, name: &str) -> Vec<String> {
        let split = self.long(name).is_some_and(|flag| flag.kind == Kind::List);
        let values = match self.given.get(name) {
            Some(values) => values.clone(),
            None => {
                let default = self.long(name).map_or("", |flag| flag.default);
                if default.is_empty() {
                    Vec::new()
                } else {
                    vec![default.to_owned()]
                }
            }
        };
        if !split {
            return values;
        }
        values
            .iter()
            .filter(|value| !value.is_empty())
            .flat_map(|value| value.split(','))
            .map(str::to_owned)
            .collect()
    }

    /// Gives a flag a value whether or not the command has it in its tables.
    pub fn force(&mut self, name: &'static str, value: &str) {
        self.given.insert(name, vec![value.to_owned()]);
    }

    /// Takes all words of a command line, where flags may stand between the arguments. Gives the
    /// arguments and how many of them stood before `--`.
    ///
    /// Models pflag `FlagSet.Parse`.
    pub fn parse(&mut self, words: &[String]) -> Result<(Vec<String>, Option<usize>), FlagError> {
        let mut arguments = Vec::new();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "--" {
                let dash = arguments.len();
                arguments.extend(words.cloned());
                return Ok((arguments, Some(dash)));
            }
            if let Some(long) = word.strip_prefix("--") {
                self.parse_long(long, &mut words)?;
            } else if let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                self.parse_letters(letters, &mut words)?;
            } else {
                arguments.push(word.clone());
            }
        }
        Ok((arguments, None))
    }

    fn parse_long(
        &mut self,
        word: &str,
        rest: &mut std::slice::Iter<'_, String>,
    ) -> Result<(), FlagError> {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        if name.is_empty() || name.starts_with('-') {
            return Err(FlagError::Wrong(format!("bad flag syntax: --{word}")));
        }
        let Some(flag) = self.long(name) else {
            if name == "help" {
                return Err(FlagError::Help);
            }
            return Err(FlagError::Wrong(format!("unknown flag: --{name}")));
        };
        let value = match (value, flag.bare) {
            (Some(value), _) => value,
            (None, Some(bare)) => bare.to_owned(),
            (None, None) => rest
                .next()
                .cloned()
                .ok_or_else(|| FlagError::Wrong(format!("flag needs an argument: --{name}")))?,
        };
        self.give(flag, value)
    }

    fn parse_letters(
        &mut self,
        letters: &str,
        rest: &mut std::slice::Iter<'_, String>,
    ) -> Result<(), FlagError> {
        let mut ahead = letters.chars();
        while let Some(letter) = ahead.next() {
            let tail = ahead.as_str();
            let Some(flag) = self.letter(letter) else {
                if letter == 'h' {
                    return Err(FlagError::Help);
                }
                let at = format!("{letter}{tail}");
                return Err(FlagError::Wrong(format!(
                    "unknown shorthand flag: '{letter}' in -{at}"
                )));
            };
            if let Some(value) = tail.strip_prefix('=') {
                return self.give(flag, value.to_owned());
            }
            if let Some(bare) = flag.bare {
                self.give(flag, bare.to_owned())?;
                continue;
            }
            if !tail.is_empty() {
                return self.give(flag, tail.to_owned());
            }
            let value = rest.next().cloned().ok_or_else(|| {
                FlagError::Wrong(format!(
                    "flag needs an argument: '{letter}' in -{letter}{tail}"
                ))
            })?;
            return self.give(flag, value);
        }
        Ok(())
    }

    fn give(&mut self, flag: &'static Flag, value: String) -> Result<(), FlagError> {
        flag.check(&value).map_err(FlagError::Wrong)?;
        self.given.entry(flag.name).or_default().push(value);
        Ok(())
    }
}

/// Why flags could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlagError {
    /// Help was asked for.
    Help,
    /// pflag's sentence.
    Wrong(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    static TABLE: &[Flag] = &[
        Flag::text("filename", "").short('f'),
        Flag::switch("all", "").short('A'),
        Flag::new("replicas", Kind::Int, ""),
        Flag::list("columns", "").short('L'),
        Flag::text("dry-run", "").default("none").bare("unchanged"),
    ];

    fn check(words: &str, expected: &str) {
        let mut flags = Flags::new(&[TABLE]);
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        let got = match flags.parse(&words) {
            Ok((arguments, dash)) => format!("{arguments:?} {dash:?} {:?}", flags.given),
            Err(FlagError::Help) => "help".to_owned(),
            Err(FlagError::Wrong(why)) => why,
        };
        assert_eq!(got, expected);
    }

    #[test]
    fn words_are_read_as_pflag_reads_them() {
        check(
            "a -f x --dry-run b -- -c",
            r#"["a", "b", "-c"] Some(2) {"dry-run": ["unchanged"], "filename": ["x"]}"#,
        );
        check(
            "-Afx -L=a,b",
            r#"[] None {"all": ["true"], "columns": ["a,b"], "filename": ["x"]}"#,
        );
        check("--foo", "unknown flag: --foo");
        check("-f", "flag needs an argument: 'f' in -f");
        check("--filename", "flag needs an argument: --filename");
        check("-Azb", "unknown shorthand flag: 'z' in -zb");
        check(
            "--replicas=many",
            "invalid argument \"many\" for \"--replicas\" flag: strconv.ParseInt: parsing \"many\": invalid syntax",
        );
        check(
            "-A=x",
            "invalid argument \"x\" for \"-A, --all\" flag: strconv.ParseBool: parsing \"x\": invalid syntax",
        );
        check("a -h", "help");
    }
}
