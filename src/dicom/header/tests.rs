//! Headers of small made-up files, sound and odd.

use super::*;
use crate::{dicom::Tag, model::Record};

type Attribute = (u16, u16, &'static str, &'static [u8]);

const NATIVE: &str = "1.2.840.10008.1.2.1\0";
const RLE: &str = "1.2.840.10008.1.2.5\0";

/// An explicit little endian file with these elements, text or 16-bit numbers, in ascending order.
fn file(elements: &[Attribute]) -> Record {
    file_in(NATIVE, elements, &[])
}

/// The same in some transfer syntax, with any bytes after the elements.
fn file_in(syntax: &str, elements: &[Attribute], rest: &[u8]) -> Record {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes_of(syntax, elements, rest)).unwrap();
    match read(&path).unwrap() {
        Found::Instance(record) => *record,
        Found::Directory => panic!("this is no DICOMDIR"),
    }
}

fn bytes_of(syntax: &str, elements: &[Attribute], rest: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM\x02\0\x10\0UI\x14\0");
    bytes.extend(syntax.as_bytes());
    for (group, element, vr, value) in elements {
        bytes.extend([group.to_le_bytes(), element.to_le_bytes()].concat());
        bytes.extend(vr.as_bytes());
        if matches!(*vr, "OW" | "OB" | "SQ") {
            bytes.extend([0, 0]);
            bytes.extend((value.len() as u32).to_le_bytes());
        } else {
            bytes.extend((value.len() as u16).to_le_bytes());
        }
        bytes.extend(*value);
    }
    bytes.extend(rest);
    bytes
}

const SOUND: [Attribute; 13] = [
    (0x0008, 0x0016, "UI", b"1.2.840.10008.5.1.4.1.1.7\0"),
    (0x0008, 0x0018, "UI", b"1.2.3\0"),
    (0x0010, 0x0010, "PN", b"Doe^Jane"),
    (0x0020, 0x000D, "UI", b"1.2\0"),
    (0x0020, 0x000E, "UI", b"1.21"),
    (0x0028, 0x0002, "US", &[1, 0]),
    (0x0028, 0x0004, "CS", b"MONOCHROME2 "),
    (0x0028, 0x0010, "US", &[2, 0]),
    (0x0028, 0x0011, "US", &[2, 0]),
    (0x0028, 0x0100, "US", &[8, 0]),
    (0x0028, 0x0101, "US", &[8, 0]),
    (0x0028, 0x0102, "US", &[7, 0]),
    (0x7FE0, 0x0010, "OW", &[1, 2, 3, 4]),
];

fn changed(group: u16, element: u16, value: &'static [u8]) -> Vec<String> {
    let mut elements = SOUND;
    let at = elements.iter().position(|e| (e.0, e.1) == (group, element)).unwrap();
    elements[at].3 = value;
    file(&elements).warnings
}

#[test]
fn a_sound_file_has_nothing_odd() {
    let record = file(&SOUND);
    assert_eq!(record.warnings, Vec::<String>::new());
    assert_eq!((record.form.rows, record.form.columns, record.frames), (2, 2, 1));
}

#[test]
fn a_name_that_would_steer_a_terminal_is_told() {
    let warnings = changed(0x0010, 0x0010, b"Doe\x1b]0;x");
    assert_eq!(warnings, ["Patient's Name holds control or invisible characters"]);
}

#[test]
fn bits_that_do_not_fit_are_told() {
    assert_eq!(changed(0x0028, 0x0101, &[9, 0]), ["bits stored 9 and high bit 7 do not fit 8 bits"]);
}

#[test]
fn a_path_in_place_of_a_uid_is_told() {
    assert_eq!(changed(0x0008, 0x0018, b"../../x "), ["SOP Instance UID is no UID"]);
}

#[test]
fn missing_pixels_are_counted_in_bytes() {
    assert_eq!(changed(0x7FE0, 0x0010, &[1, 2]), ["pixel data has 2 bytes where 4 are expected"]);
}

/// The sound file with one more attribute, where it belongs.
fn with(attribute: Attribute) -> Vec<String> {
    let mut elements = SOUND.to_vec();
    let at = elements.partition_point(|e| (e.0, e.1) <= (attribute.0, attribute.1));
    elements.insert(at, attribute);
    file(&elements).warnings
}

#[test]
fn more_pixels_than_there_are_frames_are_counted_too_but_for_a_byte_of_padding() {
    assert_eq!(changed(0x7FE0, 0x0010, &[1, 2, 3, 4, 0]), Vec::<String>::new());
    let warnings = changed(0x7FE0, 0x0010, &[1, 2, 3, 4, 5, 6]);
    assert_eq!(warnings, ["pixel data has 6 bytes where 4 are expected"]);
}

