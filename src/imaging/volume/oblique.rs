//! Planes and slabs in any direction.
//!
//! What a pixel of a slab sees is sampled at both faces and where its line crosses the planes of voxels that it
//! is steepest to: every voxel lies on one of these planes, and on a plane four neighbours are enough where a
//! point between planes needs eight. Where slices are uneven lines are sampled at even steps instead.

use super::{
    Cut, Projection, Sampling, Slab, Volume,
    bricks::{EDGE, Tops},
    cut::ahead,
    kind::{Kind, with_voxels},
    layers::Layers,
    runs::{Batch, Grid, WIDE},
    threads::{bands, widest},
};
use crate::model::{Geometry, Index, Vector, dot};

/// An oblique cut through a volume.
struct Oblique<'a, K: Kind> {
    grid: Grid<'a, K>,
    geometry: &'a Geometry,
    cut: &'a Cut,
    slab: Option<Slab>,
    /// Where it is sampled along its normal, mm; for layers see there.
    depths: Vec<f64>,
    /// What makes layers of no interest.
    tops: Option<Tops>,
}

impl Volume {
    /// Draws a cut in any direction.
    pub(super) fn oblique(&self, cut: &Cut, sampling: &Sampling, values: &mut [f32]) {
        let (geometry, slab, rescale) = (&self.geometry, sampling.slab, self.short_rescale());
        with_voxels!(&self.voxels, K, codes => {
            let grid = Grid::<K>::new(codes, geometry.shape, &rescale, sampling.smooth);
            let depths = depths(geometry, cut.normal(), slab);
            let tops = slab
                .filter(|slab| slab.thickness.is_infinite() && slab.projection == Projection::Largest)
                .map(|slab| {
                    let normal = geometry.average_steps([0.0; 3], cut.normal()).1;
                    Tops::of(self.bricks(sampling.threads), Layers::new(geometry.shape, normal, slab).through)
                });
            let oblique = Oblique { grid, geometry, cut, slab, depths, tops };
            bands(values, cut.columns, sampling.threads, |first, band| oblique.draw(first, band));
        });
    }

    /// The value at an index, NaN where there is none.
    pub(super) fn linear_at(&self, index: Index) -> f32 {
        let rescale = self.short_rescale();
        with_voxels!(&self.voxels, K, codes => {
            let grid = Grid::<K>::new(codes, self.geometry.shape, &rescale, true);
            let mut batch = Batch::new();
            batch.bent(&[index]);
            grid.sample(&mut batch, None, 1)[0]
        })
    }

    pub(super) fn short_rescale(&self) -> Vec<(f32, f32)> {
        self.rescale.iter().map(|rescale| rescale.short()).collect()
    }
}

impl<K: Kind> Oblique<'_, K> {
    /// Draws some rows.
    fn draw(&self, first: usize, band: &mut [f32]) {
        let mut batch = Batch::new();
        let mut layers = self.slab.filter(|_| self.geometry.is_even()).map(|slab| {
            let normal = self.geometry.average_steps([0.0; 3], self.cut.normal()).1;
            Layers::new(self.geometry.shape, normal, slab)
        });
        let mut fold = Fold::new(self.slab.map(|slab| slab.projection));
        widest(
            #[inline(always)]
            || {
                for (number, values) in band.chunks_mut(self.cut.columns).enumerate() {
                    for (tile, values) in values.chunks_mut(WIDE).enumerate() {
                        let start = self.cut.locate((first + number) as f64, (tile * WIDE) as f64);
                        fold.begin();
                        self.tile(start, values.len(), &mut batch, layers.as_mut(), &mut fold);
                        fold.end(values);
                    }
                }
            },
        );
    }

    /// Samples some pixels of a row, all along the normal.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
    fn tile(
        &self,
        start: Vector,
        count: usize,
        batch: &mut Batch<K::Code>,
        layers: Option<&mut Layers>,
        fold: &mut Fold,
    ) {
        let step = self.cut.orientation.row.map(|x| x * self.cut.pixel);
        for &depth in &self.depths {
            let start = ahead(start, self.cut.normal(), depth);
            if let Some((first, step)) = self.geometry.index_steps(start, step) {
                if self.misses(first, step, count) {
                    continue;
                }
                batch.straight(first, step);
            } else {
                let mut indices = [[0.0; 3]; WIDE];
                self.geometry.index_line(start, step, &mut indices[..count]);
                batch.bent(&indices[..count]);
            }
            fold.take(self.grid.sample(batch, None, count), None);
        }
        let Some(layers) = layers else { return };
        let (first, step) = self.geometry.average_steps(start, step);
        let mut skipped = None;
        for layer in layers.begin(first, step, count) {
            if let Some(tops) = &self.tops {
                let block = layer / EDGE;
                let (_, skip) = skipped
                    .filter(|&(known, _)| known == block)
                    .unwrap_or_else(|| (block, !tops.exceed(layers, block, &fold.values[..count])));
                skipped = Some((block, skip));
                if skip {
                    continue;
                }
            }
            layers.lay(layer, batch);
            fold.take(self.grid.sample(batch, Some(layers.through), count), layers.weights(layer));
        }
    }

    /// True if the volume holds none of some pixels on a line, as their ends tell.
    fn misses(&self, first: Index, step: Index, count: usize) -> bool {
        (0..3).any(|axis| {
            let end = first[axis] + step[axis] * (count - 1) as f64;
            first[axis].max(end) < -0.5 || first[axis].min(end) >= self.geometry.shape[axis] as f64 - 0.5
        })
    }
}

