//! The values of a volume as they are kept: two bytes each where that is enough.
//!
//! What is kept is called a code. Codes of two bytes are the stored values, those of unsigned words less
//! 32767, and the lowest code of all means padding. Only where files need that one for a value of its own
//! are the values kept as floats, of which NaN means padding.

use super::{
    VolumeError,
    kind::{Kind as _, Padded},
};
use crate::{
    imaging::sample::number,
    model::{Frame, ModalityLut, Stored},
    with_stored,
};
use ndarray::{Array3, Axis};

/// Unsigned words are kept less this, so that the lowest code stays free.
const UNSIGNED: f64 = 32767.0;

/// The lowest signed word.
const SIGNED: f64 = -32768.0;

/// From a code to a modality value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rescale {
    pub(super) slope: f64,
    pub(super) intercept: f64,
}

impl Rescale {
    /// Of a slice that is not there.
    pub(super) const NOTHING: Self = Self { slope: f64::NAN, intercept: f64::NAN };

    pub(super) fn apply(self, code: f64) -> f64 {
        code * self.slope + self.intercept
    }

    /// In the precision of samples.
    pub(super) fn short(self) -> (f32, f32) {
        (self.slope as f32, self.intercept as f32)
    }
}

/// What the lowest code of two bytes is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lowest {
    Unused,
    Padding,
    Value,
}

/// Codes by slice, row and column, in that order in memory.
#[derive(Debug, Clone)]
pub(super) enum Voxels {
    Short(Array3<i16>, Lowest),
    Float(Array3<f32>),
}

impl Voxels {
    /// Room for values like `stored`. Memory that nobody writes to is not taken from the system yet.
    pub(super) fn new(shape: [usize; 3], stored: &Stored, budget: usize) -> Result<Self, VolumeError> {
        let short = matches!(stored, Stored::U8(_) | Stored::I8(_) | Stored::U16(_) | Stored::I16(_));
        let count = shape.iter().try_fold(1_usize, |all, &one| all.checked_mul(one));
        let needed = count.and_then(|count| count.checked_mul(if short { 2 } else { 4 }));
        let needed = needed.unwrap_or(usize::MAX);
        if needed > budget {
            return Err(VolumeError::TooLarge { needed, budget });
        }
        Ok(if short {
            Self::Short(Array3::zeros(shape), Lowest::Unused)
        } else {
            Self::Float(Array3::zeros(shape))
        })
    }

    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Short(array, _) => array.len() * 2,
            Self::Float(array) => array.len() * 4,
        }
    }

    /// NaN for padding.
    pub(super) fn code(&self, slice: usize, row: usize, column: usize) -> Option<f64> {
        let at = (slice, row, column);
        Some(match self {
            Self::Short(array, Lowest::Padding) => f64::from(Padded::number(*array.get(at)?)),
            Self::Short(array, _) => f64::from(*array.get(at)?),
            Self::Float(array) => f64::from(*array.get(at)?),
        })
    }

    /// Keeps a frame of the right shape, and says what its codes mean.
    pub(super) fn put(
        &mut self,
        slice: usize,
        stored: &Stored,
        frame: &Frame,
        budget: usize,
    ) -> Result<Rescale, VolumeError> {
        if let ModalityLut::Table(_) = frame.modality_lut {
            return self.put_table(slice, stored, frame, budget);
        }
        if let Self::Short(array, _) = self {
            let mut plane = array.index_axis_mut(Axis(0), slice);
            let codes = plane.as_slice_mut().expect("a slice of a volume is one piece of memory");
            if let Some(meant) = Meant::by(codes, stored, frame)
                && self.settle(&meant)
            {
                return Ok(meant.rescale);
            }
        }
        let padding = frame.padding;
        with_stored!(stored, values => {
            self.put_floats(slice, values.iter().map(|&value| number(value)), padding, budget)?;
        });
        let ModalityLut::Rescale { slope, intercept } = frame.modality_lut else {
            return Ok(Rescale::NOTHING);
        };
        Ok(Rescale { slope, intercept })
    }

    /// Takes note of what the lowest code means in a slice; false if it means something else elsewhere.
    pub(super) fn settle(&mut self, meant: &Meant) -> bool {
        let Self::Short(_, lowest) = self else { return false };
        let clash = match *lowest {
            // The highest unsigned word has no place among the others.
            _ if meant.has_highest => true,
            Lowest::Unused => meant.has_lowest && meant.has_padding,
            Lowest::Padding => meant.has_lowest,
            Lowest::Value => meant.has_padding,
        };
        if !clash && meant.has_padding {
            *lowest = Lowest::Padding;
        } else if !clash && meant.has_lowest {
            *lowest = Lowest::Value;
        }
        !clash
    }

    /// Keeps the values that a table makes of a frame: they are unsigned words.
    fn put_table(
        &mut self,
        slice: usize,
        stored: &Stored,
        frame: &Frame,
        budget: usize,
    ) -> Result<Rescale, VolumeError> {
        let lut = &frame.modality_lut;
        let (low, high) = frame.padding.unwrap_or((f64::NAN, f64::NAN));
        let values = with_stored!(stored, values => values
            .iter()
            .map(|&value| number(value))
            .map(|value| if value >= low && value <= high { f64::NAN } else { lut.apply(value) })
            .collect::<Vec<f64>>());
        self.put_floats(slice, values.into_iter(), None, budget)?;
        Ok(Rescale { slope: 1.0, intercept: 0.0 })
    }

    /// Keeps floats, and everything else as floats from now on.
    fn put_floats(
        &mut self,
        slice: usize,
        values: impl Iterator<Item = f64>,
        padding: Option<(f64, f64)>,
        budget: usize,
    ) -> Result<(), VolumeError> {
        if let Self::Short(array, lowest) = self {
            // Both are there for a moment.
            let needed = array.len().saturating_mul(6);
            if needed > budget {
                return Err(VolumeError::TooLarge { needed, budget });
            }
            let padded = *lowest == Lowest::Padding;
            *self =
                Self::Float(array.mapv(|code| if padded { Padded::number(code) } else { f32::from(code) }));
        }
        let Self::Float(array) = self else { return Ok(()) };
        let (low, high) = padding.unwrap_or((f64::NAN, f64::NAN));
        for (code, value) in array.index_axis_mut(Axis(0), slice).iter_mut().zip(values) {
            *code = if value >= low && value <= high { f32::NAN } else { value as f32 };
        }
        Ok(())
    }
}

