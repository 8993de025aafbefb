//! Five series of a computed chest, written as files and read as volumes: upright, sagittal with slices that
//! run against their normal, coronal, turned by 20°, and leaning by 15°.
//!
//! The numbers are those of numpy, scipy, nibabel and dcm2niix over files of the same definition.

use super::{
    assert_near,
    file::{Made, bytes_of},
};
use sha2::{Digest, Sha256};
use std::{
    fs,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};
use tempfile::TempDir;
use topogram::{
    dicom::{Decoder, examine},
    imaging::{Cut, EdgeLabels, Sampling, View, plane_class},
    model::{Library, SeriesId, Stack, Vector, cross},
    work::{Assembled, Assembly, Building, NoVolume, Plan, assemble, store},
};

/// Slices, rows, columns.
const SHAPE: [usize; 3] = [20, 64, 48];
/// Between slices, rows and columns, mm.
const SPACING: [f64; 3] = [2.5, 1.5, 2.0];
/// Stored where there is nothing.
const PADDING: i16 = -2000;
const PLENTY: usize = 1 << 24;

/// Hounsfield units, or nothing outside of the field of view.
fn hounsfield(slice: usize, row: usize, column: usize) -> Option<f64> {
    let [z, y, x] = [(slice, 0), (row, 1), (column, 2)].map(|(at, axis)| at as f64 * SPACING[axis]);
    let [cz, cy, cx] = [0, 1, 2].map(|axis| (SHAPE[axis] - 1) as f64 * SPACING[axis] / 2.0);
    let (dz, dy, dx) = (z - cz, y - cy, x - cx);
    let squares = |parts: [f64; 3]| parts.into_iter().map(|part| part * part).sum::<f64>();
    if dx.hypot(dy) > 47.0 {
        return None;
    }
    let mut value = -1000.0;
    if squares([dx / 42.0, dy / 40.0, 0.0]) <= 1.0 {
        value = 40.0 + z % 7.0;
    }
    for side in [-20.0, 20.0] {
        if squares([(dx - side) / 13.0, dy / 24.0, dz / 19.0]) <= 1.0 {
            value = -850.0;
        }
    }
    // A nodule in the patient's left lung.
    if squares([dx - 20.0, dy - 5.0, dz]) <= 16.0 {
        value = 60.0;
    }
    if squares([dx, dy - 30.0, 0.0]) <= 36.0 {
        value = 700.0;
    }
    Some(value)
}

/// A series to be written.
pub(super) struct Series {
    orientation: [f64; 6],
    first: Vector,
    /// From one slice to the next in the order of their numbers.
    step: Vector,
    /// Where there is nothing: as stored, or a value like others.
    nothing: Option<f64>,
}

impl Series {
    fn new(orientation: [f64; 6], first: Vector) -> Self {
        let [row, column] = [0, 3].map(|first| std::array::from_fn(|axis| orientation[first + axis]));
        let step = cross(row, column).map(|x| x * SPACING[0]);
        Self { orientation, first, step, nothing: None }
    }

    pub(super) fn axial() -> Self {
        Self::new([1.0, 0.0, 0.0, 0.0, 1.0, 0.0], [-47.0, -47.25, -100.0])
    }

