//! `pushd`, `popd` and `dirs`: folders to come back to.

use super::change_directory;
use crate::interpreter::{Flow, Shell, ShellFuture};
use machine::path;

/// The built-in that its first word names.
pub(super) fn stack(shell: &mut Shell, arguments: Vec<String>) -> ShellFuture<'_> {
    Box::pin(async move {
        let name = arguments.first().map_or("", String::as_str);
        let here = path::clean(&shell.process.directory());
        let target = match (name, arguments.get(1)) {
            ("dirs", Some(word)) if word == "-c" => {
                shell.directories.clear();
                return Flow::Next(0);
            }
            ("dirs", _) => None,
            ("pushd", Some(target)) => Some(target.clone()),
            _ => match shell.directories.pop() {
                Some(target) => Some(target),
                None => {
                    let what = match name {
                        "pushd" => "no other directory",
                        _ => "directory stack empty",
                    };
                    shell.complain(&format!("{name}: {what}")).await;
                    return Flow::Next(1);
                }
            },
        };
        if let Some(target) = target {
            let flow = change_directory(shell, vec![name.to_owned(), target]).await;
            if flow != Flow::Next(0) {
                return flow;
            }
            if name == "pushd" {
                shell.directories.push(here);
            }
        }
        let home = shell.state.get("HOME").unwrap_or_default();
        let now = path::clean(&shell.process.directory());
        let all = std::iter::once(&now).chain(shell.directories.iter().rev());
        let shown: Vec<String> = all
            .map(|path| match path.strip_prefix(&home) {
                Some(rest) if !home.is_empty() && (rest.is_empty() || rest.starts_with('/')) => {
                    format!("~{rest}")
                }
                _ => path.clone(),
            })
            .collect();
        shell.process.print(shown.join(" ") + "\n").await;
        Flow::Next(0)
    })
}
