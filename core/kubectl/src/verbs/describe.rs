//! `kubectl describe`: pages of objects with what belongs to them.

use crate::command_line::{Command, Flag, Invocation};
use crate::describe::{Subject, describe};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::{Selection, Session, items};
use kubernetes_api::object::name;
use kubernetes_api::resources::Resource;
use serde_json::Value;
use std::rc::Rc;

static FLAGS: &[Flag] = &[
    Flag::text("chunk-size", "Objects in one answer of the server.").default("500"),
    Flag::switch("show-events", "The events of the objects.").default("true"),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "describe",
    usage: "(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) [options]",
    short: "Show details of a specific resource or group of resources",
    examples: "# A node\nkubectl describe nodes kind-control-plane\n\n# All pods whose names begin with web\nkubectl describe pods web",
    flags: &[
        FLAGS,
        global::FILES,
        global::SELECTOR,
        global::ALL_NAMESPACES,
    ],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    if session.arguments().is_empty() && !session.has_files() {
        return Err(Failure::message(
            "You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of supported resources.",
        ));
    }
    let (objects, mut failures) = objects(&session).await?;
    if objects.is_empty() && failures.is_empty() {
        let text = if session.flags().is("all-namespaces") {
            "No resources found\n".to_owned()
        } else {
            format!("No resources found in {} namespace.\n", session.namespace())
        };
        session.print_error(text).await;
        return Ok(());
    }
    // Events of many objects would ask the server too much, so they must be wished for.
    let show_events = if session.flags().given("show-events") {
        session.flags().is("show-events")
    } else {
        objects.len() == 1
    };
    for (index, (resource, object)) in objects.iter().enumerate() {
        let subject = Subject {
            session: &session,
            resource,
            object,
            show_events,
        };
        let between = if index == 0 { "" } else { "\n\n" };
        match describe(&subject).await {
            Ok(text) => session.print(format!("{between}{text}")).await,
            Err(failure) => failures.push(failure),
        }
    }
    Failure::all(failures)
}

type Found = (Rc<Resource>, Value);

async fn objects(session: &Session) -> Result<(Vec<Found>, Vec<Failure>), Failure> {
    let selection = Selection::of(session.flags());
    let all_namespaces = session.flags().is("all-namespaces");
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for one in session.named().await? {
        let namespace = if one.namespace.is_empty() {
            session.namespace()
        } else {
            &one.namespace
        };
        let Some(wanted) = &one.name else {
            let within = (!all_namespaces).then_some(namespace);
            let listed = selection
                .list(&session.client, &one.resource, within, crate::client::JSON)
                .await;
            match listed {
                Ok(list) => {
                    let all = items(&list, &one.resource);
                    found.extend(all.into_iter().map(|object| (one.resource.clone(), object)));
                }
                Err(failure) => failures.push(failure),
            }
            continue;
        };
        match session.get_in(&one.resource, namespace, wanted).await {
            Ok(object) => found.push((one.resource.clone(), (*object).clone())),
            Err(failure) if failure.is_not_found() && one.source.is_empty() => {
                // A name that does not exist may be the beginning of names.
                let all = session.list(&one.resource, Some(namespace), "").await;
                let mut all = all.unwrap_or_default();
                all.retain(|object| name(object).starts_with(wanted.as_str()));
                if all.is_empty() {
                    failures.push(failure);
                }
                found.extend(all.into_iter().map(|object| (one.resource.clone(), object)));
            }
            Err(failure) => failures.push(failure),
        }
    }
    Ok((found, failures))
}

#[cfg(test)]
mod tests {
    use crate::testing::Cluster;
    use serde_json::{Value, json};

    fn yaml(text: &str) -> Value {
        kubernetes_api::yaml::parse(text).expect("YAML")
    }

    fn event(reason: &str, from: &str, place: &str, message: &str) -> Value {
        json!({"type": "Normal", "reason": reason, "message": message, "count": 1,
            "involvedObject": {"fieldPath": place}, "source": {"component": from},
            "firstTimestamp": "2026-11-21T20:03:50Z", "lastTimestamp": "2026-11-21T20:03:50Z"})
    }

    #[test]
    fn a_pod_with_its_events() {
        let pod = yaml(include_str!("../../testdata/pod.yaml"));
        let image = "Container image \"hello:latest\" already present on machine and can be accessed by the pod";
        let container = "spec.containers{hello}";
        let events = json!({"kind": "EventList", "items": [
            event("Scheduled", "default-scheduler", "", "Successfully assigned default/hello-pod to kind-control-plane"),
            event("Pulled", "kubelet", container, image),
            event("Created", "kubelet", container, "Container created"),
            event("Started", "kubelet", container, "Container started"),
        ]});
        let cluster = Cluster::new()
            .on("GET /api/v1/namespaces/default/pods/hello-pod", pod)
            .on("GET /api/v1/namespaces/default/events", events);
        assert_eq!(
            cluster.run("kubectl describe pod hello-pod"),
            include_str!("../../testdata/pod.txt")
        );
    }
}
