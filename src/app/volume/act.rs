//! Keys over planes of a volume.

use super::{Arrangement, SIDES, Solid, Together, VolumeView, panes::ahead};
use crate::{
    app::{Action, App, Effect},
    imaging::{Projection, View as Side},
    model::{Vector, minus},
};

pub(super) const ZOOM: f64 = 1.25;
/// Nobody needs a voxel larger than the screen.
const MOST_ZOOM: f64 = 64.0;
/// By what a key makes a slab thicker, and the least and greatest thickness, mm.
const THICKER: f64 = 1.25;
const THINNEST: f64 = 0.5;
const THICKEST: f64 = 2000.0;

impl App {
    pub(in crate::app) fn act_on_volume(&mut self, action: Action, count: Option<usize>) -> Vec<Effect> {
        let panes = self.panes();
        let Some(view) = self.volume_mut() else { return vec![] };
        let steps = count.unwrap_or(1).min(100_000) as isize;
        if view.travel(action, steps) {
            return vec![];
        }
        if let Some(effects) = self.act_on_both(action, count) {
            return effects;
        }
        let Some(view) = self.volume_mut() else { return vec![] };
        match action {
            Action::NextPane | Action::PreviousPane if view.is_beside() => {
                view.second = !view.second;
            }
            Action::Right | Action::NextPane => view.next_side(1),
            Action::Left | Action::PreviousPane => view.next_side(2),
            Action::NextStack | Action::NextFrame => return self.change_volume(1),
            Action::PreviousStack | Action::PreviousFrame => return self.change_volume(-1),
            Action::TurnLeft
            | Action::TurnRight
            | Action::TiltUp
            | Action::TiltDown
            | Action::RotateLeft
            | Action::RotateRight => view.turn_planes(action, steps as f64),
            Action::Turntable => view.show_solid(Solid::Largest),
            Action::Surface => view.show_solid(Solid::Bone),
            Action::Layout => view.next_layout(),
            Action::Axial => view.show(Side::Axial),
            Action::Coronal => view.show(Side::Coronal),
            Action::Sagittal => view.show(Side::Sagittal),
            Action::Orthogonal => {
                view.arrangement = match view.arrangement {
                    Arrangement::Three => Arrangement::One,
                    _ => Arrangement::Three,
                };
            }
            Action::Upright => {
                let upright = !view.upright;
                view.set_upright(upright);
                let whose = if upright { "patient" } else { "stack" };
                return self.say(&format!("Planes along the axes of the {whose}."));
            }
            Action::MarkPoint => view.measuring.mark(view.point),
            Action::Region => view.measuring.next_shape(view.point),
            Action::Tags => {
                let slice = view.geometry.index(view.point)[0].round().max(0.0) as usize;
                view.images.go_to(slice);
                return self.act_on_image(action, count);
            }
            Action::Slab => {
                view.projection = match view.projection {
                    None => Some(Projection::Largest),
                    Some(Projection::Largest) => Some(Projection::Smallest),
                    Some(Projection::Smallest) => Some(Projection::Mean),
                    Some(Projection::Mean) => None,
                };
            }
            Action::Thicker if view.raise_threshold(steps as f64) => {}
            Action::Thinner if view.raise_threshold(-steps as f64) => {}
            Action::Thicker => view.thicken(THICKER.powi(steps as i32)),
            Action::Thinner => view.thicken(THICKER.powi(-(steps as i32))),
            Action::ZoomIn => view.zoom_about(view.point, ZOOM),
            Action::ZoomOut => view.zoom_about(view.point, 1.0 / ZOOM),
            Action::Fit => view.fit(),
            Action::PanLeft | Action::PanRight | Action::PanUp | Action::PanDown => {
                let Some(pane) = panes.iter().find(|pane| pane.side == view.active) else { return vec![] };
                let (width, height) = (pane.cut.columns as f64 / 8.0, pane.cut.rows as f64 / 8.0);
                let (right, down) = match action {
                    Action::PanLeft => (-width, 0.0),
                    Action::PanRight => (width, 0.0),
                    Action::PanUp => (0.0, -height),
                    _ => (0.0, height),
                };
                let axes = pane.cut.orientation;
                let moved = ahead(view.center, axes.row, right * pane.cut.pixel);
                view.center = ahead(moved, axes.column, down * pane.cut.pixel);
            }
            Action::ResetView => {
                view.images.reset();
                view.outside = Side::Coronal.orientation();
                view.threshold = None;
                view.fit();
                view.set_upright(view.upright);
                view.projection = None;
            }
            Action::Crosshair => view.crosshair = !view.crosshair,
            Action::Back => {
                let film = std::mem::take(&mut view.images.cine.running);
                let marked = !film && view.measuring.clear();
                if !film && !marked && !std::mem::take(&mut view.crosshair) {
                    return self.close_volume();
                }
            }
            _ => return self.act_on_image(action, count),
        }
        vec![]
    }
}

