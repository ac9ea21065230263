//! `--publish`: which ports of the machine lead into the container.

use crate::PortBinding;

/// `[[ADDRESS:]PORT:]PORT[/PROTOCOL]`, with ranges. Models docker/go-connections nat.
pub(super) fn parse_port(text: &str) -> Result<Vec<PortBinding>, String> {
    let (rest, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let mut parts: Vec<&str> = rest.rsplitn(3, ':').collect();
    parts.resize(3, "");
    let mut parts = parts.into_iter();
    let container = parts.next().unwrap_or_default();
    let host = parts.next().unwrap_or_default();
    let address = parts.next().unwrap_or_default();
    if container.is_empty() {
        return Err(format!("no port specified: {text}<empty>"));
    }
    if !matches!(protocol, "tcp" | "udp" | "sctp") {
        return Err(format!("invalid proto: {protocol}"));
    }
    let address = match address.trim_matches(['[', ']']) {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|_| format!("invalid IP address: {text}"))?,
        ),
    };
    let inner =
        port_range(container).ok_or_else(|| format!("invalid containerPort: {container}"))?;
    let outer = match host {
        "" => None,
        host => Some(port_range(host).ok_or_else(|| format!("invalid hostPort: {host}"))?),
    };
    let count = inner.1 - inner.0;
    if let Some(outer) = outer
        && outer.1 - outer.0 != count
        && count != 0
    {
        return Err(format!(
            "invalid ranges specified for container and host Ports: {container} and {host}"
        ));
    }
    let bindings = (0..=count).map(|offset| PortBinding {
        container_port: inner.0 + offset,
        protocol: protocol.to_string(),
        host_address: address,
        host_port: outer.map_or(0, |outer| outer.0 + offset),
    });
    Ok(bindings.collect())
}

/// `--expose`: `80`, `8000-8010/udp`.
pub(super) fn exposed(text: &str) -> Result<Vec<String>, String> {
    let (range, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (first, last) = port_range(range).ok_or_else(|| {
        let wrong = range.split('-').find(|part| part.parse::<u16>().is_err());
        let wrong = wrong.unwrap_or(range);
        format!("invalid range format for --expose: {text}, error: strconv.ParseUint: parsing {wrong:?}: invalid syntax")
    })?;
    Ok((first..=last)
        .map(|port| format!("{port}/{}", protocol.to_lowercase()))
        .collect())
}

fn port_range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some((first, last))
}
