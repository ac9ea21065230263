//! `go env`.

use super::bad_flag;
use super::environment::Environment;
use machine::{ExitStatus, Process};

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

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// `go env [-json] [NAME…]`
pub(super) async fn env(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> ExitStatus {
    let is_old = environment.version < (1, 13);
    let mut is_json = false;
    let mut names: Vec<&str> = Vec::new();
    for word in arguments {
        match word.as_str() {
            "-json" | "--json" => is_json = true,
            flag if flag.starts_with('-') && names.is_empty() => {
                let usage = "go env [-json] [-changed] [-u] [-w] [var ...]";
                return bad_flag(process, flag, usage).await;
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
        let own = process.variable(key).filter(|own| !own.is_empty());
        known.push((key, own.filter(|_| key != "GOVERSION").unwrap_or(value)));
    }
    if !names.is_empty() {
        let value_of = |name: &str| {
            let found = known.iter().find(|(key, _)| *key == name);
            found.map_or_else(String::new, |(_, value)| value.clone())
        };
        if !is_json {
            let values: Vec<String> = names.iter().map(|name| value_of(name) + "\n").collect();
            process.print(values.concat()).await;
            return ExitStatus::SUCCESS;
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
    let text = if is_json {
        format!("{{\n{}\n}}\n", lines.join(",\n"))
    } else {
        format!("{}\n", lines.join("\n"))
    };
    process.print(text).await;
    ExitStatus::SUCCESS
}
