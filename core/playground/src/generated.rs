//! Names that the cluster generated when a transcript was recorded, and what the same objects are
//! called here: their last five letters are chance.

/// Letters that generated names end with.
const LETTERS: &str = "bcdfghjklmnpqrstvwxz2456789";
/// How many of them.
const SUFFIX: usize = 5;

/// Recorded names with ours.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pairs: Vec<(String, String)>,
}

impl Names {
    /// Pairs the new names of a recorded output with those that were printed here instead: of the
    /// same stem, in order.
    pub(crate) fn learn(&mut self, recorded: &str, printed: &str) {
        let known: Vec<&str> = self
            .pairs
            .iter()
            .map(|(theirs, _)| theirs.as_str())
            .collect();
        let theirs = fresh(recorded, &known);
        let known: Vec<&str> = self.pairs.iter().map(|(_, ours)| ours.as_str()).collect();
        let mut ours = fresh(printed, &known);
        let mut learned = Vec::new();
        for name in theirs {
            let same = ours.iter().position(|other| stem(other) == stem(&name));
            if let Some(at) = same {
                learned.push((name, ours.remove(at)));
            }
        }
        self.pairs.extend(learned);
    }

    /// A text with our names in the place of recorded ones.
    pub(crate) fn ours(&self, text: &str) -> String {
        let mut text = text.to_string();
        for (theirs, ours) in &self.pairs {
            text = text.replace(theirs, ours);
        }
        text
    }
}

/// The generated names in a text that are not known yet, each once.
fn fresh(text: &str, known: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let part = |letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.'));
    for word in text.split(part).filter(|word| stem(word).is_some()) {
        if !known.contains(&word) && !found.iter().any(|have| have == word) {
            found.push(word.to_string());
        }
    }
    found
}

/// What comes before the letters of chance.
fn stem(name: &str) -> Option<&str> {
    let (stem, suffix) = name.rsplit_once('-')?;
    let generated = suffix.len() == SUFFIX && suffix.chars().all(|letter| LETTERS.contains(letter));
    (generated && !stem.is_empty()).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_pod_there_is_the_second_pod_here() {
        let mut names = Names::default();
        names.learn(
            "pod/web-5d7-b8zt8 1/1\npod/web-5d7-g5gw9 1/1\n",
            "pod/web-5d7-2xxxx 1/1\npod/web-5d7-4vvvv",
        );
        names.learn("web-5d7-g5gw9 web-5d7-zzzzz", "web-5d7-4vvvv web-5d7-55555");
        assert_eq!(
            names.ours("stop web-5d7-g5gw9 web-5d7-zzzzz hello-pod"),
            "stop web-5d7-4vvvv web-5d7-55555 hello-pod"
        );
    }
}
