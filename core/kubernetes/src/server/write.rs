//! `create` and `update`, also of subresources: what every object goes through before it is stored.
//!
//! Models k8s.io/apiserver `pkg/registry/generic/registry/store.go`: defaults, admission, the
//! kind's own preparation, validation, then the store.

use std::rc::Rc;

use kubernetes_api::field::FieldError;
use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::Status;
use serde_json::{Value, json};

use super::read::shown;
use super::{Api, storage};
use crate::{admission, limits, ownership, strategy};

/// Letters of generated names: none that could make a word.
const NAME_LETTERS: &str = "bcdfghjklmnpqrstvwxz2456789";
/// Letters that a generated name ends with.
const NAME_SUFFIX: usize = 5;
/// The longest prefix of a generated name.
const PREFIX_MAX: usize = 58;

/// How something is written.
#[derive(Clone, Debug, Default)]
pub struct WriteOptions {
    /// Answer as if it were written.
    pub dry_run: bool,
    /// Who writes, for the ownership of fields.
    pub manager: String,
    /// The part of the object that is written: `status`, or empty for the rest.
    pub subresource: String,
    /// Server-side apply has settled the ownership already.
    pub applied: bool,
}

impl WriteOptions {
    /// Options of a write of the status.
    pub fn status() -> WriteOptions {
        WriteOptions {
            subresource: "status".to_owned(),
            ..WriteOptions::default()
        }
    }
}

impl Api {
    /// Creates an object.
    ///
    /// # Errors
    /// What the real server refuses: `AlreadyExists`, `Invalid`, `Forbidden` by admission, and
    /// `NotFound` for a missing namespace.
    pub fn create(
        &self,
        resource: &Resource,
        namespace: &str,
        mut object: Value,
        options: &WriteOptions,
    ) -> Result<Rc<Value>, Status> {
        self.settle_namespace(resource, namespace, &mut object)?;
        let key = storage(resource);
        default_legacy(resource, &mut object);
        strategy::normalise(resource, &mut object);
        strategy::default_object(self, resource, &mut object);
        if !options.applied {
            object::remove(&mut object, &["metadata", "managedFields"]);
        }
        let now = self.timestamp();
        ownership::track(resource, None, &mut object, options, &now);
        self.name_object(&key, namespace, &mut object)?;
        self.stamp(&mut object);
        admission::namespace(self, resource, namespace, object::name(&object))?;
        admission::create(self, resource, &mut object)?;
        strategy::prepare_create(self, resource, &key, &mut object);
        let mut errors = strategy::metadata_errors(&key, resource, &object);
        errors.extend(strategy::validate_create(self, resource, &key, &object));
        let name = object::name(&object).to_owned();
        if !errors.is_empty() {
            return Err(invalid(resource, &name, &errors));
        }
        if self.store().get(&key, namespace, &name).is_some() {
            return Err(Status::already_exists(
                &resource.group,
                &resource.plural,
                &name,
            ));
        }
        admission::check(self, resource, &object)?;
        if let Some(error) = strategy::allocate(self, &key, &mut object, options.dry_run) {
            return Err(invalid(resource, &name, &[error]));
        }
        if options.dry_run {
            return Ok(Rc::new(object));
        }
        if self.store().len() >= limits::OBJECTS {
            return Err(Status::internal_error(
                "etcdserver: mvcc: database space exceeded",
            ));
        }
        let stored = self.store().put(&key, object);
        Ok(shown(resource, stored))
    }

    /// Replaces an object, or its subresource.
    ///
    /// # Errors
    /// `NotFound`, `Conflict` when the object has another version than the one given, `Invalid`.
    pub fn update(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        mut object: Value,
        options: &WriteOptions,
    ) -> Result<Rc<Value>, Status> {
        self.settle_namespace(resource, namespace, &mut object)?;
        let key = storage(resource);
        let Some(old) = self.store().get(&key, namespace, name) else {
            return Err(Status::not_found(&resource.group, &resource.plural, name));
        };
        strategy::normalise(resource, &mut object);
        let given = object::resource_version(&object);
        if !given.is_empty() && given != object::resource_version(&old) {
            return Err(Status::modified(&resource.group, &resource.plural, name));
        }
        let uid = object::uid(&object);
        if !uid.is_empty() && uid != object::uid(&old) {
            let why = format!(
                "Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
                object::uid(&old)
            );
            return Err(Status::conflict(
                &resource.group,
                &resource.plural,
                name,
                &why,
            ));
        }
        if !options.applied {
            match object::get(&old, &["metadata", "managedFields"]) {
                Some(fields) => {
                    object::set(&mut object, &["metadata", "managedFields"], fields.clone());
                }
                None => {
                    object::remove(&mut object, &["metadata", "managedFields"]);
                }
            }
        }
        let mut object = if options.subresource == "status" {
            with_status_of(&old, &mut object)
        } else if matches!(
            options.subresource.as_str(),
            "ephemeralcontainers" | "resize"
        ) {
            self.with_containers_of(resource, &old, &object, &options.subresource)
        } else {
            self.prepared_update(resource, &key, &old, object)?
        };
        ownership::track(
            resource,
            Some(&old),
            &mut object,
            options,
            &self.timestamp(),
        );
        self.store_update(resource, &key, &old, object, options)
    }

