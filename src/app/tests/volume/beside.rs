//! Two series of one space.

use super::*;
use crate::work::{How, Voi};

/// A CT and a PET of one patient in one frame of reference, the CT on screen, and a CT of another one.
pub(in crate::app::tests) fn two_series() -> App {
    let mut app = App::new(&Config::default(), Keymap::default(), 1 << 20, false);
    app.update(Event::Resize(120, 40));
    let slice = |series: &str, modality: &str, space: &str, k: i32| {
        let form = Form {
            has_pixels: true,
            rows: SIDE,
            columns: SIDE,
            samples: 1,
            orientation: Orientation::from_values(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
            spacing: Some(Spacing { row: 1.0, column: 1.0, source: SpacingSource::Patient }),
            frame_of_reference: space.into(),
            ..Form::default()
        };
        let record = Record {
            path: format!("/d/{series}/{k}").into(),
            patient_id: "7".into(),
            study_uid: "1".into(),
            series_uid: series.into(),
            series: crate::model::SeriesFacts { modality: modality.into(), ..Default::default() },
            sop_instance: format!("{series}.{k}"),
            frames: 1,
            position: Some([0.0, 0.0, 2.0 * f64::from(k)]),
            form,
            ..Record::default()
        };
        (record.path.clone(), Outcome::Instance(Box::new(record.into())))
    };
    let series = [("1.1", "CT", "9.1"), ("1.2", "PT", "9.1"), ("1.3", "CT", "9.2")];
    let files =
        series.iter().flat_map(|(uid, modality, space)| (0..5).map(move |k| slice(uid, modality, space, k)));
    app.update(Event::Found(Found::Files(files.collect())));
    app.update(Event::Found(Found::Done));
    press(&mut app, "\n");
    survey(&mut app, 0);
    app
}

#[test]
fn another_series_of_the_same_space_stands_beside_and_lies_over_this_one() {
    let mut app = two_series();
    let first = press(&mut app, "|");
    let plan =
        first.iter().find_map(|e| if let Effect::Build(plan, _) = e { Some(plan.clone()) } else { None });
    let plan = plan.unwrap();
    let done = |plan: &crate::work::Plan| {
        let result = Ok(assembled(&plan.geometry));
        Event::Answer(Answer::Volume(Building::Done { stack: plan.name().unwrap(), result }))
    };
    let second = app.update(done(&plan));
    let Some(Effect::Build(other, held)) = second.iter().find(|e| matches!(e, Effect::Build(..))) else {
        panic!()
    };
    assert!(*held > 0, "the first volume takes its part of the budget");
    let other = other.clone();
    app.update(done(&other));
    assert_eq!(app.panes().iter().map(|pane| pane.second).collect::<Vec<_>>(), [false, true]);
    let beside = app.volume().unwrap().beside.as_ref().unwrap();
    assert_eq!(beside.images.palette, Palette::HotIron, "a PET is hot");

    press(&mut app, "&");
    let scene = app.whole_scene().unwrap();
    assert!(scene.panes.len() == 1 && scene.panes[0].over.is_some());
    assert_eq!(how(&app), Some(How::Blend(50)));
    press(&mut app, "30&");
    assert_eq!(how(&app), Some(How::Blend(30)), "a number says how much of it one sees");
    press(&mut app, "100&");
    assert_eq!(how(&app), Some(How::Blend(100)));

    press(&mut app, "|");
    assert!(app.volume().unwrap().beside.is_none(), "after the last one there is none");
}

/// What is made of the two series in one pane.
fn how(app: &App) -> Option<How> {
    let scene = app.whole_scene().unwrap();
    scene.panes[0].over.as_ref().map(|over| over.how)
}

/// Both series beside one another, with voxels in these units.
fn in_units(own: &str, other: &str) -> App {
    let mut app = two_series();
    let mut effects = press(&mut app, "|");
    for unit in [own, other] {
        let plan = effects
            .iter()
            .find_map(|e| if let Effect::Build(plan, _) = e { Some(plan.clone()) } else { None });
        let plan = plan.unwrap();
        let result = Ok(assembled_in(&plan.geometry, unit));
        effects =
            app.update(Event::Answer(Answer::Volume(Building::Done { stack: plan.name().unwrap(), result })));
    }
    let beside = app.volume().unwrap().beside.as_ref().unwrap().images.stack().frames[0];
    app.update(Event::Answer(Answer::Survey {
        stack: beside,
        result: Some(Surveyed {
            own: vec![],
            auto: Window::linear(500.0, 900.0),
            stretch: Window::linear(0.0, 100.0),
            range: Some((0.0, 1000.0)),
        }),
    }));
    app
}

#[test]
fn the_difference_is_seen_around_0_and_only_of_values_in_one_unit() {
    let mut app = in_units("HU", "HU");
    press(&mut app, "&&");
    let window = |app: &App| match app.whole_scene().unwrap().panes[0].voi {
        Voi::Fixed(window) => window,
        Voi::File(_) => panic!(),
    };
    assert_eq!(how(&app), Some(How::Difference([1.0; 2])));
    assert_eq!((window(&app).center, window(&app).width), (0.0, 400.0), "as wide as the window before");
    press(&mut app, ")");
    assert!((window(&app).width - 440.0).abs() < 1e-9);
    press(&mut app, "}");
    assert_eq!(window(&app).center, 0.0);
    assert!(app.notice.as_ref().unwrap().contains("around 0"));
    press(&mut app, "&");
    assert_eq!(app.whole_scene().unwrap().panes.len(), 2, "beside one another again");
    assert_eq!(window(&app), Window::linear(40.0, 400.0), "in the window from before");

    let mut app = in_units("HU", "BQML");
    press(&mut app, "&&");
    assert!(!app.volume().unwrap().is_difference());
    assert_eq!(app.notice.as_deref(), Some("No difference: this is in HU, the other series in BQML."));
}

#[test]
fn linked_series_share_a_window_and_only_in_one_unit() {
    let voi =
        |app: &App| app.whole_scene().unwrap().panes.iter().map(|pane| pane.voi.clone()).collect::<Vec<_>>();
    let mut app = in_units("HU", "HU");
    press(&mut app, "1");
    assert_ne!(voi(&app)[0], voi(&app)[1], "each its own");
    press(&mut app, "a");
    assert_eq!(voi(&app)[0], voi(&app)[1], "linked");
    press(&mut app, "2");
    assert_eq!(voi(&app)[0], voi(&app)[1]);
    let before = voi(&app)[0].clone();
    press(&mut app, "\t)");
    assert_eq!(voi(&app)[0], voi(&app)[1], "by the other one, too");
    assert_ne!(voi(&app)[0], before);
    press(&mut app, "a)");
    assert_ne!(voi(&app)[0], voi(&app)[1], "not any more");

    let mut app = in_units("HU", "BQML");
    press(&mut app, "a");
    assert!(!app.volume().unwrap().linked);
    assert!(app.notice.as_ref().unwrap().starts_with("No common window: this is in HU"));
}

#[test]
fn the_same_point_is_found_in_another_series_of_the_same_space() {
    let mut app = two_series();
    press(&mut app, "gg");
    let before = app.viewer().unwrap().series;
    press(&mut app, "o");
    let viewer = app.viewer().unwrap();
    assert_ne!(viewer.series, before);
    assert_eq!((viewer.slice, viewer.crosshair), (0, Some((3, 3))));
    press(&mut app, "o");
    assert_eq!(app.viewer().unwrap().series, before, "and back, past the series of another space");
}
