//! The pages of configuration and of rights: ConfigMap, Secret, ServiceAccount, Role, RoleBinding.

use super::Subject;
use super::page::{Page, or, plain, texts};
use kubernetes_api::object::{get_list, get_map, get_str};
use serde_json::Value;

/// Writes the page of a ConfigMap.
pub fn config_map(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    page.metadata(object);
    page.line(0, "\nData\n====");
    for (key, value) in get_map(object, &["data"]).into_iter().flatten() {
        page.line(0, format!("{key}:\n----\n{}\n", plain(value)));
    }
    page.line(0, "\nBinaryData\n====");
    for (key, value) in get_map(object, &["binaryData"]).into_iter().flatten() {
        page.line(0, format!("{key}: {} bytes", decoded_length(value)));
    }
    page.line(0, "");
}

/// Writes the page of a Secret: sizes, never values.
pub fn secret(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    page.metadata(object);
    page.line(0, format!("\nType:\t{}", get_str(object, &["type"])));
    page.line(0, "\nData\n====");
    let token = get_str(object, &["type"]) == "kubernetes.io/service-account-token";
    for (key, value) in get_map(object, &["data"]).into_iter().flatten() {
        if token && key == "token" {
            page.field(0, key, plain(value));
        } else {
            page.field(0, key, format!("{} bytes", decoded_length(value)));
        }
    }
}

/// Bytes behind a Base64 text.
fn decoded_length(value: &Value) -> usize {
    let text = value.as_str().unwrap_or_default().trim_end_matches('=');
    text.len() * 3 / 4
}

/// Writes the page of a ServiceAccount.
pub fn service_account(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    page.metadata(object);
    for (title, key) in [
        ("Image pull secrets", "imagePullSecrets"),
        ("Mountable secrets", "secrets"),
    ] {
        let names: Vec<&str> = get_list(object, &[key])
            .iter()
            .map(|one| get_str(one, &["name"]))
            .collect();
        page.field(0, title, or(&names.join(", "), "<none>"));
    }
    page.field(0, "Tokens", "<none>");
}

/// Writes the page of a Role or ClusterRole.
pub fn role(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.field(0, "Name", subject.name());
    page.metadata(object);
    page.line(0, "PolicyRule:");
    page.line(1, "Resources\tNon-Resource URLs\tResource Names\tVerbs");
    page.line(1, "---------\t-----------------\t--------------\t-----");
    for rule in get_list(object, &["rules"]) {
        let list = |key: &str| format!("[{}]", texts(rule, &[key]).join(" "));
        let groups = texts(rule, &["apiGroups"]);
        let mut resources: Vec<String> = Vec::new();
        for resource in texts(rule, &["resources"]) {
            for group in &groups {
                resources.push(kubernetes_api::resources::qualified(&resource, group));
            }
        }
        if resources.is_empty() {
            resources.push(String::new());
        }
        for resource in resources {
            let text = format!(
                "{resource}\t{}\t{}\t{}",
                list("nonResourceURLs"),
                list("resourceNames"),
                list("verbs")
            );
            page.line(1, text);
        }
    }
}

/// Writes the page of a RoleBinding or ClusterRoleBinding.
pub fn role_binding(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.field(0, "Name", subject.name());
    page.metadata(object);
    page.line(0, "Role:");
    page.field(1, "Kind", get_str(object, &["roleRef", "kind"]));
    page.field(1, "Name", get_str(object, &["roleRef", "name"]));
    page.line(0, "Subjects:");
    page.line(1, "Kind\tName\tNamespace");
    page.line(1, "----\t----\t---------");
    for one in get_list(object, &["subjects"]) {
        let text = |key: &str| get_str(one, &[key]);
        page.line(
            1,
            format!("{}\t{}\t{}", text("kind"), text("name"), text("namespace")),
        );
    }
}
