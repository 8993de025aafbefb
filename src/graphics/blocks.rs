//! Pictures made of characters: the upper half block shows two pixels in one cell.
//!
//! These cells go through the ordinary screen buffer, so only those that change are
//! sent. True colour costs twice the bytes of the palette: use the palette while
//! slices fly past.

use image::DynamicImage;

use super::{
    file::Pixels,
    palette::{self, Rgb},
    protocol::Colors,
};

/// The colour of one half of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockColor {
    /// Whatever the terminal uses for text.
    Default,
    /// An index into the terminal's palette; below 16 the ANSI colours.
    Index(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// One character of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockCell {
    /// The character: `▀`, `▄`, a space, or one of the ramp for [`Colors::Mono`].
    pub symbol: char,
    /// Colour of the character.
    pub fg: BlockColor,
    /// Colour behind it.
    pub bg: BlockColor,
}

/// A picture as cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// Cells in a row.
    pub columns: usize,
    /// All cells, row by row.
    pub cells: Vec<BlockCell>,
}

impl Grid {
    /// The rows from top to bottom.
    pub fn rows(&self) -> impl Iterator<Item = &[BlockCell]> {
        self.cells.chunks(self.columns.max(1))
    }
}

/// From dark to bright, for terminals without colour.
const RAMP: [char; 10] = [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];

