//! Nodes to JSON values: what a scalar means, merge keys, aliases, keys as text.
//!
//! Models go-yaml v2 `resolve.go` and `decode.go` and the conversion of sigs.k8s.io/yaml.

use serde_json::{Map, Number, Value};

use super::parser::{Content, Node};
use crate::json::{float_text, quote_go};
use crate::limits::{DEPTH_MAX, YAML_VALUES_MAX};

/// A scalar's meaning before it becomes JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    Unsigned(u64),
    Float(f64),
    Text(String),
}

/// The value of a node; the error is the sentence without `yaml: `.
pub(super) fn value(node: &Node) -> Result<Value, Error> {
    Resolver {
        values: 0,
        depth: 0,
    }
    .value(node)
}

/// Which part of the conversion refuses.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Error {
    /// go-yaml's own; printed after `yaml: `.
    Yaml(String),
    /// The conversion's; printed as it is.
    Conversion(String),
}

struct Resolver {
    values: usize,
    depth: usize,
}

impl Resolver {
    fn value(&mut self, node: &Node) -> Result<Value, Error> {
        self.values += 1;
        if self.values > YAML_VALUES_MAX {
            return Err(Error::Yaml(
                "document contains excessive aliasing".to_owned(),
            ));
        }
        if self.depth > 2 * DEPTH_MAX {
            return Err(Error::Yaml(format!("exceeded max depth of {DEPTH_MAX}")));
        }
        self.depth += 1;
        let value = match &node.content {
            Content::Scalar { text, implicit } => json(scalar(&node.tag, text, *implicit)?)?,
            Content::Sequence(items) => Value::Array(
                items
                    .iter()
                    .map(|item| self.value(item))
                    .collect::<Result<_, _>>()?,
            ),
            Content::Mapping(entries) => {
                let mut fields = Map::new();
                self.mapping(entries, &mut fields)?;
                Value::Object(fields)
            }
            Content::Alias { name, target } => match target {
                Some(target) => self.value(target)?,
                None => {
                    return Err(Error::Yaml(format!(
                        "anchor '{name}' value contains itself"
                    )));
                }
            },
        };
        self.depth -= 1;
        Ok(value)
    }

    fn mapping(
        &mut self,
        entries: &[(Node, Node)],
        fields: &mut Map<String, Value>,
    ) -> Result<(), Error> {
        for (key, node) in entries {
            if is_merge(key) {
                self.merge(node, fields)?;
                continue;
            }
            let key = self.key(key, node)?;
            let value = self.value(node)?;
            fields.insert(key, value);
        }
        Ok(())
    }

    /// `<<: *defaults`: sets all keys of a mapping, or of several where the first wins.
    fn merge(&mut self, node: &Node, fields: &mut Map<String, Value>) -> Result<(), Error> {
        let sources: Vec<&Node> = match &node.content {
            Content::Sequence(items) => items.iter().rev().collect(),
            _ => vec![node],
        };
        for source in sources {
            let source = match &source.content {
                Content::Alias {
                    target: Some(target),
                    ..
                } => target.as_ref(),
                _ => source,
            };
            let Content::Mapping(entries) = &source.content else {
                return Err(Error::Yaml(
                    "map merge requires map or sequence of maps as the value".to_owned(),
                ));
            };
            self.values += 1;
            self.depth += 1;
            if self.depth > 2 * DEPTH_MAX || self.values > YAML_VALUES_MAX {
                return Err(Error::Yaml(
                    "document contains excessive aliasing".to_owned(),
                ));
            }
            self.mapping(entries, fields)?;
            self.depth -= 1;
        }
        Ok(())
    }

    fn key(&mut self, key: &Node, value: &Node) -> Result<String, Error> {
        match &key.content {
            Content::Scalar { text, implicit } => match scalar(&key.tag, text, *implicit)? {
                Scalar::Text(text) => Ok(text),
                Scalar::Bool(truth) => Ok(truth.to_string()),
                Scalar::Int(number) => Ok(number.to_string()),
                Scalar::Float(number) => Ok(key_float(number)),
                Scalar::Unsigned(number) => Err(Error::Conversion(format!(
                    "unsupported map key of type: uint64, key: {number:#x}, value: {}",
                    self.go_value(value)?
                ))),
                Scalar::Null => Err(Error::Conversion(format!(
                    "unsupported map key of type: %!s(<nil>), key: <nil>, value: {}",
                    self.go_value(value)?
                ))),
            },
            Content::Alias {
                target: Some(target),
                ..
            } => self.key(target, value),
            _ => {
                self.value(key)?;
                Err(Error::Yaml(format!(
                    "invalid map key: {}",
                    self.go_value(key)?
                )))
            }
        }
    }

