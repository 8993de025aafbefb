//! Frames in fragments: by offset tables, one by one, by the starts of code streams.

use super::{Content, ENCAPSULATED, Made, open, samples};

/// Two frames of four bytes in fragments of one, three, two and two.
const FRAGMENTS: [&[u8]; 4] = [&[1, 2], &[3, 4], &[5, 6], &[7, 8]];

fn two_frames() -> Made {
    Made::gray(4, 8).frames(2)
}

fn extended(offsets: &[u64]) -> Content {
    Content::Quads(offsets.to_vec())
}

#[track_caller]
fn assert_both(made: &Made) {
    let image = made.open(ENCAPSULATED);
    assert_eq!(samples(&image, 0), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(samples(&image, 1), [5.0, 6.0, 7.0, 8.0]);
}

#[test]
fn the_basic_offset_table_groups_fragments() {
    assert_both(&two_frames().fragments(&[0, 20], &FRAGMENTS));
}

#[test]
fn the_extended_offset_table_groups_fragments_and_comes_first() {
    let made = two_frames().put((0x7FE0, 0x0001), "OV", extended(&[0, 20]));
    assert_both(&made.clone().fragments(&[], &FRAGMENTS));
    assert_both(&made.fragments(&[0, 10], &FRAGMENTS));
}

#[test]
fn as_many_fragments_as_frames_need_no_table_and_distrust_a_wrong_one() {
    let whole: [&[u8]; 2] = [&[1, 2, 3, 4], &[5, 6, 7, 8]];
    for table in [&[][..], &[0, 12], &[0, 999], &[7, 7]] {
        assert_both(&two_frames().fragments(table, &whole));
    }
}

#[test]
fn a_single_frame_may_be_in_any_number_of_fragments() {
    let image = Made::gray(8, 8).fragments(&[], &FRAGMENTS).open(ENCAPSULATED);
    assert_eq!(samples(&image, 0), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
}

#[test]
fn a_file_cut_in_its_fragments_shows_the_frames_before_and_notes_the_cut() {
    let whole: [&[u8]; 2] = [&[1, 2, 3, 4], &[5, 6, 7, 8]];
    let mut bytes = two_frames().fragments(&[], &whole).bytes(ENCAPSULATED);
    // Half of the last fragment, and the delimiter after it.
    bytes.truncate(bytes.len() - 10);

    let image = open(bytes).unwrap();

    assert_eq!(samples(&image, 0), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(samples(&image, 1), [5.0, 6.0, 0.0, 0.0]);
    let notes = image.frame(1).unwrap().notes;
    assert!(notes.iter().any(|note| note.contains("the file ends inside its pixel data")), "{notes:?}");
}

#[test]
fn a_frame_that_is_not_there_is_refused_by_its_number() {
    let mut bytes = two_frames().fragments(&[], &FRAGMENTS[..2]).bytes(ENCAPSULATED);
    bytes.truncate(bytes.len() - 18);
    let error = open(bytes).unwrap().frame(1).unwrap_err().to_string();
    assert!(error.contains("frame 2 of 2 is not there"), "{error}");
}

#[test]
fn a_frame_that_claims_a_whole_file_is_read_only_as_far_as_a_frame_goes() {
    // Number of Frames is missing: the fragments of all are those of the first.
    let frame = vec![7; 12 << 20];
    let image = Made::gray(4, 8).fragments(&[], &[&[1, 2, 3, 4], &frame, &frame]).open(ENCAPSULATED);

    let frame = image.frame(0).unwrap();

    assert_eq!(samples(&image, 0), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(frame.notes, ["the compressed frame is too long; only its beginning is decoded"]);
}
