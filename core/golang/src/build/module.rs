//! Modules: which packages a build needs, in which order, and what `go build` says when one is
//! missing.

use super::{constraint, embed, imports};
use crate::program::Binary;
use ordered::OrderedMap;

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
}

/// A package on its way to be built.
struct Loaded {
    path: String,
    /// What follows the path in the heading of its errors.
    suffix: String,
    /// Names as messages show them, names in the module, texts.
    files: Vec<(String, String, Vec<u8>)>,
}

pub(super) struct Loading<'a> {
    module: &'a Module<'a>,
    /// The folder whose test files belong to its package.
    pub(super) tested: Option<String>,
    module_path: Option<String>,
    done: Vec<Loaded>,
    /// The packages that are being loaded, with the file that imports the next one.
    stack: Vec<(String, String)>,
    errors: Vec<String>,
}

impl Module<'_> {
    pub(super) fn path(&self) -> Option<String> {
        let Some(text) = self.files.get("go.mod") else {
            return self.path.clone();
        };
        let text = String::from_utf8_lossy(text).into_owned();
        let line = text
            .lines()
            .find_map(|line| line.trim().strip_prefix("module "))?;
        let path = line.split("//").next().unwrap_or(line).trim();
        Some(path.trim_matches('"').to_string())
    }

    /// The import path of a folder below the module's.
    pub fn import_path(&self, folder: &str) -> String {
        match (self.path(), folder) {
            (Some(module), "") => module,
            (Some(module), folder) => format!("{module}/{folder}"),
            (None, folder) => folder.to_string(),
        }
    }

    /// Builds the package of a folder (`.`, `./cmd/x`).
    pub fn build(&self, target: &str) -> Result<Binary, String> {
        let Some(module_path) = self.path() else {
            return Err("go: go.mod file not found in current directory or any parent directory; see 'go help modules'\n".into());
        };
        let relative = target.trim_start_matches("./").trim_matches(['.', '/']);
        let path = if relative.is_empty() {
            module_path.clone()
        } else {
            format!("{module_path}/{relative}")
        };
        let mut loading = Loading::new(self, Some(module_path));
        loading.package(&path, relative)?;
        loading.finish()
    }
}

/// Builds files that are named on the command line.
pub fn build_files(module: &Module<'_>, names: &[&str]) -> Result<Binary, String> {
    let mut loading = Loading::new(module, module.path());
    loading.files(names)?;
    loading.finish()
}

