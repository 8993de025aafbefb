//! The lungs of a chest CT, by threshold and connected parts, as the classic tutorial finds them.

use super::components::Components;
use ndarray::{Array3, Axis};

/// Below this value, HU, is air.
const TISSUE: f32 = -320.0;

/// What was found.
#[derive(Debug)]
pub struct Lungs {
    /// 1 in the lungs, 0 elsewhere.
    pub mask: Array3<u8>,
    /// How many voxels are 1.
    pub voxels: u64,
}

/// Finds the largest part of the air that is not around the patient; with `fill`, vessels and nodules inside
/// the lungs belong to them.
///
/// `values` are Hounsfield units, axial, `(slice, row, column)`. What is connected with the first voxel is
/// around the patient, as it is in all but the narrowest fields of view.
pub fn lungs(values: &Array3<f32>, fill: bool) -> Lungs {
    // 1 is air inside, 0 tissue or what is around the patient.
    let mut air = values.mapv(|value| u8::from(value <= TISSUE)).as_standard_layout().into_owned();
    let corner = air.first().copied();
    if corner == Some(1) {
        let mut parts = Components::of(&air.view(), |value| value == 1);
        if let (Some(around), Some(voxels)) = (parts.at_origin(), air.as_slice_mut()) {
            parts.each_of(around, |run| voxels[run].fill(0));
        }
    }
    if fill {
        for mut slice in air.axis_iter_mut(Axis(0)) {
            let mut parts = Components::of(&slice.view().insert_axis(Axis(0)), |value| value == 0);
            // The largest part of what is no lung is the body with its surroundings; all else is in the lungs.
            if let (Some(body), Some(voxels)) = (parts.largest(), slice.as_slice_mut()) {
                voxels.fill(1);
                parts.each_of(body, |run| voxels[run].fill(0));
            }
        }
    }
    let mut parts = Components::of(&air.view(), |value| value == 1);
    let largest = parts.largest();
    let mask = parts.mask_of(largest);
    let voxels = mask.iter().map(|&voxel| u64::from(voxel)).sum();
    Lungs { mask, voxels }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body with two lungs in it, one with a vessel, and a smaller bubble of air.
    fn chest() -> Array3<f32> {
        Array3::from_shape_fn((3, 12, 16), |(_, row, column)| match (row, column) {
            (0 | 11, _) | (_, 0 | 15) => -1000.0,
            (5, 5) => 30.0,
            (3..=8, 3..=7) => -850.0,
            (4..=5, 11..=12) => -900.0,
            _ => 40.0,
        })
    }

    #[test]
    fn the_largest_air_inside_the_body_is_lung() {
        let found = lungs(&chest(), false);
        assert_eq!(found.voxels, 3 * (6 * 5 - 1));
        assert_eq!((found.mask[(1, 4, 4)], found.mask[(1, 5, 5)], found.mask[(1, 4, 11)]), (1, 0, 0));
        assert_eq!(found.mask[(1, 0, 0)], 0, "air around the patient");
    }

    #[test]
    fn filled_lungs_hold_their_vessels() {
        let found = lungs(&chest(), true);
        assert_eq!(found.mask[(1, 5, 5)], 1);
        assert_eq!(found.voxels, 3 * 6 * 5);
    }

    #[test]
    fn without_air_there_are_none() {
        assert_eq!(lungs(&Array3::from_elem((2, 3, 4), 40.0), true).voxels, 0);
    }
}
