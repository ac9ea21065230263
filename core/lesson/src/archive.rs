//! A folder in one text, in the form of Go's txtar: `-- NAME --` lines, each before a file.

use std::fmt::Write;

use crate::limits::{ARCHIVE_BYTES_MAX, FILES_MAX};

/// Text files with their names, in the order of the archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    files: Vec<(String, String)>,
}

impl Archive {
    /// Reads an archive; what stands before the first file is a comment.
    pub fn parse(text: &str) -> Self {
        let mut files: Vec<(String, String)> = Vec::new();
        if text.len() > ARCHIVE_BYTES_MAX {
            return Self::default();
        }
        for line in text.split_inclusive('\n') {
            if let Some(name) = marker(line) {
                if files.len() == FILES_MAX {
                    break;
                }
                files.push((name.to_owned(), String::new()));
            } else if let Some((_, content)) = files.last_mut() {
                content.push_str(line);
            }
        }
        Self { files }
    }

    /// Adds a file. A file that has a line like the marks of the archive cannot be in one.
    ///
    /// # Errors
    /// The number of the first such line, from 1.
    pub fn add(&mut self, name: &str, content: &str) -> Result<(), usize> {
        let line = content.lines().position(|line| marker(line).is_some());
        match line {
            Some(line) => Err(line + 1),
            None => {
                self.files.push((name.to_owned(), content.to_owned()));
                Ok(())
            }
        }
    }

    /// A file's content.
    pub fn file(&self, name: &str) -> Option<&str> {
        let mut files = self.files.iter();
        let found = files.find(|(other, _)| other == name);
        found.map(|(_, content)| content.as_str())
    }

    /// All files.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(name, content)| (name.as_str(), content.as_str()))
    }

    /// The archive as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (name, content) in &self.files {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "-- {name} --");
            text.push_str(content);
            if !content.is_empty() && !content.ends_with('\n') {
                text.push('\n');
            }
        }
        text
    }
}

fn marker(line: &str) -> Option<&str> {
    let name = line.trim_end().strip_prefix("-- ")?.strip_suffix(" --")?;
    let name = name.trim();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_read_as_it_was_written() {
        let mut archive = Archive::default();
        assert_eq!(archive.add("lesson.md", "# One\n"), Ok(()));
        assert_eq!(
            archive.add("files/a.go", "package main\n\n-- not a mark\n"),
            Ok(())
        );
        assert_eq!(archive.add("bad", "fine\n-- other --\n"), Err(2));
        assert_eq!(Archive::parse(&archive.text()), archive);
        assert_eq!(archive.file("lesson.md"), Some("# One\n"));
    }
}
