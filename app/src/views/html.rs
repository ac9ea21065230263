//! Text as HTML.

/// Text that stands for itself, also within an attribute.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html += "&amp;",
            '<' => html += "&lt;",
            '>' => html += "&gt;",
            '"' => html += "&quot;",
            character => html.push(character),
        }
    }
    html
}

/// A small button that types a command into the terminal.
pub fn command_button(name: &str, command: &str, usable: bool) -> String {
    let command = escaped(command);
    let disabled = if usable { "" } else { " disabled" };
    format!(
        "<button class=\"small\" data-run=\"{command}\" title=\"{command}\"{disabled}>{name}</button>"
    )
}
