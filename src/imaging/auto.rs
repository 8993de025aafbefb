//! The window of a stack whose file proposes none.
//!
//! It is chosen once for the whole stack, from a sample of its frames, so that
//! the picture does not flicker while scrolling.

use super::sample::for_each_value;
use crate::model::{Frame, Window};

/// Pixels looked at over all frames; percentiles of more would look the same.
const MOST: usize = 1_000_000;

/// CT values below this, in HU, are outside the field of view: scanners fill the corners with
/// -2000 or -3024 without declaring it as padding.
const NOTHING: f64 = -1100.0;

/// What was seen of a stack: a sample of its modality values.
#[derive(Debug, Clone)]
pub struct Survey {
    share: usize,
    modality: String,
    unit: String,
    /// Modality values, and how many pixels have each; a value may be there more than once.
    values: Vec<(f64, u64)>,
    low: f64,
    high: f64,
    integer: bool,
}

impl Survey {
    /// A survey that will see this many frames; each gets an equal share of the sample.
    pub fn new(frames: usize) -> Self {
        Self {
            share: (MOST / frames.max(1)).max(1),
            modality: String::new(),
            unit: String::new(),
            values: Vec::new(),
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            integer: true,
        }
    }

    /// Looks at one frame, skipping padding, NaN, and in CT what is outside the field of view.
    ///
    /// Modality and unit are those of the last frame added.
    pub fn add(&mut self, frame: &Frame) {
        let (rows, columns) = frame.shape();
        frame.modality.raw().trim().clone_into(&mut self.modality);
        frame.unit.raw().trim().clone_into(&mut self.unit);
        let floor = if self.modality == "CT" { NOTHING } else { f64::NEG_INFINITY };
        for_each_value(frame, step(rows * columns, columns, self.share), |value, count| {
            if value >= floor {
                self.low = self.low.min(value);
                self.high = self.high.max(value);
                self.integer &= value as i64 as f64 == value;
                self.values.push((value, count));
            }
        });
    }

    /// The smallest and largest value seen, or `None` if there was nothing but padding.
    pub fn range(&self) -> Option<(f64, f64)> {
        (!self.values.is_empty()).then_some((self.low, self.high))
    }

    /// A percentile, `p` in `0.0..=100.0`, interpolated linearly between the neighbouring ranks as
    /// numpy does; `None` if nothing was seen.
    pub fn percentile(&self, p: f64) -> Option<f64> {
        // A copy to reorder: selecting is linear, where keeping the sample sorted would not be.
        ranked(&mut self.values.clone(), p)
    }

    /// The window from one percentile (black) to another (white): `1.0` and `99.0` is the usual
    /// stretch. Falls back to the whole range where they coincide.
    pub fn stretch(&self, low: f64, high: f64) -> Window {
        let mut values = self.values.clone();
        match (ranked(&mut values, low), ranked(&mut values, high)) {
            (Some(low), Some(high)) => self.between(low, high),
            _ => Window::linear(128.0, 256.0),
        }
    }

    /// The window to open the stack with, by the habits of its modality.
    ///
    /// | modality | black to white |
    /// |---|---|
    /// | CT | 40/400 if the values reach from -200 to 200 HU, else the whole range |
    /// | PT | 0 to 7 if the unit is SUV, else 0 to the 99.5th percentile |
    /// | NM | 0 to the 99.5th percentile |
    /// | CR, DX, MG, IO, PX, RG | 1st to 99th percentile |
    /// | RTDOSE | 0 to the largest value |
    /// | SEG | the whole range |
    /// | others | 0.5th to 99.5th percentile, at least 2 apart for integers |
    pub fn window(&self) -> Window {
        let Some((low, high)) = self.range() else { return Window::linear(128.0, 256.0) };
        match self.modality.as_str() {
            "CT" if self.is_hounsfield() && low <= -200.0 && high >= 200.0 => Window::linear(40.0, 400.0),
            "CT" | "SEG" => self.between(low, high),
            "PT" if self.unit.to_ascii_uppercase().starts_with("SUV") => Window::from_range(0.0, 7.0, false),
            "PT" | "NM" => self.between(0.0, self.percentile(99.5).unwrap_or(high)),
            "RTDOSE" => self.between(0.0, high),
            "CR" | "DX" | "MG" | "IO" | "PX" | "RG" => self.stretch(1.0, 99.0),
            _ => self.at_least_two(self.stretch(0.5, 99.5)),
        }
    }

