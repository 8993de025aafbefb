//! One picture in every encoding, sound, mislabelled, cut and with something after it.

use super::{BIG, DEFLATED, EXPLICIT, IMPLICIT, Made, open, samples};
use crate::dicom::{Object, Source};
use crate::model::Frame;
use std::path::Path;

const WORDS: [u16; 4] = [1, 0x0203, 0x8000, 0xFFFF];
const VALUES: [f64; 4] = [1.0, 515.0, 32768.0, 65535.0];

fn picture() -> Made {
    Made::gray(4, 16).pixels(&WORDS)
}

/// The file with another transfer syntax in its meta header.
fn relabelled(made: &Made, real: &str, stated: &str) -> Vec<u8> {
    let meta = |syntax| Made::default().bytes(syntax);
    [&meta(stated)[..], &made.bytes(real)[meta(real).len()..]].concat()
}

fn damage(bytes: Vec<u8>) -> Option<String> {
    let object = Object::read(Path::new("made-up"), Source::memory(bytes)).unwrap();
    object.damage.map(|damage| damage.to_string())
}

#[test]
fn every_native_encoding_gives_the_same_values() {
    for syntax in [IMPLICIT, EXPLICIT, BIG, DEFLATED] {
        let image = picture().open(syntax);
        assert_eq!(samples(&image, 0), VALUES, "{syntax}");
        assert_eq!(image.frame(0).unwrap().notes, Vec::<String>::new(), "{syntax}");
    }
}

#[test]
fn a_wrong_transfer_syntax_does_not_change_the_values() {
    for (real, stated) in [(IMPLICIT, EXPLICIT), (EXPLICIT, IMPLICIT), (BIG, EXPLICIT), (EXPLICIT, BIG)] {
        let image = open(relabelled(&picture(), real, stated)).unwrap();

        assert_eq!(samples(&image, 0), VALUES, "{real} as {stated}");
    }
}

#[test]
fn a_preamble_or_a_whole_meta_header_may_be_missing() {
    let (meta, file) = (Made::default().bytes(EXPLICIT), picture().bytes(EXPLICIT));
    let data_set = file[meta.len()..].to_vec();
    // Some writers leave the meta header implicit as well.
    let implicit = [&meta[..132], b"\x02\0\x10\0\x14\0\0\0", EXPLICIT.as_bytes(), b"\0", &data_set].concat();
    let sorts = [
        ("no preamble", file[132..].to_vec()),
        ("a marker at the first byte", file[128..].to_vec()),
        ("a marker and no meta header", [&meta[..132], &data_set].concat()),
        ("nothing but a data set", data_set),
        ("an implicit meta header", implicit),
    ];
    for (sort, bytes) in sorts {
        assert_eq!(samples(&open(bytes).unwrap(), 0), VALUES, "{sort}");
    }
}

#[test]
fn a_syntax_for_compressed_pixels_does_not_compress_them() {
    let image = picture().open("1.2.840.10008.1.2.4.50");
    assert_eq!(samples(&image, 0), VALUES);
    let notes = image.frame(0).unwrap().notes;
    assert!(matches!(&notes[..], [only] if only.contains("uncompressed")), "{notes:?}");
}

#[test]
fn pixels_of_an_unknown_syntax_are_refused_by_its_name() {
    let error = open(picture().bytes("1.2.3.4.5")).unwrap_err().to_string();
    assert!(error.contains("1.2.3.4.5") && error.contains("tags can still be read"), "{error}");
}

#[test]
fn pixels_of_a_private_syntax_of_ge_are_big_endian() {
    let swapped = Made::gray(4, 16).pixels(&WORDS.map(u16::swap_bytes));
    let image = open(relabelled(&swapped, IMPLICIT, "1.2.840.113619.5.2")).unwrap();
    assert_eq!(samples(&image, 0), VALUES);
}

#[test]
fn a_file_cut_in_its_pixels_shows_the_rows_it_has_and_says_so() {
    let picture = Made::gray(2, 16).words((0x0028, 0x0010), &[2]).pixels(&WORDS);
    for syntax in [IMPLICIT, EXPLICIT, BIG] {
        let mut bytes = picture.bytes(syntax);
        bytes.truncate(bytes.len() - 4);

        let image = open(bytes).unwrap();

        assert_eq!(samples(&image, 0), [1.0, 515.0, 0.0, 0.0], "{syntax}");
        assert_eq!(image.frame(0).unwrap().notes, ["the file ends early; 1 of 2 rows are missing"]);
    }
}

