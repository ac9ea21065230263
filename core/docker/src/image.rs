//! Images: configuration, layers and history, addressed by the digest of their configuration.

use crate::digest;
use machine::{Duration, Layer, Time};
use ordered::{OrderedMap, OrderedSet};
use serde_json::{Map, Value, json};
use std::rc::Rc;

/// An immutable image.
#[derive(Debug)]
pub struct Image {
    /// `sha256:` and the digest of the configuration's JSON.
    pub id: String,
    /// What a container of it starts with.
    pub config: ImageConfig,
    /// The layers, the lowest first.
    pub layers: Vec<ImageLayer>,
    /// How it came to be, the oldest entry first.
    pub history: Vec<HistoryEntry>,
    /// When it was made.
    pub created: Time,
    /// The image it was made from by one instruction of the classic builder.
    pub parent: Option<String>,
    /// Who made it (`MAINTAINER`, `commit --author`).
    pub author: String,
    /// A remark (`commit --message`, BuildKit's own).
    pub comment: String,
    /// The sum of the layers' sizes in bytes.
    pub size: u64,
}

/// A layer with its address.
#[derive(Clone, Debug)]
pub struct ImageLayer {
    /// `sha256:` and the digest of its content.
    pub digest: String,
    /// The entries.
    pub layer: Rc<Layer>,
    /// Bytes of its files.
    pub size: u64,
}

impl ImageLayer {
    /// A layer, addressed by its content.
    pub fn new(layer: Layer) -> ImageLayer {
        ImageLayer {
            digest: digest::layer(&layer),
            size: layer.size(),
            layer: Rc::new(layer),
        }
    }
}

/// One line of `docker history`.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// When.
    pub created: Time,
    /// The instruction.
    pub created_by: String,
    /// Bytes of the layer; `None` when the instruction made none.
    pub size: Option<u64>,
    /// A remark: `buildkit.dockerfile.v0`.
    pub comment: String,
}

/// What a container of an image starts with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// `USER`.
    pub user: String,
    /// `EXPOSE`: `80/tcp`.
    pub exposed_ports: OrderedSet<String>,
    /// `ENV`, in order.
    pub env: Vec<(String, String)>,
    /// `ENTRYPOINT`.
    pub entrypoint: Option<Vec<String>>,
    /// `CMD`.
    pub command: Option<Vec<String>>,
    /// `VOLUME`.
    pub volumes: OrderedSet<String>,
    /// `WORKDIR`.
    pub working_dir: String,
    /// `LABEL`.
    pub labels: OrderedMap<String, String>,
    /// `STOPSIGNAL`.
    pub stop_signal: String,
    /// `SHELL`.
    pub shell: Option<Vec<String>>,
    /// `HEALTHCHECK`.
    pub healthcheck: Option<Healthcheck>,
    /// `ONBUILD`.
    pub on_build: Vec<String>,
}

/// A check of a container's health.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Healthcheck {
    /// `["CMD", …]`, `["CMD-SHELL", "…"]` or `["NONE"]`.
    pub test: Vec<String>,
    /// Time between checks; zero for the default of 30 s.
    pub interval: Duration,
    /// How long one may take; zero for the default of 30 s.
    pub timeout: Duration,
    /// Failures before `starting` counts; zero for none.
    pub start_period: Duration,
    /// Failures in a row until unhealthy; zero for the default of 3.
    pub retries: u32,
}

/// A list as JSON, `null` for none.
pub(crate) fn list(values: Option<&Vec<String>>) -> Value {
    values.map_or(Value::Null, |values| json!(values))
}

/// A set as Docker writes it: an object of empty objects, or `null`.
pub(crate) fn set(values: &OrderedSet<String>) -> Value {
    if values.is_empty() {
        return Value::Null;
    }
    let pairs = values.iter().map(|value| (value.clone(), json!({})));
    Value::Object(pairs.collect::<Map<String, Value>>())
}

