//! How an image of the catalog is put together, as its Dockerfile would.

use crate::{HistoryEntry, Image, ImageConfig, ImageLayer};
use machine::{Content, Entry, Layer, Time};

/// Where the commands of an image are looked for.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What an image is made of.
pub(super) struct Recipe {
    pub(super) created: Time,
    pub(super) config: ImageConfig,
    layers: Vec<ImageLayer>,
    history: Vec<HistoryEntry>,
}

impl Recipe {
    pub(super) fn new(created: Time) -> Recipe {
        let mut config = ImageConfig::default();
        config.set_variable("PATH", PATH);
        Recipe {
            created,
            config,
            layers: Vec::new(),
            history: Vec::new(),
        }
    }

    pub(super) fn layer(mut self, created_by: &str, layer: Layer) -> Recipe {
        let layer = ImageLayer::new(layer);
        self.history.push(self.entry(created_by, Some(layer.size)));
        self.layers.push(layer);
        self
    }

    pub(super) fn empty(mut self, created_by: &str) -> Recipe {
        self.history.push(self.entry(created_by, None));
        self
    }

    fn entry(&self, created_by: &str, size: Option<u64>) -> HistoryEntry {
        HistoryEntry {
            created: self.created,
            created_by: created_by.into(),
            size,
            comment: String::new(),
        }
    }

    pub(super) fn env(mut self, name: &str, value: &str) -> Recipe {
        self.config.set_variable(name, value);
        let text = format!("/bin/sh -c #(nop)  ENV {name}={value}");
        self.empty(&text)
    }

    pub(super) fn command(mut self, words: &[&str]) -> Recipe {
        self.config.command = Some(words.iter().map(|word| word.to_string()).collect());
        let text = format!("/bin/sh -c #(nop)  CMD {words:?}");
        self.empty(&text)
    }

    pub(super) fn build(self) -> Image {
        Image::new(self.config, self.layers, self.history, self.created)
    }
}

/// Adds a file to a layer.
pub(super) fn file(layer: &mut Layer, path: &str, content: Content, mode: u32, time: Time) {
    layer.add(path, Entry::file(content, mode, time));
}
