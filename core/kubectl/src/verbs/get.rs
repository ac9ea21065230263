//! `kubectl get`: what the server prints as a table, or objects in a format.
//!
//! Models kubectl `pkg/cmd/get`.

use crate::arguments::{self, Named};
use crate::client::{self, Call, Watch};
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::printing::go_sort;
use crate::printing::output::{ObjectPrinter, Output, list_of};
use crate::printing::table::{TableOptions, TablePrinter};
use crate::printing::template;
use crate::session::{Selection, Session, items, segment};
use kubernetes_api::json::quote_go;
use kubernetes_api::object::{get_str, set};
use kubernetes_api::quantity::Quantity;
use kubernetes_api::resources::Resource;
use serde_json::{Value, json};
use simulation::timeout;
use std::rc::Rc;

static FLAGS: &[Flag] = &[
    Flag::new(
        "chunk-size",
        Kind::Int,
        "Objects in one answer of the server.",
    )
    .default("500"),
    Flag::switch(
        "ignore-not-found",
        "Say nothing of objects that do not exist.",
    ),
    Flag::list("label-columns", "Labels that get a column.").short('L'),
    Flag::switch("no-headers", "No line of headers."),
    Flag::switch(
        "output-watch-events",
        "A column with the kind of each event.",
    ),
    Flag::text("raw", "Path to read from the server as it is."),
    Flag::switch("server-print", "Let the server choose the columns.").default("true"),
    Flag::switch("show-kind", "Names with their type."),
    Flag::switch("show-labels", "A column with all labels."),
    Flag::text("sort-by", "Field to sort by, as a JSONPath."),
    Flag::text("subresource", "Subresource to read: status, scale, resize."),
    Flag::switch("watch", "Go on printing changes.").short('w'),
    Flag::switch("watch-only", "Print changes only."),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "get",
    usage: "[(-o|--output=)json|yaml|name|wide|…] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags] [options]",
    short: "Display one or many resources",
    long: "Display one or many resources, as a table or in a format of your choice.\n\nUse \"kubectl api-resources\" for a complete list of supported resources.",
    examples: "# All pods of the namespace\nkubectl get pods\n\n# One deployment as YAML\nkubectl get deployment web -o yaml\n\n# Pods, and every change to them\nkubectl get pods --watch",
    flags: &[
        FLAGS,
        global::OUTPUT,
        global::FILES,
        global::SELECTOR,
        global::FIELD_SELECTOR,
        global::ALL_NAMESPACES,
    ],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

struct Get {
    session: Session,
    selection: Selection,
    namespace: Option<String>,
    output: Option<Output>,
    sort_by: String,
    with_kind: bool,
}

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let flags = session.flags();
    if !flags.text("raw").is_empty() {
        let text = session.client.text(Call::get(flags.text("raw"))).await?;
        session.print(text).await;
        return Ok(());
    }
    let output = Output::of_get(flags, &session.invocation.process)?;
    if flags.is("show-labels") && matches!(output, Some(Output::Name)) {
        return Err(Failure::message(
            "--show-labels option cannot be used with name printer",
        ));
    }
    let sort_by = flags.text("sort-by").to_owned();
    let all_namespaces = flags.is("all-namespaces");
    let get = Get {
        selection: Selection::of(flags),
        namespace: (!all_namespaces).then(|| session.namespace().to_owned()),
        with_kind: flags.is("show-kind") || arguments::several_types(session.arguments()),
        output,
        sort_by,
        session,
    };
    get.check().await?;
    if get.session.flags().is("watch") || get.session.flags().is("watch-only") {
        return get.watch().await;
    }
    match &get.output {
        Some(output) => get.print_objects(output.clone()).await,
        None => get.print_tables().await,
    }
}

