//! Rescale, windows, tables, padding and inversion, at the top and in functional groups; spacing and planes.

use super::{BIG, Content, DEFLATED, IMPLICIT, Made};
use crate::model::{Frame, ModalityLut, SpacingSource, VoiFunction, VoiLut, Window};

const SHARED: super::Number = (0x5200, 0x9229);
const PER_FRAME: super::Number = (0x5200, 0x9230);

fn window(center: &str, width: &str) -> Made {
    Made::default().text((0x0028, 0x1050), "DS", center).text((0x0028, 0x1051), "DS", width)
}

fn rescale(slope: &str, intercept: &str) -> Made {
    Made::default().text((0x0028, 0x1052), "DS", intercept).text((0x0028, 0x1053), "DS", slope)
}

fn table(explanation: &str) -> Made {
    Made::default()
        .words((0x0028, 0x3002), &[2, 0, 8])
        .text((0x0028, 0x3003), "LO", explanation)
        .words((0x0028, 0x3006), &[0, 255])
}

fn with(made: Made, more: Made) -> Made {
    more.0.into_iter().fold(made, |made, (tag, vr, content)| made.put(tag, vr, content))
}

/// Two frames of one pixel.
fn two_frames() -> Made {
    Made::gray(1, 16).frames(2).pixels(&[10, 10])
}

/// The frame, which is the same in every encoding.
#[track_caller]
fn frame(made: &Made, number: u32) -> Frame {
    let frame = made.image().frame(number).unwrap();
    for syntax in [IMPLICIT, BIG, DEFLATED] {
        assert_eq!(made.open(syntax).frame(number).unwrap(), frame, "{syntax}");
    }
    frame
}

fn value(frame: &Frame) -> f64 {
    frame.modality_lut.apply(10.0)
}

fn windows(frame: &Frame) -> Vec<(f64, f64)> {
    frame.voi.iter().filter_map(VoiLut::window).map(|window| (window.center, window.width)).collect()
}

#[test]
fn every_frame_has_the_rescale_and_window_of_its_own_group() {
    let group = |slope, center| {
        Made::default()
            .items((0x0028, 0x9145), vec![rescale(slope, "0")])
            .items((0x0028, 0x9132), vec![window(center, "100")])
    };
    // What stands at the top is not theirs.
    let top = with(with(two_frames(), rescale("7", "7")), window("7", "7"));

    let made = top.items(PER_FRAME, vec![group("2", "20"), group("3", "30")]);

    let [first, second] = [0, 1].map(|number| frame(&made, number));
    assert_eq!((value(&first), windows(&first)), (20.0, vec![(20.0, 100.0)]));
    assert_eq!((value(&second), windows(&second)), (30.0, vec![(30.0, 100.0)]));
}

#[test]
fn the_shared_group_serves_frames_that_say_nothing_and_the_top_serves_the_rest() {
    let shared = Made::default().items((0x0028, 0x9145), vec![rescale("2", "1")]);
    let own = Made::default().items((0x0028, 0x9145), vec![rescale("3", "1")]);
    let made = with(two_frames(), window("5", "6"))
        .items(SHARED, vec![shared])
        .items(PER_FRAME, vec![own, Made::default()]);

    let [first, second] = [0, 1].map(|number| frame(&made, number));

    assert_eq!((value(&first), value(&second)), (31.0, 21.0));
    assert_eq!((windows(&first), windows(&second)), (vec![(5.0, 6.0)], vec![(5.0, 6.0)]));
}

#[test]
fn tables_of_a_frame_replace_those_of_the_top() {
    let own = Made::default()
        .items((0x0028, 0x9132), vec![Made::default().items((0x0028, 0x3010), vec![table("own")])]);
    let made =
        two_frames().items((0x0028, 0x3010), vec![table("top")]).items(PER_FRAME, vec![own, Made::default()]);

    let explanations = [0, 1].map(|number| match &frame(&made, number).voi[..] {
        [VoiLut::Table { explanation, .. }] => explanation.raw().to_owned(),
        other => panic!("one table, not {other:?}"),
    });

    assert_eq!(explanations, ["own", "top"]);
}

#[test]
fn tables_come_before_windows_and_unusable_windows_do_not_come() {
    let made = with(two_frames(), window("1\\2\\3\\4", "10\\0\\-1\\1.5"))
        .text((0x0028, 0x1055), "LO", "a\\b\\c\\d")
        .items((0x0028, 0x3010), vec![table("t"), table("u")]);

    let voi = frame(&made, 0).voi;

    let names: Vec<&str> = voi
        .iter()
        .map(|voi| match voi {
            VoiLut::Window { explanation, .. } | VoiLut::Table { explanation, .. } => explanation.raw(),
        })
        .collect();
    assert_eq!(names, ["t", "u", "a", "d"]);
    assert_eq!(voi[3].window(), Some(Window::linear(4.0, 1.5)));
}

