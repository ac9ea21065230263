//! What the transfer of layers tells, and when: some are fetched at once, and unpacked one after
//! the other. Models moby distribution/xfer.

use crate::{Engine, Image, ImageLayer};
use machine::Duration;

/// Layers that are transferred at the same time.
const AT_ONCE: usize = 3;
const PUSHED_AT_ONCE: usize = 5;
/// Bytes that are transferred in a virtual second.
pub(crate) const TRANSFER_BYTES_PER_SECOND: u64 = 200_000_000;
/// Bytes that are unpacked in a virtual second.
const UNPACK_BYTES_PER_SECOND: u64 = 40_000_000;
/// The first piece of a transfer that is told.
const PIECE_BYTES: u64 = 32_768;
/// Time between two messages of one transfer.
const MESSAGE_TIME: Duration = Duration::from_millis(100);

/// A message of the daemon: about a layer, with a status and how far it is.
pub(crate) struct Message {
    pub(crate) at: Duration,
    /// The number of the layer.
    pub(crate) layer: usize,
    pub(crate) status: &'static str,
    /// Bytes that are done, and all.
    pub(crate) progress: Option<(u64, u64)>,
}

/// Bytes of a layer as registries hold it, packed.
pub(crate) fn packed(layer: &ImageLayer) -> u64 {
    layer.size * 27 / 50 + 100
}

fn time(bytes: u64, per_second: u64) -> Duration {
    Duration::from_micros(bytes.saturating_mul(1_000_000) / per_second.max(1))
}

fn say(messages: &mut Vec<Message>, at: Duration, layer: usize, status: &'static str) {
    messages.push(Message {
        at,
        layer,
        status,
        progress: None,
    });
}

/// The messages of one transfer, from its begin to its end.
fn transfer(
    layer: usize,
    status: &'static str,
    from: Duration,
    took: Duration,
    all: u64,
) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut tell = |at: Duration, done: u64| {
        messages.push(Message {
            at,
            layer,
            status,
            progress: Some((done, all)),
        });
    };
    if all > PIECE_BYTES {
        tell(from, PIECE_BYTES);
    }
    let mut at = MESSAGE_TIME;
    while at < took {
        let done = all as f64 * at.as_secs_f64() / took.as_secs_f64();
        tell(from + at, done as u64);
        at += MESSAGE_TIME;
    }
    tell(from + took, all);
    messages
}

/// What a pull of layers tells: some are fetched at once, and unpacked one after the other.
pub(crate) fn pulling(sizes: &[u64]) -> Vec<Message> {
    let mut messages = Vec::new();
    for layer in 0..sizes.len() {
        say(&mut messages, Duration::ZERO, layer, "Pulling fs layer");
    }
    for layer in AT_ONCE..sizes.len() {
        say(&mut messages, Duration::ZERO, layer, "Waiting");
    }
    let mut slots = [Duration::ZERO; AT_ONCE];
    let mut unpacked = Duration::ZERO;
    for (layer, size) in sizes.iter().copied().enumerate() {
        let Some(slot) = slots.iter_mut().min() else {
            break;
        };
        let took = Duration::from_millis(20) + time(size, TRANSFER_BYTES_PER_SECOND);
        messages.extend(transfer(layer, "Downloading", *slot, took, size));
        *slot += took;
        say(&mut messages, *slot, layer, "Verifying Checksum");
        say(&mut messages, *slot, layer, "Download complete");
        let from = unpacked.max(*slot);
        let took = Duration::from_millis(10) + time(size, UNPACK_BYTES_PER_SECOND);
        messages.extend(transfer(layer, "Extracting", from, took, size));
        unpacked = from + took;
        messages.push(Message {
            at: unpacked,
            layer,
            status: "Extracting",
            progress: Some((size, size)),
        });
        say(&mut messages, unpacked, layer, "Pull complete");
    }
    messages
}

/// What a push of layers tells, by their bytes; `None` for those that the registry has.
pub(crate) fn pushing(sizes: &[Option<u64>]) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut at = Duration::ZERO;
    for layer in 0..sizes.len() {
        say(&mut messages, at, layer, "Preparing");
    }
    for layer in PUSHED_AT_ONCE..sizes.len() {
        say(&mut messages, at, layer, "Waiting");
    }
    for (layer, size) in sizes.iter().enumerate() {
        let Some(size) = size else {
            say(&mut messages, Duration::ZERO, layer, "Layer already exists");
            continue;
        };
        let took = Duration::from_millis(30) + time(*size, TRANSFER_BYTES_PER_SECOND);
        messages.extend(transfer(layer, "Pushing", at, took, *size));
        at += took;
        say(&mut messages, at, layer, "Pushed");
    }
    messages
}

impl Engine {
    /// The layers of an image that are here already, and those that a pull fetches.
    pub(crate) fn layers_to_fetch<'a>(
        &self,
        image: &'a Image,
    ) -> (Vec<&'a ImageLayer>, Vec<&'a ImageLayer>) {
        let all = self.images();
        image.layers.iter().partition(|layer| {
            all.iter()
                .any(|(image, _)| image.layers.iter().any(|own| own.digest == layer.digest))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn shown(mut messages: Vec<Message>) -> String {
        messages.sort_by_key(|message| message.at);
        let lines = messages.iter().filter(|message| message.progress.is_none());
        lines
            .map(|message| format!("{} {}\n", message.layer, message.status))
            .collect()
    }

    #[test]
    fn three_layers_are_fetched_at_once_and_unpacked_in_order() {
        expect![[r#"
            0 Pulling fs layer
            1 Pulling fs layer
            2 Pulling fs layer
            3 Pulling fs layer
            3 Waiting
            1 Verifying Checksum
            1 Download complete
            2 Verifying Checksum
            2 Download complete
            3 Verifying Checksum
            3 Download complete
            0 Verifying Checksum
            0 Download complete
            0 Pull complete
            1 Pull complete
            2 Pull complete
            3 Pull complete
        "#]]
        .assert_eq(&shown(pulling(&[40_000_000, 200, 300, 400])));
    }

    #[test]
    fn what_a_registry_has_is_not_pushed_again() {
        expect![[r#"
            0 Preparing
            1 Preparing
            1 Layer already exists
            0 Pushed
        "#]]
        .assert_eq(&shown(pushing(&[Some(100), None])));
    }
}
