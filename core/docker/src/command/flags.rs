//! Flags: their tables, and the parser of command lines with pflag's habits and words.

use ordered::OrderedMap;

/// What a flag's value is, by the word after its name in the help.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// On or off.
    Bool,
    /// Any number of texts, of which most commands take the last.
    Text,
    /// A number.
    Int,
    /// `name=value`.
    Filter,
    /// An environment variable.
    Env,
    /// An amount of memory.
    Bytes,
    /// A number of CPUs.
    Cpus,
    /// A span of time, as Go writes it.
    Duration,
}

/// One flag: a line `-s --name kind|help` of a command's table. Lines that don't begin with a
/// dash go on with the help; a line with `!` before is known, but not shown.
#[derive(Clone, Copy)]
pub(crate) struct Flag {
    pub(crate) name: &'static str,
    pub(crate) short: Option<char>,
    /// The word for its value; empty for switches.
    pub(crate) word: &'static str,
    pub(crate) hidden: bool,
    pub(crate) help: &'static str,
}

impl Flag {
    fn read(text: &'static str) -> Flag {
        let (head, help) = text.split_once('|').unwrap_or((text, ""));
        let (hidden, head) = match head.strip_prefix('!') {
            Some(head) => (true, head),
            None => (false, head),
        };
        let mut words = head.split(' ').peekable();
        let short = words.next_if(|word| !word.starts_with("--"));
        Flag {
            short: short.and_then(|word| word.chars().nth(1)),
            name: words.next().unwrap_or("").trim_start_matches('-'),
            word: words.next().unwrap_or(""),
            hidden,
            help,
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self.word {
            "" => Kind::Bool,
            "int" | "uint" | "uint16" => Kind::Int,
            "filter" => Kind::Filter,
            "bytes" => Kind::Bytes,
            "decimal" => Kind::Cpus,
            "duration" => Kind::Duration,
            "list" if self.name == "env" => Kind::Env,
            _ => Kind::Text,
        }
    }
}

/// The flags of a table.
pub(crate) fn read(table: &'static str) -> Vec<Flag> {
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in table.split_inclusive('\n') {
        if line.starts_with('-') || line.starts_with("!-") {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([table.len()]);
    let texts = starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| table.get(*start..end));
    texts
        .map(|text| Flag::read(text.trim_end_matches('\n')))
        .collect()
}

/// The flags that were given, in their order.
#[derive(Default)]
pub(crate) struct Parsed {
    values: OrderedMap<&'static str, Vec<String>>,
}

impl Parsed {
    /// Whether a switch is on.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| value == "true")
    }

    /// Whether the flag was given at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The last value.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.last().map(String::as_str)
    }

    /// All values.
    pub(crate) fn list(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// The last value as a number.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }
}

type Result<T> = std::result::Result<T, String>;

/// Parses words: flags and the arguments between or, with `flags_first`, after them.
pub(crate) fn parse(
    table: &'static str,
    words: &[String],
    flags_first: bool,
) -> Result<(Parsed, Vec<String>)> {
    let table = read(table);
    let mut parsed = Parsed::default();
    let mut arguments = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if word == "--" {
            arguments.extend(rest.by_ref().cloned());
        } else if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_string())),
                None => (long, None),
            };
            let flag = table
                .iter()
                .find(|flag| flag.name == name)
                .ok_or_else(|| format!("unknown flag: --{name}"))?;
            let value = match (value, flag.kind()) {
                (Some(value), _) => value,
                (None, Kind::Bool) => "true".into(),
                (None, _) => rest
                    .next()
                    .cloned()
                    .ok_or_else(|| format!("flag needs an argument: --{name}"))?,
            };
            parsed.add(flag, value)?;
        } else if let Some(cluster) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            parsed.cluster(&table, cluster, &mut rest)?;
        } else {
            arguments.push(word.clone());
            if flags_first {
                arguments.extend(rest.by_ref().cloned());
            }
        }
    }
    Ok((parsed, arguments))
}

impl Parsed {
    fn cluster(
        &mut self,
        table: &[Flag],
        cluster: &str,
        rest: &mut std::slice::Iter<'_, String>,
    ) -> Result<()> {
        let mut letters = cluster.char_indices();
        while let Some((at, letter)) = letters.next() {
            let tail = cluster.get(at..).unwrap_or_default();
            let flag = table
                .iter()
                .find(|flag| flag.short == Some(letter))
                .ok_or_else(|| format!("unknown shorthand flag: '{letter}' in -{tail}"))?;
            let after = letters.as_str();
            if flag.kind() == Kind::Bool {
                if let Some(value) = after.strip_prefix('=') {
                    return self.add(flag, value.to_string());
                }
                self.add(flag, "true".into())?;
                continue;
            }
            let value = if after.is_empty() {
                rest.next()
                    .cloned()
                    .ok_or_else(|| format!("flag needs an argument: '{letter}' in -{tail}"))?
            } else {
                after.strip_prefix('=').unwrap_or(after).to_string()
            };
            return self.add(flag, value);
        }
        Ok(())
    }

