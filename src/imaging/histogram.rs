//! How often each modality value occurs, by numpy's rule.

use super::{Volume, sample::for_each_value};
use crate::model::Frame;

/// Bins of equal width; each holds its lower edge and not its upper one, but the last holds both.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Lower edge of the first bin, in the frame's unit.
    pub low: f64,
    /// Upper edge of the last bin.
    pub high: f64,
    /// Pixels in each bin.
    pub counts: Vec<u64>,
}

impl Histogram {
    /// Counts the pixels of a frame in `bins` bins between its smallest and largest value.
    ///
    /// Padding, NaN and infinities are left out. A constant image has bins from half below to half
    /// above its value. `None` for colour, for nothing but padding, and for no bins.
    pub fn of(frame: &Frame, bins: usize) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for_each_value(frame, 1, |value, _| (low, high) = (low.min(value), high.max(value)));
        let mut histogram = Self::between(low, high, bins)?;
        for_each_value(frame, 1, |value, count| histogram.add(value, count));
        Some(histogram)
    }

    /// Counts finite values as [`Self::of`] counts pixels.
    pub fn of_values(values: &[f64], bins: usize) -> Option<Self> {
        let ends = |(low, high): (f64, f64), &value: &f64| (low.min(value), high.max(value));
        let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), ends);
        let mut histogram = Self::between(low, high, bins)?;
        for &value in values {
            histogram.add(value, 1);
        }
        Some(histogram)
    }

    /// Counts all voxels of a volume in the same way.
    pub fn of_volume(volume: &Volume, bins: usize) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        volume.for_each_value(|value, _| (low, high) = (low.min(value), high.max(value)));
        let mut histogram = Self::between(low, high, bins)?;
        volume.for_each_value(|value, count| histogram.add(value, count));
        Some(histogram)
    }

    /// Empty bins, unless there is no value between the ends.
    fn between(mut low: f64, mut high: f64, bins: usize) -> Option<Self> {
        if low > high || bins == 0 {
            return None;
        }
        if low == high {
            (low, high) = (low - 0.5, high + 0.5);
        }
        Some(Self { low, high, counts: vec![0; bins] })
    }

    fn add(&mut self, value: f64, count: u64) {
        let bin = self.bin(value);
        self.counts[bin] += count;
    }

    /// The lower edge of a bin; that of the bin past the last is [`Histogram::high`].
    pub fn edge(&self, bin: usize) -> f64 {
        if bin >= self.counts.len() {
            return self.high;
        }
        self.low + bin as f64 * ((self.high - self.low) / self.counts.len() as f64)
    }

    /// The most pixels any bin has.
    pub fn peak(&self) -> u64 {
        self.counts.iter().copied().max().unwrap_or(0)
    }

    /// The bin of a value; values outside fall in the first or last one.
    pub fn bin(&self, value: f64) -> usize {
        let last = self.counts.len().saturating_sub(1);
        let bins = self.counts.len() as f64;
        let bin = ((value - self.low) / (self.high - self.low) * bins) as usize;
        let bin = bin.min(last);
        // The division may round across an edge; the edge itself decides.
        if bin > 0 && value < self.edge(bin) {
            bin - 1
        } else if bin < last && value >= self.edge(bin + 1) {
            bin + 1
        } else {
            bin
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::frames;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_bin_is_closed() {
        let histogram = Histogram::of(&frames::row(&[0, 1, 2, 3, 4]), 4).unwrap();
        assert_eq!(histogram.counts, [1, 1, 1, 2]);
        assert_eq!((histogram.edge(0), histogram.edge(1), histogram.edge(4)), (0.0, 1.0, 4.0));
        assert_eq!(histogram.peak(), 2);
    }

    #[test]
    fn a_constant_image_lies_in_the_middle() {
        let histogram = Histogram::of(&frames::row(&[7, 7]), 3).unwrap();
        assert_eq!((histogram.low, histogram.high, histogram.counts), (6.5, 7.5, vec![0, 2, 0]));
    }

    #[test]
    fn padding_is_in_no_bin() {
        let mut frame = frames::row(&[-2000, -2000, 0, 10]);
        frame.padding = Some((-2000.0, -2000.0));
        assert_eq!(Histogram::of(&frame, 2).unwrap().counts, [1, 1]);

        frame.padding = Some((-2000.0, 10.0));
        assert_eq!(Histogram::of(&frame, 2), None);
    }

    #[test]
    fn no_bins_hold_nothing() {
        assert_eq!(Histogram::of(&frames::row(&[1]), 0), None);
    }

    proptest! {
        #[test]
        fn every_pixel_is_in_the_bin_whose_edges_hold_it(
            values in proptest::collection::vec(any::<i16>(), 1..200), bins in 1..100usize,
        ) {
            let histogram = Histogram::of(&frames::row(&values), bins).unwrap();
            prop_assert_eq!(histogram.counts.iter().sum::<u64>(), values.len() as u64);
            for value in values.into_iter().map(f64::from) {
                let bin = histogram.bin(value);
                prop_assert!(histogram.edge(bin) <= value);
                prop_assert!(value < histogram.edge(bin + 1) || bin == bins - 1);
            }
        }
    }
}
