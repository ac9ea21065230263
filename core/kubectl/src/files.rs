//! Objects from files: `-f` with files, folders, patterns and standard input.
//!
//! Models k8s.io/cli-runtime `pkg/resource` (`FilenameParam`, `StreamVisitor`).

use crate::command_line::Flags;
use crate::failure::Failure;
use crate::limits;
use machine::{EntryKind, Errno, Process};
use serde_json::Value;

/// One document of a file.
#[derive(Clone, Debug)]
pub struct Document {
    /// The path as it was given, or `STDIN`.
    pub source: String,
    /// The object.
    pub value: Value,
}

/// The words that Go has for an error number.
pub fn go_error(error: Errno) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().collect::<String>() + chars.as_str(),
        None => text,
    }
}

/// Reads one YAML document.
pub fn parse_yaml(text: &str) -> Result<Value, String> {
    kubernetes_api::yaml::parse(text).map_err(|error| error.to_string())
}

/// The documents of the files that the flags name. Documents that cannot be read are failures of
/// their own, after which the next file follows.
pub async fn documents(
    process: &Process,
    flags: &Flags,
) -> Result<(Vec<Document>, Vec<Failure>), Failure> {
    let mut documents = Vec::new();
    let mut failures = Vec::new();
    if !flags.text("kustomize").is_empty() {
        let folder = flags.text("kustomize");
        let (objects, warnings) = crate::kustomize::build(process, folder)?;
        process.print_error(warnings).await;
        documents.extend(objects.into_iter().map(|value| Document {
            source: folder.to_owned(),
            value,
        }));
    }
    for name in flags.list("filename") {
        let (source, text) = if name == "-" {
            let bytes = process.read_to_end(0).await.unwrap_or_default();
            (
                "STDIN".to_owned(),
                String::from_utf8_lossy(&bytes).into_owned(),
            )
        } else if name.starts_with("http://") || name.starts_with("https://") {
            (name.clone(), download(process, &name).await?)
        } else {
            for path in expand(process, &name, flags.is("recursive"))? {
                let content = process
                    .files()
                    .read(&process.path(&path))
                    .map_err(|error| {
                        Failure::message(format!("open {path}: {}", go_error(error)))
                    })?;
                read(&path, &content.text(), &mut documents, &mut failures);
            }
            continue;
        };
        read(&source, &text, &mut documents, &mut failures);
    }
    Ok((documents, failures))
}

/// The text at a URL.
async fn download(process: &Process, url: &str) -> Result<String, Failure> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at_checked(at).unwrap_or((rest, "/")),
        None => (rest, "/"),
    };
    let otherwise = if scheme == "https" { 443 } else { 80 };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().unwrap_or(otherwise)),
        None => (authority, otherwise),
    };
    let network = process.network();
    let found = network
        .resolve(process.files(), host)
        .and_then(|all| all.first().copied());
    let Some(address) = found else {
        return Err(Failure::Unreachable(format!(
            "dial tcp: lookup {host} on 127.0.0.53:53: no such host"
        )));
    };
    let request = machine::http::Request::new("GET", path).header("Host", authority);
    let to = std::net::SocketAddrV4::new(address, port);
    let answer = machine::http::send(network, to, request).await;
    let response = answer.map_err(|error| {
        Failure::Unreachable(format!(
            "dial tcp {address}:{port}: connect: {}",
            go_error(error)
        ))
    })?;
    if response.status != 200 {
        let reason = machine::http::reason(response.status);
        return Err(Failure::message(format!(
            "unable to read URL {}, server reported {} {reason}, status code={}",
            kubernetes_api::json::quote_go(url),
            response.status,
            response.status
        )));
    }
    let bytes = response.body.into_bytes().await;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The failure of a folder without a kustomization.
pub fn no_kustomization(folder: &str) -> Failure {
    Failure::message(format!(
        "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '{folder}'"
    ))
}

/// Why a text that begins like JSON is none, in the words of upstream's decoder, which prefers them
/// to those of YAML when neither can be read.
fn json_mistake(text: &str) -> Option<String> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let error = kubernetes_api::json_syntax::parse(text).err()?;
    if error.message == "unexpected end of JSON input" {
        return Some("unexpected EOF".to_owned());
    }
    Some(format!("json: offset {}: {}", error.offset, error.message))
}

