//! `meta/v1 Status`: what the API answers instead of an object when it refuses, and after deletions.
//!
//! Models k8s.io/apimachinery `pkg/api/errors` and the generic responses of the REST layer.

use serde_json::{Map, Value, json};

use crate::field::{FieldError, aggregate};
use crate::json::quote_go;
use crate::resources::qualified;

/// One cause inside a Status' details.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// Machine-readable reason such as `FieldValueRequired`; may be empty.
    pub reason: String,
    /// Human-readable message without the field.
    pub message: String,
    /// Path of the field; may be empty.
    pub field: String,
}

/// What a Status is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// Name of the object.
    pub name: String,
    /// API group.
    pub group: String,
    /// Kind, or more often the plural resource name.
    pub kind: String,
    /// UID of the object.
    pub uid: String,
    /// Details of the refusal.
    pub causes: Vec<Cause>,
    /// Seconds after which to ask again, 0 for none.
    pub retry_after_seconds: u32,
}

/// A Status object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// HTTP status code; 0 in answers of success, which carry none.
    pub code: u16,
    /// `NotFound`, `Invalid`, …; empty in answers of success.
    pub reason: String,
    /// The sentence that people read.
    pub message: String,
    /// What it is about. `Some` with nothing in it prints as `{}`.
    pub details: Option<Details>,
    /// `Failure` or `Success`.
    pub success: bool,
}

impl Status {
    /// A failure with this code, reason and message.
    pub fn failure(
        code: u16,
        reason: &str,
        message: impl Into<String>,
        details: Option<Details>,
    ) -> Self {
        Self {
            code,
            reason: reason.to_owned(),
            message: message.into(),
            details,
            success: false,
        }
    }

    /// The answer to the deletion of an object that is gone at once.
    #[must_use]
    pub fn deleted(group: &str, plural: &str, name: &str, uid: &str) -> Self {
        let details = Details {
            uid: uid.to_owned(),
            ..about(group, plural, name)
        };
        Self {
            code: 0,
            reason: String::new(),
            message: String::new(),
            details: Some(details),
            success: true,
        }
    }

    /// 404: an object that does not exist.
    #[must_use]
    pub fn not_found(group: &str, plural: &str, name: &str) -> Self {
        let message = format!("{} {} not found", qualified(plural, group), quote_go(name));
        Self::failure(404, "NotFound", message, Some(about(group, plural, name)))
    }

    /// 404: a path below a known group version that is no resource.
    #[must_use]
    pub fn resource_not_found() -> Self {
        Self::failure(
            404,
            "NotFound",
            "the server could not find the requested resource",
            Some(Details::default()),
        )
    }

    /// 409: create of a name that is taken.
    #[must_use]
    pub fn already_exists(group: &str, plural: &str, name: &str) -> Self {
        let message = format!(
            "{} {} already exists",
            qualified(plural, group),
            quote_go(name)
        );
        Self::failure(
            409,
            "AlreadyExists",
            message,
            Some(about(group, plural, name)),
        )
    }

