//! `--prune`: deletes what was applied once and is in no file now.

use crate::client::Call;
use crate::failure::Outcome;
use crate::printing::output::type_and_name;
use crate::session::{Session, segment};
use crate::writing::{DryRun, LAST_APPLIED, Writing};
use kubernetes_api::object::{annotation, name, namespace, uid};
use ordered::OrderedSet;
use serde_json::{Value, json};
use std::rc::Rc;

/// The types that are looked at, in this order: those of namespaces, then the others.
const TYPES: [&str; 15] = [
    "configmaps",
    "endpoints",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "secrets",
    "services",
    "jobs.batch",
    "cronjobs.batch",
    "ingresses.networking.k8s.io",
    "daemonsets.apps",
    "deployments.apps",
    "replicasets.apps",
    "statefulsets.apps",
    "persistentvolumes",
];

/// Deletes the objects with the annotation of apply that were not visited.
pub async fn prune(session: &Session, visited: &[Rc<Value>], writing: &Writing) -> Outcome {
    let kept: OrderedSet<&str> = visited.iter().map(|object| uid(object)).collect();
    let mut namespaces: OrderedSet<&str> = visited.iter().map(|object| namespace(object)).collect();
    namespaces.remove("");
    let selector = session.flags().text("selector");
    for word in TYPES {
        let resource = session.mapper.resource(word).await?;
        let places: Vec<&str> = if resource.namespaced {
            namespaces.iter().copied().collect()
        } else {
            vec![""]
        };
        for place in places {
            for object in session.list(&resource, Some(place), selector).await? {
                if annotation(&object, LAST_APPLIED).is_none() || kept.contains(uid(&object)) {
                    continue;
                }
                if writing.dry_run() == DryRun::None {
                    let path = resource.path(Some(place), Some(&segment(name(&object))), None);
                    let options = json!({"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"});
                    session
                        .client
                        .call(Call::new("DELETE", path).object(options))
                        .await?;
                }
                let text = format!("{} pruned{}\n", type_and_name(&object), writing.suffix());
                session.print(text).await;
            }
        }
    }
    Ok(())
}
