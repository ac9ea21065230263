//! Which commands somebody may have meant. Models spf13/cobra `SuggestionsFor`.

/// The names within two changes of the word, or that begin with it, in their order.
pub fn suggestions<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let lower = word.to_lowercase();
    names
        .filter(|name| {
            distance(&lower, &name.to_lowercase()) <= 2 || name.to_lowercase().starts_with(&lower)
        })
        .collect()
}

/// Levenshtein's distance.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, have) in left.chars().enumerate() {
        let mut above_left = line;
        let mut before = line + 1;
        let mut next = vec![before];
        for (want, above) in right.iter().zip(row.iter().skip(1)) {
            let changed = above_left + usize::from(have != *want);
            before = changed.min(above + 1).min(before + 1);
            next.push(before);
            above_left = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(
            suggestions("gt", ["set", "get", "delete", "cp"].into_iter()),
            ["set", "get", "cp"]
        );
    }
}
