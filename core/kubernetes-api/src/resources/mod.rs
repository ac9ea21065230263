//! The table of API resources: which kinds exist, what they are called and where they live.
//!
//! Here: the table itself with its look-ups (by kind, by plural, by the words that kubectl accepts)
//! and the REST paths of a resource. Parsing of request paths is in [`crate::path`]. What an object
//! of a kind contains is the schema's business.

mod builtin;

use std::rc::Rc;

/// What the server can do with a resource, in the words of discovery.
pub const VERBS: [&str; 8] = [
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "update",
    "watch",
];

/// One entry of the table: `deployments` of `apps/v1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// API group, empty for the core group.
    pub group: String,
    /// API version inside the group.
    pub version: String,
    /// Kind of one object, `Deployment`.
    pub kind: String,
    /// Name in paths, `deployments`.
    pub plural: String,
    /// Name of one, `deployment`.
    pub singular: String,
    /// Abbreviations, `deploy`.
    pub short_names: Vec<String>,
    /// Whether objects live in a namespace.
    pub namespaced: bool,
    /// What can be done with it, sorted.
    pub verbs: Vec<String>,
    /// Groups of resources such as `all`.
    pub categories: Vec<String>,
    /// What hangs below one object: `status`, `scale`, `log`.
    pub subresources: Vec<Subresource>,
    /// Whether this comes from a CustomResourceDefinition.
    pub custom: bool,
}

/// One subresource of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subresource {
    /// Last part of the path.
    pub name: String,
    /// Group of the kind that it takes and gives; empty means that of the resource.
    pub group: String,
    /// Version of that kind; empty means that of the resource.
    pub version: String,
    /// Kind that it takes and gives.
    pub kind: String,
    /// What can be done with it, sorted.
    pub verbs: Vec<String>,
}

impl Resource {
    /// `v1` or `apps/v1`, as in an object's `apiVersion`.
    #[must_use]
    pub fn api_version(&self) -> String {
        api_version(&self.group, &self.version)
    }

    /// `pods` or `deployments.apps`, as messages name a resource.
    #[must_use]
    pub fn group_resource(&self) -> String {
        qualified(&self.plural, &self.group)
    }

    /// `Pod` or `Deployment.apps`, as messages name a kind.
    #[must_use]
    pub fn group_kind(&self) -> String {
        qualified(&self.kind, &self.group)
    }

    /// `pod` or `deployment.apps`, as kubectl prints a type before a name.
    #[must_use]
    pub fn singular_with_group(&self) -> String {
        qualified(&self.singular, &self.group)
    }

    /// Whether discovery lists this verb.
    #[must_use]
    pub fn has_verb(&self, verb: &str) -> bool {
        self.verbs.iter().any(|have| have == verb)
    }

    /// The subresource of this name.
    #[must_use]
    pub fn subresource(&self, name: &str) -> Option<&Subresource> {
        self.subresources
            .iter()
            .find(|subresource| subresource.name == name)
    }

    /// The kind of a list of these objects, `DeploymentList`.
    #[must_use]
    pub fn list_kind(&self) -> String {
        format!("{}List", self.kind)
    }

    /// Path of the collection, or of one object, or of its subresource. The namespace is left out
    /// for resources without one and for `None` (all namespaces).
    #[must_use]
    pub fn path(
        &self,
        namespace: Option<&str>,
        name: Option<&str>,
        subresource: Option<&str>,
    ) -> String {
        let mut path = if self.group.is_empty() {
            format!("/api/{}", self.version)
        } else {
            format!("/apis/{}/{}", self.group, self.version)
        };
        if let Some(namespace) = namespace
            && self.namespaced
        {
            path.push_str("/namespaces/");
            path.push_str(namespace);
        }
        path.push('/');
        path.push_str(&self.plural);
        for part in [name, subresource].into_iter().flatten() {
            path.push('/');
            path.push_str(part);
        }
        path
    }
}

/// `v1` for the core group, `apps/v1` for others.
#[must_use]
pub fn api_version(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}

/// Group and version of an `apiVersion`; the core group is empty.
#[must_use]
pub fn split_api_version(api_version: &str) -> (&str, &str) {
    api_version.rsplit_once('/').unwrap_or(("", api_version))
}

/// `name.group`, or the name alone in the core group.
#[must_use]
pub fn qualified(name: &str, group: &str) -> String {
    if group.is_empty() {
        name.to_owned()
    } else {
        format!("{name}.{group}")
    }
}

/// All resources of a server in the order of its discovery: core first, preferred versions first.
#[derive(Clone, Debug, Default)]
pub struct ResourceTable {
    resources: Vec<Rc<Resource>>,
}

impl ResourceTable {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The resources that every server of this version has (no custom ones).
    #[must_use]
    pub fn builtin() -> Self {
        Self {
            resources: builtin::parse(),
        }
    }

    /// The entries in discovery order.
    pub fn iter(&self) -> impl Iterator<Item = &Rc<Resource>> {
        self.resources.iter()
    }

    /// Adds an entry at the end, or replaces the one of the same group, version and plural.
    pub fn add(&mut self, resource: Resource) {
        let same = |have: &&mut Rc<Resource>| {
            have.group == resource.group
                && have.version == resource.version
                && have.plural == resource.plural
        };
        match self.resources.iter_mut().find(same) {
            Some(have) => *have = Rc::new(resource),
            None => self.resources.push(Rc::new(resource)),
        }
    }

    /// Removes the entries of this group and plural, in all versions.
    pub fn remove(&mut self, group: &str, plural: &str) {
        self.resources
            .retain(|have| have.group != group || have.plural != plural);
    }

