//! What is odd about the pixels of a file: an Image Pixel module that contradicts itself or its pixels.
//!
//! Nothing is decoded here, and nothing is read that the walk to the pixels has not read already.

use super::{
    encapsulated,
    odd::name,
    picked::{Picked, Slot},
};
use crate::{
    dicom::{PIXEL_DATA, Source, Start},
    model::{Form, Record, shown},
};

/// Frames of one file: a whole-slide image has a tenth of them.
const MOST_FRAMES: u32 = 1 << 20;

/// Everything odd about the pixels, as far as the bytes at hand tell.
pub(super) fn odd(picked: &Picked, record: &Record, start: &Start, source: &Source, odd: &mut Vec<String>) {
    match &picked.pixels {
        None => missing(picked, record, odd),
        // Float pixels have no Bits Stored.
        Some(element) if element.tag == PIXEL_DATA => {
            module(picked, odd);
            palette(picked, odd);
            encapsulated::odd(picked, element, record, start, source, odd);
        }
        Some(_) if picked.more_pixels => {
            odd.push("has float pixels and Pixel Data; only one of them is shown".to_owned());
        }
        Some(_) => {}
    }
    if let Some(overlay) = picked.overlays.short() {
        odd.push(format!(
            "the overlay in group {:04X}, {} x {}, has only {} bytes",
            overlay.group, overlay.rows, overlay.columns, overlay.bytes
        ));
    }
}

/// Pixels that are described and not there; those of a JPIP transfer syntax are elsewhere.
fn missing(picked: &Picked, record: &Record, odd: &mut Vec<String>) {
    let elsewhere = ["1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.95"];
    let described = picked.has(Slot::Rows) && picked.has(Slot::Columns);
    if described && !elsewhere.contains(&record.form.transfer_syntax.raw()) {
        odd.push("has Rows and Columns but no pixel data".to_owned());
    }
}

/// Numbers of the module against one another.
fn module(picked: &Picked, odd: &mut Vec<String>) {
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
    let flags = [Slot::Representation, Slot::Planar].map(|slot| (slot, picked.unsigned(slot)));
    for (slot, value) in flags.into_iter().filter(|&(_, value)| value > 1) {
        odd.push(format!("{} is {value}", name(slot)));
    }
    let photometric = picked.ascii(Slot::Photometric);
    let known = ["MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "ARGB", "CMYK", "HSV"];
    if !known.contains(&&*photometric) && !photometric.starts_with("YBR_") && photometric != "XYB" {
        let text = shown(&photometric).into_owned();
        odd.push(format!("{} is {text:?}", name(Slot::Photometric)));
    }
}

/// A palette that is not there, or too short (PS3.3 C.7.6.3.1.5, C.7.9).
fn palette(picked: &Picked, odd: &mut Vec<String>) {
    if picked.ascii(Slot::Photometric) != "PALETTE COLOR" {
        return;
    }
    let descriptor = picked.shorts(Slot::PaletteDescriptor);
    let (&[entries, _, bits], Some(bytes)) = (&descriptor[..], picked.palette_bytes) else {
        odd.push("has no palette for its colours".to_owned());
        return;
    };
    let entries = if entries == 0 { 1 << 16 } else { u64::from(entries) };
    if !matches!(bits, 8 | 16) {
        odd.push(format!("its palette has entries of {bits} bits"));
    } else if picked.palette_is_whole && u64::from(bytes) < entries * u64::from(bits / 8) {
        odd.push(format!("its palette has {bytes} bytes for {entries} colours"));
    }
}

impl Picked {
    /// Compares the length of the pixel element with what the Image Pixel module promises, and counts only
    /// the frames that are there.
    pub(super) fn check_pixels(&self, record: &mut Record, len: u64) {
        let Some(pixels) = &self.pixels else { return };
        let form = &record.form;
        let mut say = |what: String| record.warnings.push(what);
        if form.rows == 0 || form.columns == 0 {
            say("has pixels but no Rows or Columns".to_owned());
            return;
        }
        if record.frames > MOST_FRAMES {
            say(format!("promises {} frames; {MOST_FRAMES} are shown at most", record.frames));
            record.frames = MOST_FRAMES;
        }
        let Some(length) = pixels.length.map(u64::from) else {
            // Every frame has a fragment, and every fragment a header of eight bytes.
            let most = len.saturating_sub(pixels.value) / 8;
            if u64::from(record.frames) > most {
                say(format!("promises {} frames in {} bytes", record.frames, len - pixels.value));
                record.frames = u32::try_from(most).unwrap_or(u32::MAX).max(1);
            }
            return;
        };
        let present = length.min(len.saturating_sub(pixels.value));
        let bits = match pixels.tag.1 {
            0x0008 => 32,
            0x0009 => 64,
            _ => u64::from(self.unsigned(Slot::BitsAllocated)),
        };
        let samples =
            if form.photometric.raw() == "YBR_FULL_422" { 2 } else { u64::from(form.samples.max(1)) };
        let pixel_count = u64::from(form.rows) * u64::from(form.columns);
        let frame = (pixel_count.saturating_mul(samples * bits)).div_ceil(8);
        let expected =
            (pixel_count.saturating_mul(samples * bits).saturating_mul(u64::from(record.frames))).div_ceil(8);
        if present < length {
            say(format!("the file ends at byte {len}, inside its pixel data; the copy may be incomplete"));
        } else if present < expected {
            say(format!("pixel data has {present} bytes where {expected} are expected"));
        } else if expected > 0 && present > expected + 1 && !is_whole_422(form, present, expected) {
            // One byte more makes the length even.
            say(format!("pixel data has {present} bytes where {expected} are expected"));
        }
        if frame > 0 && present < expected {
            // Frames of which not one byte is there do not exist, whatever Number of Frames says.
            let frames = present.div_ceil(frame).max(1).min(u64::from(record.frames));
            record.frames = u32::try_from(frames).unwrap_or(record.frames);
        }
    }
}

/// Labelled 4:2:2, with a length that says no chrominance is missing.
fn is_whole_422(form: &Form, present: u64, expected: u64) -> bool {
    form.photometric.raw() == "YBR_FULL_422" && present <= expected / 2 * 3 + 1
}
