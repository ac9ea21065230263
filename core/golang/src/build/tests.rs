//! Packages with their tests: what `go test` builds of a folder, and what `go vet` looks at.

use super::graph::Graph;
use super::module::{Checked, Source, Unit, binary, compile};
use crate::program::Binary;
use golang_check::vet::Suite;

/// What `go test` made of a package.
pub(crate) enum TestBinary {
    /// There is no test file.
    None,
    /// A package cannot be loaded: all that is wrong.
    Setup(Vec<String>),
    /// What the compiler says, for each package, and what `go vet` found.
    Broken(Vec<String>),
    /// A program that runs the tests.
    Built(Binary),
}

/// What `go vet` says about a package.
pub(crate) enum Examined {
    /// A package cannot be loaded.
    Setup(Vec<String>),
    /// What the compiler says of packages that it imports.
    Needs(Vec<String>),
    /// Its own first error, with the path of the package.
    Broken(String, String),
    /// Findings, one on each line; none if all is well.
    Findings(String),
}

/// A function that the made `main` of a test binary names.
struct Found {
    /// `_test` or `_xtest`
    package: &'static str,
    name: String,
    /// Of an example: the output that its comment promises, and whether in any order.
    output: Option<(String, bool)>,
}

/// A package with its tests, ready to be compiled.
struct Tested {
    units: Vec<Unit>,
    /// Where the package and the one of its tests stand among the units.
    own: Vec<usize>,
    found: Vec<Found>,
}