#[test]
fn a_second_element_of_one_tag_is_told() {
    let warnings = with((0x0010, 0x0010, "PN", b"Doe^John"));
    assert_eq!(warnings, ["has Patient Name (0010,0010) twice; the first is used"]);
}

#[test]
fn values_that_cannot_be_rescaled_are_told() {
    let slope = |value| with((0x0028, 0x1053, "DS", value));
    assert_eq!(slope(b"-0.5"), Vec::<String>::new());
    assert_eq!(slope(b"0 "), ["Rescale Slope (0028,1053) is 0"]);
    assert_eq!(slope(b"1e99"), ["Rescale Slope (0028,1053) makes no sense"]);
    assert_eq!(slope(b"x "), ["Rescale Slope (0028,1053) is not a number"]);
    assert_eq!(slope(b"1,5 "), ["Rescale Slope (0028,1053) has a decimal comma"]);
    assert_eq!(slope(b""), ["Rescale Slope (0028,1053) is empty"]);
}

#[test]
fn colours_without_a_palette_are_told() {
    let told = changed(0x0028, 0x0004, b"PALETTE COLOR ");
    assert_eq!(told, ["has no palette for its colours"]);
}

#[test]
fn pixels_that_are_described_and_not_there_are_told() {
    assert_eq!(file(&SOUND[..12]).warnings, ["has Rows and Columns but no pixel data"]);
}

/// A file of one compressed frame: these items in its pixel data, an offset table among them.
fn encapsulated(items: &[&[u8]]) -> Vec<String> {
    let mut pixels = b"\xE0\x7F\x10\0OB\0\0\xFF\xFF\xFF\xFF".to_vec();
    for item in items {
        pixels.extend([&[0xFE, 0xFF, 0, 0xE0][..], &(item.len() as u32).to_le_bytes(), item].concat());
    }
    pixels.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    file_in(RLE, &SOUND[..12], &pixels).warnings
}

/// One segment of four literal bytes.
fn rle(offset: u8) -> Vec<u8> {
    let mut stream = vec![0; 64];
    (stream[0], stream[4]) = (1, offset);
    stream.extend([3, 1, 2, 3, 4, 0]);
    stream
}

#[test]
fn fragments_that_contradict_themselves_are_told() {
    assert_eq!(encapsulated(&[&[], &rle(64)]), Vec::<String>::new());
    assert_eq!(encapsulated(&[&[0; 4], &rle(64)]), Vec::<String>::new());
    assert_eq!(encapsulated(&[&[]]), ["pixel data has no fragments"]);
    let told = encapsulated(&[&[0; 8], &rle(64)]);
    assert_eq!(told, ["the offset table of its pixel data lists 2 frames instead of 1"]);
    let told = encapsulated(&[&[0, 1, 0, 0], &rle(64)]);
    assert_eq!(told, ["the offset table of its pixel data points to where no frame is"]);
    assert_eq!(encapsulated(&[&[], &rle(200)]), ["the RLE stream is damaged: a segment lies beyond its end"]);
    assert_eq!(encapsulated(&[&[], b"text"]), ["the RLE stream is damaged: it is shorter than its header"]);
    let told = file_in(RLE, &SOUND, &[]).warnings;
    assert_eq!(told, ["pixel data should be in fragments, and is not"]);
}

#[test]
fn frames_that_no_fragment_can_hold_are_not_counted() {
    let mut elements = SOUND[..12].to_vec();
    elements.insert(7, (0x0028, 0x0008, "IS", b"2147483647"));
    let pixels = b"\xE0\x7F\x10\0OB\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\0\0\0\0";
    assert_eq!(file_in(RLE, &elements, pixels).frames, 1);
}

#[test]
fn the_attributes_that_are_picked_stand_in_ascending_order() {
    let tags: Vec<Tag> = Slot::ALL.iter().map(|slot| slot.tag()).collect();
    assert!(tags.is_sorted(), "{tags:?}");
}

#[test]
fn a_data_set_that_cannot_be_inflated_is_told() {
    let bytes = [&[0; 128][..], b"DICM\x02\0\x10\0UI\x16\x001.2.840.10008.1.2.1.99", &[0xFF; 64]].concat();
    let why = read_from(Path::new("file"), Source::memory(bytes)).unwrap_err().to_string();
    assert!(why.contains("its deflated data set cannot be inflated"), "{why}");
}

/// What a reader says of a file after it has read others, and what is said of the file alone.
fn after(before: &[&[u8]], bytes: &[u8]) -> [Result<Record, String>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let mut reader = Reader::default();
    for bytes in before {
        std::fs::write(&path, bytes).unwrap();
        let _ = reader.read(&path);
    }
    std::fs::write(&path, bytes).unwrap();
    let later = reader.read(&path).map(|seen| match seen {
        Seen::Instance(file) => file.record(),
        Seen::Directory => Record::default(),
    });
    let alone = read(&path).map(|found| match found {
        Found::Instance(record) => *record,
        Found::Directory => Record::default(),
    });
    [later, alone].map(|result| result.map_err(|error| error.to_string()))
}

