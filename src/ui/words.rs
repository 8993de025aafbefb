//! Text that fits: cut and padded by the columns it takes, not by its characters.

use crate::model::{nouns, shown};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Cuts to a width in columns, with `…` where something is missing; harmless characters only.
///
/// That is the end, but the middle of a code: a hash or a UID is told from the next one by both of its ends.
pub fn cut(text: &str, width: usize) -> String {
    let text = shown(text);
    if text.width() <= width {
        return text.into_owned();
    }
    if width > 2 && is_code(&text) {
        // All of it is ASCII.
        let (front, back) = (width / 2, (width - 1) / 2);
        return format!("{}…{}", &text[..front], &text[text.len() - back..]);
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > width {
            break;
        }
        used += wide;
        kept.push(c);
    }
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// A name that a program made up: long, of one piece, and to a quarter digits.
fn is_code(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.len() >= 16 && text.bytes().all(plain) && digits * 4 >= text.len()
}

/// Cuts and pads on the right.
pub fn left(text: &str, width: usize) -> String {
    let text = cut(text, width);
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

/// Cuts and pads on the left.
pub(super) fn right(text: &str, width: usize) -> String {
    let text = cut(text, width);
    let missing = width.saturating_sub(text.width());
    format!("{}{text}", " ".repeat(missing))
}

/// Columns a text takes.
pub fn width(text: &str) -> usize {
    shown(text).width()
}

/// A count and its noun, thousands apart: `1 file`, `2 files`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{} {}", grouped(number as u64), nouns(number, noun))
}

/// A number with its thousands apart: `12 345`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{a0}');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_are_cut_whole() {
        assert_eq!(cut("山田太郎", 5), "山田…");
        assert_eq!(left("山田", 5), "山田 ");
        assert_eq!(right("7", 3), "  7");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn of_a_code_the_middle_is_missing_and_of_words_the_end() {
        assert_eq!(cut("0015ceb851d7251b8f399e39779d1e7d", 12), "0015ce…d1e7d");
        assert_eq!(cut("1.2.840.113619.2.55.3.604688119", 9), "1.2.…8119");
        assert_eq!(cut("ThoraxRoutineAdult", 9), "ThoraxRo…");
        assert_eq!(cut("0015ceb851d7251b8f399e39779d1e7d", 2), "0…");
        assert_eq!(width(&cut("0015ceb851d7251b8f399e39779d1e7d", 13)), 13);
    }

    #[test]
    fn counts_are_words() {
        assert_eq!(count(1, "file"), "1 file");
        assert_eq!(count(12345, "study"), "12\u{a0}345 studies");
        assert_eq!(count(2, "series"), "2 series");
    }
}
