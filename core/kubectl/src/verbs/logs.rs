//! `kubectl logs`: what containers wrote.
//!
//! Models kubectl `pkg/cmd/logs`.

use crate::client::Call;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::global;
use crate::limits;
use crate::pods;
use crate::session::{Session, segment};
use kubernetes_api::duration::SECOND;
use kubernetes_api::json::quote_go;
use kubernetes_api::object::name;
use machine::http::Body;
use serde_json::Value;
use simulation::{LocalFuture, join_all};

static FLAGS: &[Flag] = &[
    Flag::switch("all-containers", "The logs of all containers of the pods."),
    Flag::switch("all-pods", "The logs of all pods of the object."),
    Flag::text("container", "The container.").short('c'),
    Flag::switch("follow", "Go on printing what is written.").short('f'),
    Flag::switch(
        "ignore-errors",
        "Go on when the logs of one container cannot be read.",
    ),
    Flag::switch(
        "insecure-skip-tls-verify-backend",
        "Do not check the kubelet's certificate.",
    ),
    Flag::new("limit-bytes", Kind::Int, "Bytes to print at most."),
    Flag::new("max-log-requests", Kind::Int, "Logs to follow at once.").default("5"),
    Flag::new(
        "pod-running-timeout",
        Kind::Duration,
        "Time to wait for a pod that runs.",
    )
    .default("20s"),
    Flag::switch("prefix", "The pod and container before each line."),
    Flag::switch(
        "previous",
        "The logs of the container's run before this one.",
    )
    .short('p'),
    Flag::new("since", Kind::Duration, "Only what is not older than this."),
    Flag::text(
        "since-time",
        "Only what was written after this time (RFC 3339).",
    ),
    Flag::new("tail", Kind::Int, "Lines from the end; -1 is all.").default("-1"),
    Flag::switch("timestamps", "The time before each line."),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "logs",
    usage: "[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [options]",
    short: "Print the logs for a container in a pod",
    long: "Print the logs for a container in a pod or specified resource. Without -c it is the pod's first container.",
    examples: "# The logs of a pod\nkubectl logs web-0\n\n# Those of its run before the last restart\nkubectl logs -p web-0\n\n# All pods with a label, as they write\nkubectl logs -f -l app=web",
    flags: &[FLAGS, global::SELECTOR],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

const EXPECTED: &str = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.";

/// One container's log to print.
struct Stream {
    namespace: String,
    pod: String,
    container: String,
    prefix: String,
}

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let query = check(&session)?;
    let pods = find_pods(&session).await?;
    let Some(pods) = pods else {
        let namespace = session.namespace();
        let text = format!("No resources found in {namespace} namespace.\n");
        session.print_error(text).await;
        return Ok(());
    };
    let mut streams = Vec::new();
    for pod in &pods {
        streams.extend(containers(&session, pod).await?);
    }
    let flags = session.flags();
    let follow = flags.is("follow");
    if !follow || streams.len() == 1 {
        for stream in &streams {
            copy(&session, stream, &query).await?;
        }
        return Ok(());
    }
    let most = usize::try_from(flags.int("max-log-requests")).unwrap_or(limits::LOG_REQUESTS);
    if streams.len() > most {
        return Err(Failure::message(format!(
            "you are attempting to follow {} log streams, but maximum allowed concurrency is {most}, use --max-log-requests to increase the limit",
            streams.len()
        )));
    }
    let mut copies: Vec<LocalFuture<Outcome>> = Vec::new();
    for stream in streams {
        let (session, query) = (session.clone(), query.clone());
        copies.push(Box::pin(
            async move { copy(&session, &stream, &query).await },
        ));
    }
    let failures = join_all(copies).await.into_iter().filter_map(Result::err);
    Failure::all(failures.collect())
}

