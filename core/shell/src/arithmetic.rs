//! Arithmetic as in `$(( … ))`: 64-bit integers that wrap around, C's operators, variables.

use crate::limits;

/// Where an expression reads and writes variables.
pub trait Variables {
    /// A variable's text.
    fn get(&self, name: &str) -> Option<String>;
    /// Sets a variable.
    fn set(&mut self, name: &str, value: i64);
}

/// Evaluates an expression. The error is bash's words after the expression itself.
pub fn evaluate(expression: &str, variables: &mut dyn Variables) -> Result<i64, String> {
    let mut evaluator = Evaluator {
        rest: expression,
        variables,
        depth: 0,
        skipping: false,
    };
    evaluator.skip_blanks();
    if evaluator.rest.is_empty() {
        return Ok(0);
    }
    let value = evaluator.comma()?;
    if evaluator.rest.is_empty() {
        return Ok(value);
    }
    Err(format!(
        "{expression}: syntax error in expression (error token is \"{}\")",
        evaluator.rest
    ))
}

struct Evaluator<'a> {
    rest: &'a str,
    variables: &'a mut dyn Variables,
    depth: usize,
    /// In the branch of `&&`, `||` or `?:` that does not count: nothing is assigned.
    skipping: bool,
}

/// Binary operators by how strongly they bind, weakest first. Longer ones come first in a row.
const LEVELS: [&[&str]; 8] = [
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

const ASSIGNMENTS: [&str; 11] = [
    "<<=", ">>=", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "=",
];

impl Evaluator<'_> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                self.skip_blanks();
                true
            }
            None => false,
        }
    }

    fn operand_expected(&self) -> String {
        format!(
            "syntax error: operand expected (error token is \"{}\")",
            self.rest
        )
    }

    fn comma(&mut self) -> Result<i64, String> {
        let mut value = self.assignment()?;
        while self.eat(",") {
            value = self.assignment()?;
        }
        Ok(value)
    }

    fn name(&mut self) -> Option<String> {
        let length = self
            .rest
            .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(length)?;
        if !crate::parser::is_name(name) {
            return None;
        }
        let name = name.to_string();
        self.rest = rest;
        self.skip_blanks();
        Some(name)
    }

    fn assignment(&mut self) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > limits::NESTING {
            return Err("expression recursion level exceeded".into());
        }
        let before = self.rest;
        let value = match self.name() {
            Some(name) => match self.assignment_operator() {
                Some(operator) => {
                    let token = self.rest;
                    let right = self.assignment()?;
                    let old = if operator == "=" {
                        0
                    } else {
                        self.variable(&name)?
                    };
                    let value = match operator.strip_suffix('=') {
                        Some("") | None => right,
                        Some(binary) => self.apply(binary, old, right, token)?,
                    };
                    self.assign(&name, value);
                    value
                }
                None => {
                    self.rest = before;
                    self.conditional()?
                }
            },
            None => self.conditional()?,
        };
        self.depth -= 1;
        Ok(value)
    }

    fn assignment_operator(&mut self) -> Option<&'static str> {
        let found = ASSIGNMENTS
            .iter()
            .find(|operator| self.rest.starts_with(**operator))?;
        if *found == "=" && self.rest.starts_with("==") {
            return None;
        }
        self.eat(found);
        Some(found)
    }

    fn assign(&mut self, name: &str, value: i64) {
        if !self.skipping {
            self.variables.set(name, value);
        }
    }

    fn variable(&mut self, name: &str) -> Result<i64, String> {
        let text = self.variables.get(name).unwrap_or_default();
        let text = text.trim();
        if text.is_empty() {
            return Ok(0);
        }
        if let Some(number) = number(text) {
            return Ok(number);
        }
        // A variable's value is itself an expression, as in bash.
        if self.depth > limits::NESTING / 2 {
            return Err("expression recursion level exceeded".into());
        }
        let text = text.to_string();
        let mut inner = Evaluator {
            rest: &text,
            variables: self.variables,
            depth: self.depth + 1,
            skipping: self.skipping,
        };
        inner.comma()
    }

    fn conditional(&mut self) -> Result<i64, String> {
        let condition = self.or()?;
        if !self.eat("?") {
            return Ok(condition);
        }
        let yes = self.skipped(condition == 0, Evaluator::assignment)?;
        if !self.eat(":") {
            return Err(format!(
                "`:' expected for conditional expression (error token is \"{}\")",
                self.rest
            ));
        }
        let no = self.skipped(condition != 0, Evaluator::conditional)?;
        Ok(if condition != 0 { yes } else { no })
    }

    fn skipped(
        &mut self,
        skip: bool,
        parse: fn(&mut Self) -> Result<i64, String>,
    ) -> Result<i64, String> {
        let before = self.skipping;
        self.skipping |= skip;
        let value = parse(self);
        self.skipping = before;
        value
    }

    fn or(&mut self) -> Result<i64, String> {
        let mut value = self.and()?;
        while self.eat("||") {
            let right = self.skipped(value != 0, Evaluator::and)?;
            value = i64::from(value != 0 || right != 0);
        }
        Ok(value)
    }

    fn and(&mut self) -> Result<i64, String> {
        let mut value = self.binary(0)?;
        while self.eat("&&") {
            let right = self.skipped(value == 0, |evaluator| evaluator.binary(0))?;
            value = i64::from(value != 0 && right != 0);
        }
        Ok(value)
    }

    fn binary(&mut self, level: usize) -> Result<i64, String> {
        let Some(operators) = LEVELS.get(level) else {
            return self.power();
        };
        let mut value = self.binary(level + 1)?;
        loop {
            let found = operators.iter().find(|operator| {
                let follower = self
                    .rest
                    .strip_prefix(**operator)
                    .and_then(|rest| rest.chars().next());
                match follower {
                    // `&&`, `||`, `<<`, `>>`, `+=` … are other operators.
                    Some('=') if !matches!(**operator, "==" | "!=" | "<=" | ">=") => false,
                    Some(next) if operator.len() == 1 && "&|<>*".contains(next) => {
                        !operator.starts_with(next)
                    }
                    Some(_) => true,
                    None => self.rest.starts_with(**operator),
                }
            });
            let Some(operator) = found else {
                return Ok(value);
            };
            self.eat(operator);
            let token = self.rest;
            let right = self.binary(level + 1)?;
            value = self.apply(operator, value, right, token)?;
        }
    }

    fn apply(&self, operator: &str, left: i64, right: i64, token: &str) -> Result<i64, String> {
        Ok(match operator {
            "|" => left | right,
            "^" => left ^ right,
            "&" => left & right,
            "==" => i64::from(left == right),
            "!=" => i64::from(left != right),
            "<=" => i64::from(left <= right),
            ">=" => i64::from(left >= right),
            "<" => i64::from(left < right),
            ">" => i64::from(left > right),
            "<<" => left.wrapping_shl(right as u32),
            ">>" => left.wrapping_shr(right as u32),
            "+" => left.wrapping_add(right),
            "-" => left.wrapping_sub(right),
            "*" => left.wrapping_mul(right),
            "/" | "%" if right == 0 && self.skipping => 0,
            "/" | "%" if right == 0 => {
                return Err(format!("division by 0 (error token is \"{token}\")"));
            }
            "/" => left.wrapping_div(right),
            _ => left.wrapping_rem(right),
        })
    }

    fn power(&mut self) -> Result<i64, String> {
        let base = self.unary()?;
        if !self.eat("**") {
            return Ok(base);
        }
        let exponent = self.power()?;
        let exponent = u32::try_from(exponent).map_err(|_| "exponent less than 0".to_string())?;
        Ok(base.wrapping_pow(exponent))
    }

    fn unary(&mut self) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > limits::NESTING {
            return Err("expression recursion level exceeded".into());
        }
        let value = self.unary_inner();
        self.depth -= 1;
        value
    }

    fn unary_inner(&mut self) -> Result<i64, String> {
        for (step, delta) in [("++", 1), ("--", -1)] {
            if self.rest.starts_with(step) {
                self.eat(step);
                let Some(name) = self.name() else {
                    return Err(self.operand_expected());
                };
                let value = self.variable(&name)?.wrapping_add(delta);
                self.assign(&name, value);
                return Ok(value);
            }
        }
        if self.eat("!") {
            return Ok(i64::from(self.unary()? == 0));
        }
        if self.eat("-") {
            return Ok(self.unary()?.wrapping_neg());
        }
        if self.eat("+") {
            return self.unary();
        }
        if self.eat("~") {
            return Ok(!self.unary()?);
        }
        if self.eat("(") {
            let value = self.comma()?;
            return if self.eat(")") {
                Ok(value)
            } else {
                Err(format!("missing `)' (error token is \"{}\")", self.rest))
            };
        }
        self.operand()
    }

    fn operand(&mut self) -> Result<i64, String> {
        if let Some(name) = self.name() {
            let value = self.variable(&name)?;
            for (step, delta) in [("++", 1), ("--", -1)] {
                if self.eat(step) {
                    self.assign(&name, value.wrapping_add(delta));
                }
            }
            return Ok(value);
        }
        let length = self
            .rest
            .find(|character: char| !character.is_ascii_alphanumeric() && character != '#')
            .unwrap_or(self.rest.len());
        let (digits, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        if digits.is_empty() {
            return Err(self.operand_expected());
        }
        let Some(value) = number(digits) else {
            return Err(format!(
                "value too great for base (error token is \"{digits}\")"
            ));
        };
        self.rest = rest;
        self.skip_blanks();
        Ok(value)
    }
}

