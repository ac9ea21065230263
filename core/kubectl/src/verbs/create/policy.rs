//! `kubectl create namespace`, `quota`, `poddisruptionbudget`, `priorityclass`.

use super::{SAVE_CONFIG, name_argument, submit};
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::Session;
use kubernetes_api::object::set;
use kubernetes_api::selector::{LabelSelector, Operator};
use serde_json::{Map, Value, json};

/// `kubectl create namespace`.
pub static NAMESPACE: Command = Command {
    name: "namespace",
    aliases: &["ns"],
    usage: "NAME [--dry-run=server|client|none] [options]",
    short: "Create a namespace with the specified name",
    flags: &[
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(namespace(invocation))),
    ..Command::EMPTY
};

async fn namespace(invocation: Invocation) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "spec": {}, "status": {}});
    submit(&session, object, "").await
}

static QUOTA_FLAGS: &[Flag] = &[
    Flag::text("hard", "Amounts, such as pods=2,cpu=1."),
    Flag::text("scopes", "Scopes, between commas."),
];

/// `kubectl create quota`.
pub static QUOTA: Command = Command {
    name: "quota",
    aliases: &["resourcequota"],
    usage: "NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none] [options]",
    short: "Create a quota with the specified name",
    flags: &[
        QUOTA_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(quota(invocation))),
    ..Command::EMPTY
};

async fn quota(invocation: Invocation) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let mut object = json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": name}, "spec": {}, "status": {}});
    let hard = super::super::amounts(flags.text("hard"))?;
    if !hard.is_empty() {
        set(&mut object, &["spec", "hard"], Value::Object(hard));
    }
    let scopes: Vec<&str> = flags
        .text("scopes")
        .split(',')
        .filter(|scope| !scope.is_empty())
        .collect();
    if !scopes.is_empty() {
        set(&mut object, &["spec", "scopes"], json!(scopes));
    }
    submit(&session, object, "failed to create resourcequota: ").await
}

static BUDGET_FLAGS: &[Flag] = &[
    Flag::text("max-unavailable", "How many pods may be away."),
    Flag::text("min-available", "How many pods must be there."),
    Flag::text("selector", "Labels of the pods."),
];

/// `kubectl create poddisruptionbudget`.
pub static DISRUPTION_BUDGET: Command = Command {
    name: "poddisruptionbudget",
    aliases: &["pdb"],
    usage: "NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none] [options]",
    short: "Create a pod disruption budget with the specified name",
    flags: &[
        BUDGET_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(disruption_budget(invocation))),
    ..Command::EMPTY
};

/// A number, or a text such as `50%`.
fn number_or_text(text: &str) -> Value {
    text.parse::<i64>()
        .map_or_else(|_| text.into(), Value::from)
}

async fn disruption_budget(invocation: Invocation) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let (least, most) = (flags.text("min-available"), flags.text("max-unavailable"));
    if flags.text("selector").is_empty() {
        return Err(Failure::message("a selector must be specified"));
    }
    if least.is_empty() && most.is_empty() {
        return Err(Failure::message(
            "one of min-available or max-unavailable must be specified",
        ));
    }
    if !least.is_empty() && !most.is_empty() {
        return Err(Failure::message(
            "min-available and max-unavailable cannot be both specified",
        ));
    }
    let mut spec = json!({"selector": selector(flags.text("selector"))?});
    if least.is_empty() {
        set(&mut spec, &["maxUnavailable"], number_or_text(most));
    } else {
        set(&mut spec, &["minAvailable"], number_or_text(least));
    }
    let object = json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name}, "spec": spec,
        "status": {"currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0}});
    submit(&session, object, "failed to create poddisruptionbudgets: ").await
}

/// A label selector object of its text.
pub fn selector(text: &str) -> Result<Value, Failure> {
    let parsed = LabelSelector::parse(text).map_err(Failure::message)?;
    let mut labels = Map::new();
    let mut expressions = Vec::new();
    for one in parsed.requirements() {
        let operator = match one.operator {
            Operator::Equals | Operator::DoubleEquals => {
                let value = one.values.first().cloned().unwrap_or_default();
                labels.insert(one.key.clone(), value.into());
                continue;
            }
            Operator::In => "In",
            Operator::NotIn | Operator::NotEquals => "NotIn",
            Operator::Exists => "Exists",
            Operator::DoesNotExist => "DoesNotExist",
            _ => {
                return Err(Failure::message(format!(
                    "{one:?} is not a valid label selector operator"
                )));
            }
        };
        let mut expression = json!({"key": one.key, "operator": operator});
        if !one.values.is_empty() {
            set(&mut expression, &["values"], json!(one.values));
        }
        expressions.push(expression);
    }
    let mut selector = Map::new();
    if !labels.is_empty() {
        selector.insert("matchLabels".into(), Value::Object(labels));
    }
    if !expressions.is_empty() {
        selector.insert("matchExpressions".into(), Value::Array(expressions));
    }
    Ok(Value::Object(selector))
}

static PRIORITY_FLAGS: &[Flag] = &[
    Flag::text("description", "When to use the class."),
    Flag::switch("global-default", "Pods without a class get this one."),
    Flag::text(
        "preemption-policy",
        "Whether others make room: PreemptLowerPriority or Never.",
    )
    .default("PreemptLowerPriority"),
    Flag::new("value", Kind::Int32, "The priority."),
];

/// `kubectl create priorityclass`.
pub static PRIORITY_CLASS: Command = Command {
    name: "priorityclass",
    aliases: &["pc"],
    usage: "NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none] [options]",
    short: "Create a priority class with the specified name",
    flags: &[
        PRIORITY_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(priority_class(invocation))),
    ..Command::EMPTY
};

async fn priority_class(invocation: Invocation) -> Outcome {
    let name = name_argument(&invocation)?;
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let mut object = json!({"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": name},
        "value": flags.int("value"), "preemptionPolicy": flags.text("preemption-policy")});
    if flags.is("global-default") {
        set(&mut object, &["globalDefault"], true);
    }
    if !flags.text("description").is_empty() {
        set(&mut object, &["description"], flags.text("description"));
    }
    submit(&session, object, "failed to create priorityclass: ").await
}
