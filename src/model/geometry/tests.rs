use super::*;
use crate::model::norm;
use proptest::prelude::*;

const AXIAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];

fn spacing(row: f64, column: f64) -> Spacing {
    Spacing { row, column, source: SpacingSource::Patient }
}

/// Slices at `depths` along the normal, each shifted by `lean` for every mm of it.
fn geometry(orientation: [f64; 6], depths: &[f64], lean: f64) -> Geometry {
    let orientation = Orientation::from_values(&orientation).unwrap();
    let (normal, column) = (orientation.normal(), orientation.column);
    let at = |&depth: &f64| ahead(ahead([-47.0, -47.25, -100.0], normal, depth), column, depth * lean);
    let positions = depths.iter().map(at).collect();
    Geometry::new([depths.len(), 64, 48], orientation, spacing(1.5, 2.0), positions, 1.0)
}

fn assert_near(got: Vector, expected: Vector) {
    assert!(norm(minus(got, expected)) < 1e-9, "{got:?} instead of {expected:?}");
}

#[test]
fn a_voxel_of_an_upright_stack_is_where_the_affine_says() {
    let geometry = geometry(AXIAL, &[0.0, 2.5, 5.0], 0.0);
    assert_near(geometry.locate([2.0, 3.0, 4.0]), [-39.0, -42.75, -95.0]);
    assert_eq!(geometry.affine()[0], [2.0, 0.0, 0.0, -47.0]);
    assert_eq!((geometry.voxel_volume(), geometry.is_even()), (7.5, true));
}

#[test]
fn a_leaning_stack_keeps_the_volume_of_its_voxels() {
    let geometry = geometry(AXIAL, &[0.0, 2.5, 5.0], 0.3);
    assert!(geometry.is_even());
    assert!((geometry.voxel_volume() - 7.5).abs() < 1e-9);
    assert_near(geometry.locate([2.0, 0.0, 0.0]), [-47.0, -45.75, -95.0]);
}

#[test]
fn uneven_slices_lie_where_their_files_say() {
    let geometry = geometry(AXIAL, &[0.0, 1.0, 5.0, 6.0], 0.3);
    assert!(!geometry.is_even());
    assert_near(geometry.locate([2.0, 0.0, 0.0]), [-47.0, -45.75, -95.0]);
    assert_near(geometry.locate([1.5, 0.0, 0.0]), [-47.0, -46.35, -97.0]);
    assert_eq!((geometry.slice_distance_at(1), geometry.slice_distance()), (4.0, 2.0));
}

#[test]
fn steps_that_drift_are_uneven_even_if_each_of_them_would_pass() {
    let depths: Vec<f64> =
        (0..200).map(|k| f64::from(k) * 2.49 + f64::from((k - 100).max(0)) * 0.02).collect();
    assert!(!geometry(AXIAL, &depths, 0.0).is_even());
}

#[test]
fn one_slice_is_as_thick_as_it_is_said_to_be() {
    let orientation = Orientation::from_values(&AXIAL).unwrap();
    let geometry = Geometry::new([1, 2, 2], orientation, spacing(1.0, 1.0), vec![[0.0; 3]], 5.0);
    assert_eq!(geometry.slice_distance(), 5.0);
    assert_near(geometry.index([1.0, 0.0, 2.5]), [0.5, 0.0, 1.0]);
}

#[test]
fn flipped_rows_end_where_the_others_begin() {
    let geometry = geometry(AXIAL, &[0.0, 2.5], 0.0);
    let (plain, flipped) = (geometry.affine_ras(false), geometry.affine_ras(true));
    assert_eq!(plain[1], [-0.0, -1.5, -0.0, 47.25]);
    assert_eq!(flipped[1], [-0.0, 1.5, -0.0, -47.25]);
}

proptest! {
    #[test]
    fn what_is_located_is_found_again(
        turn in 0.0..6.3f64, tip in 0.0..6.3f64, lean in -0.5..0.5f64, uneven: bool, square in -0.009..0.009f64,
        slice in -2.0..7.0f64, row in -10.0..80.0f64, column in -10.0..60.0f64,
    ) {
        let row_direction = [turn.cos(), turn.sin(), 0.0];
        let column_direction = [-turn.sin() * tip.cos(), turn.cos() * tip.cos(), tip.sin()];
        let skewed = ahead(column_direction, row_direction, square);
        let values = [row_direction, skewed].concat().try_into().unwrap();
        let depths = if uneven { [0.0, 1.0, 4.0, 4.5, 9.0] } else { [0.0, 2.0, 4.0, 6.0, 8.0] };
        let geometry = geometry(values, &depths, lean);
        prop_assert_eq!(geometry.is_even(), !uneven);

        let found = geometry.index(geometry.locate([slice, row, column]));

        for (found, expected) in found.into_iter().zip([slice, row, column]) {
            prop_assert!((found - expected).abs() < 1e-6, "{} instead of {}", found, expected);
        }
    }

    #[test]
    fn a_line_of_indices_is_its_points_one_by_one(
        depth in -5.0..15.0f64, x in -1.0..1.0f64, y in -1.0..1.0f64, z in -1.0..1.0f64, uneven: bool,
    ) {
        let depths = if uneven { [0.0, 1.0, 4.0, 4.5, 9.0] } else { [0.0, 2.0, 4.0, 6.0, 8.0] };
        let geometry = geometry(AXIAL, &depths, 0.3);
        let mut line = [[0.0; 3]; 9];
        let (start, step) = ([-20.0, -30.0, -100.0 + depth], [x, y, z]);

        geometry.index_line(start, step, &mut line);

        for (count, found) in line.into_iter().enumerate() {
            let expected = geometry.index(ahead(start, step, count as f64));
            prop_assert!(norm(minus(found, expected)) < 1e-9);
        }
    }
}