/// Thresholds of an ordered 4×4 dither, in sixteenths.
const BAYER: [[i16; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];

/// Turns a picture of `columns × 2·rows` pixels into `columns × rows` cells.
///
/// A last odd row of pixels is shown over black.
pub fn grid(picture: &DynamicImage, colors: Colors) -> Grid {
    let pixels = Pixels::of(picture);
    let (width, height) = pixels.size();
    let pixel = |x: u32, y: u32| -> Rgb {
        if y >= height {
            return [0; 3];
        }
        match &pixels {
            Pixels::Gray(gray) => [gray.get_pixel(x, y).0[0]; 3],
            Pixels::Rgb(rgb) => rgb.get_pixel(x, y).0,
        }
    };
    let cells = (0..height.div_ceil(2))
        .flat_map(|row| (0..width).map(move |x| (x, 2 * row)))
        .map(|(x, y)| {
            let (top, bottom) = (pixel(x, y), pixel(x, y + 1));
            match colors {
                Colors::True => halves(rgb(top), rgb(bottom)),
                Colors::Palette => halves(indexed(top), indexed(bottom)),
                Colors::Ansi => ansi(dithered(top, x, y), dithered(bottom, x, y + 1)),
                Colors::Mono => character(top, bottom),
            }
        })
        .collect();
    Grid { columns: width as usize, cells }
}

fn rgb([red, green, blue]: Rgb) -> BlockColor {
    BlockColor::Rgb(red, green, blue)
}

fn indexed(color: Rgb) -> BlockColor {
    BlockColor::Index(palette::xterm_index(color))
}

/// Two halves; equal ones are a space, so that the foreground need not be sent.
fn halves(top: BlockColor, bottom: BlockColor) -> BlockCell {
    if top == bottom {
        BlockCell { symbol: ' ', fg: BlockColor::Default, bg: bottom }
    } else {
        BlockCell { symbol: '▀', fg: top, bg: bottom }
    }
}

/// Two of the 16 colours. The Linux console has no bright backgrounds, so a bright
/// colour is put in front where possible.
fn ansi(top: u8, bottom: u8) -> BlockCell {
    let (fg, bg) = (BlockColor::Index(top), BlockColor::Index(bottom));
    match (top, bottom) {
        (8.., 8..) if top == bottom => BlockCell { symbol: '█', fg, bg: BlockColor::Index(0) },
        (..8, 8..) => BlockCell { symbol: '▄', fg: bg, bg: fg },
        _ => halves(fg, bg),
    }
}

/// The nearest of the 16 colours, after spreading the error over neighbours: four greys
/// alone would turn soft tissue into one flat area.
fn dithered(color: Rgb, x: u32, y: u32) -> u8 {
    // Black, dark, light and white are about 85 apart on average.
    let shift = (BAYER[y as usize % 4][x as usize % 4] * 2 - 15) * 85 / 32;
    palette::ansi_index(color.map(|channel| (i16::from(channel) + shift).clamp(0, 255) as u8))
}

/// One character for the mean brightness of both pixels.
fn character(top: Rgb, bottom: Rgb) -> BlockCell {
    // Rec. 601 luma, in thousandths.
    let luma =
        |[red, green, blue]: Rgb| 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    let mean = (luma(top) + luma(bottom)) / 2000;
    let symbol = RAMP[(mean as usize * RAMP.len() / 256).min(RAMP.len() - 1)];
    BlockCell { symbol, fg: BlockColor::Default, bg: BlockColor::Default }
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, RgbImage};
    use proptest::prelude::*;

    use super::*;

    /// The two pixels a cell shows.
    fn shown(cell: BlockCell) -> (BlockColor, BlockColor) {
        match cell.symbol {
            '▀' => (cell.fg, cell.bg),
            '▄' => (cell.bg, cell.fg),
            '█' => (cell.fg, cell.fg),
            ' ' => (cell.bg, cell.bg),
            other => panic!("{other}"),
        }
    }

    proptest! {
        #[test]
        fn true_colour_cells_show_every_pixel_exactly(
            width in 1_u32..12, rows in 1_u32..6, bytes in proptest::collection::vec(any::<u8>(), 12 * 12 * 3),
        ) {
            let length = (width * rows * 2 * 3) as usize;
            let picture = RgbImage::from_raw(width, rows * 2, bytes[..length].to_vec()).unwrap();

            let grid = grid(&picture.clone().into(), Colors::True);

            for (y, row) in grid.rows().enumerate() {
                for (x, cell) in row.iter().enumerate() {
                    let at = |y: usize| rgb(picture.get_pixel(x as u32, y as u32).0);
                    prop_assert_eq!(shown(*cell), (at(2 * y), at(2 * y + 1)));
                }
            }
        }
    }

    #[test]
    fn palette_cells_use_the_grey_ramp() {
        let picture = GrayImage::from_raw(1, 2, vec![128, 0]).unwrap();

        let grid = grid(&picture.into(), Colors::Palette);

        assert_eq!(shown(grid.cells[0]), (BlockColor::Index(244), BlockColor::Index(16)));
    }

    #[test]
    fn sixteen_colours_never_need_a_bright_background_beside_a_dim_one() {
        let picture = GrayImage::from_fn(256, 8, |x, y| image::Luma([if y % 2 == 0 { x as u8 } else { 90 }]));

        let grid = grid(&picture.into(), Colors::Ansi);

        for cell in &grid.cells {
            let (BlockColor::Index(fg), BlockColor::Index(bg)) = (cell.fg, cell.bg) else { continue };
            assert!(bg < 8 || fg >= 8, "{cell:?}");
        }
    }

    #[test]
    fn without_colour_brightness_becomes_ink() {
        let picture = GrayImage::from_raw(3, 2, vec![0, 128, 255, 0, 128, 255]).unwrap();

        let grid = grid(&picture.into(), Colors::Mono);

        let text: String = grid.cells.iter().map(|cell| cell.symbol).collect();
        assert_eq!(text, " +@");
    }

    #[test]
    fn an_odd_last_row_is_shown_over_black() {
        let picture = GrayImage::from_raw(1, 3, vec![9, 9, 200]).unwrap();

        let grid = grid(&picture.into(), Colors::True);

        assert_eq!(grid.rows().count(), 2);
        assert_eq!(grid.cells[1].bg, BlockColor::Rgb(0, 0, 0));
        assert_eq!(super::grid(&GrayImage::new(0, 0).into(), Colors::True).rows().count(), 0);
    }
}
