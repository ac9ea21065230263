//! Writing objects: creating, patching, replacing, with the parameters that kubectl sends along,
//! and the line that says what was done.

use crate::client::Call;
use crate::command_line::Flags;
use crate::failure::{Failure, Outcome};
use crate::files::Document;
use crate::printing::output::{ObjectPrinter, Output, list_of, type_and_name};
use crate::session::{Session, segment};
use kubernetes_api::json::{compact, quote_go};
use kubernetes_api::object::{get_str, remove, set};
use kubernetes_api::resources::Resource;
use serde_json::{Map, Value, json};
use std::rc::Rc;

/// The annotation in which `kubectl apply` keeps what was applied last.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Content types of patches.
pub const STRATEGIC: &str = "application/strategic-merge-patch+json";
/// RFC 7386.
pub const MERGE: &str = "application/merge-patch+json";
/// RFC 6902.
pub const JSON_PATCH: &str = "application/json-patch+json";
/// Server-side apply.
pub const APPLY: &str = "application/apply-patch+yaml";

/// How objects are written.
#[derive(Clone, Debug)]
pub struct Writing {
    manager: String,
    validation: &'static str,
    dry_run: DryRun,
    local: bool,
}

/// Whether something is really done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DryRun {
    /// It is.
    None,
    /// Only the client says what it would do.
    Client,
    /// The server checks everything and keeps nothing.
    Server,
}

impl Writing {
    /// What the flags ask for; `manager` is the verb's own name for the manager of fields.
    pub fn of(flags: &Flags, manager: &str) -> Result<Writing, Failure> {
        let dry_run = match flags.text("dry-run") {
            "none" | "" | "0" | "f" | "F" | "false" | "False" | "FALSE" => DryRun::None,
            "client" | "unchanged" | "1" | "t" | "T" | "true" | "True" | "TRUE" => DryRun::Client,
            "server" => DryRun::Server,
            other => {
                return Err(Failure::message(format!(
                    "Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\"."
                )));
            }
        };
        let validation = if flags.long("validate").is_none() {
            ""
        } else {
            match flags.text("validate") {
                "true" | "strict" => "Strict",
                "warn" => "Warn",
                "false" | "ignore" => "Ignore",
                other => {
                    return Err(Failure::message(format!(
                        "invalid - validate option {}; must be one of: strict (or true), warn, ignore (or false)",
                        quote_go(other)
                    )));
                }
            }
        };
        let given = flags.text("field-manager");
        Ok(Writing {
            manager: if given.is_empty() { manager } else { given }.to_owned(),
            validation,
            dry_run,
            local: crate::targets::is_local(flags),
        })
    }

    /// Whether something is really done.
    pub fn dry_run(&self) -> DryRun {
        if self.local {
            DryRun::Client
        } else {
            self.dry_run
        }
    }

