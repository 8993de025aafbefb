//! Volumes of real series against those of pydicom and numpy: the order of their slices, and the stored values
//! of two planes across them.

use super::reference::{Corpus, corpus};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{fmt::Write as _, path::Path, sync::atomic::AtomicBool};
use topogram::{
    dicom::{Decoder, Image},
    imaging::{Cut, Sampling, View, Volume},
    model::{Frame, Pixels},
    work::{Assembled, Plan, assemble},
};

/// The volume of a series of the reference, its slices in the order of the reference.
fn assembled(corpus: &Corpus, series: &Value) -> (Plan, Assembled) {
    let library = &corpus.tops()[series["top"].as_str().unwrap()].library;
    let uid = series["series"].as_str().unwrap();
    let (id, _) = library.all_series().find(|(_, known)| known.uid.raw() == uid).unwrap();
    let stack = library.stacks(id).into_iter().max_by_key(|stack| stack.frames.len()).unwrap();
    let plan = Plan::of(&stack, library).unwrap();
    let order: Vec<&str> =
        series["order"].as_array().unwrap().iter().map(|slice| slice["path"].as_str().unwrap()).collect();
    let found: Vec<String> = plan.frames.iter().map(|(_, path)| corpus.name(path)).collect();
    assert_eq!(found, order, "{uid}");
    let assembled = assemble(&plan, 2, 1 << 30, &Decoder::here(), &AtomicBool::new(false), |_| ());
    let assembled = assembled.unwrap().expect("nobody stops it");
    assert_eq!(assembled.missing, [], "{uid}");
    (plan, assembled)
}

/// The stored words of a line of voxels of one slice, back from the values of the volume.
fn stored(volume: &Volume, slice: usize, frame: &Frame, line: &[(usize, usize)]) -> Vec<u16> {
    let Pixels::Gray(values) = &frame.pixels else { panic!("a grey series") };
    let word = |&(row, column): &(usize, usize)| {
        let stored = values.at(row, column).unwrap();
        if let Some(value) = volume.at(slice, row, column) {
            // Through the rescale and back.
            let [zero, one] = [0.0, 1.0].map(|stored| frame.modality_lut.apply(stored));
            ((value - zero) / (one - zero)).round() as i32 as u16
        } else {
            assert!(frame.padding.is_some_and(|(low, high)| (low..=high).contains(&stored)));
            stored as i32 as u16
        }
    };
    line.iter().map(word).collect()
}

fn frame(path: &Path, number: u32) -> Frame {
    Image::open(path).and_then(|image| image.frame(number)).unwrap()
}

#[test]
fn planes_across_real_volumes_have_the_values_of_numpy() {
    let Some(corpus) = corpus("planes_across_real_volumes_have_the_values_of_numpy") else { return };
    let answers = corpus.answers("series.json");
    let with_volume = answers.as_array().unwrap().iter().filter(|series| series["volume"].is_object());
    let mut checked = 0;
    for series in with_volume {
        let (plan, assembled) = assembled(corpus, series);
        let (volume, answer) = (&assembled.volume, &series["volume"]);
        let shape = volume.geometry().shape;
        assert_eq!(answer["shape_kji"], serde_json::json!(shape));
        let [_, rows, columns] = shape;
        let row = answer["coronal_mid_row"]["row"].as_u64().unwrap() as usize;
        let column = answer["sagittal_mid_col"]["col"].as_u64().unwrap() as usize;
        let lines = [
            (0..columns).map(|column| (row, column)).collect::<Vec<_>>(),
            (0..rows).map(|row| (row, column)).collect::<Vec<_>>(),
        ];
        let mut planes = [Sha256::new(), Sha256::new()];
        for (slice, (key, path)) in plan.frames.iter().enumerate() {
            let frame = frame(path, key.frame);
            for (plane, line) in planes.iter_mut().zip(&lines) {
                for word in stored(volume, slice, &frame, line) {
                    plane.update(word.to_le_bytes());
                }
            }
        }
        for (plane, name) in planes.into_iter().zip(["coronal_mid_row", "sagittal_mid_col"]) {
            let hash = plane.finalize().iter().fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            });
            assert_eq!(answer[name]["sha256"], hash.as_str(), "{name} of {}", series["series"]);
        }
        check_cuts(volume);
        checked += 1;
    }
    assert!(checked >= 9, "{checked} volumes");
}

/// Whatever the slices do, lean or keep uneven distances: a cut through a voxel shows its value there.
fn check_cuts(volume: &Volume) {
    let geometry = volume.geometry();
    let [slices, rows, columns] = geometry.shape;
    let sampling = Sampling { smooth: true, slab: None, threads: 1 };
    for at in
        [[slices / 2, rows / 2, columns / 2], [slices / 3, rows / 4, columns / 2], [1, rows / 2, columns / 3]]
    {
        let [slice, row, column] = at;
        let Some(expected) = volume.at(slice, row, column) else { continue };
        let point = geometry.locate(at.map(|index| index as f64));
        for view in [View::Axial, View::Coronal, View::Sagittal] {
            for orientation in [view.orientation(), view.along(geometry)] {
                let cut = Cut::around(point, orientation, 0.9, (5, 5));
                let got = f64::from(volume.cut(&cut, &sampling)[(2, 2)]);
                assert!((got - expected).abs() <= 1e-3 * expected.abs().max(10.0), "{got}, not {expected}");
            }
        }
    }
}
