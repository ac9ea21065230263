//! Lists of rows: as a table with headers, or through a `--format` template.

use super::Context;
use crate::json;
use crate::template::Template;
use serde_json::Value;

/// A column of the default table: the field's name and its header.
pub(crate) type Column = (&'static str, &'static str);

/// How a list is shown.
pub(crate) struct Listing {
    /// The columns of the default table.
    pub(crate) columns: Vec<Column>,
    /// All fields with their headers, for `table` templates.
    pub(crate) headers: &'static [Column],
    /// The Go type that errors name.
    pub(crate) type_name: &'static str,
    /// The rows: objects of texts.
    pub(crate) rows: Vec<Value>,
}

/// Rows as text/tabwriter aligns them: at least ten wide, three blanks between.
pub(crate) fn align(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let widest = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max();
        (widest.unwrap_or(0) + 3).max(10)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let last = row.len().saturating_sub(1);
        for (at, cell) in row.iter().enumerate() {
            text.push_str(cell);
            if at < last {
                let width = widths.get(at).copied().unwrap_or(10);
                text.push_str(&" ".repeat(width.saturating_sub(cell.chars().count())));
            }
        }
        text.push('\n');
    }
    text
}

/// The value's texts, for a default table.
fn cell(row: &Value, name: &str) -> String {
    match row.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

impl Listing {
    /// The text for a `--format`; `None` is the default table. The error is the client's.
    pub(crate) fn show(&self, format: Option<&str>) -> Result<String, String> {
        let format = match format {
            None | Some("") | Some("table") => return Ok(self.default_table()),
            Some("json") => "{{json .}}",
            Some(format) => format,
        };
        let (table, format) = match format.strip_prefix("table ") {
            Some(rest) => (true, rest),
            None => (false, format),
        };
        let format = format.replace("\\t", "\t").replace("\\n", "\n");
        let template = Template::parse(&format)
            .map_err(|error| format!("failed to parse template: {error}"))?
            .of_type(self.type_name);
        let mut lines = Vec::new();
        if table {
            let fields = template.fields();
            let headers = fields.iter().map(|field| {
                let known = self.headers.iter().find(|(name, _)| name == field);
                known.map_or_else(|| field.to_uppercase(), |(_, header)| header.to_string())
            });
            lines.push(headers.collect::<Vec<_>>().join("\t"));
        }
        for row in &self.rows {
            let line = template
                .execute(row)
                .map_err(|error| format!("failed to execute template: {error}"))?;
            lines.push(line);
        }
        if !table {
            return Ok(lines.iter().map(|line| format!("{line}\n")).collect());
        }
        let rows: Vec<Vec<String>> = lines
            .iter()
            .map(|line| line.split('\t').map(str::to_string).collect())
            .collect();
        Ok(align(&rows))
    }

    fn default_table(&self) -> String {
        let header = self.columns.iter().map(|(_, header)| header.to_string());
        let mut rows = vec![header.collect::<Vec<_>>()];
        for row in &self.rows {
            rows.push(
                self.columns
                    .iter()
                    .map(|(name, _)| cell(row, name))
                    .collect(),
            );
        }
        align(&rows)
    }
}

impl Context {
    /// Shows a list as `--format` says; gives the exit status.
    pub(crate) async fn show(&self, listing: Listing) -> u8 {
        match listing.show(self.flags.text("format")) {
            Ok(text) => {
                self.process.print(text).await;
                0
            }
            Err(error) => self.fail(error).await,
        }
    }

    /// Shows values as `inspect` does: the whole, or through a template.
    pub(crate) async fn show_values(&self, values: &[Value]) -> u8 {
        let format = match self.flags.text("format") {
            None | Some("") => {
                let all = Value::Array(values.to_vec());
                self.line(json::indented(&all, "    ")).await;
                return 0;
            }
            Some("json") => "{{json .}}",
            Some(format) => format,
        };
        let template = match Template::parse(format) {
            Ok(template) => template,
            Err(error) => {
                self.error_line(format!("template parsing error: {error}"))
                    .await;
                return 64;
            }
        };
        for value in values {
            match template.execute(value) {
                Ok(text) => self.line(text).await,
                Err(error) => {
                    self.process.print("\n").await;
                    return self.fail(format!("template parsing error: {error}")).await;
                }
            }
        }
        0
    }
}