    /// What follows the line that says what was done.
    pub fn suffix(&self) -> &'static str {
        match self.dry_run {
            DryRun::None => "",
            DryRun::Client => " (dry run)",
            DryRun::Server => " (server dry run)",
        }
    }

    /// Whether objects are checked before they are sent.
    pub fn validates(&self) -> bool {
        self.validation != "Ignore"
    }

    fn parameters(&self, call: Call) -> Call {
        let dry_run = if self.dry_run == DryRun::Server {
            "All"
        } else {
            ""
        };
        call.query("dryRun", dry_run)
            .query("fieldManager", self.manager.as_str())
            .query("fieldValidation", self.validation)
    }

    /// Creates an object.
    pub async fn create(
        &self,
        session: &Session,
        resource: &Resource,
        namespace: &str,
        object: &Value,
    ) -> Result<Rc<Value>, Failure> {
        let path = resource.path(Some(namespace), None, None);
        let call = self
            .parameters(Call::new("POST", path))
            .object(object.clone());
        session.client.call(call).await
    }

    /// Replaces an object.
    pub async fn replace(
        &self,
        session: &Session,
        resource: &Resource,
        namespace: &str,
        object: &Value,
    ) -> Result<Rc<Value>, Failure> {
        let name = segment(get_str(object, &["metadata", "name"]));
        let path = resource.path(Some(namespace), Some(&name), None);
        let call = self
            .parameters(Call::new("PUT", path))
            .object(object.clone());
        session.client.call(call).await
    }

    /// Patches an object or a subresource of it.
    pub async fn patch(
        &self,
        session: &Session,
        place: &Place<'_>,
        content_type: &'static str,
        patch: Vec<u8>,
    ) -> Result<Rc<Value>, Failure> {
        let name = segment(place.name);
        let path = place
            .resource
            .path(Some(place.namespace), Some(&name), place.subresource);
        let mut call = self.parameters(Call::new("PATCH", path));
        if place.force {
            call = call.query("force", "true");
        }
        session.client.call(call.patch(content_type, patch)).await
    }

    /// Changes an object by the strategic merge patch between it and what it shall be. Kinds without
    /// a schema get a merge patch. Gives the object, and whether anything was to be changed.
    pub async fn change(
        &self,
        session: &Session,
        resource: &Resource,
        before: &Value,
        after: &Value,
    ) -> Result<(Rc<Value>, bool), Failure> {
        let patch = kubernetes_api::patch::diff::two_way(
            kubernetes_api::patch::Place::of_kind(&resource.api_version(), &resource.kind),
            before,
            after,
        )
        .map_err(Failure::message)?;
        let nothing = patch.as_object().is_none_or(Map::is_empty);
        if nothing || self.dry_run() == DryRun::Client {
            return Ok((Rc::new(after.clone()), !nothing));
        }
        let known = kubernetes_api::patch::Place::of_kind(&resource.api_version(), &resource.kind)
            .is_known();
        let (content_type, patch) = if known {
            (STRATEGIC, patch)
        } else {
            (MERGE, kubernetes_api::patch::merge::diff(before, after))
        };
        let place = Place::of(resource, before);
        let bytes = compact(&patch).into_bytes();
        let object = self.patch(session, &place, content_type, bytes).await?;
        Ok((object, true))
    }
}

/// What a patch is for.
pub struct Place<'a> {
    /// The type.
    pub resource: &'a Resource,
    /// The namespace.
    pub namespace: &'a str,
    /// The name.
    pub name: &'a str,
    /// `scale`, `status`, …
    pub subresource: Option<&'a str>,
    /// Whether server-side apply takes fields from others.
    pub force: bool,
}

impl<'a> Place<'a> {
    /// The place of an object.
    pub fn of(resource: &'a Resource, object: &'a Value) -> Place<'a> {
        Place {
            resource,
            namespace: kubernetes_api::object::namespace(object),
            name: kubernetes_api::object::name(object),
            subresource: None,
            force: false,
        }
    }
}

/// Puts what is applied into the object's annotation, where the next apply looks for it.
pub fn annotate_last_applied(object: &mut Value) {
    if !object.get("metadata").is_some_and(Value::is_object) {
        set(object, &["metadata"], json!({}));
    }
    if !kubernetes_api::object::annotations(object).is_some_and(|_| true) {
        set(object, &["metadata", "annotations"], json!({}));
    }
    remove(object, &["metadata", "annotations", LAST_APPLIED]);
    let text = compact(object) + "\n";
    set(object, &["metadata", "annotations", LAST_APPLIED], text);
}

/// Says what was done with objects: a line each, or the objects in a format.
pub struct Report {
    printer: Option<ObjectPrinter>,
    names_only: bool,
    objects: Vec<Value>,
    suffix: &'static str,
}

impl Report {
    /// A report in the format of the flags.
    pub fn new(session: &Session, suffix: &'static str) -> Result<Report, Failure> {
        let flags = session.flags();
        let output = Output::of_verb(flags, &session.invocation.process)?;
        let names_only = matches!(output, Some(Output::Name));
        let printer = match output {
            Some(output) => Some(ObjectPrinter::new(output, flags)?),
            None => None,
        };
        Ok(Report {
            printer,
            names_only,
            objects: Vec::new(),
            suffix,
        })
    }

