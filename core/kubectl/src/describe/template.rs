//! Containers and pod templates, as pods and the workloads above them show them.

use super::page::{Page, date, number, or, plain, title_bool};
use super::volume;
use kubernetes_api::object::{annotations, get, get_bool, get_list, get_map, get_str, labels};
use serde_json::Value;

/// Writes the template of a workload.
pub fn template(page: &mut Page, template: Option<&Value>) {
    page.line(0, "Pod Template:");
    let Some(template) = template else {
        return page.line(1, "<unset>");
    };
    page.pairs("  Labels", labels(template));
    if annotations(template).is_some_and(|all| !all.is_empty()) {
        page.annotations("  Annotations", annotations(template));
    }
    let account = get_str(template, &["spec", "serviceAccountName"]);
    if !account.is_empty() {
        page.field(1, "Service Account", account);
    }
    let spec = get(template, &["spec"]).unwrap_or(&Value::Null);
    if !get_list(spec, &["initContainers"]).is_empty() {
        containers(page, "Init Containers", spec, "initContainers", None, "  ");
    }
    containers(page, "Containers", spec, "containers", None, "  ");
    volume::volumes(page, get_list(spec, &["volumes"]), "  ");
    let class = get_str(spec, &["priorityClassName"]);
    if !class.is_empty() {
        page.field(1, "Priority Class Name", class);
    }
    page.pairs("  Node-Selectors", get_map(spec, &["nodeSelector"]));
    tolerations(page, "  Tolerations", spec);
}

/// Writes the containers of one list; with the pod, their states too.
pub fn containers(
    page: &mut Page,
    title: &str,
    spec: &Value,
    list: &str,
    pod: Option<(&Value, &str)>,
    space: &str,
) {
    let all = get_list(spec, &[list]);
    let none = if all.is_empty() { " <none>" } else { "" };
    page.line(0, format!("{space}{title}:{none}"));
    for container in all {
        let name = get_str(container, &["name"]);
        let status = pod.and_then(|(pod, statuses)| {
            get_list(pod, &["status", statuses])
                .iter()
                .find(|status| get_str(status, &["name"]) == name)
        });
        let indent = if space.is_empty() { "" } else { " " };
        page.line(1, format!("{indent}{name}:"));
        basics(page, container, status);
        words(page, container, "Command", "command");
        words(page, container, "Args", "args");
        if let Some(status) = status {
            state(page, "State", get(status, &["state"]));
            if get(status, &["lastState", "terminated"]).is_some() {
                state(page, "Last State", get(status, &["lastState"]));
            }
            page.field(2, "Ready", title_bool(get_bool(status, &["ready"])));
            page.field(2, "Restart Count", number(status, &["restartCount"]));
        }
        page.resource_list(2, "Limits", get_map(container, &["resources", "limits"]));
        page.resource_list(
            2,
            "Requests",
            get_map(container, &["resources", "requests"]),
        );
        for (title, key) in [
            ("Liveness", "livenessProbe"),
            ("Readiness", "readinessProbe"),
            ("Startup", "startupProbe"),
        ] {
            if let Some(probe) = get(container, &[key]) {
                page.field(2, title, probe_text(probe));
            }
        }
        environment(page, container, pod.map(|(pod, _)| pod));
        mounts(page, container);
    }
}

fn basics(page: &mut Page, container: &Value, status: Option<&Value>) {
    if let Some(status) = status {
        page.field(2, "Container ID", get_str(status, &["containerID"]));
    }
    page.field(2, "Image", get_str(container, &["image"]));
    if let Some(status) = status {
        page.field(2, "Image ID", get_str(status, &["imageID"]));
    }
    let ports = |key: &str, with_name: bool| {
        let all: Vec<String> = get_list(container, &["ports"])
            .iter()
            .map(|port| {
                let protocol = or(get_str(port, &["protocol"]), "TCP");
                let name = get_str(port, &["name"]);
                let name = if with_name && !name.is_empty() {
                    format!(" ({name})")
                } else {
                    String::new()
                };
                format!("{}/{protocol}{name}", number(port, &[key]))
            })
            .collect();
        all.join(", ")
    };
    for (one, several, key, with_name) in [
        ("Port", "Ports", "containerPort", true),
        ("Host Port", "Host Ports", "hostPort", false),
    ] {
        let text = ports(key, with_name);
        let title = if text.contains(',') { several } else { one };
        page.field(2, title, or(&text, "<none>"));
    }
}

