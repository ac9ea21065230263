//! The packages that a command names and all that they import, with what is wrong with each.
//! Models `cmd/go/internal/load`.

use super::gomod::{self, GoMod};
use super::module::Module;
use super::{constraint, embed};
use crate::limits::PACKAGE_DEPTH_MAX;

/// A package of the module, or an import that leads nowhere.
#[derive(Default)]
pub(crate) struct Node {
    /// The import path.
    pub path: String,
    /// The folder below the module's.
    pub folder: String,
    /// The name in the package clauses.
    pub name: String,
    /// Names of its files, below the module's folder.
    pub files: Vec<String>,
    /// The packages that it imports, by path, each with the file that does.
    pub imports: Vec<(usize, String)>,
    /// Why it cannot be built, as it is printed.
    pub error: Option<String>,
    /// Test files of the package.
    pub inside: Vec<String>,
    /// Test files of the package `…_test`.
    pub outside: Vec<String>,
    /// It is one of Go's.
    pub is_library: bool,
    is_loading: bool,
    /// An error that is told with the way to the package: its length, and what follows it.
    told_with_way: Option<(usize, String)>,
}

impl Node {
    /// Whether it is a command.
    pub fn is_main(&self) -> bool {
        self.name == "main"
    }

    /// Whether there are test files and nothing else.
    pub fn is_test_only(&self) -> bool {
        self.files.is_empty() && self.inside.len() + self.outside.len() > 0
    }
}

/// All packages that were asked for so far.
pub(crate) struct Graph<'a> {
    pub module: &'a Module<'a>,
    pub nodes: Vec<Node>,
    pub(super) gomod: GoMod,
    module_path: Option<String>,
    /// The packages that are being loaded, with the file that imports the next one.
    stack: Vec<(usize, String)>,
    /// There is a `go.sum`.
    has_sums: bool,
}

impl<'a> Graph<'a> {
    pub fn new(module: &'a Module<'a>) -> Self {
        let text = module.files.get("go.mod").map_or(&[][..], Vec::as_slice);
        Graph {
            module,
            nodes: Vec::new(),
            gomod: gomod::parse(text, "").0,
            module_path: module.path(),
            stack: Vec::new(),
            has_sums: module.files.contains_key("go.sum"),
        }
    }

    pub fn node(&self, id: usize) -> Option<&Node> {
        self.nodes.get(id)
    }

    fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// A package that is named and cannot be found.
    pub fn broken(&mut self, path: &str, error: String) -> usize {
        self.add(Node {
            path: path.to_string(),
            error: Some(error),
            ..Node::default()
        })
    }

    /// A package of Go, which is always built.
    pub fn library(&mut self, path: &str) -> usize {
        self.add(Node {
            path: path.to_string(),
            name: path.rsplit('/').next().unwrap_or(path).to_string(),
            is_library: true,
            ..Node::default()
        })
    }

    /// The package of files that are named on the command line.
    pub fn files(&mut self, names: &[String]) -> usize {
        let id = self.add(Node {
            path: "command-line-arguments".into(),
            ..Node::default()
        });
        let (tests, files) = names
            .iter()
            .cloned()
            .partition(|name| name.ends_with("_test.go"));
        self.fill(id, files, tests, None);
        id
    }

    /// The package of a folder. `place` is where it is imported, if it is.
    pub fn folder(&mut self, folder: &str, path: &str, place: Option<&str>) -> usize {
        if let Some(known) = self.nodes.iter().position(|node| node.path == path) {
            self.shorten(known);
            return known;
        }
        let id = self.add(Node {
            path: path.to_string(),
            folder: folder.to_string(),
            ..Node::default()
        });
        let (mut files, mut tests, mut left_out) = (Vec::new(), Vec::new(), false);
        for name in self.module.files_in(folder) {
            let text = self.module.text(name);
            if constraint::is_built(&self.module.tags, name, text) {
                files.push(name.clone());
            } else if constraint::is_built_for_tests(&self.module.tags, name, text) {
                tests.push(name.clone());
            } else {
                left_out = true;
            }
        }
        let place_of = self.module.absolute(folder);
        if files.is_empty() && tests.is_empty() {
            let error = if left_out {
                let text = format!("build constraints exclude all Go files in {place_of}");
                format!("{}: {text}\n", self.stack_text(Some(path)))
            } else {
                format!("no Go files in {place_of}\n")
            };
            self.fail(id, error);
            return id;
        }
        self.fill(id, files, tests, place);
        id
    }

