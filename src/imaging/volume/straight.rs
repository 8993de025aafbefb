//! Planes along the axes of a volume: one layer of voxels, then enlarged.
//!
//! If a step along a row of the cut changes one index only, and a step along a column another one, then the
//! third index is the same everywhere. What lies along it is reduced first, voxel by voxel in the order of
//! memory, and only the layer that is left is interpolated.

use super::{
    Cut, Sampling, Volume,
    cut::ahead,
    kind::{Kind, with_voxels},
    slab::{Between, Reduce, mix},
    threads::bands,
};
use crate::model::Index;
use std::ops::Range;

/// A change of an index that does not count over a whole picture, voxels.
const STILL: f64 = 1e-4;

/// A cut along the axes of a volume.
pub(super) struct Straight {
    /// The axis that is reduced.
    through: usize,
    /// How, or nothing if the cut does not meet the volume.
    reduce: Option<Reduce>,
    /// The index axis of the rows of the cut, and where its columns lie on it.
    across: (usize, Vec<Option<Between>>),
    /// The same down its columns.
    down: (usize, Vec<Option<Between>>),
}

impl Straight {
    /// The plan for a cut, or `None` if it is oblique.
    pub(super) fn of(volume: &Volume, cut: &Cut, sampling: &Sampling) -> Option<Self> {
        let geometry = volume.geometry();
        let line = |count: usize, direction: [f64; 3]| {
            let mut indices = vec![[0.0; 3]; count];
            geometry.index_line(cut.position, direction.map(|x| x * cut.pixel), &mut indices);
            indices
        };
        let (row, column) = (line(cut.columns, cut.orientation.row), line(cut.rows, cut.orientation.column));
        let (across, down) = (only_axis(&row)?, only_axis(&column)?);
        let through = (0..3).find(|&axis| axis != across && axis != down).filter(|_| across != down)?;
        let places = |indices: &[Index], axis: usize| {
            let between = |index: &Index| Between::of(index[axis], geometry.shape[axis], sampling.smooth);
            indices.iter().map(between).collect::<Vec<_>>()
        };
        let at = row.first()?[through];
        let slab = match sampling.slab {
            None => None,
            Some(slab) => {
                let face =
                    |part: f64| geometry.index(ahead(cut.position, cut.normal(), slab.thickness * part));
                let faces = [face(-0.5), face(0.5)];
                // In a leaning stack what lies behind a pixel has another row or column.
                let leans =
                    (0..3).any(|axis| axis != through && (faces[0][axis] - faces[1][axis]).abs() > STILL);
                if leans {
                    return None;
                }
                Some((slab.projection, faces.map(|face| face[through])))
            }
        };
        let reduce = Reduce::new(geometry, through, at, slab, sampling.smooth);
        Some(Self {
            through,
            reduce,
            across: (across, places(&row, across)),
            down: (down, places(&column, down)),
        })
    }

    /// Draws the cut.
    pub(super) fn draw(&self, volume: &Volume, values: &mut [f32], threads: usize) {
        let Some(reduce) = &self.reduce else { return };
        let (Some(across), Some(down)) = (needed(&self.across.1), needed(&self.down.1)) else { return };
        let turned = self.across.0 < self.down.0;
        let (outer, inner) =
            if turned { (across.clone(), down.clone()) } else { (down.clone(), across.clone()) };
        let layer = volume.layer(self.through, reduce, &outer, &inner, threads);
        let width = across.len();
        let layer = if turned { transposed(&layer, down.len()) } else { layer };
        bands(values, self.across.1.len(), threads, |first, band| {
            let mut line = vec![0.0; width];
            for (row, values) in band.chunks_exact_mut(self.across.1.len()).enumerate() {
                let Some(place) = self.down.1[first + row] else { continue };
                let row = |at: usize| &layer[(at - down.start) * width..][..width];
                for ((mixed, &a), &b) in line.iter_mut().zip(row(place.lower)).zip(row(place.upper)) {
                    *mixed = mix(a, b, place.part);
                }
                for (value, place) in values.iter_mut().zip(&self.across.1) {
                    if let Some(place) = place {
                        let [a, b] = [place.lower, place.upper].map(|at| line[at - across.start]);
                        *value = mix(a, b, place.part);
                    }
                }
            }
        });
    }
}

/// The axis whose index changes along a line of indices, if it is one; a line of one point has none, and
/// neither does one along which slices change their distance and something else.
fn only_axis(line: &[Index]) -> Option<usize> {
    let changes = |axis: usize| {
        let (low, high) = line.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), index| {
            (low.min(index[axis]), high.max(index[axis]))
        });
        high - low > STILL
    };
    let mut axes = (0..3).filter(|&axis| changes(axis));
    axes.next().filter(|_| axes.next().is_none())
}

