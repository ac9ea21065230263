//! Modules: the files of a build, what a package's compiler gets of them, and what it says.

use super::graph::Graph;
use super::{constraint, embed};
use crate::program::{Binary, Library};
use golang_check::format::{Head, Mistake};
use golang_check::{Options, PackageId, Program, SourceText, Symbol};
use ordered::OrderedMap;
use std::rc::Rc;

/// Files by their path below the module's folder.
pub type Files = OrderedMap<String, Vec<u8>>;

/// The files of a module, or of a folder without one.
pub struct Module<'a> {
    /// The absolute path of the folder.
    pub folder: String,
    /// Its files.
    pub files: &'a Files,
    /// The Go that builds.
    pub version: (u32, u32),
    /// The import path of the folder when no `go.mod` says it (in GOPATH).
    pub path: Option<String>,
    /// The working folder below the module's, empty for itself.
    pub below: String,
    /// The tags that hold, each between blanks.
    pub tags: String,
    /// Variables that the linker sets: `package.name` and value.
    pub values: Vec<(String, String)>,
}

impl<'a> Module<'a> {
    /// A module in a folder, which is the working folder, built for linux.
    pub fn new(folder: &str, files: &'a Files, version: (u32, u32)) -> Module<'a> {
        Module {
            folder: folder.trim_end_matches('/').to_string(),
            files,
            version,
            path: None,
            below: String::new(),
            tags: constraint::TAGS.into(),
            values: Vec::new(),
        }
    }

    pub(super) fn path(&self) -> Option<String> {
        let Some(text) = self.files.get("go.mod") else {
            return self.path.clone();
        };
        super::gomod::parse(text, "").0.module
    }

    /// The import path of a folder below the module's.
    pub fn import_path(&self, folder: &str) -> String {
        match (self.path(), folder) {
            (Some(module), "") => module,
            (Some(module), folder) => format!("{module}/{folder}"),
            (None, folder) => folder.to_string(),
        }
    }

    /// The absolute path of a file or folder of the module.
    pub(crate) fn absolute(&self, name: &str) -> String {
        match (name.is_empty(), self.folder.is_empty()) {
            (false, _) => format!("{}/{name}", self.folder),
            (true, true) => "/".into(),
            (true, false) => self.folder.clone(),
        }
    }

    /// A file's path as seen from the working folder, or its absolute one if that is shorter.
    pub(crate) fn near(&self, name: &str) -> String {
        let mut below = self.below.as_str();
        let mut ups = String::new();
        while !below.is_empty() {
            if let Some(rest) = super::gomod::below(name, below) {
                return ups + rest;
            }
            ups.push_str("../");
            below = below.rsplit_once('/').map_or("", |(above, _)| above);
        }
        let near = ups + name;
        let absolute = self.absolute(name);
        if near.len() < absolute.len() {
            near
        } else {
            absolute
        }
    }

    /// A file's name as the compiler's messages show it.
    pub(super) fn shown(&self, name: &str) -> String {
        let near = self.near(name);
        if near.contains('/') {
            near
        } else {
            format!("./{near}")
        }
    }

    pub(super) fn text(&self, name: &str) -> &'a [u8] {
        self.files.get(name).map_or(&[][..], Vec::as_slice)
    }

    /// A file's package clause and imports.
    pub(crate) fn head(&self, name: &str) -> Result<Head, Mistake> {
        golang_check::format::head(&String::from_utf8_lossy(self.text(name)))
    }

    /// The Go files of a folder.
    pub(crate) fn files_in(&self, folder: &str) -> impl Iterator<Item = &'a String> {
        self.files.keys().filter(move |name| {
            let own = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            own == folder && name.ends_with(".go")
        })
    }

    /// What the compiler gets of a package's files.
    pub(super) fn sources(&self, names: &[String]) -> Vec<Source> {
        let source = |name: &String| {
            let text = self.text(name);
            Source {
                shown: self.shown(name),
                absolute: self.absolute(name),
                text: embed::filled(name, text, self.files).unwrap_or_else(|_| text.to_vec()),
            }
        };
        names.iter().map(source).collect()
    }
}

/// A file as the compiler gets it.
#[derive(Clone)]
pub(super) struct Source {
    pub shown: String,
    absolute: String,
    pub text: Vec<u8>,
}

impl Source {
    /// A file that the `go` command makes.
    pub fn made(name: &str, text: Vec<u8>) -> Source {
        Source {
            shown: name.into(),
            absolute: name.into(),
            text,
        }
    }
}

