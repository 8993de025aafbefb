//! Values between voxels for many pixels at a time: one pass finds their places, one fetches the codes around
//! them, and the others mix. All but the fetching are loops that processors do several at a time.

use super::{kind::Kind, slab::mix};
use crate::model::Index;

/// Pixels at a time: few enough for the fastest memory, too many for compilers to write each of them out.
pub(super) const WIDE: usize = 64;

/// Added to a small number it leaves the integer next to it in the low bits of the sum.
pub(super) const ROUND: f32 = 1.5 * (1_u32 << 23) as f32;

/// Numbers of so many pixels.
pub(super) type Lanes = [f32; WIDE];

/// All codes by slice, row and column, and what they mean.
pub(super) struct Grid<'a, K: Kind> {
    codes: &'a [K::Code],
    pub(super) shape: [usize; 3],
    /// From a code to the one after it along slices, rows and columns; zero where there is no other.
    steps: [usize; 3],
    rescale: &'a [(f32, f32)],
    /// That of all slices.
    one_scale: Option<(f32, f32)>,
    smooth: bool,
}

/// Pixels beside one another, and what is known of each.
pub(super) struct Batch<C> {
    /// A whole index near all of them.
    pub(super) base: Index,
    /// How far they are from it along slices, rows and columns.
    pub(super) off: [Lanes; 3],
    /// The first slice that any of them needs.
    slice: usize,
    /// From its first code to the first code around each.
    offsets: [u32; WIDE],
    /// How far they are from that one along each axis.
    parts: [Lanes; 3],
    /// Zero inside of the volume, NaN outside.
    outside: Lanes,
    /// Codes beside one another, on up to four lines of voxels.
    pairs: [[[C; 2]; WIDE]; 4],
    /// What is between them.
    lines: [Lanes; 4],
}

impl<C: Copy + Default> Batch<C> {
    pub(super) fn new() -> Self {
        let lanes = [0.0; WIDE];
        Self {
            base: [0.0; 3],
            off: [lanes; 3],
            slice: 0,
            offsets: [0; WIDE],
            parts: [lanes; 3],
            outside: lanes,
            pairs: [[[C::default(); 2]; WIDE]; 4],
            lines: [lanes; 4],
        }
    }

    /// Pixels on a straight line: `first`, `first + step` and so on.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
    pub(super) fn straight(&mut self, first: Index, step: Index) {
        self.base = first.map(|at| (at as i64) as f64);
        for axis in 0..3 {
            let (first, step) = ((first[axis] - self.base[axis]) as f32, step[axis] as f32);
            for (pixel, off) in self.off[axis].iter_mut().enumerate() {
                *off = first + step * pixel as f32;
            }
        }
    }

    /// Pixels at the places of `indices`, of which there are at most sixty-four.
    pub(super) fn bent(&mut self, indices: &[Index]) {
        self.base = indices[0].map(|at| (at as i64) as f64);
        for axis in 0..3 {
            for (off, index) in self.off[axis].iter_mut().zip(indices) {
                *off = (index[axis] - self.base[axis]) as f32;
            }
        }
    }

    /// Mixes what two lines say.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
    fn mix(&mut self, low: usize, high: usize, axis: usize, blank: bool) {
        let (left, right) = self.lines.split_at_mut(high);
        let each = left[low].iter_mut().zip(&right[0]).zip(&self.parts[axis]);
        if blank {
            each.for_each(|((a, &b), &part)| *a = mix(*a, b, part));
        } else {
            each.for_each(|((a, &b), &part)| *a += (b - *a) * part);
        }
    }
}

impl<'a, K: Kind> Grid<'a, K> {
    pub(super) fn new(
        codes: &'a [K::Code],
        shape: [usize; 3],
        rescale: &'a [(f32, f32)],
        smooth: bool,
    ) -> Self {
        let steps = [shape[1] * shape[2], shape[2], 1];
        let steps = std::array::from_fn(|axis| if shape[axis] > 1 { steps[axis] } else { 0 });
        let alike = rescale.windows(2).all(|pair| pair[0] == pair[1]);
        let one_scale = rescale.first().copied().filter(|_| alike);
        Self { codes, shape, steps, rescale, one_scale, smooth }
    }

    /// The value of one voxel.
    #[inline]
    pub(super) fn voxel(&self, offset: usize, slice: usize) -> f32 {
        let (slope, intercept) = self.rescale[slice];
        K::number(self.codes[offset]) * slope + intercept
    }

    /// The value between eight codes, of which the first is at `offset` and in the slice `lower`.
    #[inline]
    pub(super) fn value(&self, offset: usize, lower: usize, [slice, row, column]: [f32; 3]) -> f32 {
        let [up, down, along] = self.steps;
        let block = &self.codes[offset..=offset + up + down + along];
        let pair = |at: usize| [block[at], block[at + along]];
        let [a, b, c, d] = [pair(0), pair(down), pair(up), pair(up + down)];
        let blank = K::any_blank([a, b, c, d].as_flattened());
        let between = |a: f32, b: f32, part: f32| if blank { mix(a, b, part) } else { a + (b - a) * part };
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
        mix(scaled(lower, below), scaled((lower + 1).min(self.rescale.len() - 1), above), slice)
    }

