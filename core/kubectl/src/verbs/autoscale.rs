//! `kubectl autoscale` and `kubectl top`.

use crate::arguments;
use crate::client::Call;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::Session;
use crate::targets;
use crate::writing::{DryRun, Report, Writing};
use kubernetes_api::object::{api_version, kind, name, set};
use serde_json::{Value, json};

static FLAGS: &[Flag] = &[
    Flag::text("cpu", "Use of CPU to aim at: 50%, 500m."),
    Flag::new(
        "cpu-percent",
        Kind::Int32,
        "Use of CPU to aim at, in percent of the request (deprecated).",
    )
    .default("-1"),
    Flag::new("max", Kind::Int32, "Pods at most.").default("-1"),
    Flag::text("memory", "Use of memory to aim at: 60%, 256Mi."),
    Flag::new("min", Kind::Int32, "Pods at least.").default("-1"),
    Flag::text("name", "Name of the autoscaler."),
];

/// `kubectl autoscale`.
pub static COMMAND: Command = Command {
    name: "autoscale",
    usage: "(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [options]",
    short: "Auto-scale a deployment, replica set, stateful set, or replication controller",
    flags: &[
        FLAGS,
        global::FILES,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
    ],
    required: &["max"],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

fn metric(resource: &str, text: &str) -> Value {
    let target = match text.strip_suffix('%').map(str::parse::<i64>) {
        Some(Ok(percent)) => json!({"type": "Utilization", "averageUtilization": percent}),
        _ => json!({"type": "AverageValue", "averageValue": text}),
    };
    json!({"type": "Resource", "resource": {"name": resource, "target": target}})
}

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let (least, most) = (flags.int("min"), flags.int("max"));
    if most < 1 {
        return Err(Failure::message(format!(
            "--max=MAXPODS is required and must be at least 1, max: {most}"
        )));
    }
    if most < least {
        return Err(Failure::message(format!(
            "--max=MAXPODS must be larger or equal to --min=MINPODS, max: {most}, min: {least}"
        )));
    }
    if session.arguments().is_empty() && !session.has_files() {
        return Err(arguments::nothing_given());
    }
    let writing = Writing::of(flags, "kubectl-autoscale")?;
    let mut report = Report::new(&session, writing.suffix())?.typed();
    for (resource, object) in targets::objects(&session).await? {
        if resource.subresource("scale").is_none() && !resource.custom {
            return Err(Failure::message(format!(
                "cannot autoscale a {}: could not find scale subresource for {}/{}, Resource={} in discovery information",
                resource.kind, resource.group, resource.version, resource.plural
            )));
        }
        let own = match flags.text("name") {
            "" => name(&object),
            given => given,
        };
        let mut spec = json!({"maxReplicas": most, "scaleTargetRef": {"apiVersion": api_version(&object), "kind": kind(&object), "name": name(&object)}});
        if least > 0 {
            set(&mut spec, &["minReplicas"], least);
        }
        let mut metrics = Vec::new();
        if !flags.text("cpu").is_empty() {
            metrics.push(metric("cpu", flags.text("cpu")));
        } else if flags.int("cpu-percent") >= 0 {
            metrics.push(metric("cpu", &format!("{}%", flags.int("cpu-percent"))));
        }
        if !flags.text("memory").is_empty() {
            metrics.push(metric("memory", flags.text("memory")));
        }
        if !metrics.is_empty() {
            set(&mut spec, &["metrics"], Value::Array(metrics));
        }
        let mut made = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": own}, "spec": spec,
            "status": {"currentMetrics": null, "desiredReplicas": 0}});
        if writing.dry_run() != DryRun::Client {
            let resource = session
                .mapper
                .resource("horizontalpodautoscalers.v2.autoscaling")
                .await?;
            made = (*writing
                .create(&session, &resource, session.namespace(), &made)
                .await?)
                .clone();
        }
        report.say_now(&session, &made, "autoscaled").await?;
    }
    Ok(())
}

/// `kubectl top`.
pub static TOP: Command = Command {
    name: "top",
    usage: "[flags] [options]",
    short: "Display resource (CPU/memory) usage",
    children: &[&TOP_NODE, &TOP_POD],
    ..Command::EMPTY
};

static TOP_FLAGS: &[Flag] = &[
    Flag::switch("containers", "A line for each container."),
    Flag::switch("no-headers", "No line of headers."),
    Flag::text("sort-by", "\"cpu\" or \"memory\"."),
    Flag::switch("sum", "The sum at the end."),
];

static TOP_NODE: Command = Command {
    name: "node",
    aliases: &["nodes", "no"],
    usage: "[NAME | -l label] [options]",
    short: "Display resource (CPU/memory) usage of nodes",
    flags: &[TOP_FLAGS, global::SELECTOR],
    run: Some(|invocation| Box::pin(top(invocation))),
    ..Command::EMPTY
};

static TOP_POD: Command = Command {
    name: "pod",
    aliases: &["pods", "po"],
    usage: "[NAME | -l label] [options]",
    short: "Display resource (CPU/memory) usage of pods",
    flags: &[TOP_FLAGS, global::SELECTOR, global::ALL_NAMESPACES],
    run: Some(|invocation| Box::pin(top(invocation))),
    ..Command::EMPTY
};

async fn top(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    match session
        .client
        .call(Call::get("/apis/metrics.k8s.io/v1beta1"))
        .await
    {
        Err(failure) if !failure.is_not_found() => Err(failure),
        _ => Err(Failure::message("Metrics API not available")),
    }
}
