//! Regions drawn for radiotherapy (PS3.3 C.8.8.5 and C.8.8.6): what they are called, and what is drawn of them.

use super::{draft::Draft, page::Page};
use std::collections::{BTreeSet, HashMap};

/// Kinds of contours that are told apart; the standard has five.
const KINDS: usize = 8;

pub(super) fn write(page: &Page<'_>, draft: &mut Draft) {
    draft.field(page, "Label", "StructureSetLabel");
    draft.field(page, "Name", "StructureSetName");
    draft.field(page, "Date", "StructureSetDate");
    draft.field(page, "Approval", "ApprovalStatus");
    let contours: HashMap<i64, Page<'_>> = numbered(page, "ROIContourSequence").collect();
    let observations: HashMap<i64, Page<'_>> = numbered(page, "RTROIObservationsSequence").collect();
    let regions: Vec<_> = page.items("StructureSetROISequence").collect();
    draft.line("Regions", &regions.len().to_string(), None);
    for region in &regions {
        let number = region.integer("ROINumber");
        let label = number.map_or_else(|| "ROI".to_owned(), |number| format!("ROI {number}"));
        let name = region.text("ROIName").unwrap_or_default();
        draft.heading(&label, &name, region.secret("ROIName"));
        draft.within(|draft| {
            draft.field(region, "Description", "ROIDescription");
            if let Some(seen) = number.and_then(|number| observations.get(&number)) {
                draft.field(seen, "Kind", "RTROIInterpretedType");
                draft.code(seen, "Meaning", "RTROIIdentificationCodeSequence");
            }
            draft.field(region, "Made", "ROIGenerationAlgorithm");
            draft.measure(region, "Volume", "ROIVolume", "cm3");
            match number.and_then(|number| contours.get(&number)) {
                Some(drawn) => outlines(drawn, draft),
                None => draft.line("Contours", "none", None),
            }
        });
    }
    for frame in page.items("ReferencedFrameOfReferenceSequence") {
        draft.heading("Drawn in", "", None);
        draft.within(|draft| {
            draft.field(&frame, "Frame of reference", "FrameOfReferenceUID");
            for study in frame.items("RTReferencedStudySequence") {
                for series in study.items("RTReferencedSeriesSequence") {
                    draft.field(&series, "Series", "SeriesInstanceUID");
                    draft.within(|draft| {
                        for image in series.items("ContourImageSequence") {
                            draft.reference("", &image);
                        }
                    });
                }
            }
        });
    }
}

/// Items by the number of the region that they are about.
fn numbered<'a>(page: &Page<'a>, keyword: &str) -> impl Iterator<Item = (i64, Page<'a>)> {
    page.items(keyword).filter_map(|item| Some((item.integer("ReferencedROINumber")?, item)))
}

/// Contours are counted by their kind; the number of points is that of the data, whatever is stated.
fn outlines(drawn: &Page<'_>, draft: &mut Draft) {
    if let [red, green, blue] = drawn.numbers("ROIDisplayColor")[..] {
        draft.line("Colour", &format!("{red}, {green}, {blue}"), None);
    }
    let mut kinds: Vec<(String, usize)> = vec![];
    let (mut points, mut heights) = (0, vec![]);
    let mut images = BTreeSet::new();
    for contour in drawn.items("ContourSequence") {
        let kind = contour.word("ContourGeometricType").to_ascii_lowercase().replace('_', " ");
        if let Some((_, count)) = kinds.iter_mut().find(|(known, _)| *known == kind) {
            *count += 1;
        } else if kinds.len() < KINDS {
            kinds.push((kind, 1));
        }
        let data = contour.numbers("ContourData");
        points += data.len() / 3;
        heights.extend(data.chunks_exact(3).map(|point| point[2]).filter(|z| z.is_finite()));
        images.extend(
            contour.items("ContourImageSequence").map(|image| image.word("ReferencedSOPInstanceUID")),
        );
    }
    let kinds: Vec<String> = kinds.into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let said =
        if kinds.is_empty() { "none".to_owned() } else { format!("{}, {points} points", kinds.join(", ")) };
    draft.line("Contours", &said, None);
    if !images.is_empty() {
        draft.line("Images", &images.len().to_string(), None);
    }
    let least = heights.iter().copied().reduce(f64::min);
    if let Some((least, most)) = least.zip(heights.iter().copied().reduce(f64::max)) {
        draft.line("Along z", &format!("{least} to {most} mm"), None);
    }
}
