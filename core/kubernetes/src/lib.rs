//! A Kubernetes cluster: object store, API server, controllers, scheduler, kubelets, service proxy.
//!
//! Everything but the client, which is `kubectl`. A kubelet starts, stops and inspects containers
//! only through its node's Docker engine; everyone else sees the cluster only through the API
//! server.

#![expect(
    clippy::result_large_err,
    reason = "a Status is made once for each refused request, and boxing it would cost every caller a dereference"
)]

pub mod admission;
pub mod bootstrap;
mod bootstrap_roles;
pub mod cluster;
pub mod controller;
mod custom;
pub mod events;
pub mod kubelet;
pub mod limits;
mod ownership;
pub mod proxy;
pub mod schedule;
pub mod scheduler;
pub mod schema;
pub mod server;
pub mod store;
pub mod strategy;
pub mod table;

pub use cluster::{Cluster, ClusterOptions};
pub use server::Api;

/// The version that the server and the kubelets report.
pub const VERSION: &str = "v1.36.2";
