//! `patch`: JSON patches, merge patches, strategic merge patches, server-side apply.

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::Status;
use serde_json::Value;

use super::read::shown;
use super::{Api, WriteOptions, storage};
use crate::schema;

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
            if matches!(kind, PatchKind::Apply { .. }) {
                return self.apply_new(resource, namespace, name, patch, options);
            }
            return Err(Status::not_found(&resource.group, &resource.plural, name));
        };
        let old = shown(resource, old);
        let mut patched = schema::patched(self, resource, &old, kind, patch, options)?;
        // Only a version that the patch itself gives is a condition.
        if object::get(patch, &["metadata", "resourceVersion"]).is_none() {
            object::remove(&mut patched, &["metadata", "resourceVersion"]);
        }
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
        if !options.subresource.is_empty() {
            return Err(Status::not_found(&resource.group, &resource.plural, name));
        }
        let mut object = patch.clone();
        object::set(&mut object, &["metadata", "name"], name);
        schema::note_applied(self, resource, &mut object, options);
        self.create(resource, namespace, object, options)
    }
}
