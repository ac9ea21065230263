//! `port-forward` of real clients: SPDY/3.1 frames within a WebSocket's messages.
//!
//! Each connection of the client is two streams of SPDY, one for errors and one for data. Models
//! k8s.io/apimachinery `pkg/util/httpstream` and kubernetes pkg/kubelet/server/portforward.

use super::inflate::Inflater;
use kubernetes_api::streams::Streams;
use machine::http::{Body, Request, Service};
use machine::{Errno, File, FileKind, LocalFuture, pipe};
use ordered::OrderedMap;
use simulation::Simulation;
use std::rc::Rc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

/// How the WebSocket names this.
pub const PROTOCOL: &str = "SPDY/3.1+portforward.k8s.io";

const SYN_STREAM: u8 = 1;
const SYN_REPLY: u8 = 2;
const RST_STREAM: u8 = 3;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
/// The flag of a stream's last frame.
const FIN: u8 = 1;
/// A frame's head.
const HEAD_BYTES: usize = 8;

/// Forwards until the client goes away.
pub fn run(
    simulation: &Simulation,
    service: Rc<dyn Service>,
    request: Request,
    mut incoming: UnboundedReceiver<Vec<u8>>,
    outgoing: UnboundedSender<Vec<u8>>,
) {
    let mut session = Session {
        simulation: simulation.clone(),
        service,
        target: match request.query.as_str() {
            "" => request.path.clone(),
            query => format!("{}?{query}", request.path),
        },
        outgoing,
        inflater: Inflater::default(),
        replied: false,
        errors: OrderedMap::new(),
        inputs: OrderedMap::new(),
    };
    simulation.spawn(async move {
        let mut bytes: Vec<u8> = Vec::new();
        while let Some(message) = incoming.recv().await {
            bytes.extend(message);
            while let Some(length) = whole_frame(&bytes) {
                let frame: Vec<u8> = bytes.drain(..length).collect();
                if session.take(&frame).await.is_none() {
                    return;
                }
            }
        }
    });
}

/// The length of the first frame when all of it is there.
fn whole_frame(bytes: &[u8]) -> Option<usize> {
    let [.., a, b, c] = bytes.get(..HEAD_BYTES)? else {
        return None;
    };
    let length = HEAD_BYTES + u32::from_be_bytes([0, *a, *b, *c]) as usize;
    (bytes.len() >= length).then_some(length)
}

struct Session {
    simulation: Simulation,
    service: Rc<dyn Service>,
    target: String,
    outgoing: UnboundedSender<Vec<u8>>,
    inflater: Inflater,
    /// Whether the headers that we send have begun.
    replied: bool,
    /// The streams for errors, by the id of their request.
    errors: OrderedMap<String, u32>,
    /// Where the data of streams goes.
    inputs: OrderedMap<u32, File>,
}

impl Session {
    /// Takes a frame; `None` ends the session.
    async fn take(&mut self, frame: &[u8]) -> Option<()> {
        let (head, payload) = frame.split_at_checked(HEAD_BYTES)?;
        let [a, b, c, kind, flags, ..] = *head else {
            return None;
        };
        if a & 0x80 == 0 {
            let id = u32::from_be_bytes([a, b, c, kind]);
            if let Some(input) = self.inputs.get(&id).cloned() {
                input.write(payload).await.ok();
            }
            if flags & FIN != 0 {
                self.inputs.remove(&id);
            }
            return Some(());
        }
        match kind {
            SYN_STREAM => self.open(payload)?,
            RST_STREAM => {
                let id = payload.first_chunk().copied().map(u32::from_be_bytes)?;
                self.inputs.remove(&id);
            }
            PING => {
                self.outgoing.send(frame.to_vec()).ok();
            }
            GOAWAY => return None,
            _ => {}
        }
        Some(())
    }