impl Get {
    async fn check(&self) -> Outcome {
        let session = &self.session;
        let flags = session.flags();
        if let Some(output) = &self.output {
            // Wrong templates are told before the server is asked.
            ObjectPrinter::new(output.clone(), flags)?;
        }
        if flags.is("output-watch-events") && !flags.is("watch") && !flags.is("watch-only") {
            return Err(Failure::message(
                "--output-watch-events option can only be used with --watch or --watch-only",
            ));
        }
        if session.arguments().is_empty() && !session.has_files() {
            session
                .print_error("You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported resources.\n\n")
                .await;
            return Err(session.invocation.usage_error(
                "Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed description of that resource (e.g. kubectl explain pods).",
            ));
        }
        Ok(())
    }

    /// What is asked for. A name across all namespaces means nothing.
    async fn named(&self) -> Result<Vec<Named>, Failure> {
        let named = self.session.named().await?;
        let has_names = named.iter().any(|one| one.name.is_some());
        if has_names && self.namespace.is_none() && !self.session.has_files() {
            return Err(Failure::message(
                "a resource cannot be retrieved by name across all namespaces",
            ));
        }
        if has_names && !self.selection.is_empty() {
            return Err(Failure::message(
                "name cannot be provided when a selector is specified",
            ));
        }
        Ok(named)
    }

    /// Asks for one type or object.
    async fn fetch(&self, one: &Named, accept: &'static str) -> Result<Rc<Value>, Failure> {
        let include = if self.sort_by.is_empty() || self.output.is_some() {
            ""
        } else {
            "Object"
        };
        let Some(name) = &one.name else {
            return self
                .selection
                .list_with(
                    &self.session.client,
                    &one.resource,
                    self.namespace.as_deref(),
                    accept,
                    include,
                )
                .await;
        };
        let subresource =
            Some(self.session.flags().text("subresource")).filter(|name| !name.is_empty());
        let path = one.resource.path(
            Some(self.namespace_of(one)),
            Some(&segment(name)),
            subresource,
        );
        let call = Call::get(path)
            .accept(accept)
            .query("includeObject", include);
        self.session.client.call(call).await
    }

    fn namespace_of<'a>(&'a self, one: &'a Named) -> &'a str {
        if one.namespace.is_empty() {
            self.session.namespace()
        } else {
            &one.namespace
        }
    }

    fn ignored(&self, failure: &Failure) -> bool {
        self.session.flags().is("ignore-not-found") && failure.is_not_found()
    }

    fn table_options(&self, resource: &Resource, several: bool) -> TableOptions {
        let flags = self.session.flags();
        TableOptions {
            wide: flags.text("output") == "wide",
            no_headers: flags.is("no-headers"),
            with_namespace: self.namespace.is_none() && resource.namespaced,
            with_kind: self.with_kind || several,
            show_labels: flags.is("show-labels"),
            label_columns: flags.list("label-columns"),
        }
    }

