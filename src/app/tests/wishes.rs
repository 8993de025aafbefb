//! What is wished for, and when: the slice on screen, its values, its neighbours.

use super::*;
use crate::model::{Calibration, Frame, ModalityLut, Pixels, Stored};

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
        calibration: Calibration::default(),
        patient_orientation: None,
        notes: vec![],
    })
}

/// The last wish list.
fn jobs(effects: &[Effect]) -> &[Job] {
    let mut lists = effects.iter().rev().filter_map(|effect| match effect {
        Effect::Wish(jobs) => Some(&jobs[..]),
        _ => None,
    });
    lists.next().unwrap_or_default()
}

/// The frames whose values are wished for.
fn values(effects: &[Effect]) -> Vec<FrameKey> {
    let key = |job: &Job| if let Job::Values { key, .. } = job { Some(*key) } else { None };
    jobs(effects).iter().filter_map(key).collect()
}

/// The slices whose pictures are wished for, and those that are to be decoded.
fn slices(effects: &[Effect]) -> (Vec<u32>, Vec<u32>) {
    let (mut drawn, mut decoded) = (vec![], vec![]);
    for job in jobs(effects) {
        match job {
            Job::Shot(shot) => drawn.push(shot.key.instance.0),
            Job::Decode { key, .. } => decoded.push(key.instance.0),
            _ => {}
        }
    }
    (drawn, decoded)
}

#[test]
fn at_rest_pictures_and_frames_are_prepared_on_both_sides_those_ahead_first() {
    let mut app = viewing(50);
    press(&mut app, "j");
    let (drawn, decoded) = slices(&app.update(Event::Rest));
    assert_eq!(drawn, [26, 27, 28, 25]);
    assert_eq!((&decoded[..3], decoded.len()), (&[29, 30, 24][..], 12));
    assert_eq!(app.rest(), None);
}

#[test]
fn a_jump_asks_for_its_slice_alone_and_a_held_key_for_what_comes_next() {
    let mut app = viewing(50);
    assert_eq!(slices(&press(&mut app, "10G")), (vec![9], vec![]));
    assert_eq!(slices(&press(&mut app, "j")), (vec![10, 11, 12], vec![]));
    assert_eq!(slices(&press(&mut app, "k")), (vec![9, 8, 7], vec![]));
    assert!(app.rest().is_some());
}

#[test]
fn another_contrast_or_view_asks_for_no_neighbour_until_it_stays() {
    let mut app = viewing(50);
    for key in ["2", "i", "H", "r"] {
        assert_eq!(slices(&press(&mut app, key)), (vec![25], vec![]), "{key}");
    }
    assert_eq!(slices(&app.update(Event::Rest)).0, [25, 26, 27, 24]);
}

#[test]
fn what_comes_back_for_a_neighbour_is_nothing_new_to_see() {
    let mut app = viewing(50);
    let seen = app.seen();
    let [here, next] = [25, 26].map(|slice| app.viewer_shot(slice).unwrap());
    app.update(Event::Answer(drawn(&next, 0)));
    assert_eq!(app.seen(), seen);
    app.update(Event::Answer(drawn(&here, 0)));
    assert_ne!(app.seen(), seen);
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
