//! The filters: why a node cannot take a pod.
//!
//! Models kubernetes pkg/scheduler/framework/plugins; the first filter that refuses names the
//! reasons.

use ordered::OrderedMap;

use kubernetes_api::object;
use kubernetes_api::selector::LabelSelector;
use serde_json::Value;

use super::node::{NodeInfo, Request, anti_affinity};
use crate::server::Api;

/// Why a node cannot take a pod.
pub(super) struct Reason {
    /// In the scheduler's words.
    pub(super) words: String,
    /// Whether it could if other pods went.
    pub(super) evicting_helps: bool,
}

fn reason(words: &str, evicting_helps: bool) -> Vec<Reason> {
    vec![Reason {
        words: words.to_owned(),
        evicting_helps,
    }]
}

/// The reasons of the first filter that refuses; empty when the node fits.
pub(super) fn check(
    _api: &Api,
    pod: &Value,
    request: &Request,
    node: &NodeInfo,
    all: &OrderedMap<String, NodeInfo>,
) -> Vec<Reason> {
    if object::get_bool(node.node(), &["spec", "unschedulable"])
        && !tolerates(pod, "node.kubernetes.io/unschedulable", "", "NoSchedule")
    {
        return reason("node(s) were unschedulable", false);
    }
    if untolerated(pod, node.node()).is_some() {
        return reason("node(s) had untolerated taint(s)", false);
    }
    if !matches_node(pod, node.node()) {
        return reason("node(s) didn't match Pod's node affinity/selector", false);
    }
    if request.ports.iter().any(|port| node.has_port(port)) {
        return reason(
            "node(s) didn't have free ports for the requested pod ports",
            true,
        );
    }
    let resources = insufficient(request, node);
    if !resources.is_empty() {
        return resources;
    }
    let spread = spread(pod, node, all);
    if !spread.is_empty() {
        return spread;
    }
    affinity(pod, node, all)
}

/// Whether the pods that a constraint means would be spread too unevenly.
fn spread(pod: &Value, node: &NodeInfo, all: &OrderedMap<String, NodeInfo>) -> Vec<Reason> {
    let constraints = object::get_list(pod, &["spec", "topologySpreadConstraints"]).iter();
    let hard = |one: &&Value| object::get_str(one, &["whenUnsatisfiable"]) == "DoNotSchedule";
    for one in constraints.filter(hard) {
        let key = object::get_str(one, &["topologyKey"]);
        let Some(domain) = object::label(node.node(), key) else {
            let words =
                "node(s) didn't match pod topology spread constraints (missing required label)";
            return reason(words, false);
        };
        let mut counts: OrderedMap<String, i64> = OrderedMap::new();
        for other in all.values().filter(|other| matches_node(pod, other.node())) {
            let Some(domain) = object::label(other.node(), key) else {
                continue;
            };
            let meant = other.pods().filter(|placed| {
                selects(one, pod, &placed.pod) && !object::is_terminating(&placed.pod)
            });
            let count = i64::try_from(meant.count()).unwrap_or(i64::MAX);
            *counts.entry(domain.to_owned()).or_default() += count;
        }
        let least = counts.values().min().copied().unwrap_or(0);
        let here = counts.get(domain).copied().unwrap_or(0);
        let more = i64::from(selects(one, pod, pod));
        if here + more - least > object::get_i64(one, &["maxSkew"]).unwrap_or(1) {
            return reason("node(s) didn't match pod topology spread constraints", true);
        }
    }
    Vec::new()
}

fn insufficient(request: &Request, node: &NodeInfo) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for (name, amount) in &request.amounts {
        let (left, all) = node.left(name);
        if *amount > 0 && *amount > left {
            let words = if name == "pods" {
                "Too many pods".to_owned()
            } else {
                format!("Insufficient {name}")
            };
            reasons.push(Reason {
                words,
                // No eviction makes room for more than the node has.
                evicting_helps: *amount <= all,
            });
        }
    }
    reasons
}

/// The first taint that keeps a pod away.
pub(super) fn untolerated<'a>(pod: &Value, node: &'a Value) -> Option<&'a Value> {
    object::get_list(node, &["spec", "taints"])
        .iter()
        .find(|taint| {
            let text = |field: &str| object::get_str(taint, &[field]);
            matches!(text("effect"), "NoSchedule" | "NoExecute")
                && !tolerates(pod, text("key"), text("value"), text("effect"))
        })
}

