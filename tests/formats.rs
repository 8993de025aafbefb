//! What we export is what we read back: the same values at the same places, for every format of arrays.

use proptest::prelude::*;
use std::{fs, path::Path};
use topogram::{
    dicom::{Found, Image, read},
    export::{Kind, nifti, npy, nrrd},
    model::{Geometry, Library, Stored},
    with_stored,
};

/// Values of a stack of `[slices, rows, columns]`, each its own number as far as the kind has room.
fn value(slice: usize, row: usize, column: usize) -> i16 {
    (slice * 1000 + row * 37 + column) as i16
}

/// A rotation by angles about z and x, with the steps of columns, rows and slices, and an origin: LPS.
fn affine(angles: [f64; 2], steps: [f64; 3], origin: [f64; 3]) -> [[f64; 4]; 3] {
    let [(sin, cos), (rise, run)] = angles.map(f64::sin_cos);
    let rotation = [[cos, -sin * run, sin * rise], [sin, cos * run, -cos * rise], [0.0, rise, run]];
    std::array::from_fn(|row| {
        let along = |axis: usize| rotation[row][axis] * steps[axis];
        [along(0), along(1), along(2), origin[row]]
    })
}

/// Values and geometry of a file, as everything downstream has them.
fn read_back(path: &Path) -> (Library, Geometry, Image) {
    let Found::Instance(record) = read(path).unwrap() else { panic!("no DICOMDIR") };
    let mut library = Library::default();
    library.insert(*record);
    let (id, _) = library.all_series().next().unwrap();
    let geometry = Geometry::of(&library.stacks(id)[0], &library).unwrap();
    (library, geometry, Image::open(path).unwrap())
}

/// Every value lies where the affine of the export says, within `tolerance` voxels.
fn check(path: &Path, shape: [usize; 3], affine: &[[f64; 4]; 3], tolerance: f64) {
    let (library, geometry, image) = read_back(path);
    let (id, _) = library.all_series().next().unwrap();
    let stack = &library.stacks(id)[0];
    for slice in 0..shape[0] {
        for row in 0..shape[1] {
            for column in 0..shape[2] {
                let at = [column as f64, row as f64, slice as f64, 1.0];
                let place = affine.map(|numbers| numbers.iter().zip(at).map(|(a, b)| a * b).sum::<f64>());
                let index = geometry.index(place);
                let whole = index.map(f64::round);
                for (index, whole) in index.into_iter().zip(whole) {
                    assert!((index - whole).abs() < tolerance, "{index} is between voxels");
                }
                let [slice_, row_, column_] = whole.map(|index| index as usize);
                let stored = image.samples(stack.frames[slice_].frame).unwrap();
                assert_eq!(stored.at(row_, column_), Some(value(slice, row, column).into()));
            }
        }
    }
}

/// Values in the order of a file: slices, then rows (from the bottom if `upward`), then columns.
fn bytes(shape: [usize; 3], upward: bool) -> Vec<u8> {
    let mut bytes = vec![];
    for slice in 0..shape[0] {
        for row in 0..shape[1] {
            let row = if upward { shape[1] - 1 - row } else { row };
            (0..shape[2]).for_each(|column| bytes.extend(value(slice, row, column).to_le_bytes()));
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn arrays_come_back_with_the_same_values_at_the_same_places(
        shape in [1_usize..5, 1_usize..6, 1_usize..7],
        angles in prop::array::uniform2(-3.0..3.0_f64), steps in prop::array::uniform3(0.2..4.0_f64),
        origin in prop::array::uniform3(-200.0..200.0_f64),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let affine = affine(angles, steps, origin);
        let size = [shape[2], shape[1], shape[0]];

        let path = folder.path().join("a.nrrd");
        fs::write(&path, [nrrd::header(Kind::I16, size, &affine), bytes(shape, false)].concat()).unwrap();
        check(&path, shape, &affine, 1e-6);

        // NIfTI counts rows from the bottom, and has single precision.
        let mut ras = affine;
        ras.iter_mut().take(2).for_each(|row| *row = row.map(|x| -x));
        for row in &mut ras {
            row[3] += row[1] * (shape[1] - 1) as f64;
            row[1] = -row[1];
        }
        let header = nifti::Header {
            kind: Kind::I16, size: [size[0], size[1], size[2], 1], affine: ras, repetition: 0.0, rescale: (1.0, 0.0),
        };
        let path = folder.path().join("a.nii");
        fs::write(&path, [header.bytes().unwrap(), bytes(shape, true)].concat()).unwrap();
        check(&path, shape, &affine, 1e-3);

        let path = folder.path().join("a.npy");
        fs::write(&path, [npy::header(Kind::I16, &shape), bytes(shape, false)].concat()).unwrap();
        let [x, y, z] = affine;
        let json = serde_json::json!({
            "shape": shape, "values": "stored", "slope": 2.0, "intercept": -1.0,
            "geometry": { "even": true, "affine_lps": [x, y, z, [0.0, 0.0, 0.0, 1.0]] },
        });
        fs::write(folder.path().join("a.json"), json.to_string()).unwrap();
        check(&path, shape, &affine, 1e-6);
        prop_assert_eq!(Image::open(&path).unwrap().frame(0).unwrap().modality_lut.apply(3.0), 5.0);
    }
}

#[test]
fn every_kind_of_value_comes_back_as_it_was() {
    let kinds = [Kind::U8, Kind::I8, Kind::U16, Kind::I16, Kind::U32, Kind::I32, Kind::F32, Kind::F64];
    let folder = tempfile::tempdir().unwrap();
    let affine = affine([0.0; 2], [1.0; 3], [0.0; 3]);
    for kind in kinds {
        let values: Vec<u8> = (0..2 * 3 * kind.bytes()).map(|n| n as u8 % 60).collect();
        let stored = |stored: &Stored| -> Vec<u8> {
            with_stored!(stored, array => array.iter().flat_map(|value| value.to_le_bytes()).collect())
        };
        for name in ["a.npy", "a.nrrd"] {
            let path = folder.path().join(name);
            let header = match name {
                "a.npy" => npy::header(kind, &[1, 2, 3]),
                _ => nrrd::header(kind, [3, 2, 1], &affine),
            };
            fs::write(&path, [&header[..], &values].concat()).unwrap();
            let read = stored(&Image::open(&path).unwrap().samples(0).unwrap());
            // A NRRD has a place and is turned upright; its rows are in the order they were written in.
            assert_eq!(read, values, "{kind:?} of {name}");
        }
    }
}
