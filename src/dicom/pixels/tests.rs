//! Whole files, as small as they can be.

use super::Image;
use crate::model::{Pixels, Stored};
use ndarray::array;

/// Bytes of one element, explicit VR; `value` is of even length.
fn element(tag: (u16, u16), vr: &str, value: &[u8], big: bool) -> Vec<u8> {
    let short = |number: u16| if big { number.to_be_bytes() } else { number.to_le_bytes() };
    let length = value.len() as u32;
    let length = if big { length.to_be_bytes() } else { length.to_le_bytes() };
    let head = [&short(tag.0)[..], &short(tag.1), vr.as_bytes()].concat();
    match vr {
        "OW" | "OB" => [&head[..], &[0, 0], &length, value].concat(),
        _ => [&head[..], &short(value.len() as u16), value].concat(),
    }
}

/// An image of 8-bit samples in one row, with more elements between.
fn image(big: bool, columns: u16, photometric: &str, frames: &str, more: &[u8], pixels: &[u8]) -> Image {
    let syntax: &[u8] = if big { b"1.2.840.10008.1.2.2\0" } else { b"1.2.840.10008.1.2.1\0" };
    let number = |element_number, value: u16| {
        let value = if big { value.to_be_bytes() } else { value.to_le_bytes() };
        element((0x0028, element_number), "US", &value, big)
    };
    let file = [
        &[0; 128],
        &b"DICM"[..],
        &element((0x0002, 0x0010), "UI", syntax, false),
        &number(0x0002, 1),
        &element((0x0028, 0x0004), "CS", photometric.as_bytes(), big),
        &element((0x0028, 0x0008), "IS", frames.as_bytes(), big),
        &number(0x0010, 1),
        &number(0x0011, columns),
        &number(0x0100, 8),
        &number(0x0101, 8),
        &number(0x0102, 7),
        &number(0x0103, 0),
        more,
        &element((0x7FE0, 0x0010), "OW", pixels, big),
    ]
    .concat();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    std::fs::write(&path, file).unwrap();
    Image::open(&path).unwrap()
}

#[test]
fn frames_of_odd_size_may_share_a_word_that_is_swapped() {
    let image = image(true, 3, "MONOCHROME2 ", "2 ", &[], &[2, 1, 4, 3, 6, 5]);
    assert_eq!(image.samples(0).unwrap(), Stored::U8(array![[1, 2, 3]]));
    assert_eq!(image.samples(1).unwrap(), Stored::U8(array![[4, 5, 6]]));
}

#[test]
fn the_largest_palette_there_is_is_read_to_its_end() {
    let entries: Vec<u8> = (0..=u16::MAX).flat_map(|n| n.rotate_left(8).to_le_bytes()).collect();
    // 65536 entries, which is written as 0, from 0 on, of 16 bits.
    let descriptor = [0, 0, 0, 0, 16, 0];
    let channels = [0x1101, 0x1102, 0x1103].map(|tag| element((0x0028, tag), "US", &descriptor, false));
    let tables = [0x1201, 0x1202, 0x1203].map(|tag| element((0x0028, tag), "OW", &entries, false));
    let image =
        image(false, 2, "PALETTE COLOR ", "1 ", &[channels.concat(), tables.concat()].concat(), &[0, 255]);
    let Pixels::Color(rgb) = image.frame(0).unwrap().pixels else { panic!("a palette has colours") };
    assert_eq!(rgb, array![[[0, 0, 0], [255, 255, 255]]]);
    assert_eq!(image.samples(0).unwrap(), Stored::U8(array![[0, 255]]));
}
