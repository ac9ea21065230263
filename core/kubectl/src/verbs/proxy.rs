//! `kubectl proxy`: the API without authentication on a local port.
//!
//! Models kubectl `pkg/cmd/proxy` and `pkg/proxy/proxy_server.go`.

use super::port_forward::Guard;
use crate::client::Client;
use crate::command_line::{Command, Flag, Invocation, Kind};
use crate::failure::{Failure, Outcome};
use crate::session::Session;
use machine::http::{self, Request, Response, Service};
use machine::{File, LocalFuture};
use std::net::Ipv4Addr;
use std::rc::Rc;

static FLAGS: &[Flag] = &[
    Flag::text("accept-hosts", "Hosts that are answered.")
        .default("^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$"),
    Flag::text("accept-paths", "Paths that are answered.").default("^.*"),
    Flag::text("address", "Address to listen on.").default("127.0.0.1"),
    Flag::text("api-prefix", "Path under which the API is.").default("/"),
    Flag::switch("append-server-path", "Put the server's path before."),
    Flag::switch("disable-filter", "Answer everything."),
    Flag::new("keepalive", Kind::Duration, "Time between signs of life."),
    Flag::new("port", Kind::Int, "Port to listen on; 0 for any free one.")
        .short('p')
        .default("8001"),
    Flag::text("reject-methods", "Methods that are refused.").default("^$"),
    Flag::text("reject-paths", "Paths that are refused.")
        .default("^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach"),
    Flag::text("unix-socket", "Socket to listen on.").short('u'),
    Flag::text("www", "Folder of files to serve.").short('w'),
    Flag::text("www-prefix", "Path under which they are.")
        .short('P')
        .default("/static/"),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "proxy",
    usage: "[--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix] [options]",
    short: "Run a proxy to the Kubernetes API server",
    examples: "# The API on port 8001\nkubectl proxy --port=8001",
    flags: &[FLAGS],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

struct Proxy {
    client: Client,
    prefix: String,
    filtered: bool,
}

impl Service for Proxy {
    fn call(&self, mut request: Request) -> LocalFuture<Response> {
        let rest = request.path.strip_prefix(self.prefix.trim_end_matches('/'));
        let inside = ["/exec", "/attach"].iter().any(|end| {
            request.path.starts_with("/api/")
                && request.path.contains("/pods/")
                && request.path.contains(end)
        });
        let Some(rest) = rest.map(str::to_owned) else {
            return Box::pin(async { Response::text(404, "404 page not found\n") });
        };
        if self.filtered && inside {
            return Box::pin(async { Response::text(403, "Forbidden\n") });
        }
        request.path = rest;
        let client = self.client.clone();
        Box::pin(async move {
            match client.forward(request).await {
                Ok(response) => response,
                Err(why) => Response::text(502, why.sentence()),
            }
        })
    }
}

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let flags = session.flags();
    let address = flags.text("address");
    let port = flags.int("port");
    let (Ok(at), Ok(number)) = (address.parse::<Ipv4Addr>(), u16::try_from(port)) else {
        return Err(Failure::message(format!(
            "listen tcp: address {port}: invalid port"
        )));
    };
    let process = &session.invocation.process;
    let listener = process.network().listen(at, number).map_err(|error| {
        let why = crate::files::go_error(error);
        Failure::message(format!("listen tcp {address}:{port}: bind: {why}"))
    })?;
    session
        .print(format!("Starting to serve on {}\n", listener.address()))
        .await;
    let service: Rc<dyn Service> = Rc::new(Proxy {
        client: session.client.clone(),
        prefix: flags.text("api-prefix").to_owned(),
        filtered: !flags.is("disable-filter"),
    });
    let mut tasks = Guard(Vec::new());
    while let Ok(connection) = listener.accept().await {
        let service = service.clone();
        let connection: File = Rc::new(connection);
        tasks.0.retain(|task| !task.is_finished());
        let task = async move { http::serve(connection, service).await };
        tasks.0.push(process.simulation().spawn(task));
    }
    Ok(())
}