    async fn print_tables(&self) -> Outcome {
        let named = self.named().await?;
        let several = named
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if one.resource != other.resource));
        let accept = if self.session.flags().is("server-print") {
            client::TABLE
        } else {
            client::JSON
        };
        let mut failures = Vec::new();
        let mut printed = false;
        let mut current: Option<(Rc<Resource>, TablePrinter)> = None;
        let mut lines = String::new();
        for one in &named {
            let mut table = match self.fetch(one, accept).await {
                Ok(table) => as_table(table, self.session.now()),
                Err(failure) => {
                    if !self.ignored(&failure) {
                        failures.push(failure);
                    }
                    continue;
                }
            };
            if !self.sort_by.is_empty() {
                // A table of several rows that cannot be sorted is not shown at all.
                table = match sorted(&table, "rows", &self.sort_by) {
                    Ok(sorted) => Rc::new(sorted),
                    Err(_) if rows_of(&table) > 1 => Rc::new(json!({})),
                    Err(_) => table,
                };
            }
            if rows_of(&table) == 0 {
                continue;
            }
            if let Some((resource, printer)) = &mut current
                && *resource != one.resource
            {
                let text = printer.align(&std::mem::take(&mut lines));
                // With headers, an empty line stands before the next ones.
                let gap = if self.session.flags().is("no-headers") {
                    ""
                } else {
                    "\n"
                };
                self.session.print(text + gap).await;
                current = None;
            }
            let (_, printer) = current.get_or_insert_with(|| {
                let printer = TablePrinter::new(self.table_options(&one.resource, several));
                (one.resource.clone(), printer)
            });
            lines.push_str(&printer.lines(&table, &one.resource, None));
            printed = true;
        }
        if let Some((_, printer)) = &mut current {
            self.session.print(printer.align(&lines)).await;
        }
        if !printed && failures.is_empty() && !self.session.flags().is("ignore-not-found") {
            let namespaced = named.iter().all(|one| one.resource.namespaced);
            let text = match &self.namespace {
                Some(namespace) if namespaced => {
                    format!("No resources found in {namespace} namespace.\n")
                }
                _ => "No resources found\n".to_owned(),
            };
            self.session.print_error(text).await;
        }
        Failure::all(failures)
    }

    async fn print_objects(&self, output: Output) -> Outcome {
        let named = self.named().await?;
        let mut printer = ObjectPrinter::new(output, self.session.flags())?;
        let mut failures = Vec::new();
        let mut objects = Vec::new();
        let single = named.len() == 1 && named.iter().all(|one| one.name.is_some());
        for one in &named {
            match self.fetch(one, client::JSON).await {
                Ok(value) if one.name.is_some() => objects.push((*value).clone()),
                Ok(value) => objects.extend(items(&value, &one.resource)),
                Err(failure) if self.ignored(&failure) => {}
                Err(failure) => failures.push(failure),
            }
        }
        if single {
            if let Some(object) = objects.pop() {
                self.session.print(printer.print(&object)?).await;
            }
            return Failure::all(failures);
        }
        let ignoring = self.session.flags().is("ignore-not-found");
        if !failures.is_empty() && objects.is_empty() || ignoring && objects.is_empty() {
            return Failure::all(failures);
        }
        let mut list = list_of(objects);
        if !self.sort_by.is_empty() {
            list = sorted(&list, "items", &self.sort_by)?;
        }
        self.session.print(printer.print(&list)?).await;
        Failure::all(failures)
    }

    async fn watch(&self) -> Outcome {
        let limit = self.session.client.connection.request_timeout;
        let limit = u64::try_from(limit).unwrap_or_default();
        if limit == 0 {
            return self.watch_forever().await;
        }
        let limit = machine::Duration::from_nanos(limit);
        let clock = self.session.invocation.process.simulation();
        timeout(clock, limit, self.watch_forever())
            .await
            .unwrap_or(Ok(()))
    }

    async fn watch_forever(&self) -> Outcome {
        let named = self.named().await?;
        let mut named = named.into_iter();
        let (Some(one), None) = (named.next(), named.next()) else {
            return Err(Failure::message(
                "you may only specify a single resource type",
            ));
        };
        let flags = self.session.flags();
        let accept = if self.output.is_some() {
            client::JSON
        } else {
            client::TABLE
        };
        let mut printer = WatchPrinter::new(self, &one.resource)?;
        let first = self.fetch(&one, accept).await?;
        let is_list = one.name.is_none();
        let version = if is_list {
            get_str(&first, &["metadata", "resourceVersion"])
        } else {
            // The first event of such a watch is the object as it is, which is known already.
            "0"
        };
        if !flags.is("watch-only") {
            let objects = if is_list && self.output.is_some() {
                items(&first, &one.resource)
            } else {
                vec![(*first).clone()]
            };
            for object in &objects {
                self.session.print(printer.print(object, "ADDED")?).await;
            }
        }
        let mut watch = self.open_watch(&one, version, accept).await?;
        let mut skip = !is_list;
        while let Some(event) = watch.next().await {
            if event.kind == "ERROR" {
                let status = kubernetes_api::status::Status::from_value(&event.object);
                return status.map_or(Ok(()), |status| Err(status.into()));
            }
            if event.kind == "BOOKMARK" || std::mem::take(&mut skip) {
                continue;
            }
            self.session
                .print(printer.print(&event.object, event.kind)?)
                .await;
        }
        Ok(())
    }

    async fn open_watch(
        &self,
        one: &Named,
        version: &str,
        accept: &'static str,
    ) -> Result<Watch, Failure> {
        let namespace = match &one.name {
            Some(_) => Some(self.namespace_of(one)),
            None => self.namespace.as_deref(),
        };
        let mut fields = self.selection.fields.clone();
        if let Some(name) = &one.name {
            fields = format!("metadata.name={name}");
        }
        let call = Call::get(one.resource.path(namespace, None, None))
            .accept(accept)
            .query("fieldSelector", fields)
            .query("labelSelector", self.selection.labels.as_str())
            .query("resourceVersion", version);
        self.session.client.watch(call).await
    }
}

