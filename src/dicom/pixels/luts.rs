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
    if let Some(dose) = groups.top().number(Tag(0x3004, 0x000E)) {
        return ModalityLut::Rescale { slope: dose, intercept: 0.0 };
    }
    match rescale(groups) {
        Ok((slope, intercept)) => ModalityLut::Rescale { slope, intercept },
        Err(_) => ModalityLut::IDENTITY,
    }
}

/// Rescale Slope and Intercept; 1 and 0 where they are absent.
///
/// # Errors
///
/// A sentence, if what is there is no number to compute with.
pub(super) fn rescale(groups: &Groups<'_>) -> Result<(f64, f64), String> {
    /// Above any unit of medicine, and far below what a float can hold.
    const MOST: f64 = 1e20;
    let holder = groups.in_macro(Tag(0x0028, 0x9145));
    let value = |tag, absent| match holder.get(tag) {
        None => Some(absent),
        Some(_) => holder.number(tag).filter(|value: &f64| value.abs() <= MOST),
    };
    let unusable = |name| format!("{name} cannot be computed with; the values are those that are stored");
    // A slope of zero would make every pixel the same; no writer means it.
    let slope = value(Tag(0x0028, 0x1053), 1.0).filter(|&slope| slope != 0.0);
    let slope = slope.ok_or_else(|| unusable("Rescale Slope (0028,1053)"))?;
    let intercept =
        value(Tag(0x0028, 0x1052), 0.0).ok_or_else(|| unusable("Rescale Intercept (0028,1052)"))?;
    Ok((slope, intercept))
}

/// The file's own ways to show a frame: tables first, then windows.
pub(super) fn voi(groups: &Groups<'_>, charset: &Charset, signed: bool) -> Vec<VoiLut> {
    let text = |data_set: &DataSet, tag| {
        data_set.bytes(tag).map_or_else(Vec::new, |bytes| charset.values(bytes, TextKind::Text, true))
    };
    let holder = groups.in_macro(Tag(0x0028, 0x9132));
    // The macro of a frame may hold tables as well (C.7.6.16.2.10b), which then replace those of the top.
    let tables = [holder, groups.top()].map(|data_set| data_set.items(VOI_SEQUENCE));
    let mut all: Vec<VoiLut> = tables
        .into_iter()
        .find(|tables| !tables.is_empty())
        .unwrap_or_default()
        .iter()
        .filter_map(|item| {
            let lut = lut(item, Tag(0x0028, 0x3002), Tag(0x0028, 0x3006), signed)?;
            let explanation = text(item, Tag(0x0028, 0x3003)).into_iter().next().unwrap_or_default();
            Some(VoiLut::Table { lut, explanation: Text::from(explanation) })
        })
        .collect();
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
