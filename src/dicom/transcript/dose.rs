//! Doses of radiotherapy (PS3.3 C.8.8.3 and C.8.8.4): units, grid, and dose-volume histograms as curves.

use super::{draft::Draft, page::Page};
use crate::model::Curve;

pub(super) fn write(page: &Page<'_>, draft: &mut Draft) {
    draft.field(page, "Units", "DoseUnits");
    draft.field(page, "Kind", "DoseType");
    draft.field(page, "Of", "DoseSummationType");
    draft.field(page, "Comment", "DoseComment");
    draft.field(page, "Scaling", "DoseGridScaling");
    draft.field(page, "Frames", "NumberOfFrames");
    for plan in page.items("ReferencedRTPlanSequence") {
        draft.reference("Plan", &plan);
    }
    for histogram in page.items("DVHSequence") {
        write_histogram(&histogram, draft);
    }
    for set in page.items("ReferencedStructureSetSequence") {
        draft.reference("Structure set", &set);
    }
}

fn write_histogram(page: &Page<'_>, draft: &mut Draft) {
    let regions: Vec<String> = page
        .items("DVHReferencedROISequence")
        .filter_map(|region| region.integer("ReferencedROINumber").map(|number| format!("ROI {number}")))
        .collect();
    let kind = page.word("DVHType").to_ascii_lowercase();
    let label = format!("Histogram, {kind}");
    draft.heading(&label, &regions.join(", "), None);
    draft.within(|draft| {
        let unit = page.text("DoseUnits").unwrap_or_default();
        for (label, keyword) in
            [("Least", "DVHMinimumDose"), ("Mean", "DVHMeanDose"), ("Greatest", "DVHMaximumDose")]
        {
            draft.measure(page, label, keyword, &unit);
        }
        if let Some(curve) = histogram(page) {
            let unit = page.word("DVHVolumeUnits").to_ascii_lowercase();
            draft.curve("Volume", &format!("{unit} above the dose"), curve);
        }
    });
}

/// The volumes of a histogram whose bins are equally wide; others are no curve of equal steps.
fn histogram(page: &Page<'_>) -> Option<Curve> {
    let scaling = page.number("DVHDoseScaling").unwrap_or(1.0);
    let data = page.numbers("DVHData");
    let (bins, _) = data.as_chunks::<2>();
    let [width, _] = *bins.first()?;
    if page.word("DVHType") != "CUMULATIVE"
        || bins.iter().any(|[other, _]| (other - width).abs() > 1e-6 * width.abs())
    {
        return None;
    }
    let unit = page.word("DVHVolumeUnits").to_ascii_lowercase();
    let step_unit = if page.word("DoseUnits") == "GY" { "Gy" } else { "" };
    Some(Curve {
        samples: bins.iter().map(|[_, volume]| *volume as f32).collect(),
        unit: unit.as_str().into(),
        step: width * scaling,
        step_unit,
    })
    .filter(|curve| curve.step.is_finite() && curve.step > 0.0)
}
