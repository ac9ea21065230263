//! The live picture: nodes with their pods, pods with their containers, and the Services.

use leptos::prelude::*;

use crate::page::Page;
use crate::picture::{ContainerView, NodeView, PodView, tone};

/// Pods of one node that are drawn as cards; more are drawn as small squares.
const CARDS_MAX: usize = 24;

/// The picture's panel.
pub fn cluster(page: Page) -> impl IntoView {
    let count = move || {
        page.picture.with(|picture| {
            let pods: usize = picture.nodes.iter().map(|node| node.pods.len()).sum();
            match pods + picture.waiting.len() {
                0 => "no pods yet".to_owned(),
                1 => "1 pod".to_owned(),
                pods => format!("{pods} pods"),
            }
        })
    };
    let names = move || {
        page.picture.with(|picture| {
            let names = picture.nodes.iter().map(|node| node.name.clone());
            names.collect::<Vec<_>>()
        })
    };
    view! {
        <section class="panel cluster" aria-label="Cluster">
            <div class="bar">
                <h2>"Cluster"</h2>
                <span class="count">{count}</span>
            </div>
            <div class="picture" tabindex="0">
                {services(page)}
                {waiting(page)}
                <For each=names key=Clone::clone children=move |name| node(page, name) />
                {containers(page)}
            </div>
        </section>
    }
}

fn services(page: Page) -> impl IntoView {
    let services = move || page.picture.with(|picture| picture.services.clone());
    view! {
        <For
            each=services
            key=|service| (service.name.clone(), service.address.clone(), service.endpoints)
            children=move |service| {
                let endpoints = match service.endpoints {
                    1 => "1 endpoint".to_owned(),
                    count => format!("{count} endpoints"),
                };
                view! {
                    <div class="service">
                        <span class="kind">"Service"</span>
                        <b>{service.name}</b>
                        <code>{service.address}</code>
                        <small>{endpoints}</small>
                    </div>
                }
            }
        />
    }
}

fn waiting(page: Page) -> impl IntoView {
    let pods = Memo::new(move |_| page.picture.with(|picture| picture.waiting.clone()));
    view! {
        <Show when=move || pods.with(|pods| !pods.is_empty())>
            <div class="node unassigned">
                <h3><span class="kind">"waiting for a node"</span></h3>
                {pods_view(page, pods)}
            </div>
        </Show>
    }
}

fn node(page: Page, name: String) -> impl IntoView {
    let of_name = name.clone();
    let node = Memo::new(move |_| {
        page.picture.with(|picture| {
            let mut nodes = picture.nodes.iter();
            nodes
                .find(|node| node.name == of_name)
                .cloned()
                .unwrap_or_default()
        })
    });
    let pods = Memo::new(move |_| node.with(|node: &NodeView| node.pods.clone()));
    let class = move || {
        if node.with(|node| node.ready) {
            "node"
        } else {
            "node notready"
        }
    };
    let state = move || {
        if node.with(|node| node.ready) {
            "Ready"
        } else {
            "NotReady"
        }
    };
    view! {
        <div class=class>
            <h3><span class="kind">"Node"</span> {name} <small>{state}</small></h3>
            {pods_view(page, pods)}
        </div>
    }
}

fn pods_view(page: Page, pods: Memo<Vec<PodView>>) -> impl IntoView {
    let many = Memo::new(move |_| pods.with(|pods| pods.len() > CARDS_MAX));
    move || {
        if many.get() {
            return view! { <div class="squares" inner_html=move || pods.with(|pods| squares(pods))></div> }.into_any();
        }
        let uids =
            move || pods.with(|pods| pods.iter().map(|pod| pod.uid.clone()).collect::<Vec<_>>());
        view! {
            <div class="pods">
                <For each=uids key=Clone::clone children=move |uid| pod(page, pods, uid) />
            </div>
        }
        .into_any()
    }
}

/// Many pods at once: one small square each. All names in it are Kubernetes names, which need no
/// escaping.
fn squares(pods: &[PodView]) -> String {
    let mut html = String::new();
    for pod in pods {
        html += &format!(
            "<i class=\"{}\" title=\"{}: {}\"></i>",
            tone(&pod.status),
            pod.name,
            pod.status
        );
    }
    html
}

