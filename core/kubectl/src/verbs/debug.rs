//! `kubectl debug`: a container more in a pod, a changed copy of a pod, or a pod on a node.
//!
//! Models kubectl `pkg/cmd/debug` with the profile `general`.

use super::exec;
use crate::arguments;
use crate::client::Call;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::session::{Session, segment};
use crate::writing::STRATEGIC;
use kubernetes_api::object::{get, get_list, get_str, name, namespace, remove, set};
use serde_json::{Value, json};

static FLAGS: &[Flag] = &[
    Flag::switch("arguments-only", "The words after -- are arguments."),
    Flag::switch("attach", "Attach to the container."),
    Flag::text("container", "Name of the container.").short('c'),
    Flag::text("copy-to", "Debug a copy of the pod with this name."),
    Flag::new("env", Kind::Array, "Variables, KEY=VALUE."),
    Flag::text("image", "Image of the container."),
    Flag::text("image-pull-policy", "When the image is pulled."),
    Flag::text("profile", "Which rights the container gets.").default("general"),
    Flag::switch("quiet", "Say nothing.").short('q'),
    Flag::switch("replace", "With --copy-to: delete the pod."),
    Flag::switch("same-node", "With --copy-to: on the same node."),
    Flag::list("set-image", "With --copy-to: other images, NAME=IMAGE."),
    Flag::switch(
        "share-processes",
        "With --copy-to: containers see each other's processes.",
    )
    .default("true"),
    Flag::switch("stdin", "Keep the input open.").short('i'),
    Flag::text("target", "The container whose processes are seen."),
    Flag::switch("tty", "With a terminal.").short('t'),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "debug",
    usage: "(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ] [options]",
    short: "Create debugging sessions for troubleshooting workloads and nodes",
    examples: "# A shell beside the pod's containers\nkubectl debug web -it --image=busybox",
    flags: &[FLAGS],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

fn wrong_use(invocation: &Invocation) -> Option<&'static str> {
    let flags = &invocation.flags;
    let command = invocation
        .dash
        .is_some_and(|dash| dash < invocation.arguments.len());
    let has = |flag: &str| !flags.text(flag).is_empty();
    if has("copy-to") {
        if !has("image") && !has("set-image") && !command {
            return Some("you must specify --image, --set-image or command arguments.");
        }
        if command && !has("container") && !has("image") {
            return Some(
                "you must specify an existing container or a new image when specifying args.",
            );
        }
        if has("target") {
            return Some("--target is incompatible with --copy-to. Use --share-processes instead.");
        }
    } else if flags.is("replace") {
        return Some("--replace may only be used with --copy-to.");
    } else if flags.is("same-node") {
        return Some("--same-node may only be used with --copy-to.");
    } else if has("set-image") {
        return Some("--set-image may only be used with --copy-to.");
    } else if !has("image") {
        return Some("you must specify --image when not using --copy-to.");
    }
    if flags.is("tty") && !flags.is("stdin") {
        return Some("-i/--stdin is required for containers with -t/--tty=true");
    }
    None
}

async fn run(invocation: Invocation) -> Outcome {
    let dash = invocation.dash.unwrap_or(invocation.arguments.len());
    let (names, command) = match invocation.arguments.split_at_checked(dash) {
        Some((names, command)) => (names.to_vec(), command.to_vec()),
        None => (Vec::new(), Vec::new()),
    };
    if let Some(wrong) = wrong_use(&invocation) {
        return Err(Failure::message(wrong));
    }
    if names.is_empty() {
        return Err(Failure::message("NAME or filename is required for debug"));
    }
    let session = Session::open(invocation)?;
    for word in names {
        let word = if word.contains('/') {
            word
        } else {
            format!("pods/{word}")
        };
        let named = arguments::type_and_name(&session.mapper, &word).await?;
        let given = named.name.unwrap_or_default();
        let object = session.get(&named.resource, &given).await?;
        let (pod, container) = match named.resource.plural.as_str() {
            "pods" if session.flags().text("copy-to").is_empty() => {
                beside(&session, &object, &command).await?
            }
            "pods" => copy(&session, &object, &command).await?,
            "nodes" => on_node(&session, &object, &command).await?,
            _ => {
                return Err(Failure::message(format!(
                    "\"{given}\" not supported by debug"
                )));
            }
        };
        if session.flags().is("attach") || session.flags().is("stdin") {
            if !session.flags().is("quiet") {
                session
                    .print_error("All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n")
                    .await;
            }
            exec::attach_to(&session, &pod, &container).await?;
        }
    }
    Ok(())
}

fn suffix(session: &Session) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let process = &session.invocation.process;
    let letters = (0..5).filter_map(|_| {
        let at = process.simulation().random().next_u64() % LETTERS.len() as u64;
        LETTERS.get(usize::try_from(at).ok()?).copied()
    });
    letters.map(char::from).collect()
}

/// The name of the new container, which is said when it is made up.
async fn container_name(session: &Session) -> String {
    let given = session.flags().text("container");
    if !given.is_empty() {
        return given.to_owned();
    }
    let name = format!("debugger-{}", suffix(session));
    if !session.flags().is("quiet") {
        let text = format!("Defaulting debug container name to {name}.\n");
        session.print(text).await;
    }
    name
}

