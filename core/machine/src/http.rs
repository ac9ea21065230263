//! HTTP messages: the one request and response type through which programs reach the API server
//! and the Docker engine, and HTTP/1.1 for who speaks bytes.
//!
//! Between our own parts a body travels as a value ([`Body::Object`], [`Chunk::Object`]), so that
//! nobody pays for serialisation; whoever needs bytes gets them with [`Body::into_bytes`].

mod wire;

use crate::network::NetworkNamespace;
use crate::{Errno, LocalFuture};
use simulation::Receiver;
use std::any::Any;
use std::net::SocketAddrV4;
use std::rc::Rc;

pub use wire::{exchange, serve};

/// A value that travels as a body without becoming bytes.
pub trait Object: 'static {
    /// The bytes that a client at the other end of a wire sees.
    fn to_bytes(&self) -> Vec<u8>;

    /// The value, for who knows its type.
    fn as_any(&self) -> &dyn Any;
}

/// A piece of a streamed body: bytes, or one value (a watch event).
#[derive(Clone)]
pub enum Chunk {
    /// Bytes as they are.
    Bytes(Vec<u8>),
    /// A value; on a wire its bytes are sent as they are (a value that needs a newline adds it).
    Object(Rc<dyn Object>),
}

impl Chunk {
    /// The bytes on a wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Chunk::Bytes(bytes) => bytes.clone(),
            Chunk::Object(object) => object.to_bytes(),
        }
    }
}

/// What a message carries.
#[derive(Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// Bytes.
    Bytes(Vec<u8>),
    /// A value.
    Object(Rc<dyn Object>),
    /// Pieces as they come, until every sender is gone.
    Stream(Receiver<Chunk>),
}

impl Body {
    /// The whole body as bytes; a stream is read to its end.
    pub async fn into_bytes(self) -> Vec<u8> {
        match self {
            Body::Empty => Vec::new(),
            Body::Bytes(bytes) => bytes,
            Body::Object(object) => object.to_bytes(),
            Body::Stream(mut stream) => {
                let mut all = Vec::new();
                while let Some(chunk) = stream.recv().await {
                    all.extend(chunk.to_bytes());
                    if all.len() > crate::limits::HTTP_BODY_BYTES {
                        break;
                    }
                }
                all
            }
        }
    }
}

/// Header names and values in their order; names compare without case.
#[derive(Clone, Debug, Default)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Replaces all values of a name.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        self.0.push((name.to_string(), value.into()));
    }
}

/// A request.
#[derive(Default)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, percent-encoded as it was sent, without the query.
    pub path: String,
    /// The query, without the question mark; empty for none.
    pub query: String,
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: Body,
}

impl Request {
    /// A request without a body; `target` is the path with an optional `?query`.
    pub fn new(method: &str, target: &str) -> Request {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Request {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            ..Request::default()
        }
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.set(name, value);
        self
    }

    /// The same with a body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Request {
        self.body = body;
        self
    }

    /// The decoded parameters of the query, in their order.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let pairs = self.query.split('&').filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(name, true), decode(value, true))
            })
            .collect()
    }

    /// The first value of a query parameter.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.parameters()
            .into_iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }
}

/// A response.
#[derive(Default)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: Body,
}

impl Response {
    /// A response with a body and its type.
    pub fn new(status: u16, content_type: &str, body: Body) -> Response {
        let mut headers = Headers::default();
        headers.set("Content-Type", content_type);
        Response {
            status,
            headers,
            body,
        }
    }

    /// Plain text.
    pub fn text(status: u16, text: impl Into<String>) -> Response {
        Response::new(
            status,
            "text/plain; charset=utf-8",
            Body::Bytes(text.into().into_bytes()),
        )
    }
}

/// Something that answers requests: the API server, the Docker engine, a bridge to a real one.
pub trait Service {
    /// Answers a request. A watch or a followed log answers at once, with a stream as its body.
    fn call(&self, request: Request) -> LocalFuture<Response>;
}

/// Sends a request to an address: straight to the service when one of ours listens there, and as
/// HTTP/1.1 over a connection otherwise.
pub async fn send(
    from: &NetworkNamespace,
    to: SocketAddrV4,
    request: Request,
) -> Result<Response, Errno> {
    if let Ok(Some(service)) = from.service_at(to) {
        return Ok(service.call(request).await);
    }
    let connection = from.connect(to).await?;
    exchange(
        from.network().simulation(),
        Rc::new(connection),
        &to.to_string(),
        request,
    )
    .await
}

/// Decodes percent-encoding, and `+` as a space in a query.
pub fn decode(text: &str, plus_is_space: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let ahead = rest.clone();
        let hex = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match byte {
            b'+' if plus_is_space => bytes.push(b' '),
            b'%' => {
                let mut ahead = ahead;
                match (hex(ahead.next()), hex(ahead.next())) {
                    (Some(high), Some(low)) => {
                        bytes.push((high * 16 + low) as u8);
                        rest = ahead;
                    }
                    _ => bytes.push(byte),
                }
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Percent-encodes everything but unreserved characters: a query's value or one path segment.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// The standard reason phrase of a status code.
pub fn reason(status: u16) -> &'static str {
    match status {
        100 => "Continue",
        101 => "Switching Protocols",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        413 => "Request Entity Too Large",
        415 => "Unsupported Media Type",
        418 => "I'm a teapot",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        let request = Request::new("GET", "/api?labelSelector=app%3Dhello&x=a+b&bad=%zz");
        assert_eq!(request.path, "/api");
        assert_eq!(
            request.parameter("labelSelector").as_deref(),
            Some("app=hello")
        );
        assert_eq!(request.parameter("x").as_deref(), Some("a b"));
        assert_eq!(request.parameter("bad").as_deref(), Some("%zz"));
        assert_eq!(encode("a=b c/ü"), "a%3Db%20c%2F%C3%BC");
    }
}
