//! What samples mean: words of every size, floats, colours, palettes.

use super::{BIG, Content, EXPLICIT, Made, samples};
use crate::{
    dicom::Image,
    model::{Pixels, Stored},
};
use ndarray::array;

fn rgb(image: &Image) -> Vec<u8> {
    let Pixels::Color(rgb) = image.frame(0).unwrap().pixels else { panic!("the image has colours") };
    rgb.into_iter().collect()
}

#[test]
fn integers_of_every_size_are_read_in_both_byte_orders() {
    let signed = |made: Made| made.words((0x0028, 0x0103), &[1]);
    for syntax in [EXPLICIT, BIG] {
        let bytes = Made::gray(2, 8).put((0x7FE0, 0x0010), "OW", Content::Bytes(vec![1, 0xFE]));
        let words = Made::gray(2, 16).pixels(&[1, 0xFFFE]);
        let longs = Made::gray(2, 32).put((0x7FE0, 0x0010), "OW", Content::Longs(vec![1, u32::MAX - 1]));
        let quads = Made::gray(2, 64).put((0x7FE0, 0x0010), "OW", Content::Quads(vec![1, u64::MAX - 1]));
        for (made, most) in
            [(bytes, 254.0), (words, 65534.0), (longs, 4_294_967_294.0), (quads, 2f64.powi(64))]
        {
            assert_eq!(samples(&made.open(syntax), 0), [1.0, most], "{syntax}");
            assert_eq!(samples(&signed(made).open(syntax), 0), [1.0, -2.0], "{syntax}");
        }
    }
}

#[test]
fn float_and_double_pixels_are_the_numbers_they_are() {
    let singles = [0.5_f32, -1e30, f32::NAN].map(f32::to_bits).to_vec();
    let doubles = [0.1_f64, -1e300, f64::INFINITY].map(f64::to_bits).to_vec();
    for syntax in [EXPLICIT, BIG] {
        let floats = Made::gray(3, 32).put((0x7FE0, 0x0008), "OF", Content::Longs(singles.clone()));
        let Stored::F32(values) = floats.open(syntax).samples(0).unwrap() else { panic!("single floats") };
        assert_eq!(values.row(0).as_slice().unwrap()[..2], [0.5, -1e30]);
        assert!(values[(0, 2)].is_nan());

        let floats = Made::gray(3, 64).put((0x7FE0, 0x0009), "OD", Content::Quads(doubles.clone()));
        assert_eq!(
            floats.open(syntax).samples(0).unwrap(),
            Stored::F64(array![[0.1, -1e300, f64::INFINITY]])
        );
    }
}

#[test]
fn frames_of_one_bit_follow_each_other_without_gaps_in_both_byte_orders() {
    // Nine bits a frame: 1 0000 0001, 0 1111 1110, then padding; the lowest bit of the lowest byte first.
    let bytes = vec![0b0000_0001, 0b1111_1101, 0b0000_0001, 0];
    for syntax in [EXPLICIT, BIG] {
        let made = Made::gray(9, 1).frames(2).put((0x7FE0, 0x0010), "OW", Content::Bytes(bytes.clone()));
        let image = made.open(syntax);
        assert_eq!(samples(&image, 0), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0], "{syntax}");
        assert_eq!(samples(&image, 1), [0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0], "{syntax}");
    }
}

#[test]
fn frames_of_odd_size_may_share_a_word_that_is_swapped() {
    let made = Made::gray(3, 8).frames(2).put((0x7FE0, 0x0010), "OW", Content::Bytes(vec![1, 2, 3, 4, 5, 6]));
    let image = made.open(BIG);
    assert_eq!(image.samples(0).unwrap(), Stored::U8(array![[1, 2, 3]]));
    assert_eq!(image.samples(1).unwrap(), Stored::U8(array![[4, 5, 6]]));
}

#[test]
fn colours_by_plane_and_by_pixel_are_the_same_at_8_and_16_bits() {
    let planar = |made: Made| made.words((0x0028, 0x0006), &[1]);
    let wide = |bytes: [u8; 6]| bytes.map(|byte| u16::from(byte) << 8 | 0xFF);
    let (by_pixel, by_plane) = ([1, 3, 5, 2, 4, 6], [1, 2, 3, 4, 5, 6]);
    let images = [
        Made::color(2, 8, "RGB").pixel_bytes(&by_pixel),
        planar(Made::color(2, 8, "RGB")).pixel_bytes(&by_plane),
        Made::color(2, 16, "RGB").pixels(&wide(by_pixel)),
        planar(Made::color(2, 16, "RGB")).pixels(&wide(by_plane)),
    ];
    for made in images {
        assert_eq!(rgb(&made.image()), by_pixel);
        assert_eq!(rgb(&made.open(BIG)), by_pixel);
    }
}

#[test]
fn colours_of_12_bits_lose_what_stands_above_them() {
    let made = Made::color(1, 16, "RGB").words((0x0028, 0x0101), &[12]).words((0x0028, 0x0102), &[11]);
    assert_eq!(rgb(&made.pixels(&[0x0FFF, 0xF010, 0x1800]).image()), [0xFF, 0x01, 0x80]);
}

#[test]
fn luminance_and_chrominance_become_colours_in_their_own_range() {
    let full = Made::color(2, 8, "YBR_FULL").pixel_bytes(&[76, 85, 255, 150, 44, 21]);
    assert_eq!(rgb(&full.image()), [254, 0, 0, 0, 255, 1]);

    let shared = Made::color(2, 8, "YBR_FULL_422").pixel_bytes(&[0, 255, 128, 128]);
    assert_eq!(rgb(&shared.image()), [0, 0, 0, 255, 255, 255]);

    // Of video: 16 is black, 235 is white.
    let partial = Made::color(2, 8, "YBR_PARTIAL_422").pixel_bytes(&[16, 235, 128, 128]);
    assert_eq!(rgb(&partial.image()), [0, 0, 0, 255, 255, 255]);
    let red = Made::color(2, 8, "YBR_PARTIAL_422").pixel_bytes(&[82, 82, 90, 240]);
    assert_eq!(rgb(&red.image())[..3], [255, 1, 0]);
}

#[test]
fn a_4_2_2_label_on_whole_chrominance_is_not_believed() {
    let made = Made::color(2, 8, "YBR_FULL_422").pixel_bytes(&[0, 128, 128, 255, 128, 128]);
    assert_eq!(rgb(&made.image()), [0, 0, 0, 255, 255, 255]);
}

#[test]
fn the_largest_palette_there_is_is_read_to_its_end() {
    let entries: Vec<u16> = (0..=u16::MAX).map(|n| n.rotate_left(8)).collect();
    let mut made = Made::gray(2, 8).text((0x0028, 0x0004), "CS", "PALETTE COLOR ").pixel_bytes(&[0, 255]);
    for channel in 1..=3 {
        made = made
            // 65536 entries, which is written as 0, from 0 on, of 16 bits.
            .words((0x0028, 0x1100 + channel), &[0, 0, 16])
            .put((0x0028, 0x1200 + channel), "OW", Content::Words(entries.clone()));
    }
    let image = made.image();
    assert_eq!(rgb(&image), [0, 0, 0, 255, 255, 255]);
    assert_eq!(image.samples(0).unwrap(), Stored::U8(array![[0, 255]]));
}
