//! Planes in any direction: eight neighbours for every pixel.

use super::{
    Cut, Projection, Sampling, Slab, Volume,
    cut::ahead,
    slab::mix,
    store::{Kind, with_voxels},
    threads::bands,
};
use crate::model::{Geometry, Index, Vector, dot};

/// Where the pixels of a row lie between voxels.
struct Places {
    /// Slice, row, column of each pixel.
    indices: [Vec<f64>; 3],
    /// The code with the lowest index of the eight around each pixel; [`OUTSIDE`] or more if there is none.
    offsets: Vec<u64>,
    /// How far the pixel is from it along each axis.
    parts: [Vec<f32>; 3],
    /// Its slice.
    slices: Vec<f32>,
}

/// More than any offset, three times less than would overflow.
const OUTSIDE: u64 = 1 << 60;

/// Added to a small number it leaves the integer next to it in the low bits of the sum.
const ROUND: f64 = 1.5 * (1_u64 << 52) as f64;

impl Volume {
    /// Draws a cut in any direction.
    pub(super) fn oblique(&self, cut: &Cut, sampling: &Sampling, values: &mut [f32]) {
        let step = cut.orientation.row.map(|x| x * cut.pixel);
        let depths = depths(self, cut.normal(), sampling.slab);
        let rescale = self.short_rescale();
        bands(values, cut.columns, sampling.threads, |first, band| {
            let mut places = Places::new(cut.columns);
            let (mut layer, mut count) = (vec![0.0; cut.columns], vec![0.0_f32; cut.columns]);
            for (row, values) in band.chunks_exact_mut(cut.columns).enumerate() {
                let start = cut.locate((first + row) as f64, 0.0);
                let mut sample = |depth: f64, values: &mut [f32]| {
                    places.line(&self.geometry, ahead(start, cut.normal(), depth), step);
                    self.sample_places(&mut places, &rescale, sampling.smooth, values);
                };
                let Some(Slab { projection, .. }) = sampling.slab else {
                    sample(0.0, values);
                    continue;
                };
                count.fill(0.0);
                for (number, &depth) in depths.iter().enumerate() {
                    if number == 0 && projection != Projection::Mean {
                        sample(depth, values);
                        continue;
                    }
                    sample(depth, &mut layer);
                    match projection {
                        Projection::Largest => fold(values, &layer, f32::max),
                        Projection::Smallest => fold(values, &layer, f32::min),
                        Projection::Mean => {
                            for ((sum, count), &value) in values.iter_mut().zip(&mut count).zip(&layer) {
                                if !value.is_nan() {
                                    *sum = if *count == 0.0 { value } else { *sum + value };
                                    *count += 1.0;
                                }
                            }
                        }
                    }
                }
                if projection == Projection::Mean {
                    values.iter_mut().zip(&count).for_each(|(sum, &count)| *sum /= count.max(1.0));
                }
            }
        });
    }

    /// The value at an index, NaN where there is none.
    pub(super) fn linear_at(&self, index: Index) -> f32 {
        let mut value = [f32::NAN];
        let mut places = Places::new(1);
        places.indices.iter_mut().zip(index).for_each(|(place, at)| place[0] = at);
        self.sample_places(&mut places, &self.short_rescale(), true, &mut value);
        value[0]
    }

    fn sample_places(&self, places: &mut Places, rescale: &[(f32, f32)], smooth: bool, values: &mut [f32]) {
        places.find(self.geometry.shape, smooth);
        with_voxels!(&self.voxels, K, codes => {
            Grid::<K>::new(codes, self.geometry.shape, rescale).values(places, values);
        });
    }

    pub(super) fn short_rescale(&self) -> Vec<(f32, f32)> {
        self.rescale.iter().map(|rescale| rescale.short()).collect()
    }
}

fn fold(values: &mut [f32], layer: &[f32], take: impl Fn(f32, f32) -> f32) {
    // Of a number and NaN both `min` and `max` take the number.
    values.iter_mut().zip(layer).for_each(|(value, &other)| *value = take(*value, other));
}

/// Where a slab is sampled along its normal: as densely as voxels lie there; extremes at both faces too.
fn depths(volume: &Volume, normal: Vector, slab: Option<Slab>) -> Vec<f64> {
    let Some(Slab { projection, thickness }) = slab else { return vec![0.0] };
    let geometry = &volume.geometry;
    let axes = [
        (geometry.orientation.row, geometry.spacing.column),
        (geometry.orientation.column, geometry.spacing.row),
        (geometry.normal(), geometry.slice_distance()),
    ];
    // The part of a voxel that one mm along the normal crosses.
    let crossed = axes.iter().map(|&(axis, size)| (dot(axis, normal) / size).powi(2)).sum::<f64>().sqrt();
    let steps = (thickness.max(0.0) * crossed).ceil().clamp(1.0, 4096.0);
    let depth = |step: f64| (step / steps - 0.5) * thickness;
    match projection {
        Projection::Mean => (0..steps as usize).map(|step| depth(step as f64 + 0.5)).collect(),
        _ => (0..=steps as usize).map(|step| depth(step as f64)).collect(),
    }
}

impl Places {
    fn new(pixels: usize) -> Self {
        let numbers = || vec![0.0; pixels];
        Self {
            indices: [(); 3].map(|()| vec![0.0; pixels]),
            offsets: vec![0; pixels],
            parts: [(); 3].map(|()| numbers()),
            slices: numbers(),
        }
    }

