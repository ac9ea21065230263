//! `kubectl create deployment`, `job`, `cronjob`.

use super::{SAVE_CONFIG, name_argument, submit};
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::session::Session;
use kubernetes_api::object::{get, get_str, make_controller_reference, set};
use serde_json::{Value, json};

static DEPLOYMENT_FLAGS: &[Flag] = &[
    Flag::list(
        "image",
        "Image of the container; several make several containers.",
    ),
    Flag::new("port", Kind::Int32, "Port of the container.").default("-1"),
    Flag::new("replicas", Kind::Int32, "How many pods.")
        .short('r')
        .default("1"),
];

/// `kubectl create deployment`.
pub static DEPLOYMENT: Command = Command {
    name: "deployment",
    aliases: &["deploy"],
    usage: "NAME --image=image -- [COMMAND] [args...] [options]",
    short: "Create a deployment with the specified name",
    flags: &[
        DEPLOYMENT_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    required: &["image"],
    run: Some(|invocation| Box::pin(deployment(invocation))),
    ..Command::EMPTY
};

/// The words after the name, or after `--`.
fn command_words(invocation: &Invocation) -> Vec<String> {
    invocation.arguments.iter().skip(1).cloned().collect()
}

/// The container name that an image suggests: its last part without tag and digest.
pub fn container_name(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or(image);
    let last = last.split([':', '@']).next().unwrap_or(last);
    let name: String = last
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    name.trim_matches('-').to_owned()
}

async fn deployment(invocation: Invocation) -> Outcome {
    let name = match invocation.arguments.first() {
        Some(name) => name.clone(),
        None => name_argument(&invocation)?,
    };
    let command = command_words(&invocation);
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let images = flags.list("image");
    if images.len() > 1 && !command.is_empty() {
        return Err(Failure::message(
            "cannot specify multiple --image options and command",
        ));
    }
    let port = flags.int("port");
    let containers: Vec<Value> = images
        .iter()
        .map(|image| {
            let mut container =
                json!({"name": container_name(image), "image": image, "resources": {}});
            if !command.is_empty() {
                set(&mut container, &["command"], json!(command));
            }
            container
        })
        .collect();
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "replicas": flags.int("replicas"),
            "selector": {"matchLabels": {"app": name}},
            "strategy": {},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": containers}},
        },
        "status": {},
    });
    if port >= 0
        && let Some(Value::Array(containers)) = object.pointer_mut("/spec/template/spec/containers")
        && let Some(first) = containers.first_mut()
    {
        set(first, &["ports"], json!([{"containerPort": port}]));
    }
    submit(&session, object, "failed to create deployment: ").await
}

static JOB_FLAGS: &[Flag] = &[
    Flag::text("from", "CronJob to take the job from, cronjob/NAME."),
    Flag::text("image", "Image of the container."),
];

/// `kubectl create job`.
pub static JOB: Command = Command {
    name: "job",
    usage: "NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...] [options]",
    short: "Create a job with the specified name",
    flags: &[
        JOB_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    run: Some(|invocation| Box::pin(job(invocation))),
    ..Command::EMPTY
};

fn template(name: &str, image: &str, command: &[String], restart: &str) -> Value {
    let mut container = json!({"name": name, "image": image, "resources": {}});
    if !command.is_empty() {
        set(&mut container, &["command"], json!(command));
    }
    json!({"metadata": {}, "spec": {"containers": [container], "restartPolicy": restart}})
}

async fn job(invocation: Invocation) -> Outcome {
    let name = match invocation.arguments.first() {
        Some(name) => name.clone(),
        None => name_argument(&invocation)?,
    };
    let command = command_words(&invocation);
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let (image, from) = (
        flags.text("image").to_owned(),
        flags.text("from").to_owned(),
    );
    if image.is_empty() == from.is_empty() {
        return Err(Failure::message(
            "either --image or --from must be specified",
        ));
    }
    if !from.is_empty() && !command.is_empty() {
        return Err(Failure::message("cannot specify --from and command"));
    }
    let object = if from.is_empty() {
        json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name},
            "spec": {"template": template(&name, &image, &command, "Never")}, "status": {}})
    } else {
        from_cron_job(&session, &name, &from).await?
    };
    submit(&session, object, "failed to create job: ").await
}

async fn from_cron_job(session: &Session, name: &str, from: &str) -> Result<Value, Failure> {
    let named = crate::arguments::type_and_name(&session.mapper, from).await?;
    if named.resource.kind != "CronJob" {
        let name = named.name.unwrap_or_default();
        session.get(&named.resource, &name).await?;
        return Err(Failure::message("from must be an existing cronjob"));
    }
    let owner = session
        .get(&named.resource, named.name.as_deref().unwrap_or_default())
        .await?;
    let of_template = |key: &str| get(&owner, &["spec", "jobTemplate", "metadata", key]).cloned();
    let mut annotations = json!({"cronjob.kubernetes.io/instantiate": "manual"});
    if let Some(Value::Object(more)) = of_template("annotations") {
        for (key, value) in more {
            set(&mut annotations, &[&key], value);
        }
    }
    let mut object = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": name, "annotations": annotations,
            "ownerReferences": [{"apiVersion": "batch/v1", "kind": "CronJob",
                "name": get_str(&owner, &["metadata", "name"]), "uid": get_str(&owner, &["metadata", "uid"]), "controller": true}]},
        "spec": get(&owner, &["spec", "jobTemplate", "spec"]).cloned().unwrap_or_default(),
        "status": {},
    });
    if let Some(labels) = of_template("labels") {
        set(&mut object, &["metadata", "labels"], labels);
    }
    let _ = make_controller_reference;
    Ok(object)
}

static CRON_FLAGS: &[Flag] = &[
    Flag::text("image", "Image of the container."),
    Flag::text("restart", "Restart policy: OnFailure or Never."),
    Flag::text("schedule", "When to run, in the notation of cron."),
];

/// `kubectl create cronjob`.
pub static CRON_JOB: Command = Command {
    name: "cronjob",
    aliases: &["cj"],
    usage: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags] [options]",
    short: "Create a cron job with the specified name",
    flags: &[
        CRON_FLAGS,
        SAVE_CONFIG,
        global::DRY_RUN,
        global::OUTPUT,
        global::MANAGER,
        global::VALIDATE,
    ],
    required: &["image", "schedule"],
    run: Some(|invocation| Box::pin(cron_job(invocation))),
    ..Command::EMPTY
};

async fn cron_job(invocation: Invocation) -> Outcome {
    let name = match invocation.arguments.first() {
        Some(name) => name.clone(),
        None => name_argument(&invocation)?,
    };
    let command = command_words(&invocation);
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let restart = match flags.text("restart") {
        "" => "OnFailure",
        given => given,
    };
    let job = json!({"metadata": {"name": name}, "spec": {"template": template(&name, flags.text("image"), &command, restart)}});
    let object = json!({
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": name},
        "spec": {"schedule": flags.text("schedule"), "jobTemplate": job}, "status": {},
    });
    submit(&session, object, "failed to create cronjob: ").await
}
