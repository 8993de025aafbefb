//! One decoded image plane, and the name it goes by in every cache.

use super::{Calibration, ModalityLut, Plane, Spacing, Text, VoiLut};
use ndarray::{Array2, Array3, Axis};

/// Position of an instance in the library; stable while the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceId(pub u32);

/// Names one frame of one instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameKey {
    /// The file the frame lives in.
    pub instance: InstanceId,
    /// Zero-based; the screen shows it one-based.
    pub frame: u32,
}

/// Stored values, shape `(rows, columns)`, row 0 at the top; the sign and the bits of the file are
/// already resolved, so that an element is the number the file means.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored {
    /// Up to 8 bits, unsigned; 1-bit pixels are 0 or 1.
    U8(Array2<u8>),
    /// Up to 8 bits, signed.
    I8(Array2<i8>),
    /// Up to 16 bits, unsigned.
    U16(Array2<u16>),
    /// Up to 16 bits, signed: nearly every CT.
    I16(Array2<i16>),
    /// Up to 32 bits, unsigned.
    U32(Array2<u32>),
    /// Up to 32 bits, signed.
    I32(Array2<i32>),
    /// Float Pixel Data (7FE0,0008).
    F32(Array2<f32>),
    /// Double Float Pixel Data (7FE0,0009).
    F64(Array2<f64>),
}

/// Runs one generic expression over whichever array a [`Stored`] holds.
#[macro_export]
macro_rules! with_stored {
    ($stored:expr, $values:ident => $body:expr) => {
        match $stored {
            $crate::model::Stored::U8($values) => $body,
            $crate::model::Stored::I8($values) => $body,
            $crate::model::Stored::U16($values) => $body,
            $crate::model::Stored::I16($values) => $body,
            $crate::model::Stored::U32($values) => $body,
            $crate::model::Stored::I32($values) => $body,
            $crate::model::Stored::F32($values) => $body,
            $crate::model::Stored::F64($values) => $body,
        }
    };
}

impl Stored {
    /// `(rows, columns)`.
    pub fn shape(&self) -> (usize, usize) {
        with_stored!(self, values => values.dim())
    }

    /// The stored number at a pixel, or `None` outside the image.
    #[expect(clippy::useless_conversion, reason = "not for all kinds of samples the macro runs over")]
    pub fn at(&self, row: usize, column: usize) -> Option<f64> {
        with_stored!(self, values => values.get((row, column)).map(|&v| f64::from(v)))
    }

    /// So many rows and columns from the first of them on; `None` if it does not have them.
    pub fn tile(&self, corner: [usize; 2], size: [usize; 2]) -> Option<Self> {
        Some(match self {
            Self::U8(values) => Self::U8(tile(values, corner, size)?),
            Self::I8(values) => Self::I8(tile(values, corner, size)?),
            Self::U16(values) => Self::U16(tile(values, corner, size)?),
            Self::I16(values) => Self::I16(tile(values, corner, size)?),
            Self::U32(values) => Self::U32(tile(values, corner, size)?),
            Self::I32(values) => Self::I32(tile(values, corner, size)?),
            Self::F32(values) => Self::F32(tile(values, corner, size)?),
            Self::F64(values) => Self::F64(tile(values, corner, size)?),
        })
    }

    /// Bytes of memory the values take.
    pub fn bytes(&self) -> usize {
        with_stored!(self, values => values.len() * size_of_val(&values[(0, 0)]))
    }
}

fn tile<T: Clone>(values: &Array2<T>, corner: [usize; 2], size: [usize; 2]) -> Option<Array2<T>> {
    let [rows, columns] = [0, 1].map(|axis| corner[axis]..corner[axis] + size[axis]);
    let whole = values.dim();
    if rows.end > whole.0 || columns.end > whole.1 {
        return None;
    }
    let strip = values.slice_axis(Axis(0), rows.into());
    Some(strip.slice_axis(Axis(1), columns.into()).to_owned())
}

/// The pixels of a frame.
#[derive(Debug, Clone, PartialEq)]
pub enum Pixels {
    /// One sample a pixel, before the Modality LUT.
    Gray(Stored),
    /// Red, green and blue, shape `(rows, columns, 3)`, already converted from the file's colour space
    /// or palette and scaled to 8 bits.
    Color(Array3<u8>),
}

/// One image plane with everything needed to show and measure it.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The values. Never empty: at least one row and one column.
    pub pixels: Pixels,
    /// Stored to modality values; identity for colour.
    pub modality_lut: ModalityLut,
    /// The unit of modality values: `HU`, `SUV`, or empty when the file does not say.
    pub unit: Text,
    /// The file's own ways to show it, first one first.
    pub voi: Vec<VoiLut>,
    /// Inclusive range of *stored* values that are padding, not image (PS3.3 C.7.5.1.1.2).
    pub padding: Option<(f64, f64)>,
    /// White is low: MONOCHROME1, or an inverse Presentation LUT Shape.
    pub inverse: bool,
    /// Modality (0008,0060), as written: `CT`, `MR`.
    pub modality: Text,
    /// Where it lies in the patient.
    pub plane: Option<Plane>,
    /// Pixel distances, if the file states any that make sense.
    pub spacing: Option<Spacing>,
    /// What else the file says about sizes.
    pub calibration: Calibration,
    /// Patient Orientation (0020,0020): the letters of row and column, where there is no plane.
    pub patient_orientation: Option<(Text, Text)>,
    /// What a reader should know: `the file ends early; 12 of 512 rows are missing`.
    pub notes: Vec<String>,
}

impl Frame {
    /// `(rows, columns)`.
    pub fn shape(&self) -> (usize, usize) {
        match &self.pixels {
            Pixels::Gray(stored) => stored.shape(),
            Pixels::Color(rgb) => (rgb.dim().0, rgb.dim().1),
        }
    }

    /// A part of it, so many rows and columns from the first of them on, that says the same but where it lies;
    /// `None` if it does not have them or is of colours.
    pub fn tile(&self, corner: [usize; 2], size: [usize; 2]) -> Option<Self> {
        let Pixels::Gray(stored) = &self.pixels else { return None };
        Some(Self {
            pixels: Pixels::Gray(stored.tile(corner, size)?),
            modality_lut: self.modality_lut.clone(),
            unit: self.unit.clone(),
            voi: self.voi.clone(),
            padding: self.padding,
            inverse: self.inverse,
            modality: self.modality.clone(),
            plane: None,
            spacing: self.spacing,
            calibration: self.calibration.clone(),
            patient_orientation: self.patient_orientation.clone(),
            notes: self.notes.clone(),
        })
    }

    /// Bytes of memory the pixels take.
    pub fn bytes(&self) -> usize {
        match &self.pixels {
            Pixels::Gray(stored) => stored.bytes(),
            Pixels::Color(rgb) => rgb.len(),
        }
    }
}
