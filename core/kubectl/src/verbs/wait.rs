//! `kubectl wait`: until objects are in a condition, have a value, or are gone.
//!
//! Models kubectl `pkg/cmd/wait`.

use super::delete;
use crate::arguments;
use crate::client::Call;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::printing::output::type_and_name;
use crate::printing::template;
use crate::session::Session;
use crate::targets;
use kubernetes_api::json::quote_go;
use kubernetes_api::object::{get_list, get_str, name, namespace, uid};
use kubernetes_api::resources::Resource;
use serde_json::Value;
use simulation::timeout;

static FLAGS: &[Flag] = &[
    Flag::new(
        "for",
        Kind::Array,
        "\"create\", \"delete\", condition=NAME[=VALUE] or jsonpath='{PATH}'[=VALUE].",
    ),
    Flag::switch("local", "Look at what the file says, without the server."),
    Flag::text("output", "Format of the output.").short('o'),
    Flag::new(
        "timeout",
        Kind::Duration,
        "Time to wait; 0 looks once, below 0 is a week.",
    )
    .default("30s"),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "wait",
    usage: "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]] [options]",
    short: "Wait for a specific condition on one or many resources",
    examples: "# Until a pod is ready\nkubectl wait --for=condition=Ready pod/web",
    flags: &[
        FLAGS,
        global::FILES,
        global::SELECTOR,
        global::FIELD_SELECTOR,
        global::ALL,
        global::ALL_NAMESPACES,
    ],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

enum Goal {
    Create,
    Delete,
    Condition(String, String),
    Path(String, Option<String>),
}

fn goal(text: &str) -> Result<Goal, Failure> {
    let lower = text.to_lowercase();
    if lower == "delete" {
        return Ok(Goal::Delete);
    }
    if lower == "create" {
        return Ok(Goal::Create);
    }
    if let Some(rest) = text.strip_prefix("condition=") {
        let (name, value) = rest.split_once('=').unwrap_or((rest, "true"));
        return Ok(Goal::Condition(name.to_owned(), value.to_owned()));
    }
    if let Some(rest) = text.strip_prefix("jsonpath=") {
        let (path, value) = match rest.rfind("}=") {
            Some(at) => {
                let (path, value) = rest.split_at_checked(at + 1).unwrap_or((rest, ""));
                (path, value.strip_prefix('=').map(str::to_owned))
            }
            None => match rest.split_once('=') {
                Some((path, value)) if !rest.starts_with('{') => (path, Some(value.to_owned())),
                _ => (rest, None),
            },
        };
        if path.is_empty() {
            return Err(Failure::message("jsonpath expression cannot be empty"));
        }
        let path = template::relaxed(path)?;
        template::check_json_path(&path)?;
        return Ok(Goal::Path(path, value));
    }
    Err(Failure::message(format!(
        "unrecognized condition: {}",
        quote_go(text)
    )))
}

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let goal = goal(flags.text("for"))?;
    if session.arguments().is_empty() && !session.has_files() {
        return Err(arguments::nothing_given());
    }
    let nanoseconds = flags.duration("timeout");
    let nanoseconds = if nanoseconds < 0 {
        7 * 24 * 3600 * kubernetes_api::duration::SECOND
    } else {
        nanoseconds.max(1)
    };
    let limit = machine::Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or_default());
    let clock = session.invocation.process.simulation();
    let deadline = clock.now() + limit;
    if matches!(goal, Goal::Create) {
        let found = timeout(clock, limit, wait_for_creation(&session)).await;
        return found
            .unwrap_or_else(|| Err(Failure::message("timed out waiting for the condition")));
    }
    let (found, failures) = targets::objects_and_failures(&session).await?;
    if matches!(goal, Goal::Delete)
        && found.is_empty()
        && failures.iter().all(Failure::is_not_found)
    {
        return Ok(());
    }
    Failure::all(failures)?;
    if found.is_empty() {
        return Err(Failure::message("no matching resources found"));
    }
    let mut failures = Vec::new();
    for (resource, object) in found {
        let rest = deadline
            .since(clock.now())
            .max(machine::Duration::from_nanos(1));
        let waiting = wait_for(&session, &resource, &object, &goal);
        match timeout(clock, rest, waiting).await {
            Some(Ok(())) => {
                session
                    .print(format!("{} condition met\n", type_and_name(&object)))
                    .await;
            }
            Some(Err(failure)) => failures.push(failure),
            None => failures.push(Failure::Plain(format!(
                "timed out waiting for the condition on {}/{}",
                resource.plural,
                name(&object)
            ))),
        }
    }
    Failure::all(failures).map_err(|failure| match failure {
        Failure::Plain(text) => Failure::Message(text),
        other => other,
    })
}

async fn wait_for_creation(session: &Session) -> Outcome {
    loop {
        let (found, _) = targets::objects_and_failures(session).await?;
        if !found.is_empty() {
            for (_, object) in found {
                session
                    .print(format!("{} condition met\n", type_and_name(&object)))
                    .await;
            }
            return Ok(());
        }
        session
            .invocation
            .process
            .sleep(machine::Duration::from_secs(1))
            .await;
    }
}

async fn wait_for(
    session: &Session,
    resource: &std::rc::Rc<Resource>,
    object: &Value,
    goal: &Goal,
) -> Outcome {
    if matches!(goal, Goal::Delete) {
        let target = delete::Target {
            resource: resource.clone(),
            namespace: namespace(object).to_owned(),
            name: name(object).to_owned(),
            source: String::new(),
        };
        return delete::wait_until_gone(session, &target, uid(object), 0).await;
    }
    let fields = format!("metadata.name={}", name(object));
    let path = resource.path(Some(namespace(object)), None, None);
    let call = || Call::get(path.as_str()).query("fieldSelector", fields.as_str());
    loop {
        let list = session.client.call(call()).await?;
        for one in get_list(&list, &["items"]) {
            if reached(one, goal)? {
                return Ok(());
            }
        }
        let version = get_str(&list, &["metadata", "resourceVersion"]);
        let mut watch = session
            .client
            .watch(call().query("resourceVersion", version))
            .await?;
        while let Some(event) = watch.next().await {
            if event.kind == "ERROR" {
                break;
            }
            if event.kind != "DELETED" && reached(&event.object, goal)? {
                return Ok(());
            }
        }
        session
            .invocation
            .process
            .sleep(machine::Duration::from_millis(500))
            .await;
    }
}

fn reached(object: &Value, goal: &Goal) -> Result<bool, Failure> {
    Ok(match goal {
        Goal::Create | Goal::Delete => false,
        Goal::Condition(wanted, value) => get_list(object, &["status", "conditions"])
            .iter()
            .find(|one| get_str(one, &["type"]).eq_ignore_ascii_case(wanted))
            .is_some_and(|one| {
                let generation = kubernetes_api::object::generation(object);
                let observed = kubernetes_api::object::get_i64(one, &["observedGeneration"])
                    .or_else(|| {
                        kubernetes_api::object::get_i64(object, &["status", "observedGeneration"])
                    });
                get_str(one, &["status"]).eq_ignore_ascii_case(value)
                    && observed.is_none_or(|observed| observed >= generation)
            }),
        Goal::Path(path, wanted) => match (template::first(path, object)?, wanted) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(value), Some(wanted)) => kubernetes_api::jsonpath::printed(&value) == *wanted,
        },
    })
}
