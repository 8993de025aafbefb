//! Look-up tables and windows as the file states them (PS3.3 C.11.1, C.11.2, C.7.6.3.1.5).

use super::groups::Groups;
use crate::{
    dicom::{Charset, DataSet, Tag, charset::Kind as TextKind},
    model::{Lut, ModalityLut, Text, VoiFunction, VoiLut, Window},
};

const MODALITY_SEQUENCE: Tag = Tag(0x0028, 0x3000);
const VOI_SEQUENCE: Tag = Tag(0x0028, 0x3010);

/// Reads a table: its descriptor is `[entries, first input, bits]`.
///
/// `None` if descriptor or data are missing or empty. The data may hold 8-bit entries in bytes or in
/// words; their length tells which.
pub(super) fn lut(data_set: &DataSet, descriptor: Tag, data: Tag, signed: bool) -> Option<Lut> {
    let numbers = data_set.numbers(descriptor);
    let &[count, first, bits] = numbers.get(..3)? else { return None };
    let count = if count == 0.0 { 65536 } else { count as usize & 0xFFFF };
    // The descriptor is US or SS as a whole; only its second value has a sign (C.11.1.1.1).
    let first = first as i32 & 0xFFFF;
    let first = if signed && first > 0x7FFF { first - 0x1_0000 } else { first };
    let bytes = data_set.bytes(data)?;
    let mut entries: Vec<u16> = if bytes.len() < 2 * count && bytes.len() >= count {
        bytes.iter().map(|&byte| u16::from(byte)).collect()
    } else {
        bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
    };
    entries.truncate(count);
    let largest = entries.iter().max().copied()?;
    // Bits that cannot hold the entries are a mistake of the writer.
    let needed = (u16::BITS - largest.leading_zeros()) as u8;
    let bits = if (8.0..=16.0).contains(&bits) { (bits as u8).max(needed) } else { needed.max(8) };
    Some(Lut { first, entries, bits })
}

/// The Modality LUT of a frame.
pub(super) fn modality_lut(groups: &Groups<'_>, signed: bool) -> ModalityLut {
    if let Some(item) = groups.top().items(MODALITY_SEQUENCE).first()
        && let Some(lut) = lut(item, Tag(0x0028, 0x3002), Tag(0x0028, 0x3006), signed)
    {
        return ModalityLut::Table(lut);
    }
    let dose = groups.top().number(Tag(0x3004, 0x000E));
    let holder = groups.in_macro(Tag(0x0028, 0x9145));
    let slope = dose.or_else(|| holder.number(Tag(0x0028, 0x1053)));
    let intercept = if dose.is_some() { None } else { holder.number(Tag(0x0028, 0x1052)) };
    // A slope of zero would make every pixel the same; no writer means it.
    let slope = slope.filter(|slope| slope.is_finite() && *slope != 0.0).unwrap_or(1.0);
    let intercept = intercept.filter(|intercept| intercept.is_finite()).unwrap_or(0.0);
    ModalityLut::Rescale { slope, intercept }
}

/// The file's own ways to show a frame: tables first, then windows.
pub(super) fn voi(groups: &Groups<'_>, charset: &Charset, signed: bool) -> Vec<VoiLut> {
    let text = |data_set: &DataSet, tag| {
        data_set.bytes(tag).map_or_else(Vec::new, |bytes| charset.values(bytes, TextKind::Text, true))
    };
    let mut all: Vec<VoiLut> = groups
        .top()
        .items(VOI_SEQUENCE)
        .iter()
        .filter_map(|item| {
            let lut = lut(item, Tag(0x0028, 0x3002), Tag(0x0028, 0x3006), signed)?;
            let explanation = text(item, Tag(0x0028, 0x3003)).into_iter().next().unwrap_or_default();
            Some(VoiLut::Table { lut, explanation: Text::from(explanation) })
        })
        .collect();
    let holder = groups.in_macro(Tag(0x0028, 0x9132));
    let centers = holder.numbers(Tag(0x0028, 0x1050));
    let widths = holder.numbers(Tag(0x0028, 0x1051));
    let explanations = text(holder, Tag(0x0028, 0x1055));
    let function = match holder.ascii(Tag(0x0028, 0x1056)).map(|f| f.to_ascii_uppercase()).as_deref() {
        Some("SIGMOID") => VoiFunction::Sigmoid,
        Some("LINEAR_EXACT") => VoiFunction::LinearExact,
        _ => VoiFunction::Linear,
    };
    for (i, (&center, &width)) in centers.iter().zip(&widths).enumerate() {
        if center.is_finite() && width.is_finite() && width > 0.0 {
            let explanation = Text::from(explanations.get(i).cloned().unwrap_or_default());
            all.push(VoiLut::Window { window: Window { center, width, function }, explanation });
        }
    }
    all
}
