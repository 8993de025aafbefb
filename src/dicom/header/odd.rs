//! What is odd about a file that can be listed all the same, in sentences.
//!
//! Only what misleads a person or a program is told: identifiers that are missing or no identifiers, text
//! that would steer a terminal, geometry that cannot be computed with, pixels that contradict themselves.
//! Sets that use names such as `ID_abc` for UIDs are too common to be odd.

use super::picked::{Picked, Slot};
use crate::{
    dicom::{PIXEL_DATA, Tag, dictionary},
    model::{Orientation, Record, Text, decimal, integer, shown},
};

/// Everything odd that the header alone shows.
pub(super) fn of(picked: &Picked, record: &Record) -> Vec<String> {
    let mut odd = vec![];
    identifiers(record, &mut odd);
    text(record, &mut odd);
    numbers(picked, &mut odd);
    geometry(picked, &mut odd);
    // Float pixels have no Bits Stored.
    if picked.pixels.is_some_and(|element| element.tag == PIXEL_DATA) {
        pixels(picked, &mut odd);
    }
    odd
}

/// As the dictionary calls it, with its tag.
fn name(slot: Slot) -> String {
    let tag: Tag = slot.tag();
    dictionary::lookup(tag).map_or_else(|| tag.to_string(), |entry| format!("{} {tag}", entry.name()))
}

fn identifiers(record: &Record, odd: &mut Vec<String>) {
    let uids = [
        ("Study Instance UID", record.study_uid.raw()),
        ("Series Instance UID", record.series_uid.raw()),
        ("SOP Instance UID", record.sop_instance.as_str()),
    ];
    for (what, uid) in uids {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if uid.is_empty() {
            odd.push(format!("has no {what}"));
        } else if uid.len() > 64 || !uid.chars().all(fits) || uid.contains("..") {
            odd.push(format!("{what} is no UID"));
        }
    }
}

fn text(record: &Record, odd: &mut Vec<String>) {
    let facts = &record.series;
    let texts: [(&str, &Text); 10] = [
        ("Patient's Name", &record.patient_name),
        ("Patient ID", &record.patient_id),
        ("Study Description", &record.study_description),
        ("Accession Number", &record.accession),
        ("Series Description", &facts.description),
        ("Protocol Name", &facts.protocol),
        ("Modality", &facts.modality),
        ("Institution Name", &facts.institution),
        ("Manufacturer", &facts.manufacturer),
        ("Convolution Kernel", &facts.kernel),
    ];
    for (what, text) in texts {
        if shown(text.raw()).contains("⟨U+") {
            odd.push(format!("{what} holds control or invisible characters"));
        } else if text.raw().contains('\u{fffd}') {
            odd.push(format!("{what} does not fit its character set"));
        }
    }
}

fn numbers(picked: &Picked, odd: &mut Vec<String>) {
    use Slot::{EchoTime, Frames, Location, PixelSpacing, Position, SliceSpacing, Thickness};
    for slot in [Position, Slot::Orientation, PixelSpacing, Thickness, SliceSpacing, Location, EchoTime] {
        let text = picked.ascii(slot);
        let unreadable = |part: &str| !part.trim().is_empty() && decimal(part).is_none();
        if text.split('\\').any(unreadable) {
            odd.push(format!("{} is not a number", name(slot)));
        }
    }
    let frames = picked.ascii(Frames);
    if !frames.is_empty() && integer(&frames).is_none_or(|n| n < 1) {
        odd.push(format!("{} is not a count", name(Frames)));
    }
}

fn geometry(picked: &Picked, odd: &mut Vec<String>) {
    let orientation = picked.numbers(Slot::Orientation);
    if !orientation.is_empty() && Orientation::from_values(&orientation).is_none() {
        odd.push(format!("{} spans no plane", name(Slot::Orientation)));
    }
    let position = picked.numbers(Slot::Position);
    if !position.is_empty() && (position.len() != 3 || position.iter().any(|v| v.abs() >= 1e7)) {
        odd.push(format!("{} is no point", name(Slot::Position)));
    }
    let spacing = picked.numbers(Slot::PixelSpacing);
    if !spacing.is_empty() && super::spacing(&spacing, crate::model::SpacingSource::Patient).is_none() {
        odd.push(format!("{} makes no sense", name(Slot::PixelSpacing)));
    }
}

/// The Image Pixel module against itself (PS3.3 C.7.6.3).
fn pixels(picked: &Picked, odd: &mut Vec<String>) {
    let samples = picked.unsigned(Slot::Samples);
    if !matches!(samples, 1 | 3 | 4) {
        odd.push(format!("{} is {samples}", name(Slot::Samples)));
    }
    let allocated = picked.unsigned(Slot::BitsAllocated);
    if !matches!(allocated, 1 | 8 | 16 | 32 | 64) {
        odd.push(format!("{} is {allocated}", name(Slot::BitsAllocated)));
    }
    let (stored, high) = (picked.unsigned(Slot::BitsStored), picked.unsigned(Slot::HighBit));
    if stored == 0 || stored > allocated || high >= allocated.max(1) || high + 1 < stored {
        odd.push(format!("bits stored {stored} and high bit {high} do not fit {allocated} bits"));
    }
    let photometric = picked.ascii(Slot::Photometric);
    let known = ["MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "ARGB", "CMYK", "HSV"];
    if !known.contains(&photometric.as_str()) && !photometric.starts_with("YBR_") && photometric != "XYB" {
        let text = shown(&photometric).into_owned();
        odd.push(format!("{} is {text:?}", name(Slot::Photometric)));
    }
}