/// Checks the flags; gives the query parameters that they stand for.
fn check(session: &Session) -> Result<Vec<(&'static str, String)>, Failure> {
    let flags = session.flags();
    let arguments = session.arguments();
    let selector = flags.text("selector");
    if arguments.is_empty() && selector.is_empty() {
        return Err(session.invocation.usage_error(format!(
            "{EXPECTED}\nPOD or TYPE/NAME is a required argument for the logs command"
        )));
    }
    if !arguments.is_empty() && !selector.is_empty() {
        return Err(session
            .invocation
            .usage_error("only a selector (-l) or a POD name is allowed"));
    }
    if arguments.len() > 2 {
        return Err(session.invocation.usage_error(EXPECTED));
    }
    if arguments.len() == 2 && flags.given("container") {
        return Err(session
            .invocation
            .usage_error("only one of -c or an inline [CONTAINER] arg is allowed"));
    }
    if flags.is("all-containers") && !container(session).is_empty() {
        return Err(Failure::message(format!(
            "--all-containers=true should not be specified with container name {}",
            container(session)
        )));
    }
    if flags.int("limit-bytes") < 0 {
        return Err(Failure::message("--limit-bytes must be greater than 0"));
    }
    let mut tail = flags.int("tail");
    if tail < -1 {
        return Err(Failure::message(
            "--tail must be greater than or equal to -1",
        ));
    }
    if !selector.is_empty() && !flags.given("tail") && !flags.is("follow") {
        tail = 10;
    }
    query(session, tail)
}

/// The query parameters of the flags.
fn query(session: &Session, tail: i64) -> Result<Vec<(&'static str, String)>, Failure> {
    let flags = session.flags();
    if flags.given("since") && flags.given("since-time") {
        return Err(Failure::message(
            "at most one of `sinceTime` or `sinceSeconds` may be specified",
        ));
    }
    let mut query = Vec::new();
    for (name, flag) in [
        ("follow", "follow"),
        ("previous", "previous"),
        ("timestamps", "timestamps"),
    ] {
        if flags.is(flag) {
            query.push((name, "true".to_owned()));
        }
    }
    if tail >= 0 {
        query.push(("tailLines", tail.to_string()));
    }
    if flags.int("limit-bytes") > 0 {
        query.push(("limitBytes", flags.int("limit-bytes").to_string()));
    }
    let since = flags.duration("since");
    if since > 0 {
        let seconds = since.saturating_add(SECOND - 1) / SECOND;
        query.push(("sinceSeconds", seconds.to_string()));
    }
    let since_time = flags.text("since-time");
    if !since_time.is_empty() {
        if kubernetes_api::time::parse_rfc3339(since_time).is_none() {
            return Err(Failure::message(wrong_time(since_time)));
        }
        query.push(("sinceTime", since_time.to_owned()));
    }
    Ok(query)
}

/// Go's words for a time that is not in RFC 3339, at the first part that does not fit.
fn wrong_time(text: &str) -> String {
    let layout = "2006-01-02T15:04:05Z07:00";
    let parts = [
        "2006", "-", "01", "-", "02", "T", "15", ":", "04", ":", "05", "Z07:00",
    ];
    let mut rest = text;
    for part in parts {
        let number = part.chars().all(|c| c.is_ascii_digit());
        let fits = match rest.split_at_checked(part.len()) {
            Some((have, after)) if part != "Z07:00" => {
                let good = if number {
                    have.chars().all(|c| c.is_ascii_digit())
                } else {
                    have == part
                };
                if good {
                    rest = after;
                }
                good
            }
            _ => false,
        };
        if !fits {
            return format!(
                "parsing time {} as {}: cannot parse {} as {}",
                quote_go(text),
                quote_go(layout),
                quote_go(rest),
                quote_go(part)
            );
        }
    }
    format!("parsing time {}", quote_go(text))
}

/// The container that was asked for; empty for none.
fn container(session: &Session) -> &str {
    match session.flags().text("container") {
        "" => session.invocation.argument(1).unwrap_or_default(),
        given => given,
    }
}

/// The pods whose logs are meant; `None` when a selector matches none.
async fn find_pods(session: &Session) -> Result<Option<Vec<Value>>, Failure> {
    let selector = session.flags().text("selector");
    let pods = session.mapper.resource("pods").await?;
    if !selector.is_empty() {
        let found = session
            .list(&pods, Some(session.namespace()), selector)
            .await?;
        return Ok(Some(found).filter(|found| !found.is_empty()));
    }
    let word = session.invocation.argument(0).unwrap_or_default();
    let found = if session.flags().is("all-pods") {
        pods::all_of(session, word).await
    } else {
        let limit = session.flags().duration("pod-running-timeout");
        pods::first_of(session, word, limit)
            .await
            .map(|pod| vec![pod])
    };
    found.map(Some).map_err(|failure| match failure {
        Failure::Api(status) if status.is_not_found() => Failure::message(format!(
            "error from server (NotFound): {} in namespace {}",
            status.message,
            quote_go(session.namespace())
        )),
        other => other,
    })
}

