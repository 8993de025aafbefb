//! Text in lines: one paragraph for each line of the value, wrapped between words, with the places of a search.

use crate::model::{hits, shown};
use std::ops::Range;
use unicode_width::UnicodeWidthChar;

/// Lines of one value, and matches of one search, that are kept.
const MOST: usize = 2_000_000;
const MOST_MATCHES: usize = 100_000;

/// Text for a screen.
#[derive(Debug, Default)]
pub struct Paragraphs {
    /// Paragraphs, each with the number of the value it begins, from 1; 0 for the further lines of one.
    text: Vec<(usize, String)>,
    /// Values, if they are worth numbers.
    values: usize,
    lines: Vec<Span>,
    matches: Vec<Span>,
}

/// A part of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Which paragraph.
    pub paragraph: usize,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

impl Paragraphs {
    /// The values of an attribute, made harmless.
    pub(super) fn of(values: &[String]) -> Self {
        let mut paragraphs = vec![];
        for (at, value) in values.iter().enumerate() {
            let value = value.replace("\r\n", "\n");
            for (line, text) in value.split(['\n', '\r', '\x0c']).enumerate() {
                if paragraphs.len() < MOST {
                    paragraphs.push((if line == 0 { at + 1 } else { 0 }, shown(text).into_owned()));
                }
            }
        }
        let values = if values.len() > 1 { values.len() } else { 0 };
        Self { text: paragraphs, values, lines: vec![], matches: vec![] }
    }

    /// True if there is no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Lines of the width they were wrapped for.
    pub fn lines(&self) -> &[Span] {
        &self.lines
    }

    /// The text of a part.
    pub fn text(&self, span: Span) -> &str {
        self.text.get(span.paragraph).and_then(|(_, text)| text.get(span.start..span.end)).unwrap_or_default()
    }

    /// The number of the value that a line begins, if there are several.
    pub fn number(&self, span: Span) -> Option<usize> {
        let (number, _) = self.text.get(span.paragraph)?;
        Some(*number).filter(|&number| self.values > 0 && number > 0 && span.start == 0)
    }

    /// Columns of the numbers of values, with a space after them; 0 if there are none.
    pub fn gutter(&self) -> usize {
        if self.values > 0 { self.values.to_string().len() + 1 } else { 0 }
    }

    /// Breaks the text into lines of so many columns, less those of the numbers.
    pub(super) fn wrap(&mut self, columns: usize) {
        let columns = columns.saturating_sub(self.gutter()).max(2);
        let mut lines = vec![];
        for (paragraph, (_, text)) in self.text.iter().enumerate() {
            let mut start = 0;
            loop {
                let end = start + line_end(&text[start..], columns);
                lines.push(Span { paragraph, start, end });
                if end >= text.len() || lines.len() >= MOST {
                    break;
                }
                start = end;
            }
        }
        self.lines = lines;
    }

    /// Where a line begins.
    pub(super) fn place(&self, line: usize) -> (usize, usize) {
        self.lines.get(line).map_or((0, 0), |span| (span.paragraph, span.start))
    }

    /// The line that holds a place.
    pub(super) fn line_of(&self, place: (usize, usize)) -> usize {
        self.lines.partition_point(|span| (span.paragraph, span.start) <= place).saturating_sub(1)
    }

    /// Finds a query in every paragraph.
    pub(super) fn search(&mut self, query: &str) {
        let found = self.text.iter().enumerate().flat_map(|(paragraph, (_, text))| {
            hits(text, query).into_iter().map(move |Range { start, end }| Span { paragraph, start, end })
        });
        self.matches = found.take(MOST_MATCHES).collect();
    }

    /// What a search has found, in order.
    pub fn matches(&self) -> &[Span] {
        &self.matches
    }

    /// Matches that a line holds some of, in bytes of the line.
    pub fn marks(&self, line: Span) -> impl Iterator<Item = (usize, Range<usize>)> {
        let first = self
            .matches
            .partition_point(|found| (found.paragraph, found.end) <= (line.paragraph, line.start));
        let inside = move |found: &Span| (found.paragraph, found.start) < (line.paragraph, line.end);
        let matches = self.matches[first..].iter().take_while(move |found| inside(found)).enumerate();
        matches.map(move |(at, found)| {
            let cut = |byte: usize| byte.clamp(line.start, line.end) - line.start;
            (first + at, cut(found.start)..cut(found.end))
        })
    }

