//! The scheduler: finds a node for each pod.
//!
//! Models kubernetes pkg/scheduler: filters take nodes out, each with its reason, scores rank the
//! others, and pods that fit nowhere wait until something changes that may help them.

mod filter;
mod node;
mod preemption;
mod score;

use ordered::OrderedMap;
use std::cell::RefCell;
use std::rc::Rc;

use kubernetes_api::{object, time};
use serde_json::{Value, json};
use simulation::Duration;

use crate::controller::{Queue, key_of, split_key};
use crate::server::{Api, DeleteOptions};
use crate::store::Change;
use node::NodeInfo;
use preemption::Plan;

/// Virtual time that placing one pod takes.
const PLACING: Duration = Duration::from_millis(4);
/// Waiting pods are tried again after this in any case.
const FLUSH: Duration = Duration::from_secs(300);

/// Starts the scheduler; `host` is the node that it runs on.
pub fn start(api: &Api, host: &str) {
    let queue = Queue::new(api.simulation());
    let scheduler = Rc::new(Scheduler {
        api: api.clone(),
        queue: queue.clone(),
        nodes: RefCell::default(),
        unschedulable: RefCell::default(),
        instance: format!("default-scheduler-{host}"),
    });
    let watcher = scheduler.clone();
    api.store().listen(
        "nodes",
        Rc::new(move |event| {
            watcher.node_changed(event.change, &event.object);
            true
        }),
    );
    let watcher = scheduler.clone();
    api.store().listen(
        "pods",
        Rc::new(move |event| {
            watcher.pod_changed(event.change, &event.object, event.previous.as_deref());
            true
        }),
    );
    for resource in ["persistentvolumeclaims", "persistentvolumes", "services"] {
        let watcher = scheduler.clone();
        api.store().listen(
            resource,
            Rc::new(move |_| {
                watcher.retry_all();
                true
            }),
        );
    }
    api.simulation().spawn(async move { scheduler.run().await });
}

/// Whether a node's labels and taints allow a pod, whatever else runs there: what a DaemonSet asks.
#[must_use]
pub fn fits_by_labels_and_taints(pod: &Value, node: &Value) -> bool {
    filter::matches_node(pod, node) && filter::untolerated(pod, node).is_none()
}

struct Scheduler {
    api: Api,
    queue: Queue,
    nodes: RefCell<OrderedMap<String, NodeInfo>>,
    unschedulable: RefCell<ordered::OrderedSet<String>>,
    instance: String,
}

impl Scheduler {
    fn node_changed(&self, change: Change, node: &Rc<Value>) {
        let name = object::name(node).to_owned();
        {
            let mut nodes = self.nodes.borrow_mut();
            if change == Change::Deleted {
                nodes.remove(&name);
                return;
            }
            let info = nodes.entry(name).or_default();
            let relevant = info.set_node(node);
            if !relevant {
                return;
            }
        }
        self.retry_all();
    }

    fn pod_changed(&self, change: Change, pod: &Rc<Value>, before: Option<&Value>) {
        let node = object::get_str(pod, &["spec", "nodeName"]);
        if node.is_empty() {
            let key = key_of(pod);
            if change == Change::Deleted {
                self.unschedulable.borrow_mut().remove(&key);
                return;
            }
            // A status that only says that it cannot be scheduled is no reason to try again.
            let same = before.is_some_and(|before| {
                before.get("spec") == pod.get("spec")
                    && object::labels(before) == object::labels(pod)
            });
            if !same && object::get_str(pod, &["spec", "schedulerName"]) == "default-scheduler" {
                self.queue.add(&key);
            }
            return;
        }
        let over = change == Change::Deleted || crate::controller::is_over(pod);
        let freed = {
            let mut nodes = self.nodes.borrow_mut();
            let info = nodes.entry(node.to_owned()).or_default();
            if over {
                info.remove(object::uid(pod))
            } else {
                info.add(pod);
                false
            }
        };
        if freed {
            self.retry_all();
        }
    }

    fn retry_all(&self) {
        let waiting = std::mem::take(&mut *self.unschedulable.borrow_mut());
        for key in waiting {
            self.queue.add(&key);
        }
    }

    async fn run(self: Rc<Self>) {
        loop {
            let key = self.queue.next().await;
            self.api.simulation().sleep(PLACING).await;
            self.queue.begin(&key);
            let (namespace, name) = split_key(&key);
            let Some(pod) = self.api.store().get("pods", namespace, name) else {
                continue;
            };
            let placed = !object::get_str(&pod, &["spec", "nodeName"]).is_empty();
            let gated = !object::get_list(&pod, &["spec", "schedulingGates"]).is_empty();
            if placed || gated || object::is_terminating(&pod) {
                continue;
            }
            self.schedule(&key, &pod);
        }
    }

