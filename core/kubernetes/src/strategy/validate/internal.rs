//! Objects as upstream's internal types print them: some refusals show a value so, with the fields
//! in the order of the Go structs, capitals, and the empty ones too.
//!
//! `internal.txt` has the structs of kubernetes pkg/apis/core and pkg/apis/apps: a name, then
//! `Field:kind`. A kind is `s` for a text, `b` a truth, `i` a number, `p` a pointer, map or list that
//! is shown as it is, `*Struct`, `[Struct` for a list and `=Struct` for one that is always there.

use kubernetes_api::{json, object};
use serde_json::{Map, Value};

const STRUCTS: &str = include_str!("internal.txt");
/// The greatest depth of structs in structs.
const DEPTH_MAX: usize = 16;

/// The value as the struct prints it, on one line.
pub(super) fn compact(name: &str, value: Option<&Value>) -> String {
    let mut out = String::new();
    write(&mut out, &of(name, value), None, 0);
    out
}

/// The value as the struct prints it, a field a line.
pub(super) fn indented(name: &str, value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, &of(name, Some(value)), Some(" "), 0);
    out
}

/// A value whose fields have an order.
enum Printed {
    Plain(Value),
    List(Vec<Printed>),
    Struct(Vec<(String, Printed)>),
}

fn of(name: &str, value: Option<&Value>) -> Printed {
    let empty = Value::Object(Map::new());
    structured(name, value.unwrap_or(&empty), 0)
}

fn write(out: &mut String, value: &Printed, indent: Option<&str>, depth: usize) {
    let line = |depth: usize| match indent {
        Some(indent) => format!("\n{}", indent.repeat(depth)),
        None => String::new(),
    };
    match value {
        Printed::Plain(value) => out.push_str(&match indent {
            Some(indent) => json::indented(value, indent).replace('\n', &line(depth)),
            None => json::compact(value),
        }),
        Printed::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(&line(depth + 1));
                write(out, item, indent, depth + 1);
            }
            out.push_str(&line(depth));
            out.push(']');
        }
        Printed::Struct(fields) => {
            out.push('{');
            for (index, (name, field)) in fields.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(&line(depth + 1));
                out.push_str(&json::quote_go(name));
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write(out, field, indent, depth + 1);
            }
            out.push_str(&line(depth));
            out.push('}');
        }
    }
}

fn structured(name: &str, value: &Value, depth: usize) -> Printed {
    let line = STRUCTS
        .lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(have, _)| *have == name);
    let Some((_, fields)) = line.filter(|_| depth < DEPTH_MAX) else {
        return Printed::Plain(value.clone());
    };
    let mut printed = Vec::new();
    for field in fields.split(' ') {
        if field == "+metadata" {
            for (name, value) in object::get_map(value, &["metadata"]).into_iter().flatten() {
                printed.push((name.clone(), Printed::Plain(value.clone())));
            }
            continue;
        }
        let Some((go, kind)) = field.split_once(':') else {
            continue;
        };
        let given = value.get(json_name(go)).filter(|given| !given.is_null());
        let shown = if name == "PodSpec" && go == "SecurityContext" {
            structured("PodSecurityContext", &security_context(value), depth + 1)
        } else {
            field_value(kind, given, depth)
        };
        printed.push((go.to_owned(), shown));
    }
    Printed::Struct(printed)
}

/// Internally the pod's use of the host's namespaces is part of its security context.
fn security_context(spec: &Value) -> Value {
    let mut context = spec.get("securityContext").cloned().unwrap_or_default();
    for field in [
        "hostNetwork",
        "hostPID",
        "hostIPC",
        "shareProcessNamespace",
        "hostUsers",
    ] {
        if let Some(value) = spec.get(field) {
            object::set(&mut context, &[field], value.clone());
        }
    }
    context
}

fn field_value(kind: &str, given: Option<&Value>, depth: usize) -> Printed {
    if let Some(inner) = kind.strip_prefix('=') {
        let empty = Value::Object(Map::new());
        return structured(inner, given.unwrap_or(&empty), depth + 1);
    }
    let Some(given) = given else {
        return Printed::Plain(match kind {
            "s" => "".into(),
            "b" => false.into(),
            "i" => 0.into(),
            _ => Value::Null,
        });
    };
    if let Some(inner) = kind.strip_prefix('*') {
        return structured(inner, given, depth + 1);
    }
    match (kind.strip_prefix('['), given) {
        (Some(_), Value::Array(items)) if items.is_empty() => Printed::Plain(Value::Null),
        (Some(inner), Value::Array(items)) => Printed::List(
            items
                .iter()
                .map(|item| structured(inner, item, depth + 1))
                .collect(),
        ),
        _ => Printed::Plain(given.clone()),
    }
}

/// `dnsPolicy` of `DNSPolicy`: the capitals that begin a name are one word.
fn json_name(go: &str) -> String {
    let letters: Vec<char> = go.chars().collect();
    let capitals = letters
        .iter()
        .take_while(|letter| letter.is_ascii_uppercase())
        .count();
    let word = if capitals > 1 && capitals < letters.len() {
        capitals - 1
    } else {
        capitals
    };
    letters
        .iter()
        .enumerate()
        .map(|(at, letter)| {
            if at < word {
                letter.to_ascii_lowercase()
            } else {
                *letter
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_and_empty_fields() {
        let names = [
            "DNSPolicy",
            "TTY",
            "HTTPGet",
            "IP",
            "SELinuxOptions",
            "HostIP",
            "Name",
        ];
        let json: Vec<String> = names.iter().map(|name| json_name(name)).collect();
        assert_eq!(
            json,
            [
                "dnsPolicy",
                "tty",
                "httpGet",
                "ip",
                "seLinuxOptions",
                "hostIP",
                "name"
            ]
        );
        let strategy = json!({"type": "Rolling", "rollingUpdate": {"maxSurge": 0}});
        assert_eq!(
            compact("DeploymentStrategy", Some(&strategy)),
            r#"{"Type":"Rolling","RollingUpdate":{"MaxUnavailable":0,"MaxSurge":0}}"#
        );
    }
}