/// Prints the objects or tables of a watch, each as it comes.
struct WatchPrinter {
    objects: Option<ObjectPrinter>,
    table: TablePrinter,
    resource: Rc<Resource>,
    with_events: bool,
}

impl WatchPrinter {
    fn new(get: &Get, resource: &Rc<Resource>) -> Result<WatchPrinter, Failure> {
        let flags = get.session.flags();
        let objects = match &get.output {
            Some(output) => Some(ObjectPrinter::new(output.clone(), flags)?),
            None => None,
        };
        Ok(WatchPrinter {
            objects,
            table: TablePrinter::new(get.table_options(resource, false)),
            resource: resource.clone(),
            with_events: flags.is("output-watch-events"),
        })
    }

    fn print(&mut self, object: &Value, kind: &str) -> Result<String, Failure> {
        let Some(printer) = &mut self.objects else {
            let event = self.with_events.then_some(kind);
            let lines = self.table.lines(object, &self.resource, event);
            return Ok(self.table.align(&lines));
        };
        let mut object = object.clone();
        set(&mut object, &["apiVersion"], self.resource.api_version());
        set(&mut object, &["kind"], self.resource.kind.as_str());
        if self.with_events {
            object = json!({"type": kind, "object": object});
        }
        printer.print(&object)
    }
}

/// A table as it is; of objects that the server gave without one, their names and ages.
fn as_table(value: Rc<Value>, now: i64) -> Rc<Value> {
    if get_str(&value, &["kind"]) == "Table" {
        return value;
    }
    let objects = match value.get("items").and_then(Value::as_array) {
        Some(items) => items.as_slice(),
        None => std::slice::from_ref(&*value),
    };
    let rows: Vec<Value> = objects
        .iter()
        .map(|object| {
            let created = get_str(object, &["metadata", "creationTimestamp"]);
            let age = match kubernetes_api::time::parse_rfc3339(created) {
                Some(then) => kubernetes_api::duration::human(now.saturating_sub(then)),
                None => "<unknown>".to_owned(),
            };
            json!({"cells": [get_str(object, &["metadata", "name"]), age], "object": object})
        })
        .collect();
    Rc::new(
        json!({"kind": "Table", "columnDefinitions": [{"name": "Name"}, {"name": "Age"}], "rows": rows}),
    )
}

fn rows_of(table: &Value) -> usize {
    table
        .get("rows")
        .and_then(Value::as_array)
        .map_or(0, Vec::len)
}

