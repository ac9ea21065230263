//! Which resource a word or a kind means: the built-in table first, then the server's discovery.
//!
//! Models k8s.io/client-go `restmapper` as kubectl uses it.

use crate::client::{Call, Client};
use crate::failure::Failure;
use kubernetes_api::json::quote_go;
use kubernetes_api::object::{get_list, get_str};
use kubernetes_api::resources::{Resource, ResourceTable, Subresource};
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;

/// What the server must answer with for one request to tell all resources.
const AGGREGATED: &str =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

/// The resources of a server.
#[derive(Clone)]
pub struct Mapper {
    client: Client,
    table: Rc<RefCell<State>>,
}

struct State {
    table: Rc<ResourceTable>,
    asked: bool,
}

impl Mapper {
    /// The resources of a client's server; nothing is asked yet.
    pub fn new(client: &Client) -> Mapper {
        Mapper {
            client: client.clone(),
            table: Rc::new(RefCell::new(State {
                table: Rc::new(ResourceTable::builtin()),
                asked: false,
            })),
        }
    }

    /// The table as far as it is known.
    pub fn known(&self) -> Rc<ResourceTable> {
        self.table.borrow().table.clone()
    }

    /// The resource of a word such as `po`, `deployments.apps` or `Pod`.
    pub async fn resource(&self, word: &str) -> Result<Rc<Resource>, Failure> {
        if let Some(found) = self.known().by_argument(word) {
            return Ok(found);
        }
        let found = self.discovered().await?.by_argument(word);
        found.ok_or_else(|| no_resource(word))
    }

    /// The resources of a word, which may be a category such as `all`.
    pub async fn resources(&self, word: &str) -> Result<Vec<Rc<Resource>>, Failure> {
        let known = self.known();
        if known.by_argument(word).is_none() && !known.category(word).is_empty() {
            let all = self.discovered().await?.category(word);
            return Ok(preferred(all));
        }
        if known.by_argument(word).is_none() {
            let all = self.discovered().await?.category(word);
            if !all.is_empty() {
                return Ok(preferred(all));
            }
        }
        Ok(vec![self.resource(word).await?])
    }

    /// The resource of an object's `apiVersion` and `kind`.
    pub async fn kind(
        &self,
        api_version: &str,
        kind: &str,
    ) -> Result<Option<Rc<Resource>>, Failure> {
        if let Some(found) = self.known().by_api_version(api_version, kind) {
            return Ok(Some(found));
        }
        let table = self.discovered().await?;
        if let Some(found) = table.by_api_version(api_version, kind) {
            return Ok(Some(found));
        }
        // A kind in small letters finds its resource too; the server then says what is wrong.
        let found = table
            .iter()
            .find(|have| have.api_version() == api_version && have.kind.to_lowercase() == kind);
        Ok(found.cloned())
    }

    /// The table with all that the server serves.
    pub async fn discovered(&self) -> Result<Rc<ResourceTable>, Failure> {
        if self.table.borrow().asked {
            return Ok(self.known());
        }
        let mut table = ResourceTable::new();
        for path in ["/api", "/apis"] {
            let answer = self.client.call(Call::get(path).accept(AGGREGATED)).await?;
            self.add(&mut table, &answer).await?;
        }
        let table = Rc::new(table);
        let mut state = self.table.borrow_mut();
        state.asked = true;
        state.table = table.clone();
        Ok(table)
    }

    async fn add(&self, table: &mut ResourceTable, answer: &Value) -> Result<(), Failure> {
        match get_str(answer, &["kind"]) {
            "APIGroupDiscoveryList" => {
                for group in get_list(answer, &["items"]) {
                    add_group(table, group);
                }
            }
            "APIVersions" => {
                for version in get_list(answer, &["versions"])
                    .iter()
                    .filter_map(Value::as_str)
                {
                    let list = self
                        .client
                        .call(Call::get(format!("/api/{version}")))
                        .await?;
                    add_list(table, "", version, &list);
                }
            }
            _ => {
                for group in get_list(answer, &["groups"]) {
                    let name = get_str(group, &["name"]);
                    for version in get_list(group, &["versions"]) {
                        let version = get_str(version, &["version"]);
                        let path = format!("/apis/{name}/{version}");
                        let list = self.client.call(Call::get(path)).await?;
                        add_list(table, name, version, &list);
                    }
                }
            }
        }
        Ok(())
    }
}

/// One version of each group and plural: the first, which is the preferred one.
fn preferred(all: Vec<Rc<Resource>>) -> Vec<Rc<Resource>> {
    let mut kept: Vec<Rc<Resource>> = Vec::new();
    for one in all {
        if !kept
            .iter()
            .any(|have| have.group == one.group && have.plural == one.plural)
        {
            kept.push(one);
        }
    }
    kept
}

/// The failure of a word that names no resource.
pub fn no_resource(word: &str) -> Failure {
    let plural = word.split('.').next().unwrap_or(word);
    Failure::message(format!(
        "the server doesn't have a resource type {}",
        quote_go(plural)
    ))
}

fn add_group(table: &mut ResourceTable, group: &Value) {
    let name = get_str(group, &["metadata", "name"]);
    for version in get_list(group, &["versions"]) {
        for resource in get_list(version, &["resources"]) {
            let subresources = get_list(resource, &["subresources"]);
            table.add(Resource {
                group: name.to_owned(),
                version: get_str(version, &["version"]).to_owned(),
                kind: get_str(resource, &["responseKind", "kind"]).to_owned(),
                plural: get_str(resource, &["resource"]).to_owned(),
                singular: get_str(resource, &["singularResource"]).to_owned(),
                short_names: words(resource, "shortNames"),
                namespaced: get_str(resource, &["scope"]) == "Namespaced",
                verbs: words(resource, "verbs"),
                categories: words(resource, "categories"),
                subresources: subresources
                    .iter()
                    .map(|one| Subresource {
                        name: get_str(one, &["subresource"]).to_owned(),
                        group: get_str(one, &["responseKind", "group"]).to_owned(),
                        version: get_str(one, &["responseKind", "version"]).to_owned(),
                        kind: get_str(one, &["responseKind", "kind"]).to_owned(),
                        verbs: words(one, "verbs"),
                    })
                    .collect(),
                custom: false,
            });
        }
    }
}

fn add_list(table: &mut ResourceTable, group: &str, version: &str, list: &Value) {
    let all = get_list(list, &["resources"]);
    for resource in all {
        let plural = get_str(resource, &["name"]);
        if plural.contains('/') {
            continue;
        }
        let below = all.iter().filter_map(|one| {
            let (parent, name) = get_str(one, &["name"]).split_once('/')?;
            (parent == plural).then(|| Subresource {
                name: name.to_owned(),
                group: get_str(one, &["group"]).to_owned(),
                version: get_str(one, &["version"]).to_owned(),
                kind: get_str(one, &["kind"]).to_owned(),
                verbs: words(one, "verbs"),
            })
        });
        table.add(Resource {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: get_str(resource, &["kind"]).to_owned(),
            plural: plural.to_owned(),
            singular: get_str(resource, &["singularName"]).to_owned(),
            short_names: words(resource, "shortNames"),
            namespaced: kubernetes_api::object::get_bool(resource, &["namespaced"]),
            verbs: words(resource, "verbs"),
            categories: words(resource, "categories"),
            subresources: below.collect(),
            custom: false,
        });
    }
}

fn words(value: &Value, key: &str) -> Vec<String> {
    get_list(value, &[key])
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
