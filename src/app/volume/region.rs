//! An ellipse or a rectangle in the active plane, from the marked point to the point.

use super::VolumeView;
use crate::{
    imaging::{
        Cut, Sampling,
        measure::{Region, Scale, Statistics, Unit},
    },
    model::{Vector, dot, minus},
};

/// Samples along a side of a region: more would be slower than a key, and tell no more.
const MOST: f64 = 512.0;

/// Which region is drawn from the marked point to the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Within the rectangle of the two.
    Ellipse,
    /// That rectangle.
    Rectangle,
}

impl VolumeView {
    /// The next shape; from the last one none.
    pub(super) fn next_shape(&mut self) {
        self.shape = match self.shape {
            None => Some(Shape::Ellipse),
            Some(Shape::Ellipse) => Some(Shape::Rectangle),
            Some(Shape::Rectangle) => None,
        };
        if self.shape.is_some() && self.marked.is_empty() {
            self.marked.push(self.point);
        }
    }

    /// From the point to the opposite corner along the rows and columns of the active plane, mm.
    fn span(&self) -> Option<[f64; 2]> {
        let corner = *self.marked.last().filter(|_| self.shape.is_some())?;
        let axes = self.axes_of(self.active);
        let off = minus(corner, self.point);
        Some([dot(off, axes.row), dot(off, axes.column)])
    }

    /// What the nearest voxels in the region have in common, and the sides of the region, mm.
    ///
    /// They are counted at the distance of the finest voxels, so that in the slices of a stack every pixel
    /// counts once.
    pub fn region(&self) -> Option<(Statistics, [f64; 2])> {
        let [across, down] = self.span()?;
        let volume = &self.body()?.assembled.volume;
        let axes = self.axes_of(self.active);
        let pixel = self.geometry.finest().max(across.abs().max(down.abs()) / MOST);
        let [columns, rows] = [across, down].map(|length| length.abs() / pixel);
        let position: Vector = std::array::from_fn(|axis| {
            self.point[axis] + axes.row[axis] * across.min(0.0) + axes.column[axis] * down.min(0.0)
        });
        let count = |length: f64| length.round() as usize + 1;
        let cut = Cut { position, orientation: axes, pixel, rows: count(rows), columns: count(columns) };
        let frame = volume.frame(&cut, &Sampling { smooth: false, slab: self.slab(), threads: 1 });
        let corners = ([0.0, 0.0], [rows, columns]);
        let region = match self.shape? {
            Shape::Ellipse => Region::Ellipse(corners.0, corners.1),
            Shape::Rectangle => Region::Rectangle(corners.0, corners.1),
        };
        let scale = Scale { row: pixel, column: pixel, unit: Unit::Millimetres };
        Some((region.statistics(&frame, &scale)?, [across.abs(), down.abs()]))
    }

    /// The outline of the region as points in the patient; empty if there is none.
    pub(super) fn outline(&self) -> Vec<Vector> {
        let Some([across, down]) = self.span() else { return vec![] };
        let axes = self.axes_of(self.active);
        let at = |x: f64, y: f64| -> Vector {
            std::array::from_fn(|axis| self.point[axis] + axes.row[axis] * x + axes.column[axis] * y)
        };
        match self.shape {
            Some(Shape::Ellipse) => (0..=CORNERS)
                .map(|corner| {
                    let (sine, cosine) =
                        (f64::from(corner) / f64::from(CORNERS) * std::f64::consts::TAU).sin_cos();
                    at(across / 2.0 * (1.0 + cosine), down / 2.0 * (1.0 + sine))
                })
                .collect(),
            Some(Shape::Rectangle) => {
                vec![at(0.0, 0.0), at(across, 0.0), at(across, down), at(0.0, down), at(0.0, 0.0)]
            }
            None => vec![],
        }
    }
}

/// Corners of an ellipse as it is drawn.
const CORNERS: u32 = 48;
