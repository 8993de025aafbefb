//! The JSON beside an array: what its numbers are and where they lie, and what the classic tutorial computes.

use super::{ArrayFormat, Target, Written};
use crate::export::{Kind, Values};
use serde::Serialize;

/// The document.
#[derive(Serialize)]
struct Sidecar<'a> {
    file: String,
    dtype: &'static str,
    /// In the order of `axes`.
    shape: Vec<usize>,
    axes: Vec<&'static str>,
    values: &'static str,
    unit: &'a str,
    slope: f64,
    intercept: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    geometry: Option<Place>,
    tutorial: Tutorial,
    sop_instance_uids: &'a [String],
    /// For each slice, from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    frames: Option<Vec<u32>>,
}

/// Where the voxels are.
#[derive(Serialize)]
pub(super) struct Place {
    /// Distances between centres: slices, rows, columns.
    spacing_mm: [f64; 3],
    even: bool,
    voxel_mm3: f64,
    /// Along the normal, for each slice.
    slice_positions_mm: Vec<f64>,
    /// From `(column, row, slice, 1)`, counted as the array has them.
    affine_lps: [[f64; 4]; 4],
    affine_ras: [[f64; 4]; 4],
}

/// What "DICOM in Python" computes from the first file, names and order as there.
#[derive(Serialize)]
#[expect(non_snake_case, reason = "the names that readers of the tutorial look for")]
pub(super) struct Tutorial {
    ConstPixelDims: [usize; 3],
    #[serde(skip_serializing_if = "Option::is_none")]
    ConstPixelSpacing: Option<[f64; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    z: Option<Vec<f64>>,
}

/// Edges beyond which nobody plots.
const MOST_EDGES: usize = 100_000;

/// The text of the file.
pub(super) fn text(target: &Target, written: &Written, values: Values, format: ArrayFormat) -> String {
    let [slices, rows, columns] = written.shape;
    let volumes = slices / target.depth.max(1);
    let (shape, axes): (_, &[&str]) = match format {
        ArrayFormat::Npy | ArrayFormat::Npz => (vec![slices, rows, columns], &["slice", "row", "column"]),
        ArrayFormat::Nrrd => (vec![columns, rows, slices], &["column", "row", "slice"]),
        _ if volumes > 1 => (
            vec![columns, rows, target.depth, volumes],
            &["column", "row from the bottom", "slice", "volume"],
        ),
        _ => (vec![columns, rows, slices], &["column", "row from the bottom", "slice"]),
    };
    let (mut shape, mut axes) = (shape, axes.to_vec());
    if written.kind == Kind::Rgb {
        // NIfTI and NRRD have the first axis fastest, NumPy the last; three bytes are next to one another in all.
        match format {
            ArrayFormat::Npy | ArrayFormat::Npz => (shape.push(3), axes.push("colour")),
            _ => (shape.insert(0, 3), axes.insert(0, "colour")),
        };
    }
    let upward = matches!(format, ArrayFormat::Nii | ArrayFormat::NiiGz);
    let file = written.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let sidecar = Sidecar {
        file,
        dtype: written.kind.name(),
        shape,
        axes,
        values: match values {
            _ if written.kind == Kind::Rgb => "colour",
            Values::Modality if written.rescale == (1.0, 0.0) => "modality",
            _ => "stored",
        },
        unit: &written.unit,
        slope: written.rescale.0,
        intercept: written.rescale.1,
        geometry: Place::of(target, upward),
        tutorial: Tutorial::of(target, [rows, columns, target.depth]),
        sop_instance_uids: &target.uids,
        frames: target.frames(),
    };
    // Numbers and text have no way to fail.
    serde_json::to_string_pretty(&sidecar).unwrap_or_default() + "\n"
}

impl Place {
    /// Of the first volume, whose rows may be counted from the bottom.
    pub(super) fn of(target: &Target, upward: bool) -> Option<Self> {
        let geometry = target.geometry.as_ref()?;
        // Plus zero: nobody wants to read -0.
        let affine_ras = geometry.affine_ras(upward).map(|row| row.map(|x| x + 0.0));
        let mut affine_lps = affine_ras;
        affine_lps[..2].iter_mut().for_each(|row| *row = row.map(|x| 0.0 - x));
        Some(Self {
            spacing_mm: [geometry.slice_distance(), geometry.spacing.row, geometry.spacing.column],
            even: geometry.is_even(),
            voxel_mm3: geometry.voxel_volume(),
            slice_positions_mm: target.depths.clone(),
            affine_lps,
            affine_ras,
        })
    }
}

impl Tutorial {
    /// For so many rows, columns and slices.
    pub(super) fn of(target: &Target, dims: [usize; 3]) -> Self {
        let spacing = target.spacing.zip(target.thickness).map(|((row, column), thick)| [row, column, thick]);
        let axis = |at: usize| spacing.and_then(|spacing| edges(dims[at], spacing[at]));
        Self { ConstPixelDims: dims, ConstPixelSpacing: spacing, x: axis(0), y: axis(1), z: axis(2) }
    }
}

/// `numpy.arange(0.0, (count + 1) * step, step)`, which has one number more than it should where that product
/// is rounded up.
fn edges(count: usize, step: f64) -> Option<Vec<f64>> {
    let length = ((count + 1) as f64 * step / step).ceil();
    (step > 0.0 && length.is_finite() && length <= MOST_EDGES as f64)
        .then(|| (0..length as usize).map(|edge| edge as f64 * step).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_those_of_numpy_with_its_surprise() {
        assert_eq!(edges(3, 2.5), Some(vec![0.0, 2.5, 5.0, 7.5]));
        // 101 * 0.1 is 10.100000000000001, as numpy 2 says too.
        assert_eq!(edges(100, 0.1).map(|edges| edges.len()), Some(102));
        assert_eq!(edges(3, 0.0), None);
        assert_eq!(edges(3, f64::NAN), None);
    }
}
