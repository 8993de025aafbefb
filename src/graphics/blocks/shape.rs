//! The shapes a character can cut its cell into.

/// How much of a picture one cell shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Upper and lower half: every font has them.
    #[default]
    Halves,
    /// Four quarters in two colours; in nearly every font.
    Quadrants,
    /// Two by four pixels in two colours: Unicode 16, of the year 2024.
    Octants,
    /// One pixel, as a letter or sign that is as dark or bright as it.
    Ascii,
}

/// The quadrants by their pixels: upper left is bit 0, upper right bit 1, then the lower ones.
const QUADRANTS: [char; 16] =
    [' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'];

/// The first of the octants in their own block; they follow one another by their pixels.
const FIRST_OCTANT: u32 = 0x1_CD00;

/// Patterns of two by four pixels that were characters already, and are left out of that block.
///
/// Source: Unicode 16.0, chart U+1CC00, "Block octants".
const OLDER: [(u8, char); 26] = [
    (0x00, ' '),
    (0x01, '\u{1CEA8}'),
    (0x02, '\u{1CEAB}'),
    (0x03, '\u{1FB82}'),
    (0x05, '▘'),
    (0x0A, '▝'),
    (0x0F, '▀'),
    (0x14, '\u{1FBE6}'),
    (0x28, '\u{1FBE7}'),
    (0x3F, '\u{1FB85}'),
    (0x40, '\u{1CEA3}'),
    (0x50, '▖'),
    (0x55, '▌'),
    (0x5A, '▞'),
    (0x5F, '▛'),
    (0x80, '\u{1CEA0}'),
    (0xA0, '▗'),
    (0xA5, '▚'),
    (0xAA, '▐'),
    (0xAF, '▜'),
    (0xC0, '▂'),
    (0xF0, '▄'),
    (0xF5, '▙'),
    (0xFA, '▟'),
    (0xFC, '▆'),
    (0xFF, '█'),
];

impl Shape {
    /// All of them, coarse to fine, and what works without any.
    pub const ALL: [Self; 4] = [Self::Halves, Self::Quadrants, Self::Octants, Self::Ascii];

    /// Pixels of a cell: across, down.
    pub const fn pixels(self) -> (u32, u32) {
        match self {
            Self::Halves => (1, 2),
            Self::Quadrants => (2, 2),
            Self::Octants => (2, 4),
            Self::Ascii => (1, 1),
        }
    }

    /// The character with these pixels in front, row by row from bit 0. [`Self::Ascii`] has none such.
    pub(super) fn symbol(self, pixels: u8) -> char {
        match self {
            Self::Halves => [' ', '▀', '▄', '█'][usize::from(pixels & 3)],
            Self::Quadrants => QUADRANTS[usize::from(pixels & 15)],
            Self::Octants => octant(pixels),
            Self::Ascii => ' ',
        }
    }
}

fn octant(pixels: u8) -> char {
    let before = match OLDER.binary_search_by_key(&pixels, |&(pattern, _)| pattern) {
        Ok(at) => return OLDER[at].1,
        Err(before) => before,
    };
    char::from_u32(FIRST_OCTANT + u32::from(pixels) - before as u32).unwrap_or(' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_256_octants_are_all_different_and_fill_their_block_to_its_end() {
        let all: BTreeSet<char> = (0..=255).map(octant).collect();

        assert_eq!(all.len(), 256);
        let block = all.iter().filter(|symbol| ('\u{1CD00}'..='\u{1CDE5}').contains(symbol));
        assert_eq!(block.count(), 0xE6);
    }

    #[test]
    fn octants_are_where_their_names_say() {
        // The numbers in a name are the pixels, counted from 1.
        for (name, symbol) in [
            ("3", '\u{1CD00}'),
            ("23", '\u{1CD01}'),
            ("234", '\u{1CD08}'),
            ("5", '\u{1CD09}'),
            ("15", '\u{1CD0A}'),
            ("135", '\u{1CD0D}'),
            ("2345", '\u{1CD16}'),
            ("2345678", '\u{1CDE5}'),
        ] {
            let pixels = name.bytes().fold(0, |pixels, digit| pixels | 1 << (digit - b'1'));
            assert_eq!(octant(pixels), symbol, "BLOCK OCTANT-{name}");
        }
    }

    #[test]
    fn what_two_shapes_can_both_show_is_the_same_character_in_both() {
        // A quadrant is two octants, one above the other.
        let twice = [0x05, 0x0A, 0x50, 0xA0];
        for quadrants in 0..16 {
            let octants = (0..4).filter(|bit| quadrants & 1 << bit != 0).fold(0, |all, bit| all | twice[bit]);
            assert_eq!(Shape::Octants.symbol(octants), Shape::Quadrants.symbol(quadrants));
        }
        for (halves, quadrants) in [(0, 0), (1, 3), (2, 12), (3, 15)] {
            assert_eq!(Shape::Halves.symbol(halves), Shape::Quadrants.symbol(quadrants));
        }
    }
}