/// A list with its items in the order of a field, which one of them must have.
fn sorted(list: &Value, items: &str, path: &str) -> Result<Value, Failure> {
    let path = &template::relaxed(path)?;
    template::check_json_path(path)?;
    let mut list = list.clone();
    let Some(Value::Array(all)) = list.get_mut(items) else {
        return Ok(list);
    };
    let mut keyed = Vec::new();
    for item in all.drain(..) {
        let object = if items == "rows" {
            item.get("object").unwrap_or(&item)
        } else {
            &item
        };
        keyed.push((template::first(path, object)?, item));
    }
    if keyed.len() > 1 && keyed.iter().all(|(key, _)| key.is_none()) {
        return Err(Failure::message(format!(
            "couldn't find any field with path {} in the list of objects",
            quote_go(path)
        )));
    }
    let mut order: Vec<usize> = (0..keyed.len()).collect();
    go_sort::sort(&mut order, &|a, b| match (keyed.get(a), keyed.get(b)) {
        (Some((a, _)), Some((b, _))) => is_less(a.as_ref(), b.as_ref()),
        _ => false,
    });
    let mut items: Vec<Option<Value>> = keyed.into_iter().map(|(_, item)| Some(item)).collect();
    all.extend(
        order
            .iter()
            .filter_map(|place| items.get_mut(*place)?.take()),
    );
    Ok(list)
}

