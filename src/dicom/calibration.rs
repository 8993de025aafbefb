//! How large things are where Pixel Spacing does not say it: projections and ultrasound.

use super::{DataSet, Tag};
use crate::model::UltrasoundRegion;

/// How much larger the picture on the detector is than the patient: Estimated Radiographic Magnification
/// Factor (0018,1114), or the distance from the source to the detector by that to the patient (PS3.3 10.7.1).
pub fn magnification(data_set: &DataSet) -> Option<f64> {
    let number = |element| data_set.number(Tag(0x0018, element)).filter(|&number: &f64| number > 0.0);
    let ratio = || Some(number(0x1110)? / number(0x1111)?);
    // Nothing is nearer to the source than the patient, and the detector is not a dozen times as far.
    number(0x1114).or_else(ratio).filter(|factor| (1.0..=12.0).contains(factor))
}

/// The regions of an ultrasound picture (0018,6011), in the order of the file.
pub fn ultrasound_regions(data_set: &DataSet) -> Vec<UltrasoundRegion> {
    /// Centimetres, of Physical Units X and Y Direction.
    const CENTIMETRES: u32 = 3;
    let region = |item: &DataSet| {
        let whole = |element| item.unsigned(Tag(0x0018, element));
        let delta = |element| item.number(Tag(0x0018, element)).map(f64::abs).filter(|&delta| delta > 0.0);
        let in_space = whole(0x6024) == Some(CENTIMETRES) && whole(0x6026) == Some(CENTIMETRES);
        Some(UltrasoundRegion {
            columns: (whole(0x6018)?, whole(0x601C)?),
            rows: (whole(0x601A)?, whole(0x601E)?),
            // Deltas may be negative: the direction does not change a distance.
            centimetres: delta(0x602E).zip(delta(0x602C)).filter(|_| in_space),
        })
    };
    data_set.items(Tag(0x0018, 0x6011)).iter().filter_map(region).collect()
}