#[test]
fn a_deflated_file_cut_anywhere_after_its_header_shows_what_is_there() {
    const ROWS: usize = 300;
    // Never zero, and hard to compress.
    let noise: Vec<u16> =
        (0..ROWS as u32 * 200).map(|n| (n.wrapping_mul(2_654_435_761) >> 16) as u16 | 1).collect();
    let whole = Made::gray(200, 16).words((0x0028, 0x0010), &[ROWS as u16]).pixels(&noise).bytes(DEFLATED);
    for part in [30, 50, 80] {
        let image = open(whole[..whole.len() * part / 100].to_vec()).unwrap();

        let (values, notes) = (samples(&image, 0), image.frame(0).unwrap().notes);

        let present = values.iter().take_while(|&&value| value != 0.0).count();
        assert!(values.iter().zip(&noise).take(present).all(|(&got, &stored)| got == f64::from(stored)));
        let missing = ROWS - present / 200;
        assert!(missing < ROWS, "{part} % hold some rows");
        assert_eq!(notes, [format!("the file ends early; {missing} of {ROWS} rows are missing")]);
    }
}

#[test]
fn a_file_cut_before_its_pixels_is_refused_with_the_place() {
    let bytes = picture().bytes(EXPLICIT);
    let error = open(bytes[..bytes.len() - 25].to_vec()).unwrap_err().to_string();
    assert!(error.contains("the file ends at byte"), "{error}");
}

#[test]
fn trailing_padding_zeros_and_rubbish_do_not_touch_the_picture() {
    let padding = Made::default().put((0xFFFC, 0xFFFC), "OB", super::Content::Bytes(vec![0; 300]));
    let padding = padding.data_set(super::Form { explicit: true, big: false });
    for (trailing, is_damaged) in [
        (padding, false),
        (vec![0; 5], false),
        (vec![0; 4096], false),
        (b"rubbish at the end".to_vec(), true),
    ] {
        let bytes = [picture().bytes(EXPLICIT), trailing].concat();
        assert_eq!(damage(bytes.clone()).is_some(), is_damaged);
        assert_eq!(samples(&open(bytes).unwrap(), 0), VALUES);
    }
}

#[test]
fn a_megabyte_of_zeros_before_the_pixels_is_a_hole_and_not_a_million_elements() {
    let mut bytes = Made::gray(4, 16).bytes(EXPLICIT);
    let offset = bytes.len();
    bytes.extend(vec![0; 1 << 20]);
    bytes.extend(b"after");
    let why = damage(bytes).unwrap();
    assert!(why.starts_with(&format!("ends at byte {offset}")), "{why}");
}

#[test]
fn words_read_into_place_are_those_of_the_frame_or_none() {
    let stored = [0x0FFF, 0x1801, 0xF7FE, 0x0000];
    let two = |made: Made| made.pixels(&[stored, [5, 6, 7, 8]].concat()).frames(2);
    let twelve = |signed| {
        two(Made::gray(4, 16))
            .words((0x0028, 0x0101), &[12])
            .words((0x0028, 0x0102), &[11])
            .words((0x0028, 0x0103), &[signed])
    };
    let left = two(Made::gray(4, 16)).words((0x0028, 0x0101), &[12]).words((0x0028, 0x0102), &[15]);
    for made in [two(Made::gray(4, 16)), twelve(0), twelve(1), left] {
        for (syntax, direct) in [(IMPLICIT, true), (EXPLICIT, true), (DEFLATED, true), (BIG, false)] {
            let image = made.open(syntax);
            for number in 0..2 {
                let mut words = [7; 4];
                let described = image.words(number, &mut words).unwrap();
                assert_eq!(described.is_some(), direct, "{syntax}");
                let Some(described) = described else { continue };
                let signed = image.module().signed;
                let value =
                    |word: i16| if signed { f64::from(word) } else { f64::from(word.cast_unsigned()) };
                assert_eq!(words.map(value).to_vec(), samples(&image, number), "{syntax}");
                let frame = image.frame(number).unwrap();
                assert_eq!(Frame { pixels: frame.pixels.clone(), ..described }, frame);
            }
            assert_eq!(image.words(2, &mut [0; 4]).unwrap(), None, "there is no third frame");
            assert_eq!(image.words(0, &mut [0; 5]).unwrap(), None, "it has another size");
        }
    }
    let color = Made::color(4, 16, "RGB").pixels(&[9; 12]).image();
    assert_eq!(color.words(0, &mut [0; 4]).unwrap(), None);
}