/// What the codes of one slice mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meant {
    pub(super) rescale: Rescale,
    /// The lowest code is a value.
    has_lowest: bool,
    /// The lowest code would have to be the highest unsigned word.
    has_highest: bool,
    has_padding: bool,
}

impl Meant {
    /// Makes codes of a frame of the right shape; nothing if its values need more than two bytes.
    pub(super) fn by(codes: &mut [i16], stored: &Stored, frame: &Frame) -> Option<Self> {
        let each = codes.iter_mut();
        match stored {
            Stored::I16(values) => match values.as_slice() {
                Some(values) => codes.copy_from_slice(values),
                None => each.zip(values).for_each(|(code, &value)| *code = value),
            },
            Stored::U16(values) => match values.as_slice() {
                Some(values) => each.zip(values).for_each(|(code, &value)| *code = value.cast_signed()),
                None => each.zip(values).for_each(|(code, &value)| *code = value.cast_signed()),
            },
            Stored::U8(values) => each.zip(values).for_each(|(code, &value)| *code = value.into()),
            Stored::I8(values) => each.zip(values).for_each(|(code, &value)| *code = value.into()),
            _ => return None,
        }
        Self::of(codes, !matches!(stored, Stored::U16(_)), frame)
    }

    /// Makes codes of stored words where they are; nothing if a table makes values of them.
    pub(super) fn of(codes: &mut [i16], signed: bool, frame: &Frame) -> Option<Self> {
        let ModalityLut::Rescale { slope, intercept } = frame.modality_lut else { return None };
        let (least, offset) = if signed { (SIGNED, 0.0) } else { (0.0, UNSIGNED) };
        if !signed {
            for code in codes.iter_mut() {
                *code = code.wrapping_sub(0x7FFF);
            }
        }
        let padding = Blank::new(frame.padding, least, offset);
        let has_lowest = codes.iter().fold(i16::MAX, |low, &code| low.min(code)) == i16::MIN
            && padding.is_none_or(|padding| !padding.contains(i16::MIN));
        let mut has_padding = false;
        if let Some(padding) = padding {
            for code in codes.iter_mut() {
                let blank = padding.contains(*code);
                has_padding |= blank;
                *code = if blank { i16::MIN } else { *code };
            }
        }
        let rescale = Rescale { slope, intercept: intercept + slope * offset };
        Some(Self { rescale, has_lowest, has_highest: has_lowest && !signed, has_padding })
    }
}

/// A range of stored values as codes, which may go round from the highest to the lowest.
#[derive(Debug, Clone, Copy)]
struct Blank {
    first: i16,
    more: u16,
}

impl Blank {
    /// `padding` as codes of stored values from `least` to `least + 65535`; nothing if it is not among them.
    fn new(padding: Option<(f64, f64)>, least: f64, offset: f64) -> Option<Self> {
        let (low, high) = padding?;
        let (low, high) = (low.ceil().max(least), high.floor().min(least + f64::from(u16::MAX)));
        let first = (low - offset) as i32 as i16;
        (low <= high).then_some(Self { first, more: (high - low) as u16 })
    }

    fn contains(self, code: i16) -> bool {
        code.wrapping_sub(self.first).cast_unsigned() <= self.more
    }
}