    /// 409: an update that cannot be done as asked, for the given reason.
    #[must_use]
    pub fn conflict(group: &str, plural: &str, name: &str, why: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} {}: {why}",
            qualified(plural, group),
            quote_go(name)
        );
        Self::failure(409, "Conflict", message, Some(about(group, plural, name)))
    }

    /// 409: an update of a revision that is not the latest.
    #[must_use]
    pub fn modified(group: &str, plural: &str, name: &str) -> Self {
        Self::conflict(
            group,
            plural,
            name,
            "the object has been modified; please apply your changes to the latest version and try again",
        )
    }

    /// 409: a server-side apply of fields that others own; the causes name manager and field.
    #[must_use]
    pub fn apply_conflict(message: String, causes: Vec<Cause>) -> Self {
        Self::failure(
            409,
            "Conflict",
            message,
            Some(Details {
                causes,
                ..Details::default()
            }),
        )
    }

    /// 422: an object with wrong values. `kind` is the kind, not the plural.
    #[must_use]
    pub fn invalid(group: &str, kind: &str, name: &str, errors: &[FieldError]) -> Self {
        let mut message = format!("{} {} is invalid", qualified(kind, group), quote_go(name));
        if !errors.is_empty() {
            message.push_str(": ");
            message.push_str(&aggregate(errors));
        }
        let cause = |error: &FieldError| Cause {
            reason: error.kind.reason().to_owned(),
            message: error.body(),
            field: error.field.clone(),
        };
        let details = Details {
            causes: errors.iter().map(cause).collect(),
            ..about(group, kind, name)
        };
        Self::failure(422, "Invalid", message, Some(details))
    }

    /// 422 of a JSON patch that cannot be applied.
    #[must_use]
    pub fn unprocessable() -> Self {
        Self::failure(
            422,
            "Invalid",
            "the server rejected our request due to an error in our request",
            Some(Details::default()),
        )
    }

    /// 400 with the given sentence.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::failure(400, "BadRequest", message, None)
    }

    /// 403: `pods "x" is forbidden: why`; without a name `pods is forbidden: why`.
    #[must_use]
    pub fn forbidden(group: &str, plural: &str, name: &str, why: &str) -> Self {
        let what = qualified(plural, group);
        let message = if name.is_empty() {
            format!("{what} is forbidden: {why}")
        } else {
            format!("{what} {} is forbidden: {why}", quote_go(name))
        };
        Self::failure(403, "Forbidden", message, Some(about(group, plural, name)))
    }

    /// 405: a method that the path does not have.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        Self::failure(
            405,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
            Some(Details::default()),
        )
    }

    /// 410: a revision that the server no longer has.
    pub fn expired(message: impl Into<String>) -> Self {
        Self::failure(410, "Expired", message, None)
    }

    /// 415: a body in an unknown format.
    #[must_use]
    pub fn unsupported_media_type() -> Self {
        let message = "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf";
        Self::failure(415, "UnsupportedMediaType", message, None)
    }

    /// 429: an eviction that a disruption budget does not allow now, for example.
    pub fn too_many_requests(message: impl Into<String>, retry_after_seconds: u32) -> Self {
        Self::failure(
            429,
            "TooManyRequests",
            message,
            Some(Details {
                retry_after_seconds,
                ..Details::default()
            }),
        )
    }

    /// 500 with the given error.
    #[must_use]
    pub fn internal_error(why: &str) -> Self {
        let details = Details {
            causes: vec![Cause {
                message: why.to_owned(),
                ..Cause::default()
            }],
            ..Details::default()
        };
        Self::failure(
            500,
            "InternalError",
            format!("Internal error occurred: {why}"),
            Some(details),
        )
    }

    /// 504: the server gave up waiting.
    #[must_use]
    pub fn timeout(why: &str, retry_after_seconds: u32) -> Self {
        Self::failure(
            504,
            "Timeout",
            format!("Timeout: {why}"),
            Some(Details {
                retry_after_seconds,
                ..Details::default()
            }),
        )
    }

    /// Whether the reason is `NotFound`.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.reason == "NotFound"
    }

    /// Whether the reason is `AlreadyExists`.
    #[must_use]
    pub fn is_already_exists(&self) -> bool {
        self.reason == "AlreadyExists"
    }

    /// Whether the reason is `Conflict`.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.reason == "Conflict"
    }

    /// The object as it travels.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut status = Map::new();
        let mut put = |key: &str, value: Value| status.insert(key.to_owned(), value);
        put("kind", "Status".into());
        put("apiVersion", "v1".into());
        put("metadata", json!({}));
        put(
            "status",
            if self.success { "Success" } else { "Failure" }.into(),
        );
        for (key, text) in [("message", &self.message), ("reason", &self.reason)] {
            if !text.is_empty() {
                put(key, text.as_str().into());
            }
        }
        if let Some(details) = &self.details {
            put("details", details.to_value());
        }
        if self.code != 0 {
            put("code", self.code.into());
        }
        Value::Object(status)
    }

    /// Reads a Status; `None` when the value is something else.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        if value.get("kind")? != "Status" {
            return None;
        }
        let text = |key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Some(Self {
            code: value
                .get("code")
                .and_then(Value::as_u64)
                .and_then(|code| u16::try_from(code).ok())
                .unwrap_or_default(),
            reason: text("reason"),
            message: text("message"),
            details: value.get("details").map(Details::from_value),
            success: text("status") == "Success",
        })
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Status {}

