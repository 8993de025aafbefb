//! From stored values to levels: windows, tables, rescale, and the automatic window.

use super::{
    assert_near, cases,
    file::{Made, bytes_of},
};
use serde::Deserialize;
use topogram::{
    imaging::{Survey, read, render},
    model::{ModalityLut, VoiFunction, VoiLut, Window},
};

#[derive(Deserialize)]
struct Contrast {
    id: String,
    center: f64,
    width: f64,
    function: Option<String>,
    photometric: Option<String>,
    levels: Vec<(f64, f64)>,
}

#[test]
fn windows_have_the_levels_of_the_standard() {
    for Contrast { id, center, width, function, levels, .. } in cases("window") {
        let file =
            Made::gray(1, 8).decimals((0x0028, 0x1050), &[center]).decimals((0x0028, 0x1051), &[width]);
        let file = match &function {
            Some(function) => file.text((0x0028, 0x1056), "CS", function),
            None => file,
        };

        let voi = file.image(&[0]).frame(0).unwrap().voi;

        let window = voi[0].window().unwrap();
        assert_eq!(window.function != VoiFunction::Linear, function.is_some(), "{id}");
        for (value, level) in levels {
            assert_near(window.level(value), level, &format!("{id} at {value}"));
        }
    }
}

#[test]
fn pictures_are_rounded_and_inverted_as_the_standard_says() {
    for Contrast { id, center, width, photometric, levels, .. } in cases("picture") {
        let photometric = photometric.as_deref().unwrap_or("MONOCHROME2");
        let file = Made::gray(levels.len() as u16, 16)
            .text((0x0028, 0x0004), "CS", photometric)
            .words((0x0028, 0x0103), &[1])
            .decimals((0x0028, 0x1050), &[center])
            .decimals((0x0028, 0x1051), &[width]);
        let values: Vec<u16> = levels.iter().map(|&(value, _)| value as i16 as u16).collect();

        let frame = file.image(&bytes_of(&values)).frame(0).unwrap();

        let picture = render(&frame, &frame.voi[0], false).into_bytes();
        let expected: Vec<u8> = levels.iter().map(|&(_, level)| level as u8).collect();
        assert_eq!(picture, expected, "{id}");
    }
}

#[derive(Deserialize)]
struct Whole {
    id: String,
    range: (f64, f64),
    window: (f64, f64),
}

#[test]
fn the_window_of_a_whole_range_follows_note_4() {
    for Whole { id, range: (low, high), window: (center, width) } in cases("full_range") {
        assert_eq!(Window::from_range(low, high, true), Window::linear(center, width), "{id}");
    }
}

#[test]
fn a_window_ends_where_the_formula_says() {
    for Whole { id, range, window: (center, width) } in cases("bounds") {
        assert_eq!(Window::linear(center, width).bounds(), range, "{id}");
    }
}

#[derive(Deserialize)]
struct Table {
    id: String,
    kind: String,
    #[serde(default)]
    signed: bool,
    descriptor: Vec<u16>,
    #[serde(default)]
    data: Vec<u16>,
    #[serde(default)]
    ramp: u32,
    outputs: Vec<(f64, f64)>,
}

#[test]
fn tables_start_where_their_descriptor_says_and_are_clamped() {
    for Table { id, kind, signed, descriptor, mut data, ramp, outputs } in cases("lut") {
        data.extend((0..ramp).map(|entry| entry as u16));
        let sequence = if kind == "voi" { 0x3010 } else { 0x3000 };
        let item =
            Made::empty().words((0x0028, 0x3002), &descriptor).put((0x0028, 0x3006), "OW", &bytes_of(&data));
        let file = Made::gray(outputs.len() as u16, 16)
            .words((0x0028, 0x0103), &[signed.into()])
            .item((0x0028, sequence), &item);
        let inputs: Vec<u16> = outputs.iter().map(|&(input, _)| input as i32 as u16).collect();

        let frame = file.image(&bytes_of(&inputs)).frame(0).unwrap();

        for (column, (input, output)) in outputs.into_iter().enumerate() {
            let reading = read(&frame, 0, column).unwrap();
            assert_eq!(reading.stored, Some(input), "{id}");
            let got = match frame.voi.first() {
                Some(VoiLut::Table { lut, .. }) => lut.look_up(input),
                _ => reading.value.unwrap(),
            };
            assert_eq!(got, output, "{id} at {input}");
        }
        let modality = matches!(frame.modality_lut, ModalityLut::Table(_));
        assert_eq!((modality, frame.voi.len()), (kind == "modality", usize::from(kind == "voi")), "{id}");
    }
}

#[derive(Deserialize)]
struct Rescaled {
    id: String,
    slices: Vec<Slice>,
}

#[derive(Deserialize)]
struct Slice {
    stored: u16,
    slope: f64,
    intercept: f64,
    value: f64,
}

#[test]
fn every_slice_is_rescaled_by_its_own_slope() {
    for Rescaled { id, slices } in cases("rescale") {
        for Slice { stored, slope, intercept, value } in slices {
            let file = Made::gray(1, 16)
                .decimals((0x0028, 0x1052), &[intercept])
                .decimals((0x0028, 0x1053), &[slope]);

            let frame = file.image(&bytes_of(&[stored])).frame(0).unwrap();

            assert_eq!(read(&frame, 0, 0).unwrap().value, Some(value), "{id}");
        }
    }
}

#[derive(Deserialize)]
struct Surveyed {
    id: String,
    #[serde(default)]
    values: Vec<f64>,
    ramp: Option<Ramp>,
    #[serde(default)]
    padded: usize,
    padding: Option<f64>,
    range: (f64, f64),
    #[serde(default)]
    percentiles: Vec<(f64, f64)>,
}

#[derive(Deserialize)]
struct Ramp {
    from: f64,
    to: f64,
    count: usize,
}

#[test]
fn the_automatic_window_does_not_see_padding() {
    for Surveyed { id, mut values, ramp, padded, padding, range, percentiles } in cases("survey") {
        values.extend(std::iter::repeat_n(padding.unwrap_or(0.0), padded));
        if let Some(Ramp { from, to, count }) = ramp {
            values.extend((0..count).map(|i| from + (to - from) * i as f64 / (count - 1) as f64));
        }
        let file = Made::gray(values.len() as u16, 64);
        let file = match padding {
            Some(padding) => file.put((0x0028, 0x0123), "FD", &padding.to_le_bytes()),
            None => file,
        };
        let doubles: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let frame = file.double_image(&doubles).frame(0).unwrap();
        let mut survey = Survey::new(1);

        survey.add(&frame);

        assert_eq!(survey.range(), Some(range), "{id}");
        for (percent, expected) in percentiles {
            assert_near(survey.percentile(percent).unwrap(), expected, &format!("{id} p{percent}"));
        }
    }
}
