//! Tables of the server as text: columns chosen, names with their type, labels, namespaces.
//!
//! Models k8s.io/cli-runtime `pkg/printers/tableprinter.go`.

use super::columns::Columns;
use kubernetes_api::object::{get_list, get_str, labels};
use kubernetes_api::resources::Resource;
use serde_json::Value;

/// What a table shows besides the server's columns.
#[derive(Clone, Debug, Default)]
pub struct TableOptions {
    /// Columns that are only for `-o wide`.
    pub wide: bool,
    /// No line of headers.
    pub no_headers: bool,
    /// A first column with the namespace.
    pub with_namespace: bool,
    /// Names with their type before them.
    pub with_kind: bool,
    /// A last column with all labels.
    pub show_labels: bool,
    /// A column for each of these labels.
    pub label_columns: Vec<String>,
}

/// Prints tables one after the other, with headers where the columns change.
pub struct TablePrinter {
    options: TableOptions,
    columns: Columns,
    last_columns: Vec<Value>,
    printed_headers: bool,
}

impl TablePrinter {
    /// A printer that has printed nothing yet.
    pub fn new(options: TableOptions) -> TablePrinter {
        TablePrinter {
            options,
            columns: Columns::table(),
            last_columns: Vec::new(),
            printed_headers: false,
        }
    }

    /// The lines of [`TablePrinter::lines`] with their columns aligned.
    pub fn align(&mut self, lines: &str) -> String {
        self.columns.align(lines)
    }

    /// The lines of a table, cells with tabs between. `event` is the first cell when watch events are shown.
    pub fn lines(&mut self, table: &Value, resource: &Resource, event: Option<&str>) -> String {
        let rows = get_list(table, &["rows"]);
        if rows.is_empty() {
            return String::new();
        }
        let own = get_list(table, &["columnDefinitions"]);
        let same = own.is_empty() || own == self.last_columns.as_slice();
        let headers = !(self.options.no_headers || self.printed_headers && same);
        if !own.is_empty() {
            self.last_columns = own.to_vec();
        }
        self.printed_headers = true;
        let shown: Vec<(usize, &str)> = self
            .last_columns
            .iter()
            .enumerate()
            .filter(|(_, column)| {
                self.options.wide
                    || kubernetes_api::object::get_i64(column, &["priority"]).unwrap_or_default()
                        == 0
            })
            .map(|(index, column)| (index, get_str(column, &["name"])))
            .collect();
        let mut text = String::new();
        if headers {
            text.push_str(&self.header_line(&shown, event.is_some()));
        }
        for row in rows {
            text.push_str(&self.row_line(&shown, row, resource, event));
        }
        text
    }

    fn header_line(&self, shown: &[(usize, &str)], with_event: bool) -> String {
        let mut cells: Vec<String> = Vec::new();
        if with_event {
            cells.push("EVENT".into());
        }
        if self.options.with_namespace {
            cells.push("NAMESPACE".into());
        }
        cells.extend(shown.iter().map(|(_, name)| name.to_uppercase()));
        for label in &self.options.label_columns {
            let last = label.rsplit('/').next().unwrap_or(label);
            cells.push(last.to_uppercase());
        }
        if self.options.show_labels {
            cells.push("LABELS".into());
        }
        cells.join("\t") + "\n"
    }

    fn row_line(
        &self,
        shown: &[(usize, &str)],
        row: &Value,
        resource: &Resource,
        event: Option<&str>,
    ) -> String {
        let cells = get_list(row, &["cells"]);
        let none = Value::Null;
        let object = row.get("object").unwrap_or(&none);
        let mut out: Vec<String> = Vec::new();
        out.extend(event.map(str::to_owned));
        if self.options.with_namespace {
            out.push(get_str(object, &["metadata", "namespace"]).to_owned());
        }
        for (index, name) in shown {
            let text = cell_text(cells.get(*index).unwrap_or(&none));
            if self.options.with_kind && name.eq_ignore_ascii_case("name") {
                out.push(format!("{}/{text}", resource.singular_with_group()));
            } else {
                out.push(text);
            }
        }
        let labels = labels(object);
        for label in &self.options.label_columns {
            let value = labels
                .and_then(|labels| labels.get(label))
                .and_then(Value::as_str);
            out.push(value.unwrap_or_default().to_owned());
        }
        if self.options.show_labels {
            out.push(label_text(object));
        }
        out.join("\t") + "\n"
    }
}

/// All labels of an object, `<none>` without any.
pub fn label_text(object: &Value) -> String {
    match labels(object) {
        Some(labels) if !labels.is_empty() => {
            let all: Vec<String> = labels
                .iter()
                .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
                .collect();
            all.join(",")
        }
        _ => "<none>".to_owned(),
    }
}

/// A cell as Go's `fmt.Sprint` shows it, cut at the end of its first line.
pub fn cell_text(cell: &Value) -> String {
    match cell {
        Value::String(text) => match text.find(['\n', '\r', '\x0c']) {
            Some(at) => {
                let (line, _) = text.split_at_checked(at).unwrap_or((text, ""));
                format!("{}...", line.replace('\t', " "))
            }
            None => text.replace('\t', " "),
        },
        Value::Null => "<nil>".to_owned(),
        Value::Number(number) => kubernetes_api::json::number_text(number),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use kubernetes_api::resources::ResourceTable;
    use serde_json::json;

    #[test]
    fn a_table_with_labels_and_types() {
        let table = json!({"kind": "Table",
        "columnDefinitions": [{"name": "Name", "priority": 0}, {"name": "Ready", "priority": 0},
            {"name": "IP", "priority": 1}],
        "rows": [
            {"cells": ["a", "2/2", "10.0.0.1"], "object": {"metadata": {"namespace": "default", "labels": {"app": "a", "tier": "front"}}}},
            {"cells": ["b", 1, null], "object": {"metadata": {"namespace": "default"}}},
        ]});
        let pods = ResourceTable::builtin().by_argument("po").expect("pods");
        let options = TableOptions {
            wide: true,
            with_namespace: true,
            with_kind: true,
            show_labels: true,
            label_columns: vec!["app".into(), "x.io/tier".into()],
            ..TableOptions::default()
        };
        expect![[r#"
            NAMESPACE   NAME    READY   IP         APP   TIER   LABELS
            default     pod/a   2/2     10.0.0.1   a            app=a,tier=front
            default     pod/b   1       <nil>                   <none>
        "#]]
        .assert_eq(&{
            let mut printer = TablePrinter::new(options);
            let lines = printer.lines(&table, &pods, None);
            printer.align(&lines)
        });
    }
}
