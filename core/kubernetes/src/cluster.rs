//! A whole cluster: its nodes with their machines and engines, and everything that runs on them.

use std::net::Ipv4Addr;
use std::rc::Rc;

use docker::{Engine, EngineOptions, Registry};
use machine::network::Network;
use machine::{Kernel, Programs, Tree};
use simulation::Simulation;

use crate::kubelet::{Kubelet, NodeOptions};
use crate::server::Api;
use crate::{bootstrap, controller, proxy, scheduler};

/// The port of the API server on the control plane's node.
pub const API_PORT: u16 = 6443;
/// The name of the first node.
pub const CONTROL_PLANE: &str = "kind-control-plane";
/// Nodes that one cluster may have.
pub const NODES_MAX: u8 = 64;

/// What a cluster is made with.
#[derive(Clone, Debug)]
pub struct ClusterOptions {
    /// How many nodes; the first one is the control plane's, which takes pods too.
    pub nodes: u8,
    /// Serves the API groups of the time before Kubernetes 1.16 too.
    pub legacy_apis: bool,
    /// Images that are on every node from the start.
    pub images: Vec<String>,
}

impl Default for ClusterOptions {
    fn default() -> ClusterOptions {
        ClusterOptions {
            nodes: 1,
            legacy_apis: false,
            images: Vec::new(),
        }
    }
}

/// A cluster. Clones are the same one.
#[derive(Clone)]
pub struct Cluster {
    api: Api,
    nodes: Vec<Kubelet>,
}

impl Cluster {
    /// Starts a cluster with machines of its own.
    #[must_use]
    pub fn new(
        simulation: &Simulation,
        programs: &Programs,
        network: &Network,
        registry: &Registry,
        options: &ClusterOptions,
    ) -> Cluster {
        let engines = (0..options.nodes.clamp(1, NODES_MAX))
            .map(|number| {
                let name = node_name(number);
                let kernel =
                    Kernel::new(simulation, programs, network, &name, Tree::new(Vec::new()));
                let mut images = options.images.clone();
                images.push("registry.k8s.io/pause:3.10".to_owned());
                let engine_options = EngineOptions {
                    images,
                    ..EngineOptions::default()
                };
                Engine::new(&kernel, registry, engine_options)
            })
            .collect();
        Cluster::with_engines(simulation, network, engines, options)
    }

    /// Starts a cluster on machines that are there already, one node for each engine.
    #[must_use]
    pub fn with_engines(
        simulation: &Simulation,
        network: &Network,
        engines: Vec<Engine>,
        options: &ClusterOptions,
    ) -> Cluster {
        let api = Api::new(simulation, simulation.random().fork());
        api.set_legacy(options.legacy_apis);
        bootstrap::objects(&api);
        proxy::start(&api, network);
        controller::start(&api);
        scheduler::start(&api, CONTROL_PLANE);
        let mut nodes = Vec::new();
        for (number, engine) in (0..NODES_MAX).zip(&engines) {
            let address = node_address(number);
            let host = engine.kernel().host_network();
            if !host.addresses().contains(&address) {
                // An address that another machine has would be a mistake of the caller; the node
                // then has none.
                let _ = host.add_address(address);
            }
            let options = NodeOptions {
                name: node_name(number),
                address,
                number,
                control_plane: number == 0,
            };
            nodes.push(Kubelet::start(&api, engine, &options));
        }
        if let Some(first) = nodes.first() {
            let host = first.engine().kernel().host_network();
            // A port in use would be a mistake of the caller: the API is then reached by `api` only.
            let _ = host.serve(Ipv4Addr::UNSPECIFIED, API_PORT, Rc::new(api.clone()));
        }
        Cluster { api, nodes }
    }

    /// The API server.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// The API server as a service for clients.
    #[must_use]
    pub fn service(&self) -> Rc<dyn machine::http::Service> {
        Rc::new(self.api.clone())
    }

    /// The nodes, the control plane's first.
    #[must_use]
    pub fn nodes(&self) -> &[Kubelet] {
        &self.nodes
    }
}

/// The name of a node by its number.
#[must_use]
pub fn node_name(number: u8) -> String {
    match number {
        0 => CONTROL_PLANE.to_owned(),
        1 => "kind-worker".to_owned(),
        other => format!("kind-worker{other}"),
    }
}

