//! `go env`.

use super::environment::Environment;
use super::{Told, bad_flag};
use machine::{Content, Process};

/// Keys, each with its value. `$` values are computed; an empty one may come from the environment.
const KEYS: &str = "AR ar
CC gcc
CGO_CFLAGS -O2 -g
CGO_CPPFLAGS
CGO_CXXFLAGS -O2 -g
CGO_ENABLED 0
CGO_FFLAGS -O2 -g
CGO_LDFLAGS -O2 -g
CXX g++
GCCGO gccgo
GO111MODULE
GOAMD64 v1
GOARCH amd64
GOAUTH netrc
GOBIN
GOCACHE $HOME/.cache/go-build
GOCACHEPROG
GODEBUG
GOENV $HOME/.config/go/env
GOEXE
GOEXPERIMENT
GOFIPS140 off
GOFLAGS
GOGCCFLAGS -fPIC -m64 -fno-caret-diagnostics -Qunused-arguments -Wl,--no-gc-sections -fmessage-length=0 -ffile-prefix-map=/tmp/go-build1=/tmp/go-build -gno-record-gcc-switches
GOHOSTARCH amd64
GOHOSTOS linux
GOINSECURE
GOMOD $MOD
GOMODCACHE $GOPATH/pkg/mod
GONOPROXY
GONOSUMDB
GOOS linux
GOPATH $GOPATH
GOPRIVATE
GOPROXY https://proxy.golang.org,direct
GOROOT /usr/local/go
GOSUMDB sum.golang.org
GOTELEMETRY local
GOTELEMETRYDIR $HOME/.config/go/telemetry
GOTMPDIR
GOTOOLCHAIN local
GOTOOLDIR /usr/local/go/pkg/tool/linux_amd64
GOVCS
GOVERSION $VERSION
GOWORK
PKG_CONFIG pkg-config";

/// Keys that came with Go 1.13 and later.
const NEW: &str = " GOAMD64 GOAUTH GOCACHEPROG GODEBUG GOENV GOEXPERIMENT GOFIPS140 GOINSECURE GOMODCACHE GONOPROXY GONOSUMDB GOPRIVATE GOSUMDB GOTELEMETRY GOTELEMETRYDIR GOTOOLCHAIN GOVCS GOVERSION GOWORK GO111MODULE AR ";

/// `go env -w KEY=VALUE…`
fn write(process: &Process, arguments: &[String]) -> Told {
    if arguments.is_empty() {
        return Err(("go: no KEY=VALUE arguments given\n".into(), 1));
    }
    let mut lines = kept(process);
    let mut warning = String::new();
    let mut told: Vec<&str> = Vec::new();
    for word in arguments {
        let Some((key, value)) = word.split_once('=') else {
            let text = format!("go: arguments must be KEY=VALUE: invalid argument: {word}\n");
            return Err((text, 1));
        };
        if told.contains(&key) {
            return Err((format!("go: multiple values for key: {key}\n"), 1));
        }
        told.push(key);
        if let Some(text) = unknown(key).or_else(|| impossible(key, value)) {
            return Err((text, 1));
        }
        if process
            .variable(key)
            .is_some_and(|own| !own.is_empty() && own != value)
        {
            let text = format!(
                "warning: go env -w {key}=... does not override conflicting OS environment variable\n"
            );
            warning = text;
        }
        lines.retain(|line| !line.starts_with(&format!("{key}=")));
        lines.push(word.clone());
    }
    unsupported(process, &lines, &told)?;
    keep(process, lines)?;
    if warning.is_empty() {
        Ok(warning)
    } else {
        Err((warning, 0))
    }
}

/// `go env -u KEY…`
fn unset(process: &Process, arguments: &[String]) -> Told {
    if arguments.is_empty() {
        return Err(("go: 'go env -u' requires an argument\n".into(), 1));
    }
    let mut lines = kept(process);
    for key in arguments {
        if let Some(text) = unknown(key) {
            return Err((text, 1));
        }
        lines.retain(|line| !line.starts_with(&format!("{key}=")));
    }
    let keys: Vec<&str> = arguments.iter().map(String::as_str).collect();
    unsupported(process, &lines, &keys)?;
    keep(process, lines)
}

