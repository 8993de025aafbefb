//! DEC sixels: six rows of pixels at a time, each band a coat of paint and what is painted over it.
//!
//! Registers hold percentages, so at most 101 different greys exist; 64 look the same
//! on a CT slice for a third fewer bytes, and 32 will do while slices fly past.
//! Sixels are device pixels: scale the picture to columns × cell width and rows ×
//! cell height first. A new picture over the same rectangle needs no clearing.
//!
//! Source: DEC STD 070, chapter 9; VT330/VT340 Programmer Reference Manual, chapter 14.

use image::DynamicImage;

use self::band::{Coat, Planner, ROWS, Sixel};
use super::{
    file::Pixels,
    palette::{Palette, Rgb},
    protocol::CellBox,
};

mod band;

/// How fine colours are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// 64 greys or 256 colours.
    Still,
    /// 32 greys or 64 colours.
    Moving,
}

/// Draws a picture with its top left corner in the first cell of `area`.
///
/// The cursor stays where it was. The number of cells in `area` is not looked at:
/// the picture covers as many device pixels as it has. Empty for an empty picture.
pub fn draw(picture: &DynamicImage, area: CellBox, detail: Detail) -> Vec<u8> {
    let body = encode(picture, detail);
    if body.is_empty() {
        return body;
    }
    let mut bytes = format!("\x1b7{}", area.go_there()).into_bytes();
    bytes.extend_from_slice(&body);
    bytes.extend_from_slice(b"\x1b8");
    bytes
}

/// The sixel sequence alone, from `ESC P` to `ESC \`.
pub fn encode(picture: &DynamicImage, detail: Detail) -> Vec<u8> {
    let pixels = Pixels::of(picture);
    let (width, height) = pixels.size();
    if width == 0 || height == 0 {
        return Vec::new();
    }
    let indexed = match &pixels {
        Pixels::Gray(gray) => in_greys(gray.as_raw(), if detail == Detail::Still { 64 } else { 32 }),
        Pixels::Rgb(rgb) => in_colors(rgb.as_raw(), if detail == Detail::Still { 256 } else { 64 }),
    };
    write(&indexed, width as usize, height as usize)
}

/// A picture of register numbers.
struct Indexed {
    /// The register of every pixel, row by row.
    pixels: Vec<u8>,
    /// The colour of every register, in percent.
    registers: Vec<Rgb>,
}

/// Rounds greys to `levels` steps, at most 101.
fn in_greys(gray: &[u8], levels: u16) -> Indexed {
    let top = levels.clamp(2, 101) - 1;
    let percent = |level: u16| ((level * 100 + top / 2) / top) as u8;
    Indexed {
        pixels: gray.iter().map(|&value| ((u16::from(value) * top + 127) / 255) as u8).collect(),
        registers: (0..=top).map(|level| [percent(level); 3]).collect(),
    }
}

/// Chooses at most `most` colours for the picture.
fn in_colors(rgb: &[u8], most: usize) -> Indexed {
    let palette = Palette::of(rgb, most);
    let percent = |value: u8| ((u16::from(value) * 100 + 127) / 255) as u8;
    Indexed {
        pixels: rgb.as_chunks::<3>().0.iter().map(|&pixel| palette.index(pixel)).collect(),
        registers: palette.colors.iter().map(|color| color.map(percent)).collect(),
    }
}

/// Writes the sequence.
fn write(picture: &Indexed, width: usize, height: usize) -> Vec<u8> {
    let mut planner = Planner::new(width);
    for band in picture.pixels.chunks(ROWS * width) {
        planner.plan(band);
    }
    let numbers = number_registers(planner.selected());
    let mut bytes = Vec::with_capacity(picture.pixels.len() / 2 + 4096);
    // P2 = 1 leaves pixels that are not drawn alone; the raster attributes say 1:1 pixels.
    bytes.extend_from_slice(format!("\x1bP0;1;0q\"1;1;{width};{height}").as_bytes());
    define(&mut bytes, picture, &numbers);
    let mut open = vec![0; width];
    for (index, (coat, passes)) in planner.bands().enumerate() {
        if index > 0 {
            bytes.push(b'-');
        }
        let rows = (height - index * ROWS).min(ROWS);
        cover(&mut bytes, coat, &numbers, width as u32, (1 << rows) - 1);
        for sixel in passes.clone().flatten() {
            open[sixel.x as usize] |= sixel.bits;
        }
        for pass in passes {
            bytes.push(b'$');
            paint(&mut bytes, pass, &numbers, &mut open);
        }
    }
    bytes.extend_from_slice(b"\x1b\\");
    bytes
}