    /// Tells an error with the shortest way to its package.
    fn shorten(&mut self, id: usize) {
        let length = self.stack.len();
        let Some(node) = self.nodes.get(id) else {
            return;
        };
        if let Some((_, rest)) = node
            .told_with_way
            .clone()
            .filter(|(known, _)| length < *known)
        {
            let text = self.stack_text(Some(&node.path)) + &rest;
            if let Some(node) = self.nodes.get_mut(id) {
                node.error = Some(text);
                node.told_with_way = Some((length, rest));
            }
        }
    }

    fn fail(&mut self, id: usize, error: String) {
        if let Some(node) = self.nodes.get_mut(id)
            && node.error.is_none()
        {
            node.error = Some(error);
        }
    }

    /// Reads the files of a package and loads what they import.
    fn fill(&mut self, id: usize, files: Vec<String>, tests: Vec<String>, place: Option<&str>) {
        let module = self.module;
        let mut first: Option<(String, &str)> = None;
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        let mut wanted = Vec::new();
        for name in files.iter().chain(&tests) {
            let base = name.rsplit('/').next().unwrap_or(name);
            let is_test = name.ends_with("_test.go");
            let head = match module.head(name) {
                Ok(head) => head,
                Err(mistake) => {
                    let (line, column) = (mistake.line, mistake.column);
                    let near = module.near(name);
                    self.fail(id, format!("{near}:{line}:{column}: {}\n", mistake.message));
                    continue;
                }
            };
            let package = head.package.as_str();
            let own = match package.strip_suffix("_test") {
                Some(own) if is_test => {
                    outside.push(name.clone());
                    own
                }
                _ => {
                    if is_test {
                        inside.push(name.clone());
                    }
                    package
                }
            };
            match &first {
                None => first = Some((own.to_string(), base)),
                Some((known, file)) if known != own => {
                    let folder = name.strip_suffix(base).unwrap_or("").trim_end_matches('/');
                    let at = place.map_or_else(String::new, |place| format!("{place}: "));
                    let folder = module.absolute(folder);
                    let text = format!(
                        "{at}found packages {known} ({file}) and {own} ({base}) in {folder}\n"
                    );
                    self.fail(id, text);
                }
                Some(_) => {}
            }
            if !is_test {
                if let Err(text) = embed::filled(name, module.text(name), module.files) {
                    self.fail(id, text);
                }
                self.wanted(id, name, head.imports, &mut wanted);
            }
        }
        let is_broken = self.nodes.get(id).is_some_and(|node| node.error.is_some());
        if let Some(node) = self.nodes.get_mut(id) {
            node.name = first.map(|(name, _)| name).unwrap_or_default();
            node.is_loading = true;
            (node.files, node.inside, node.outside) = (files, inside, outside);
        }
        if !is_broken {
            let found = self.import_all(id, wanted);
            if let Some(node) = self.nodes.get_mut(id) {
                node.imports = found;
            }
        }
        if let Some(node) = self.nodes.get_mut(id) {
            node.is_loading = false;
        }
    }

    /// The imports of a file: path, file, position.
    fn wanted(
        &mut self,
        id: usize,
        name: &str,
        imports: Vec<(String, usize, usize)>,
        wanted: &mut Vec<(String, String, String)>,
    ) {
        let near = self.module.near(name);
        for (import, line, column) in imports {
            const BAD: &str = "!\"#$%&'()*,:;<=>?[\\]^{|}`\u{fffd}";
            let bad = |letter: char| {
                letter.is_whitespace() || letter.is_control() || BAD.contains(letter)
            };
            let bad = import.is_empty() || import.contains(bad);
            if bad {
                let place = self.module.absolute(name);
                self.fail(
                    id,
                    format!("{place}:{line}:{column}: invalid import path: {import}\n"),
                );
                continue;
            }
            if !wanted.iter().any(|(known, ..)| *known == import) {
                wanted.push((import, name.to_string(), format!("{near}:{line}:{column}")));
            }
        }
    }

    fn import_all(
        &mut self,
        id: usize,
        mut wanted: Vec<(String, String, String)>,
    ) -> Vec<(usize, String)> {
        wanted.sort();
        let mut found = Vec::new();
        for (import, file, place) in wanted {
            let file = file.rsplit('/').next().unwrap_or(&file).to_string();
            self.stack.push((id, file.clone()));
            if let Some(node) = self.import(id, &import, &place) {
                found.push((node, file));
            }
            self.stack.pop();
        }
        found
    }

