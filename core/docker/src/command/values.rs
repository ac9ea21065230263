//! Values of flags that the client looks into before it asks the engine. Models docker/cli opts.

use std::net::IpAddr;

/// Why a value is not one of its flag; `None` when it is, or when the engine decides.
pub(super) fn refusal(flag: &str, value: &str) -> Option<String> {
    match flag {
        "add-host" => add_host(value),
        "attach" => {
            let known = matches!(value.to_lowercase().as_str(), "stdin" | "stdout" | "stderr");
            (!known).then(|| "valid streams are STDIN, STDOUT and STDERR".into())
        }
        "dns" => value
            .parse::<IpAddr>()
            .is_err()
            .then(|| format!("IP address is not correctly formatted: {value}")),
        "mount" => mount(value),
        "sysctl" => {
            let name = value.split('=').next().unwrap_or_default();
            let known = value.contains('=')
                && (name.starts_with("net.")
                    || name.starts_with("fs.mqueue.")
                    || name.starts_with("kernel."));
            (!known).then(|| format!("sysctl '{value}' is not allowed"))
        }
        "ulimit" => ulimit(value),
        _ => None,
    }
}

fn add_host(value: &str) -> Option<String> {
    let Some((name, address)) = value.split_once([':', '=']) else {
        return Some(format!("bad format for add-host: {value:?}"));
    };
    if name.is_empty() {
        return Some(format!("bad format for add-host: {value:?}"));
    }
    let bare = address.trim_start_matches('[').trim_end_matches(']');
    let known = address == "host-gateway" || bare.parse::<IpAddr>().is_ok();
    (!known).then(|| format!("invalid IP address in add-host: {address:?}"))
}

fn ulimit(value: &str) -> Option<String> {
    let Some((name, limits)) = value.split_once('=') else {
        return Some(format!("invalid ulimit argument: {value}"));
    };
    const KNOWN: &[&str] = &[
        "as",
        "core",
        "cpu",
        "data",
        "fsize",
        "locks",
        "memlock",
        "msgqueue",
        "nice",
        "nofile",
        "nproc",
        "rss",
        "rtprio",
        "rttime",
        "sigpending",
        "stack",
    ];
    if !KNOWN.contains(&name) {
        return Some(format!("invalid ulimit type: {name}"));
    }
    let (soft, hard) = limits.split_once(':').unwrap_or((limits, limits));
    let number = |text: &str| text.parse::<i64>();
    match (number(soft), number(hard)) {
        (Ok(soft), Ok(hard)) if hard != -1 && soft > hard => Some(format!(
            "ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}"
        )),
        (Ok(_), Ok(_)) => None,
        _ => {
            let wrong = if number(soft).is_err() { soft } else { hard };
            Some(format!(
                "strconv.ParseInt: parsing {wrong:?}: invalid syntax"
            ))
        }
    }
}

/// The fields of `--mount`. Models docker/cli opts/mount.go.
fn mount(value: &str) -> Option<String> {
    const KNOWN: &[&str] = &[
        "bind-create-src",
        "bind-nonrecursive",
        "bind-propagation",
        "bind-recursive",
        "consistency",
        "destination",
        "dst",
        "image-subpath",
        "readonly",
        "ro",
        "source",
        "src",
        "target",
        "tmpfs-mode",
        "tmpfs-size",
        "type",
        "volume-driver",
        "volume-label",
        "volume-nocopy",
        "volume-opt",
        "volume-subpath",
    ];
    let mut has_target = false;
    let mut kind = "volume";
    let mut has_source = false;
    for field in value.split(',') {
        let (key, text) = match field.split_once('=') {
            Some((key, text)) => (key.to_lowercase(), text),
            None => {
                let bare = field.to_lowercase();
                let switch = ["readonly", "ro", "volume-nocopy", "bind-nonrecursive"];
                if !switch.contains(&bare.as_str()) {
                    return Some(format!("invalid field '{field}' must be a key=value pair"));
                }
                continue;
            }
        };
        if !KNOWN.contains(&key.as_str()) {
            return Some(format!("unexpected key '{key}' in '{field}'"));
        }
        match key.as_str() {
            "type" => kind = text,
            "target" | "dst" | "destination" => has_target = !text.is_empty(),
            "source" | "src" => has_source = !text.is_empty(),
            "tmpfs-size" if super::format::parse_bytes(text).is_none() => {
                return Some(format!("invalid value for {key}: {text}"));
            }
            "readonly" | "ro" | "volume-nocopy" if !is_bool(text) => {
                return Some(format!("invalid value for {key}: {text}"));
            }
            _ => {}
        }
    }
    if kind.is_empty() {
        return Some("type is required".into());
    }
    if !has_target {
        return Some("target is required".into());
    }
    (kind == "tmpfs" && has_source).then(|| "cannot specify source for tmpfs mount".into())
}

fn is_bool(text: &str) -> bool {
    matches!(
        text,
        "true" | "false" | "1" | "0" | "t" | "f" | "T" | "F" | "TRUE" | "FALSE" | "True" | "False"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_refused_as_by_the_client() {
        let cases = [
            ("add-host", "foo", Some("bad format for add-host: \"foo\"")),
            ("add-host", "a:1.2.3.4", None),
            ("add-host", "a:host-gateway", None),
            (
                "add-host",
                "foo:bar",
                Some("invalid IP address in add-host: \"bar\""),
            ),
            ("mount", "type=bind,source=/x", Some("target is required")),
            (
                "mount",
                "foo",
                Some("invalid field 'foo' must be a key=value pair"),
            ),
            (
                "mount",
                "foo=bar,target=/x",
                Some("unexpected key 'foo' in 'foo=bar'"),
            ),
            ("mount", "type=tmpfs,target=/x,readonly", None),
            (
                "ulimit",
                "nofile=2:1",
                Some("ulimit soft limit must be less than or equal to hard limit: 2 > 1"),
            ),
            ("ulimit", "nofile=1:2", None),
        ];
        for (flag, value, expected) in cases {
            assert_eq!(refusal(flag, value).as_deref(), expected, "{flag} {value}");
        }
    }
}
