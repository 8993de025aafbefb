//! One cell of a table: text cut to its columns, with the letters of a search marked.

use crate::model::hits;
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Text that fits.
pub(super) struct Cut {
    pub(super) text: String,
}

impl Cut {
    /// In terminal columns.
    pub(super) fn width(&self) -> u16 {
        self.text.width() as u16
    }
}

/// Cuts text to a width in terminal columns; what is cut ends in `…`.
pub(super) fn cut(text: &str, width: u16) -> Cut {
    let width = usize::from(width);
    // A character is at least a byte, and few values are long: most need no counting at all.
    if text.len() <= width && text.is_ascii() {
        return Cut { text: text.to_owned() };
    }
    let mut used = 0;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let next = used + c.width().unwrap_or(0);
        if next > width {
            return Cut { text: if width == 0 { String::new() } else { format!("{}…", &text[..end]) } };
        }
        used = next;
        // The ellipsis needs a column, should it come to that.
        if used < width {
            end = at + c.len_utf8();
        }
    }
    Cut { text: text.to_owned() }
}

/// Breaks text into lines of a width in terminal columns, at most `count`; the last one says if there is more.
pub(super) fn wrapped(text: &str, width: u16, count: usize) -> Vec<String> {
    let mut lines = vec![];
    let mut rest = text;
    while !rest.is_empty() && lines.len() < count && width > 1 {
        if lines.len() + 1 == count {
            lines.push(cut(rest, width).text);
            break;
        }
        let end = line_end(rest, usize::from(width));
        lines.push(rest[..end].to_owned());
        rest = &rest[end..];
    }
    lines
}

/// Bytes of the first line: up to an end of line in the value, else as much as fits.
fn line_end(text: &str, width: usize) -> usize {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > width {
            return at;
        }
        if c == '↵' {
            return at + c.len_utf8();
        }
    }
    text.len()
}

/// A place for text on one line.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    x: u16,
    y: u16,
    width: u16,
}

impl Cell {
    pub(super) fn at(x: u16, y: u16, width: u16) -> Self {
        Self { x, y, width }
    }

    /// Writes text that is safe to show; nothing if the line is not there.
    pub(super) fn write(self, text: &str, style: Style, buffer: &mut Buffer, line: Rect) {
        self.write_marked(text, style, "", style, buffer, line);
    }

    /// Writes text that is safe to show, with occurrences of `query` in a style of their own.
    pub(super) fn write_marked(
        self,
        text: &str,
        style: Style,
        query: &str,
        mark: Style,
        buffer: &mut Buffer,
        line: Rect,
    ) {
        if line.is_empty() || self.width == 0 {
            return;
        }
        let Cut { text } = cut(text, self.width);
        let end = self.x.saturating_add(self.width);
        let mut x = self.x;
        let mut put = |part: &str, style: Style| {
            let left = usize::from(end.saturating_sub(x));
            (x, _) = buffer.set_stringn(x, self.y, part, left, style);
        };
        let mut from = 0;
        for hit in hits(&text, query) {
            put(&text[from..hit.start], style);
            from = hit.end;
            put(&text[hit], mark);
        }
        put(&text[from..], style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_text_fits_and_says_that_it_was_cut() {
        for (text, width, expected) in [
            ("Rows", 4, "Rows"),
            ("Columns", 4, "Col…"),
            ("山田太郎", 8, "山田太郎"),
            ("山田太郎", 7, "山田太…"),
            ("山田太郎", 6, "山田…"),
            ("山田太郎", 1, "…"),
            ("x", 0, ""),
        ] {
            assert_eq!(cut(text, width).text, expected);
        }
    }

    #[test]
    fn lines_break_where_the_value_does_and_where_they_must() {
        assert_eq!(wrapped("ab↵cdefgh", 4, 9), ["ab↵", "cdef", "gh"]);
        assert_eq!(wrapped("abcdefghij", 4, 2), ["abcd", "efg…"]);
        assert_eq!(wrapped("山田太郎", 5, 9), ["山田", "太郎"]);
        assert_eq!(wrapped("山", 1, 9), Vec::<String>::new());
    }
}
