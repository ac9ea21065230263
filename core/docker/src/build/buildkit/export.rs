//! The last step: the layers are packed, the image is written and named. Models moby
//! daemon/internal/builder-next/exporter.

use super::super::stage::State;
use super::{EventKind, Solver};
use crate::{HistoryEntry, Image, ImageLayer};
use machine::{Duration, Time};
use std::rc::Rc;

/// Bytes that the exporter packs in a virtual second.
const EXPORT_BYTES_PER_SECOND: u64 = 100_000_000;
/// A status that took no longer is shown without its time.
const SHOWN_TIME: Duration = Duration::from_millis(10);

impl Solver<'_> {
    pub(super) async fn export(&self, mut state: State) -> Rc<Image> {
        let engine = self.engine;
        for (name, value) in &self.options.labels {
            state.config.labels.insert(name.clone(), value.clone());
        }
        let step = self.start("exporting to image");
        let known = |layer: &ImageLayer| {
            let images = engine.inner.images.images.borrow();
            images.values().any(|image| {
                let mut layers = image.layers.iter();
                layers.any(|other| other.digest == layer.digest)
            })
        };
        let fresh = state.layers.iter().filter(|layer| !known(layer));
        let bytes: u64 = fresh.map(|layer| layer.size).sum();
        let started = engine.now();
        self.pass(Duration::from_millis(
            1 + bytes.saturating_mul(1000) / EXPORT_BYTES_PER_SECOND,
        ))
        .await;
        let took = engine.now().since(started);
        let took = match took > SHOWN_TIME {
            true => format!(" {:.1}s", took.as_secs_f64()),
            false => String::new(),
        };
        let layers = format!("exporting layers{took} done");
        self.tell(step, EventKind::Status(layers));
        engine.inner.build_cache.freeze(state.record.as_deref());
        if state.config.working_dir.is_empty() {
            state.config.working_dir = "/".into();
        }
        date(&mut state.history);
        let mut image = Image::new(state.config, state.layers, state.history, state.created);
        image.comment = "buildkit.dockerfile.v0".into();
        let image = Rc::new(image);
        engine.add_image(image.clone());
        self.tell(
            step,
            EventKind::Status(format!("writing image {} done", image.id)),
        );
        for tag in &self.options.tags {
            engine.tag_image(&image, tag);
            self.tell(
                step,
                EventKind::Status(format!("naming to {} done", tag.canonical())),
            );
        }
        self.tell(step, EventKind::Done);
        image
    }
}

/// Dates what made no layer: by the first new layer after it, or by the layer before it. Models
/// moby/buildkit exporter/containerimage/writer.go.
fn date(history: &mut [HistoryEntry]) {
    let undated = |entry: &HistoryEntry| entry.created == Time::default();
    let first_new = history
        .iter()
        .skip_while(|entry| !undated(entry))
        .find(|entry| !undated(entry));
    let last = history.iter().rev().find(|entry| !undated(entry));
    let mut created = first_new.or(last).map(|entry| entry.created);
    let mut past_undated = false;
    for entry in history {
        if entry.created != Time::default() {
            if past_undated {
                created = Some(entry.created);
            }
            continue;
        }
        past_undated = true;
        entry.created = created.unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_made_no_layer_has_the_time_of_the_first_new_layer() {
        let at = |seconds| Time::from_secs(seconds);
        let check = |times: &[u64], expected: &[u64]| {
            let mut history: Vec<HistoryEntry> = times
                .iter()
                .map(|seconds| HistoryEntry {
                    created: at(*seconds),
                    created_by: String::new(),
                    size: None,
                    comment: String::new(),
                })
                .collect();
            date(&mut history);
            let dated: Vec<Time> = history.iter().map(|entry| entry.created).collect();
            let expected: Vec<Time> = expected.iter().map(|seconds| at(*seconds)).collect();
            assert_eq!(dated, expected, "{times:?}");
        };
        check(&[5, 0, 9, 0], &[5, 9, 9, 9]);
        check(&[5, 0, 0], &[5, 5, 5]);
        check(&[5, 0, 8, 0, 9], &[5, 8, 8, 8, 9]);
    }
}