    /// Go's `%#v` of a decoded value, as errors about keys show it.
    fn go_value(&mut self, node: &Node) -> Result<String, Error> {
        let inner = |text: String| {
            if text == "<nil>" {
                "interface {}(nil)".to_owned()
            } else {
                text
            }
        };
        Ok(match &node.content {
            Content::Scalar { text, implicit } => match scalar(&node.tag, text, *implicit)? {
                Scalar::Null => "<nil>".to_owned(),
                Scalar::Text(text) => quote_go(&text),
                other => json(other)?.to_string(),
            },
            Content::Sequence(items) => {
                let items = items
                    .iter()
                    .map(|item| self.go_value(item).map(inner))
                    .collect::<Result<Vec<_>, _>>()?;
                format!("[]interface {{}}{{{}}}", items.join(", "))
            }
            Content::Mapping(entries) => {
                let mut sorted = ordered::OrderedMap::new();
                for (key, value) in entries {
                    sorted.insert(inner(self.go_value(key)?), inner(self.go_value(value)?));
                }
                let entries: Vec<String> = sorted
                    .iter()
                    .map(|(key, value)| format!("{key}:{value}"))
                    .collect();
                format!(
                    "map[interface {{}}]interface {{}}{{{}}}",
                    entries.join(", ")
                )
            }
            Content::Alias { name, .. } => name.clone(),
        })
    }
}

fn is_merge(node: &Node) -> bool {
    matches!(&node.content, Content::Scalar { text, implicit } if text == "<<" && (*implicit || node.tag == "tag:yaml.org,2002:merge"))
}

/// Go's `FormatFloat(x, 'g', -1, 32)`, near enough for keys.
fn key_float(number: f64) -> String {
    if number.is_nan() {
        ".nan".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 {
            ".inf".to_owned()
        } else {
            "-.inf".to_owned()
        }
    } else {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the upstream conversion rounds keys to 32 bits too"
        )]
        let short = number as f32;
        super::print::general_float(&format!("{short:e}"), &short.to_string())
    }
}

fn json(scalar: Scalar) -> Result<Value, Error> {
    Ok(match scalar {
        Scalar::Null => Value::Null,
        Scalar::Bool(truth) => Value::Bool(truth),
        Scalar::Int(number) => number.into(),
        Scalar::Unsigned(number) => number.into(),
        Scalar::Text(text) => Value::String(text),
        Scalar::Float(number) => {
            // Through JSON text, so that 1e3 becomes the whole number 1000.
            let text = float_text(number);
            match text.parse::<i64>() {
                Ok(whole) if number.is_finite() => whole.into(),
                _ => {
                    let word = if number.is_nan() {
                        "NaN"
                    } else if number > 0.0 {
                        "+Inf"
                    } else {
                        "-Inf"
                    };
                    let unsupported =
                        || Error::Conversion(format!("json: unsupported value: {word}"));
                    Value::Number(Number::from_f64(number).ok_or_else(unsupported)?)
                }
            }
        }
    })
}

const PREFIX: &str = "tag:yaml.org,2002:";

/// What a scalar with this tag means.
pub(super) fn scalar(tag: &str, text: &str, implicit: bool) -> Result<Scalar, Error> {
    if tag.is_empty() && !implicit {
        return Ok(Scalar::Text(text.to_owned()));
    }
    let wanted = tag.strip_prefix(PREFIX).unwrap_or(tag);
    match wanted {
        "" => return Ok(plain(text, true)),
        "str" => return Ok(Scalar::Text(text.to_owned())),
        "binary" => {
            let invalid = || Error::Yaml("!!binary value contains invalid base64 data".to_owned());
            return Ok(Scalar::Text(base64_text(text).ok_or_else(invalid)?));
        }
        "bool" | "int" | "float" | "null" | "timestamp" => {}
        _ => return Ok(Scalar::Text(text.to_owned())),
    }
    let resolved = plain(text, wanted == "timestamp");
    let have = match &resolved {
        Scalar::Null => "null",
        Scalar::Bool(_) => "bool",
        Scalar::Int(_) | Scalar::Unsigned(_) => "int",
        Scalar::Float(_) => "float",
        Scalar::Text(_) if is_timestamp(text) => "timestamp",
        Scalar::Text(_) => "str",
    };
    match (wanted, &resolved) {
        _ if have == wanted => Ok(resolved),
        #[expect(
            clippy::cast_precision_loss,
            reason = "the upstream conversion is the same"
        )]
        ("float", Scalar::Int(number)) => Ok(Scalar::Float(*number as f64)),
        _ => Err(Error::Yaml(format!(
            "cannot decode !!{have} `{text}` as a !!{wanted}"
        ))),
    }
}