/// A number for every register that is used: the shortest for those selected most often.
fn number_registers(selected: &[u32; 256]) -> [Option<u8>; 256] {
    let mut used: Vec<usize> = (0..256).filter(|&register| selected[register] > 0).collect();
    used.sort_by_key(|&register| std::cmp::Reverse(selected[register]));
    let mut numbers = [None; 256];
    for (register, number) in used.into_iter().zip(0..=255) {
        numbers[register] = Some(number);
    }
    numbers
}

/// Defines the registers that occur.
fn define(bytes: &mut Vec<u8>, picture: &Indexed, numbers: &[Option<u8>; 256]) {
    for ([red, green, blue], number) in picture.registers.iter().zip(numbers) {
        if let Some(number) = number {
            bytes.extend_from_slice(format!("#{number};2;{red};{green};{blue}").as_bytes());
        }
    }
}

/// Selects a register.
fn select(bytes: &mut Vec<u8>, register: u8, numbers: &[Option<u8>; 256]) {
    bytes.push(b'#');
    number(bytes, numbers[usize::from(register)].map_or(0, u32::from));
}

/// Paints whole columns, `bits` high.
fn cover(bytes: &mut Vec<u8>, coat: &[Coat], numbers: &[Option<u8>; 256], width: u32, bits: u8) {
    let ends = coat.iter().skip(1).map(|next| next.x).chain([width]);
    for (coat, end) in coat.iter().zip(ends) {
        select(bytes, coat.register, numbers);
        repeat(bytes, end - coat.x, bits);
    }
}

/// Writes one pass. `open` holds the pixels of every column that this pass or a later one paints:
/// a later one paints over whatever this one leaves there, so a run may go on where it is convenient.
fn paint(bytes: &mut Vec<u8>, pass: &[Sixel], numbers: &[Option<u8>; 256], open: &mut [u8]) {
    let (mut x, mut register, mut run) = (0, None, Run::default());
    for sixel in pass {
        let next = sixel.x as usize;
        // Whatever is empty belongs to the run before it: perhaps that reaches into it.
        while x < next {
            if run.must == 0 && next - x > FEW {
                run = Run { columns: run.columns + (next - x) as u32, must: 0, may: 0 };
                break;
            }
            run.add(bytes, 0, open[x]);
            x += 1;
        }
        if register.replace(sixel.register) != Some(sixel.register) {
            run.end(bytes);
            select(bytes, sixel.register, numbers);
        }
        run.add(bytes, sixel.bits, open[next]);
        open[next] &= !sixel.bits;
        x = next + 1;
    }
    run.end(bytes);
}

/// Empty columns that are worth being looked at one by one.
const FEW: usize = 3;

/// Columns that look the same, or can.
#[derive(Clone, Copy)]
struct Run {
    columns: u32,
    /// Pixels that one of them needs.
    must: u8,
    /// Pixels that all of them can do with.
    may: u8,
}

impl Default for Run {
    fn default() -> Self {
        Self { columns: 0, must: 0, may: 0x3f }
    }
}

impl Run {
    /// Goes on with a column, in a run of its own if need be.
    fn add(&mut self, bytes: &mut Vec<u8>, bits: u8, allowed: u8) {
        let (must, may) = (self.must | bits, self.may & allowed);
        if must & !may == 0 {
            *self = Self { columns: self.columns + 1, must, may };
        } else {
            repeat(bytes, self.columns, self.must);
            *self = Self { columns: 1, must: bits, may: allowed };
        }
    }

    fn end(&mut self, bytes: &mut Vec<u8>) {
        let Self { columns, must, .. } = std::mem::take(self);
        repeat(bytes, columns, must);
    }
}

/// Writes the same six pixels `run` times, in the shorter of two ways.
fn repeat(bytes: &mut Vec<u8>, run: u32, bits: u8) {
    let sixel = b'?' + bits;
    match run {
        0 => {}
        1 => bytes.push(sixel),
        2 => bytes.extend_from_slice(&[sixel; 2]),
        3 => bytes.extend_from_slice(&[sixel; 3]),
        _ => {
            bytes.push(b'!');
            number(bytes, run);
            bytes.push(sixel);
        }
    }
}

/// Writes a decimal number without going through a formatter, which would take half the time.
fn number(bytes: &mut Vec<u8>, value: u32) {
    if value >= 10 {
        if value >= 100 {
            number(bytes, value / 100);
        }
        bytes.push(b'0' + (value / 10 % 10) as u8);
    }
    bytes.push(b'0' + (value % 10) as u8);
}

#[cfg(test)]
mod tests;
