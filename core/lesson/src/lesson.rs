//! A whole lesson: its title, its steps, the files that the learner begins with.

use crate::archive::Archive;
use crate::block::{self, Block};

/// A lesson.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lesson {
    /// What the lesson is called.
    pub title: String,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The workspace's files at the start, in the order of the editor's tabs.
    pub files: Vec<(String, String)>,
}

/// One step: a page of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the step is called.
    pub title: String,
    /// The text below the title.
    pub blocks: Vec<Block>,
}

impl Lesson {
    /// Reads a lesson from the files of its folder.
    ///
    /// # Errors
    /// A sentence for the author of the lesson.
    pub fn parse(archive: &Archive) -> Result<Self, String> {
        let main = archive.file("lesson.md").ok_or("there is no lesson.md")?;
        let mut lesson = Self::default();
        let mut list = "";
        for line in front_matter(main)? {
            let name = line.trim().strip_prefix("- ").map(str::trim);
            match (name, list) {
                (Some(name), "steps") => lesson.steps.push(step(archive, name)?),
                (Some(name), "files") => {
                    let path = format!("files/{name}");
                    let content = archive
                        .file(&path)
                        .ok_or_else(|| format!("lesson.md names {path}, which is not there"))?;
                    lesson.files.push((name.to_owned(), content.to_owned()));
                }
                (Some(name), _) => return Err(format!("lesson.md: {name} is in no list")),
                (None, _) => {
                    let (key, value) = line
                        .split_once(':')
                        .ok_or_else(|| format!("lesson.md: what is `{line}`?"))?;
                    match key.trim() {
                        "title" => value.trim().clone_into(&mut lesson.title),
                        "steps" => list = "steps",
                        "files" => list = "files",
                        key => return Err(format!("lesson.md: there is no setting {key}")),
                    }
                }
            }
        }
        if lesson.title.is_empty() || lesson.steps.is_empty() {
            return Err("lesson.md: a lesson needs a title and steps".to_owned());
        }
        Ok(lesson)
    }
}

/// The lines between the two `---` at the start.
fn front_matter(text: &str) -> Result<Vec<&str>, String> {
    let mut lines = text.lines();
    if lines.next().map(str::trim_end) != Some("---") {
        return Err("lesson.md does not begin with ---".to_owned());
    }
    let mut matter = Vec::new();
    for line in lines {
        match line.trim_end() {
            "---" => return Ok(matter),
            "" => {}
            line => matter.push(line),
        }
    }
    Err("lesson.md: the front matter has no second ---".to_owned())
}

fn step(archive: &Archive, name: &str) -> Result<Step, String> {
    let text = archive
        .file(name)
        .ok_or_else(|| format!("lesson.md names {name}, which is not there"))?;
    let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
    let title = title
        .strip_prefix("# ")
        .ok_or_else(|| format!("{name} does not begin with a title: # Title"))?;
    Ok(Step {
        title: title.trim().to_owned(),
        blocks: block::parse(rest),
    })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(archive: &str, expected: Expect) {
        let lesson = Lesson::parse(&Archive::parse(archive));
        expected.assert_eq(&format!("{lesson:?}"));
    }

    #[test]
    fn a_folder_becomes_a_lesson() {
        check(
            "-- lesson.md --\n---\ntitle: Pods\nsteps:\n  - 1-one.md\nfiles:\n  - a.go\n---\n-- 1-one.md --\n# One\nText.\n-- files/a.go --\npackage a\n",
            expect![[
                r#"Ok(Lesson { title: "Pods", steps: [Step { title: "One", blocks: [Paragraph([Text("Text.")])] }], files: [("a.go", "package a\n")] })"#
            ]],
        );
    }

    #[test]
    fn mistakes_are_named() {
        check("", expect![[r#"Err("there is no lesson.md")"#]]);
        check(
            "-- lesson.md --\n---\ntitle: Pods\nsteps:\n- 2.md\n---\n",
            expect![[r#"Err("lesson.md names 2.md, which is not there")"#]],
        );
        check(
            "-- lesson.md --\n---\ntitle: Pods\n---\n",
            expect![[r#"Err("lesson.md: a lesson needs a title and steps")"#]],
        );
        check(
            "-- lesson.md --\n---\nsteps:\n- 2.md\n---\n-- 2.md --\nText\n",
            expect![[r#"Err("2.md does not begin with a title: # Title")"#]],
        );
    }
}
