//! Pictures that are made of cells, or stand for some: half blocks, and the placeholders of Kitty.

use crate::{
    graphics::{
        blocks::BlockColor,
        kitty::{Placeholder, PlaceholderColor, placeholder_cells},
    },
    work::{Drawn, Picture},
};
use ratatui::{buffer::Buffer, layout::Rect, style::Color};

/// Draws a picture that is made of cells; others are drawn around the text.
pub(in crate::ui) fn draw_cells(drawn: &Drawn, buffer: &mut Buffer) {
    let Picture::Cells { area, grid } = &drawn.picture else { return };
    for (y, row) in grid.rows().enumerate() {
        for (x, block) in row.iter().enumerate() {
            let at = (area.x.saturating_add(x as u16), area.y.saturating_add(y as u16));
            if let Some(cell) = buffer.cell_mut(at) {
                cell.set_char(block.symbol).set_fg(color(block.fg)).set_bg(color(block.bg));
            }
        }
    }
}

fn color(color: BlockColor) -> Color {
    match color {
        BlockColor::Default => Color::Reset,
        BlockColor::Index(index) => Color::Indexed(index),
        BlockColor::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

pub(super) fn placeholders(id: u32, cells: Rect, buffer: &mut Buffer) {
    let placeholder = placeholder_cells(id, cells.width, cells.height);
    let fg = match placeholder.color {
        PlaceholderColor::Index(index) => Color::Indexed(index),
        PlaceholderColor::Rgb(r, g, b) => Color::Rgb(r, g, b),
    };
    for (y, row) in (cells.y..).zip(&placeholder.rows) {
        let mut continues = false;
        for (x, symbol) in (cells.x..).zip(row) {
            // Text over the picture stays: it is drawn in place of that part of it.
            let cell = buffer.cell_mut((x, y)).filter(|cell| cell.symbol() == " ");
            let follows = std::mem::replace(&mut continues, cell.is_some());
            if let Some(cell) = cell {
                let symbol = if follows { Placeholder::NEXT } else { symbol };
                cell.set_symbol(symbol).set_fg(fg).set_bg(Color::Reset);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_placeholders_counts_from_its_first_cell_and_again_after_text() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 2));
        buffer.set_string(2, 0, "x", ratatui::style::Style::new());

        placeholders(42, Rect::new(0, 0, 5, 2), &mut buffer);

        let complete = placeholder_cells(42, 5, 2).rows;
        let row = |y| (0..6).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<Vec<_>>();
        let next = Placeholder::NEXT;
        assert_eq!(row(0), [&complete[0][0], next, "x", &complete[0][3], next, " "]);
        assert_eq!(row(1), [&complete[1][0], next, next, next, next, " "]);
    }
}
