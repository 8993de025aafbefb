//! Every codec against streams of other encoders, whole, cut and bent.

use proptest::prelude::*;

use super::streams::{
    BASELINE, Case, EXTENDED, LOSSLESS, NEAR, PROGRESSIVE, RESTARTED, SUBSAMPLED, bytes, picture,
};
use super::*;

const JPEG: &str = "1.2.840.10008.1.2.4.50";
const JPEG_LS: &str = "1.2.840.10008.1.2.4.81";

/// FNV-1a, to compare pictures that would fill a page.
fn digest(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Streams of every decoder: lossless and lossy.
fn streams() -> Vec<(&'static str, Vec<u8>, Layout)> {
    let lossless = LOSSLESS.iter().map(|case| (case.syntax, case.stream(), case.layout()));
    let (gray, deep, color) =
        (Layout::test(9, 10, 1, 8), Layout::test(9, 10, 1, 12), Layout::test(11, 13, 3, 8));
    lossless
        .chain([
            (JPEG, bytes(BASELINE), gray),
            (JPEG, bytes(SUBSAMPLED), color),
            (JPEG, bytes(PROGRESSIVE), color),
            (JPEG, bytes(RESTARTED), color),
            (JPEG, bytes(EXTENDED), deep),
            (JPEG_LS, bytes(NEAR), gray),
        ])
        .collect()
}

#[test]
fn lossless_streams_give_back_every_sample() {
    for case in &LOSSLESS {
        let decoded = decode(case.syntax, &case.stream(), &case.layout()).expect(case.name);

        assert_eq!(decoded.bytes, case.expected(), "{}", case.name);
        assert_eq!((decoded.samples, decoded.notes), (case.samples, vec![]), "{}", case.name);
    }
}

#[test]
fn our_jpeg_2000_and_that_of_other_people_agree() {
    let cases = LOSSLESS.iter().filter(|case| case.name.contains("2000") || case.name.contains("HTJ2K"));
    let mut seen = 0;
    for case in cases {
        let (stream, layout) = (case.stream(), case.layout());
        let ours = decode_here(case.syntax, &stream, &layout).expect("none of these is rare");

        assert_eq!(ours, jpeg2000::decode_foreign(&stream, &layout), "{}", case.name);
        seen += 1;
    }
    assert_eq!(seen, 5);
}

#[test]
fn what_our_jpeg_2000_does_not_know_is_left_to_other_people() {
    let case = LOSSLESS.iter().find(|case| case.name == "JPEG 2000, one component").expect("it is there");
    let mut stream = case.stream();
    let comment = stream.windows(2).position(|pair| pair == [0xFF, 0x64]).expect("its encoder signs");
    // A region of interest: the marker of the comment becomes that of RGN.
    stream[comment + 1] = 0x5E;

    assert_eq!(decode_here(case.syntax, &stream, &case.layout()), None);
}

#[test]
fn lossy_jpeg_equals_libjpeg_bit_by_bit() {
    let color = Layout::test(11, 13, 3, 8);
    let digest_of = |stream: &str, layout: &Layout| {
        digest(&decode(JPEG, &bytes(stream), layout).expect("a valid stream").bytes)
    };

    assert_eq!(digest_of(BASELINE, &Layout::test(9, 10, 1, 8)), 0x1f6c_fc27_ef5a_22cd);
    assert_eq!(digest_of(EXTENDED, &Layout::test(9, 10, 1, 12)), 0xc918_6707_0c78_3e23);
    assert_eq!(digest_of(SUBSAMPLED, &color), 0xe1f1_b563_ba79_6ed5);
    assert_eq!(digest_of(PROGRESSIVE, &color), 0xe1f1_b563_ba79_6ed5);
    assert_eq!(digest_of(RESTARTED, &color), 0xe1f1_b563_ba79_6ed5);
}

/// A stream of one frame with `frame` as its header's marker, made into twice as many rows: the same rows
/// again after a restart marker, `interval` units later.
fn twice(stream: &[u8], frame: u8, interval: u16) -> Vec<u8> {
    let find =
        |marker: u8| stream.windows(2).position(|pair| pair == [0xFF, marker]).expect("a test stream has it");
    let (frame, scan) = (find(frame), find(0xDA));
    let data = scan + 2 + usize::from(u16::from_be_bytes([stream[scan + 2], stream[scan + 3]]));
    let mut doubled = stream[..scan].to_vec();
    doubled[frame + 6] *= 2;
    doubled.extend([0xFF, 0xDD, 0, 4]);
    doubled.extend(interval.to_be_bytes());
    doubled.extend(&stream[scan..stream.len() - 2]);
    doubled.extend([0xFF, 0xD0]);
    doubled.extend(&stream[data..]);
    doubled
}

#[test]
fn a_restart_marker_forgets_everything_before_it() {
    // Lossless JPEG counts samples (T.81 H.1), JPEG-LS counts lines.
    for (name, frame, interval) in
        [("JPEG lossless, predictor 6", 0xC3, 90), ("JPEG-LS, one component", 0xF7, 9)]
    {
        let case = LOSSLESS.iter().find(|case| case.name == name).expect("it is in the table");
        let layout = Layout { rows: 18, ..case.layout() };

        let decoded = decode(case.syntax, &twice(&case.stream(), frame, interval), &layout).expect(name);

        assert_eq!(decoded.bytes, [case.expected(), case.expected()].concat(), "{name}");
        assert!(decoded.notes.is_empty());
    }
}

#[test]
fn near_lossless_samples_are_near() {
    let decoded = decode(JPEG_LS, &bytes(NEAR), &Layout::test(9, 10, 1, 8)).expect("a valid stream");

    for (&got, wanted) in decoded.bytes.iter().zip(picture(1)) {
        assert!(got.abs_diff(wanted as u8) <= 2);
    }
}

#[test]
fn a_jpeg_stream_says_whether_it_is_luminance_and_chrominance() {
    let color = |case: &Case| decode(case.syntax, &case.stream(), &case.layout()).expect(case.name).color;
    let jfif = decode(JPEG, &bytes(SUBSAMPLED), &Layout::test(11, 13, 3, 8)).expect("a valid stream");

    assert_eq!(jfif.color, Color::Ybr);
    for case in LOSSLESS.iter().filter(|case| case.samples == 3) {
        let wanted = if ["80", "57", "110"].iter().any(|end| case.syntax.ends_with(end)) {
            Color::AsTagged
        } else {
            Color::Rgb
        };
        assert_eq!(color(case), wanted, "{}", case.name);
    }
    assert!(LOSSLESS.iter().filter(|case| case.samples == 1).all(|case| color(case) == Color::Gray));
}

#[test]
fn a_data_set_that_describes_another_image_is_contradicted() {
    for (syntax, stream, layout) in streams() {
        let (samples, bits_allocated) = (4 - layout.samples, layout.bits_allocated);
        for other in [
            Layout { rows: layout.rows + 1, ..layout },
            Layout { columns: 60_000, ..layout },
            Layout { samples, bits_allocated, ..layout },
        ] {
            let error = decode(syntax, &stream, &other).expect_err("another image");
            assert!(
                matches!(error, CodecError::Mismatch { .. } | CodecError::TooLarge { .. }),
                "{syntax}: {error}"
            );
        }
    }
}

#[test]
fn a_stream_cut_anywhere_is_a_whole_frame_or_an_error() {
    for (syntax, stream, layout) in streams() {
        let whole = decode(syntax, &stream, &layout).expect("a valid stream");
        for length in 0..stream.len() {
            if let Ok(part) = decode(syntax, &stream[..length], &layout) {
                assert_eq!(part.bytes.len(), whole.bytes.len(), "{syntax} cut at {length}");
            }
        }
    }
}

#[test]
fn own_decoders_keep_the_rows_before_a_cut_and_say_that_it_ends() {
    let own = |syntax: &str| ["50", "57", "70", "80", "81"].iter().any(|end| syntax.ends_with(end));
    for (syntax, stream, layout) in streams().into_iter().filter(|(syntax, ..)| own(syntax)) {
        // Well into the last scan's data.
        let cut = &stream[..stream.len() - 12];

        let part = decode(syntax, cut, &layout).expect("most of a frame");

        assert!(
            part.notes.iter().any(|note| note.ends_with("stream ends early")),
            "{syntax}: {:?}",
            part.notes
        );
        assert!(part.bytes[..layout.columns as usize].iter().any(|&byte| byte != 0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn bent_streams_never_panic(which in 0usize..22, at in 0usize..1000, bends in proptest::collection::vec((0usize..1000, any::<u8>()), 1..4)) {
        let (syntax, mut stream, layout) = streams().swap_remove(which);
        let length = stream.len();
        for (place, value) in bends {
            stream[(at + place) % length] = value;
        }
        if let Ok(decoded) = decode(syntax, &stream, &layout) {
            let samples = layout.rows * layout.columns * u32::from(layout.samples);
            prop_assert_eq!(decoded.bytes.len(), samples as usize * layout.bytes_per_sample());
        }
    }
}