impl Graph<'_> {
    /// Builds the tests of a package.
    pub(crate) fn build_tests(&mut self, id: usize, suite: Suite) -> TestBinary {
        let tested = match self.tested(id) {
            Ok(tested) => tested,
            Err(errors) => return TestBinary::Setup(errors),
        };
        let Some(node) = self.node(id) else {
            return TestBinary::None;
        };
        let has_tests = node.inside.len() + node.outside.len() > 0;
        let Tested {
            mut units,
            own,
            found,
        } = tested;
        if has_tests {
            let kinds = [
                !node.inside.is_empty() || !node.files.is_empty(),
                !node.outside.is_empty(),
            ];
            let text = made_main(&node.path, &found, kinds);
            units.push(Unit {
                path: format!("{}.test", node.path),
                suffix: String::new(),
                sources: vec![Source::made("_testmain.go", text)],
                needs: own
                    .iter()
                    .filter_map(|at| units.get(*at))
                    .map(|unit| unit.path.clone())
                    .collect(),
                refusal: String::new(),
            });
        }
        let mut checked = compile(&units);
        let mut said: Vec<String> = checked.reports.clone();
        said.retain(|text| !text.is_empty());
        for at in own {
            let Some(unit) = units.get(at).filter(|_| checked.is_good(at)) else {
                continue;
            };
            let text = self.findings(&mut checked, at, suite);
            if !text.is_empty() {
                let path = &unit.path;
                let is_variant =
                    node.is_main() || !node.inside.is_empty() || path.ends_with("_test");
                let again = if is_variant {
                    format!("# [{path}]\n")
                } else {
                    String::new()
                };
                said.push(format!("# {path}\n{again}{text}"));
            }
        }
        if !said.is_empty() || checked.ids.iter().any(Option::is_none) {
            return TestBinary::Broken(said);
        }
        if !has_tests {
            return TestBinary::None;
        }
        TestBinary::Built(binary(self.module, units))
    }

    /// What `go vet` says about a package, its tests included.
    pub(crate) fn examine(&mut self, id: usize) -> Examined {
        let Tested { units, own, .. } = match self.tested(id) {
            Ok(tested) => tested,
            Err(errors) => return Examined::Setup(errors),
        };
        let mut checked = compile(&units);
        let mut text = String::new();
        let mut said = Vec::new();
        for (at, report) in checked.reports.clone().iter().enumerate() {
            let unit = units.get(at);
            let path = unit.map_or("", |unit| unit.path.as_str());
            let sources = unit.map_or(&[][..], |unit| unit.sources.as_slice());
            if !own.contains(&at) {
                said.extend(Some(report.clone()).filter(|report| !report.is_empty()));
            } else if let Some(first) = self.first_error(&checked, at, sources) {
                return Examined::Broken(path.to_string(), first);
            } else if checked.ids.get(at).is_some_and(Option::is_some) {
                text.push_str(&self.findings(&mut checked, at, Suite::Vet));
            } else if !report.is_empty() {
                said.push(report.clone());
            }
        }
        if said.is_empty() {
            Examined::Findings(text)
        } else {
            Examined::Needs(said)
        }
    }

    /// What vet finds in a unit.
    fn findings(&self, checked: &mut Checked, at: usize, suite: Suite) -> String {
        let Some(id) = checked.ids.get(at).copied().flatten() else {
            return String::new();
        };
        let is_modern = self.gomod.is_at_least([1, 24, 0]);
        golang_check::vet::report(&mut checked.program, id, suite, is_modern)
    }

    /// The first mistake in a package as go/parser or go/types tells it.
    fn first_error(&self, checked: &Checked, at: usize, sources: &[Source]) -> Option<String> {
        let id = checked.ids.get(at).copied().flatten()?;
        let program = &checked.program;
        let package = program.package(id)?;
        let first = package
            .diagnostics
            .iter()
            // A function of assembly is no mistake for go/types.
            .find(|diagnostic| diagnostic.message != "missing function body")?;
        for source in sources {
            if let Some(text) = syntax_error(&source.text, &source.shown, true) {
                return Some(text);
            }
        }
        let pos = match program.sources.file(first.pos) {
            Some(file) => file.pos(moved(&file.text, file.offset(first.pos), &first.message)),
            None => first.pos,
        };
        let place = program.sources.position(pos);
        let text = reworded(&first.message);
        let (head, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let mut message = vec![head.split(" (-lang was set to").next().unwrap_or(head)];
        // What is told of other places is another mistake there.
        message.extend(rest.lines().take_while(|line| !line.contains(".go:")));
        Some(format!(
            "{}:{}:{}: {}\n",
            place.file,
            place.line,
            place.column,
            message.join("\n")
        ))
    }

    /// A package with its test files, and the test package beside it.
    fn tested(&mut self, id: usize) -> Result<Tested, Vec<String>> {
        let errors = self.errors(&[id]);
        if !errors.is_empty() {
            return Err(errors);
        }
        let edges = self.load_tests(id)?;
        let node = self.node(id).ok_or_else(Vec::new)?;
        let (path, inside, outside) =
            (node.path.clone(), node.inside.clone(), node.outside.clone());
        let mut found = Vec::new();
        for (names, package) in [(&inside, "_test"), (&outside, "_xtest")] {
            for name in names {
                let shown = self.module.near(name);
                if let Some(text) = syntax_error(self.module.text(name), &shown, false) {
                    return Err(vec![text]);
                }
                let text = String::from_utf8_lossy(self.module.text(name)).into_owned();
                find(package, &text, &mut found).map_err(|(line, what)| {
                    vec![format!("{}:{line}:1: {what}\n", self.module.absolute(name))]
                })?;
            }
        }
        let [own, beside] = edges;
        let mut roots: Vec<usize> = own.iter().chain(&beside).map(|(id, _)| *id).collect();
        let node = self.node(id).ok_or_else(Vec::new)?;
        roots.extend(node.imports.iter().map(|(id, _)| *id));
        let is_alone = node.files.is_empty() && inside.is_empty();
        let variant = format!(" [{path}.test]");
        let names = |list: &[(usize, String)]| -> Vec<String> {
            let nodes = list.iter().filter_map(|(id, _)| self.node(*id));
            nodes.map(|node| node.path.clone()).collect()
        };
        let mut units: Vec<Unit> = Vec::new();
        let mut places = Vec::new();
        // What the tests beside import may import the package itself: then it comes before.
        let mut order = self.list(&roots);
        if !order.contains(&id) {
            order.push(id);
        }
        for known in order {
            let Some(mut unit) = self.unit(known) else {
                continue;
            };
            if known == id && !is_alone {
                unit.sources.extend(self.module.sources(&inside));
                unit.needs.extend(names(&own));
                unit.refusal.clear();
                if !inside.is_empty() {
                    unit.suffix.clone_from(&variant);
                }
                places.push(units.len());
            } else if known == id && !roots.contains(&id) {
                continue;
            }
            units.push(unit);
        }
        // The package may now need what stands behind it.
        let units = in_order(units, &mut places);
        let mut tested = Tested {
            units,
            own: places,
            found,
        };
        if !outside.is_empty() {
            tested.own.push(tested.units.len());
            tested.units.push(Unit {
                path: format!("{path}_test"),
                suffix: variant,
                sources: self.module.sources(&outside),
                needs: names(&beside),
                refusal: String::new(),
            });
        }
        Ok(tested)
    }
}

/// What go/parser says of a file; `counts` also how much more it would say.
fn syntax_error(text: &[u8], shown: &str, counts: bool) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let mistake = golang_check::format::source(&text, false).err()?;
    let (line, column) = (mistake.line, mistake.column);
    let more = match mistake.more.len() {
        count if counts && count > 0 => format!(" (and {count} more errors)"),
        _ => String::new(),
    };
    Some(format!(
        "{shown}:{line}:{column}: {}{more}\n",
        mistake.message
    ))
}