fn words(page: &mut Page, container: &Value, title: &str, key: &str) {
    let all = get_list(container, &[key]);
    if all.is_empty() {
        return;
    }
    page.line(2, format!("{title}:"));
    for word in all {
        for line in plain(word).split('\n') {
            page.line(3, line);
        }
    }
}

fn state(page: &mut Page, title: &str, state: Option<&Value>) {
    let none = Value::Null;
    let state = state.unwrap_or(&none);
    if let Some(running) = get(state, &["running"]) {
        page.field(2, title, "Running");
        page.field(3, "Started", date(get_str(running, &["startedAt"])));
    } else if let Some(ended) = get(state, &["terminated"]) {
        page.field(2, title, "Terminated");
        for (title, key) in [("Reason", "reason"), ("Message", "message")] {
            let text = get_str(ended, &[key]);
            if !text.is_empty() {
                page.field(3, title, text);
            }
        }
        page.field(3, "Exit Code", number(ended, &["exitCode"]));
        if number(ended, &["signal"]) > 0 {
            page.field(3, "Signal", number(ended, &["signal"]));
        }
        page.field(3, "Started", date(get_str(ended, &["startedAt"])));
        page.field(3, "Finished", date(get_str(ended, &["finishedAt"])));
    } else {
        page.field(2, title, "Waiting");
        let reason = get_str(state, &["waiting", "reason"]);
        if !reason.is_empty() {
            page.field(3, "Reason", reason);
        }
    }
}

/// A probe on one line.
fn probe_text(probe: &Value) -> String {
    let attributes = format!(
        "delay={}s timeout={}s period={}s #success={} #failure={}",
        number(probe, &["initialDelaySeconds"]),
        number(probe, &["timeoutSeconds"]),
        number(probe, &["periodSeconds"]),
        number(probe, &["successThreshold"]),
        number(probe, &["failureThreshold"]),
    );
    let text = |path: &[&str]| get(probe, path).map(plain).unwrap_or_default();
    if get(probe, &["exec"]).is_some() {
        let command = get(probe, &["exec", "command"]).map_or("[]".to_owned(), plain);
        return format!("exec {command} {attributes}");
    }
    if get(probe, &["httpGet"]).is_some() {
        let scheme = or(get_str(probe, &["httpGet", "scheme"]), "http").to_lowercase();
        let port = text(&["httpGet", "port"]);
        let host = text(&["httpGet", "host"]);
        let path = text(&["httpGet", "path"]);
        let slash = if path.starts_with('/') || path.is_empty() {
            ""
        } else {
            "/"
        };
        return format!("http-get {scheme}://{host}:{port}{slash}{path} {attributes}");
    }
    if get(probe, &["tcpSocket"]).is_some() {
        let (host, port) = (text(&["tcpSocket", "host"]), text(&["tcpSocket", "port"]));
        return format!("tcp-socket {host}:{port} {attributes}");
    }
    if get(probe, &["grpc"]).is_some() {
        let (port, service) = (text(&["grpc", "port"]), text(&["grpc", "service"]));
        return format!("grpc <pod>:{port} {service} {attributes}");
    }
    format!("unknown {attributes}")
}