/// The meaning of unquoted text.
pub(super) fn plain(text: &str, timestamps: bool) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Scalar::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Scalar::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Scalar::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let unresolved = || Scalar::Text(text.to_owned());
    if text.starts_with('.') {
        return go_float(text).map_or_else(unresolved, Scalar::Float);
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '-')
        || (timestamps && is_timestamp(text))
    {
        return unresolved();
    }
    let digits = text.replace('_', "");
    integer(&digits)
        .or_else(|| go_float(&digits).map(Scalar::Float))
        .unwrap_or_else(unresolved)
}

/// Go's `ParseInt(text, 0, 64)`, then `ParseUint`: bases by prefix, octal by a leading zero.
fn integer(text: &str) -> Option<Scalar> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = unsigned.to_ascii_lowercase();
    let prefixed = [("0x", 16), ("0o", 8), ("0b", 2)]
        .into_iter()
        .find_map(|(prefix, base)| Some((lower.strip_prefix(prefix)?, base)));
    let (digits, base) = match prefixed {
        Some(found) => found,
        None if lower.len() > 1 => lower
            .strip_prefix('0')
            .map_or((lower.as_str(), 10), |digits| (digits, 8)),
        None => (lower.as_str(), 10),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let signed = i64::from_str_radix(&format!("{sign}{digits}"), base)
        .ok()
        .map(Scalar::Int);
    signed.or_else(|| {
        if text.starts_with(['+', '-']) {
            None
        } else {
            u64::from_str_radix(digits, base).ok().map(Scalar::Unsigned)
        }
    })
}

/// A decimal number of YAML's form that fits a float64.
fn go_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = unsigned
        .split_once(['e', 'E'])
        .map_or((unsigned, None), |(mantissa, exponent)| {
            (mantissa, Some(exponent))
        });
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    if (whole.is_empty() && fraction.is_empty())
        || !all_digits(whole)
        || !all_digits(fraction)
        || !exponent_fits
    {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The four forms of time stamps that go-yaml knows; they stay text.
pub(super) fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 8
        || !bytes.iter().take(4).all(u8::is_ascii_digit)
        || bytes.get(4) != Some(&b'-')
    {
        return false;
    }
    let part = |text: &str, low: u32, high: u32| {
        (1..=2).contains(&text.len())
            && text
                .parse::<u32>()
                .is_ok_and(|number| (low..=high).contains(&number))
    };
    let end = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let (date, time) = text.split_at_checked(end).unwrap_or((text, ""));
    let mut date = date.split('-').skip(1);
    let date_fits = date.next().is_some_and(|month| part(month, 1, 12))
        && date.next().is_some_and(|day| part(day, 1, 31))
        && date.next().is_none();
    if !date_fits || time.is_empty() {
        return date_fits;
    }
    let zoned = !time.starts_with(' ');
    let time = time.get(1..).unwrap_or_default();
    let clock = if zoned {
        match time.strip_suffix('Z') {
            Some(clock) => clock,
            None => match time
                .rfind(['+', '-'])
                .and_then(|at| time.split_at_checked(at))
            {
                Some((clock, zone)) if zone.len() == 6 && zone.as_bytes().get(3) == Some(&b':') => {
                    clock
                }
                _ => return false,
            },
        }
    } else {
        time
    };
    let clock = clock.split_once('.').map_or(clock, |(clock, _)| clock);
    let mut clock = clock.split(':');
    clock.next().is_some_and(|hour| part(hour, 0, 23))
        && clock.next().is_some_and(|minute| part(minute, 0, 59))
        && clock.next().is_some_and(|second| part(second, 0, 59))
        && clock.next().is_none()
}

/// Decodes standard base64 (line breaks allowed) to text.
fn base64_text(text: &str) -> Option<String> {
    crate::base64::decode(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}
