//! The segments of a segmentation (PS3.3 C.8.20.2 and C.8.20.4): what each is, and how many frames show it.

use super::{draft::Draft, page::Page};
use std::collections::HashMap;

pub(super) fn write(page: &Page<'_>, draft: &mut Draft) {
    draft.field(page, "Kind", "SegmentationType");
    draft.field(page, "Of", "SegmentationFractionalType");
    draft.field(page, "Frames", "NumberOfFrames");
    let frames = frames(page);
    for segment in page.items("SegmentSequence") {
        let number = segment.integer("SegmentNumber");
        let label = number.map_or_else(|| "Segment".to_owned(), |number| format!("Segment {number}"));
        let name = segment.text("SegmentLabel").unwrap_or_default();
        draft.heading(&label, &name, segment.secret("SegmentLabel"));
        draft.within(|draft| {
            draft.field(&segment, "Description", "SegmentDescription");
            draft.code(&segment, "Category", "SegmentedPropertyCategoryCodeSequence");
            draft.code(&segment, "Type", "SegmentedPropertyTypeCodeSequence");
            draft.code(&segment, "Region", "AnatomicRegionSequence");
            draft.field(&segment, "Made", "SegmentAlgorithmType");
            draft.field(&segment, "By", "SegmentAlgorithmName");
            draft.field(&segment, "Tracked as", "TrackingID");
            if let Some(count) = number.and_then(|number| frames.get(&number)) {
                draft.line("Frames", &count.to_string(), None);
            }
        });
    }
    for series in page.items("ReferencedSeriesSequence") {
        draft.heading("Drawn on", "", None);
        draft.within(|draft| {
            draft.field(&series, "Series", "SeriesInstanceUID");
            for image in series.items("ReferencedInstanceSequence") {
                draft.reference("", &image);
            }
        });
    }
}

/// Frames by the segment they show; label maps, whose frames show all of them, have none here.
fn frames(page: &Page<'_>) -> HashMap<i64, usize> {
    let mut counts = HashMap::new();
    let segment =
        |groups: &Page<'_>| groups.item("SegmentIdentificationSequence")?.integer("ReferencedSegmentNumber");
    let shared = page.item("SharedFunctionalGroupsSequence").and_then(|groups| segment(&groups));
    for groups in page.items("PerFrameFunctionalGroupsSequence") {
        if let Some(number) = segment(&groups).or(shared) {
            *counts.entry(number).or_insert(0) += 1;
        }
    }
    counts
}