    /// A CT says nothing more often than it says `HU`.
    fn is_hounsfield(&self) -> bool {
        self.unit.is_empty() || self.unit == "HU"
    }

    fn between(&self, low: f64, high: f64) -> Window {
        if low < high {
            Window::from_range(low, high, self.integer)
        } else {
            Window::from_range(self.low, self.high, self.integer)
        }
    }

    /// Noise of one grey value must not fill the screen; fractions may really be that close.
    fn at_least_two(&self, window: Window) -> Window {
        if self.integer && self.low < self.high {
            Window { width: window.width.max(2.0), ..window }
        } else {
            window
        }
    }
}

/// The percentile of counted values, which are reordered; `None` if there are none.
fn ranked(values: &mut [(f64, u64)], p: f64) -> Option<f64> {
    let last = counted(values).checked_sub(1)?;
    let rank = (p / 100.0).clamp(0.0, 1.0) * last as f64;
    let below = at_rank(values, rank as u64)?;
    let next = at_rank(values, rank as u64 + 1);
    Some(next.map_or(below, |next| below + (next - below) * rank.fract()))
}

fn counted(values: &[(f64, u64)]) -> u64 {
    values.iter().map(|(_, count)| count).sum()
}

/// The value with so many below it, by halves, each a pass over what is left of `values`.
fn at_rank(mut values: &mut [(f64, u64)], mut rank: u64) -> Option<f64> {
    while !values.is_empty() {
        let middle = values.len() / 2;
        let (below, &mut (value, count), above) =
            values.select_nth_unstable_by(middle, |a, b| a.0.total_cmp(&b.0));
        let before = counted(below);
        if rank < before {
            values = below;
        } else if rank < before + count {
            return Some(value);
        } else {
            rank -= before + count;
            values = above;
        }
    }
    None
}

/// How many pixels to walk from one sample to the next, so that at most `share` of `count` are seen.
///
/// It has no divisor in common with the number of columns: otherwise the walk would see some columns
/// only, and a step of a whole row a single one.
fn step(count: usize, columns: usize, share: usize) -> usize {
    let mut step = count.div_ceil(share).max(1);
    while step > 1 && divisor(step, columns) != 1 {
        step += 1;
    }
    step
}

