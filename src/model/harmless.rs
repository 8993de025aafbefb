//! Descriptions without what may identify somebody: only words and numbers that are known to be harmless stay.
//!
//! Nobody can list what must not be said; so this lists what may be. `words.txt` beside this file has it.

use std::{collections::HashSet, sync::LazyLock};

static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("words.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

/// The harmless words of a text, in order and one space apart; often nothing at all.
///
/// Numbers stay if they have at most three digits, or as many on both sides of a point, and stand alone:
/// dates, telephone numbers and record numbers do not. Letters stay next to numbers, as in `T2` or `B30f`.
pub fn harmless(text: &str) -> String {
    let tokens: Vec<&str> = tokens(text).collect();
    let is_number = |at: usize| tokens.get(at).is_some_and(|token| plain_number(token));
    let alone = |at: usize| !is_number(at + 1) && !at.checked_sub(1).is_some_and(is_number);
    let kept = tokens.iter().enumerate().filter(|&(at, token)| {
        if plain_number(token) { alone(at) } else { is_word(token) || is_mixed(token) }
    });
    kept.map(|(_, token)| *token).collect::<Vec<_>>().join(" ")
}

/// Runs of letters and digits; marks inside a date or number are part of it.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut begin = 0;
    let mut cuts = vec![];
    for (at, c) in text.char_indices() {
        let inside = c.is_alphanumeric()
            || matches!(c, '.' | '-' | '/' | ':') && at > 0 && digit(at - 1) && digit(at + 1);
        if !inside {
            cuts.push(begin..at);
            begin = at + c.len_utf8();
        }
    }
    cuts.push(begin..text.len());
    cuts.into_iter().map(|range| &text[range]).filter(|token| !token.is_empty())
}

fn is_word(token: &str) -> bool {
    token.len() > 1 && WORDS.contains(token.to_ascii_lowercase().as_str())
}

fn plain_number(token: &str) -> bool {
    let short = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    match token.split_once('.') {
        Some((whole, rest)) => short(whole) && short(rest),
        None => short(token),
    }
}

/// Harmless words, single letters and short numbers run together: `5mm`, `B30f`, `1.5T`.
fn is_mixed(token: &str) -> bool {
    let kind = |c: char| c.is_ascii_digit() || c == '.';
    let mut rest = token;
    let mut numbers = 0;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| kind(c) != kind(first)).unwrap_or(rest.len());
        let part = &rest[..end];
        let letter = part.len() == 1 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !(plain_number(part) || is_word(part) || letter) {
            return false;
        }
        numbers += usize::from(kind(first));
        rest = &rest[end..];
    }
    // More than two numbers are a code: of a room, a person, a plate.
    (1..=2).contains(&numbers) && token.len() <= 12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_radiographer_types_stays() {
        for text in ["T2 FLAIR axial 3mm", "Thorax 5.0 B30f", "CT Abdomen Pelvis W Contrast", "Lung 1.25mm"] {
            assert_eq!(
                harmless(text).split(' ').count(),
                text.split(' ').count() - usize::from(text.contains("W ")),
                "{text}"
            );
        }
        assert_eq!(harmless("ep2d_diff-weighted,TRA"), "weighted TRA");
    }

    #[test]
    fn names_dates_and_numbers_of_records_go() {
        assert_eq!(harmless("Chest of Jane Doe, MRN 1234567"), "Chest of");
        for text in [
            "Doe^Jane",
            "1998-05-12",
            "12.05.1998",
            "12/05/1998",
            "10 05 98",
            "123-45-6789",
            "A1B2C3",
            "J. Smith",
            "01:23",
            "20240131",
            "müller",
            "山田",
        ] {
            assert_eq!(harmless(text), "", "{text}");
        }
    }
}