/// Whether a pod tolerates a taint.
pub(crate) fn tolerates(pod: &Value, key: &str, value: &str, effect: &str) -> bool {
    object::get_list(pod, &["spec", "tolerations"])
        .iter()
        .any(|toleration| {
            let text = |field: &str| object::get_str(toleration, &[field]);
            let matches_effect = text("effect").is_empty() || text("effect") == effect;
            let matches_key =
                (text("key").is_empty() && text("operator") == "Exists") || text("key") == key;
            let matches_value = text("operator") == "Exists" || text("value") == value;
            matches_effect && matches_key && matches_value
        })
}

/// Whether a node has the labels that a pod asks for.
pub(crate) fn matches_node(pod: &Value, node: &Value) -> bool {
    let labels = object::labels(node);
    let selected = object::get_map(pod, &["spec", "nodeSelector"])
        .into_iter()
        .flatten()
        .all(|(key, value)| labels.and_then(|labels| labels.get(key)) == Some(value));
    let terms = object::get(
        pod,
        &[
            "spec",
            "affinity",
            "nodeAffinity",
            "requiredDuringSchedulingIgnoredDuringExecution",
            "nodeSelectorTerms",
        ],
    );
    selected
        && terms.and_then(Value::as_array).is_none_or(|terms| {
            terms.iter().any(|term| {
                let expressions = object::get_list(term, &["matchExpressions"]).to_vec();
                let fields = object::get_list(term, &["matchFields"]);
                let by_name = fields.iter().all(|field| {
                    object::get_list(field, &["values"])
                        .iter()
                        .any(|name| name == object::name(node))
                });
                let selector = LabelSelector::from_value(
                    &serde_json::json!({"matchExpressions": expressions}),
                );
                by_name
                    && (!expressions.is_empty() || !fields.is_empty())
                    && selector.is_ok_and(|selector| selector.matches(labels))
            })
        })
}

fn affinity(pod: &Value, node: &NodeInfo, all: &OrderedMap<String, NodeInfo>) -> Vec<Reason> {
    let required = |kind: &str| {
        object::get_list(
            pod,
            &[
                "spec",
                "affinity",
                kind,
                "requiredDuringSchedulingIgnoredDuringExecution",
            ],
        )
    };
    for term in required("podAffinity") {
        let first = !all
            .values()
            .flat_map(NodeInfo::pods)
            .any(|placed| selects(term, pod, &placed.pod));
        let itself = first && selects(term, pod, pod);
        if !itself && !in_domain(term, pod, node, all) {
            return reason("node(s) didn't match pod affinity rules", false);
        }
    }
    for term in anti_affinity(pod) {
        if in_domain(term, pod, node, all) {
            return reason("node(s) didn't match pod anti-affinity rules", true);
        }
    }
    for other in all.values().filter(|other| other.keeping_away > 0) {
        let away = other.pods().any(|placed| {
            anti_affinity(&placed.pod).iter().any(|term| {
                let key = object::get_str(term, &["topologyKey"]);
                let domain = object::label(node.node(), key);
                domain.is_some()
                    && domain == object::label(other.node(), key)
                    && selects(term, &placed.pod, pod)
            })
        });
        if away {
            let words = "node(s) didn't satisfy existing pods anti-affinity rules";
            return reason(words, true);
        }
    }
    Vec::new()
}

/// Whether a term of a pod's affinity means another pod.
fn selects(term: &Value, pod: &Value, other: &Value) -> bool {
    let namespaces = object::get_list(term, &["namespaces"]);
    let here = if namespaces.is_empty() {
        object::namespace(other) == object::namespace(pod)
    } else {
        namespaces
            .iter()
            .any(|name| name == object::namespace(other))
    };
    let selector = term.get("labelSelector").cloned().unwrap_or_default();
    here && LabelSelector::from_value(&selector)
        .is_ok_and(|selector| selector.matches(object::labels(other)))
}

/// Whether a pod that the term means runs in the node's topology domain.
fn in_domain(
    term: &Value,
    pod: &Value,
    node: &NodeInfo,
    all: &OrderedMap<String, NodeInfo>,
) -> bool {
    let key = object::get_str(term, &["topologyKey"]);
    let Some(domain) = object::label(node.node(), key) else {
        return false;
    };
    all.values()
        .filter(|other| object::label(other.node(), key) == Some(domain))
        .flat_map(NodeInfo::pods)
        .any(|placed| selects(term, pod, &placed.pod))
}
