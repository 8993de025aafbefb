//! What came out of the pipeline, stack by stack: one line of CSV and one object of JSON each.

use crate::{
    export::{Draft, Folder, FolderError, csv},
    model::Library,
    work::{Prepared, Target},
};
use serde::{Deserialize, Serialize};
use std::io::Write as _;

/// One stack.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Entry {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    lungs: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patient: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    series_uid: Option<String>,
    stack: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    array: Option<Array>,
}

/// What is in the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Array {
    axes: [String; 3],
    shape: [usize; 3],
    dtype: String,
    unit: String,
    spacing_mm: Option<[f64; 3]>,
    affine_lps: Option<[[f64; 4]; 4]>,
    affine_ras: Option<[[f64; 4]; 4]>,
    /// Before resampling and cutting.
    original_shape: [usize; 3],
    /// First and one past the last slice, row, column that were kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    box_kept: Option<[[usize; 2]; 3]>,
    /// Of the values in their unit, without padding, before resampling.
    min: Option<f64>,
    max: Option<f64>,
    mean: Option<f64>,
    sd: Option<f64>,
    padding_voxels: u64,
    histogram: Vec<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lung_voxels: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lung_ml: Option<f64>,
    sop_instance_uids: Vec<String>,
}

impl Entry {
    /// Of a stack that was prepared.
    pub(super) fn of(file: String, lungs: Option<String>, target: &Target, prepared: &Prepared) -> Self {
        let (slices, rows, columns) = prepared.values.dim();
        let seen = &prepared.seen;
        let some = seen.count > 0;
        let affine_lps = prepared.affine.map(|affine| affine.map(|row| row.map(|x| x + 0.0)));
        let affine_ras = affine_lps.map(|mut affine| {
            affine[..2].iter_mut().for_each(|row| *row = row.map(|x| 0.0 - x));
            affine
        });
        let ml = |voxels: u64| {
            let [slice, row, column] = prepared.spacing?;
            Some(voxels as f64 * slice * row * column / 1000.0)
        };
        let lung_voxels = prepared.lungs.as_ref().map(|lungs| lungs.voxels);
        let array = Array {
            axes: ["slice", "row", "column"].map(str::to_owned),
            shape: [slices, rows, columns],
            dtype: prepared.kind.name().to_owned(),
            unit: prepared.unit.clone(),
            spacing_mm: prepared.spacing,
            affine_lps,
            affine_ras,
            original_shape: prepared.from,
            box_kept: prepared.box_kept.clone().map(|kept| kept.map(|range| [range.start, range.end])),
            min: some.then_some(seen.min),
            max: some.then_some(seen.max),
            mean: seen.mean(),
            sd: seen.deviation(),
            padding_voxels: seen.padding,
            histogram: prepared.histogram.clone(),
            lung_voxels,
            lung_ml: lung_voxels.and_then(ml),
            sop_instance_uids: target.uids.clone(),
        };
        Self { file, lungs, stack: target.stack + 1, array: Some(array), ..Self::default() }
    }

    /// Of a stack that could not be prepared.
    pub(super) fn failed(target: &Target, library: &Library, why: &str, masked: bool) -> Self {
        let entry = Self { problem: Some(why.to_owned()), stack: target.stack + 1, ..Self::default() };
        entry.named(target, library, masked)
    }

    /// With the identifiers that tell whose it is, unless these are masked.
    pub(super) fn named(mut self, target: &Target, library: &Library, masked: bool) -> Self {
        if !masked {
            let series = library.series(target.series);
            self.series_uid = Some(series.uid.raw().to_owned());
            self.patient = Some(library.patient(library.study(series.study).patient).id.raw().to_owned());
        }
        self
    }

    /// What an earlier run has written beside an array.
    pub(super) fn read(folder: &Folder, target: &Target) -> Option<Self> {
        let text = std::fs::read(folder.path().join(format!("{}.json", target.stem))).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// The name of the array.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// The document beside the array.
    pub(super) fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    fn cells(&self) -> Vec<String> {
        let array = self.array.as_ref();
        let of = |of: &dyn Fn(&Array) -> Option<String>| array.and_then(of).unwrap_or_default();
        let number = |value: Option<f64>| value.map(|value| value.to_string());
        let three = |values: Option<[f64; 3]>| Some(values?.map(|value| value.to_string()).join("x"));
        vec![
            self.file.clone(),
            self.patient.clone().unwrap_or_default(),
            self.series_uid.clone().unwrap_or_default(),
            self.stack.to_string(),
            of(&|array| Some(array.shape.map(|size| size.to_string()).join("x"))),
            of(&|array| three(array.spacing_mm)),
            of(&|array| Some(array.dtype.clone())),
            of(&|array| Some(array.unit.clone())),
            of(&|array| number(array.min)),
            of(&|array| number(array.max)),
            of(&|array| number(array.mean)),
            of(&|array| number(array.sd)),
            of(&|array| Some(array.padding_voxels.to_string())),
            of(&|array| Some(array.lung_voxels?.to_string())),
            of(&|array| number(array.lung_ml)),
            self.problem.clone().unwrap_or_default(),
        ]
    }
}

const HEADINGS: [&str; 16] = [
    "file",
    "patient",
    "series_uid",
    "stack",
    "shape",
    "spacing_mm",
    "dtype",
    "unit",
    "min",
    "max",
    "mean",
    "sd",
    "padding_voxels",
    "lung_voxels",
    "lung_ml",
    "problem",
];

/// Both files, written as the stacks are done, so that thousands of them are no matter of memory.
pub(super) struct Manifest {
    json: Draft,
    csv: Draft,
    count: usize,
}

impl Manifest {
    /// Begins them.
    pub(super) fn begin(folder: &Folder) -> Result<Self, FolderError> {
        let manifest =
            Self { json: folder.begin("manifest.json")?, csv: folder.begin("manifest.csv")?, count: 0 };
        append(&manifest.csv, csv::line(&HEADINGS.map(str::to_owned)).as_bytes())?;
        Ok(manifest)
    }

    /// Appends a stack.
    pub(super) fn add(&mut self, entry: &Entry) -> Result<(), FolderError> {
        let between = if self.count == 0 { "[\n" } else { ",\n" };
        self.count += 1;
        // Numbers and text have no way to fail.
        let json = serde_json::to_string(entry).unwrap_or_default();
        append(&self.json, format!("{between}{json}").as_bytes())?;
        append(&self.csv, csv::line(&entry.cells()).as_bytes())
    }

    /// Gives them their names.
    pub(super) fn finish(self) -> Result<(), FolderError> {
        append(&self.json, if self.count == 0 { b"[]\n" } else { b"\n]\n" })?;
        self.json.finish()?;
        self.csv.finish()?;
        Ok(())
    }
}

fn append(draft: &Draft, bytes: &[u8]) -> Result<(), FolderError> {
    draft.file().write_all(bytes).map_err(|why| draft.error(why))
}
