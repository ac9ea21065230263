//! Go templates over JSON values, as `--format` takes them. Models Go's text/template with the
//! functions that the docker command adds.

mod functions;
mod parse;

use crate::limits;
use functions::Failure;
use parse::{Node, Operand, Pipeline};
use serde_json::Value;

/// A parsed template.
pub(crate) struct Template {
    nodes: Vec<Node>,
    /// The Go type whose missing fields are errors of their own kind; maps have none.
    type_name: Option<&'static str>,
}

/// Why a template could not be executed, in Go's words.
pub(crate) type TemplateError = String;

impl Template {
    /// Parses a template. The error is Go's text from `template: ` on.
    pub(crate) fn parse(text: &str) -> Result<Template, TemplateError> {
        Ok(Template {
            nodes: parse::parse(text)?,
            type_name: None,
        })
    }

    /// The same, where a missing field of the top value is an error of that Go type.
    pub(crate) fn of_type(mut self, name: &'static str) -> Template {
        self.type_name = Some(name);
        self
    }

    /// The template's output for a value, where missing keys are `<no value>`.
    pub(crate) fn execute_loosely(&self, data: &Value) -> Result<String, TemplateError> {
        self.run(data, true)
    }

    /// The template's output for a value.
    pub(crate) fn execute(&self, data: &Value) -> Result<String, TemplateError> {
        self.run(data, false)
    }

    fn run(&self, data: &Value, loose: bool) -> Result<String, TemplateError> {
        let mut run = Run {
            output: String::new(),
            variables: vec![("$".to_string(), data.clone())],
            root: data,
            type_name: self.type_name,
            loose,
            depth: 0,
        };
        run.nodes(&self.nodes, data)?;
        Ok(run.output)
    }

    /// The names of the fields that the template shows, for a table's header.
    pub(crate) fn fields(&self) -> Vec<String> {
        let mut fields = Vec::new();
        for node in &self.nodes {
            if let Node::Action(pipeline) = node {
                fields.extend(pipeline.fields());
            }
        }
        fields
    }
}

struct Run<'a> {
    output: String,
    variables: Vec<(String, Value)>,
    root: &'a Value,
    type_name: Option<&'static str>,
    loose: bool,
    depth: usize,
}

