//! WebSockets (RFC 6455): the handshake's answer and frames to and from messages.
//!
//! What the messages mean lives in `remote`.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

/// The largest message that is taken.
const MESSAGE_BYTES: usize = 4 * 1024 * 1024;
/// What the handshake's key is joined with.
const MAGIC: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The `Sec-WebSocket-Accept` of a key.
pub fn accept(key: &str) -> String {
    kubernetes_api::base64::encode(&sha1(format!("{key}{MAGIC}").as_bytes()))
}

/// SHA-1, which the handshake needs.
fn sha1(message: &[u8]) -> [u8; 20] {
    let mut state: [u32; 5] = [
        0x6745_2301,
        0xefcd_ab89,
        0x98ba_dcfe,
        0x1032_5476,
        0xc3d2_e1f0,
    ];
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend((message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        let mut words: Vec<u32> = block
            .chunks_exact(4)
            .map(|four| {
                four.iter()
                    .fold(0, |word, byte| word << 8 | u32::from(*byte))
            })
            .collect();
        for at in 16..80 {
            let word = [3, 8, 14, 16].iter().fold(0, |word, back| {
                word ^ words.get(at - back).copied().unwrap_or_default()
            });
            words.push(word.rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (at, word) in words.iter().enumerate() {
            let (mix, constant) = match at / 20 {
                0 => (b & c | !b & d, 0x5a82_7999),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => (b & c | b & d | c & d, 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6_u32),
            };
            let next = [mix, e, constant, *word]
                .iter()
                .fold(a.rotate_left(5), |sum, part| sum.wrapping_add(*part));
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (have, more) in state.iter_mut().zip([a, b, c, d, e]) {
            *have = have.wrapping_add(more);
        }
    }
    let mut sum = [0; 20];
    for (place, byte) in sum
        .iter_mut()
        .zip(state.iter().flat_map(|word| word.to_be_bytes()))
    {
        *place = byte;
    }
    sum
}

/// Carries messages both ways until one side ends.
pub async fn carry<S: AsyncRead + AsyncWrite>(
    socket: S,
    incoming: UnboundedSender<Vec<u8>>,
    mut outgoing: UnboundedReceiver<Vec<u8>>,
) {
    let (mut reader, mut writer) = tokio::io::split(socket);
    let (pongs, mut waiting) = tokio::sync::mpsc::unbounded_channel();
    let read = async {
        let mut message = Vec::new();
        while let Some((code, last, payload)) = frame(&mut reader).await {
            match code {
                0..=2 if message.len() + payload.len() <= MESSAGE_BYTES => {
                    message.extend(payload);
                    if last && incoming.send(std::mem::take(&mut message)).is_err() {
                        // Nobody listens any more; the other side still writes its last words.
                        std::future::pending::<()>().await;
                    }
                }
                9 => {
                    pongs.send(payload).ok();
                }
                10 => {}
                _ => return,
            }
        }
    };
    let write = async {
        loop {
            let (code, bytes) = tokio::select! {
                bytes = outgoing.recv() => match bytes {
                    Some(bytes) => (2, bytes),
                    None => break,
                },
                Some(bytes) = waiting.recv() => (10, bytes),
            };
            if send(&mut writer, code, &bytes).await.is_err() {
                return;
            }
        }
        // 1000: a normal end.
        send(&mut writer, 8, &[0x03, 0xe8]).await.ok();
        writer.shutdown().await.ok();
    };
    tokio::select! {
        () = read => {}
        () = write => {}
    }
}

/// The next frame: its code, whether a message ends with it, its payload.
async fn frame(reader: &mut (impl AsyncRead + Unpin)) -> Option<(u8, bool, Vec<u8>)> {
    let first = reader.read_u8().await.ok()?;
    let second = reader.read_u8().await.ok()?;
    let length = match second & 0x7f {
        126 => u64::from(reader.read_u16().await.ok()?),
        127 => reader.read_u64().await.ok()?,
        short => u64::from(short),
    };
    let length = usize::try_from(length)
        .ok()
        .filter(|length| *length <= MESSAGE_BYTES)?;
    let mut mask = [0; 4];
    if second & 0x80 != 0 {
        reader.read_exact(&mut mask).await.ok()?;
    }
    let mut payload = vec![0; length];
    reader.read_exact(&mut payload).await.ok()?;
    for (byte, mask) in payload.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
    Some((first & 0x0f, first & 0x80 != 0, payload))
}

async fn send(
    writer: &mut (impl AsyncWrite + Unpin),
    code: u8,
    payload: &[u8],
) -> std::io::Result<()> {
    let mut bytes = vec![0x80 | code];
    match payload.len() {
        short @ 0..126 => bytes.push(short as u8),
        middle @ 126..65536 => {
            bytes.push(126);
            bytes.extend((middle as u16).to_be_bytes());
        }
        long => {
            bytes.push(127);
            bytes.extend((long as u64).to_be_bytes());
        }
    }
    bytes.extend(payload);
    writer.write_all(&bytes).await?;
    writer.flush().await
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_key_of_the_standard() {
        assert_eq!(
            super::accept("dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
    }
}