    /// The package that an import names; none for one of Go.
    fn import(&mut self, from: usize, import: &str, place: &str) -> Option<usize> {
        let is_internal = import.starts_with("internal/") || import == "internal";
        if import == "C" || import == "unsafe" || crate::std::has(import) && !is_internal {
            return None;
        }
        let refuse = |graph: &mut Self, what: String| {
            let stack = graph.stack_text(None);
            let rest = format!("\n\t{place}: {what}\n");
            let length = graph.stack.len() - 1;
            if let Some(node) = graph
                .nodes
                .get_mut(from)
                .filter(|node| node.error.is_none())
            {
                node.told_with_way = Some((length, rest.clone()));
            }
            graph.fail(from, stack + &rest);
        };
        if is_internal {
            refuse(
                self,
                format!("use of internal package {import} not allowed"),
            );
            return None;
        }
        if import.starts_with("./") || import.starts_with("../") {
            let text = format!(
                "{place}: \"{import}\" is relative, but relative import paths are not supported in module mode\n"
            );
            self.fail(from, text);
            return None;
        }
        let Some(folder) = self.folder_of(import) else {
            if let Some(known) = self.nodes.iter().position(|node| node.path == import) {
                return Some(known);
            }
            let missing = self.missing(import, from);
            return Some(self.broken(import, format!("{place}: {missing}\n")));
        };
        let id = if self.stack.len() > PACKAGE_DEPTH_MAX {
            self.broken(
                import,
                format!("{place}: too many packages import one another\n"),
            )
        } else {
            self.folder(&folder, import, Some(place))
        };
        let importer = self.nodes.get(from).map_or("", |node| node.path.as_str());
        let guarded = import
            .rsplit_once("/internal")
            .filter(|(_, rest)| rest.is_empty() || rest.starts_with('/'));
        let allowed = guarded.is_none_or(|(owner, _)| {
            gomod::below(importer, owner).is_some() || importer == "command-line-arguments"
        });
        if !allowed {
            refuse(
                self,
                format!("use of internal package {import} not allowed"),
            );
        }
        let node = self.nodes.get(id)?;
        if node.is_loading {
            if node.error.is_none() {
                let text = self.cycle(import, "import cycle not allowed");
                self.fail(id, text);
            }
        } else if node.is_main() {
            let text =
                format!("{place}: import \"{import}\" is a program, not an importable package\n");
            self.fail(from, text);
        }
        Some(id)
    }

    fn cycle(&self, last: &str, what: &str) -> String {
        let mut text = String::new();
        for (index, (id, file)) in self.stack.iter().enumerate() {
            let path = |id: &usize| self.nodes.get(*id).map_or("", |node| node.path.as_str());
            if index == 0 {
                text.push_str(&format!("package {}", path(id)));
            }
            let next = self.stack.get(index + 1).map_or(last, |(id, _)| path(id));
            text.push_str(&format!("\n\timports {next} from {file}"));
        }
        text + ": " + what + "\n"
    }

    /// `package A` and its imports down to what is being loaded, and to `last`.
    fn stack_text(&self, last: Option<&str>) -> String {
        let paths = self.stack.iter().filter_map(|(id, _)| self.nodes.get(*id));
        let paths: Vec<&str> = paths.map(|node| node.path.as_str()).chain(last).collect();
        format!("package {}", paths.join("\n\timports "))
    }

    /// The folder of an import path, of the module or of what stands beside it.
    pub fn folder_of(&self, import: &str) -> Option<String> {
        let has_files = |folder: &String| self.module.files_in(folder).next().is_some();
        let own = self.module_path.as_deref();
        if let Some(rest) = own.and_then(|own| gomod::below(import, own)) {
            let folder = Some(rest.to_string()).filter(has_files);
            if folder.as_ref().is_some_and(|folder| !self.is_apart(folder)) {
                return folder;
            }
        }
        for (path, target) in &self.gomod.replace {
            if let (Some(rest), Some(base)) =
                (gomod::below(import, path), target.strip_prefix("./"))
            {
                let folder = format!("{}/{rest}", base.trim_end_matches('/'));
                return Some(folder.trim_end_matches('/').to_string()).filter(has_files);
            }
        }
        Some(format!("vendor/{import}")).filter(has_files)
    }

    /// Whether a folder belongs to another module below this one.
    pub fn is_apart(&self, folder: &str) -> bool {
        let mut at = folder;
        while !at.is_empty() {
            if self.module.files.contains_key(&format!("{at}/go.mod")) {
                return true;
            }
            at = at.rsplit_once('/').map_or("", |(above, _)| above);
        }
        false
    }