impl Details {
    fn to_value(&self) -> Value {
        let mut details = Map::new();
        for (key, text) in [
            ("name", &self.name),
            ("group", &self.group),
            ("kind", &self.kind),
            ("uid", &self.uid),
        ] {
            if !text.is_empty() {
                details.insert(key.to_owned(), text.as_str().into());
            }
        }
        if !self.causes.is_empty() {
            details.insert(
                "causes".to_owned(),
                self.causes.iter().map(Cause::to_value).collect(),
            );
        }
        if self.retry_after_seconds != 0 {
            details.insert(
                "retryAfterSeconds".to_owned(),
                self.retry_after_seconds.into(),
            );
        }
        Value::Object(details)
    }

    fn from_value(value: &Value) -> Self {
        let text = |key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let causes = value
            .get("causes")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let retry = value
            .get("retryAfterSeconds")
            .and_then(Value::as_u64)
            .and_then(|seconds| u32::try_from(seconds).ok());
        Self {
            name: text("name"),
            group: text("group"),
            kind: text("kind"),
            uid: text("uid"),
            causes: causes.iter().map(Cause::from_value).collect(),
            retry_after_seconds: retry.unwrap_or_default(),
        }
    }
}

impl Cause {
    fn to_value(&self) -> Value {
        let mut cause = Map::new();
        for (key, text) in [
            ("reason", &self.reason),
            ("message", &self.message),
            ("field", &self.field),
        ] {
            if !text.is_empty() {
                cause.insert(key.to_owned(), text.as_str().into());
            }
        }
        Value::Object(cause)
    }

    fn from_value(value: &Value) -> Self {
        let text = |key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Self {
            reason: text("reason"),
            message: text("message"),
            field: text("field"),
        }
    }
}

fn about(group: &str, kind: &str, name: &str) -> Details {
    Details {
        name: name.to_owned(),
        group: group.to_owned(),
        kind: kind.to_owned(),
        ..Details::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: &Status, expected: &str) {
        assert_eq!(status.to_value().to_string(), expected);
        assert_eq!(
            Status::from_value(&status.to_value()).as_ref(),
            Some(status)
        );
    }

    #[test]
    fn bodies() {
        check(
            &Status::not_found("apps", "deployments", "nope"),
            r#"{"apiVersion":"v1","code":404,"details":{"group":"apps","kind":"deployments","name":"nope"},"kind":"Status","message":"deployments.apps \"nope\" not found","metadata":{},"reason":"NotFound","status":"Failure"}"#,
        );
        check(
            &Status::invalid(
                "",
                "Pod",
                "x",
                &[FieldError::required("spec.containers", "")],
            ),
            r#"{"apiVersion":"v1","code":422,"details":{"causes":[{"field":"spec.containers","message":"Required value","reason":"FieldValueRequired"}],"kind":"Pod","name":"x"},"kind":"Status","message":"Pod \"x\" is invalid: spec.containers: Required value","metadata":{},"reason":"Invalid","status":"Failure"}"#,
        );
        check(
            &Status::method_not_allowed(),
            r#"{"apiVersion":"v1","code":405,"details":{},"kind":"Status","message":"the server does not allow this method on the requested resource","metadata":{},"reason":"MethodNotAllowed","status":"Failure"}"#,
        );
        check(
            &Status::deleted("", "configmaps", "cm", "e9"),
            r#"{"apiVersion":"v1","details":{"kind":"configmaps","name":"cm","uid":"e9"},"kind":"Status","metadata":{},"status":"Success"}"#,
        );
    }
}