    /// Stores an object as a part of the cluster changed it, from the latest revision on: a
    /// changed spec raises the generation, and nothing happens when nothing changed. An object that
    /// is gone stays gone.
    pub fn replace(&self, key: &str, mut object: Value) -> Rc<Value> {
        let place = (object::namespace(&object), object::name(&object));
        let Some(old) = self.store().get(key, place.0, place.1) else {
            return Rc::new(object);
        };
        if object::uid(&old) != object::uid(&object) || *old == object {
            return old;
        }
        let counted = self
            .resource(key)
            .is_some_and(|resource| strategy::has_generation(key, &resource));
        if counted && spec_changed(&old, &object) {
            let next = object::generation(&old) + 1;
            object::set(&mut object, &["metadata", "generation"], next);
        }
        let Some(resource) = self.resource(key) else {
            return old;
        };
        self.store_update(&resource, key, &old, object, &WriteOptions::default())
            .unwrap_or(old)
    }

    /// Stores what an update made, unless nothing changed; the last finalizer of a deleted object
    /// takes it with it.
    fn store_update(
        &self,
        resource: &Resource,
        key: &str,
        old: &Rc<Value>,
        object: Value,
        options: &WriteOptions,
    ) -> Result<Rc<Value>, Status> {
        if options.dry_run {
            return Ok(shown(resource, Rc::new(object)));
        }
        if object == **old {
            return Ok(shown(resource, old.clone()));
        }
        let ends = object::is_terminating(&object)
            && object::finalizers(&object).next().is_none()
            && object::get_i64(&object, &["metadata", "deletionGracePeriodSeconds"]) == Some(0)
            && strategy::may_vanish(key, &object);
        let stored = self.store().put(key, object);
        if ends {
            self.store()
                .remove(key, object::namespace(&stored), object::name(&stored));
        }
        Ok(shown(resource, stored))
    }

    fn prepared_update(
        &self,
        resource: &Resource,
        key: &str,
        old: &Rc<Value>,
        mut object: Value,
    ) -> Result<Value, Status> {
        strategy::default_object(self, resource, &mut object);
        keep_system_metadata(old, &mut object);
        if strategy::has_status(key, resource) {
            match old.get("status") {
                Some(status) => object::set(&mut object, &["status"], status.clone()),
                None => {
                    object::remove(&mut object, &["status"]);
                }
            }
        }
        admission::update(resource, old, &mut object);
        strategy::prepare_update(self, key, old, &mut object);
        if strategy::has_generation(key, resource) && spec_changed(old, &object) {
            let next = object::generation(old) + 1;
            object::set(&mut object, &["metadata", "generation"], next);
        }
        let mut errors = strategy::metadata_update_errors(old, &object);
        errors.extend(strategy::metadata_errors(key, resource, &object));
        errors.extend(strategy::validate_update(self, resource, key, old, &object));
        if !errors.is_empty() {
            return Err(invalid(resource, object::name(old), &errors));
        }
        Ok(object)
    }

    fn settle_namespace(
        &self,
        resource: &Resource,
        namespace: &str,
        object: &mut Value,
    ) -> Result<(), Status> {
        if !object.get("metadata").is_some_and(Value::is_object) {
            object::set(object, &["metadata"], json!({}));
        }
        if !resource.namespaced {
            object::remove(object, &["metadata", "namespace"]);
            return Ok(());
        }
        let given = object::namespace(object);
        if !given.is_empty() && given != namespace {
            return Err(Status::bad_request(
                "the namespace of the provided object does not match the namespace sent on the request",
            ));
        }
        object::set(object, &["metadata", "namespace"], namespace);
        Ok(())
    }