#[test]
fn the_three_functions_are_known_whatever_their_case() {
    let functions = ["", "LINEAR", "linear_exact", "SIGMOID "].map(|name| {
        let made = with(two_frames(), window("1", "2"));
        let made = if name.is_empty() { made } else { made.text((0x0028, 0x1056), "CS", name) };
        frame(&made, 0).voi[0].window().unwrap().function
    });
    assert_eq!(
        functions,
        [VoiFunction::Linear, VoiFunction::Linear, VoiFunction::LinearExact, VoiFunction::Sigmoid]
    );
}

#[test]
fn a_modality_table_replaces_the_rescale_and_a_slope_of_zero_is_none() {
    let made = with(two_frames(), rescale("0", "-5"));
    assert_eq!(frame(&made, 0).modality_lut, ModalityLut::IDENTITY);

    let made = made.items((0x0028, 0x3000), vec![table("")]);
    assert_eq!(value(&frame(&made, 0)), 255.0);
}

#[test]
fn monochrome1_and_an_inverse_presentation_state_one_fact() {
    let inverse = |photometric: &str, shape: &str| {
        let made = two_frames().text((0x0028, 0x0004), "CS", photometric).text((0x2050, 0x0020), "CS", shape);
        frame(&made, 0).inverse
    };
    assert!(!inverse("MONOCHROME2", "IDENTITY"));
    assert!(inverse("MONOCHROME1", "IDENTITY"));
    assert!(inverse("MONOCHROME2", "INVERSE"));
    assert!(inverse("MONOCHROME1", "INVERSE"));
}

#[test]
fn padding_is_a_range_of_stored_values_in_any_order_and_sign() {
    let padding = |signed: u16, value: u16, limit: Option<u16>| {
        let made = two_frames().words((0x0028, 0x0103), &[signed]).words((0x0028, 0x0120), &[value]);
        let made = limit.map_or(made.clone(), |limit| made.words((0x0028, 0x0121), &[limit]));
        frame(&made, 0).padding
    };
    assert_eq!(padding(0, 0xF830, None), Some((63536.0, 63536.0)));
    assert_eq!(padding(1, 0xF830, None), Some((-2000.0, -2000.0)));
    assert_eq!(padding(1, 0xF830, Some(5)), Some((-2000.0, 5.0)));
    assert_eq!(padding(0, 9, Some(5)), Some((5.0, 9.0)));
}

#[test]
fn padding_of_floats_is_a_range_too() {
    let made = Made::gray(1, 32).put((0x7FE0, 0x0008), "OF", Content::Longs(vec![0])).put(
        (0x0028, 0x0122),
        "FL",
        Content::Longs(vec![(-1.0_f32).to_bits()]),
    );
    assert_eq!(frame(&made, 0).padding, Some((-1.0, -1.0)));

    let made = made.put((0x0028, 0x0124), "FL", Content::Longs(vec![(-9.5_f32).to_bits()]));
    assert_eq!(frame(&made, 0).padding, Some((-9.5, -1.0)));
}

#[test]
fn spacing_in_the_patient_goes_before_the_detector_and_an_aspect_comes_last() {
    let aspect = two_frames().text((0x0028, 0x0034), "IS", "6\\5");
    let spacing = |made: &Made| frame(made, 0).spacing.map(|s| (s.row, s.column, s.source)).unwrap();
    assert_eq!(spacing(&aspect), (1.2, 1.0, SpacingSource::AspectOnly));

    let detector = aspect.text((0x0018, 0x1164), "DS", "0.2\\0.3");
    assert_eq!(spacing(&detector), (0.2, 0.3, SpacingSource::Detector));

    let measures = Made::default().text((0x0028, 0x0030), "DS", "0.5\\0.6");
    let shared = Made::default().items((0x0028, 0x9110), vec![measures]);
    assert_eq!(spacing(&detector.items(SHARED, vec![shared])), (0.5, 0.6, SpacingSource::Patient));
}

#[test]
fn the_planes_of_a_dose_lie_where_their_offsets_say() {
    let made = two_frames()
        .text((0x0020, 0x0032), "DS", "1\\2\\3")
        .text((0x0020, 0x0037), "DS", "1\\0\\0\\0\\1\\0")
        .text((0x3004, 0x000C), "DS", "0\\-2.5");
    let [first, second] = [0, 1].map(|number| frame(&made, number).plane.unwrap().position);
    assert_eq!((first, second), ([1.0, 2.0, 3.0], [1.0, 2.0, 0.5]));
}
