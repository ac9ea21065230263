//! Running a template.

use serde_json::Value;

use super::functions;
use super::{Argument, Node, Operand, Pipe, Place};
use crate::json;
use crate::limits::{TEMPLATE_OUTPUT_MAX, TEMPLATE_STEPS_MAX};

/// A value while a template runs: decoded JSON (whose numbers are floats), or a whole number.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Data {
    Json(Value),
    Int(i64),
    /// The result of a key that is missing.
    Missing,
}

impl Data {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Json(Value::String(text.into()))
    }

    pub(super) fn bool(truth: bool) -> Self {
        Self::Json(Value::Bool(truth))
    }

    pub(super) fn float(float: f64) -> Self {
        Self::Json(float.into())
    }

    /// Whether `if` takes it for true.
    pub(super) fn truth(&self) -> bool {
        match self {
            Self::Missing | Self::Json(Value::Null) => false,
            Self::Int(number) => *number != 0,
            Self::Json(Value::Bool(truth)) => *truth,
            Self::Json(Value::Number(number)) => number.as_f64() != Some(0.0),
            Self::Json(Value::String(text)) => !text.is_empty(),
            Self::Json(Value::Array(items)) => !items.is_empty(),
            Self::Json(Value::Object(fields)) => !fields.is_empty(),
        }
    }

    /// As an action prints it.
    pub(super) fn printed(&self) -> String {
        match self {
            Self::Missing | Self::Json(Value::Null) => "<no value>".to_owned(),
            Self::Int(number) => number.to_string(),
            Self::Json(value) => json::go_print(&floats(value)),
        }
    }

    /// Go's name of its type.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Int(_) => "int",
            Self::Missing | Self::Json(Value::Null) => "nil",
            Self::Json(Value::Bool(_)) => "bool",
            Self::Json(Value::Number(_)) => "float64",
            Self::Json(Value::String(_)) => "string",
            Self::Json(Value::Array(_)) => "[]interface {}",
            Self::Json(Value::Object(_)) => "map[string]interface {}",
        }
    }
}

