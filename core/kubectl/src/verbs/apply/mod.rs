//! `kubectl apply`: makes objects as files describe them.
//!
//! Models kubectl `pkg/cmd/apply`.

mod last_applied;
mod prune;

use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::files::{self, Document};
use crate::global;
use crate::limits;
use crate::session::Session;
use crate::verbs::delete;
use crate::writing::{
    APPLY, DryRun, LAST_APPLIED, MERGE, Place, Report, STRATEGIC, Writing, annotate_last_applied,
    check_document, info,
};
use kubernetes_api::json::compact;
use kubernetes_api::object::{annotation, get_str, is_terminating, set};
use kubernetes_api::patch;
use kubernetes_api::resources::Resource;
use kubernetes_api::selector::LabelSelector;
use serde_json::{Map, Value};
use std::rc::Rc;

static FLAGS: &[Flag] = &[
    Flag::text("cascade", "What --force and --prune do with dependents.")
        .default("background")
        .bare("background"),
    Flag::switch("force", "Delete and make anew what cannot be changed."),
    Flag::switch(
        "force-conflicts",
        "With --server-side: take fields from other managers.",
    ),
    Flag::new(
        "grace-period",
        Kind::Int,
        "Seconds that deleted objects have to end.",
    )
    .default("-1"),
    Flag::switch("openapi-patch", "Use the server's schema for patches.").default("true"),
    Flag::switch(
        "overwrite",
        "Take the file's values where both were changed.",
    )
    .default("true"),
    Flag::switch(
        "prune",
        "Delete objects that were applied once and are in no file now.",
    ),
    Flag::new(
        "prune-allowlist",
        Kind::Array,
        "Types that --prune looks at, group/version/Kind.",
    ),
    Flag::switch("server-side", "Let the server merge."),
    Flag::text("subresource", "Subresource to apply to."),
    Flag::new("timeout", Kind::Duration, "Time to wait for deletions."),
    Flag::switch("wait", "Wait until deleted objects are gone."),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "apply",
    usage: "(-f FILENAME | -k DIRECTORY) [options]",
    short: "Apply a configuration to a resource by file name or stdin",
    long: "Apply a configuration to a resource by file name or stdin. The resource is made when it does not exist yet.",
    examples: "# What a file describes\nkubectl apply -f pod.yaml\n\n# What comes through a pipe\ncat pod.yaml | kubectl apply -f -",
    flags: &[
        FLAGS,
        global::FILES,
        global::SELECTOR,
        global::ALL,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
        global::RECORD,
    ],
    children: &[&last_applied::SET, &last_applied::VIEW],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

/// One object of a file with where it goes.
struct Item {
    document: Document,
    resource: Rc<Resource>,
    namespace: String,
}

impl Item {
    fn name(&self) -> &str {
        get_str(&self.document.value, &["metadata", "name"])
    }

    fn source(&self) -> &str {
        &self.document.source
    }
}

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let flags = session.flags();
    if !session.arguments().is_empty() {
        let words = session.arguments().join(" ");
        return Err(session
            .invocation
            .usage_error(format!("Unexpected args: [{words}]")));
    }
    if !session.has_files() {
        return Err(Failure::message("must specify one of -f and -k"));
    }
    let server_side = flags.is("server-side");
    if flags.is("force-conflicts") && !server_side {
        return Err(Failure::message(
            "--force-conflicts only works with --server-side",
        ));
    }
    if flags.is("prune") && flags.text("selector").is_empty() && !flags.is("all") {
        return Err(Failure::message(
            "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector",
        ));
    }
    let manager = if server_side {
        "kubectl"
    } else {
        "kubectl-client-side-apply"
    };
    let writing = Writing::of(flags, manager)?;
    if server_side && writing.dry_run() == DryRun::Client {
        return Err(Failure::message(
            "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
        ));
    }
    let mut report = Report::new(&session, writing.suffix())?;
    let (documents, mut failures) = files::documents(&session.invocation.process, flags).await?;
    if documents.is_empty() && failures.is_empty() {
        return Err(Failure::message("no objects passed to apply"));
    }
    let selector = LabelSelector::parse(flags.text("selector")).map_err(Failure::message)?;
    let mut items = Vec::new();
    for document in documents {
        match item(&session, document, &writing).await {
            Ok(item) => {
                if selector.is_empty()
                    || selector.matches(kubernetes_api::object::labels(&item.document.value))
                {
                    items.push(item);
                }
            }
            Err(failure) => failures.push(failure),
        }
    }
    let mut visited = Vec::new();
    for item in &items {
        let applied = if server_side {
            apply_on_server(&session, item, &writing, &mut report).await
        } else {
            apply(&session, item, &writing, &mut report).await
        };
        match applied {
            Ok(object) => visited.push(object),
            Err(failure) => failures.push(failure),
        }
    }
    report.finish(&session).await?;
    if flags.is("prune") && failures.is_empty() {
        prune::prune(&session, &visited, &writing).await?;
    }
    Failure::all(failures)
}

