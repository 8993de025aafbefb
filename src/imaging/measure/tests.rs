use super::*;
use crate::imaging::{Cut, View, sample::frames};
use crate::model::{Orientation, Plane, Stored};
use ndarray::Array2;
use proptest::prelude::*;

const PIXELS: Scale = Scale { row: 1.0, column: 1.0, unit: Unit::Pixels };

fn spacing(source: SpacingSource) -> Spacing {
    Spacing { row: 1.5, column: 2.0, source }
}

#[test]
fn a_length_has_the_unit_that_the_file_justifies() {
    let unit = |source, magnification| Scale::of(Some(spacing(source)), magnification).unit.as_str();
    assert_eq!(unit(SpacingSource::Patient, None), "mm");
    assert_eq!(unit(SpacingSource::Patient, Some(1.2)), "mm");
    assert_eq!(unit(SpacingSource::Detector, None), "mm at detector");
    assert_eq!(unit(SpacingSource::Detector, Some(1.2)), "mm (estimated)");
    assert_eq!(unit(SpacingSource::Detector, Some(f64::NAN)), "mm at detector");
    assert_eq!(unit(SpacingSource::AspectOnly, None), "px");
    assert_eq!(Scale::of(None, Some(1.2)), PIXELS);
}

#[test]
fn angles_are_those_in_the_patient_not_those_of_the_pixels() {
    let scale = Scale::of(Some(spacing(SpacingSource::Patient)), None);
    assert!((scale.angle([4.0, 0.0], [0.0, 0.0], [0.0, 3.0]).unwrap() - 90.0).abs() < 1e-9);
    assert!((scale.angle([4.0, 3.0], [0.0, 0.0], [0.0, 3.0]).unwrap() - 45.0).abs() < 1e-9);
    assert_eq!(scale.angle([1.0, 1.0], [1.0, 1.0], [0.0, 3.0]), None);
}

#[test]
fn a_region_counts_the_centres_that_are_inside() {
    let frame =
        frames::of(Stored::I16(Array2::from_shape_fn((20, 20), |(row, column)| (row * 20 + column) as i16)));
    let rectangle = Region::Rectangle([3.0, 5.0], [1.0, 8.5]);
    assert_eq!(rectangle.pixels(frame.shape()).len(), 3 * 4);
    let found = rectangle.statistics(&frame, &PIXELS).unwrap();
    assert_eq!((found.count, found.min, found.max, found.mean, found.median), (12, 25.0, 68.0, 46.5, 46.5));
    let circle = Region::Ellipse([5.0, 5.0], [9.0, 9.0]);
    assert_eq!(circle.pixels(frame.shape()).len(), 13);
    let beyond = Region::Rectangle([-5.0, -5.0], [1.0, 100.0]);
    assert_eq!(beyond.pixels(frame.shape()).len(), 40);
    assert_eq!(Region::Rectangle([30.0, 0.0], [40.0, 5.0]).statistics(&frame, &PIXELS), None);
    assert_eq!(Region::Polygon(vec![vec![], vec![[1.0, 1.0]]]).statistics(&frame, &PIXELS), None);
}

#[test]
fn padding_is_counted_apart() {
    let mut frame = frames::row(&[-2000, 10, 20, -2000]);
    frame.padding = Some((-2000.0, -2000.0));
    let found = Region::Rectangle([0.0, 0.0], [0.0, 9.0]).statistics(&frame, &PIXELS).unwrap();
    assert_eq!((found.count, found.left_out, found.mean, found.deviation), (2, 2, 15.0, 5.0));
}

#[test]
fn a_profile_has_the_values_under_a_line() {
    let frame = frames::row(&[10, 20, 30]);
    assert_eq!(profile(&frame, [0.0, 0.0], [0.0, 3.0], 4), [Some(10.0), Some(20.0), Some(30.0), None]);
}

#[test]
fn a_region_has_a_histogram_of_its_own() {
    let frame = frames::row(&[0, 1, 2, 3, 4, 100]);
    let histogram = Region::Rectangle([0.0, 0.0], [0.0, 4.0]).histogram(&frame, 4).unwrap();
    assert_eq!(histogram.counts, [1, 1, 1, 2]);
}

#[test]
fn a_slice_is_a_line_on_the_scout() {
    let slice = Plane { position: [-50.0, -50.0, 20.0], orientation: View::Axial.orientation() };
    let scout_plane = Plane { position: [-40.0, 0.0, 60.0], orientation: View::Coronal.orientation() };
    let square = Spacing { row: 1.0, column: 1.0, source: SpacingSource::Patient };
    let line = scout(&slice, &scout_plane, &square, (100, 80)).unwrap();
    assert_eq!(line, [[40.0, 79.5], [40.0, -0.5]]);
    let above = Plane { position: [0.0, 0.0, 61.0], ..slice };
    assert_eq!(scout(&above, &scout_plane, &square, (100, 80)), None);
    assert_eq!(scout(&slice, &slice, &square, (100, 80)), None);
    let cut = Cut {
        position: scout_plane.position,
        orientation: scout_plane.orientation,
        pixel: 1.0,
        rows: 100,
        columns: 80,
    };
    assert_eq!(scout_cut(&slice, &cut), Some(line));
}

