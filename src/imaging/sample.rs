//! The pixels of a frame that count: modality values without padding and NaN.

use crate::model::{Frame, Pixels, Stored};
use crate::with_stored;

/// Calls `visit` with the modality values of every `step`-th pixel, and with how many pixels have it.
///
/// In no order, and a value may come more than once. Values of up to 16 bits are counted before anything
/// is computed of them: there are many times fewer values than pixels.
///
/// Padding is compared before the Modality LUT (PS3.3 C.7.5.1.1.2) and left out, as are NaN and
/// infinities; colour has no values.
pub(super) fn for_each_value(frame: &Frame, step: usize, mut visit: impl FnMut(f64, u64)) {
    let Pixels::Gray(stored) = &frame.pixels else { return };
    let mut visit = |stored: f64, count: u64| {
        let value = frame.modality_lut.apply(stored);
        if value.is_finite() && !is_padding(frame, stored) {
            visit(value, count);
        }
    };
    let step = step.max(1);
    match stored {
        Stored::U8(values) => tally(values.iter().step_by(step).map(|&value| value.into()), 8)
            .for_each(|(value, count)| visit(value.into(), count)),
        Stored::U16(values) => tally(values.iter().step_by(step).copied(), 16)
            .for_each(|(value, count)| visit(value.into(), count)),
        Stored::I16(values) => tally(values.iter().step_by(step).map(|value| value.cast_unsigned()), 16)
            .for_each(|(value, count)| visit(value.cast_signed().into(), count)),
        _ => with_stored!(stored, values => {
            values.iter().step_by(step).for_each(|&value| visit(number(value), 1));
        }),
    }
}

/// The values that occur, and how often.
pub(super) fn tally(values: impl Iterator<Item = u16>, bits: u32) -> impl Iterator<Item = (u16, u64)> {
    let mut counts = vec![0_u32; 1 << bits];
    values.for_each(|value| counts[usize::from(value)] += 1);
    (0..=u16::MAX).zip(counts).filter(|&(_, count)| count > 0).map(|(value, count)| (value, count.into()))
}

/// Widens any stored value; exact for all of them.
pub(super) fn number(stored: impl Into<f64>) -> f64 {
    stored.into()
}

/// True if the file declares this stored value to be padding.
pub(super) fn is_padding(frame: &Frame, stored: f64) -> bool {
    frame.padding.is_some_and(|(low, high)| (low..=high).contains(&stored))
}

#[cfg(test)]
pub(super) mod frames {
    //! Frames for the tests of this room.

    use crate::model::{Calibration, Frame, ModalityLut, Pixels, Stored, Text};
    use ndarray::Array2;

    /// An MR frame of one row, without a window.
    pub(in crate::imaging) fn row(values: &[i16]) -> Frame {
        let array = Array2::from_shape_fn((1, values.len()), |(_, column)| values[column]);
        of(Stored::I16(array))
    }

    /// A frame of these values and nothing else.
    pub(in crate::imaging) fn of(stored: Stored) -> Frame {
        Frame {
            pixels: Pixels::Gray(stored),
            modality_lut: ModalityLut::IDENTITY,
            unit: Text::default(),
            voi: Vec::new(),
            padding: None,
            inverse: false,
            modality: Text::from("MR"),
            plane: None,
            spacing: None,
            calibration: Calibration::default(),
            patient_orientation: None,
            notes: Vec::new(),
        }
    }
}
