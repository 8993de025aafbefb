//! The layers of a slab: pixel by pixel the planes of voxels that its normal crosses most steeply.

use super::{
    Projection, Slab,
    runs::{Batch, Lanes, ROUND, WIDE, larger, smaller},
};
use crate::model::Index;
use std::ops::Range;

/// How much thicker than it is a slab is taken to be for a mean, voxels, so that one of no thickness has one.
const SLACK: f32 = 1e-3;

/// Where the normals through some pixels beside one another cross planes of voxels.
pub(super) struct Layers {
    /// The axis across these planes.
    pub(super) through: usize,
    shape: [usize; 3],
    /// Voxels along each axis from plane to plane.
    pub(super) step: [f32; 3],
    /// From the middle of the slab to its faces, in planes.
    reach: f64,
    mean: bool,
    /// A whole index near all pixels.
    pub(super) base: Index,
    /// On the first plane of each pixel, off that index.
    pub(super) first: [Lanes; 3],
    /// How far the faces are from the first plane.
    near: Lanes,
    far: Lanes,
    weights: Lanes,
}

impl Layers {
    /// Of a slab with this normal, voxels for each mm, through an even volume.
    pub(super) fn new(shape: [usize; 3], normal: Index, slab: Slab) -> Self {
        let through = (0..3).max_by(|&a, &b| normal[a].abs().total_cmp(&normal[b].abs())).unwrap_or(0);
        let lanes = [0.0; WIDE];
        Self {
            through,
            shape,
            step: normal.map(|along| (along / normal[through]) as f32),
            reach: slab.thickness.max(0.0) / 2.0 * normal[through].abs(),
            mean: slab.projection == Projection::Mean,
            base: [0.0; 3],
            first: [lanes; 3],
            near: lanes,
            far: lanes,
            weights: lanes,
        }
    }

    /// Prepares for pixels at `first`, `first + step` and so on; the result are all layers that may hold
    /// anything.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
    pub(super) fn begin(&mut self, first: Index, step: Index, count: usize) -> Range<usize> {
        let through = self.through;
        let planes = self.shape[through] as f64;
        self.base = first.map(|at| (at as i64) as f64);
        if self.reach.is_infinite() {
            self.base[through] = 0.0;
        }
        let off = |axis: usize| ((first[axis] - self.base[axis]) as f32, step[axis] as f32);
        let (middle, across) = off(through);
        let reach = self.reach as f32;
        // A mean needs the planes before and behind it too.
        let (round, slack) = if self.mean { (-0.5, SLACK) } else { (0.5, 0.0) };
        let (bottom, top) = (-self.base[through] as f32, (planes - 1.0 - self.base[through]) as f32);
        for pixel in 0..WIDE {
            let middle = middle + across * pixel as f32;
            let low = middle - reach;
            let plane = if reach.is_infinite() { 0.0 } else { low + round + ROUND - ROUND };
            self.first[through][pixel] = plane;
            // Beyond the outermost planes there is half a voxel of their values.
            let high = middle + reach;
            let meets = high >= bottom - 0.5 && low < top + 0.5;
            let far = if self.mean { larger(high, bottom) } else { high };
            let far = if meets { smaller(far, top) } else { f32::NEG_INFINITY };
            self.near[pixel] = smaller(larger(low, bottom), top) - slack - plane;
            self.far[pixel] = far + slack - plane;
        }
        let mut layers =
            if reach.is_infinite() { 0.0..planes } else { 0.0..(2.0 * self.reach).floor() + 2.0 };
        if self.mean {
            layers.end += 1.0;
        }
        for axis in 0..3 {
            if axis != through {
                let ((start, step), slope) = (off(axis), self.step[axis]);
                for pixel in 0..WIDE {
                    let at = pixel as f32;
                    let moved = self.first[through][pixel] - (middle + across * at);
                    self.first[axis][pixel] = start + step * at + slope * moved;
                }
            }
            // Layers on which the ends of the line, and what is between, may be inside.
            let slope = f64::from(self.step[axis]);
            let ends = [self.first[axis][0], self.first[axis][count - 1]]
                .map(|end| f64::from(end) + self.base[axis]);
            let (low, high) = (ends[0].min(ends[1]) - 2.0, ends[0].max(ends[1]) + 2.0);
            let size = self.shape[axis] as f64;
            if slope.abs() < 1e-9 {
                if high < 0.0 || low > size {
                    return 0..0;
                }
                continue;
            }
            let (enter, leave) = if slope > 0.0 {
                (-high / slope, (size - low) / slope)
            } else {
                ((size - low) / slope, -high / slope)
            };
            layers = layers.start.max(enter)..layers.end.min(leave);
        }
        layers.start as usize..layers.end.ceil().max(0.0) as usize
    }

    /// Puts the pixels on one of their layers.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
    pub(super) fn lay<C: Copy + Default>(&self, layer: usize, batch: &mut Batch<C>) {
        batch.base = self.base;
        for axis in 0..3 {
            let more = self.step[axis] * layer as f32;
            for (off, first) in batch.off[axis].iter_mut().zip(&self.first[axis]) {
                *off = first + more;
            }
        }
        if !self.mean {
            // Behind the far face there is nothing.
            for (off, far) in batch.off[self.through].iter_mut().zip(&self.far) {
                *off = if layer as f32 <= *far { *off } else { f32::INFINITY };
            }
        }
    }

    /// What a layer weighs in a mean: the integral over the slab of what is linear between planes.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
    pub(super) fn weights(&mut self, layer: usize) -> Option<&Lanes> {
        if !self.mean {
            return None;
        }
        for (weight, (near, far)) in self.weights.iter_mut().zip(self.near.iter().zip(&self.far)) {
            *weight = (until(far - layer as f32) - until(near - layer as f32)).max(0.0);
        }
        Some(&self.weights)
    }
}

/// The integral up to a point of what falls from one at zero to nothing one before and behind it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
fn until(at: f32) -> f32 {
    let at = at.clamp(-1.0, 1.0);
    0.5 + at * (1.0 - at.abs() / 2.0)
}
