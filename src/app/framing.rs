//! From the place for a picture to the picture that is asked for, and back from a click to a pixel.

use super::{App, Viewer, layout};
use crate::{
    config::CornerText,
    imaging::{Fit, Mark, Shown, Source, Turn, Viewport},
    model::{Form, FrameKey, Library},
    work::{Canvas, Detail, Look, Shot},
};
use ratatui::layout::Rect;
use std::{path::Path, sync::Arc};

/// A picture in its place: how much of it is seen, and which cells it covers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Framing {
    /// The cells that may be used.
    pub area: Rect,
    /// The cells that are used.
    pub cells: Rect,
    /// Part of the (turned) picture, in its pixels.
    pub source: Source,
    /// Pixels to draw.
    pub size: (u32, u32),
    columns: f64,
    shown: Shown,
    canvas: Canvas,
}

impl Framing {
    /// Frames a picture of that form in `area`; `None` if there is no room or no picture.
    pub fn new(form: &Form, turn: Turn, viewport: Viewport, area: Rect, canvas: Canvas) -> Option<Self> {
        if area.is_empty() || form.rows == 0 || form.columns == 0 {
            return None;
        }
        let shown = fit(form, turn, area, canvas).shown(viewport);
        let (cells, size) = cells(&shown, area, canvas);
        let columns = turn.shape((form.rows as usize, form.columns as usize)).1 as f64;
        (!cells.is_empty()).then_some(Self {
            area,
            cells,
            source: shown.source,
            size,
            columns,
            shown,
            canvas,
        })
    }

    /// The pixel of the turned picture under a cell of the screen.
    pub fn pixel_at(&self, column: u16, row: u16) -> Option<(usize, usize)> {
        let (width, height) = self.canvas.cell_pixels();
        let x = (f64::from(column) - f64::from(self.area.x) + 0.5) * width;
        let y = (f64::from(row) - f64::from(self.area.y) + 0.5) * height;
        let (x, y) = self.shown.to_picture((x, y));
        (x >= 0.0 && y >= 0.0).then_some((y as usize, x as usize))
    }

    /// The cell that shows a pixel of the turned picture, if it is in sight.
    pub fn cell_of(&self, (row, column): (usize, usize)) -> Option<(u16, u16)> {
        let (x, y) = self.shown.to_device((column as f64 + 0.5, row as f64 + 0.5));
        let (width, height) = self.canvas.cell_pixels();
        let (x, y) = (x / width.max(1.0), y / height.max(1.0));
        let inside =
            x >= 0.0 && y >= 0.0 && x < f64::from(self.area.width) && y < f64::from(self.area.height);
        inside.then(|| (self.area.x + x as u16, self.area.y + y as u16))
    }

    /// Where a point of the turned picture, row and column, is in the picture that is drawn: `x` and `y` in its
    /// pixels, in both whole numbers at their centres.
    pub fn drawn(&self, [row, column]: [f64; 2]) -> (f64, f64) {
        let Source { x, y, width, height } = self.source;
        let along = |at: f64, from: f64, extent: f64, size: u32| {
            (at + 0.5 - from) / extent.max(f64::MIN_POSITIVE) * f64::from(size) - 0.5
        };
        (along(column, x, width, self.size.0), along(row, y, height, self.size.1))
    }

    /// Columns of the (turned) picture.
    pub fn columns(&self) -> f64 {
        self.columns
    }

    /// Device pixels for one picture pixel across; of characters, those that they cover.
    pub fn magnification(&self) -> f64 {
        let (drawn, device) = (self.canvas.cell_pixels().0, self.canvas.cell.exact().0);
        f64::from(self.shown.width) * device / drawn.max(1.0) / self.source.width.max(1e-9)
    }
}

/// The maths of one picture in one place.
pub fn fit(form: &Form, turn: Turn, area: Rect, canvas: Canvas) -> Fit {
    let shape = (form.rows as usize, form.columns as usize);
    let aspect = form.spacing.map_or(1.0, |spacing| spacing.aspect());
    Fit::new(
        turn.shape(shape),
        turn.aspect(aspect) / canvas.pixel_aspect(),
        canvas.pixels(area.width, area.height),
    )
}

