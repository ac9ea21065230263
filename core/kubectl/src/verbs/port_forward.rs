//! `kubectl port-forward`: local ports that lead to a pod's.
//!
//! Models kubectl `pkg/cmd/portforward` and k8s.io/client-go `tools/portforward`.

use crate::arguments;
use crate::client::{Call, klog_head};
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::pods;
use crate::session::{Session, segment};
use kubernetes_api::json::quote_go;
use kubernetes_api::object::{get_list, get_str, name, namespace};
use kubernetes_api::streams::Streams;
use machine::File;
use machine::http::Body;
use machine::network::{Connection, Listener};
use serde_json::Value;
use simulation::{Sender, channel};
use std::net::Ipv4Addr;
use std::rc::Rc;

static FLAGS: &[Flag] = &[
    Flag::list("address", "Addresses to listen on.").default("localhost"),
    Flag::new(
        "pod-running-timeout",
        Kind::Duration,
        "Time to wait for a pod that runs.",
    )
    .default("1m0s"),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "port-forward",
    usage: "TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]",
    short: "Forward one or more local ports to a pod",
    examples: "# Port 8080 here is port 80 of the pod\nkubectl port-forward pod/web 8080:80\n\n# A pod behind a service\nkubectl port-forward service/web 8080:80",
    flags: &[FLAGS],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

/// A local port, 0 for any free one, and the pod's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ports {
    local: u16,
    remote: u16,
}

async fn run(invocation: Invocation) -> Outcome {
    let [word, words @ ..] = invocation.arguments.as_slice() else {
        return Err(usage(&invocation));
    };
    if words.is_empty() {
        return Err(usage(&invocation));
    }
    let (word, words) = (word.clone(), words.to_vec());
    let session = Session::open(invocation)?;
    let limit = session.flags().duration("pod-running-timeout");
    if limit <= 0 {
        return Err(session
            .invocation
            .usage_error("--pod-running-timeout must be higher than zero"));
    }
    let service = service_of(&session, &word).await?;
    let pod = pods::attachable(&session, &word, limit).await?;
    let mut ports = Vec::new();
    for word in &words {
        let word = match &service {
            Some(service) => of_service(service, &pod, word)?,
            None => of_pod(&pod, word)?,
        };
        ports.push(parse(&word)?);
    }
    let phase = get_str(&pod, &["status", "phase"]);
    if phase != "Running" {
        return Err(Failure::message(format!(
            "unable to forward port because pod is not running. Current status={phase}"
        )));
    }
    forward(&session, &pod, &ports).await
}

fn usage(invocation: &Invocation) -> Failure {
    invocation.usage_error("TYPE/NAME and list of ports are required for port-forward")
}

/// The service that a word names; its ports are translated to the pod's.
async fn service_of(session: &Session, word: &str) -> Result<Option<Value>, Failure> {
    if !word.contains('/') {
        return Ok(None);
    }
    let named = arguments::type_and_name(&session.mapper, word).await?;
    if named.resource.plural != "services" {
        return Ok(None);
    }
    let object = session
        .get(&named.resource, &named.name.unwrap_or_default())
        .await?;
    Ok(Some((*object).clone()))
}

fn split(word: &str) -> (&str, &str) {
    word.split_once(':').unwrap_or((word, word))
}

fn joined(local: &str, remote: &str) -> String {
    if local == remote {
        remote.to_owned()
    } else {
        format!("{local}:{remote}")
    }
}

/// A port of a service as one of the pod's.
fn of_service(service: &Value, pod: &Value, word: &str) -> Result<String, Failure> {
    let (local, remote) = split(word);
    let mut local = local.to_owned();
    let ports = get_list(service, &["spec", "ports"]);
    let number_of = |port: &Value| port.get("port").and_then(Value::as_i64).unwrap_or_default();
    let number = match remote.parse::<i64>() {
        Ok(number) => number,
        Err(_) => {
            let named = ports
                .iter()
                .find(|port| get_str(port, &["name"]) == remote)
                .ok_or_else(|| {
                    Failure::message(format!(
                        "Service '{}' does not have a named port '{remote}'",
                        name(service)
                    ))
                })?;
            let number = number_of(named);
            if local == remote {
                local = number.to_string();
            }
            number
        }
    };
    let port = ports
        .iter()
        .find(|port| number_of(port) == number)
        .ok_or_else(|| {
            Failure::message(format!(
                "Service {} does not have a service port {number}",
                name(service)
            ))
        })?;
    if get_str(port, &["protocol"]) == "UDP" {
        return Err(Failure::message(format!(
            "UDP protocol is not supported for {remote}"
        )));
    }
    let headless = get_str(service, &["spec", "clusterIP"]) == "None";
    let remote = match port.get("targetPort") {
        _ if headless => number,
        Some(Value::String(named)) => container_port(pod, named)?,
        Some(Value::Number(target)) => target.as_i64().filter(|one| *one > 0).unwrap_or(number),
        _ => number,
    };
    Ok(joined(&local, &remote.to_string()))
}