/// Checks a document and finds where it goes.
async fn item(session: &Session, document: Document, writing: &Writing) -> Result<Item, Failure> {
    check_document(&document, writing.validates())?;
    let resource = session.resource_of(&document).await?;
    let mut document = document;
    let mut namespace = String::new();
    if resource.namespaced {
        namespace = session.namespace_of(&document.value)?;
        set(
            &mut document.value,
            &["metadata", "namespace"],
            namespace.as_str(),
        );
    }
    Ok(Item {
        document,
        resource,
        namespace,
    })
}

async fn apply(
    session: &Session,
    item: &Item,
    writing: &Writing,
    report: &mut Report,
) -> Result<Rc<Value>, Failure> {
    let generate = get_str(&item.document.value, &["metadata", "generateName"]);
    if item.name().is_empty() && !generate.is_empty() {
        return Err(Failure::message(format!(
            "from {generate}: cannot use generate name with apply"
        )));
    }
    let mut modified = item.document.value.clone();
    annotate_last_applied(&mut modified);
    let current = match read(session, item).await {
        Ok(current) => current,
        Err(failure) if failure.is_not_found() => {
            let created = if writing.dry_run() == DryRun::Client {
                Rc::new(modified)
            } else {
                writing
                    .create(session, &item.resource, &item.namespace, &modified)
                    .await
                    .map_err(|failure| failure.in_source("creating", item.source()))?
            };
            report.say(session, &created, "created").await?;
            return Ok(created);
        }
        Err(failure) => return Err(failure),
    };
    if annotation(&current, LAST_APPLIED).is_none() {
        let what = format!("{}/{}", item.resource.plural, item.name());
        session
            .print_error(format!("Warning: resource {what} is missing the {LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n"))
            .await;
    }
    if writing.dry_run() == DryRun::Client {
        report.say(session, &current, "configured").await?;
        return Ok(current);
    }
    let (object, changed) = patch_until_it_fits(session, item, writing, current, &modified).await?;
    let done = if changed { "configured" } else { "unchanged" };
    report.say(session, &object, done).await?;
    Ok(object)
}

async fn read(session: &Session, item: &Item) -> Result<Rc<Value>, Failure> {
    let about = || {
        let info = info(&item.resource, &item.namespace, item.name());
        format!("retrieving current configuration of:\n{info}\nfrom server for:")
    };
    if item.name().is_empty() {
        let failure = Failure::message("resource name may not be empty");
        return Err(failure.in_source(&about(), item.source()));
    }
    let read = session
        .get_in(&item.resource, &item.namespace, item.name())
        .await;
    read.map_err(|failure| {
        if failure.is_not_found() {
            failure
        } else {
            failure.in_source(&about(), item.source())
        }
    })
}

