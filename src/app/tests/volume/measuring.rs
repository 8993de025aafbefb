//! Lengths, angles and regions in planes of a volume.

use super::*;
use crate::{app::Measured, imaging::measure::Statistics};

/// Lengths in mm and the angle.
fn lines(app: &App) -> (Vec<f64>, Option<f64>) {
    match app.volume().unwrap().measured() {
        Some(Measured::Lines { lengths, angle, .. }) => (lengths, angle),
        other => panic!("no lines: {other:?}"),
    }
}

/// The statistics of the region, its height and its width.
fn region(app: &App) -> (Statistics, [f64; 2]) {
    match app.volume().unwrap().measured() {
        Some(Measured::Region { statistics: Some(found), sides, .. }) => (found, sides),
        other => panic!("no region with values: {other:?}"),
    }
}

#[test]
fn a_length_and_an_angle_are_measured_in_the_patient_from_marked_points() {
    let mut app = planes("Ox");
    press(&mut app, "mjj");
    assert_eq!(lines(&app), (vec![2.0], None), "two rows of 1 mm");

    app.update(Event::Key(KeyEvent::new(KeyCode::Tab, KeyModifiers::NONE)));
    press(&mut app, "mjj");
    let (lengths, angle) = lines(&app);
    assert_eq!((lengths.len(), lengths[1]), (2, 4.0), "two slices of 2 mm");
    assert!((angle.unwrap() - 90.0).abs() < 1e-9);

    press(&mut app, "m");
    assert_eq!(app.volume().unwrap().measured(), None);
}

#[test]
fn a_region_in_the_slices_of_a_stack_counts_every_pixel_once() {
    let mut app = planes("Ax");
    press(&mut app, "lmljj");
    press(&mut app, "ww");
    let (found, sides) = region(&app);
    assert_eq!((found.count, sides), (6, [2.0, 1.0]), "three rows of two columns");
    assert_eq!((found.mean, found.deviation, found.area), (5.0, 0.0, 6.0));

    press(&mut app, "ww");
    assert!(matches!(app.volume().unwrap().measured(), Some(Measured::Lines { .. })));
}

#[test]
fn a_region_across_the_slices_has_values_of_several_of_them() {
    let mut app = planes("Cx");
    press(&mut app, "mjjww");
    let (found, sides) = region(&app);
    assert_eq!(sides, [4.0, 0.0]);
    assert_eq!((found.min, found.max), (3.0, 5.0), "down the body from slice 6");
}

#[test]
fn a_polygon_has_a_corner_at_every_mark() {
    let mut app = planes("Ax");
    // A triangle of 4 x 4 pixels, its right angle at the upper left.
    press(&mut app, "hhkkmwwwlllmhhhjjj");
    let (found, sides) = region(&app);
    assert_eq!(sides, [3.0, 3.0]);
    assert_eq!(found.count, 4 + 3 + 2, "the last row is only touched");
}

#[test]
fn what_is_kept_in_a_plane_is_seen_in_that_plane_and_not_in_the_next() {
    let mut app = planes("Ax");
    press(&mut app, "hhkkmwwlljj\n");
    let marks = |app: &App| app.whole_scene().unwrap().panes[0].marks.len();
    let seen = marks(&app);
    press(&mut app, "x");
    let hidden = |app: &mut App, key: &str| {
        press(app, key);
        marks(app)
    };
    assert_eq!(hidden(&mut app, "j"), 0);
    assert_eq!(app.kept_lines(), Vec::<String>::new());
    assert_eq!(hidden(&mut app, "k"), 5, "of {seen} with the crosshair");
    assert!(app.kept_lines()[0].starts_with("1: rectangle"), "the list has the number of the picture");
}
