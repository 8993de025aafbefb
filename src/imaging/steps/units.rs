//! Stored values to Hounsfield units, or whatever a file's unit is, without what is no measurement.

use crate::{
    model::{Frame, ModalityLut, Pixels},
    with_stored,
};
use ndarray::ArrayViewMut2;

/// What takes the place of padding in a CT, HU.
pub const AIR: f32 = -1000.0;
/// No CT number is lower: scanners write such values outside their field of view, declared or not.
const LOWEST: f32 = -1024.0;
/// What the tutorial takes for "outside the field of view", as it is stored.
const NAIVE_PADDING: i16 = -2000;

/// Of a slice or a stack, without padding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Units {
    /// Voxels that are padding.
    pub padding: u64,
    /// All others.
    pub count: u64,
    /// Smallest of them.
    pub min: f64,
    /// Largest.
    pub max: f64,
    sum: f64,
    squares: f64,
}

impl Default for Units {
    fn default() -> Self {
        Self { padding: 0, count: 0, min: f64::INFINITY, max: f64::NEG_INFINITY, sum: 0.0, squares: 0.0 }
    }
}

impl Units {
    /// Both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            padding: self.padding + other.padding,
            count: self.count + other.count,
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            sum: self.sum + other.sum,
            squares: self.squares + other.squares,
        }
    }

    /// Arithmetic mean; `None` of nothing.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }

    /// Standard deviation of the whole population, as `numpy.std` has it.
    pub fn deviation(&self) -> Option<f64> {
        let mean = self.mean()?;
        Some((self.squares / self.count as f64 - mean * mean).max(0.0).sqrt())
    }

    /// Another value.
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.sum += value;
        self.squares += value * value;
    }
}

/// Fills a slice with modality values. Padding, which is compared as it is stored (PS3.3 C.7.5.1.1.2), and
/// numbers that no CT has become `outside`. False for colours, and for a slice of another size.
pub fn units(frame: &Frame, outside: f32, mut slice: ArrayViewMut2<'_, f32>, seen: &mut Units) -> bool {
    let Pixels::Gray(stored) = &frame.pixels else { return false };
    if frame.shape() != slice.dim() {
        return false;
    }
    let is_ct = frame.unit.raw() == "HU";
    with_stored!(stored, array => ndarray::Zip::from(&mut slice).and(array).for_each(|to, &stored| {
        let stored = super::super::sample::number(stored);
        let value = frame.modality_lut.apply(stored);
        let padding = super::super::sample::is_padding(frame, stored)
            || !value.is_finite()
            || is_ct && value < f64::from(LOWEST);
        *to = if padding { outside } else { value as f32 };
        if padding { seen.padding += 1 } else { seen.add(value) }
    }));
    true
}

/// Fills a slice as the tutorial does, in 16 bits throughout: stored -2000 becomes 0, the product with a slope
/// is cut towards zero, sums wrap. False for colours, and for a slice of another size.
pub fn naive_units(frame: &Frame, mut slice: ArrayViewMut2<'_, f32>, seen: &mut Units) -> bool {
    let Pixels::Gray(stored) = &frame.pixels else { return false };
    if frame.shape() != slice.dim() {
        return false;
    }
    let (slope, intercept) = match frame.modality_lut {
        ModalityLut::Rescale { slope, intercept } => (slope, intercept),
        // Files with a table have neither attribute, which the tutorial takes for 1 and 0.
        ModalityLut::Table(_) => (1.0, 0.0),
    };
    with_stored!(stored, array => ndarray::Zip::from(&mut slice).and(array).for_each(|to, &stored| {
        let mut value = super::super::sample::number(stored) as i64 as i16;
        if value == NAIVE_PADDING {
            value = 0;
        }
        if slope != 1.0 {
            value = (slope * f64::from(value)) as i64 as i16;
        }
        let value = value.wrapping_add(intercept as i64 as i16);
        *to = f32::from(value);
        seen.add(f64::from(value));
    }));
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        imaging::sample::frames,
        model::{Stored, Text},
    };
    use ndarray::{Array2, array};

    fn ct(stored: Array2<i16>, slope: f64) -> Frame {
        Frame {
            modality_lut: ModalityLut::Rescale { slope, intercept: -1024.0 },
            unit: Text::from("HU"),
            ..frames::of(Stored::I16(stored))
        }
    }

    #[test]
    fn padding_is_air_and_counts_for_nothing() {
        let frame = Frame { padding: Some((-2000.0, -2000.0)), ..ct(array![[-2000, 24, 1024, 1124]], 1.0) };
        let (mut slice, mut seen) = (Array2::zeros((1, 4)), Units::default());
        assert!(units(&frame, AIR, slice.view_mut(), &mut seen));
        assert_eq!(slice, array![[-1000.0, -1000.0, 0.0, 100.0]]);
        assert_eq!((seen.padding, seen.count, seen.min, seen.max), (1, 3, -1000.0, 100.0));
        assert_eq!(seen.mean(), Some(-300.0));

        let undeclared = ct(array![[-2000, 24, 1024, 1124]], 1.0);
        let mut again = Array2::zeros((1, 4));
        units(&undeclared, AIR, again.view_mut(), &mut Units::default());
        assert_eq!(again, slice, "no CT number is -3024");
    }

    #[test]
    fn the_tutorial_makes_minus_2000_the_intercept() {
        let (mut slice, mut seen) = (Array2::zeros((1, 3)), Units::default());
        assert!(naive_units(&ct(array![[-2000, 24, 1025]], 1.0), slice.view_mut(), &mut seen));
        assert_eq!(slice, array![[-1024.0, -1000.0, 1.0]]);
        naive_units(&ct(array![[-2000, 3, -3]], 0.5), slice.view_mut(), &mut seen);
        assert_eq!(slice, array![[-1024.0, -1023.0, -1025.0]], "cut towards zero");
    }

    #[test]
    fn a_slice_of_another_size_is_refused() {
        let mut slice = Array2::zeros((2, 2));
        assert!(!units(&ct(array![[1]], 1.0), AIR, slice.view_mut(), &mut Units::default()));
    }
}
