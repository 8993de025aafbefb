//! Text that fits: cut and padded by the columns it takes, not by its characters.

use crate::model::shown;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Cuts to a width in columns, with `…` where something is missing; harmless characters only.
pub fn cut(text: &str, width: usize) -> String {
    let text = shown(text);
    if text.width() <= width {
        return text.into_owned();
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

/// A count and its noun: `1 file`, `2 files`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if noun == "series" || number == 1 { noun.to_owned() } else { format!("{noun}s") };
    let plural = plural.replace("studys", "studies");
    format!("{} {plural}", grouped(number as u64))
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
    fn counts_are_words() {
        assert_eq!(count(1, "file"), "1 file");
        assert_eq!(count(12345, "study"), "12\u{a0}345 studies");
        assert_eq!(count(2, "series"), "2 series");
    }
}