/// The voxels that anyone needs.
fn needed(places: &[Option<Between>]) -> Option<Range<usize>> {
    let low = places.iter().flatten().map(|place| place.lower).min()?;
    let high = places.iter().flatten().map(|place| place.upper).max()?;
    Some(low..high + 1)
}

/// Rows become columns; `width` is the length of a row.
fn transposed(layer: &[f32], width: usize) -> Vec<f32> {
    let height = layer.len() / width;
    let mut turned = vec![0.0; layer.len()];
    for (x, column) in turned.chunks_exact_mut(height).enumerate() {
        for (y, value) in column.iter_mut().enumerate() {
            *value = layer[y * width + x];
        }
    }
    turned
}

impl Volume {
    /// One value for each line along the axis `through`, row by row of the other two axes in the order of
    /// memory, in modality units.
    pub(super) fn layer(
        &self,
        through: usize,
        reduce: &Reduce,
        outer: &Range<usize>,
        inner: &Range<usize>,
        threads: usize,
    ) -> Vec<f32> {
        let mut layer = vec![f32::NAN; outer.len() * inner.len()];
        let rescale = self.short_rescale();
        let one_scale = self.rescale.windows(2).all(|pair| pair[0] == pair[1]);
        let [_, rows, columns] = self.geometry.shape;
        let span = reduce.span();
        let short = reduce.without(span.start);
        with_voxels!(&self.voxels, K, codes => {
            bands(&mut layer, inner.len(), threads, |first, band| {
                let rows_out = band.chunks_exact_mut(inner.len()).enumerate();
                for (row, values) in rows_out.map(|(row, values)| (outer.start + first + row, values)) {
                    match through {
                        0 => {
                            let line = |slice: usize| &codes[(slice * rows + row) * columns..][inner.clone()];
                            if one_scale {
                                lines::<K, _>(reduce, line, rescale[0], values);
                            } else {
                                let line = |slice: usize| scaled::<K>(line(slice), rescale[slice]);
                                lines::<Floats, _>(reduce, line, (1.0, 0.0), values);
                            }
                        }
                        1 => {
                            let line = |at: usize| &codes[(row * rows + at) * columns..][inner.clone()];
                            lines::<K, _>(reduce, line, rescale[row], values);
                        }
                        _ => {
                            let lines = codes[(row * rows + inner.start) * columns..].chunks_exact(columns);
                            if span.len() > LONG || matches!(reduce, Reduce::One(_)) {
                                beside::<K>(reduce, lines, rescale[row], values);
                            } else {
                                fetched::<K>(&short, lines.map(|line| &line[span.clone()]), rescale[row], values);
                            }
                        }
                    }
                }
            });
        });
        layer
    }
}

/// Modality values of a line of codes.
fn scaled<K: Kind>(codes: &[K::Code], (slope, intercept): (f32, f32)) -> Vec<f32> {
    codes.iter().map(|&code| K::number(code) * slope + intercept).collect()
}

/// Reduces lines of voxels that lie behind one another to one line of values.
fn lines<K: Kind, L: AsRef<[K::Code]>>(
    reduce: &Reduce,
    line: impl Fn(usize) -> L,
    (slope, intercept): (f32, f32),
    values: &mut [f32],
) {
    match reduce {
        Reduce::One(place) => {
            let (lower, upper) = (line(place.lower), line(place.upper));
            for ((value, &a), &b) in values.iter_mut().zip(lower.as_ref()).zip(upper.as_ref()) {
                *value = mix(K::number(a), K::number(b), place.part);
            }
        }
        // A falling rescale turns codes around.
        Reduce::Extreme { ends, inner, largest } if *largest ^ (slope < 0.0) => {
            extreme::<K, L>(ends, inner.clone(), line, (f32::max, K::larger), values);
        }
        Reduce::Extreme { ends, inner, .. } => {
            extreme::<K, L>(ends, inner.clone(), line, (f32::min, K::smaller), values);
        }
        Reduce::Mean { first, weights } => {
            let mut weighed = vec![0.0_f32; values.len()];
            values.fill(0.0);
            for (number, &weight) in weights.iter().enumerate() {
                let line = line(first + number);
                for ((sum, weighed), &code) in values.iter_mut().zip(&mut weighed).zip(line.as_ref()) {
                    let value = K::number(code);
                    let (value, weight) = if value.is_nan() { (0.0, 0.0) } else { (value, weight) };
                    *sum += value * weight;
                    *weighed += weight;
                }
            }
            // Nothing but padding is zero by zero, which is NaN.
            values.iter_mut().zip(weighed).for_each(|(sum, weighed)| *sum /= weighed);
        }
    }
    for value in values {
        *value = *value * slope + intercept;
    }
}

