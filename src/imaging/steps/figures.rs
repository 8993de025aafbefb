//! What an array is like in numbers: extremes, mean, deviation, and the tutorial's histogram.

use super::Units;
use crate::{
    imaging::{Histogram, sample::number},
    model::{Frame, Pixels, Stored},
    with_stored,
};

/// Bins of the tutorial's histogram.
pub const BINS: usize = 80;

/// Statistics of values, and how many lie in each of [`BINS`] from the least to the greatest.
pub fn figures(values: impl Iterator<Item = f32> + Clone) -> (Units, Option<Histogram>) {
    let mut seen = Units::default();
    values.clone().for_each(|value| seen.add(value.into()));
    let mut histogram = bins(&seen);
    if let Some(histogram) = &mut histogram {
        values.for_each(|value| {
            let bin = histogram.bin(value.into());
            histogram.counts[bin] += 1;
        });
    }
    (seen, histogram)
}

/// Empty bins from the least to the greatest value; of a constant, around it.
pub fn bins(seen: &Units) -> Option<Histogram> {
    let (low, high) =
        if seen.min == seen.max { (seen.min - 0.5, seen.max + 0.5) } else { (seen.min, seen.max) };
    (low < high && (high - low).is_finite()).then(|| Histogram { low, high, counts: vec![0; BINS] })
}

/// Stored values, counted frame by frame.
#[derive(Debug, Clone)]
pub struct StoredCounts {
    /// Their statistics, padding and all.
    pub seen: Units,
    /// How often each of 16 bits occurs, by its bits; empty once there are wider ones.
    counts: Vec<u64>,
}

impl Default for StoredCounts {
    fn default() -> Self {
        Self { seen: Units::default(), counts: vec![0; 1 << 16] }
    }
}

impl StoredCounts {
    /// Counts the values of a frame; colours are none.
    pub fn add(&mut self, frame: &Frame) {
        let Pixels::Gray(stored) = &frame.pixels else { return };
        if !matches!(stored, Stored::U8(_) | Stored::I8(_) | Stored::U16(_) | Stored::I16(_)) {
            self.counts = vec![];
        }
        with_stored!(stored, values => values.iter().for_each(|&value| {
            let value = number(value);
            self.seen.add(value);
            if let Some(count) = self.counts.get_mut(usize::from(value as i64 as u16)) {
                *count += 1;
            }
        }));
    }

    /// The same histogram as of other values; none of values too wide to be counted one by one.
    pub fn histogram(&self) -> Option<Histogram> {
        let mut histogram = bins(&self.seen).filter(|_| !self.counts.is_empty())?;
        for (bits, &count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            // What no unsigned word can be is a signed one.
            let value = if bits as f64 > self.seen.max { bits as f64 - 65536.0 } else { bits as f64 };
            let bin = histogram.bin(value);
            histogram.counts[bin] += count;
        }
        Some(histogram)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::sample::frames;
    use ndarray::array;

    #[test]
    fn stored_values_fall_into_the_bins_they_would_fall_into_one_by_one() {
        for stored in
            [Stored::I16(array![[-2000, -5, 0, 3, 1724]]), Stored::U16(array![[0, 7, 40_000, 65_535]])]
        {
            let values: Vec<f32> = (0..stored.shape().1).map(|at| stored.at(0, at).unwrap() as f32).collect();
            let mut counts = StoredCounts::default();
            counts.add(&frames::of(stored));
            assert_eq!((counts.seen, counts.histogram()), figures(values.iter().copied()));
        }
    }

    #[test]
    fn a_constant_lies_in_the_middle_and_nothing_has_no_bins() {
        let (seen, histogram) = figures([7.0, 7.0].into_iter());
        assert_eq!((seen.count, histogram.unwrap().counts[BINS / 2]), (2, 2));
        assert_eq!(figures([].into_iter()).1, None);
    }
}
