//! The steps of the classic tutorial over a computed chest, against numpy 2, scipy 1.17 and scikit-image 0.26,
//! and arrays in files against what they were made of.

use super::phantom::Series;
use ndarray::Array3;
use sha2::{Digest, Sha256};
use std::{fs, num::NonZeroUsize, sync::Arc};
use tempfile::TempDir;
use topogram::{
    dicom::{Archives, Decoder},
    export::{Folder, Values},
    model::{Geometry, Library, Query, Stack},
    work::{
        ArrayFormat, ArrayTask, Prepared, Raw, Recipe, Rehearsal, Rehearsed, Selection, Slice, Slices, Step,
        prepare, rehearse, targets, write_array,
    },
};

pub(super) const PLAIN: Recipe = Recipe::PLAIN;
pub(super) const TUTORIAL: Recipe = Recipe { tutorial: true, resample: Some([1.0; 3]), ..PLAIN };
const ROOM: u64 = 1 << 30;
const THREADS: NonZeroUsize = NonZeroUsize::new(2).unwrap();

fn slices(library: &Library, stack: &Stack) -> Vec<Slice> {
    let slice = |key: &topogram::model::FrameKey| Slice {
        path: Arc::from(library.path(key.instance)),
        frame: key.frame,
        tile: None,
    };
    stack.frames.iter().map(slice).collect()
}

fn prepared(recipe: &Recipe) -> Prepared {
    let (_folder, library, stack) = Series::axial().read();
    prepared_of(&library, &stack, recipe)
}

/// What a recipe makes of a stack.
pub(super) fn prepared_of(library: &Library, stack: &Stack, recipe: &Recipe) -> Prepared {
    let (list, decoder) = (slices(library, stack), Decoder::here());
    let geometry = Geometry::of(stack, library).unwrap();
    let slices = Slices { list: &list, decoder: &decoder, archives: &Archives::default(), threads: THREADS };
    prepare(&Raw { slices, geometry: Some(&geometry), spacing: None, room: ROOM }, recipe).unwrap()
}

/// The first 64 bits of the hash of an array as numpy keeps 16-bit numbers.
pub(super) fn fingerprint(values: &Array3<f32>) -> u64 {
    let bytes: Vec<u8> = values.iter().flat_map(|&value| (value as i16).to_le_bytes()).collect();
    first_bits(&bytes)
}

fn first_bits(bytes: &[u8]) -> u64 {
    Sha256::digest(bytes).iter().take(8).fold(0, |bits, &byte| bits << 8 | u64::from(byte))
}

fn mean(values: &Array3<f32>) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64
}

