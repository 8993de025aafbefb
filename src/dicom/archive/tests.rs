//! Archives written here, byte by byte.

use super::{packed::Inflater, *};
use crate::dicom::{Found, Outcome, header, walk};
use miniz_oxide::deflate::compress_to_vec;
use proptest::prelude::*;
use std::fs;

/// A small DICOM file of this Instance Number, followed by noise that does not pack well.
fn dicom(number: u16) -> Vec<u8> {
    let element = |group: u16, element: u16, vr: &str, value: &str| {
        let value = if value.len() % 2 == 1 { format!("{value} ") } else { value.to_owned() };
        let head = [group.to_le_bytes(), element.to_le_bytes()].concat();
        [&head, vr.as_bytes(), &(value.len() as u16).to_le_bytes(), value.as_bytes()].concat()
    };
    let noise: Vec<u8> = (0..40_000_u32)
        .flat_map(|n| (n * 7919 + u32::from(number)).wrapping_mul(2_654_435_761).to_be_bytes())
        .collect();
    let pixels =
        [&[0xE0, 0x7F, 0x10, 0][..], b"OW\0\0", &(noise.len() as u32).to_le_bytes(), &noise].concat();
    [
        vec![0; 128],
        b"DICM".to_vec(),
        element(2, 0x10, "UI", "1.2.840.10008.1.2.1"),
        element(8, 0x18, "UI", &format!("1.2.{number}")),
        element(0x20, 0xE, "UI", "1.2"),
        element(0x20, 0x13, "IS", &number.to_string()),
        pixels,
    ]
    .concat()
}

/// An entry of a zip: name, bytes, method, flags.
type Packing<'a> = (&'a str, Vec<u8>, u16, u16);

