//! Two series of one space.

use super::*;

/// A CT and a PET of one patient in one frame of reference, the CT on screen, and a CT of another one.
fn two_series() -> App {
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

    press(&mut app, "|");
    assert!(app.volume().unwrap().beside.is_none(), "after the last one there is none");
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