impl<'a> Loading<'a> {
    pub(super) fn new(module: &'a Module<'a>, module_path: Option<String>) -> Self {
        Loading {
            module,
            tested: None,
            module_path,
            done: Vec::new(),
            stack: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// Loads the package of files that are named on the command line.
    pub(super) fn files(&mut self, names: &[&str]) -> Result<(), String> {
        let mut files = Vec::new();
        for name in names {
            match self.module.files.get(*name) {
                Some(text) => files.push((format!("./{name}"), (*name).to_string(), text.clone())),
                None => {
                    return Err(format!(
                        "no required module provides package {name}; to add it:\n\tgo get {name}\n"
                    ));
                }
            }
        }
        self.add("command-line-arguments", files)
    }

    /// Loads the package of a folder of the module.
    pub(super) fn package(&mut self, path: &str, relative: &str) -> Result<(), String> {
        let tested = self.tested.as_deref() == Some(relative);
        let prefix = if relative.is_empty() {
            String::new()
        } else {
            format!("{relative}/")
        };
        let mut files = Vec::new();
        for (name, text) in self.module.files {
            let Some(base) = name.strip_prefix(&prefix) else {
                continue;
            };
            let belongs = !base.contains('/')
                && (constraint::is_built(base, text)
                    || tested
                        && constraint::is_built_for_tests(base, text)
                        && !imports::is_outside_test(text));
            if belongs {
                files.push((shown(name, &prefix), name.clone(), text.clone()));
            }
        }
        if files.is_empty() {
            let folder = if relative.is_empty() {
                self.module.folder.clone()
            } else {
                format!("{}/{relative}", self.module.folder)
            };
            return Err(format!("no Go files in {folder}\n"));
        }
        self.add(path, files)
    }

    pub(super) fn add(
        &mut self,
        path: &str,
        files: Vec<(String, String, Vec<u8>)>,
    ) -> Result<(), String> {
        let mut files = files;
        for (_, name, text) in &mut files {
            *text = embed::filled(name, text, self.module.files)?;
        }
        let heads: Vec<imports::Head> = files.iter().map(|file| imports::head(&file.2)).collect();
        let mut first: Option<(&str, &str)> = None;
        for (head, (_, name, _)) in heads.iter().zip(&files) {
            let Some(package) = &head.package else {
                let (found, line, column) = &head.found;
                let found = if found.is_empty() {
                    "EOF".into()
                } else {
                    quoted(found)
                };
                return Err(format!(
                    "{name}:{line}:{column}: expected 'package', found {found}\n"
                ));
            };
            let base = name.rsplit('/').next().unwrap_or(name);
            match first {
                None => first = Some((package, base)),
                Some((known, known_file)) if known != package => {
                    let folder = name.strip_suffix(base).unwrap_or("").trim_end_matches('/');
                    let mut place = self.module.folder.clone();
                    if !folder.is_empty() {
                        place = format!("{place}/{folder}");
                    }
                    return Err(format!(
                        "found packages {known} ({known_file}) and {package} ({base}) in {place}\n"
                    ));
                }
                _ => {}
            }
        }
        let mut wanted: Vec<(String, String)> = Vec::new();
        let mut errors = Vec::new();
        for (head, (_, name, _)) in heads.iter().zip(&files) {
            for (import, line, column) in &head.imports {
                match self.relative(import) {
                    Some(relative) => {
                        let base = name.rsplit('/').next().unwrap_or(name);
                        if !wanted.iter().any(|(known, _)| *known == relative) {
                            wanted.push((relative, base.to_string()));
                        }
                    }
                    None => {
                        if let Some(error) = self.missing(import) {
                            errors.push((
                                import.clone(),
                                format!("{name}:{line}:{column}: {error}\n"),
                            ));
                        }
                    }
                }
            }
        }
        errors.sort();
        self.errors.extend(errors.into_iter().map(|(_, text)| text));
        for (relative, file) in wanted {
            let inner = match &self.module_path {
                Some(module) if relative.is_empty() => module.clone(),
                Some(module) => format!("{module}/{relative}"),
                None => relative.clone(),
            };
            self.stack.push((path.to_string(), file));
            if let Some(at) = self.stack.iter().position(|(known, _)| *known == inner) {
                return Err(self.cycle(&inner, at));
            }
            if !self.done.iter().any(|known| known.path == inner) {
                self.package(&inner, &relative)?;
            }
            self.stack.pop();
        }
        let suffix = match &self.tested {
            Some(relative) => {
                let tested = self.module.import_path(relative);
                let is_test = path == tested || path.strip_suffix("_test") == Some(&tested);
                if is_test {
                    format!(" [{tested}.test]")
                } else {
                    String::new()
                }
            }
            None => String::new(),
        };
        self.done.push(Loaded {
            path: path.to_string(),
            suffix,
            files,
        });
        Ok(())
    }

    fn cycle(&self, inner: &str, _at: usize) -> String {
        let mut text = String::new();
        for (index, (path, file)) in self.stack.iter().enumerate() {
            let next = self
                .stack
                .get(index + 1)
                .map_or(inner, |(path, _)| path.as_str());
            if index == 0 {
                text.push_str(&format!("package {path}\n"));
            }
            text.push_str(&format!("\timports {next} from {file}"));
            text.push_str(if index + 1 == self.stack.len() {
                ": import cycle not allowed\n"
            } else {
                "\n"
            });
        }
        text
    }

    /// The folder of an import path that belongs to the module.
    fn relative(&self, import: &str) -> Option<String> {
        let module = self.module_path.as_deref()?;
        if import == module {
            return Some(String::new());
        }
        let rest = import.strip_prefix(module)?.strip_prefix('/')?;
        Some(rest.to_string())
    }

    /// What is wrong with an import that is not of the module.
    fn missing(&self, import: &str) -> Option<String> {
        if crate::std::has(import) && !import.starts_with("internal/") || import == "unsafe" {
            return None;
        }
        if import == "C" {
            return None;
        }
        if crate::std::is_part_of_go(import) {
            return Some(format!(
                "package {import} is part of Go but not of this playground"
            ));
        }
        let first = import.split('/').next().unwrap_or(import);
        if !first.contains('.') {
            return Some(format!(
                "package {import} is not in std (/usr/local/go/src/{import})"
            ));
        }
        Some(match self.module_path {
            None => format!(
                "no required module provides package {import}: go.mod file not found in current directory or any parent directory; see 'go help modules'"
            ),
            Some(_) => format!(
                "no required module provides package {import}; to add it:\n\tgo get {import}"
            ),
        })
    }

    fn finish(self) -> Result<Binary, String> {
        self.check()?;
        Ok(self.binary())
    }

    /// Checks all packages: the program with its packages' numbers, or what the compiler prints.
    pub(super) fn check(
        &self,
    ) -> Result<(golang_check::Program, Vec<golang_check::PackageId>), String> {
        if !self.errors.is_empty() {
            return Err(self.errors.concat());
        }
        let shown = Binary {
            version: self.module.version,
            packages: self
                .done
                .iter()
                .map(|package| {
                    let files = package.files.iter();
                    let files = files.map(|(shown, _, text)| (shown.clone(), text.clone()));
                    (package.path.clone(), files.collect())
                })
                .collect(),
        };
        let (program, ids) = shown.check();
        let mut report = String::new();
        for (package, id) in self.done.iter().zip(&ids) {
            let text = program.report_text(*id);
            if !text.is_empty() {
                report.push_str(&format!("# {}{}\n{text}", package.path, package.suffix));
            }
        }
        let main = ids.last().and_then(|id| program.package(*id));
        let lacks_main = main.is_some_and(|main| {
            main.name == golang_check::Symbol::MAIN
                && !main.scope.contains_key(&golang_check::Symbol::MAIN)
        });
        if report.is_empty() && lacks_main {
            let path = self.done.last().map_or("", |package| package.path.as_str());
            report = format!(
                "# {path}\nruntime.main_main·f: function main is undeclared in the main package\n"
            );
        }
        if !report.is_empty() {
            return Err(report);
        }
        Ok((program, ids))
    }

    /// Everything that was loaded, as it is kept in an executable file.
    pub(super) fn binary(self) -> Binary {
        let folder = &self.module.folder;
        let packages = self.done.into_iter().map(|package| {
            let files = package.files.into_iter();
            let files = files.map(|(_, name, text)| (format!("{folder}/{name}"), text));
            (package.path, files.collect())
        });
        Binary {
            version: self.module.version,
            packages: packages.collect(),
        }
    }
}

/// A file's name as the compiler's messages show it.
pub(super) fn shown(name: &str, prefix: &str) -> String {
    if prefix.is_empty() {
        format!("./{name}")
    } else {
        name.to_string()
    }
}

fn quoted(found: &str) -> String {
    let keyword = matches!(
        found,
        "import" | "func" | "type" | "var" | "const" | "if" | "for" | "return" | "package"
    );
    if keyword {
        format!("'{found}'")
    } else {
        found.to_string()
    }
}