/// Patches, again with the newest version when somebody else changed the object meanwhile.
async fn patch_until_it_fits(
    session: &Session,
    item: &Item,
    writing: &Writing,
    current: Rc<Value>,
    modified: &Value,
) -> Result<(Rc<Value>, bool), Failure> {
    let mut current = current;
    let mut tries = 0;
    loop {
        let (content_type, patch) = make_patch(session, item, &current, modified).await?;
        if patch.as_object().is_some_and(Map::is_empty) {
            return Ok((current, false));
        }
        if is_terminating(&current) {
            let what = format!("{}/{}", item.resource.plural, item.name());
            session
                .print_error(format!("Warning: Detected changes to resource {what} which is currently being deleted.\n"))
                .await;
        }
        let text = compact(&patch);
        let place = Place {
            subresource: Some(session.flags().text("subresource")).filter(|name| !name.is_empty()),
            ..Place::of(&item.resource, &current)
        };
        let answer = writing
            .patch(session, &place, content_type, text.clone().into_bytes())
            .await;
        match answer {
            Ok(object) => return Ok((object, true)),
            Err(Failure::Api(status))
                if status.is_conflict() && tries < limits::CONFLICT_RETRIES =>
            {
                tries += 1;
                current = read(session, item).await?;
            }
            Err(Failure::Api(status))
                if session.flags().is("force")
                    && (status.is_conflict() || status.reason == "Invalid") =>
            {
                return make_anew(session, item, writing, modified).await;
            }
            Err(failure) => {
                return Err(patch_failure(
                    item,
                    &text,
                    failure.in_source("patching", item.source()),
                ));
            }
        }
    }
}

fn patch_failure(item: &Item, patch: &str, failure: Failure) -> Failure {
    let info = info(&item.resource, &item.namespace, item.name());
    failure.in_source(
        &format!("applying patch:\n{patch}\nto:\n{info}\nfor:"),
        item.source(),
    )
}

/// The three-way patch from what was applied last, what is applied now and what there is.
async fn make_patch(
    session: &Session,
    item: &Item,
    current: &Value,
    modified: &Value,
) -> Result<(&'static str, Value), Failure> {
    let original = annotation(current, LAST_APPLIED).unwrap_or_default();
    let original: Value = serde_json::from_str(original).unwrap_or(Value::Null);
    let place = patch::Place::of_kind(&item.resource.api_version(), &item.resource.kind);
    if !place.is_known() {
        return Ok((MERGE, patch::merge::three_way(&original, modified, current)));
    }
    let made = patch::diff::three_way(place, &original, modified, current);
    match made {
        Ok(patch) => Ok((STRATEGIC, patch)),
        Err(why) => {
            session
                .print_error(format!("warning: error calculating patch from openapi v3 spec: {why}\nwarning: error calculating patch from openapi spec: {why}\n"))
                .await;
            let text = |value: &Value| {
                if value.is_null() {
                    String::new()
                } else {
                    compact(value) + "\n"
                }
            };
            let failure = Failure::message(format!(
                "creating patch with:\noriginal:\n{}\nmodified:\n{}\ncurrent:\n{}\nfor: {why}",
                text(&original),
                text(modified),
                text(current)
            ));
            Err(patch_failure(
                item,
                "",
                failure.in_source("patching", item.source()),
            ))
        }
    }
}

/// Deletes and creates: what `--force` does with what cannot be changed.
async fn make_anew(
    session: &Session,
    item: &Item,
    writing: &Writing,
    modified: &Value,
) -> Result<(Rc<Value>, bool), Failure> {
    let target = delete::Target {
        resource: item.resource.clone(),
        namespace: item.namespace.clone(),
        name: item.name().to_owned(),
        source: String::new(),
    };
    let how = delete::How {
        grace_period_seconds: session.flags().int("grace-period"),
        propagation: "Background",
        dry_run: false,
    };
    let uid = delete::delete(session, &target, &how).await?;
    delete::wait_until_gone(session, &target, &uid, session.flags().duration("timeout")).await?;
    let created = writing
        .create(session, &item.resource, &item.namespace, modified)
        .await?;
    Ok((created, true))
}

const CONFLICT_HELP: &str =
    "Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `--force-conflicts` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts";

async fn apply_on_server(
    session: &Session,
    item: &Item,
    writing: &Writing,
    report: &mut Report,
) -> Result<Rc<Value>, Failure> {
    let place = Place {
        resource: &item.resource,
        namespace: &item.namespace,
        name: item.name(),
        subresource: Some(session.flags().text("subresource")).filter(|name| !name.is_empty()),
        force: session.flags().is("force-conflicts"),
    };
    let bytes = compact(&item.document.value).into_bytes();
    let applied = writing.patch(session, &place, APPLY, bytes).await;
    let object = applied.map_err(|failure| match failure {
        Failure::Api(status) if status.is_conflict() => {
            Failure::message(format!("{}\n{CONFLICT_HELP}", status.message))
        }
        other => other,
    })?;
    report.say(session, &object, "serverside-applied").await?;
    Ok(object)
}