/// The axial plane turned about the three axes, degrees.
fn turned(degrees: [f64; 3]) -> Orientation {
    let axes = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let cut =
        Cut { position: [0.0; 3], orientation: View::Axial.orientation(), pixel: 1.0, rows: 1, columns: 1 };
    axes.into_iter().zip(degrees).fold(cut, |cut, (axis, by)| cut.rotated([0.0; 3], axis, by)).orientation
}

proptest! {
    #[test]
    fn the_mean_of_a_constant_is_the_constant(value in any::<i16>(), a in 0.0..20.0f64, b in 0.0..20.0f64, c in 0.0..20.0f64, d in 0.0..20.0f64) {
        let mut frame = frames::of(Stored::I16(Array2::from_elem((20, 20), value)));
        frame.modality_lut = crate::model::ModalityLut::Rescale { slope: 0.1, intercept: 0.7 };
        let triangle = vec![[a, b], [c, d], [b, c]];
        for region in [Region::Rectangle([a, b], [c, d]), Region::Ellipse([a, b], [c, d]), Region::Polygon(vec![triangle])] {
            if let Some(found) = region.statistics(&frame, &PIXELS) {
                let expected = f64::from(value) * 0.1 + 0.7;
                prop_assert_eq!((found.mean, found.deviation, found.median), (expected, 0.0, expected));
            }
        }
    }

    #[test]
    fn a_polygon_of_four_corners_is_a_rectangle(top in 0.1..9.0f64, left in 0.1..9.0f64, height in 0.1..9.0f64, width in 0.1..9.0f64) {
        let (bottom, right) = (top + height, left + width);
        let polygon = Region::Polygon(vec![vec![[top, left], [top, right], [bottom, right], [bottom, left]]]);
        prop_assert_eq!(polygon.pixels((30, 30)), Region::Rectangle([top, left], [bottom, right]).pixels((30, 30)));
    }

    #[test]
    fn a_scout_line_lies_on_both_planes_and_ends_at_the_edges(
        turns in prop::array::uniform3(-180.0..180.0f64), others in prop::array::uniform3(-180.0..180.0f64),
        off in prop::array::uniform3(-60.0..60.0f64), down in 0.2..3.0f64, across in 0.2..3.0f64,
        rows in 1usize..90, columns in 1usize..90,
    ) {
        let of = Plane { position: off, orientation: turned(turns) };
        let on = Plane { position: [3.0, -4.0, 5.0], orientation: turned(others) };
        let spacing = Spacing { row: down, column: across, source: SpacingSource::Patient };
        let Some(ends) = scout(&of, &on, &spacing, (rows, columns)) else { return Ok(()) };
        for [row, column] in ends {
            let point = on.locate(row, column, &spacing);
            let before = dot(minus(point, of.position), of.orientation.normal());
            prop_assert!(before.abs() < 1e-6, "{before} mm off the plane that crosses");
            let at = |place: f64, count: usize| (place + 0.5).abs() < 1e-9 || (place - (count as f64 - 0.5)).abs() < 1e-9;
            prop_assert!(at(row, rows) || at(column, columns), "{row} {column} is not at an edge");
        }
    }

    #[test]
    fn a_plane_through_the_middle_of_a_picture_crosses_it_unless_parallel(degrees in -89.0..89.0f64, axis in 0usize..2) {
        let on = Plane { position: [0.0; 3], orientation: View::Axial.orientation() };
        let spacing = Spacing { row: 2.0, column: 0.5, source: SpacingSource::Patient };
        let position = on.locate(10.0, 20.0, &spacing);
        let about = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]][axis];
        let cut = Cut { position, orientation: on.orientation, pixel: 1.0, rows: 1, columns: 1 };
        let of = Plane { position, orientation: cut.rotated(position, about, degrees).orientation };
        let line = scout(&of, &on, &spacing, (21, 41));
        prop_assert_eq!(line.is_some(), degrees.abs() > PARALLEL, "at {}", degrees);
    }

    #[test]
    fn a_point_on_a_plane_is_found_where_it_is(row in -9.0..99.0f64, column in -9.0..99.0f64, lean in -0.009..0.009f64) {
        let orientation = Orientation::from_values(&[1.0, 0.0, 0.0, lean, 0.8, 0.6]).unwrap();
        let plane = Plane { position: [1.0, 2.0, 3.0], orientation };
        let spacing = spacing(SpacingSource::Patient);
        let (found_row, found_column, before) = plane.find(plane.locate(row, column, &spacing), &spacing);
        prop_assert!((found_row - row).abs() < 1e-9 && (found_column - column).abs() < 1e-9 && before.abs() < 1e-9);
    }
}
