//! The slices of a stack as a table: which file each is, where it lies, and what its values are.

use super::{
    Target,
    sidecar::{Place, Tutorial},
    survey::Measured,
};
use crate::export::csv;
use serde::Serialize;

const HEADINGS: [&str; 14] = [
    "slice",
    "file",
    "frame",
    "sop_instance_uid",
    "position_mm",
    "rows",
    "columns",
    "unit",
    "voxels",
    "padding",
    "min",
    "max",
    "mean",
    "sd",
];

/// A stack, for programs.
#[derive(Serialize)]
struct Document<'a> {
    series: &'a str,
    /// Slices, rows, columns.
    shape: [usize; 3],
    #[serde(skip_serializing_if = "Option::is_none")]
    geometry: Option<Place>,
    tutorial: Tutorial,
    slices: Vec<Row<'a>>,
}

/// A slice; what is not known, or may not be told, is left out.
#[derive(Serialize)]
struct Row<'a> {
    /// From one.
    slice: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// From one.
    frame: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    sop_instance_uid: Option<&'a str>,
    /// Along the normal.
    #[serde(skip_serializing_if = "Option::is_none")]
    position_mm: Option<f64>,
    rows: usize,
    columns: usize,
    unit: &'a str,
    /// With a value.
    voxels: u64,
    padding: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mean: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sd: Option<f64>,
}

fn rows<'a>(target: &'a Target, measured: &'a [Measured]) -> Vec<Row<'a>> {
    let row = |(at, measured): (usize, &'a Measured)| {
        let slice = &target.slices[at];
        let values = measured.values;
        let some = values.count > 0;
        Row {
            slice: target.numbers.0 + at,
            // Names of files name people too, so they go where UIDs go.
            file: target.uids.get(at).map(|_| slice.path.display().to_string()),
            frame: slice.frame + 1,
            sop_instance_uid: target.uids.get(at).map(String::as_str),
            position_mm: target.depths.get(at).copied(),
            rows: measured.shape.0,
            columns: measured.shape.1,
            unit: &measured.unit,
            voxels: values.count,
            padding: values.padding,
            min: some.then_some(values.min),
            max: some.then_some(values.max),
            mean: values.mean(),
            sd: values.deviation(),
        }
    };
    measured.iter().enumerate().map(row).collect()
}

/// The table as comma-separated values, with headings.
pub(super) fn csv(target: &Target, measured: &[Measured]) -> String {
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let line = |row: Row<'_>| {
        csv::line(&[
            row.slice.to_string(),
            row.file.unwrap_or_default(),
            row.frame.to_string(),
            row.sop_instance_uid.unwrap_or_default().to_owned(),
            number(row.position_mm),
            row.rows.to_string(),
            row.columns.to_string(),
            row.unit.to_owned(),
            row.voxels.to_string(),
            row.padding.to_string(),
            number(row.min),
            number(row.max),
            number(row.mean),
            number(row.sd),
        ])
    };
    csv::line(&HEADINGS.map(str::to_owned))
        + &rows(target, measured).into_iter().map(line).collect::<String>()
}

/// The table as JSON, with what an array has beside it.
pub(super) fn json(target: &Target, measured: &[Measured]) -> String {
    let (rows_in_first, columns) = measured.first().map_or((0, 0), |first| first.shape);
    let document = Document {
        series: &target.label,
        shape: [measured.len(), rows_in_first, columns],
        geometry: Place::of(target, false),
        tutorial: Tutorial::of(target, [rows_in_first, columns, target.depth]),
        slices: rows(target, measured),
    };
    // Numbers and text have no way to fail.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}
