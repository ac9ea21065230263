//! `printf`: formats as in C, the format used again while arguments are left.

use super::Context;
use crate::escape;
use machine::ExitStatus;

pub(super) async fn run(context: Context) -> ExitStatus {
    let Some((template, values)) = context.arguments.get(1..).unwrap_or_default().split_first()
    else {
        return context.missing_operand().await;
    };
    let (text, errors) = format(template, values);
    context.process.write(1, &text).await.ok();
    for error in &errors {
        context.complain(error).await;
    }
    ExitStatus::Exited(u8::from(!errors.is_empty()))
}

/// The formatted bytes and what was wrong with the arguments.
pub fn format(template: &str, values: &[String]) -> (Vec<u8>, Vec<String>) {
    let mut output = Vec::new();
    let mut errors = Vec::new();
    let mut rest = values.iter();
    loop {
        let before = rest.len();
        let stopped = once(template, &mut rest, &mut output, &mut errors);
        if stopped || rest.len() == 0 || rest.len() == before {
            return (output, errors);
        }
    }
}

/// One conversion: `%-10.3s`.
#[derive(Default)]
struct Conversion {
    left: bool,
    zero: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

fn once<'a>(
    template: &str,
    values: &mut impl Iterator<Item = &'a String>,
    output: &mut Vec<u8>,
    errors: &mut Vec<String>,
) -> bool {
    let mut rest = template.chars().peekable();
    let mut literal = String::new();
    while let Some(character) = rest.next() {
        if character != '%' {
            literal.push(character);
            if character == '\\' {
                literal.extend(rest.next());
            }
            continue;
        }
        let (text, stopped) = escape::expand(&std::mem::take(&mut literal));
        output.extend(text.as_bytes());
        if stopped {
            return true;
        }
        if rest.next_if_eq(&'%').is_some() {
            output.push(b'%');
            continue;
        }
        let mut conversion = Conversion::default();
        while let Some(flag) = rest.next_if(|flag| "-0+ #".contains(*flag)) {
            match flag {
                '-' => conversion.left = true,
                '0' => conversion.zero = true,
                '+' => conversion.plus = true,
                ' ' => conversion.space = true,
                _ => conversion.alternate = true,
            }
        }
        conversion.width = size(&mut rest, values).unwrap_or(0);
        if rest.next_if_eq(&'.').is_some() {
            conversion.precision = Some(size(&mut rest, values).unwrap_or(0));
        }
        while rest
            .next_if(|modifier| "hlLqjzt".contains(*modifier))
            .is_some()
        {}
        let Some(kind) = rest.next() else {
            errors.push(format!("`{template}': missing format character"));
            return true;
        };
        let value = values.next().map_or("", String::as_str);
        match convert(&conversion, kind, value, errors) {
            Some((text, stopped)) => {
                output.extend(text.as_bytes());
                if stopped {
                    return true;
                }
            }
            None => {
                errors.push(format!("`{kind}': invalid format character"));
                return true;
            }
        }
    }
    let (text, stopped) = escape::expand(&literal);
    output.extend(text.as_bytes());
    stopped
}

fn size<'a>(
    rest: &mut std::iter::Peekable<std::str::Chars<'_>>,
    values: &mut impl Iterator<Item = &'a String>,
) -> Option<usize> {
    if rest.next_if_eq(&'*').is_some() {
        return values.next()?.parse().ok();
    }
    let mut digits = String::new();
    while let Some(digit) = rest.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    digits.parse().ok().map(|size: usize| size.min(10_000))
}

fn convert(
    conversion: &Conversion,
    kind: char,
    value: &str,
    errors: &mut Vec<String>,
) -> Option<(String, bool)> {
    let cut = |text: &str| match conversion.precision {
        Some(precision) => text.chars().take(precision).collect(),
        None => text.to_string(),
    };
    let mut stopped = false;
    let text = match kind {
        's' => cut(value),
        'b' => {
            let (expanded, stop) = escape::expand(value);
            stopped = stop;
            cut(&expanded)
        }
        'q' => crate::quote(value),
        'c' => value.chars().take(1).collect(),
        'd' | 'i' => signed(conversion, number(value, errors)),
        'u' => (number(value, errors) as u64).to_string(),
        'x' => prefixed(conversion, "0x", format!("{:x}", number(value, errors))),
        'X' => prefixed(conversion, "0X", format!("{:X}", number(value, errors))),
        'o' => prefixed(conversion, "0", format!("{:o}", number(value, errors))),
        'f' | 'F' => format!(
            "{:.*}",
            conversion.precision.unwrap_or(6),
            float(value, errors)
        ),
        'e' | 'g' | 'E' | 'G' => float(value, errors).to_string(),
        _ => return None,
    };
    let numeric = "diuxXofFeEgG".contains(kind);
    Some((pad(conversion, text, numeric), stopped))
}

fn signed(conversion: &Conversion, number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let digits = format!(
        "{digits:0>width$}",
        width = conversion.precision.unwrap_or(0)
    );
    let sign = match number {
        _ if number < 0 => "-",
        _ if conversion.plus => "+",
        _ if conversion.space => " ",
        _ => "",
    };
    format!("{sign}{digits}")
}

fn prefixed(conversion: &Conversion, prefix: &str, digits: String) -> String {
    if conversion.alternate {
        format!("{prefix}{digits}")
    } else {
        digits
    }
}

fn pad(conversion: &Conversion, text: String, numeric: bool) -> String {
    let width = conversion.width;
    if conversion.left {
        return format!("{text:<width$}");
    }
    if conversion.zero && numeric {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits.to_string()),
            None => ("", text),
        };
        return format!(
            "{sign}{digits:0>width$}",
            width = width.saturating_sub(sign.len())
        );
    }
    format!("{text:>width$}")
}

fn number(value: &str, errors: &mut Vec<String>) -> i64 {
    let text = value.trim();
    if let Some(character) = text.strip_prefix(['\'', '"']) {
        return character
            .chars()
            .next()
            .map_or(0, |character| i64::from(u32::from(character)));
    }
    let parsed = match text.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    };
    if parsed.is_none() && !text.is_empty() {
        errors.push(format!("{value}: invalid number"));
    }
    parsed.unwrap_or(0)
}

fn float(value: &str, errors: &mut Vec<String>) -> f64 {
    let parsed = value.trim().parse().ok();
    if parsed.is_none() && !value.is_empty() {
        errors.push(format!("{value}: invalid number"));
    }
    parsed.unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, values: &[&str], expected: &str) {
        let values: Vec<String> = values.iter().map(|value| (*value).to_string()).collect();
        let (text, errors) = format(template, &values);
        assert_eq!(
            (String::from_utf8(text).unwrap().as_str(), errors.len()),
            (expected, 0),
            "{template}"
        );
    }

    #[test]
    fn formats() {
        check("%s-%s\\n", &["a", "b", "c"], "a-b\nc-\n");
        check(
            "%5d|%-5d|%05d|%+d",
            &["42", "42", "-42", "7"],
            "   42|42   |-0042|+7",
        );
        check("%x %o %.2f %%", &["255", "8", "3.14159"], "ff 10 3.14 %");
        check("%.2s|%5s|%b", &["hello", "x", "a\\tb"], "he|    x|a\tb");
        check("no arguments\\n", &[], "no arguments\n");
    }
}
