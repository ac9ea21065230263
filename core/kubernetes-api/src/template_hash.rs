//! `pod-template-hash` and the other names that Kubernetes makes from the hash of an object.
//!
//! Upstream hashes the text that the `spew` library prints of a Go value: every field with its
//! name and type, in Go's order, nil apart from empty. The schema table has that layout, so the
//! same template gives the same hash here. Models `pkg/controller` ComputeHash and
//! k8s.io/apimachinery `pkg/util/rand` SafeEncodeString.

use std::fmt::Write as _;

use serde_json::Value;

use crate::quantity::Quantity;
use crate::schema::{self, Field, Schema, Shape, Struct, Type};
use crate::time;

const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

const FNV_BASIS: u32 = 0x811c_9dc5;
const FNV_PRIME: u32 = 0x0100_0193;

/// The hash of a pod template (with defaults filled in) as it stands in the label.
///
/// `collision_count` is `status.collisionCount` of the Deployment, when it is set.
#[must_use]
pub fn pod_template_hash(template: &Value, collision_count: Option<u32>) -> String {
    let text = go_dump(schema::builtin(), "core.PodTemplateSpec", template);
    hash(&text, collision_count)
}

/// The hash of a text with a collision count, encoded as names want it.
#[must_use]
pub fn hash(text: &str, collision_count: Option<u32>) -> String {
    let mut sum = Fnv32a::new();
    sum.write(text.as_bytes());
    if let Some(count) = collision_count {
        sum.write(&count.to_le_bytes());
        sum.write(&[0; 4]);
    }
    safe_encoded(&sum.0.to_string())
}

/// The hash of the text of a ControllerRevision: FNV-1, where templates take FNV-1a.
#[must_use]
pub fn text_hash(text: &str) -> String {
    let sum = text.bytes().fold(FNV_BASIS, |sum, byte| {
        sum.wrapping_mul(FNV_PRIME) ^ u32::from(byte)
    });
    safe_encoded(&sum.to_string())
}

/// Text in the alphabet of generated names: no vowels, nothing that reads like another letter.
#[must_use]
pub fn safe_encoded(text: &str) -> String {
    let letter = |byte: u8| {
        ALPHABET
            .iter()
            .cycle()
            .nth(usize::from(byte))
            .copied()
            .unwrap_or(b'x')
    };
    text.bytes().map(|byte| char::from(letter(byte))).collect()
}

/// FNV-1a with 32 bits.
pub struct Fnv32a(pub u32);

impl Fnv32a {
    /// The offset basis.
    #[must_use]
    pub fn new() -> Self {
        Self(FNV_BASIS)
    }

    /// Mixes bytes in.
    pub fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(FNV_PRIME);
        }
    }
}

impl Default for Fnv32a {
    fn default() -> Self {
        Self::new()
    }
}

/// What Go's `spew` prints of a value of the named struct with `%#v` and sorted keys.
#[must_use]
pub fn go_dump(schema: &Schema, name: &str, value: &Value) -> String {
    let mut dump = Dump {
        schema,
        out: String::new(),
    };
    let kind = Type::Named(name.to_owned());
    dump.value(&kind, Some(value), true);
    dump.out
}

struct Dump<'a> {
    schema: &'a Schema,
    out: String,
}

