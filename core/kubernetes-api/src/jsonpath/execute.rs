//! Walking a value along a template.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::Node;
use crate::json;
use crate::limits::{DEPTH_MAX, JSONPATH_RESULTS_MAX};

type Found<'v> = Vec<Cow<'v, Value>>;

/// What the nodes find, one list for each.
pub(super) fn find<'v>(
    root: &[Node],
    value: &'v Value,
    allow_missing: bool,
) -> Result<Vec<Found<'v>>, String> {
    let mut walk = Walk {
        root,
        allow_missing,
        begin_range: 0,
        in_range: 0,
        end_range: 0,
        last_end: None,
        budget: JSONPATH_RESULTS_MAX,
    };
    walk.find(Cow::Borrowed(value), 0)
}

struct Walk<'n> {
    root: &'n [Node],
    allow_missing: bool,
    begin_range: usize,
    in_range: usize,
    end_range: usize,
    /// The node that ended the last range.
    last_end: Option<usize>,
    /// How many values may still be looked at.
    budget: usize,
}

impl Walk<'_> {
    /// Runs the nodes from a place on; a range runs the rest for each of its values.
    fn find<'v>(&mut self, value: Cow<'v, Value>, from: usize) -> Result<Vec<Found<'v>>, String> {
        let current = vec![value];
        let mut full = Vec::new();
        let mut index = from;
        while let Some(node) = self.root.get(index) {
            let results = self.node(&current, node)?;
            if self.end_range > 0 && self.end_range <= self.in_range {
                self.end_range -= 1;
                self.last_end = Some(index);
                break;
            }
            if self.begin_range > 0 {
                self.begin_range -= 1;
                self.in_range += 1;
                if self.in_range > DEPTH_MAX {
                    return Err("ranges are nested too deeply".to_owned());
                }
                if results.is_empty() {
                    // The body runs once for nothing, so that its end is found.
                    self.find(Cow::Owned(Value::Null), index + 1)?;
                }
                for value in results {
                    full.extend(self.find(value, index + 1)?);
                }
                self.in_range -= 1;
                if let Some(end) = self.last_end.filter(|end| *end > index) {
                    index = end;
                }
            } else {
                full.push(results);
            }
            index += 1;
        }
        Ok(full)
    }

    fn nodes<'v>(&mut self, input: &[Cow<'v, Value>], nodes: &[Node]) -> Result<Found<'v>, String> {
        let mut current = input.to_vec();
        for node in nodes {
            current = self.node(&current, node)?;
        }
        Ok(current)
    }

    fn node<'v>(&mut self, input: &[Cow<'v, Value>], node: &Node) -> Result<Found<'v>, String> {
        self.budget = self
            .budget
            .checked_sub(input.len() + 1)
            .ok_or("the template finds too many values")?;
        let constant = |value: Value| Ok(input.iter().map(|_| Cow::Owned(value.clone())).collect());
        match node {
            Node::List(nodes) => self.nodes(input, nodes),
            Node::Text(text) => Ok(vec![Cow::Owned(text.as_str().into())]),
            Node::Int(number) => constant((*number).into()),
            Node::Float(number) => constant((*number).into()),
            Node::Bool(truth) => constant((*truth).into()),
            Node::Field(name) => self.field(input, name),
            Node::Array { .. } => array(input, node),
            Node::Filter {
                left,
                operator,
                right,
            } => self.filter(input, left, operator, right),
            Node::Wildcard => Ok(input.iter().flat_map(children).collect()),
            Node::Recursive => self.recursive(input, 0),
            Node::Union(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(self.nodes(input, part)?);
                }
                Ok(all)
            }
            Node::Identifier(name) => match name.as_str() {
                "range" => {
                    self.begin_range += 1;
                    Ok(input.to_vec())
                }
                "end" if self.in_range > 0 => {
                    self.end_range += 1;
                    Ok(Vec::new())
                }
                "end" => Err("not in range, nothing to end".to_owned()),
                other => Err(format!("unrecognized identifier {other}")),
            },
        }
    }

    fn field<'v>(&self, input: &[Cow<'v, Value>], name: &str) -> Result<Found<'v>, String> {
        let found: Found<'v> = input
            .iter()
            .filter_map(|value| member(value, name))
            .collect();
        if found.is_empty() && !input.is_empty() && !self.allow_missing {
            return Err(format!("{name} is not found"));
        }
        Ok(found)
    }

    /// Everything that holds something, from the outside to the inside.
    fn recursive<'v>(
        &mut self,
        input: &[Cow<'v, Value>],
        depth: usize,
    ) -> Result<Found<'v>, String> {
        if depth > DEPTH_MAX {
            return Err("the value is nested too deeply".to_owned());
        }
        let mut all = Vec::new();
        for value in input {
            let inner: Found<'v> = if value.is_string() {
                Vec::new()
            } else {
                children(value).collect()
            };
            self.budget = self
                .budget
                .checked_sub(inner.len() + 1)
                .ok_or("the template finds too many values")?;
            let holds = !inner.is_empty() || value.as_str().is_some_and(|text| !text.is_empty());
            if holds {
                all.push(value.clone());
                all.extend(self.recursive(&inner, depth + 1)?);
            }
        }
        Ok(all)
    }

    fn filter<'v>(
        &mut self,
        input: &[Cow<'v, Value>],
        left: &[Node],
        operator: &str,
        right: &[Node],
    ) -> Result<Found<'v>, String> {
        let mut all = Vec::new();
        for value in input {
            if !value.is_array() {
                return Err(format!(
                    "{} is not array or slice and cannot be filtered",
                    json::go_print(value)
                ));
            }
            for item in children(value) {
                let alone = [item.clone()];
                let lefts = self.nodes(&alone, left);
                if operator == "exists" {
                    if lefts.is_ok_and(|lefts| !lefts.is_empty()) {
                        all.push(item);
                    }
                    continue;
                }
                let Some(left) = only(lefts?)? else {
                    continue;
                };
                let Some(right) = only(self.nodes(&alone, right)?)? else {
                    continue;
                };
                if compare(&left, operator, &right)? {
                    all.push(item);
                }
            }
        }
        Ok(all)
    }
}

