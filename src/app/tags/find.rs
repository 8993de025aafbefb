//! Searching rows, without regard to case.

use crate::model::{Listing, Row, RowKind};
use std::ops::Range;

/// Numbers of the rows that hold `query`, ascending; none for an empty one.
pub(super) fn matches(listing: &Listing, query: &str) -> Vec<u32> {
    if query.is_empty() {
        return vec![];
    }
    // Only tags have digits in such places, and few queries look like one.
    let may_be_tag = query.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '(' | ',' | ')'));
    let found = |row: &Row| {
        let shown = |text: &crate::model::Text| !hits(&text.shown(), query).is_empty();
        let tag = || {
            let is_item = matches!(row.kind, RowKind::Item { .. });
            let spellings = [row.tag.to_string(), row.tag.compact()];
            !is_item && spellings.iter().any(|tag| !hits(tag, query).is_empty())
        };
        shown(&row.keyword)
            || shown(&row.value)
            || row.vr.eq_ignore_ascii_case(query)
            || row.raw.as_ref().is_some_and(shown)
            || may_be_tag && tag()
            || query.contains(' ') && shown(&row.name)
    };
    (0u32..).zip(listing.rows()).filter(|(_, row)| found(row)).map(|(number, _)| number).collect()
}

/// Where `query` occurs in `text`, in bytes, without regard to case; occurrences do not overlap.
pub fn hits(text: &str, query: &str) -> Vec<Range<usize>> {
    let mut found = vec![];
    if query.is_empty() || query.len() > 4 * text.len() {
        return found;
    }
    let mut from = 0;
    while let Some(start) = next(text, query, from) {
        let end = prefix(&text[start..], query).map_or(start + 1, |length| start + length);
        found.push(start..end);
        from = end;
    }
    found
}

/// The next place, from `from` on, where `query` stands.
fn next(text: &str, query: &str, from: usize) -> Option<usize> {
    if query.is_ascii() {
        // Bytes of ASCII are never part of another character.
        let (text, query) = (&text.as_bytes()[from..], query.as_bytes());
        return text
            .windows(query.len())
            .position(|part| part.eq_ignore_ascii_case(query))
            .map(|at| from + at);
    }
    text[from..].char_indices().map(|(at, _)| from + at).find(|&at| prefix(&text[at..], query).is_some())
}

/// Bytes at the start of `text` that are `query` in whatever case.
fn prefix(text: &str, query: &str) -> Option<usize> {
    let mut wanted = query.chars().flat_map(char::to_lowercase).peekable();
    for (at, c) in text.char_indices() {
        if wanted.peek().is_none() {
            return Some(at);
        }
        for lower in c.to_lowercase() {
            if wanted.next() != Some(lower) {
                return None;
            }
        }
    }
    wanted.peek().is_none().then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_found_in_any_case_and_any_script() {
        assert_eq!(hits("PatientName", "name").first(), Some(&(7..11)));
        assert_eq!(hits("aAaAa", "aa"), [0..2, 2..4]);
        assert_eq!(hits("Люкceмбypг", "люк").first(), Some(&(0..6)));
        assert_eq!(hits("山田^太郎", "太").first(), Some(&(7..10)));
        assert_eq!(hits("x", ""), []);
        assert_eq!(hits("İx", "i"), []);
    }
}
