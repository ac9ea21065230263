//! The objects that a verb works on: named, selected, all of a type, or from files; read from the
//! server.

use crate::arguments;
use crate::command_line::Flags;
use crate::failure::Failure;
use crate::files;
use crate::session::{Selection, Session, items};
use kubernetes_api::resources::Resource;
use serde_json::Value;
use std::rc::Rc;

/// A type with an object of it.
pub type Found = (Rc<Resource>, Value);

/// Reads all objects that are meant; the first one missing ends it.
pub async fn objects(session: &Session) -> Result<Vec<Found>, Failure> {
    let (found, failures) = objects_and_failures(session).await?;
    Failure::all(failures)?;
    Ok(found)
}

/// Reads all objects that are meant, with what is missing.
pub async fn objects_and_failures(
    session: &Session,
) -> Result<(Vec<Found>, Vec<Failure>), Failure> {
    if is_local(session.flags()) {
        return local(session).await;
    }
    let named = session.named().await?;
    of_named(session, named).await
}

/// Whether only files are read and nothing is asked of the server.
pub fn is_local(flags: &Flags) -> bool {
    flags.long("local").is_some() && flags.is("local")
}

/// The objects of files as they are there.
async fn local(session: &Session) -> Result<(Vec<Found>, Vec<Failure>), Failure> {
    if !session.has_files() {
        return Err(Failure::message(
            if session.invocation.path.starts_with("kubectl set") {
                "you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'"
            } else {
                "can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set"
            },
        ));
    }
    let (documents, failures) =
        files::documents(&session.invocation.process, session.flags()).await?;
    let mut found = Vec::new();
    for document in documents {
        found.push((session.resource_of(&document).await?, document.value));
    }
    Ok((found, failures))
}

/// Reads all objects that are meant; a type without a name means all of it.
pub async fn objects_of_types(session: &Session) -> Result<Vec<Found>, Failure> {
    let named = session.named().await?;
    let (found, failures) = of_named_or_all(session, named, true).await?;
    Failure::all(failures)?;
    Ok(found)
}

/// Reads the objects of types and names.
pub async fn of_named(
    session: &Session,
    named: Vec<arguments::Named>,
) -> Result<(Vec<Found>, Vec<Failure>), Failure> {
    of_named_or_all(session, named, false).await
}

async fn of_named_or_all(
    session: &Session,
    named: Vec<arguments::Named>,
    all_without_name: bool,
) -> Result<(Vec<Found>, Vec<Failure>), Failure> {
    let flags = session.flags();
    let selection = Selection::of(flags);
    let everything = flags.is("all") || !selection.is_empty();
    let all_namespaces = flags.is("all-namespaces");
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for one in named {
        let namespace = if one.namespace.is_empty() {
            session.namespace()
        } else {
            &one.namespace
        };
        match &one.name {
            Some(_) if everything && one.source.is_empty() => {
                return Err(Failure::message(
                    "name cannot be provided when a selector is specified",
                ));
            }
            Some(name) => match session.get_in(&one.resource, namespace, name).await {
                Ok(object) => found.push((one.resource.clone(), (*object).clone())),
                Err(failure) => failures.push(failure),
            },
            None if everything || all_without_name => {
                let within = (!all_namespaces).then_some(namespace);
                let list = selection
                    .list(&session.client, &one.resource, within, crate::client::JSON)
                    .await?;
                let all = items(&list, &one.resource);
                found.extend(all.into_iter().map(|object| (one.resource.clone(), object)));
            }
            None => return Err(arguments::no_name()),
        }
    }
    Ok((found, failures))
}
