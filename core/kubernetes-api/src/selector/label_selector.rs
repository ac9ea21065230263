//! Label selectors as parsed requirements. Models k8s.io/apimachinery `pkg/labels` and
//! `LabelSelectorAsSelector` of `pkg/apis/meta/v1`.

use serde_json::{Map, Value};

use super::label_syntax;
use crate::field::{self, FieldError};
use crate::names;

/// How a requirement compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equals,
    /// `==`
    DoubleEquals,
    /// `!=`
    NotEquals,
    /// `in (…)`
    In,
    /// `notin (…)`
    NotIn,
    /// The key alone.
    Exists,
    /// `!key`
    DoesNotExist,
    /// `>`
    GreaterThan,
    /// `<`
    LessThan,
}

/// One requirement on one label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The label's key.
    pub key: String,
    /// How its value is compared.
    pub operator: Operator,
    /// With what, sorted.
    pub values: Vec<String>,
}

/// All requirements must hold. The empty selector matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector {
    requirements: Vec<Requirement>,
    nothing: bool,
}

impl LabelSelector {
    /// Matches every object.
    #[must_use]
    pub fn everything() -> Self {
        Self::default()
    }

    /// Matches no object (a missing selector).
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            requirements: Vec::new(),
            nothing: true,
        }
    }

    /// Reads the syntax of `kubectl -l` and of `labelSelector=`.
    ///
    /// # Errors
    /// The texts of upstream's parser, such as `found ',', expected: identifier after ','`.
    pub fn parse(text: &str) -> Result<Self, String> {
        Ok(Self::of(label_syntax::parse(text)?))
    }

    /// A selector of these requirements.
    #[must_use]
    pub fn of(mut requirements: Vec<Requirement>) -> Self {
        requirements.sort_by(|a, b| a.key.cmp(&b.key));
        Self {
            requirements,
            nothing: false,
        }
    }

    /// Matches objects that have all these labels (a Service's selector).
    #[must_use]
    pub fn from_set(labels: &Map<String, Value>) -> Self {
        let equals = |(key, value): (&String, &Value)| Requirement {
            key: key.clone(),
            operator: Operator::Equals,
            values: vec![value.as_str().unwrap_or_default().to_owned()],
        };
        Self::of(labels.iter().map(equals).collect())
    }

    /// Reads `{matchLabels, matchExpressions}`; null matches nothing, `{}` everything.
    ///
    /// # Errors
    /// When an expression has an unknown operator or wrong values.
    pub fn from_value(selector: &Value) -> Result<Self, String> {
        let Some(fields) = selector.as_object() else {
            return Ok(Self::nothing());
        };
        let mut all = fields
            .get("matchLabels")
            .and_then(Value::as_object)
            .map(|labels| Self::from_set(labels).requirements)
            .unwrap_or_default();
        let expressions = fields
            .get("matchExpressions")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        for expression in expressions {
            let text = |key: &str| {
                expression
                    .get(key)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            let operator = match text("operator") {
                "In" => Operator::In,
                "NotIn" => Operator::NotIn,
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::DoesNotExist,
                other => {
                    return Err(format!(
                        "{} is not a valid label selector operator",
                        crate::json::quote_go(other)
                    ));
                }
            };
            let values = expression
                .get("values")
                .and_then(Value::as_array)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let values = values
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            all.push(Requirement::new(text("key"), operator, values)?);
        }
        Ok(Self::of(all))
    }

    /// The requirements, sorted by key.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// Whether it matches everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty() && !self.nothing
    }

    /// Whether an object's labels fulfil all requirements.
    #[must_use]
    pub fn matches(&self, labels: Option<&Map<String, Value>>) -> bool {
        !self.nothing
            && self
                .requirements
                .iter()
                .all(|requirement| requirement.matches(labels))
    }
}

impl std::fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all: Vec<String> = self.requirements.iter().map(ToString::to_string).collect();
        f.write_str(&all.join(","))
    }
}

impl Requirement {
    /// A checked requirement; the values are sorted.
    ///
    /// # Errors
    /// The field errors of upstream as one text, such as `values: Invalid value: []: for 'in',
    /// 'notin' operators, values set can't be empty`.
    pub fn new(key: &str, operator: Operator, mut values: Vec<String>) -> Result<Self, String> {
        values.sort();
        values.dedup();
        let mut errors = Vec::new();
        let wrong_key = names::label_key(key);
        if !wrong_key.is_empty() {
            errors.push(FieldError::invalid("key", key, wrong_key.join("; ")));
        }
        let listed = || Value::from(values.clone());
        match operator {
            Operator::In | Operator::NotIn if values.is_empty() => {
                errors.push(FieldError::invalid(
                    "values",
                    listed(),
                    "for 'in', 'notin' operators, values set can't be empty",
                ))
            }
            Operator::Equals | Operator::DoubleEquals | Operator::NotEquals
                if values.len() != 1 =>
            {
                errors.push(FieldError::invalid(
                    "values",
                    listed(),
                    "exact-match compatibility requires one single value",
                ));
            }
            Operator::Exists | Operator::DoesNotExist if !values.is_empty() => {
                errors.push(FieldError::invalid(
                    "values",
                    listed(),
                    "values set must be empty for exists and does not exist",
                ));
            }
            Operator::GreaterThan | Operator::LessThan => {
                if values.len() != 1 {
                    errors.push(FieldError::invalid(
                        "values",
                        listed(),
                        "for 'Gt', 'Lt' operators, exactly one value is required",
                    ));
                }
                for (index, value) in values
                    .iter()
                    .enumerate()
                    .filter(|(_, value)| value.parse::<i64>().is_err())
                {
                    errors.push(FieldError::invalid(
                        format!("values[{index}]"),
                        value.as_str(),
                        "for 'Gt', 'Lt' operators, the value must be an integer",
                    ));
                }
            }
            _ => {}
        }
        errors.extend(
            values
                .iter()
                .enumerate()
                .filter_map(|(index, value)| value_error(key, index, value)),
        );
        if errors.is_empty() {
            Ok(Self {
                key: key.to_owned(),
                operator,
                values,
            })
        } else {
            Err(field::aggregate(&errors))
        }
    }

