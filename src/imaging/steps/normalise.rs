//! Values between 0 and 1, and the box around what matters.

use ndarray::{Array3, Axis};
use std::ops::Range;

/// Maps `low..high` to `0..1`, cuts off what is beyond, and subtracts `mean`.
pub fn normalise(values: &mut Array3<f32>, range: (f64, f64), mean: f64) {
    values.mapv_inplace(|value| normalised(value, range, mean));
}

/// What [`normalise`] makes of one value.
pub fn normalised(value: f32, (low, high): (f64, f64), mean: f64) -> f32 {
    (((f64::from(value) - low) / (high - low)).clamp(0.0, 1.0) - mean) as f32
}

/// The smallest box of slices, rows and columns around all that is set in a mask, `margin` voxels wider where
/// there is room; `None` if nothing is.
pub fn crop(mask: &Array3<u8>, margin: usize) -> Option<[Range<usize>; 3]> {
    let along = |axis: usize| {
        let count = mask.len_of(Axis(axis));
        let has = |&at: &usize| mask.index_axis(Axis(axis), at).iter().any(|&voxel| voxel != 0);
        let (first, last) = ((0..count).find(has)?, (0..count).rev().find(has)?);
        Some(first.saturating_sub(margin)..(last + 1 + margin).min(count))
    };
    Some([along(0)?, along(1)?, along(2)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lung_values_lie_between_nought_and_one() {
        let mut values = Array3::from_shape_vec((1, 1, 4), vec![-2000.0, -1000.0, -300.0, 900.0]).unwrap();
        normalise(&mut values, (-1000.0, 400.0), 0.25);
        assert_eq!(values.into_raw_vec_and_offset().0, [-0.25, -0.25, 0.25, 0.75]);
    }

    #[test]
    fn the_box_holds_all_that_is_set() {
        let mut mask = Array3::<u8>::zeros((5, 6, 7));
        assert_eq!(crop(&mask, 0), None);
        mask[(1, 2, 3)] = 1;
        mask[(2, 2, 6)] = 1;
        assert_eq!(crop(&mask, 0), Some([1..3, 2..3, 3..7]));
        assert_eq!(crop(&mask, 2), Some([0..5, 0..5, 1..7]));
    }
}
