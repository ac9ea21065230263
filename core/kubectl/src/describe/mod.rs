//! `kubectl describe`: the page of each kind of object.
//!
//! Models kubectl `pkg/describe/describe.go`: one file for each family of kinds; what several share
//! is in [`page`] and [`template`].

mod cluster;
pub mod config;
mod events;
mod generic;
mod network;
mod node;
mod page;
mod pod;
mod policy;
mod storage;
mod template;
mod volume;
mod workload;

use crate::failure::Failure;
use crate::session::Session;
use kubernetes_api::object::{name, namespace};
use kubernetes_api::resources::Resource;
use page::Page;
pub use page::plain;
use serde_json::Value;

/// What a page is made of.
pub struct Subject<'a> {
    /// The run that it is for.
    pub session: &'a Session,
    /// The object's type.
    pub resource: &'a Resource,
    /// The object.
    pub object: &'a Value,
    /// Whether its events are wanted.
    pub show_events: bool,
}

impl Subject<'_> {
    /// The object's namespace.
    pub fn namespace(&self) -> &str {
        namespace(self.object)
    }

    /// The object's name.
    pub fn name(&self) -> &str {
        name(self.object)
    }

    /// The objects of another type in the object's namespace.
    pub async fn others(&self, word: &str, selector: &str) -> Vec<Value> {
        let Ok(resource) = self.session.mapper.resource(word).await else {
            return Vec::new();
        };
        let listed = self
            .session
            .list(&resource, Some(self.namespace()), selector)
            .await;
        listed.unwrap_or_default()
    }
}

/// The page of an object.
pub async fn describe(subject: &Subject<'_>) -> Result<String, Failure> {
    let mut page = Page::new(subject.session.now());
    match (
        subject.resource.group.as_str(),
        subject.resource.plural.as_str(),
    ) {
        ("", "pods") => pod::describe(subject, &mut page),
        ("apps", "deployments") => workload::deployment(subject, &mut page).await,
        ("apps", "replicasets") | ("", "replicationcontrollers") => {
            workload::replica_set(subject, &mut page).await;
        }
        ("apps", "daemonsets") => workload::daemon_set(subject, &mut page).await,
        ("apps", "statefulsets") => workload::stateful_set(subject, &mut page).await,
        ("batch", "jobs") => workload::job(subject, &mut page),
        ("batch", "cronjobs") => workload::cron_job(subject, &mut page),
        ("", "services") => network::service(subject, &mut page).await,
        ("discovery.k8s.io", "endpointslices") => network::endpoint_slice(subject, &mut page),
        ("", "endpoints") => network::endpoints(subject, &mut page),
        ("networking.k8s.io", "ingresses") => network::ingress(subject, &mut page).await,
        ("networking.k8s.io", "networkpolicies") => network::network_policy(subject, &mut page),
        ("", "nodes") => node::describe(subject, &mut page).await,
        ("", "namespaces") => cluster::namespace(subject, &mut page).await,
        ("", "resourcequotas") => cluster::quota(subject, &mut page),
        ("", "limitranges") => cluster::limit_range(subject, &mut page),
        ("", "configmaps") => config::config_map(subject, &mut page),
        ("", "secrets") => config::secret(subject, &mut page),
        ("", "serviceaccounts") => config::service_account(subject, &mut page),
        ("rbac.authorization.k8s.io", "roles" | "clusterroles") => config::role(subject, &mut page),
        ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings") => {
            config::role_binding(subject, &mut page);
        }
        ("", "persistentvolumes") => storage::volume(subject, &mut page),
        ("", "persistentvolumeclaims") => storage::claim(subject, &mut page).await,
        ("storage.k8s.io", "storageclasses") => storage::class(subject, &mut page),
        ("policy", "poddisruptionbudgets") => policy::disruption_budget(subject, &mut page),
        ("autoscaling", "horizontalpodautoscalers") => policy::autoscaler(subject, &mut page),
        ("scheduling.k8s.io", "priorityclasses") => policy::priority_class(subject, &mut page),
        _ => generic::describe(subject, &mut page),
    }
    let without = matches!(
        subject.resource.plural.as_str(),
        "secrets"
            | "resourcequotas"
            | "limitranges"
            | "namespaces"
            | "roles"
            | "clusterroles"
            | "rolebindings"
            | "clusterrolebindings"
            | "networkpolicies"
    );
    if subject.show_events && !without {
        events::describe(subject, &mut page).await;
    }
    Ok(page.finish())
}

/// How long ago an event was seen, and how often: `3s (x2 over 9s)`.
pub fn event_age(event: &Value, now: i64) -> String {
    events::age(&Page::new(now), event)
}

/// A pod template alone, with the tabs between its cells as they are: how `rollout history` shows it.
pub fn template_text(object: &Value, now: i64) -> String {
    let mut page = Page::new(now);
    template::template(&mut page, Some(object));
    page.raw()
}
