//! The live picture: nodes with their pods, pods with their containers, and the Services.

use ordered::OrderedMap;

use leptos::prelude::*;
use picture::{Container, Node, Picture, Pod, Service};

use super::html::{command_button, escaped};
use super::keyed::KeyedElements;
use super::{element, set_text};
use crate::page::Page;

/// Pods of one node that are drawn as cards; more are drawn as small squares.
const CARDS_MAX: usize = 24;

/// Follows the cluster.
pub fn fill(page: Page) {
    let Some(place) = element("picture") else {
        return;
    };
    let mut parts = KeyedElements::new(place.into());
    let mut pods = OrderedMap::new();
    Effect::new(move |_| {
        page.picture.with(|picture| {
            set_text("pod-count", &count(picture));
            parts.update(&parts_html(picture));
            for (name, views) in groups(picture) {
                draw_pods(&mut pods, &name, views);
            }
        });
    });
}

fn count(picture: &Picture) -> String {
    let placed: usize = picture.nodes.iter().map(|node| node.pods.len()).sum();
    match placed + picture.waiting.len() {
        0 => "no pods yet".to_owned(),
        1 => "1 pod".to_owned(),
        pods => format!("{pods} pods"),
    }
}

/// The large parts. The places for pods are empty here: they are filled one by one.
fn parts_html(picture: &Picture) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    for service in &picture.services {
        parts.push((format!("service {}", service.name), service_html(service)));
    }
    if !picture.waiting.is_empty() {
        let html = "<div class=\"node\"><h3><span class=\"kind\">waiting for a node</span></h3><div class=\"pods\" id=\"pods-\"></div></div>";
        parts.push(("waiting".to_owned(), html.to_owned()));
    }
    for node in &picture.nodes {
        parts.push((format!("node {}", node.name), node_html(node)));
    }
    if !picture.containers.is_empty() {
        parts.push(("docker".to_owned(), docker_html(&picture.containers)));
    }
    parts
}

fn groups(picture: &Picture) -> impl Iterator<Item = (String, &[Pod])> {
    let nodes = picture.nodes.iter();
    let nodes = nodes.map(|node| (node.name.clone(), node.pods.as_slice()));
    nodes.chain([(String::new(), picture.waiting.as_slice())])
}

/// Draws the pods of one node into their place, which is made anew when the node's head changes.
fn draw_pods(
    places: &mut OrderedMap<String, (web_sys::Element, KeyedElements)>,
    node: &str,
    pods: &[Pod],
) {
    let Some(place) = element(&format!("pods-{node}")).map(web_sys::Element::from) else {
        places.remove(node);
        return;
    };
    let known = places.get(node).is_some_and(|(known, _)| *known == place);
    if !known {
        let elements = KeyedElements::new(place.clone());
        places.insert(node.to_owned(), (place, elements));
    }
    if let Some((place, elements)) = places.get_mut(node) {
        let many = pods.len() > CARDS_MAX;
        place.set_class_name(if many { "squares" } else { "pods" });
        let html = |pod: &Pod| if many { square(pod) } else { card(pod) };
        let wanted: Vec<_> = pods
            .iter()
            .map(|pod| (pod.uid.clone(), html(pod)))
            .collect();
        elements.update(&wanted);
    }
}

fn service_html(service: &Service) -> String {
    let endpoints = match service.endpoints {
        1 => "1 endpoint".to_owned(),
        count => format!("{count} endpoints"),
    };
    format!(
        "<div class=\"service\"><span class=\"kind\">Service</span><b>{}</b><code>{}</code><small>{endpoints}</small></div>",
        escaped(&service.name),
        escaped(&service.address),
    )
}

fn node_html(node: &Node) -> String {
    let (class, state) = match node.ready {
        true => ("node", "Ready"),
        false => ("node notready", "NotReady"),
    };
    let name = escaped(&node.name);
    format!(
        "<div class=\"{class}\"><h3><span class=\"kind\">Node</span> {name} <small>{state}</small></h3><div class=\"pods\" id=\"pods-{name}\"></div></div>"
    )
}

fn docker_html(containers: &[Container]) -> String {
    let containers: String = containers
        .iter()
        .map(|one| container(one, &format!("docker logs {}", one.name)))
        .collect();
    format!(
        "<div class=\"node\"><h3><span class=\"kind\">Docker</span> without a pod</h3>{containers}</div>"
    )
}

fn square(pod: &Pod) -> String {
    let title = escaped(&format!("{}: {}", pod.name, pod.status));
    format!("<i class=\"{}\" title=\"{title}\"></i>", tone(&pod.status))
}

fn card(pod: &Pod) -> String {
    let namespace = match pod.namespace.as_str() {
        "" | "default" => String::new(),
        namespace => format!(" -n {namespace}"),
    };
    let name = escaped(&pod.name);
    let restarts = match pod.restarts {
        0 => String::new(),
        1 => "1 restart".to_owned(),
        count => format!("{count} restarts"),
    };
    let delete = command_button(
        "Delete",
        &format!("kubectl delete pod {}{namespace}", pod.name),
        true,
    );
    let several = pod.containers.len() > 1;
    let containers: String = pod
        .containers
        .iter()
        .map(|one| {
            let choice = if several {
                format!(" -c {}", one.name)
            } else {
                String::new()
            };
            container(
                one,
                &format!("kubectl logs {}{choice}{namespace}", pod.name),
            )
        })
        .collect();
    let facts: String = [
        ("status", &pod.status),
        ("address", &pod.address),
        ("restarts", &restarts),
        ("owner", &pod.owner),
    ]
    .iter()
    .map(|(class, text)| format!("<span class=\"{class}\">{}</span>", escaped(text)))
    .collect();
    format!(
        "<div class=\"pod {}\"><h4><span class=\"dot\"></span><b title=\"{name}\">{name}</b>{delete}</h4><p class=\"facts\">{facts}</p>{containers}</div>",
        tone(&pod.status),
    )
}

fn container(one: &Container, logs: &str) -> String {
    let tone = if one.running {
        "good"
    } else {
        tone(&one.state)
    };
    format!(
        "<div class=\"container {tone}\"><div class=\"what\"><b>{}</b><code>{}</code></div><div class=\"how\"><small>{}</small>{}{}</div></div>",
        escaped(&one.name),
        escaped(&one.image),
        escaped(&one.state),
        command_button("Logs", logs, true),
        command_button("Stop", &format!("docker stop {}", one.id), one.running),
    )
}

/// How a state looks: a class of the style sheet.
fn tone(status: &str) -> &'static str {
    match status {
        "Running" | "Completed" | "Succeeded" => "good",
        "Terminating" => "leaving",
        "Pending" | "ContainerCreating" | "PodInitializing" | "Waiting" | "NotReady" => "waiting",
        _ => "bad",
    }
}
