//! The other series in slices of its own, and the lines in which its slices and the planes of this one cross.
//!
//! A localizer, a single image and a stack in another direction have pictures of their own that no plane of this
//! series shows. Lines are drawn as far as the slice reaches that they stand for, not across the whole picture.

use super::{Beside, PanePlace, VolumeView, panes::ahead, together::NONE_BESIDE};
use crate::{
    app::{App, Effect},
    imaging::{
        Cut, Mark,
        measure::{PARALLEL, Place, scout, scout_cut},
    },
    model::{Geometry, Plane, Stack, Vector, cross, dot, minus, norm},
    work::Canvas,
};

impl Beside {
    /// The slice on screen while it is shown in its own: the one next to the point, or that to which one scrolled.
    pub fn slice(&self, point: Vector) -> usize {
        let last = self.geometry.shape[0] - 1;
        let nearest = self.geometry.index(point)[0].round().max(0.0) as usize;
        self.scrolled.unwrap_or(nearest).min(last)
    }

    /// Where a slice of it lies.
    fn plane(&self, slice: usize) -> Plane {
        let position = self.geometry.locate([slice as f64, 0.0, 0.0]);
        Plane { position, orientation: self.geometry.orientation }
    }
}

/// True if a stack is better seen in its own slices than cut by planes of `other`.
pub(super) fn stands_alone(stack: &Stack, geometry: &Geometry, other: &Geometry) -> bool {
    let sine = norm(cross(geometry.normal(), other.normal()));
    geometry.shape[0] == 1 || stack.is_localizer() || sine > PARALLEL.to_radians().sin()
}

impl App {
    /// The other series in its own slices, or on the plane of this one.
    pub(super) fn turn_own_slices(&mut self) -> Vec<Effect> {
        let Some(beside) = self.volume_mut().and_then(|view| view.beside.as_mut()) else {
            return self.say(NONE_BESIDE);
        };
        if beside.geometry.shape[0] == 1 {
            return self.say("A single slice is only seen as it is.");
        }
        beside.own = !beside.own;
        vec![]
    }
}

impl VolumeView {
    /// The other series, if it stands beside this one in slices of its own.
    pub fn own_slices(&self) -> Option<&Beside> {
        self.beside.as_deref().filter(|beside| beside.own && self.is_beside())
    }

    /// The same while the keys work on it.
    pub(super) fn scrolled_mut(&mut self) -> Option<(&mut Beside, Vector)> {
        let works = self.second && self.is_beside();
        let beside = self.beside.as_deref_mut().filter(|beside| works && beside.own)?;
        Some((beside, self.point))
    }

    /// The point of a slice of the other series that is next to the point.
    pub(super) fn own_point(&self, beside: &Beside) -> Vector {
        let Plane { position, orientation } = beside.plane(beside.slice(self.point));
        let normal = orientation.normal();
        ahead(self.point, normal, dot(minus(position, self.point), normal))
    }

    /// The lines in a pane: where the slice of the other series on screen crosses it, and faintly its first and
    /// last one.
    pub(super) fn scout_over(&self, pane: &PanePlace, canvas: Canvas) -> Vec<Mark> {
        let Some(beside) = self.own_slices() else { return vec![] };
        let on = Plane { position: pane.cut.position, orientation: pane.cut.orientation };
        let (here, [first, last]) = if pane.second {
            let normal = self.axes_of(self.active).normal();
            let (slice, count) = self.plane_slice();
            let crossed = |point| self.plane_over(&on, point);
            let at = |other: usize| crossed(self.moved(normal, other as f64 - slice as f64));
            (crossed(self.point), [at(0), at(count - 1)])
        } else {
            let at = |slice| beside.slice_over(&on, slice);
            (at(beside.slice(self.point)), [at(0), at(beside.geometry.shape[0] - 1)])
        };
        let drawn = |ends: [Vector; 2]| ends.map(|end| pane.pixel_of(end));
        let mut marks = vec![];
        for faint in [first, last].into_iter().filter(|&line| line != here).flatten() {
            let [from, to] = drawn(faint);
            marks.push(Mark::Dotted(from, to));
        }
        if let Some([from, to]) = here.map(drawn) {
            // Around a line of half blocks there would be no picture left.
            marks.push(if canvas.is_coarse() { Mark::Solid(from, to) } else { Mark::Edged(from, to) });
        }
        marks
    }

    /// Where the active plane, moved to a point, crosses another one within the volume.
    fn plane_over(&self, on: &Plane, point: Vector) -> Option<[Vector; 2]> {
        let cut = Cut::covering(&self.geometry, self.axes_of(self.active), point);
        scout_cut(on, &cut).map(|ends| ends.map(|[row, column]: Place| cut.locate(row, column)))
    }
}

impl Beside {
    /// Where a slice of it crosses a plane.
    fn slice_over(&self, on: &Plane, slice: usize) -> Option<[Vector; 2]> {
        let Geometry { shape: [_, rows, columns], spacing, .. } = self.geometry;
        let own = self.plane(slice);
        let ends = scout(on, &own, &spacing, (rows, columns))?;
        Some(ends.map(|[row, column]| own.locate(row, column, &spacing)))
    }
}
