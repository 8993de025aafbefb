//! `topogram varies`: which attributes vary within a series, and how.

use super::{Exit, list::scan, out::Out};
use crate::{
    dicom,
    model::{Columns, InstanceId, Library, Mask, SeriesId, Variation, count, spoken_path},
    work::store,
};
use serde::Serialize;
use std::{collections::HashSet, path::PathBuf};

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

/// All files of a series in display order; false if one could not be read, or was one too many.
fn entry(library: &Library, id: SeriesId, all: bool, mask: Mask) -> (Entry, bool) {
    let mut columns = Columns::default();
    let mut sound = true;
    for instance in in_order(library, id) {
        let Ok(listing) = dicom::list(&library.path(instance)) else {
            sound = false;
            continue;
        };
        if !columns.add(&listing, mask) {
            sound = false;
            break;
        }
    }
    let files = columns.instances();
    let varied = columns.varied().filter(|varied| all || varied.variation != Variation::Constant);
    let attributes = varied.map(|varied| {
        let range = varied.range.filter(|_| !(mask.is_on() && varied.row.secret.is_some()));
        Attribute {
            tag: spoken_path(&varied.path),
            keyword: varied.row.keyword.to_string(),
            vr: varied.row.vr,
            varies: varied.variation.words(),
            files: varied.present,
            min: range.map(|range| range.0),
            max: range.map(|range| range.1),
            examples: varied.examples,
        }
    });
    let series = mask.uid(library.series(id).uid.raw());
    (Entry { series, files, attributes: attributes.collect() }, sound)
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
