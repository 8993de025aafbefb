//! Whether pixels may show who the patient is: no header can prove that they do not.

use super::super::{DataSet, Object, Tag};

const BURNED_IN_ANNOTATION: Tag = Tag(0x0028, 0x0301);
const MODALITY: Tag = Tag(0x0008, 0x0060);
const SOP_CLASS: Tag = Tag(0x0008, 0x0016);
const IMAGE_TYPE: Tag = Tag(0x0008, 0x0008);
const CONVERSION_TYPE: Tag = Tag(0x0008, 0x0064);
const SERIES_DESCRIPTION: Tag = Tag(0x0008, 0x103E);

/// Secondary Capture and its multi-frame kinds.
const CAPTURES: &str = "1.2.840.10008.5.1.4.1.1.7";
/// Modalities whose machines write names into the image, and photographs.
const MODALITIES: &[(&str, &str)] = &[
    ("US", "is an ultrasound image"),
    ("IVUS", "is an ultrasound image"),
    ("ES", "is an endoscopic image"),
    ("XC", "is a photograph"),
    ("GM", "is a microscopic photograph"),
    ("OT", "is of no known modality"),
    ("SC", "is a screen capture"),
    ("DOC", "is a scanned document"),
    ("VF", "is a scanned document"),
];

/// Why the pixels of an object may tell who the patient is; `None` without pixels or reason.
pub fn burned_in(object: &Object) -> Option<&'static str> {
    let set = &object.data_set;
    let pixels = [Tag(0x7fe0, 0x0010), Tag(0x7fe0, 0x0008), Tag(0x7fe0, 0x0009)];
    if !pixels.iter().any(|&tag| set.get(tag).is_some()) {
        return None;
    }
    if has_overlay_in_pixels(set) {
        return Some("has an overlay inside its pixels");
    }
    match set.ascii(BURNED_IN_ANNOTATION).as_deref() {
        Some("YES") => return Some("says that its pixels hold burned-in text"),
        // The sender has looked.
        Some("NO") => return None,
        _ => {}
    }
    let upper = |tag: Tag| set.ascii(tag).unwrap_or_default().to_ascii_uppercase();
    let class = upper(SOP_CLASS);
    if class == CAPTURES || class.starts_with(&format!("{CAPTURES}.")) || set.get(CONVERSION_TYPE).is_some() {
        return Some("is a screen capture");
    }
    let (kind, series) = (upper(IMAGE_TYPE), upper(SERIES_DESCRIPTION));
    if kind.contains("SCREEN") || kind.contains("SAVE") || series.contains("SCREEN SAVE") {
        return Some("is a screen capture");
    }
    if series.contains("DOSE REPORT") || series.contains("PATIENT PROTOCOL") {
        return Some("is a page of text");
    }
    let modality = upper(MODALITY);
    MODALITIES.iter().find(|(known, _)| *known == modality).map(|&(_, why)| why)
}

/// Overlay planes in the unused bits of the pixels (retired) have a place for their bit and no data.
fn has_overlay_in_pixels(set: &DataSet) -> bool {
    (0x6000..=0x60ff).step_by(2).any(|group| {
        set.get(Tag(group, 0x0010)).is_some()
            && set.get(Tag(group, 0x3000)).is_none()
            && set.unsigned(Tag(group, 0x0102)).is_some_and(|bit| bit > 0)
    })
}
