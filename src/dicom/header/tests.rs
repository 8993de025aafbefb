//! Headers of small made-up files, sound and odd.

use super::*;
use crate::model::Record;

/// An explicit little endian file with these elements, text or 16-bit numbers, in ascending order.
fn file(elements: &[(u16, u16, &str, &[u8])]) -> Record {
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM\x02\0\x10\0UI\x14\x001.2.840.10008.1.2.1\0");
    for (group, element, vr, value) in elements {
        bytes.extend([group.to_le_bytes(), element.to_le_bytes()].concat());
        bytes.extend(vr.as_bytes());
        if matches!(*vr, "OW" | "OB") {
            bytes.extend([0, 0]);
            bytes.extend((value.len() as u32).to_le_bytes());
        } else {
            bytes.extend((value.len() as u16).to_le_bytes());
        }
        bytes.extend(*value);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    match read(&path).unwrap() {
        Found::Instance(record) => *record,
        Found::Directory => panic!("this is no DICOMDIR"),
    }
}

const SOUND: [(u16, u16, &str, &[u8]); 12] = [
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

#[test]
fn the_attributes_that_are_picked_stand_in_ascending_order() {
    let tags: Vec<Tag> = Slot::ALL.iter().map(|slot| slot.tag()).collect();
    assert!(tags.is_sorted(), "{tags:?}");
}
