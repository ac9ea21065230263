//! The flags that `go build`, `go run`, `go install`, `go vet` and `go get` share.
//! Models `cmd/go/internal/work`'s build flags.

use super::settings::setting;
use super::{Refusal, bad_flag_text};
use machine::Process;

/// Flags that take a value.
const VALUED: &str = " ldflags tags gcflags mod p asmflags buildmode modfile installsuffix pkgdir gccgoflags compiler exec o overlay pgo toolexec covermode coverpkg buildvcs vettool C ";
/// Flags that are set or not.
const SWITCHES: &str =
    " a n v x race msan asan trimpath work cover linkshared modcacherw json i buildvcs ";
/// Flags of `go vet`: its checks and how it prints.
const VET: &str = " appends asmdecl assign atomic bools buildtag cgocall composites copylocks defers directive errorsas framepointer hostport httpresponse ifaceassert loopclosure lostcancel nilfunc printf shift sigchanyzer slog stdmethods stdversion stringintconv structtag testinggoroutine tests timeformat unmarshal unreachable unsafeptr unusedresult waitgroup c diff fix V ";

/// Flags and targets of a command.
#[derive(Default)]
pub(super) struct Request {
    pub output: Option<String>,
    pub verbose: bool,
    pub targets: Vec<String>,
    /// What follows the targets of `go run`.
    pub rest: Vec<String>,
    pub ldflags: String,
    pub tags: String,
    /// The program that `go run` runs the binary with.
    pub exec: Option<String>,
    /// The checks of `go vet` that are named, with whether they run.
    pub checks: Vec<(String, bool)>,
}

/// Reads a command line. `usage` is the verb's own.
pub(super) fn parse(
    process: &Process,
    arguments: &[String],
    usage: &str,
) -> Result<Request, Refusal> {
    let mut request = Request::default();
    let goflags = setting(process, "GOFLAGS").unwrap_or_default();
    for word in goflags.split_whitespace() {
        let Some(flag) = word.strip_prefix('-') else {
            return Err((format!("go: parsing $GOFLAGS: non-flag {word:?}\n"), 1));
        };
        let name = flag
            .trim_start_matches('-')
            .split('=')
            .next()
            .unwrap_or(flag);
        let known = [VALUED, SWITCHES, VET]
            .iter()
            .any(|list| list.contains(&format!(" {name} ")));
        if !known {
            return Err((format!("go: parsing $GOFLAGS: unknown flag -{name}\n"), 1));
        }
        request.flag(word, &mut [].iter(), usage)?;
    }
    let is_run = usage.starts_with("go run");
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--" && request.targets.is_empty() {
            request.targets.extend(words.by_ref().cloned());
        } else if word.starts_with('-') && word.len() > 1 && request.targets.is_empty() {
            request.flag(word, &mut words, usage)?;
        } else if is_run
            && !request.targets.is_empty()
            && !(word.ends_with(".go") && request.rest.is_empty() && request.names_files())
        {
            request.rest.push(word.clone());
        } else {
            request.targets.push(word.clone());
        }
    }
    if request.targets.is_empty() {
        request.targets.push(".".into());
    }
    Ok(request)
}

impl Request {
    fn names_files(&self) -> bool {
        self.targets
            .first()
            .is_some_and(|first| first.ends_with(".go"))
    }

