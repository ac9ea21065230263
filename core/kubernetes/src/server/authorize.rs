//! Who asks, and whether the roles that are bound to them allow it.
//!
//! Models kubernetes plugin/pkg/auth/authorizer/rbac and the impersonation filter. Whoever does
//! not impersonate is the administrator, as the kubeconfig of a new cluster makes one.

use kubernetes_api::object;
use kubernetes_api::path::ResourcePath;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::Status;
use machine::http::Request;
use serde_json::Value;

use super::Api;

const RBAC: &str = "rbac.authorization.k8s.io";

/// Who asks.
pub(super) struct User {
    pub(super) name: String,
    pub(super) uid: String,
    pub(super) groups: Vec<String>,
}

/// What is asked for.
#[derive(Clone, Copy, Default)]
pub(super) struct Wish<'a> {
    pub(super) verb: &'a str,
    pub(super) group: &'a str,
    pub(super) resource: &'a str,
    pub(super) subresource: &'a str,
    pub(super) name: &'a str,
    pub(super) namespace: &'a str,
    /// A path outside of the resources; the fields above but the verb are then empty.
    pub(super) path: &'a str,
}

impl User {
    /// The user of a request.
    pub(super) fn of(request: &Request) -> User {
        let Some(name) = request.headers.get("Impersonate-User") else {
            return User {
                name: "admin".to_owned(),
                uid: "admin".to_owned(),
                groups: vec!["system:masters".to_owned(), AUTHENTICATED.to_owned()],
            };
        };
        let mut groups: Vec<String> = request
            .headers
            .0
            .iter()
            .filter(|(header, _)| header.eq_ignore_ascii_case("Impersonate-Group"))
            .map(|(_, group)| group.clone())
            .collect();
        let account = name
            .strip_prefix("system:serviceaccount:")
            .and_then(|account| account.split_once(':'));
        if let (true, Some((namespace, _))) = (groups.is_empty(), account) {
            groups.push("system:serviceaccounts".to_owned());
            groups.push(format!("system:serviceaccounts:{namespace}"));
        }
        if name == "system:anonymous" {
            groups.push("system:unauthenticated".to_owned());
        } else if !groups.iter().any(|group| group == AUTHENTICATED) {
            groups.push(AUTHENTICATED.to_owned());
        }
        User {
            name: name.to_owned(),
            uid: request
                .headers
                .get("Impersonate-Uid")
                .unwrap_or_default()
                .to_owned(),
            groups,
        }
    }
}

/// The refusal that a user gets whose roles do not allow the request.
pub(super) fn refused(
    api: &Api,
    request: &Request,
    resource: &Resource,
    path: &ResourcePath,
) -> Option<Status> {
    let user = User::of(request);
    let truth = |text: Option<String>| {
        text.is_some_and(|text| !matches!(text.as_str(), "" | "0" | "false"))
    };
    let verb = match (request.method.as_str(), path.name.is_empty()) {
        ("GET", true) if truth(request.parameter("watch")) => "watch",
        ("GET", true) => "list",
        ("GET", false) => "get",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", true) => "deletecollection",
        _ => "delete",
    };
    let wish = Wish {
        verb,
        group: &resource.group,
        resource: &resource.plural,
        subresource: &path.subresource,
        name: &path.name,
        namespace: &path.namespace,
        path: "",
    };
    if api.allows(&user, wish).is_some() {
        return None;
    }
    let scope = if path.namespace.is_empty() || !resource.namespaced {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace \"{}\"", path.namespace)
    };
    let plural = match path.subresource.as_str() {
        "" => resource.plural.clone(),
        subresource => format!("{}/{subresource}", resource.plural),
    };
    let why = format!(
        "User \"{}\" cannot {verb} resource \"{plural}\" in API group \"{}\" {scope}",
        user.name, resource.group
    );
    Some(Status::forbidden(
        &resource.group,
        &resource.plural,
        &path.name,
        &why,
    ))
}

/// The group of everyone who is known.
const AUTHENTICATED: &str = "system:authenticated";

impl Api {
    /// Why the user may do it; nothing when they may not.
    pub(super) fn allows(&self, user: &User, wish: Wish) -> Option<String> {
        if user.groups.iter().any(|group| group == "system:masters") {
            return Some(String::new());
        }
        let bindings = self
            .store()
            .list("clusterrolebindings.rbac.authorization.k8s.io", None);
        for binding in &bindings {
            if let Some(why) = self.allowed_by(binding, user, wish) {
                return Some(why);
            }
        }
        if wish.namespace.is_empty() {
            return None;
        }
        self.store()
            .list(
                "rolebindings.rbac.authorization.k8s.io",
                Some(wish.namespace),
            )
            .iter()
            .find_map(|binding| self.allowed_by(binding, user, wish))
    }