/// A port of a pod, which may be named.
fn of_pod(pod: &Value, word: &str) -> Result<String, Failure> {
    let (local, remote) = split(word);
    if remote.parse::<i64>().is_ok() || remote.is_empty() {
        return Ok(word.to_owned());
    }
    let number = container_port(pod, remote)?.to_string();
    let local = if local == remote { &number } else { local };
    Ok(joined(local, &number))
}

fn container_port(pod: &Value, wanted: &str) -> Result<i64, Failure> {
    ["initContainers", "containers"]
        .iter()
        .flat_map(|list| get_list(pod, &["spec", list]))
        .flat_map(|container| get_list(container, &["ports"]))
        .find(|port| get_str(port, &["name"]) == wanted)
        .and_then(|port| port.get("containerPort")?.as_i64())
        .ok_or_else(|| {
            Failure::message(format!(
                "Pod '{}' does not have a named port '{wanted}'",
                name(pod)
            ))
        })
}

fn parse(word: &str) -> Result<Ports, Failure> {
    let parts: Vec<&str> = word.split(':').collect();
    let (local, remote) = match parts.as_slice() {
        [both] => (*both, *both),
        ["", remote] => ("0", *remote),
        [local, remote] => (*local, *remote),
        _ => {
            return Err(Failure::message(format!("invalid port format '{word}'")));
        }
    };
    let number = |which: &str, text: &str| {
        let wrong = |why: &str| {
            Failure::message(format!(
                "error parsing {which} port '{text}': strconv.ParseUint: parsing {}: {why}",
                quote_go(text)
            ))
        };
        match text.parse::<u64>() {
            Ok(number) => u16::try_from(number).map_err(|_| wrong("value out of range")),
            Err(_) => Err(wrong("invalid syntax")),
        }
    };
    let ports = Ports {
        local: number("local", local)?,
        remote: number("remote", remote)?,
    };
    if ports.remote == 0 {
        return Err(Failure::message("remote port must be > 0"));
    }
    Ok(ports)
}

/// The addresses to listen on: IPv4, with IPv6's loopback beside `localhost`, where nobody connects.
fn addresses(session: &Session) -> Result<Vec<(Ipv4Addr, bool)>, Failure> {
    let mut addresses = Vec::new();
    for word in session.flags().list("address") {
        match word.parse() {
            _ if word == "localhost" => addresses.push((Ipv4Addr::LOCALHOST, true)),
            Ok(address) => addresses.push((address, false)),
            Err(_) => {
                return Err(Failure::message(format!("{word} is not a valid IP")));
            }
        }
    }
    Ok(addresses)
}

async fn forward(session: &Session, pod: &Value, ports: &[Ports]) -> Outcome {
    let addresses = addresses(session)?;
    let mut listeners = Vec::new();
    let mut in_vain = Vec::new();
    for one in ports {
        match listen(session, &addresses, *one).await {
            Ok(found) => listeners.extend(found.into_iter().map(|listener| (listener, *one))),
            Err(failure) => in_vain.push(failure),
        }
    }
    if listeners.is_empty() {
        let all: Vec<String> = ports
            .iter()
            .map(|one| format!("{{{} {}}}", one.local, one.remote))
            .collect();
        return Err(Failure::message(format!(
            "unable to listen on any of the requested ports: [{}]",
            all.join(" ")
        )));
    }
    let (lost, mut ended) = channel();
    // Dropping the tasks with this future is what ends the listeners when kubectl is killed.
    let tasks: Vec<simulation::Task> = listeners
        .into_iter()
        .map(|(listener, one)| {
            let (session, pod, lost) = (session.clone(), pod.clone(), lost.clone());
            session
                .client
                .process
                .simulation()
                .clone()
                .spawn(async move { accept(session, pod, listener, one, lost).await })
        })
        .collect();
    let _guard = Guard(tasks);
    ended.recv().await;
    Err(Failure::message("lost connection to pod"))
}

/// Cancels its tasks when it goes.
pub(super) struct Guard(pub(super) Vec<simulation::Task>);

impl Drop for Guard {
    fn drop(&mut self) {
        for task in &self.0 {
            task.cancel();
        }
    }
}

