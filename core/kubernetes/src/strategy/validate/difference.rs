//! The unified difference of two texts, as the refusal of a pod update shows it.
//!
//! Models k8s.io/apimachinery `util/diff`, which finds matching lines as Python's difflib does: the
//! longest common run first, then the same on both sides of it.

/// Lines around a change.
const CONTEXT: usize = 3;
/// More lines than this are not compared.
const LINES_MAX: usize = 2_000;

/// Lines that are the same in both: where the run begins in each, and its length.
#[derive(Clone, Copy)]
struct Run {
    before: usize,
    after: usize,
    length: usize,
}

/// A unified difference without file names.
pub(super) fn of(before: &str, after: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    if before.len().max(after.len()) > LINES_MAX {
        return String::new();
    }
    let mut runs = matching(&before, &after);
    runs.push(Run {
        before: before.len(),
        after: after.len(),
        length: 0,
    });
    let mut text = String::new();
    let mut hunk = Hunk::default();
    let (mut i, mut j) = (0, 0);
    for run in runs {
        if run.before > i || run.after > j {
            hunk.change(&before, &after, (i, run.before), (j, run.after));
        }
        hunk.keep(&before, run, &mut text);
        (i, j) = (run.before + run.length, run.after + run.length);
    }
    hunk.finish(&mut text);
    text
}

/// Changes that are near to each other, with the lines around them.
#[derive(Default)]
struct Hunk {
    lines: String,
    start: (usize, usize),
    counts: (usize, usize),
    changed: bool,
    /// The lines before the next change.
    lead: Vec<String>,
}

impl Hunk {
    fn change(&mut self, before: &[&str], after: &[&str], gone: Stretch, new: Stretch) {
        if !self.changed {
            self.changed = true;
            let lead = self.lead.len();
            self.start = (gone.0.saturating_sub(lead), new.0.saturating_sub(lead));
            for line in std::mem::take(&mut self.lead) {
                self.line(' ', &line);
            }
        }
        for line in before.iter().take(gone.1).skip(gone.0) {
            self.line('-', line);
        }
        for line in after.iter().take(new.1).skip(new.0) {
            self.line('+', line);
        }
    }

    fn keep(&mut self, before: &[&str], run: Run, text: &mut String) {
        let lines: Vec<&str> = before
            .iter()
            .skip(run.before)
            .take(run.length)
            .copied()
            .collect();
        if self.changed {
            if run.length > 2 * CONTEXT || run.length == 0 {
                for line in lines.iter().take(CONTEXT) {
                    self.line(' ', line);
                }
                self.finish(text);
            } else {
                for line in &lines {
                    self.line(' ', line);
                }
                return;
            }
        }
        let skipped = lines.len().saturating_sub(CONTEXT);
        self.lead = lines
            .iter()
            .skip(skipped)
            .map(|line| (*line).to_owned())
            .collect();
    }

    fn line(&mut self, mark: char, line: &str) {
        self.lines.push(mark);
        self.lines.push_str(line);
        self.lines.push('\n');
        self.counts.0 += usize::from(mark != '+');
        self.counts.1 += usize::from(mark != '-');
    }

    fn finish(&mut self, text: &mut String) {
        if !self.changed {
            return;
        }
        let range = |start: usize, count: usize| match count {
            0 => format!("{start},0"),
            1 => (start + 1).to_string(),
            _ => format!("{},{count}", start + 1),
        };
        let (old, new) = (
            range(self.start.0, self.counts.0),
            range(self.start.1, self.counts.1),
        );
        text.push_str(&format!("@@ -{old} +{new} @@\n{}", self.lines));
        *self = Hunk::default();
    }
}

/// A stretch of lines: where it begins and ends.
type Stretch = (usize, usize);

/// The runs of equal lines, in order.
fn matching(before: &[&str], after: &[&str]) -> Vec<Run> {
    let mut runs = Vec::new();
    // What is left to compare, the leftmost last; a run waits until all before it is known.
    let mut pending = vec![Err(((0, before.len()), (0, after.len())))];
    while let Some(next) = pending.pop() {
        let ((low, high), (from, to)) = match next {
            Ok(run) => {
                push(&mut runs, run);
                continue;
            }
            Err(stretches) => stretches,
        };
        let best = longest(before, after, (low, high), (from, to));
        if best.length == 0 {
            continue;
        }
        let end = (best.before + best.length, best.after + best.length);
        pending.push(Err(((end.0, high), (end.1, to))));
        pending.push(Ok(best));
        pending.push(Err(((low, best.before), (from, best.after))));
    }
    runs
}

/// Runs that touch are one.
fn push(runs: &mut Vec<Run>, run: Run) {
    match runs.last_mut() {
        Some(last)
            if last.before + last.length == run.before && last.after + last.length == run.after =>
        {
            last.length += run.length;
        }
        _ => runs.push(run),
    }
}

fn longest(before: &[&str], after: &[&str], (low, high): Stretch, (from, to): Stretch) -> Run {
    let mut best = Run {
        before: low,
        after: from,
        length: 0,
    };
    // The length of the run that ends at each line of `after`, for the line of `before` before this.
    let mut ending = vec![0; to - from];
    for (i, line) in before.iter().enumerate().take(high).skip(low) {
        let mut diagonal = 0;
        for (at, (other, ends)) in after.iter().skip(from).zip(&mut ending).enumerate() {
            let length = if line == other { diagonal + 1 } else { 0 };
            diagonal = std::mem::replace(ends, length);
            if length > best.length {
                best = Run {
                    before: i + 1 - length,
                    after: from + at + 1 - length,
                    length,
                };
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn changes_far_apart_are_hunks_of_their_own() {
        let numbers: Vec<String> = (1..30).map(|number| number.to_string()).collect();
        let before = numbers.join("\n");
        let after = before
            .replace("\n3\n4\n", "\n3a\n")
            .replace("\n20\n", "\n20\nnew\n");
        expect![[r#"
            @@ -1,7 +1,6 @@
             1
             2
            -3
            -4
            +3a
             5
             6
             7
            @@ -18,6 +17,7 @@
             18
             19
             20
            +new
             21
             22
             23
        "#]]
        .assert_eq(&of(&before, &after));
    }
}