/// The address of a node by its number.
#[must_use]
pub fn node_address(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(192, 0, 2, 2 + number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::{DeleteOptions, WriteOptions};
    use expect_test::expect;
    use kubernetes_api::object;
    use serde_json::{Value, json};
    use simulation::{Duration, Time};
    use std::cell::RefCell;

    /// The image of the tests' containers: it waits for SIGTERM and ends with status 0.
    const IMAGE: &str = "registry.k8s.io/pause:3.10";

    fn cluster(nodes: u8) -> (Simulation, Cluster) {
        let simulation = Simulation::new(1, Time::from_secs(1_800_000_000));
        let programs = Programs::default();
        let network = Network::new(&simulation);
        let registry = Registry::new();
        docker::install(&programs, &registry);
        let options = ClusterOptions {
            nodes,
            ..ClusterOptions::default()
        };
        let cluster = Cluster::new(&simulation, &programs, &network, &registry, &options);
        (simulation, cluster)
    }

    fn create(cluster: &Cluster, key: &str, object: Value) {
        let resource = cluster.api().resource(key).unwrap();
        let options = WriteOptions::default();
        cluster
            .api()
            .create(&resource, "default", object, &options)
            .unwrap();
    }

    fn pod(name: &str) -> Value {
        json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "labels": {"app": name}},
            "spec": {"containers": [
                {"name": "c", "image": IMAGE, "imagePullPolicy": "Never"},
            ]},
        })
    }

    fn deployment(replicas: i64) -> Value {
        let mut template = pod("hello");
        let spec = object::remove(&mut template, &["spec"]).unwrap();
        json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "hello"},
            "spec": {
                "replicas": replicas,
                "selector": {"matchLabels": {"app": "hello"}},
                "template": {"metadata": {"labels": {"app": "hello"}}, "spec": spec},
            },
        })
    }

    /// What the table says of each change of a pod.
    fn log_pods(cluster: &Cluster) -> Rc<RefCell<String>> {
        let log = Rc::new(RefCell::new(String::new()));
        let (lines, api) = (log.clone(), cluster.api().clone());
        cluster.api().store().listen(
            "pods",
            Rc::new(move |event| {
                let resource = api.resource("pods").unwrap();
                let table = crate::table::of(&api, &resource);
                let cells = (table.cells)(&event.object, api.now());
                let text = |at: usize| cells.get(at).and_then(Value::as_str).unwrap_or_default();
                let line = format!(
                    "{:?} {} {} {}\n",
                    event.change,
                    text(1),
                    text(2),
                    object::get_str(&event.object, &["status", "phase"])
                );
                lines.borrow_mut().push_str(&line);
                true
            }),
        );
        log
    }

    fn replicas(cluster: &Cluster, field: &str) -> i64 {
        let store = cluster.api().store();
        let found = store.get("deployments.apps", "default", "hello").unwrap();
        object::get_i64(&found, &["status", field]).unwrap_or(0)
    }

    #[test]
    fn a_pod_starts_is_restarted_and_goes() {
        let (simulation, cluster) = cluster(1);
        let start = simulation.now();
        let log = log_pods(&cluster);
        create(&cluster, "pods", pod("a"));
        simulation.advance(start + Duration::from_secs(5), u64::MAX);
        let engine = cluster.nodes()[0].engine().clone();
        let containers = engine.list(&docker::Filters::default());
        let main = containers
            .iter()
            .find(|one| one.name.starts_with("k8s_c_a"));
        let id = main.unwrap().id.clone();
        simulation.spawn(async move { engine.stop(&id, None).await.unwrap() });
        simulation.advance(start + Duration::from_secs(10), u64::MAX);
        let pods = cluster.api().resource("pods").unwrap();
        let options = DeleteOptions::default();
        let deleted = cluster.api().delete(&pods, "default", "a", &options);
        assert!(deleted.is_ok());
        simulation.advance(start + Duration::from_secs(15), u64::MAX);
        expect![[r#"
            Added 0/1 Pending Pending
            Modified 0/1 Pending Pending
            Modified 0/1 ContainerCreating Pending
            Modified 0/1 ContainerCreating Pending
            Modified 1/1 Running Running
            Modified 0/1 Completed Running
            Modified 1/1 Running Running
            Modified 1/1 Terminating Running
            Modified 1/1 Terminating Running
            Modified 0/1 Completed Succeeded
            Modified 0/1 Completed Succeeded
            Deleted 0/1 Completed Succeeded
        "#]]
        .assert_eq(&log.borrow());
        let engine = cluster.nodes()[0].engine();
        let all = docker::Filters {
            all: true,
            ..docker::Filters::default()
        };
        assert_eq!(engine.list(&all).len(), 0);
    }

    #[test]
    fn a_deployment_scales_rolls_and_takes_its_pods_along() {
        let (simulation, cluster) = cluster(2);
        let start = simulation.now();
        create(&cluster, "deployments.apps", deployment(3));
        simulation.advance(start + Duration::from_secs(3), u64::MAX);
        assert_eq!(replicas(&cluster, "availableReplicas"), 3);
        let api = cluster.api();
        let deployments = api.resource("deployments.apps").unwrap();
        let patch = json!({"spec": {"template": {"metadata": {"annotations": {"a": "b"}}}}});
        api.patch(
            &deployments,
            "default",
            "hello",
            crate::server::PatchKind::Merge,
            &patch,
            &WriteOptions::default(),
        )
        .unwrap();
        simulation.advance(start + Duration::from_secs(20), u64::MAX);
        assert_eq!(replicas(&cluster, "updatedReplicas"), 3);
        assert_eq!(replicas(&cluster, "replicas"), 3);
        assert_eq!(api.store().list("replicasets.apps", None).len(), 2);
        let options = DeleteOptions::default();
        assert!(
            api.delete(&deployments, "default", "hello", &options)
                .is_ok()
        );
        simulation.advance(start + Duration::from_secs(30), u64::MAX);
        assert_eq!(api.store().list("replicasets.apps", None).len(), 0);
        assert_eq!(api.store().list("pods", None).len(), 0);
    }

    #[test]
    fn the_same_seed_gives_the_same_objects() {
        let world = || {
            let (simulation, cluster) = cluster(2);
            create(&cluster, "deployments.apps", deployment(5));
            simulation.advance(simulation.now() + Duration::from_secs(5), u64::MAX);
            cluster.api().store().list("pods", None)
        };
        assert_eq!(world(), world());
    }

    /// The events with one of some reasons, in the order of their names.
    fn events(cluster: &Cluster, reasons: &[&str]) -> String {
        let all = cluster.api().store().list("events", Some("default"));
        all.iter()
            .filter(|event| reasons.contains(&object::get_str(event, &["reason"])))
            .map(|event| {
                let text = |path: &[&str]| object::get_str(event, path).to_owned();
                let about = text(&["involvedObject", "name"]);
                format!("{about} {} {}\n", text(&["reason"]), text(&["message"]))
            })
            .collect()
    }

    #[test]
    fn the_more_important_pod_takes_the_place() {
        let (simulation, cluster) = cluster(1);
        let start = simulation.now();
        for (name, class) in [("low", ""), ("high", "system-cluster-critical")] {
            let mut pod = pod(name);
            let requests = json!([{"name": "c", "image": IMAGE, "imagePullPolicy": "Never",
                "resources": {"requests": {"cpu": "1500m"}}}]);
            object::set(&mut pod, &["spec", "containers"], requests);
            object::set(&mut pod, &["spec", "priorityClassName"], class);
            create(&cluster, "pods", pod);
        }
        simulation.advance(start + Duration::from_secs(10), u64::MAX);
        let text = events(&cluster, &["Scheduled", "FailedScheduling", "Preempted"]);
        let uid = text
            .split_once("by pod ")
            .and_then(|(_, rest)| rest.split(' ').next())
            .unwrap()
            .to_owned();
        expect![[r#"
            high FailedScheduling 0/1 nodes are available: 1 Insufficient cpu.
            high Scheduled Successfully assigned default/high to kind-control-plane
            low Scheduled Successfully assigned default/low to kind-control-plane
            low Preempted Preempted by pod UID on node kind-control-plane
        "#]]
        .assert_eq(&text.replace(&uid, "UID"));
    }

    #[test]
    fn an_autoscaler_without_metrics_keeps_the_bounds() {
        let (simulation, cluster) = cluster(1);
        let start = simulation.now();
        create(&cluster, "deployments.apps", deployment(5));
        let scaler = json!({
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "hello"},
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "hello"},
                "maxReplicas": 3,
            },
        });
        create(&cluster, "horizontalpodautoscalers.autoscaling", scaler);
        simulation.advance(start + Duration::from_secs(40), u64::MAX);
        let reasons = ["SuccessfulRescale", "FailedGetResourceMetric"];
        let text = format!(
            "{} replicas\n{}",
            replicas(&cluster, "replicas"),
            events(&cluster, &reasons)
        );
        expect![[r#"
            3 replicas
            hello SuccessfulRescale New size: 3; reason: Current number of replicas above Spec.MaxReplicas
            hello FailedGetResourceMetric failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)
        "#]].assert_eq(&text);
    }
}