    /// Points on a line in the patient.
    fn line(&mut self, geometry: &Geometry, start: Vector, step: Vector) {
        if let Some((first, change)) = geometry.index_steps(start, step) {
            for ((indices, first), change) in self.indices.iter_mut().zip(first).zip(change) {
                indices.iter_mut().enumerate().for_each(|(count, at)| *at = first + change * count as f64);
            }
            return;
        }
        let mut line = vec![[0.0; 3]; self.offsets.len()];
        geometry.index_line(start, step, &mut line);
        for (axis, indices) in self.indices.iter_mut().enumerate() {
            indices.iter_mut().zip(&line).for_each(|(at, index)| *at = index[axis]);
        }
    }

    /// The voxels around every point. All loops are of the kind that processors do two or four at a time.
    fn find(&mut self, shape: [usize; 3], smooth: bool) {
        let strides = [shape[1] * shape[2], shape[2], 1].map(|stride| stride as f64);
        let offsets = &mut self.offsets;
        offsets.fill(0);
        for (axis, (indices, parts)) in self.indices.iter_mut().zip(&mut self.parts).enumerate() {
            let count = shape[axis] as f64;
            // Short of the last voxel by nothing that shows, so that there is always another one after.
            let last = (count - 1.0 - 1e-9).max(0.0);
            for ((at, part), offset) in indices.iter().zip(parts.iter_mut()).zip(offsets.iter_mut()) {
                let inside = *at >= -0.5 && *at < count - 0.5;
                let at = at.max(0.0).min(last);
                let lower = at - 0.5 + ROUND - ROUND;
                *part = (at - lower) as f32;
                let more = (lower * strides[axis] + ROUND).to_bits() - ROUND.to_bits();
                *offset += if inside { more } else { OUTSIDE };
            }
            if axis == 0 {
                let pairs = self.slices.iter_mut().zip(indices.iter());
                pairs.for_each(|(slice, at)| *slice = (at.max(0.0).min(last) - 0.5 + ROUND - ROUND) as f32);
            }
            if !smooth {
                for part in parts {
                    *part = (*part + 0.5).floor();
                }
            }
        }
    }
}

/// All codes by slice, row and column, and what they mean.
pub(super) struct Grid<'a, K: Kind> {
    codes: &'a [K::Code],
    /// From a code to the one after it along slices, rows and columns; zero where there is no other.
    steps: [usize; 3],
    rescale: &'a [(f32, f32)],
    /// That of all slices.
    one_scale: Option<(f32, f32)>,
}

impl<'a, K: Kind> Grid<'a, K> {
    pub(super) fn new(codes: &'a [K::Code], shape: [usize; 3], rescale: &'a [(f32, f32)]) -> Self {
        let steps = [shape[1] * shape[2], shape[2], 1];
        let steps = std::array::from_fn(|axis| if shape[axis] > 1 { steps[axis] } else { 0 });
        let alike = rescale.windows(2).all(|pair| pair[0] == pair[1]);
        Self { codes, steps, rescale, one_scale: rescale.first().copied().filter(|_| alike) }
    }

    fn values(&self, places: &Places, values: &mut [f32]) {
        let [slices, rows, columns] = &places.parts;
        let parts = slices.iter().zip(rows).zip(columns);
        let each = values.iter_mut().zip(&places.offsets).zip(parts).zip(&places.slices);
        for (((value, &offset), ((&slice, &row), &column)), &lower) in each {
            *value = if offset >= OUTSIDE {
                f32::NAN
            } else {
                self.value(offset as usize, lower as usize, [slice, row, column])
            };
        }
    }

    /// The value of one voxel.
    #[inline]
    pub(super) fn voxel(&self, offset: usize, slice: usize) -> f32 {
        let (slope, intercept) = self.rescale[slice];
        K::number(self.codes[offset]) * slope + intercept
    }

    /// The value between eight codes, of which the first is at `offset`.
    #[inline]
    pub(super) fn value(&self, offset: usize, lower: usize, [slice, row, column]: [f32; 3]) -> f32 {
        let [up, down, along] = self.steps;
        let block = &self.codes[offset..=offset + up + down + along];
        let pair = |at: usize| [block[at], block[at + along]];
        let [a, b, c, d] = [pair(0), pair(down), pair(up), pair(up + down)];
        let blank = K::any_blank(&[a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1]]);
        let between = |a: f32, b: f32, part: f32| if blank { mix(a, b, part) } else { linear(a, b, part) };
        let in_slice = |first: [K::Code; 2], second: [K::Code; 2]| {
            let [first, second] = [first, second].map(|[x, y]| between(K::number(x), K::number(y), column));
            between(first, second, row)
        };
        let (below, above) = (in_slice(a, b), in_slice(c, d));
        if let Some((slope, intercept)) = self.one_scale {
            return between(below, above, slice) * slope + intercept;
        }
        let scaled = |slice: usize, code: f32| {
            let (slope, intercept) = self.rescale[slice];
            code * slope + intercept
        };
        // A slice that is not there makes numbers of no numbers.
        mix(scaled(lower, below), scaled((lower + 1).min(self.rescale.len() - 1), above), slice)
    }
}

#[inline]
fn linear(a: f32, b: f32, part: f32) -> f32 {
    a + (b - a) * part
}