/// go/types has its own words for labels.
fn reworded(message: &str) -> String {
    let is_label = ["label ", "goto ", "break ", "continue "];
    if !is_label.iter().any(|start| message.starts_with(start)) {
        return message.to_string();
    }
    if let Some((start, place)) = message.split_once(" jumps over declaration of ") {
        let line = place.rsplit(':').nth(1).unwrap_or("");
        return format!("{start} jumps over variable declaration at line {line}");
    }
    let mut text = message.to_string();
    for end in [" starting at ", " at ./"] {
        text.truncate(text.find(end).unwrap_or(text.len()));
    }
    for (theirs, own) in [
        (
            " is not in a loop, switch, or select",
            " not in for, switch, or select statement",
        ),
        (" is not in a loop", " not in for statement"),
        ("break label not defined:", "invalid break label"),
        ("continue label not defined:", "invalid continue label"),
        ("defined", "declared"),
    ] {
        text = text.replace(theirs, own);
    }
    text
}

/// Where go/types tells a mistake that the compiler tells elsewhere in the same expression: at the
/// end of a call that lacks arguments, at the start of an operand.
fn moved(text: &[u8], at: usize, message: &str) -> usize {
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    let says = |part: &str| message.contains(part);
    if says("invalid use of [...] array") {
        return at + 1;
    }
    // How many parentheses of the call are open at the place.
    let mut depth = i32::from(message.starts_with("not enough arguments in call"));
    if depth == 1
        || says("arguments for ") && says("(expected ")
        || says("missing argument in conv")
    {
        for place in at..text.len() {
            depth += match byte(place) {
                b'(' => 1,
                b')' => -1,
                _ => 0,
            };
            if depth == 0 && byte(place) == b')' {
                return place;
            }
        }
    } else if says("cannot index ") || message.starts_with("in call to ") && says(", cannot infer ")
    {
        let mut start = at;
        while start > 0 {
            let before = byte(start - 1);
            depth += match before {
                b')' | b']' => 1,
                b'(' | b'[' => -1,
                _ => 0,
            };
            let is_name = before.is_ascii_alphanumeric() || b"_.)]([".contains(&before);
            if depth < 0 || depth == 0 && !is_name {
                break;
            }
            start -= 1;
        }
        return start;
    }
    at
}

/// Puts units behind all that they need, and corrects the places of some.
fn in_order(units: Vec<Unit>, places: &mut [usize]) -> Vec<Unit> {
    let marks: Vec<String> = places
        .iter()
        .filter_map(|at| units.get(*at))
        .map(|unit| unit.path.clone())
        .collect();
    let (mut rest, mut done): (Vec<Unit>, Vec<Unit>) = (units, Vec::new());
    while !rest.is_empty() {
        let next = rest.iter().position(|unit| {
            unit.needs
                .iter()
                .all(|path| done.iter().any(|unit| unit.path == *path))
        });
        done.push(rest.remove(next.unwrap_or(0)));
    }
    for (place, mark) in places.iter_mut().zip(marks) {
        *place = done
            .iter()
            .position(|unit| unit.path == mark)
            .unwrap_or(*place);
    }
    done
}

/// Finds tests, benchmarks and examples by the lines that declare them; the line of one with a wrong
/// signature, and what is said of it.
fn find(package: &'static str, text: &str, found: &mut Vec<Found>) -> Result<(), (usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some(rest) = line.strip_prefix("func ") else {
            continue;
        };
        let Some((name, after)) = rest.split_once('(') else {
            continue;
        };
        let is = |prefix: &str| {
            name.strip_prefix(prefix)
                .is_some_and(|rest| !rest.starts_with(|first: char| first.is_lowercase()))
        };
        let name = name.to_string();
        if is("Example") && after.starts_with(')') {
            let body = lines.get(at + 1..).unwrap_or_default();
            if let Some(output) = promised(body) {
                found.push(Found {
                    package,
                    name,
                    output: Some(output),
                });
            }
        } else if is("Test") || is("Benchmark") || is("Fuzz") {
            let kind = match name.get(..1) {
                Some("B") => "B",
                Some("F") => "F",
                _ => "T",
            };
            let takes = |kind: &str| {
                let (parameter, results) = after.split_once(')').unwrap_or(("", ""));
                let pointed = parameter.split_once('*').map(|(_, ty)| ty.trim());
                let ty = pointed.and_then(|ty| ty.rsplit('.').next());
                ty == Some(kind) && results.trim_start().starts_with('{')
            };
            let is_main = name == "TestMain" && !takes("T");
            let kind = if is_main { "M" } else { kind };
            if !takes(kind) {
                let low = kind.to_lowercase();
                let text = format!(
                    "wrong signature for {name}, must be: func {name}({low} *testing.{kind})"
                );
                return Err((at + 1, text));
            }
            found.push(Found {
                package,
                name,
                output: None,
            });
        }
    }
    Ok(())
}

