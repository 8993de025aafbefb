//! Colours as grey levels, so that they have values: a window, a threshold, a histogram.

use crate::model::{Frame, ModalityLut, Pixels, Stored, Text};
use ndarray::{Array2, Array3};
use std::borrow::Cow;

/// How colours are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Colors {
    /// As they are.
    #[default]
    True,
    /// As their brightness, with a window.
    Grey,
}

impl Colors {
    /// The frame as it is to be shown.
    pub fn of(self, frame: &Frame) -> Cow<'_, Frame> {
        let gray = if self == Self::Grey { luminance(frame) } else { None };
        gray.map_or(Cow::Borrowed(frame), Cow::Owned)
    }

    /// What it is not.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::True => Self::Grey,
            Self::Grey => Self::True,
        }
    }
}

/// Parts of 2^16 that red, green and blue have in brightness: 0.299, 0.587 and 0.114 (ITU-R BT.601).
const PARTS: [u32; 3] = [19_595, 38_470, 7_471];

/// The frame with its brightness in place of its colours; `None` for a frame that is grey already.
///
/// Halves are rounded up, as Pillow does it.
fn luminance(frame: &Frame) -> Option<Frame> {
    let Pixels::Color(rgb) = &frame.pixels else { return None };
    Some(Frame {
        pixels: Pixels::Gray(Stored::U8(brightness(rgb))),
        modality_lut: ModalityLut::IDENTITY,
        unit: Text::default(),
        voi: vec![],
        padding: None,
        inverse: false,
        modality: frame.modality.clone(),
        plane: frame.plane,
        spacing: frame.spacing,
        calibration: frame.calibration.clone(),
        patient_orientation: frame.patient_orientation.clone(),
        notes: frame.notes.clone(),
    })
}

/// Shape `(rows, columns)` of `(rows, columns, 3)`.
fn brightness(rgb: &Array3<u8>) -> Array2<u8> {
    let (rows, columns, _) = rgb.dim();
    Array2::from_shape_fn((rows, columns), |(row, column)| {
        let part = |channel: usize| u32::from(rgb[(row, column, channel)]) * PARTS[channel];
        ((part(0) + part(1) + part(2) + 0x8000) >> 16) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::frames;
    use super::*;
    use ndarray::array;

    #[test]
    fn brightness_is_that_of_television_and_white_stays_white() {
        let mut frame = frames::row(&[0]);
        assert!(luminance(&frame).is_none());
        frame.pixels = Pixels::Color(array![[[255_u8, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]]);
        let gray = luminance(&frame).unwrap();
        // The numbers of Pillow's convert("L").
        assert_eq!(gray.pixels, Pixels::Gray(Stored::U8(array![[76, 150, 29, 255]])));
    }
}