/// Why a variable cannot have a value.
fn impossible(key: &str, value: &str) -> Option<String> {
    let first = value.split(' ').next().unwrap_or("");
    let is_relative = !value.is_empty() && !value.starts_with('/');
    match key {
        "GO111MODULE" if !["", "auto", "on", "off"].contains(&value) => {
            Some(format!("go: invalid {key} value {value:?}\n"))
        }
        "GOPATH" if value.starts_with('~') => Some(format!(
            "go: GOPATH entry cannot start with shell metacharacter '~': {value:?}\n"
        )),
        "GOPATH" | "GOMODCACHE" if is_relative => Some(format!(
            "go: {key} entry is relative; must be absolute path: {value:?}\n"
        )),
        "CC" | "CXX" if is_relative && first.contains('/') => Some(format!(
            "go: {key} entry is relative; must be absolute path: {first:?}\n"
        )),
        "GOEXPERIMENT" if !value.is_empty() => Some(format!("go: unknown {key} {value}\n")),
        "GOTMPDIR" if is_relative => Some(format!("go: {key} must be an absolute path\n")),
        _ => None,
    }
}

/// Whether Go can build for the system that is told of.
fn unsupported(process: &Process, lines: &[String], told: &[&str]) -> Told {
    let value = |key: &str, usual: &str| {
        let given = lines
            .iter()
            .find_map(|line| line.strip_prefix(&format!("{key}=")));
        let given = given.map(str::to_string).filter(|value| !value.is_empty());
        let own = process.variable(key).filter(|value| !value.is_empty());
        let value = match told.contains(&key) {
            true => given.or(own),
            false => own.or(given),
        };
        value.unwrap_or_else(|| usual.to_string())
    };
    let (system, processor) = (value("GOOS", "linux"), value("GOARCH", "amd64"));
    match super::verbs::no_platform(&system, &processor) {
        Some(text) if told.contains(&"GOOS") || told.contains(&"GOARCH") => Err((text, 1)),
        _ => Ok(String::new()),
    }
}

/// The lines of the file that `go env -w` writes.
fn kept(process: &Process) -> Vec<String> {
    let file = process.files().read(&place(process));
    let text = file.map(|file| file.text()).unwrap_or_default();
    text.lines().map(str::to_string).collect()
}

fn keep(process: &Process, mut lines: Vec<String>) -> Told {
    lines.sort();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let place = place(process);
    let folder = place.trim_end_matches("/env");
    process.files().create_directories(folder, 0o755).ok();
    match process.files().write(&place, Content::new(text), 0o644) {
        Ok(()) => Ok(String::new()),
        Err(_) => Err((String::new(), 1)),
    }
}

