//! Which lines two texts differ in.
//!
//! Models GNU diff: a shortest edit script (Myers' algorithm), whose runs of changed lines are then
//! moved as far down as equal lines allow.

use crate::limits;

/// A run of lines that is replaced: from where in each text, and how many lines there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// The first line in the old text, from 0.
    pub(crate) old: usize,
    /// Lines that are taken out.
    pub(crate) removed: usize,
    /// The first line in the new text, from 0.
    pub(crate) new: usize,
    /// Lines that are put in.
    pub(crate) added: usize,
}

/// The changes that make the new lines of the old ones, in their order.
pub(crate) fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = |lines: &[&str]| lines.len() - head;
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(rest(old).min(rest(new)))
        .take_while(|(a, b)| a == b)
        .count();
    let middle = |lines: &[&str]| -> (usize, usize) { (head, lines.len() - tail) };
    let mut gone = vec![false; old.len()];
    let mut made = vec![false; new.len()];
    let (from, to) = (middle(old), middle(new));
    let inner_old = old.get(from.0..from.1).unwrap_or_default();
    let inner_new = new.get(to.0..to.1).unwrap_or_default();
    mark(inner_old, inner_new, head, &mut gone, &mut made);
    slide(old, &mut gone, &made);
    slide(new, &mut made, &gone);
    collect(&gone, &made)
}

/// Marks the lines that are in no longest common subsequence; all of them when the texts differ in
/// more lines than the limit allows to compare.
fn mark(old: &[&str], new: &[&str], offset: usize, gone: &mut [bool], made: &mut [bool]) {
    let set = |marks: &mut [bool], index: usize, changed: bool| {
        if let Some(slot) = marks.get_mut(offset + index) {
            *slot = changed;
        }
    };
    (0..old.len()).for_each(|index| set(gone, index, true));
    (0..new.len()).for_each(|index| set(made, index, true));
    for (a, b) in common(old, new).unwrap_or_default() {
        set(gone, a, false);
        set(made, b, false);
    }
}

/// Pairs of equal lines along a shortest edit script.
fn common(old: &[&str], new: &[&str]) -> Option<Vec<(usize, usize)>> {
    let (n, m) = (old.len() as isize, new.len() as isize);
    let line = |lines: &[&str], at: isize| -> Option<String> {
        lines
            .get(usize::try_from(at).ok()?)
            .map(|line| (*line).to_string())
    };
    let same = |x: isize, y: isize| line(old, x).is_some() && line(old, x) == line(new, y);
    // The furthest point of each diagonal, for each number of edits.
    let mut trace: Vec<Vec<isize>> = Vec::new();
    let mut furthest = vec![0_isize; 3];
    let at = |row: &[isize], edits: isize, diagonal: isize| -> isize {
        usize::try_from(diagonal + edits + 1)
            .ok()
            .and_then(|index| row.get(index).copied())
            .unwrap_or(-1)
    };
    for edits in 0..=limits::DIFFERENCES as isize {
        let mut next = vec![-1_isize; (2 * edits + 3) as usize];
        let mut reached = false;
        let mut diagonal = -edits;
        while diagonal <= edits {
            let (left, right) = match edits {
                0 => (0, 0),
                _ => (
                    at(&furthest, edits - 1, diagonal - 1),
                    at(&furthest, edits - 1, diagonal + 1),
                ),
            };
            let mut x = if edits == 0 {
                0
            } else if diagonal == -edits || (diagonal != edits && left < right) {
                right
            } else {
                left + 1
            };
            while same(x, x - diagonal) {
                x += 1;
            }
            if let Ok(index) = usize::try_from(diagonal + edits + 1)
                && let Some(slot) = next.get_mut(index)
            {
                *slot = x;
            }
            reached |= x >= n && x - diagonal >= m;
            diagonal += 2;
        }
        trace.push(next.clone());
        furthest = next;
        if reached {
            return Some(walk_back(&trace, n, m));
        }
    }
    None
}

