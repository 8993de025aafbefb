//! What one pixel says: the file's numbers, untouched by window, inversion or zoom.

use super::sample::is_padding;
use crate::model::{Frame, Pixels, SpacingSource, Vector};

/// The readings under the cursor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Zero-based, from the top.
    pub row: usize,
    /// Zero-based, from the left.
    pub column: usize,
    /// As stored, unless it is a colour.
    pub stored: Option<f64>,
    /// After the Modality LUT, in the frame's unit; NaN if the file says so.
    pub value: Option<f64>,
    /// The file says that this is no image.
    pub padding: bool,
    /// Red, green and blue of a colour pixel.
    pub rgb: Option<[u8; 3]>,
    /// The pixel's centre in the patient, LPS mm, if the frame has a plane and a true spacing.
    pub position: Option<Vector>,
}

/// Reads the pixel at a zero-based row and column, or `None` outside the image.
pub fn read(frame: &Frame, row: usize, column: usize) -> Option<Reading> {
    let (stored, rgb) = match &frame.pixels {
        Pixels::Gray(values) => (Some(values.at(row, column)?), None),
        Pixels::Color(samples) => {
            let [Some(&r), Some(&g), Some(&b)] = [0, 1, 2].map(|channel| samples.get((row, column, channel)))
            else {
                return None;
            };
            (None, Some([r, g, b]))
        }
    };
    // Millimetres at the detector, or a mere aspect, are no distances in the patient.
    let spacing = frame.spacing.filter(|spacing| spacing.source == SpacingSource::Patient);
    let position =
        frame.plane.zip(spacing).map(|(plane, spacing)| plane.locate(row as f64, column as f64, &spacing));
    Some(Reading {
        row,
        column,
        stored,
        value: stored.map(|stored| frame.modality_lut.apply(stored)),
        padding: stored.is_some_and(|stored| is_padding(frame, stored)),
        rgb,
        position,
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::frames;
    use super::*;
    use crate::model::{ModalityLut, Orientation, Plane, Spacing};
    use ndarray::array;

    #[test]
    fn a_probe_reads_stored_and_modality_values_and_never_the_inversion() {
        let mut frame = frames::row(&[175, 1928]);
        frame.modality_lut = ModalityLut::Rescale { slope: 1.0, intercept: -1024.0 };
        frame.inverse = true;

        let reading = read(&frame, 0, 1).unwrap();

        assert_eq!((reading.stored, reading.value, reading.padding), (Some(1928.0), Some(904.0), false));
    }

    #[test]
    fn padding_is_compared_before_the_rescale() {
        let mut frame = frames::row(&[-2000]);
        frame.modality_lut = ModalityLut::Rescale { slope: 1.0, intercept: -1024.0 };
        frame.padding = Some((-2000.0, -2000.0));
        assert!(read(&frame, 0, 0).unwrap().padding);
    }

    #[test]
    fn a_colour_pixel_has_no_value() {
        let mut frame = frames::row(&[0]);
        frame.pixels = Pixels::Color(array![[[1u8, 2, 3]]]);
        let reading = read(&frame, 0, 0).unwrap();
        assert_eq!((reading.rgb, reading.stored, reading.value), (Some([1, 2, 3]), None, None));
    }

    #[test]
    fn outside_the_image_there_is_nothing_to_read() {
        let frame = frames::row(&[0, 1]);
        assert_eq!((read(&frame, 1, 0), read(&frame, 0, 2)), (None, None));
    }

    #[test]
    fn the_position_needs_millimetres_in_the_patient() {
        let mut frame = frames::of(crate::model::Stored::U8(ndarray::Array2::zeros((64, 128))));
        let orientation = Orientation::from_values(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]).unwrap();
        frame.plane = Some(Plane { position: [-158.135_803, -179.035_797, -75.699_997], orientation });
        let spacing = Spacing { row: 0.661_468, column: 0.661_468, source: SpacingSource::Patient };

        frame.spacing = Some(spacing);
        let position = read(&frame, 32, 64).unwrap().position.unwrap();
        for (got, expected) in position.into_iter().zip([-115.801_851, -157.868_821, -75.699_997]) {
            assert!((got - expected).abs() < 1e-5);
        }

        frame.spacing = Some(Spacing { source: SpacingSource::Detector, ..spacing });
        assert_eq!(read(&frame, 32, 64).unwrap().position, None);
    }
}
