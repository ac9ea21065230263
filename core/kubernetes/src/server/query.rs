//! What a request asks for besides its path: selectors, limits, versions, formats.

use kubernetes_api::resources::Resource;
use kubernetes_api::selector::{FieldSelector, LabelSelector};
use kubernetes_api::status::Status;
use machine::http::Request;
use serde_json::Value;

use crate::strategy;

/// How the answer is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// The objects themselves.
    Objects,
    /// Rows for people.
    Table(Include),
    /// Only the metadata.
    Metadata,
}

/// What a table's rows carry of their objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Include {
    /// Nothing.
    None,
    /// The metadata.
    Metadata,
    /// All.
    Object,
}

/// A list's or a watch's question.
pub(super) struct Query {
    pub(super) labels: LabelSelector,
    pub(super) fields: FieldSelector,
    pub(super) name: String,
    pub(super) limit: usize,
    pub(super) start: String,
    pub(super) version: String,
    pub(super) version_match: String,
    pub(super) watch: bool,
    pub(super) bookmarks: bool,
    pub(super) initial_events: bool,
    pub(super) timeout_seconds: Option<u64>,
    pub(super) format: Format,
    storage: String,
}

impl Query {
    pub(super) fn of(request: &Request, resource: &Resource, name: &str) -> Result<Query, Status> {
        let mut query = Query {
            labels: LabelSelector::everything(),
            fields: FieldSelector::default(),
            name: name.to_owned(),
            limit: 0,
            start: String::new(),
            version: String::new(),
            version_match: String::new(),
            watch: false,
            bookmarks: false,
            initial_events: false,
            timeout_seconds: None,
            format: format(request)?,
            storage: super::storage(resource),
        };
        let truth = |value: &str| !matches!(value, "" | "0" | "false");
        for (key, value) in request.parameters() {
            match key.as_str() {
                "labelSelector" => {
                    query.labels = LabelSelector::parse(&value).map_err(Status::bad_request)?;
                }
                "fieldSelector" => {
                    query.fields = FieldSelector::parse(&value).map_err(Status::bad_request)?;
                }
                "limit" => query.limit = value.parse().unwrap_or(0),
                "continue" => query.start = value,
                "resourceVersion" => query.version = value,
                "resourceVersionMatch" => query.version_match = value,
                "watch" => query.watch = truth(&value),
                "allowWatchBookmarks" => query.bookmarks = truth(&value),
                "sendInitialEvents" => query.initial_events = truth(&value),
                "timeoutSeconds" => query.timeout_seconds = value.parse().ok(),
                _ => {}
            }
        }
        for term in &query.fields.terms {
            if !strategy::selectable(&query.storage, &resource.group, &term.field) {
                return Err(Status::bad_request(format!(
                    "field label not supported: {}",
                    term.field
                )));
            }
        }
        Ok(query)
    }

    /// Whether an object is asked for.
    pub(super) fn matches(&self, object: &Value) -> bool {
        (self.name.is_empty() || kubernetes_api::object::name(object) == self.name)
            && self.labels.matches(kubernetes_api::object::labels(object))
            && (self.fields.is_empty()
                || self
                    .fields
                    .matches(|field| strategy::field(&self.storage, object, field)))
    }
}

fn format(request: &Request) -> Result<Format, Status> {
    let accept = request.headers.get("Accept").unwrap_or_default();
    let mut known = accept.is_empty();
    for part in accept.split(',') {
        let part = part.trim();
        let media = part.split(';').next().unwrap_or_default().trim();
        known |= matches!(
            media,
            "*/*"
                | "application/*"
                | "application/json"
                | "application/yaml"
                | "application/vnd.kubernetes.protobuf"
        );
        if media != "application/json" {
            continue;
        }
        if part.contains("as=Table") {
            let include = match request.parameter("includeObject").as_deref() {
                Some("None") => Include::None,
                Some("Object") => Include::Object,
                _ => Include::Metadata,
            };
            return Ok(Format::Table(include));
        }
        if part.contains("as=PartialObjectMetadata") {
            return Ok(Format::Metadata);
        }
        break;
    }
    if known {
        return Ok(Format::Objects);
    }
    Err(Status::failure(
        406,
        "NotAcceptable",
        "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch",
        None,
    ))
}
