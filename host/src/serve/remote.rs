//! The streams of `exec`, `attach` and `port-forward` between a real client's WebSocket and the
//! simulated containers.
//!
//! Models k8s.io/apimachinery `pkg/util/remotecommand` (`v5.channel.k8s.io`): the first byte of a
//! message tells its stream.

use kubernetes_api::streams::Streams;
use machine::http::{Body, Request, Service};
use machine::{File, Terminal, file, pipe};
use simulation::{Either, Simulation, race};
use std::rc::Rc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

/// The protocols that are spoken, the best first.
pub const PROTOCOLS: [&str; 3] = [
    "v5.channel.k8s.io",
    "v4.channel.k8s.io",
    super::spdy::PROTOCOL,
];

const INPUT: u8 = 0;
const OUTPUT: u8 = 1;
const ERRORS: u8 = 2;
const STATUS: u8 = 3;
const RESIZE: u8 = 4;
/// Followed by the stream that ends.
const CLOSE: u8 = 255;

/// Runs a command for a client until it ends or the client goes away.
pub fn run(
    simulation: &Simulation,
    service: Rc<dyn Service>,
    mut request: Request,
    incoming: UnboundedReceiver<Vec<u8>>,
    outgoing: UnboundedSender<Vec<u8>>,
) {
    let on = |name: &str| matches!(request.parameter(name).as_deref(), Some("true" | "1"));
    let (streams, keyboard) = if on("tty") {
        let terminal = Terminal::new();
        let file: File = Rc::new(terminal.clone());
        let streams = Streams {
            stdin: on("stdin").then(|| file.clone()),
            stdout: Some(file.clone()),
            stderr: Some(file),
        };
        (streams, Keyboard::Terminal(terminal))
    } else {
        let (reader, writer) = pipe();
        let sink = |stream: u8| {
            let outgoing = outgoing.clone();
            file::sink(move |bytes| {
                outgoing.send([&[stream], bytes].concat()).ok();
            })
        };
        let streams = Streams {
            stdin: on("stdin").then_some(reader),
            stdout: Some(sink(OUTPUT)),
            stderr: Some(sink(ERRORS)),
        };
        (streams, Keyboard::Pipe(Some(writer)))
    };
    request.body = Body::Object(Rc::new(streams));
    simulation.spawn(async move {
        let terminal = match &keyboard {
            Keyboard::Terminal(terminal) => Some(terminal.clone()),
            Keyboard::Pipe(_) => None,
        };
        let mut screen = Screen {
            terminal,
            outgoing: outgoing.clone(),
            last: 0,
        };
        let busy = race(take(keyboard, incoming), screen.follow());
        let Either::Left(response) = race(service.call(request), busy).await else {
            return;
        };
        screen.show();
        let mut status = vec![STATUS];
        status.extend(response.body.into_bytes().await);
        outgoing.send(status).ok();
    });
}

/// Where what is typed goes.
enum Keyboard {
    Terminal(Terminal),
    Pipe(Option<File>),
}

/// What is written to a terminal, for a client whose own terminal is raw: a line needs its return.
struct Screen {
    terminal: Option<Terminal>,
    outgoing: UnboundedSender<Vec<u8>>,
    last: u8,
}

impl Screen {
    /// Shows everything as it comes; never ends.
    async fn follow(&mut self) {
        while let Some(terminal) = self.terminal.clone() {
            terminal.wait_output().await;
            self.show();
        }
        std::future::pending().await
    }

    fn show(&mut self) {
        let written = self.terminal.as_ref().map(Terminal::take_output);
        let mut message = vec![OUTPUT];
        for byte in written.unwrap_or_default() {
            if byte == b'\n' && self.last != b'\r' {
                message.push(b'\r');
            }
            message.push(byte);
            self.last = byte;
        }
        if message.len() > 1 {
            self.outgoing.send(message).ok();
        }
    }
}

/// Takes the client's messages; ends when the client has gone.
async fn take(mut keyboard: Keyboard, mut incoming: UnboundedReceiver<Vec<u8>>) {
    while let Some(message) = incoming.recv().await {
        match (message.as_slice(), &mut keyboard) {
            ([INPUT, bytes @ ..], Keyboard::Terminal(terminal)) => terminal.input(bytes),
            ([INPUT, bytes @ ..], Keyboard::Pipe(Some(writer))) => {
                writer.write(bytes).await.ok();
            }
            ([CLOSE, INPUT, ..], Keyboard::Terminal(terminal)) => terminal.input(&[4]),
            ([CLOSE, INPUT, ..], Keyboard::Pipe(writer)) => *writer = None,
            ([RESIZE, bytes @ ..], Keyboard::Terminal(terminal)) => {
                let size: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
                let side = |name: &str| {
                    size.get(name)?
                        .as_u64()
                        .and_then(|side| side.try_into().ok())
                };
                if let (Some(columns), Some(rows)) = (side("Width"), side("Height")) {
                    terminal.resize(columns, rows);
                }
            }
            _ => {}
        }
    }
}
