//! The whole way of a pixel: stored, modality, level, and the one inversion.

use super::sample::number;
use crate::model::{Frame, ModalityLut, Pixels, Stored, VoiLut};
use crate::with_stored;
use image::{DynamicImage, GrayImage, RgbImage};
use ndarray::{Array2, Array3};

/// How many values fit in 16 bits.
const NARROW: usize = 1 << 16;

/// Draws a frame: grey frames through `voi`, colour ones as they are.
///
/// `invert` is the user's own wish, on top of what the file asks for. The picture has one pixel for
/// each of the frame's: `x` is the column, `y` the row.
pub fn render(frame: &Frame, voi: &VoiLut, invert: bool) -> DynamicImage {
    match &frame.pixels {
        Pixels::Gray(stored) => GrayPipeline::new(frame, voi, invert).render(stored).into(),
        Pixels::Color(rgb) => color(rgb, invert).into(),
    }
}

/// Everything between a stored value and its level, for the frames that share it.
#[derive(Debug, Clone)]
pub struct GrayPipeline {
    modality_lut: ModalityLut,
    voi: VoiLut,
    padding: Option<(f64, f64)>,
    inverse: bool,
}

impl GrayPipeline {
    /// The pipeline of one frame; the rescale may differ from slice to slice, so each has its own.
    pub fn new(frame: &Frame, voi: &VoiLut, invert: bool) -> Self {
        Self {
            modality_lut: frame.modality_lut.clone(),
            voi: voi.clone(),
            padding: frame.padding,
            inverse: frame.inverse != invert,
        }
    }

    /// The level of one stored value. Padding and NaN are black, inverted or not.
    ///
    /// Halves round up, as in `floor(y + 0.5)`; the inversion comes before the rounding.
    pub fn shade(&self, stored: f64) -> u8 {
        if self.padding.is_some_and(|(low, high)| (low..=high).contains(&stored)) {
            return 0;
        }
        let level = self.voi.level(self.modality_lut.apply(stored));
        let level = if self.inverse { 255.0 - level } else { level };
        // Levels are not negative, so that the cast is the floor; NaN becomes 0 in it.
        (level + 0.5) as u8
    }

    /// Draws stored values, one pixel each.
    pub fn render(&self, stored: &Stored) -> GrayImage {
        let levels = match stored {
            Stored::U8(values) => self.narrow(values),
            Stored::I8(values) => self.narrow(values),
            Stored::U16(values) => self.narrow(values),
            Stored::I16(values) => self.narrow(values),
            wide => with_stored!(wide, values => values.iter().map(|&v| self.shade(number(v))).collect()),
        };
        gray(stored.shape(), levels)
    }

    /// Values of 16 bits or less repeat, so each is computed once and looked up from then on; unless
    /// the picture is so small that its range has more values than it has pixels.
    fn narrow<T: Copy + Ord + Into<i32>>(&self, values: &Array2<T>) -> Vec<u8> {
        let values = values.as_standard_layout();
        let values = values.as_slice().expect("the standard layout is contiguous");
        let Some(&first) = values.first() else { return Vec::new() };
        // A fold of plain values, where `Iterator::min` would compare references one by one.
        let (low, high) = values.iter().fold((first, first), |(low, high), &v| (low.min(v), high.max(v)));
        let (low, high): (i32, i32) = (low.into(), high.into());
        if (high - low) as usize > values.len() {
            return values.iter().map(|&v| self.shade(f64::from(v.into()))).collect();
        }
        // Indexed by the low 16 bits: no offset to subtract, no bound to check.
        let mut table: Box<[u8; NARROW]> =
            vec![0; NARROW].into_boxed_slice().try_into().expect("the length is the same constant");
        for value in low..=high {
            table[usize::from(value as u16)] = self.shade(f64::from(value));
        }
        values.iter().map(|&v| table[usize::from(v.into() as u16)]).collect()
    }
}

fn gray((rows, columns): (usize, usize), levels: Vec<u8>) -> GrayImage {
    GrayImage::from_raw(columns as u32, rows as u32, levels).expect("there is one level for each value")
}

