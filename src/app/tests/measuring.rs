//! Measuring in the viewer of slices, by keys and by the mouse.

use super::*;
use crate::{
    app::{Measured, Measuring},
    imaging::measure::Unit,
    model::{Calibration, Frame, ModalityLut, Pixels, Spacing, SpacingSource, Stored, UltrasoundRegion},
};
use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

/// A slice of 8 x 8 pixels with its row as value, and that spacing, down and across.
pub(super) fn frame(spacing: Option<(f64, f64, SpacingSource)>, calibration: Calibration) -> Arc<Frame> {
    Arc::new(Frame {
        pixels: Pixels::Gray(Stored::U8(ndarray::Array2::from_shape_fn((8, 8), |(row, _)| row as u8))),
        modality_lut: ModalityLut::IDENTITY,
        unit: "HU".into(),
        voi: vec![],
        padding: None,
        inverse: false,
        modality: Text::default(),
        plane: None,
        spacing: spacing.map(|(row, column, source)| Spacing { row, column, source }),
        calibration,
        patient_orientation: None,
        notes: vec![],
    })
}

/// A viewer that has the values of its slice.
pub(super) fn with_values(values: &Arc<Frame>) -> App {
    let mut app = viewing(3);
    app.update(Event::Rest);
    let shot = app.viewer_shot(1).unwrap();
    let Answer::Shot { result: Ok(drawn), .. } = drawn(&shot, 0) else { unreachable!() };
    let drawn = Drawn { frame: Arc::downgrade(values), ..Arc::into_inner(drawn).unwrap() };
    app.update(Event::Answer(Answer::Shot { name: shot.name(), key: shot.key, result: Ok(Arc::new(drawn)) }));
    app
}

const fn patient(row: f64, column: f64) -> (f64, f64, SpacingSource) {
    (row, column, SpacingSource::Patient)
}

fn lines(app: &App) -> (Vec<f64>, Option<f64>, Unit) {
    match app.viewer().unwrap().measured() {
        Some(Measured::Lines { lengths, angle, unit }) => (lengths, angle, unit),
        other => panic!("no lines: {other:?}"),
    }
}

#[test]
fn a_length_and_an_angle_have_the_spacing_of_the_slice() {
    let values = frame(Some(patient(3.0, 2.0)), Calibration::default());
    let mut app = with_values(&values);

    press(&mut app, "mjj");
    assert_eq!(lines(&app), (vec![6.0], None, Unit::Millimetres));

    press(&mut app, "mll");
    let (lengths, angle, _) = lines(&app);
    assert_eq!(lengths, [6.0, 4.0]);
    assert!((angle.unwrap() - 90.0).abs() < 1e-9);

    press(&mut app, "m");
    assert_eq!(app.viewer().unwrap().measured(), None);
}

#[test]
fn a_unit_says_what_the_file_does_not_know() {
    let detector = Some((0.2, 0.2, SpacingSource::Detector));
    for (spacing, calibration, expected) in [
        (None, Calibration::default(), (2.0, Unit::Pixels)),
        (detector, Calibration::default(), (0.4, Unit::AtDetector)),
        (
            detector,
            Calibration { magnification: Some(2.0), ..Calibration::default() },
            (0.2, Unit::Estimated),
        ),
    ] {
        let values = frame(spacing, calibration);
        let mut app = with_values(&values);
        press(&mut app, "mjj");
        let (lengths, _, unit) = lines(&app);
        assert!((lengths[0] - expected.0).abs() < 1e-12 && unit == expected.1, "{lengths:?} {unit:?}");
    }
}

#[test]
fn in_ultrasound_the_region_around_both_ends_counts() {
    let region = UltrasoundRegion { rows: (0, 5), columns: (0, 7), centimetres: Some((0.1, 0.1)) };
    let values =
        frame(Some(patient(7.0, 7.0)), Calibration { regions: vec![region], ..Calibration::default() });
    let mut app = with_values(&values);

    press(&mut app, "mj");
    assert_eq!(lines(&app), (vec![1.0], None, Unit::Millimetres));
    press(&mut app, "jj");
    assert_eq!(lines(&app), (vec![3.0], None, Unit::Pixels), "one end is outside");
}

#[test]
fn shapes_have_statistics_and_the_picture_that_is_asked_for_their_outline() {
    let values = frame(Some(patient(1.0, 1.0)), Calibration::default());
    let mut app = with_values(&values);
    let bare = app.viewer_shot(1).unwrap();
    assert_eq!(bare.marks, []);

    let effects = press(&mut app, "wwjjl");

    let Some(Measured::Region { sides, statistics: Some(found), .. }) = app.viewer().unwrap().measured()
    else {
        panic!()
    };
    assert_eq!((sides, found.count, found.mean), ([2.0, 1.0], 6, 5.0));
    let marks = &app.viewer_shot(1).unwrap().marks;
    assert!(marks.len() >= 4, "{marks:?}");
    let wished = effects.iter().any(|effect| match effect {
        Effect::Wish(jobs) => jobs.iter().any(|job| matches!(job, Job::Shot(shot) if shot.marks == *marks)),
        _ => false,
    });
    assert!(wished);
    assert_eq!(app.viewer_shot(0).unwrap().marks, [], "neighbours have none");
}

