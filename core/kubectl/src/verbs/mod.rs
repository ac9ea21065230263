//! The commands: one file each, with its flags and what it does.

mod apply;
mod auth;
mod autoscale;
mod cluster;
mod config;
mod cp;
mod create;
mod debug;
mod delete;
mod describe;
mod drain;
mod edit;
mod events;
mod exec;
mod explain;
mod get;
mod kustomize;
mod label;
mod logs;
mod node;
mod other;
mod patch;
mod port_forward;
mod proxy;
mod replace;
mod rollout;
mod run;
mod scale;
mod set;
mod wait;

use crate::command_line::{Command, Flags};
use crate::failure::Failure;
use serde_json::{Map, Value};

/// `kubectl` itself, with its commands in the order of its help.
pub static ROOT: Command = Command {
    name: "kubectl",
    short: "kubectl controls the Kubernetes cluster manager.",
    long: "kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/",
    children: &[
        &create::COMMAND,
        &run::EXPOSE,
        &run::RUN,
        &set::COMMAND,
        &explain::COMMAND,
        &get::COMMAND,
        &edit::EDIT,
        &delete::COMMAND,
        &rollout::COMMAND,
        &scale::COMMAND,
        &autoscale::COMMAND,
        &cluster::CLUSTER_INFO,
        &autoscale::TOP,
        &node::CORDON,
        &node::UNCORDON,
        &drain::COMMAND,
        &node::TAINT,
        &describe::COMMAND,
        &logs::COMMAND,
        &exec::ATTACH,
        &exec::EXEC,
        &port_forward::COMMAND,
        &proxy::COMMAND,
        &cp::COMMAND,
        &auth::COMMAND,
        &debug::COMMAND,
        &events::COMMAND,
        &edit::DIFF,
        &apply::COMMAND,
        &patch::COMMAND,
        &replace::COMMAND,
        &wait::COMMAND,
        &kustomize::COMMAND,
        &label::LABEL,
        &label::ANNOTATE,
        &other::COMPLETION,
        &other::ALPHA,
        &cluster::API_RESOURCES,
        &cluster::API_VERSIONS,
        &config::COMMAND,
        &other::PLUGIN,
        &cluster::VERSION_COMMAND,
        &cluster::OPTIONS,
    ],
    ..Command::EMPTY
};

/// What follows a line of words when nothing was really done.
pub fn dry_run_suffix(flags: &Flags) -> &'static str {
    match flags.text("dry-run") {
        "client" => " (dry run)",
        "server" => " (server dry run)",
        _ => "",
    }
}

/// Amounts of `cpu=100m,memory=16Mi`.
pub fn amounts(text: &str) -> Result<Map<String, Value>, Failure> {
    let mut amounts = Map::new();
    for pair in text.split(',').filter(|pair| !pair.is_empty()) {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Failure::message(format!(
                "Invalid argument syntax {pair}, expected <resource>=<value>"
            )));
        };
        kubernetes_api::quantity::Quantity::parse(value).map_err(Failure::message)?;
        amounts.insert(key.to_owned(), value.into());
    }
    Ok(amounts)
}
