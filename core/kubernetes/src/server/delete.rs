//! `delete` and `deletecollection`: grace periods, finalizers, propagation to dependents.
//!
//! Models k8s.io/apiserver `pkg/registry/rest/delete.go` and the generic store's deletion.

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::Status;
use kubernetes_api::time;
use serde_json::{Value, json};

use super::query::Query;
use super::read::shown;
use super::{Api, storage};
use crate::{admission, strategy};

/// The finalizer of a deletion that leaves dependents alone.
pub const ORPHAN: &str = "orphan";
/// The finalizer of a deletion that waits for dependents.
pub const FOREGROUND: &str = "foregroundDeletion";

/// What happens to an object's dependents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// They are deleted after it.
    Background,
    /// They are deleted before it.
    Foreground,
    /// They stay.
    Orphan,
}

/// How something is deleted.
#[derive(Clone, Debug, Default)]
pub struct DeleteOptions {
    /// Seconds that a pod has to end; `None` for its own wish.
    pub grace_period_seconds: Option<i64>,
    /// What happens to dependents; `None` for the kind's default.
    pub propagation: Option<Propagation>,
    /// Only when the object has this UID; empty for any.
    pub uid: String,
    /// Only when the object has this version; empty for any.
    pub resource_version: String,
    /// Answer as if it were deleted.
    pub dry_run: bool,
}

impl DeleteOptions {
    /// Reads a request's body and query.
    pub fn of(body: &Value, parameter: impl Fn(&str) -> Option<String>) -> DeleteOptions {
        let text = |path: &[&str]| object::get_str(body, path).to_owned();
        let propagation =
            parameter("propagationPolicy").unwrap_or_else(|| text(&["propagationPolicy"]));
        let orphan = object::get(body, &["orphanDependents"]).and_then(Value::as_bool);
        DeleteOptions {
            grace_period_seconds: object::get_i64(body, &["gracePeriodSeconds"])
                .or_else(|| parameter("gracePeriodSeconds")?.parse().ok()),
            propagation: match (propagation.as_str(), orphan) {
                ("Background", _) | ("", Some(false)) => Some(Propagation::Background),
                ("Foreground", _) => Some(Propagation::Foreground),
                ("Orphan", _) | ("", Some(true)) => Some(Propagation::Orphan),
                _ => None,
            },
            uid: text(&["preconditions", "uid"]),
            resource_version: text(&["preconditions", "resourceVersion"]),
            dry_run: parameter("dryRun").is_some() || body.get("dryRun").is_some(),
        }
    }
}

/// What came of a deletion.
pub enum Deleted {
    /// The object is gone; this was its last state.
    Gone(Rc<Value>),
    /// The object is being deleted.
    Pending(Rc<Value>),
}

