//! Where the planes cross, and how it is moved.

use super::{VolumeView, panes::ahead};
use crate::model::{Vector, dot};

/// Two directions closer than this are one.
const SAME: f64 = 0.999_999;

impl VolumeView {
    /// Moves the active plane along its normal by so many voxels.
    pub(in crate::app) fn step(&mut self, by: isize) {
        if let Some((beside, point)) = self.scrolled_mut() {
            beside.scrolled = Some(beside.slice(point).saturating_add_signed(by));
            return;
        }
        let normal = self.axes_of(self.active).normal();
        self.go(normal, by as f64);
    }

    /// Moves the point within the active plane by so many voxels: to the right and down.
    pub(super) fn shift(&mut self, right: isize, down: isize) {
        let axes = self.axes_of(self.active);
        self.go(axes.row, right as f64);
        self.go(axes.column, down as f64);
    }

    /// Moves the active plane to its first or last slice, or to a part of the way between them.
    pub(super) fn go_to_part(&mut self, part: f64) {
        if let Some((beside, _)) = self.scrolled_mut() {
            beside.scrolled = Some(((beside.geometry.shape[0] - 1) as f64 * part).round() as usize);
            return;
        }
        let normal = self.axes_of(self.active).normal();
        let (low, high) = self.range(normal);
        let here = dot(normal, self.point);
        self.go_mm(normal, low + (high - low) * part - here);
        self.go(normal, 0.0);
    }

    /// Which slice of how many the keys work on: of the active plane, or of the other series in its own.
    pub fn slice(&self) -> (usize, usize) {
        match self.own_slices().filter(|_| self.second) {
            Some(beside) => (beside.slice(self.point), beside.geometry.shape[0]),
            None => self.plane_slice(),
        }
    }

    /// Which slice of how many the active plane is, counted along its normal from zero.
    pub(super) fn plane_slice(&self) -> (usize, usize) {
        let (axis, _) = self.voxel_axis(self.axes_of(self.active).normal());
        (self.slice_of(self.point), self.geometry.shape[axis])
    }

    /// The slice of the active plane that holds a point, counted in the same way.
    pub fn slice_of(&self, point: Vector) -> usize {
        let normal = self.axes_of(self.active).normal();
        let (axis, sign) = self.voxel_axis(normal);
        let count = self.geometry.shape[axis];
        let at = (self.geometry.index(point)[axis].round().max(0.0) as usize).min(count - 1);
        if sign < 0.0 { count - 1 - at } else { at }
    }

    /// Moves the point by so many voxels in a direction, to the middle of one where voxels lie in that
    /// direction; not out of the volume.
    fn go(&mut self, direction: Vector, by: f64) {
        self.point = self.moved(direction, by);
        self.follow_point();
    }

    /// The other series is seen next to the point again.
    fn follow_point(&mut self) {
        if let Some(beside) = &mut self.beside {
            beside.scrolled = None;
        }
    }

    /// Where the point would be after so many voxels in a direction.
    pub(super) fn moved(&self, direction: Vector, by: f64) -> Vector {
        let (axis, sign) = self.voxel_axis(direction);
        let mut index = if dot(self.voxel_axes()[axis], direction).abs() < SAME {
            self.geometry.index(ahead(self.point, direction, by * self.pitch(axis)))
        } else {
            let mut index = self.geometry.index(self.point);
            index[axis] = index[axis].round() + sign * by;
            index
        };
        index = self.inside(index);
        self.geometry.locate(index)
    }

    fn go_mm(&mut self, direction: Vector, by: f64) {
        self.set_point(ahead(self.point, direction, by));
    }

    /// Goes to a point, or to the one next to it in the volume.
    pub(in crate::app) fn set_point(&mut self, point: Vector) {
        self.point = self.geometry.locate(self.inside(self.geometry.index(point)));
        self.follow_point();
    }

    fn inside(&self, index: [f64; 3]) -> [f64; 3] {
        std::array::from_fn(|axis| index[axis].clamp(0.0, self.geometry.shape[axis] as f64 - 1.0))
    }

    /// Directions of slices, rows and columns.
    fn voxel_axes(&self) -> [Vector; 3] {
        let axes = self.geometry.orientation;
        [self.geometry.normal(), axes.column, axes.row]
    }

    /// The axis of the voxels next to a direction, and whether it points there.
    fn voxel_axis(&self, direction: Vector) -> (usize, f64) {
        let cosines = self.voxel_axes().map(|axis| dot(axis, direction));
        let axis = (0..3).max_by(|&a, &b| cosines[a].abs().total_cmp(&cosines[b].abs())).unwrap_or(0);
        (axis, cosines[axis].signum())
    }

    /// From one voxel to the next along an axis, mm.
    fn pitch(&self, axis: usize) -> f64 {
        let spacing = self.geometry.spacing;
        [self.geometry.slice_distance(), spacing.row, spacing.column][axis]
    }

    /// Where the volume begins and ends along a direction.
    fn range(&self, direction: Vector) -> (f64, f64) {
        let depths = self.geometry.corners().map(|corner| dot(corner, direction));
        let fold = |start: f64, pick: fn(f64, f64) -> f64| depths.iter().fold(start, |a, &b| pick(a, b));
        (fold(f64::INFINITY, f64::min), fold(f64::NEG_INFINITY, f64::max))
    }
}