fn environment(page: &mut Page, container: &Value, pod: Option<&Value>) {
    let sources = get_list(container, &["envFrom"]);
    if !sources.is_empty() {
        page.line(2, "Environment Variables from:");
    }
    for source in sources {
        let (kind, key) = if get(source, &["configMapRef"]).is_some() {
            ("ConfigMap", "configMapRef")
        } else {
            ("Secret", "secretRef")
        };
        let name = get_str(source, &[key, "name"]);
        let optional = get_bool(source, &[key, "optional"]);
        let prefix = get_str(source, &["prefix"]);
        let prefix = if prefix.is_empty() {
            String::new()
        } else {
            format!(" with prefix '{prefix}'")
        };
        page.line(3, format!("{name}\t{kind}{prefix}\tOptional: {optional}"));
    }
    let all = get_list(container, &["env"]);
    if all.is_empty() {
        return page.line(2, "Environment:\t<none>");
    }
    page.line(2, "Environment:");
    for variable in all {
        let name = get_str(variable, &["name"]);
        let Some(from) = get(variable, &["valueFrom"]) else {
            for (index, line) in get_str(variable, &["value"]).split('\n').enumerate() {
                let head = if index == 0 {
                    format!("{name}:")
                } else {
                    String::new()
                };
                page.line(3, format!("{head}\t{line}"));
            }
            continue;
        };
        page.line(
            3,
            format!("{name}:\t{}", variable_source(from, container, pod)),
        );
    }
}

/// Where a variable's value comes from.
fn variable_source(from: &Value, container: &Value, pod: Option<&Value>) -> String {
    if let Some(field) = get(from, &["fieldRef"]) {
        let path = get_str(field, &["fieldPath"]);
        let parts: Vec<&str> = path.split('.').collect();
        let value = pod
            .and_then(|pod| get(pod, &parts))
            .map(plain)
            .unwrap_or_default();
        return format!("{value} ({}:{path})", get_str(field, &["apiVersion"]));
    }
    if let Some(field) = get(from, &["resourceFieldRef"]) {
        let resource = get_str(field, &["resource"]);
        let parts: Vec<&str> = std::iter::once("resources")
            .chain(resource.splitn(2, '.'))
            .collect();
        let value = get(container, &parts).map_or("node allocatable".to_owned(), plain);
        return format!("{value} ({resource})");
    }
    let (words, key) = if get(from, &["secretKeyRef"]).is_some() {
        ("in secret", "secretKeyRef")
    } else {
        ("of config map", "configMapKeyRef")
    };
    format!(
        "<set to the key '{}' {words} '{}'>\tOptional: {}",
        get_str(from, &[key, "key"]),
        get_str(from, &[key, "name"]),
        get_bool(from, &[key, "optional"])
    )
}

fn mounts(page: &mut Page, container: &Value) {
    let mut all: Vec<&Value> = get_list(container, &["volumeMounts"]).iter().collect();
    if all.is_empty() {
        return page.line(2, "Mounts:\t<none>");
    }
    page.line(2, "Mounts:");
    all.sort_by_key(|mount| get_str(mount, &["mountPath"]));
    for mount in all {
        let mut flags = if get_bool(mount, &["readOnly"]) {
            "ro"
        } else {
            "rw"
        }
        .to_owned();
        let below = get_str(mount, &["subPath"]);
        if !below.is_empty() {
            flags.push_str(&format!(",path={}", kubernetes_api::json::quote_go(below)));
        }
        page.line(
            3,
            format!(
                "{} from {} ({flags})",
                get_str(mount, &["mountPath"]),
                get_str(mount, &["name"])
            ),
        );
    }
}

/// Writes tolerations under a title.
pub fn tolerations(page: &mut Page, title: &str, spec: &Value) {
    let all = get_list(spec, &["tolerations"]);
    if all.is_empty() {
        return page.line(0, format!("{title}:\t<none>"));
    }
    for (index, toleration) in all.iter().enumerate() {
        let head = if index == 0 {
            format!("{title}:")
        } else {
            String::new()
        };
        let mut text = get_str(toleration, &["key"]).to_owned();
        let value = get_str(toleration, &["value"]);
        if !value.is_empty() {
            text.push_str(&format!("={value}"));
        }
        let effect = get_str(toleration, &["effect"]);
        if !effect.is_empty() {
            text.push_str(&format!(":{effect}"));
        }
        if get_str(toleration, &["operator"]) == "Exists" && value.is_empty() {
            let blank = if text.is_empty() { "" } else { " " };
            text.push_str(&format!("{blank}op=Exists"));
        }
        if let Some(seconds) = kubernetes_api::object::get_i64(toleration, &["tolerationSeconds"]) {
            text.push_str(&format!(" for {seconds}s"));
        }
        page.line(0, format!("{head}\t{text}"));
    }
}
