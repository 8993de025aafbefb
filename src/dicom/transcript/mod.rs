//! Objects that are more than pictures, put into words: reports, key objects, plans, structures, doses,
//! segments, curves, documents, presentation states, and what vendors hide.
//!
//! One function for every kind of object; all of them write into a [`draft`] that bounds what comes out,
//! however the file is made. How deep things nest the walk has bounded.

mod document;
mod dose;
mod draft;
mod page;
mod plan;
mod presentation;
mod report;
mod segments;
mod structures;
#[cfg(test)]
mod tests;
mod vendor;
mod waveform;
pub use document::Document;

use super::{Object, PIXEL_DATA, Scope, Value, notes};
use crate::model::{Transcript, uid_name};
use draft::Draft;
use page::Page;
use std::collections::HashSet;

/// Other objects that one of no known kind refers to.
const MOST_REFERENCES: usize = 2000;

/// Puts an object into words.
///
/// Every object says at least what it is, of whom and when; one that has nothing else to say, as most
/// pictures have not, says how large it is.
pub fn transcript(object: &Object) -> Transcript {
    let page = Page::of(&object.data_set);
    let mut draft = Draft::default();
    let class = page.word("SOPClassUID");
    let name = uid_name(&class).unwrap_or("An object of no known kind");
    head(&page, &mut draft);
    body(&page, object, &mut draft);
    vendor::write(&object.data_set, &mut draft);
    let title = name.strip_suffix(" Storage").unwrap_or(name);
    draft.finish(title, notes(object, &Scope::default().inside(&object.data_set)))
}

/// Of whom, when, from where.
fn head(page: &Page<'_>, draft: &mut Draft) {
    for (label, keyword) in [
        ("Patient", "PatientName"),
        ("Patient ID", "PatientID"),
        ("Study", "StudyDescription"),
        ("Study date", "StudyDate"),
        ("Series", "SeriesDescription"),
        ("Content date", "ContentDate"),
        ("Made by", "Manufacturer"),
    ] {
        draft.field(page, label, keyword);
    }
}

/// By what an object holds rather than by its class: there are forty of reports alone, and private ones.
fn body(page: &Page<'_>, object: &Object, draft: &mut Draft) {
    let has = |keyword: &str| page.element(keyword).is_some();
    if report::is_one(page) {
        report::write(page, draft);
    } else if has("StructureSetROISequence") {
        structures::write(page, draft);
    } else if has("RTPlanLabel") {
        plan::write(page, draft);
    } else if has("DoseUnits") || has("DVHSequence") {
        dose::write(page, draft);
    } else if has("SegmentSequence") {
        segments::write(page, draft);
    } else if has("WaveformSequence") {
        waveform::write(page, &object.source, draft);
    } else if let Some(document) = Document::of(object) {
        document::write(page, &document, draft);
    } else if has("PresentationCreationDate") || has("GraphicAnnotationSequence") {
        presentation::write(page, draft);
    } else {
        anything(page, draft);
    }
}

/// An object of no kind that has a page of its own: a picture, a registration, a map.
fn anything(page: &Page<'_>, draft: &mut Draft) {
    draft.field(page, "Label", "ContentLabel");
    draft.field(page, "Description", "ContentDescription");
    if let (Some(rows), Some(columns)) = (page.integer("Rows"), page.integer("Columns")) {
        let frames = page.integer("NumberOfFrames").filter(|&frames| frames > 1);
        let frames = frames.map_or_else(String::new, |frames| format!(", {frames} frames"));
        draft.line("Picture", &format!("{columns} x {rows}{frames}"), None);
    }
    for registration in page.items("RegistrationSequence") {
        draft.heading("Registration", "", None);
        draft.within(|draft| {
            draft.field(&registration, "Of", "FrameOfReferenceUID");
            for matrices in registration.items("MatrixRegistrationSequence") {
                for matrix in matrices.items("MatrixSequence") {
                    draft.field(&matrix, "Kind", "FrameOfReferenceTransformationMatrixType");
                    let numbers = matrix.numbers("FrameOfReferenceTransformationMatrix");
                    for row in numbers.chunks(4).take(4) {
                        let row: Vec<String> = row.iter().map(ToString::to_string).collect();
                        draft.line("", &row.join("  "), None);
                    }
                }
            }
        });
    }
    let mut seen = HashSet::new();
    if page.set.get(PIXEL_DATA).is_none() {
        references(page, &mut seen, draft);
    }
}

/// Every other object that is named at any depth, once.
fn references(page: &Page<'_>, seen: &mut HashSet<String>, draft: &mut Draft) {
    let sequences = page.set.elements.iter().filter(|element| matches!(element.value, Value::Items(_)));
    for element in sequences {
        for item in page.items_of(element) {
            let instance = item.word("ReferencedSOPInstanceUID");
            if !instance.is_empty() && seen.len() < MOST_REFERENCES && seen.insert(instance) {
                draft.reference("Refers to", &item);
            }
            references(&item, seen, draft);
        }
    }
}
