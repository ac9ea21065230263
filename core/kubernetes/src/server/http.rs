//! Requests of the REST API become operations, and their outcomes responses.

use std::rc::Rc;

use kubernetes_api::path::ResourcePath;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::Status;
use kubernetes_api::{body, json, object};
use machine::http::{Body, Request, Response, Service};
use serde_json::Value;
use simulation::LocalFuture;

use super::authorize::refused;
use super::delete::{DeleteOptions, Deleted};
use super::query::Query;
use super::{Api, PatchKind, WriteOptions, discovery, review, storage, subresource};
use crate::ownership;
use crate::schema::{self, Strictness};

impl Service for Api {
    fn call(&self, request: Request) -> LocalFuture<Response> {
        let api = self.clone();
        Box::pin(async move { api.answer(request).await })
    }
}

/// A request to a resource, taken apart.
pub(super) struct Asked {
    pub(super) resource: Rc<Resource>,
    pub(super) path: ResourcePath,
    pub(super) request: Request,
}

impl Asked {
    pub(super) fn options(&self) -> WriteOptions {
        let agent = self.request.headers.get("User-Agent").unwrap_or_default();
        let agent = agent.split('/').next().unwrap_or_default().to_owned();
        WriteOptions {
            dry_run: self
                .request
                .parameter("dryRun")
                .is_some_and(|all| all == "All"),
            manager: self.request.parameter("fieldManager").unwrap_or(agent),
            subresource: self.path.subresource.clone(),
            applied: false,
        }
    }

    pub(super) fn query(&self) -> Result<Query, Status> {
        Query::of(&self.request, &self.resource, &self.path.name)
    }

    fn strictness(&self) -> Strictness {
        match self.request.parameter("fieldValidation").as_deref() {
            Some("Strict") => Strictness::Strict,
            Some("Ignore") => Strictness::Ignore,
            _ => Strictness::Warn,
        }
    }

    fn scope(&self) -> Option<&str> {
        match self.path.namespace.as_str() {
            "" => (!self.resource.namespaced).then_some(""),
            _ if !self.resource.namespaced => Some(""),
            namespace => Some(namespace),
        }
    }

    /// The namespace in which the store has the object.
    pub(super) fn namespace(&self) -> &str {
        self.scope().unwrap_or_default()
    }
}

impl Api {
    async fn answer(&self, request: Request) -> Response {
        if let Some(response) = discovery::answer(self, &request) {
            return response;
        }
        let path = ResourcePath::parse(&request.path).filter(|path| {
            self.with_resources(|table| table.has_group_version(&path.group, &path.version))
        });
        let Some(path) = path else {
            return not_found_page();
        };
        let resource = self
            .with_resources(|table| table.by_plural(&path.group, &path.version, &path.resource));
        let Some(resource) = resource else {
            return failure(&Status::resource_not_found());
        };
        if let Some(status) = refused(self, &request, &resource, &path) {
            return failure(&status);
        }
        let asked = Asked {
            resource,
            path,
            request,
        };
        let outcome = if asked.path.subresource.is_empty() {
            self.object_request(asked).await
        } else {
            subresource::answer(self, asked).await
        };
        outcome.unwrap_or_else(|status| failure(&status))
    }

    async fn object_request(&self, mut asked: Asked) -> Result<Response, Status> {
        let named = !asked.path.name.is_empty();
        let method = asked.request.method.clone();
        let verb = match (method.as_str(), named) {
            ("GET" | "HEAD", true) => "get",
            ("GET" | "HEAD", false) => "list",
            ("POST", false) => "create",
            ("PUT", true) => "update",
            ("PATCH", true) => "patch",
            ("DELETE", true) => "delete",
            ("DELETE", false) => "deletecollection",
            _ => return Err(Status::method_not_allowed()),
        };
        if !asked.resource.has_verb(verb) {
            return Err(Status::method_not_allowed());
        }
        match verb {
            "get" | "list" => self.read_request(&asked),
            "create" => self.create_request(&mut asked).await,
            "update" => self.update_request(&mut asked).await,
            "patch" => self.patch_request(&mut asked).await,
            _ => self.delete_request(&mut asked).await,
        }
    }