#[test]
fn a_sibling_shares_what_it_has_in_common_and_keeps_its_own() {
    let mut elements = SOUND.to_vec();
    elements.insert(5, (0x0020, 0x0013, "IS", b"7 "));
    let first = bytes_of(NATIVE, &elements, &[]);
    elements[5].3 = b"8 ";
    elements[1].3 = b"1.2.4\0";
    let folder = tempfile::tempdir().unwrap();
    let mut reader = Reader::default();
    let mut seen = [first, bytes_of(NATIVE, &elements, &[])].map(|bytes| {
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        let Seen::Instance(file) = reader.read(&path).unwrap() else { panic!("an image") };
        file
    });

    assert!(std::sync::Arc::ptr_eq(&seen[0].like, &seen[1].like));
    assert_eq!(seen.each_mut().map(|file| file.number), [Some(7), Some(8)]);
    assert_eq!(&*seen[1].sop_instance, "1.2.4");
}

/// A file with everything that a pattern knows: own values, and values that nobody picks.
fn patterned(
    instance: &'static [u8],
    number: &'static [u8],
    exposure: &'static [u8],
    name: &'static [u8],
) -> Source {
    let mut elements = SOUND.to_vec();
    elements[1].3 = instance;
    elements[2].3 = name;
    elements.insert(3, (0x0018, 0x1152, "IS", exposure));
    elements.insert(6, (0x0020, 0x0013, "IS", number));
    Source::memory(bytes_of(NATIVE, &elements, &[]))
}

#[test]
fn what_means_something_is_met_although_nothing_of_it_is_picked() {
    let item = b"\xFE\xFF\0\xE0\x0C\0\0\0\x20\0\x65\x91AT\x04\0\x20\0\x32\0";
    let mut elements = SOUND.to_vec();
    elements.insert(5, (0x0020, 0x9222, "SQ", item));
    let mut source = Source::memory(bytes_of(NATIVE, &elements, &[]));
    let start = object::start(Path::new("file"), &mut source).unwrap();
    let mut picked = Picked::default();
    picked.fill(&mut source, &start).unwrap();
    assert_eq!(picked.dimensions.len(), 1);
}

#[test]
fn a_header_foretells_one_with_other_lengths_and_none_with_another_patient() {
    let own = [Slot::SopInstance, Slot::InstanceNumber];
    let mut first = patterned(b"1.2.3\0", b"9 ", b"7 ", b"Doe^Jane");
    let start = object::start(Path::new("first"), &mut first).unwrap();
    let pattern = pattern::Pattern::of(&mut first, &start, &own).unwrap();

    let mut picked = Picked::default();
    let mut next = patterned(b"1.2.3.44", b"10", b"", b"Doe^Jane");
    assert!(pattern.foretells(&mut next, &mut picked).is_some());
    assert_eq!(
        (&*picked.ascii(Slot::SopInstance), picked.integer(Slot::InstanceNumber)),
        ("1.2.3.44", Some(10))
    );
    let mut walked = Picked::default();
    walked.fill(&mut next, &start).unwrap();
    assert_eq!(picked.pixels, walked.pixels);

    picked.clear();
    let mut stranger = patterned(b"1.2.3\0", b"9 ", b"7 ", b"Doe^John");
    assert!(pattern.foretells(&mut stranger, &mut picked).is_none());
}

proptest::proptest! {
    #[test]
    fn a_file_is_what_it_is_whatever_came_before(
        rle: bool,
        before in 1usize..4,
        changes in proptest::collection::vec((128usize..490, proptest::num::u8::ANY), 0..4),
        cut in 0usize..40,
    ) {
        let items = [&[0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0][..], &[0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]].concat();
        let mut elements = SOUND.to_vec();
        elements.truncate(if rle { 12 } else { 13 });
        elements.insert(3, (0x0018, 0x1152, "IS", b"25"));
        elements.insert(4, (0x0019, 0x1010, "OB", b"private!"));
        elements.insert(7, (0x0020, 0x0013, "IS", b"7 "));
        let pixels = [&b"\xE0\x7F\x10\0OB\0\0\xFF\xFF\xFF\xFF"[..], &items].concat();
        let sound = bytes_of(if rle { RLE } else { NATIVE }, &elements, if rle { &pixels } else { &[] });
        let mut changed = sound.clone();
        for (at, byte) in changes {
            if let Some(old) = changed.get_mut(at) {
                *old = byte;
            }
        }
        changed.truncate(changed.len() - if cut < 20 { cut } else { 0 });
        let [later, alone] = after(&vec![&sound[..]; before], &changed);
        proptest::prop_assert_eq!(later, alone);
    }
}
