//! A unified difference of two texts, as `gofmt -d` shows it. Models `internal/diff`: lines that
//! are unique on both sides anchor it, and the longest rising sequence of them is kept.

use ordered::OrderedMap;

/// Lines of context around a change.
const CONTEXT: usize = 3;

fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_string).collect();
    if let Some(last) = lines.last_mut().filter(|last| !last.ends_with('\n')) {
        last.push_str("\n\\ No newline at end of file\n");
    }
    lines
}

/// Pairs of lines that are the same, rising on both sides, from the start to the end.
fn anchors(x: &[String], y: &[String]) -> Vec<(usize, usize)> {
    let mut counts: OrderedMap<&str, (usize, usize, usize)> = OrderedMap::new();
    for line in x {
        counts.entry(line).or_default().0 += 1;
    }
    for (at, line) in y.iter().enumerate() {
        let count = counts.entry(line).or_default();
        (count.1, count.2) = (count.1 + 1, at);
    }
    let unique: Vec<(usize, usize)> = x
        .iter()
        .enumerate()
        .filter_map(|(at, line)| match counts.get(line.as_str()) {
            Some((1, 1, other)) => Some((at, *other)),
            _ => None,
        })
        .collect();
    // The smallest end of a rising sequence of each length, and the length that each pair ends.
    let mut ends: Vec<usize> = Vec::new();
    let mut lengths = Vec::new();
    for (_, other) in &unique {
        let at = ends.partition_point(|end| end < other);
        match ends.get_mut(at) {
            Some(end) => *end = *other,
            None => ends.push(*other),
        }
        lengths.push(at + 1);
    }
    let mut chain = vec![(x.len(), y.len())];
    let (mut wanted, mut bound) = (ends.len(), usize::MAX);
    for (pair, length) in unique.iter().zip(&lengths).rev() {
        if *length == wanted && pair.1 < bound && wanted > 0 {
            chain.push(*pair);
            wanted -= 1;
            bound = pair.1;
        }
    }
    chain.push((0, 0));
    chain.reverse();
    chain
}

/// The difference of two texts with their names.
pub(super) fn diff(old_name: &str, old: &str, new_name: &str, new: &str) -> String {
    let (x, y) = (lines(old), lines(new));
    let mut out = format!("diff {old_name} {new_name}\n--- {old_name}\n+++ {new_name}\n");
    let (mut done, mut chunk, mut count) = ((0, 0), (0, 0), (0, 0));
    let mut text = String::new();
    let put = |text: &mut String, mark: char, lines: Option<&[String]>| -> usize {
        for line in lines.unwrap_or(&[]) {
            text.push(mark);
            text.push_str(line);
        }
        lines.map_or(0, <[String]>::len)
    };
    for anchor in anchors(&x, &y) {
        if anchor.0 < done.0 {
            continue;
        }
        let (mut start, mut end) = (anchor, anchor);
        while start.0 > done.0 && start.1 > done.1 && x.get(start.0 - 1) == y.get(start.1 - 1) {
            start = (start.0 - 1, start.1 - 1);
        }
        while end.0 < x.len() && end.1 < y.len() && x.get(end.0) == y.get(end.1) {
            end = (end.0 + 1, end.1 + 1);
        }
        count.0 += put(&mut text, '-', x.get(done.0..start.0));
        count.1 += put(&mut text, '+', y.get(done.1..start.1));
        let same = end.0 - start.0;
        let is_end = end.0 >= x.len() && end.1 >= y.len();
        if !is_end && (same < CONTEXT || !text.is_empty() && same < 2 * CONTEXT) {
            let more = put(&mut text, ' ', x.get(start.0..end.0));
            count = (count.0 + more, count.1 + more);
            done = end;
            continue;
        }
        if !text.is_empty() {
            let more = put(&mut text, ' ', x.get(start.0..start.0 + same.min(CONTEXT)));
            count = (count.0 + more, count.1 + more);
            chunk = (
                chunk.0 + usize::from(count.0 > 0),
                chunk.1 + usize::from(count.1 > 0),
            );
            let ((a, b), (m, n)) = (chunk, count);
            out.push_str(&format!("@@ -{a},{m} +{b},{n} @@\n{text}"));
            text.clear();
        }
        if is_end {
            break;
        }
        chunk = (end.0 - CONTEXT, end.1 - CONTEXT);
        let more = put(&mut text, ' ', x.get(chunk.0..end.0));
        count = (more, more);
        done = end;
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn changes_with_their_context() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj";
        let new = "a\nB\nc\nd\ne\nf\ng\nh\ni\nj\n";
        assert_eq!(
            super::diff("x", old, "y", new),
            "diff x y\n--- x\n+++ y\n@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n d\n e\n@@ -7,4 +7,4 @@\n g\n h\n i\n-j\n\\ No newline at end of file\n+j\n"
        );
    }
}
