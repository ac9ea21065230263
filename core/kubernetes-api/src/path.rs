//! Request paths of the REST API, taken apart.
//!
//! Models k8s.io/apiserver `pkg/endpoints/request` RequestInfo for resource requests.

/// What a path below `/api` or `/apis` names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourcePath {
    /// API group, empty for the core group.
    pub group: String,
    /// API version.
    pub version: String,
    /// Namespace, empty for none.
    pub namespace: String,
    /// Plural resource name.
    pub resource: String,
    /// Object name, empty for the collection.
    pub name: String,
    /// Subresource, empty for none.
    pub subresource: String,
    /// What follows the subresource (the path behind `proxy`), without a leading slash.
    pub rest: String,
}

impl ResourcePath {
    /// Takes a path (without query) apart; `None` when it names no resource: discovery, health
    /// and unknown paths.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let mut parts = path.trim_end_matches('/').split('/').map(percent_decoded);
        let group = match parts.next()?.as_str() {
            "api" => String::new(),
            "apis" => parts.next()?,
            _ => return None,
        };
        let version = parts.next()?;
        let mut parsed = Self {
            group,
            version,
            ..Self::default()
        };
        let mut resource = parts.next()?;
        let mut name = parts.next().unwrap_or_default();
        let mut after = parts.next();
        // `namespaces/NS/pods` is a resource in a namespace; `namespaces/NS/status` a subresource.
        if resource == "namespaces"
            && let Some(inner) =
                after.take_if(|word| !matches!(word.as_str(), "status" | "finalize"))
        {
            parsed.namespace = name;
            resource = inner;
            name = parts.next().unwrap_or_default();
            after = parts.next();
        } else if resource == "namespaces" {
            parsed.namespace.clone_from(&name);
        }
        parsed.resource = resource;
        parsed.name = name;
        parsed.subresource = after.unwrap_or_default();
        parsed.rest = parts.collect::<Vec<_>>().join("/");
        Some(parsed)
    }
}

/// Percent-decoding of a path or query part; wrong escapes stay as they are.
#[must_use]
pub fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let hex = |digit: Option<u8>| {
            digit
                .and_then(|digit| char::from(digit).to_digit(16))
                .and_then(|digit| u8::try_from(digit).ok())
        };
        match (byte, hex(ahead.next()), hex(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high * 16 + low);
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Percent-encoding of a query value, as Go's `url.QueryEscape` (a blank is `+`).
#[must_use]
pub fn query_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => encoded.push('+'),
            b'-' | b'_' | b'.' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                encoded.push(char::from(byte))
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

/// The pairs of a query, decoded, in order: `a=1&b` gives `(a, 1)` and `(b, "")`.
#[must_use]
pub fn query_pairs(query: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| percent_decoded(&text.replace('+', " "));
    let pair = |part: &str| {
        part.split_once('=').map_or_else(
            || (decoded(part), String::new()),
            |(key, value)| (decoded(key), decoded(value)),
        )
    };
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(pair)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taken_apart() {
        let show = |path: &str| {
            ResourcePath::parse(path).map_or("-".to_owned(), |p| {
                [
                    p.group,
                    p.version,
                    p.namespace,
                    p.resource,
                    p.name,
                    p.subresource,
                    p.rest,
                ]
                .join("|")
            })
        };
        for (path, parts) in [
            (
                "/api/v1/namespaces/default/pods/a/log",
                "|v1|default|pods|a|log|",
            ),
            ("/api/v1/namespaces/default/pods", "|v1|default|pods|||"),
            ("/api/v1/pods", "|v1||pods|||"),
            ("/api/v1/namespaces", "|v1||namespaces|||"),
            ("/api/v1/namespaces/x", "|v1|x|namespaces|x||"),
            (
                "/api/v1/namespaces/x/finalize",
                "|v1|x|namespaces|x|finalize|",
            ),
            (
                "/apis/apps/v1/namespaces/x/deployments/d/scale",
                "apps|v1|x|deployments|d|scale|",
            ),
            ("/api/v1/nodes/n", "|v1||nodes|n||"),
            (
                "/api/v1/namespaces/x/services/s:80/proxy/a/b",
                "|v1|x|services|s:80|proxy|a/b",
            ),
            ("/api/v1", "-"),
            ("/apis/apps/v1", "-"),
            ("/nope", "-"),
            ("", "-"),
        ] {
            assert_eq!(show(path), parts, "{path:?}");
        }
    }

    #[test]
    fn queries() {
        let pairs = query_pairs("labelSelector=app%3Dhello%2C+x&watch&a=b=c");
        let expected = [
            ("labelSelector", "app=hello, x"),
            ("watch", ""),
            ("a", "b=c"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(pairs, expected);
        assert_eq!(query_encoded("app=hello, é"), "app%3Dhello%2C+%C3%A9");
        assert_eq!(percent_decoded("100%zz%4"), "100%zz%4");
    }
}