/// The new container as the flags want it.
fn container(session: &Session, name: &str, command: &[String]) -> Value {
    let flags = session.flags();
    let mut container = json!({"name": name, "image": flags.text("image"), "resources": {},
        "terminationMessagePolicy": "File",
        "securityContext": {"capabilities": {"add": ["SYS_PTRACE"]}}});
    for flag in ["stdin", "tty"] {
        if flags.is(flag) {
            set(&mut container, &[flag], true);
        }
    }
    if !flags.text("image-pull-policy").is_empty() {
        set(
            &mut container,
            &["imagePullPolicy"],
            flags.text("image-pull-policy"),
        );
    }
    if !command.is_empty() {
        let field = if flags.is("arguments-only") {
            "args"
        } else {
            "command"
        };
        set(&mut container, &[field], json!(command));
    }
    let pairs = flags.list("env");
    let variables: Vec<Value> = pairs
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    if !variables.is_empty() {
        set(&mut container, &["env"], variables);
    }
    container
}

/// An ephemeral container in a pod that runs.
async fn beside(
    session: &Session,
    pod: &Value,
    command: &[String],
) -> Result<(Value, String), Failure> {
    let target = session.flags().text("target");
    if !target.is_empty() {
        let text = format!(
            "Targeting container \"{target}\". If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n"
        );
        session.print(text).await;
    }
    let name = container_name(session).await;
    let mut container = container(session, &name, command);
    if !target.is_empty() {
        set(&mut container, &["targetContainerName"], target);
    }
    let have = get_list(pod, &["spec", "ephemeralContainers"]).iter();
    let mut order: Vec<Value> = have
        .map(|one| json!({"name": get_str(one, &["name"])}))
        .collect();
    order.push(json!({"name": name}));
    let patch = json!({"spec": {"$setElementOrder/ephemeralContainers": order, "ephemeralContainers": [container]}});
    let path = format!(
        "/api/v1/namespaces/{}/pods/{}/ephemeralcontainers",
        namespace(pod),
        segment(self::name(pod))
    );
    let bytes = kubernetes_api::json::compact(&patch).into_bytes();
    let call = Call::new("PATCH", path)
        .query("fieldManager", "kubectl-debug")
        .patch(STRATEGIC, bytes);
    let changed = session.client.call(call).await?;
    Ok(((*changed).clone(), name))
}

async fn create(session: &Session, pod: &Value) -> Result<Value, Failure> {
    let path = format!("/api/v1/namespaces/{}/pods", session.namespace());
    let call = Call::new("POST", path)
        .query("fieldManager", "kubectl-debug")
        .object(pod.clone());
    Ok((*session.client.call(call).await?).clone())
}

/// A copy of a pod with another container, or with one of its own changed.
async fn copy(
    session: &Session,
    pod: &Value,
    command: &[String],
) -> Result<(Value, String), Failure> {
    let flags = session.flags();
    let mut spec = pod.get("spec").cloned().unwrap_or_default();
    remove(&mut spec, &["ephemeralContainers"]);
    if !flags.is("same-node") {
        remove(&mut spec, &["nodeName"]);
    }
    set(
        &mut spec,
        &["shareProcessNamespace"],
        flags.is("share-processes"),
    );
    let given = flags.text("container");
    let has = |wanted: &str| {
        get_list(pod, &["spec", "containers"])
            .iter()
            .any(|one| get_str(one, &["name"]) == wanted)
    };
    let chosen = if has(given) || flags.text("image").is_empty() {
        given.to_owned()
    } else {
        container_name(session).await
    };
    let images = flags.list("set-image");
    if let Some(Value::Array(containers)) = spec.get_mut("containers") {
        for one in containers.iter_mut() {
            for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
                remove(one, &[probe]);
            }
            let called = get_str(one, &["name"]).to_owned();
            let image = images.iter().filter_map(|pair| pair.split_once('='));
            for (name, image) in image {
                if name == "*" || name == called {
                    set(one, &["image"], image);
                }
            }
            if called == chosen {
                let mut changed = container(session, &chosen, command);
                remove(&mut changed, &["resources"]);
                if flags.text("image").is_empty() {
                    remove(&mut changed, &["image"]);
                }
                if !command.is_empty() {
                    remove(one, &["args"]);
                }
                kubernetes_api::patch::merge::apply(one, &changed);
            }
        }
        if !has(&chosen) && !chosen.is_empty() {
            containers.push(container(session, &chosen, command));
        }
    }
    let mut made = json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": flags.text("copy-to"), "namespace": namespace(pod)}, "spec": spec});
    if let Some(annotations) = get(pod, &["metadata", "annotations"]) {
        set(&mut made, &["metadata", "annotations"], annotations.clone());
    }
    if flags.is("replace") {
        let path = format!("/api/v1/namespaces/{}/pods/{}", namespace(pod), name(pod));
        session.client.call(Call::new("DELETE", path)).await?;
    }
    Ok((create(session, &made).await?, chosen))
}

/// A pod that sees all of a node.
async fn on_node(
    session: &Session,
    node: &Value,
    command: &[String],
) -> Result<(Value, String), Failure> {
    let node = name(node);
    let given = session.flags().text("container");
    let called = if given.is_empty() { "debugger" } else { given };
    let pod = format!("node-debugger-{node}-{}", suffix(session));
    if !session.flags().is("quiet") {
        let text =
            format!("Creating debugging pod {pod} with container {called} on node {node}.\n");
        session.print(text).await;
    }
    let mut container = container(session, called, command);
    remove(&mut container, &["securityContext"]);
    let mounts = json!([{"mountPath": "/host", "name": "host-root"}]);
    set(&mut container, &["volumeMounts"], mounts);
    let made = json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": pod, "labels": {"app.kubernetes.io/managed-by": "kubectl-debug"}},
        "spec": {"containers": [container], "hostIPC": true, "hostNetwork": true, "hostPID": true,
            "nodeName": node, "restartPolicy": "Never", "tolerations": [{"operator": "Exists"}],
            "volumes": [{"name": "host-root", "hostPath": {"path": "/"}}]}});
    Ok((create(session, &made).await?, called.to_owned()))
}
