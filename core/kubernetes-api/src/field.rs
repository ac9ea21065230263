//! Errors about one field of an object, and the lists of them that make a request invalid.
//!
//! Models k8s.io/apimachinery `pkg/util/validation/field`. What is checked is the API server's
//! business; here are only the words.

use serde_json::Value;

use crate::json;

/// What is wrong with a field; the names are those of a Status cause's `reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A thing that the value names does not exist.
    NotFound,
    /// Nothing given where something must be.
    Required,
    /// The value is there already.
    Duplicate,
    /// The value is malformed.
    Invalid,
    /// The value is none of the enumerated ones.
    NotSupported,
    /// The value is well formed, but not allowed here.
    Forbidden,
    /// The text is too long.
    TooLong,
    /// The list is too long.
    TooMany,
    /// The list is too short.
    TooFew,
    /// Not the asker's fault.
    Internal,
    /// The value's type is not that of the schema.
    TypeInvalid,
    /// The text is too short.
    TooShort,
}

impl Kind {
    /// The `reason` of the Status cause.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotFound => "FieldValueNotFound",
            Self::Required => "FieldValueRequired",
            Self::Duplicate => "FieldValueDuplicate",
            Self::Invalid => "FieldValueInvalid",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Forbidden => "FieldValueForbidden",
            Self::TooLong => "FieldValueTooLong",
            Self::TooMany => "FieldValueTooMany",
            Self::TooFew => "FieldValueTooFew",
            Self::Internal => "InternalError",
            Self::TypeInvalid => "FieldValueTypeInvalid",
            Self::TooShort => "FieldValueTooShort",
        }
    }

    /// The first words of the message.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::NotFound => "Not found",
            Self::Required => "Required value",
            Self::Duplicate => "Duplicate value",
            Self::Invalid | Self::TypeInvalid => "Invalid value",
            Self::NotSupported => "Unsupported value",
            Self::Forbidden => "Forbidden",
            Self::TooLong => "Too long",
            Self::TooMany => "Too many",
            Self::TooFew => "Too few",
            Self::Internal => "Internal error",
            Self::TooShort => "Too short",
        }
    }

    fn shows_value(self) -> bool {
        !matches!(
            self,
            Self::Required | Self::Forbidden | Self::TooLong | Self::TooShort | Self::Internal
        )
    }
}

/// One thing that is wrong with one field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    /// Path such as `spec.containers[0].image`.
    pub field: String,
    /// What is wrong.
    pub kind: Kind,
    /// The value as it was given; `None` prints nothing.
    pub value: Option<Value>,
    /// How the value is printed, where that is not as JSON with sorted keys.
    pub text: Option<String>,
    /// Why, after the value; may be empty.
    pub detail: String,
}

