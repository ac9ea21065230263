//! What the server says about itself: its groups, versions, resources, its version, its health.

use std::rc::Rc;

use kubernetes_api::resources::Resource;
use machine::http::{Request, Response};
use serde_json::{Map, Value, json};

use super::Api;
use super::http::success;

/// The answer, when the path is one of discovery.
pub(super) fn answer(api: &Api, request: &Request) -> Option<Response> {
    if request.method != "GET" {
        return None;
    }
    if let Some(response) = super::openapi::answer(api, request) {
        return Some(response);
    }
    let aggregated = request
        .headers
        .get("Accept")
        .is_some_and(|accept| accept.contains("APIGroupDiscoveryList"));
    let path = request.path.trim_end_matches('/');
    let value = match path {
        "/version" => version(),
        "/healthz" | "/livez" | "/readyz" => return Some(Response::text(200, "ok")),
        "/api" if aggregated => return Some(discovery_list(aggregated_groups(api, true))),
        "/apis" if aggregated => return Some(discovery_list(aggregated_groups(api, false))),
        "/api" => json!({
            "kind": "APIVersions",
            "versions": ["v1"],
            "serverAddressByClientCIDRs": [
                {"clientCIDR": "0.0.0.0/0", "serverAddress": "192.0.2.2:6443"}
            ],
        }),
        "/apis" => json!({
            "kind": "APIGroupList",
            "apiVersion": "v1",
            "groups": groups(api).iter().map(|(name, versions)| group(name, versions)).collect::<Vec<_>>(),
        }),
        "" => json!({"paths": paths(api)}),
        _ => of_group(api, path)?,
    };
    Some(success(200, Rc::new(value)))
}

fn version() -> Value {
    json!({
        "major": "1",
        "minor": "36",
        "emulationMajor": "1",
        "emulationMinor": "36",
        "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35",
        "gitVersion": crate::VERSION,
        "gitCommit": "0000000000000000000000000000000000000000",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "go1.26.6",
        "compiler": "gc",
        "platform": "linux/amd64",
    })
}

/// `/api/v1`, `/apis/apps`, `/apis/apps/v1`.
fn of_group(api: &Api, path: &str) -> Option<Value> {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let (group_name, version) = match parts.as_slice() {
        ["api", version] => ("", *version),
        ["apis", name] => {
            let groups = groups(api);
            let (_, versions) = groups.iter().find(|(have, _)| have == name)?;
            let mut value = group(name, versions);
            kubernetes_api::object::set(&mut value, &["kind"], "APIGroup");
            kubernetes_api::object::set(&mut value, &["apiVersion"], "v1");
            return Some(value);
        }
        ["apis", name, version] => (*name, *version),
        _ => return None,
    };
    let resources = of_version(api, group_name, version);
    if resources.is_empty() {
        return None;
    }
    let mut listed = Vec::new();
    for resource in resources {
        listed.push(classic(&resource));
        listed.extend(classic_subresources(&resource));
    }
    let mut list = json!({
        "kind": "APIResourceList",
        "groupVersion": kubernetes_api::resources::api_version(group_name, version),
        "resources": listed,
    });
    if !group_name.is_empty() {
        kubernetes_api::object::set(&mut list, &["apiVersion"], "v1");
    }
    Some(list)
}

fn of_version(api: &Api, group: &str, version: &str) -> Vec<Rc<Resource>> {
    api.with_resources(|table| {
        table
            .iter()
            .filter(|resource| resource.group == group && resource.version == version)
            .cloned()
            .collect()
    })
}

/// The groups except the core one, with their versions, in order.
fn groups(api: &Api) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    api.with_resources(|table| {
        for resource in table.iter().filter(|resource| !resource.group.is_empty()) {
            match groups.iter_mut().find(|(name, _)| *name == resource.group) {
                Some((_, versions)) if versions.contains(&resource.version) => {}
                Some((_, versions)) => versions.push(resource.version.clone()),
                None => groups.push((resource.group.clone(), vec![resource.version.clone()])),
            }
        }
    });
    groups
}

