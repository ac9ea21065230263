//! Between real HTTP and the simulation's services: a request goes in as an order, its answer
//! comes back piece by piece.

use super::{protobuf, remote, spdy, websocket};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use machine::http::{self, Service};
use simulation::Simulation;
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// How clients name the binary form of objects.
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
/// The largest body of a request.
const BODY_BYTES: usize = 32 * 1024 * 1024;

/// A request, with where its answer is waited for.
pub struct Order {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    head: oneshot::Sender<Head>,
    pieces: UnboundedSender<Vec<u8>>,
}

/// What the server takes from real clients.
pub enum Asked {
    /// A request and its answer.
    Once(Order),
    /// A request for streams, whose connection carries messages from then on.
    Streams {
        /// The protocol of the messages.
        protocol: &'static str,
        /// The request.
        request: Ends,
    },
}

/// A request for streams, and the two directions of its messages.
pub struct Ends {
    target: String,
    incoming: UnboundedReceiver<Vec<u8>>,
    outgoing: UnboundedSender<Vec<u8>>,
}

/// The start of an answer.
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
}

/// Takes every request and makes an order of it.
pub fn router(orders: UnboundedSender<Asked>) -> Router {
    Router::new().fallback(handle).with_state(orders)
}

async fn handle(State(orders): State<UnboundedSender<Asked>>, request: Request) -> Response {
    if request.headers().contains_key("Sec-WebSocket-Key") {
        return upgrade(&orders, request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let headers = parts.headers.iter();
    let headers = headers.map(|(name, value)| {
        (
            name.to_string(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    });
    let (head, waiting) = oneshot::channel();
    let (pieces, received) = unbounded_channel();
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str())
        .to_string();
    let order = Order {
        method: parts.method.to_string(),
        target,
        headers: headers.collect(),
        body: body.to_vec(),
        head,
        pieces,
    };
    if orders.send(Asked::Once(order)).is_err() {
        return plain(StatusCode::SERVICE_UNAVAILABLE);
    }
    let Ok(head) = waiting.await else {
        return plain(StatusCode::SERVICE_UNAVAILABLE);
    };
    let mut response = Response::new(Body::from_stream(Pieces { received }));
    *response.status_mut() =
        StatusCode::from_u16(head.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in head.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// Agrees to speak a WebSocket's protocol and starts to carry its messages.
async fn upgrade(orders: &UnboundedSender<Asked>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &()).await else {
        return plain(StatusCode::BAD_REQUEST);
    };
    let upgrade = upgrade
        .max_message_size(websocket::MESSAGE_BYTES)
        .protocols(remote::PROTOCOLS);
    let chosen = upgrade.selected_protocol();
    let protocol = remote::PROTOCOLS
        .into_iter()
        .find(|protocol| chosen.is_some_and(|chosen| chosen == protocol));
    let Some(protocol) = protocol else {
        return plain(StatusCode::BAD_REQUEST);
    };
    let target = parts.uri.path_and_query();
    let target = target.map_or("/", |target| target.as_str()).to_owned();
    let (sent, incoming) = unbounded_channel();
    let (outgoing, received) = unbounded_channel();
    let request = Ends {
        target,
        incoming,
        outgoing,
    };
    if orders.send(Asked::Streams { protocol, request }).is_err() {
        return plain(StatusCode::SERVICE_UNAVAILABLE);
    }
    upgrade.on_upgrade(|socket| websocket::carry(socket, sent, received))
}

fn plain(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// The pieces of a body as a stream.
struct Pieces {
    received: UnboundedReceiver<Vec<u8>>,
}

impl futures_core::Stream for Pieces {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.received
            .poll_recv(context)
            .map(|piece| piece.map(|bytes| Ok(Bytes::from(bytes))))
    }
}

/// Starts what a client asked for in the simulation.
pub fn start(simulation: &Simulation, service: Rc<dyn Service>, asked: Asked) {
    match asked {
        Asked::Once(order) => answer(simulation, service, order),
        Asked::Streams { protocol, request } => {
            let Ends {
                target,
                incoming,
                outgoing,
            } = request;
            let request = http::Request::new("POST", &target);
            if protocol == spdy::PROTOCOL {
                spdy::run(simulation, service, request, incoming, outgoing);
            } else {
                remote::run(simulation, service, request, incoming, outgoing);
            }
        }
    }
}

/// Starts the answer to an order in the simulation.
fn answer(simulation: &Simulation, service: Rc<dyn Service>, order: Order) {
    simulation.spawn(async move {
        let mut request = http::Request::new(&order.method, &order.target);
        request.headers = http::Headers(order.headers);
        let media = request.headers.get("Content-Type").unwrap_or_default();
        let object = (media == PROTOBUF)
            .then(|| protobuf::to_json(&order.body))
            .flatten();
        if let Some(object) = object {
            request.headers.set("Content-Type", "application/json");
            request.body = http::Body::Bytes(object.to_string().into_bytes());
        } else if !order.body.is_empty() {
            request.body = http::Body::Bytes(order.body);
        }
        let response = service.call(request).await;
        let head = Head {
            status: response.status,
            headers: response.headers.0,
        };
        if order.head.send(head).is_err() {
            return;
        }
        match response.body {
            http::Body::Stream(mut stream) => {
                while let simulation::Either::Left(Some(chunk)) =
                    simulation::race(stream.recv(), order.pieces.closed()).await
                {
                    if order.pieces.send(chunk.to_bytes()).is_err() {
                        return;
                    }
                }
            }
            // A client that went away needs no body.
            body => {
                order.pieces.send(body.into_bytes().await).ok();
            }
        }
    });
}