/// The largest or smallest of each column of lines.
fn extreme<K: Kind, L: AsRef<[K::Code]>>(
    ends: &[Between; 2],
    inner: Range<usize>,
    line: impl Fn(usize) -> L,
    (take, take_code): (impl Fn(f32, f32) -> f32, impl Fn(K::Code, K::Code) -> K::Code),
    values: &mut [f32],
) {
    for end in ends {
        let (lower, upper) = (line(end.lower), line(end.upper));
        for ((value, &a), &b) in values.iter_mut().zip(lower.as_ref()).zip(upper.as_ref()) {
            *value = take(*value, mix(K::number(a), K::number(b), end.part));
        }
    }
    let Some(mut best) = inner.clone().next().map(|first| line(first).as_ref().to_vec()) else { return };
    for at in inner.skip(1) {
        for (best, &code) in best.iter_mut().zip(line(at).as_ref()) {
            *best = take_code(*best, code);
        }
    }
    for (value, code) in values.iter_mut().zip(best) {
        *value = take(*value, K::number(code));
    }
}

/// Lines of more voxels fetch themselves ahead.
const LONG: usize = 64;

/// Lines that are fetched together.
const TOGETHER: usize = 64;

/// Reduces lines of few voxels that lie beside one another in memory: each to one value.
///
/// Every line waits for memory of its own. Many are fetched first: that is so little work for each of them
/// that processors wait for several at once.
fn fetched<'a, K: Kind>(
    reduce: &Reduce,
    mut lines: impl Iterator<Item = &'a [K::Code]>,
    scale: (f32, f32),
    values: &mut [f32],
) where
    K::Code: 'a,
{
    let length = reduce.span().len();
    let mut near = [K::Code::default(); LONG * TOGETHER];
    for values in values.chunks_mut(TOGETHER) {
        for (near, line) in near.chunks_exact_mut(length).zip(lines.by_ref().take(values.len())) {
            near.copy_from_slice(line);
        }
        beside::<K>(reduce, near.chunks_exact(length), scale, values);
    }
}

/// Reduces voxels that lie beside one another in memory: each to one value.
fn beside<'a, K: Kind>(
    reduce: &Reduce,
    lines: impl Iterator<Item = &'a [K::Code]>,
    (slope, intercept): (f32, f32),
    values: &mut [f32],
) where
    K::Code: 'a,
{
    let mixed = |line: &[K::Code], place: &Between| {
        mix(K::number(line[place.lower]), K::number(line[place.upper]), place.part)
    };
    let each = values.iter_mut().zip(lines);
    match reduce {
        Reduce::One(place) => each.for_each(|(value, line)| *value = mixed(line, place)),
        Reduce::Extreme { ends, inner, largest } if *largest ^ (slope < 0.0) => {
            for (value, line) in each {
                let best = best(&line[inner.clone()], K::larger).map_or(f32::NAN, K::number);
                *value = mixed(line, &ends[0]).max(mixed(line, &ends[1])).max(best);
            }
        }
        Reduce::Extreme { ends, inner, .. } => {
            for (value, line) in each {
                let best = best(&line[inner.clone()], K::smaller).map_or(f32::NAN, K::number);
                *value = mixed(line, &ends[0]).min(mixed(line, &ends[1])).min(best);
            }
        }
        Reduce::Mean { first, weights } => {
            for (value, line) in each {
                let (mut sum, mut weighed) = (0.0, 0.0);
                for (&code, &weight) in line[*first..].iter().zip(weights) {
                    let number = K::number(code);
                    let (number, weight) = if number.is_nan() { (0.0, 0.0) } else { (number, weight) };
                    sum += number * weight;
                    weighed += weight;
                }
                *value = sum / weighed;
            }
        }
    }
    for value in values {
        *value = *value * slope + intercept;
    }
}

/// What is left of a run of codes of which each two leave one, eight at a time; which comes twice does not
/// matter.
fn best<C: Copy>(run: &[C], take: impl Fn(C, C) -> C) -> Option<C> {
    let (eights, _) = run.as_chunks::<8>();
    let Some((&first, rest)) = eights.split_first() else { return run.iter().copied().reduce(take) };
    let both = |a: [C; 8], b: &[C; 8]| std::array::from_fn::<C, 8, _>(|at| take(a[at], b[at]));
    let eight = rest.iter().chain(run.last_chunk()).fold(first, both);
    let four: [C; 4] = std::array::from_fn(|at| take(eight[at], eight[at + 4]));
    Some(take(take(four[0], four[2]), take(four[1], four[3])))
}
