//! `kubectl create service` and `kubectl create ingress`.

use super::{SAVE_CONFIG, name_argument, submit};
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::Session;
use kubernetes_api::object::set;
use serde_json::{Map, Value, json};

/// `kubectl create service`.
pub static SERVICE: Command = Command {
    name: "service",
    aliases: &["svc"],
    usage: "[flags] [options]",
    short: "Create a service using a specified subcommand",
    children: &[&CLUSTER_IP, &EXTERNAL_NAME, &LOAD_BALANCER, &NODE_PORT],
    ..Command::EMPTY
};

static TCP: &[Flag] = &[Flag::list("tcp", "Ports, PORT:TARGET.")];
static CLUSTER_IP_FLAGS: &[Flag] = &[Flag::text("clusterip", "The address, or None.")];
static NODE_PORT_FLAGS: &[Flag] = &[Flag::new("node-port", Kind::Int, "The port of the nodes.")];
static EXTERNAL_FLAGS: &[Flag] = &[Flag::text("external-name", "The name outside.")];

static CLUSTER_IP: Command = Command {
    name: "clusterip",
    usage: "NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none] [options]",
    short: "Create a ClusterIP service",
    flags: &[
        CLUSTER_IP_FLAGS,
        TCP,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(service(invocation, "ClusterIP"))),
    ..Command::EMPTY
};

static NODE_PORT: Command = Command {
    name: "nodeport",
    usage: "NAME [--tcp=port:targetPort] [--dry-run=server|client|none] [options]",
    short: "Create a NodePort service",
    flags: &[
        NODE_PORT_FLAGS,
        TCP,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(service(invocation, "NodePort"))),
    ..Command::EMPTY
};

static LOAD_BALANCER: Command = Command {
    name: "loadbalancer",
    usage: "NAME [--tcp=port:targetPort] [--dry-run=server|client|none] [options]",
    short: "Create a LoadBalancer service",
    flags: &[
        TCP,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(service(invocation, "LoadBalancer"))),
    ..Command::EMPTY
};

static EXTERNAL_NAME: Command = Command {
    name: "externalname",
    usage: "NAME --external-name external.name [--dry-run=server|client|none] [options]",
    short: "Create an ExternalName service",
    flags: &[
        EXTERNAL_FLAGS,
        TCP,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    required: &["external-name"],
    run: Some(|invocation| Box::pin(service(invocation, "ExternalName"))),
    ..Command::EMPTY
};

async fn service(invocation: Invocation, kind: &str) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let ports = flags.list("tcp");
    let cluster_ip = flags.text("clusterip");
    if ports.is_empty() && kind != "ExternalName" && cluster_ip != "None" {
        return Err(Failure::message(
            "at least one tcp port specifier must be provided",
        ));
    }
    let mut made = Vec::new();
    for text in &ports {
        made.push(port(text, flags.int("node-port"))?);
    }
    let mut spec = json!({"type": kind, "selector": {"app": name}});
    if !made.is_empty() {
        set(&mut spec, &["ports"], Value::Array(made));
    }
    if !cluster_ip.is_empty() {
        set(&mut spec, &["clusterIP"], cluster_ip);
    }
    if kind == "ExternalName" {
        set(&mut spec, &["externalName"], flags.text("external-name"));
    }
    let object = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "labels": {"app": name}},
        "spec": spec, "status": {"loadBalancer": {}}});
    submit(
        &session,
        object,
        &format!("failed to create {kind} service: "),
    )
    .await
}

/// One port of `PORT[:TARGET]`.
fn port(text: &str, node_port: i64) -> Result<Value, Failure> {
    let (port, target) = text.split_once(':').unwrap_or((text, text));
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
        text.parse::<u16>().map_err(|_| {
            let why = if digits {
                "value out of range"
            } else {
                "invalid syntax"
            };
            let text = kubernetes_api::json::quote_go(text);
            Failure::message(format!("strconv.ParseUint: parsing {text}: {why}"))
        })
    };
    let target: Value = match target.parse::<i64>() {
        Ok(number) => number.into(),
        Err(_) => target.into(),
    };
    let name = text.replace(':', "-");
    let mut made =
        json!({"name": name, "port": number(port)?, "protocol": "TCP", "targetPort": target});
    if node_port != 0 {
        set(&mut made, &["nodePort"], node_port);
    }
    Ok(made)
}

