//! One run of kubectl against a cluster: the command line, the client and the resources together.

use crate::arguments::{self, Named};
use crate::client::{Call, Client};
use crate::command_line::{Flags, Invocation};
use crate::failure::Failure;
use crate::files::{self, Document};
use crate::kubeconfig;
use crate::mapper::Mapper;
use kubernetes_api::json::quote_go;
use kubernetes_api::object::{get_list, get_str};
use kubernetes_api::resources::Resource;
use serde_json::Value;
use std::rc::Rc;

/// What a verb works with.
#[derive(Clone)]
pub struct Session {
    /// The command line.
    pub invocation: Invocation,
    /// The cluster.
    pub client: Client,
    /// Its resources.
    pub mapper: Mapper,
}

impl Session {
    /// A session by the kubeconfig.
    pub fn open(invocation: Invocation) -> Result<Session, Failure> {
        let connection = kubeconfig::connection(&invocation)?;
        let client = Client::new(&invocation.process, connection);
        Ok(Session {
            mapper: Mapper::new(&client),
            invocation,
            client,
        })
    }

    /// The flags.
    pub fn flags(&self) -> &Flags {
        &self.invocation.flags
    }

    /// The arguments.
    pub fn arguments(&self) -> &[String] {
        &self.invocation.arguments
    }

    /// The namespace of the command.
    pub fn namespace(&self) -> &str {
        self.client.namespace()
    }

    /// Prints to standard output.
    pub async fn print(&self, text: impl AsRef<str>) {
        self.invocation.process.print(text).await;
    }

    /// Prints to standard error.
    pub async fn print_error(&self, text: impl AsRef<str>) {
        self.invocation.process.print_error(text).await;
    }

    /// Nanoseconds since the epoch.
    pub fn now(&self) -> i64 {
        let now = self.invocation.process.simulation().now().as_nanos();
        i64::try_from(now).unwrap_or(i64::MAX)
    }

    /// The types and names of the arguments or of the files.
    pub async fn named(&self) -> Result<Vec<Named>, Failure> {
        if !self.has_files() {
            return arguments::resolve(&self.mapper, self.arguments()).await;
        }
        let (documents, failures) =
            files::documents(&self.invocation.process, self.flags()).await?;
        Failure::all(failures)?;
        let mut named = Vec::new();
        for document in documents {
            let resource = self.resource_of(&document).await?;
            let namespace = self.namespace_of(&document.value)?;
            named.push(Named {
                resource,
                name: Some(get_str(&document.value, &["metadata", "name"]).to_owned()),
                namespace,
                source: document.source,
            });
        }
        Ok(named)
    }

    /// Whether objects come from files.
    pub fn has_files(&self) -> bool {
        self.flags().given("filename") || self.flags().given("kustomize")
    }

    /// The type of a document.
    pub async fn resource_of(&self, document: &Document) -> Result<Rc<Resource>, Failure> {
        let value = &document.value;
        let api_version = get_str(value, &["apiVersion"]);
        let kind = get_str(value, &["kind"]);
        match self.mapper.kind(api_version, kind).await? {
            Some(resource) => Ok(resource),
            None => Err(Failure::message(format!(
                "resource mapping not found for name: {} namespace: {} from {}: no matches for kind {} in version {}\nensure CRDs are installed first",
                quote_go(get_str(value, &["metadata", "name"])),
                quote_go(get_str(value, &["metadata", "namespace"])),
                quote_go(&document.source),
                quote_go(kind),
                quote_go(api_version),
            ))),
        }
    }

    /// The namespace of an object from a file: its own, which a flag may not contradict.
    pub fn namespace_of(&self, value: &Value) -> Result<String, Failure> {
        let own = get_str(value, &["metadata", "namespace"]);
        if own.is_empty() {
            return Ok(self.namespace().to_owned());
        }
        if self.client.connection.namespace_given && own != self.namespace() {
            return Err(Failure::message(format!(
                "the namespace from the provided object {} does not match the namespace {}. You must pass '--namespace={own}' to perform this operation.",
                quote_go(own),
                quote_go(self.namespace()),
            )));
        }
        Ok(own.to_owned())
    }

    /// Reads one object.
    pub async fn get(&self, resource: &Resource, name: &str) -> Result<Rc<Value>, Failure> {
        self.get_in(resource, self.namespace(), name).await
    }

    /// Reads one object of a namespace.
    pub async fn get_in(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Rc<Value>, Failure> {
        let path = resource.path(Some(namespace), Some(&segment(name)), None);
        self.client.call(Call::get(path)).await
    }

    /// Lists objects; `namespace` is `None` for all.
    pub async fn list(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        selector: &str,
    ) -> Result<Vec<Value>, Failure> {
        let list = Selection {
            labels: selector.to_owned(),
            fields: String::new(),
        }
        .list(&self.client, resource, namespace, crate::client::JSON)
        .await?;
        Ok(items(&list, resource))
    }
}

/// The objects of a list, each with its type.
pub fn items(list: &Value, resource: &Resource) -> Vec<Value> {
    let mut items = get_list(list, &["items"]).to_vec();
    for item in &mut items {
        if let Some(fields) = item.as_object_mut() {
            fields
                .entry("apiVersion")
                .or_insert_with(|| resource.api_version().into());
            fields
                .entry("kind")
                .or_insert_with(|| resource.kind.clone().into());
        }
    }
    items
}

/// A name as a part of a path.
pub fn segment(name: &str) -> String {
    machine::http::encode(name).replace("%3A", ":")
}

/// What `-l` and `--field-selector` ask for.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The label selector.
    pub labels: String,
    /// The field selector.
    pub fields: String,
}

impl Selection {
    /// The selection of the flags.
    pub fn of(flags: &Flags) -> Selection {
        Selection {
            labels: flags.text("selector").to_owned(),
            fields: flags.text("field-selector").to_owned(),
        }
    }

    /// Whether nothing is selected by anything.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Lists what is selected. A refusal says what was asked for.
    pub async fn list(
        &self,
        client: &Client,
        resource: &Resource,
        namespace: Option<&str>,
        accept: &'static str,
    ) -> Result<Rc<Value>, Failure> {
        self.list_with(client, resource, namespace, accept, "")
            .await
    }

    /// The same, with what each row of a table carries.
    pub async fn list_with(
        &self,
        client: &Client,
        resource: &Resource,
        namespace: Option<&str>,
        accept: &'static str,
        include: &str,
    ) -> Result<Rc<Value>, Failure> {
        let call = || {
            Call::get(resource.path(namespace, None, None))
                .accept(accept)
                .query("fieldSelector", self.fields.as_str())
                .query("labelSelector", self.labels.as_str())
                .query("includeObject", include)
        };
        client
            .list(call)
            .await
            .map_err(|failure| self.explained(resource, failure))
    }

    /// Says what was asked for in a refusal.
    fn explained(&self, resource: &Resource, failure: Failure) -> Failure {
        match failure {
            Failure::Api(mut status) if matches!(status.code, 400 | 404) => {
                let what = quote_go(&format!(
                    "{}/{}, Resource={}",
                    resource.group, resource.version, resource.plural
                ));
                status.message = if self.is_empty() {
                    format!("Unable to list {what}: {}", status.message)
                } else {
                    format!(
                        "Unable to find {what} that match label selector {}, field selector {}: {}",
                        quote_go(&self.labels),
                        quote_go(&self.fields),
                        status.message
                    )
                };
                Failure::Api(status)
            }
            other => other,
        }
    }
}
