//! The mouse over planes of a volume: wheel for slices, left for the point, middle to pan, right for the window.

use super::{PanePlace, Together, VolumeView, act::ZOOM, panes::ahead};
use crate::{
    app::{App, Effect, app::Drag, pointer::CELLS_TO_DOUBLE},
    model::minus,
};
use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

impl App {
    pub(in crate::app) fn mouse_over_volume(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        let (column, row) = (mouse.column, mouse.row);
        let control = mouse.modifiers.contains(KeyModifiers::CONTROL);
        let under = self.pane_at(column, row);
        let drag = self.drag;
        let Some(view) = self.volume_mut() else { return vec![] };
        match (mouse.kind, drag) {
            (MouseEventKind::ScrollDown | MouseEventKind::ScrollUp, _) => {
                let down = mouse.kind == MouseEventKind::ScrollDown;
                let Some(pane) = under else { return vec![] };
                view.work_on(&pane);
                if control {
                    view.zoom_about(pane.point_at(column, row), if down { 1.0 / ZOOM } else { ZOOM });
                } else {
                    view.step(if down { 1 } else { -1 });
                }
            }
            (MouseEventKind::Down(MouseButton::Left), _) => {
                let Some(pane) = under else { return vec![] };
                view.work_on(&pane);
                // Nothing is measured in slices that are not of this volume.
                let measures = !view.measuring.is_empty() && !pane.own;
                if measures {
                    view.measuring.press(view.point);
                }
                view.point_in(&pane, column, row);
                self.drag =
                    Some(if measures { Drag::Measure { column, row, moved: false } } else { Drag::Point });
            }
            (MouseEventKind::Drag(_), Some(Drag::Measure { column: x, row: y, moved })) => {
                let Some(pane) = under.filter(|pane| pane.side == view.active && !pane.own) else {
                    return vec![];
                };
                if !moved {
                    view.set_point(pane.point_at(x, y));
                    view.measuring.drag_from(view.point);
                }
                view.set_point(pane.point_at(column, row));
                self.drag = Some(Drag::Measure { column, row, moved: true });
            }
            (MouseEventKind::Drag(_), Some(Drag::Point)) => {
                if let Some(pane) = under.filter(|pane| pane.side == view.active) {
                    view.point_in(&pane, column, row);
                }
            }
            (MouseEventKind::Down(MouseButton::Middle), _) => self.drag = Some(Drag::Pan { column, row }),
            (MouseEventKind::Drag(_), Some(Drag::Pan { column: x, row: y })) => {
                if let Some(pane) = under {
                    let by = minus(pane.point_at(x, y), pane.point_at(column, row));
                    view.center = ahead(view.center, by, 1.0);
                }
                self.drag = Some(Drag::Pan { column, row });
            }
            (MouseEventKind::Down(MouseButton::Right), _) => {
                if let Some(pane) = under {
                    view.work_on(&pane);
                }
                self.drag = Some(Drag::Window { column, row, moved: false });
            }
            (MouseEventKind::Drag(_), Some(Drag::Window { column: x, row: y, .. })) => {
                let widened = (f64::from(column) - f64::from(x)) / CELLS_TO_DOUBLE;
                if let Some(beside) = view.beside.as_mut().filter(|_| view.together == Together::Difference) {
                    beside.widen(widened.exp2());
                } else if let Some(toned) = self.toned_mut() {
                    toned.drag_window((x, y), (column, row));
                }
                self.drag = Some(Drag::Window { column, row, moved: true });
            }
            (MouseEventKind::Up(_), _) => self.drag = None,
            _ => {}
        }
        vec![]
    }
}

impl VolumeView {
    /// The keys work on a pane from now on.
    fn work_on(&mut self, pane: &PanePlace) {
        self.active = pane.side;
        if self.is_beside() {
            self.second = pane.second;
        }
    }

    /// Goes to the point under a cell of a pane, whose slice stays.
    fn point_in(&mut self, pane: &PanePlace, column: u16, row: u16) {
        let slice = self.own_slices().map(|beside| beside.slice(self.point));
        self.set_point(pane.point_at(column, row));
        if let Some(beside) = self.beside.as_mut().filter(|_| pane.own) {
            beside.scrolled = slice;
        }
    }
}