/// The containers of a pod whose logs are meant.
async fn containers(session: &Session, pod: &Value) -> Result<Vec<Stream>, Failure> {
    let flags = session.flags();
    let names = if flags.is("all-containers") {
        pods::container_names(pod)
    } else {
        vec![pods::container(session, pod, container(session)).await?]
    };
    let stream = |container: String| {
        let prefix = if flags.is("prefix") || flags.is("all-pods") {
            format!("[pod/{}/{container}] ", name(pod))
        } else {
            String::new()
        };
        Stream {
            namespace: kubernetes_api::object::namespace(pod).to_owned(),
            pod: name(pod).to_owned(),
            container,
            prefix,
        }
    };
    Ok(names.into_iter().map(stream).collect())
}

/// Copies one log to standard output, following it when asked to.
async fn copy(session: &Session, stream: &Stream, query: &[(&'static str, String)]) -> Outcome {
    let response = match open(session, stream, query).await {
        Ok(response) => response,
        Err(failure) if session.flags().is("ignore-errors") => {
            session
                .print_error(format!("error: {}\n", failure.sentence()))
                .await;
            return Ok(());
        }
        Err(failure) => return Err(failure),
    };
    let process = &session.invocation.process;
    let mut lines = Lines {
        prefix: stream.prefix.as_str(),
        rest: Vec::new(),
    };
    match response.body {
        Body::Stream(mut chunks) => {
            while let Some(chunk) = chunks.recv().await {
                let bytes = lines.take(&chunk.to_bytes());
                process.write(1, &bytes).await.ok();
            }
        }
        body => {
            let bytes = lines.take(&body.into_bytes().await);
            process.write(1, &bytes).await.ok();
        }
    }
    process.write(1, &lines.end()).await.ok();
    Ok(())
}

/// Asks for a log. A container that has not started yet is waited for when its log is followed.
async fn open(
    session: &Session,
    stream: &Stream,
    query: &[(&'static str, String)],
) -> Result<machine::http::Response, Failure> {
    let path = format!(
        "/api/v1/namespaces/{}/pods/{}/log",
        stream.namespace,
        segment(&stream.pod)
    );
    let clock = session.invocation.process.simulation();
    let limit = session.flags().duration("pod-running-timeout");
    let limit = machine::Duration::from_nanos(u64::try_from(limit).unwrap_or_default());
    let deadline = clock.now() + limit;
    loop {
        let mut call = Call::get(path.as_str()).query("container", stream.container.as_str());
        for (name, value) in query {
            call = call.query(name, value.as_str());
        }
        match session.client.response(call).await {
            Err(Failure::Api(status))
                if session.flags().is("follow")
                    && status.code == 400
                    && status.message.contains("is waiting to start") =>
            {
                session.print_error(format!("{}\n", status.message)).await;
                if clock.now() >= deadline {
                    return Err(Failure::message("context deadline exceeded"));
                }
                session
                    .invocation
                    .process
                    .sleep(machine::Duration::from_secs(1))
                    .await;
            }
            other => return other,
        }
    }
}

/// Puts a prefix before each line.
struct Lines<'a> {
    prefix: &'a str,
    rest: Vec<u8>,
}

impl Lines<'_> {
    /// The whole lines that there are now.
    fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        if self.prefix.is_empty() {
            return bytes.to_vec();
        }
        self.rest.extend_from_slice(bytes);
        let end = self.rest.iter().rposition(|byte| *byte == b'\n');
        let Some(end) = end else {
            return Vec::new();
        };
        let rest = self.rest.split_off(end + 1);
        let whole = std::mem::replace(&mut self.rest, rest);
        let mut out = Vec::new();
        for line in whole.split_inclusive(|byte| *byte == b'\n') {
            out.extend_from_slice(self.prefix.as_bytes());
            out.extend_from_slice(line);
        }
        out
    }

    /// The last line, when it has no end.
    fn end(&mut self) -> Vec<u8> {
        if self.rest.is_empty() {
            return Vec::new();
        }
        let mut out = self.prefix.as_bytes().to_vec();
        out.append(&mut self.rest);
        out.push(b'\n');
        out
    }
}
