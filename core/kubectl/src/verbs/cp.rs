//! `kubectl cp`: files to and from containers, as archives through `tar` in the container.
//!
//! Models kubectl `pkg/cmd/cp`.

use super::exec::{Ends, execute};
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::files::go_error;
use crate::pods;
use crate::session::Session;
use kubernetes_api::json::quote_go;
use machine::{EntryKind, archive, file, path};
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;

static FLAGS: &[Flag] = &[
    Flag::text("container", "The container.").short('c'),
    Flag::switch("no-preserve", "Do not keep owners and permissions."),
    Flag::new(
        "retries",
        Kind::Int,
        "How often to try again; below 0 is for ever.",
    ),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "cp",
    usage: "<file-spec-src> <file-spec-dest> [options]",
    short: "Copy files and directories to and from containers",
    examples: "# Into a container that has tar\nkubectl cp notes.txt web:/tmp/notes.txt\n\n# Out of it\nkubectl cp web:/etc/hosts hosts",
    flags: &[FLAGS],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

/// One side of a copy.
struct Spec {
    namespace: String,
    pod: String,
    file: String,
}

fn spec(word: &str) -> Result<Spec, Failure> {
    let wrong = || {
        Failure::message("filespec must match the canonical format: [[namespace/]pod:]file/path")
    };
    let Some((place, file)) = word.split_once(':') else {
        return Ok(Spec {
            namespace: String::new(),
            pod: String::new(),
            file: word.to_owned(),
        });
    };
    if place.is_empty() {
        return Err(wrong());
    }
    let (namespace, pod) = match place.split('/').collect::<Vec<_>>().as_slice() {
        [pod] => (String::new(), (*pod).to_owned()),
        [namespace, pod] => ((*namespace).to_owned(), (*pod).to_owned()),
        _ => return Err(wrong()),
    };
    Ok(Spec {
        namespace,
        pod,
        file: file.to_owned(),
    })
}

async fn run(invocation: Invocation) -> Outcome {
    let [from, to] = invocation.arguments.as_slice() else {
        return Err(Failure::message("source and destination are required"));
    };
    let (from, to) = (spec(from)?, spec(to)?);
    if !from.pod.is_empty() && !to.pod.is_empty() {
        return Err(Failure::message(
            "one of src or dest must be a local file specification",
        ));
    }
    if from.file.is_empty() || to.file.is_empty() {
        return Err(Failure::message("filepath can not be empty"));
    }
    let remote = if from.pod.is_empty() { &to } else { &from };
    if remote.pod.is_empty() {
        return Err(Failure::message(
            "one of src or dest must be a remote file specification",
        ));
    }
    let session = Session::open(invocation)?;
    if from.pod.is_empty() {
        let local = session.client.process.path(&from.file);
        if !session.client.process.files().exists(&local) {
            return Err(Failure::message(format!(
                "{} doesn't exist in local filesystem",
                from.file
            )));
        }
    }
    let resource = session.mapper.resource("pods").await?;
    let namespace = match remote.namespace.as_str() {
        "" => session.namespace(),
        given => given,
    };
    let pod = session.get_in(&resource, namespace, &remote.pod).await?;
    if pods::is_finished(&pod) {
        return Err(Failure::message(format!(
            "cannot exec into a container in a completed pod; current phase is {}",
            kubernetes_api::object::get_str(&pod, &["status", "phase"])
        )));
    }
    let container = pods::container(&session, &pod, session.flags().text("container")).await?;
    let place = Place {
        session: &session,
        pod: &pod,
        container,
    };
    if from.pod.is_empty() {
        place.send(&from.file, &to.file).await
    } else {
        place.fetch(&from.file, &to.file).await
    }
}

struct Place<'a> {
    session: &'a Session,
    pod: &'a Value,
    container: String,
}

impl Place<'_> {
    async fn execute(&self, words: &[&str], ends: Ends) -> Outcome {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        execute(self.session, self.pod, &self.container, &words, ends).await
    }

    /// Whether a path is a directory there; a container without `test` has none.
    async fn is_directory(&self, path: &str) -> bool {
        let ends = Ends {
            stdout: Some(file::null()),
            stderr: Some(file::null()),
            ..Ends::default()
        };
        self.execute(&["test", "-d", path], ends).await.is_ok()
    }

    async fn send(&self, local: &str, remote: &str) -> Outcome {
        let process = &self.session.client.process;
        let absolute = process.path(local);
        let mut to = remote.trim_end_matches('/').to_owned();
        if to.is_empty() || self.is_directory(remote).await {
            to = format!("{to}/{}", path::file_name(&absolute));
        }
        let mut bytes = Vec::new();
        archive::add(process.files(), &absolute, path::file_name(&to), &mut bytes);
        archive::finish(&mut bytes);
        let folder = match to.rsplit_once('/') {
            Some(("", _)) => "/",
            Some((folder, _)) => folder,
            None => ".",
        };
        let ends = Ends {
            stdin: Some(file::from_bytes(bytes)),
            ..Ends::of(process)
        };
        let mut words = vec!["tar"];
        if self.session.flags().is("no-preserve") {
            words.extend(["--no-same-permissions", "--no-same-owner"]);
        }
        words.extend(["-xmf", "-", "-C", folder]);
        self.execute(&words, ends).await
    }

    async fn fetch(&self, remote: &str, local: &str) -> Outcome {
        let process = &self.session.client.process;
        let bytes = Rc::new(RefCell::new(Vec::new()));
        let sink = bytes.clone();
        let ends = Ends {
            stdout: Some(file::sink(move |more| {
                sink.borrow_mut().extend_from_slice(more);
            })),
            ..Ends::of(process)
        };
        let outcome = self.execute(&["tar", "cf", "-", remote], ends).await;
        let prefix = path::clean(&format!("/{remote}"));
        let prefix = prefix.trim_start_matches('/');
        let bytes = std::mem::take(&mut *bytes.borrow_mut());
        let mut warned = false;
        for (name, entry) in archive::read(&bytes) {
            let name = name.trim_end_matches('/').trim_start_matches("./");
            let Some(below) = name.strip_prefix(prefix) else {
                return Err(Failure::message("tar contents corrupted"));
            };
            let shown = match below.trim_start_matches('/') {
                "" => local.to_owned(),
                below => format!("{}/{below}", local.trim_end_matches('/')),
            };
            let place = process.path(&shown);
            let files = process.files();
            files.create_directories(path::parent(&place), 0o755).ok();
            let written = match &entry.kind {
                EntryKind::Directory => files.create_directories(&place, 0o755),
                EntryKind::Symlink(target) => {
                    if !std::mem::replace(&mut warned, true) {
                        let text = format!(
                            "warning: skipping symlink: {} -> {} (consider using \"kubectl exec -n \\\"{}\\\" \\\"{}\\\" -- tar cf - {} | tar xf -\")\n",
                            quote_go(&shown),
                            quote_go(target),
                            kubernetes_api::object::namespace(self.pod),
                            kubernetes_api::object::name(self.pod),
                            quote_go(remote).replace('"', "\\\"")
                        );
                        self.session.print_error(text).await;
                    }
                    Ok(())
                }
                EntryKind::File(content) => {
                    let content = content.borrow().clone();
                    files.write(&place, content, entry.metadata.mode)
                }
                EntryKind::Device(_) | EntryKind::Socket => Ok(()),
            };
            written
                .map_err(|error| Failure::message(format!("open {shown}: {}", go_error(error))))?;
        }
        outcome
    }
}