/// Listens on a port of all addresses; says so, or why not.
async fn listen(
    session: &Session,
    addresses: &[(Ipv4Addr, bool)],
    ports: Ports,
) -> Result<Vec<Listener>, ()> {
    let network = session.invocation.process.network();
    let mut listeners = Vec::new();
    let mut wrong = Vec::new();
    let mut said = String::new();
    for (address, is_localhost) in addresses {
        match network.listen(*address, ports.local) {
            Ok(listener) => {
                let local = listener.address().port();
                said.push_str(&format!(
                    "Forwarding from {address}:{local} -> {}\n",
                    ports.remote
                ));
                if *is_localhost {
                    said.push_str(&format!(
                        "Forwarding from [::1]:{local} -> {}\n",
                        ports.remote
                    ));
                }
                listeners.push(listener);
            }
            Err(error) => {
                let why = crate::files::go_error(error);
                let line = |kind: &str, at: &str| {
                    format!(
                        "unable to create listener: Error listen {kind} {at}:{}: bind: {why}",
                        ports.local
                    )
                };
                wrong.push(line("tcp4", &address.to_string()));
                if *is_localhost {
                    wrong.push(line("tcp6", "[::1]"));
                }
            }
        }
    }
    session.print(said).await;
    if listeners.is_empty() {
        session
            .print_error(format!(
                "Unable to listen on port {}: Listeners failed to create with the following errors: [{}]\n",
                ports.local,
                wrong.join(" ")
            ))
            .await;
        return Err(());
    }
    Ok(listeners)
}

/// Takes connections until the process ends; the first one that the pod refuses ends them all.
async fn accept(session: Session, pod: Value, listener: Listener, ports: Ports, lost: Sender<()>) {
    let mut tasks = Guard(Vec::new());
    while let Ok(connection) = listener.accept().await {
        let local = listener.address().port();
        session
            .print(format!("Handling connection for {local}\n"))
            .await;
        let (session, pod, lost) = (session.clone(), pod.clone(), lost.clone());
        let simulation = session.invocation.process.simulation().clone();
        tasks.0.retain(|task| !task.is_finished());
        tasks.0.push(simulation.spawn(async move {
            let connection = Rc::new(connection);
            let answer = connect(&session, &pod, connection.clone(), ports.remote).await;
            connection.close();
            if let Err(failure) = answer {
                let head = klog_head(&session.invocation.process, 'E');
                let why = quote_go(&format!(
                    "an error occurred forwarding {local} -> {}: {}",
                    ports.remote,
                    failure.sentence()
                ));
                let line = format!("{head}portforward.go:522] \"Unhandled Error\" err={why}\n");
                session.print_error(line).await;
                lost.send(()).ok();
            }
        }));
    }
}

/// Copies one connection to the pod and back, through the API.
async fn connect(session: &Session, pod: &Value, connection: Rc<Connection>, port: u16) -> Outcome {
    let file: File = connection;
    let path = format!(
        "/api/v1/namespaces/{}/pods/{}/portforward",
        namespace(pod),
        segment(name(pod))
    );
    let streams = Streams {
        stdin: Some(file.clone()),
        stdout: Some(file),
        stderr: None,
    };
    let call = Call::new("POST", path)
        .query("ports", port.to_string())
        .body(Body::Object(Rc::new(streams)));
    session.client.call(call).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_become_ports() {
        let ports = |word: &str| match parse(word) {
            Ok(ports) => format!("{} {}", ports.local, ports.remote),
            Err(failure) => failure.sentence(),
        };
        assert_eq!(ports("80"), "80 80");
        assert_eq!(ports("8080:80"), "8080 80");
        assert_eq!(ports(":80"), "0 80");
        assert_eq!(ports("1:2:3"), "invalid port format '1:2:3'");
        assert_eq!(ports("80:0"), "remote port must be > 0");
        assert_eq!(
            ports("70000:80"),
            "error parsing local port '70000': strconv.ParseUint: parsing \"70000\": value out of range"
        );
    }

    #[test]
    fn named_ports_and_those_of_services() {
        let pod = json!({"metadata": {"name": "p"},
            "spec": {"containers": [{"ports": [{"name": "web", "containerPort": 8080}]}]}});
        let service = json!({"metadata": {"name": "s"}, "spec": {"ports": [
            {"name": "http", "port": 80, "targetPort": "web"}, {"port": 81, "targetPort": 9}]}});
        let of_service = |word: &str| match of_service(&service, &pod, word) {
            Ok(word) => word,
            Err(failure) => failure.sentence(),
        };
        assert_eq!(of_service("http"), "80:8080");
        assert_eq!(of_service("5000:81"), "5000:9");
        assert_eq!(
            of_service("82"),
            "Service s does not have a service port 82"
        );
        assert_eq!(
            of_service("ftp"),
            "Service 's' does not have a named port 'ftp'"
        );
        assert_eq!(of_pod(&pod, "web").ok().as_deref(), Some("8080"));
        assert_eq!(of_pod(&pod, "1:web").ok().as_deref(), Some("1:8080"));
    }
}
