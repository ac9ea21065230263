//! `drydock replay`: runs transcripts and compares, or prints what was produced.

use crate::output;
use playground::replay::{Setting, replay};
use playground::transcript::{StepKind, Transcript};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Default)]
struct Arguments {
    print: bool,
    hub: bool,
    images: Option<PathBuf>,
    files: Vec<PathBuf>,
}

fn parse(words: &[String]) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(word) = parser.next().map_err(|error| error.to_string())? {
        match word {
            lexopt::Arg::Long("print") => arguments.print = true,
            lexopt::Arg::Long("hub") => arguments.hub = true,
            lexopt::Arg::Long("images") => {
                arguments.images = Some(parser.value().map_err(|error| error.to_string())?.into());
            }
            lexopt::Arg::Value(file) => arguments.files.push(file.into()),
            other => return Err(other.unexpected().to_string()),
        }
    }
    if arguments.files.is_empty() {
        Err("replay needs a file".into())
    } else {
        Ok(arguments)
    }
}

/// Replays every file; the exit status is 1 when something differs.
pub fn run(words: &[String]) -> Result<ExitCode, String> {
    let arguments = parse(words)?;
    let (mut passed, mut failed) = (0, 0);
    for file in &arguments.files {
        let transcript = Transcript::parse(&read(file)?);
        let mut setting = setting(file, &transcript, arguments.images.as_deref())?;
        setting.usual_images = arguments.hub;
        let replayed = replay(&transcript, &setting)?;
        if arguments.print {
            output::print(replayed.print());
        }
        for (expected, got) in transcript.steps.iter().zip(&replayed.steps) {
            let StepKind::Command {
                line,
                output,
                status,
            } = &expected.kind
            else {
                continue;
            };
            if expected.kind == got.kind {
                passed += 1;
                continue;
            }
            failed += 1;
            if let (
                false,
                StepKind::Command {
                    output: other,
                    status: other_status,
                    ..
                },
            ) = (arguments.print, &got.kind)
            {
                output::print(format!(
                    "{}: $ {line}\n--- expected (status {status})\n{output}--- got (status {other_status})\n{other}",
                    file.display()
                ));
            }
        }
    }
    if !arguments.print {
        output::print(format!("{passed} passed, {failed} failed\n"));
    }
    Ok(ExitCode::from(u8::from(failed > 0)))
}

fn read(file: &Path) -> Result<String, String> {
    #[expect(clippy::disallowed_methods, reason = "the host reads real files")]
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// What a recording says of the machine that it was made on.
fn setting(file: &Path, transcript: &Transcript, images: Option<&Path>) -> Result<Setting, String> {
    let mut setting = Setting::default();
    let name = file
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let at_start = transcript
        .heading
        .iter()
        .find_map(|line| line.strip_prefix(";; at the start: "));
    if let Some(note) = at_start {
        docker_setting(file, &name, note, &mut setting)?;
    } else if let Some(directory) = images {
        setting.images.push("busybox:1.36".into());
        let list = read(&directory.join("images.txt"))?;
        for line in list.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split_whitespace();
            if let (Some(image), Some(folder)) = (words.next(), words.next()) {
                setting
                    .builds
                    .push((image.to_string(), folder_files(&directory.join(folder))?));
            }
        }
    }
    // The recordings' notes: these three ran in a namespace of their own, set in the context.
    setting.namespace = match name.as_str() {
        "crash_loop_backoff" | "back_off_reset" => Some("demo".into()),
        "quota_limits_pdb" => Some("shop".into()),
        _ => None,
    };
    Ok(setting)
}

/// `images A, B and hello (of the files in FILE); no containers`, and which builder is the default.
fn docker_setting(
    file: &Path,
    name: &str,
    note: &str,
    setting: &mut Setting,
) -> Result<(), String> {
    setting.docker_alone = true;
    let list = note.split(';').next().unwrap_or("");
    if let Some(images) = list.strip_prefix("images ") {
        let (plain, built) = images.split_once(" and ").unwrap_or((images, ""));
        setting.images.extend(plain.split(", ").map(str::to_string));
        if let Some((image, source)) = built.split_once(" (of the files in ") {
            let source = file.with_file_name(format!("{}.txt", source.trim_end_matches(')')));
            setting
                .builds
                .push((image.to_string(), Transcript::parse(&read(&source)?).files));
        }
    }
    if !name.contains("buildkit") && !name.contains("build-kit") {
        setting
            .variables
            .push(("DOCKER_BUILDKIT".into(), "0".into()));
    }
    Ok(())
}

fn folder_files(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| error.to_string())?;
        files.push((
            entry.file_name().to_string_lossy().into_owned(),
            read(&entry.path())?,
        ));
    }
    files.sort();
    Ok(files)
}