static INGRESS_FLAGS: &[Flag] = &[
    Flag::new("annotation", Kind::Array, "KEY=VALUE."),
    Flag::text("class", "The ingress class."),
    Flag::text(
        "default-backend",
        "Service for everything else, SERVICE:PORT.",
    ),
    Flag::new(
        "rule",
        Kind::Array,
        "HOST/PATH=SERVICE:PORT[,tls[=SECRET]].",
    ),
];

/// `kubectl create ingress`.
pub static INGRESS: Command = Command {
    name: "ingress",
    aliases: &["ing"],
    usage: "NAME --rule=host/path=service:port[,tls[=secret]] [options]",
    short: "Create an ingress with the specified name",
    flags: &[
        INGRESS_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(ingress(invocation))),
    ..Command::EMPTY
};

fn backend(text: &str) -> Result<Value, Failure> {
    let Some((service, port)) = text.split_once(':') else {
        return Err(Failure::message(format!(
            "backend {text} must be in the form servicename:serviceport"
        )));
    };
    let port = match port.parse::<i64>() {
        Ok(number) => json!({"number": number}),
        Err(_) => json!({"name": port}),
    };
    Ok(json!({"service": {"name": service, "port": port}}))
}

async fn ingress(invocation: Invocation) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let rules = flags.list("rule");
    if rules.is_empty() && flags.text("default-backend").is_empty() {
        return Err(Failure::message(
            "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
        ));
    }
    let mut hosts: Vec<(String, Vec<Value>)> = Vec::new();
    let mut tls: Vec<Value> = Vec::new();
    for rule in &rules {
        let (place, target) = rule.split_once('=').ok_or_else(|| {
            Failure::message(format!("rule {rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"))
        })?;
        let (host, path) = match place.find('/') {
            Some(at) => place.split_at_checked(at).unwrap_or((place, "")),
            None => (place, ""),
        };
        let mut parts = target.split(',');
        let service = backend(parts.next().unwrap_or_default())?;
        for part in parts {
            let mut entry = json!({"hosts": [host]});
            if let Some(secret) = part.strip_prefix("tls=") {
                set(&mut entry, &["secretName"], secret);
            }
            tls.push(entry);
        }
        let (path, kind) = match path.strip_suffix('*') {
            Some(path) => (path, "Prefix"),
            None => (path, "Exact"),
        };
        let path = json!({"path": path, "pathType": kind, "backend": service});
        match hosts.iter_mut().find(|(have, _)| have == host) {
            Some((_, paths)) => paths.push(path),
            None => hosts.push((host.to_owned(), vec![path])),
        }
    }
    let mut spec = Map::new();
    if !flags.text("class").is_empty() {
        spec.insert("ingressClassName".into(), flags.text("class").into());
    }
    if !flags.text("default-backend").is_empty() {
        spec.insert(
            "defaultBackend".into(),
            backend(flags.text("default-backend"))?,
        );
    }
    let rules: Vec<Value> = hosts
        .into_iter()
        .map(|(host, paths)| {
            let mut rule = json!({"http": {"paths": paths}});
            if !host.is_empty() {
                set(&mut rule, &["host"], host);
            }
            rule
        })
        .collect();
    if !rules.is_empty() {
        spec.insert("rules".into(), rules.into());
    }
    if !tls.is_empty() {
        spec.insert("tls".into(), tls.into());
    }
    let mut object = json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": name},
        "spec": spec, "status": {"loadBalancer": {}}});
    for pair in flags.list("annotation") {
        if let Some((key, value)) = pair.split_once('=') {
            set(&mut object, &["metadata", "annotations", key], value);
        }
    }
    submit(&session, object, "failed to create ingress: ").await
}
