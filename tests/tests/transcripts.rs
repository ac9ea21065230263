//! Every transcript in `transcripts/` is replayed in virtual time and must print what it says.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and fails by panicking"
)]

use playground::replay::{Setting, replay};
use playground::transcript::{StepKind, Transcript};
use std::path::Path;
use tests::compare::mask;

/// The images that were there before a recording, each built from a folder.
fn images() -> Vec<(String, Vec<(String, String)>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts/images");
    let list = std::fs::read_to_string(root.join("images.txt")).unwrap();
    let rows = list
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_string(), words.next()?.to_string()))
        });
    rows.map(|(name, folder)| {
        let mut files: Vec<(String, String)> = std::fs::read_dir(root.join(folder))
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                (
                    entry.file_name().into_string().unwrap(),
                    std::fs::read_to_string(entry.path()).unwrap(),
                )
            })
            .collect();
        files.sort();
        (name, files)
    })
    .collect()
}

#[track_caller]
fn check(name: &str, setting: &Setting) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("transcripts")
        .join(name);
    let transcript = Transcript::parse(&std::fs::read_to_string(&path).unwrap());
    let replayed = replay(&transcript, setting).unwrap();
    let masked = |transcript: &Transcript| {
        let mut masked = transcript.clone();
        for step in &mut masked.steps {
            if let StepKind::Command { output, .. } = &mut step.kind {
                *output = mask(output) + "\n";
            }
        }
        masked.print()
    };
    assert_eq!(masked(&replayed), masked(&transcript), "{name}");
}

fn kubernetes() -> Setting {
    Setting {
        images: vec!["busybox:1.36".into()],
        builds: images(),
        ..Setting::default()
    }
}

#[test]
fn pod_lesson_flow() {
    check("pod_lesson_flow.txt", &kubernetes());
}

#[test]
fn container_stop_restart() {
    check("container_stop_restart.txt", &kubernetes());
}

#[test]
fn deployment_lesson_flow() {
    check("deployment_lesson_flow.txt", &kubernetes());
}

#[test]
fn images_of_the_catalog() {
    let setting = Setting {
        docker_alone: true,
        usual_images: true,
        ..Setting::default()
    };
    check("images_of_the_catalog.txt", &setting);
}

#[test]
fn typed_into_pods() {
    check("typed_into_pods.txt", &kubernetes());
}
