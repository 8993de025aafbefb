//! DEC sixels: six rows of pixels at a time, one colour register after another.
//!
//! Registers hold percentages, so at most 101 different greys exist; 64 look the same
//! on a CT slice for a third fewer bytes, and 32 will do while slices fly past.
//! Sixels are device pixels: scale the picture to columns × cell width and rows ×
//! cell height first. A new picture over the same rectangle needs no clearing.
//!
//! Source: DEC STD 070, chapter 9; VT330/VT340 Programmer Reference Manual, chapter 14.

use image::DynamicImage;

use super::{
    file::Pixels,
    palette::{Palette, Rgb},
    protocol::CellBox,
};

/// Rows of pixels in one band.
const BAND: usize = 6;

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
    let step: [u8; 256] = std::array::from_fn(|value| ((value as u16 * top + 127) / 255) as u8);
    let percent = |level: u16| ((level * 100 + top / 2) / top) as u8;
    Indexed {
        pixels: gray.iter().map(|&value| step[usize::from(value)]).collect(),
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

/// One column of one colour in a band: its place, and which of the six pixels are set.
///
/// Packed into one word, `x << 6 | bits`: a noisy slice has half a million of them.
#[derive(Clone, Copy)]
struct Column(u32);

impl Column {
    fn x(self) -> u32 {
        self.0 >> BAND
    }

    fn bits(self) -> u8 {
        (self.0 & 0x3f) as u8
    }
}

/// Writes the sequence.
fn write(picture: &Indexed, width: usize, height: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(picture.pixels.len() * 3 / 2 + 4096);
    // P2 = 1 leaves pixels that are not drawn alone; the raster attributes say 1:1 pixels.
    bytes.extend_from_slice(format!("\x1bP0;1;0q\"1;1;{width};{height}").as_bytes());
    define(&mut bytes, picture);
    let mut columns: Vec<Vec<Column>> = vec![Vec::new(); picture.registers.len()];
    for (index, band) in picture.pixels.chunks(BAND * width).enumerate() {
        if index > 0 {
            bytes.push(b'-');
        }
        gather(band, width, &mut columns);
        for (pass, registers) in passes(&columns).into_iter().enumerate() {
            if pass > 0 {
                bytes.push(b'$');
            }
            let mut x = 0;
            for register in registers {
                x = paint(&mut bytes, register, &columns[register], x);
            }
        }
    }
    bytes.extend_from_slice(b"\x1b\\");
    bytes
}

/// Defines the registers that occur.
fn define(bytes: &mut Vec<u8>, picture: &Indexed) {
    let mut used = [false; 256];
    for &pixel in &picture.pixels {
        used[usize::from(pixel)] = true;
    }
    for (register, [red, green, blue]) in picture.registers.iter().enumerate() {
        if used[register] {
            bytes.extend_from_slice(format!("#{register};2;{red};{green};{blue}").as_bytes());
        }
    }
}

/// Sorts the pixels of one band by register, from left to right.
fn gather(band: &[u8], width: usize, columns: &mut [Vec<Column>]) {
    for list in columns.iter_mut() {
        list.clear();
    }
    for x in 0..width {
        for (y, &register) in band[x..].iter().step_by(width).enumerate() {
            let list = &mut columns[usize::from(register)];
            match list.last_mut() {
                Some(last) if last.x() == x as u32 => last.0 |= 1 << y,
                _ => list.push(Column((x as u32) << BAND | 1 << y)),
            }
        }
    }
}

/// Shares the registers out over as few passes from left to right as they fit without overlap.
///
/// Every pass but the first costs a `$`, and skipping to the start of a register costs
/// less the nearer the previous one ended.
fn passes(columns: &[Vec<Column>]) -> Vec<Vec<usize>> {
    let mut spans: Vec<(u32, u32, usize)> = columns
        .iter()
        .enumerate()
        .filter_map(|(register, list)| Some((list.first()?.x(), list.last()?.x(), register)))
        .collect();
    spans.sort_unstable();
    let mut passes: Vec<(u32, Vec<usize>)> = Vec::new();
    for (first, last, register) in spans {
        match passes.iter_mut().find(|(end, _)| *end < first) {
            Some(pass) => {
                pass.0 = last;
                pass.1.push(register);
            }
            None => passes.push((last, vec![register])),
        }
    }
    passes.into_iter().map(|(_, registers)| registers).collect()
}

/// Writes one register's columns, starting at column `x`; returns the column after its last.
fn paint(bytes: &mut Vec<u8>, register: usize, columns: &[Column], mut x: u32) -> u32 {
    bytes.push(b'#');
    number(bytes, register as u32);
    let (mut run, mut bits) = (0, 0);
    for column in columns {
        if column.x() > x {
            repeat(bytes, run, bits);
            repeat(bytes, column.x() - x, 0);
            (run, bits) = (1, column.bits());
        } else if column.bits() == bits {
            run += 1;
        } else {
            repeat(bytes, run, bits);
            (run, bits) = (1, column.bits());
        }
        x = column.x() + 1;
    }
    repeat(bytes, run, bits);
    x
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
        number(bytes, value / 10);
    }
    bytes.push(b'0' + (value % 10) as u8);
}

#[cfg(test)]
mod tests;
