//! From objects of the API to what a picture shows.

use std::rc::Rc;

use kubernetes_api::object;
use serde_json::Value;

/// Namespaces of the cluster's own parts, which a learner has not asked for.
const OWN_NAMESPACES: [&str; 4] = [
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "local-path-storage",
];

/// The whole picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The nodes, by name.
    pub nodes: Vec<Node>,
    /// Pods that no node runs yet.
    pub waiting: Vec<Pod>,
    /// The Services that the learner has made.
    pub services: Vec<Service>,
    /// Containers that Docker runs outside of pods; who knows the engine adds them.
    pub containers: Vec<Container>,
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Whether it is Ready.
    pub ready: bool,
    /// Its pods, in the order of their creation.
    pub pods: Vec<Pod>,
}

/// A pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pod {
    /// What never changes.
    pub uid: String,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// What `kubectl get pods` has under STATUS.
    pub status: String,
    /// The address, empty until there is one.
    pub address: String,
    /// Restarts of all containers.
    pub restarts: i64,
    /// What owns it, such as `ReplicaSet/hello-5d77dd784d`; empty for a pod of its own.
    pub owner: String,
    /// The containers.
    pub containers: Vec<Container>,
}

/// A container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// The name in the pod, or the engine's.
    pub name: String,
    /// The image's name.
    pub image: String,
    /// The first twelve digits of the engine's id; empty before it exists.
    pub id: String,
    /// In one or two words: `Running`, `Error`, `CrashLoopBackOff`, …
    pub state: String,
    /// Whether it is running now.
    pub running: bool,
}

/// A Service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// The name.
    pub name: String,
    /// Its address and first port, such as `10.96.0.12:30000`.
    pub address: String,
    /// How many endpoints are ready.
    pub endpoints: usize,
}

/// Draws the picture.
pub(crate) fn picture(
    nodes: &[Rc<Value>],
    pods: &[Rc<Value>],
    services: &[Rc<Value>],
    slices: &[Rc<Value>],
) -> Picture {
    let mut picture = Picture {
        nodes: nodes.iter().map(|node| self::node(node)).collect(),
        services: services
            .iter()
            .filter(|service| is_learners(service) && object::name(service) != "kubernetes")
            .map(|service| self::service(service, slices))
            .collect(),
        ..Picture::default()
    };
    let mut pods: Vec<&Rc<Value>> = pods.iter().filter(|pod| is_learners(pod)).collect();
    pods.sort_by_key(|pod| object::created(pod));
    for pod in pods {
        let place = object::get_str(pod, &["spec", "nodeName"]);
        let drawn = self::pod(pod);
        match picture.nodes.iter_mut().find(|node| node.name == place) {
            Some(node) => node.pods.push(drawn),
            None => picture.waiting.push(drawn),
        }
    }
    picture
}

fn is_learners(object: &Value) -> bool {
    !OWN_NAMESPACES.contains(&object::namespace(object))
}

fn node(node: &Value) -> Node {
    let ready = object::condition(node, "Ready");
    Node {
        name: object::name(node).to_owned(),
        ready: ready.is_some_and(|ready| object::get_str(ready, &["status"]) == "True"),
        pods: Vec::new(),
    }
}

fn pod(pod: &Value) -> Pod {
    let (status, restarts) = kubernetes::table::pod_status(pod);
    let owner = object::controller_reference(pod);
    let owner = owner.map(|owner| {
        let field = |name| object::get_str(owner, &[name]);
        format!("{}/{}", field("kind"), field("name"))
    });
    let containers = object::get_list(pod, &["spec", "containers"]);
    Pod {
        uid: object::uid(pod).to_owned(),
        namespace: object::namespace(pod).to_owned(),
        name: object::name(pod).to_owned(),
        status,
        address: object::get_str(pod, &["status", "podIP"]).to_owned(),
        restarts,
        owner: owner.unwrap_or_default(),
        containers: containers.iter().map(|spec| container(pod, spec)).collect(),
    }
}

