//! Replays a transcript in virtual time.

use crate::generated;
use crate::session::Session;
use crate::transcript::{Step, StepKind, Transcript};
use crate::{Options, Playground};
use machine::{Content, Errno, Signal};
use simulation::{Duration, Time};

/// What is there before the first command, besides the transcript's own files.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// Images that are built from folders: the name, and the folder's files.
    pub builds: Vec<(String, Vec<(String, String)>)>,
    /// Catalog images that are on the machine.
    pub images: Vec<String>,
    /// Variables of the session's environment.
    pub variables: Vec<(String, String)>,
    /// No cluster: the machine has Docker alone.
    pub docker_alone: bool,
    /// The registry has the usual images, not the stand-ins of the recordings' machine.
    pub usual_images: bool,
    /// The namespace of the kubeconfig's context.
    pub namespace: Option<String>,
}

/// Virtual time that passes between switching on and the transcript's start: the cluster settles.
const SETTLE: Duration = Duration::from_secs(840);

/// Virtual time between the beginnings of two commands at least: the recorded times have one
/// decimal, so two that follow one another may have the same.
const COMMAND: Duration = Duration::from_millis(50);

/// Time from the start of a `kubectl`, or of a `kubectl apply`, to what it does.
const KUBECTL: Duration = Duration::from_millis(50);
const KUBECTL_APPLY: Duration = Duration::from_millis(110);

/// Runs a transcript's commands on a fresh computer: the same transcript with what was printed
/// here. The error is why the computer could not be set up.
pub fn replay(transcript: &Transcript, setting: &Setting) -> Result<Transcript, String> {
    let playground = prepare(transcript, setting)?;
    let session =
        Session::new(&playground, &variables(setting)).map_err(|error| error.to_string())?;
    let start = playground.simulation().now();
    let mut replayed = Transcript {
        steps: Vec::new(),
        ..transcript.clone()
    };
    let mut names = generated::Names::default();
    let mut earliest = start;
    for step in &transcript.steps {
        if let Some(seconds) = step.at {
            let at = start + Duration::from_secs_f64(seconds.clamp(0.0, 1e9));
            advance(
                &playground,
                match &step.kind {
                    StepKind::Command { line, .. } => earliest.max(at + start_up(line)),
                    _ => at,
                },
            );
            earliest = playground.simulation().now() + COMMAND;
        }
        let kind = match &step.kind {
            StepKind::Command {
                line,
                output: recorded,
                ..
            } => {
                let (output, status) = session.run(&names.ours(line));
                names.learn(recorded, &output);
                StepKind::Command {
                    line: line.clone(),
                    output,
                    status,
                }
            }
            StepKind::Stop {
                container,
                pod,
                signal,
                text,
            } => {
                stop(&playground, container, &names.ours(pod), signal);
                StepKind::Comment(text.clone())
            }
            StepKind::Comment(text) => StepKind::Comment(text.clone()),
        };
        replayed.steps.push(Step { at: step.at, kind });
    }
    Ok(replayed)
}

/// How long the recorded command took before it did its work: our `kubectl` takes no time to start.
/// One that applies files first asks the server for schemas and objects.
fn start_up(line: &str) -> Duration {
    if line.contains("kubectl apply") {
        KUBECTL_APPLY
    } else if line.contains("kubectl ") {
        KUBECTL
    } else {
        Duration::ZERO
    }
}

fn variables(setting: &Setting) -> Vec<(&str, &str)> {
    let pairs = setting.variables.iter();
    pairs
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

fn advance(playground: &Playground, until: Time) {
    if until > playground.simulation().now() {
        playground.simulation().advance(until, u64::MAX);
    }
}

fn prepare(transcript: &Transcript, setting: &Setting) -> Result<Playground, String> {
    let options = Options {
        images: setting.images.clone(),
        cluster: !setting.docker_alone,
        stand_ins: !setting.usual_images,
        ..Options::default()
    };
    let playground = Playground::new(options).map_err(|error| error.to_string())?;
    let wrong = |error: Errno| error.to_string();
    let boot = playground.simulation().now() + SETTLE;
    for (name, files) in &setting.builds {
        build(&playground, name, files, &variables(setting))?;
    }
    for (name, content) in &transcript.files {
        playground.write(name, content).map_err(wrong)?;
    }
    if let Some(namespace) = &setting.namespace {
        let session = Session::new(&playground, &[]).map_err(wrong)?;
        session.run(&format!("kubectl create namespace {namespace}"));
        session.run(&format!(
            "kubectl config set-context --current --namespace={namespace}"
        ));
    }
    advance(&playground, boot);
    Ok(playground)
}

/// Builds an image from a folder's files, outside of the workspace, with the builder that the
/// variables ask for.
fn build(
    playground: &Playground,
    name: &str,
    files: &[(String, String)],
    variables: &[(&str, &str)],
) -> Result<(), String> {
    let session = Session::new(playground, variables).map_err(|error| error.to_string())?;
    let folder = "/tmp/build";
    let machine_files = playground.kernel().files();
    for (file, content) in files {
        let path = format!("{folder}/{file}");
        machine_files
            .create_directories(machine::path::parent(&path), 0o755)
            .and_then(|()| machine_files.write(&path, Content::new(content.as_str()), 0o644))
            .map_err(|error| error.to_string())?;
    }
    let (output, status) = session.run(&format!("docker build -q -t {name} {folder}"));
    // Only what the setting names is there.
    session.run("docker image prune -f; docker builder prune -af");
    machine_files
        .remove_all(folder)
        .map_err(|error| error.to_string())?;
    if status == 0 {
        Ok(())
    } else {
        Err(format!("building {name}: {output}"))
    }
}

/// Sends a signal to the first process of a pod's container, on whatever node it runs.
fn stop(playground: &Playground, container: &str, pod: &str, signal: &str) {
    let Some(signal) = Signal::parse(signal) else {
        return;
    };
    let prefix = format!("k8s_{container}_{pod}_");
    for engine in playground.engines() {
        let running = engine.list(&docker::Filters::default());
        for info in running.iter().filter(|info| info.name.starts_with(&prefix)) {
            // A container that has just ended needs no signal.
            engine.kill(&info.id, signal).ok();
        }
    }
}
