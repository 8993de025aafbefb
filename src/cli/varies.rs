//! `topogram varies`: which attributes vary within a series, and how.

use super::{Exit, list::scan, out::Out};
use crate::{
    dicom,
    model::{InstanceId, Library, Mask, RowKind, SeriesId, Variation, count, extremes, spoken_path},
    work::store,
};
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashSet},
    path::PathBuf,
};

/// Attributes of one file that are looked at: the frames of an enhanced object have more, and are no files.
const MOST_ROWS: usize = 5_000;
/// Values of one series that are kept at once.
const MOST_VALUES: usize = 4_000_000;
/// Values that are given as examples.
const EXAMPLES: usize = 3;

/// Prints, series by series, the attributes that vary; constant ones too with `all`.
///
/// # Errors
///
/// Only what writing to the output says; a file that cannot be read is [`Exit::SomeProblems`].
pub(super) fn varies(paths: Vec<PathBuf>, all: bool, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let mut library = Library::default();
    scan(paths, |_, outcome| {
        store(&mut library, outcome);
        Ok(())
    })?;
    let mut sound = library.problems.is_empty();
    let mut entries = vec![];
    for (id, _) in library.all_series() {
        let (entry, read_all) = entry(&library, id, all, out.mask);
        sound &= read_all;
        if json {
            entries.push(entry);
        } else {
            spoken(&library, id, &entry, out)?;
        }
    }
    if json {
        out.json(&entries)?;
    }
    Ok(if sound { Exit::Ok } else { Exit::SomeProblems })
}

#[derive(Serialize)]
struct Entry {
    series: String,
    files: usize,
    attributes: Vec<Attribute>,
}

#[derive(Serialize)]
struct Attribute {
    #[serde(rename = "path")]
    tag: String,
    keyword: String,
    vr: &'static str,
    varies: String,
    /// Files that have it.
    files: usize,
    min: Option<f64>,
    max: Option<f64>,
    /// The first different values, as far as they may be seen.
    examples: Vec<String>,
}

/// The values of one attribute, by file.
struct Column {
    keyword: String,
    vr: &'static str,
    is_secret: bool,
    values: Vec<Option<String>>,
    shown: Vec<String>,
}

/// All files of a series in display order; false if one could not be read, or was one too many.
fn entry(library: &Library, id: SeriesId, all: bool, mask: Mask) -> (Entry, bool) {
    let instances = in_order(library, id);
    let mut columns: BTreeMap<String, Column> = BTreeMap::new();
    let (mut sound, mut kept, mut files) = (true, 0, 0);
    for &instance in &instances {
        let Ok(listing) = dicom::list(&library.path(instance)) else {
            sound = false;
            continue;
        };
        let leaves = listing.rows().iter().enumerate().filter(|(_, row)| row.kind == RowKind::Leaf);
        for (at, row) in leaves.take(MOST_ROWS) {
            let column = columns.entry(spoken_path(&listing.path(at))).or_insert_with(|| Column {
                keyword: row.keyword.to_string(),
                vr: row.vr,
                is_secret: mask.is_on() && row.secret.is_some(),
                values: vec![],
                shown: vec![],
            });
            column.values.resize(files, None);
            column.values.push(Some(row.raw.as_ref().unwrap_or(&row.value).raw().to_owned()));
            let shown = mask.value(row, &listing);
            if column.shown.len() < EXAMPLES && !column.shown.contains(&shown) {
                column.shown.push(shown);
            }
            kept += 1;
        }
        files += 1;
        if kept > MOST_VALUES {
            sound = false;
            break;
        }
    }
    let attributes = columns.into_iter().filter_map(|(tag, mut column)| {
        column.values.resize(files, None);
        let values: Vec<Option<&str>> = column.values.iter().map(Option::as_deref).collect();
        let variation = Variation::of(&values);
        let range = extremes(&values).filter(|_| is_numeric(column.vr) && !column.is_secret);
        (all || variation != Variation::Constant).then(|| Attribute {
            tag,
            keyword: column.keyword,
            vr: column.vr,
            varies: variation.words(),
            files: values.iter().flatten().count(),
            min: range.map(|range| range.0),
            max: range.map(|range| range.1),
            examples: column.shown,
        })
    });
    let series = mask.uid(library.series(id).uid.raw());
    (Entry { series, files, attributes: attributes.collect() }, sound)
}

fn is_numeric(vr: &str) -> bool {
    matches!(vr, "DS" | "IS" | "FL" | "FD" | "US" | "SS" | "UL" | "SL" | "UV" | "SV")
}

/// The instances of a series as they are scrolled through, those without an image last.
fn in_order(library: &Library, id: SeriesId) -> Vec<InstanceId> {
    let mut seen = HashSet::new();
    let stacks = library.stacks(id);
    let placed = stacks.iter().flat_map(|stack| stack.frames.iter().map(|key| key.instance));
    placed.chain(library.series(id).instances.iter().copied()).filter(|&id| seen.insert(id)).collect()
}

fn spoken(library: &Library, id: SeriesId, entry: &Entry, out: &mut Out) -> anyhow::Result<()> {
    let label = out.mask.words(library.label(id).raw());
    let modality = &library.series(id).facts.modality;
    let (attributes, files) = (entry.attributes.len(), entry.files);
    out.line(&format!("{modality} {label}: {} of {}", count(attributes, "attribute"), count(files, "file")))?;
    let rows: Vec<[String; 4]> = entry
        .attributes
        .iter()
        .map(|attribute| {
            let range = attribute.min.zip(attribute.max);
            let values = range
                .filter(|(min, max)| min < max)
                .map_or_else(|| attribute.examples.join("  "), |(min, max)| format!("{min} to {max}"));
            [attribute.tag.clone(), attribute.keyword.clone(), attribute.varies.clone(), values]
        })
        .collect();
    out.table(&["Tag", "Attribute", "Varies", "Values"], &rows)?;
    out.line("")
}