/// The cells that a picture covers, and its size in pixels once they are whole.
fn cells(shown: &Shown, area: Rect, canvas: Canvas) -> (Rect, (u32, u32)) {
    let (width, height) = canvas.cell_pixels();
    let whole = |length: u32, cell: f64, most: u16| -> u16 {
        let cells = (f64::from(length) / cell.max(1.0)).round().max(1.0);
        (cells as u32).min(u32::from(most)) as u16
    };
    let columns = whole(shown.width, width, area.width);
    let rows = whole(shown.height, height, area.height);
    let x = area.x + (area.width - columns) / 2;
    let y = area.y + (area.height - rows) / 2;
    (Rect { x, y, width: columns, height: rows }, canvas.pixels(columns, rows))
}

/// Asks for a frame in a place. Where the terminal scales by itself, the frame is asked for as it is, so
/// that one picture serves every zoom, unless it is much larger than its place.
pub fn shot(
    library: &Library,
    key: FrameKey,
    look: &Look,
    framing: &Framing,
    canvas: Canvas,
    viewport: Viewport,
    marks: Vec<Mark>,
) -> Shot {
    let form = &library.instance(key.instance).form;
    let native = f64::from(form.rows) * f64::from(form.columns);
    let drawn = f64::from(framing.size.0) * f64::from(framing.size.1);
    // Lines are drawn in pixels of the screen.
    let whole = canvas.scales() && marks.is_empty() && (viewport.zoom > 1.0 || native <= 1.5 * drawn);
    let cells = framing.cells;
    let area = crate::work::CellBox { x: cells.x, y: cells.y, columns: cells.width, rows: cells.height };
    Shot {
        key,
        path: Arc::<Path>::from(library.path(key.instance)),
        look: look.clone(),
        canvas,
        place: (!whole).then_some((area, framing.source, framing.size)),
        enlarge: if whole && look.smooth { enlargement(form) } else { 1 },
        detail: Detail::Whole,
        marks,
        through: None,
    }
}

/// How many times larger a small picture is sent, so that it is smooth and still cheap.
fn enlargement(form: &Form) -> u32 {
    let longest = form.rows.max(form.columns).max(1);
    (LONGEST_ENLARGED / longest).clamp(1, 4)
}

/// Pixels of the longer side beyond which a picture is not enlarged before it is sent.
const LONGEST_ENLARGED: u32 = 800;

impl App {
    /// Where the viewer's picture may be.
    pub fn viewer_area(&self) -> Rect {
        let bare = self.viewer().is_some_and(|viewer| viewer.corners == CornerText::None);
        let layout = layout::viewer(self.picture_screen(), bare);
        let fitted = self.viewer().filter(|_| !bare).and_then(|viewer| {
            let form = &viewer.stack().form;
            Framing::new(form, viewer.turn, Viewport::default(), layout.picture, self.canvas)
        });
        fitted.map_or(layout.picture, |fitted| layout::beside_text(layout.all, layout.picture, fitted.cells))
    }
}

impl Viewer {
    /// Where its picture is.
    pub fn framing(&self, area: Rect, canvas: Canvas) -> Option<Framing> {
        Framing::new(&self.stack().form, self.turn, self.viewport, area, canvas)
    }

    /// The maths of its picture.
    pub fn fit(&self, area: Rect, canvas: Canvas) -> Fit {
        fit(&self.stack().form, self.turn, area, canvas)
    }

    /// The pixel of the frame, row and column, under a cell.
    pub fn frame_pixel(&self, framing: &Framing, column: u16, row: u16) -> Option<(usize, usize)> {
        let form = &self.stack().form;
        let shape = (form.rows as usize, form.columns as usize);
        let (rows, columns) = self.turn.shape(shape);
        let pixel = framing.pixel_at(column, row).filter(|&(r, c)| r < rows && c < columns)?;
        Some(self.turn.origin(pixel, shape))
    }

    /// The cell of the crosshair, if it is in sight.
    pub fn crosshair_cell(&self, framing: &Framing) -> Option<(u16, u16)> {
        let form = &self.stack().form;
        let shape = (form.rows as usize, form.columns as usize);
        let (row, column) = self.crosshair.filter(|&(r, c)| r < shape.0 && c < shape.1)?;
        framing.cell_of(self.turn.place((row, column), shape))
    }
}
