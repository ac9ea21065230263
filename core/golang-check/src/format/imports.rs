//! Imports in each block of lines are sorted by their paths, and their comments move with them.
//! Models `go/ast/import.go`.

use super::tree::{Comment, K, Node, line_in};

/// Sorts the imports of a file.
pub(super) fn sort(file: &mut Node, comments: &mut [Vec<Comment>], lines: &mut Vec<usize>) {
    for group in file.kids.iter_mut().skip(1) {
        if group.k != K::Group || group.text != "import" {
            break;
        }
        if group.mid == 0 {
            continue;
        }
        let closing = group.end - 1;
        let mut from = 0;
        while from < group.kids.len() {
            let mut to = from + 1;
            while let Some([last, next]) = group.kids.get(to - 1..to + 1)
                && line_in(lines, next.at) <= 1 + line_in(lines, last.end)
            {
                to += 1;
            }
            let mut block: Vec<Node> = group.kids.drain(from..to).collect();
            sort_block(&mut block, comments, lines, closing);
            let count = block.len();
            group.kids.splice(from..from, block);
            from += count;
        }
        // Empty lines before the parenthesis go.
        if let Some(last) = group.kids.last() {
            let (last, mut line) = (line_in(lines, last.at), line_in(lines, closing));
            while line > last + 1 {
                line -= 1;
                merge(lines, line);
            }
        }
    }
}

/// A line and the next become one.
fn merge(lines: &mut Vec<usize>, line: usize) {
    if line < lines.len() {
        lines.remove(line);
    }
}

fn key(spec: &Node) -> (String, String) {
    let path = spec.kid(1).text.trim_matches(['"', '`']).to_string();
    (path, spec.kid(0).text.to_string())
}

fn sort_block(
    block: &mut Vec<Node>,
    comments: &mut [Vec<Comment>],
    lines: &mut Vec<usize>,
    closing: usize,
) {
    let is_sorted = block
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if key(a) < key(b)));
    let (Some(first), Some(last)) = (block.first(), block.last()) else {
        return;
    };
    if is_sorted {
        return;
    }
    let start_of = |lines: &[usize], line: usize| lines.get(line).copied();
    let begin = start_of(lines, line_in(lines, first.at) - 1).unwrap_or(0);
    let end = start_of(lines, line_in(lines, last.end)).unwrap_or(last.end);
    let places: Vec<(usize, usize)> = block.iter().map(|spec| (spec.at, spec.end)).collect();
    // Whose each comment is: the index of its import, and whether it stands to its left.
    let inside = |group: &Vec<Comment>| {
        group.first().is_some_and(|comment| comment.at >= begin)
            && group.last().is_some_and(|comment| comment.end < end)
    };
    let mut owners: Vec<(usize, usize, bool)> = Vec::new();
    let mut at = 0;
    for (number, group) in comments
        .iter()
        .enumerate()
        .filter(|(_, group)| inside(group))
    {
        let place = group.first().map_or(0, |comment| comment.at);
        while places.get(at + 1).is_some_and(|(start, _)| *start <= place) {
            at += 1;
        }
        let (start, _) = places.get(at).copied().unwrap_or_default();
        let mut is_left = at == 0 && start > place;
        let mut owner = at;
        if !is_left && at + 1 < places.len() && line_in(lines, start) + 1 == line_in(lines, place) {
            at += 1;
            owner = at;
            is_left = true;
        }
        owners.push((number, owner, is_left));
    }
    let mut order: Vec<(usize, Node)> = std::mem::take(block).into_iter().enumerate().collect();
    order.sort_by_key(|(_, spec)| key(spec));
    let mut kept: Vec<(usize, Node)> = Vec::new();
    for (number, spec) in order {
        let is_twice = kept.last().is_some_and(|(other, last)| {
            key(last) == key(&spec) && !owners.iter().any(|(_, owner, _)| owner == other)
        });
        if is_twice && let Some((_, last)) = kept.pop() {
            let line = line_in(lines, last.at);
            if line != line_in(lines, closing) {
                merge(lines, line);
            }
        }
        kept.push((number, spec));
    }
    let mut moved = Vec::new();
    for ((number, mut spec), (start, end)) in kept.into_iter().zip(places) {
        (spec.at, spec.end) = (start, end);
        for part in &mut spec.kids {
            if part.is_some() {
                part.at = start;
            }
        }
        for (group, owner, is_left) in &owners {
            if *owner == number {
                let place = if *is_left {
                    start.saturating_sub(1)
                } else {
                    end
                };
                moved.push((*group, place));
            }
        }
        block.push(spec);
    }
    for (number, place) in moved {
        for comment in comments.get_mut(number).into_iter().flatten() {
            (comment.at, comment.end) = (place, place + comment.text.len());
        }
    }
    comments.sort_by_key(|group| group.first().map_or(0, |comment| comment.at));
}
