//! The histogram of the whole volume, asked for over slices.

use super::*;

#[test]
fn over_slices_the_histogram_of_all_of_them_is_read_for_itself_and_let_go() {
    let mut app = program(11, Some(SpacingSource::Patient));
    let effects = press(&mut app, "fff");
    assert!(app.chart(10).unwrap().title.contains("reading slice 1 of 11"));
    assert!(app.viewer().is_some(), "one stays in the slices");
    assert!(build(&mut app, &effects));
    let body = app.viewer().unwrap().whole.as_ref().and_then(Material::body).unwrap().clone();
    let job = app.histogram_wish().unwrap();
    let result = crate::imaging::Histogram::of_volume(&body.assembled.volume, 11);
    app.update(Event::Answer(Answer::Histogram { name: job.name(), result }));
    assert_eq!(app.histogram_wish(), None);
    let chart = app.chart(11).unwrap();
    assert_eq!((chart.span, chart.bars.len()), (Some((0.0, 10.0)), 11), "the value of a voxel is its slice");
    assert!(chart.title.contains(&format!("n {}", 11 * SIDE * SIDE)));

    press(&mut app, "f");
    assert!(app.chart(11).is_none() && app.viewer().unwrap().whole.is_none());
    let effects = press(&mut app, "fff");
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Build(..))), "what was read is kept");
}

#[test]
fn a_plot_that_is_left_before_its_voxels_are_there_abandons_them_and_a_refusal_is_told() {
    let mut app = program(11, Some(SpacingSource::Patient));
    press(&mut app, "fff");
    let effects = press(&mut app, "f");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Abandon)));

    let effects = press(&mut app, "fff");
    let stack = app.viewer().unwrap().stack().frames[0];
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Build(..))));
    let result = Err("the volume takes 9 MiB of memory".to_owned());
    app.update(Event::Answer(Answer::Volume(Building::Done { stack, result })));
    assert!(app.chart(10).unwrap().title.ends_with("9 MiB of memory"));

    let mut app = program(11, None);
    press(&mut app, "fff");
    assert!(app.chart(10).unwrap().title.contains("do not say how far"));
}
