//! `drydock serve`: the page's files, and the simulated cluster's API for real clients, in real
//! time.

mod bridge;
mod inflate;
mod page;
mod protobuf;
mod remote;
mod spdy;
mod websocket;

use crate::clock::{TICK, TICK_BUDGET, real_now};
use crate::output;
use bridge::Asked;
use machine::http::Service;
use playground::{Options, Playground};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

struct Arguments {
    page: PathBuf,
    address: SocketAddr,
    listen: Option<SocketAddr>,
    kubeconfig: Option<PathBuf>,
    nodes: u8,
    legacy_apis: bool,
}

fn parse(words: &[String]) -> Result<Arguments, String> {
    let address = "127.0.0.1:8080"
        .parse()
        .map_err(|_| "no address".to_string())?;
    let mut arguments = Arguments {
        page: "dist".into(),
        address,
        listen: None,
        kubeconfig: None,
        nodes: 1,
        legacy_apis: false,
    };
    let mut parser = lexopt::Parser::from_args(words);
    let wrong = |error: lexopt::Error| error.to_string();
    while let Some(word) = parser.next().map_err(wrong)? {
        let option = match word {
            lexopt::Arg::Long(option) => option.to_string(),
            other => return Err(other.unexpected().to_string()),
        };
        if option == "legacy-apis" {
            arguments.legacy_apis = true;
            continue;
        }
        let value = parser
            .value()
            .map_err(wrong)?
            .to_string_lossy()
            .into_owned();
        let address = || {
            value
                .parse::<SocketAddr>()
                .map_err(|error| format!("--{option} {value}: {error}"))
        };
        match option.as_str() {
            "page" => arguments.page = value.into(),
            "address" => arguments.address = address()?,
            "listen" => arguments.listen = Some(address()?),
            "kubeconfig" => arguments.kubeconfig = Some(value.into()),
            "nodes" => {
                arguments.nodes = value
                    .parse()
                    .map_err(|error| format!("--nodes {value}: {error}"))?
            }
            _ => return Err(format!("invalid option '--{option}'")),
        }
    }
    Ok(arguments)
}

/// Serves until Ctrl-C.
pub fn run(words: &[String]) -> Result<ExitCode, String> {
    let arguments = parse(words)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(serve(arguments))
}

async fn serve(arguments: Arguments) -> Result<ExitCode, String> {
    let page = bind(arguments.address, arguments.listen.is_none()).await?;
    if let Some((listener, address)) = page {
        output::print(format!("the page: http://{address}/\n"));
        let files = page::files(arguments.page.clone());
        tokio::spawn(async move { axum::serve(listener, files).await });
    }
    let Some(listen) = arguments.listen else {
        tokio::signal::ctrl_c()
            .await
            .map_err(|error| error.to_string())?;
        return Ok(ExitCode::SUCCESS);
    };
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("{listen}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let options = Options {
        start: real_now(),
        nodes: arguments.nodes,
        legacy_apis: arguments.legacy_apis,
        ..Options::default()
    };
    let playground = Playground::new(options).map_err(|error| error.to_string())?;
    if let Some(file) = &arguments.kubeconfig {
        write_kubeconfig(file, address)?;
    }
    let (orders, received) = unbounded_channel();
    tokio::spawn(async move { axum::serve(listener, bridge::router(orders)).await });
    output::print(format!("the Kubernetes API: http://{address}/\n"));
    let service = playground.api().ok_or("no cluster")?;
    simulate(&playground, service, received).await;
    Ok(ExitCode::SUCCESS)
}

/// Listens for the page; a taken port matters only when the page is all that is served.
async fn bind(
    address: SocketAddr,
    needed: bool,
) -> Result<Option<(TcpListener, SocketAddr)>, String> {
    match TcpListener::bind(address).await {
        Ok(listener) => {
            let bound = listener.local_addr().map_err(|error| error.to_string())?;
            Ok(Some((listener, bound)))
        }
        Err(error) if needed => Err(format!("{address}: {error}")),
        Err(_) => Ok(None),
    }
}

/// Lets the simulation follow the real clock and answers requests, until Ctrl-C.
async fn simulate(
    playground: &Playground,
    service: Rc<dyn Service>,
    mut received: UnboundedReceiver<Asked>,
) {
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            order = received.recv() => {
                let Some(asked) = order else { return };
                bridge::start(playground.simulation(), service.clone(), asked);
            }
            _ = tokio::signal::ctrl_c() => return,
        }
        playground.simulation().advance(real_now(), TICK_BUDGET);
    }
}

fn write_kubeconfig(file: &PathBuf, address: SocketAddr) -> Result<(), String> {
    let text = format!(
        "apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    server: http://{address}\n  name: kind-kind\ncontexts:\n- context:\n    cluster: kind-kind\n    user: kind-kind\n  name: kind-kind\ncurrent-context: kind-kind\nusers:\n- name: kind-kind\n  user: {{}}\n"
    );
    #[expect(clippy::disallowed_methods, reason = "the host writes real files")]
    std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}