#[cfg(test)]
mod tests {
    use crate::testing::Cluster;
    use expect_test::expect;
    use kubernetes_api::status::Status;
    use serde_json::json;

    const FILE: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: v\n";
    const PATH: &str = "/api/v1/namespaces/default/configmaps";

    #[test]
    fn what_does_not_exist_is_created() {
        let cluster = Cluster::new()
            .file("a.yaml", FILE)
            .refuse(
                &format!("GET {PATH}/a"),
                &Status::not_found("", "configmaps", "a"),
            )
            .on(
                &format!("POST {PATH}"),
                json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}),
            );
        expect!["configmap/a created\n"].assert_eq(&cluster.run("kubectl apply -f a.yaml"));
        expect![[r#"
            GET /api/v1/namespaces/default/configmaps/a
            POST /api/v1/namespaces/default/configmaps?fieldManager=kubectl-client-side-apply&fieldValidation=Strict {"apiVersion":"v1","data":{"k":"v"},"kind":"ConfigMap","metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\",\"data\":{\"k\":\"v\"},\"kind\":\"ConfigMap\",\"metadata\":{\"annotations\":{},\"name\":\"a\",\"namespace\":\"default\"}}\n"},"name":"a","namespace":"default"}}
        "#]]
        .assert_eq(&cluster.asked());
    }

    #[test]
    fn what_changed_is_patched() {
        let applied = "{\"apiVersion\":\"v1\",\"data\":{\"gone\":\"x\",\"k\":\"old\"},\"kind\":\"ConfigMap\",\"metadata\":{\"annotations\":{},\"name\":\"a\",\"namespace\":\"default\"}}\n";
        let current = json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "a", "namespace": "default", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": applied}},
            "data": {"gone": "x", "k": "old", "other": "kept"}});
        let cluster = Cluster::new()
            .file("a.yaml", FILE)
            .on(&format!("GET {PATH}/a"), current.clone())
            .on(&format!("PATCH {PATH}/a"), current);
        expect!["configmap/a configured\n"].assert_eq(&cluster.run("kubectl apply -f a.yaml"));
        let asked = cluster.asked();
        let patch = asked.lines().last().and_then(|line| line.split_once(' '));
        let patch = patch.map(|(_, patch)| patch).unwrap_or_default();
        assert!(
            patch.contains(r#"{"data":{"gone":null,"k":"v"},"#),
            "{patch}"
        );
    }

    #[test]
    fn files_that_say_too_little() {
        let cluster = Cluster::new()
            .file("nokind.yaml", "apiVersion: v1\nmetadata: {name: a}\n")
            .file(
                "label.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {debug: yes}}\n",
            )
            .file(
                "generate.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: gen-}\n",
            )
            .file("empty.yaml", "# nothing\n");
        let mut text = String::new();
        for line in [
            "kubectl apply",
            "kubectl apply pod.yaml",
            "kubectl apply -f missing.yaml",
            "kubectl apply -f empty.yaml",
            "kubectl apply -f nokind.yaml",
            "kubectl apply -f label.yaml",
            "kubectl apply -f generate.yaml",
        ] {
            text.push_str(&format!("$ {line}\n{}", cluster.run(line)));
        }
        expect![[r#"
            $ kubectl apply
            error: must specify one of -f and -k
            ? 1
            $ kubectl apply pod.yaml
            error: Unexpected args: [pod.yaml]
            See 'kubectl apply -h' for help and examples
            ? 1
            $ kubectl apply -f missing.yaml
            error: the path "missing.yaml" does not exist
            ? 1
            $ kubectl apply -f empty.yaml
            error: no objects passed to apply
            ? 1
            $ kubectl apply -f nokind.yaml
            error: error validating "nokind.yaml": error validating data: kind not set; if you choose to ignore these errors, turn validation off with --validate=false
            ? 1
            $ kubectl apply -f label.yaml
            error: unable to decode "label.yaml": json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string
            ? 1
            $ kubectl apply -f generate.yaml
            error: from gen-: cannot use generate name with apply
            ? 1
        "#]]
        .assert_eq(&text);
    }
}
