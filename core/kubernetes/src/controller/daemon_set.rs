//! DaemonSets: one pod on each node that fits.
//!
//! Models kubernetes pkg/controller/daemon.

use ordered::OrderedMap;
use std::rc::Rc;

use kubernetes_api::intstr::{Round, scaled};
use kubernetes_api::object;
use kubernetes_api::selector::LabelSelector;
use kubernetes_api::status::Status;
use serde_json::{Value, json};

use super::{Queue, WRITE, key_of, pods, revisions, split_key, watch_controlled, watch_own, work};
use crate::events::Recorder;
use crate::scheduler;
use crate::server::Api;

const SETS: &str = "daemonsets.apps";

/// Starts the controller.
pub(super) fn start(api: &Api) {
    let queue = Queue::new(api.simulation());
    watch_own(api, SETS, &queue);
    watch_controlled(api, "pods", "DaemonSet", &queue);
    let (nodes_queue, store) = (queue.clone(), api.store().clone());
    api.store().listen(
        "nodes",
        Rc::new(move |event| {
            let same = event.previous.as_ref().is_some_and(|before| {
                before.get("spec") == event.object.get("spec")
                    && object::labels(before) == object::labels(&event.object)
            });
            if !same {
                for set in store.list(SETS, None) {
                    nodes_queue.add(&key_of(&set));
                }
            }
            true
        }),
    );
    let controller = Rc::new(Controller {
        api: api.clone(),
        recorder: Recorder::new(api, "daemonset-controller", ""),
    });
    work(
        api,
        &queue,
        Rc::new(move |key| {
            let controller = controller.clone();
            Box::pin(async move { controller.sync(&key).await })
        }),
    );
}

struct Controller {
    api: Api,
    recorder: Recorder,
}

impl Controller {
    async fn sync(&self, key: &str) -> Result<(), Status> {
        let (namespace, name) = split_key(key);
        let Some(set) = self.api.store().get(SETS, namespace, name) else {
            return Ok(());
        };
        let selector = object::get(&set, &["spec", "selector"]).cloned();
        let Ok(selector) = LabelSelector::from_value(&selector.unwrap_or_default()) else {
            return Ok(());
        };
        if object::is_terminating(&set) {
            return Ok(());
        }
        let hash = revisions::current(&self.api, &set);
        self.api.simulation().sleep(WRITE).await;
        let own = pods::claim(&self.api, "pods", &set, &selector);
        let mut by_node: OrderedMap<String, Vec<Rc<Value>>> = OrderedMap::new();
        for pod in &own {
            by_node.entry(node_of(pod)).or_default().push(pod.clone());
        }
        let nodes = self.api.store().list("nodes", None);
        let wanted = self.wanted(&set, &nodes);
        for node in &wanted {
            let there = by_node.get(node).map(Vec::as_slice).unwrap_or_default();
            self.bring_to_one(&set, node, there, &hash)?;
        }
        for (node, there) in &by_node {
            if !wanted.contains(node) {
                for pod in there.iter().filter(|pod| !object::is_terminating(pod)) {
                    pods::delete(&self.api, &self.recorder, &set, pod)?;
                }
            }
        }
        self.update(&set, &wanted, &by_node, &hash)?;
        self.write_status(&set, &wanted, &by_node, &hash);
        Ok(())
    }

    fn wanted(&self, set: &Value, nodes: &[Rc<Value>]) -> Vec<String> {
        let template = object::get(set, &["spec", "template"])
            .cloned()
            .unwrap_or_default();
        let pod = with_tolerations(json!({"spec": template.get("spec")}));
        nodes
            .iter()
            .filter(|node| scheduler::fits_by_labels_and_taints(&pod, node))
            .map(|node| object::name(node).to_owned())
            .collect()
    }

    fn bring_to_one(
        &self,
        set: &Value,
        node: &str,
        there: &[Rc<Value>],
        hash: &str,
    ) -> Result<(), Status> {
        for pod in there {
            if pods::is_over(pod) && !object::is_terminating(pod) {
                let message = format!(
                    "Found failed daemon pod {}/{} on node {node}, will try to kill it",
                    object::namespace(pod),
                    object::name(pod)
                );
                self.recorder.warning(set, "FailedDaemonPod", &message);
                pods::delete(&self.api, &self.recorder, set, pod)?;
            }
        }
        if there.iter().any(|pod| !pods::is_over(pod)) {
            return Ok(());
        }
        let template = object::get(set, &["spec", "template"])
            .cloned()
            .unwrap_or_default();
        let mut pod = with_tolerations(pods::from_template(&template, set, None));
        object::set(
            &mut pod,
            &["metadata", "labels", revisions::HASH_LABEL],
            hash,
        );
        let generation = object::generation(set).to_string();
        object::set(
            &mut pod,
            &["metadata", "labels", "pod-template-generation"],
            generation,
        );
        object::set(
            &mut pod,
            &[
                "spec",
                "affinity",
                "nodeAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution",
            ],
            json!({"nodeSelectorTerms": [{"matchFields": [
                {"key": "metadata.name", "operator": "In", "values": [node]}
            ]}]}),
        );
        pods::create(&self.api, &self.recorder, set, pod)?;
        Ok(())
    }

