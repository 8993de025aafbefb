//! Every number of a reference run over two sets of files, step by step of the classic tutorial: the computed
//! chest of [`phantom`](super::phantom), and pydicom's `CT_small.dcm`.
//!
//! The references (pydicom 3, numpy, scipy, scikit-image) are `ref_phantom.json` and `ref_ctsmall.json` in the
//! folder named by `TOPOGRAM_FACTS`, or `../shared/facts`. The CT is named by `TOPOGRAM_CT_SMALL`, or lies in the
//! corpus, or in the pydicom of `python3`. What is not there is skipped, loudly.

use super::{assert_near, cases, file::Made, phantom::Series, tutorial};
use ndarray::Array3;
use serde::Deserialize;
use serde_json::Value;
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};
use topogram::{
    dicom::{Image, examine},
    imaging::{render, steps},
    model::{Geometry, Library, Pixels, SeriesId, Stack, Stored, Window, cross},
    work::{Prepared, Recipe, store},
};

/// Equal but for the six digits that means and deviations are rounded to.
const ROUNDED: f64 = 1.01e-6;
/// The same for arrays that are held in single precision and were computed in double.
const SINGLE: f64 = 1e-5;

/// Numbers of the reference that are no business of ours, and why.
const LEFT: [(&str, &str); 4] = [
    ("3_axis_lengths", "axes of a plot"),
    ("3_axis_last", "axes of a plot"),
    ("8_mesh_-300", "surfaces are drawn, not meshed"),
    ("8_mesh_400", "surfaces are drawn, not meshed"),
];

fn skip(what: &str) {
    // Not `eprintln!`, which the test harness swallows.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}");
}

/// What somebody has computed, by step.
fn reference(name: &str) -> Option<serde_json::Map<String, Value>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/facts");
    let path = std::env::var_os("TOPOGRAM_FACTS").map_or_else(beside, PathBuf::from).join(name);
    let Ok(text) = fs::read(&path) else {
        skip(&format!("no {name} in TOPOGRAM_FACTS nor ../shared/facts"));
        return None;
    };
    Some(serde_json::from_slice(&text).unwrap())
}

/// A file of that name somewhere under a folder.
fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let here = files.into_iter().find(|path| path.file_name().is_some_and(|own| own == name));
    here.or_else(|| folders.iter().find_map(|folder| find(folder, name)))
}

/// Where pydicom has its test files.
fn of_pydicom(name: &str) -> Option<PathBuf> {
    let ask = "import importlib.util as u; print(u.find_spec('pydicom').submodule_search_locations[0])";
    let said = Command::new("python3").args(["-c", ask]).output().ok()?;
    let folder = PathBuf::from(String::from_utf8(said.stdout).ok()?.trim_end());
    Some(folder.join("data/test_files").join(name)).filter(|path| path.is_file())
}

fn ct_small() -> Option<PathBuf> {
    const NAME: &str = "CT_small.dcm";
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("TOPOGRAM_CORPUS").map_or_else(beside, PathBuf::from);
    let named = std::env::var_os("TOPOGRAM_CT_SMALL").map(PathBuf::from);
    let found = named.or_else(|| find(&corpus, NAME)).or_else(|| of_pydicom(NAME));
    if found.is_none() {
        skip("no CT_small.dcm in TOPOGRAM_CT_SMALL, in the corpus, nor in the pydicom of python3");
    }
    found
}

#[test]
fn every_step_over_the_phantom_gives_the_numbers_of_the_reference() {
    let Some(reference) = reference("ref_phantom.json") else { return };
    let (_folder, library, stack) = Series::axial().read();
    Chest { library, stack }.check(&reference);
}

#[test]
fn every_step_over_a_real_slice_gives_the_numbers_of_the_reference() {
    let (Some(reference), Some(path)) = (reference("ref_ctsmall.json"), ct_small()) else { return };
    let mut library = Library::default();
    store(&mut library, examine(&path));
    let [stack] = library.stacks(SeriesId(0)).try_into().unwrap();
    Chest { library, stack }.check(&reference);
}

#[derive(Deserialize)]
struct Whole {
    id: String,
    center: f64,
    width: f64,
    mean: f64,
    black: usize,
    white: usize,
}

#[test]
fn a_real_slice_is_rounded_as_the_standard_says() {
    let Some(path) = ct_small() else { return };
    let frame = Image::open(&path).unwrap().frame(0).unwrap();
    for Whole { id, center, width, mean, black, white } in cases("whole_picture") {
        let levels = render(&frame, &Window::linear(center, width).into(), false).into_bytes();

        let count = |level: u8| -> usize { levels.iter().map(|&other| usize::from(other == level)).sum() };
        assert_eq!((count(0), count(255)), (black, white), "{id}");
        let sum: f64 = levels.iter().map(|&level| f64::from(level)).sum();
        assert_near(sum / levels.len() as f64, mean, &id);
    }
}

#[derive(Deserialize)]
struct Normalised {
    id: String,
    low: f64,
    high: f64,
    values: Vec<(f32, f64)>,
}

