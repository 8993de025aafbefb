//! Attributes that are needed under a condition which the file itself decides: few, and of much use.
//!
//! Most of the standard's conditions speak of the world ("if contrast was applied") and cannot be judged.

use super::{
    super::{DataElement, DataSet, Tag, Value},
    ledger::{Fault, Ledger},
    missing::is_empty,
};
use crate::model::{Section, Weight};

const CHARACTER_SET: Tag = Tag(0x0008, 0x0005);
const CODE_VALUES: [Tag; 3] = [Tag(0x0008, 0x0100), Tag(0x0008, 0x0119), Tag(0x0008, 0x0120)];
const CODING_SCHEME: Tag = Tag(0x0008, 0x0102);
const CODE_MEANING: Tag = Tag(0x0008, 0x0104);
const REFERENCED_CLASS: Tag = Tag(0x0008, 0x1150);
const REFERENCED_INSTANCE: Tag = Tag(0x0008, 0x1155);
const IDENTITY_REMOVED: Tag = Tag(0x0012, 0x0062);
const REMOVED_HOW: [Tag; 2] = [Tag(0x0012, 0x0063), Tag(0x0012, 0x0064)];
const SAMPLES: Tag = Tag(0x0028, 0x0002);
const PHOTOMETRIC: Tag = Tag(0x0028, 0x0004);
const PLANAR: Tag = Tag(0x0028, 0x0006);
const INCREMENT: Tag = Tag(0x0028, 0x0009);
const CENTER: Tag = Tag(0x0028, 0x1050);
const WIDTH: Tag = Tag(0x0028, 0x1051);
const INTERCEPT: Tag = Tag(0x0028, 0x1052);
const SLOPE: Tag = Tag(0x0028, 0x1053);
/// Palette Color Lookup Table Descriptors, red first.
const PALETTES: [Tag; 3] = [Tag(0x0028, 0x1101), Tag(0x0028, 0x1102), Tag(0x0028, 0x1103)];

/// Conditions that any data set may meet, the whole or an item.
pub(super) fn anywhere(set: &DataSet, above: &[crate::model::Step], ledger: &mut Ledger) {
    let has = |tag: Tag| set.get(tag).is_some_and(|element| !is_empty(element));
    let mut need = |tag: Tag, section, module, why: &str| {
        if !has(tag) {
            ledger.add(above, tag, needed(set, tag, section, module, why));
        }
    };
    if CODE_VALUES.into_iter().any(has) {
        need(CODE_MEANING, Section(3, "8.8"), "", "every code needs it (type 1)");
        if has(CODE_VALUES[0]) || has(CODE_VALUES[1]) {
            need(CODING_SCHEME, Section(3, "8.8"), "", "a Code Value needs it (type 1C)");
        }
    }
    if has(REFERENCED_INSTANCE) {
        need(REFERENCED_CLASS, Section(3, "10.8"), "", "a reference needs the class (type 1)");
    } else if has(REFERENCED_CLASS) {
        need(REFERENCED_INSTANCE, Section(3, "10.8"), "", "a reference needs the instance (type 1)");
    }
    if has(CENTER) {
        need(WIDTH, Section(3, "C.11.2"), "VOI LUT", "needed with Window Center (type 1C)");
    }
    if has(INTERCEPT) {
        need(SLOPE, Section(3, "C.11.1"), "Modality LUT", "needed with Rescale Intercept (type 1C)");
    }
}

/// Conditions of the whole data set.
pub(super) fn of_object(set: &DataSet, ledger: &mut Ledger) {
    let has = |tag: Tag| set.get(tag).is_some_and(|element| !is_empty(element));
    let mut need = |tag: Tag, section, module, why: &str| {
        if !has(tag) {
            ledger.add(&[], tag, needed(set, tag, section, module, why));
        }
    };
    if set.ascii(IDENTITY_REMOVED).as_deref() == Some("YES") && !REMOVED_HOW.into_iter().any(has) {
        let why = "needed where Patient Identity Removed is YES, unless there is a code (type 1C)";
        need(REMOVED_HOW[0], Section(3, "C.7.1.1"), "Patient", why);
    }
    if has(super::super::PIXEL_DATA) {
        let pixel = Section(3, "C.7.6.3");
        if set.unsigned(SAMPLES).is_some_and(|samples| samples > 1) {
            need(PLANAR, pixel, "Image Pixel", "needed with several Samples per Pixel (type 1C)");
        }
        if set.ascii(PHOTOMETRIC).as_deref() == Some("PALETTE COLOR") {
            for tag in PALETTES {
                need(tag, pixel, "Image Pixel", "needed with PALETTE COLOR (type 1C)");
            }
        }
    }
    if let Some(element) = set.get(INCREMENT) {
        for tag in pointed_at(element) {
            need(tag, Section(3, "C.7.6.6"), "Multi-frame", "Frame Increment Pointer points to it");
        }
    }
}

/// A character set that is not declared and is used (PS3.3 C.12.1.1.2).
pub(super) fn character_set(uses_one: bool, set: &DataSet, ledger: &mut Ledger) {
    if uses_one && set.get(CHARACTER_SET).is_none_or(is_empty) {
        let why = "texts have letters beyond ASCII (type 1C)";
        ledger.add(&[], CHARACTER_SET, needed(set, CHARACTER_SET, Section(3, "C.12.1"), "SOP Common", why));
    }
}

/// True if a text of the standard holds bytes that only a declared character set explains; what vendors keep
/// in their texts is their affair.
pub(super) fn is_beyond_ascii(element: &DataElement) -> bool {
    let text = |bytes: &[u8]| bytes.iter().any(|&byte| byte >= 0x80 || byte == 0x1b);
    !element.header.tag.is_private()
        && element.vr.is_text()
        && matches!(&element.value, Value::Bytes(bytes) if text(bytes))
}

fn pointed_at(element: &DataElement) -> Vec<Tag> {
    let Value::Bytes(bytes) = &element.value else { return vec![] };
    let half = |at: &[u8; 2]| u16::from_le_bytes(*at);
    bytes.as_chunks::<4>().0.iter().map(|[a, b, c, d]| Tag(half(&[*a, *b]), half(&[*c, *d]))).collect()
}

fn needed(set: &DataSet, tag: Tag, section: Section, module: &'static str, why: &str) -> Fault {
    let is_missing = set.get(tag).is_none();
    let says = if is_missing { "is missing" } else { "is empty" };
    Fault {
        weight: Weight::Error,
        section,
        module,
        says: format!("{says}: {why}"),
        is_missing,
        // The scan looks for the first of the three.
        is_told: tag == PALETTES[0],
    }
}
