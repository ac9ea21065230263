//! What the `go` command knows of where it runs: its version, GOPATH, the module.

use crate::build::{Files, GoMod};
use machine::{EntryKind, Process};

/// Files of a module that are read at most.
const FILES_MAX: usize = 2_000;
/// Levels of folders below the module's.
const FOLDER_DEPTH_MAX: u32 = 20;

/// Bytes of one file that is read for a build.
const FILE_BYTES_MAX: usize = 4 << 20;

/// Where and as which version the command runs.
pub(super) struct Environment {
    /// As `1.26.6`.
    pub version_text: String,
    /// As (1, 26).
    pub version: (u32, u32),
    /// The workspace of old, and where binaries go.
    pub gopath: String,
    /// The folder of the module, or the working folder.
    pub root: String,
    /// The working folder below `root`, empty for itself.
    pub below: String,
    /// There is a `go.mod` in `root`.
    pub has_module: bool,
    /// The import path of `root` when it stands in GOPATH and there is no module.
    pub gopath_package: Option<String>,
}

impl Environment {
    pub fn of(process: &Process) -> Environment {
        let file = process.files().read("/usr/local/go/VERSION");
        let file = file.map(|content| content.text()).unwrap_or_default();
        let version_text = file
            .lines()
            .next()
            .and_then(|line| line.trim().strip_prefix("go"))
            .map(str::to_string)
            .or_else(|| process.variable("GOLANG_VERSION"))
            .unwrap_or_else(|| "1.26.6".into());
        let mut numbers = version_text.split('.').map(|part| part.parse::<u32>());
        let mut number = |default| numbers.next().and_then(Result::ok).unwrap_or(default);
        let version = (number(1), number(26));
        let gopath = process.variable("GOPATH").unwrap_or_else(|| "/go".into());
        let directory = process.directory();
        let mut root = directory.clone();
        let mut has_module = false;
        let mut at = directory.as_str();
        loop {
            if process
                .files()
                .exists(&format!("{}/go.mod", at.trim_end_matches('/')))
            {
                root = at.to_string();
                has_module = true;
                break;
            }
            match at.rsplit_once('/') {
                Some((parent, _)) if !at.is_empty() && at != "/" => at = parent,
                _ => break,
            }
        }
        let below = directory
            .strip_prefix(root.as_str())
            .unwrap_or("")
            .trim_matches('/')
            .to_string();
        let gopath_package = (!has_module && version < (1, 16))
            .then(|| directory.strip_prefix(&format!("{gopath}/src/")))
            .flatten()
            .map(str::to_string);
        Environment {
            version_text,
            version,
            gopath,
            root,
            below,
            has_module,
            gopath_package,
        }
    }

    /// The files below the root that a build may need.
    pub fn files(&self, process: &Process) -> Files {
        let mut files = Files::new();
        collect(process, &self.root, "", 0, &mut files, &|path| {
            let base = path.rsplit('/').next().unwrap_or(path);
            path.ends_with(".go") || matches!(base, "go.mod" | "go.sum" | "modules.txt")
        });
        let directive = b"//go:embed ";
        let embeds = |text: &Vec<u8>| text.windows(directive.len()).any(|part| part == directive);
        if files.values().any(embeds) {
            collect(process, &self.root, "", 0, &mut files, &|_| true);
        }
        files
    }

    /// A file's path below the root, if it is below, by its absolute path.
    pub fn below_root(&self, place: &str) -> String {
        self.folder_below(place)
            .unwrap_or_else(|| place.to_string())
    }

    /// A folder's path below the root, by its absolute path.
    pub fn folder_below(&self, place: &str) -> Option<String> {
        let rest = place.strip_prefix(self.root.trim_end_matches('/'))?;
        match rest.strip_prefix('/') {
            Some(rest) => Some(rest.to_string()),
            None => rest.is_empty().then(String::new),
        }
    }

    /// Why nothing can be built of the module.
    pub fn refusal(&self, process: &Process) -> Option<String> {
        let place = format!("{}/go.mod", self.root.trim_end_matches('/'));
        let file = process
            .files()
            .read(&place)
            .ok()
            .filter(|_| self.has_module)?;
        GoMod::refusal(file.bytes(), &place, &self.version_text)
    }

    /// The status of a failed build.
    pub fn failure(&self) -> u8 {
        if self.version < (1, 20) { 2 } else { 1 }
    }
}

/// Adds the files below a folder that are wanted.
fn collect(
    process: &Process,
    root: &str,
    below: &str,
    depth: u32,
    files: &mut Files,
    wanted: &dyn Fn(&str) -> bool,
) {
    let folder = format!("{}/{below}", root.trim_end_matches('/'));
    let Ok(entries) = process.files().read_directory(&folder) else {
        return;
    };
    for (name, entry) in entries {
        if files.len() >= FILES_MAX {
            return;
        }
        let path = if below.is_empty() {
            name.clone()
        } else {
            format!("{below}/{name}")
        };
        match &entry.kind {
            EntryKind::Directory
                if depth < FOLDER_DEPTH_MAX
                    && !name.starts_with(['.', '_'])
                    && name != "testdata"
                    && (name != "vendor" || below.is_empty()) =>
            {
                collect(process, root, &path, depth + 1, files, wanted);
            }
            EntryKind::File(content)
                if wanted(&path) && content.borrow().bytes().len() <= FILE_BYTES_MAX =>
            {
                files.insert(path, content.borrow().bytes().to_vec());
            }
            _ => {}
        }
    }
}