#[test]
fn a_length_ends_with_its_slice_and_a_region_goes_on() {
    let values = frame(Some(patient(1.0, 1.0)), Calibration::default());
    for (keys, kept) in [("m", false), ("w", true)] {
        let mut app = with_values(&values);
        press(&mut app, keys);
        press(&mut app, "G");
        assert_eq!(!app.viewer().unwrap().measuring.is_empty(), kept, "{keys}");
    }
}

#[test]
fn esc_gives_up_what_is_measured_before_the_crosshair_and_the_view() {
    let values = frame(Some(patient(1.0, 1.0)), Calibration::default());
    let mut app = with_values(&values);
    press(&mut app, "wjj\x1b");
    let viewer = app.viewer().unwrap();
    assert_eq!((&viewer.measuring, viewer.crosshair.is_some()), (&Measuring::default(), true));
    press(&mut app, "\x1b");
    assert_eq!(app.viewer().unwrap().crosshair, None);
    press(&mut app, "\x1b");
    assert!(app.viewer().is_none());
}

#[test]
fn once_a_point_is_marked_the_mouse_draws_and_its_right_button_has_the_window() {
    let values = frame(Some(patient(1.0, 1.0)), Calibration::default());
    let mut app = with_values(&values);
    let framing = app.viewer().unwrap().framing(app.viewer_area(), app.canvas).unwrap();
    let mouse = |app: &mut App, kind, pixel| {
        let (column, row) = framing.cell_of(pixel).unwrap();
        app.update(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
    };
    press(&mut app, "m");

    mouse(&mut app, MouseEventKind::Down(MouseButton::Left), (1, 1));
    mouse(&mut app, MouseEventKind::Drag(MouseButton::Left), (3, 1));
    mouse(&mut app, MouseEventKind::Drag(MouseButton::Left), (6, 1));
    mouse(&mut app, MouseEventKind::Up(MouseButton::Left), (6, 1));
    assert_eq!(lines(&app).0, [5.0]);

    let before = app.viewer().unwrap().contrast.clone();
    mouse(&mut app, MouseEventKind::Down(MouseButton::Right), (1, 1));
    mouse(&mut app, MouseEventKind::Drag(MouseButton::Right), (1, 6));
    mouse(&mut app, MouseEventKind::Up(MouseButton::Right), (1, 6));
    assert_eq!(lines(&app).0, [5.0]);
    assert_ne!(app.viewer().unwrap().contrast, before);
}

#[test]
fn what_is_kept_is_written_down_seen_on_its_slice_alone_and_taken_back() {
    let values = frame(Some(patient(1.0, 1.0)), Calibration::default());
    let mut app = with_values(&values);
    assert!(press(&mut app, "\n").is_empty() && app.notice.is_some(), "nothing is measured");

    let effects = press(&mut app, "wwjjl\n");

    let kept = effects.iter().find_map(|effect| match effect {
        Effect::Measure(one) => Some(one.clone()),
        _ => None,
    });
    let kept = kept.unwrap();
    assert_eq!((kept.series.as_str(), kept.instance.as_str(), kept.frame), ("1.1", "1.1.1", 0));
    assert_eq!(kept.points, [[4.0, 4.0], [4.0, 5.0], [6.0, 5.0], [6.0, 4.0]]);
    assert_eq!((kept.lengths, kept.unit.as_str()), (vec![2.0, 1.0], "mm"));
    assert_eq!(kept.values.map(|values| (values.count, values.mean, values.unit)).unwrap().0, 6);
    assert!(app.viewer().unwrap().measuring.is_empty(), "the next one begins anew");
    let marks = app.viewer_shot(1).unwrap().marks;
    assert_eq!(marks.len(), 5, "four sides and a number");
    assert!(
        matches!(marks[4], crate::imaging::Mark::Number(_, 1, 1)),
        "in coarse pixels as small as it gets"
    );
    assert!(app.viewer_shot(0).unwrap().marks.is_empty());

    let effects = press(&mut app, "D");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Measure(one) if one.removed)));
    assert!(app.viewer_shot(1).unwrap().marks.is_empty());
}

#[test]
fn measurements_of_a_file_are_seen_as_soon_as_it_is_read() {
    let values = frame(Some(patient(1.0, 1.0)), Calibration::default());
    let mut app = with_values(&values);
    press(&mut app, "mjj\n");
    let list = std::mem::take(&mut app.measurements).list;
    app.update(Event::Answer(Answer::Measurements { result: Ok(crate::model::Measurements::of_all(list)) }));
    assert_eq!(app.kept_lines(), ["1: 2 mm"]);
    press(&mut app, "mjj\n");
    let numbers: Vec<usize> = app.viewer_shot(1).unwrap().marks.iter().filter_map(number).collect();
    assert_eq!((numbers, app.kept_lines().len()), (vec![1, 2], 2), "as they are listed");
    assert!(app.viewer_shot(0).unwrap().marks.iter().filter_map(number).count() == 0);
}

/// The number that a mark is.
pub(super) fn number(mark: &crate::imaging::Mark) -> Option<usize> {
    if let crate::imaging::Mark::Number(_, number, _) = mark { Some(*number) } else { None }
}
