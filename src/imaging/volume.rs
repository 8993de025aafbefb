//! A stack as one block of values that can be cut in any direction.
//!
//! Values are kept as they are stored, two bytes each wherever that is enough, with the rescale of every
//! slice beside them; what is sampled comes out in modality units. Where there is no value (outside, in
//! padding, in a slice that is not there yet) samples are NaN, which pipelines draw black and statistics
//! leave out.

mod bricks;
mod cut;
mod kind;
mod layers;
mod oblique;
mod rays;
mod runs;
mod slab;
mod slot;
mod store;
mod straight;
#[cfg(test)]
mod tests;
mod threads;
pub use cut::{Cut, View};
pub use rays::{Detail, Surface};
pub use slab::{Projection, Slab};
pub use slot::{Filled, Slot};

use super::sample::tally;
use crate::model::{
    Calibration, Frame, Geometry, Index, Pixels, Plane, Spacing, SpacingSource, Stored, Text, Vector, VoiLut,
};
use bricks::Bricks;
use ndarray::{Array2, Axis};
use std::sync::OnceLock;
use store::{Lowest, Rescale, Voxels};

/// Why a frame does not become a part of a volume.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VolumeError {
    /// Colours have no order and no average.
    #[error("colour images make no volume of values")]
    Color,
    /// A volume has one matrix.
    #[error("slice {slice} has {columns} x {rows} pixels, unlike the others", slice = .slice + 1)]
    Shape {
        /// Zero-based.
        slice: usize,
        /// Of the frame.
        rows: usize,
        /// Of the frame.
        columns: usize,
    },
    /// It would not fit.
    #[error("the volume takes {} MiB of memory, and {} MiB are allowed; `--memory` allows more", .needed >> 20, .budget >> 20)]
    TooLarge {
        /// Bytes of all values.
        needed: usize,
        /// Bytes that were allowed.
        budget: usize,
    },
}

/// How a volume is sampled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Interpolated between neighbours; otherwise the nearest voxel.
    pub smooth: bool,
    /// A slab instead of a plane without thickness.
    pub slab: Option<Slab>,
    /// Threads to share the work, at least one.
    pub threads: usize,
}

/// All values of a stack.
#[derive(Debug, Clone)]
pub struct Volume {
    geometry: Geometry,
    voxels: Voxels,
    /// From what is kept to modality values, for every slice; NaN for a slice that is not there yet.
    rescale: Vec<Rescale>,
    /// A frame of one pixel that says what the others have in common.
    like: Frame,
    budget: usize,
    /// What rays skip; made when the first one is cast.
    bricks: OnceLock<Bricks>,
}

impl Volume {
    /// A volume without values, for frames like this one; it may take `budget` bytes.
    ///
    /// # Errors
    ///
    /// [`VolumeError::Color`], or [`VolumeError::TooLarge`] before anything is allocated.
    pub fn new(geometry: Geometry, like: &Frame, budget: usize) -> Result<Self, VolumeError> {
        let Pixels::Gray(stored) = &like.pixels else { return Err(VolumeError::Color) };
        let voxels = Voxels::new(geometry.shape, stored, budget)?;
        let rescale = vec![Rescale::NOTHING; geometry.shape[0]];
        let like = Frame { pixels: Pixels::Gray(Stored::U8(Array2::zeros((1, 1)))), ..like.clone() };
        Ok(Self { geometry, voxels, rescale, like, budget, bricks: OnceLock::new() })
    }

    /// Puts a frame in its place, counted from zero along the normal.
    ///
    /// # Errors
    ///
    /// [`VolumeError`] if the frame has colours or another matrix, or if its values need more room than
    /// there is.
    ///
    /// # Panics
    ///
    /// If there is no such slice.
    pub fn set_slice(&mut self, slice: usize, frame: &Frame) -> Result<(), VolumeError> {
        let Pixels::Gray(stored) = &frame.pixels else { return Err(VolumeError::Color) };
        let [slices, rows, columns] = self.geometry.shape;
        assert!(slice < slices, "the stack has as many slices as the volume");
        if stored.shape() != (rows, columns) {
            let (rows, columns) = stored.shape();
            return Err(VolumeError::Shape { slice, rows, columns });
        }
        self.bricks.take();
        self.rescale[slice] = self.voxels.put(slice, stored, frame, self.budget)?;
        Ok(())
    }

    /// Where the voxels are.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Bytes of memory it takes.
    pub fn bytes(&self) -> usize {
        self.voxels.bytes() + self.rescale.len() * size_of::<Rescale>()
    }

