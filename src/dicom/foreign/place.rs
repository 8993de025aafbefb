//! Where an array of another format lies in the patient, and which way up it is shown.

use super::layout::Layout;
use crate::model::{Vector, dot, norm};

/// Rows x, y and z of a matrix from `(column, row, slice, 1)` to LPS millimetres.
pub(super) type Affine = [[f64; 4]; 3];

/// What a file says of its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place {
    /// Nothing: neither place nor size.
    Nowhere,
    /// Only how far columns and rows are apart, mm.
    Sized { column: f64, row: f64 },
    /// Everything. Files with the same words for their space, in one folder, share it.
    At { affine: Affine, space: String },
}

/// Directions within this of square are rounding (as for DICOM).
const SQUARE: f64 = 1e-2;

/// Distances between centres alone: columns to the left, rows to the back, slices to the head, or to the feet
/// where the last distance is negative. Nobody has said so, which is a note.
pub(super) fn assumed(spacing: [f64; 3], notes: &mut Vec<String>) -> Place {
    notes.push(
        "has no axes of a patient: columns are taken to go to the left, rows to the back, slices to the head"
            .to_owned(),
    );
    let mut affine = [[0.0; 4]; 3];
    (0..3).for_each(|axis| affine[axis][axis] = spacing[axis]);
    Place::At { affine, space: "assumed".to_owned() }
}

/// The affine of another convention: `signs` are -1 where an axis of it runs against LPS.
pub(super) fn lps(affine: Affine, signs: [f64; 3]) -> Affine {
    std::array::from_fn(|axis| affine[axis].map(|x| x * signs[axis]))
}

/// The column of a matrix: where one step along an index leads.
pub(super) fn step(affine: &Affine, index: usize) -> Vector {
    [affine[0][index], affine[1][index], affine[2][index]]
}

impl Place {
    /// Leaves only what can be computed with; the notes tell what was wrong.
    pub(super) fn sane(self, notes: &mut Vec<String>) -> Self {
        let Self::At { affine, space } = self else { return self };
        let lengths = [0, 1, 2].map(|index| norm(step(&affine, index)));
        let sane = affine.iter().flatten().all(|x| x.is_finite() && x.abs() < 1e7)
            && lengths.iter().all(|length| (1e-6..1e6).contains(length));
        let unit = |index: usize| step(&affine, index).map(|x| x / lengths[index]);
        if !sane {
            notes.push(
                "says where it lies in a way that makes no sense; it is shown without a place".to_owned(),
            );
            return Self::Nowhere;
        }
        if dot(unit(0), unit(1)).abs() > SQUARE {
            notes.push("has rows that are not square to its columns; it is shown without a place".to_owned());
            return Self::Sized { column: lengths[0], row: lengths[1] };
        }
        Self::At { affine, space }
    }

    /// Turns columns and rows so that a slice is shown as radiologists expect it: the patient's right on the
    /// left, the front at the top or on the left, the head at the top.
    pub(super) fn upright(&mut self, layout: &mut Layout) {
        let Self::At { affine, .. } = self else { return };
        let turned = |direction: Vector| {
            let (axis, part) = (0..3)
                .map(|axis| (axis, direction[axis]))
                .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
                .unwrap_or((0, 0.0));
            if axis == 2 { part > 0.0 } else { part < 0.0 }
        };
        for index in 0..2 {
            if !turned(step(affine, index)) {
                continue;
            }
            let axis = if index == 0 { layout.columns } else { layout.rows };
            for numbers in affine.iter_mut() {
                numbers[3] += numbers[index] * (axis.count - 1) as f64;
                numbers[index] = -numbers[index];
            }
            if index == 0 { layout.mirror_columns() } else { layout.mirror_rows() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::{Sample, axes};
    use super::*;

    #[test]
    fn a_ras_volume_is_shown_with_the_patients_right_on_the_left_and_the_front_up() {
        let mut layout = Layout::new(Sample::U8, false, 0, &axes(1, &[4, 3, 2]).unwrap());
        let ras = [[2.0, 0.0, 0.0, -3.0], [0.0, 2.0, 0.0, -5.0], [0.0, 0.0, 3.0, 7.0]];
        let mut place = Place::At { affine: lps(ras, [-1.0, -1.0, 1.0]), space: String::new() };
        place.upright(&mut layout);
        let meant = [[2.0, 0.0, 0.0, -3.0], [0.0, 2.0, 0.0, 1.0], [0.0, 0.0, 3.0, 7.0]];
        assert_eq!(place, Place::At { affine: meant, space: String::new() });
        // The first sample shown is the last of the first slice.
        assert_eq!(layout.offset, 11);
    }

    #[test]
    fn matrices_that_span_nothing_leave_the_array_without_a_place() {
        let mut notes = vec![];
        let flat = Place::At { affine: [[0.0; 4]; 3], space: String::new() };
        assert_eq!(flat.sane(&mut notes), Place::Nowhere);
        let leaning = [[1.0, 0.5, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]];
        let leaning = Place::At { affine: leaning, space: String::new() };
        assert!(matches!(leaning.sane(&mut notes), Place::Sized { .. }));
        assert_eq!(notes.len(), 2);
    }
}
