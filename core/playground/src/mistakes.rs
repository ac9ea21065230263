//! What is wrong with a file of the workspace, in the words of the tool that would say so, with the
//! place for an editor to mark.

use docker::Dockerfile;
use kubernetes_api::schema::{self, decode};
use kubernetes_api::{object, yaml};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The tool refuses the file.
    Error,
    /// The tool goes on and says something.
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
}

/// Looks at a file by what its name says that it is.
#[must_use]
pub fn of_file(name: &str, text: &str) -> Vec<Mistake> {
    let base = machine::path::file_name(name);
    if base.ends_with(".yaml") || base.ends_with(".yml") {
        of_manifest(text)
    } else if base.starts_with("Dockerfile") {
        of_dockerfile(text)
    } else if base.ends_with(".go") {
        of_program(base, text)
    } else {
        Vec::new()
    }
}

fn of_manifest(text: &str) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for document in yaml::documents(text) {
        match document {
            Ok(document) => of_document(&document, &mut mistakes),
            Err(error) => mistakes.push(at(error.mark, error.message)),
        }
    }
    mistakes
}

fn at(mark: yaml::Mark, message: String) -> Mistake {
    Mistake {
        line: mark.line + 1,
        column: mark.column + 1,
        severity: Severity::Error,
        message,
    }
}

/// What the API server would say about the fields of an object that it knows.
fn of_document(document: &yaml::Document, mistakes: &mut Vec<Mistake>) {
    let (version, kind) = (
        object::api_version(&document.value),
        object::kind(&document.value),
    );
    let place = |field: &str| {
        let place = document.locate(field);
        place.map_or(document.start, |(start, _)| start)
    };
    if version == "extensions/v1beta1" {
        let message = format!(
            "no matches for kind \"{kind}\" in version \"{version}\": write apps/v1, and a selector"
        );
        mistakes.push(at(place("apiVersion"), message));
        return;
    }
    let Some(known) = schema::builtin().of_api_version(version, kind) else {
        return;
    };
    match decode::decode(schema::builtin(), known, &document.value) {
        Ok(decoded) => {
            for field in &decoded.unknown {
                mistakes.push(at(place(field), format!("unknown field \"{field}\"")));
            }
        }
        Err(message) => {
            // The words name the field by its path behind the Go type's name.
            let field = message
                .split_once("Go struct field ")
                .and_then(|(_, rest)| rest.split_once(' '))
                .and_then(|(path, _)| path.split_once('.'))
                .map_or("", |(_, path)| path);
            mistakes.push(at(place(field), message.clone()));
        }
    }
}

/// What the compiler says of a file on its own.
fn of_program(name: &str, text: &str) -> Vec<Mistake> {
    let Err(said) = golang::build(name, text.as_bytes(), "/root/hello") else {
        return Vec::new();
    };
    said.lines()
        .filter_map(|line| compiler_line(name, line))
        .collect()
}

/// Reads `./hello.go:11:3: words`.
fn compiler_line(name: &str, line: &str) -> Option<Mistake> {
    let (file, rest) = line.split_once(':')?;
    if machine::path::file_name(file) != name {
        return None;
    }
    let (number, rest) = rest.split_once(':')?;
    let line = number.parse().ok()?;
    let (column, message) = match rest.split_once(": ") {
        Some((column, message)) if column.parse::<usize>().is_ok() => {
            (column.parse().unwrap_or(1), message)
        }
        _ => (1, rest.trim_start()),
    };
    Some(Mistake {
        line,
        column,
        severity: Severity::Error,
        message: message.to_owned(),
    })
}

fn of_dockerfile(text: &str) -> Vec<Mistake> {
    match Dockerfile::parse(text) {
        Ok(dockerfile) => dockerfile
            .warnings
            .iter()
            .map(|warning| Mistake {
                line: warning.line.max(1),
                column: 1,
                severity: Severity::Warning,
                message: format!("{}: {}", warning.rule, warning.message),
            })
            .collect(),
        Err(error) => vec![Mistake {
            line: error.lines.map_or(1, |(first, _)| first.max(1)),
            column: 1,
            severity: Severity::Error,
            message: error.message,
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expected: &[(usize, usize, &str)]) {
        let mistakes = of_file(name, text);
        let shown: Vec<_> = mistakes
            .iter()
            .map(|mistake| (mistake.line, mistake.column, mistake.message.as_str()))
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn an_unknown_field_is_marked_where_it_stands() {
        check(
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  container:\n  - name: a\n",
            &[(6, 3, "unknown field \"spec.container\"")],
        );
    }

    #[test]
    fn the_second_document_is_looked_at_too() {
        check(
            "all.yaml",
            "apiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: Pod\nspecs: {}\n",
            &[(6, 1, "unknown field \"specs\"")],
        );
    }

    #[test]
    fn broken_yaml_is_marked() {
        let mistakes = of_file("pod.yaml", "kind: Pod\nmetadata:\n  name: a\n bad: 1\n");
        assert_eq!(mistakes.len(), 1);
        assert!(
            mistakes.iter().all(|mistake| mistake.line >= 3),
            "{mistakes:?}"
        );
    }

    #[test]
    fn an_unknown_instruction_is_marked() {
        check(
            "Dockerfile",
            "FROM scratch\nRUNN echo\n",
            &[(
                2,
                1,
                "dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)",
            )],
        );
    }

    #[test]
    fn the_lessons_old_api_version_has_advice() {
        check(
            "deployment.yaml",
            "apiVersion: extensions/v1beta1\nkind: Deployment\n",
            &[(
                1,
                1,
                "no matches for kind \"Deployment\" in version \"extensions/v1beta1\": write apps/v1, and a selector",
            )],
        );
    }

    #[test]
    fn a_compile_error_is_marked() {
        check(
            "hello.go",
            "package main\n\nfunc main() {\n\tx := 1\n}\n",
            &[(4, 2, "declared and not used: x")],
        );
    }

    #[test]
    fn good_files_and_other_files_have_no_mistakes() {
        check(
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n",
            &[],
        );
        check("Dockerfile", "FROM scratch\nCOPY a /\n", &[]);
        check("notes.txt", ": : :", &[]);
    }
}
