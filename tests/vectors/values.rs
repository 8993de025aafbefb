//! Values and where they come from, as files of other programs tell them: pictures of 16 bits, frames of an array.

use super::file::{Made, bytes_of};
use serde_json::Value;
use std::{fs, num::NonZeroUsize, path::PathBuf};
use topogram::{
    dicom::{Archives, Decoder, examine},
    export::{Folder, Values},
    model::{Library, Query},
    work::{ArrayFormat, Export, Form, PictureFormat, Selection, Slices, store, targets},
};

const TIFF: Form = Form::Pictures(PictureFormat::Tiff16);

/// A slice of 3 pixels at this place, its values being `slope` times the stored ones.
fn slice(number: u16, slope: f64, stored: [u16; 3]) -> Made {
    Made::gray(3, 16)
        .text((0x0008, 0x0018), "UI", &format!("1.2.3.{number}"))
        .text((0x0008, 0x0060), "CS", "PT")
        .text((0x0020, 0x0013), "IS", &number.to_string())
        .decimals((0x0020, 0x0032), &[0.0, 0.0, f64::from(number)])
        .decimals((0x0020, 0x0037), &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0])
        .decimals((0x0028, 0x0030), &[1.0, 1.0])
        .decimals((0x0028, 0x1052), &[0.0])
        .decimals((0x0028, 0x1053), &[slope])
        .put((0x7FE0, 0x0010), "OW", &bytes_of(&stored))
}

/// What becomes of some files: the JSON, and the pixels of every TIFF with it, in the order of the stack.
fn exported(files: &[Made], form: Form) -> (Value, Vec<Vec<u16>>) {
    let place = tempfile::tempdir().unwrap();
    let mut library = Library::default();
    for (number, file) in files.iter().enumerate() {
        let path = place.path().join(format!("IM{number}.dcm"));
        fs::write(&path, file.bytes()).unwrap();
        store(&mut library, examine(&path));
    }
    let selection = Selection { slice: None, over_time: false, masked: false };
    let [target] = targets(&library, &Query::default(), selection).try_into().unwrap();
    let (decoder, archives, threads) = (Decoder::here(), Archives::default(), NonZeroUsize::MIN);
    let slices = Slices { list: &target.slices, decoder: &decoder, archives: &archives, threads };
    let folder = Folder::create(&place.path().join("out"), &[], false).unwrap();
    let export = Export { form, target: &target, slices, values: Values::Modality, look: None };
    let written = export.write(&folder, &|| true).unwrap();
    let (json, rest): (Vec<PathBuf>, Vec<PathBuf>) =
        written.into_iter().partition(|path| path.extension().is_some_and(|ending| ending == "json"));
    let json: Value = serde_json::from_slice(&fs::read(&json[0]).unwrap()).unwrap();
    let named =
        |path: &PathBuf, name: &Value| path.file_name().and_then(|name| name.to_str()) == name.as_str();
    let pixels = match json["files"].as_array() {
        Some(names) => {
            assert!(
                rest.len() == names.len() && rest.iter().zip(names).all(|(path, name)| named(path, name))
            );
            rest.iter().map(|path| image::open(path).unwrap().into_luma16().into_raw()).collect()
        }
        None => vec![],
    };
    (json, pixels)
}

/// The values that somebody else computes.
fn meant((json, pixels): (Value, Vec<Vec<u16>>)) -> Vec<f64> {
    assert_eq!(json["dtype"], "uint16");
    let (slope, intercept) = (json["slope"].as_f64().unwrap(), json["intercept"].as_f64().unwrap());
    pixels.concat().into_iter().map(|pixel| f64::from(pixel) * slope + intercept).collect()
}

#[test]
fn values_of_slices_with_a_slope_each_can_be_compared_in_sixteen_bits() {
    let values = meant(exported(&[slice(1, 0.5, [0, 100, 7]), slice(2, 2.0, [0, 100, 60_000])], TIFF));
    for (value, expected) in values.into_iter().zip([0.0, 50.0, 3.5, 0.0, 200.0, 120_000.0]) {
        assert!((value - expected).abs() <= 120_000.0 / 65_535.0 / 2.0, "{value} for {expected}");
    }
}

#[test]
fn fractions_below_one_are_not_all_nought_in_sixteen_bits() {
    let values = meant(exported(&[slice(1, 1.0 / 256.0, [0, 128, 255])], TIFF));
    for (value, expected) in values.into_iter().zip([0.0, 0.5, 255.0 / 256.0]) {
        assert!((value - expected).abs() < 1e-5, "{value} for {expected}");
    }
}

#[test]
fn all_slices_are_moved_where_one_has_negative_values() {
    let signed = slice(2, 1.0, [65_526, 0, 5]).words((0x0028, 0x0103), &[1]);
    let (json, pixels) = exported(&[slice(1, 1.0, [0, 1, 2]).words((0x0028, 0x0103), &[1]), signed], TIFF);
    assert_eq!(pixels, [[32_768, 32_769, 32_770], [32_758, 32_768, 32_773]]);
    assert_eq!((json["slope"].as_f64(), json["intercept"].as_f64()), (Some(1.0), Some(-32_768.0)));
    assert_eq!(exported(&[slice(1, 1.0, [0, 1, 65_535])], TIFF).1, [[0, 1, 65_535]]);
}

#[test]
fn slices_of_one_file_are_told_apart_by_their_frames() {
    let film = slice(1, 1.0, [0, 1, 2]).text((0x0028, 0x0008), "IS", "3").put(
        (0x7FE0, 0x0010),
        "OW",
        &bytes_of(&[0, 1, 2, 3, 4, 5, 6, 7, 8]),
    );
    let json = exported(&[film], Form::Array(ArrayFormat::Npy)).0;
    assert_eq!(json["frames"], serde_json::json!([1, 2, 3]));
    assert_eq!(json["sop_instance_uids"].as_array().unwrap().len(), 3);
    let single = exported(&[slice(1, 1.0, [0, 1, 2])], Form::Array(ArrayFormat::Npy)).0;
    assert_eq!(single.get("frames"), None);
}