    fn add(&mut self, flag: &Flag, value: String) -> Result<()> {
        let value = check(flag, value)?;
        self.values.entry(flag.name).or_default().push(value);
        Ok(())
    }
}

/// Refuses a value that is not of the flag's kind.
fn check(flag: &Flag, value: String) -> Result<String> {
    let shown = match flag.short {
        Some(short) => format!("-{short}, --{}", flag.name),
        None => format!("--{}", flag.name),
    };
    let wrong =
        |reason: String| format!("invalid argument {value:?} for \"{shown}\" flag: {reason}");
    match flag.kind() {
        Kind::Bool => match value.as_str() {
            "1" | "t" | "T" | "TRUE" | "true" | "True" => return Ok("true".into()),
            "0" | "f" | "F" | "FALSE" | "false" | "False" => return Ok("false".into()),
            _ => {
                return Err(wrong(format!(
                    "strconv.ParseBool: parsing {value:?}: invalid syntax"
                )));
            }
        },
        Kind::Int if flag.word.starts_with("uint") => {
            let most = if flag.word == "uint16" {
                u64::from(u16::MAX)
            } else {
                u64::MAX
            };
            let reason = match value.parse::<u64>() {
                Ok(number) if number <= most => return Ok(value),
                Ok(_) => "value out of range",
                Err(_) => "invalid syntax",
            };
            return Err(wrong(format!(
                "strconv.ParseUint: parsing {value:?}: {reason}"
            )));
        }
        Kind::Int => {
            if value.parse::<i64>().is_err() {
                return Err(wrong(format!(
                    "strconv.ParseInt: parsing {value:?}: invalid syntax"
                )));
            }
        }
        Kind::Filter => {
            if !value.is_empty() && !value.contains('=') {
                return Err(wrong("bad format of filter (expected name=value)".into()));
            }
        }
        Kind::Env => {
            if value.starts_with('=') || value.is_empty() {
                return Err(wrong(format!("invalid environment variable: {value}")));
            }
        }
        Kind::Bytes => {
            let unlimited = value == "-1" && flag.name == "memory-swap";
            if !unlimited && super::format::parse_bytes(&value).is_none() {
                return Err(wrong(format!("invalid size: '{value}'")));
            }
        }
        Kind::Cpus => {
            if value.parse::<f64>().is_err() {
                return Err(wrong(format!(
                    "failed to parse {value} as a rational number"
                )));
            }
        }
        Kind::Duration => {
            let span = value.strip_prefix('-').unwrap_or(&value);
            if value != "0" && super::format::parse_duration(span).is_none() {
                return Err(wrong(format!("time: invalid duration {value:?}")));
            }
        }
        Kind::Text => {
            if let Some(reason) = super::values::refusal(flag.name, &value) {
                return Err(wrong(reason));
            }
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
-a --all|All
and more
-n --last int|Last
-f --filter filter|Filter";

    fn check(line: &str, expected: &str) {
        let words: Vec<String> = line.split(' ').map(str::to_string).collect();
        let shown = match parse(TABLE, &words, false) {
            Ok((parsed, arguments)) => format!(
                "{} {:?} {:?} {arguments:?}",
                parsed.is_set("all"),
                parsed.int("last"),
                parsed.list("filter")
            ),
            Err(error) => error,
        };
        assert_eq!(shown, expected, "{line}");
    }

    #[test]
    fn flags_are_parsed_as_by_pflag() {
        check("-an 3 x", "true Some(3) [] [\"x\"]");
        check(
            "--all=false -f=a=b y --last 2",
            "false Some(2) [\"a=b\"] [\"y\"]",
        );
        check("--nope", "unknown flag: --nope");
        check("-xall", "unknown shorthand flag: 'x' in -xall");
        check("-ax", "unknown shorthand flag: 'x' in -x");
        check("--filter", "flag needs an argument: --filter");
        check(
            "-f first",
            "invalid argument \"first\" for \"-f, --filter\" flag: bad format of filter (expected name=value)",
        );
        check(
            "-n abc",
            "invalid argument \"abc\" for \"-n, --last\" flag: strconv.ParseInt: parsing \"abc\": invalid syntax",
        );
    }
}
