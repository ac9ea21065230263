//! `go vet`: what is almost surely wrong in packages that compile.

use super::Outcome;
use super::environment::Environment;
use super::flags::parse;
use super::targets::resolve;
use super::verbs::{LOAD_TIME, module};
use crate::build::{Examined, Graph};
use machine::{ExitStatus, Process};

/// `go vet`
pub(super) async fn vet(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> Outcome {
    let usage = "go vet [build flags] [-vettool prog] [vet flags] [packages]";
    let request = parse(process, arguments, usage)?;
    process.sleep(LOAD_TIME).await;
    let files = environment.files(process);
    let module = module(process, environment, &files, &request.tags);
    let mut graph = Graph::new(&module);
    let found = resolve(process, environment, &mut graph, &request.targets, true)
        .map_err(|text| (text, 1))?;
    if found.roots.is_empty() {
        return Err((found.warnings + "no packages to vet\n", 1));
    }
    let mut said: Vec<String> = Vec::new();
    let mut add = |text: String| {
        if !said.contains(&text) {
            said.push(text);
        }
    };
    let roots: Vec<usize> = found.roots.iter().map(|(id, _)| *id).collect();
    let errors = graph.errors(&roots);
    if !errors.is_empty() {
        return Err((errors.concat(), 1));
    }
    let (mut setup, mut compiled): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for id in roots {
        let is_library = graph.node(id).is_some_and(|node| node.is_library);
        if is_library {
            continue;
        }
        let is_plain = graph
            .node(id)
            .is_some_and(|node| !node.is_main() && node.inside.is_empty());
        match graph.examine(id) {
            Examined::Setup(texts) => setup.extend(texts),
            Examined::Needs(texts) => {
                for text in texts {
                    let path = text.strip_prefix("# ").and_then(|text| text.lines().next());
                    compiled.extend(path.map(str::to_string));
                    add(text);
                }
            }
            // Another package needs it: the compiler has told it.
            Examined::Broken(path, _) if compiled.contains(&path) => {}
            Examined::Broken(path, first) => {
                let again = if environment.version < (1, 20) || is_plain && !path.ends_with("_test")
                {
                    String::new()
                } else {
                    format!("# [{path}]\n")
                };
                add(format!("# {path}\n{again}vet: {first}"));
            }
            Examined::Findings(text) if text.is_empty() => {}
            Examined::Findings(text) if environment.version >= (1, 26) => {
                let lines = text.split_inclusive('\n');
                add(lines
                    .map(|line| line.strip_prefix("./").unwrap_or(line))
                    .collect());
            }
            Examined::Findings(text) => {
                let path = graph.node(id).map_or("", |node| node.path.as_str());
                let again = if environment.version >= (1, 20) {
                    format!("# [{path}]\n")
                } else {
                    String::new()
                };
                add(format!("# {path}\n{again}{text}"));
            }
        }
    }
    if said.is_empty() && setup.is_empty() {
        return Ok(ExitStatus::SUCCESS);
    }
    Err((setup.concat() + &said.concat(), environment.failure()))
}