    /// The same for objects of types that kubectl itself knows: JSON in the order of their fields.
    #[must_use]
    pub fn typed(mut self) -> Report {
        self.printer = self.printer.map(ObjectPrinter::typed);
        self
    }

    /// Says that something was done with an object: `pod/x created`.
    pub async fn say(&mut self, session: &Session, object: &Value, done: &str) -> Outcome {
        match &mut self.printer {
            None => {
                let text = format!("{} {done}{}\n", type_and_name(object), self.suffix);
                session.print(text).await;
            }
            Some(printer) if self.names_only => session.print(printer.print(object)?).await,
            Some(_) => self.objects.push(object.clone()),
        }
        Ok(())
    }

    /// Prints an object right away when a format is asked for.
    pub async fn say_now(&mut self, session: &Session, object: &Value, done: &str) -> Outcome {
        self.say(session, object, done).await?;
        self.finish(session).await
    }

    /// Prints the objects that were kept for a format: one as itself, several as a list.
    pub async fn finish(&mut self, session: &Session) -> Outcome {
        let mut objects = std::mem::take(&mut self.objects);
        let Some(printer) = &mut self.printer else {
            return Ok(());
        };
        if objects.is_empty() {
            return Ok(());
        }
        let shown = match (objects.len(), objects.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                objects.extend(last);
                list_of(objects)
            }
        };
        session.print(printer.print(&shown)?).await;
        Ok(())
    }
}

/// What is wrong with a document before the server sees it.
pub fn check_document(document: &Document, validate: bool) -> Outcome {
    let value = &document.value;
    let source = quote_go(&document.source);
    if validate {
        let missing: Vec<&str> = [
            ("apiVersion", "apiVersion not set"),
            ("kind", "kind not set"),
        ]
        .iter()
        .filter(|(key, _)| get_str(value, &[key]).is_empty())
        .map(|(_, words)| *words)
        .collect();
        let wrong = match missing.as_slice() {
            _ if !value.is_object() => Some("invalid object to validate".to_owned()),
            [] => None,
            [only] => Some((*only).to_owned()),
            several => Some(format!("[{}]", several.join(", "))),
        };
        if let Some(wrong) = wrong {
            return Err(Failure::message(format!(
                "error validating {source}: error validating data: {wrong}; if you choose to ignore these errors, turn validation off with --validate=false"
            )));
        }
    }
    if get_str(value, &["kind"]).is_empty() {
        return Err(Failure::message(format!(
            "unable to decode {source}: Object 'Kind' is missing in '{}'",
            compact(value)
        )));
    }
    for (field, what) in [("labels", "labels"), ("annotations", "annotations")] {
        let pairs = kubernetes_api::object::get_map(value, &["metadata", field]);
        let wrong = pairs
            .into_iter()
            .flatten()
            .find_map(|(_, value)| match value {
                Value::Bool(_) => Some("bool"),
                Value::Number(_) => Some("number"),
                Value::Array(_) => Some("array"),
                Value::Object(_) => Some("object"),
                Value::String(_) | Value::Null => None,
            });
        if let Some(kind) = wrong {
            return Err(Failure::message(format!(
                "unable to decode {source}: json: cannot unmarshal {kind} into Go struct field ObjectMeta.metadata.{what} of type string"
            )));
        }
    }
    Ok(())
}

/// The type and place of an object, as long messages show them.
pub fn info(resource: &Resource, namespace: &str, name: &str) -> String {
    let (group, version) = (&resource.group, &resource.version);
    format!(
        "Resource: {}, GroupVersionKind: {}\nName: {}, Namespace: {}",
        quote_go(&format!("{group}/{version}, Resource={}", resource.plural)),
        quote_go(&format!("{group}/{version}, Kind={}", resource.kind)),
        quote_go(name),
        quote_go(if resource.namespaced { namespace } else { "" })
    )
}
