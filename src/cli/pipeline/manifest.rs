//! What came out of the pipeline, stack by stack: one line of CSV and one object of JSON each.

use crate::{
    export::{Draft, Folder, FolderError, csv},
    work::PreparedEntry,
};
use std::io::Write as _;

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
    pub(super) fn add(&mut self, entry: &PreparedEntry) -> Result<(), FolderError> {
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