    /// What is wrong with an import path that leads nowhere.
    pub fn missing(&self, import: &str, from: usize) -> String {
        if crate::std::is_part_of_go(import) {
            return format!("package {import} is part of Go but not of this playground");
        }
        let first = import.split('/').next().unwrap_or(import);
        if !first.contains('.') {
            return format!("package {import} is not in std (/usr/local/go/src/{import})");
        }
        if self.module_path.is_none() {
            return format!(
                "no required module provides package {import}: go.mod file not found in current directory or any parent directory; see 'go help modules'"
            );
        }
        let importer = self.nodes.get(from).map_or("", |node| node.path.as_str());
        match (self.gomod.provider(import), self.gomod.require.first()) {
            (Some(_), _) if !self.has_sums => format!(
                "missing go.sum entry for module providing package {import} (imported by {importer}); to add:\n\tgo get {importer}"
            ),
            (Some((module, version)), _) => format!(
                "{module}@{version}: Get \"https://proxy.golang.org/{module}/@v/{version}.zip\": dial tcp: lookup proxy.golang.org: no such host"
            ),
            (None, Some((module, version))) if !self.has_sums => format!(
                "{module}@{version}: missing go.sum entry for go.mod file; to add it:\n\tgo mod download {module}"
            ),
            _ => format!(
                "no required module provides package {import}; to add it:\n\tgo get {import}"
            ),
        }
    }

    /// Packages and all that they import, each after what it imports.
    pub fn list(&self, roots: &[usize]) -> Vec<usize> {
        let mut done = vec![false; self.nodes.len()];
        let mut order = Vec::new();
        for root in roots {
            self.visit(*root, &mut done, &mut order);
        }
        order
    }

    fn visit(&self, id: usize, done: &mut [bool], order: &mut Vec<usize>) {
        let Some(known) = done.get_mut(id).filter(|known| !**known) else {
            return;
        };
        *known = true;
        for (import, _) in self
            .nodes
            .get(id)
            .into_iter()
            .flat_map(|node| &node.imports)
        {
            self.visit(*import, done, order);
        }
        order.push(id);
    }

    /// What keeps packages from being built, one text for each mistake.
    pub fn errors(&self, roots: &[usize]) -> Vec<String> {
        let order = self.list(roots);
        let nodes = order.iter().filter_map(|id| self.nodes.get(*id));
        nodes.filter_map(|node| node.error.clone()).collect()
    }

    /// Loads what the test files of a package import: packages for those inside and outside, or
    /// why its tests cannot be built.
    pub fn load_tests(&mut self, id: usize) -> Result<[Vec<(usize, String)>; 2], Vec<String>> {
        let Some(node) = self.nodes.get(id) else {
            return Err(Vec::new());
        };
        let (inside, outside, path) =
            (node.inside.clone(), node.outside.clone(), node.path.clone());
        let known = node.error.clone();
        let mut found = [Vec::new(), Vec::new()];
        for (names, into) in [&inside, &outside].into_iter().zip(&mut found) {
            let mut wanted = Vec::new();
            for name in names {
                let imports = self
                    .module
                    .head(name)
                    .map_or(Vec::new(), |head| head.imports);
                self.wanted(id, name, imports, &mut wanted);
            }
            *into = self.import_all(id, wanted);
        }
        let mut errors = Vec::new();
        if let Some(node) = self.nodes.get_mut(id) {
            errors.extend(std::mem::replace(&mut node.error, known));
        }
        let [own, beside] = &found;
        let mut seen = vec![false; self.nodes.len()];
        if let Some(chain) = own.iter().find_map(|edge| self.way(edge, id, &mut seen)) {
            self.stack = std::iter::once(id)
                .chain(chain.iter().map(|(id, _)| *id))
                .zip(chain.iter().map(|(_, file)| file.clone()))
                .collect();
            errors = vec![self.cycle(&path, "import cycle not allowed in test")];
            self.stack.clear();
        }
        let roots: Vec<usize> = own.iter().chain(beside).map(|(id, _)| *id).collect();
        if errors.is_empty() {
            errors = self.errors(&roots);
            errors.truncate(1);
        }
        if errors.is_empty() {
            Ok(found)
        } else {
            Err(errors)
        }
    }

    /// The imports that lead from an import to a package.
    fn way(
        &self,
        edge: &(usize, String),
        to: usize,
        seen: &mut [bool],
    ) -> Option<Vec<(usize, String)>> {
        if edge.0 == to {
            return Some(vec![edge.clone()]);
        }
        let known = seen.get_mut(edge.0).filter(|known| !**known)?;
        *known = true;
        let imports = &self.nodes.get(edge.0)?.imports;
        let mut rest = imports.iter().find_map(|next| self.way(next, to, seen))?;
        rest.insert(0, edge.clone());
        Some(rest)
    }
}
