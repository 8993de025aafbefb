//! Characters in 60x30 cells: a slice on an empty screen, and the step to the next one, by the pen that draws.

use super::{Subject, fastest, line};
use image::DynamicImage;
use ratatui::{Terminal, style::Color};
use topogram::{
    graphics::{
        Answers, Colors, Environment, Protocol, Support, Window,
        blocks::{BlockColor, Grid, Shape, grid},
        decide,
    },
    ui::Pen,
};

const COLUMNS: u16 = 60;
const ROWS: u16 = 30;

pub(crate) fn measure(subject: &Subject) -> std::io::Result<()> {
    println!("characters, {COLUMNS} x {ROWS} cells: a step to the next slice");
    for shape in Shape::ALL {
        let (across, down) = shape.pixels();
        let (width, height) = (u32::from(COLUMNS) * across, u32::from(ROWS) * down);
        let slices = [0, 1].map(|slice| subject.scaled(slice, width, height));
        for (colors, name) in
            [(Colors::Palette, "palette"), (Colors::True, "24 bits"), (Colors::Ansi, "16 colours")]
        {
            if shape == Shape::Ascii && colors != Colors::Palette {
                continue;
            }
            let bytes = step(&slices, shape, colors)?;
            let (_, ms) = fastest(|| grid(&slices[1], shape, colors));
            line(
                &format!("{} {}", Protocol::Blocks(shape), if shape == Shape::Ascii { "" } else { name }),
                bytes,
                ms,
            );
        }
    }
    Ok(())
}

/// Bytes of the frame that shows the second slice where the first was.
fn step(slices: &[DynamicImage; 2], shape: Shape, colors: Colors) -> std::io::Result<usize> {
    let mut pen = Pen::new(Vec::new(), COLUMNS, ROWS);
    let support = decide(&Environment::default(), &Answers::default(), None, Window::default());
    pen.set_support(&Support { colors, ..support });
    let mut terminal = Terminal::new(pen)?;
    let mut bytes = 0;
    for slice in slices {
        let cells = grid(slice, shape, colors);
        terminal.draw(|frame| put(&cells, frame.buffer_mut()))?;
        bytes = terminal.backend_mut().finish(|_| Vec::new())?;
    }
    Ok(bytes)
}

fn put(grid: &Grid, buffer: &mut ratatui::buffer::Buffer) {
    let color = |color| match color {
        BlockColor::Default => Color::Reset,
        BlockColor::Index(index) => Color::Indexed(index),
        BlockColor::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
    };
    for (y, row) in (0..).zip(grid.rows()) {
        for (x, cell) in (0..).zip(row) {
            buffer[(x, y)].set_char(cell.symbol).set_fg(color(cell.fg)).set_bg(color(cell.bg));
        }
    }
}
