//! Ports of pods: `portforward`, one connection for each request.
//!
//! The client of the simulated machine passes its connection along as the request's body
//! ([`Streams`]); the answer comes when the pod's side has ended. Models kubernetes
//! pkg/kubelet/server/portforward and the runtime's side of it.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::status::Status;
use machine::http::{Body, Request, Response};
use machine::{FileKind, limits};
use serde_json::{Value, json};
use simulation::race;

use super::exec::streams;
use super::worker::Worker;

/// Copies between the client's connection and the pod's port until the pod's side ends.
pub(super) async fn answer(
    worker: &Rc<Worker>,
    pod: &Value,
    request: &Request,
) -> Result<Response, Status> {
    let port: u16 = request
        .parameter("ports")
        .and_then(|port| port.parse().ok())
        .ok_or_else(|| Status::bad_request("\"port\" must be a number".to_owned()))?;
    let client = match &request.body {
        Body::Object(_) => streams(&request.body).and_then(|streams| streams.stdin.clone()),
        _ => None,
    };
    let Some(client) = client else {
        return Err(Status::bad_request(
            "a connection is needed to forward".to_owned(),
        ));
    };
    let sandbox = worker.state.borrow().sandbox.clone();
    let id = sandbox
        .as_ref()
        .map_or("", |one| one.id.as_str())
        .to_owned();
    let network = sandbox.and_then(|sandbox| sandbox.network).map_or_else(
        || worker.kubelet.engine.kernel().host_network().clone(),
        |(network, _)| network,
    );
    let to = SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
    let connection = network.connect(to).await.map_err(|error| {
        let why = error.to_string().to_lowercase();
        let why = format!(
            "error forwarding port {port} to pod {id}, uid : failed to execute portforward in network namespace \"/var/run/netns/cni-{}\": failed to connect to localhost:{port} inside namespace \"{id}\", IPv4: dial tcp4 127.0.0.1:{port}: connect: {why} IPv6 dial tcp6: address localhost: no suitable address found ",
            object::uid(pod)
        );
        Status::failure(500, "InternalError", why, None)
    })?;
    let up = async {
        copy(&*client, &connection).await;
        connection.close_write();
        std::future::pending::<()>().await;
    };
    race(up, copy(&connection, &*client)).await;
    Ok(crate::server::json_response(
        200,
        json!({"metadata": {}, "status": "Success"}),
    ))
}

async fn copy(from: &dyn FileKind, to: &dyn FileKind) {
    while let Ok(bytes) = from.read(limits::PIPE_BYTES).await {
        if bytes.is_empty() || to.write(&bytes).await.is_err() {
            return;
        }
    }
}
