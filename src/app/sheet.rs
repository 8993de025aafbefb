//! Many slices at once: of a volume by its planes, and of what makes none, as colours do, slice by slice.

use super::{Action, App, Effect, Framing, Viewer, layout, motion::Motion, volume::Arrangement};
use crate::{
    config::CornerText,
    imaging::Viewport,
    work::{CellBox, Detail, Job, Plan, Sheet, Tile},
};
use ratatui::{
    crossterm::event::{MouseButton, MouseEvent, MouseEventKind},
    layout::{Position, Rect},
};
use std::{path::Path, sync::Arc};

/// Slices across and down, one layout after the other; the last one has slices from all of the stack.
const LAYOUTS: [(u16, u16); 4] = [(2, 2), (3, 3), (4, 4), WHOLE];

/// Across and down where slices from all of a stack are seen.
pub(super) const WHOLE: (u16, u16) = (6, 4);

/// The slices of a sheet of so many: a page of neighbours, or slices from all of them.
pub(super) fn slices(
    (slice, count): (usize, usize),
    panes: usize,
    whole: bool,
) -> impl Iterator<Item = usize> {
    let panes = panes.max(1);
    let (first, whole) = if whole { (0, count > panes) } else { (slice - slice % panes, false) };
    (0..panes.min(count - first)).map(move |at| if whole { at * count / panes } else { first + at })
}

/// A slice in its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TilePlace {
    /// Which slice, from zero.
    pub slice: usize,
    /// All its cells, with those of its number.
    pub area: Rect,
    /// Where its picture is.
    pub framing: Framing,
}

impl App {
    /// Shows many slices, more of them, or one again.
    pub(super) fn lay_out(&mut self) -> Vec<Effect> {
        let Some(viewer) = self.viewer() else { return vec![] };
        let colored =
            viewer.stack().form.samples > 1 || viewer.shown.as_ref().is_some_and(|drawn| !drawn.facts.gray);
        let plan = Plan::of(viewer.stack(), &self.library);
        let is_volume = !colored && plan.is_ok_and(|plan| plan.frames.len() > 1);
        if viewer.sheet.is_none() && is_volume {
            return self.open_volume(self.nearest_side(), Arrangement::Sheet(2));
        }
        if viewer.stack().frames.len() == 1 {
            return self.say("There is one slice only.");
        }
        if let Some(viewer) = self.viewer_mut() {
            let at = LAYOUTS.iter().position(|&layout| Some(layout) == viewer.sheet);
            viewer.sheet = LAYOUTS.get(at.map_or(0, |at| at + 1)).copied();
            viewer.crosshair = None;
            viewer.measuring.clear();
            viewer.shown = None;
        }
        vec![]
    }

    /// The slices of the sheet on screen, and their places; empty without one.
    pub fn tiles(&self) -> Vec<TilePlace> {
        let Some((viewer, (across, down))) = self.viewer().and_then(|viewer| Some((viewer, viewer.sheet?)))
        else {
            return vec![];
        };
        let all = layout::volume(self.picture_screen(), false, viewer.corners == CornerText::None).panes[0];
        let areas = layout::grid(all, across, down);
        let count = viewer.stack().frames.len();
        let slices = slices((viewer.slice, count), areas.len(), viewer.sheet == Some(WHOLE));
        let place = |(slice, area): (usize, Rect)| {
            let place = layout::under_number(area);
            let framing =
                Framing::new(&viewer.stack().form, viewer.turn, Viewport::default(), place, self.canvas)?;
            Some(TilePlace { slice, area, framing })
        };
        slices.zip(areas).filter_map(place).collect()
    }

    /// The cells of all pictures of the sheet together.
    pub fn sheet_place(&self) -> Option<Rect> {
        self.tiles().iter().map(|tile| tile.framing.cells).reduce(Rect::union)
    }

    /// The sheet on screen as it is wanted whole.
    fn whole_sheet(&self) -> Option<Sheet> {
        let viewer = self.viewer()?;
        let place = self.sheet_place()?;
        let tile = |tile: &TilePlace| {
            let key = viewer.stack().frames[tile.slice];
            let Framing { cells, source, size, .. } = tile.framing;
            let at = self.canvas.pixels(cells.x - place.x, cells.y - place.y);
            Tile { key, path: Arc::<Path>::from(self.library.path(key.instance)), source, at, size }
        };
        Some(Sheet {
            key: viewer.key(),
            canvas: self.canvas,
            place: CellBox { x: place.x, y: place.y, columns: place.width, rows: place.height },
            look: viewer.look(),
            tiles: self.tiles().iter().map(tile).collect(),
            detail: Detail::Whole,
        })
    }

    /// The sheet as it is wanted now: a draft while slices fly past on a slow link.
    pub(super) fn sheet(&self) -> Option<Sheet> {
        let whole = self.whole_sheet()?;
        match self.draft.filter(|_| self.motion != Motion::Rest) {
            Some(bytes) if !self.kept.contains(&whole.id()) => {
                Some(Sheet { detail: Detail::Draft(bytes), ..whole })
            }
            _ => Some(whole),
        }
    }

    /// What names the whole sheet on screen.
    pub(super) fn whole_sheet_name(&self) -> Option<u64> {
        self.whole_sheet().map(|sheet| sheet.name())
    }

    /// The sheet on screen, if it has to be drawn; `None` without one.
    pub(super) fn sheet_wish(&self) -> Option<Vec<Job>> {
        let sheet = self.sheet()?;
        Some(if self.is_missing(sheet.name()) { vec![Job::Sheet(sheet)] } else { vec![] })
    }

    /// The mouse over a sheet: the wheel scrolls, a click goes to a slice and a second one shows it alone.
    pub(super) fn mouse_over_sheet(&mut self, mouse: MouseEvent) {
        let at = Position::new(mouse.column, mouse.row);
        let under = self.tiles().into_iter().find(|tile| tile.area.contains(at));
        let Some(viewer) = self.viewer_mut() else { return };
        match (mouse.kind, under) {
            (MouseEventKind::ScrollDown, _) => viewer.step(1),
            (MouseEventKind::ScrollUp, _) => viewer.step(-1),
            (MouseEventKind::Down(MouseButton::Left), Some(tile)) if tile.slice == viewer.slice => {
                viewer.leave_sheet();
            }
            (MouseEventKind::Down(MouseButton::Left), Some(tile)) => viewer.go_to(tile.slice),
            _ => {}
        }
    }
}

impl Viewer {
    /// Shows the slice alone again; false if it is alone.
    pub(super) fn leave_sheet(&mut self) -> bool {
        let left = self.sheet.take().is_some();
        if left {
            self.shown = None;
        }
        left
    }

    /// What looks at one slice closely leaves the sheet first. True if that was all.
    pub(super) fn leaves_sheet(&mut self, action: Action) -> bool {
        let closely = matches!(
            action,
            Action::ZoomIn
                | Action::ZoomOut
                | Action::Fit
                | Action::ActualSize
                | Action::PanLeft
                | Action::PanRight
                | Action::PanUp
                | Action::PanDown
                | Action::Crosshair
                | Action::MarkPoint
                | Action::Region
                | Action::Profile
                | Action::TimeCurve
        );
        let ends = matches!(action, Action::Back | Action::Open);
        let left = (closely || ends) && self.leave_sheet();
        left && ends
    }
}
