//! Planes turned about the point, and the volume turned as a whole.

use super::{Arrangement, SIDES, Solid, VolumeView};
use crate::{
    app::Action,
    imaging::{Cut, Surface, View as Side},
    model::{Orientation, Vector},
};

/// What a key turns a plane by, and the whole, degrees.
const PLANE: f64 = 5.0;
const WHOLE: f64 = 10.0;

/// What a key moves the threshold of a surface by, as a part of the width of the window, and in HU.
const STEP: f64 = 0.05;
const STEP_HU: f64 = 25.0;

impl VolumeView {
    /// Turns the active plane about the point, or the others around its normal.
    pub(super) fn turn_planes(&mut self, action: Action, steps: f64) {
        let own = self.axes_of(self.active);
        let (axis, degrees) = match action {
            Action::TurnLeft => (own.column, PLANE),
            Action::TurnRight => (own.column, -PLANE),
            Action::TiltUp => (own.row, PLANE),
            Action::TiltDown => (own.row, -PLANE),
            Action::RotateRight => (own.normal(), PLANE),
            _ => (own.normal(), -PLANE),
        };
        let around = matches!(action, Action::RotateRight | Action::RotateLeft);
        for side in SIDES.into_iter().filter(|&side| (side == self.active) != around) {
            let axes = &mut self.axes[side as usize];
            *axes = turned(*axes, axis, degrees * steps);
        }
    }

    /// Turns the whole, if that is what is seen: true if so.
    pub(super) fn turn_whole(&mut self, action: Action, steps: f64) -> bool {
        if !matches!(self.arrangement, Arrangement::Turned(_)) {
            return false;
        }
        let (axis, degrees) = match action {
            Action::Right | Action::TurnRight => (UP, -WHOLE),
            Action::Left | Action::TurnLeft => (UP, WHOLE),
            Action::Down | Action::TiltDown => (self.outside.row, -WHOLE),
            Action::Up | Action::TiltUp => (self.outside.row, WHOLE),
            Action::RotateRight => (self.outside.normal(), -WHOLE),
            Action::RotateLeft => (self.outside.normal(), WHOLE),
            _ => return false,
        };
        self.outside = turned(self.outside, axis, degrees * steps);
        true
    }

    /// What is seen from outside next.
    pub(super) fn show_solid(&mut self, solid: Solid) {
        self.arrangement = match self.arrangement {
            Arrangement::Turned(Solid::Bone) if solid == Solid::Bone => Arrangement::Turned(Solid::Skin),
            _ => Arrangement::Turned(solid),
        };
        self.threshold = None;
    }

    /// The threshold of the surface on screen; of a CT those of bones and skin, of others parts of the window.
    pub fn surface_threshold(&self) -> Option<f64> {
        let Arrangement::Turned(solid @ (Solid::Bone | Solid::Skin)) = self.arrangement else { return None };
        let window = self.images.window();
        let preset = match (solid, self.is_hounsfield(), window) {
            (Solid::Bone, true, _) => f64::from(Surface::BONE),
            (_, true, _) => f64::from(Surface::SKIN),
            (Solid::Bone, false, Some(window)) => window.center + 0.25 * window.width,
            (_, false, Some(window)) => window.center - 0.35 * window.width,
            (_, false, None) => 0.0,
        };
        Some(self.threshold.unwrap_or(preset))
    }

    /// Raises or lowers the threshold; false if no surface is on screen.
    pub(super) fn raise_threshold(&mut self, steps: f64) -> bool {
        let Some(now) = self.surface_threshold() else { return false };
        let width = self.images.window().map_or(1.0, |window| window.width);
        let step = if self.is_hounsfield() { STEP_HU } else { STEP * width };
        self.threshold = Some(now + step * steps);
        true
    }

    fn is_hounsfield(&self) -> bool {
        let shown = self.images.shown.as_ref();
        shown.is_some_and(|drawn| drawn.facts.unit.raw() == "HU")
    }
}

/// Towards the head.
const UP: Vector = [0.0, 0.0, 1.0];

/// Directions turned about an axis.
fn turned(axes: Orientation, axis: Vector, degrees: f64) -> Orientation {
    let cut = Cut { position: [0.0; 3], orientation: axes, pixel: 1.0, rows: 1, columns: 1 };
    cut.rotated([0.0; 3], axis, degrees).orientation
}

/// The plane whose normal is next to that of a stack.
pub(super) fn nearest_side(normal: Vector) -> Side {
    let cosine = |side: Side| crate::model::dot(side.orientation().normal(), normal).abs();
    SIDES.into_iter().max_by(|&a, &b| cosine(a).total_cmp(&cosine(b))).unwrap_or(Side::Axial)
}