impl Run<'_> {
    fn nodes(&mut self, nodes: &[Node], dot: &Value) -> Result<(), TemplateError> {
        self.depth += 1;
        if self.depth > limits::TEMPLATE_DEPTH {
            return Err("template: exceeded maximum template depth".into());
        }
        let scope = self.variables.len();
        for node in nodes {
            self.node(node, dot)?;
            if self.output.len() > limits::TEMPLATE_BYTES {
                return Err("template: the output is too long".into());
            }
        }
        self.variables.truncate(scope);
        self.depth -= 1;
        Ok(())
    }

    fn node(&mut self, node: &Node, dot: &Value) -> Result<(), TemplateError> {
        match node {
            Node::Text(text) => self.output.push_str(text),
            Node::Action(pipeline) => {
                let value = self.pipeline(pipeline, dot)?;
                if pipeline.variables.is_empty() {
                    self.output.push_str(&functions::show(&value));
                }
            }
            Node::If(pipeline, then, otherwise) => {
                let value = self.pipeline(pipeline, dot)?;
                let branch = if functions::truth(&value) {
                    then
                } else {
                    otherwise
                };
                self.nodes(branch, dot)?;
            }
            Node::With(pipeline, then, otherwise) => {
                let scope = self.variables.len();
                let value = self.pipeline(pipeline, dot)?;
                if functions::truth(&value) {
                    self.nodes(then, &value)?;
                } else {
                    self.nodes(otherwise, dot)?;
                }
                self.variables.truncate(scope);
            }
            Node::Range(pipeline, body, otherwise) => {
                self.range(pipeline, body, otherwise, dot)?;
            }
        }
        Ok(())
    }

    fn range(
        &mut self,
        pipeline: &Pipeline,
        body: &[Node],
        otherwise: &[Node],
        dot: &Value,
    ) -> Result<(), TemplateError> {
        let scope = self.variables.len();
        let value = self.value_of(pipeline, dot)?;
        let items: Vec<(Value, Value)> = match value {
            Value::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(at, item)| (Value::from(at), item))
                .collect(),
            Value::Object(map) => map
                .into_iter()
                .map(|(key, item)| (Value::String(key), item))
                .collect(),
            Value::Null => Vec::new(),
            other => {
                let text = functions::show(&other);
                return Err(self.error(pipeline, &format!("range can't iterate over {text}")));
            }
        };
        if items.is_empty() {
            return self.nodes(otherwise, dot);
        }
        for (key, item) in items {
            match pipeline.variables.as_slice() {
                [value] => self.variables.push((value.clone(), item.clone())),
                [key_name, value] => {
                    self.variables.push((key_name.clone(), key));
                    self.variables.push((value.clone(), item.clone()));
                }
                _ => {}
            }
            self.nodes(body, &item)?;
            self.variables.truncate(scope);
        }
        Ok(())
    }

    /// The value of a pipeline, declared or assigned to its variable.
    fn pipeline(&mut self, pipeline: &Pipeline, dot: &Value) -> Result<Value, TemplateError> {
        let value = self.value_of(pipeline, dot)?;
        if let Some(name) = pipeline.variables.first() {
            let known = self.variables.iter_mut().rev().find(|(key, _)| key == name);
            match known {
                Some(slot) if pipeline.assigns => slot.1 = value.clone(),
                _ => self.variables.push((name.clone(), value.clone())),
            }
        }
        Ok(value)
    }

    fn value_of(&mut self, pipeline: &Pipeline, dot: &Value) -> Result<Value, TemplateError> {
        let mut piped: Option<Value> = None;
        for command in &pipeline.commands {
            let value = match command.as_slice() {
                [] => Value::Null,
                [Operand::Function(name, at), rest @ ..] => {
                    self.call(name, *at, rest, piped.take(), dot)?
                }
                [first, ..] => self.operand(first, dot)?,
            };
            piped = Some(value);
        }
        Ok(piped.unwrap_or(Value::Null))
    }

    fn call(
        &mut self,
        name: &str,
        at: usize,
        operands: &[Operand],
        piped: Option<Value>,
        dot: &Value,
    ) -> Result<Value, TemplateError> {
        if matches!(name, "and" | "or") {
            let mut last = Value::Null;
            for operand in operands {
                last = self.operand(operand, dot)?;
                if functions::truth(&last) == (name == "or") {
                    return Ok(last);
                }
            }
            return Ok(piped.unwrap_or(last));
        }
        let mut arguments = Vec::with_capacity(operands.len() + 1);
        for operand in operands {
            arguments.push(self.operand(operand, dot)?);
        }
        arguments.extend(piped);
        functions::call(name, &arguments).map_err(|failure| {
            let Failure(text) = failure;
            format!(
                "template: :1:{at}: executing \"\" at <{name}{}>: error calling {name}: {text}",
                operands
                    .iter()
                    .map(|operand| format!(" {}", operand.source()))
                    .collect::<String>()
            )
        })
    }

    fn operand(&mut self, operand: &Operand, dot: &Value) -> Result<Value, TemplateError> {
        match operand {
            Operand::Dot => Ok(dot.clone()),
            Operand::Literal(value) => Ok(value.clone()),
            Operand::Field(names, at) => self.fields(dot, names, *at, operand),
            Operand::Variable(name, names, at) => {
                let found = self.variables.iter().rev().find(|(key, _)| key == name);
                let value = found.map(|(_, value)| value.clone()).unwrap_or_default();
                self.fields(&value, names, *at, operand)
            }
            Operand::Group(pipeline, names, at) => {
                let value = self.value_of(pipeline, dot)?;
                self.fields(&value, names, *at, operand)
            }
            Operand::Function(name, at) => self.call(name, *at, &[], None, dot),
        }
    }

    fn fields(
        &self,
        value: &Value,
        names: &[String],
        at: usize,
        operand: &Operand,
    ) -> Result<Value, TemplateError> {
        let mut value = value;
        for name in names {
            let next = match value {
                Value::Object(map) => map.get(name),
                Value::Null => return Ok(Value::Null),
                other => {
                    let reason = format!(
                        "can't evaluate field {name} in type {}",
                        functions::type_name(other)
                    );
                    return Err(failed(at, operand, &reason));
                }
            };
            value = match (next, self.type_name) {
                (Some(next), _) => next,
                (None, _) if self.loose => return Ok(Value::Null),
                (None, Some(kind)) if std::ptr::eq(value, self.root) || names.len() == 1 => {
                    let reason = format!("can't evaluate field {name} in type {kind}");
                    return Err(failed(at, operand, &reason));
                }
                (None, _) => {
                    let reason = format!("map has no entry for key \"{name}\"");
                    return Err(failed(at, operand, &reason));
                }
            };
        }
        Ok(value.clone())
    }

    fn error(&self, _pipeline: &Pipeline, reason: &str) -> TemplateError {
        format!("template: :1: executing \"\": {reason}")
    }
}

fn failed(at: usize, operand: &Operand, reason: &str) -> TemplateError {
    format!(
        "template: :1:{at}: executing \"\" at <{}>: {reason}",
        operand.source()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(template: &str, expected: &str) {
        let data = json!({
            "Name": "/web",
            "State": {"Status": "running", "Pid": 12},
            "Env": ["A=1", "B=2"],
            "Ports": {"80/tcp": [{"HostPort": "8080"}]},
            "Empty": [],
        });
        let shown = match Template::parse(template) {
            Ok(template) => template.execute(&data).unwrap_or_else(|error| error),
            Err(error) => error,
        };
        assert_eq!(shown, expected, "{template}");
    }

    #[test]
    fn templates() {
        check("{{.Name}}: {{.State.Status}}", "/web: running");
        check("{{json .Env}}", "[\"A=1\",\"B=2\"]");
        check("{{.Env}} {{len .Env}}", "[A=1 B=2] 2");
        check("{{index .Env 0}}", "A=1");
        check(
            "{{range $p, $c := .Ports}}{{$p}} -> {{(index $c 0).HostPort}}{{\"\\n\"}}{{end}}",
            "80/tcp -> 8080\n",
        );
        check("{{range .Empty}}x{{else}}none{{end}}", "none");
        check("{{if eq .State.Pid 12}}yes{{else}}no{{end}}", "yes");
        check("{{with .State}}{{.Pid}}{{end}}", "12");
        check("{{printf \"%s-%d\" .Name .State.Pid | upper}}", "/WEB-12");
        check("a {{- \" b \" -}} c", "a b c");
        check("{{$x := 1}}{{$x}}", "1");
        check(
            "{{.Nope}}",
            "template: :1:2: executing \"\" at <.Nope>: map has no entry for key \"Nope\"",
        );
        check(
            "{{.State.Nope}}",
            "template: :1:8: executing \"\" at <.State.Nope>: map has no entry for key \"Nope\"",
        );
        check("{{.State", "template: :1: unclosed action");
        check("{{nope}}", "template: :1: function \"nope\" not defined");
        check("{{if .Name}}", "template: :1: unexpected EOF");
    }
}
