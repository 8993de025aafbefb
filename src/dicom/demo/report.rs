//! A Basic Text SR: an object that has words and no pixels.

use dicom_dictionary_std::{tags, uids};

use super::{
    DemoError,
    chest::STUDY,
    folder::Folder,
    record::{Attributes, Series, code},
};

/// Series 5 of the chest: what there is to find in it.
pub(super) fn findings(folder: &mut Folder) -> Result<(), DemoError> {
    let series = Series {
        study: &STUDY,
        class: uids::BASIC_TEXT_SR_STORAGE,
        number: 5,
        modality: "SR",
        description: "Report",
        body_part: "CHEST",
    };
    let mut it = series.instance(1);
    it.put(tags::COMPLETION_FLAG, "COMPLETE")
        .put(tags::VERIFICATION_FLAG, "UNVERIFIED")
        .items(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, vec![])
        .items(tags::PERFORMED_PROCEDURE_CODE_SEQUENCE, vec![])
        .put(tags::VALUE_TYPE, "CONTAINER")
        .put(tags::CONTINUITY_OF_CONTENT, "SEPARATE")
        .items(tags::CONCEPT_NAME_CODE_SEQUENCE, vec![code("18748-4", "LN", "Diagnostic Imaging Report")])
        .items(
            tags::CONTENT_SEQUENCE,
            vec![
                text(
                    "121071",
                    "Finding",
                    "Spiculated nodule of 15 mm in the right upper lobe, painted there.",
                ),
                text("121071", "Finding", "Two plaques: one in the left coronary artery, one in the arch."),
                text("121077", "Conclusion", "Synthetic phantom; not for diagnosis."),
            ],
        );
    folder.dicom("phantom-thora/report.dcm", it)
}

fn text(value: &str, name: &str, words: &str) -> Attributes {
    let mut item = Attributes::new();
    item.put(tags::RELATIONSHIP_TYPE, "CONTAINS")
        .put(tags::VALUE_TYPE, "TEXT")
        .items(tags::CONCEPT_NAME_CODE_SEQUENCE, vec![code(value, "DCM", name)])
        .put(tags::TEXT_VALUE, words);
    item
}