/// A number as bash writes it: decimal, `0x`, octal with a leading zero, or `base#digits`.
fn number(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (radix, digits) = if let Some(hex) = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        (16, hex)
    } else if let Some((base, digits)) = digits.split_once('#') {
        (
            base.parse().ok().filter(|base| (2..=36).contains(base))?,
            digits,
        )
    } else if digits.len() > 1 && digits.starts_with('0') {
        (8, digits)
    } else {
        (10, digits)
    };
    let mut value: i64 = 0;
    if digits.is_empty() {
        return None;
    }
    for character in digits.chars() {
        value = value
            .wrapping_mul(i64::from(radix))
            .wrapping_add(i64::from(character.to_digit(radix)?));
    }
    Some(if negative {
        value.wrapping_neg()
    } else {
        value
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ordered::OrderedMap;

    impl Variables for OrderedMap<String, i64> {
        fn get(&self, name: &str) -> Option<String> {
            OrderedMap::get(self, name).map(i64::to_string)
        }
        fn set(&mut self, name: &str, value: i64) {
            self.insert(name.to_string(), value);
        }
    }

    #[test]
    fn expressions() {
        let mut variables = OrderedMap::from([("i".to_string(), 5)]);
        for (expression, expected) in [
            ("1 + 2 * 3", Ok(7)),
            ("(1 + 2) * 3 % 4", Ok(1)),
            ("i++ + ++i", Ok(12)),
            ("i > 3 && i < 10 ? 1 : 2", Ok(1)),
            ("2 ** 10 - 0x10 - 010", Ok(1000)),
            ("x = 3, x <<= 2", Ok(12)),
            ("0 && (i = 100)", Ok(0)),
            ("i", Ok(7)),
            (
                "1 / 0",
                Err("division by 0 (error token is \"0\")".to_string()),
            ),
            (
                "1 +",
                Err("syntax error: operand expected (error token is \"\")".to_string()),
            ),
            ("-9223372036854775808 / -1", Ok(i64::MIN)),
        ] {
            assert_eq!(
                evaluate(expression, &mut variables),
                expected,
                "{expression}"
            );
        }
    }

    #[test]
    fn deep_nesting_is_an_error() {
        let mut variables = OrderedMap::new();
        assert!(evaluate(&"(".repeat(100_000), &mut variables).is_err());
        assert!(evaluate(&"-".repeat(100_001), &mut variables).is_err());
    }
}