/// What is said of a variable that Go does not know, or that cannot be kept.
fn unknown(key: &str) -> Option<String> {
    let fixed = " GOMOD GOWORK GOEXE GOVERSION GOTOOLDIR GOHOSTOS GOHOSTARCH GOGCCFLAGS GOTELEMETRY GOTELEMETRYDIR ";
    let word = format!(" {key} ");
    let is_known = KEYS.lines().any(|line| line.split(' ').next() == Some(key));
    if fixed.contains(&word) {
        Some(format!("go: {key} cannot be modified\n"))
    } else if " GOENV GODEBUG ".contains(&word) {
        Some(format!(
            "go: {key} can only be set using the OS environment\n"
        ))
    } else if !is_known {
        Some(format!("go: unknown go command variable {key}\n"))
    } else {
        None
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A setting of the environment, or of the file that `go env -w` writes.
pub(super) fn setting(process: &Process, key: &str) -> Option<String> {
    let own = process.variable(key).filter(|value| !value.is_empty());
    own.or_else(|| {
        let text = process.files().read(&place(process)).ok()?.text();
        let lines = text.lines().filter_map(|line| line.split_once('='));
        let mut values = lines.filter(|(known, _)| *known == key);
        values.next().map(|(_, value)| value.to_string())
    })
}

/// The file that `go env -w` writes.
fn place(process: &Process) -> String {
    let home = process.variable("HOME").unwrap_or_else(|| "/root".into());
    format!("{home}/.config/go/env")
}

/// `go env [-json] [NAME…]`
pub(super) fn env(process: &Process, environment: &Environment, arguments: &[String]) -> Told {
    let is_old = environment.version < (1, 13);
    let mut is_json = false;
    let mut is_changed = false;
    match arguments.split_first() {
        Some((word, rest)) if word == "-w" => return write(process, rest),
        Some((word, rest)) if word == "-u" => return unset(process, rest),
        _ => {}
    }
    let mut names: Vec<&str> = Vec::new();
    for word in arguments {
        match word.as_str() {
            "-json" | "--json" => is_json = true,
            "-changed" | "--changed" => is_changed = true,
            flag if flag.starts_with('-') && names.is_empty() => {
                let usage = "go env [-json] [-changed] [-u] [-w] [var ...]";
                return Err(bad_flag(flag, usage));
            }
            name => names.push(name),
        }
    }
    let home = process.variable("HOME").unwrap_or_else(|| "/root".into());
    let module = match (environment.has_module, environment.version >= (1, 16)) {
        (true, _) => format!("{}/go.mod", environment.root.trim_end_matches('/')),
        (false, true) => "/dev/null".into(),
        (false, false) => String::new(),
    };
    let mut known: Vec<(&str, String)> = Vec::new();
    for line in KEYS.lines() {
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        if is_old && NEW.contains(&format!(" {key} ")) && key != "GO111MODULE" {
            continue;
        }
        let value = value
            .replace("$HOME", &home)
            .replace("$MOD", &module)
            .replace("$GOPATH", &environment.gopath)
            .replace("$VERSION", &format!("go{}", environment.version_text));
        let own = setting(process, key);
        if is_changed && (own.is_none() || own.as_ref() == Some(&value)) {
            continue;
        }
        known.push((key, own.filter(|_| key != "GOVERSION").unwrap_or(value)));
    }
    if !names.is_empty() {
        let value_of = |name: &str| {
            let found = known.iter().find(|(key, _)| *key == name);
            found.map_or_else(String::new, |(_, value)| value.clone())
        };
        if !is_json {
            let values: Vec<String> = names.iter().map(|name| value_of(name) + "\n").collect();
            return Ok(values.concat());
        }
        known = names.iter().map(|name| (*name, value_of(name))).collect();
        known.sort();
        known.dedup();
    }
    let lines: Vec<String> = known
        .iter()
        .map(
            |(key, value)| match (is_json, environment.version >= (1, 22)) {
                (true, _) => format!("\t{}: {}", quoted(key), quoted(value)),
                (false, true) => format!("{key}='{value}'"),
                (false, false) => format!("{key}=\"{value}\""),
            },
        )
        .collect();
    Ok(if is_json {
        format!("{{\n{}\n}}\n", lines.join(",\n"))
    } else {
        format!("{}\n", lines.join("\n"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_set_is_refused() {
        let said = |key, value| {
            unknown(key)
                .or_else(|| impossible(key, value))
                .unwrap_or_default()
        };
        for (key, value, wanted) in [
            (
                "GOPATH",
                "x",
                "go: GOPATH entry is relative; must be absolute path: \"x\"\n",
            ),
            (
                "GO111MODULE",
                "maybe",
                "go: invalid GO111MODULE value \"maybe\"\n",
            ),
            (
                "GOENV",
                "x",
                "go: GOENV can only be set using the OS environment\n",
            ),
            ("GOMOD", "x", "go: GOMOD cannot be modified\n"),
            (
                "GOMAXPROCS",
                "3",
                "go: unknown go command variable GOMAXPROCS\n",
            ),
            ("CC", "gcc", ""),
            (
                "CC",
                "bin/gcc -m64",
                "go: CC entry is relative; must be absolute path: \"bin/gcc\"\n",
            ),
            ("GOTMPDIR", "x", "go: GOTMPDIR must be an absolute path\n"),
        ] {
            assert_eq!(said(key, value), wanted);
        }
    }
}
