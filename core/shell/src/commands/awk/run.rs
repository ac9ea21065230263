//! Runs awk programs.

use super::parse::{Expression, Pattern, Program, Rule, Statement};
use super::value::{self, Value};
use ordered::OrderedMap;
use regex_lite::Regex;
use std::cmp::Ordering;

/// Elements of all arrays, and fields of one line.
const ELEMENTS: usize = 100_000;

/// What ends the usual course.
pub(super) enum Stop {
    Break,
    Continue,
    Next,
    Exit(i32),
    Wrong(String),
}

type Run<T> = Result<T, Stop>;

/// A running program.
pub(super) struct Machine<'a> {
    program: &'a Program,
    variables: OrderedMap<String, Value>,
    arrays: OrderedMap<String, OrderedMap<String, Value>>,
    /// The line, and then its fields.
    line: String,
    fields: Vec<String>,
    /// For each rule `A, B`, whether it is between.
    between: Vec<bool>,
    regexes: OrderedMap<String, Regex>,
    output: String,
    steps: u64,
    exit: Option<i32>,
}

impl<'a> Machine<'a> {
    pub(super) fn new(program: &'a Program, steps: u64) -> Machine<'a> {
        let mut machine = Machine {
            program,
            variables: OrderedMap::new(),
            arrays: OrderedMap::new(),
            line: String::new(),
            fields: Vec::new(),
            between: vec![false; program.rules.len()],
            regexes: OrderedMap::new(),
            output: String::new(),
            steps,
            exit: None,
        };
        for (name, text) in [
            ("FS", " "),
            ("OFS", " "),
            ("ORS", "\n"),
            ("RS", "\n"),
            ("SUBSEP", "\u{1c}"),
            ("NR", "0"),
            ("NF", "0"),
        ] {
            machine.assign(name, text);
        }
        machine
    }

    /// Sets a variable as the command line does.
    pub(super) fn assign(&mut self, name: &str, text: &str) {
        self.variables
            .insert(name.to_owned(), Value::Input(text.to_owned()));
    }

    pub(super) fn take_output(&mut self) -> String {
        std::mem::take(&mut self.output)
    }

    pub(super) fn begin(&mut self) -> Run<()> {
        self.rules_of(&Pattern::Begin)
    }

    fn rules_of(&mut self, pattern: &Pattern) -> Run<()> {
        let program = self.program;
        for rule in program.rules.iter().filter(|rule| rule.pattern == *pattern) {
            if let Some(action) = &rule.action {
                self.block(action)?;
            }
        }
        Ok(())
    }

    /// Runs the rules for each line of a text.
    pub(super) fn lines(&mut self, text: &str) -> Run<()> {
        let separator = self.variable("RS").text();
        let paragraphs = separator.is_empty();
        let separator = if paragraphs { "\n\n" } else { &separator };
        let text = if paragraphs {
            text.trim_matches('\n')
        } else {
            text
        };
        let mut records: Vec<&str> = text.split(separator).collect();
        if records.last() == Some(&"") || (records.len() == 1 && text.is_empty()) {
            records.pop();
        }
        for record in records {
            for name in ["NR", "FNR"] {
                let next = self.variable(name).number() + 1.0;
                self.variables.insert(name.to_owned(), Value::Number(next));
            }
            let record = if separator == "\n" {
                record
            } else {
                record.trim_matches('\n')
            };
            self.set_line(record.to_owned());
            match self.line_rules() {
                Ok(()) | Err(Stop::Next) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    fn line_rules(&mut self) -> Run<()> {
        let program = self.program;
        for (index, rule) in program.rules.iter().enumerate() {
            if self.applies(index, rule)? {
                match &rule.action {
                    Some(action) => self.block(action)?,
                    None => {
                        let line = self.line.clone() + &self.variable("ORS").text();
                        self.output.push_str(&line);
                    }
                }
            }
        }
        Ok(())
    }

    fn applies(&mut self, index: usize, rule: &Rule) -> Run<bool> {
        Ok(match &rule.pattern {
            Pattern::Begin | Pattern::End => false,
            Pattern::Always => true,
            Pattern::When(condition) => self.value(condition)?.truth(),
            Pattern::Between(from, to) => {
                let inside = self.between.get(index).copied().unwrap_or_default()
                    || self.value(from)?.truth();
                let goes_on = inside && !self.value(to)?.truth();
                if let Some(slot) = self.between.get_mut(index) {
                    *slot = goes_on;
                }
                inside
            }
        })
    }

    /// Runs the `END` rules; gives the exit status.
    pub(super) fn end(&mut self, flow: Run<()>) -> Result<i32, String> {
        let flow = match flow {
            Err(Stop::Exit(status)) => {
                self.exit = Some(status);
                self.rules_of(&Pattern::End)
            }
            Ok(()) | Err(Stop::Next | Stop::Break | Stop::Continue) => self.rules_of(&Pattern::End),
            wrong => wrong,
        };
        match flow {
            Err(Stop::Wrong(why)) => Err(why),
            Err(Stop::Exit(status)) => Ok(status),
            _ => Ok(self.exit.unwrap_or_default()),
        }
    }

    fn set_line(&mut self, line: String) {
        self.fields = self.split(&line, &self.variable("FS").text());
        self.line = line;
        let count = self.fields.len() as f64;
        self.variables.insert("NF".into(), Value::Number(count));
    }

    fn split(&mut self, text: &str, separator: &str) -> Vec<String> {
        if text.is_empty() {
            return Vec::new();
        }
        let parts: Vec<&str> = if separator == " " {
            text.split_ascii_whitespace().collect()
        } else if separator.chars().count() == 1 && separator != "\\" {
            text.split(separator).collect()
        } else {
            match self.regex(separator) {
                Ok(regex) => regex.split(text).collect(),
                Err(_) => vec![text],
            }
        };
        parts
            .into_iter()
            .take(ELEMENTS)
            .map(str::to_owned)
            .collect()
    }

    fn regex(&mut self, text: &str) -> Run<Regex> {
        if let Some(regex) = self.regexes.get(text) {
            return Ok(regex.clone());
        }
        let regex = Regex::new(text)
            .map_err(|_| Stop::Wrong(format!("illegal regular expression: {text}")))?;
        self.regexes.insert(text.to_owned(), regex.clone());
        Ok(regex)
    }

    fn variable(&self, name: &str) -> Value {
        let found = self.variables.get(name).cloned();
        found.unwrap_or_else(|| Value::Input(String::new()))
    }

    fn step(&mut self) -> Run<()> {
        self.steps = self
            .steps
            .checked_sub(1)
            .ok_or_else(|| Stop::Wrong("the program takes too many steps".into()))?;
        if self.output.len() > crate::limits::TEXT_BYTES {
            return Err(Stop::Wrong("the program prints too much".into()));
        }
        Ok(())
    }

    fn block(&mut self, statements: &[Statement]) -> Run<()> {
        statements.iter().try_for_each(|one| self.statement(one))
    }

    /// Runs a loop's body; false when the loop is to end.
    fn round(&mut self, body: &[Statement]) -> Run<bool> {
        match self.block(body) {
            Ok(()) | Err(Stop::Continue) => Ok(true),
            Err(Stop::Break) => Ok(false),
            Err(other) => Err(other),
        }
    }

    fn statement(&mut self, statement: &Statement) -> Run<()> {
        self.step()?;
        match statement {
            Statement::Nothing => {}
            Statement::Expression(expression) => {
                self.value(expression)?;
            }
            Statement::Print(list) => {
                let mut texts = Vec::new();
                for one in list {
                    texts.push(self.value(one)?.text());
                }
                if list.is_empty() {
                    texts.push(self.line.clone());
                }
                let line = texts.join(&self.variable("OFS").text()) + &self.variable("ORS").text();
                self.output.push_str(&line);
            }
            Statement::Printf(list) => {
                let text = self.formatted(list)?;
                self.output.push_str(&text);
            }
            Statement::If(condition, then, otherwise) => {
                let branch = if self.value(condition)?.truth() {
                    then
                } else {
                    otherwise
                };
                self.block(branch)?;
            }
            Statement::While(condition, body) => {
                while self.value(condition)?.truth() && self.round(body)? {
                    self.step()?;
                }
            }
            Statement::DoWhile(body, condition) => {
                while self.round(body)? && self.value(condition)?.truth() {
                    self.step()?;
                }
            }
            Statement::For(parts, body) => {
                let (first, condition, next) = &**parts;
                self.statement(first)?;
                loop {
                    if let Some(condition) = condition
                        && !self.value(condition)?.truth()
                    {
                        break;
                    }
                    if !self.round(body)? {
                        break;
                    }
                    self.statement(next)?;
                }
            }
            Statement::ForIn(key, array, body) => {
                let keys: Vec<String> = match self.arrays.get(array.as_str()) {
                    Some(array) => array.keys().cloned().collect(),
                    None => Vec::new(),
                };
                for one in keys {
                    self.variables.insert(key.clone(), Value::Input(one));
                    if !self.round(body)? {
                        break;
                    }
                }
            }
            Statement::Delete(name, None) => {
                self.arrays.remove(name.as_str());
            }
            Statement::Delete(name, Some(key)) => {
                let key = self.key(key)?;
                if let Some(array) = self.arrays.get_mut(name.as_str()) {
                    array.remove(&key);
                }
            }
            Statement::Block(statements) => self.block(statements)?,
            Statement::Break => return Err(Stop::Break),
            Statement::Continue => return Err(Stop::Continue),
            Statement::Next => return Err(Stop::Next),
            Statement::Exit(status) => {
                let status = match status {
                    Some(status) => self.value(status)?.number() as i32,
                    None => self.exit.unwrap_or_default(),
                };
                return Err(Stop::Exit(status));
            }
        }
        Ok(())
    }

    fn formatted(&mut self, list: &[Expression]) -> Run<String> {
        let mut values = Vec::new();
        for one in list {
            values.push(self.value(one)?);
        }
        let Some((template, values)) = values.split_first() else {
            return Err(Stop::Wrong("printf: no format".into()));
        };
        Ok(value::format(&template.text(), values))
    }

    /// The key of a subscript; several parts are joined with `SUBSEP`.
    fn key(&mut self, parts: &[Expression]) -> Run<String> {
        let mut texts = Vec::new();
        for part in parts {
            texts.push(self.value(part)?.text());
        }
        Ok(texts.join(&self.variable("SUBSEP").text()))
    }

    fn value(&mut self, expression: &Expression) -> Run<Value> {
        self.step()?;
        Ok(match expression {
            Expression::Number(number) => Value::Number(*number),
            Expression::Text(text) => Value::Text(text.clone()),
            Expression::Regex(regex) => {
                let found = self.regex(regex)?.is_match(&self.line);
                truth(found)
            }
            Expression::Variable(name) => self.variable(name),
            Expression::Field(index) => {
                let index = self.value(index)?.number();
                self.field(index)?
            }
            Expression::Element(name, key) => {
                let key = self.key(key)?;
                let array = self.arrays.entry(name.clone()).or_default();
                if array.len() >= ELEMENTS {
                    return Err(Stop::Wrong("arrays grow too large".into()));
                }
                array
                    .entry(key)
                    .or_insert(Value::Input(String::new()))
                    .clone()
            }
            Expression::In(key, array) => {
                let key = self.value(key)?.text();
                let array = self.arrays.get(array.as_str());
                truth(array.is_some_and(|array| array.contains_key(&key)))
            }
            Expression::Call(name, arguments) => self.call(name, arguments)?,
            Expression::Assign(place, operator, right) => {
                let right = self.value(right)?;
                let new = match operator {
                    None => right,
                    Some(operator) => {
                        let left = self.value(place)?;
                        arithmetic(operator, left.number(), right.number())?
                    }
                };
                self.store(place, new.clone())?;
                new
            }
            Expression::Step(place, by, old_counts) => {
                let old = self.value(place)?.number();
                self.store(place, Value::Number(old + by))?;
                Value::Number(if *old_counts { old } else { old + by })
            }
            Expression::Unary(operator, inner) => {
                let inner = self.value(inner)?;
                match *operator {
                    "!" => truth(!inner.truth()),
                    "-" => Value::Number(-inner.number()),
                    _ => Value::Number(inner.number()),
                }
            }
            Expression::Binary(operator, left, right) => self.binary(operator, left, right)?,
            Expression::Choose(parts) => {
                let (condition, yes, no) = &**parts;
                let branch = if self.value(condition)?.truth() {
                    yes
                } else {
                    no
                };
                self.value(branch)?
            }
        })
    }

    fn binary(&mut self, operator: &str, left: &Expression, right: &Expression) -> Run<Value> {
        if matches!(operator, "&&" | "||") {
            let left = self.value(left)?.truth();
            if left == (operator == "||") {
                return Ok(truth(left));
            }
            return Ok(truth(self.value(right)?.truth()));
        }
        let first = self.value(left)?;
        if matches!(operator, "~" | "!~") {
            let regex = self.pattern(right)?;
            let found = regex.is_match(&first.text());
            return Ok(truth(found == (operator == "~")));
        }
        let second = self.value(right)?;
        let order = first.compare(&second);
        Ok(match operator {
            " " => Value::Text(first.text() + &second.text()),
            "<" => truth(order == Ordering::Less),
            "<=" => truth(order != Ordering::Greater),
            "==" => truth(order == Ordering::Equal),
            "!=" => truth(order != Ordering::Equal),
            ">" => truth(order == Ordering::Greater),
            ">=" => truth(order != Ordering::Less),
            operator => arithmetic(operator, first.number(), second.number())?,
        })
    }

    /// A regular expression, written as one or as a text.
    fn pattern(&mut self, expression: &Expression) -> Run<Regex> {
        if let Expression::Regex(text) = expression {
            return self.regex(text);
        }
        let text = self.value(expression)?.text();
        self.regex(&text)
    }

    fn field(&self, index: f64) -> Run<Value> {
        if index < 0.0 {
            return Err(Stop::Wrong(format!(
                "trying to access out of range field {}",
                value::number_text(index)
            )));
        }
        let index = index as usize;
        let text = match index.checked_sub(1) {
            None => Some(&self.line),
            Some(index) => self.fields.get(index),
        };
        Ok(Value::Input(text.cloned().unwrap_or_default()))
    }

    fn store(&mut self, place: &Expression, value: Value) -> Run<()> {
        match place {
            Expression::Variable(name) => {
                let count = value.number();
                self.variables.insert(name.clone(), value);
                if name == "NF" {
                    self.fields
                        .resize((count.max(0.0) as usize).min(ELEMENTS), String::new());
                    self.join_fields();
                }
            }
            Expression::Element(name, key) => {
                let key = self.key(key)?;
                self.arrays
                    .entry(name.clone())
                    .or_default()
                    .insert(key, value);
            }
            Expression::Field(index) => {
                let index = self.value(index)?.number().max(0.0) as usize;
                if index == 0 {
                    self.set_line(value.text());
                    return Ok(());
                }
                if index > ELEMENTS {
                    return Err(Stop::Wrong("too many fields".into()));
                }
                if self.fields.len() < index {
                    self.fields.resize(index, String::new());
                }
                if let Some(field) = self.fields.get_mut(index - 1) {
                    *field = value.text();
                }
                let count = self.fields.len() as f64;
                self.variables.insert("NF".into(), Value::Number(count));
                self.join_fields();
            }
            _ => return Err(Stop::Wrong("this cannot be assigned to".into())),
        }
        Ok(())
    }

    fn join_fields(&mut self) {
        self.line = self.fields.join(&self.variable("OFS").text());
    }

    fn call(&mut self, name: &str, arguments: &[Expression]) -> Run<Value> {
        if name == "\u{1c}" {
            return Ok(Value::Text(self.key(arguments)?));
        }
        match (name, arguments) {
            ("split", [text, Expression::Variable(array), rest @ ..]) => {
                return self.call_split(text, array, rest.first());
            }
            ("sub" | "gsub", [pattern, replacement, rest @ ..]) => {
                return self.substitute(name == "gsub", pattern, replacement, rest.first());
            }
            ("match", [text, pattern]) => return self.call_match(text, pattern),
            ("length", [Expression::Variable(array)]) if self.arrays.contains_key(array) => {
                let count = self.arrays.get(array).map_or(0, OrderedMap::len);
                return Ok(Value::Number(count as f64));
            }
            ("sprintf", list) => return Ok(Value::Text(self.formatted(list)?)),
            _ => {}
        }
        let mut values = Vec::new();
        for argument in arguments {
            values.push(self.value(argument)?);
        }
        let text = |index: usize| values.get(index).map(Value::text);
        let number = |index: usize| values.get(index).map_or(0.0, Value::number);
        Ok(match name {
            "length" => {
                let text = text(0).unwrap_or_else(|| self.line.clone());
                Value::Number(text.chars().count() as f64)
            }
            "substr" => {
                let start = number(1).round();
                let end = if values.len() > 2 {
                    start + number(2).round()
                } else {
                    f64::MAX
                };
                let chosen = text(0).unwrap_or_default();
                let chosen = chosen.chars().enumerate().filter(|(index, _)| {
                    let place = *index as f64 + 1.0;
                    place >= start && place < end
                });
                Value::Text(chosen.map(|(_, c)| c).collect())
            }
            "index" => {
                let (text, wanted) = (text(0).unwrap_or_default(), text(1).unwrap_or_default());
                let found = text.find(&wanted).and_then(|at| text.get(..at));
                Value::Number(found.map_or(0.0, |head| head.chars().count() as f64 + 1.0))
            }
            "tolower" => Value::Text(text(0).unwrap_or_default().to_lowercase()),
            "toupper" => Value::Text(text(0).unwrap_or_default().to_uppercase()),
            "int" => Value::Number(number(0).trunc()),
            "sqrt" => Value::Number(number(0).sqrt()),
            "exp" => Value::Number(number(0).exp()),
            "log" => Value::Number(number(0).ln()),
            "sin" => Value::Number(number(0).sin()),
            "cos" => Value::Number(number(0).cos()),
            "atan2" => Value::Number(number(0).atan2(number(1))),
            other => {
                return Err(Stop::Wrong(format!("calling undefined function {other}")));
            }
        })
    }

    fn call_split(
        &mut self,
        text: &Expression,
        array: &str,
        separator: Option<&Expression>,
    ) -> Run<Value> {
        let text = self.value(text)?.text();
        let separator = match separator {
            None => self.variable("FS").text(),
            Some(Expression::Regex(regex)) => regex.clone(),
            Some(other) => self.value(other)?.text(),
        };
        let parts = self.split(&text, &separator);
        let count = parts.len() as f64;
        let items = parts
            .into_iter()
            .enumerate()
            .map(|(index, part)| ((index + 1).to_string(), Value::Input(part)));
        self.arrays.insert(array.to_owned(), items.collect());
        Ok(Value::Number(count))
    }

    fn substitute(
        &mut self,
        all: bool,
        pattern: &Expression,
        replacement: &Expression,
        place: Option<&Expression>,
    ) -> Run<Value> {
        let regex = self.pattern(pattern)?;
        let replacement = self.value(replacement)?.text();
        let line = Expression::Field(Box::new(Expression::Number(0.0)));
        let place = place.unwrap_or(&line);
        let text = self.value(place)?.text();
        let mut out = String::new();
        let mut end = 0;
        let mut count = 0.0;
        for found in regex.find_iter(&text) {
            out.push_str(text.get(end..found.start()).unwrap_or_default());
            let mut chars = replacement.chars();
            while let Some(c) = chars.next() {
                match c {
                    '&' => out.push_str(found.as_str()),
                    '\\' => match chars.next() {
                        Some('&') => out.push('&'),
                        Some(other) => out.push(other),
                        None => out.push('\\'),
                    },
                    c => out.push(c),
                }
            }
            end = found.end();
            count += 1.0;
            if !all {
                break;
            }
        }
        out.push_str(text.get(end..).unwrap_or_default());
        if count > 0.0 {
            self.store(place, Value::Text(out))?;
        }
        Ok(Value::Number(count))
    }

    fn call_match(&mut self, text: &Expression, pattern: &Expression) -> Run<Value> {
        let text = self.value(text)?.text();
        let regex = self.pattern(pattern)?;
        let found = regex.find(&text);
        let start = found.and_then(|found| text.get(..found.start()));
        let start = start.map_or(0.0, |head| head.chars().count() as f64 + 1.0);
        let length = found.map_or(-1.0, |found| found.as_str().chars().count() as f64);
        self.variables.insert("RSTART".into(), Value::Number(start));
        self.variables
            .insert("RLENGTH".into(), Value::Number(length));
        Ok(Value::Number(start))
    }
}

fn truth(truth: bool) -> Value {
    Value::Number(f64::from(u8::from(truth)))
}

fn arithmetic(operator: &str, left: f64, right: f64) -> Run<Value> {
    Ok(Value::Number(match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" | "%" if right == 0.0 => {
            return Err(Stop::Wrong(if operator == "/" {
                "division by zero".into()
            } else {
                "division by zero in %".into()
            }));
        }
        "/" => left / right,
        "%" => left % right,
        _ => left.powf(right),
    }))
}
