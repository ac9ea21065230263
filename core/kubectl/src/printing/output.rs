//! `-o`: the formats in which objects are printed.
//!
//! Models k8s.io/cli-runtime `pkg/genericclioptions/print_flags.go` and its printers.

use crate::command_line::Flags;
use crate::failure::Failure;
use kubernetes_api::json::quote_go;
use kubernetes_api::object::{get_list, get_str, remove};
use machine::Process;
use serde_json::Value;

/// A format that prints objects one by one.
#[derive(Clone, Debug)]
pub enum Output {
    /// `pod/a`.
    Name,
    /// Indented JSON.
    Json,
    /// YAML; several documents with `---` between.
    Yaml,
    /// YAML in flow style.
    Kyaml,
    /// A JSONPath template.
    JsonPath(String),
    /// What a JSONPath finds, as JSON.
    JsonPathAsJson(String),
    /// A Go template.
    GoTemplate(String),
    /// Columns by JSONPath.
    CustomColumns(String),
}

/// The formats that `get` allows besides the table.
const GET_FORMATS: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml";
/// The formats that verbs allow that print what they made.
const OBJECT_FORMATS: &str = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml";

impl Output {
    /// The format of `get`'s flags; `None` is the table (with `wide` read elsewhere).
    pub fn of_get(flags: &Flags, process: &Process) -> Result<Option<Output>, Failure> {
        Output::parse(flags, process, GET_FORMATS)
    }

    /// The format of the flags of a verb that prints what it made; `None` is one line of words.
    pub fn of_verb(flags: &Flags, process: &Process) -> Result<Option<Output>, Failure> {
        Output::parse(flags, process, OBJECT_FORMATS)
    }

    fn parse(flags: &Flags, process: &Process, allowed: &str) -> Result<Option<Output>, Failure> {
        let format = flags.text("output");
        let (name, argument) = format.split_once('=').unwrap_or((format, ""));
        let template = || {
            let text = if argument.is_empty() {
                flags.text("template")
            } else {
                argument
            };
            if text.is_empty() {
                Err(Failure::message(
                    "template format specified but no template given",
                ))
            } else {
                Ok(text.to_owned())
            }
        };
        let from_file = || -> Result<String, Failure> {
            let path = template()?;
            let content = process
                .files()
                .read(&process.path(&path))
                .map_err(|error| {
                    let why = crate::files::go_error(error);
                    Failure::message(format!(
                        "error reading --template {path}, open {path}: {why}"
                    ))
                })?;
            Ok(content.text())
        };
        let columns = allowed.contains("custom-columns");
        Ok(Some(match name {
            "" if !flags.text("template").is_empty() => Output::GoTemplate(template()?),
            "" => return Ok(None),
            "wide" if columns && argument.is_empty() => return Ok(None),
            "json" if argument.is_empty() => Output::Json,
            "yaml" if argument.is_empty() => Output::Yaml,
            "kyaml" if argument.is_empty() => Output::Kyaml,
            "name" if argument.is_empty() => Output::Name,
            "jsonpath" => Output::JsonPath(template()?),
            "jsonpath-file" => Output::JsonPath(from_file()?),
            "jsonpath-as-json" => Output::JsonPathAsJson(template()?),
            "go-template" | "template" => Output::GoTemplate(template()?),
            "go-template-file" | "templatefile" => Output::GoTemplate(from_file()?),
            "custom-columns" if columns => Output::CustomColumns(
                Some(argument.to_owned())
                    .filter(|text| !text.is_empty())
                    .ok_or_else(|| {
                        Failure::message(
                            "custom-columns format specified but no custom columns given",
                        )
                    })?,
            ),
            "custom-columns-file" if columns => {
                Output::CustomColumns(super::custom_columns::from_file(&from_file()?)?)
            }
            _ => {
                return Err(Failure::message(format!(
                    "unable to match a printer suitable for the output format {}, allowed formats are: {allowed}",
                    quote_go(format)
                )));
            }
        }))
    }

    /// Whether the format shows whole objects, where managedFields would only be in the way.
    pub fn is_whole(&self) -> bool {
        matches!(self, Output::Json | Output::Yaml | Output::Kyaml)
    }
}

/// Prints objects one after the other.
pub struct ObjectPrinter {
    output: Output,
    keep_managed_fields: bool,
    allow_missing: bool,
    printed: usize,
    typed: bool,
    columns: Option<super::custom_columns::CustomColumns>,
}

impl ObjectPrinter {
    /// A printer of a format; wrong templates are found here.
    pub fn new(output: Output, flags: &Flags) -> Result<ObjectPrinter, Failure> {
        let mut columns = None;
        match &output {
            Output::CustomColumns(spec) => {
                columns = Some(super::custom_columns::CustomColumns::parse(
                    spec,
                    flags.is("no-headers"),
                )?);
            }
            Output::JsonPath(template) | Output::JsonPathAsJson(template) => {
                super::template::check_json_path(template)?;
            }
            Output::GoTemplate(template) => super::template::check_go_template(template)?,
            _ => {}
        }
        Ok(ObjectPrinter {
            output,
            keep_managed_fields: flags.is("show-managed-fields"),
            allow_missing: flags.is("allow-missing-template-keys"),
            printed: 0,
            typed: false,
            columns,
        })
    }

    /// The same for objects of types that kubectl itself knows, whose JSON is in the order of their
    /// fields.
    #[must_use]
    pub fn typed(mut self) -> ObjectPrinter {
        self.typed = true;
        self
    }

    /// The text of an object or list.
    pub fn print(&mut self, object: &Value) -> Result<String, Failure> {
        let mut shown = object.clone();
        if self.output.is_whole() && !self.keep_managed_fields {
            remove(&mut shown, &["metadata", "managedFields"]);
            if let Some(Value::Array(items)) = shown.get_mut("items") {
                for item in items {
                    remove(item, &["metadata", "managedFields"]);
                }
            }
        }
        self.printed += 1;
        Ok(match &self.output {
            Output::Name => names(&shown),
            Output::Json if self.typed => super::typed::print(&shown),
            Output::Json => kubernetes_api::json::print(&shown),
            Output::Yaml => {
                let separator = if self.printed > 1 { "---\n" } else { "" };
                format!("{separator}{}", kubernetes_api::yaml::print(&shown))
            }
            Output::Kyaml => super::kyaml::print(&shown),
            Output::JsonPath(template) => {
                super::template::json_path(template, &shown, self.allow_missing)?
            }
            Output::JsonPathAsJson(template) => {
                super::template::json_path_as_json(template, &shown)?
            }
            Output::GoTemplate(template) => {
                super::template::go_template(template, &shown, self.allow_missing)?
            }
            Output::CustomColumns(_) => match &mut self.columns {
                Some(columns) => columns.print(&shown)?,
                None => String::new(),
            },
        })
    }
}

/// `pod/a`, one line for each object of a list.
fn names(object: &Value) -> String {
    if object.get("items").is_some_and(Value::is_array) {
        return get_list(object, &["items"]).iter().map(names).collect();
    }
    format!("{}\n", type_and_name(object))
}

/// `deployment.apps/web`, as kubectl names what it worked on.
pub fn type_and_name(object: &Value) -> String {
    let (group, _) = kubernetes_api::resources::split_api_version(get_str(object, &["apiVersion"]));
    let kind = get_str(object, &["kind"]).to_lowercase();
    let kind = kubernetes_api::resources::qualified(&kind, group);
    format!("{kind}/{}", get_str(object, &["metadata", "name"]))
}

/// Objects as one list, as `get` prints several.
pub fn list_of(items: Vec<Value>) -> Value {
    serde_json::json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items})
}
