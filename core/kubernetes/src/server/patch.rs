//! `patch`: JSON patches, merge patches, strategic merge patches, server-side apply.

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::Status;
use serde_json::{Value, json};

use super::read::shown;
use super::{Api, WriteOptions, storage};
use crate::ownership;
use crate::schema::{self, Strictness};

/// How a patch is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchKind {
    /// RFC 6902.
    Json,
    /// RFC 7386.
    Merge,
    /// Kubernetes' own, which knows the keys of lists.
    Strategic,
    /// Server-side apply, with whether conflicts are overridden.
    Apply {
        /// Take over fields that others own.
        force: bool,
    },
}

impl PatchKind {
    /// The kind of a content type.
    pub fn of(content_type: &str, force: bool) -> Option<PatchKind> {
        let media = content_type.split(';').next().unwrap_or_default().trim();
        match media {
            "application/json-patch+json" => Some(PatchKind::Json),
            "application/merge-patch+json" => Some(PatchKind::Merge),
            "application/strategic-merge-patch+json" => Some(PatchKind::Strategic),
            "application/apply-patch+yaml" => Some(PatchKind::Apply { force }),
            _ => None,
        }
    }
}

impl Api {
    /// Changes an object by a patch.
    ///
    /// # Errors
    /// `NotFound`, `Invalid` when the patch or its outcome is wrong, `Conflict` when the patch
    /// names another version.
    pub fn patch(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        kind: PatchKind,
        patch: &Value,
        options: &WriteOptions,
    ) -> Result<Rc<Value>, Status> {
        let key = storage(resource);
        let Some(old) = self.store().get(&key, namespace, name) else {
            if matches!(kind, PatchKind::Apply { .. }) && options.subresource.is_empty() {
                return self.apply_new(resource, namespace, name, patch, options);
            }
            return Err(Status::not_found(&resource.group, &resource.plural, name));
        };
        let old = shown(resource, old);
        if let PatchKind::Apply { force } = kind {
            let applied = self.applied(resource, &old, patch, force, options)?;
            let options = WriteOptions {
                applied: true,
                ..options.clone()
            };
            return self.update(resource, namespace, name, applied, &options);
        }
        let mut patched = schema::patched(self, resource, &old, kind, patch)?;
        // Only a version that the patch itself gives is a condition.
        if object::get(patch, &["metadata", "resourceVersion"]).is_none() {
            object::remove(&mut patched, &["metadata", "resourceVersion"]);
        }
        super::http::check_name(name, &patched)?;
        self.update(resource, namespace, name, patched, options)
    }

    fn apply_new(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        patch: &Value,
        options: &WriteOptions,
    ) -> Result<Rc<Value>, Status> {
        let mut nothing = json!({
            "apiVersion": resource.api_version(),
            "kind": resource.kind,
            "metadata": {"name": name},
        });
        if resource.namespaced {
            object::set(&mut nothing, &["metadata", "namespace"], namespace);
        }
        let object = self.applied(resource, &nothing, patch, false, options)?;
        let options = WriteOptions {
            applied: true,
            ..options.clone()
        };
        self.create(resource, namespace, object, &options)
    }

    /// The object with a configuration applied to it, in the form in which it is stored.
    fn applied(
        &self,
        resource: &Resource,
        live: &Value,
        patch: &Value,
        force: bool,
        options: &WriteOptions,
    ) -> Result<Value, Status> {
        let now = self.timestamp();
        let mut object = ownership::apply(resource, live, patch, force, options, &now)?;
        schema::decode(self, resource, &mut object, Strictness::Ignore)?;
        Ok(object)
    }
}