#[test]
fn bounds_become_nought_and_one() {
    for Normalised { id, low, high, values } in cases("normalised") {
        let from = values.iter().map(|&(value, _)| value).collect();
        let mut array = Array3::from_shape_vec((1, 1, values.len()), from).unwrap();
        steps::normalise(&mut array, (low, high), 0.0);
        array.iter().zip(&values).for_each(|(&got, &(_, to))| assert_near(got.into(), to, &id));
    }
}

#[derive(Deserialize)]
struct SixteenBits {
    id: String,
    values: Vec<(u16, f32)>,
}

#[test]
fn the_tutorials_sixteen_bits_wrap() {
    for SixteenBits { id, values } in cases("sixteen_bits") {
        for (stored, expected) in values {
            let frame = Made::gray(1, 16).image(&stored.to_le_bytes()).frame(0).unwrap();
            let mut slice = ndarray::Array2::zeros((1, 1));
            steps::naive_units(&frame, slice.view_mut(), &mut steps::Units::default());
            assert_eq!(slice[(0, 0)], expected, "{id}");
        }
    }
}

/// A stack of files, and what we make of it.
struct Chest {
    library: Library,
    stack: Stack,
}

impl Chest {
    fn check(&self, reference: &serde_json::Map<String, Value>) {
        for (step, expected) in reference {
            if LEFT.iter().any(|(left, _)| left == step) {
                continue;
            }
            println!("{step}: {expected}");
            self.check_step(step, expected);
        }
    }

    fn check_step(&self, step: &str, expected: &Value) {
        const NAIVE: Recipe = Recipe { resample: None, ..tutorial::TUTORIAL };
        let stack = &self.stack;
        match step {
            "1_files" => assert_eq!(self.library.instance_count(), expected.as_u64().unwrap() as usize),
            "2_normal" => {
                let orientation = stack.orientation.unwrap();
                near(&cross(orientation.row, orientation.column), expected, 1e-8);
            }
            "2_positions_first_last" => {
                near(&[stack.depths[0], stack.depths[stack.depths.len() - 1]], expected, 1e-9);
            }
            "2_spacing" if expected.is_null() => assert_eq!(stack.step, None),
            "2_spacing" => near(&[stack.step.unwrap()], &Value::from(vec![expected.clone()]), 1e-9),
            "2_uniform" => assert_eq!(Some(stack.uniform), expected.as_bool()),
            "2_instance_numbers_in_order" => {
                let first = stack.frames.iter().take(8);
                let number = |key: &topogram::model::FrameKey| self.library.instance(key.instance).number;
                let numbers: Vec<Option<i32>> = first.map(number).collect();
                assert_eq!(serde_json::to_value(numbers).unwrap(), *expected);
            }
            "3_dims" => {
                let (form, slices) = (&stack.form, stack.frames.len() as f64);
                near(&[f64::from(form.rows), f64::from(form.columns), slices], expected, 0.0);
            }
            "3_spacing_tutorial" => {
                let spacing = stack.form.spacing.unwrap();
                near(&[spacing.row, spacing.column, stack.form.thickness.unwrap()], expected, 1e-12);
            }
            "4_tutorial_array" => {
                // Rows, columns, and slices in the order of the files.
                let files: Vec<u32> = (0..self.library.instance_count() as u32).collect();
                let turned = self.array(&files).permuted_axes([1, 2, 0]);
                check_array(&turned.as_standard_layout().into_owned(), expected, ROUNDED);
            }
            "4_volume_kji" => {
                let files: Vec<u32> = stack.frames.iter().map(|key| key.instance.0).collect();
                check_array(&self.array(&files), expected, ROUNDED);
            }
            "5_hu_kernel" => check_array(&self.prepared(&NAIVE).values, expected, ROUNDED),
            "5_padding_voxels" => {
                let seen = self.prepared(&tutorial::PLAIN).seen;
                assert_eq!(Some(seen.padding), expected.as_u64());
            }
            "5_hu_standard_excl_padding" => {
                let seen = self.prepared(&tutorial::PLAIN).seen;
                assert_eq!(Value::from(vec![seen.count]), expected["shape"]);
                let ours = [seen.min, seen.max, seen.mean().unwrap(), seen.deviation().unwrap()];
                near_stats(ours, expected, ROUNDED);
            }
            "5_hu_standard_incl_padding" => self.check_with_padding(expected),
            "6_hist80_kernel" => check_histogram(&self.prepared(&NAIVE), expected),
            "7_resample_kernel" => {
                let prepared = self.prepared(&tutorial::TUTORIAL);
                check_array(&prepared.values, expected, ROUNDED);
                near(&prepared.spacing.unwrap(), &expected["new_spacing"], ROUNDED);
            }
            "7_resample_linear" => {
                let recipe = Recipe { resample: Some([1.0; 3]), ..tutorial::PLAIN };
                check_array(&self.prepared(&recipe).values, expected, SINGLE);
            }
            "9_lung_voxels" => assert_eq!(Some(self.lungs(false)), expected.as_u64()),
            "9_lung_filled_voxels" => assert_eq!(Some(self.lungs(true)), expected.as_u64()),
            "9_structures" => assert_eq!(Some(self.lungs(true) - self.lungs(false)), expected.as_u64()),
            "9_lung_filled_ml_at_1mm" => {
                let ml = self.lungs(true) as f64 / 1000.0;
                assert!((ml - expected.as_f64().unwrap()).abs() < 1e-4, "{ml}");
            }
            "10_normalised" => check_array(&self.normalised(None), expected, ROUNDED),
            "10_zero_centred_0.25" => check_array(&self.normalised(Some(0.25)), expected, ROUNDED),
            other => panic!("the reference has {other}, which nothing here looks at"),
        }
    }

