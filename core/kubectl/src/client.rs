//! The client of the Kubernetes API: requests, refusals, warnings, lists in pages and watches.
//!
//! Knows the REST API's shape and nothing of the server behind it.

use crate::failure::Failure;
use crate::kubeconfig::Connection;
use crate::limits;
use kubernetes_api::body::{self, WatchEvent};
use kubernetes_api::json::quote_go;
use kubernetes_api::status::{Details, Status};
use machine::http::{self, Body, Chunk, Request, Response};
use machine::{Errno, Process};
use ordered::OrderedSet;
use serde_json::Value;
use simulation::{Receiver, timeout};
use std::cell::{Cell, RefCell};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::rc::Rc;

/// What kubectl accepts where it prints tables.
pub const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
/// Plain objects.
pub const JSON: &str = "application/json";

/// A request before it has an address.
pub struct Call {
    method: &'static str,
    path: String,
    query: Vec<(String, String)>,
    accept: &'static str,
    content_type: &'static str,
    body: Body,
}

impl Call {
    /// A request of a path, percent-encoded where it needs to be.
    pub fn new(method: &'static str, path: impl Into<String>) -> Call {
        Call {
            method,
            path: path.into(),
            query: Vec::new(),
            accept: JSON,
            content_type: JSON,
            body: Body::Empty,
        }
    }

    /// A read.
    pub fn get(path: impl Into<String>) -> Call {
        Call::new("GET", path)
    }

    /// The same with a query parameter; an empty value is left out.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl Into<String>) -> Call {
        let value = value.into();
        if !value.is_empty() {
            self.query.push((name.to_owned(), value));
        }
        self
    }

    /// The same with another `Accept`.
    #[must_use]
    pub fn accept(mut self, accept: &'static str) -> Call {
        self.accept = accept;
        self
    }

    /// The same with an object as its body.
    #[must_use]
    pub fn object(mut self, value: impl Into<Rc<Value>>) -> Call {
        self.body = body::body(value);
        self
    }

    /// The same with a body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Call {
        self.body = body;
        self
    }

    /// The same with a patch of a type as its body.
    #[must_use]
    pub fn patch(mut self, content_type: &'static str, bytes: Vec<u8>) -> Call {
        self.content_type = content_type;
        self.body = Body::Bytes(bytes);
        self
    }
}

/// A client of one cluster. Clones share what was warned of already.
#[derive(Clone)]
pub struct Client {
    /// The process that asks.
    pub process: Process,
    /// Where and as whom.
    pub connection: Rc<Connection>,
    warned: Rc<RefCell<OrderedSet<String>>>,
    discovering: Rc<Cell<bool>>,
}

impl Client {
    /// A client for a connection.
    pub fn new(process: &Process, connection: Connection) -> Client {
        Client {
            process: process.clone(),
            connection: Rc::new(connection),
            warned: Rc::default(),
            discovering: Rc::new(Cell::new(true)),
        }
    }

    /// The namespace of the command.
    pub fn namespace(&self) -> &str {
        &self.connection.namespace
    }

    /// Commands that need no list of resources say nothing of discovery when nobody listens.
    pub fn without_discovery(&self) {
        self.discovering.set(false);
    }

    /// Asks, and gives the answer's value.
    pub async fn call(&self, call: Call) -> Result<Rc<Value>, Failure> {
        let response = self.response(call).await?;
        body::read(response.body).await.map_err(Failure::message)
    }

