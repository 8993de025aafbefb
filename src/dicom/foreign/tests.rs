//! Whole files of other formats, from memory: headers, and what becomes of damaged ones.

use crate::{
    dicom::{Decoder, Found, Image, Object, Source},
    model::{Pixels, Record, Stored},
};
use proptest::prelude::*;
use std::{fs, path::Path};

fn image(name: &str, bytes: &[u8]) -> Result<Image, String> {
    let path = Path::new(name);
    let object = Object::read(path, Source::memory(bytes.to_vec())).map_err(|why| why.to_string())?;
    Image::new(path, object, &Decoder::here()).map_err(|why| why.to_string())
}

fn values(name: &str, bytes: &[u8], frame: u32) -> Stored {
    match image(name, bytes).unwrap().frame(frame).unwrap().pixels {
        Pixels::Gray(stored) => stored,
        Pixels::Color(_) => panic!("{name} is grey"),
    }
}

/// As a scan sees a file that is named.
fn record(path: &Path) -> Record {
    match crate::dicom::read(path).unwrap() {
        Found::Instance(record) => *record,
        Found::Directory => panic!("{} is no DICOMDIR", path.display()),
    }
}

/// A NIfTI-1 header in front of `values`, little endian: `dim`, a kind, and what else is put at an offset.
fn nifti(dim: &[i16], code: i16, more: &[(usize, &[u8])], values: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 352];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0, &348_i32.to_le_bytes());
    put(40, &(dim.len() as i16).to_le_bytes());
    dim.iter().enumerate().for_each(|(axis, size)| put(42 + 2 * axis, &size.to_le_bytes()));
    put(70, &code.to_le_bytes());
    (0..4).for_each(|axis| put(76 + 4 * axis, &1_f32.to_le_bytes()));
    put(108, &352_f32.to_le_bytes());
    put(344, b"n+1\0");
    for &(at, value) in more {
        put(at, value);
    }
    [&bytes, values].concat()
}

const NRRD: &str = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 2 1\nencoding: raw\n\n";
const META: &str = "NDims = 3\nDimSize = 2 2 1\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n";

fn npy(descr: &str, fortran: bool, shape: &str, values: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let text = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({shape}), }}\n");
    [&b"\x93NUMPY\x01\x00"[..], &(text.len() as u16).to_le_bytes(), text.as_bytes(), values].concat()
}

#[test]
fn slope_and_intercept_of_a_nifti_are_those_of_its_values() {
    let more: [(usize, &[u8]); 2] = [(112, &2_f32.to_le_bytes()), (116, &(-5_f32).to_le_bytes())];
    let frame = image("x.nii", &nifti(&[1, 1, 1], 4, &more, &[7, 0])).unwrap().frame(0).unwrap();
    assert_eq!(frame.modality_lut.apply(7.0), 9.0);
}

#[test]
fn a_quaternion_that_rounding_made_too_long_is_half_a_turn() {
    // Half a turn about x: rows and slices run the other way.
    let more: [(usize, &[u8]); 2] = [(252, &1_i16.to_le_bytes()), (256, &1.000_001_f32.to_le_bytes())];
    let frame = image("x.nii", &nifti(&[2, 2, 2], 2, &more, &[0; 8])).unwrap().frame(1).unwrap();
    assert_eq!(frame.plane.map(|plane| plane.position[2].round()), Some(-1.0));
}

#[test]
fn fortran_arrays_have_their_first_axis_along_the_columns() {
    let c = values("x.npy", &npy("<i2", false, "1, 1, 3", &[1, 0, 2, 0, 3, 0]), 0);
    let fortran = values("x.npy", &npy(">i2", true, "3, 1, 1", &[0, 1, 0, 2, 0, 3]), 0);
    assert_eq!((c.shape(), &c), ((1, 3), &fortran));
}

#[test]
fn a_file_that_ends_early_shows_the_slices_that_are_whole() {
    let path = Path::new("x.nii");
    let object = Object::read(path, Source::memory(nifti(&[2, 2, 3], 2, &[], &[5; 9]))).unwrap();
    assert!(object.start.notes.iter().any(|note| note == "ends early: 2 of 3 slices are there"));
    assert!(
        image("x.nii", &nifti(&[2, 2, 3], 2, &[], &[5; 3])).unwrap_err().contains("not one slice is whole")
    );
}

#[test]
fn what_cannot_be_shown_is_told_in_a_sentence() {
    let cases: [(&str, Vec<u8>, &str); 13] = [
        (
            "x.nrrd",
            NRRD.replace("\n\n", "\nbyte skip: 9223372036854775807\n\n").into_bytes(),
            "beyond any file",
        ),
        ("x.nii", nifti(&[2, 2, 2], 32, &[], &[0; 64]), "complex"),
        ("x.nii", nifti(&[0, 2, 2], 2, &[], &[]), "length 0"),
        ("x.nii", nifti(&[i16::MAX; 7], 64, &[], &[]), "more than any file has"),
        ("x.nii", nifti(&[1, 1, 1, 1, i16::MAX, 100], 2, &[], &[]), "100000 can be shown"),
        ("x.nrrd", NRRD.replace("raw", "bzip2").into_bytes(), "bzip2"),
        ("x.nrrd", NRRD.replace("2 2 1", "9999999 9999999 99999999").into_bytes(), "more than any file"),
        ("x.nhdr", NRRD.replace("\n\n", "\ndata file: ../x\n\n").into_bytes(), "not beside it"),
        ("x.nhdr", NRRD.replace("\n\n", "\ndata file: /etc/passwd\n\n").into_bytes(), "not beside it"),
        ("x.mha", META.replace("LOCAL", "LIST").into_bytes(), "a file for each slice"),
        ("x.mha", META.replace("= 3", "3").into_bytes(), "no line ElementDataFile"),
        ("x.npy", npy("<f2", false, "1, 2", &[0; 4]), "<f2"),
        ("x.npy", npy("|O", false, "1, 2", &[0; 4]), "|O"),
    ];
    for (name, bytes, what) in cases {
        let why = image(name, &bytes).unwrap_err();
        assert!(why.starts_with("the file ") && why.contains(what), "{why} of {name}: {what}");
    }
}