    fn schedule(&self, key: &str, pod: &Rc<Value>) {
        let chosen = {
            let nodes = self.nodes.borrow();
            self.choose(pod, &nodes)
        };
        match chosen {
            Ok(node) => {
                let (namespace, name) = (object::namespace(pod), object::name(pod));
                if self.api.bind(namespace, name, &node).is_ok() {
                    let message = format!("Successfully assigned {namespace}/{name} to {node}");
                    self.event(pod, "Normal", "Scheduled", "Binding", &message);
                }
            }
            Err((message, plan)) => {
                self.refuse(key, pod, &message);
                if let Some(plan) = plan {
                    self.preempt(pod, &plan);
                }
            }
        }
    }

    /// Sends pods away, and notes for whom.
    fn preempt(&self, pod: &Value, plan: &Plan) {
        let node = &plan.node;
        for victim in &plan.victims {
            let message = format!("Preempted by pod {} on node {node}", object::uid(pod));
            self.event(victim, "Normal", "Preempted", "Preempting", &message);
            let (namespace, name) = (object::namespace(victim), object::name(victim));
            if let Some(found) = self.api.store().get("pods", namespace, name) {
                let mut marked = (*found).clone();
                let mut conditions = object::get_list(&marked, &["status", "conditions"]).to_vec();
                conditions.push(json!({
                    "type": "DisruptionTarget",
                    "status": "True",
                    "reason": "PreemptionByScheduler",
                    "message": "default-scheduler: preempting to accommodate a higher priority pod",
                    "observedGeneration": object::generation(&marked),
                    "lastTransitionTime": self.api.timestamp(),
                }));
                object::set(&mut marked, &["status", "conditions"], conditions);
                self.api.replace("pods", marked);
            }
            if let Some(pods) = self.api.resource("pods") {
                // One that is gone already is as good.
                let options = DeleteOptions::default();
                let _ = self.api.delete(&pods, namespace, name, &options);
            }
        }
        let found = self
            .api
            .store()
            .get("pods", object::namespace(pod), object::name(pod));
        if let Some(found) = found {
            let mut nominated = (*found).clone();
            object::set(
                &mut nominated,
                &["status", "nominatedNodeName"],
                node.as_str(),
            );
            self.api.replace("pods", nominated);
        }
    }

    /// The node for a pod; or why there is none, and who might go for it.
    fn choose(
        &self,
        pod: &Value,
        nodes: &OrderedMap<String, NodeInfo>,
    ) -> Result<String, (String, Option<Plan>)> {
        if let Some(missing) = self.missing_claim(pod) {
            let all = nodes.values().filter(|node| node.exists()).count();
            return Err((format!("0/{all} nodes are available: {missing}"), None));
        }
        let request = node::Request::of(pod);
        let mut reasons: OrderedMap<String, usize> = OrderedMap::new();
        let mut helpless = true;
        let mut fitting: Vec<(&String, i64)> = Vec::new();
        let there = nodes.iter().filter(|(_, node)| node.exists());
        let mut all = 0;
        for (name, node) in there {
            all += 1;
            let verdict = filter::check(&self.api, pod, &request, node, nodes);
            if verdict.is_empty() {
                fitting.push((name, score::of(&self.api, pod, &request, node)));
                continue;
            }
            helpless &= verdict.iter().any(|reason| !reason.evicting_helps);
            for reason in verdict {
                *reasons.entry(reason.words).or_default() += 1;
            }
        }
        let best = fitting.iter().map(|(_, score)| *score).max();
        let Some(best) = best else {
            if helpless {
                return Err((explanation(all, &reasons, HELPLESS), None));
            }
            if preemption::is_under_way(pod, nodes) {
                return Err((explanation(all, &reasons, UNDER_WAY), None));
            }
            let plan = preemption::plan(&self.api, pod, &request, nodes);
            let why = if plan.is_some() { "" } else { NO_VICTIMS };
            return Err((explanation(all, &reasons, why), plan));
        };
        let top: Vec<&String> = fitting
            .iter()
            .filter(|(_, score)| *score == best)
            .map(|(name, _)| *name)
            .collect();
        let pick = self.api.random().below(top.len() as u64);
        let pick = usize::try_from(pick).unwrap_or(0);
        top.get(pick)
            .map(|name| (*name).clone())
            .ok_or_else(|| (NO_NODES.to_owned(), None))
    }