    /// The entry of a kind in a group and version.
    #[must_use]
    pub fn by_kind(&self, group: &str, version: &str, kind: &str) -> Option<Rc<Resource>> {
        self.find(|have| have.kind == kind && have.group == group && have.version == version)
    }

    /// The entry of an object's `apiVersion` and `kind`.
    #[must_use]
    pub fn by_api_version(&self, api_version: &str, kind: &str) -> Option<Rc<Resource>> {
        let (group, version) = split_api_version(api_version);
        self.by_kind(group, version, kind)
    }

    /// The entry for a path's group, version and plural.
    #[must_use]
    pub fn by_plural(&self, group: &str, version: &str, plural: &str) -> Option<Rc<Resource>> {
        self.find(|have| have.plural == plural && have.group == group && have.version == version)
    }

    /// Whether any resource has this group and version.
    #[must_use]
    pub fn has_group_version(&self, group: &str, version: &str) -> bool {
        self.resources
            .iter()
            .any(|have| have.group == group && have.version == version)
    }

    /// The entries of a category such as `all`, in discovery order.
    #[must_use]
    pub fn category(&self, category: &str) -> Vec<Rc<Resource>> {
        self.resources
            .iter()
            .filter(|have| have.categories.iter().any(|c| c == category))
            .cloned()
            .collect()
    }

    /// The entry that a word of kubectl's command line means: `po`, `pods`, `Pod`, `deployments.apps`,
    /// `deployments.v1.apps`.
    ///
    /// Models the shortcut expander and the mappers of cli-runtime: plural and singular names in any
    /// case, short names, a group that may be given by its beginning only.
    #[must_use]
    pub fn by_argument(&self, argument: &str) -> Option<Rc<Resource>> {
        let (resource, rest) = match argument.split_once('.') {
            Some((resource, rest)) => (resource, Some(rest)),
            None => (argument, None),
        };
        let resource = self.expand_short_name(resource, rest);
        if let Some((version, group)) = rest.and_then(|rest| rest.split_once('.'))
            && let Some(found) = self.find(|have| {
                named(have, &resource) && have.version == version && have.group == group
            })
        {
            return Some(found);
        }
        let Some(group) = rest else {
            return self.find(|have| named(have, &resource));
        };
        self.find(|have| named(have, &resource) && have.group == group)
            .or_else(|| {
                self.find(|have| {
                    named(have, &resource)
                        && !have.group.is_empty()
                        && have.group.starts_with(group)
                })
            })
    }

    fn expand_short_name(&self, resource: &str, rest: Option<&str>) -> String {
        let lower = resource.to_lowercase();
        let group = rest.map(|rest| rest.split_once('.').map_or(rest, |(_, group)| group));
        let short = |have: &&Rc<Resource>| {
            have.short_names.contains(&lower)
                && group.is_none_or(|group| {
                    have.group.starts_with(group) || rest == Some(have.group.as_str())
                })
        };
        if self.resources.iter().any(|have| named(have, &lower)) {
            return lower;
        }
        self.resources
            .iter()
            .find(short)
            .map_or(lower.clone(), |have| have.plural.clone())
    }

    fn find(&self, wanted: impl Fn(&Resource) -> bool) -> Option<Rc<Resource>> {
        self.resources.iter().find(|have| wanted(have)).cloned()
    }
}

fn named(resource: &Resource, lower: &str) -> bool {
    resource.plural == lower || resource.singular == lower
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_command_line() {
        let table = ResourceTable::builtin();
        let mean = |word: &str| {
            table.by_argument(word).map_or("-".to_owned(), |found| {
                format!("{} {}", found.api_version(), found.kind)
            })
        };
        for (word, meant) in [
            ("po", "v1 Pod"),
            ("Pod", "v1 Pod"),
            ("pods", "v1 Pod"),
            ("deploy", "apps/v1 Deployment"),
            ("deployments.apps", "apps/v1 Deployment"),
            ("deployments.v1.apps", "apps/v1 Deployment"),
            ("deploy.apps", "apps/v1 Deployment"),
            ("deploy.app", "apps/v1 Deployment"),
            ("pods.v1.", "v1 Pod"),
            ("ev", "v1 Event"),
            ("events.events.k8s.io", "events.k8s.io/v1 Event"),
            ("hpa", "autoscaling/v2 HorizontalPodAutoscaler"),
            (
                "hpa.v1.autoscaling",
                "autoscaling/v1 HorizontalPodAutoscaler",
            ),
            ("crd", "apiextensions.k8s.io/v1 CustomResourceDefinition"),
            ("deployments.extensions", "-"),
            ("foo", "-"),
            ("", "-"),
            ("..", "-"),
        ] {
            assert_eq!(mean(word), meant, "{word:?}");
        }
    }

    #[test]
    fn paths() {
        let table = ResourceTable::builtin();
        let pods = table.by_argument("pods").unwrap();
        assert_eq!(
            pods.path(Some("default"), Some("a"), Some("log")),
            "/api/v1/namespaces/default/pods/a/log"
        );
        assert_eq!(pods.path(None, None, None), "/api/v1/pods");
        let nodes = table.by_argument("no").unwrap();
        assert_eq!(
            nodes.path(Some("default"), Some("n1"), None),
            "/api/v1/nodes/n1"
        );
        let deployments = table.by_argument("deploy").unwrap();
        assert_eq!(
            deployments.path(Some("x"), None, None),
            "/apis/apps/v1/namespaces/x/deployments"
        );
        assert_eq!(
            (deployments.group_resource(), deployments.group_kind()),
            ("deployments.apps".to_owned(), "Deployment.apps".to_owned())
        );
        assert!(
            deployments
                .subresource("scale")
                .is_some_and(|scale| scale.kind == "Scale" && scale.group == "autoscaling")
        );
    }
}
