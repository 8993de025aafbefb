//! A series in its own slices beside another, and the lines in which they cross.

use super::*;
use crate::imaging::Mark;

/// Eleven axial slices with rows 1 mm and columns 1 mm apart, 2 mm from one to the next, on screen; and of the
/// same space `count` images of another orientation, with rows 2 mm and columns 0.5 mm apart.
fn with_other(orientation: [f64; 6], position: [f64; 3], count: i32, space: &str) -> App {
    let mut app = App::new(&Config::default(), Keymap::default(), 1 << 20, false);
    app.update(Event::Resize(120, 40));
    let slice = |series: &str, k: i32, form: Form, position: [f64; 3]| {
        let record = Record {
            path: format!("/d/{series}/{k}").into(),
            patient_id: "7".into(),
            study_uid: "1".into(),
            series_uid: series.into(),
            sop_instance: format!("{series}.{k}"),
            frames: 1,
            position: Some(position),
            form: Form { has_pixels: true, rows: SIDE, columns: SIDE, samples: 1, ..form },
            ..Record::default()
        };
        (record.path.clone(), Outcome::Instance(Box::new(record.into())))
    };
    let form = |cosines: &[f64; 6], row: f64, column: f64, space: &str| Form {
        orientation: Orientation::from_values(cosines),
        spacing: Some(Spacing { row, column, source: SpacingSource::Patient }),
        frame_of_reference: space.into(),
        thickness: Some(1.0),
        ..Form::default()
    };
    let axial = (0..11).map(|k| {
        let own = form(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0], 1.0, 1.0, "9.1");
        slice("1.1", k, own, [0.0, 0.0, 2.0 * f64::from(k)])
    });
    let normal = Orientation::from_values(&orientation).unwrap().normal();
    let others = (0..count).map(|k| {
        let at = std::array::from_fn(|axis| position[axis] + normal[axis] * f64::from(k));
        slice("1.2", k, form(&orientation, 2.0, 0.5, space), at)
    });
    app.update(Event::Found(Found::Files(axial.chain(others).collect())));
    app.update(Event::Found(Found::Done));
    press(&mut app, "\n");
    survey(&mut app, 0);
    app
}

/// Both volumes are put together.
fn beside(app: &mut App, keys: &str) {
    let mut effects = press(app, keys);
    while let Some(plan) = effects.iter().find_map(|effect| match effect {
        Effect::Build(plan, _) => Some(plan.clone()),
        _ => None,
    }) {
        let result = Ok(assembled(&plan.geometry));
        let stack = plan.name().unwrap();
        effects = app.update(Event::Answer(Answer::Volume(Building::Done { stack, result })));
    }
}

/// Coronal: rows go to the left, columns to the feet.
const CORONAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 0.0, -1.0];

/// The line that is not faint, and how many are.
fn lines(app: &App, second: bool) -> (Option<[(f64, f64); 2]>, usize) {
    let scene = app.whole_scene().unwrap();
    let marks = &scene.panes[usize::from(second)].marks;
    let solid = |mark: &Mark| match *mark {
        Mark::Solid(from, to) | Mark::Edged(from, to) => Some([from, to]),
        _ => None,
    };
    let faint = marks.iter().filter(|mark| matches!(mark, Mark::Dotted(..))).count();
    (marks.iter().find_map(solid), faint)
}

#[test]
fn a_slice_is_a_line_on_a_localizer_where_it_lies_and_moves_with_it() {
    // Six rows of 2 mm from z = 15 to 5; six columns of 0.5 mm from x = 1 to 3.5.
    let mut app = with_other(CORONAL, [1.0, 2.0, 15.0], 1, "9.1");
    beside(&mut app, "ggjjjjj|");
    let panes = app.panes();
    assert_eq!(
        panes.iter().map(|pane| (pane.second, pane.own)).collect::<Vec<_>>(),
        [(false, false), (true, true)]
    );
    let z = |app: &App| {
        let (line, faint) = lines(app, true);
        let ends = line.unwrap();
        let pane = app.panes()[1];
        let (across, down) = pane.fineness();
        let at = |(x, y): (f64, f64)| pane.cut.locate((y + 0.5) * down - 0.5, (x + 0.5) * across - 0.5);
        let points = ends.map(at);
        assert!(points.iter().all(|point| (point[1] - 2.0).abs() < 1e-6), "in the plane of the localizer");
        let x = [points[0][0].min(points[1][0]), points[0][0].max(points[1][0])];
        assert!((x[0] + 0.5).abs() < 1e-6 && (x[1] - 5.5).abs() < 1e-6, "as far as the slice reaches: {x:?}");
        assert!((points[0][2] - points[1][2]).abs() < 1e-6);
        (points[0][2], faint)
    };
    assert_eq!(z(&app).1, 2, "the first and the last slice are faint");
    let before = z(&app).0;
    press(&mut app, "jj");
    assert!((z(&app).0 - before - 4.0).abs() < 1e-6, "two slices of 2 mm");
}

#[test]
fn the_plane_of_a_localizer_is_a_line_on_the_slice_unless_parallel_or_elsewhere() {
    let mut app = with_other(CORONAL, [1.0, 2.0, 15.0], 1, "9.1");
    beside(&mut app, "|");
    let (line, faint) = lines(&app, false);
    assert!(line.is_some());
    assert_eq!(faint, 0, "a single image has no first and last one");

    // One degree off the axial slices.
    let (sine, cosine) = 1f64.to_radians().sin_cos();
    let mut app = with_other([1.0, 0.0, 0.0, 0.0, cosine, sine], [0.0, 0.0, 10.0], 1, "9.1");
    beside(&mut app, "|");
    assert!(app.panes()[1].own, "a single image is seen as it is");
    assert_eq!((lines(&app, false), lines(&app, true)), ((None, 0), (None, 0)));

    let mut app = with_other(CORONAL, [1.0, 2.0, 15.0], 1, "9.2");
    press(&mut app, "|");
    assert!(app.volume().is_none(), "another space");
    assert!(app.notice.as_ref().unwrap().contains("same frame of reference"));
}

#[test]
fn a_stack_in_another_direction_scrolls_by_itself_until_the_point_moves() {
    let mut app = with_other(CORONAL, [1.0, 1.0, 15.0], 4, "9.1");
    beside(&mut app, "|");
    let slice = |app: &App| {
        let view = app.volume().unwrap();
        view.own_slices().unwrap().slice(view.point)
    };
    let (point, before) = (app.volume().unwrap().point, slice(&app));
    press(&mut app, "\tgg");
    assert_eq!((slice(&app), app.volume().unwrap().point), (0, point), "from {before}");
    assert_eq!(app.volume().unwrap().slice(), (0, 4));
    press(&mut app, "jjjjj");
    assert_eq!(slice(&app), 3, "and not past its end");
    press(&mut app, "\tj");
    assert_eq!(slice(&app), before, "next to the point again");

    press(&mut app, "v");
    assert!(app.panes()[1].second && !app.panes()[1].own, "on the plane of this series");
    assert_eq!(lines(&app, true).0, None);
}

#[test]
fn a_localizer_on_screen_takes_a_volume_beside_it() {
    let mut app = with_other(CORONAL, [1.0, 2.0, 15.0], 1, "9.1");
    press(&mut app, "l");
    survey(&mut app, 0);
    assert_eq!(app.viewer().unwrap().stack().frames.len(), 1);
    beside(&mut app, "|");
    let view = app.volume().unwrap();
    assert_eq!(view.geometry.shape[0], 1);
    assert!(view.own_slices().is_some());
    assert!(lines(&app, false).0.is_some(), "the slice is a line on the localizer");
}