/// Whether an element stands before another: missing values first, then nulls, numbers by their
/// size, texts as quantities if both are, and letter by letter otherwise.
fn is_less(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (None, _) => true,
        (_, None | Some(Value::Null)) => false,
        (Some(Value::Null), _) => true,
        (Some(Value::Number(left)), Some(Value::Number(right))) => left.as_f64() < right.as_f64(),
        (Some(Value::String(left)), Some(Value::String(right))) => {
            match (Quantity::parse(left), Quantity::parse(right)) {
                (Ok(left), Ok(right)) => left < right,
                _ => left < right,
            }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Cluster;
    use expect_test::{Expect, expect};
    use kubernetes_api::status::Status;
    use serde_json::{Value, json};

    fn table(rows: Value) -> Value {
        json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {"resourceVersion": "7"},
            "columnDefinitions": [{"name": "Name"}, {"name": "Ready"}, {"name": "Status"}, {"name": "Restarts"}, {"name": "Age"}],
            "rows": rows})
    }

    fn row(name: &str, status: &str) -> Value {
        json!({"cells": [name, "1/1", status, "0", "5s"], "object": {"metadata": {"name": name, "namespace": "default"}}})
    }

    fn check(cluster: &Cluster, line: &str, expected: Expect) {
        expected.assert_eq(&cluster.run(line));
    }

    fn pods_and_others() -> Cluster {
        Cluster::new()
            .on(
                "GET /api/v1/namespaces/default/pods",
                table(json!([row("a", "Running"), row("b", "Pending")])),
            )
            .on(
                "GET /api/v1/namespaces/default/pods/a",
                table(json!([row("a", "Running")])),
            )
            .on(
                "GET /api/v1/namespaces/default/services",
                table(json!([row("kubernetes", "x")])),
            )
            .on("GET /api/v1/nodes", table(json!([])))
            .on(
                "GET /apis/apps/v1/namespaces/default/deployments",
                table(json!([])),
            )
            .refuse(
                "GET /api/v1/namespaces/default/pods/nope",
                &Status::not_found("", "pods", "nope"),
            )
    }

    #[test]
    fn tables() {
        let cluster = pods_and_others();
        check(
            &cluster,
            "kubectl get po",
            expect![[r#"
                NAME   READY   STATUS    RESTARTS   AGE
                a      1/1     Running   0          5s
                b      1/1     Pending   0          5s
            "#]],
        );
        expect![[r#"
            GET /api/v1/namespaces/default/pods?limit=500
        "#]]
        .assert_eq(&cluster.asked());
        check(
            &cluster,
            "kubectl get pod,svc",
            expect![[r#"
                NAME    READY   STATUS    RESTARTS   AGE
                pod/a   1/1     Running   0          5s
                pod/b   1/1     Pending   0          5s

                NAME                 READY   STATUS   RESTARTS   AGE
                service/kubernetes   1/1     x        0          5s
            "#]],
        );
        check(
            &cluster,
            "kubectl get pods a nope",
            expect![[r#"
                NAME   READY   STATUS    RESTARTS   AGE
                a      1/1     Running   0          5s
                Error from server (NotFound): pods "nope" not found
                ? 1
            "#]],
        );
        check(
            &cluster,
            "kubectl get deploy",
            expect![[r#"
                No resources found in default namespace.
            "#]],
        );
        check(
            &cluster,
            "kubectl get nodes",
            expect![[r#"
                No resources found
            "#]],
        );
        check(
            &cluster,
            "kubectl get pods a -A",
            expect![[r#"
                error: a resource cannot be retrieved by name across all namespaces
                ? 1
            "#]],
        );
    }

    #[test]
    fn a_watch_goes_on_with_wider_columns() {
        let event = |kind: &str, status: &str| {
            json!({"type": kind, "object": {"kind": "Table", "columnDefinitions": null, "rows": [row("a", status)]}}).to_string() + "\n"
        };
        let list = table(json!([row("a", "Running")]));
        let cluster = Cluster::new().on("GET /api/v1/namespaces/default/pods", list);
        // The same path answers the watch; the list is what a line without an event looks like.
        check(
            &cluster,
            "kubectl get pods -w",
            expect![[r#"
                NAME   READY   STATUS    RESTARTS   AGE
                a      1/1     Running   0          5s
            "#]],
        );
        expect![[r#"
            GET /api/v1/namespaces/default/pods?limit=500
            GET /api/v1/namespaces/default/pods?resourceVersion=7&watch=true
        "#]]
        .assert_eq(&cluster.asked());
        let cluster = Cluster::new().on_text(
            "GET /api/v1/namespaces/default/pods",
            &(event("ADDED", "Running") + &event("MODIFIED", "Terminating")),
        );
        check(
            &cluster,
            "kubectl get pods --watch-only --output-watch-events",
            expect![[r#"
                error: trailing characters at line 2 column 1
                ? 1
            "#]],
        );
    }

    #[test]
    fn wrong_uses() {
        let cluster = Cluster::new();
        check(
            &cluster,
            "kubectl get",
            expect![[r#"
                You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.

                error: Required resource not specified.
                Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).
                See 'kubectl get -h' for help and examples
                ? 1
            "#]],
        );
        check(
            &cluster,
            "kubectl describ pods",
            expect![[r#"
                error: unknown command "describ" for "kubectl"

                Did you mean this?
                	describe
                ? 1
            "#]],
        );
        check(
            &cluster,
            "kubectl get pods -o yml",
            expect![[r#"
                error: unable to match a printer suitable for the output format "yml", allowed formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml
                ? 1
            "#]],
        );
        check(
            &cluster,
            "kubectl --context nope get pods",
            expect![[r#"
                Error in configuration: context was not found for specified context: nope
                ? 1
            "#]],
        );
        check(
            &cluster,
            "kubectl get pods --server=https://127.0.0.1:1",
            expect![[r#"
                E1121 20:03:54.000200    1000 memcache.go:265] "Unhandled Error" err="couldn't get current server API group list: Get \"https://127.0.0.1:1/api?timeout=32s\": dial tcp 127.0.0.1:1: connect: connection refused"
                E1121 20:03:54.000200    1000 memcache.go:265] "Unhandled Error" err="couldn't get current server API group list: Get \"https://127.0.0.1:1/api?timeout=32s\": dial tcp 127.0.0.1:1: connect: connection refused"
                E1121 20:03:54.000200    1000 memcache.go:265] "Unhandled Error" err="couldn't get current server API group list: Get \"https://127.0.0.1:1/api?timeout=32s\": dial tcp 127.0.0.1:1: connect: connection refused"
                E1121 20:03:54.000200    1000 memcache.go:265] "Unhandled Error" err="couldn't get current server API group list: Get \"https://127.0.0.1:1/api?timeout=32s\": dial tcp 127.0.0.1:1: connect: connection refused"
                E1121 20:03:54.000200    1000 memcache.go:265] "Unhandled Error" err="couldn't get current server API group list: Get \"https://127.0.0.1:1/api?timeout=32s\": dial tcp 127.0.0.1:1: connect: connection refused"
                The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?
                ? 1
            "#]],
        );
    }
}
