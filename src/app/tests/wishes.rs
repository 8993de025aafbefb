//! What is wished for, and when: the slice on screen, its values, its neighbours.

use super::*;
use crate::model::{Frame, ModalityLut, Pixels, Stored};

/// A frame of 8 by 8 values of 7.
fn frame() -> Arc<Frame> {
    Arc::new(Frame {
        pixels: Pixels::Gray(Stored::U8(ndarray::Array2::from_elem((8, 8), 7))),
        modality_lut: ModalityLut::IDENTITY,
        unit: Text::default(),
        voi: vec![],
        padding: None,
        inverse: false,
        modality: Text::default(),
        plane: None,
        spacing: None,
        patient_orientation: None,
        notes: vec![],
    })
}

/// The frames whose values are wished for.
fn values(effects: &[Effect]) -> Vec<FrameKey> {
    let jobs = effects.iter().rev().find_map(|effect| match effect {
        Effect::Wish(jobs) => Some(&jobs[..]),
        _ => None,
    });
    let jobs = jobs.unwrap_or_default().iter();
    jobs.filter_map(|job| if let Job::Values { key, .. } = job { Some(*key) } else { None }).collect()
}

#[test]
fn values_that_the_workers_let_go_are_asked_for_again_where_a_point_is_read() {
    let mut app = viewing(5);
    let shot = app.viewer_shot(2).unwrap();
    app.update(Event::Answer(drawn(&shot, 0)));

    assert_eq!(values(&press(&mut app, "x")), [shot.key]);

    app.update(Event::Answer(Answer::Values { key: shot.key, result: Some(frame()) }));
    let values = app.viewer().unwrap().shown_values().unwrap();
    assert_eq!(crate::imaging::read(values, 0, 0).unwrap().stored, Some(7.0));
}

#[test]
fn values_are_held_for_the_point_that_is_read_and_no_longer() {
    let mut app = viewing(5);
    let frame = frame();
    let shot = app.viewer_shot(2).unwrap();
    let Answer::Shot { result: Ok(picture), .. } = drawn(&shot, 0) else { unreachable!() };
    let picture = Drawn { frame: Arc::downgrade(&frame), ..Arc::try_unwrap(picture).unwrap() };
    let answer = Answer::Shot { name: shot.name(), key: shot.key, result: Ok(Arc::new(picture)) };
    app.update(Event::Answer(answer));
    assert_eq!(Arc::strong_count(&frame), 1, "a picture alone holds no values");

    assert!(values(&press(&mut app, "x")).is_empty(), "the workers still have them");
    assert!(app.viewer().unwrap().shown_values().is_some());
    press(&mut app, "x");

    assert_eq!(Arc::strong_count(&frame), 1);
}

#[test]
fn values_of_another_slice_are_not_read_at_this_one() {
    let mut app = viewing(5);
    let shot = app.viewer_shot(2).unwrap();
    app.update(Event::Answer(drawn(&shot, 0)));
    press(&mut app, "x");

    let key = app.viewer_shot(3).unwrap().key;
    app.update(Event::Answer(Answer::Values { key, result: Some(frame()) }));

    assert!(app.viewer().unwrap().shown_values().is_none());
}