fn read(source: &str, text: &str, documents: &mut Vec<Document>, failures: &mut Vec<Failure>) {
    for (index, document) in kubernetes_api::yaml::documents(text)
        .into_iter()
        .enumerate()
    {
        match document {
            Ok(document) => {
                let value = document.value;
                let items = value
                    .get("kind")
                    .and_then(Value::as_str)
                    .filter(|kind| kind.ends_with("List"))
                    .and_then(|_| value.get("items"))
                    .and_then(Value::as_array);
                match items {
                    Some(items) => documents.extend(items.iter().map(|item| Document {
                        source: source.to_owned(),
                        value: item.clone(),
                    })),
                    None => documents.push(Document {
                        source: source.to_owned(),
                        value,
                    }),
                }
            }
            Err(error) => {
                let mistake = (index == 0).then(|| json_mistake(text)).flatten();
                let error = mistake.unwrap_or_else(|| error.to_string());
                failures.push(Failure::message(format!("error parsing {source}: {error}")));
            }
        }
    }
}

/// The files that a name means: itself, the files of a folder, or those that a pattern matches.
fn expand(process: &Process, name: &str, recursive: bool) -> Result<Vec<String>, Failure> {
    let files = process.files();
    if !files.exists(&process.path(name)) {
        let matching = pattern(process, name);
        if matching.is_empty() {
            return Err(Failure::message(format!(
                "the path {} does not exist",
                kubernetes_api::json::quote_go(name)
            )));
        }
        return Ok(matching);
    }
    if !files.is_directory(&process.path(name)) {
        return Ok(vec![name.to_owned()]);
    }
    let mut found = Vec::new();
    walk(process, name, recursive, 0, &mut found);
    if found.is_empty() {
        return Err(Failure::message(format!(
            "error reading [{name}]: recognized file extensions are [.json .yaml .yml]"
        )));
    }
    Ok(found)
}

fn walk(process: &Process, folder: &str, recursive: bool, depth: usize, found: &mut Vec<String>) {
    let Ok(entries) = process.files().read_directory(&process.path(folder)) else {
        return;
    };
    for (name, entry) in entries {
        let path = format!("{}/{name}", folder.trim_end_matches('/'));
        if matches!(entry.kind, EntryKind::Directory) {
            if recursive && depth < limits::FOLDER_DEPTH {
                walk(process, &path, recursive, depth + 1, found);
            }
        } else if [".json", ".yaml", ".yml"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            found.push(path);
        }
    }
}

/// The files that a pattern with `*` and `?` in its last part matches.
fn pattern(process: &Process, name: &str) -> Vec<String> {
    let (folder, last) = name
        .rsplit_once('/')
        .map_or(("", name), |(folder, last)| (folder, last));
    if !last.contains(['*', '?']) {
        return Vec::new();
    }
    let at = if folder.is_empty() { "." } else { folder };
    let entries = process
        .files()
        .read_directory(&process.path(at))
        .unwrap_or_default();
    entries
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| matches_pattern(last, name))
        .map(|name| {
            if folder.is_empty() {
                name
            } else {
                format!("{folder}/{name}")
            }
        })
        .collect()
}

/// Shell patterns with `*` and `?`, in time linear in both for each star.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    let mut reached: Vec<bool> = vec![true];
    let text: Vec<char> = text.chars().collect();
    reached.resize(text.len() + 1, false);
    for want in pattern.chars() {
        let mut next = vec![false; text.len() + 1];
        let mut open = false;
        for (at, have) in reached.iter().enumerate() {
            if want == '*' {
                open |= *have;
                if let Some(slot) = next.get_mut(at) {
                    *slot = open;
                }
            } else if *have
                && text.get(at).is_some_and(|c| want == '?' || *c == want)
                && let Some(slot) = next.get_mut(at + 1)
            {
                *slot = true;
            }
        }
        reached = next;
    }
    reached.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(matches_pattern("*.yaml", "a.yaml"));
        assert!(!matches_pattern("*.yaml", "b.yml"));
        assert!(matches_pattern("a?c*", "abc"));
        assert!(!matches_pattern("a?c", "ac"));
    }
}