/// Colours as they are, or each channel inverted.
fn color(rgb: &Array3<u8>, invert: bool) -> RgbImage {
    let (rows, columns, _) = rgb.dim();
    let mask = if invert { u8::MAX } else { 0 };
    let samples = rgb.iter().map(|&sample| sample ^ mask).collect();
    RgbImage::from_raw(columns as u32, rows as u32, samples).expect("there are three samples for each pixel")
}

#[cfg(test)]
mod tests {
    use super::super::sample::frames;
    use super::*;
    use crate::model::Window;
    use ndarray::array;
    use proptest::prelude::*;

    fn levels(frame: &Frame, window: Window, invert: bool) -> Vec<u8> {
        render(frame, &window.into(), invert).into_bytes()
    }

    #[test]
    fn halves_are_rounded_up() {
        let frame = frames::row(&[-160, -159, 0, 40, 100, 239]);
        assert_eq!(levels(&frame, Window::linear(40.0, 400.0), false), [0, 1, 102, 128, 166, 255]);
    }

    #[test]
    fn the_window_sees_modality_values() {
        let mut frame = frames::row(&[864, 1024, 1263]);
        frame.modality_lut = ModalityLut::Rescale { slope: 1.0, intercept: -1024.0 };
        assert_eq!(levels(&frame, Window::linear(40.0, 400.0), false), [0, 102, 255]);
    }

    #[test]
    fn monochrome1_is_inverted_once_and_back_by_the_user() {
        let mut frame = frames::row(&[0, 1024, 4095]);
        frame.inverse = true;
        let window = Window::linear(2048.0, 4096.0);
        assert_eq!(levels(&frame, window, false), [255, 191, 0]);
        assert_eq!(levels(&frame, window, true), [0, 64, 255]);
    }

    #[test]
    fn padding_is_black_even_when_black_is_white() {
        let mut frame = frames::row(&[-2000, -1999, 0, 100]);
        frame.padding = Some((-2000.0, -1999.0));
        frame.inverse = true;
        assert_eq!(levels(&frame, Window::from_range(0.0, 100.0, true), false), [0, 0, 255, 0]);
    }

    #[test]
    fn nan_is_black_even_when_inverted() {
        let frame = frames::of(Stored::F32(array![[f32::NAN, 0.0, 1.0]]));
        let window = Window::from_range(0.0, 1.0, false);
        assert_eq!(levels(&frame, window, false), [0, 0, 255]);
        assert_eq!(levels(&frame, window, true), [0, 255, 0]);
    }

    #[test]
    fn values_transposed_in_memory_are_drawn_where_they_belong() {
        let transposed = array![[0u8, 50], [100, 150], [200, 250]].reversed_axes();
        let picture =
            render(&frames::of(Stored::U8(transposed)), &Window::from_range(0.0, 255.0, true).into(), false);
        assert_eq!((picture.width(), picture.height()), (3, 2));
        assert_eq!(picture.into_bytes(), [0, 100, 200, 50, 150, 250]);
    }

    #[test]
    fn colour_needs_no_window_and_inverts_by_channel() {
        let mut frame = frames::row(&[0]);
        frame.pixels = Pixels::Color(array![[[255u8, 0, 10]]]);
        assert_eq!(levels(&frame, Window::linear(0.0, 1.0), false), [255, 0, 10]);
        assert_eq!(levels(&frame, Window::linear(0.0, 1.0), true), [0, 255, 245]);
    }

    proptest! {
        #[test]
        fn the_table_and_the_direct_way_agree(
            values in proptest::collection::vec(-300..300i16, 1..1500),
            center in -300.0..300.0f64, width in 0.5..600.0f64, invert: bool,
        ) {
            let frame = frames::row(&values);
            let voi = Window::linear(center, width).into();
            let pipeline = GrayPipeline::new(&frame, &voi, invert);

            let picture = render(&frame, &voi, invert).into_bytes();

            let direct: Vec<u8> = values.iter().map(|&v| pipeline.shade(f64::from(v))).collect();
            prop_assert_eq!(picture, direct);
        }
    }
}
