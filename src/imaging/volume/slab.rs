//! Slabs: what is seen of a thick slice.

use crate::model::Geometry;
use std::ops::Range;

/// What a slab shows of the values along its thickness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Projection {
    /// The largest: vessels with contrast, bones, nodules.
    Largest,
    /// The smallest: airways.
    Smallest,
    /// The average, as a thicker slice would have been reconstructed.
    Mean,
}

/// A plane with a thickness, half of it before and half behind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slab {
    /// What it shows.
    pub projection: Projection,
    /// Along the normal of the cut, mm.
    pub thickness: f64,
}

/// A place between two voxels of an axis: the lower one, the upper one, and how far from the lower.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Between {
    pub(super) lower: usize,
    pub(super) upper: usize,
    pub(super) part: f32,
}

impl Between {
    /// Of a coordinate, if one of `count` voxels holds it; beyond the outermost centres they count alone.
    pub(super) fn of(at: f64, count: usize, smooth: bool) -> Option<Self> {
        if !(-0.5..count as f64 - 0.5).contains(&at) {
            return None;
        }
        let at = at.clamp(0.0, (count - 1) as f64);
        let lower = at as usize;
        let part = (at - lower as f64) as f32;
        let part = if smooth { part } else { (part + 0.5).floor() };
        Some(Self { lower, upper: (lower + 1).min(count - 1), part })
    }
}

/// Linear between two values; the nearer one where the other is not there.
#[inline]
pub(super) fn mix(a: f32, b: f32, part: f32) -> f32 {
    let mixed = a * (1.0 - part) + b * part;
    if mixed.is_nan() { if part < 0.5 { a } else { b } } else { mixed }
}

/// How the voxels along one axis become one value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reduce {
    One(Between),
    /// Both ends of a slab, and the voxels between them: a function that is linear in pieces is largest
    /// and smallest where they meet.
    Extreme {
        ends: [Between; 2],
        inner: Range<usize>,
        largest: bool,
    },
    /// The integral of that function, as the weight of each voxel.
    Mean {
        first: usize,
        weights: Vec<f32>,
    },
}

impl Reduce {
    /// The voxels it needs.
    pub(super) fn span(&self) -> Range<usize> {
        match self {
            Self::One(place) => place.lower..place.upper + 1,
            Self::Extreme { ends, .. } => ends[0].lower..ends[1].upper + 1,
            Self::Mean { first, weights } => *first..first + weights.len(),
        }
    }

    /// The same where the first voxels are left out.
    pub(super) fn without(&self, left_out: usize) -> Self {
        let moved = |place: &Between| Between {
            lower: place.lower - left_out,
            upper: place.upper - left_out,
            ..*place
        };
        match self {
            Self::One(place) => Self::One(moved(place)),
            Self::Extreme { ends, inner, largest } => Self::Extreme {
                ends: [moved(&ends[0]), moved(&ends[1])],
                inner: inner.start - left_out..inner.end - left_out,
                largest: *largest,
            },
            Self::Mean { first, weights } => Self::Mean { first: first - left_out, weights: weights.clone() },
        }
    }

    /// Voxels along `axis` around the coordinate `at`; nothing if all of it is outside.
    pub(super) fn new(
        geometry: &Geometry,
        axis: usize,
        at: f64,
        slab: Option<(Projection, [f64; 2])>,
        smooth: bool,
    ) -> Option<Self> {
        let count = geometry.shape[axis];
        let Some((projection, [from, to])) = slab else {
            return Between::of(at, count, smooth).map(Self::One);
        };
        let last = (count - 1) as f64;
        let (from, to) = (from.min(to), from.max(to));
        if to < -0.5 || from >= last + 0.5 {
            return None;
        }
        let (from, to) = (from.clamp(0.0, last), to.clamp(0.0, last));
        let ends = [Between::of(from, count, true)?, Between::of(to, count, true)?];
        if to - from < 1e-9 {
            return Some(Self::One(ends[0]));
        }
        if projection != Projection::Mean {
            let inner = from.ceil() as usize..to.floor() as usize + 1;
            return Some(Self::Extreme { ends, inner, largest: projection == Projection::Largest });
        }
        let first = ends[0].lower;
        let mut weights = vec![0.0; ends[1].upper - first + 1];
        for voxel in first..ends[1].upper.max(first + 1).min(count - 1) {
            let length = if axis == 0 { geometry.slice_distance_at(voxel) } else { 1.0 };
            let (a, b) = ((from - voxel as f64).max(0.0), (to - voxel as f64).min(1.0));
            if b > a {
                let above = (b * b - a * a) / 2.0;
                weights[voxel - first] += (length * (b - a - above)) as f32;
                weights[voxel + 1 - first] += (length * above) as f32;
            }
        }
        Some(Self::Mean { first, weights })
    }
}