/// The equal pairs on the way that the trace recorded.
fn walk_back(trace: &[Vec<isize>], n: isize, m: isize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let (mut x, mut y) = (n, m);
    for edits in (1..trace.len()).rev() {
        let Some(row) = trace.get(edits - 1) else {
            break;
        };
        let edits = edits as isize;
        let at = |diagonal: isize| -> isize {
            usize::try_from(diagonal + edits)
                .ok()
                .and_then(|index| row.get(index).copied())
                .unwrap_or(-1)
        };
        let diagonal = x - y;
        let down = diagonal == -edits || (diagonal != edits && at(diagonal - 1) < at(diagonal + 1));
        let before = if down { diagonal + 1 } else { diagonal - 1 };
        let from = at(before);
        let start = if down { from } else { from + 1 };
        while x > start {
            (x, y) = (x - 1, y - 1);
            pairs.extend(usize::try_from(x).ok().zip(usize::try_from(y).ok()));
        }
        (x, y) = (from, from - before);
    }
    while x > 0 && y > 0 {
        (x, y) = (x - 1, y - 1);
        pairs.extend(usize::try_from(x).ok().zip(usize::try_from(y).ok()));
    }
    pairs
}

/// Moves each run of changed lines down while the line behind it equals its first one, unless that
/// would part it from a run of the other text.
fn slide(lines: &[&str], changed: &mut [bool], other: &[bool]) {
    let is = |marks: &[bool], at: usize| marks.get(at).copied().unwrap_or_default();
    // Each unchanged line of one text is one of the other: where runs meet.
    let mut start = 0;
    while start < lines.len() {
        if !is(changed, start) {
            start += 1;
            continue;
        }
        let mut end = start;
        while is(changed, end) {
            end += 1;
        }
        let unchanged_before = (0..start).filter(|at| !is(changed, *at)).count();
        if joins(other, unchanged_before) {
            start = end;
            continue;
        }
        while end < lines.len() && lines.get(start) == lines.get(end) {
            if let Some(slot) = changed.get_mut(start) {
                *slot = false;
            }
            if let Some(slot) = changed.get_mut(end) {
                *slot = true;
            }
            start += 1;
            end += 1;
            while is(changed, end) {
                end += 1;
            }
        }
        start = end;
    }
}

/// Whether the other text has a run of changed lines behind so many unchanged ones.
fn joins(other: &[bool], unchanged: usize) -> bool {
    let mut seen = 0;
    for changed in other {
        if seen == unchanged && *changed {
            return true;
        }
        seen += usize::from(!changed);
        if seen > unchanged {
            return false;
        }
    }
    false
}

fn collect(gone: &[bool], made: &[bool]) -> Vec<Change> {
    let is = |marks: &[bool], at: usize| marks.get(at).copied().unwrap_or_default();
    let mut found = Vec::new();
    let (mut old, mut new) = (0, 0);
    while old < gone.len() || new < made.len() {
        if !is(gone, old) && !is(made, new) {
            (old, new) = (old + 1, new + 1);
            continue;
        }
        let mut change = Change {
            old,
            removed: 0,
            new,
            added: 0,
        };
        while is(gone, old) {
            (old, change.removed) = (old + 1, change.removed + 1);
        }
        while is(made, new) {
            (new, change.added) = (new + 1, change.added + 1);
        }
        found.push(change);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, expected: &[(usize, usize, usize, usize)]) {
        let split = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        let (old, new) = (split(old), split(new));
        let as_texts = |lines: &[String]| lines.to_vec();
        let (old, new) = (as_texts(&old), as_texts(&new));
        let old: Vec<&str> = old.iter().map(String::as_str).collect();
        let new: Vec<&str> = new.iter().map(String::as_str).collect();
        let found: Vec<_> = changes(&old, &new)
            .iter()
            .map(|change| (change.old, change.removed, change.new, change.added))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn shortest_scripts() {
        check("abc", "abc", &[]);
        check("abc", "axc", &[(1, 1, 1, 1)]);
        check("", "ab", &[(0, 0, 0, 2)]);
        check("ab", "", &[(0, 2, 0, 0)]);
        check("abcdef", "acdxef", &[(1, 1, 1, 0), (4, 0, 3, 1)]);
        // Of equal lines the last ones count as added.
        check("aab", "aaab", &[(2, 0, 2, 1)]);
        check("xabyabz", "xabz", &[(3, 3, 3, 0)]);
    }
}
