//! `kubectl explain`: which fields a kind has.
//!
//! Models kubectl `pkg/explain`. The types come from the schema table; for fields of custom kinds
//! the server would have to be asked.

use crate::command_line::{Command, Flag, Invocation};
use crate::failure::{Failure, Outcome};
use crate::session::Session;
use kubernetes_api::json::quote_go;
use kubernetes_api::schema::{self, Field, Schema, Shape, Struct, Type};

static FLAGS: &[Flag] = &[
    Flag::text("api-version", "The version of the kind, group/version."),
    Flag::text("output", "\"plaintext\".").default("plaintext"),
    Flag::switch("recursive", "All fields below, without descriptions."),
];

/// The command.
pub static COMMAND: Command = Command {
    name: "explain",
    usage: "TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext] [options]",
    short: "Get documentation for a resource",
    flags: &[FLAGS],
    run: Some(|invocation| Box::pin(run(invocation))),
    ..Command::EMPTY
};

/// Levels that `--recursive` goes down; types that contain themselves would never end.
const DEPTH: usize = 12;

async fn run(invocation: Invocation) -> Outcome {
    let session = Session::open(invocation)?;
    let [what] = session.arguments() else {
        return Err(Failure::message(if session.arguments().is_empty() {
            "You must specify the type of resource to explain. Use \"kubectl api-resources\" for a complete list of supported resources."
        } else {
            "We accept only this format: explain RESOURCE"
        }));
    };
    let mut path = what.split('.');
    let word = path.next().unwrap_or_default();
    let path: Vec<&str> = path.filter(|part| !part.is_empty()).collect();
    let Ok(resource) = session.mapper.resource(word).await else {
        return Err(Failure::Plain(format!(
            "the server doesn't have a resource type {}",
            quote_go(word)
        )));
    };
    let asked = session.flags().text("api-version");
    if !asked.is_empty() && asked != resource.api_version() {
        return Err(Failure::message(format!(
            "couldn't find resource for \"{asked}, Resource={}\"",
            resource.plural
        )));
    }
    let mut head = String::new();
    if !resource.group.is_empty() {
        head.push_str(&format!("GROUP:      {}\n", resource.group));
    }
    head.push_str(&format!(
        "KIND:       {}\nVERSION:    {}\n\n",
        resource.kind, resource.version
    ));
    let schema = schema::builtin();
    let Some(mut of) = schema.kind(&resource.group, &resource.version, &resource.kind) else {
        session
            .print(format!("{head}DESCRIPTION:\n    <empty>\n"))
            .await;
        return Ok(());
    };
    let mut field: Option<&Field> = None;
    let mut inside = true;
    for part in path {
        let found = if inside { schema.field(of, part) } else { None };
        let Some(found) = found else {
            session.print(head).await;
            return Err(Failure::message(format!(
                "field {} does not exist",
                quote_go(part)
            )));
        };
        field = Some(found);
        match element(schema, &found.kind) {
            Some(next) => of = next,
            None => inside = false,
        }
    }
    let mut text = head;
    if let Some(field) = field {
        text.push_str(&format!(
            "FIELD: {} <{}>{}\n",
            field.json,
            type_name(schema, &field.kind),
            required(field)
        ));
        let values = schema.values(&field.kind);
        if !values.is_empty() {
            text.push_str("ENUM:\n");
            for value in values {
                text.push_str(&format!("    {value}\n"));
            }
        }
        text.push_str("\n\n");
    }
    text.push_str("DESCRIPTION:\n    <empty>\n");
    if inside {
        text.push_str("FIELDS:\n");
        let recursive = session.flags().is("recursive");
        fields(&mut text, schema, of, 1, recursive);
    }
    session.print(text + "\n").await;
    Ok(())
}

fn required(field: &Field) -> &'static str {
    if field.required { " -required-" } else { "" }
}

fn fields(text: &mut String, schema: &Schema, of: &Struct, level: usize, recursive: bool) {
    let mut all = schema.fields(of);
    all.sort_by_key(|field| field.json);
    for field in all {
        let indent = "  ".repeat(level);
        let kind = type_name(schema, &field.kind);
        text.push_str(&format!(
            "{indent}{}\t<{kind}>{}\n",
            field.json,
            required(field)
        ));
        let values = schema.values(&field.kind);
        if !values.is_empty() {
            text.push_str(&format!("{indent}enum: {}\n", values.join(", ")));
        }
        if !recursive {
            text.push_str(&format!("{indent}  <no description>\n\n"));
        } else if level < DEPTH
            && let Some(next) = element(schema, &field.kind)
            && next.name != of.name
        {
            fields(text, schema, next, level + 1, recursive);
        }
    }
}

/// The struct that a type is, or is a list or map of.
fn element<'a>(schema: &'a Schema, kind: &'a Type) -> Option<&'a Struct> {
    match schema.shape(kind) {
        Shape::Struct(found) => Some(found),
        Shape::List(inner) | Shape::Map(inner) => element(schema, inner),
        Shape::Scalar(_) => None,
    }
}

/// A type's name as the API's documents have it.
fn type_name(schema: &Schema, kind: &Type) -> String {
    match schema.shape(kind) {
        Shape::Struct(found) => found.go_name.clone(),
        Shape::List(inner) => format!("[]{}", type_name(schema, inner)),
        Shape::Map(inner) => format!("map[string]{}", type_name(schema, inner)),
        Shape::Scalar(letter) => match letter {
            'b' => "boolean",
            'i' | 'l' | 'n' => "integer",
            'f' => "number",
            'q' => "Quantity",
            'o' => "IntOrString",
            'r' => "Object",
            _ => "string",
        }
        .to_owned(),
    }
}
