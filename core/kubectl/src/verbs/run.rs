//! `kubectl run` and `kubectl expose`.
//!
//! Models kubectl `pkg/cmd/run` and `pkg/cmd/expose`.

use crate::arguments;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::Session;
use crate::targets;
use crate::writing::{DryRun, Report, Writing, annotate_last_applied};
use kubernetes_api::object::{get, get_list, get_map, get_str, name, set};
use serde_json::{Map, Value, json};

static RUN_FLAGS: &[Flag] = &[
    Flag::new(
        "annotations",
        Kind::Array,
        "Annotations of the pod, KEY=VALUE.",
    ),
    Flag::switch("attach", "Attach to the container."),
    Flag::switch(
        "command",
        "The words after -- are the command, not its arguments.",
    ),
    Flag::new("env", Kind::Array, "Variables, KEY=VALUE."),
    Flag::switch("expose", "Make a service for the port too."),
    Flag::text("image", "Image of the container."),
    Flag::text("image-pull-policy", "When to pull the image."),
    Flag::text("labels", "Labels of the pod, between commas.").short('l'),
    Flag::switch(
        "leave-stdin-open",
        "Do not close the input after the first attach.",
    ),
    Flag::text("override-type", "How --overrides is merged.").default("merge"),
    Flag::text("overrides", "JSON that changes the made object."),
    Flag::new(
        "pod-running-timeout",
        Kind::Duration,
        "Time to wait for the pod to run.",
    )
    .default("1m0s"),
    Flag::text("port", "Port of the container."),
    Flag::switch("privileged", "Run the container with all rights."),
    Flag::switch("quiet", "Say nothing."),
    Flag::text("restart", "Restart policy: Always, OnFailure, Never.").default("Always"),
    Flag::switch("rm", "Delete the pod after its end."),
    Flag::switch("stdin", "Keep the container's input open.").short('i'),
    Flag::switch("tty", "Give the container a terminal.").short('t'),
];
static SAVE_CONFIG: &[Flag] = &[Flag::switch(
    "save-config",
    "Keep the configuration for a later apply.",
)];

/// `kubectl run`.
pub static RUN: Command = Command {
    name: "run",
    usage: "NAME --image=image [--env=\"key=value\"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...] [options]",
    short: "Run a particular image on the cluster",
    examples: "# A pod\nkubectl run web --image=nginx\n\n# A pod that is looked at and then deleted\nkubectl run box -it --rm --image=busybox --restart=Never -- sh",
    flags: &[
        RUN_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
    ],
    required: &["image"],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

async fn run(invocation: Invocation) -> Outcome {
    let Some(pod_name) = invocation
        .arguments
        .first()
        .cloned()
        .filter(|_| invocation.dash != Some(0))
    else {
        return Err(invocation.usage_error("NAME is required for run"));
    };
    let words: Vec<String> = invocation.arguments.iter().skip(1).cloned().collect();
    let session = Session::open(invocation)?;
    let flags = session.flags();
    if flags.text("image").is_empty() {
        return Err(Failure::message("--image is required"));
    }
    if flags.text("image").contains(' ') {
        return Err(Failure::message(format!(
            "Invalid image name \"{}\": invalid reference format",
            flags.text("image")
        )));
    }
    if flags.is("rm") && !flags.is("attach") && !flags.is("stdin") {
        return Err(session
            .invocation
            .usage_error("--rm should only be used for attached containers"));
    }
    if flags.is("tty") && !flags.is("stdin") {
        return Err(session
            .invocation
            .usage_error("-i/--stdin is required for containers with -t/--tty=true"));
    }
    let restart = flags.text("restart");
    if !matches!(restart, "Always" | "OnFailure" | "Never") {
        return Err(session
            .invocation
            .usage_error(format!("invalid restart policy: {restart}")));
    }
    let pull = flags.text("image-pull-policy");
    if !matches!(pull, "" | "Always" | "IfNotPresent" | "Never") {
        return Err(session
            .invocation
            .usage_error(format!("invalid image pull policy: {pull}")));
    }
    if flags.is("expose") && flags.text("port").is_empty() {
        return Err(session
            .invocation
            .usage_error("--port must be set when exposing a service"));
    }
    let writing = Writing::of(flags, "kubectl-run")?;
    let attach = flags.is("attach") || flags.is("stdin");
    if attach && writing.dry_run() != DryRun::None {
        return Err(session.invocation.usage_error(
            "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
        ));
    }
    let mut report = Report::new(&session, writing.suffix())?.typed();
    let mut pod = pod(&session, &pod_name, &words)?;
    if flags.is("save-config") {
        annotate_last_applied(&mut pod);
    }
    if flags.is("expose") {
        expose_port(&session, &writing, &mut report, &pod_name).await?;
    }
    let pods = session.mapper.resource("pods").await?;
    if writing.dry_run() != DryRun::Client {
        pod = (*writing
            .create(&session, &pods, session.namespace(), &pod)
            .await?)
            .clone();
    }
    if attach {
        return super::exec::attach_to_new_pod(&session, &pod).await;
    }
    report.say_now(&session, &pod, "created").await
}

/// The service of `--expose`, made before the pod.
async fn expose_port(
    session: &Session,
    writing: &Writing,
    report: &mut Report,
    pod_name: &str,
) -> Outcome {
    let flags = session.flags();
    let port: i64 = flags.text("port").parse().unwrap_or_default();
    let mut service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": pod_name},
        "spec": {"ports": [{"port": port, "protocol": "TCP", "targetPort": port}], "selector": labels(flags.text("labels"), pod_name)?},
        "status": {"loadBalancer": {}}});
    let services = session.mapper.resource("services").await?;
    if writing.dry_run() != DryRun::Client {
        service = (*writing
            .create(session, &services, session.namespace(), &service)
            .await?)
            .clone();
    }
    report.say_now(session, &service, "created").await
}

