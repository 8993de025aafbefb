//! The mouse: wheel for slices, left for the window, middle to pan, a click to read a pixel.

use super::{Action, App, Effect, View, Viewer, app::Drag, layout};
use crate::model::Window;
use ratatui::{
    crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind},
    layout::Position,
};

/// Dragging over that many cells doubles the window.
pub(super) const CELLS_TO_DOUBLE: f64 = 30.0;

impl App {
    pub(super) fn mouse(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        if !self.overlays.is_empty() {
            return match mouse.kind {
                MouseEventKind::ScrollDown => self.act(Action::Down, Some(3)),
                MouseEventKind::ScrollUp => self.act(Action::Up, Some(3)),
                _ => vec![],
            };
        }
        if self.mouse_over_chart(mouse) {
            return vec![];
        }
        match self.views.last() {
            Some(View::Viewer(_)) => self.mouse_over_image(mouse),
            Some(View::Volume(_)) => self.mouse_over_volume(mouse),
            Some(View::Steps(_)) => match mouse.kind {
                MouseEventKind::ScrollDown => self.act(Action::Right, None),
                MouseEventKind::ScrollUp => self.act(Action::Left, None),
                _ => vec![],
            },
            Some(View::Tags(_) | View::Transcript(_) | View::Value(_)) => match mouse.kind {
                MouseEventKind::ScrollDown => self.act(Action::Down, Some(3)),
                MouseEventKind::ScrollUp => self.act(Action::Up, Some(3)),
                _ => vec![],
            },
            None => self.mouse_over_list(mouse),
        }
    }

    fn mouse_over_list(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        match mouse.kind {
            MouseEventKind::ScrollDown => self.act(Action::Down, Some(3)),
            MouseEventKind::ScrollUp => self.act(Action::Up, Some(3)),
            MouseEventKind::Down(MouseButton::Left) => {
                let list = layout::browser(self.screen, self.browser.preview).list;
                if !list.contains(Position::new(mouse.column, mouse.row)) {
                    return vec![];
                }
                let rows = self.browser.rows.len();
                let first =
                    layout::first_row(self.browser.row(), rows, usize::from(list.height), self.browser.row());
                let row = first + usize::from(mouse.row - list.y);
                if row >= rows {
                    return vec![];
                }
                // A click on the row of the cursor opens it.
                if row == self.browser.row() {
                    return self.act(Action::Open, None);
                }
                self.browser.place(row);
                vec![]
            }
            _ => vec![],
        }
    }

    fn mouse_over_image(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        if self.viewer().is_some_and(|viewer| viewer.sheet.is_some()) {
            self.mouse_over_sheet(mouse);
            return vec![];
        }
        let (area, canvas) = (self.viewer_area(), self.canvas);
        let control = mouse.modifiers.contains(KeyModifiers::CONTROL);
        let (column, row) = (mouse.column, mouse.row);
        let drag = self.drag;
        let Some(viewer) = self.viewer_mut() else { return vec![] };
        let fit = viewer.fit(area, canvas);
        let framing = viewer.framing(area, canvas);
        let pixel = |viewer: &Viewer, column: u16, row: u16| {
            framing.and_then(|framing| viewer.frame_pixel(&framing, column, row))
        };
        let measures = !viewer.measuring.is_empty();
        let (width, height) = canvas.cell_pixels();
        let device = |column: u16, row: u16| {
            let (x, y) = (f64::from(column) - f64::from(area.x), f64::from(row) - f64::from(area.y));
            ((x + 0.5) * width, (y + 0.5) * height)
        };
        match (mouse.kind, drag) {
            (MouseEventKind::ScrollDown | MouseEventKind::ScrollUp, _) if control => {
                let factor = if mouse.kind == MouseEventKind::ScrollUp { 1.25 } else { 0.8 };
                viewer.viewport = fit.zoomed(viewer.viewport, factor, Some(device(column, row)));
            }
            (MouseEventKind::ScrollDown, _) => viewer.step(1),
            (MouseEventKind::ScrollUp, _) => viewer.step(-1),
            (MouseEventKind::Down(MouseButton::Left), _) if measures => {
                let Some(pixel) = pixel(viewer, column, row) else { return vec![] };
                viewer.press(pixel);
                self.drag = Some(Drag::Measure { column, row, moved: false });
            }
            (MouseEventKind::Drag(_), Some(Drag::Measure { column: x, row: y, moved })) => {
                if let (Some(from), Some(to)) = (pixel(viewer, x, y), pixel(viewer, column, row)) {
                    viewer.drag(from, to, !moved);
                    self.drag = Some(Drag::Measure { column, row, moved: true });
                }
            }
            (MouseEventKind::Down(MouseButton::Right), _) if measures => {
                self.drag = Some(Drag::Window { column, row, moved: true });
            }
            (MouseEventKind::Down(MouseButton::Left), _) => {
                self.drag = Some(Drag::Window { column, row, moved: false });
            }
            (MouseEventKind::Down(MouseButton::Middle | MouseButton::Right), _) => {
                self.drag = Some(Drag::Pan { column, row });
            }
            (MouseEventKind::Drag(_), Some(Drag::Window { column: x, row: y, .. })) => {
                viewer.drag_window((x, y), (column, row));
                self.drag = Some(Drag::Window { column, row, moved: true });
            }
            (MouseEventKind::Drag(_), Some(Drag::Pan { column: x, row: y })) => {
                let (to, from) = (device(column, row), device(x, y));
                viewer.viewport = fit.panned(viewer.viewport, (to.0 - from.0, to.1 - from.1));
                self.drag = Some(Drag::Pan { column, row });
            }
            (MouseEventKind::Up(_), Some(Drag::Window { moved: false, .. })) => {
                viewer.crosshair = pixel(viewer, column, row);
                self.drag = None;
            }
            (MouseEventKind::Up(_), _) => self.drag = None,
            _ => {}
        }
        vec![]
    }
}

impl Viewer {
    /// The mouse went from one cell to another: across changes the width, down the centre.
    pub(super) fn drag_window(&mut self, from: (u16, u16), to: (u16, u16)) {
        let across = f64::from(to.0) - f64::from(from.0);
        let down = f64::from(to.1) - f64::from(from.1);
        if let Some(window) = self.window() {
            let width = (window.width * (across / CELLS_TO_DOUBLE).exp2()).clamp(1e-6, 1e9);
            let center = window.center + down * 2.0 * window.width / CELLS_TO_DOUBLE;
            self.set_window(Window { center, width, ..window });
        }
    }
}
