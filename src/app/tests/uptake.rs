//! The numbers of a PET, told as uptake.

use super::{measuring::with_values, volume::two_series, *};
use crate::{
    app::{Measured, Told},
    config::Uptake,
    imaging::{Body, Suv},
    model::{Calibration, Tracer},
};

/// Of a man of 70 kg and `height` m, an hour after the injection.
fn tracer(height: Option<f64>) -> Tracer {
    Tracer {
        units: Text::from("BQML"),
        corrections: Text::from("ATTN\\DECY"),
        decay_correction: Text::from("START"),
        weight: Some(70.0),
        height,
        sex: Text::from("M"),
        dose: Some(370e6),
        half_life: Some(6586.2),
        injected_at: Some(3600.0),
        series: Some(7200.0),
        ..Tracer::default()
    }
}

/// A PET on screen whose files say this.
fn pet(tracer: &Tracer) -> App {
    let mut app = two_series();
    press(&mut app, "l");
    let stack = app.viewer().unwrap().stack().frames[0];
    let survey = Answer::Survey { stack, result: None };
    let effects = app.update(Event::Answer(survey));
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Wish(jobs) => jobs.iter().find_map(|job| match job {
            Job::Tracer { files, .. } => Some(files.len()),
            _ => None,
        }),
        _ => None,
    });
    assert_eq!(asked, Some(5), "of all slices, because the earliest counts");
    app.update(Event::Answer(Answer::Tracer { stack, result: Some(Box::new(tracer.clone())) }));
    app
}

#[test]
fn a_pet_is_told_by_weight_lean_mass_surface_and_as_it_is() {
    let tracer = tracer(Some(1.75));
    let mut app = pet(&tracer);
    let told = |app: &App| app.viewer().unwrap().told("BQML");
    for body in [Body::Weight, Body::LeanMass, Body::Surface] {
        let factor = Suv::of(&tracer, body).unwrap().factor;
        assert_eq!((told(&app).times, &*told(&app).unit), (factor, body.name()));
        press(&mut app, "X");
        assert_eq!(app.notice, None);
    }
    assert_eq!(told(&app), Told::plain("BQML"));
    press(&mut app, "X");
    assert_eq!(told(&app).unit, "SUVbw", "and again");
    // V55: 5000 Bq/ml are 1.381683.
    assert_eq!(told(&app).text(5000.0), "1.38 SUVbw");
}

#[test]
fn what_cannot_be_computed_is_passed_over_with_the_reason() {
    let mut app = pet(&tracer(None));
    assert_eq!(app.viewer().unwrap().told("BQML").unit, "SUVbw");
    press(&mut app, "X");
    assert_eq!(app.viewer().unwrap().uptake, Uptake::Activity);
    assert_eq!(app.notice.as_deref(), Some("no SUV of this kind: the height of the patient is not stated."));

    let mut app = pet(&Tracer { weight: None, ..tracer(None) });
    assert_eq!(app.viewer().unwrap().told("BQML"), Told::plain("BQML"));
    assert!(app.viewer().unwrap().no_uptake().unwrap().to_string().contains("weight"));
    press(&mut app, "XX");
    assert_eq!(app.viewer().unwrap().uptake, Uptake::Activity, "nothing else is left");

    let mut app = two_series();
    press(&mut app, "X");
    assert_eq!(app.notice.as_deref(), Some("Only a PET tells uptake."));
}

#[test]
fn measurements_and_plots_are_told_in_the_same_unit() {
    let values = measuring::frame(None, Calibration::default());
    let mut app = with_values(&values);
    let tell = |app: &mut App, uptake| {
        let Some(View::Viewer(viewer)) = app.views.last_mut() else { panic!() };
        (viewer.tracer, viewer.uptake) = (Some(Box::new(tracer(Some(1.75)))), uptake);
    };
    press(&mut app, "wwjlf");
    tell(&mut app, Uptake::Activity);
    let mean = |app: &App| match app.viewer().unwrap().measured() {
        Some(Measured::Region { statistics: Some(found), .. }) => (found.mean, found.max, found.count),
        other => panic!("{other:?}"),
    };
    let (plain, ends) = (mean(&app), app.chart(8).unwrap().ends);
    assert_eq!(ends[1], format!("7 {}", app.viewer().unwrap().told_here().unit).trim_end());

    tell(&mut app, Uptake::Surface);
    let factor = Suv::of(&tracer(Some(1.75)), Body::Surface).unwrap().factor;
    assert_eq!(mean(&app), (plain.0 * factor, plain.1 * factor, plain.2));
    let chart = app.chart(8).unwrap();
    assert_eq!(chart.ends[1], format!("{} SUVbsa", short(7.0 * factor, 3)));
    assert_eq!(chart.span, Some((0.0, 7.0)), "where the window lies is not told");

    press(&mut app, "\n");
    let kept = app.measurements.list.last().unwrap();
    let found = kept.values.as_ref().unwrap();
    assert_eq!((found.mean, &*found.unit), (plain.0 * factor, "SUVbsa"));
}