/// Labels of the flag, or the one that `run` gives.
fn labels(text: &str, pod_name: &str) -> Result<Map<String, Value>, Failure> {
    let mut labels = Map::new();
    for pair in text.split(',').filter(|pair| !pair.is_empty()) {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Failure::message(format!("unexpected label spec: {pair}")));
        };
        labels.insert(key.to_owned(), value.into());
    }
    if labels.is_empty() {
        labels.insert("run".to_owned(), pod_name.into());
    }
    Ok(labels)
}

fn pod(session: &Session, pod_name: &str, words: &[String]) -> Result<Value, Failure> {
    let flags = session.flags();
    let mut container = json!({"name": pod_name, "image": flags.text("image"), "resources": {}});
    if !words.is_empty() {
        let field = if flags.is("command") {
            "command"
        } else {
            "args"
        };
        set(&mut container, &[field], json!(words));
    }
    let mut environment = Vec::new();
    for pair in flags.list("env") {
        let Some((key, value)) = pair.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(Failure::message(format!("invalid env: {pair}")));
        };
        environment.push(json!({"name": key, "value": value}));
    }
    if !environment.is_empty() {
        set(&mut container, &["env"], Value::Array(environment));
    }
    if !flags.text("image-pull-policy").is_empty() {
        set(
            &mut container,
            &["imagePullPolicy"],
            flags.text("image-pull-policy"),
        );
    }
    if !flags.text("port").is_empty() {
        let port: i64 = flags.text("port").parse().map_err(|_| {
            Failure::message(format!(
                "strconv.Atoi: parsing \"{}\": invalid syntax",
                flags.text("port")
            ))
        })?;
        set(&mut container, &["ports"], json!([{"containerPort": port}]));
    }
    if flags.is("privileged") {
        set(&mut container, &["securityContext", "privileged"], true);
    }
    for (flag, field) in [("stdin", "stdin"), ("tty", "tty")] {
        if flags.is(flag) {
            set(&mut container, &[field], true);
        }
    }
    if flags.is("stdin") && !flags.is("leave-stdin-open") {
        set(&mut container, &["stdinOnce"], true);
    }
    let mut pod = json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": pod_name, "labels": labels(flags.text("labels"), pod_name)?},
        "spec": {"containers": [container], "dnsPolicy": "ClusterFirst", "restartPolicy": flags.text("restart")},
        "status": {}});
    for pair in flags.list("annotations") {
        if let Some((key, value)) = pair.split_once('=') {
            set(&mut pod, &["metadata", "annotations", key], value);
        }
    }
    if session.client.connection.namespace_given {
        set(&mut pod, &["metadata", "namespace"], session.namespace());
    }
    if !flags.text("overrides").is_empty() {
        let overrides: Value = serde_json::from_str(flags.text("overrides"))
            .map_err(|_| Failure::message("Invalid JSON Patch"))?;
        kubernetes_api::patch::merge::apply(&mut pod, &overrides);
    }
    Ok(pod)
}