    fn read_request(&self, asked: &Asked) -> Result<Response, Status> {
        let query = asked.query()?;
        let warnings = self.deprecation(&asked.resource).into_iter();
        if query.watch {
            let stream = self.watch(&asked.resource, asked.scope(), query);
            let response = Response::new(200, "application/json", stream);
            return Ok(with_warnings(response, warnings));
        }
        if asked.path.name.is_empty() {
            let list = self.list(&asked.resource, asked.scope(), &query)?;
            return Ok(with_warnings(success(200, Rc::new(list)), warnings));
        }
        let object = self.get(&asked.resource, asked.namespace(), &asked.path.name)?;
        let object = ownership::with_system(&asked.resource, object);
        let shown = self.present(&asked.resource, object, query.format, true);
        Ok(with_warnings(success(200, shown), warnings))
    }

    async fn create_request(&self, asked: &mut Asked) -> Result<Response, Status> {
        let (object, warnings) = self.body_object(asked, &asked.resource.clone()).await?;
        if let Some(answer) = review::answer(self, &asked.request, &asked.resource, &object) {
            return Ok(success(201, Rc::new(answer?)));
        }
        let options = asked.options();
        if asked.resource.namespaced && asked.path.namespace.is_empty() {
            return Err(Status::bad_request(
                "the namespace of the provided object does not match the namespace sent on the request",
            ));
        }
        let created = self.create(&asked.resource, asked.namespace(), object, &options)?;
        let format = asked.query()?.format;
        let shown = self.present(&asked.resource, created, format, true);
        Ok(with_warnings(
            success(201, shown),
            warnings
                .into_iter()
                .chain(self.deprecation(&asked.resource)),
        ))
    }

    async fn update_request(&self, asked: &mut Asked) -> Result<Response, Status> {
        let (object, warnings) = self.body_object(asked, &asked.resource.clone()).await?;
        check_name(&asked.path.name, &object)?;
        let options = asked.options();
        let place = (asked.namespace(), asked.path.name.as_str());
        let updated = self.update(&asked.resource, place.0, place.1, object, &options)?;
        let shown = self.present(&asked.resource, updated, asked.query()?.format, true);
        Ok(with_warnings(
            success(200, shown),
            warnings
                .into_iter()
                .chain(self.deprecation(&asked.resource)),
        ))
    }

    pub(super) async fn patch_request(&self, asked: &mut Asked) -> Result<Response, Status> {
        let force = asked
            .request
            .parameter("force")
            .is_some_and(|force| force == "true");
        let content_type = asked
            .request
            .headers
            .get("Content-Type")
            .unwrap_or_default();
        let Some(kind) = PatchKind::of(content_type, force) else {
            return Err(Status::failure(
                415,
                "UnsupportedMediaType",
                "415: Unsupported Media Type",
                Some(kubernetes_api::status::Details::default()),
            ));
        };
        let patch = read_body(asked, |text| match json_error(text) {
            Some(why) => Status::bad_request(why),
            None => Status::bad_request("error decoding YAML"),
        })
        .await?;
        let options = asked.options();
        let place = (asked.namespace(), asked.path.name.as_str());
        let existed = self
            .store()
            .get(&storage(&asked.resource), place.0, place.1)
            .is_some();
        let patched = self.patch(&asked.resource, place.0, place.1, kind, &patch, &options)?;
        let shown = self.present(&asked.resource, patched, asked.query()?.format, true);
        let code = if existed { 200 } else { 201 };
        let warnings = self.deprecation(&asked.resource).into_iter();
        Ok(with_warnings(success(code, shown), warnings))
    }