fn only(mut values: Found<'_>) -> Result<Option<Cow<'_, Value>>, String> {
    if values.len() > 1 {
        return Err("can only compare one element at a time".to_owned());
    }
    Ok(values.pop())
}

fn compare(left: &Value, operator: &str, right: &Value) -> Result<bool, String> {
    let incompatible = || "incompatible types for comparison".to_owned();
    let order = match (left, right) {
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) if matches!(operator, "==" | "!=") => {
            left.cmp(right)
        }
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => left.cmp(&right),
            (None, None) => left
                .as_f64()
                .partial_cmp(&right.as_f64())
                .unwrap_or(Ordering::Equal),
            _ => return Err(incompatible()),
        },
        (Value::Null | Value::Array(_) | Value::Object(_), _)
        | (_, Value::Null | Value::Array(_) | Value::Object(_))
        | (Value::Bool(_), Value::Bool(_)) => {
            return Err("invalid type for comparison".to_owned());
        }
        _ => return Err(incompatible()),
    };
    match operator {
        "<" => Ok(order.is_lt()),
        ">" => Ok(order.is_gt()),
        "==" => Ok(order.is_eq()),
        "!=" => Ok(order.is_ne()),
        "<=" => Ok(order.is_le()),
        ">=" => Ok(order.is_ge()),
        other => Err(format!("unrecognized filter operator {other}")),
    }
}

fn member<'v>(value: &Cow<'v, Value>, name: &str) -> Option<Cow<'v, Value>> {
    match value {
        Cow::Borrowed(value) => value.get(name).map(Cow::Borrowed),
        Cow::Owned(value) => value.get(name).cloned().map(Cow::Owned),
    }
}

/// The values of a map or list.
fn children<'v>(value: &Cow<'v, Value>) -> Box<dyn Iterator<Item = Cow<'v, Value>> + 'v> {
    match value {
        Cow::Borrowed(Value::Object(fields)) => Box::new(fields.values().map(Cow::Borrowed)),
        Cow::Borrowed(Value::Array(items)) => Box::new(items.iter().map(Cow::Borrowed)),
        Cow::Owned(Value::Object(fields)) => Box::new(
            fields
                .clone()
                .into_iter()
                .map(|(_, value)| Cow::Owned(value)),
        ),
        Cow::Owned(Value::Array(items)) => Box::new(items.clone().into_iter().map(Cow::Owned)),
        _ => Box::new(std::iter::empty()),
    }
}

fn array<'v>(input: &[Cow<'v, Value>], node: &Node) -> Result<Found<'v>, String> {
    let Node::Array {
        from,
        to,
        derived,
        step,
    } = node
    else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for value in input.iter().filter(|value| !value.is_null()) {
        let Some(items) = value.as_array() else {
            return Err(format!("{} is not array or slice", go_type(value)));
        };
        let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let mut first = from.unwrap_or(0);
        if first < 0 {
            first = first.saturating_add(length);
        }
        let mut last = to.unwrap_or(length);
        if last < 0 || (last == 0 && *derived) {
            last = last.saturating_add(length);
        }
        if first == last {
            return Ok(all);
        }
        let out_of_bounds = |index: i64| {
            Err(format!(
                "array index out of bounds: index {index}, length {length}"
            ))
        };
        if first >= length || first < 0 {
            return out_of_bounds(first);
        }
        if last > length || last < 0 {
            return out_of_bounds(last - 1);
        }
        if first > last {
            return Err(format!(
                "starting index {first} is greater than ending index {last}"
            ));
        }
        let step = step.unwrap_or(1);
        let Some(step) = usize::try_from(step).ok().filter(|step| *step > 0) else {
            return Err("step must be > 0".to_owned());
        };
        let (first, count) = (
            usize::try_from(first).unwrap_or_default(),
            usize::try_from(last - first).unwrap_or_default(),
        );
        all.extend(children(value).skip(first).take(count).step_by(step));
    }
    Ok(all)
}

/// Go's name for the type of a decoded JSON value.
fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}
