//! A WebSocket's messages, carried between a real client and the simulation.
//!
//! What the messages mean lives in `remote` and `spdy`.

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

/// The largest message that is taken.
pub const MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// How long the client has to answer the end.
const GOODBYE: Duration = Duration::from_secs(2);

/// Carries messages both ways until one side ends.
pub async fn carry(
    mut socket: WebSocket,
    incoming: UnboundedSender<Vec<u8>>,
    mut outgoing: UnboundedReceiver<Vec<u8>>,
) {
    loop {
        tokio::select! {
            message = socket.recv() => match message {
                // Where nobody listens any more, the other side still has its last words to write.
                Some(Ok(Message::Binary(bytes))) => drop(incoming.send(bytes.into())),
                Some(Ok(Message::Text(text))) => drop(incoming.send(text.as_bytes().into())),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return,
            },
            bytes = outgoing.recv() => {
                let Some(bytes) = bytes else { break };
                if socket.send(Message::Binary(bytes.into())).await.is_err() {
                    return;
                }
            }
        }
    }
    let end = CloseFrame {
        code: close_code::NORMAL,
        reason: "".into(),
    };
    socket.send(Message::Close(Some(end))).await.ok();
    // A socket that goes away while the client still writes takes back what it was sent last.
    let read = async { while let Some(Ok(_)) = socket.recv().await {} };
    tokio::time::timeout(GOODBYE, read).await.ok();
}
