//! Values of awk: numbers, texts, and texts of the input that may count as numbers.

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Text(String),
    /// From the input: a number where it looks like one.
    Input(String),
}

impl Value {
    pub(super) fn number(&self) -> f64 {
        match self {
            Value::Number(number) => *number,
            Value::Text(text) | Value::Input(text) => leading_number(text),
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Value::Number(number) => number_text(*number),
            Value::Text(text) | Value::Input(text) => text.clone(),
        }
    }

    pub(super) fn truth(&self) -> bool {
        match self {
            Value::Number(number) => *number != 0.0,
            Value::Text(text) => !text.is_empty(),
            Value::Input(text) if looks_like_number(text) => leading_number(text) != 0.0,
            Value::Input(text) => !text.is_empty(),
        }
    }

    fn is_numeric(&self) -> bool {
        match self {
            Value::Number(_) => true,
            Value::Text(_) => false,
            Value::Input(text) => text.is_empty() || looks_like_number(text),
        }
    }

    /// As numbers where both are, else as texts.
    pub(super) fn compare(&self, other: &Value) -> std::cmp::Ordering {
        if self.is_numeric() && other.is_numeric() {
            self.number().total_cmp(&other.number())
        } else {
            self.text().cmp(&other.text())
        }
    }
}

fn looks_like_number(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.parse::<f64>().is_ok() && !text.contains(['n', 'N'])
}

/// The number that a text begins with, 0 when it begins with none.
fn leading_number(text: &str) -> f64 {
    let text = text.trim_start();
    let mut end = 0;
    let mut seen = (false, false, false);
    for (at, c) in text.char_indices() {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let fits = match c {
            '0'..='9' => {
                seen.0 = true;
                true
            }
            '+' | '-' => at == 0 || matches!(before, Some('e' | 'E')),
            '.' => !std::mem::replace(&mut seen.1, true) && !seen.2,
            'e' | 'E' => seen.0 && !std::mem::replace(&mut seen.2, true),
            _ => false,
        };
        if !fits {
            break;
        }
        end = at + c.len_utf8();
    }
    let mut head = text.get(..end).unwrap_or_default();
    while !head.is_empty() {
        if let Ok(number) = head.parse() {
            return number;
        }
        let shorter = head.len() - 1;
        head = head.get(..shorter).unwrap_or_default();
    }
    0.0
}

/// A number as awk prints it: whole ones as such, others with six digits (`%.6g`).
pub(super) fn number_text(number: f64) -> String {
    if number.is_nan() {
        return if number.is_sign_negative() {
            "-nan"
        } else {
            "nan"
        }
        .into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.into();
    }
    if number == number.trunc() && number.abs() < 1e16 {
        return format!("{}", number as i64);
    }
    general(number, 6, false)
}

/// C's `%g`.
pub(super) fn general(number: f64, precision: usize, keep_zeros: bool) -> String {
    let precision = precision.max(1);
    let scientific = format!("{:.*e}", precision - 1, number);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let trim = |text: &str| {
        if keep_zeros || !text.contains('.') {
            text.to_string()
        } else {
            text.trim_end_matches('0').trim_end_matches('.').to_string()
        }
    };
    if exponent < -4 || exponent >= precision as i32 {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trim(mantissa), exponent.abs());
    }
    let decimals = usize::try_from(precision as i32 - 1 - exponent).unwrap_or_default();
    trim(&format!("{number:.decimals$}"))
}

/// `printf` and `sprintf`.
pub(super) fn format(template: &str, values: &[Value]) -> String {
    let mut out = String::new();
    let mut values = values.iter();
    let mut chars = template.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut flags = String::new();
        while let Some(flag) = chars.next_if(|c| "-+ #0".contains(*c)) {
            flags.push(flag);
        }
        let mut amount = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| -> Option<usize> {
            if chars.next_if_eq(&'*').is_some() {
                return values.next().map(|value| value.number().abs() as usize);
            }
            let mut digits = String::new();
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            digits.parse().ok()
        };
        let width = amount(&mut chars).unwrap_or_default().min(10_000);
        let precision = chars
            .next_if_eq(&'.')
            .map(|_| amount(&mut chars).unwrap_or_default().min(1_000));
        let Some(kind) = chars.next() else {
            out.push('%');
            break;
        };
        if kind == '%' {
            out.push('%');
            continue;
        }
        let none = Value::Text(String::new());
        let value = values.next().unwrap_or(&none);
        let text = converted(kind, value, precision, &flags);
        let padding = width.saturating_sub(text.chars().count());
        if flags.contains('-') {
            out.push_str(&text);
            out.extend(std::iter::repeat_n(' ', padding));
        } else if flags.contains('0') && !matches!(kind, 's' | 'c') {
            let (sign, digits) = match text.strip_prefix('-') {
                Some(digits) => ("-", digits),
                None => ("", text.as_str()),
            };
            out.push_str(sign);
            out.extend(std::iter::repeat_n('0', padding));
            out.push_str(digits);
        } else {
            out.extend(std::iter::repeat_n(' ', padding));
            out.push_str(&text);
        }
    }
    out
}

fn converted(kind: char, value: &Value, precision: Option<usize>, flags: &str) -> String {
    let number = value.number();
    let signed = |text: String| {
        if flags.contains('+') && number >= 0.0 {
            format!("+{text}")
        } else {
            text
        }
    };
    match kind {
        'd' | 'i' => signed(format!("{}", number.trunc() as i64)),
        'u' => format!("{}", number.trunc().max(0.0) as u64),
        'o' => format!("{:o}", number as i64),
        'x' => format!("{:x}", number as i64),
        'X' => format!("{:X}", number as i64),
        'f' | 'F' => signed(format!("{number:.*}", precision.unwrap_or(6))),
        'e' | 'E' => {
            let text = format!("{number:.*e}", precision.unwrap_or(6));
            let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let exponent: i32 = exponent.parse().unwrap_or_default();
            let sign = if exponent < 0 { '-' } else { '+' };
            signed(format!("{mantissa}e{sign}{:02}", exponent.abs()))
        }
        'g' | 'G' => signed(general(number, precision.unwrap_or(6), flags.contains('#'))),
        'c' => match value {
            Value::Number(code) => char::from_u32(*code as u32)
                .map(String::from)
                .unwrap_or_default(),
            other => other.text().chars().take(1).collect(),
        },
        's' => match precision {
            Some(most) => value.text().chars().take(most).collect(),
            None => value.text(),
        },
        other => format!("%{other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_formats() {
        assert_eq!(number_text(3.0), "3");
        assert_eq!(number_text(0.1 + 0.2), "0.3");
        assert_eq!(number_text(1e20), "1e+20");
        assert_eq!(leading_number(" 12abc"), 12.0);
        assert_eq!(leading_number("1.5e3x"), 1500.0);
        assert_eq!(leading_number("-"), 0.0);
        let values = [Value::Text("a".into()), Value::Number(2.5)];
        assert_eq!(format("%-4s|%05.1f|%%", &values), "a   |002.5|%");
        assert_eq!(format("%3d", &[Value::Input("7x".into())]), "  7");
    }
}
