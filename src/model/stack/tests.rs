//! Stacks of made-up slices.

use super::*;
use crate::model::{FramePlace, Record, Text};
use proptest::prelude::*;

const AXIAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
const SAGITTAL: [f64; 6] = [0.0, 1.0, 0.0, 0.0, 0.0, -1.0];

fn slice(name: &str, number: i32, position: Vector, orientation: &[f64; 6]) -> Record {
    let form = Form {
        has_pixels: true,
        rows: 4,
        columns: 4,
        orientation: Orientation::from_values(orientation),
        ..Form::default()
    };
    Record {
        path: format!("/d/{name}").into(),
        series_uid: "1".into(),
        study_uid: "1".into(),
        patient_id: "1".into(),
        sop_instance: name.to_owned(),
        number: Some(number),
        frames: 1,
        position: Some(position),
        form,
        ..Record::default()
    }
}

fn stacks(records: impl IntoIterator<Item = Record>) -> (Library, Vec<Stack>) {
    let mut library = Library::default();
    for record in records {
        library.insert(record);
    }
    let stacks = library.stacks(SeriesId(0));
    (library, stacks)
}

fn names(library: &Library, stack: &Stack) -> Vec<String> {
    stack.frames.iter().map(|key| library.instance(key.instance).sop_instance().to_owned()).collect()
}

#[test]
fn slices_are_ordered_by_position_not_by_name_or_number() {
    let (library, stacks) = stacks([
        slice("a", 1, [0.0, 0.0, 10.0], &AXIAL),
        slice("b", 2, [0.0, 0.0, -5.0], &AXIAL),
        slice("c", 3, [0.0, 0.0, 2.5], &AXIAL),
    ]);
    assert_eq!(names(&library, &stacks[0]), ["b", "c", "a"]);
}

#[test]
fn sagittal_slices_are_ordered_along_their_own_normal() {
    let (library, stacks) = stacks([
        slice("right", 1, [-30.0, 0.0, 0.0], &SAGITTAL),
        slice("left", 2, [30.0, 0.0, 0.0], &SAGITTAL),
    ]);
    assert_eq!(names(&library, &stacks[0]), ["left", "right"]);
    assert_eq!(stacks[0].step, Some(60.0));
}

#[test]
fn a_gap_is_not_uniform_and_the_step_is_the_median() {
    let depths = [0.0, 2.5, 5.0, 10.0, 12.5];
    let (_, stacks) = stacks(depths.map(|z| slice(&format!("{z}"), 1, [0.0, 0.0, z], &AXIAL)));
    assert_eq!((stacks.len(), stacks[0].step, stacks[0].uniform), (1, Some(2.5), false));
}

#[test]
fn a_tilted_gantry_is_measured_from_the_positions() {
    let (sin, cos) = 15f64.to_radians().sin_cos();
    let orientation = [1.0, 0.0, 0.0, 0.0, cos, -sin];
    let (_, stacks) =
        stacks((0..5).map(|k| slice(&k.to_string(), k, [0.0, 0.0, 2.58819 * f64::from(k)], &orientation)));
    assert!((stacks[0].tilt - 15.0).abs() < 1e-6, "{}", stacks[0].tilt);
    assert!((stacks[0].step.unwrap() - 2.5).abs() < 1e-5);
}

#[test]
fn a_localizer_inside_a_series_is_a_stack_of_its_own_and_comes_last() {
    let mut scout = slice("scout", 0, [0.0, 0.0, 0.0], &SAGITTAL);
    scout.form.image_type = Text::from("ORIGINAL\\PRIMARY\\LOCALIZER");
    let (library, stacks) =
        stacks([scout, slice("a", 1, [0.0; 3], &AXIAL), slice("b", 2, [0.0, 0.0, 1.0], &AXIAL)]);
    assert_eq!(stacks.len(), 2);
    assert_eq!(names(&library, &stacks[1]), ["scout"]);
}

#[test]
fn time_points_at_the_same_places_become_stacks_of_their_own() {
    let records = (0..3).flat_map(|t| {
        (0..4).map(move |k| {
            let mut record = slice(&format!("t{t}k{k}"), t * 4 + k, [0.0, 0.0, f64::from(k)], &AXIAL);
            record.form.axis.temporal_position = Some(t + 1);
            record
        })
    });
    let (library, stacks) = stacks(records);
    assert_eq!(stacks.len(), 3);
    assert_eq!(names(&library, &stacks[1]), ["t1k0", "t1k1", "t1k2", "t1k3"]);
    assert_eq!(stacks[1].label, "time point 2 (2 of 3)");
}

