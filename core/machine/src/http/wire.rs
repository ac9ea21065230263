//! HTTP/1.1 over byte streams: reading and writing messages, for clients and servers that are
//! not ours (the learner's Go, `curl`, `nc`).

use super::{Body, Chunk, Headers, Request, Response, Service, reason};
use crate::{Errno, File, limits};
use simulation::{Simulation, channel};
use std::rc::Rc;

/// Bytes asked from a stream at once.
const READ_BYTES: usize = 16 * 1024;

/// A stream with the bytes that were read ahead.
struct Reader {
    file: File,
    ahead: Vec<u8>,
}

/// How a message says where its body ends.
enum Framing {
    Length(usize),
    Chunked,
    UntilClose,
}

impl Reader {
    async fn fill(&mut self) -> Result<bool, Errno> {
        let bytes = self.file.read(READ_BYTES).await?;
        self.ahead.extend_from_slice(&bytes);
        Ok(!bytes.is_empty())
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        let rest = self.ahead.split_off(count.min(self.ahead.len()));
        std::mem::replace(&mut self.ahead, rest)
    }

    /// The head's lines; `None` at the end of the stream.
    async fn head(&mut self) -> Result<Option<Vec<String>>, Errno> {
        loop {
            if let Some(end) = find(&self.ahead, b"\r\n\r\n") {
                let head = self.take(end + 4);
                let text = String::from_utf8_lossy(&head).into_owned();
                return Ok(Some(
                    text.split("\r\n")
                        .filter(|line| !line.is_empty())
                        .map(str::to_string)
                        .collect(),
                ));
            }
            if self.ahead.len() > limits::HTTP_HEAD_BYTES {
                return Err(Errno::E2BIG);
            }
            if !self.fill().await? {
                return if self.ahead.is_empty() {
                    Ok(None)
                } else {
                    Err(Errno::ECONNRESET)
                };
            }
        }
    }

    async fn line(&mut self) -> Result<String, Errno> {
        loop {
            if let Some(end) = find(&self.ahead, b"\r\n") {
                let line = self.take(end + 2);
                return Ok(String::from_utf8_lossy(&line).trim_end().to_string());
            }
            if self.ahead.len() > limits::HTTP_HEAD_BYTES || !self.fill().await? {
                return Err(Errno::ECONNRESET);
            }
        }
    }

    async fn exactly(&mut self, count: usize) -> Result<Vec<u8>, Errno> {
        while self.ahead.len() < count {
            if !self.fill().await? {
                return Err(Errno::ECONNRESET);
            }
        }
        Ok(self.take(count))
    }

    /// The next piece of a body; empty at its end.
    async fn piece(&mut self, framing: &mut Framing) -> Result<Vec<u8>, Errno> {
        match framing {
            Framing::Length(0) => Ok(Vec::new()),
            Framing::Length(rest) => {
                if self.ahead.is_empty() && !self.fill().await? {
                    return Err(Errno::ECONNRESET);
                }
                let piece = self.take(*rest);
                *rest = rest.saturating_sub(piece.len());
                Ok(piece)
            }
            Framing::Chunked => {
                let line = self.line().await?;
                let size = line.split(';').next().unwrap_or("").trim();
                let size = usize::from_str_radix(size, 16).map_err(|_| Errno::EINVAL)?;
                if size > limits::HTTP_BODY_BYTES {
                    return Err(Errno::EFBIG);
                }
                let piece = self.exactly(size).await?;
                self.line().await?;
                if size == 0 {
                    *framing = Framing::Length(0);
                }
                Ok(piece)
            }
            Framing::UntilClose => {
                if self.ahead.is_empty() {
                    self.fill().await?;
                }
                Ok(self.take(usize::MAX))
            }
        }
    }

