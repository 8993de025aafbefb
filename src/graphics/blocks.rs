//! Pictures made of characters: one cell shows two, four or eight pixels in two colours, or one as a letter.
//!
//! These cells go through the ordinary screen buffer, so only those that change are
//! sent. True colour costs more than the palette: use the palette while slices fly past.

mod duotone;
mod shape;

use image::DynamicImage;

use self::duotone::Duotone;
use super::{
    file::Pixels,
    palette::{self, Rgb},
    protocol::Colors,
};
pub use shape::Shape;

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
    /// The character: of the [`Shape`], or one of the ramp for [`Colors::Mono`].
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

/// Turns a picture into cells of as many pixels as the shape has.
///
/// What is missing at the right and at the bottom of the last cells is black. Without colours, and in
/// [`Shape::Ascii`], a cell is one character for the mean brightness of its pixels.
pub fn grid(picture: &DynamicImage, shape: Shape, colors: Colors) -> Grid {
    let pixels = Pixels::of(picture);
    let (width, height) = pixels.size();
    let (across, down) = shape.pixels();
    let pixel = |x: u32, y: u32| -> Rgb {
        if x >= width || y >= height {
            return [0; 3];
        }
        match &pixels {
            Pixels::Gray(gray) => [gray.get_pixel(x, y).0[0]; 3],
            Pixels::Rgb(rgb) => rgb.get_pixel(x, y).0,
        }
    };
    let columns = width.div_ceil(across);
    let mut cells: Vec<BlockCell> = Vec::with_capacity((columns * height.div_ceil(down)) as usize);
    for row in 0..height.div_ceil(down) {
        for column in 0..columns {
            let mut own = [[0; 3]; 8];
            for (own, at) in own.iter_mut().zip(0..across * down) {
                let (x, y) = (column * across + at % across, row * down + at / across);
                let color = pixel(x, y);
                *own = if colors == Colors::Ansi && shape != Shape::Ascii {
                    dithered(color, x, y)
                } else {
                    color
                };
            }
            let own = &own[..(across * down) as usize];
            cells.push(match colors {
                _ if shape == Shape::Ascii => character(own),
                Colors::Mono => character(own),
                Colors::True => paint(shape, own, exact),
                Colors::Palette => paint(shape, own, indexed),
                Colors::Ansi => paint(shape, own, ansi),
            });
        }
    }
    Grid { columns: columns as usize, cells }
}

/// Two colours; equal ones are a space, so that the foreground need not be sent.
///
/// The Linux console has no bright backgrounds, so a bright colour is put in front where possible.
fn paint(shape: Shape, pixels: &[Rgb], color: fn(Rgb) -> BlockColor) -> BlockCell {
    let Duotone { front, back, mask } = Duotone::of(pixels);
    let (fg, bg) = (color(front), color(back));
    match (fg, bg) {
        (_, BlockColor::Index(8..16)) if mask == 0 || fg == bg => {
            BlockCell { symbol: '█', fg: bg, bg: BlockColor::Index(0) }
        }
        _ if mask == 0 || fg == bg => BlockCell { symbol: ' ', fg: BlockColor::Default, bg },
        (BlockColor::Index(..8), BlockColor::Index(8..16)) => {
            BlockCell { symbol: shape.symbol(!mask), fg: bg, bg: fg }
        }
        _ => BlockCell { symbol: shape.symbol(mask), fg, bg },
    }
}

/// A colour in 24 bits, or one of the palette that is as near as 64 steps a channel are: half as long to
/// say. Neighbours that hardly differ become equal, and cells that hardly change stay.
fn exact(color: Rgb) -> BlockColor {
    if color[0] == color[1] && color[1] == color[2] {
        // The ramp of the palette is 8, 18, … 238. Halfway between its steps there is one of our own.
        let gray = match color[0] {
            0..=1 => 0,
            254.. => 255,
            value => (value - 1) / 5 * 5 + 3,
        };
        let index = palette::xterm_index([gray; 3]);
        // Black as text has it, not the first colour of the cube, which some themes change.
        let same = index > 16 && palette::xterm_color(index) == [gray; 3];
        return if same { BlockColor::Index(index) } else { BlockColor::Rgb(gray, gray, gray) };
    }
    let [red, green, blue] = color.map(|channel| (channel & 0xFC) | (channel >> 6));
    BlockColor::Rgb(red, green, blue)
}

fn indexed(color: Rgb) -> BlockColor {
    BlockColor::Index(palette::xterm_index(color))
}

fn ansi(color: Rgb) -> BlockColor {
    BlockColor::Index(palette::ansi_index(color))
}

/// The nearest of the 16 colours, after spreading the error over neighbours: four greys
/// alone would turn soft tissue into one flat area.
fn dithered(color: Rgb, x: u32, y: u32) -> Rgb {
    // Black, dark, light and white are about 85 apart on average.
    let shift = (BAYER[y as usize % 4][x as usize % 4] * 2 - 15) * 85 / 32;
    let shifted = color.map(|channel| (i16::from(channel) + shift).clamp(0, 255) as u8);
    palette::ANSI[usize::from(palette::ansi_index(shifted))]
}

/// One character for the mean brightness of all pixels.
fn character(pixels: &[Rgb]) -> BlockCell {
    // Rec. 601 luma, in thousandths.
    let luma =
        |[red, green, blue]: &Rgb| 299 * u32::from(*red) + 587 * u32::from(*green) + 114 * u32::from(*blue);
    let mean = pixels.iter().map(luma).sum::<u32>() / (1000 * pixels.len().max(1) as u32);
    let symbol = RAMP[(mean as usize * RAMP.len() / 256).min(RAMP.len() - 1)];
    BlockCell { symbol, fg: BlockColor::Default, bg: BlockColor::Default }
}

#[cfg(test)]
mod tests;