fn pod(page: Page, pods: Memo<Vec<PodView>>, uid: String) -> impl IntoView {
    // A pod that has just gone keeps its last look until its card is taken away.
    let pod = Memo::new(move |last: Option<&PodView>| {
        pods.with(|pods| {
            let found = pods.iter().find(|pod| pod.uid == uid).cloned();
            found.or_else(|| last.cloned()).unwrap_or_default()
        })
    });
    let class = move || format!("pod {}", pod.with(|pod| tone(&pod.status)));
    let field = move |field: fn(&PodView) -> String| move || pod.with(field);
    let restarts = move || match pod.with(|pod| pod.restarts) {
        0 => String::new(),
        1 => "1 restart".to_owned(),
        count => format!("{count} restarts"),
    };
    let delete = move |_| {
        let command =
            pod.with_untracked(|pod| format!("kubectl delete pod {}{}", pod.name, namespace(pod)));
        page.run(&command);
    };
    let containers = move || {
        let several = pod.with(|pod| pod.containers.len() > 1);
        let containers = pod.with(|pod| pod.containers.clone());
        let views = containers
            .into_iter()
            .map(|container| container_in_pod(page, pod, container, several));
        views.collect::<Vec<_>>()
    };
    view! {
        <div class=class>
            <h4>
                <span class="dot" aria-hidden="true"></span>
                <b title=field(|pod| pod.name.clone())>{field(|pod| pod.name.clone())}</b>
                <button class="small" title="kubectl delete pod" on:click=delete>"Delete"</button>
            </h4>
            <p class="facts">
                <span class="status">{field(|pod| pod.status.clone())}</span>
                <span>{field(|pod| pod.address.clone())}</span>
                <span class="restarts">{restarts}</span>
                <span class="owner">{field(|pod| pod.owner.clone())}</span>
            </p>
            {containers}
        </div>
    }
}

fn namespace(pod: &PodView) -> String {
    match pod.namespace.as_str() {
        "" | "default" => String::new(),
        namespace => format!(" -n {namespace}"),
    }
}

fn container_in_pod(
    page: Page,
    pod: Memo<PodView>,
    container: ContainerView,
    several: bool,
) -> impl IntoView {
    let name = container.name.clone();
    let logs = move |_| {
        let choice = if several {
            format!(" -c {name}")
        } else {
            String::new()
        };
        let command = pod
            .with_untracked(|pod| format!("kubectl logs {}{choice}{}", pod.name, namespace(pod)));
        page.run(&command);
    };
    let stop = view! {
        <button class="small" title="kubectl logs" on:click=logs>"Logs"</button>
        {stop(page, &container)}
    };
    self::container(container, stop.into_any())
}

fn stop(page: Page, container: &ContainerView) -> impl IntoView + use<> {
    let (id, running) = (container.id.clone(), container.running);
    view! {
        <button
            class="small"
            title=format!("docker stop {id}")
            disabled=!running
            on:click=move |_| page.run(&format!("docker stop {id}"))
        >
            "Stop"
        </button>
    }
}

fn container(container: ContainerView, deeds: AnyView) -> impl IntoView {
    let tone = if container.running {
        "good"
    } else {
        tone(&container.state)
    };
    view! {
        <div class=format!("container {tone}")>
            <div class="what">
                <b>{container.name}</b>
                <code>{container.image}</code>
            </div>
            <div class="how">
                <small>{container.state}</small>
                {deeds}
            </div>
        </div>
    }
}

fn containers(page: Page) -> impl IntoView {
    let all = Memo::new(move |_| page.picture.with(|picture| picture.containers.clone()));
    view! {
        <Show when=move || all.with(|all| !all.is_empty())>
            <div class="node docker">
                <h3><span class="kind">"Docker"</span> "containers without a pod"</h3>
                {move || {
                    let views = all.get().into_iter().map(|one| {
                        let id = one.id.clone();
                        let logs = move |_| page.run(&format!("docker logs {id}"));
                        let deeds = view! {
                            <button class="small" title="docker logs" on:click=logs>"Logs"</button>
                            {stop(page, &one)}
                        };
                        container(one, deeds.into_any())
                    });
                    views.collect::<Vec<_>>()
                }}
            </div>
        </Show>
    }
}