#[test]
fn different_acquisitions_at_distinct_places_stay_one_stack() {
    let (_, stacks) = stacks((0..4).map(|k| {
        let mut record = slice(&k.to_string(), k, [0.0, 0.0, f64::from(k)], &AXIAL);
        record.form.axis.acquisition = Some(k % 2);
        record
    }));
    assert_eq!(stacks.len(), 1);
}

#[test]
fn copies_that_nothing_tells_apart_go_to_a_second_stack() {
    let twice =
        (0..2).flat_map(|_| (0..3).map(|k| slice(&k.to_string(), k, [0.0, 0.0, f64::from(k)], &AXIAL)));
    let (_, stacks) = stacks(twice);
    let lengths: Vec<usize> = stacks.iter().map(|stack| stack.frames.len()).collect();
    assert_eq!(lengths, [3, 3]);
    assert_eq!(stacks[1].label, "copy 2");
}

#[test]
fn without_positions_instance_numbers_decide() {
    let mut records = [10, 9, 8].map(|n| slice(&format!("f{n}"), n, [0.0; 3], &AXIAL));
    for record in &mut records {
        record.position = None;
    }
    let (library, stacks) = stacks(records);
    assert_eq!(stacks[0].order, OrderBy::InstanceNumber);
    assert_eq!(names(&library, &stacks[0]), ["f8", "f9", "f10"]);
}

#[test]
fn without_numbers_file_names_are_read_as_people_do() {
    let mut records = ["s10", "s9", "s1"].map(|n| slice(n, 0, [0.0; 3], &AXIAL));
    for record in &mut records {
        record.position = None;
        record.number = None;
    }
    let (library, stacks) = stacks(records);
    assert_eq!(stacks[0].order, OrderBy::FileName);
    assert_eq!(names(&library, &stacks[0]), ["s1", "s9", "s10"]);
}

#[test]
fn one_multi_frame_file_without_places_keeps_its_frame_order() {
    let mut cine = slice("cine", 1, [0.0; 3], &AXIAL);
    cine.frames = 5;
    let (_, stacks) = stacks([cine]);
    let order: Vec<u32> = stacks[0].frames.iter().map(|key| key.frame).collect();
    assert_eq!(order, [0, 1, 2, 3, 4]);
}

proptest! {
    #[test]
    fn every_frame_lands_in_exactly_one_stack(depths in prop::collection::vec(0i32..6, 1..40)) {
        let count = depths.len();
        let (_, stacks) = stacks(depths.into_iter().enumerate().map(|(i, z)| {
            slice(&format!("f{i}"), i as i32 % 7, [0.0, 0.0, f64::from(z)], &AXIAL)
        }));
        let mut keys: Vec<FrameKey> = stacks.iter().flat_map(|stack| stack.frames.clone()).collect();
        keys.sort_unstable();
        keys.dedup();
        prop_assert_eq!(keys.len(), count);
    }
}

#[test]
fn magnitude_and_phase_at_the_same_places_are_two_stacks_with_their_names() {
    let image = |number: i32, kind: &str, z: f64| {
        let mut record = slice(&number.to_string(), number, [0.0, 0.0, z], &AXIAL);
        record.form.image_type = format!("ORIGINAL\\PRIMARY\\{kind}\\ND").into();
        record
    };
    let (_, stacks) =
        stacks([image(1, "M", 0.0), image(2, "P", 0.0), image(3, "M", 1.0), image(4, "P", 1.0)]);

    let labels: Vec<&str> = stacks.iter().map(|stack| stack.label.as_str()).collect();
    assert_eq!(labels, ["magnitude (1 of 2)", "phase (2 of 2)"]);
    assert_eq!(stacks[0].apart, Apart::Attribute);
}

#[test]
fn frames_of_one_file_at_one_place_are_told_apart_by_their_dimension() {
    let orientation = Orientation::from_values(&AXIAL).unwrap();
    // Two places, and three points in time at each, in the order of places.
    let places = (0..6).map(|frame| FramePlace {
        position: [0.0, 0.0, f64::from(frame / 3)],
        orientation,
        point: frame as u32 % 3,
    });
    let mut record = Record { frames: 6, places: places.collect(), ..slice("a", 1, [0.0; 3], &AXIAL) };
    record.form.axis.dimension = "time point".into();
    let (_, stacks) = stacks([record]);

    let frames: Vec<Vec<u32>> =
        stacks.iter().map(|stack| stack.frames.iter().map(|key| key.frame).collect()).collect();
    assert_eq!(frames, [[0, 3], [1, 4], [2, 5]]);
    assert_eq!(stacks[2].label, "time point 3 of 3");
}
