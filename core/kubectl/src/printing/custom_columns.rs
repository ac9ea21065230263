//! `-o custom-columns`: columns that JSONPaths fill.
//!
//! Models kubectl `pkg/cmd/get/customcolumn.go`.

use super::columns::Columns;
use super::template;
use crate::failure::Failure;
use kubernetes_api::object::get_list;
use serde_json::Value;

/// Columns with their paths.
pub struct CustomColumns {
    columns: Vec<(String, String)>,
    align: Columns,
    headers: bool,
}

/// The specification of a file: a line of headers and a line of paths.
pub fn from_file(text: &str) -> Result<String, Failure> {
    let mut lines = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    let wrong = || {
        Failure::message(
            "invalid template, missing header line. Expected format is one line of space separated headers, one line of space separated column specs.",
        )
    };
    let headers = lines.next().ok_or_else(wrong)?;
    let paths = lines.next().ok_or_else(wrong)?;
    if headers.len() != paths.len() {
        return Err(Failure::message(format!(
            "number of headers ({}) and field specifications ({}) don't match",
            headers.len(),
            paths.len()
        )));
    }
    let pairs: Vec<String> = headers
        .iter()
        .zip(&paths)
        .map(|(header, path)| format!("{header}:{path}"))
        .collect();
    Ok(pairs.join(","))
}

impl CustomColumns {
    /// Reads `HEADER:PATH,…`.
    pub fn parse(spec: &str, no_headers: bool) -> Result<CustomColumns, Failure> {
        let mut columns = Vec::new();
        for part in spec.split(',') {
            let (header, path) = part.split_once(':').ok_or_else(|| {
                Failure::message(format!(
                    "unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"
                ))
            })?;
            let path = template::relaxed(path)?;
            template::check_json_path(&path)?;
            columns.push((header.to_owned(), path));
        }
        Ok(CustomColumns {
            columns,
            align: Columns::table(),
            headers: !no_headers,
        })
    }

    /// The rows of an object or list.
    pub fn print(&mut self, object: &Value) -> Result<String, Failure> {
        let mut text = String::new();
        if std::mem::take(&mut self.headers) {
            let headers: Vec<&str> = self
                .columns
                .iter()
                .map(|(header, _)| header.as_str())
                .collect();
            text.push_str(&headers.join("\t"));
            text.push('\n');
        }
        let single = [object.clone()];
        let items = if object.get("items").is_some_and(Value::is_array) {
            get_list(object, &["items"])
        } else {
            &single
        };
        for item in items {
            let cells: Result<Vec<String>, Failure> = self
                .columns
                .iter()
                .map(|(_, path)| template::cell(path, item))
                .collect();
            text.push_str(&cells?.join("\t"));
            text.push('\n');
        }
        Ok(self.align.align(&text))
    }
}