    /// True for a slice that has been put in its place.
    pub fn has_slice(&self, slice: usize) -> bool {
        self.rescale.get(slice).is_some_and(|rescale| !rescale.slope.is_nan())
    }

    /// The modality value of one voxel, as exact as a frame has it; `None` outside, for padding and for
    /// a slice that is not there.
    pub fn at(&self, slice: usize, row: usize, column: usize) -> Option<f64> {
        let code = self.voxels.code(slice, row, column)?;
        let value = self.rescale.get(slice)?.apply(code);
        (!value.is_nan()).then_some(value)
    }

    /// Calls `visit` with every value, and with how many voxels have it: in no order, and a value may come more
    /// than once.
    pub(super) fn for_each_value(&self, mut visit: impl FnMut(f64, u64)) {
        let slices = self.rescale.iter().enumerate().filter(|(slice, _)| self.has_slice(*slice));
        for (slice, rescale) in slices {
            let mut visit = |code: f64, count: u64| {
                let value = rescale.apply(code);
                if value.is_finite() {
                    visit(value, count);
                }
            };
            match &self.voxels {
                Voxels::Short(codes, lowest) => {
                    let codes = codes.index_axis(Axis(0), slice);
                    let blank = (*lowest == Lowest::Padding).then_some(i16::MIN);
                    tally(codes.iter().map(|code| code.cast_unsigned()), 16)
                        .map(|(code, count)| (code.cast_signed(), count))
                        .filter(|&(code, _)| Some(code) != blank)
                        .for_each(|(code, count)| visit(code.into(), count));
                }
                Voxels::Float(codes) => {
                    codes.index_axis(Axis(0), slice).iter().for_each(|&code| visit(code.into(), 1));
                }
            }
        }
    }

    /// The value at a point in the patient, LPS mm: interpolated, or that of the nearest voxel.
    pub fn sample(&self, point: Vector, smooth: bool) -> Option<f64> {
        let index = self.geometry.index(point);
        if !smooth {
            let [slice, row, column] = self.nearest(index)?;
            return self.at(slice, row, column);
        }
        let value = f64::from(self.linear_at(index));
        (!value.is_nan()).then_some(value)
    }

    /// The voxel that holds an index, or `None` outside: a volume ends half a voxel beyond its outermost
    /// centres.
    pub fn nearest(&self, index: Index) -> Option<[usize; 3]> {
        let inside = |axis: usize| (-0.5..self.geometry.shape[axis] as f64 - 0.5).contains(&index[axis]);
        (0..3).all(inside).then(|| index.map(|at| (at + 0.5) as usize))
    }

    /// Samples a plane: shape `(rows, columns)` of the cut, in modality units, NaN where there is nothing.
    ///
    /// Interpolation is linear along columns, rows and slices, between the real positions of slices.
    /// Where one of two neighbours has no value, the nearer one counts. A slab is sampled along the
    /// normal of the cut.
    ///
    /// # Panics
    ///
    /// If there is no memory for the rows and columns of the cut.
    pub fn cut(&self, cut: &Cut, sampling: &Sampling) -> Array2<f32> {
        let mut values = vec![f32::NAN; cut.rows * cut.columns];
        match straight::Straight::of(self, cut, sampling) {
            Some(straight) => straight.draw(self, &mut values, sampling.threads),
            None => self.oblique(cut, sampling, &mut values),
        }
        Array2::from_shape_vec((cut.rows, cut.columns), values).expect("there is a value for each pixel")
    }

    /// A cut as a frame, to be shown, probed and measured like one of the stack.
    pub fn frame(&self, cut: &Cut, sampling: &Sampling) -> Frame {
        let spacing = Spacing { row: cut.pixel, column: cut.pixel, source: SpacingSource::Patient };
        Frame {
            pixels: Pixels::Gray(Stored::F32(self.cut(cut, sampling))),
            modality_lut: crate::model::ModalityLut::IDENTITY,
            padding: None,
            plane: Some(Plane { position: cut.position, orientation: cut.orientation }),
            spacing: Some(spacing),
            calibration: Calibration::default(),
            patient_orientation: None,
            notes: vec![],
            ..self.like.clone()
        }
    }

    /// The unit of the values, or empty if the files do not say.
    pub fn unit(&self) -> &Text {
        &self.like.unit
    }

    /// Modality (0008,0060) of the files.
    pub fn modality(&self) -> &Text {
        &self.like.modality
    }

    /// The ways the files propose to show their values.
    pub fn voi(&self) -> &[VoiLut] {
        &self.like.voi
    }
}