    fn flag(
        &mut self,
        word: &str,
        words: &mut std::slice::Iter<'_, String>,
        usage: &str,
    ) -> Result<(), Refusal> {
        let flag = word
            .strip_prefix("--")
            .or(word.strip_prefix('-'))
            .unwrap_or(word);
        let (name, mut value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (flag, None),
        };
        let is = |list: &str| list.contains(&format!(" {name} "));
        let wrong = |reason: String| Err((bad_flag_text(&reason, usage), 2));
        let verb = usage.split(' ').nth(1).unwrap_or("");
        let is_check = verb == "vet" && is(VET);
        let is_own = match name {
            "o" => matches!(verb, "build" | "test"),
            "exec" => matches!(verb, "run" | "vet"),
            "u" | "t" | "d" | "tool" => verb == "get",
            _ => is(VALUED) || is(SWITCHES),
        };
        if matches!(name, "h" | "help") {
            return wrong(String::new());
        }
        if !is_own && !is_check {
            return wrong(format!("flag provided but not defined: -{name}\n"));
        }
        if is(VALUED) && !is_check && !(name == "buildvcs" && value.is_none()) {
            value = value.or_else(|| words.next().cloned());
            if value.is_none() {
                return wrong(format!("flag needs an argument: -{name}\n"));
            }
        }
        let value = value.unwrap_or_else(|| "true".into());
        let truth = "1 t T true TRUE True";
        let is_true = truth.split(' ').any(|known| known == value);
        let is_bool = is_true
            || "0 f F false FALSE False"
                .split(' ')
                .any(|known| known == value);
        if !is_bool && (is_check || is(SWITCHES) && !is(VALUED)) {
            return wrong(format!(
                "invalid boolean value {value:?} for -{name}: parse error\n"
            ));
        }
        match name {
            _ if is_check => self.checks.push((name.to_string(), is_true)),
            "o" => self.output = Some(value),
            "v" => self.verbose = is_true,
            "ldflags" => self.ldflags = value,
            "tags" => self.tags = value.replace(',', " "),
            "exec" => self.exec = Some(value),
            "p" if value.parse::<u32>().is_err() => {
                return wrong(format!(
                    "invalid value {value:?} for flag -p: parse error\n"
                ));
            }
            "race" | "msan" if is_true => {
                return Err((
                    format!("go: -{name} requires cgo; enable cgo by setting CGO_ENABLED=1\n"),
                    2,
                ));
            }
            "mod" if !matches!(value.as_str(), "" | "mod" | "readonly" | "vendor") => {
                return Err((
                    format!(
                        "-mod={value} not supported (can be '', 'mod', 'readonly', or 'vendor')\n"
                    ),
                    1,
                ));
            }
            "buildmode"
                if !" default exe pie archive c-archive c-shared shared plugin "
                    .contains(&format!(" {value} ")) =>
            {
                return Err((format!("buildmode={value} not supported\n"), 1));
            }
            _ => {}
        }
        Ok(())
    }

    /// The variables that `-ldflags` sets, or what the linker says to its flags.
    pub fn values(&self) -> Result<Vec<(String, String)>, String> {
        let words = words(&self.ldflags);
        let mut found = Vec::new();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let flag = word
                .strip_prefix("--")
                .or(word.strip_prefix('-'))
                .unwrap_or(word);
            let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
            if name == "X" {
                let value = match flag.contains('=') {
                    true => value.to_string(),
                    false => words.next().cloned().unwrap_or_default(),
                };
                let Some((name, value)) = value.split_once('=') else {
                    return Err("/usr/local/go/pkg/tool/linux_amd64/link: -X flag requires argument of the form importpath.name=value\n".into());
                };
                found.push((name.to_string(), value.to_string()));
            } else if matches!(
                name,
                "extldflags" | "linkmode" | "buildid" | "H" | "B" | "extld" | "r" | "I"
            ) && !flag.contains('=')
            {
                words.next();
            }
        }
        Ok(found)
    }
}

/// The words of a flag's value, some of them in quotes.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let quoted = ['"', '\''].contains(&first);
        let body = if quoted {
            rest.get(1..).unwrap_or("")
        } else {
            rest
        };
        let end = body.find(|c: char| {
            if quoted {
                c == first
            } else {
                c.is_whitespace()
            }
        });
        let end = end.unwrap_or(body.len());
        found.push(body.get(..end).unwrap_or("").to_string());
        rest = body
            .get(end + usize::from(quoted)..)
            .unwrap_or("")
            .trim_start();
    }
    found
}
