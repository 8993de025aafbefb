//! The pixels of a frame that count: modality values without padding and NaN.

use crate::model::{Frame, Pixels};
use crate::with_stored;

/// Calls `visit` with the modality value of every `step`-th pixel, row by row.
///
/// Padding is compared before the Modality LUT (PS3.3 C.7.5.1.1.2) and left out, as are NaN and
/// infinities; colour has no values.
pub(super) fn for_each_value(frame: &Frame, step: usize, mut visit: impl FnMut(f64)) {
    let Pixels::Gray(stored) = &frame.pixels else { return };
    with_stored!(stored, values => {
        for &stored in values.iter().step_by(step.max(1)) {
            let stored = number(stored);
            let value = frame.modality_lut.apply(stored);
            if value.is_finite() && !is_padding(frame, stored) {
                visit(value);
            }
        }
    });
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

    use crate::model::{Frame, ModalityLut, Pixels, Stored, Text};
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
            patient_orientation: None,
            notes: Vec::new(),
        }
    }
}
