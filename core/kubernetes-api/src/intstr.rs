//! `IntOrString`: a whole number, or a percentage such as `25%`, or a port's name.

use serde_json::Value;

/// Which way a percentage of a count is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// To the next larger whole number (maxSurge).
    Up,
    /// To the next smaller whole number (maxUnavailable).
    Down,
}

/// The number that a value means out of `total`: numbers as they are, percentages scaled.
///
/// Models k8s.io/apimachinery `pkg/util/intstr` GetScaledValueFromIntOrPercent.
///
/// # Errors
/// `invalid value for IntOrString: …` for text that is no percentage.
pub fn scaled(value: &Value, total: i64, round: Round) -> Result<i64, String> {
    if let Some(number) = value.as_i64() {
        return Ok(number);
    }
    let text = value.as_str().unwrap_or_default();
    let percent = text
        .strip_suffix('%')
        .ok_or("invalid value for IntOrString: invalid type: string is not a percentage")?;
    let number: i64 = percent.parse().map_err(|_| format!("invalid value for IntOrString: invalid value {}: strconv.Atoi: parsing {}: invalid syntax", crate::json::quote_go(text), crate::json::quote_go(percent)))?;
    let product = number.saturating_mul(total);
    Ok(match round {
        Round::Up => product.div_euclid(100) + i64::from(product.rem_euclid(100) != 0),
        Round::Down => product.div_euclid(100),
    })
}

/// The text that kubectl prints: `8080`, `http`, `25%`.
#[must_use]
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "0".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_a_count() {
        assert_eq!(scaled(&"25%".into(), 2, Round::Up), Ok(1));
        assert_eq!(scaled(&"25%".into(), 2, Round::Down), Ok(0));
        assert_eq!(scaled(&3.into(), 2, Round::Down), Ok(3));
        assert_eq!(scaled(&"100%".into(), 7, Round::Up), Ok(7));
        assert!(scaled(&"x".into(), 7, Round::Up).is_err());
        assert_eq!(text(&"http".into()) + &text(&80.into()), "http80");
    }
}