    async fn whole(&mut self, mut framing: Framing) -> Result<Vec<u8>, Errno> {
        let mut body = Vec::new();
        loop {
            let piece = self.piece(&mut framing).await?;
            if piece.is_empty() {
                return Ok(body);
            }
            body.extend(piece);
            if body.len() > limits::HTTP_BODY_BYTES {
                return Err(Errno::EFBIG);
            }
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

fn headers(lines: &[String]) -> Headers {
    let pairs = lines.iter().skip(1).filter_map(|line| line.split_once(':'));
    Headers(
        pairs
            .map(|(name, value)| (name.trim().to_string(), value.trim().to_string()))
            .collect(),
    )
}

fn framing(headers: &Headers, otherwise: Framing) -> Framing {
    if headers
        .get("Transfer-Encoding")
        .is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
    {
        return Framing::Chunked;
    }
    match headers
        .get("Content-Length")
        .and_then(|value| value.parse().ok())
    {
        Some(length) => Framing::Length(length),
        None => otherwise,
    }
}

/// Serves the requests of one connection until it is closed.
pub async fn serve(connection: File, service: Rc<dyn Service>) {
    // Errors end the connection: there is nobody left to tell.
    serve_requests(connection, service).await.ok();
}

async fn serve_requests(connection: File, service: Rc<dyn Service>) -> Result<(), Errno> {
    let mut reader = Reader {
        file: connection.clone(),
        ahead: Vec::new(),
    };
    while let Some((request, close)) = read_request(&mut reader).await? {
        let head_only = request.method == "HEAD";
        let response = service.call(request).await;
        write_response(&connection, response, head_only).await?;
        if close {
            break;
        }
    }
    Ok(())
}

/// The next request, and whether its sender wants the connection closed after it.
async fn read_request(reader: &mut Reader) -> Result<Option<(Request, bool)>, Errno> {
    let Some(lines) = reader.head().await? else {
        return Ok(None);
    };
    let mut words = lines.first().map_or("", String::as_str).split(' ');
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or("/"));
    let version = words.next().unwrap_or("HTTP/1.0");
    let mut request = Request::new(method, target);
    request.headers = headers(&lines);
    let close = version == "HTTP/1.0"
        || request
            .headers
            .get("Connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"));
    let body = reader
        .whole(framing(&request.headers, Framing::Length(0)))
        .await?;
    if !body.is_empty() {
        request.body = Body::Bytes(body);
    }
    Ok(Some((request, close)))
}

async fn write_response(
    connection: &File,
    response: Response,
    head_only: bool,
) -> Result<(), Errno> {
    let mut head = format!(
        "HTTP/1.1 {} {}\r\n",
        response.status,
        reason(response.status)
    );
    for (name, value) in &response.headers.0 {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    match response.body {
        Body::Stream(mut stream) => {
            head.push_str("Transfer-Encoding: chunked\r\n\r\n");
            connection.write(head.as_bytes()).await?;
            while let Some(chunk) = stream.recv().await {
                let bytes = chunk.to_bytes();
                if !bytes.is_empty() {
                    let framed =
                        [format!("{:x}\r\n", bytes.len()).as_bytes(), &bytes, b"\r\n"].concat();
                    connection.write(&framed).await?;
                }
            }
            connection.write(b"0\r\n\r\n").await
        }
        body => {
            let bytes = body.into_bytes().await;
            head.push_str(&format!("Content-Length: {}\r\n\r\n", bytes.len()));
            let body = if head_only { &[][..] } else { &bytes };
            connection.write(&[head.as_bytes(), body].concat()).await
        }
    }
}

/// Sends one request over a connection and gives the response, whose body streams in as it comes.
pub async fn exchange(
    simulation: &Simulation,
    connection: File,
    host: &str,
    request: Request,
) -> Result<Response, Errno> {
    let query = if request.query.is_empty() {
        String::new()
    } else {
        format!("?{}", request.query)
    };
    let mut head = format!("{} {}{query} HTTP/1.1\r\n", request.method, request.path);
    if request.headers.get("Host").is_none() {
        head.push_str(&format!("Host: {host}\r\n"));
    }
    for (name, value) in &request.headers.0 {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = request.body.into_bytes().await;
    if !body.is_empty() && request.headers.get("Content-Length").is_none() {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    connection.write(&[head.as_bytes(), &body].concat()).await?;
    read_response(simulation, connection, request.method == "HEAD").await
}

async fn read_response(
    simulation: &Simulation,
    connection: File,
    head_only: bool,
) -> Result<Response, Errno> {
    let mut reader = Reader {
        file: connection,
        ahead: Vec::new(),
    };
    let lines = reader.head().await?.ok_or(Errno::ECONNRESET)?;
    let status = lines
        .first()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|code| code.parse().ok())
        .ok_or(Errno::EINVAL)?;
    let headers = headers(&lines);
    let bodiless = head_only || status == 204 || status == 304;
    let mut framing = if bodiless {
        Framing::Length(0)
    } else {
        framing(&headers, Framing::UntilClose)
    };
    if let Framing::Length(length) = framing {
        if length > limits::HTTP_BODY_BYTES {
            return Err(Errno::EFBIG);
        }
        let body = reader.exactly(length).await?;
        return Ok(Response {
            status,
            headers,
            body: Body::Bytes(body),
        });
    }
    let (sender, receiver) = channel();
    simulation.spawn(async move {
        // A broken connection ends the stream; whoever reads it sees a short body.
        while let Ok(piece) = reader.piece(&mut framing).await {
            if piece.is_empty() || sender.send(Chunk::Bytes(piece)).is_err() {
                return;
            }
        }
    });
    Ok(Response {
        status,
        headers,
        body: Body::Stream(receiver),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Network;
    use crate::{LocalFuture, Time};
    use std::net::{Ipv4Addr, SocketAddrV4};

    struct Echo;

    impl Service for Echo {
        fn call(&self, request: Request) -> LocalFuture<Response> {
            Box::pin(async move {
                let method = request.method.clone();
                let path = request.path.clone();
                let (sender, receiver) = channel();
                for text in [
                    method,
                    path,
                    String::from_utf8_lossy(&request.body.into_bytes().await).into_owned(),
                ] {
                    sender
                        .send(Chunk::Bytes(format!("{text}|").into_bytes()))
                        .ok();
                }
                Response::new(200, "text/plain", Body::Stream(receiver))
            })
        }
    }

    #[test]
    fn a_streamed_answer_crosses_the_wire() {
        let simulation = Simulation::new(0, Time::default());
        let network = Network::new(&simulation);
        let host = network.namespace();
        host.serve(Ipv4Addr::UNSPECIFIED, 80, Rc::new(Echo))
            .unwrap();
        let clock = simulation.clone();
        let answer = simulation.run(Time::from_secs(1), async move {
            let connection = Rc::new(
                host.connect(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 80))
                    .await
                    .unwrap(),
            );
            let request = Request::new("POST", "/a?b").body(Body::Bytes(b"body".to_vec()));
            let response = exchange(&clock, connection, "localhost", request)
                .await
                .unwrap();
            (
                response.status,
                String::from_utf8(response.body.into_bytes().await).unwrap(),
            )
        });
        assert_eq!(answer, Some((200, "POST|/a|body|".into())));
    }
}
