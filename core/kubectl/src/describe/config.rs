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
    for rule in rule_lines(get_list(object, &["rules"])) {
        page.line(1, rule);
    }
}

/// One thing that may be done: what, where it is no resource, which one of them, and the verbs.
type Rule = (String, String, String, Vec<String>);

/// Rules taken apart and put together again, a line for each resource, in upstream's order.
///
/// Models `BreakdownRule`, `CompactRules` and `SortableRuleSlice` of kubectl `pkg/util/rbac`.
pub fn rule_lines(rules: &[Value]) -> Vec<String> {
    let mut all: Vec<(String, Rule)> = Vec::new();
    let or_none = |mut words: Vec<String>| {
        if words.is_empty() {
            words.push(String::new());
        }
        words
    };
    for rule in rules {
        let verbs = texts(rule, &["verbs"]);
        for url in texts(rule, &["nonResourceURLs"]) {
            for verb in &verbs {
                let rule = (
                    String::new(),
                    url.clone(),
                    String::new(),
                    vec![verb.clone()],
                );
                all.push((String::new(), rule));
            }
        }
        let names = or_none(texts(rule, &["resourceNames"]));
        for group in texts(rule, &["apiGroups"]) {
            for resource in texts(rule, &["resources"]) {
                for name in &names {
                    let have = all.iter_mut().find(|(of, (what, _, named, _))| {
                        *of == group && *what == resource && named == name
                    });
                    match have {
                        Some((_, (.., have))) => {
                            let mut more = verbs.clone();
                            more.retain(|verb| !have.contains(verb));
                            have.extend(more);
                        }
                        None => {
                            let what = resource.clone();
                            let rule = (what, String::new(), name.clone(), verbs.clone());
                            all.push((group.clone(), rule));
                        }
                    }
                }
            }
        }
    }
    // They are sorted by the text of Go's struct.
    all.sort_by_cached_key(|(group, (resource, url, name, verbs))| {
        let groups = if resource.is_empty() { "" } else { group };
        format!("{}],{groups}],{resource}],{name}],{url}],", verbs.join(" "))
    });
    all.into_iter()
        .map(|(group, (resource, url, name, verbs))| {
            let (main, part) = resource.split_at(resource.find('/').unwrap_or(resource.len()));
            let resource = kubernetes_api::resources::qualified(main, &group) + part;
            format!("{resource}\t[{url}]\t[{name}]\t[{}]", verbs.join(" "))
        })
        .collect()
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
