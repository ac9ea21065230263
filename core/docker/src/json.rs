//! JSON as Go writes it.

use serde_json::Value;

/// The fields of Go structures whose order is not alphabetical. An object that has only names of
/// one of these lists is written in its order.
const ORDERS: &[&[&str]] = &[
    &[
        "Status",
        "Running",
        "Paused",
        "Restarting",
        "OOMKilled",
        "Dead",
        "Pid",
        "ExitCode",
        "Error",
        "StartedAt",
        "FinishedAt",
        "Health",
    ],
    &[
        "status", "id", "from", "Type", "Action", "Actor", "scope", "time", "timeNano",
    ],
    &["ID", "Attributes"],
    &["HostIp", "HostPort"],
    &[
        "Type",
        "Name",
        "Source",
        "Destination",
        "Driver",
        "Mode",
        "RW",
        "Propagation",
    ],
    &["Name", "MaximumRetryCount"],
    &[
        "Hostname",
        "Domainname",
        "User",
        "AttachStdin",
        "AttachStdout",
        "AttachStderr",
        "ExposedPorts",
        "Tty",
        "OpenStdin",
        "StdinOnce",
        "Env",
        "Cmd",
        "Healthcheck",
        "Image",
        "Volumes",
        "WorkingDir",
        "Entrypoint",
        "OnBuild",
        "Labels",
        "StopSignal",
        "StopTimeout",
        "Shell",
    ],
];

/// One line, with the characters escaped that Go escapes for HTML.
pub(crate) fn go(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, None, 0);
    text
}

/// Several lines, keys in alphabetical order.
pub(crate) fn indented(value: &Value, indent: &str) -> String {
    let mut text = String::new();
    write(&mut text, value, Some(indent), 0);
    text
}

fn write(text: &mut String, value: &Value, indent: Option<&str>, depth: usize) {
    let line = |text: &mut String, depth: usize| {
        if let Some(indent) = indent {
            text.push('\n');
            text.push_str(&indent.repeat(depth));
        }
    };
    match value {
        Value::Array(items) if !items.is_empty() => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                line(text, depth + 1);
                write(text, item, indent, depth + 1);
            }
            line(text, depth);
            text.push(']');
        }
        Value::Object(map) if !map.is_empty() => {
            text.push('{');
            let mut keys: Vec<&String> = map.keys().collect();
            if indent.is_none() {
                let order = ORDERS
                    .iter()
                    .find(|order| keys.iter().all(|key| order.contains(&key.as_str())));
                if let Some(order) = order {
                    keys.sort_by_key(|key| order.iter().position(|name| name == key));
                }
            }
            for (at, key) in keys.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                line(text, depth + 1);
                text.push_str(&quoted(key));
                text.push_str(if indent.is_some() { ": " } else { ":" });
                write(
                    text,
                    map.get(key).unwrap_or(&Value::Null),
                    indent,
                    depth + 1,
                );
            }
            line(text, depth);
            text.push('}');
        }
        Value::String(string) => text.push_str(&quoted(string)),
        other => text.push_str(&other.to_string()),
    }
}

/// A string as Go's encoder writes it.
pub(crate) fn quoted(text: &str) -> String {
    Value::from(text)
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}
