//! "Did you mean": the known word closest to a misspelt one.

/// Longer words are compared by their beginning; no name of ours comes near it.
const LONGEST: usize = 40;

/// The word of `known` that takes the fewest insertions, removals, replacements and swaps of neighbours
/// to become `word`; the first of equals, and `None` only if nothing is known.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().take(LONGEST).collect();
    known.into_iter().min_by_key(|candidate| distance(&word, candidate))
}

/// True if the two could be one slip of the fingers apart: a third of the letters at most.
pub(super) fn is_near(word: &str, candidate: &str) -> bool {
    let letters: Vec<char> = word.to_lowercase().chars().take(LONGEST).collect();
    distance(&letters, candidate) <= (candidate.chars().count() / 3).max(1)
}

fn distance(word: &[char], candidate: &str) -> usize {
    let candidate: Vec<char> = candidate.to_lowercase().chars().collect();
    let mut before: Vec<usize> = vec![];
    let mut last: Vec<usize> = (0..=candidate.len()).collect();
    for (i, &a) in word.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &b) in candidate.iter().enumerate() {
            let replace = last[j] + usize::from(a != b);
            let mut best = replace.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a == candidate[j - 1] && word[i - 1] == b {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_finds_its_word() {
        let known = ["auto", "kitty", "iterm2", "sixel", "blocks", "half", "quadrants", "octants", "ascii"];
        for (slip, meant) in [("kity", "kitty"), ("sxiel", "sixel"), ("KITTY", "kitty"), ("block", "blocks")]
        {
            assert_eq!(nearest(slip, known), Some(meant));
            assert!(is_near(slip, meant));
        }
    }

    #[test]
    fn a_word_from_elsewhere_is_near_nothing() {
        assert!(!is_near("no_such_option", "theme"));
    }

    #[test]
    fn a_megabyte_of_name_is_compared_by_its_beginning() {
        assert_eq!(nearest(&"x".repeat(1 << 20), ["a", "x"]), Some("x"));
    }
}