/// Greatest common divisor.
fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::super::sample::frames;
    use super::*;
    use crate::model::{Stored, Text};
    use ndarray::Array2;

    fn survey(frame: &Frame) -> Survey {
        let mut survey = Survey::new(1);
        survey.add(frame);
        survey
    }

    fn of_modality(modality: &str, values: &[i16]) -> Frame {
        Frame { modality: Text::from(modality), ..frames::row(values) }
    }

    #[test]
    fn padding_does_not_count() {
        let mut frame = frames::row(&[-2000, -2000, -2000, -2000, -1000, 0, 100, 400]);
        assert_eq!(survey(&frame).range(), Some((-2000.0, 400.0)));

        frame.padding = Some((-2000.0, -2000.0));

        assert_eq!(survey(&frame).range(), Some((-1000.0, 400.0)));
    }

    #[test]
    fn undeclared_corners_of_a_ct_do_not_count() {
        assert_eq!(survey(&of_modality("CT", &[-3024, -2000, -1000, 50])).range(), Some((-1000.0, 50.0)));
    }

    #[test]
    fn percentiles_are_interpolated_as_numpy_does() {
        let values = Array2::from_shape_fn((1, 901), |(_, i)| i as f64 * 1000.0 / 900.0);
        let survey = survey(&frames::of(Stored::F64(values)));
        for (p, expected) in [(0.0, 0.0), (1.0, 10.0), (50.0, 500.0), (99.0, 990.0), (100.0, 1000.0)] {
            assert!((survey.percentile(p).unwrap() - expected).abs() < 1e-9, "p{p}");
        }
    }

    #[test]
    fn percentiles_fall_between_the_ranks() {
        let survey = survey(&frames::row(&[4, 1, 3, 2]));
        assert_eq!(survey.percentile(50.0), Some(2.5));
        assert!((survey.percentile(10.0).unwrap() - 1.3).abs() < 1e-12);
    }

    #[test]
    fn values_that_are_counted_rank_as_if_they_were_listed() {
        let pixels: Vec<i16> = (0..5000).map(|i: i32| ((i * i) % 91 - 40) as i16).collect();
        let mut listed: Vec<f64> = pixels.iter().map(|&value| value.into()).collect();
        listed.sort_by(f64::total_cmp);
        let survey = survey(&frames::row(&pixels));
        for p in [0.0, 0.5, 1.0, 33.3, 50.0, 99.0, 99.99, 100.0] {
            let rank = p / 100.0 * 4999.0;
            let (below, next) = (listed[rank as usize], listed[(rank as usize + 1).min(4999)]);
            assert_eq!(survey.percentile(p), Some(below + (next - below) * rank.fract()), "p{p}");
        }
    }

    #[test]
    fn a_ct_opens_with_soft_tissue_and_its_localizer_with_all_it_has() {
        assert_eq!(survey(&of_modality("CT", &[-1000, 0, 1500])).window(), Window::linear(40.0, 400.0));
        assert_eq!(survey(&of_modality("CT", &[-100, 99])).window(), Window::linear(0.0, 200.0));
    }

    #[test]
    fn pet_starts_at_zero_whatever_the_smallest_value_is() {
        let mut frame = of_modality("PT", &[5, 10, 15]);
        assert_eq!(survey(&frame).window().bounds().0, 0.0);

        frame.unit = Text::from("SUV");

        assert_eq!(survey(&frame).window(), Window::from_range(0.0, 7.0, false));
    }

    #[test]
    fn a_dose_reaches_from_zero_to_its_maximum() {
        assert_eq!(survey(&of_modality("RTDOSE", &[3, 99])).window().bounds(), (0.0, 99.0));
    }

    #[test]
    fn a_mask_of_zero_and_one_is_black_and_white() {
        for modality in ["SEG", "MR"] {
            let window = survey(&of_modality(modality, &[0, 1, 0, 1])).window();
            assert_eq!((window.level(0.0), window.level(1.0)), (0.0, 255.0));
        }
    }

    #[test]
    fn a_few_bright_pixels_on_nothing_still_have_contrast() {
        let mut values = vec![0; 1000];
        values[500] = 80;
        for modality in ["PT", "MR", "DX"] {
            assert_eq!(survey(&of_modality(modality, &values)).window().bounds(), (0.0, 80.0));
        }
    }

    #[test]
    fn fractions_keep_a_narrow_window() {
        let frame = frames::of(Stored::F32(ndarray::array![[0.0, 0.25, 0.5]]));
        let window = survey(&frame).window();
        assert!(window.width < 0.5);
    }

    #[test]
    fn nothing_but_padding_still_has_a_window() {
        let mut frame = frames::row(&[-5, -5]);
        frame.padding = Some((-5.0, -5.0));
        assert_eq!(survey(&frame).window(), Window::linear(128.0, 256.0));
        assert_eq!(survey(&frame).percentile(1.0), None);
    }

    #[test]
    fn every_column_is_seen_however_sparse_the_sample() {
        let columns = Array2::from_shape_fn((512, 512), |(_, column)| column as i16);
        let mut survey = Survey::new(MOST / 512);
        survey.add(&frames::of(Stored::I16(columns)));
        assert!(counted(&survey.values) <= 512);
        let mut seen: Vec<i64> = survey.values.iter().map(|&(value, _)| value as i64).collect();
        seen.sort_unstable();
        seen.dedup();
        assert!(seen.len() > 400, "{} columns", seen.len());
    }
}