#[test]
fn text_of_a_header_steers_no_terminal_and_makes_no_second_value() {
    let header = NRRD.replace("\n\n", "\ncontent: a\\b\u{1b}[2J\n\n");
    let path = Path::new("x.nrrd");
    let object = Object::read(path, Source::memory([header.as_bytes(), &[0; 4]].concat())).unwrap();
    assert_eq!(object.data_set.ascii(crate::dicom::Tag(0x0020, 0x4000)).unwrap(), "a/b [2J");
}

#[test]
fn the_values_of_a_text_header_may_lie_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.mhd");
    fs::write(&path, META.replace("LOCAL", "x.raw")).unwrap();
    fs::write(folder.path().join("x.raw"), [1, 2, 3, 4]).unwrap();
    let image = Image::open(&path).unwrap();
    assert_eq!(image.samples(0).unwrap(), Stored::U8(ndarray::array![[1, 2], [3, 4]]));
    assert_eq!(record(&path).series.description.raw(), "x");
}

#[test]
fn pictures_of_one_size_in_a_folder_are_a_series_and_say_nothing_of_a_patient() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a.png", "b.png", "c.png"].map(|name| folder.path().join(name));
    for (path, width) in paths.iter().zip([4, 4, 5]) {
        image::GrayImage::from_pixel(width, 3, image::Luma([9])).save(path).unwrap();
    }
    let [a, b, c] = paths.each_ref().map(|path| record(path));
    assert_eq!((&a.study_uid, &a.series_uid), (&b.study_uid, &b.series_uid));
    assert_eq!(a.study_uid, c.study_uid);
    assert_ne!(a.series_uid, c.series_uid);
    assert_ne!(a.sop_instance, b.sop_instance);
    assert!(a.patient_id.is_empty() && a.patient_name.is_empty() && a.warnings.is_empty(), "{a:?}");
    assert_eq!(
        Image::open(&paths[0]).unwrap().samples(0).unwrap(),
        Stored::U8(ndarray::Array2::from_elem((3, 4), 9))
    );
}

#[test]
fn a_picture_that_is_cut_is_listed_and_says_so_when_it_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    image::RgbImage::from_fn(64, 64, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]))
        .save(&path)
        .unwrap();
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(record(&path).frames, 1);
    let why = Image::open(&path).and_then(|image| image.frame(0)).unwrap_err().to_string();
    assert!(why.contains("cannot be decoded"), "{why}");
}

#[test]
fn what_is_said_of_a_file_is_part_of_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.dat");
    fs::write(&file, [9, 9, 0, 1, 0, 2]).unwrap();
    let said = super::Said { raw: "2x1,i16,be,2".parse().ok(), spacing: "3,2,-1".parse().ok() };
    let path = super::as_said(&file, &said);
    assert!(crate::dicom::exists(&path));
    let frame = Image::open(&path).unwrap().frame(0).unwrap();
    assert_eq!(frame.pixels, Pixels::Gray(Stored::I16(ndarray::array![[1, 2]])));
    assert_eq!(frame.spacing.map(|spacing| (spacing.row, spacing.column)), Some((2.0, 3.0)));
    let found = record(&path);
    assert_eq!((found.path, found.series.description.raw()), (path, "x"));
}

#[test]
fn pictures_that_are_said_to_be_so_large_are_no_slices_at_one_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.png");
    image::GrayImage::from_pixel(4, 3, image::Luma([9])).save(&file).unwrap();
    let said = super::Said { raw: None, spacing: "3,2,1".parse().ok() };
    let frame = Image::open(&super::as_said(&file, &said)).unwrap().frame(0).unwrap();
    assert_eq!(frame.spacing.map(|spacing| (spacing.row, spacing.column)), Some((2.0, 3.0)));
    assert_eq!(frame.plane, None);
}

#[test]
fn a_scan_of_a_folder_takes_none_of_them() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.nii"), nifti(&[1, 1, 1], 2, &[], &[7])).unwrap();
    let mut outcomes = vec![];
    let mut met = |roots: &[std::path::PathBuf]| {
        let _ = crate::dicom::walk(roots, |entry| {
            outcomes.push(matches!(entry.examine().1, crate::dicom::Outcome::Instance(_)));
            std::ops::ControlFlow::Continue(())
        });
    };
    met(&[folder.path().to_owned()]);
    met(&[folder.path().join("x.nii")]);
    assert_eq!(outcomes, [false, true]);
}

proptest! {
    #[test]
    fn damaged_headers_are_shown_or_refused_and_never_more(
        which in 0_usize..4, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(), is_cut: bool,
    ) {
        let (name, mut bytes) = match which {
            0 => ("x.nii", nifti(&[3, 2, 2], 4, &[(254, &1_i16.to_le_bytes())], &[7; 24])),
            1 => ("x.nrrd", [NRRD.as_bytes(), &[7; 4]].concat()),
            2 => ("x.mha", [META.as_bytes(), &[7; 4]].concat()),
            _ => ("x.npy", npy("<i2", false, "2, 3", &[7; 12])),
        };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(image) = image(name, &bytes) {
            let module = image.module();
            let frame = image.frame(0).unwrap();
            prop_assert_eq!(frame.shape(), (module.rows as usize, module.columns as usize));
        }
    }
}