fn deviation(values: &Array3<f32>) -> f64 {
    let mean = mean(values);
    (values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

#[track_caller]
fn near(got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{got} instead of {expected}");
}

#[test]
fn hounsfield_units_leave_padding_out() {
    let Prepared { seen, unit, .. } = prepared(&PLAIN);
    assert_eq!(
        (unit.as_str(), seen.padding, seen.count, seen.min, seen.max),
        ("HU", 15_360, 46_080, -1000.0, 700.0)
    );
    near(seen.mean().unwrap(), -320.317_535, 1e-6);
    near(seen.deviation().unwrap(), 495.541_965, 1e-6);
}

#[test]
fn the_tutorials_own_units_are_the_same_to_the_last_bit() {
    let naive = prepared(&Recipe { resample: None, ..TUTORIAL });
    assert_eq!(fingerprint(&naive.values), 0x4CA3_3675_378A_BB54);
    near(naive.seen.mean().unwrap(), -496.238_151, 1e-6);
    let (fullest, count) = naive.histogram.iter().enumerate().max_by_key(|(_, count)| **count).unwrap();
    assert_eq!(
        (fullest, *count, naive.histogram.iter().filter(|count| **count > 0).count()),
        (49, 27_888, 6)
    );
}

#[test]
fn resampling_by_splines_gives_the_numbers_of_scipy() {
    let cubic = prepared(&TUTORIAL);
    assert_eq!(cubic.values.dim(), (50, 96, 96));
    assert_eq!(cubic.spacing, Some([1.0; 3]));
    // All 460,800 of them, where halves may be rounded either way.
    near(mean(&cubic.values), -490.773_457, 1e-4);
    near(deviation(&cubic.values), 521.871_542, 1e-4);
    let extremes = cubic.values.iter().fold((0.0_f32, 0.0_f32), |(low, high), &x| (low.min(x), high.max(x)));
    assert_eq!(extremes, (-1191.0, 829.0));
    assert_eq!(fingerprint(&cubic.values), 0x955F_742D_851B_8AC1);
}

#[test]
fn resampling_linearly_stays_within_the_values() {
    let linear = prepared(&Recipe { resample: Some([1.0; 3]), ..PLAIN });
    assert_eq!(linear.values.dim(), (48, 95, 95));
    near(mean(&linear.values), -483.477_922, 1e-5);
    near(deviation(&linear.values), 505.277_969, 1e-5);
    assert!(linear.values.iter().all(|value| (-1000.0..=700.0).contains(value)));
}

#[test]
fn lungs_and_normalisation_are_those_of_the_reference() {
    for (fill, voxels) in [(false, 26_144), (true, 26_152)] {
        let found = prepared(&Recipe { lungs: Some(fill), ..TUTORIAL });
        assert_eq!(found.lungs.unwrap().voxels, voxels);
    }
    let ready = prepared(&Recipe { normalise: Some((-1000.0, 400.0)), zero_centre: Some(0.25), ..TUTORIAL });
    near(mean(&ready.values), 0.117_855, 1e-6);
    near(deviation(&ready.values), 0.361_169, 1e-6);
}

#[test]
fn a_cut_array_still_says_where_it_lies() {
    let whole = prepared(&Recipe { lungs: Some(true), resample: Some([2.0, 1.0, 1.0]), ..PLAIN });
    let cut =
        prepared(&Recipe { lungs: Some(true), resample: Some([2.0, 1.0, 1.0]), crop: Some(2), ..PLAIN });
    let [slices, rows, columns] = cut.box_kept.clone().unwrap();
    assert!(rows.len() < 95 && columns.len() < 95);
    assert_eq!(cut.values[(3, 4, 5)], whole.values[(slices.start + 3, rows.start + 4, columns.start + 5)]);
    let at = |affine: [[f64; 4]; 4], [i, j, k]: [usize; 3]| -> [f64; 3] {
        std::array::from_fn(|axis| {
            let row = affine[axis];
            row[0] * i as f64 + row[1] * j as f64 + row[2] * k as f64 + row[3]
        })
    };
    let (here, there) = (
        at(cut.affine.unwrap(), [5, 4, 3]),
        at(whole.affine.unwrap(), [columns.start + 5, rows.start + 4, slices.start + 3]),
    );
    here.iter().zip(there).for_each(|(&a, b)| near(a, b, 1e-9));
}

#[test]
fn what_memory_has_no_room_for_is_refused_with_its_size_and_the_way_out() {
    let (_folder, library, stack) = Series::axial().read();
    let (list, decoder) = (slices(&library, &stack), Decoder::here());
    let geometry = Geometry::of(&stack, &library).unwrap();
    let slices = Slices { list: &list, decoder: &decoder, archives: &Archives::default(), threads: THREADS };
    let refused = |geometry: &Geometry, room: u64, recipe: &Recipe| {
        let raw = Raw { slices, geometry: Some(geometry), spacing: None, room };
        prepare(&raw, recipe).unwrap_err().to_string()
    };
    // The stack as it is: 20 slices of 64 x 48 values of four bytes.
    let plain = refused(&geometry, 20 * 64 * 48 * 4 - 1, &PLAIN);
    assert!(plain.contains("GB of memory") && !plain.contains("--resample"), "{plain}");
    let raw = Raw { slices, geometry: Some(&geometry), spacing: None, room: 20 * 64 * 48 * 4 };
    assert_eq!(prepare(&raw, &PLAIN).unwrap().from, [20, 64, 48]);
    // A grid too fine: 4736 x 9451 x 9401 voxels.
    let fine = Recipe { resample: Some([0.01; 3]), ..PLAIN };
    let said = refused(&geometry, ROOM, &fine);
    assert!(said.contains("1.1 GB") && said.contains("a coarser --resample"), "{said}");
    // The last slice lies 500,000 km away.
    let mut positions: Vec<_> = (0..20).map(|slice| geometry.locate([f64::from(slice), 0.0, 0.0])).collect();
    positions[19][2] += 5e11;
    let far = Geometry::new([20, 64, 48], geometry.orientation, geometry.spacing, positions, 2.5);
    let said = refused(&far, ROOM, &Recipe { resample: Some([1.0; 3]), ..PLAIN });
    assert!(said.contains("a coarser --resample"), "{said}");
    // Step by step as well, whatever the caches may take.
    let selection = Selection { slice: None, over_time: false, masked: false };
    let target = targets(&library, &Query::default(), selection).remove(0);
    let step_by_step = Rehearsal::new(target, fine, None);
    let said = rehearse(&step_by_step, 2, usize::MAX, &decoder, &|_| true).unwrap_err().to_string();
    assert!(said.contains("no room in memory") && said.contains("a coarser grid"), "{said}");
}

/// The steps over the phantom within so many bytes.
fn rehearsed(recipe: &Recipe, room: usize, known: Option<Arc<Rehearsed>>) -> Arc<Rehearsed> {
    let (_folder, library, _) = Series::axial().read();
    let selection = Selection { slice: None, over_time: false, masked: false };
    let target = targets(&library, &Query::default(), selection).remove(0);
    let rehearsal = Rehearsal::new(target, recipe.clone(), known);
    Arc::new(rehearse(&rehearsal, 2, room, &Decoder::here(), &|_| true).unwrap())
}

#[test]
fn every_step_tells_the_numbers_of_what_would_be_written() {
    let recipe =
        Recipe { lungs: Some(true), normalise: Some((-1000.0, 400.0)), zero_centre: Some(0.25), ..TUTORIAL };
    let steps = rehearsed(&recipe, 1 << 30, None);
    let numbers = |step: Step| {
        let made = steps.made(step).unwrap();
        (made.shape, made.seen.min, made.seen.mean().unwrap(), made.seen.max)
    };
    let (shape, least, mean, most) = numbers(Step::Stored);
    assert_eq!((shape, least, most), ([20, 64, 48], -2000.0, 1724.0));
    near(mean, 27.761_849, 1e-6);
    near(numbers(Step::Units).2, -496.238_151, 1e-6);
    let (shape, least, mean, most) = numbers(Step::Resample);
    assert_eq!((shape, least, most), ([50, 96, 96], -1191.0, 829.0));
    near(mean, -490.773_457, 1e-4);
    assert_eq!(steps.lung_volume().unwrap(), (26_152, Some(26.152)));
    near(numbers(Step::Normalise).2, 0.367_855, 1e-6);
    near(numbers(Step::ZeroCentre).2, 0.117_855, 1e-6);
    assert!(steps.made(Step::Crop).is_none() && steps.shown(Step::Crop) == Step::Resample);

    // The picture of a step is a slice of what is written.
    let written = prepared(&recipe).values;
    let slice = steps.slice_at(Step::ZeroCentre, 0.5);
    let frame = steps.frame(Step::ZeroCentre, slice, None).unwrap();
    let topogram::model::Pixels::Gray(topogram::model::Stored::F32(values)) = frame.pixels else { panic!() };
    assert_eq!(values, written.index_axis(ndarray::Axis(0), slice));
}

#[test]
fn what_is_known_of_the_grid_is_not_computed_again() {
    let first = rehearsed(&TUTORIAL, 1 << 30, None);
    // Without any room nothing could be read.
    let again = rehearsed(&Recipe { lungs: Some(true), crop: Some(0), ..TUTORIAL }, 0, Some(first));
    let cut = prepared(&Recipe { lungs: Some(true), crop: Some(0), ..TUTORIAL });
    assert_eq!(again.made(Step::Crop).unwrap().shape.as_slice(), cut.values.shape());
}

#[test]
fn steps_take_as_many_slices_as_memory_has_room_for() {
    // For a slice 96 x 96 values half-way, of 8 bytes, and 2.5 times as many new ones of 4.
    let steps = rehearsed(&TUTORIAL, 10 * 96 * 96 * 18, None);
    assert_eq!(steps.part, 5..15);
    assert_eq!(steps.made(Step::Units).unwrap().shape, [10, 64, 48]);
}

/// The phantom as a file of this format: its bytes, its stack as it was.
fn written(format: ArrayFormat, values: Values) -> (TempDir, Vec<u8>, Prepared) {
    let (_folder, library, stack) = Series::axial().read();
    let (list, decoder) = (slices(&library, &stack), Decoder::here());
    let geometry = Geometry::of(&stack, &library).unwrap();
    let slices = Slices { list: &list, decoder: &decoder, archives: &Archives::default(), threads: THREADS };
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::create(place.path(), &[], false).unwrap();
    let depth = list.len();
    let task = ArrayTask { slices, depth, values, format, geometry: Some(&geometry), repetition: None };
    let done = write_array(&task, &folder, "chest", &|| true).unwrap();
    let bytes = fs::read(&done.path).unwrap();
    assert_eq!(bytes.len() as u64, done.bytes);
    let raw = Raw { slices, geometry: Some(&geometry), spacing: None, room: ROOM };
    (place, bytes, prepare(&raw, &PLAIN).unwrap())
}

fn shorts(bytes: &[u8]) -> Vec<i16> {
    bytes.as_chunks::<2>().0.iter().map(|&pair| i16::from_le_bytes(pair)).collect()
}

#[test]
fn an_array_of_stored_values_is_that_of_pydicom_in_the_right_order() {
    let (_place, bytes, _) = written(ArrayFormat::Npy, Values::Stored);
    assert_eq!(first_bits(&bytes[128..]), 0xF05B_2FAB_E923_2598);
}

#[test]
fn an_array_of_modality_values_is_in_hounsfield_units() {
    let (_place, bytes, prepared) = written(ArrayFormat::Npy, Values::Modality);
    let values = shorts(&bytes[128..]);
    let padded = -2000 - 1024;
    let right = |(&written, &known): (&i16, &f32)| f32::from(written) == known || written == padded;
    assert!(values.iter().zip(&prepared.values).all(right));
    assert_eq!(values.iter().filter(|&&value| value == padded).count() as u64, prepared.seen.padding);
}

#[test]
fn nifti_holds_stored_values_with_the_lowest_row_first() {
    let (_place, bytes, _) = written(ArrayFormat::Nii, Values::Modality);
    let (_place, plain, _) = written(ArrayFormat::Npy, Values::Stored);
    let float = |at: usize| f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!([112, 116].map(float), [1.0, -1024.0]);
    // As dcm2niix 1.0.20220720 writes it.
    let rows = [280, 296, 312].map(|row| [0, 4, 8, 12].map(|column| float(row + column)));
    assert_eq!(rows, [[-2.0, 0.0, 0.0, 47.0], [0.0, 1.5, 0.0, -47.25], [0.0, 0.0, 2.5, -100.0]]);
    let (flipped, upright) = (shorts(&bytes[352..]), shorts(&plain[128..]));
    for slice in 0..20 {
        for row in 0..64 {
            let line = |row: usize| (slice * 64 + row) * 48..(slice * 64 + row) * 48 + 48;
            assert_eq!(flipped[line(63 - row)], upright[line(row)]);
        }
    }
}

#[test]
fn a_compressed_file_holds_the_same() {
    use std::io::Read as _;
    let (_place, packed, _) = written(ArrayFormat::NiiGz, Values::Modality);
    let (_place, plain, _) = written(ArrayFormat::Nii, Values::Modality);
    let mut unpacked = vec![];
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).unwrap();
    assert!(packed.len() < plain.len() / 2);
    assert!(unpacked == plain);
}

#[test]
fn what_is_stopped_leaves_nothing() {
    let (_folder, library, stack) = Series::axial().read();
    let (list, decoder) = (slices(&library, &stack), Decoder::here());
    let slices = Slices { list: &list, decoder: &decoder, archives: &Archives::default(), threads: THREADS };
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::create(place.path(), &[], false).unwrap();
    for format in [ArrayFormat::Npy, ArrayFormat::NiiGz] {
        let task =
            ArrayTask { slices, depth: 20, values: Values::Stored, format, geometry: None, repetition: None };
        write_array(&task, &folder, "chest", &|| false).unwrap_err();
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn a_slice_that_cannot_be_read_stops_everything_in_order_and_out_of_it() {
    let (place, library, stack) = Series::axial().read();
    let (list, decoder) = (slices(&library, &stack), Decoder::here());
    fs::write(&list[7].path, b"no DICOM").unwrap();
    let slices = Slices {
        list: &list,
        decoder: &decoder,
        archives: &Archives::default(),
        threads: NonZeroUsize::new(4).unwrap(),
    };
    let folder = Folder::create(&place.path().join("out"), &[], false).unwrap();
    for format in [ArrayFormat::Npy, ArrayFormat::NiiGz] {
        let task =
            ArrayTask { slices, depth: 20, values: Values::Stored, format, geometry: None, repetition: None };
        let why = write_array(&task, &folder, "chest", &|| true).unwrap_err().to_string();
        assert!(why.contains("not a DICOM file"), "{why}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