fn group(name: &str, versions: &[String]) -> Value {
    let version =
        |version: &String| json!({"groupVersion": format!("{name}/{version}"), "version": version});
    json!({
        "name": name,
        "versions": versions.iter().map(version).collect::<Vec<_>>(),
        "preferredVersion": versions.first().map(version),
    })
}

fn paths(api: &Api) -> Vec<String> {
    let mut paths = vec!["/api".to_owned(), "/api/v1".to_owned(), "/apis".to_owned()];
    for (name, versions) in groups(api) {
        paths.push(format!("/apis/{name}"));
        paths.extend(
            versions
                .iter()
                .map(|version| format!("/apis/{name}/{version}")),
        );
    }
    paths.extend(["/healthz", "/livez", "/readyz", "/version"].map(str::to_owned));
    paths
}

fn classic(resource: &Resource) -> Value {
    let mut entry = json!({
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": resource.verbs,
    });
    put_lists(&mut entry, resource);
    entry
}

fn put_lists(entry: &mut Value, resource: &Resource) {
    for (key, list) in [
        ("shortNames", &resource.short_names),
        ("categories", &resource.categories),
    ] {
        if !list.is_empty() {
            kubernetes_api::object::set(entry, &[key], list.as_slice());
        }
    }
}

fn classic_subresources(resource: &Resource) -> impl Iterator<Item = Value> {
    resource.subresources.iter().map(|subresource| {
        let mut entry = Map::new();
        entry.insert(
            "name".into(),
            format!("{}/{}", resource.plural, subresource.name).into(),
        );
        entry.insert("singularName".into(), "".into());
        entry.insert("namespaced".into(), resource.namespaced.into());
        for (key, text) in [
            ("group", &subresource.group),
            ("version", &subresource.version),
        ] {
            if !text.is_empty() {
                entry.insert(key.into(), text.as_str().into());
            }
        }
        entry.insert("kind".into(), subresource.kind.as_str().into());
        entry.insert("verbs".into(), subresource.verbs.as_slice().into());
        Value::Object(entry)
    })
}

fn discovery_list(items: Vec<Value>) -> Response {
    let list = json!({
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    });
    let mut response = success(200, Rc::new(list));
    response.headers.set(
        "Content-Type",
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
    );
    response
}

fn aggregated_groups(api: &Api, core: bool) -> Vec<Value> {
    let groups = if core {
        vec![(String::new(), vec!["v1".to_owned()])]
    } else {
        groups(api)
    };
    let of_group = |(name, versions): &(String, Vec<String>)| {
        let versions: Vec<Value> = versions
            .iter()
            .map(|version| {
                let resources = of_version(api, name, version);
                json!({
                    "version": version,
                    "resources": resources.iter().map(|resource| aggregated(resource)).collect::<Vec<_>>(),
                    "freshness": "Current",
                })
            })
            .collect();
        let metadata = if name.is_empty() {
            json!({})
        } else {
            json!({"name": name})
        };
        json!({"metadata": metadata, "versions": versions})
    };
    groups.iter().map(of_group).collect()
}

fn aggregated(resource: &Resource) -> Value {
    let kind = |group: &str, version: &str, kind: &str| json!({"group": group, "version": version, "kind": kind});
    let mut entry = json!({
        "resource": resource.plural,
        "responseKind": kind(&resource.group, &resource.version, &resource.kind),
        "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": resource.singular,
        "verbs": resource.verbs,
    });
    put_lists(&mut entry, resource);
    let subresources: Vec<Value> = resource
        .subresources
        .iter()
        .map(|subresource| {
            let (group, version) = if subresource.version.is_empty() {
                (&resource.group, &resource.version)
            } else {
                (&subresource.group, &subresource.version)
            };
            json!({
                "subresource": subresource.name,
                "responseKind": kind(group, version, &subresource.kind),
                "verbs": subresource.verbs,
            })
        })
        .collect();
    if !subresources.is_empty() {
        kubernetes_api::object::set(&mut entry, &["subresources"], subresources);
    }
    entry
}