    /// Writes the files under names in another order, and reads them as one stack.
    pub(super) fn read(&self) -> (TempDir, Library, Stack) {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::default();
        for slice in 0..SHAPE[0] {
            let name = slice * 7 % SHAPE[0];
            let position: Vec<f64> =
                (0..3).map(|axis| significant(self.first[axis] + self.step[axis] * slice as f64)).collect();
            let values: Vec<u16> = (0..SHAPE[1] * SHAPE[2])
                .map(|at| match (hounsfield(slice, at / SHAPE[2], at % SHAPE[2]), self.nothing) {
                    // The computed values are halves at worst, and rounded to even as numpy does.
                    (Some(value), _) | (None, Some(value)) => (value + 1024.0).round_ties_even() as i16,
                    (None, None) => PADDING,
                })
                .map(i16::cast_unsigned)
                .collect();
            let file = Made::gray(SHAPE[2] as u16, 16)
                .text((0x0008, 0x0018), "UI", &format!("1.2.3.{}", slice + 1))
                .text((0x0008, 0x0060), "CS", "CT")
                .text((0x0020, 0x0013), "IS", &(name + 1).to_string())
                .words((0x0028, 0x0010), &[SHAPE[1] as u16])
                .words((0x0028, 0x0103), &[1])
                .words((0x0028, 0x0120), &[PADDING.cast_unsigned()])
                .decimals((0x0018, 0x0050), &[5.0])
                .decimals((0x0020, 0x0032), &position)
                .decimals((0x0020, 0x0037), &self.orientation)
                .decimals((0x0028, 0x0030), &SPACING[1..])
                .decimals((0x0028, 0x1052), &[-1024.0])
                .decimals((0x0028, 0x1053), &[1.0])
                .put((0x7FE0, 0x0010), "OW", &bytes_of(&values));
            fs::write(folder.path().join(format!("IM{name:04}.dcm")), file.bytes()).unwrap();
        }
        for name in 0..SHAPE[0] {
            store(&mut library, examine(&folder.path().join(format!("IM{name:04}.dcm"))));
        }
        let [stack] = library.stacks(SeriesId(0)).try_into().unwrap();
        (folder, library, stack)
    }

    fn assembled(&self) -> Assembled {
        let (_folder, library, stack) = self.read();
        let plan = Plan::of(&stack, &library).unwrap();
        built(&plan, PLENTY, 2).unwrap()
    }
}

fn built(plan: &Plan, budget: usize, threads: usize) -> Result<Assembled, NoVolume> {
    let tried = AtomicUsize::new(0);
    let progress = |_| {
        tried.fetch_add(1, Ordering::Relaxed);
    };
    let built = assemble(plan, threads, budget, &Decoder::here(), &AtomicBool::new(false), progress)?;
    assert_eq!(tried.into_inner(), plan.frames.len());
    Ok(built.expect("nobody stopped it"))
}

/// Six significant digits, as many as the files of the reference have.
fn significant(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap()
}

