//! Pure path arithmetic. Paths are UTF-8 and separated by slashes.

/// An absolute, clean path (no `.`, `..`, double or trailing slash) from one that may be relative
/// to `directory`. Symbolic links are not looked at.
pub fn absolute(directory: &str, path: &str) -> String {
    if path.starts_with('/') {
        clean(path)
    } else {
        clean(&format!("{directory}/{path}"))
    }
}

/// An absolute path without `.`, `..`, double or trailing slashes.
pub fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The directory of a clean absolute path; `/` for `/`.
pub fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        None | Some(("", _)) => "/",
        Some((parent, _)) => parent,
    }
}

/// The last part of a path; empty for `/`.
pub fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// `directory` and `name` with one slash between.
pub fn join(directory: &str, name: &str) -> String {
    if directory.ends_with('/') {
        format!("{directory}{name}")
    } else {
        format!("{directory}/{name}")
    }
}

/// The part of a clean path below a clean directory: `Some("")` when they are equal.
pub fn below<'a>(path: &'a str, directory: &str) -> Option<&'a str> {
    if directory == "/" {
        return path.strip_prefix('/');
    }
    match path.strip_prefix(directory)? {
        "" => Some(""),
        rest => rest.strip_prefix('/'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(absolute("/go/src", "../bin/./x//y/"), "/go/bin/x/y");
        assert_eq!(absolute("/go", "/a/../../b"), "/b");
        assert_eq!(
            (parent("/a/b"), parent("/a"), parent("/")),
            ("/a", "/", "/")
        );
        assert_eq!(below("/a/b", "/a"), Some("b"));
        assert_eq!(below("/ab", "/a"), None);
        assert_eq!(below("/a", "/"), Some("a"));
    }
}