    fn open(&mut self, payload: &[u8]) -> Option<()> {
        let id = payload.first_chunk().copied().map(u32::from_be_bytes)?;
        let headers = headers(&self.inflater.inflate(payload.get(10..)?)?)?;
        let header = |name: &str| headers.get(name).cloned().unwrap_or_default();
        self.reply(id);
        if header("streamtype") == "error" {
            self.errors.insert(header("requestid"), id);
            return Some(());
        }
        let errors = self.errors.remove(&header("requestid"));
        let (reader, writer) = pipe();
        self.inputs.insert(id, writer);
        let connection = Connection {
            reader,
            stream: id,
            outgoing: self.outgoing.clone(),
        };
        let mark = if self.target.contains('?') { '&' } else { '?' };
        let target = format!("{}{mark}ports={}", self.target, header("port"));
        let mut request = Request::new("POST", &target);
        request.body = Body::Object(Rc::new(Streams {
            stdin: Some(Rc::new(connection)),
            ..Streams::default()
        }));
        let (service, outgoing) = (self.service.clone(), self.outgoing.clone());
        self.simulation.spawn(async move {
            let response = service.call(request).await;
            let failed = response.status >= 400;
            let body = response.body.into_bytes().await;
            if let Some(errors) = errors {
                let status: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
                let why = status.get("message").and_then(|why| why.as_str());
                let why = why.filter(|_| failed);
                let why = why.unwrap_or_default();
                outgoing.send(data(errors, FIN, why.as_bytes())).ok();
            }
            outgoing.send(data(id, FIN, &[])).ok();
        });
        Some(())
    }

    /// Agrees to a stream, with no headers, uncompressed as zlib allows.
    fn reply(&mut self, id: u32) {
        let mut payload = id.to_be_bytes().to_vec();
        if !std::mem::replace(&mut self.replied, true) {
            payload.extend([0x78, 0x01]);
        }
        // A stored block with the number of headers, and an empty one that flushes it.
        payload.extend([0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
        let mut frame = vec![0x80, 3, 0, SYN_REPLY, 0];
        frame.extend(length(payload.len()));
        frame.extend(payload);
        self.outgoing.send(frame).ok();
    }
}

/// A frame of data.
fn data(stream: u32, flags: u8, bytes: &[u8]) -> Vec<u8> {
    let mut frame = stream.to_be_bytes().to_vec();
    frame.push(flags);
    frame.extend(length(bytes.len()));
    frame.extend(bytes);
    frame
}

fn length(length: usize) -> [u8; 3] {
    let [.., a, b, c] = (length as u32).to_be_bytes();
    [a, b, c]
}

/// The names and values of a block of headers.
fn headers(block: &[u8]) -> Option<OrderedMap<String, String>> {
    let mut rest = block;
    let mut number = || {
        let (first, more) = rest.split_first_chunk()?;
        rest = more;
        Some(u32::from_be_bytes(*first) as usize)
    };
    let count = number()?;
    let mut found = OrderedMap::new();
    for _ in 0..count.min(64) {
        let mut text = || {
            let (length, more) = rest.split_first_chunk()?;
            let (text, more) = more.split_at_checked(u32::from_be_bytes(*length) as usize)?;
            rest = more;
            Some(String::from_utf8_lossy(text).into_owned())
        };
        let name = text()?;
        found.insert(name, text()?);
    }
    Some(found)
}

/// One connection of the client: what the pod's side reads and writes.
struct Connection {
    reader: File,
    stream: u32,
    outgoing: UnboundedSender<Vec<u8>>,
}

impl FileKind for Connection {
    fn read(&self, count: usize) -> LocalFuture<Result<Vec<u8>, Errno>> {
        self.reader.read(count)
    }

    fn write(&self, bytes: &[u8]) -> LocalFuture<Result<(), Errno>> {
        let sent = self.outgoing.send(data(self.stream, 0, bytes));
        Box::pin(async move { sent.map_err(|_| Errno::EPIPE) })
    }
}
