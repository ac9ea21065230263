//! The part of a Dockerfile that an error is about, as BuildKit prints it.

/// The lines of a Dockerfile around those of an error, as BuildKit prints them.
pub(crate) fn excerpt(name: &str, text: &str, lines: (usize, usize)) -> String {
    let source: Vec<&str> = text.split('\n').collect();
    let (marked_first, marked_last) = lines;
    let (mut first, mut last) = (marked_first.max(1), marked_last.min(source.len()));
    let padding = if first == last { 4 } else { 2 };
    let mut padded = 0;
    while padded < padding {
        if first > 1 {
            first -= 1;
            padded += 1;
        }
        if last < source.len() {
            last += 1;
            padded += 1;
        }
        padded += 1;
    }
    let rule = "-".repeat(20);
    let mut shown = format!("{name}:{marked_first}\n{rule}\n");
    for (at, line) in source.iter().enumerate() {
        let number = at + 1;
        if number < first || number > last {
            continue;
        }
        let mark = if (marked_first..=marked_last).contains(&number) {
            ">>>"
        } else {
            "   "
        };
        shown.push_str(&format!(" {number:3} | {mark} {line}\n"));
    }
    shown + &rule + "\n"
}
