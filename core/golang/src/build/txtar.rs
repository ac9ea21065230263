//! txtar archives: a text with several files, each after a line `-- PATH --`.

use super::Files;

/// The files of an archive.
pub fn parse(text: &[u8]) -> Files {
    let mut files = Files::new();
    let mut current: Option<(String, Vec<u8>)> = None;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let name = std::str::from_utf8(line)
            .ok()
            .and_then(|line| line.trim_end().strip_prefix("-- "))
            .and_then(|line| line.strip_suffix(" --"));
        match (name, &mut current) {
            (Some(name), _) => {
                files.extend(current.take());
                current = Some((name.trim().to_string(), Vec::new()));
            }
            (None, Some((_, content))) => content.extend_from_slice(line),
            (None, None) => {}
        }
    }
    files.extend(current);
    files
}
