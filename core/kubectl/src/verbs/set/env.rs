//! `kubectl set env`: variables of containers.

use super::{LOCAL, change_all, each_container, pod_spec_path, take_pairs};
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::Session;
use kubernetes_api::object::{entry, get, get_list, get_map, get_str, kind, name};
use serde_json::{Value, json};

static FLAGS: &[Flag] = &[
    Flag::text("containers", "Containers to change; * fits anything.")
        .short('c')
        .default("*"),
    Flag::new("env", Kind::Array, "Variables, KEY=VALUE.").short('e'),
    Flag::text("from", "ConfigMap or Secret to take variables from."),
    Flag::list("keys", "Only these keys of --from."),
    Flag::switch("list", "Show the variables."),
    Flag::switch("overwrite", "Change variables that are there.").default("true"),
    Flag::text("prefix", "Words before the names of --from."),
    Flag::switch(
        "resolve",
        "With --list: show values of ConfigMaps and Secrets.",
    ),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "env",
    usage: "RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N [options]",
    short: "Update environment variables on a pod template",
    flags: &[
        FLAGS,
        LOCAL,
        global::FILES,
        global::SELECTOR,
        global::ALL,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
    ],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

async fn run(mut invocation: Invocation) -> Outcome {
    let mut pairs = take_pairs(&mut invocation);
    pairs.extend(invocation.flags.list("env"));
    let session = Session::open(invocation)?;
    let flags = session.flags();
    if flags.is("list") {
        return list(&session).await;
    }
    let variables = variables(&session, &pairs).await?;
    let removed: Vec<&str> = pairs
        .iter()
        .filter_map(|pair| pair.strip_suffix('-'))
        .filter(|name| !name.contains('='))
        .collect();
    if variables.is_empty() && removed.is_empty() {
        crate::targets::objects(&session).await?;
        return Ok(());
    }
    let pattern = flags.text("containers").to_owned();
    let warned = std::cell::RefCell::new(String::new());
    let outcome = change_all(
        &session,
        "env updated",
        "env update to pod template",
        |object| {
            let path = pod_spec_path(object)?;
            let count = each_container(object, &path, &pattern, |container| {
                let place = entry(container, &["env"]);
                if !place.is_array() {
                    *place = json!([]);
                }
                let Value::Array(all) = place else { return };
                for variable in &variables {
                    let name = get_str(variable, &["name"]);
                    match all.iter_mut().find(|one| get_str(one, &["name"]) == name) {
                        Some(one) => *one = variable.clone(),
                        None => all.push(variable.clone()),
                    }
                }
                all.retain(|one| !removed.contains(&get_str(one, &["name"])));
                if all.is_empty() {
                    kubernetes_api::object::remove(container, &["env"]);
                }
            });
            if count == 0 {
                warned.borrow_mut().push_str(&format!(
                    "Warning: {}/{} does not have any containers matching {}\n",
                    kind(object),
                    name(object),
                    kubernetes_api::json::quote_go(&pattern)
                ));
            }
            Ok(())
        },
    )
    .await;
    session.print_error(warned.into_inner()).await;
    outcome
}

/// The variables to set: those of the command line and those of `--from`.
async fn variables(session: &Session, pairs: &[String]) -> Result<Vec<Value>, Failure> {
    let flags = session.flags();
    let mut variables: Vec<Value> = pairs
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    if !flags.text("from").is_empty() {
        let named = crate::arguments::type_and_name(&session.mapper, flags.text("from")).await?;
        let source = session
            .get(&named.resource, named.name.as_deref().unwrap_or_default())
            .await?;
        let reference = if named.resource.kind == "Secret" {
            "secretKeyRef"
        } else {
            "configMapKeyRef"
        };
        let keys = flags.list("keys");
        for (key, _) in get_map(&source, &["data"]).into_iter().flatten() {
            if !keys.is_empty() && !keys.contains(key) {
                continue;
            }
            let upper: String = key
                .chars()
                .map(|c| {
                    if c.is_ascii_alphanumeric() {
                        c.to_ascii_uppercase()
                    } else {
                        '_'
                    }
                })
                .collect();
            variables.push(json!({"name": format!("{}{upper}", flags.text("prefix")),
                "valueFrom": {reference: {"key": key, "name": name(&source)}}}));
        }
    }
    Ok(variables)
}

async fn list(session: &Session) -> Outcome {
    for (_, object) in crate::targets::objects(session).await? {
        let path = pod_spec_path(&object)?;
        let spec = get(&object, &path).unwrap_or(&Value::Null);
        for container in get_list(spec, &["containers"]) {
            let mut text = format!(
                "# {} {}, container {}\n",
                kind(&object),
                name(&object),
                get_str(container, &["name"])
            );
            for variable in get_list(container, &["env"]) {
                let name = get_str(variable, &["name"]);
                match get(variable, &["valueFrom"]) {
                    None => text.push_str(&format!("{name}={}\n", get_str(variable, &["value"]))),
                    Some(from) => text.push_str(&format!("# {name} from {}\n", source(from))),
                }
            }
            session.print(text).await;
        }
    }
    Ok(())
}

fn source(from: &Value) -> String {
    if let Some(field) = get(from, &["fieldRef"]) {
        return format!("field path {}", get_str(field, &["fieldPath"]));
    }
    if let Some(secret) = get(from, &["secretKeyRef"]) {
        return format!(
            "secret {}, key {}",
            get_str(secret, &["name"]),
            get_str(secret, &["key"])
        );
    }
    if let Some(map) = get(from, &["configMapKeyRef"]) {
        return format!(
            "configmap {}, key {}",
            get_str(map, &["name"]),
            get_str(map, &["key"])
        );
    }
    "resource".to_owned()
}
