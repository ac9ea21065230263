//! `go vet`: what is almost surely wrong in packages that compile.

use super::environment::Environment;
use super::verbs::{LOAD_TIME, folders, module, no_folder, parse};
use crate::build::Examined;
use machine::{ExitStatus, Process};

/// `go vet`
pub(super) async fn vet(
    process: &Process,
    environment: &Environment,
    arguments: &[String],
) -> ExitStatus {
    let request = parse(arguments, false);
    process.sleep(LOAD_TIME).await;
    let files = environment.files(process);
    let module = module(environment, &files);
    let mut results = Vec::new();
    if request.targets.iter().any(|target| target.ends_with(".go")) {
        let names: Vec<String> = request
            .targets
            .iter()
            .map(|target| environment.below_root(target))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let path = "command-line-arguments".to_string();
        results.push((path, module.examine_files(&names)));
    } else if !environment.has_module && environment.gopath_package.is_none() {
        process
            .print_error("go: go.mod file not found in current directory or any parent directory; see 'go help modules'\n")
            .await;
        return ExitStatus::FAILURE;
    } else {
        for target in &request.targets {
            for folder in folders(environment, &files, target, true) {
                if let Some(text) = no_folder(process, environment, &folder) {
                    process.print_error(text).await;
                    return ExitStatus::FAILURE;
                }
                results.push((module.import_path(&folder), module.examine(&folder)));
            }
        }
    }
    let mut failed = false;
    for (path, result) in results {
        let text = match result {
            Examined::Setup(text) => text,
            Examined::Broken(first) => {
                let again = if environment.version >= (1, 20) {
                    format!("# [{path}]\n")
                } else {
                    String::new()
                };
                format!("# {path}\n{again}vet: {first}\n")
            }
            Examined::Findings(text) if text.is_empty() => continue,
            Examined::Findings(text) if environment.version >= (1, 26) => text,
            Examined::Findings(text) if environment.version >= (1, 20) => {
                format!("# {path}\n# [{path}]\n{text}")
            }
            Examined::Findings(text) => format!("# {path}\n{text}"),
        };
        process.print_error(text).await;
        failed = true;
    }
    if failed {
        environment.failure()
    } else {
        ExitStatus::SUCCESS
    }
}