    async fn delete_request(&self, asked: &mut Asked) -> Result<Response, Status> {
        let given = read_body(asked, |_| {
            Status::bad_request(
                "the object provided is unrecognized (must be of type DeleteOptions)",
            )
        });
        let given = given.await.unwrap_or_default();
        let options = DeleteOptions::of(&given, |name| asked.request.parameter(name));
        if asked.path.name.is_empty() {
            let query = asked.query()?;
            let list = self.delete_collection(&asked.resource, asked.scope(), &query, &options)?;
            return Ok(success(200, Rc::new(list)));
        }
        let resource = &asked.resource;
        let name = &asked.path.name;
        Ok(
            match self.delete(resource, asked.namespace(), name, &options)? {
                Deleted::Pending(object) => success(200, object),
                Deleted::Gone(object) if returns_object(resource) => success(200, object),
                Deleted::Gone(object) => {
                    let uid = object::uid(&object);
                    let status = Status::deleted(&resource.group, &resource.plural, name, uid);
                    success(200, Rc::new(status.to_value()))
                }
            },
        )
    }

    /// The object of a request's body, decoded for a kind.
    pub(super) async fn body_object(
        &self,
        asked: &mut Asked,
        resource: &Resource,
    ) -> Result<(Value, Vec<String>), Status> {
        let content_type = asked
            .request
            .headers
            .get("Content-Type")
            .unwrap_or_default();
        let media = content_type.split(';').next().unwrap_or_default().trim();
        if !matches!(media, "" | "application/json" | "application/yaml") {
            return Err(Status::unsupported_media_type());
        }
        let kind = resource.kind.clone();
        let value = read_body(asked, |text| {
            let why = json_error(text).unwrap_or_default();
            let shown = if text.is_empty() { "<empty>" } else { text };
            Status::bad_request(format!(
                "the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; json parse error: {why} ({shown})"
            ))
        })
        .await?;
        let mut object = Rc::unwrap_or_clone(value);
        self.check_kind(resource, &mut object)?;
        let warnings = schema::decode(self, resource, &mut object, asked.strictness())?;
        Ok((object, warnings))
    }

    /// Refuses an object of another kind than the resource's.
    fn check_kind(&self, resource: &Resource, object: &mut Value) -> Result<(), Status> {
        let kind = object::kind(object).to_owned();
        let version = object::api_version(object).to_owned();
        if kind.is_empty() {
            object::set(object, &["kind"], resource.kind.as_str());
        } else if kind != resource.kind {
            let short = |version: &str| version.rsplit('/').next().unwrap_or_default().to_owned();
            let group = match resource.group.as_str() {
                "" => "core",
                group => group.split('.').next().unwrap_or_default(),
            };
            let known = self.resource_of_kind(&version, &kind).is_some();
            if !known {
                return Err(Status::bad_request(format!(
                    "{kind} in version {} cannot be handled as a {}: no kind {} is registered for version {} in scheme \"pkg/api/legacyscheme/scheme.go:30\"",
                    json::quote_go(&version),
                    resource.kind,
                    json::quote_go(&kind),
                    json::quote_go(&version)
                )));
            }
            return Err(Status::bad_request(format!(
                "{kind} in version {} cannot be handled as a {}: converting ({}.{kind}) to ({group}.{}): unknown conversion",
                json::quote_go(&version),
                resource.kind,
                short(&version),
                resource.kind
            )));
        }
        if version.is_empty() {
            object::set(object, &["apiVersion"], resource.api_version());
        } else if version != resource.api_version() {
            return Err(Status::bad_request(format!(
                "the API version in the data ({version}) does not match the expected API version ({})",
                resource.api_version()
            )));
        }
        Ok(())
    }

    /// What the server warns of whoever uses the resource.
    fn deprecation(&self, resource: &Resource) -> Option<String> {
        let warning = match (resource.group.as_str(), resource.kind.as_str()) {
            ("extensions", _) => {
                "extensions/v1beta1 Deployment is deprecated in v1.9+, unavailable in v1.16+; use apps/v1 Deployment"
            }
            ("", "ComponentStatus") => "v1 ComponentStatus is deprecated in v1.19+",
            ("", "Endpoints") => {
                "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
            }
            _ => return None,
        };
        Some(warning.to_owned())
    }
}