fn container(pod: &Value, spec: &Value) -> Container {
    let name = object::get_str(spec, &["name"]);
    let statuses = object::get_list(pod, &["status", "containerStatuses"]);
    let status = statuses
        .iter()
        .find(|status| object::get_str(status, &["name"]) == name);
    let id = status.map_or("", |status| object::get_str(status, &["containerID"]));
    let id = id.split_once("://").map_or("", |(_, id)| id);
    let running = status.is_some_and(|status| object::get(status, &["state", "running"]).is_some());
    let reason = |state| {
        status.map_or("", |status| {
            object::get_str(status, &["state", state, "reason"])
        })
    };
    let state = match (running, reason("waiting"), reason("terminated")) {
        (true, _, _) => "Running",
        (false, "", "") => "Waiting",
        (false, "", ended) => ended,
        (false, waiting, _) => waiting,
    };
    Container {
        name: name.to_owned(),
        image: object::get_str(spec, &["image"]).to_owned(),
        id: id.chars().take(12).collect(),
        state: state.to_owned(),
        running,
    }
}

fn service(service: &Value, slices: &[Rc<Value>]) -> Service {
    let name = object::name(service);
    let own = slices.iter().filter(|slice| {
        object::namespace(slice) == object::namespace(service)
            && object::label(slice, "kubernetes.io/service-name") == Some(name)
    });
    let ready = own
        .flat_map(|slice| object::get_list(slice, &["endpoints"]))
        .filter(|endpoint| {
            // A condition that is not told counts as true.
            object::get(endpoint, &["conditions", "ready"]).and_then(Value::as_bool) != Some(false)
        });
    let port = object::get_list(service, &["spec", "ports"]).first();
    let port = port.and_then(|port| object::get_i64(port, &["port"]));
    let address = object::get_str(service, &["spec", "clusterIP"]);
    Service {
        name: name.to_owned(),
        address: match port {
            Some(port) => format!("{address}:{port}"),
            None => address.to_owned(),
        },
        endpoints: ready.count(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod_of(status: Value) -> Rc<Value> {
        Rc::new(json!({
            "metadata": {
                "name": "hello-1", "namespace": "default", "uid": "u",
                "ownerReferences": [{"kind": "ReplicaSet", "name": "hello", "controller": true}],
            },
            "spec": {"nodeName": "one", "containers": [{"name": "hello", "image": "hello:latest"}]},
            "status": status,
        }))
    }

    #[test]
    fn a_pod_stands_on_its_node() {
        let node = Rc::new(json!({
            "metadata": {"name": "one"},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]},
        }));
        let pod = pod_of(json!({
            "phase": "Running", "podIP": "10.244.0.5",
            "containerStatuses": [{
                "name": "hello", "ready": true, "restartCount": 2,
                "containerID": "docker://0123456789abcdef", "state": {"running": {}},
            }],
        }));
        let picture = picture(&[node], &[pod], &[], &[]);
        let expected = Pod {
            uid: "u".to_owned(),
            namespace: "default".to_owned(),
            name: "hello-1".to_owned(),
            status: "Running".to_owned(),
            address: "10.244.0.5".to_owned(),
            restarts: 2,
            owner: "ReplicaSet/hello".to_owned(),
            containers: vec![Container {
                name: "hello".to_owned(),
                image: "hello:latest".to_owned(),
                id: "0123456789ab".to_owned(),
                state: "Running".to_owned(),
                running: true,
            }],
        };
        assert_eq!(picture.nodes.len(), 1);
        assert_eq!(
            picture.nodes.first().map(|node| node.pods.clone()),
            Some(vec![expected])
        );
    }

    #[test]
    fn a_pod_without_a_node_waits() {
        let picture = picture(&[], &[pod_of(json!({"phase": "Pending"}))], &[], &[]);
        let waiting = picture.waiting.first().map(|pod| pod.status.as_str());
        assert_eq!(waiting, Some("Pending"));
    }

    #[test]
    fn a_service_counts_its_ready_endpoints() {
        let service = Rc::new(json!({
            "metadata": {"name": "hello", "namespace": "default"},
            "spec": {"clusterIP": "10.96.0.9", "ports": [{"port": 30000}]},
        }));
        let slice = Rc::new(json!({
            "metadata": {"name": "hello-x", "namespace": "default",
                "labels": {"kubernetes.io/service-name": "hello"}},
            "endpoints": [{"conditions": {"ready": true}}, {"conditions": {"ready": false}}, {}],
        }));
        let picture = picture(&[], &[], &[service], &[slice]);
        let expected = Service {
            name: "hello".to_owned(),
            address: "10.96.0.9:30000".to_owned(),
            endpoints: 2,
        };
        assert_eq!(picture.services, [expected]);
    }
}
