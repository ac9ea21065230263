//! `docker export save load import`: containers and images as tar archives.

use super::flags::{flag, list, text};
use super::{Arguments, Command, Context};
use machine::Content;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["export", "container export"],
        usage: "[OPTIONS] CONTAINER",
        about: "Export a container's filesystem as a tar archive",
        arguments: Arguments::Exactly(1),
        flags: &[text(
            "output",
            Some('o'),
            "Write to a file, instead of STDOUT",
        )],
        flags_first: false,
        run: |context| Box::pin(export(context)),
    },
    Command {
        names: &["save", "image save"],
        usage: "[OPTIONS] IMAGE [IMAGE...]",
        about: "Save one or more images to a tar archive (streamed to STDOUT by default)",
        arguments: Arguments::AtLeast(1),
        flags: &[text(
            "output",
            Some('o'),
            "Write to a file, instead of STDOUT",
        )],
        flags_first: false,
        run: |context| Box::pin(save(context)),
    },
    Command {
        names: &["load", "image load"],
        usage: "[OPTIONS]",
        about: "Load an image from a tar archive or STDIN",
        arguments: Arguments::None,
        flags: &[
            text(
                "input",
                Some('i'),
                "Read from tar archive file, instead of STDIN",
            ),
            flag("quiet", Some('q'), "Suppress the load output"),
        ],
        flags_first: false,
        run: |context| Box::pin(load(context)),
    },
    Command {
        names: &["import", "image import"],
        usage: "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
        about: "Import the contents from a tarball to create a filesystem image",
        arguments: Arguments::AtLeast(1),
        flags: &[
            list(
                "change",
                Some('c'),
                "Apply Dockerfile instruction to the created image",
            ),
            text(
                "message",
                Some('m'),
                "Set commit message for imported image",
            ),
        ],
        flags_first: false,
        run: |context| Box::pin(load(context)),
    },
];

const COWARDLY: &str = "cowardly refusing to save to a terminal. Use the -o flag or redirect";

async fn write(context: &Context, bytes: Vec<u8>) -> u8 {
    match context.flags.text("output") {
        Some(file) => {
            let place = context.process.path(file);
            let written = context
                .process
                .files()
                .write(&place, Content::new(bytes), 0o600);
            match written {
                Ok(()) => 0,
                Err(error) => {
                    let text = format!("open {file}: {}", error.message().to_lowercase());
                    context.fail(text).await
                }
            }
        }
        None => {
            context.process.write(1, &bytes).await.ok();
            0
        }
    }
}

async fn export(context: Context) -> u8 {
    if context.flags.text("output").is_none() && context.process.is_terminal(1) {
        return context.fail(COWARDLY).await;
    }
    match context.engine.files(context.first()) {
        Ok(files) => write(&context, crate::archive::pack(&files, "/")).await,
        Err(error) => context.daemon_error(&error).await,
    }
}

async fn save(context: Context) -> u8 {
    if context.flags.text("output").is_none() && context.process.is_terminal(1) {
        return context.fail(COWARDLY).await;
    }
    for name in &context.arguments {
        if let Err(error) = context.engine.image(name) {
            let error = crate::EngineError {
                message: error.message.trim_end_matches(":latest").to_string(),
                ..error
            };
            return context.daemon_error(&error).await;
        }
    }
    context
        .fail("docker save is not part of this playground yet")
        .await
}

async fn load(context: Context) -> u8 {
    if let Some(file) = context.flags.text("input") {
        let place = context.process.path(file);
        if !context.process.files().exists(&place) {
            return context
                .fail(format!("open {file}: no such file or directory"))
                .await;
        }
    }
    context
        .fail("invalid archive: does not contain a manifest.json")
        .await
}
