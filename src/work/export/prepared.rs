//! Prepared stacks as files: the array, the lungs beside it, and a document that says what both are.

use super::{ExportError, Slices, Target};
use crate::{
    export::{Draft, Folder, Kind, npy},
    work::{Prepared, Raw, Recipe, pipeline::prepare_watched},
};
use serde::{Deserialize, Serialize};
use std::io::{self, BufWriter, Write as _};

/// What is said of one prepared stack, in the document beside its array and in the manifest of all.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PreparedEntry {
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
    /// For each slice, from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frames: Option<Vec<u32>>,
}

impl PreparedEntry {
    /// Of a stack that was prepared.
    fn of(file: String, lungs: Option<String>, target: &Target, prepared: &Prepared) -> Self {
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
            frames: target.frames(),
        };
        Self { file, lungs, array: Some(array), ..Self::named(target) }
    }

    /// Of a stack that could not be prepared.
    pub fn failed(target: &Target, why: &str) -> Self {
        Self { problem: Some(why.to_owned()), ..Self::named(target) }
    }

    /// Whose it is, as far as that may be told.
    fn named(target: &Target) -> Self {
        let (patient, series_uid) = target.owner.clone().unzip();
        Self { patient, series_uid, stack: target.stack + 1, ..Self::default() }
    }

    /// What an earlier run has written beside an array.
    pub fn read(folder: &Folder, target: &Target) -> Option<Self> {
        let text = std::fs::read(folder.path().join(format!("{}.json", target.stem))).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// The name of the array.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The document beside the array.
    fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// A line of a table, as wide as the headings of the manifest.
    pub fn cells(&self) -> Vec<String> {
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

/// Prepares one stack in `room` bytes of memory and writes what came of it; its arrays are gone when this
/// returns. `step` is called after each slice that was read; if it says false, it is over.
///
/// # Errors
///
/// [`ExportError`]. Nothing is left then.
pub fn write_prepared(
    target: &Target,
    slices: Slices<'_>,
    recipe: &Recipe,
    room: u64,
    folder: &Folder,
    step: &(dyn Fn() -> bool + Sync),
) -> Result<PreparedEntry, ExportError> {
    let name = format!("{}.npy", target.stem);
    // Told before anything is decoded.
    let draft = folder.begin(&name)?;
    let raw = Raw { slices, geometry: target.geometry.as_ref(), spacing: target.distances(), room };
    let prepared = prepare_watched(&raw, recipe, &|_| step())?;
    let shape = prepared.values.dim().into();
    write(&draft, prepared.values.iter().copied(), shape, prepared.kind)?;
    let mut drafts = vec![draft];
    let mask = prepared.lungs.as_ref().map(|_| format!("{}-lungs.npy", target.stem));
    if let (Some(name), Some(lungs)) = (&mask, &prepared.lungs) {
        let draft = folder.begin(name)?;
        write(&draft, lungs.mask.iter().map(|&voxel| voxel.into()), shape, Kind::U8)?;
        drafts.push(draft);
    }
    let entry = PreparedEntry::of(name, mask, target, &prepared);
    let draft = folder.begin(&format!("{}.json", target.stem))?;
    draft.file().write_all(entry.json().as_bytes()).map_err(|why| draft.error(why))?;
    drafts.push(draft);
    // All are whole before the first has its name: whoever is stopped in between leaves next to never a half.
    for draft in drafts {
        draft.finish()?;
    }
    Ok(entry)
}

/// Writes an array whose values are whole where `kind` is.
fn write(
    draft: &Draft,
    values: impl Iterator<Item = f32>,
    shape: [usize; 3],
    kind: Kind,
) -> Result<(), ExportError> {
    let mut to = BufWriter::with_capacity(1 << 20, draft.file());
    let all = || -> io::Result<()> {
        to.write_all(&npy::header(kind, &shape))?;
        for value in values {
            match kind {
                Kind::U8 => to.write_all(&[value as u8])?,
                Kind::I16 => to.write_all(&(value as i16).to_le_bytes())?,
                _ => to.write_all(&value.to_le_bytes())?,
            }
        }
        to.flush()
    };
    all().map_err(|why| draft.error(why).into())
}
