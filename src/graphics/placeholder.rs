//! Kitty pictures inside tmux: cells of text that stand for a picture.
//!
//! tmux moves and redraws text, not pictures. A placeholder is text: `U+10EEEE`
//! with two combining marks that count its row and column, in a foreground colour
//! that is the id of the picture. The terminal behind tmux draws the picture there.

/// Rows or columns that the combining marks can count.
pub(super) const MOST_CELLS: u16 = 297;

/// The character every placeholder starts with.
const PLACEHOLDER: char = '\u{10EEEE}';

/// Runs of combining marks, first and length, in the order in which they count.
///
/// Marks above the letter (class 230) of Unicode 6.0 that no normalisation fuses;
/// the protocol fixes the list for ever.
#[rustfmt::skip]
const MARKS: [(u32, u16); 86] = [
    (0x305, 1), (0x30D, 2), (0x310, 1), (0x312, 1), (0x33D, 3), (0x346, 1), (0x34A, 3), (0x350, 3),
    (0x357, 1), (0x35B, 1), (0x363, 13), (0x483, 5), (0x592, 4), (0x597, 3), (0x59C, 6), (0x5A8, 2),
    (0x5AB, 2), (0x5AF, 1), (0x5C4, 1), (0x610, 8), (0x657, 5), (0x65D, 2), (0x6D6, 7), (0x6DF, 4),
    (0x6E4, 1), (0x6E7, 2), (0x6EB, 2), (0x730, 1), (0x732, 2), (0x735, 2), (0x73A, 1), (0x73D, 1),
    (0x73F, 3), (0x743, 1), (0x745, 1), (0x747, 1), (0x749, 2), (0x7EB, 7), (0x7F3, 1), (0x816, 4),
    (0x81B, 9), (0x825, 3), (0x829, 5), (0x951, 1), (0x953, 2), (0xF82, 2), (0xF86, 2), (0x135D, 3),
    (0x17DD, 1), (0x193A, 1), (0x1A17, 1), (0x1A75, 8), (0x1B6B, 1), (0x1B6D, 7), (0x1CD0, 3),
    (0x1CDA, 2), (0x1CE0, 1), (0x1DC0, 2), (0x1DC3, 7), (0x1DCB, 2), (0x1DD1, 22), (0x1DFE, 1),
    (0x20D0, 2), (0x20D4, 4), (0x20DB, 2), (0x20E1, 1), (0x20E7, 1), (0x20E9, 1), (0x20F0, 1),
    (0x2CEF, 3), (0x2DE0, 32), (0xA66F, 1), (0xA67C, 2), (0xA6F0, 2), (0xA8E0, 18), (0xAAB0, 1),
    (0xAAB2, 2), (0xAAB7, 2), (0xAABE, 2), (0xAAC1, 1), (0xFE20, 7), (0x10A0F, 1), (0x10A38, 1),
    (0x1D185, 5), (0x1D1AA, 4), (0x1D242, 3),
];

/// The foreground colour that carries the lower 24 bits of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceholderColor {
    /// For ids below 256: survives a tmux that knows only 256 colours.
    Index(u8),
    /// Red, green, blue; needs `terminal-features` RGB in tmux.
    Rgb(u8, u8, u8),
}

/// The text that stands for one picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// Rows of cells; every string is one cell wide and complete in itself. Right of another cell of the
    /// same picture, [`Self::NEXT`] says the same in a third of the bytes.
    pub rows: Vec<Vec<String>>,
    /// The foreground colour of every cell, also when colours are otherwise off.
    pub color: PlaceholderColor,
}

impl Placeholder {
    /// The cell one column further than that to the left of it: the terminal counts when it draws, so it
    /// does not matter which of them was written last.
    pub const NEXT: &str = "\u{10EEEE}";
}

/// The cells for picture `id`, at most 297 columns and rows.
pub fn placeholder_cells(id: u32, columns: u16, rows: u16) -> Placeholder {
    let [high, red, green, blue] = id.to_be_bytes();
    let color = match u8::try_from(id) {
        Ok(index) => PlaceholderColor::Index(index),
        Err(_) => PlaceholderColor::Rgb(red, green, blue),
    };
    let marks = marks();
    let upper = (high != 0).then(|| marks[usize::from(high)]);
    let cell = |row: char, column: char| [PLACEHOLDER, row, column].into_iter().chain(upper).collect();
    let rows = marks[..usize::from(rows.min(MOST_CELLS))]
        .iter()
        .map(|&row| {
            marks[..usize::from(columns.min(MOST_CELLS))].iter().map(|&column| cell(row, column)).collect()
        })
        .collect();
    Placeholder { rows, color }
}

/// All combining marks in counting order; 297 of them.
fn marks() -> Vec<char> {
    MARKS
        .iter()
        .flat_map(|&(first, length)| first..first + u32::from(length))
        .filter_map(char::from_u32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_marks_as_the_protocol_counts() {
        let marks = marks();

        assert_eq!(marks.len(), usize::from(MOST_CELLS));
        assert!(marks.is_sorted());
        // Spot checks against kitty's rowcolumn-diacritics.txt.
        assert_eq!((marks[0], marks[1], marks[60]), ('\u{305}', '\u{30D}', '\u{616}'));
        assert_eq!(marks[296], '\u{1D244}');
    }

    #[test]
    fn a_cell_says_its_row_and_column_and_the_colour_says_the_picture() {
        let small = placeholder_cells(42, 3, 2);
        let large = placeholder_cells(0x0201_0203, 1, 1);

        assert_eq!(small.color, PlaceholderColor::Index(42));
        assert_eq!(small.rows.len(), 2);
        assert_eq!(small.rows[1][2], "\u{10EEEE}\u{30D}\u{30E}");
        assert_eq!(large.color, PlaceholderColor::Rgb(1, 2, 3));
        assert_eq!(large.rows[0][0], "\u{10EEEE}\u{305}\u{305}\u{30E}");
    }

    #[test]
    fn more_cells_than_there_are_marks_are_cut() {
        let huge = placeholder_cells(1, 400, 500);

        assert_eq!((huge.rows.len(), huge.rows[0].len()), (297, 297));
    }
}