impl ImageConfig {
    /// The `Config` of `docker image inspect`.
    pub fn to_json(&self) -> Value {
        let env: Vec<String> = self
            .env
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut object = json!({
            "Cmd": list(self.command.as_ref()),
            "Entrypoint": list(self.entrypoint.as_ref()),
            "Env": env,
            "Labels": if self.labels.is_empty() { Value::Null } else { json!(self.labels) },
            "OnBuild": if self.on_build.is_empty() { Value::Null } else { json!(self.on_build) },
            "User": self.user,
            "Volumes": set(&self.volumes),
            "WorkingDir": self.working_dir,
        });
        if let Value::Object(object) = &mut object {
            if !self.exposed_ports.is_empty() {
                object.insert("ExposedPorts".into(), set(&self.exposed_ports));
            }
            if !self.stop_signal.is_empty() {
                object.insert("StopSignal".into(), json!(self.stop_signal));
            }
            if let Some(shell) = &self.shell {
                object.insert("Shell".into(), json!(shell));
            }
            if let Some(check) = &self.healthcheck {
                object.insert("Healthcheck".into(), check.to_json());
            }
        }
        object
    }

    /// A variable of the environment.
    pub fn variable(&self, name: &str) -> Option<&str> {
        let found = self.env.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Sets a variable of the environment, in place when it is there.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        match self.env.iter_mut().find(|(key, _)| key == name) {
            Some(pair) => pair.1 = value.to_string(),
            None => self.env.push((name.to_string(), value.to_string())),
        }
    }
}

impl Healthcheck {
    /// As `docker inspect` shows it.
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("Test".into(), json!(self.test));
        for (name, span) in [
            ("Interval", self.interval),
            ("Timeout", self.timeout),
            ("StartPeriod", self.start_period),
        ] {
            if !span.is_zero() {
                object.insert(name.into(), json!(span.as_nanos() as u64));
            }
        }
        if self.retries > 0 {
            object.insert("Retries".into(), json!(self.retries));
        }
        Value::Object(object)
    }
}

impl Image {
    /// An image of its parts; the id is computed from them.
    pub fn new(
        config: ImageConfig,
        layers: Vec<ImageLayer>,
        history: Vec<HistoryEntry>,
        created: Time,
    ) -> Image {
        let mut image = Image {
            id: String::new(),
            size: layers.iter().map(|layer| layer.size).sum(),
            config,
            layers,
            history,
            created,
            parent: None,
            author: String::new(),
            comment: String::new(),
        };
        image.id = format!("sha256:{}", digest::hex(image.address().as_bytes()));
        image
    }

    /// What the id is the digest of.
    fn address(&self) -> String {
        let layers: Vec<&str> = self
            .layers
            .iter()
            .map(|layer| layer.digest.as_str())
            .collect();
        let history: Vec<Value> = self
            .history
            .iter()
            .map(|entry| json!([entry.created.as_nanos(), entry.created_by]))
            .collect();
        json!({
            "config": self.config.to_json(),
            "created": self.created.as_nanos(),
            "history": history,
            "layers": layers,
        })
        .to_string()
    }

    /// The first 12 digits of the id.
    pub fn short_id(&self) -> &str {
        short(&self.id)
    }

    /// The digest of the manifest that a registry has for it.
    pub fn manifest_digest(&self) -> String {
        let text = format!("manifest of {}", self.id);
        format!("sha256:{}", digest::hex(text.as_bytes()))
    }

    /// The layers' entries, the lowest first, as a container's tree takes them.
    pub fn tree_layers(&self) -> Vec<Rc<Layer>> {
        self.layers
            .iter()
            .map(|layer| layer.layer.clone())
            .collect()
    }
}

/// The first 12 digits of an id, without `sha256:`.
pub(crate) fn short(id: &str) -> &str {
    let bare = id.strip_prefix("sha256:").unwrap_or(id);
    bare.get(..12).unwrap_or(bare)
}