impl Api {
    /// Deletes an object, or begins to.
    ///
    /// # Errors
    /// `NotFound`, `Conflict` when a precondition fails, `Forbidden` for what may not be deleted.
    pub fn delete(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<Deleted, Status> {
        let key = storage(resource);
        let Some(old) = self.store().get(&key, namespace, name) else {
            return Err(Status::not_found(&resource.group, &resource.plural, name));
        };
        admission::delete(self, resource, &old)?;
        preconditions(resource, &old, options)?;
        if options.dry_run {
            return Ok(Deleted::Gone(old));
        }
        let mut object = (*old).clone();
        let graceful = self.begin_deletion(&key, &mut object, options);
        let Some(grace) = graceful else {
            return Ok(Deleted::Pending(shown(resource, old)));
        };
        let waits = grace > 0
            || object::finalizers(&object).next().is_some()
            || !strategy::may_vanish(&key, &object);
        if waits || key == "pods" {
            if object != *old {
                let stored = self.store().put(&key, object);
                if waits {
                    return Ok(Deleted::Pending(shown(resource, stored)));
                }
            } else if waits {
                return Ok(Deleted::Pending(shown(resource, old)));
            }
        }
        let gone = self.store().remove(&key, namespace, name).unwrap_or(old);
        Ok(Deleted::Gone(shown(resource, gone)))
    }

    /// Marks an object as being deleted; gives the grace period in seconds, or `None` when the
    /// deletion that is under way already is at least as quick.
    fn begin_deletion(
        &self,
        key: &str,
        object: &mut Value,
        options: &DeleteOptions,
    ) -> Option<i64> {
        add_propagation_finalizer(key, object, options);
        if key == "namespaces" {
            object::set(object, &["status", "phase"], "Terminating");
        }
        let grace = if key == "pods" {
            pod_grace(object, options)
        } else {
            0
        };
        let running = object::is_terminating(object);
        if running {
            let left = object::get_i64(object, &["metadata", "deletionGracePeriodSeconds"]);
            let shorter = key == "pods"
                && left.is_some_and(|left| grace < left)
                && (options.grace_period_seconds.is_some() || grace == 0);
            if !shorter {
                let nothing_waits = object::finalizers(object).next().is_none()
                    && left == Some(0)
                    && strategy::may_vanish(key, object);
                return nothing_waits.then_some(0);
            }
        } else {
            let generation = object::generation(object);
            if generation > 0 {
                object::set(object, &["metadata", "generation"], generation + 1);
            }
        }
        let end = self.now() + grace * 1_000_000_000;
        object::set(
            object,
            &["metadata", "deletionTimestamp"],
            time::rfc3339(end),
        );
        object::set(object, &["metadata", "deletionGracePeriodSeconds"], grace);
        Some(grace)
    }

    pub(super) fn delete_collection(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        query: &Query,
        options: &DeleteOptions,
    ) -> Result<Value, Status> {
        let objects = self.store().list(&storage(resource), namespace);
        let mut items = Vec::new();
        for object in objects.iter().filter(|object| query.matches(object)) {
            let place = (object::namespace(object), object::name(object));
            match self.delete(resource, place.0, place.1, options) {
                Ok(Deleted::Gone(object) | Deleted::Pending(object)) => {
                    items.push((*object).clone());
                }
                Err(status) if status.is_not_found() => {}
                Err(status) => return Err(status),
            }
        }
        Ok(json!({
            "kind": resource.list_kind(),
            "apiVersion": resource.api_version(),
            "metadata": {"resourceVersion": self.store().version().to_string()},
            "items": items,
        }))
    }
}

fn pod_grace(pod: &Value, options: &DeleteOptions) -> i64 {
    let scheduled = !object::get_str(pod, &["spec", "nodeName"]).is_empty();
    let over = matches!(
        object::get_str(pod, &["status", "phase"]),
        "Failed" | "Succeeded"
    );
    if !scheduled || over {
        return 0;
    }
    options
        .grace_period_seconds
        .or_else(|| object::get_i64(pod, &["spec", "terminationGracePeriodSeconds"]))
        .unwrap_or(30)
        .max(0)
}

fn add_propagation_finalizer(key: &str, object: &mut Value, options: &DeleteOptions) {
    if key == "pods" && options.propagation.is_none() {
        return;
    }
    let wanted = match options.propagation {
        Some(Propagation::Orphan) => Some(ORPHAN),
        Some(Propagation::Foreground) => Some(FOREGROUND),
        Some(Propagation::Background) => None,
        None => strategy::default_orphans(key).then_some(ORPHAN),
    };
    let mut finalizers: Vec<String> = object::finalizers(object)
        .filter(|one| *one != ORPHAN && *one != FOREGROUND)
        .map(str::to_owned)
        .collect();
    finalizers.extend(wanted.map(str::to_owned));
    if finalizers.is_empty() {
        object::remove(object, &["metadata", "finalizers"]);
    } else {
        object::set(object, &["metadata", "finalizers"], finalizers);
    }
}

fn preconditions(resource: &Resource, old: &Value, options: &DeleteOptions) -> Result<(), Status> {
    let name = object::name(old);
    let uid = object::uid(old);
    if !options.uid.is_empty() && options.uid != uid {
        let why = format!(
            "the UID in the precondition ({}) does not match the UID in record ({uid}). The object might have been deleted and then recreated",
            options.uid
        );
        return Err(Status::conflict(
            &resource.group,
            &resource.kind,
            name,
            &why,
        ));
    }
    let version = object::resource_version(old);
    if !options.resource_version.is_empty() && options.resource_version != version {
        let why = format!(
            "the ResourceVersion in the precondition ({}) does not match the ResourceVersion in record ({version}). The object might have been modified",
            options.resource_version
        );
        return Err(Status::conflict(
            &resource.group,
            &resource.kind,
            name,
            &why,
        ));
    }
    Ok(())
}