    /// The values of the first `count` pixels in modality units, NaN outside of the volume. All of them may
    /// be `flat` on planes of voxels across an axis.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
    pub(super) fn sample<'b>(
        &self,
        batch: &'b mut Batch<K::Code>,
        flat: Option<usize>,
        count: usize,
    ) -> &'b Lanes {
        batch.offsets.fill(0);
        batch.outside.fill(0.0);
        for axis in 0..3 {
            self.place(batch, axis, flat == Some(axis));
        }
        self.mix(batch, flat, count);
        for (value, outside) in batch.lines[0].iter_mut().zip(&batch.outside) {
            *value += outside;
        }
        &batch.lines[0]
    }

    /// Finds the voxels around each pixel along an axis.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
    fn place(&self, batch: &mut Batch<K::Code>, axis: usize, flat: bool) {
        let (base, end) = (batch.base[axis], (self.shape[axis] - 1) as f64);
        // The first voxel, the last one, and the last one that is followed by another if that is needed.
        let (low, high) = ((-base) as f32, (end - base) as f32);
        let last = if flat { high } else { low + (end - 1.0).max(0.0) as f32 };
        for (off, outside) in batch.off[axis].iter_mut().zip(&mut batch.outside) {
            let inside = *off >= low - 0.5 && *off < high + 0.5;
            *outside = if inside { *outside } else { f32::NAN };
            *off = smaller(larger(*off, low), high);
        }
        // Rounded half a voxel lower: at a voxel it may be the one before, all of the way from it.
        let half = if flat { 0.0 } else { 0.5 };
        let mut wholes = [0_u32; WIDE];
        let each = batch.off[axis].iter().zip(&mut batch.parts[axis]);
        for ((&off, part), counted) in each.zip(&mut wholes) {
            let whole = smaller(larger(off - half + ROUND - ROUND, low), last);
            *part = off - whole;
            *counted = (whole - low + ROUND).to_bits().wrapping_sub(ROUND.to_bits());
        }
        // Offsets are counted from the first slice that anyone needs, so that they are short.
        let from = if axis == 0 { wholes.iter().fold(u32::MAX, |least, &slice| least.min(slice)) } else { 0 };
        batch.slice = if axis == 0 { from as usize } else { batch.slice };
        let stride = self.steps[axis] as u32;
        for (offset, whole) in batch.offsets.iter_mut().zip(wholes) {
            *offset = offset.wrapping_add((whole - from).wrapping_mul(stride));
        }
        if !self.smooth {
            batch.parts[axis].iter_mut().for_each(|part| *part = (*part + 0.5).floor());
        }
    }

    /// Fetches what is around the pixels, and mixes it.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
    fn mix(&self, batch: &mut Batch<K::Code>, flat: Option<usize>, count: usize) {
        let [up, down, _] = self.steps;
        // The axis of pairs, and where the lines of voxels are.
        let (axis, lines) = match flat {
            None => (2, &[0, down, up, up + down][..]),
            Some(0) => (2, &[0, down][..]),
            Some(1) => (2, &[0, up][..]),
            Some(_) => (1, &[0, up][..]),
        };
        let along = self.steps[axis];
        let mut blank = false;
        for ((pairs, values), &more) in batch.pairs.iter_mut().zip(&mut batch.lines).zip(lines) {
            let codes = &self.codes[batch.slice * up + more..];
            let fours = count.div_ceil(4);
            let (pairs, offsets) = (pairs.as_chunks_mut::<4>().0, batch.offsets.as_chunks::<4>().0);
            for (pairs, offsets) in pairs.iter_mut().zip(&offsets[..fours]) {
                for (pair, &at) in pairs.iter_mut().zip(offsets) {
                    let at = at as usize;
                    *pair = if along == 1 {
                        *codes[at..at + 2].first_chunk().expect("two of two")
                    } else {
                        [codes[at], codes[at + along]]
                    };
                }
            }
            let pairs = pairs.as_flattened();
            let each = values.iter_mut().zip(pairs).zip(&batch.parts[axis]);
            if K::any_blank(pairs.as_flattened()) {
                blank = true;
                each.for_each(|((value, &[a, b]), &part)| *value = mix(K::number(a), K::number(b), part));
            } else {
                each.for_each(|((value, &[a, b]), &part)| {
                    let [a, b] = [K::value(a), K::value(b)];
                    *value = a + (b - a) * part;
                });
            }
        }
        if flat.is_none() {
            batch.mix(0, 1, 1, blank);
            batch.mix(2, 3, 1, blank);
        }
        let high = if flat.is_none() { 2 } else { 1 };
        if let Some(one) = self.one_scale {
            batch.mix(0, high, usize::from(flat == Some(0)), blank);
            for value in &mut batch.lines[0] {
                *value = *value * one.0 + one.1;
            }
            return;
        }
        let slice = |offset: u32, more: usize| {
            let slice = batch.slice + (offset as usize).checked_div(up).unwrap_or(0);
            self.rescale[(slice + more).min(self.rescale.len() - 1)]
        };
        if flat == Some(0) {
            let scales: [(f32, f32); WIDE] = std::array::from_fn(|pixel| slice(batch.offsets[pixel], 0));
            batch.mix(0, 1, 1, blank);
            for (value, (slope, intercept)) in batch.lines[0].iter_mut().zip(scales) {
                *value = *value * slope + intercept;
            }
            return;
        }
        for (line, more) in [(0, 0), (high, 1)] {
            for (value, &offset) in batch.lines[line].iter_mut().zip(&batch.offsets) {
                let (slope, intercept) = slice(offset, more);
                *value = *value * slope + intercept;
            }
        }
        // A slice that is not there makes numbers of no numbers.
        batch.mix(0, high, 0, true);
    }
}

/// Of two numbers, in one instruction.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
pub(super) fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// Of two numbers, in one instruction.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
pub(super) fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}
