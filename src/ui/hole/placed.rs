//! A picture that Kitty has put in its place, whole or in parts.

use super::Want;
use crate::{
    graphics::{SourceRect, kitty},
    imaging::Source,
};
use ratatui::layout::Rect;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) id: u32,
    /// 1 or 2: of its first part; each further one has the next number of this kind.
    pub(super) number: u32,
    /// Cells, and what is seen in them.
    pub(super) parts: Vec<(Rect, Option<SourceRect>)>,
}

impl Placed {
    /// The parts by their numbers.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (u32, &(Rect, Option<SourceRect>))> {
        (self.number..).step_by(2).zip(&self.parts)
    }

    pub(super) fn unplace(&self) -> Vec<u8> {
        self.numbered().flat_map(|(number, _)| kitty::unplace(self.id, number)).collect()
    }
}

/// The cells to fill and the part of the picture for each.
pub(super) fn parts(want: &Want<'_>, size: (u32, u32)) -> Vec<(Rect, Option<SourceRect>)> {
    if want.panes.is_empty() {
        return vec![(want.cells, crop(want.source, size))];
    }
    let (across, down) = (f64::from(want.cells.width.max(1)), f64::from(want.cells.height.max(1)));
    let source = |pane: &Rect| Source {
        x: want.source.x + f64::from(pane.x - want.cells.x) / across * want.source.width,
        y: want.source.y + f64::from(pane.y - want.cells.y) / down * want.source.height,
        width: f64::from(pane.width) / across * want.source.width,
        height: f64::from(pane.height) / down * want.source.height,
    };
    want.panes.iter().map(|pane| (*pane, crop(source(pane), size))).collect()
}

/// The part of the picture that is seen, in whole pixels; `None` for all of it.
fn crop(source: Source, (width, height): (u32, u32)) -> Option<SourceRect> {
    let x = (source.x.round() as u32).min(width.saturating_sub(1));
    let y = (source.y.round() as u32).min(height.saturating_sub(1));
    let w = (source.width.round() as u32).clamp(1, width - x);
    let h = (source.height.round() as u32).clamp(1, height - y);
    (w < width || h < height).then_some(SourceRect { x, y, width: w, height: h })
}