/// The output that the last comment of an example's body promises.
fn promised(body: &[&str]) -> Option<(String, bool)> {
    let end = body.iter().position(|line| *line == "}")?;
    let body = body.get(..end)?;
    let start = body
        .iter()
        .rposition(|line| !line.trim_start().starts_with("//"))
        .map_or(0, |last| last + 1);
    let mut lines = body
        .get(start..)?
        .iter()
        .map(|line| line.trim_start().trim_start_matches("//"));
    let first = lines.next()?.trim_start();
    let lower = first.to_ascii_lowercase();
    let (head, unordered) = match lower.strip_prefix("unordered output:") {
        Some(_) => ("unordered output:".len(), true),
        None => (
            lower.strip_prefix("output:").map(|_| "output:".len())?,
            false,
        ),
    };
    let mut output = first.get(head..)?.trim().to_string();
    for line in lines {
        output.push('\n');
        output.push_str(line.strip_prefix(' ').unwrap_or(line));
    }
    Some((output, unordered))
}

/// The source of a test binary's `main`. `kinds` tells whether there is the package, and one beside.
fn made_main(path: &str, found: &[Found], kinds: [bool; 2]) -> Vec<u8> {
    let mut imports = String::new();
    let packages = [
        ("_test", path.to_string()),
        ("_xtest", format!("{path}_test")),
    ];
    for ((name, path), is_there) in packages.into_iter().zip(kinds) {
        if is_there {
            let used = found.iter().any(|known| known.package == name);
            let name = if used { name } else { "_" };
            imports.push_str(&format!("\t{name} \"{path}\"\n"));
        }
    }
    let list = |prefix: &str| -> String {
        let named = found
            .iter()
            .filter(|known| known.name.starts_with(prefix) && known.name != "TestMain");
        named
            .map(|known| {
                let Found { package, name, .. } = known;
                match &known.output {
                    Some((output, unordered)) => {
                        format!("\t{{{name:?}, {package}.{name}, {output:?}, {unordered}}},\n")
                    }
                    None if name.starts_with("Fuzz") => format!(
                        "\t{{{name:?}, func(t *testing.T) {{ {package}.{name}(testing.NewF(t)) }}}},\n"
                    ),
                    None => format!("\t{{{name:?}, {package}.{name}}},\n"),
                }
            })
            .collect()
    };
    let run = match found.iter().find(|known| known.name == "TestMain") {
        Some(main) => format!(
            "\t{}.TestMain(m)\n\tos.Exit(testing.MainStatus(m))\n",
            main.package
        ),
        None => "\tos.Exit(m.Run())\n".to_string(),
    };
    format!(
        "package main\n\nimport (\n\t\"os\"\n\t\"testing\"\n{imports})\n\nfunc main() {{\n\tm := testing.MainStart({path:?}, []testing.InternalTest{{\n{}\t}}, []testing.InternalBenchmark{{\n{}\t}}, []testing.InternalExample{{\n{}\t}})\n{run}}}\n",
        list("Test") + &list("Fuzz"),
        list("Benchmark"),
        list("Example"),
    )
    .into_bytes()
}

#[cfg(test)]
mod own_tests {
    use super::*;

    #[test]
    fn syntax_errors_are_counted() {
        let text = b"package p\nfunc f() {\n\tx := 1 +\n}\nvar y = )\n";
        let said = syntax_error(text, "./x.go", true);
        let all = "./x.go:4:1: expected operand, found '}' (and 1 more errors)\n";
        assert_eq!(said.as_deref(), Some(all));
    }

    #[test]
    fn labels_are_told_in_other_words() {
        for (gc, types) in [
            (
                "label L defined and not used",
                "label L declared and not used",
            ),
            (
                "label L already defined at ./x.go:4:1",
                "label L already declared",
            ),
            ("break label not defined: M", "invalid break label M"),
            ("continue is not in a loop", "continue not in for statement"),
            (
                "goto L jumps into block starting at ./x.go:5:2",
                "goto L jumps into block",
            ),
            (
                "goto L jumps over declaration of x at ./x.go:5:4",
                "goto L jumps over variable declaration at line 5",
            ),
            ("undefined: x", "undefined: x"),
        ] {
            assert_eq!(reworded(gc), types);
        }
    }

    #[test]
    fn mistakes_in_calls_are_told_where_go_types_does() {
        let text = "f(g(1), 2)\nx.y[0].f(1)[2]\n";
        let place = |part: &str, message| moved(text.as_bytes(), text.find(part).unwrap(), message);
        assert_eq!(place("2)", "not enough arguments in call to f"), 9);
        let few = "invalid operation: not enough arguments for f() (expected 3, found 2)";
        assert_eq!(place("f(g", few), 9);
        assert_eq!(
            place("[2]", "invalid operation: cannot index x.y[0].f(1)"),
            11
        );
    }
}
