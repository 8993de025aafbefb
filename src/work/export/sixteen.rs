//! The values of a whole stack in 16 bits without a sign, by one rule for all of its slices, and the document
//! beside the pictures that says how to get the values back.

use super::{ExportError, Slices};
use crate::{
    export::{Kind, Values, bytes_of},
    model::Frame,
};
use serde::Serialize;
use std::{
    ops::RangeInclusive,
    sync::{Mutex, PoisonError},
};

/// The largest number of 16 bits.
const MOST: f64 = 65_535.0;
/// What numbers of 16 bits with a sign reach, as most CT does.
const SIGNED: RangeInclusive<f64> = -32_768.0..=32_767.0;

/// What the numbers in a picture mean: times `slope` plus `intercept` they are values in their unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct SixteenBits {
    unit: String,
    slope: f64,
    intercept: f64,
    /// Smallest and largest value of all slices.
    min: f64,
    max: f64,
    /// Pixels without a number, which become the smallest.
    #[serde(skip_serializing_if = "is_none")]
    not_numbers: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde calls it with")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// What is known of the values of some slices.
#[derive(Debug, Clone, Copy)]
struct Extent {
    min: f64,
    max: f64,
    /// None has a fraction.
    whole: bool,
    not_numbers: u64,
}

impl Extent {
    const NOTHING: Self = Self { min: f64::INFINITY, max: f64::NEG_INFINITY, whole: true, not_numbers: 0 };

    fn with(self, value: f64) -> Self {
        if !value.is_finite() {
            return Self { not_numbers: self.not_numbers + 1, ..self };
        }
        let whole = self.whole && value.fract() == 0.0;
        Self { min: self.min.min(value), max: self.max.max(value), whole, ..self }
    }

    fn and(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            whole: self.whole && other.whole,
            not_numbers: self.not_numbers + other.not_numbers,
        }
    }
}

impl SixteenBits {
    /// Goes through all slices once.
    ///
    /// # Errors
    ///
    /// A slice cannot be read, or has colours.
    pub(super) fn of(slices: &Slices<'_>) -> Result<Self, ExportError> {
        let all = Mutex::new(Extent::NOTHING);
        slices.each(|at, frame| {
            let path = || slices.list[at].path.to_path_buf();
            let values = values_of(frame).ok_or_else(|| ExportError::Color { path: path() })?;
            let seen = values.fold(Extent::NOTHING, Extent::with);
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            *all = all.and(seen);
            Ok(())
        })?;
        let all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Self::from_extent(all, slices.first()?.unit.to_string()))
    }

    /// Whole numbers stay what they are, or are moved; what does not fit so is scaled.
    fn from_extent(Extent { min, max, whole, not_numbers }: Extent, unit: String) -> Self {
        let (min, max) = if min <= max { (min, max) } else { (0.0, 0.0) };
        // Halves, as the difference of two of the largest numbers is none.
        let step = (max / 2.0 - min / 2.0) / MOST * 2.0;
        let (slope, intercept) = match whole {
            true if min >= 0.0 && max <= MOST => (1.0, 0.0),
            true if SIGNED.contains(&min) && SIGNED.contains(&max) => (1.0, *SIGNED.start()),
            true if max - min <= MOST => (1.0, min),
            _ if step > 0.0 => (step, min),
            _ => (1.0, min),
        };
        Self { unit, slope, intercept, min, max, not_numbers }
    }

    /// The numbers for a slice, row by row; `None` for colours.
    pub(super) fn numbers(&self, frame: &Frame) -> Option<Vec<u16>> {
        Some(values_of(frame)?.map(|value| self.number(value)).collect())
    }

    fn number(&self, value: f64) -> u16 {
        if !value.is_finite() {
            return 0;
        }
        // All lie within 16 bits by the choice of slope and intercept.
        ((value / 2.0 - self.intercept / 2.0) / (self.slope / 2.0)).round() as u16
    }

    /// The document: this, and the pictures in the order of the stack.
    pub(super) fn json(&self, files: &[String]) -> String {
        #[derive(Serialize)]
        struct Document<'a> {
            dtype: &'static str,
            #[serde(flatten)]
            meaning: &'a SixteenBits,
            files: &'a [String],
        }
        let document = Document { dtype: Kind::U16.name(), meaning: self, files };
        // Numbers and text have no way to fail.
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }
}

/// The modality values of a frame, row by row; `None` for colours.
fn values_of(frame: &Frame) -> Option<impl Iterator<Item = f64>> {
    let bytes = bytes_of(frame, Values::Modality, Kind::F64, false).ok()?;
    let count = bytes.len() / 8;
    Some((0..count).map(move |at| f64::from_le_bytes(std::array::from_fn(|byte| bytes[at * 8 + byte]))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule(values: &[f64]) -> SixteenBits {
        let extent = values.iter().copied().fold(Extent::NOTHING, Extent::with);
        SixteenBits::from_extent(extent, String::new())
    }

    fn meaning(values: &[f64]) -> (f64, f64) {
        let rule = rule(values);
        (rule.slope, rule.intercept)
    }

    #[test]
    fn whole_numbers_are_kept_or_moved_and_nothing_is_lost() {
        assert_eq!(meaning(&[0.0, 65_535.0]), (1.0, 0.0));
        assert_eq!(meaning(&[-1024.0, 3071.0]), (1.0, -32_768.0));
        assert_eq!(meaning(&[-1024.0, 40_000.0]), (1.0, -1024.0));
        assert_eq!(meaning(&[1e6, 1e6 + 7.0]), (1.0, 1e6));
    }

    #[test]
    fn fractions_and_wide_ranges_fill_all_sixteen_bits() {
        let (slope, intercept) = meaning(&[0.0, 0.996]);
        assert_eq!((intercept, (slope * MOST * 1e9).round()), (0.0, 996_000_000.0));
        let (slope, intercept) = meaning(&[-1e5, 1e5]);
        assert_eq!(intercept + slope * MOST, 1e5);
        assert_eq!(meaning(&[0.5, 0.5]), (1.0, 0.5));
        let (slope, _) = meaning(&[-f64::MAX, f64::MAX]);
        assert!(slope.is_finite());
    }

    #[test]
    fn what_is_no_number_is_counted_and_spoils_nothing() {
        let rule = rule(&[f64::NAN, 3.0, f64::INFINITY]);
        assert_eq!((rule.slope, rule.intercept, rule.not_numbers), (1.0, 0.0, 2));
        assert!(rule.json(&[]).contains("\"not_numbers\": 2"));
        assert_eq!(meaning(&[f64::NAN]), (1.0, 0.0));
    }

    proptest! {
        #[test]
        fn numbers_times_slope_plus_intercept_are_the_values(
            values in prop::collection::vec(-1e6..1e6_f64, 1..20),
        ) {
            let rule = rule(&values);
            for value in values {
                let back = f64::from(rule.number(value)) * rule.slope + rule.intercept;
                prop_assert!((back - value).abs() <= rule.slope * 0.5001, "{back} for {value}");
            }
        }
    }
}