    fn prepared(&self, recipe: &Recipe) -> Prepared {
        tutorial::prepared_of(&self.library, &self.stack, recipe)
    }

    /// The reference resamples what has a distance between slices.
    fn resample(&self) -> Option<[f64; 3]> {
        Geometry::of(&self.stack, &self.library)
            .ok()
            .filter(|geometry| geometry.shape[0] > 1)
            .map(|_| [1.0; 3])
    }

    fn lungs(&self, fill: bool) -> u64 {
        self.prepared(&Recipe { lungs: Some(fill), ..tutorial::TUTORIAL }).lungs.unwrap().voxels
    }

    fn normalised(&self, zero_centre: Option<f64>) -> Array3<f32> {
        let recipe = Recipe {
            resample: self.resample(),
            normalise: Some((-1000.0, 400.0)),
            zero_centre,
            ..tutorial::TUTORIAL
        };
        self.prepared(&recipe).values
    }

    /// The stored values of some files.
    fn array(&self, files: &[u32]) -> Array3<f32> {
        let shape = (files.len(), self.stack.form.rows as usize, self.stack.form.columns as usize);
        let slices: Vec<Vec<f32>> = files.iter().map(|&file| self.stored(file)).collect();
        Array3::from_shape_vec(shape, slices.concat()).unwrap()
    }

    /// The stored values of a file, row by row.
    fn stored(&self, instance: u32) -> Vec<f32> {
        let path = self.library.path(topogram::model::InstanceId(instance));
        let frame = Image::open(&path).unwrap().frame(0).unwrap();
        let Pixels::Gray(Stored::I16(values)) = frame.pixels else { panic!("16 bits") };
        values.iter().map(|&value| value.into()).collect()
    }

    /// Padding taken for a value as any other, as nothing here does on purpose.
    fn check_with_padding(&self, expected: &Value) {
        let slope_and_intercept = |stored: f32| f64::from(stored) - 1024.0;
        let values: Vec<f64> = self
            .stack
            .frames
            .iter()
            .flat_map(|key| self.stored(key.instance.0))
            .map(slope_and_intercept)
            .collect();
        near_stats(stats(&values), expected, ROUNDED);
    }
}

/// Least, greatest, mean, standard deviation.
fn stats(values: &[f64]) -> [f64; 4] {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    let (least, most) = values.iter().fold((f64::MAX, f64::MIN), |(a, b), &x| (a.min(x), b.max(x)));
    [least, most, mean, variance.sqrt()]
}

#[track_caller]
fn near(got: &[f64], expected: &Value, tolerance: f64) {
    let expected: Vec<f64> = serde_json::from_value(expected.clone()).unwrap();
    let equal = |(a, b): (&f64, &f64)| (a - b).abs() <= tolerance;
    assert!(
        got.len() == expected.len() && got.iter().zip(&expected).all(equal),
        "{got:?} instead of {expected:?}"
    );
}

#[track_caller]
fn near_stats(got: [f64; 4], expected: &Value, tolerance: f64) {
    let expected = Value::from(["min", "max", "mean", "std"].map(|name| expected[name].clone()).to_vec());
    near(&got, &expected, tolerance);
}

/// Shape, statistics, and the hash of 16-bit numbers.
#[track_caller]
fn check_array(array: &Array3<f32>, expected: &Value, tolerance: f64) {
    assert_eq!(Value::from(array.shape().to_vec()), expected["shape"]);
    let values: Vec<f64> = array.iter().map(|&value| value.into()).collect();
    near_stats(stats(&values), expected, tolerance);
    if let Some(hash) = expected["sha256_16"].as_str() {
        assert_eq!(format!("{:016x}", tutorial::fingerprint(array)), hash);
    }
}

#[track_caller]
fn check_histogram(prepared: &Prepared, expected: &Value) {
    let (seen, counts) = (&prepared.seen, &prepared.histogram);
    near(&[seen.min, seen.max], &expected["edges_first_last"], 0.0);
    let width = (seen.max - seen.min) / counts.len() as f64;
    near(&[width], &Value::from(vec![expected["bin_width"].clone()]), 1e-9);
    let most = counts.iter().copied().max().unwrap();
    let fullest = counts.iter().position(|&count| count == most).unwrap();
    let filled = counts.iter().filter(|&&count| count > 0).count();
    let ours = serde_json::json!({ "argmax": fullest, "max": most, "nonzero": filled });
    for name in ["argmax", "max", "nonzero"] {
        assert_eq!(ours[name], expected[name], "{name}");
    }
}
