//! `docker logs`: what a container wrote, to the stream where it wrote it.

use super::format::{parse_time, rfc3339_fixed};
use super::{Arguments, Command, Context, command};
use crate::{LogLine, LogOptions, LogStream};
use machine::Time;

pub(super) const COMMANDS: &[Command] = &[command(
        &["logs", "container logs"],
        "[OPTIONS] CONTAINER",
        "Fetch the logs of a container",
        Arguments::Exactly(1),
        "\
--details|Show extra details provided to logs
-f --follow|Follow log output
--since string|Show logs since timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)
-n --tail string|Number of lines to show from the end of the logs (default \"all\")
-t --timestamps|Show timestamps
--until string|Show logs before a timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)",
        |context| Box::pin(logs(context)),
    )];

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
