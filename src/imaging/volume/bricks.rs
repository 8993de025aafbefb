//! The largest value in each brick of 4 x 4 x 4 voxels: rays skip what is of no interest, and drafts of
//! projections see nothing else. They take a thirtieth of the memory of the volume.

use super::{
    Volume,
    kind::{Kind, with_voxels},
    layers::Layers,
    runs::{ROUND, WIDE, larger, smaller},
    threads::bands,
};

/// Voxels along the edge of a brick.
pub(super) const EDGE: usize = 4;

/// Bricks by slice, row and column.
#[derive(Debug, Clone)]
pub(super) struct Bricks {
    pub(super) shape: [usize; 3],
    /// Of each brick and the first voxels after it, so that nothing between two bricks is larger; modality
    /// units, negative infinity where there is no value.
    pub(super) high: Vec<f32>,
}

impl Bricks {
    pub(super) fn of(volume: &Volume, threads: usize) -> Self {
        let [slices, rows, columns] = volume.geometry.shape;
        let shape = volume.geometry.shape.map(|count| count.div_ceil(EDGE));
        let [_, high_rows, high_columns] = shape;
        let layer = high_rows * high_columns;
        let mut high = vec![f32::NEG_INFINITY; shape[0] * layer];
        let rescale = volume.short_rescale();
        with_voxels!(&volume.voxels, K, codes => {
            bands(&mut high, layer, threads, |first, band| {
                for (number, layer) in band.chunks_exact_mut(layer).enumerate() {
                    let from = (first + number) * EDGE;
                    for slice in from..(from + EDGE + 1).min(slices) {
                        let plane = &codes[slice * rows * columns..][..rows * columns];
                        raise::<K>(plane, columns, high_columns, rescale[slice], layer);
                    }
                }
            });
        });
        Self { shape, high }
    }
}

/// What no pixel of a projection can exceed in a few layers.
pub(super) struct Tops {
    through: usize,
    shape: [usize; 3],
    /// Of each brick and those after it across the projection.
    high: Vec<f32>,
}

impl Tops {
    /// For layers across the axis `through`.
    pub(super) fn of(bricks: &Bricks, through: usize) -> Self {
        let shape = bricks.shape;
        let mut high = bricks.high.clone();
        let strides = [shape[1] * shape[2], shape[2], 1];
        for axis in (0..3).filter(|&axis| axis != through) {
            // Whole lines at once along the last axis, else brick by brick.
            for line in high.chunks_exact_mut(strides[axis] * shape[axis]) {
                let (stride, count) = (strides[axis], strides[axis] * (shape[axis] - 1));
                for at in 0..count {
                    line[at] = line[at].max(line[at + stride]);
                }
            }
        }
        Self { through, shape, high }
    }

    /// True if any of some pixels may see more than it has already, in the layers of a row of bricks.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
    pub(super) fn exceed(&self, layers: &Layers, block: usize, values: &[f32]) -> bool {
        // Lines move by a voxel and a half from the middle of these layers, at most.
        let middle = (block * EDGE) as f32 + 1.5;
        let mut offsets = [(block * self.strides()[self.through]) as u32; WIDE];
        for axis in (0..3).filter(|&axis| axis != self.through) {
            let (stride, last) = (self.strides()[axis] as u32, (self.shape[axis] - 1) as f32);
            let more = layers.base[axis] as f32 + layers.step[axis] * middle - 1.5;
            for (offset, &first) in offsets.iter_mut().zip(&layers.first[axis]) {
                let brick = smaller(larger((first + more) / EDGE as f32 - 0.5, 0.0), last);
                // Rounded half a brick lower.
                let brick = (brick + ROUND).to_bits().wrapping_sub(ROUND.to_bits());
                *offset = offset.wrapping_add(brick.wrapping_mul(stride));
            }
        }
        values.iter().zip(offsets).any(|(&value, offset)| self.high[offset as usize] > value)
    }

    fn strides(&self) -> [usize; 3] {
        [self.shape[1] * self.shape[2], self.shape[2], 1]
    }
}

/// Raises one layer of bricks to the values of one slice.
fn raise<K: Kind>(
    plane: &[K::Code],
    columns: usize,
    high_columns: usize,
    (slope, intercept): (f32, f32),
    layer: &mut [f32],
) {
    let take: fn(K::Code, K::Code) -> K::Code = if slope < 0.0 { K::smaller } else { K::larger };
    let mut best: Vec<K::Code> = Vec::with_capacity(columns);
    for (number, highs) in layer.chunks_exact_mut(high_columns).enumerate() {
        let lines = plane[number * EDGE * columns..].chunks_exact(columns).take(EDGE + 1);
        best.clear();
        for line in lines {
            if best.is_empty() {
                best.extend_from_slice(line);
            } else if slope < 0.0 {
                best.iter_mut().zip(line).for_each(|(best, &code)| *best = K::smaller(*best, code));
            } else {
                best.iter_mut().zip(line).for_each(|(best, &code)| *best = K::larger(*best, code));
            }
        }
        for (column, high) in highs.iter_mut().enumerate() {
            let run = &best[column * EDGE..(column * EDGE + EDGE + 1).min(columns)];
            let value = run.iter().copied().reduce(take).map_or(f32::NAN, K::number) * slope + intercept;
            // Of a number and NaN the number.
            *high = high.max(value);
        }
    }
}