/// Values along lines, becoming one for each pixel.
struct Fold {
    projection: Option<Projection>,
    values: [f32; WIDE],
    /// Weights of a mean.
    weights: [f32; WIDE],
}

impl Fold {
    fn new(projection: Option<Projection>) -> Self {
        Self { projection, values: [0.0; WIDE], weights: [0.0; WIDE] }
    }

    fn begin(&mut self) {
        let nothing = match self.projection {
            None => f32::NAN,
            Some(Projection::Largest) => f32::NEG_INFINITY,
            Some(Projection::Smallest) => f32::INFINITY,
            Some(Projection::Mean) => 0.0,
        };
        self.values.fill(nothing);
        self.weights.fill(0.0);
    }

    /// Takes another value for each pixel, if it is one.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled once for each kind of processor")]
    fn take(&mut self, found: &[f32; WIDE], weights: Option<&[f32; WIDE]>) {
        let each = self.values.iter_mut().zip(found);
        match self.projection {
            None => each.for_each(|(value, &found)| *value = found),
            Some(Projection::Largest) => {
                each.for_each(|(value, &found)| *value = if found > *value { found } else { *value });
            }
            Some(Projection::Smallest) => {
                each.for_each(|(value, &found)| *value = if found < *value { found } else { *value });
            }
            Some(Projection::Mean) => {
                let weights = weights.unwrap_or(&[1.0; WIDE]);
                for ((value, &found), (sum, &weight)) in each.zip(self.weights.iter_mut().zip(weights)) {
                    let (found, weight) = if found.is_nan() { (0.0, 0.0) } else { (found, weight) };
                    *value += found * weight;
                    *sum += weight;
                }
            }
        }
    }

    /// What has become of them, NaN of nothing.
    fn end(&self, values: &mut [f32]) {
        match self.projection {
            None => values.copy_from_slice(&self.values[..values.len()]),
            Some(Projection::Mean) => {
                let each = self.values.iter().zip(&self.weights);
                values.iter_mut().zip(each).for_each(|(value, (sum, weight))| *value = sum / weight);
            }
            Some(_) => {
                let each = values.iter_mut().zip(&self.values);
                each.for_each(|(value, &found)| *value = if found.is_finite() { found } else { f32::NAN });
            }
        }
    }
}

/// Where a cut is sampled along its normal, mm: on its plane, on the faces of a slab, or where slices are uneven
/// as densely as voxels lie.
fn depths(geometry: &Geometry, normal: Vector, slab: Option<Slab>) -> Vec<f64> {
    let Some(Slab { projection, thickness }) = slab else { return vec![0.0] };
    let mean = projection == Projection::Mean;
    if geometry.is_even() {
        let faces = if mean || thickness.is_infinite() { vec![] } else { vec![-0.5, 0.5] };
        return faces.into_iter().map(|part| part * thickness).collect();
    }
    let axes = [
        (geometry.orientation.row, geometry.spacing.column),
        (geometry.orientation.column, geometry.spacing.row),
        (geometry.normal(), geometry.slice_distance()),
    ];
    // The part of a voxel that one mm along the normal crosses.
    let crossed = axes.iter().map(|&(axis, size)| (dot(axis, normal) / size).powi(2)).sum::<f64>().sqrt();
    let steps = (thickness.max(0.0) * crossed).ceil().clamp(1.0, 4096.0);
    let depth = |step: f64| (step / steps - 0.5) * thickness;
    if mean {
        (0..steps as usize).map(|step| depth(step as f64 + 0.5)).collect()
    } else {
        (0..=steps as usize).map(|step| depth(step as f64)).collect()
    }
}