    fn missing_claim(&self, pod: &Value) -> Option<String> {
        for volume in object::get_list(pod, &["spec", "volumes"]) {
            let name = object::get_str(volume, &["persistentVolumeClaim", "claimName"]);
            if name.is_empty() {
                continue;
            }
            let namespace = object::namespace(pod);
            match self
                .api
                .store()
                .get("persistentvolumeclaims", namespace, name)
            {
                None => {
                    return Some(format!(
                        "persistentvolumeclaim \"{name}\" not found. not found"
                    ));
                }
                Some(claim) if object::get_str(&claim, &["spec", "volumeName"]).is_empty() => {
                    return Some(
                        "pod has unbound immediate PersistentVolumeClaims. not found".to_owned(),
                    );
                }
                Some(_) => {}
            }
        }
        None
    }

    fn refuse(&self, key: &str, pod: &Value, message: &str) {
        self.unschedulable.borrow_mut().insert(key.to_owned());
        self.queue.add_after(key, FLUSH);
        self.event(pod, "Warning", "FailedScheduling", "Scheduling", message);
        let mut waiting = pod.clone();
        let before = object::condition(pod, "PodScheduled");
        let same = before.is_some_and(|before| {
            object::get_str(before, &["message"]) == message
                && object::get_str(before, &["status"]) == "False"
        });
        if same {
            return;
        }
        let since = before
            .filter(|before| object::get_str(before, &["status"]) == "False")
            .map(|before| object::get_str(before, &["lastTransitionTime"]).to_owned())
            .unwrap_or_else(|| self.api.timestamp());
        let mut conditions = object::get_list(pod, &["status", "conditions"]).to_vec();
        conditions.retain(|one| object::get_str(one, &["type"]) != "PodScheduled");
        conditions.push(json!({
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": message,
            "observedGeneration": object::generation(pod),
            "lastProbeTime": null,
            "lastTransitionTime": since,
        }));
        object::set(&mut waiting, &["status", "conditions"], conditions);
        self.api.replace("pods", waiting);
    }

    /// An event in the newer form; the same one again makes a series.
    fn event(&self, pod: &Value, kind: &str, reason: &str, action: &str, message: &str) {
        let now = self.api.now();
        let namespace = object::namespace(pod);
        // The first event of a pod needs no search.
        let same = (reason != "Scheduled")
            .then(|| {
                self.api
                    .store()
                    .list("events", Some(namespace))
                    .into_iter()
                    .find(|event| {
                        object::get_str(event, &["involvedObject", "uid"]) == object::uid(pod)
                            && object::get_str(event, &["reason"]) == reason
                            && object::get_str(event, &["message"]) == message
                            && object::get_str(event, &["reportingComponent"])
                                == "default-scheduler"
                    })
            })
            .flatten();
        if let Some(same) = same {
            let mut again = (*same).clone();
            let count = object::get_i64(&same, &["series", "count"]).unwrap_or(1) + 1;
            object::set(
                &mut again,
                &["series"],
                json!({"count": count, "lastObservedTime": time::rfc3339_micro(now)}),
            );
            self.api.store().put("events", again);
            return;
        }
        let event = json!({
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": format!("{}.{:x}", object::name(pod), now),
                "namespace": namespace,
                "uid": self.api.random().uuid(),
                "creationTimestamp": time::rfc3339(now),
            },
            "involvedObject": crate::events::reference(pod, ""),
            "reason": reason,
            "message": message,
            "source": {},
            "firstTimestamp": null,
            "lastTimestamp": null,
            "type": kind,
            "eventTime": time::rfc3339_micro(now),
            "action": action,
            "reportingComponent": "default-scheduler",
            "reportingInstance": self.instance,
        });
        self.api.store().put("events", event);
    }
}

const NO_NODES: &str = "no nodes available to schedule pods";
const HELPLESS: &str = "Preemption is not helpful for scheduling";
const NO_VICTIMS: &str = "No preemption victims found for incoming pod";
const UNDER_WAY: &str = "not eligible due to a terminating pod on the nominated node";

/// Why a pod fits nowhere, and why nobody goes for it, unless somebody does.
fn explanation(all: usize, reasons: &OrderedMap<String, usize>, preemption: &str) -> String {
    if all == 0 {
        return NO_NODES.to_owned();
    }
    let mut parts: Vec<String> = reasons
        .iter()
        .map(|(words, count)| format!("{count} {words}"))
        .collect();
    parts.sort();
    let mut text = format!("0/{all} nodes are available: {}.", parts.join(", "));
    if preemption == UNDER_WAY {
        text.push_str(&format!(
            " no new claims to deallocate, preemption: {preemption}."
        ));
    } else if !preemption.is_empty() {
        text.push_str(&format!(
            " no new claims to deallocate, preemption: 0/{all} nodes are available: {all} {preemption}."
        ));
    }
    text
}