fn zip_of(entries: &[Packing<'_>]) -> Vec<u8> {
    let (mut bytes, mut directory) = (vec![], vec![]);
    for (name, plain, method, flags) in entries {
        let packed = if *method == 8 { compress_to_vec(plain, 6) } else { plain.clone() };
        let at = bytes.len() as u32;
        let mut common = [20_u16, *flags, *method, 0, 0].map(u16::to_le_bytes).concat();
        common.extend([0, packed.len() as u32, plain.len() as u32].map(u32::to_le_bytes).concat());
        common.extend([name.len() as u16, 0].map(u16::to_le_bytes).concat());
        bytes.extend([b"PK\x03\x04", &common[..], name.as_bytes(), &packed].concat());
        let rest = [[0; 6].to_vec(), [0; 4].to_vec(), at.to_le_bytes().to_vec()].concat();
        directory.extend([b"PK\x01\x02\x14\0", &common[..], &rest, name.as_bytes()].concat());
    }
    let (at, count) = (bytes.len() as u32, entries.len() as u16);
    let end = [&[0; 4][..], &[count, count].map(u16::to_le_bytes).concat()].concat();
    let end = [&end[..], &(directory.len() as u32).to_le_bytes(), &at.to_le_bytes(), &[0, 0]].concat();
    [bytes, directory, b"PK\x05\x06".to_vec(), end].concat()
}

fn tar_entry(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
    let mut head = vec![0; 512];
    head[..name.len().min(100)].copy_from_slice(&name.as_bytes()[..name.len().min(100)]);
    head[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    head[156] = kind;
    head[257..265].copy_from_slice(b"ustar\x0000");
    head[148..156].fill(b' ');
    let sum: u32 = head.iter().map(|&byte| u32::from(byte)).sum();
    head[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let padding = content.len().next_multiple_of(512) - content.len();
    [head, content.to_vec(), vec![0; padding]].concat()
}

/// Three images, of which the second has a long name and the third one of pax.
fn tape() -> Vec<u8> {
    let long = format!("{}/2.dcm", "long".repeat(40));
    let pax = " path=pax/ü.dcm\n";
    let pax = format!("{}{pax}", pax.len() + 2);
    [
        tar_entry("folder/", b'5', b""),
        tar_entry("folder/1.dcm", b'0', &dicom(1)),
        tar_entry("././@LongLink", b'L', format!("{long}\0").as_bytes()),
        tar_entry("cut", b'0', &dicom(2)),
        tar_entry("pax", b'x', pax.as_bytes()),
        tar_entry("cut", b'0', &dicom(3)),
        tar_entry("read.me", b'0', b"hello"),
        tar_entry("link", b'2', b""),
        vec![0; 1024],
    ]
    .concat()
}

fn gzipped(plain: &[u8]) -> Vec<u8> {
    let size = (plain.len() as u32).to_le_bytes();
    [&[0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 3][..], b"name\0", &compress_to_vec(plain, 6), &[0; 4], &size]
        .concat()
}

/// Everything that a scan says of a file: names below it, and what they are.
fn scanned(path: &Path) -> Vec<(String, Outcome)> {
    let mut found = vec![];
    let _ = walk(&[path.to_owned()], |entry| {
        let (path, outcome) = entry.examine();
        found.push((path.to_string_lossy().into_owned(), outcome));
        ControlFlow::Continue(())
    });
    found
}

fn written(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// Every instance of a scan opens again by its path, alone and from a shelf, with the same bytes.
fn reopen(found: &[(String, Outcome)]) {
    let shelf = Archives::default();
    for (path, outcome) in found {
        let Outcome::Instance(record) = outcome else { continue };
        let expected = dicom(u16::try_from(record.number.unwrap()).unwrap());
        let plain = header::read_from(Path::new(path), Source::memory(expected.clone())).unwrap();
        let Found::Instance(plain) = plain else { panic!("it is an image") };
        assert_eq!((&record.warnings, record.bytes), (&plain.warnings, plain.bytes), "{path}");
        for source in [Source::open(Path::new(path)), shelf.open(Path::new(path))] {
            let mut source = source.unwrap();
            assert!(source.read(0, usize::MAX).unwrap() == expected, "{path}");
            assert_eq!(source.peek(130_000, 50).unwrap(), &expected[130_000..130_050]);
            assert!(source.read(source.len(), 10).unwrap().is_empty());
        }
    }
}

fn instances(found: &[(String, Outcome)]) -> Vec<i32> {
    let number = |(_, outcome): &(String, Outcome)| match outcome {
        Outcome::Instance(record) => record.number,
        _ => None,
    };
    found.iter().filter_map(number).collect()
}

#[test]
fn files_in_a_zip_are_listed_in_its_order_and_opened_by_their_paths() {
    let bytes = zip_of(&[
        ("a/", vec![], 0, 0),
        ("a/1.dcm", dicom(1), 8, 0),
        ("../../2.dcm", dicom(2), 0, 0),
        ("a/1.dcm", dicom(3), 8, 0),
        ("secret.dcm", dicom(4), 8, 1),
        ("new.dcm", dicom(5), 14, 0),
        ("inner.zip", vec![], 0, 0),
        ("read.me", b"hello".to_vec(), 8, 0),
    ]);
    // A program that unpacks itself stands in front.
    let (_folder, path) = written("study.ZIP", &[vec![0x50, 0x4B, 9, 9], bytes].concat());
    let found = scanned(&path);

    assert_eq!(instances(&found), [1, 2, 3]);
    reopen(&found);
    let names: Vec<&str> = found.iter().map(|(name, _)| &name[path.to_string_lossy().len()..]).collect();
    assert_eq!(
        names,
        [
            "",
            "!/a/1.dcm",
            "!/__/__/2.dcm",
            "!/a/1.dcm~2",
            "!/secret.dcm",
            "!/new.dcm",
            "!/inner.zip",
            "!/read.me"
        ]
    );
    let problems: Vec<&str> = found
        .iter()
        .filter_map(
            |(_, outcome)| if let Outcome::Problem(problem) = outcome { Some(&*problem.what) } else { None },
        )
        .collect();
    assert!(problems[0].contains("encrypted") && problems[1].contains("method 14"), "{problems:?}");
    assert!(problems[2].contains("archive inside another") && problems.len() == 3, "{problems:?}");
}

#[test]
fn tapes_and_single_files_are_listed_and_opened_whether_compressed_or_not() {
    for (name, bytes) in [("a.tar", tape()), ("a.tar.gz", gzipped(&tape())), ("a.tgz", gzipped(&tape()))] {
        let (_folder, path) = written(name, &bytes);
        let found = scanned(&path);
        assert_eq!(instances(&found), [1, 2, 3], "{name}");
        assert!(found[2].0.ends_with("longlong/2.dcm") && found[3].0.ends_with("!/pax/ü.dcm"), "{name}");
        reopen(&found);
    }
    // Two streams one after the other are one, as for gzip.
    let tape = tape();
    let (head, tail) = tape.split_at(1000);
    let (_folder, path) = written("b.tgz", &[gzipped(head), gzipped(tail)].concat());
    assert_eq!(instances(&scanned(&path)), [1, 2, 3]);

    let (_folder, path) = written("7.dcm.gz", &gzipped(&dicom(7)));
    let found = scanned(&path);
    assert!(found[1].0.ends_with("7.dcm.gz!/7.dcm"));
    assert_eq!(instances(&found), [7]);
    reopen(&found);
}

#[test]
fn what_is_cut_is_told_and_what_is_only_called_an_archive_is_not() {
    for (name, bytes) in
        [("a.zip", zip_of(&[("1", dicom(1), 8, 0)])), ("a.tar", tape()), ("a.tgz", gzipped(&tape()))]
    {
        let (_folder, path) = written(name, &bytes[..bytes.len() * 2 / 3]);
        let found = scanned(&path);
        let told = |(_, outcome): &(String, Outcome)| matches!(outcome, Outcome::Problem(problem) if problem.path == path);
        assert!(found.iter().any(told), "{name}");

        let (_folder, path) = written(name, b"just a text, and a longer one than any header of an archive");
        assert!(matches!(&scanned(&path)[..], [(_, Outcome::Ignored)]), "{name}");
    }
}

#[test]
fn bombs_cost_what_is_asked_of_them_and_say_so() {
    let zeros = vec![0; 80 << 20];
    let (_folder, path) = written("bomb.zip", &zip_of(&[("bomb.dcm", zeros.clone(), 8, 0)]));
    assert!(matches!(&scanned(&path)[..], [_, (_, Outcome::Ignored)]));

    let (_folder, path) = written("bomb.tgz", &gzipped(&tar_entry("bomb.dcm", b'0', &zeros)));
    let found = scanned(&path);
    let Some((_, Outcome::Problem(problem))) = found.last() else { panic!("{found:?}") };
    assert!(problem.what.contains("inflates to far more"), "{}", problem.what);

    // A size that nobody can hold is told when the bytes are asked for.
    let huge = Packed::new(Inflater::raw(Arc::new(Source::memory(vec![])), 0, 0), 0, u64::MAX);
    assert!(huge.read_at(&mut [0; 10], 1 << 40).unwrap_err().to_string().contains("larger than 512 MiB"));
    assert_eq!(huge.read_at(&mut [0; 10], 0).unwrap(), 0);
}

#[test]
fn a_place_late_on_a_long_tape_is_reached_from_a_mark() {
    let tape: Vec<u8> = (0..60).flat_map(|n| tar_entry(&format!("{n}.dcm"), b'0', &dicom(n))).collect();
    let (_folder, path) = written("long.tar.gz", &gzipped(&tape));
    let Index::Tape { places, stream } = Index::of(&path).unwrap() else { panic!("it is a tape") };
    assert_eq!(places.len(), 60);
    assert!(stream.len() > 3, "{} marks", stream.len());
    let (from, len) = places["59.dcm"];
    let mut bytes = vec![0; len as usize];
    assert_eq!(stream.member(from, len).read_at(&mut bytes, 0).unwrap() as u64, len);
    assert!(bytes == dicom(59));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn damage_anywhere_leads_to_no_panic(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), kind in 0..3_usize) {
        let small = b"0123456789".to_vec();
        let (name, mut bytes) = match kind {
            0 => ("a.zip", zip_of(&[("1", small.clone(), 8, 0), ("2", small, 0, 0)])),
            1 => ("a.tar", [tar_entry("1", b'0', &small), tar_entry("2", b'x', b"11 path=b\n")].concat()),
            _ => ("a.tgz", gzipped(&tar_entry("1", b'0', &small))),
        };
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        let (_folder, path) = written(name, &bytes);
        for (path, _) in scanned(&path) {
            let _ = Source::open(Path::new(&path)).map(|source| source.read(0, 1 << 20));
        }
    }
}
