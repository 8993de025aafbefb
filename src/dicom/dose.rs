//! Where the planes of a dose grid lie (PS3.3 C.8.8.3.2).

use crate::model::{Orientation, Vector};

/// Largest disagreement, mm or cosine, that is rounding.
const NEAR: f64 = 1e-3;

/// The position of one frame, counted from zero, from that of the first and Grid Frame Offset Vector
/// (3004,000C); `None` if the vector does not reach so far.
///
/// Offsets that start at zero count along the normal. Offsets that start at the `z` of an axial grid are
/// themselves the `z` of each plane, whichever way the normal points.
pub(super) fn position(
    first: Vector,
    orientation: &Orientation,
    offsets: &[f64],
    frame: usize,
) -> Option<Vector> {
    let (start, offset) = (*offsets.first()?, *offsets.get(frame)?);
    let normal = orientation.normal();
    let absolute = start != 0.0 && (start - first[2]).abs() < NEAR && 1.0 - normal[2].abs() < NEAR;
    let direction = if absolute { [0.0, 0.0, 1.0] } else { normal };
    let moved = std::array::from_fn(|axis| first[axis] + direction[axis] * (offset - start));
    moved.iter().all(|v: &f64| v.is_finite()).then_some(moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(values: [f64; 6]) -> Orientation {
        Orientation::from_values(&values).unwrap()
    }

    const HEAD: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    const FEET: [f64; 6] = [1.0, 0.0, 0.0, 0.0, -1.0, 0.0];
    const LEFT: [f64; 6] = [0.0, 1.0, 0.0, 0.0, 0.0, 1.0];

    #[test]
    fn offsets_from_zero_go_along_the_normal() {
        let at = |values, frame| position([1.0, 2.0, -761.87], &plane(values), &[0.0, 5.0, -7.0], frame);
        assert_eq!(at(HEAD, 1), Some([1.0, 2.0, -756.87]));
        assert_eq!(at(FEET, 1), Some([1.0, 2.0, -766.87]));
        assert_eq!(at(LEFT, 2), Some([-6.0, 2.0, -761.87]));
        assert_eq!(at(HEAD, 3), None);
    }

    #[test]
    fn offsets_from_z_are_z() {
        for values in [HEAD, FEET] {
            let at = position([1.0, 2.0, -40.0], &plane(values), &[-40.0, -37.5, -35.0], 2);
            assert_eq!(at, Some([1.0, 2.0, -35.0]));
        }
    }
}
