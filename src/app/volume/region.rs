//! A region in the active plane, from the marked points to the point.

use super::VolumeView;
use crate::{
    app::{Measured, kept::kept_points, measuring::Shape},
    imaging::{
        Cut, Sampling,
        measure::{Place, Region, Scale, Unit},
    },
    model::{Frame, Vector, dot, minus},
};

/// Samples along a side of a region: more would be slower than a key, and tell no more.
const MOST: f64 = 512.0;

impl VolumeView {
    /// The corners of the region in the active plane, mm down and across from the point.
    fn region_corners(&self) -> Vec<Place> {
        let axes = self.axes_of(self.active);
        let flat = |corner: Vector| {
            let off = minus(corner, self.point);
            [dot(off, axes.column), dot(off, axes.row)]
        };
        self.measuring.corners(self.point).into_iter().map(flat).collect()
    }

    /// A place in the active plane, mm down and across from the point.
    fn in_plane(&self, [down, across]: Place) -> Vector {
        let axes = self.axes_of(self.active);
        std::array::from_fn(|axis| self.point[axis] + axes.row[axis] * across + axes.column[axis] * down)
    }

    /// What the nearest voxels in the region have in common.
    ///
    /// They are counted at the distance of the finest voxels, so that in the slices of a stack every pixel
    /// counts once.
    pub(super) fn region(&self, shape: Shape) -> Option<Measured> {
        let (frame, region, pixel) = self.sampled(shape)?;
        let scale = Scale { row: pixel, column: pixel, unit: Unit::Millimetres };
        let times = self.images.told(frame.unit.raw()).times;
        let statistics = region.statistics(&frame, &scale).map(|found| found.times(times));
        let sides = shape.sides(&self.region_corners());
        Some(Measured::Region { shape, sides, statistics, unit: Unit::Millimetres })
    }

    /// The values of the plane around a region, the region in its pixels, and their size, mm.
    pub(in crate::app) fn sampled(&self, shape: Shape) -> Option<(Frame, Region, f64)> {
        let corners = self.region_corners();
        let sides = shape.sides(&corners);
        let volume = &self.body()?.assembled.volume;
        let pixel = self.geometry.finest().max(sides[0].max(sides[1]) / MOST);
        // Those of an ellipse or a rectangle are the last two.
        let outline = shape.outline(&corners);
        let first = [0, 1].map(|axis| outline.iter().map(|at| at[axis]).fold(f64::INFINITY, f64::min));
        let [rows, columns] = sides.map(|side| (side / pixel).round() as usize + 1);
        let cut = Cut {
            position: self.in_plane(first),
            orientation: self.axes_of(self.active),
            pixel,
            rows,
            columns,
        };
        let frame = volume.frame(&cut, &Sampling { smooth: false, slab: self.slab(), threads: 1 });
        let within = |corner: &Place| [0, 1].map(|axis| (corner[axis] - first[axis]) / pixel);
        let region = shape.region(&corners.iter().map(within).collect::<Vec<_>>());
        Some((frame, region, pixel))
    }

    /// The points to be kept of what is measured.
    pub(in crate::app) fn kept_points(&self) -> Vec<Vector> {
        match self.measuring.shape {
            None => self.measuring.corners(self.point),
            shape => {
                let points = kept_points(shape, &self.region_corners());
                points.into_iter().map(|place| self.in_plane(place)).collect()
            }
        }
    }

    /// The lines between marked points and the point, or around the region; empty without any.
    pub(super) fn measured_lines(&self) -> Vec<Vector> {
        match self.measuring.shape {
            _ if self.measuring.is_empty() => vec![],
            None => self.measuring.corners(self.point),
            Some(shape) => {
                let outline = shape.outline(&self.region_corners());
                outline.into_iter().map(|place| self.in_plane(place)).collect()
            }
        }
    }
}