/// What others say of one series.
struct Known {
    series: Series,
    /// Columns of the affine: a column, a row, a slice, and the first voxel.
    affine: [Vector; 4],
    /// Left, right, top, bottom.
    edges: [&'static str; 4],
    plane: &'static str,
    tilt: f64,
}

fn known() -> [Known; 5] {
    let (sine20, cosine20) = 20_f64.to_radians().sin_cos();
    let (sine15, cosine15) = 15_f64.to_radians().sin_cos();
    let corner = [-47.0, -47.25, -100.0];
    [
        Known {
            series: Series::axial(),
            affine: [[2.0, 0.0, 0.0], [0.0, 1.5, 0.0], [0.0, 0.0, 2.5], corner],
            edges: ["R", "L", "A", "P"],
            plane: "AX",
            tilt: 0.0,
        },
        Known {
            series: Series {
                step: [2.5, 0.0, 0.0],
                ..Series::new([0.0, 1.0, 0.0, 0.0, 0.0, -1.0], [-10.0, -50.0, 60.0])
            },
            // The last file is the first slice.
            affine: [[0.0, 2.0, 0.0], [0.0, 0.0, -1.5], [-2.5, 0.0, 0.0], [37.5, -50.0, 60.0]],
            edges: ["A", "P", "H", "F"],
            plane: "SAG",
            tilt: 0.0,
        },
        Known {
            series: Series::new([1.0, 0.0, 0.0, 0.0, 0.0, -1.0], [-47.0, -20.0, 60.0]),
            affine: [[2.0, 0.0, 0.0], [0.0, 0.0, -1.5], [0.0, 2.5, 0.0], [-47.0, -20.0, 60.0]],
            edges: ["R", "L", "H", "F"],
            plane: "COR",
            tilt: 0.0,
        },
        Known {
            series: Series::new([cosine20, sine20, 0.0, -sine20, cosine20, 0.0], corner),
            affine: [
                [2.0 * cosine20, 2.0 * sine20, 0.0],
                [-1.5 * sine20, 1.5 * cosine20, 0.0],
                [0.0, 0.0, 2.5],
                corner,
            ],
            edges: ["RA", "LP", "AL", "PR"],
            plane: "AX",
            tilt: 0.0,
        },
        Known {
            series: Series {
                step: [0.0, 0.0, 2.5 / cosine15],
                ..Series::new([1.0, 0.0, 0.0, 0.0, cosine15, -sine15], corner)
            },
            affine: [[2.0, 0.0, 0.0], [0.0, 1.5 * cosine15, -1.5 * sine15], [0.0, 0.0, 2.588_19], corner],
            edges: ["R", "L", "AH", "PF"],
            plane: "AX oblique 15°",
            tilt: 15.0,
        },
    ]
}

#[test]
fn every_voxel_is_where_the_affine_of_others_has_it() {
    for Known { series, affine, edges, plane, tilt } in known() {
        let (_folder, library, stack) = series.read();
        let geometry = Plan::of(&stack, &library).unwrap().geometry;
        for (axis, row) in geometry.affine().into_iter().take(3).enumerate() {
            for (number, column) in affine.iter().enumerate() {
                // Positions have six digits in the files.
                assert!((row[number] - column[axis]).abs() < 1e-4, "{plane}: {row:?}");
            }
        }
        assert_eq!(geometry.shape, SHAPE);
        assert!(geometry.is_even() && (stack.tilt - tilt).abs() < 1e-3, "{plane}");
        assert!((geometry.voxel_volume() - 7.5).abs() < 1e-3 && (stack.step.unwrap() - 2.5).abs() < 1e-4);
        let EdgeLabels { top, right, bottom, left } = EdgeLabels::of_plane(&geometry.orientation);
        assert_eq!([left.as_str(), &right, &top, &bottom], edges);
        assert_eq!(plane_class(&geometry.orientation), plane);
    }
}

#[test]
fn the_volume_holds_the_stored_values_in_order() {
    let volume = Series::axial().assembled().volume;
    let mut hash = Sha256::new();
    let (mut padded, mut sum, mut low, mut high) = (0, 0.0, f64::MAX, f64::MIN);
    for (slice, row, column) in places(SHAPE) {
        let value = volume.at(slice, row, column);
        let stored = value.map_or(PADDING, |value| (value + 1024.0) as i16);
        hash.update(stored.to_le_bytes());
        padded += usize::from(value.is_none());
        if let Some(value) = value {
            (sum, low, high) = (sum + value, low.min(value), high.max(value));
        }
    }
    assert_eq!(hash.finalize()[..8], 0xf05b_2fab_e923_2598_u64.to_be_bytes());
    assert_eq!((padded, low, high), (15_360, -1000.0, 700.0));
    assert_near(sum / 46_080.0, -320.317_535, "mean");
}

fn places([slices, rows, columns]: [usize; 3]) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..slices * rows * columns).map(move |at| (at / rows / columns, at / columns % rows, at % columns))
}

