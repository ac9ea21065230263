//! `docker logs`: what a container wrote, to the stream where it wrote it.

use super::flags::{flag, text};
use super::format::{parse_time, rfc3339_fixed};
use super::{Arguments, Command, Context};
use crate::{LogLine, LogOptions, LogStream};
use machine::Time;

pub(super) const COMMANDS: &[Command] = &[Command {
    names: &["logs", "container logs"],
    usage: "[OPTIONS] CONTAINER",
    about: "Fetch the logs of a container",
    arguments: Arguments::Exactly(1),
    flags: &[
        flag("details", None, "Show extra details provided to logs"),
        flag("follow", Some('f'), "Follow log output"),
        text(
            "since",
            None,
            "Show logs since a timestamp or relative time, such as 42m",
        ),
        text(
            "tail",
            Some('n'),
            "Number of lines to show from the end of the logs",
        ),
        flag("timestamps", Some('t'), "Show timestamps"),
        text(
            "until",
            None,
            "Show logs before a timestamp or relative time, such as 42m",
        ),
    ],
    flags_first: false,
    run: |context| Box::pin(logs(context)),
}];

async fn logs(context: Context) -> u8 {
    let now = context.engine.now();
    let mut bounds: [Option<Time>; 2] = [None, None];
    for (bound, name) in bounds.iter_mut().zip(["since", "until"]) {
        if let Some(text) = context.flags.text(name) {
            match parse_time(text, now) {
                Some(time) => *bound = Some(time),
                None => {
                    let text = format!(
                        "invalid value for {name:?}: failed to parse value as time or duration: {text:?}"
                    );
                    return context.fail(text).await;
                }
            }
        }
    }
    let [since, until] = bounds;
    let options = LogOptions {
        follow: context.flags.is_set("follow"),
        tail: context
            .flags
            .text("tail")
            .and_then(|tail| tail.parse().ok()),
        since,
        until,
    };
    let mut reader = match context.engine.logs(context.first(), &options) {
        Ok(reader) => reader,
        Err(error) => return context.daemon_error(&error).await,
    };
    while let Some(line) = reader.next().await {
        write(&context, &line).await;
    }
    0
}

async fn write(context: &Context, line: &LogLine) {
    let mut bytes = Vec::new();
    if context.flags.is_set("timestamps") {
        bytes.extend(format!("{} ", rfc3339_fixed(line.time)).into_bytes());
    }
    if context.flags.is_set("details") {
        bytes.push(b' ');
    }
    bytes.extend_from_slice(&line.bytes);
    let descriptor = match line.stream {
        LogStream::Stdout => 1,
        LogStream::Stderr => 2,
    };
    context.process.write(descriptor, &bytes).await.ok();
}
