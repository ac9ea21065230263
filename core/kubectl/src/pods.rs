//! Pods behind other objects, and containers inside pods: what `logs`, `exec` and `attach` look
//! for.
//!
//! Models kubectl `pkg/polymorphichelpers` and `pkg/cmd/util/podcmd`.

use crate::arguments;
use crate::client::Call;
use crate::failure::Failure;
use crate::session::Session;
use kubernetes_api::duration::SECOND;
use kubernetes_api::object::{annotation, get_list, get_str, name};
use kubernetes_api::resources::Resource;
use kubernetes_api::selector::LabelSelector;
use serde_json::Value;
use simulation::timeout;

/// The annotation that says which container is meant when none is said.
const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";

/// The pod of a word for `logs`: `web-0`, `pod/web-0`, or the one of `deployment/web` that has most to
/// tell, which is said when there are several. Waits up to `limit` nanoseconds for a first pod.
pub async fn first_of(session: &Session, word: &str, limit: i64) -> Result<Value, Failure> {
    let mut found = candidates(session, word, limit, "get the logs from").await?;
    if found.len() > 1 {
        // The sort is stable: of equally good pods the first one listed is taken.
        found.sort_by_key(|pod| (rank(pod), std::cmp::Reverse(restarts(pod)), created(pod)));
        let best = found.first().map(name).unwrap_or_default();
        let text = format!("Found {} pods, using pod/{best}\n", found.len());
        session.print_error(text).await;
    }
    Ok(found.swap_remove(0))
}

/// The pod of a word for `exec`, `attach` and `port-forward`: the one that is best alive.
pub async fn attachable(session: &Session, word: &str, limit: i64) -> Result<Value, Failure> {
    let mut found = candidates(session, word, limit, "attach to").await?;
    found.sort_by_key(|pod| (rank(pod), ready_since(pod), restarts(pod), created(pod)));
    Ok(found.swap_remove(0))
}

/// The pods of a word, at least one.
async fn candidates(
    session: &Session,
    word: &str,
    limit: i64,
    purpose: &str,
) -> Result<Vec<Value>, Failure> {
    let (resource, object) = object_of(session, word).await?;
    if resource.plural == "pods" {
        return Ok(vec![object]);
    }
    let selector = selector_to(purpose, &resource, &object)?;
    let found = pods_of(session, &object, &selector).await?;
    if found.is_empty() {
        let first = wait_for_pod(session, &object, &selector, limit).await?;
        return Ok(vec![first]);
    }
    Ok(found)
}

/// Since when a pod is ready; `~`, behind all times, when it is not.
fn ready_since(pod: &Value) -> String {
    kubernetes_api::object::condition(pod, "Ready")
        .filter(|condition| get_str(condition, &["status"]) == "True")
        .map_or("~", |condition| get_str(condition, &["lastTransitionTime"]))
        .to_owned()
}

/// The most restarts of one of a pod's containers.
fn restarts(pod: &Value) -> i64 {
    get_list(pod, &["status", "containerStatuses"])
        .iter()
        .filter_map(|status| kubernetes_api::object::get_i64(status, &["restartCount"]))
        .max()
        .unwrap_or_default()
}

fn created(pod: &Value) -> String {
    get_str(pod, &["metadata", "creationTimestamp"]).to_owned()
}

/// All pods of a word.
pub async fn all_of(session: &Session, word: &str) -> Result<Vec<Value>, Failure> {
    let (resource, object) = object_of(session, word).await?;
    if resource.plural == "pods" {
        return Ok(vec![object]);
    }
    let selector = selector_to("get the logs from", &resource, &object)?;
    pods_of(session, &object, &selector).await
}

async fn object_of(
    session: &Session,
    word: &str,
) -> Result<(std::rc::Rc<Resource>, Value), Failure> {
    let (resource, name) = if word.contains('/') {
        let named = arguments::type_and_name(&session.mapper, word).await?;
        (named.resource, named.name.unwrap_or_default())
    } else {
        (session.mapper.resource("pods").await?, word.to_owned())
    };
    let object = session.get(&resource, &name).await?;
    Ok((resource, (*object).clone()))
}

async fn pods_of(session: &Session, object: &Value, selector: &str) -> Result<Vec<Value>, Failure> {
    let pods = session.mapper.resource("pods").await?;
    let namespace = kubernetes_api::object::namespace(object);
    session.list(&pods, Some(namespace), selector).await
}

