//! Namespaces: each new one gets its service account and root certificate, and everything in one
//! that is deleted goes first.
//!
//! Models kubernetes pkg/controller/namespace, serviceaccount and the root CA publisher.

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::status::Status;
use serde_json::{Value, json};
use simulation::Duration;

use super::{Queue, WRITE, work};
use crate::bootstrap;
use crate::server::Api;

/// The wait before the content is looked at again.
const RETRY: Duration = Duration::from_secs(1);

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    let (own, bootstrapped) = (queue.clone(), api.clone());
    api.store().listen(
        "namespaces",
        Rc::new(move |event| {
            if event.change == crate::store::Change::Added {
                bootstrap::namespace_content(&bootstrapped, object::name(&event.object));
            }
            own.add(object::name(&event.object));
            true
        }),
    );
    for resource in ["serviceaccounts", "configmaps"] {
        let own = queue.clone();
        api.store().listen(
            resource,
            Rc::new(move |event| {
                if event.change == crate::store::Change::Deleted {
                    own.add(object::namespace(&event.object));
                }
                true
            }),
        );
    }
    let (controller, again) = (api.clone(), queue.clone());
    work(
        api,
        &queue,
        Rc::new(move |name| {
            let (api, queue) = (controller.clone(), again.clone());
            Box::pin(async move { sync(&api, &queue, &name).await })
        }),
    );
}

async fn sync(api: &Api, queue: &Queue, name: &str) -> Result<(), Status> {
    let Some(namespace) = api.store().get("namespaces", "", name) else {
        return Ok(());
    };
    if !object::is_terminating(&namespace) {
        bootstrap::namespace_content(api, name);
        return Ok(());
    }
    if object::get_list(&namespace, &["spec", "finalizers"]).is_empty() {
        return Ok(());
    }
    api.simulation().sleep(WRITE).await;
    let mut left = 0;
    for key in api.store().resources_in(name) {
        let Some(resource) = api.resource(&key) else {
            continue;
        };
        for content in api.store().list(&key, Some(name)) {
            if !object::is_terminating(&content) {
                let place = (object::namespace(&content), object::name(&content));
                // What cannot be deleted now is tried again below.
                let _ = api.delete(&resource, place.0, place.1, &Default::default());
            }
        }
        left += api.store().list(&key, Some(name)).len();
    }
    if left > 0 {
        note_content(api, name);
        queue.add_after(name, RETRY);
        return Ok(());
    }
    let freed = json!({"spec": {"finalizers": []}});
    api.finalize_namespace(name, &freed)?;
    Ok(())
}

fn note_content(api: &Api, name: &str) {
    let Some(namespace) = api.store().get("namespaces", "", name) else {
        return;
    };
    let now = api.timestamp();
    let condition = |kind: &str, status: &str, reason: &str, message: &str| -> Value {
        json!({
            "type": kind,
            "status": status,
            "reason": reason,
            "message": message,
            "lastTransitionTime": now,
        })
    };
    if object::condition(&namespace, "NamespaceContentRemaining").is_some() {
        return;
    }
    let pods = api.store().list("pods", Some(name)).len();
    let remaining = if pods > 0 {
        format!("Some resources are remaining: pods. has {pods} resource instances")
    } else {
        "Some resources are remaining".to_owned()
    };
    let conditions = vec![
        condition(
            "NamespaceDeletionDiscoveryFailure",
            "False",
            "ResourcesDiscovered",
            "All resources successfully discovered",
        ),
        condition(
            "NamespaceDeletionGroupVersionParsingFailure",
            "False",
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
        condition(
            "NamespaceDeletionContentFailure",
            "False",
            "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization",
        ),
        condition(
            "NamespaceContentRemaining",
            "True",
            "SomeResourcesRemain",
            &remaining,
        ),
        condition(
            "NamespaceFinalizersRemaining",
            "False",
            "ContentHasNoFinalizers",
            "All content-preserving finalizers finished",
        ),
    ];
    let mut noted = (*namespace).clone();
    object::set(&mut noted, &["status", "conditions"], conditions);
    api.replace("namespaces", noted);
}