    pub(super) fn line_of_match(&self, at: usize) -> usize {
        self.matches.get(at).map_or(0, |found| self.line_of((found.paragraph, found.start)))
    }

    /// The first match in a line or after it, round the end.
    pub(super) fn match_from(&self, line: usize) -> Option<usize> {
        let place = self.place(line);
        let at = self.matches.partition_point(|found| (found.paragraph, found.start) < place);
        (!self.matches.is_empty()).then(|| at % self.matches.len())
    }
}

/// Bytes of the first line: after the last space that fits if that is not too far back, else as much as fits.
fn line_end(text: &str, columns: usize) -> usize {
    let (mut used, mut space) = (0, None);
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > columns {
            return match space {
                Some((end, before)) if 2 * before > columns => end,
                // A character wider than the line stands in it all the same.
                _ => {
                    if at == 0 {
                        c.len_utf8()
                    } else {
                        at
                    }
                }
            };
        }
        if c == ' ' {
            space = Some((at + 1, used));
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    fn wrapped(values: &[&str], columns: usize) -> Paragraphs {
        let mut text = Paragraphs::of(&values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>());
        text.wrap(columns);
        text
    }

    fn lines(text: &Paragraphs) -> Vec<&str> {
        text.lines().iter().map(|&line| text.text(line)).collect()
    }

    #[test]
    fn text_breaks_where_the_value_does_and_else_between_words() {
        let text = wrapped(&["one two three\r\nfour\n\nx\x1b[2J"], 9);
        assert_eq!(lines(&text), ["one two ", "three", "four", "", "x⟨U+001B⟩", "[2J"]);
        assert_eq!(text.gutter(), 0);
        assert_eq!(lines(&wrapped(&["山田太郎"], 5)), ["山田", "太郎"]);
    }

    #[test]
    fn several_values_have_numbers() {
        let text = wrapped(&["a", "b c", ""], 4);
        assert_eq!(lines(&text), ["a", "b ", "c", ""]);
        let numbers: Vec<_> = text.lines().iter().map(|&line| text.number(line)).collect();
        assert_eq!(numbers, [Some(1), Some(2), None, Some(3)]);
    }

    #[test]
    fn a_match_is_marked_on_both_lines_that_it_stands_on() {
        let mut text = wrapped(&["abcdefgh"], 4);
        text.search("DEF");
        let marks: Vec<Vec<_>> = text.lines().iter().map(|&line| text.marks(line).collect()).collect();
        assert_eq!(marks, [[(0, 3..4)], [(0, 0..2)]]);
        assert_eq!((text.line_of_match(0), text.match_from(1)), (0, Some(0)));
    }

    proptest! {
        #[test]
        fn lines_are_all_of_the_text_and_fit(values in prop::collection::vec("[ -~山é\u{200d}\u{1b}\n\u{301}]{0,60}", 0..5), columns in 0usize..40) {
            let text = wrapped(&values.iter().map(String::as_str).collect::<Vec<_>>(), columns);
            let joined: String = lines(&text).concat();
            let expected: String = values.iter().flat_map(|value| value.split('\n')).map(|line| shown(line).into_owned()).collect();
            prop_assert_eq!(joined, expected);
            let room = columns.saturating_sub(text.gutter()).max(2);
            for line in lines(&text) {
                prop_assert!(line.width() <= room, "{line:?} in {room}");
            }
        }

        #[test]
        fn another_width_shows_the_same_place(value in "[a-z ]{0,300}", line in 0usize..40, columns in 2usize..60) {
            let mut text = wrapped(&[&value], 10);
            let place = text.place(line.min(text.lines().len() - 1));
            text.wrap(columns);
            let span = text.lines()[text.line_of(place)];
            prop_assert!(span.start <= place.1 && (place.1 < span.end || span.end == value.len()));
        }
    }
}
