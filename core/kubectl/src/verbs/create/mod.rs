//! `kubectl create`: objects from files, and from flags by the subcommands.
//!
//! Models kubectl `pkg/cmd/create`.

mod access;
mod config;
mod policy;
mod service;
mod workload;

use crate::command_line::{Command, Flag, Invocation};
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::global;
use crate::session::Session;
use crate::writing::{DryRun, Report, Writing, annotate_last_applied, check_document};
use kubernetes_api::object::set;
use serde_json::Value;

static FLAGS: &[Flag] = &[
    Flag::switch("edit", "Edit the object before it is created."),
    Flag::text("raw", "Path to POST to."),
    Flag::switch(
        "windows-line-endings",
        "Line endings of Windows, with --edit.",
    ),
];
/// `--save-config`.
static SAVE_CONFIG: &[Flag] = &[Flag::switch(
    "save-config",
    "Keep the configuration for a later apply.",
)];

/// The command.
pub static COMMAND: Command = Command {
    name: "create",
    usage: "-f FILENAME [options]",
    short: "Create a resource from a file or from stdin",
    examples: "# What a file describes\nkubectl create -f pod.yaml\n\n# A deployment from flags\nkubectl create deployment web --image=nginx",
    flags: &[
        FLAGS,
        SAVE_CONFIG,
        global::FILES,
        global::SELECTOR,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
        global::RECORD,
    ],
    children: &[
        &access::CLUSTER_ROLE,
        &access::CLUSTER_ROLE_BINDING,
        &config::CONFIG_MAP,
        &workload::CRON_JOB,
        &workload::DEPLOYMENT,
        &service::INGRESS,
        &workload::JOB,
        &policy::NAMESPACE,
        &policy::DISRUPTION_BUDGET,
        &policy::PRIORITY_CLASS,
        &policy::QUOTA,
        &access::ROLE,
        &access::ROLE_BINDING,
        &config::SECRET,
        &service::SERVICE,
        &access::SERVICE_ACCOUNT,
        &access::TOKEN,
    ],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let flags = session.flags();
    if !session.has_files() {
        if !session.arguments().is_empty() {
            return Err(unexpected(&session));
        }
        return Err(Failure::message("must specify one of -f and -k"));
    }
    if !session.arguments().is_empty() {
        return Err(unexpected(&session));
    }
    let writing = Writing::of(flags, "kubectl-create")?;
    let mut report = Report::new(&session, writing.suffix())?;
    let (documents, mut failures) = files::documents(&session.invocation.process, flags).await?;
    if documents.is_empty() && failures.is_empty() {
        return Err(Failure::message("no objects passed to create"));
    }
    for document in documents {
        let created = create_document(&session, document, &writing).await;
        match created {
            Ok(object) => report.say_now(&session, &object, "created").await?,
            Err(failure) => failures.push(failure),
        }
    }
    Failure::all(failures)
}

fn unexpected(session: &Session) -> Failure {
    let words = session.arguments().join(" ");
    session
        .invocation
        .usage_error(format!("Unexpected args: [{words}]"))
}

async fn create_document(
    session: &Session,
    document: files::Document,
    writing: &Writing,
) -> Result<Value, Failure> {
    check_document(&document, writing.validates())?;
    let resource = session.resource_of(&document).await?;
    let mut object = document.value;
    let mut namespace = String::new();
    if resource.namespaced {
        namespace = session.namespace_of(&object)?;
        set(&mut object, &["metadata", "namespace"], namespace.as_str());
    }
    if session.flags().is("save-config") {
        annotate_last_applied(&mut object);
    }
    if writing.dry_run() == DryRun::Client {
        return Ok(object);
    }
    let created = writing
        .create(session, &resource, &namespace, &object)
        .await;
    let created = created.map_err(|failure| failure.in_source("creating", &document.source))?;
    Ok((*created).clone())
}

/// The name that a subcommand needs.
fn name_argument(invocation: &Invocation) -> Result<String, Failure> {
    match invocation.arguments.as_slice() {
        [name] => Ok(name.clone()),
        // Words after `--` are a command, not names.
        [name, ..] if invocation.dash == Some(1) => Ok(name.clone()),
        all => Err(invocation.usage_error(format!(
            "exactly one NAME is required, got {}",
            invocation.dash.unwrap_or(all.len())
        ))),
    }
}

/// Creates an object that a subcommand made of its flags. `failed` are the words before a failure.
async fn submit(session: &Session, mut object: Value, failed: &str) -> Outcome {
    let writing = Writing::of(session.flags(), "kubectl-create")?;
    let mut report = Report::new(session, writing.suffix())?.typed();
    let api_version = kubernetes_api::object::api_version(&object).to_owned();
    let kind = kubernetes_api::object::kind(&object).to_owned();
    let resource = session.mapper.kind(&api_version, &kind).await?;
    let Some(resource) = resource else {
        return Err(Failure::message(format!(
            "no matches for kind \"{kind}\" in version \"{api_version}\""
        )));
    };
    if session.client.connection.namespace_given && resource.namespaced {
        set(&mut object, &["metadata", "namespace"], session.namespace());
    }
    if session.flags().is("save-config") {
        annotate_last_applied(&mut object);
    }
    if writing.dry_run() != DryRun::Client {
        let created = writing
            .create(session, &resource, session.namespace(), &object)
            .await
            .map_err(|failure| match failure {
                Failure::Api(status) if !failed.is_empty() => {
                    Failure::message(format!("{failed}{}", status.message))
                }
                other => other,
            })?;
        object = (*created).clone();
    }
    report.say_now(session, &object, "created").await
}

#[cfg(test)]
mod tests {
    use crate::testing::Cluster;
    use expect_test::expect;

    #[test]
    fn objects_from_flags() {
        let cluster = Cluster::new();
        expect![[r#"
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              labels:
                app: web
              name: web
            spec:
              replicas: 1
              selector:
                matchLabels:
                  app: web
              strategy: {}
              template:
                metadata:
                  labels:
                    app: web
                spec:
                  containers:
                  - image: nginx:1.27
                    name: nginx
                    resources: {}
            status: {}
        "#]]
        .assert_eq(
            &cluster
                .run("kubectl create deployment web --image=nginx:1.27 --dry-run=client -o yaml"),
        );
        expect!["error: required flag(s) \"image\" not set\n? 1\n"]
            .assert_eq(&cluster.run("kubectl create deployment web"));
        expect!["error: invalid literal source ab, expected key=value\n? 1\n"]
            .assert_eq(&cluster.run("kubectl create configmap a --from-literal=ab"));
        expect![[r#"
            error: Unexpected args: [foo]
            See 'kubectl create -h' for help and examples
            ? 1
        "#]]
        .assert_eq(&cluster.run("kubectl create foo"));
    }
}
