//! Plots under the picture.

use super::{measuring::with_values, *};
use crate::model::Calibration;

fn bars(app: &App, columns: usize) -> Vec<Option<f64>> {
    app.chart(columns).unwrap().bars
}

#[test]
fn a_plot_takes_its_rows_from_the_picture_and_gives_them_back() {
    let values = measuring::frame(None, Calibration::default());
    let mut app = with_values(&values);
    let before = app.viewer_area();
    press(&mut app, "f");
    let (picture, plot) = (app.viewer_area(), app.chart_area());
    assert!(plot.height >= 5 && picture.intersection(plot).is_empty());

    press(&mut app, "fff");
    assert_eq!((app.viewer_area(), app.chart(10)), (before, None));
}

#[test]
fn histograms_are_of_the_slice_and_of_the_region() {
    let values = measuring::frame(None, Calibration::default());
    let mut app = with_values(&values);
    press(&mut app, "f");
    let chart = app.chart(8).unwrap();
    assert_eq!((chart.span, chart.bars), (Some((0.0, 7.0)), vec![Some(1.0); 8]), "eight pixels of each");

    press(&mut app, "f");
    assert!(app.chart(8).unwrap().title.contains("w draws one"));
    press(&mut app, "wwjl");
    assert_eq!(app.chart(2).unwrap().span, Some((4.0, 5.0)), "rows 4 and 5");
}

#[test]
fn a_profile_rises_along_the_line() {
    let values = measuring::frame(None, Calibration::default());
    let mut app = with_values(&values);
    press(&mut app, "F");
    assert!(app.chart(4).unwrap().title.contains("m begins one"));
    press(&mut app, "mjjj");
    assert_eq!(bars(&app, 4), [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0].map(Some));
}

#[test]
fn the_window_is_taken_by_its_edges_on_the_histogram() {
    use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
    let values = measuring::frame(None, Calibration::default());
    let mut app = with_values(&values);
    press(&mut app, "f");
    if let Some(View::Viewer(viewer)) = app.views.last_mut() {
        viewer.contrast = Contrast::Fixed(Window::linear(3.5, 3.5), None);
    }
    let area = app.chart_area();
    let mut mouse = |kind, column| {
        let event = MouseEvent { kind, column, row: area.y + 2, modifiers: KeyModifiers::NONE };
        app.update(Event::Mouse(event));
        app.viewer().unwrap().window().unwrap()
    };
    // From a quarter of the width to the left end: the lower edge goes along, the upper one stays.
    mouse(MouseEventKind::Down(MouseButton::Left), area.width / 4);
    let window = mouse(MouseEventKind::Drag(MouseButton::Left), 0);
    mouse(MouseEventKind::Up(MouseButton::Left), 0);
    assert!((window.center + window.width / 2.0 - 5.25).abs() < 1e-9, "{window:?}");
    assert!((window.center - window.width / 2.0).abs() < 0.1, "{window:?}");
}

/// Three points in time at two places.
fn over_time() -> App {
    let mut app = App::new(&Config::default(), Keymap::default(), 1 << 20, false);
    app.update(Event::Resize(120, 40));
    let record = |time: i32, k: i32| {
        let form = Form {
            has_pixels: true,
            rows: 8,
            columns: 8,
            orientation: Orientation::from_values(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
            ..Form::default()
        };
        let number = time * 2 + k;
        let record = Record {
            path: format!("/d/{number}").into(),
            patient_id: "7".into(),
            study_uid: "1".into(),
            series_uid: "1.1".into(),
            sop_instance: format!("1.1.{number}"),
            number: Some(number),
            frames: 1,
            position: Some([0.0, 0.0, f64::from(k)]),
            form,
            ..Record::default()
        };
        (record.path.clone(), Outcome::Instance(Box::new(record.into())))
    };
    let files = (0..3).flat_map(|time| (0..2).map(move |k| record(time, k)));
    app.update(Event::Found(Found::Files(files.collect())));
    app.update(Event::Found(Found::Done));
    press(&mut app, "\n");
    survey(&mut app, 1);
    app
}

#[test]
fn the_values_over_time_are_those_of_one_pixel_in_every_stack() {
    let mut app = over_time();
    assert_eq!(app.viewer().unwrap().stacks.len(), 3);

    let effects = press(&mut app, "@");
    let curve = effects.iter().rev().find_map(|effect| match effect {
        Effect::Wish(jobs) => jobs.iter().find(|job| matches!(job, Job::Curve { .. })).cloned(),
        _ => None,
    });
    let Some(job @ Job::Curve { .. }) = curve else { panic!() };
    let Job::Curve { frames, pixel } = &job else { unreachable!() };
    let stacks = app.viewer().unwrap().stacks.iter().map(|stack| stack.frames[1]);
    assert!(frames.iter().map(|(key, _)| *key).eq(stacks) && *pixel == (4, 4));

    let values = vec![Some(10.0), None, Some(20.0)];
    app.update(Event::Answer(Answer::Curve { name: job.name(), values }));
    let chart = app.chart(60).unwrap();
    assert_eq!((chart.bars, chart.here), (vec![Some(0.0), None, Some(1.0)], Some(0)));
    let again = press(&mut app, "]");
    let asks = |effects: &[Effect]| {
        effects.iter().any(|effect| match effect {
            Effect::Wish(jobs) => jobs.iter().any(|job| matches!(job, Job::Curve { .. })),
            _ => false,
        })
    };
    assert!(!asks(&again), "another point in time is on the same curve");
    assert_eq!(app.chart(60).unwrap().here, Some(1));
}
