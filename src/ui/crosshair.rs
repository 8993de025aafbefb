//! The point that is read: marks on the edges of the picture, and lines over it where it can be seen under
//! them.

use crate::{
    app::{Framing, Viewer},
    config::Theme,
    work::Picture,
};
use ratatui::{Frame, layout::Rect, style::Color};

/// Lines around the pixel that is read, by their distance in cells. Open in the middle: it stays visible.
const LINES: [(i16, i16, &str); 6] =
    [(-3, 0, "─"), (-2, 0, "─"), (2, 0, "─"), (3, 0, "─"), (0, -1, "│"), (0, 1, "│")];

/// Marks the row and the column of the point that is read; `under_text` as in [`Canvas`](crate::work::Canvas).
pub(super) fn draw(
    viewer: &Viewer,
    framing: &Framing,
    under_text: bool,
    theme: &Theme,
    all: Rect,
    screen: &mut Frame<'_>,
) {
    let Some((x, y)) = viewer.crosshair_cell(framing) else { return };
    let cells = framing.cells;
    let mut mark = |x: Option<u16>, y: Option<u16>, symbol: &str| {
        let Some(at) = x.zip(y).filter(|&at| all.contains(at.into())) else { return };
        if let Some(cell) = screen.buffer_mut().cell_mut(at) {
            // A letter that says where the patient's front is stays: it is marked as it is.
            let own = cell.symbol() != " ";
            cell.set_style(theme.crosshair);
            if !own {
                cell.set_symbol(symbol);
            }
        }
    };
    mark(Some(x), cells.y.checked_sub(1), "▾");
    mark(Some(x), Some(cells.bottom()), "▴");
    mark(cells.x.checked_sub(1), Some(y), "▸");
    mark(Some(cells.right()), Some(y), "◂");

    let Some(picture) = viewer.shown.as_ref().map(|drawn| &drawn.picture) else { return };
    for (dx, dy, symbol) in LINES.into_iter().filter(|_| shows_text(picture, under_text)) {
        let spot = x.checked_add_signed(dx).zip(y.checked_add_signed(dy));
        let Some(spot) = spot.filter(|&spot| cells.contains(spot.into())) else { continue };
        if let Some(cell) = screen.buffer_mut().cell_mut(spot) {
            let behind = match picture {
                Picture::Cells { .. } => between(cell.fg, cell.bg),
                _ => cell.bg,
            };
            cell.set_symbol(symbol).set_style(theme.crosshair).set_bg(behind);
        }
    }
}

/// True if a letter in front of the picture leaves the rest of its cell to it; elsewhere a cell of text takes
/// that part of the picture away.
fn shows_text(picture: &Picture, under_text: bool) -> bool {
    match picture {
        Picture::Kitty { .. } => under_text,
        Picture::Cells { .. } => true,
        Picture::Bytes { .. } => false,
    }
}

/// The colour of a cell that was two half blocks; the lower one's where that cannot be told.
fn between(upper: Color, lower: Color) -> Color {
    let (Color::Rgb(r, g, b), Color::Rgb(red, green, blue)) = (upper, lower) else { return lower };
    Color::Rgb(r.midpoint(red), g.midpoint(green), b.midpoint(blue))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphics::CellBox;

    #[test]
    fn no_line_takes_pixels_away_from_a_picture() {
        let kitty =
            Picture::Kitty { id: 1, load: crate::work::Load::Command(vec![]), size: (8, 8), native: true };
        let sixel = Picture::Bytes { area: CellBox::default(), bytes: vec![] };

        assert!(shows_text(&kitty, true));
        assert!(!shows_text(&kitty, false), "a placeholder is a cell of text itself");
        assert!(!shows_text(&sixel, false));
    }

    #[test]
    fn a_line_over_half_blocks_lies_on_the_mean_of_both() {
        assert_eq!(between(Color::Rgb(10, 255, 0), Color::Rgb(20, 1, 0)), Color::Rgb(15, 128, 0));
        assert_eq!(between(Color::Indexed(240), Color::Indexed(250)), Color::Indexed(250));
    }
}