static EXPOSE_FLAGS: &[Flag] = &[
    Flag::text("cluster-ip", "The address of the service, or None."),
    Flag::text("external-ip", "An address outside of the cluster."),
    Flag::text("labels", "Labels of the service.").short('l'),
    Flag::text("load-balancer-ip", "The address of the load balancer."),
    Flag::text("name", "Name of the service."),
    Flag::text("override-type", "How --overrides is merged.").default("merge"),
    Flag::text("overrides", "JSON that changes the made object."),
    Flag::text("port", "Port of the service."),
    Flag::text("protocol", "TCP, UDP or SCTP."),
    Flag::text("selector", "Labels of the pods."),
    Flag::text("session-affinity", "None or ClientIP."),
    Flag::text("target-port", "Port of the pods."),
    Flag::text("type", "ClusterIP, NodePort, LoadBalancer or ExternalName."),
];

/// `kubectl expose`.
pub static EXPOSE: Command = Command {
    name: "expose",
    usage: "(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type] [options]",
    short: "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
    flags: &[
        EXPOSE_FLAGS,
        SAVE_CONFIG,
        global::FILES,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
    ],
    run: Some(|invocation| Box::pin(expose(invocation))),
    ..Command::EMPTY
};

async fn expose(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    if session.arguments().is_empty() && !session.has_files() {
        return Err(arguments::nothing_given());
    }
    let writing = Writing::of(session.flags(), "kubectl-expose")?;
    let mut report = Report::new(&session, writing.suffix())?.typed();
    let named = session.named().await?;
    let (found, failures) = of_named_ignoring_selector(&session, named).await?;
    Failure::all(failures)?;
    for (resource, object) in found {
        let service = service(&session, &resource.kind, &object)?;
        let mut shown = service.clone();
        if writing.dry_run() != DryRun::Client {
            let services = session.mapper.resource("services").await?;
            let created = writing
                .create(&session, &services, session.namespace(), &service)
                .await?;
            shown = (*created).clone();
        }
        report.say_now(&session, &shown, "exposed").await?;
    }
    Ok(())
}

/// `--selector` is the service's here, not a selection of objects.
async fn of_named_ignoring_selector(
    session: &Session,
    named: Vec<arguments::Named>,
) -> Result<(Vec<targets::Found>, Vec<Failure>), Failure> {
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for one in named {
        let Some(name) = &one.name else {
            return Err(arguments::no_name());
        };
        let namespace = if one.namespace.is_empty() {
            session.namespace()
        } else {
            &one.namespace
        };
        match session.get_in(&one.resource, namespace, name).await {
            Ok(object) => found.push((one.resource.clone(), (*object).clone())),
            Err(failure) => failures.push(failure),
        }
    }
    Ok((found, failures))
}