    fn name_object(&self, key: &str, namespace: &str, object: &mut Value) -> Result<(), Status> {
        let prefix = object::get_str(object, &["metadata", "generateName"]).to_owned();
        if !object::name(object).is_empty() || prefix.is_empty() {
            return Ok(());
        }
        let prefix: String = prefix.chars().take(PREFIX_MAX).collect();
        for _ in 0..limits::NAME_ATTEMPTS {
            let name = format!("{prefix}{}", self.random().text(NAME_LETTERS, NAME_SUFFIX));
            if self.store().get(key, namespace, &name).is_none() {
                object::set(object, &["metadata", "name"], name);
                return Ok(());
            }
        }
        Err(Status::timeout(
            "unable to generate a unique name, please try again",
            1,
        ))
    }

    fn stamp(&self, object: &mut Value) {
        for field in [
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "selfLink",
            "resourceVersion",
        ] {
            object::remove(object, &["metadata", field]);
        }
        object::set(object, &["metadata", "uid"], self.random().uuid());
        object::set(object, &["metadata", "creationTimestamp"], self.timestamp());
    }
}

/// `Invalid` with the resource's kind.
pub(super) fn invalid(resource: &Resource, name: &str, errors: &[FieldError]) -> Status {
    Status::invalid(&resource.group, &resource.kind, name, errors)
}

impl Api {
    /// The old pod with the new one's ephemeral containers, or with what its containers ask for.
    fn with_containers_of(
        &self,
        resource: &Resource,
        old: &Value,
        new: &Value,
        subresource: &str,
    ) -> Value {
        let mut pod = old.clone();
        if subresource == "resize" {
            let wanted = object::get_list(new, &["spec", "containers"]);
            let containers = pod.pointer_mut("/spec/containers");
            let containers = containers.and_then(Value::as_array_mut).into_iter();
            for (container, wanted) in containers.flatten().zip(wanted) {
                let resources = wanted.get("resources").cloned().unwrap_or_default();
                object::set(container, &["resources"], resources);
            }
        } else if let Some(containers) = object::get(new, &["spec", "ephemeralContainers"]) {
            object::set(
                &mut pod,
                &["spec", "ephemeralContainers"],
                containers.clone(),
            );
        }
        strategy::default_object(self, resource, &mut pod);
        if pod.get("spec") != old.get("spec") {
            let generation = object::generation(old) + 1;
            object::set(&mut pod, &["metadata", "generation"], generation);
        }
        pod
    }
}

/// The old object with the status of the new one.
fn with_status_of(old: &Value, new: &mut Value) -> Value {
    let mut object = old.clone();
    match object::remove(new, &["status"]) {
        Some(status) => object::set(&mut object, &["status"], status),
        None => {
            object::remove(&mut object, &["status"]);
        }
    }
    object
}

fn keep_system_metadata(old: &Value, object: &mut Value) {
    for field in [
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
        "generateName",
        "resourceVersion",
        "name",
    ] {
        match object::get(old, &["metadata", field]) {
            Some(value) => object::set(object, &["metadata", field], value.clone()),
            None => {
                object::remove(object, &["metadata", field]);
            }
        }
    }
}

/// Whether anything but metadata and status differs.
fn spec_changed(old: &Value, new: &Value) -> bool {
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else {
        return true;
    };
    let matters = |key: &&String| !matches!(key.as_str(), "metadata" | "status");
    let mut keys = old.keys().chain(new.keys()).filter(matters);
    keys.any(|key| old.get(key) != new.get(key))
}

/// What `extensions/v1beta1` filled in that `apps/v1` requires: the selector of a Deployment is
/// the labels of its template.
///
/// Models kubernetes pkg/apis/extensions/v1beta1/defaults.go, as of 1.15.
fn default_legacy(resource: &Resource, object: &mut Value) {
    if resource.group != "extensions"
        || object
            .pointer("/spec/selector")
            .is_some_and(|selector| !selector.is_null())
    {
        return;
    }
    let labels = object.pointer("/spec/template/metadata/labels").cloned();
    if let (Some(labels), Some(spec)) = (
        labels,
        object.get_mut("spec").and_then(Value::as_object_mut),
    ) {
        spec.insert(
            "selector".to_owned(),
            serde_json::json!({ "matchLabels": labels }),
        );
    }
}