    fn allowed_by(&self, binding: &Value, user: &User, wish: Wish) -> Option<String> {
        let namespace = object::namespace(binding);
        let subject = object::get_list(binding, &["subjects"])
            .iter()
            .find(|subject| is_subject(subject, user, namespace))?;
        let role_name = object::get_str(binding, &["roleRef", "name"]);
        let kind = object::get_str(binding, &["roleRef", "kind"]);
        let (resource, place) = match kind {
            "ClusterRole" => ("clusterroles", ""),
            _ => ("roles", namespace),
        };
        let role = self
            .store()
            .get(&format!("{resource}.{RBAC}"), place, role_name)?;
        let allowed = object::get_list(&role, &["rules"])
            .iter()
            .any(|rule| rule_allows(rule, wish));
        allowed.then(|| reason(binding, kind, role_name, subject))
    }

    /// The rules that the user's bindings give in a namespace.
    pub(super) fn rules_of(&self, user: &User, namespace: &str) -> Vec<Value> {
        let mut rules = Vec::new();
        let cluster = self
            .store()
            .list("clusterrolebindings.rbac.authorization.k8s.io", None);
        let local = self
            .store()
            .list("rolebindings.rbac.authorization.k8s.io", Some(namespace));
        for binding in cluster.iter().chain(&local) {
            let place = object::namespace(binding);
            let bound = object::get_list(binding, &["subjects"])
                .iter()
                .any(|subject| is_subject(subject, user, place));
            if !bound {
                continue;
            }
            let (resource, place) = match object::get_str(binding, &["roleRef", "kind"]) {
                "ClusterRole" => ("clusterroles", ""),
                _ => ("roles", place),
            };
            let name = object::get_str(binding, &["roleRef", "name"]);
            let role = self.store().get(&format!("{resource}.{RBAC}"), place, name);
            if let Some(role) = role {
                rules.extend(object::get_list(&role, &["rules"]).iter().cloned());
            }
        }
        rules
    }
}

fn reason(binding: &Value, kind: &str, role: &str, subject: &Value) -> String {
    let who = match object::get_str(subject, &["kind"]) {
        "ServiceAccount" => format!(
            "ServiceAccount \"{}/{}\"",
            object::get_str(subject, &["name"]),
            object::get_str(subject, &["namespace"])
        ),
        kind => format!("{kind} \"{}\"", object::get_str(subject, &["name"])),
    };
    let name = match object::namespace(binding) {
        "" => object::name(binding).to_owned(),
        namespace => format!("{}/{namespace}", object::name(binding)),
    };
    format!(
        "RBAC: allowed by {} \"{name}\" of {kind} \"{role}\" to {who}",
        object::kind(binding)
    )
}

fn is_subject(subject: &Value, user: &User, namespace: &str) -> bool {
    let name = object::get_str(subject, &["name"]);
    match object::get_str(subject, &["kind"]) {
        "User" => name == user.name,
        "Group" => user.groups.iter().any(|group| group == name),
        "ServiceAccount" => {
            let own = object::get_str(subject, &["namespace"]);
            let namespace = if own.is_empty() { namespace } else { own };
            user.name == format!("system:serviceaccount:{namespace}:{name}")
        }
        _ => false,
    }
}

fn rule_allows(rule: &Value, wish: Wish) -> bool {
    let has = |field: &str, wanted: &str| {
        object::get_list(rule, &[field])
            .iter()
            .filter_map(Value::as_str)
            .any(|one| one == "*" || one == wanted)
    };
    if !has("verbs", wish.verb) {
        return false;
    }
    if !wish.path.is_empty() {
        return object::get_list(rule, &["nonResourceURLs"])
            .iter()
            .filter_map(Value::as_str)
            .any(|url| match url.strip_suffix('*') {
                Some(prefix) => wish.path.starts_with(prefix),
                None => url == wish.path,
            });
    }
    let resource = if wish.subresource.is_empty() {
        has("resources", wish.resource)
    } else {
        has(
            "resources",
            &format!("{}/{}", wish.resource, wish.subresource),
        ) || has("resources", &format!("*/{}", wish.subresource))
    };
    let names = object::get_list(rule, &["resourceNames"]);
    has("apiGroups", wish.group)
        && resource
        && (names.is_empty() || names.iter().any(|name| name == wish.name))
}