/// A JSON answer.
pub(super) fn success(code: u16, value: Rc<Value>) -> Response {
    Response::new(code, "application/json", body::body(value))
}

/// A refusal.
pub(super) fn failure(status: &Status) -> Response {
    let mut response = Response::new(
        status.code,
        "application/json",
        body::body(status.to_value()),
    );
    let retry = status
        .details
        .as_ref()
        .map_or(0, |details| details.retry_after_seconds);
    if retry > 0 {
        response.headers.set("Retry-After", retry.to_string());
    }
    response
}

/// What a path that nothing knows gives.
pub(super) fn not_found_page() -> Response {
    Response::text(404, "404 page not found\n")
}

fn with_warnings(mut response: Response, warnings: impl Iterator<Item = String>) -> Response {
    for warning in warnings {
        let text = json::quote_go(&warning);
        response
            .headers
            .0
            .push(("Warning".to_owned(), format!("299 - {text}")));
    }
    response
}

/// The JSON value of a request's body; the text is given to `wrong` when it is none.
async fn read_body(
    asked: &mut Asked,
    wrong: impl FnOnce(&str) -> Status,
) -> Result<Rc<Value>, Status> {
    let taken = std::mem::take(&mut asked.request.body);
    if let Body::Object(_) = &taken {
        return body::read(taken).await.map_err(Status::bad_request);
    }
    let bytes = taken.into_bytes().await;
    let text = String::from_utf8_lossy(&bytes);
    schema::parse(&text)
        .ok_or_else(|| wrong(&text))
        .map(Rc::new)
}

/// Go's words for why a text is no JSON.
fn json_error(text: &str) -> Option<String> {
    let error = kubernetes_api::json_syntax::parse(text).err()?;
    Some(error.message)
}

/// Refuses an object of another name than the one that it is written under.
pub(super) fn check_name(name: &str, object: &Value) -> Result<(), Status> {
    let given = object::name(object);
    if given == name {
        return Ok(());
    }
    Err(Status::bad_request(format!(
        "the name of the object ({given}) does not match the name on the URL ({name})"
    )))
}

