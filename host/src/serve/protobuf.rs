//! Protobuf bodies become JSON: real clients send some of their objects as
//! `application/vnd.kubernetes.protobuf`, while the simulation's server knows JSON alone. Its
//! answers stay JSON, which such clients read as well.
//!
//! `messages.txt` has the numbers of the fields of `generated.proto` in k8s.io/api and
//! k8s.io/apimachinery: a message, then `number:name:type`. A type is `s` for a text, `i` a number,
//! `b` a truth, `d` a float, `y` bytes, `t` a time, `q` a quantity, `n` a number or text, `r` JSON in
//! itself, or a message; `*` is a list, `{` a map from text. A field named `-` is embedded.

use kubernetes_api::{base64, time};
use serde_json::{Map, Value};

const MESSAGES: &str = include_str!("messages.txt");
/// What a protobuf body begins with.
const MAGIC: &[u8] = b"k8s\0";
/// Messages in messages, no deeper than this.
const DEPTH_MAX: usize = 64;

/// The JSON of a body; nothing when it is no known object.
pub fn to_json(body: &[u8]) -> Option<Value> {
    let mut envelope = Reader(body.strip_prefix(MAGIC)?);
    let (mut api_version, mut kind, mut raw) = (String::new(), String::new(), &[][..]);
    while let Some((number, field)) = envelope.next() {
        match (number, field) {
            (1, Field::Bytes(meta)) => {
                let mut meta = Reader(meta);
                while let Some((number, field)) = meta.next() {
                    match number {
                        1 => api_version = field.text(),
                        2 => kind = field.text(),
                        _ => {}
                    }
                }
            }
            (2, Field::Bytes(bytes)) => raw = bytes,
            _ => {}
        }
    }
    let (group, version) = api_version
        .rsplit_once('/')
        .unwrap_or(("core", &api_version));
    let group = group.split('.').next().unwrap_or_default();
    let message = match kind.as_str() {
        "DeleteOptions" => "meta.v1.DeleteOptions".to_string(),
        _ => format!("{group}.{version}.{kind}"),
    };
    let mut object = decode(&message, raw, 0)?;
    let fields = object.as_object_mut()?;
    fields.insert("apiVersion".into(), api_version.into());
    fields.insert("kind".into(), kind.into());
    Some(object)
}

/// One field as it is on the wire.
#[derive(Clone, Copy)]
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl Field<'_> {
    fn text(self) -> String {
        match self {
            Field::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Field::Number(number) => number.to_string(),
        }
    }

    fn number(self) -> u64 {
        match self {
            Field::Number(number) => number,
            Field::Bytes(_) => 0,
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Field::Bytes(bytes) => bytes,
            Field::Number(_) => &[],
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<(u64, Field<'a>)> {
        let key = self.varint()?;
        let field = match key & 7 {
            0 => Field::Number(self.varint()?),
            1 => Field::Number(u64::from_le_bytes(self.take(8)?.try_into().ok()?)),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Field::Bytes(self.take(length)?)
            }
            5 => Field::Number(u64::from(u32::from_le_bytes(
                self.take(4)?.try_into().ok()?,
            ))),
            _ => return None,
        };
        Some((key >> 3, field))
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

fn decode(message: &str, bytes: &[u8], depth: usize) -> Option<Value> {
    let line = MESSAGES
        .lines()
        .find_map(|line| line.strip_prefix(message)?.strip_prefix(' '))?;
    if depth > DEPTH_MAX {
        return None;
    }
    let mut object = Map::new();
    let mut reader = Reader(bytes);
    while let Some((number, field)) = reader.next() {
        let known = line.split(' ').find_map(|known| {
            let mut parts = known.splitn(3, ':');
            let own = parts.next()?.parse::<u64>().ok()? == number;
            own.then_some((parts.next()?, parts.next()?))
        });
        let Some((name, kind)) = known else {
            continue;
        };
        if name == "-" {
            if let Some(Value::Object(inner)) = decode(kind, field.bytes(), depth + 1) {
                object.extend(inner);
            }
        } else if let Some(kind) = kind.strip_prefix('*') {
            let list = object
                .entry(name)
                .or_insert_with(|| Value::Array(Vec::new()));
            if let Some(list) = list.as_array_mut() {
                list.push(value(kind, field, depth)?);
            }
        } else if let Some(kind) = kind.strip_prefix('{') {
            let (key, inner) = entry(kind, field.bytes(), depth)?;
            let map = object
                .entry(name)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Some(map) = map.as_object_mut() {
                map.insert(key, inner);
            }
        } else {
            object.insert(name.to_string(), value(kind, field, depth)?);
        }
    }
    Some(Value::Object(object))
}

/// Key and value of a map's entry.
fn entry(kind: &str, bytes: &[u8], depth: usize) -> Option<(String, Value)> {
    let mut reader = Reader(bytes);
    let (mut key, mut inner) = (String::new(), None);
    while let Some((number, field)) = reader.next() {
        match number {
            1 => key = field.text(),
            2 => inner = Some(value(kind, field, depth)?),
            _ => {}
        }
    }
    Some((key, inner.unwrap_or_else(|| Value::String(String::new()))))
}

fn value(kind: &str, field: Field, depth: usize) -> Option<Value> {
    Some(match kind {
        "s" => field.text().into(),
        "b" => (field.number() != 0).into(),
        "i" => field.number().cast_signed().into(),
        "d" => f64::from_bits(field.number()).into(),
        "y" => base64::encode(field.bytes()).into(),
        "r" => raw_json(field.bytes()),
        "t" => moment(field.bytes()),
        "q" => part(field.bytes(), 1).map_or_else(|| "0".into(), |text| text.text().into()),
        "n" => match part(field.bytes(), 1).map_or(0, Field::number) {
            0 => part(field.bytes(), 2)
                .map_or(0, Field::number)
                .cast_signed()
                .into(),
            _ => part(field.bytes(), 3)
                .map_or_else(String::new, Field::text)
                .into(),
        },
        message => decode(message, field.bytes(), depth + 1)?,
    })
}

/// A field of a small message.
fn part(bytes: &[u8], wanted: u64) -> Option<Field<'_>> {
    let mut reader = Reader(bytes);
    while let Some((number, field)) = reader.next() {
        if number == wanted {
            return Some(field);
        }
    }
    None
}

fn raw_json(bytes: &[u8]) -> Value {
    part(bytes, 1)
        .and_then(|raw| serde_json::from_slice(raw.bytes()).ok())
        .unwrap_or_default()
}

/// A time; the empty message is none.
fn moment(bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    let number = |at| part(bytes, at).map_or(0, Field::number).cast_signed();
    let nanos = number(1)
        .saturating_mul(1_000_000_000)
        .saturating_add(number(2));
    time::rfc3339(nanos).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `kubectl create configmap a --from-literal=k=v` sends.
    #[test]
    fn a_config_map() {
        let body = b"k8s\x00\x0a\x0f\x0a\x02v1\x12\x09ConfigMap\x12\x1c\x0a\x12\x0a\x01a\x12\x00\x1a\x07defaultB\x008\x00\x12\x06\x0a\x01k\x12\x01v\x1a\x00\x22\x00";
        let object = to_json(body).map(|object| object.to_string());
        assert_eq!(
            object.as_deref(),
            Some(
                r#"{"apiVersion":"v1","data":{"k":"v"},"kind":"ConfigMap","metadata":{"creationTimestamp":null,"generateName":"","generation":0,"name":"a","namespace":"default"}}"#
            )
        );
        assert_eq!(to_json(b"{}"), None);
    }
}
