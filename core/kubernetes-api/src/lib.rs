//! The Kubernetes API as a vocabulary: resources, objects, schemas, patches, selectors, texts.
//!
//! What the API server, its controllers, `kubectl` and a client of a real cluster share. It knows
//! nothing of stores, processes or clocks. All objects are [`serde_json::Value`]s, whose maps are
//! sorted by key.

pub mod base64;
pub mod body;
pub mod defaults;
pub mod duration;
pub mod field;
pub mod go_template;
pub mod intstr;
pub mod json;
pub mod json_syntax;
pub mod jsonpath;
pub mod limits;
pub mod names;
pub mod object;
pub mod patch;
pub mod path;
pub mod quantity;
pub mod resources;
pub mod schema;
pub mod selector;
pub mod status;
pub mod streams;
pub mod template_hash;
pub mod time;
pub mod yaml;