/// Whether a deletion answers with the object that is gone instead of a Status.
fn returns_object(resource: &Resource) -> bool {
    resource.group.is_empty()
        && matches!(
            resource.plural.as_str(),
            "pods"
                | "services"
                | "serviceaccounts"
                | "persistentvolumes"
                | "persistentvolumeclaims"
                | "resourcequotas"
                | "podtemplates"
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use kubernetes_api::body::WatchEvent;
    use simulation::{Simulation, Time};

    const POD: &str = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"},
        "spec": {"containers": [{"name": "c", "image": "i"}]}}"#;

    fn api() -> Api {
        let simulation = Simulation::new(1, Time::from_secs(1_800_000_000));
        let api = Api::new(&simulation, simulation.random().fork());
        crate::bootstrap::objects(&api);
        api
    }

    fn call(api: &Api, method: &str, target: &str, accept: &str, content: &str) -> String {
        let request = Request::new(method, target)
            .header("Accept", accept)
            .body(Body::Bytes(content.as_bytes().to_vec()));
        let service = api.clone();
        api.simulation()
            .run(Time::MAX, async move {
                let response = service.call(request).await;
                let text = response.body.into_bytes().await;
                format!("{} {}", response.status, String::from_utf8_lossy(&text))
            })
            .unwrap()
    }

    fn check(api: &Api, method: &str, target: &str, content: &str, expected: Expect) {
        expected.assert_eq(&call(api, method, target, "", content));
    }

    #[test]
    fn refusals_have_the_servers_words() {
        let api = api();
        let pods = "/api/v1/namespaces/default/pods";
        assert!(call(&api, "POST", pods, "", POD).starts_with("201 "));
        check(
            &api,
            "POST",
            pods,
            POD,
            expect![[r#"
            409 {"apiVersion":"v1","code":409,"details":{"kind":"pods","name":"a"},"kind":"Status","message":"pods \"a\" already exists","metadata":{},"reason":"AlreadyExists","status":"Failure"}
        "#]],
        );
        check(
            &api,
            "GET",
            "/nope",
            "",
            expect![[r#"
            404 404 page not found
        "#]],
        );
        check(
            &api,
            "GET",
            "/api/v1/namespaces/default/foos",
            "",
            expect![[r#"
            404 {"apiVersion":"v1","code":404,"details":{},"kind":"Status","message":"the server could not find the requested resource","metadata":{},"reason":"NotFound","status":"Failure"}
        "#]],
        );
        check(
            &api,
            "POST",
            "/api/v1/namespaces/nope/pods",
            POD,
            expect![[r#"
            404 {"apiVersion":"v1","code":404,"details":{"kind":"namespaces","name":"nope"},"kind":"Status","message":"namespaces \"nope\" not found","metadata":{},"reason":"NotFound","status":"Failure"}
        "#]],
        );
        check(
            &api,
            "DELETE",
            "/api/v1/namespaces/default",
            "",
            expect![[r#"
            403 {"apiVersion":"v1","code":403,"details":{"kind":"namespaces","name":"default"},"kind":"Status","message":"namespaces \"default\" is forbidden: this namespace may not be deleted","metadata":{},"reason":"Forbidden","status":"Failure"}
        "#]],
        );
    }

    #[test]
    fn a_table_has_the_columns_of_its_kind() {
        let api = api();
        let pods = "/api/v1/namespaces/default/pods";
        call(&api, "POST", pods, "", POD);
        let accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
        let text = call(
            &api,
            "GET",
            &format!("{pods}?includeObject=None"),
            accept,
            "",
        );
        let table: Value = serde_json::from_str(text.trim_start_matches("200 ")).unwrap();
        let names: Vec<&str> = object::get_list(&table, &["columnDefinitions"])
            .iter()
            .map(|column| object::get_str(column, &["name"]))
            .collect();
        assert_eq!(
            names,
            [
                "Name",
                "Ready",
                "Status",
                "Restarts",
                "Age",
                "IP",
                "Node",
                "Nominated Node",
                "Readiness Gates"
            ]
        );
        let rows = table.get("rows").map(Value::to_string);
        let expected =
            r#"[{"cells":["a","0/1","Pending","0","0s","<none>","<none>","<none>","<none>"]}]"#;
        assert_eq!(rows.as_deref(), Some(expected));
    }

    #[test]
    fn a_watch_tells_of_objects_that_come_and_go() {
        let api = api();
        let service = api.clone();
        let simulation = api.simulation().clone();
        let request = Request::new(
            "GET",
            "/api/v1/namespaces/default/pods?watch=1&timeoutSeconds=5&labelSelector=app%3Da",
        );
        let heard = simulation.run(Time::MAX, async move {
            let Body::Stream(mut stream) = service.call(request).await.body else {
                return Vec::new();
            };
            let pods = "/api/v1/namespaces/default/pods";
            let post = Request::new("POST", pods).body(Body::Bytes(POD.as_bytes().to_vec()));
            service.call(post).await;
            for labels in [r#"{"app":"a"}"#, r#"{"app":"a","x":"y"}"#, r#"{"app":"b"}"#] {
                let patch = format!(r#"{{"metadata":{{"labels":{labels}}}}}"#);
                let patch = Request::new("PATCH", "/api/v1/namespaces/default/pods/a")
                    .header("Content-Type", "application/merge-patch+json")
                    .body(Body::Bytes(patch.into_bytes()));
                service.call(patch).await;
            }
            let mut kinds = Vec::new();
            while let Some(chunk) = stream.recv().await {
                let event = WatchEvent::parse(&chunk.to_bytes()).unwrap();
                kinds.push(event.kind);
            }
            kinds
        });
        assert_eq!(heard, Some(vec!["ADDED", "MODIFIED", "DELETED"]));
    }
}
