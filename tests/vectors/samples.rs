//! From bytes to stored values and colours.

use super::{
    cases,
    file::{Made, bytes_of},
};
use serde::Deserialize;
use topogram::{
    dicom::Image,
    imaging::read,
    model::{Pixels, Stored},
};

/// All samples of a frame, row by row.
fn samples(image: &Image, frame: u32) -> Vec<f64> {
    let stored = image.samples(frame).unwrap();
    let (rows, columns) = stored.shape();
    (0..rows * columns).filter_map(|at| stored.at(at / columns, at % columns)).collect()
}

fn rgb(image: &Image) -> Vec<[u8; 3]> {
    let Pixels::Color(rgb) = image.frame(0).unwrap().pixels else { panic!("the image has colours") };
    rgb.rows().into_iter().map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
}

#[derive(Deserialize)]
struct Bits {
    id: String,
    stored: u16,
    high: u16,
    #[serde(default)]
    signed: bool,
    #[serde(default)]
    intercept: f64,
    values: Vec<(u16, f64)>,
}

#[test]
fn words_are_masked_shifted_and_signed() {
    for Bits { id, stored, high, signed, intercept, values } in cases("bits") {
        let words: Vec<u16> = values.iter().map(|&(word, _)| word).collect();
        let image = Made::gray(words.len() as u16, 16)
            .words((0x0028, 0x0101), &[stored])
            .words((0x0028, 0x0102), &[high])
            .words((0x0028, 0x0103), &[signed.into()])
            .decimals((0x0028, 0x1052), &[intercept])
            .image(&bytes_of(&words));

        let frame = image.frame(0).unwrap();

        for (column, (word, expected)) in values.into_iter().enumerate() {
            assert_eq!(read(&frame, 0, column).unwrap().value, Some(expected), "{id} {word:#06X}");
        }
    }
}

#[derive(Deserialize)]
struct OneBit {
    id: String,
    rows: u16,
    columns: u16,
    bytes: Vec<u8>,
    frames: Vec<Vec<f64>>,
}

#[test]
fn frames_of_one_bit_are_packed_without_gaps() {
    for OneBit { id, rows, columns, bytes, frames } in cases("one_bit") {
        let image = Made::gray(columns, 1)
            .words((0x0028, 0x0010), &[rows])
            .text((0x0028, 0x0008), "IS", &frames.len().to_string())
            .image(&bytes);

        for (number, expected) in frames.into_iter().enumerate() {
            assert!(matches!(image.samples(0).unwrap(), Stored::U8(_)));
            assert_eq!(samples(&image, number as u32), expected, "{id}");
        }
    }
}

#[derive(Deserialize)]
struct Colors {
    id: String,
    photometric: String,
    #[serde(default)]
    planar: bool,
    columns: u16,
    bytes: Vec<u8>,
    samples: Option<Vec<f64>>,
    rgb: Vec<[u8; 3]>,
}

#[test]
fn colours_are_arranged_and_converted() {
    for Colors { id, photometric, planar, columns, bytes, samples: expected, rgb: colors } in cases("colour")
    {
        let file = Made::color(columns, &photometric).words((0x0028, 0x0006), &[planar.into()]);

        let image = file.image(&bytes);

        if let Some(expected) = expected {
            assert_eq!(samples(&image, 0), expected, "{id}");
        }
        assert_eq!(rgb(&image), colors, "{id}");
    }
}

#[derive(Deserialize)]
struct Palette {
    id: String,
    #[serde(default)]
    segmented: bool,
    descriptor: Vec<u16>,
    red: Vec<u16>,
    green: Option<Vec<u16>>,
    blue: Option<Vec<u16>>,
    rgb: Vec<(u8, u8, u8, u8)>,
}

#[test]
fn palettes_are_expanded_and_clamped() {
    for Palette { id, segmented, descriptor, red, green, blue, rgb: expected } in cases("palette") {
        let mut file = Made::gray(expected.len() as u16, 8).text((0x0028, 0x0004), "CS", "PALETTE COLOR");
        let channels = [Some(&red), green.as_ref(), blue.as_ref()];
        for (channel, entries) in channels.into_iter().enumerate() {
            let (channel, entries) = (channel as u16, entries.unwrap_or(&red));
            let data = if segmented { 0x1221 } else { 0x1201 };
            file = file.words((0x0028, 0x1101 + channel), &descriptor).put(
                (0x0028, data + channel),
                "OW",
                &bytes_of(entries),
            );
        }
        let indices: Vec<u8> = expected.iter().map(|&(index, ..)| index).collect();

        let image = file.image(&indices);

        let expected: Vec<[u8; 3]> = expected.into_iter().map(|(_, r, g, b)| [r, g, b]).collect();
        assert_eq!(rgb(&image), expected, "{id}");
    }
}