fn service(session: &Session, kind: &str, object: &Value) -> Result<Value, Failure> {
    let flags = session.flags();
    for port in flags
        .text("port")
        .split(',')
        .filter(|port| !port.is_empty())
    {
        if port.parse::<i64>().is_err() {
            return Err(Failure::message(format!(
                "strconv.Atoi: parsing {}: invalid syntax",
                kubernetes_api::json::quote_go(port)
            )));
        }
    }
    let selector = match (flags.text("selector"), kind) {
        ("", "Deployment" | "ReplicaSet") => {
            get_map(object, &["spec", "selector", "matchLabels"]).cloned()
        }
        ("", "ReplicationController" | "Service") => {
            get_map(object, &["spec", "selector"]).cloned()
        }
        ("", "Pod") => {
            let labels = get_map(object, &["metadata", "labels"]).cloned();
            if labels.as_ref().is_none_or(Map::is_empty) {
                return Err(Failure::message(
                    "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
                ));
            }
            labels
        }
        ("", _) => return Err(Failure::message(format!("cannot expose a {kind}"))),
        (text, _) => Some(labels(text, "")?),
    };
    let target = flags.text("target-port");
    let ports = service_ports(session, kind, object)?;
    let several = ports.len() > 1;
    let made: Vec<Value> = ports
        .into_iter()
        .enumerate()
        .map(|(index, (port, protocol))| {
            let protocol = match flags.text("protocol") {
                "" => protocol,
                given => given.to_owned(),
            };
            let target = if target.is_empty() {
                port.clone()
            } else {
                number(target)
            };
            let mut made = json!({"port": port, "protocol": protocol, "targetPort": target});
            if several {
                set(&mut made, &["name"], format!("port-{}", index + 1));
            }
            made
        })
        .collect();
    let service_name = match flags.text("name") {
        "" => name(object),
        given => given,
    };
    let mut service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": service_name},
        "spec": {"ports": made, "selector": selector}, "status": {"loadBalancer": {}}});
    let own = get_map(object, &["metadata", "labels"]).cloned();
    let own = match flags.text("labels") {
        "" => own,
        text => Some(labels(text, "")?),
    };
    if let Some(own) = own.filter(|own| !own.is_empty()) {
        set(&mut service, &["metadata", "labels"], Value::Object(own));
    }
    for (flag, field) in [
        ("type", "type"),
        ("cluster-ip", "clusterIP"),
        ("session-affinity", "sessionAffinity"),
        ("load-balancer-ip", "loadBalancerIP"),
    ] {
        if !flags.text(flag).is_empty() {
            set(&mut service, &["spec", field], flags.text(flag));
        }
    }
    if !flags.text("external-ip").is_empty() {
        let addresses = json!([flags.text("external-ip")]);
        set(&mut service, &["spec", "externalIPs"], addresses);
    }
    Ok(service)
}

/// The ports to expose, with their protocols: those of the flag, else those of the object.
fn service_ports(
    session: &Session,
    kind: &str,
    object: &Value,
) -> Result<Vec<(Value, String)>, Failure> {
    let flags = session.flags();
    let pod_spec = match kind {
        "Pod" => get(object, &["spec"]),
        _ => get(object, &["spec", "template", "spec"]),
    };
    let mut ports: Vec<(Value, String)> = Vec::new();
    if flags.text("port").is_empty() {
        let containers = pod_spec
            .map(|spec| get_list(spec, &["containers"]))
            .unwrap_or_default();
        for port in containers
            .iter()
            .flat_map(|container| get_list(container, &["ports"]))
        {
            let protocol = get_str(port, &["protocol"]);
            ports.push((
                get(port, &["containerPort"]).cloned().unwrap_or_default(),
                if protocol.is_empty() { "TCP" } else { protocol }.to_owned(),
            ));
        }
        if kind == "Service" {
            for port in get_list(object, &["spec", "ports"]) {
                ports.push((
                    get(port, &["port"]).cloned().unwrap_or_default(),
                    "TCP".to_owned(),
                ));
            }
        }
        if ports.is_empty() {
            return Err(Failure::message(
                "couldn't find port via --port flag or introspection",
            ));
        }
    } else {
        for text in flags.text("port").split(',') {
            ports.push((number(text), "TCP".to_owned()));
        }
    }
    Ok(ports)
}

/// A number, or the name of a port.
fn number(text: &str) -> Value {
    text.parse::<i64>()
        .map_or_else(|_| Value::from(text), Value::from)
}