impl Dump<'_> {
    /// `typed` is false for items of lists and maps, whose type the collection has told.
    fn value(&mut self, kind: &Type, value: Option<&Value>, typed: bool) {
        let value = value.filter(|value| !value.is_null());
        if let Type::Pointer(inner) = kind {
            match value {
                None if !typed => self.out.push_str("<nil>"),
                None => {
                    let _ = write!(self.out, "({})<nil>", self.schema.go_type(kind));
                }
                Some(_) if typed => {
                    let _ = write!(self.out, "(*{})", self.schema.go_type(inner));
                    self.value(inner, value, false);
                }
                Some(_) => {
                    self.out.push_str("<*>");
                    self.value(inner, value, false);
                }
            }
            return;
        }
        if typed {
            let _ = write!(self.out, "({})", self.schema.go_type(kind));
        }
        match self.schema.shape(kind) {
            Shape::Struct(of) => self.fields(of, value),
            Shape::List(item) => self.list(item, value),
            Shape::Map(item) => self.map(item, value),
            Shape::Scalar(letter) => self.scalar(letter, value),
        }
    }

    fn fields(&mut self, of: &Struct, value: Option<&Value>) {
        self.out.push('{');
        for (index, field) in of.fields.iter().enumerate() {
            if index > 0 {
                self.out.push(' ');
            }
            let _ = write!(self.out, "{}:", field.go);
            self.value(&field.kind, member(field, value), true);
        }
        self.out.push('}');
    }

    fn list(&mut self, item: &Type, value: Option<&Value>) {
        let Some(items) = value.and_then(Value::as_array) else {
            self.out.push_str("<nil>");
            return;
        };
        self.out.push('[');
        for (index, one) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(' ');
            }
            self.value(item, Some(one), false);
        }
        self.out.push(']');
    }

    fn map(&mut self, item: &Type, value: Option<&Value>) {
        let Some(entries) = value.and_then(Value::as_object) else {
            self.out.push_str("<nil>");
            return;
        };
        self.out.push_str("map[");
        for (index, (key, one)) in entries.iter().enumerate() {
            if index > 0 {
                self.out.push(' ');
            }
            let _ = write!(self.out, "{key}:");
            self.value(item, Some(one), false);
        }
        self.out.push(']');
    }

    fn scalar(&mut self, letter: char, value: Option<&Value>) {
        match (letter, value) {
            ('s', _) => self
                .out
                .push_str(value.and_then(Value::as_str).unwrap_or_default()),
            ('b', _) => {
                let _ = write!(
                    self.out,
                    "{}",
                    value.and_then(Value::as_bool).unwrap_or_default()
                );
            }
            ('t' | 'T', _) => self.time(value),
            ('q', _) => self.quantity(value),
            ('o', _) => self.int_or_string(value),
            ('d', _) => {
                let nanoseconds = value
                    .and_then(Value::as_str)
                    .and_then(|text| crate::duration::parse_go(text).ok())
                    .unwrap_or_default();
                let _ = write!(self.out, "{{Duration:(time.Duration){nanoseconds}}}");
            }
            ('y', _) => match value
                .and_then(Value::as_str)
                .and_then(crate::base64::decode)
            {
                Some(bytes) => {
                    let numbers: Vec<String> = bytes.iter().map(ToString::to_string).collect();
                    let _ = write!(self.out, "[{}]", numbers.join(" "));
                }
                None => self.out.push_str("<nil>"),
            },
            ('r', None) => self.out.push_str("<nil>"),
            (_, Some(value)) => {
                let _ = write!(self.out, "{value}");
            }
            (_, None) => self.out.push('0'),
        }
    }

    /// `metav1.Time` is a struct around `time.Time`, whose location is UTC or local after decoding.
    fn time(&mut self, value: Option<&Value>) {
        let at = value.and_then(Value::as_str).and_then(time::parse_rfc3339);
        let _ = match at {
            None => write!(
                self.out,
                "{{Time:(time.Time){{wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}}}"
            ),
            Some(at) => {
                // Seconds since the year 1.
                let ext = at.div_euclid(1_000_000_000) + 62_135_596_800;
                write!(
                    self.out,
                    "{{Time:(time.Time){{wall:(uint64)0 ext:(int64){ext} loc:(*time.Location){{name:(string) zone:([]time.zone)<nil> tx:([]time.zoneTrans)<nil> extend:(string) cacheStart:(int64)0 cacheEnd:(int64)0 cacheZone:(*time.zone)<nil>}}}}}}"
                )
            }
        };
    }

    /// A quantity remembers its text and how many digits it was parsed from.
    fn quantity(&mut self, value: Option<&Value>) {
        let text = value
            .map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            })
            .unwrap_or_default();
        let quantity = Quantity::parse(&text).unwrap_or(Quantity::ZERO);
        let (number, scale, remembered) = quantity.go_parts(&text);
        let format = if value.is_some() {
            quantity.format().name()
        } else {
            ""
        };
        let remembered = if remembered { text.as_str() } else { "" };
        let _ = write!(
            self.out,
            "{{i:(resource.int64Amount){{value:(int64){number} scale:(resource.Scale){scale}}} d:(resource.infDecAmount){{Dec:(*inf.Dec)<nil>}} s:(string){remembered} Format:(resource.Format){format}}}"
        );
    }

    fn int_or_string(&mut self, value: Option<&Value>) {
        let (kind, number, text) = match value {
            Some(Value::String(text)) => (1, 0, text.as_str()),
            Some(value) => (0, value.as_i64().unwrap_or_default(), ""),
            None => (0, 0, ""),
        };
        let _ = write!(
            self.out,
            "{{Type:(intstr.Type){kind} IntVal:(int32){number} StrVal:(string){text}}}"
        );
    }
}

/// The JSON value of a field; an embedded struct takes the outer object.
fn member<'v>(field: &Field, value: Option<&'v Value>) -> Option<&'v Value> {
    if field.embedded {
        value
    } else {
        value?.get(field.json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lesson(image: &str) -> Value {
        json!({
            "metadata": {"labels": {"app": "hello"}},
            "spec": {
                "containers": [{
                    "name": "hello", "image": image, "imagePullPolicy": "Never", "resources": {},
                    "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                }],
                "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
                "securityContext": {}, "schedulerName": "default-scheduler",
            },
        })
    }

    #[test]
    fn hashes_of_real_clusters() {
        assert_eq!(
            pod_template_hash(&lesson("hello:latest"), None),
            "5d77dd784d"
        );
        assert_eq!(pod_template_hash(&lesson("hello:v2"), None), "674599869f");
    }
}
