//! The small verbs: `go clean`, `go generate`, `go tool` and `go work`.

use super::environment::Environment;
use super::targets::resolve;
use super::verbs::module;
use super::{Outcome, Told, bad_flag};
use crate::build::Graph;
use machine::{ExitStatus, Process};

/// The tools of Go's distribution.
const TOOLS: &str = "asm\ncgo\ncompile\ncover\nfix\nlink\npreprofile\nvet\n";

/// `go clean`
pub(super) fn clean(process: &Process, rest: &[String]) -> Told {
    let known = " -i -r -n -x -cache -testcache -modcache -fuzzcache ";
    let wrong = rest
        .iter()
        .find(|word| word.starts_with('-') && !known.contains(&format!(" {word} ")));
    if let Some(flag) = wrong {
        let usage = "go clean [-i] [-r] [-cache] [-testcache] [-modcache] [-fuzzcache] [build flags] [packages]";
        return Err(bad_flag(flag, usage));
    }
    if rest
        .iter()
        .any(|word| word == "-cache" || word == "-testcache")
    {
        let home = process.variable("HOME").unwrap_or_else(|| "/root".into());
        process
            .files()
            .remove_all(&format!("{home}/.cache/go-build"))
            .ok();
    }
    Ok(String::new())
}

/// `go tool`
pub(super) fn tool(rest: &[String]) -> Told {
    let only_shown = rest.iter().any(|word| word == "-n");
    let Some(name) = rest.iter().find(|word| !word.starts_with('-')) else {
        return Ok(TOOLS.into());
    };
    let text = match (TOOLS.lines().any(|known| known == name), only_shown) {
        (true, true) => {
            return Ok(format!("/usr/local/go/pkg/tool/linux_amd64/{name}\n"));
        }
        (true, false) => format!("go tool {name} is part of Go but not of this playground\n"),
        (false, _) => format!("go: no such tool {name:?}\n"),
    };
    Err((text.to_string(), 2))
}

/// `go work`: one module is all that is built here.
pub(super) fn work(rest: &[String]) -> Told {
    let known = " edit init sync use vendor ";
    let text = match rest.first() {
        Some(verb) if !known.contains(&format!(" {verb} ")) => {
            "go work: unknown command\nRun 'go help work' for usage.\n"
        }
        _ => "go work is part of Go but not of this playground\n",
    };
    Err((text.to_string(), 2))
}

/// `go generate`
pub(super) async fn generate(
    process: &Process,
    environment: &Environment,
    rest: &[String],
) -> Outcome {
    let shows = rest.iter().any(|word| word == "-x" || word == "-n");
    let runs = !rest.iter().any(|word| word == "-n");
    let mut words: Vec<String> = rest
        .iter()
        .filter(|word| !word.starts_with('-'))
        .cloned()
        .collect();
    if words.is_empty() {
        words.push(".".into());
    }
    let files = environment.files(process);
    let module = module(process, environment, &files, "");
    let mut graph = Graph::new(&module);
    let found =
        resolve(process, environment, &mut graph, &words, true).map_err(|text| (text, 1))?;
    for (id, _) in found.roots {
        let Some(node) = graph.node(id) else {
            continue;
        };
        for name in node.files.iter().chain(&node.inside).chain(&node.outside) {
            let text = files
                .get(name)
                .map(|text| String::from_utf8_lossy(text).into_owned());
            for (at, line) in text.unwrap_or_default().lines().enumerate() {
                let Some(command) = line.strip_prefix("//go:generate ") else {
                    continue;
                };
                let base = name.rsplit('/').next().unwrap_or(name);
                let own = [
                    ("GOFILE", base.to_string()),
                    ("GOLINE", (at + 1).to_string()),
                    ("GOPACKAGE", node.name.clone()),
                    ("GOOS", "linux".into()),
                    ("GOARCH", "amd64".into()),
                    ("DOLLAR", "$".into()),
                ];
                let words = command_words(command, &own);
                if shows {
                    process.print_error(format!("{}\n", words.join(" "))).await;
                }
                if !runs {
                    continue;
                }
                let folder = module.absolute(&node.folder);
                if let Err(text) = run(process, &folder, &words, &own).await {
                    let place = format!("{}:{}", module.near(name), at + 1);
                    let first = words.first().map_or("", String::as_str);
                    let text = format!("{place}: running {first:?}: {text}\n");
                    return Err((text, 1));
                }
            }
        }
    }
    Ok(ExitStatus::SUCCESS)
}

/// The words of a line, some in quotes, with variables put in.
fn command_words(line: &str, own: &[(&str, String)]) -> Vec<String> {
    let mut line = line.to_string();
    for (key, value) in own {
        line = line
            .replace(&format!("${key}"), value)
            .replace(&format!("${{{key}}}"), value);
    }
    super::flags::words(&line)
}

async fn run(
    process: &Process,
    folder: &str,
    words: &[String],
    own: &[(&str, String)],
) -> Result<(), String> {
    let mut spawn = process.child(words.to_vec());
    spawn.directory = folder.to_string();
    for (key, value) in own {
        spawn
            .environment
            .push(((*key).into(), value.as_str().into()));
    }
    let first = words.first().map_or("", String::as_str);
    let child = process.kernel().spawn(spawn);
    let child =
        child.map_err(|_| format!("exec: {first:?}: executable file not found in $PATH"))?;
    match child.wait().await {
        ExitStatus::SUCCESS => Ok(()),
        ExitStatus::Exited(code) => Err(format!("exit status {code}")),
        ExitStatus::Signaled(_) => Err("signal: killed".into()),
    }
}