/// Numbers as the floats that kubectl decodes them to.
fn floats(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or_else(|| value.clone(), Value::from),
        Value::Array(items) => items.iter().map(floats).collect(),
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(key, value)| (key.clone(), floats(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Runs a template.
pub(super) fn run(
    name: &str,
    nodes: &[Node],
    value: &Value,
    allow_missing: bool,
) -> Result<String, String> {
    let root = Data::Json(value.clone());
    let mut state = State {
        name,
        out: String::new(),
        variables: vec![("$".to_owned(), root.clone())],
        allow_missing,
        steps: TEMPLATE_STEPS_MAX,
    };
    state.nodes(nodes, &root)?;
    Ok(state.out)
}

/// How a list of nodes ended.
#[derive(PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

struct State<'a> {
    name: &'a str,
    out: String,
    variables: Vec<(String, Data)>,
    allow_missing: bool,
    steps: usize,
}

impl State<'_> {
    fn error(&self, place: Place, at: &str, error: &str) -> String {
        // Go cuts long contexts short.
        let at = match at.char_indices().nth(20) {
            Some((end, _)) if at.len() > 20 => format!("{}...", at.get(..end).unwrap_or_default()),
            _ => at.to_owned(),
        };
        format!(
            "template: {}:{}:{}: executing {} at <{at}>: {error}",
            self.name,
            place.line,
            place.column,
            json::quote_go(self.name)
        )
    }

    fn nodes(&mut self, nodes: &[Node], dot: &Data) -> Result<Flow, String> {
        let scope = self.variables.len();
        let mut flow = Flow::On;
        for node in nodes {
            self.steps = self
                .steps
                .checked_sub(1)
                .ok_or("the template runs too long")?;
            if self.out.len() > TEMPLATE_OUTPUT_MAX {
                return Err("the template prints too much".to_owned());
            }
            match node {
                Node::Text(text) => self.out.push_str(text),
                Node::Action(pipe) => {
                    let value = self.pipe(pipe, dot)?;
                    if pipe.variables.is_empty() {
                        self.out.push_str(&value.printed());
                    }
                }
                Node::If {
                    pipe,
                    then,
                    otherwise,
                } => {
                    let inner = self.variables.len();
                    let branch = if self.pipe(pipe, dot)?.truth() {
                        then
                    } else {
                        otherwise
                    };
                    flow = self.nodes(branch, dot)?;
                    self.variables.truncate(inner);
                }
                Node::With {
                    pipe,
                    then,
                    otherwise,
                } => {
                    let inner = self.variables.len();
                    let value = self.pipe(pipe, dot)?;
                    flow = if value.truth() {
                        self.nodes(then, &value)?
                    } else {
                        self.nodes(otherwise, dot)?
                    };
                    self.variables.truncate(inner);
                }
                Node::Range {
                    pipe,
                    body,
                    otherwise,
                } => flow = self.range(pipe, body, otherwise, dot)?,
                Node::Break => flow = Flow::Break,
                Node::Continue => flow = Flow::Continue,
            }
            if flow != Flow::On {
                break;
            }
        }
        self.variables.truncate(scope);
        Ok(flow)
    }

    fn range(
        &mut self,
        pipe: &Pipe,
        body: &[Node],
        otherwise: &[Node],
        dot: &Data,
    ) -> Result<Flow, String> {
        let scope = self.variables.len();
        let value = self.commands(pipe, dot)?;
        let items: Vec<(Data, Data)> = match &value {
            Data::Json(Value::Array(items)) => items
                .iter()
                .zip(0..)
                .map(|(item, index)| (Data::Int(index), Data::Json(item.clone())))
                .collect(),
            Data::Json(Value::Object(fields)) => fields
                .iter()
                .map(|(key, value)| (Data::text(key.as_str()), Data::Json(value.clone())))
                .collect(),
            Data::Int(count) => (0..(*count).min(i64::try_from(self.steps).unwrap_or(i64::MAX)))
                .map(|index| (Data::Int(index), Data::Int(index)))
                .collect(),
            Data::Missing | Data::Json(Value::Null) => Vec::new(),
            other => {
                let (place, text) = context(pipe);
                return Err(self.error(
                    place,
                    &text,
                    &format!("range can't iterate over {}", other.printed()),
                ));
            }
        };
        if items.is_empty() {
            return self.nodes(otherwise, dot);
        }
        for (key, item) in items {
            self.variables.truncate(scope);
            match pipe.variables.as_slice() {
                [one] => self.variables.push((one.clone(), item.clone())),
                [first, second] => {
                    self.variables.push((first.clone(), key));
                    self.variables.push((second.clone(), item.clone()));
                }
                _ => {}
            }
            if self.nodes(body, &item)? == Flow::Break {
                break;
            }
        }
        self.variables.truncate(scope);
        Ok(Flow::On)
    }

    fn pipe(&mut self, pipe: &Pipe, dot: &Data) -> Result<Data, String> {
        let value = self.commands(pipe, dot)?;
        for name in &pipe.variables {
            match self
                .variables
                .iter_mut()
                .rev()
                .find(|(have, _)| have == name)
                .filter(|_| pipe.assigns)
            {
                Some((_, variable)) => *variable = value.clone(),
                None => self.variables.push((name.clone(), value.clone())),
            }
        }
        Ok(value)
    }

    fn commands(&mut self, pipe: &Pipe, dot: &Data) -> Result<Data, String> {
        let mut last: Option<Data> = None;
        for command in &pipe.commands {
            let Some((first, rest)) = command.arguments.split_first() else {
                continue;
            };
            let value = if let Operand::Function(function) = &first.operand {
                let mut arguments = Vec::new();
                for argument in rest {
                    let value = self.argument(argument, dot)?;
                    // `and` and `or` stop at the first argument that decides.
                    let decides = (function == "or" && value.truth())
                        || (function == "and" && !value.truth());
                    arguments.push(value);
                    if decides {
                        break;
                    }
                }
                arguments.extend(last.take());
                let text = command_text(first, rest);
                functions::call(function, &arguments).map_err(|error| {
                    self.error(
                        first.place,
                        &text,
                        &format!("error calling {function}: {error}"),
                    )
                })?
            } else {
                if !rest.is_empty() || last.is_some() {
                    let error = match first.fields.last() {
                        Some(field) => format!("{field} is not a method but has arguments"),
                        None => format!("can't give argument to non-function {}", first.text),
                    };
                    return Err(self.error(first.place, &first.text, &error));
                }
                if matches!(first.operand, Operand::Nil) {
                    return Err(self.error(first.place, "nil", "nil is not a command"));
                }
                self.argument(first, dot)?
            };
            last = Some(value);
        }
        Ok(last.unwrap_or(Data::Missing))
    }

    fn argument(&mut self, argument: &Argument, dot: &Data) -> Result<Data, String> {
        let mut value = match &argument.operand {
            Operand::Dot => dot.clone(),
            Operand::Nil => Data::Json(Value::Null),
            Operand::Literal(data) => data.clone(),
            Operand::Variable(name) => self
                .variables
                .iter()
                .rev()
                .find(|(have, _)| have == name)
                .map_or(Data::Missing, |(_, value)| value.clone()),
            Operand::Function(name) => functions::call(name, &[]).map_err(|error| {
                self.error(
                    argument.place,
                    &argument.text,
                    &format!("error calling {name}: {error}"),
                )
            })?,
            Operand::Pipe(pipe) => self.pipe(pipe, dot)?,
        };
        for field in &argument.fields {
            value = self.field(&value, field, argument)?;
        }
        Ok(value)
    }

    fn field(&self, value: &Data, field: &str, argument: &Argument) -> Result<Data, String> {
        match value {
            Data::Json(Value::Object(fields)) => match fields.get(field) {
                Some(value) => Ok(Data::Json(value.clone())),
                None if self.allow_missing => Ok(Data::Missing),
                None => Err(self.error(
                    argument.place,
                    &argument.text,
                    &format!("map has no entry for key {}", json::quote_go(field)),
                )),
            },
            Data::Missing | Data::Json(Value::Null) if self.allow_missing => Ok(Data::Missing),
            Data::Missing | Data::Json(Value::Null) => Err(self.error(
                argument.place,
                &argument.text,
                &format!("nil data; no entry for key {}", json::quote_go(field)),
            )),
            _ => Err(self.error(
                argument.place,
                &argument.text,
                &format!("can't evaluate field {field} in type interface {{}}"),
            )),
        }
    }
}

/// The place and text of a pipe's first argument.
fn context(pipe: &Pipe) -> (Place, String) {
    let first = pipe
        .commands
        .first()
        .and_then(|command| command.arguments.first());
    first.map_or((pipe.place, String::new()), |first| {
        (first.place, first.text.clone())
    })
}

fn command_text(first: &Argument, rest: &[Argument]) -> String {
    let texts: Vec<&str> = std::iter::once(first)
        .chain(rest)
        .map(|argument| argument.text.as_str())
        .collect();
    texts.join(" ")
}