    fn matches(&self, labels: Option<&Map<String, Value>>) -> bool {
        let value = labels
            .and_then(|labels| labels.get(&self.key))
            .and_then(Value::as_str);
        let among = |value: &str| self.values.iter().any(|one| one == value);
        let compare = |greater: bool| {
            let (have, limit) = (
                value.and_then(|value| value.parse::<i64>().ok()),
                self.values.first().and_then(|limit| limit.parse().ok()),
            );
            matches!((have, limit), (Some(have), Some(limit)) if if greater { have > limit } else { have < limit })
        };
        match self.operator {
            Operator::Equals | Operator::DoubleEquals | Operator::In => value.is_some_and(among),
            Operator::NotEquals | Operator::NotIn => !value.is_some_and(among),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::GreaterThan => compare(true),
            Operator::LessThan => compare(false),
        }
    }
}

impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (key, values) = (&self.key, self.values.join(","));
        match self.operator {
            Operator::Equals => write!(f, "{key}={values}"),
            Operator::DoubleEquals => write!(f, "{key}=={values}"),
            Operator::NotEquals => write!(f, "{key}!={values}"),
            Operator::In => write!(f, "{key} in ({values})"),
            Operator::NotIn => write!(f, "{key} notin ({values})"),
            Operator::Exists => f.write_str(key),
            Operator::DoesNotExist => write!(f, "!{key}"),
            Operator::GreaterThan => write!(f, "{key}>{values}"),
            Operator::LessThan => write!(f, "{key}<{values}"),
        }
    }
}

fn value_error(key: &str, index: usize, value: &str) -> Option<FieldError> {
    let wrong = names::label_value(value);
    let field = || format!("values[{index}][{key}]");
    (!wrong.is_empty()).then(|| FieldError::invalid(field(), value, wrong.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parse_print_match() {
        let labels = json!({"app": "hello", "tier": "web", "n": "5"});
        for (text, printed, matches) in [
            ("", "", true),
            ("app=hello", "app=hello", true),
            ("tier==web, app = hello", "app=hello,tier==web", true),
            ("app!=hello", "app!=hello", false),
            ("app in (a, hello ,b)", "app in (a,b,hello)", true),
            ("app notin (x)", "app notin (x)", true),
            ("app", "app", true),
            ("!app", "!app", false),
            ("!nope,n>4", "n>4,!nope", true),
            ("n<5", "n<5", false),
            ("app=", "app=", false),
            ("in in (in)", "in in (in)", false),
        ] {
            let selector = LabelSelector::parse(text).unwrap();
            assert_eq!(
                (
                    selector.to_string().as_str(),
                    selector.matches(labels.as_object())
                ),
                (printed, matches),
                "{text:?}"
            );
        }
    }

    #[test]
    fn errors() {
        for (text, error) in [
            (
                ",",
                "found ',', expected: !, identifier, or 'end of string'",
            ),
            ("a,", "found '', expected: identifier after ','"),
            (
                "a b",
                "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
            ),
            (
                "a in b",
                "unable to parse requirement: found 'b' expected: '('",
            ),
            ("a=b=c", "found '=', expected: ',' or 'end of string'"),
            (
                "a in (b",
                "unable to parse requirement: found '', expected: ',' or ')'",
            ),
            (
                "a>b",
                "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer",
            ),
            (
                "=x",
                "found '=', expected: !, identifier, or 'end of string'",
            ),
            (
                "a b=c",
                "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
            ),
        ] {
            assert_eq!(
                LabelSelector::parse(text),
                Err(error.to_owned()),
                "{text:?}"
            );
        }
    }

    #[test]
    fn from_objects() {
        let of =
            |value: Value| LabelSelector::from_value(&value).map(|selector| selector.to_string());
        assert_eq!(
            of(
                json!({"matchLabels": {"b": "1", "a": "2"}, "matchExpressions": [{"key": "c", "operator": "In", "values": ["y", "x"]}]})
            ),
            Ok("a=2,b=1,c in (x,y)".to_owned())
        );
        assert!(
            !LabelSelector::from_value(&Value::Null)
                .unwrap()
                .matches(None)
        );
        assert!(LabelSelector::from_value(&json!({})).unwrap().matches(None));
        assert_eq!(
            of(json!({"matchExpressions": [{"key": "c", "operator": "Is"}]})),
            Err("\"Is\" is not a valid label selector operator".to_owned())
        );
    }
}