/// A package as the compiler gets it.
pub(crate) struct Unit {
    pub path: String,
    /// What follows the path in the heading of its errors.
    pub(super) suffix: String,
    pub(super) sources: Vec<Source>,
    /// Paths of the packages that it imports.
    pub(super) needs: Vec<String>,
    /// Why there is nothing to compile.
    pub(super) refusal: String,
}

/// What the compiler made of units.
pub(crate) struct Checked {
    pub program: Program,
    /// The package of each unit that was compiled.
    pub ids: Vec<Option<PackageId>>,
    /// What is printed for each unit.
    pub reports: Vec<String>,
}

impl Checked {
    /// Whether everything was compiled without a mistake.
    pub fn is_good(&self, at: usize) -> bool {
        self.ids.get(at).is_some_and(Option::is_some)
            && self.reports.get(at).is_some_and(String::is_empty)
    }
}

impl Graph<'_> {
    /// A package for the compiler.
    pub(crate) fn unit(&self, id: usize) -> Option<Unit> {
        let node = self.node(id)?;
        let needs = node.imports.iter().filter_map(|(id, _)| self.node(*id));
        let refusal = if node.is_test_only() {
            let place = self.module.absolute(&node.folder);
            format!("{}: no non-test Go files in {place}\n", node.path)
        } else {
            String::new()
        };
        Some(Unit {
            path: node.path.clone(),
            suffix: String::new(),
            sources: self.module.sources(&node.files),
            needs: needs.map(|node| node.path.clone()).collect(),
            refusal,
        })
    }

    /// Packages and all that they import for the compiler.
    pub(crate) fn units(&self, roots: &[usize]) -> Vec<Unit> {
        let order = self.list(roots);
        order.iter().filter_map(|id| self.unit(*id)).collect()
    }
}

/// Compiles packages in their order. What imports a broken one is left out.
pub(crate) fn compile(units: &[Unit]) -> Checked {
    let mut done = Checked {
        program: Program::new(Box::new(Library)),
        ids: Vec::new(),
        reports: Vec::new(),
    };
    for unit in units {
        let place = |path: &String| units.iter().position(|unit| unit.path == *path);
        let ready = unit
            .needs
            .iter()
            .all(|path| place(path).is_some_and(|at| done.is_good(at)));
        let mut report = unit.refusal.clone();
        let mut id = None;
        if ready && report.is_empty() {
            let files = unit.sources.iter().map(|source| SourceText {
                name: source.shown.clone(),
                text: Rc::from(source.text.as_slice()),
            });
            let options = Options::default();
            let own = done.program.check(&unit.path, files.collect(), &options);
            let text = done.program.report_text(own);
            if !text.is_empty() {
                report = format!("# {}{}\n{text}", unit.path, unit.suffix);
            }
            id = Some(own);
        }
        done.ids.push(id);
        done.reports.push(report);
    }
    done
}

/// What the linker says of a command, one of the units that were compiled.
pub(crate) fn link(checked: &Checked, at: usize) -> Option<String> {
    let id = checked.ids.get(at).copied().flatten()?;
    let main = checked.program.package(id)?;
    let lacks = main.name == Symbol::MAIN && !main.scope.contains_key(&Symbol::MAIN);
    let path = &main.path;
    lacks.then(|| {
        format!("# {path}\nruntime.main_main·f: function main is undeclared in the main package\n")
    })
}

/// Everything that was compiled, as it is kept in an executable file.
pub(crate) fn binary(module: &Module<'_>, units: Vec<Unit>) -> Binary {
    let packages = units.into_iter().map(|unit| {
        let sources = unit.sources.into_iter();
        let files = sources.map(|source| (source.absolute, source.text));
        (unit.path, files.collect())
    });
    Binary {
        version: module.version,
        packages: packages.collect(),
    }
}

/// Builds one command: its binary, or what is printed.
pub(crate) fn build_root(graph: &Graph<'_>, root: usize) -> Result<Binary, String> {
    let errors = graph.errors(&[root]);
    if !errors.is_empty() {
        return Err(errors.concat());
    }
    let units = graph.units(&[root]);
    let checked = compile(&units);
    let report = checked.reports.concat();
    match (
        report.is_empty(),
        link(&checked, units.len().saturating_sub(1)),
    ) {
        (true, None) => Ok(binary(graph.module, units)),
        (true, Some(text)) => Err(text),
        (false, _) => Err(report),
    }
}