async fn wait_for_pod(
    session: &Session,
    object: &Value,
    selector: &str,
    limit: i64,
) -> Result<Value, Failure> {
    let pods = session.mapper.resource("pods").await?;
    let namespace = kubernetes_api::object::namespace(object);
    let call = Call::get(pods.path(Some(namespace), None, None)).query("labelSelector", selector);
    let mut watch = session.client.watch(call).await?;
    let first = async {
        while let Some(event) = watch.next().await {
            if event.kind == "ADDED" || event.kind == "MODIFIED" {
                return Some((*event.object).clone());
            }
        }
        None
    };
    let limit = machine::Duration::from_nanos(u64::try_from(limit.max(SECOND)).unwrap_or_default());
    let found = timeout(session.invocation.process.simulation(), limit, first).await;
    found
        .flatten()
        .ok_or_else(|| Failure::message("timed out waiting for the condition"))
}

/// The label selector for a purpose, which its failure tells.
fn selector_to(purpose: &str, resource: &Resource, object: &Value) -> Result<String, Failure> {
    selector(resource, object).map_err(|failure| {
        Failure::message(format!(
            "cannot {purpose} *{}.{}: {}",
            resource.version,
            resource.kind,
            failure.sentence()
        ))
    })
}

/// The label selector of the pods that an object stands for.
pub fn selector(resource: &Resource, object: &Value) -> Result<String, Failure> {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let wrong = |why: String| Failure::message(format!("invalid label selector: {why}"));
    match resource.plural.as_str() {
        "deployments" | "replicasets" | "statefulsets" | "daemonsets" | "jobs" => {
            let selector = spec.get("selector").unwrap_or(&Value::Null);
            Ok(LabelSelector::from_value(selector)
                .map_err(wrong)?
                .to_string())
        }
        "services" | "replicationcontrollers" => {
            let labels = spec.get("selector").and_then(Value::as_object);
            let Some(labels) = labels.filter(|labels| !labels.is_empty()) else {
                return Err(Failure::message(format!(
                    "invalid service '{}': Service is defined without a selector",
                    name(object)
                )));
            };
            let all: Vec<String> = labels
                .iter()
                .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
                .collect();
            Ok(all.join(","))
        }
        _ => Err(Failure::message(format!(
            "selector for *{}.{} not implemented",
            resource.version, resource.kind
        ))),
    }
}

/// The order in which pods are preferred: with a node, running, ready.
fn rank(pod: &Value) -> (bool, u8, bool) {
    let unassigned = get_str(pod, &["spec", "nodeName"]).is_empty();
    let phase = match get_str(pod, &["status", "phase"]) {
        "Running" => 0,
        "Pending" => 2,
        _ => 1,
    };
    let ready = kubernetes_api::object::condition(pod, "Ready")
        .is_some_and(|condition| get_str(condition, &["status"]) == "True");
    (unassigned, phase, !ready)
}

/// The names of a pod's containers: init containers, containers, ephemeral ones.
pub fn container_names(pod: &Value) -> Vec<String> {
    ["initContainers", "containers", "ephemeralContainers"]
        .iter()
        .flat_map(|list| get_list(pod, &["spec", list]))
        .map(|container| get_str(container, &["name"]).to_owned())
        .collect()
}

/// The names as messages list them, with what is special about them.
fn listed_names(pod: &Value) -> String {
    let lists = [
        ("containers", ""),
        ("initContainers", " (init)"),
        ("ephemeralContainers", " (ephem)"),
    ];
    let names: Vec<String> = lists
        .iter()
        .flat_map(|(list, note)| {
            get_list(pod, &["spec", list])
                .iter()
                .map(move |container| format!("{}{note}", get_str(container, &["name"])))
        })
        .collect();
    names.join(", ")
}

/// The container that is meant: the given one if the pod has it, else the default one, which is said
/// when there are others.
pub async fn container(session: &Session, pod: &Value, given: &str) -> Result<String, Failure> {
    if !given.is_empty() {
        if container_names(pod).iter().any(|name| name == given) {
            return Ok(given.to_owned());
        }
        return Err(Failure::message(format!(
            "container {given} is not valid for pod {} out of: {}",
            name(pod),
            listed_names(pod)
        )));
    }
    if let Some(default) = annotation(pod, DEFAULT_CONTAINER)
        && container_names(pod).iter().any(|name| name == default)
    {
        return Ok(default.to_owned());
    }
    let first = get_list(pod, &["spec", "containers"])
        .first()
        .map(|container| get_str(container, &["name"]).to_owned())
        .unwrap_or_default();
    if container_names(pod).len() > 1 {
        let text = format!(
            "Defaulted container \"{first}\" out of: {}\n",
            listed_names(pod)
        );
        session.print_error(text).await;
    }
    Ok(first)
}

/// Whether a pod is over.
pub fn is_finished(pod: &Value) -> bool {
    matches!(get_str(pod, &["status", "phase"]), "Succeeded" | "Failed")
}
