//! Pixel data in fragments (PS3.5 A.4) that contradicts itself, as far as its first bytes are at hand.
//!
//! The walk to the pixels has nearly always read some kilobytes beyond them: the offset table of most
//! files, and the header of the first code stream. Looking there costs no read. What is not at hand is
//! not judged; decoding will tell.

use super::picked::{Picked, Slot};
use crate::{
    dicom::{
        Element, Source, Start,
        codec::{self, Glimpse, Layout},
    },
    model::Record,
};

/// A code stream says what it is within this many bytes, unless a colour profile comes first.
const GLIMPSE: usize = 4096;
/// Offset tables are looked through up to here, 16,384 frames.
const TABLE: usize = 64 << 10;

/// Everything odd about the fragments.
pub(super) fn odd(
    picked: &Picked,
    element: &Element,
    record: &Record,
    start: &Start,
    source: &Source,
    odd: &mut Vec<String>,
) {
    let syntax = &start.transfer_syntax;
    match (element.length, codec::is_supported(syntax)) {
        (Some(_), false) => {}
        (Some(_), true) => odd.push("pixel data should be in fragments, and is not".to_owned()),
        (None, _) => {
            if is_native(syntax) {
                odd.push("pixel data is in fragments, as that of its transfer syntax never is".to_owned());
            }
            if let Err(why) = fragments(picked, record, syntax, source, element.value) {
                odd.push(why);
            }
        }
    }
}

/// The transfer syntaxes without fragments (PS3.5 A.1 to A.3, A.5).
fn is_native(syntax: &str) -> bool {
    let native = ["", ".1", ".2", ".1.99"];
    syntax.strip_prefix("1.2.840.10008.1.2").is_some_and(|rest| native.contains(&rest))
}

/// What comes next among the fragments.
enum Next {
    /// A fragment or the table: offset and length of its bytes.
    Item(u64, u32),
    /// The end of the sequence.
    End,
    /// Something that has no place there.
    Other,
    /// Not at hand.
    Unknown,
}

fn next(source: &Source, at: u64) -> Next {
    match *source.at_hand(at, 8) {
        [0xFE, 0xFF, 0x00, 0xE0, a, b, c, d] => Next::Item(at + 8, u32::from_le_bytes([a, b, c, d])),
        [0xFE, 0xFF, 0xDD, 0xE0, ..] => Next::End,
        [_, _, _, _, _, _, _, _] => Next::Other,
        _ => Next::Unknown,
    }
}

fn fragments(picked: &Picked, record: &Record, syntax: &str, source: &Source, at: u64) -> Result<(), String> {
    let misplaced = || Err("pixel data is damaged where its fragments should begin".to_owned());
    let ends = |at: u64, length: u32| {
        let cut = at + u64::from(length) > source.len();
        let end = source.len();
        let why =
            || format!("the file ends at byte {end}, inside its pixel data; the copy may be incomplete");
        if cut { Err(why()) } else { Ok(()) }
    };
    let (table, length) = match next(source, at) {
        Next::Item(table, length) => (table, length),
        Next::Unknown => return Ok(()),
        Next::End | Next::Other => return misplaced(),
    };
    ends(table, length)?;
    offsets(source, table, length, record.frames)?;
    let (first, length) = match next(source, table + u64::from(length)) {
        Next::Item(first, length) => (first, length),
        Next::Unknown => return Ok(()),
        Next::End => return Err("pixel data has no fragments".to_owned()),
        Next::Other => return misplaced(),
    };
    ends(first, length)?;
    let after = first + u64::from(length);
    let bytes = source.at_hand(first, GLIMPSE.min(length as usize));
    // A frame may go on in the next fragment, if there are more fragments than frames.
    let alone = record.frames > 1 || matches!(next(source, after), Next::End);
    let glimpse = Glimpse { bytes, whole: (alone && bytes.len() == length as usize), length };
    match layout(picked, record) {
        Some(layout) => codec::look(syntax, &glimpse, &layout).map_err(|error| error.to_string()),
        None => Ok(()),
    }
}

/// The Basic Offset Table: nothing, or the offset of every frame.
fn offsets(source: &Source, at: u64, length: u32, frames: u32) -> Result<(), String> {
    if !length.is_multiple_of(4) {
        return Err(format!(
            "the offset table of its pixel data has {length} bytes, no whole number of offsets"
        ));
    }
    let count = length / 4;
    if count > 0 && count != frames {
        return Err(format!("the offset table of its pixel data lists {count} frames instead of {frames}"));
    }
    let bytes = source.at_hand(at, TABLE.min(length as usize));
    let mut offsets = bytes.as_chunks::<4>().0.iter().map(|&bytes| u64::from(u32::from_le_bytes(bytes)));
    let fragments = at + u64::from(length);
    if !offsets.clone().is_sorted() || offsets.any(|offset| fragments + offset >= source.len()) {
        return Err("the offset table of its pixel data points to where no frame is".to_owned());
    }
    Ok(())
}

/// What the data set promises of a frame, if it makes sense; if not, that has been said.
fn layout(picked: &Picked, record: &Record) -> Option<Layout> {
    let short = |slot| u16::try_from(picked.unsigned(slot)).ok();
    let layout = Layout {
        rows: record.form.rows,
        columns: record.form.columns,
        samples: record.form.samples.max(1),
        bits_allocated: short(Slot::BitsAllocated)?,
        bits_stored: record.form.bits_stored,
        signed: picked.unsigned(Slot::Representation) == 1,
        planar: picked.unsigned(Slot::Planar) == 1,
    };
    let sane = layout.rows > 0
        && layout.columns > 0
        && matches!(layout.samples, 1 | 3 | 4)
        && matches!(layout.bits_allocated, 1 | 8 | 16 | 32 | 64);
    sane.then_some(layout)
}
