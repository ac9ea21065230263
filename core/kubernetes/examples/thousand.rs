//! Measures how long a Deployment of many replicas takes until all are ready.
//!
//! `cargo run --release -p drydock-kubernetes --example thousand [REPLICAS [NODES]]`

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement on the real machine, which prints what it found"
)]

use kubernetes::server::WriteOptions;
use kubernetes::{Cluster, ClusterOptions};
use kubernetes_api::object;
use machine::Programs;
use machine::network::Network;
use serde_json::json;
use simulation::{Duration, Simulation, Time};
use std::time::Instant;

fn main() {
    let argument = |index, default| {
        std::env::args()
            .nth(index)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let replicas: i64 = argument(1, 1000);
    let nodes = u8::try_from(argument(2, 20)).unwrap();
    let simulation = Simulation::new(1, Time::from_secs(1_800_000_000));
    let programs = Programs::default();
    let network = Network::new(&simulation);
    let registry = docker::Registry::new();
    docker::install(&programs, &registry);
    let options = ClusterOptions {
        nodes,
        ..ClusterOptions::default()
    };
    let began = Instant::now();
    let cluster = Cluster::new(&simulation, &programs, &network, &registry, &options);
    println!("boot: {:?}", began.elapsed());
    let api = cluster.api();
    let deployments = api.resource("deployments.apps").unwrap();
    let deployment = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "many"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "many"}},
            "template": {
                "metadata": {"labels": {"app": "many"}},
                "spec": {"containers": [{"name": "c", "image": "registry.k8s.io/pause:3.10"}]},
            },
        },
    });
    let began = Instant::now();
    let start = simulation.now();
    api.create(
        &deployments,
        "default",
        deployment,
        &WriteOptions::default(),
    )
    .unwrap();
    for second in 1..=600 {
        simulation.advance(start + Duration::from_secs(second), u64::MAX);
        let now = api.get(&deployments, "default", "many").unwrap();
        let ready = object::get_i64(&now, &["status", "readyReplicas"]).unwrap_or(0);
        if ready == replicas {
            println!(
                "{replicas} replicas on {nodes} nodes: {:?}, {second} virtual seconds, version {}",
                began.elapsed(),
                api.store().version()
            );
            return;
        }
    }
    println!("not all ready after ten virtual minutes");
}
