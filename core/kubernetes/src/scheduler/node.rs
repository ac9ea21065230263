//! What the scheduler remembers of a node: what it has, and what the pods on it take.

use ordered::OrderedMap;
use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::quantity::Quantity;
use serde_json::Value;

/// Amounts by resource; CPU in thousandths.
pub(super) type Amounts = OrderedMap<String, i64>;

/// A node and its load.
#[derive(Clone, Default)]
pub(super) struct NodeInfo {
    node: Option<Rc<Value>>,
    allocatable: Amounts,
    pods: OrderedMap<String, Placed>,
    used: Amounts,
    /// How many pods each controller has here, by its UID.
    controlled: OrderedMap<String, i64>,
    /// How many pods here keep others away.
    pub(super) keeping_away: usize,
}

/// The terms by which a pod keeps away from others.
pub(super) fn anti_affinity(pod: &Value) -> &[Value] {
    const TERMS: [&str; 4] = [
        "spec",
        "affinity",
        "podAntiAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
    ];
    object::get_list(pod, &TERMS)
}

/// A pod on a node.
#[derive(Clone)]
pub(super) struct Placed {
    /// The pod.
    pub(super) pod: Rc<Value>,
    request: Request,
}

/// What a pod asks for.
#[derive(Clone, Default)]
pub(super) struct Request {
    /// Amounts by resource.
    pub(super) amounts: Amounts,
    /// Ports of the node: protocol, address and number.
    pub(super) ports: Vec<(String, String, i64)>,
}

impl NodeInfo {
    /// Takes the node's latest state; false when nothing changed that matters for placing.
    pub(super) fn set_node(&mut self, node: &Rc<Value>) -> bool {
        let relevant = self.node.as_ref().is_none_or(|old| {
            old.get("spec") != node.get("spec")
                || object::labels(old) != object::labels(node)
                || old.pointer("/status/allocatable") != node.pointer("/status/allocatable")
        });
        self.allocatable = amounts(object::get_map(node, &["status", "allocatable"]));
        self.node = Some(node.clone());
        relevant
    }

    /// Whether the node itself is known, and not only pods that name it.
    pub(super) fn exists(&self) -> bool {
        self.node.is_some()
    }

    /// The node.
    pub(super) fn node(&self) -> &Value {
        static NOTHING: Value = Value::Null;
        self.node.as_deref().unwrap_or(&NOTHING)
    }

    /// The pods on the node.
    pub(super) fn pods(&self) -> impl Iterator<Item = &Placed> {
        self.pods.values()
    }

    /// Adds a pod, or takes its latest state.
    pub(super) fn add(&mut self, pod: &Rc<Value>) {
        let uid = object::uid(pod);
        if let Some(placed) = self.pods.get_mut(uid) {
            let before = std::mem::replace(&mut placed.pod, pod.clone());
            if controller(&before) != controller(pod) {
                self.count(&before, -1);
                self.count(pod, 1);
            }
            return;
        }
        let request = Request::of(pod);
        for (name, amount) in &request.amounts {
            *self.used.entry(name.clone()).or_default() += amount;
        }
        self.count(pod, 1);
        self.keeping_away += usize::from(!anti_affinity(pod).is_empty());
        let placed = Placed {
            pod: pod.clone(),
            request,
        };
        self.pods.insert(uid.to_owned(), placed);
    }

    /// Takes a pod away; whether it was there.
    pub(super) fn remove(&mut self, uid: &str) -> bool {
        let Some(placed) = self.pods.remove(uid) else {
            return false;
        };
        for (name, amount) in &placed.request.amounts {
            *self.used.entry(name.clone()).or_default() -= amount;
        }
        self.count(&placed.pod, -1);
        self.keeping_away -= usize::from(!anti_affinity(&placed.pod).is_empty());
        true
    }

    fn count(&mut self, pod: &Value, more: i64) {
        let Some(uid) = controller(pod) else {
            return;
        };
        let count = self.controlled.entry(uid.to_owned()).or_default();
        *count += more;
        if *count == 0 {
            self.controlled.remove(uid);
        }
    }

    /// How many pods of a controller are here.
    pub(super) fn controlled_by(&self, uid: &str) -> i64 {
        self.controlled.get(uid).copied().unwrap_or(0)
    }

    /// What is left of a resource, and how much there is in all.
    pub(super) fn left(&self, name: &str) -> (i64, i64) {
        let all = self.allocatable.get(name).copied().unwrap_or(0);
        let used = self.used.get(name).copied().unwrap_or(0);
        (all - used, all)
    }

    /// Whether a port of the node is taken.
    pub(super) fn has_port(&self, wanted: &(String, String, i64)) -> bool {
        self.pods.values().any(|placed| {
            placed
                .request
                .ports
                .iter()
                .any(|(protocol, address, port)| {
                    *protocol == wanted.0
                        && *port == wanted.2
                        && (address == &wanted.1 || address == "0.0.0.0" || wanted.1 == "0.0.0.0")
                })
        })
    }
}

fn controller(pod: &Value) -> Option<&str> {
    object::controller_reference(pod).map(|owner| object::get_str(owner, &["uid"]))
}

impl Request {
    /// What a pod asks for: its containers together, or its largest init container.
    pub(super) fn of(pod: &Value) -> Request {
        let mut total = Amounts::new();
        let mut ports = Vec::new();
        for container in object::get_list(pod, &["spec", "containers"]) {
            for (name, amount) in amounts(object::get_map(container, &["resources", "requests"])) {
                *total.entry(name).or_default() += amount;
            }
            for port in object::get_list(container, &["ports"]) {
                if let Some(number) = object::get_i64(port, &["hostPort"]).filter(|port| *port > 0)
                {
                    let protocol = object::get_str(port, &["protocol"]).to_owned();
                    let address = match object::get_str(port, &["hostIP"]) {
                        "" => "0.0.0.0",
                        address => address,
                    };
                    ports.push((protocol, address.to_owned(), number));
                }
            }
        }
        for container in object::get_list(pod, &["spec", "initContainers"]) {
            let always = object::get_str(container, &["restartPolicy"]) == "Always";
            for (name, amount) in amounts(object::get_map(container, &["resources", "requests"])) {
                let entry = total.entry(name).or_default();
                *entry = if always {
                    *entry + amount
                } else {
                    amount.max(*entry)
                };
            }
        }
        total.insert("pods".to_owned(), 1);
        Request {
            amounts: total,
            ports,
        }
    }
}

fn amounts(of: Option<&serde_json::Map<String, Value>>) -> Amounts {
    of.into_iter()
        .flatten()
        .filter_map(|(name, value)| {
            let quantity = Quantity::from_value(value).ok()?;
            let amount = if name == "cpu" {
                quantity.milli_value()
            } else {
                quantity.value()
            };
            Some((name.clone(), amount))
        })
        .collect()
}