impl VolumeView {
    /// One slice, four, nine, sixteen, and all of them that fit.
    fn next_layout(&mut self) {
        (self.beside, self.together, self.second) = (None, Together::Apart, false);
        self.arrangement = match self.arrangement {
            Arrangement::Sheet(count) if count < 4 => Arrangement::Sheet(count + 1),
            Arrangement::Sheet(_) => Arrangement::Whole,
            Arrangement::Whole => Arrangement::One,
            _ => Arrangement::Sheet(2),
        };
    }

    /// One plane alone; in the layout of three, the one that keys work on.
    fn show(&mut self, side: Side) {
        if self.active == side || matches!(self.arrangement, Arrangement::Turned(_)) {
            self.arrangement = Arrangement::One;
        }
        self.active = side;
    }

    fn next_side(&mut self, by: usize) {
        let at = SIDES.iter().position(|&side| side == self.active).unwrap_or(0);
        self.active = SIDES[(at + by) % SIDES.len()];
    }

    /// Moves by a key of motion: the whole in its turn, the point, or the active plane. False if it is none.
    fn travel(&mut self, action: Action, steps: isize) -> bool {
        if self.turn_whole(action, steps as f64) || self.crosshair && self.move_point(action, steps) {
            return true;
        }
        let count = self.slice().1;
        let share = |parts: usize| (count / parts).max(1) as isize;
        match action {
            Action::Down => self.step(steps),
            Action::Up => self.step(-steps),
            Action::SkipForward => self.step(10 * steps),
            Action::SkipBack => self.step(-10 * steps),
            Action::PageDown => self.step(share(4)),
            Action::PageUp => self.step(-share(4)),
            Action::HalfPageDown => self.step(share(10)),
            Action::HalfPageUp => self.step(-share(10)),
            Action::First => self.go_to_part(0.0),
            Action::Last => self.go_to_part(1.0),
            Action::Middle => self.go_to_part(0.5),
            _ => return false,
        }
        true
    }

    /// With the crosshair on, the motion keys move it within the plane.
    fn move_point(&mut self, action: Action, steps: isize) -> bool {
        match action {
            Action::Down => self.shift(0, steps),
            Action::Up => self.shift(0, -steps),
            Action::Left => self.shift(-steps, 0),
            Action::Right => self.shift(steps, 0),
            _ => return false,
        }
        true
    }

    fn thicken(&mut self, by: f64) {
        let round = |mm: f64| if mm < 10.0 { (mm * 2.0).round() / 2.0 } else { mm.round() };
        // A step is seen even where rounding would eat it.
        let least = if by > 1.0 { self.thickness + 0.5 } else { self.thickness - 0.5 };
        let new = round(self.thickness * by);
        let new = if by > 1.0 { new.max(least) } else { new.min(least) };
        self.thickness = new.clamp(THINNEST, THICKEST);
        self.projection.get_or_insert(Projection::Largest);
    }

    /// What is at a point stays there.
    pub(super) fn zoom_about(&mut self, about: Vector, by: f64) {
        let zoom = (self.zoom * by).clamp(1.0, MOST_ZOOM);
        let by = zoom / self.zoom;
        self.zoom = zoom;
        self.center = ahead(about, minus(self.center, about), 1.0 / by);
        if zoom == 1.0 {
            self.fit();
        }
    }

    fn fit(&mut self) {
        self.zoom = 1.0;
        self.center = self.geometry.center();
    }
}