    /// Asks, and gives the answer as text.
    pub async fn text(&self, call: Call) -> Result<String, Failure> {
        let response = self.response(call).await?;
        let bytes = response.body.into_bytes().await;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Asks for a watch.
    pub async fn watch(&self, call: Call) -> Result<Watch, Failure> {
        let response = self.response(call.query("watch", "true")).await?;
        Ok(Watch::new(response.body))
    }

    /// Asks, and gives the answer unless it is a refusal.
    pub async fn response(&self, call: Call) -> Result<Response, Failure> {
        let method = call.method;
        let response = self.send(call).await?;
        self.warn(&response).await;
        if response.status < 400 {
            return Ok(response);
        }
        Err(refusal(method, response).await)
    }

    async fn send(&self, call: Call) -> Result<Response, Failure> {
        let target = Target::parse(&self.connection.server)?;
        let address = self.address(&target)?;
        let query: Vec<String> = call
            .query
            .iter()
            .map(|(name, value)| {
                let value = kubernetes_api::path::query_encoded(value);
                format!("{}={value}", kubernetes_api::path::query_encoded(name))
            })
            .collect();
        let mut request = Request::new(call.method, &format!("{}{}", target.prefix, call.path))
            .header("Host", &target.host_and_port())
            .header("Accept", call.accept)
            .header(
                "User-Agent",
                "kubectl/v1.36.2 (linux/amd64) kubernetes/0000000",
            );
        request.query = query.join("&");
        if !matches!(call.body, Body::Empty) {
            request.headers.set("Content-Type", call.content_type);
            request.body = call.body;
        }
        for (name, value) in &self.connection.headers {
            request.headers.0.push((name.clone(), value.clone()));
        }
        let url = match request.query.as_str() {
            "" => format!("{}{}", self.connection.server, call.path),
            query => format!("{}{}?{query}", self.connection.server, call.path),
        };
        self.log_request(&request, &url).await;
        let began = self.process.simulation().now();
        let sent = http::send(self.process.network(), address, request);
        let nanoseconds = u64::try_from(self.connection.request_timeout).unwrap_or_default();
        let answer = if nanoseconds == 0 {
            sent.await
        } else {
            let limit = machine::Duration::from_nanos(nanoseconds);
            match timeout(self.process.simulation(), limit, sent).await {
                Some(answer) => answer,
                None => {
                    return Err(Failure::Unreachable(
                        "net/http: request canceled (Client.Timeout exceeded while awaiting headers)"
                            .into(),
                    ));
                }
            }
        };
        match answer {
            Ok(response) => {
                let spent = self.process.simulation().now().since(began).as_millis();
                let status = response.status;
                let text = format!(
                    "round_trippers.go:632] \"Response\" verb=\"{}\" url={} status=\"{status} {}\" milliseconds={spent}",
                    call.method,
                    quote_go(&url),
                    http::reason(status)
                );
                self.log(6, &text).await;
                Ok(response)
            }
            Err(error) => Err(self.unreachable(&target, error).await),
        }
    }

    /// Hands a request of somebody else on to the server, as the user of the kubeconfig.
    pub async fn forward(&self, mut request: Request) -> Result<Response, Failure> {
        let target = Target::parse(&self.connection.server)?;
        let address = self.address(&target)?;
        request.path = format!("{}{}", target.prefix, request.path);
        request.headers.set("Host", target.host_and_port());
        let headers = self.connection.headers.iter().cloned();
        request.headers.0.extend(headers);
        let sent = http::send(self.process.network(), address, request);
        sent.await
            .map_err(|error| Failure::message(crate::files::go_error(error)))
    }

    /// Writes a line of kubectl's own log, from a level of `-v` on.
    pub async fn log(&self, level: i64, text: &str) {
        if self.connection.verbosity >= level {
            let head = klog_head(&self.process, 'I');
            self.process.print_error(format!("{head}{text}\n")).await;
        }
    }

    async fn log_request(&self, request: &Request, url: &str) {
        if self.connection.verbosity < 7 {
            return;
        }
        let mut shown = request.headers.0.clone();
        shown.retain(|(name, _)| name != "Host");
        shown.sort();
        let lines: String = shown
            .iter()
            .map(|(name, value)| format!("\t{name}: {value}\n"))
            .collect();
        let text = format!(
            "round_trippers.go:527] \"Request\" verb=\"{}\" url={} headers=<\n{lines} >",
            request.method,
            quote_go(url)
        );
        self.log(7, &text).await;
    }

    async fn unreachable(&self, target: &Target, error: Errno) -> Failure {
        let host = target.host_and_port();
        if error != Errno::ECONNREFUSED {
            let why = crate::files::go_error(error);
            return Failure::Unreachable(format!("dial tcp {host}: connect: {why}"));
        }
        if self.discovering.replace(false) {
            let line = format!(
                "memcache.go:265] \"Unhandled Error\" err=\"couldn't get current server API group list: Get \\\"{}/api?timeout=32s\\\": dial tcp {host}: connect: connection refused\"",
                self.connection.server.trim_end_matches('/'),
            );
            for _ in 0..5 {
                let head = klog_head(&self.process, 'E');
                self.process.print_error(format!("{head}{line}\n")).await;
            }
        }
        Failure::Refused { host }
    }

    fn address(&self, target: &Target) -> Result<SocketAddrV4, Failure> {
        if let Ok(address) = target.host.parse::<Ipv4Addr>() {
            return Ok(SocketAddrV4::new(address, target.port));
        }
        let found = self
            .process
            .network()
            .resolve(self.process.files(), &target.host)
            .and_then(|addresses| addresses.first().copied());
        let localhost = (target.host == "localhost").then_some(Ipv4Addr::LOCALHOST);
        match found.or(localhost) {
            Some(address) => Ok(SocketAddrV4::new(address, target.port)),
            None => Err(Failure::Unreachable(format!(
                "dial tcp: lookup {}: no such host",
                target.host
            ))),
        }
    }

    /// Prints the warnings of an answer that were not printed before.
    async fn warn(&self, response: &Response) {
        for (name, value) in &response.headers.0 {
            if !name.eq_ignore_ascii_case("Warning") {
                continue;
            }
            let text = value
                .split_once('"')
                .and_then(|(_, rest)| rest.rsplit_once('"'))
                .map_or(value.as_str(), |(text, _)| text);
            let text = text.replace("\\\"", "\"").replace("\\\\", "\\");
            if self.warned.borrow_mut().insert(text.clone()) {
                self.process.print_error(format!("Warning: {text}\n")).await;
            }
        }
    }

    /// Lists a collection, all its pages put together. Tables keep the columns of the first page.
    pub async fn list(&self, call: impl Fn() -> Call) -> Result<Rc<Value>, Failure> {
        let chunk = limits::CHUNK_SIZE.to_string();
        let first = self.call(call().query("limit", chunk.as_str())).await?;
        let mut more = next_page(&first);
        if more.is_empty() {
            return Ok(first);
        }
        let mut all = (*first).clone();
        for _ in 0..limits::LIST_PAGES {
            let page = call()
                .query("limit", chunk.as_str())
                .query("continue", more.as_str());
            let page = self.call(page).await?;
            for list in ["items", "rows"] {
                if let (Some(Value::Array(items)), Some(Value::Array(next))) =
                    (all.get_mut(list), page.get(list))
                {
                    items.extend(next.iter().cloned());
                }
            }
            more = next_page(&page);
            if more.is_empty() {
                break;
            }
        }
        Ok(Rc::new(all))
    }
}

fn next_page(list: &Value) -> String {
    kubernetes_api::object::get_str(list, &["metadata", "continue"]).to_owned()
}

/// The beginning of a line of kubectl's own log: `E1121 20:07:34.588946    4862 `.
pub fn klog_head(process: &Process, level: char) -> String {
    let now = process.simulation().now();
    let nanoseconds = i64::try_from(now.as_nanos()).unwrap_or(i64::MAX);
    let text = kubernetes_api::time::rfc3339_micro(nanoseconds);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    format!(
        "{level}{}{} {} {:7} ",
        part(5, 7),
        part(8, 10),
        part(11, 26),
        process.host_pid()
    )
}

/// The failure that an answer stands for.
async fn refusal(method: &str, response: Response) -> Failure {
    let code = response.status;
    let bytes = match body::read(response.body).await {
        Ok(value) => match Status::from_value(&value) {
            Some(status) => return status.into(),
            None => kubernetes_api::json::compact(&value),
        },
        Err(text) => text,
    };
    let (reason, message) = match code {
        401 => ("Unauthorized", "the server has asked for the client to provide credentials".to_owned()),
        403 => ("Forbidden", "unknown".to_owned()),
        404 => ("NotFound", "the server could not find the requested resource".to_owned()),
        405 => ("MethodNotAllowed", "the server does not allow this method on the requested resource".to_owned()),
        409 if method == "POST" => ("AlreadyExists", "the server reported a conflict".to_owned()),
        409 => ("Conflict", "the server reported a conflict".to_owned()),
        415 => ("UnsupportedMediaType", "the server was unable to respond with a content type that the client supports".to_owned()),
        429 => ("TooManyRequests", "the server has received too many requests and has asked us to try again later".to_owned()),
        503 => ("ServiceUnavailable", "the server is currently unable to handle the request".to_owned()),
        504 => ("Timeout", "the server was unable to return a response in the time allotted, but may still be processing the request".to_owned()),
        500.. => ("InternalError", format!("an error on the server ({}) has prevented the request from succeeding", quote_go(&bytes))),
        _ => ("BadRequest", "the server rejected our request for an unknown reason".to_owned()),
    };
    Status::failure(code, reason, message, Some(Details::default())).into()
}

/// The server's address taken apart.
struct Target {
    host: String,
    port: u16,
    prefix: String,
}

impl Target {
    fn parse(server: &str) -> Result<Target, Failure> {
        let (scheme, rest) = server.split_once("://").unwrap_or(("http", server));
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at_checked(at).unwrap_or((rest, "")),
            None => (rest, ""),
        };
        let otherwise = if scheme == "https" { 443 } else { 80 };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok()),
            None => (authority, Some(otherwise)),
        };
        match port {
            Some(port) if !host.is_empty() => Ok(Target {
                host: host.to_owned(),
                port,
                prefix: path.trim_end_matches('/').to_owned(),
            }),
            _ => Err(Failure::Unreachable(format!(
                "parse {}: invalid port after host",
                quote_go(server)
            ))),
        }
    }

    fn host_and_port(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// The events of a watch as they come.
pub struct Watch {
    stream: Option<Receiver<Chunk>>,
    ahead: Vec<u8>,
}

impl Watch {
    fn new(body: Body) -> Watch {
        match body {
            Body::Stream(stream) => Watch {
                stream: Some(stream),
                ahead: Vec::new(),
            },
            Body::Bytes(bytes) => Watch {
                stream: None,
                ahead: bytes,
            },
            Body::Object(object) => Watch {
                stream: None,
                ahead: object.to_bytes(),
            },
            Body::Empty => Watch {
                stream: None,
                ahead: Vec::new(),
            },
        }
    }

    /// The next event; `None` when the server ended the watch.
    pub async fn next(&mut self) -> Option<WatchEvent> {
        loop {
            if let Some(end) = self.ahead.iter().position(|byte| *byte == b'\n') {
                let rest = self.ahead.split_off(end + 1);
                let line = std::mem::replace(&mut self.ahead, rest);
                if let Some(event) = WatchEvent::parse(&line) {
                    return Some(event);
                }
                continue;
            }
            let chunk = match &mut self.stream {
                Some(stream) => stream.recv().await,
                None => None,
            };
            match chunk {
                None => {
                    let last = std::mem::take(&mut self.ahead);
                    return WatchEvent::parse(&last);
                }
                Some(chunk) => {
                    if let Some(event) = body::event(&chunk) {
                        return Some(event.clone());
                    }
                    self.ahead.extend(chunk.to_bytes());
                    if self.ahead.len() > limits::WATCH_LINE_BYTES {
                        return None;
                    }
                }
            }
        }
    }
}
