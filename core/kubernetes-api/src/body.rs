//! JSON values as bodies of messages: what travels between the API server and its clients when
//! both are ours, without becoming text.

use std::any::Any;
use std::rc::Rc;

use machine::http::{Body, Chunk, Object};
use serde_json::Value;

use crate::json;

/// One object, list or Status as a whole body.
pub struct Json(pub Rc<Value>);

impl Object for Json {
    fn to_bytes(&self) -> Vec<u8> {
        let mut text = json::compact(&self.0);
        text.push('\n');
        text.into_bytes()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// One event of a watch: a piece of its streamed body.
#[derive(Clone, Debug)]
pub struct WatchEvent {
    /// `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK` or `ERROR`.
    pub kind: &'static str,
    /// The object (or table, or Status).
    pub object: Rc<Value>,
}

impl Object for WatchEvent {
    fn to_bytes(&self) -> Vec<u8> {
        let object = json::compact(&self.object);
        format!("{{\"type\":\"{}\",\"object\":{object}}}\n", self.kind).into_bytes()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl WatchEvent {
    /// Reads one line of a watch.
    #[must_use]
    pub fn parse(line: &[u8]) -> Option<Self> {
        let mut event: Value = serde_json::from_slice(line).ok()?;
        let object = Rc::new(event.get_mut("object")?.take());
        let kind = match event.get("type")?.as_str()? {
            "ADDED" => "ADDED",
            "MODIFIED" => "MODIFIED",
            "DELETED" => "DELETED",
            "BOOKMARK" => "BOOKMARK",
            _ => "ERROR",
        };
        Some(Self { kind, object })
    }
}

/// A value as a body.
pub fn body(value: impl Into<Rc<Value>>) -> Body {
    Body::Object(Rc::new(Json(value.into())))
}

/// A value that a streamed piece carries, when it is an event of ours.
#[must_use]
pub fn event(chunk: &Chunk) -> Option<&WatchEvent> {
    match chunk {
        Chunk::Object(object) => object.as_any().downcast_ref(),
        Chunk::Bytes(_) => None,
    }
}

/// The JSON value of a body, shared when it travelled as one and parsed otherwise.
///
/// # Errors
/// The text of the JSON error.
pub async fn read(body: Body) -> Result<Rc<Value>, String> {
    if let Body::Object(object) = &body
        && let Some(Json(value)) = object.as_any().downcast_ref()
    {
        return Ok(value.clone());
    }
    let bytes = body.into_bytes().await;
    serde_json::from_slice(&bytes)
        .map(Rc::new)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_event_is_one_line() {
        let event = WatchEvent {
            kind: "ADDED",
            object: Rc::new(json!({"kind": "Pod"})),
        };
        let line = event.to_bytes();
        assert_eq!(
            line,
            b"{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\"}}\n"
        );
        let again = WatchEvent::parse(&line).map(|event| (event.kind, event.object));
        assert_eq!(again, Some(("ADDED", Rc::new(json!({"kind": "Pod"})))));
    }
}
