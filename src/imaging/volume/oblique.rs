//! Planes in any direction: eight neighbours for every pixel.

use super::{
    Cut, Projection, Sampling, Slab, Volume,
    cut::ahead,
    slab::{Between, mix},
    store::{Kind, with_voxels},
    threads::bands,
};
use crate::model::{Index, Vector, dot};

/// All codes by slice, row and column, and what they mean in each slice.
struct Grid<'a, K: Kind> {
    codes: &'a [K::Code],
    shape: [usize; 3],
    rescale: &'a [(f32, f32)],
}

impl Volume {
    /// Draws a cut in any direction.
    pub(super) fn oblique(&self, cut: &Cut, sampling: &Sampling, values: &mut [f32]) {
        let step = cut.orientation.row.map(|x| x * cut.pixel);
        let depths = depths(self, cut.normal(), sampling.slab);
        let rescale = self.short_rescale();
        bands(values, cut.columns, sampling.threads, |first, band| {
            let mut indices = vec![[0.0; 3]; cut.columns];
            let (mut layer, mut count) = (vec![0.0; cut.columns], vec![0.0_f32; cut.columns]);
            for (row, values) in band.chunks_exact_mut(cut.columns).enumerate() {
                let start = cut.locate((first + row) as f64, 0.0);
                let mut sample = |depth: f64, values: &mut [f32]| {
                    self.geometry.index_line(ahead(start, cut.normal(), depth), step, &mut indices);
                    self.sample_with(&rescale, &indices, sampling.smooth, values);
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

    /// The values at some indices.
    pub(super) fn sample_row(&self, indices: &[Index], smooth: bool, values: &mut [f32]) {
        self.sample_with(&self.short_rescale(), indices, smooth, values);
    }

    fn sample_with(&self, rescale: &[(f32, f32)], indices: &[Index], smooth: bool, values: &mut [f32]) {
        with_voxels!(&self.voxels, K, codes => {
            let grid = Grid::<K> { codes, shape: self.geometry.shape, rescale };
            for (value, &index) in values.iter_mut().zip(indices) {
                *value = grid.value(index, smooth);
            }
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

impl<K: Kind> Grid<'_, K> {
    /// The value at an index, NaN outside.
    #[inline]
    fn value(&self, [slice, row, column]: Index, smooth: bool) -> f32 {
        let [slices, rows, columns] = self.shape;
        let (Some(slice), Some(row), Some(column)) = (
            Between::of(slice, slices, smooth),
            Between::of(row, rows, smooth),
            Between::of(column, columns, smooth),
        ) else {
            return f32::NAN;
        };
        let pair = |slice: usize, row: usize| {
            let line = (slice * rows + row) * columns;
            [self.codes[line + column.lower], self.codes[line + column.upper]]
        };
        let [a, b] = [pair(slice.lower, row.lower), pair(slice.lower, row.upper)];
        let [c, d] = [pair(slice.upper, row.lower), pair(slice.upper, row.upper)];
        let blank = K::any_blank(&[a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1]]);
        let along = |a: f32, b: f32, part: f32| if blank { mix(a, b, part) } else { linear(a, b, part) };
        let in_slice = |at: usize, first: [K::Code; 2], second: [K::Code; 2]| {
            let [first, second] =
                [first, second].map(|[x, y]| along(K::number(x), K::number(y), column.part));
            let (slope, intercept) = self.rescale[at];
            along(first, second, row.part) * slope + intercept
        };
        mix(in_slice(slice.lower, a, b), in_slice(slice.upper, c, d), slice.part)
    }
}

#[inline]
fn linear(a: f32, b: f32, part: f32) -> f32 {
    a * (1.0 - part) + b * part
}