/// Against `scipy.ndimage.map_coordinates` of order 1 on a grid of 1 mm from the centre of the first voxel.
#[test]
fn planes_of_a_millimetre_have_the_values_of_scipy() {
    let volume = Series { nothing: Some(-1000.0), ..Series::axial() }.assembled().volume;
    let orientation = View::Axial.orientation();
    let sampling = Sampling { smooth: true, slab: None, threads: 1 };
    let mut values = vec![];
    for slice in 0..48 {
        let position = [-47.0, -47.25, -100.0 + f64::from(slice)];
        let cut = Cut { position, orientation, pixel: 1.0, rows: 95, columns: 95 };
        values.extend(volume.cut(&cut, &sampling).into_iter().map(f64::from));
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let deviation = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    assert!((mean + 483.477_922).abs() < 1e-3, "{mean}");
    assert!((deviation - 505.277_969).abs() < 1e-3, "{deviation}");
}

/// The same anatomy, written with a lean, comes out upright: a straight tube stays straight.
#[test]
fn a_leaning_stack_is_cut_where_its_voxels_are() {
    for Known { series, affine, plane, .. } in known() {
        let volume = series.assembled().volume;
        for (slice, row, column) in places(SHAPE).step_by(97) {
            let point = std::array::from_fn(|axis| {
                affine[0][axis] * column as f64
                    + affine[1][axis] * row as f64
                    + affine[2][axis] * slice as f64
                    + affine[3][axis]
            });
            let from_its_end = if plane == "SAG" { SHAPE[0] - 1 - slice } else { slice };
            let expected = hounsfield(from_its_end, row, column).map(f64::round_ties_even);
            assert_eq!(volume.sample(point, false), expected, "{plane} {slice} {row} {column}");
        }
    }
}

#[test]
fn an_assembly_tells_how_far_it_is_and_what_is_missing() {
    let (folder, library, stack) = Series::axial().read();
    // Slice 3 is in the file that was written under the number 3 * 7 modulo 20.
    fs::write(folder.path().join("IM0001.dcm"), b"no longer there").unwrap();
    let plan = Plan::of(&stack, &library).unwrap();
    let (sender, answers) = crossbeam_channel::unbounded::<Building>();
    let assembly = Assembly::start(plan, 2, PLENTY, Decoder::here(), &sender);
    drop(sender);
    let mut seen = vec![];
    let mut finished = None;
    for answer in answers {
        match answer {
            Building::Progress { done, all, .. } => seen.push((done, all)),
            Building::Done { result, .. } => finished = Some(result.unwrap()),
        }
    }
    drop(assembly);
    let assembled = finished.expect("the last message is the volume");
    assert!(seen.contains(&(20, 20)));
    let [(3, why)] = assembled.missing.as_slice() else { panic!("one is missing: {:?}", assembled.missing) };
    assert!(why.contains("not a DICOM file"), "{why}");
    assert!(!assembled.volume.has_slice(3) && assembled.volume.has_slice(4));
}

#[test]
fn a_volume_that_does_not_fit_or_cannot_be_read_says_why() {
    let (folder, library, stack) = Series::axial().read();
    let plan = Plan::of(&stack, &library).unwrap();
    let refusal = built_refusal(&plan, 1000);
    assert!(refusal.contains("--memory"), "{refusal}");
    for entry in fs::read_dir(folder.path()).unwrap() {
        fs::write(entry.unwrap().path(), b"").unwrap();
    }
    let refusal = built_refusal(&plan, PLENTY);
    assert!(refusal.contains("none of its slices"), "{refusal}");
}

fn built_refusal(plan: &Plan, budget: usize) -> String {
    let stop = AtomicBool::new(false);
    assemble(plan, 2, budget, &Decoder::here(), &stop, |_| ()).unwrap_err().to_string()
}

#[test]
fn a_stopped_assembly_gives_nothing() {
    let (_folder, library, stack) = Series::axial().read();
    let plan = Plan::of(&stack, &library).unwrap();
    let stop = AtomicBool::new(false);
    let stopping = |_| stop.store(true, Ordering::Relaxed);
    assert!(assemble(&plan, 2, PLENTY, &Decoder::here(), &stop, stopping).unwrap().is_none());
}

#[test]
fn files_without_positions_are_no_volume() {
    let mut library = Library::default();
    for number in 1..3 {
        let file = Made::gray(1, 8).text((0x0008, 0x0018), "UI", &format!("1.2.3.{number}")).put(
            (0x7FE0, 0x0010),
            "OW",
            &[0],
        );
        library.insert(file.record());
    }
    let refusal = Plan::of(&library.stacks(SeriesId(0))[0], &library).unwrap_err();
    assert!(refusal.to_string().contains("where they lie"));
}
