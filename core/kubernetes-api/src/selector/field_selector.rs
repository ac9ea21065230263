//! Field selectors: `status.phase=Running,metadata.name!=x`. Models k8s.io/apimachinery `pkg/fields`.
//! Which fields a kind offers is the API server's business.

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldTerm {
    /// The field's path.
    pub field: String,
    /// The value to compare with.
    pub value: String,
    /// Whether the field must differ from the value.
    pub negated: bool,
}

/// All terms must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSelector {
    /// The comparisons, in sorted order of their text.
    pub terms: Vec<FieldTerm>,
}

impl FieldSelector {
    /// Reads the syntax of `--field-selector`.
    ///
    /// # Errors
    /// `invalid selector: 'a'; can't understand 'a'` and texts about escapes.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = split_terms(text);
        parts.sort_unstable();
        let mut terms = Vec::new();
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            let Some(at) = part.find(['!', '=']).and_then(|_| operator_position(part)) else {
                return Err(format!(
                    "invalid selector: '{text}'; can't understand '{part}'"
                ));
            };
            let (field, rest) = part.split_at_checked(at).unwrap_or((part, ""));
            let (negated, value) = match rest.strip_prefix("!=") {
                Some(value) => (true, value),
                None => (
                    false,
                    rest.strip_prefix("==")
                        .or_else(|| rest.strip_prefix('='))
                        .unwrap_or(rest),
                ),
            };
            terms.push(FieldTerm {
                field: field.to_owned(),
                value: unescape(value)?,
                negated,
            });
        }
        Ok(Self { terms })
    }

    /// Whether it matches everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether the fields, looked up by path, fulfil all terms. A missing field is the empty text.
    #[must_use]
    pub fn matches(&self, field: impl Fn(&str) -> String) -> bool {
        self.terms
            .iter()
            .all(|term| (field(&term.field) == term.value) != term.negated)
    }
}

impl std::fmt::Display for FieldSelector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            let operator = if term.negated { "!=" } else { "=" };
            let value = term
                .value
                .replace('\\', "\\\\")
                .replace(',', "\\,")
                .replace('=', "\\=");
            write!(f, "{comma}{}{operator}{value}", term.field)?;
        }
        Ok(())
    }
}

/// Where the first of `!=`, `==`, `=` begins.
fn operator_position(part: &str) -> Option<usize> {
    match (part.find("!="), part.find('=')) {
        (Some(not_equal), Some(equal)) => Some(not_equal.min(equal)),
        (_, equal) => equal,
    }
}

fn split_terms(text: &str) -> Vec<&str> {
    let mut escaped = false;
    text.split(|c: char| {
        let boundary = c == ',' && !escaped;
        escaped = c == '\\' && !escaped;
        boundary
    })
    .collect()
}

fn unescape(text: &str) -> Result<String, String> {
    let mut value = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c @ ('\\' | ',' | '=')) => value.push(c),
                Some(c) => {
                    return Err(format!(
                        "invalid field selector: invalid escape sequence: \\{c}"
                    ));
                }
                None => {
                    return Err("invalid field selector: invalid escape sequence: \\".to_owned());
                }
            },
            ',' | '=' => {
                return Err(format!(
                    "invalid field selector: unescaped character in value: {}",
                    u32::from(c)
                ));
            }
            c => value.push(c),
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_print_match() {
        let printed = |text: &str| FieldSelector::parse(text).map(|selector| selector.to_string());
        assert_eq!(printed("b!=1,a==x\\,y,"), Ok("a=x\\,y,b!=1".to_owned()));
        assert_eq!(
            printed("foo"),
            Err("invalid selector: 'foo'; can't understand 'foo'".to_owned())
        );
        assert_eq!(
            printed("a=b=c"),
            Err("invalid field selector: unescaped character in value: 61".to_owned())
        );
        assert_eq!(
            printed("a=\\x"),
            Err("invalid field selector: invalid escape sequence: \\x".to_owned())
        );
        let selector = FieldSelector::parse("status.phase!=Running").unwrap();
        assert!(
            selector.matches(|_| "Pending".to_owned())
                && !selector.matches(|_| "Running".to_owned())
        );
    }
}