impl FieldError {
    fn new(
        kind: Kind,
        field: impl Into<String>,
        value: Option<Value>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            kind,
            value,
            text: None,
            detail: detail.into(),
        }
    }

    /// `Required value[: detail]`.
    pub fn required(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Kind::Required, field, None, detail)
    }

    /// `Invalid value: VALUE: detail`.
    pub fn invalid(
        field: impl Into<String>,
        value: impl Into<Value>,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(Kind::Invalid, field, Some(value.into()), detail)
    }

    /// `Unsupported value: VALUE: supported values: "A", "B"`; upstream gives the values sorted.
    pub fn not_supported(
        field: impl Into<String>,
        value: impl Into<Value>,
        supported: &[&str],
    ) -> Self {
        let supported: Vec<String> = supported.iter().map(|one| json::quote_go(one)).collect();
        let detail = if supported.is_empty() {
            String::new()
        } else {
            format!("supported values: {}", supported.join(", "))
        };
        Self::new(Kind::NotSupported, field, Some(value.into()), detail)
    }

    /// `Forbidden: detail`.
    pub fn forbidden(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, field, None, detail)
    }

    /// `Duplicate value: VALUE`.
    pub fn duplicate(field: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::new(Kind::Duplicate, field, Some(value.into()), "")
    }

    /// `Not found: VALUE`.
    pub fn not_found(field: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::new(Kind::NotFound, field, Some(value.into()), "")
    }

    /// `Too long: may not be more than N bytes`.
    pub fn too_long(field: impl Into<String>, bytes_max: usize) -> Self {
        let unit = if bytes_max == 1 { "byte" } else { "bytes" };
        Self::new(
            Kind::TooLong,
            field,
            None,
            format!("may not be more than {bytes_max} {unit}"),
        )
    }

    /// `Too many: ACTUAL: must have at most N items`.
    pub fn too_many(field: impl Into<String>, actual: usize, items_max: usize) -> Self {
        let unit = if items_max == 1 { "item" } else { "items" };
        Self::new(
            Kind::TooMany,
            field,
            Some(actual.into()),
            format!("must have at most {items_max} {unit}"),
        )
    }

    /// The same error with its value printed so, for values that Go prints in an order of their own.
    #[must_use]
    pub fn showing(mut self, text: String) -> Self {
        self.text = Some(text);
        self
    }

    /// The message without the field's path, as in a Status cause.
    #[must_use]
    pub fn body(&self) -> String {
        let mut body = self.kind.text().to_owned();
        if let Some(value) = self.value.as_ref().filter(|_| self.kind.shows_value()) {
            body.push_str(": ");
            match (&self.text, value) {
                (Some(text), _) => body.push_str(text),
                (None, Value::String(text)) => body.push_str(&json::quote_go(text)),
                (None, other) => body.push_str(&json::compact(other)),
            }
        }
        if !self.detail.is_empty() {
            body.push_str(": ");
            body.push_str(&self.detail);
        }
        body
    }
}

impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.body())
    }
}

/// All errors as one text: the only one alone, several as `[a, b]`, each text once.
#[must_use]
pub fn aggregate(errors: &[FieldError]) -> String {
    let mut texts: Vec<String> = Vec::with_capacity(errors.len());
    for error in errors {
        let text = error.to_string();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    match texts.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

/// A field's path while an object is walked: `spec.containers[0]`, `metadata.annotations[a/b]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(String);

impl Path {
    /// The path of a top-level field; an empty name is the object itself.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The path of a field of this one.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        if self.0.is_empty() {
            Self::new(name)
        } else {
            Self(format!("{}.{name}", self.0))
        }
    }

    /// The path of an item of this list.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// The path of an entry of this map.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        Self(format!("{}[{key}]", self.0))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.0
    }
}

impl From<&Path> for String {
    fn from(path: &Path) -> Self {
        path.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words() {
        let path = Path::new("spec")
            .child("containers")
            .index(0)
            .child("image");
        let all = [
            FieldError::required(&path, ""),
            FieldError::invalid("spec.selector", json!({"a": "<"}), "field is immutable"),
            FieldError::invalid("spec.replicas", -1, "must be greater than or equal to 0"),
            FieldError::not_supported(
                "spec.restartPolicy",
                "Sometimes",
                &["Always", "OnFailure", "Never"],
            ),
            FieldError::duplicate("spec.containers[1].name", "hello"),
            FieldError::too_long("metadata.name", 63),
            FieldError::invalid("x", Value::Null, "no"),
        ];
        let texts: Vec<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts.join("\n"),
            r#"spec.containers[0].image: Required value
spec.selector: Invalid value: {"a":"\u003c"}: field is immutable
spec.replicas: Invalid value: -1: must be greater than or equal to 0
spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"
spec.containers[1].name: Duplicate value: "hello"
metadata.name: Too long: may not be more than 63 bytes
x: Invalid value: null: no"#
        );
        assert_eq!(
            aggregate(&[all[0].clone(), all[0].clone()]),
            "spec.containers[0].image: Required value"
        );
        assert_eq!(
            aggregate(&[all[0].clone(), all[5].clone()]),
            "[spec.containers[0].image: Required value, metadata.name: Too long: may not be more than 63 bytes]"
        );
    }
}
