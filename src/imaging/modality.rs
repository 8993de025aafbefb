//! Stored values to values with a unit (PS3.3 C.11.1).

use crate::model::ModalityLut;

impl ModalityLut {
    /// The modality value of a stored one: what probes, histograms and windows work on.
    ///
    /// Computed in `f64`, which is exact for 32-bit values; NaN stays NaN.
    pub fn apply(&self, stored: f64) -> f64 {
        match self {
            Self::Rescale { slope, intercept } => stored * slope + intercept,
            Self::Table(lut) => lut.look_up(stored),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lut;

    #[test]
    fn rescale_is_slope_times_stored_plus_intercept() {
        let lut = ModalityLut::Rescale { slope: 1.0, intercept: -1024.0 };
        assert_eq!(lut.apply(175.0), -849.0);
        assert_eq!(lut.apply(1928.0), 904.0);
    }

    #[test]
    fn two_slices_of_one_series_may_have_two_slopes() {
        let [low, high] = [0.5, 0.75].map(|slope| ModalityLut::Rescale { slope, intercept: 0.0 });
        assert_eq!((low.apply(1000.0), high.apply(1000.0)), (500.0, 750.0));
    }

    #[test]
    fn a_table_replaces_the_rescale() {
        let lut = ModalityLut::Table(Lut { first: 0, entries: vec![5, 6], bits: 16 });
        assert_eq!(lut.apply(1.0), 6.0);
    }
}
