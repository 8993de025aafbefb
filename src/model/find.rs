//! Searching the rows of a listing, without regard to case.

use super::{Listing, Mask, Row, RowKind};
use std::ops::Range;

/// What is searched for: a plain text, and words like `vr:LO` for one column alone. All of them must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    plain: String,
    fields: Vec<(Field, String)>,
}

/// A column that a word asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Tag,
    Keyword,
    Vr,
    Value,
}

impl Field {
    const ALL: [(&'static str, Self); 4] =
        [("tag:", Self::Tag), ("keyword:", Self::Keyword), ("vr:", Self::Vr), ("value:", Self::Value)];

    /// The column that a word names, and what is searched for in it.
    fn of(word: &str) -> Option<(Self, String)> {
        Self::ALL.into_iter().find_map(|(name, field)| {
            let (head, rest) = word.split_at_checked(name.len())?;
            head.eq_ignore_ascii_case(name).then(|| (field, rest.to_owned()))
        })
    }
}

impl Terms {
    /// Reads what was typed.
    pub fn new(query: &str) -> Self {
        let fields: Vec<_> = query.split(' ').filter_map(Field::of).collect();
        let plain = if fields.is_empty() {
            query.to_owned()
        } else {
            let words = query.split(' ').filter(|word| !word.is_empty() && Field::of(word).is_none());
            words.collect::<Vec<_>>().join(" ")
        };
        let said = |(_, text): &(Field, String)| !text.is_empty();
        Self { plain, fields: fields.into_iter().filter(said).collect() }
    }

    /// True if nothing is searched for.
    pub fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.fields.is_empty()
    }

    /// The letters that are worth a mark where they stand.
    pub fn marked(&self) -> &str {
        let worth = |(field, _): &&(Field, String)| *field != Field::Vr;
        match self.fields.iter().find(worth) {
            Some((_, text)) if self.plain.is_empty() => text,
            _ => &self.plain,
        }
    }

    /// Numbers of the rows that hold all of it as far as they may be seen, ascending.
    pub fn rows(&self, listing: &Listing, mask: Mask) -> Vec<u32> {
        if self.is_empty() {
            return vec![];
        }
        let numbered = (0u32..).zip(listing.rows());
        numbered.filter(|(_, row)| self.hold(row, listing, mask)).map(|(number, _)| number).collect()
    }

    fn hold(&self, row: &Row, listing: &Listing, mask: Mask) -> bool {
        let holds = |text: &str, query: &str| !hits(text, query).is_empty();
        let hidden = mask.is_on() && row.secret.is_some();
        let value = |query: &str| {
            let raw = row.raw.as_ref().filter(|_| !hidden);
            let shown = if hidden { mask.value(row, listing).into() } else { row.value.shown() };
            holds(&shown, query) || raw.is_some_and(|raw| holds(&raw.shown(), query))
        };
        let tag = |query: &str| {
            let is_item = matches!(row.kind, RowKind::Item { .. });
            !is_item && (holds(&row.tag.to_string(), query) || holds(&row.tag.compact(), query))
        };
        let keyword = |query: &str| holds(&row.keyword.shown(), query);
        let name = |query: &str| query.contains(' ') && holds(&row.name.shown(), query);
        let vr = |query: &str| row.vr.eq_ignore_ascii_case(query);
        let field = |(field, query): &(Field, String)| match field {
            Field::Tag => tag(query),
            Field::Keyword => keyword(query),
            Field::Vr => vr(query),
            Field::Value => value(query),
        };
        // Only tags have digits in such places, and few queries look like one.
        let may_be_tag =
            |query: &str| query.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '(' | ',' | ')'));
        let plain = |query: &str| {
            keyword(query) || vr(query) || may_be_tag(query) && tag(query) || name(query) || value(query)
        };
        self.fields.iter().all(field) && (self.plain.is_empty() || plain(&self.plain))
    }
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
    use crate::model::{Secret, TagNumber};

    #[test]
    fn hits_are_found_in_any_case_and_any_script() {
        assert_eq!(hits("PatientName", "name").first(), Some(&(7..11)));
        assert_eq!(hits("aAaAa", "aa"), [0..2, 2..4]);
        assert_eq!(hits("Люкceмбypг", "люк").first(), Some(&(0..6)));
        assert_eq!(hits("山田^太郎", "太").first(), Some(&(7..10)));
        assert_eq!(hits("x", ""), []);
        assert_eq!(hits("İx", "i"), []);
    }

    /// `(0008,0070)` LO of a maker, and a name that a mask hides.
    fn listing() -> Listing {
        let row = |tag, keyword: &str, vr, value: &str, secret| Row {
            keyword: keyword.into(),
            name: "Some Name".into(),
            vr,
            value: value.into(),
            secret,
            ..Row::plain(0, tag, RowKind::Leaf)
        };
        let maker = row(TagNumber(8, 0x70), "Manufacturer", "LO", "SIEMENS", None);
        let person = row(TagNumber(0x10, 0x10), "PatientName", "PN", "Doe^Siemens", Some(Secret::Hidden));
        Listing::new(vec![maker, person], vec![])
    }

    #[test]
    fn words_for_one_column_narrow_what_a_plain_text_finds() {
        for (query, found) in [
            ("siemens", &[0, 1][..]),
            ("vr:lo", &[0]),
            ("VR:LO siemens", &[0]),
            ("vr:pn manufacturer", &[]),
            ("tag:0010 value:doe", &[1]),
            ("(0008,0070)", &[0]),
            ("00080070", &[0]),
            ("keyword:name", &[1]),
            ("some name", &[0, 1]),
            ("value:", &[]),
            ("10:30", &[]),
            ("", &[]),
        ] {
            assert_eq!(Terms::new(query).rows(&listing(), Mask::default()), found, "{query}");
        }
        assert_eq!(Terms::new("vr:pn value:doe").marked(), "doe");
    }

    #[test]
    fn what_is_hidden_cannot_be_guessed_by_searching() {
        assert_eq!(Terms::new("siemens").rows(&listing(), Mask::new(true)), [0]);
        assert_eq!(Terms::new("doe").rows(&listing(), Mask::new(true)), [0; 0]);
    }
}
