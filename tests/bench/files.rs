//! iTerm2 images: stretched by us, as the pixels are, and coarsely for slow links.

use super::{Subject, fastest, line};
use topogram::graphics::{
    CellBox,
    iterm2::{Coding, draw},
};

/// Device pixels of a side.
const SIDE: u32 = 800;

pub(crate) fn measure(subject: &Subject) {
    println!("iTerm2, {SIDE} x {SIDE} pixels");
    let area = CellBox { x: 0, y: 0, columns: 100, rows: 50 };
    let scaled = || subject.scaled(0, SIDE, SIDE);
    let native = &subject.slices[0];
    let (bytes, ms) = fastest(|| draw(&scaled(), area, Coding::Png));
    line("PNG, stretched by us", bytes.len(), ms);
    let (bytes, ms) = fastest(|| draw(native, area, Coding::Png));
    line("PNG, stretched by the terminal", bytes.len(), ms);
    let (bytes, ms) = fastest(|| draw(native, area, Coding::Jpeg(60)));
    line("JPEG of quality 60", bytes.len(), ms);
}
