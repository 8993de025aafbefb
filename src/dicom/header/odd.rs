//! What is odd about a file that can be listed all the same, in sentences.
//!
//! Only what misleads a person or a program is told: identifiers that are missing or no identifiers, text
//! that would steer a terminal, geometry that cannot be computed with, pixels that contradict themselves.
//! Sets that use names such as `ID_abc` for UIDs are too common to be odd.

use super::picked::{Picked, Slot};
use crate::{
    dicom::dictionary,
    model::{Orientation, Record, SpacingSource, Text, decimal, integer, is_wild, shown},
};

/// Everything odd that the header alone shows, its pixels apart.
pub(super) fn of(picked: &Picked, record: &Record, odd: &mut Vec<String>) {
    identifiers(picked, record, odd);
    text(record, odd);
    numbers(picked, odd);
    geometry(picked, odd);
    if let Some(tag) = picked.repeated {
        odd.push(format!("has {} twice; the first is used", dictionary::spoken(tag)));
    }
}

/// As the dictionary calls it, with its tag.
pub(super) fn name(slot: Slot) -> String {
    dictionary::spoken(slot.tag())
}

fn identifiers(picked: &Picked, record: &Record, odd: &mut Vec<String>) {
    let uids = [
        ("Study Instance UID", Slot::StudyUid, record.study_uid.raw()),
        ("Series Instance UID", Slot::SeriesUid, record.series_uid.raw()),
        ("SOP Instance UID", Slot::SopInstance, record.sop_instance.as_str()),
    ];
    for (what, slot, uid) in uids {
        // The meta header may know it, and only the meta header.
        if picked.bytes(slot).is_empty() || picked.ascii(slot).is_empty() {
            odd.push(format!("has no {what}"));
        } else if is_wild(uid) || picked.bytes(slot).starts_with(b" ") {
            odd.push(format!("{what} is no UID"));
        }
    }
    if record.form.sop_class.is_empty() {
        odd.push("has no SOP Class UID".to_owned());
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
        if text.raw().contains('\t') || shown(text.raw()).contains("⟨U+") {
            odd.push(format!("{what} holds control or invisible characters"));
        } else if text.raw().contains('\u{fffd}') {
            odd.push(format!("{what} does not fit its character set"));
        }
    }
}

fn numbers(picked: &Picked, odd: &mut Vec<String>) {
    use Slot::{
        EchoTime, Frames, Intercept, Location, Orientation, PixelSpacing, Position, SliceSpacing, Slope,
        Thickness,
    };
    let decimals =
        [Position, Orientation, PixelSpacing, Thickness, SliceSpacing, Location, EchoTime, Intercept, Slope];
    for slot in decimals {
        if picked.is_decimal(slot) {
            continue;
        }
        let text = picked.ascii(slot);
        let unreadable = |part: &str| !part.trim().is_empty() && decimal(part).is_none();
        if text.split('\\').any(unreadable) {
            odd.push(format!("{} is not a number", name(slot)));
        } else if text.contains(',') {
            odd.push(format!("{} has a decimal comma", name(slot)));
        }
    }
    let frames = picked.ascii(Frames);
    if !frames.is_empty() && integer(&frames).is_none_or(|n| n < 1) {
        odd.push(format!("{} is not a count", name(Frames)));
    }
    rescale(picked, odd);
}

/// Rescale Slope and Intercept (PS3.3 C.11.1): numbers with which values are still values.
fn rescale(picked: &Picked, odd: &mut Vec<String>) {
    /// Above any unit of medicine, and far below what a float can hold.
    const MOST: f64 = 1e20;
    let slope = picked.number(Slot::Slope);
    if slope == Some(0.0) {
        odd.push(format!("{} is 0", name(Slot::Slope)));
    }
    for (slot, value) in [(Slot::Slope, slope), (Slot::Intercept, picked.number(Slot::Intercept))] {
        if value.is_some_and(|value| value.abs() > MOST) {
            odd.push(format!("{} makes no sense", name(slot)));
        } else if value.is_none() && picked.has(slot) && picked.ascii(slot).is_empty() {
            odd.push(format!("{} is empty", name(slot)));
        }
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
    let stated = !picked.ascii(Slot::PixelSpacing).is_empty();
    if stated && super::spacing(&spacing, SpacingSource::Patient).is_none() {
        odd.push(format!("{} makes no sense", name(Slot::PixelSpacing)));
    }
}