    /// Replaces pods of older templates, as many at a time as may be missing.
    fn update(
        &self,
        set: &Value,
        wanted: &[String],
        by_node: &OrderedMap<String, Vec<Rc<Value>>>,
        hash: &str,
    ) -> Result<(), Status> {
        if object::get_str(set, &["spec", "updateStrategy", "type"]) != "RollingUpdate" {
            return Ok(());
        }
        let total = i64::try_from(wanted.len()).unwrap_or(0);
        let most = object::get(
            set,
            &["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"],
        )
        .and_then(|value| scaled(value, total, Round::Up).ok())
        .unwrap_or(1)
        .max(1);
        let there: Vec<&Rc<Value>> = wanted
            .iter()
            .filter_map(|node| by_node.get(node))
            .flatten()
            .collect();
        let missing = total
            - i64::try_from(
                there
                    .iter()
                    .filter(|pod| pods::is_ready(pod) && pods::is_active(pod))
                    .count(),
            )
            .unwrap_or(0);
        let mut left = most - missing;
        for pod in there {
            let old = object::label(pod, revisions::HASH_LABEL) != Some(hash);
            if !old || object::is_terminating(pod) {
                continue;
            }
            if !pods::is_ready(pod) {
                pods::delete(&self.api, &self.recorder, set, pod)?;
            } else if left > 0 {
                left -= 1;
                pods::delete(&self.api, &self.recorder, set, pod)?;
            }
        }
        Ok(())
    }

    fn write_status(
        &self,
        set: &Value,
        wanted: &[String],
        by_node: &OrderedMap<String, Vec<Rc<Value>>>,
        hash: &str,
    ) {
        let place = (object::namespace(set), object::name(set));
        let Some(current) = self.api.store().get(SETS, place.0, place.1) else {
            return;
        };
        let on = |node: &String| by_node.get(node).map(Vec::as_slice).unwrap_or_default();
        let nodes_with = |good: &dyn Fn(&Value) -> bool| {
            wanted
                .iter()
                .filter(|node| on(node).iter().any(|pod| good(pod)))
                .count()
        };
        let desired = wanted.len();
        let available = nodes_with(&|pod| pods::is_ready(pod) && pods::is_active(pod));
        let misplaced = by_node.keys().filter(|node| !wanted.contains(node)).count();
        let mut status = json!({
            "currentNumberScheduled": nodes_with(&|_| true),
            "desiredNumberScheduled": desired,
            "numberMisscheduled": misplaced,
            "numberReady": available,
            "observedGeneration": object::generation(set),
        });
        let updated = nodes_with(&|pod| object::label(pod, revisions::HASH_LABEL) == Some(hash));
        for (field, value) in [
            ("updatedNumberScheduled", updated),
            ("numberAvailable", available),
            ("numberUnavailable", desired - available),
        ] {
            if value > 0 {
                object::set(&mut status, &[field], value);
            }
        }
        let mut next = (*current).clone();
        object::set(&mut next, &["status"], status);
        self.api.replace(SETS, next);
    }
}

/// The node of a pod, also of one that is not bound yet.
fn node_of(pod: &Value) -> String {
    let bound = object::get_str(pod, &["spec", "nodeName"]);
    if !bound.is_empty() {
        return bound.to_owned();
    }
    pod.pointer("/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms/0/matchFields/0/values/0")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// Daemons stay on nodes in trouble.
fn with_tolerations(mut pod: Value) -> Value {
    let mut tolerations = object::get_list(&pod, &["spec", "tolerations"]).to_vec();
    for (key, effect) in [
        ("not-ready", "NoExecute"),
        ("unreachable", "NoExecute"),
        ("disk-pressure", "NoSchedule"),
        ("memory-pressure", "NoSchedule"),
        ("pid-pressure", "NoSchedule"),
        ("unschedulable", "NoSchedule"),
    ] {
        tolerations.push(json!({
            "key": format!("node.kubernetes.io/{key}"),
            "operator": "Exists",
            "effect": effect,
        }));
    }
    object::set(&mut pod, &["spec", "tolerations"], tolerations);
    pod
}
