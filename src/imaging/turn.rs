//! Turning and mirroring what the user sees: the eight symmetries of a square.

use image::DynamicImage;

/// A mirroring and a rotation, in this order; [`Turn::default`] leaves the picture as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Turn {
    /// Clockwise, below 4.
    quarter_turns: u8,
    /// Left and right are swapped, before the rotation.
    flipped: bool,
}

impl Turn {
    const RIGHT: Self = Self { quarter_turns: 1, flipped: false };
    const LEFT: Self = Self { quarter_turns: 3, flipped: false };
    const MIRROR: Self = Self { quarter_turns: 0, flipped: true };
    const UPSIDE_DOWN: Self = Self { quarter_turns: 2, flipped: true };

    /// A quarter turn clockwise on top.
    #[must_use]
    pub const fn rotated_right(self) -> Self {
        self.then(Self::RIGHT)
    }

    /// A quarter turn anticlockwise on top.
    #[must_use]
    pub const fn rotated_left(self) -> Self {
        self.then(Self::LEFT)
    }

    /// Left and right swapped, as the user sees them now.
    #[must_use]
    pub const fn flipped_horizontally(self) -> Self {
        self.then(Self::MIRROR)
    }

    /// Top and bottom swapped, as the user sees them now.
    #[must_use]
    pub const fn flipped_vertically(self) -> Self {
        self.then(Self::UPSIDE_DOWN)
    }

    /// Both, this one first.
    #[must_use]
    pub const fn then(self, next: Self) -> Self {
        // A mirror reverses the sense of every rotation that was made before it.
        let before = if next.flipped { 4 - self.quarter_turns } else { self.quarter_turns };
        Self { quarter_turns: (next.quarter_turns + before) % 4, flipped: self.flipped != next.flipped }
    }

    /// What undoes it.
    #[must_use]
    pub const fn inverse(self) -> Self {
        if self.flipped { self } else { Self { quarter_turns: (4 - self.quarter_turns) % 4, flipped: false } }
    }

    /// Clockwise quarter turns after the mirroring, `0..=3`.
    pub const fn quarter_turns(self) -> u8 {
        self.quarter_turns
    }

    /// True if the picture is mirrored: text in it reads backwards.
    pub const fn is_mirrored(self) -> bool {
        self.flipped
    }

    /// True if rows become columns.
    pub const fn swaps_axes(self) -> bool {
        self.quarter_turns % 2 == 1
    }

    /// `(rows, columns)` of the turned picture.
    pub const fn shape(self, (rows, columns): (usize, usize)) -> (usize, usize) {
        if self.swaps_axes() { (columns, rows) } else { (rows, columns) }
    }

    /// Height by width of a turned pixel, given that of an original one.
    pub fn aspect(self, aspect: f64) -> f64 {
        if self.swaps_axes() { aspect.recip() } else { aspect }
    }

    /// Where pixel `(row, column)` of a picture of this shape is after the turn; the pixel must lie
    /// inside.
    pub const fn place(self, pixel: (usize, usize), shape: (usize, usize)) -> (usize, usize) {
        let ((row, column), (rows, columns)) = (pixel, shape);
        let column = if self.flipped { columns - 1 - column } else { column };
        match self.quarter_turns {
            0 => (row, column),
            1 => (column, rows - 1 - row),
            2 => (rows - 1 - row, columns - 1 - column),
            _ => (columns - 1 - column, row),
        }
    }

    /// The same of a point between pixels, whose centres are whole numbers.
    pub fn point(self, [row, column]: [f64; 2], (rows, columns): (usize, usize)) -> [f64; 2] {
        let (bottom, right) = (rows as f64 - 1.0, columns as f64 - 1.0);
        let column = if self.flipped { right - column } else { column };
        match self.quarter_turns {
            0 => [row, column],
            1 => [column, bottom - row],
            2 => [bottom - row, right - column],
            _ => [right - column, row],
        }
    }

    /// The `(row, column)` of the original that pixel `turned` shows; `shape` is the original's.
    pub const fn origin(self, turned: (usize, usize), shape: (usize, usize)) -> (usize, usize) {
        self.inverse().place(turned, self.shape(shape))
    }

    /// Turns a picture.
    #[must_use]
    pub fn apply(self, picture: DynamicImage) -> DynamicImage {
        let picture = if self.flipped { picture.fliph() } else { picture };
        match self.quarter_turns {
            0 => picture,
            1 => picture.rotate90(),
            2 => picture.rotate180(),
            _ => picture.rotate270(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::GrayImage;
    use proptest::prelude::*;

    /// 1 2 3
    /// 4 5 6
    fn picture() -> DynamicImage {
        GrayImage::from_raw(3, 2, vec![1, 2, 3, 4, 5, 6]).unwrap().into()
    }

    #[test]
    fn rotating_right_brings_the_left_edge_to_the_top() {
        let turned = Turn::default().rotated_right().apply(picture());
        assert_eq!((turned.width(), turned.height()), (2, 3));
        assert_eq!(turned.into_bytes(), [4, 1, 5, 2, 6, 3]);
    }

    #[test]
    fn flips_follow_the_screen_not_the_file() {
        let turned = Turn::default().rotated_right().flipped_horizontally().apply(picture());
        assert_eq!(turned.into_bytes(), [1, 4, 2, 5, 3, 6]);

        let turned = Turn::default().rotated_right().flipped_vertically().apply(picture());
        assert_eq!(turned.into_bytes(), [6, 3, 5, 2, 4, 1]);
    }

    #[test]
    fn a_quarter_turn_swaps_the_aspect() {
        assert_eq!(Turn::default().rotated_left().aspect(2.0), 0.5);
        assert_eq!(Turn::default().flipped_vertically().aspect(2.0), 2.0);
    }

    fn turns() -> impl Strategy<Value = Turn> {
        (0..4u8, any::<bool>()).prop_map(|(quarter_turns, flipped)| Turn { quarter_turns, flipped })
    }

    proptest! {
        #[test]
        fn turns_form_a_group(a in turns(), b in turns(), c in turns()) {
            prop_assert_eq!(a.then(b).then(c), a.then(b.then(c)));
            prop_assert_eq!(a.then(a.inverse()), Turn::default());
            prop_assert_eq!(a.inverse().then(a), Turn::default());
            prop_assert_eq!(a.then(Turn::default()), a);
        }

        #[test]
        fn two_turns_at_once_are_one_after_the_other(a in turns(), b in turns()) {
            prop_assert_eq!(a.then(b).apply(picture()), b.apply(a.apply(picture())));
        }

        #[test]
        fn four_rights_two_flips_and_right_then_left_change_nothing(a in turns()) {
            prop_assert_eq!(a.rotated_right().rotated_right().rotated_right().rotated_right(), a);
            prop_assert_eq!(a.flipped_horizontally().flipped_horizontally(), a);
            prop_assert_eq!(a.flipped_vertically().flipped_vertically(), a);
            prop_assert_eq!(a.rotated_right().rotated_left(), a);
        }

        #[test]
        fn a_pixel_is_found_where_the_picture_shows_it(turn in turns(), row in 0..2usize, column in 0..3usize) {
            let turned = turn.apply(picture()).into_luma8();

            let (y, x) = turn.place((row, column), (2, 3));

            prop_assert_eq!(u32::from(turned.get_pixel(x as u32, y as u32)[0]), (row * 3 + column + 1) as u32);
            prop_assert_eq!(turn.origin((y, x), (2, 3)), (row, column));
            prop_assert_eq!(turn.point([row as f64, column as f64], (2, 3)), [y as f64, x as f64]);
        }
    }
}
