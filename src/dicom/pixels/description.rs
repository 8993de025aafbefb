//! Everything about a frame that is not its pixels, from the attributes of its file.

use super::{Photometric, PixelModule, groups::Groups, luts, module::Kind, place};
use crate::{
    dicom::{Charset, DataSet, Tag, magnification, ultrasound_regions},
    model::{Calibration, Frame, ModalityLut, Pixels, Text},
};

/// What the data set says of the frame with that number, counted from zero, beside its pixels.
pub(super) fn frame(
    top: &DataSet,
    module: &PixelModule,
    number: u32,
    pixels: Pixels,
    mut notes: Vec<String>,
) -> Frame {
    let groups = Groups::of(top, number);
    let charset = Charset::parse(top.bytes(Tag(0x0008, 0x0005)).unwrap_or_default());
    let signed = module.signed;
    let gray = matches!(pixels, Pixels::Gray(_));
    notes.extend(luts::rescale(&groups).err().filter(|_| gray));
    let text = |tag| top.ascii(tag).map(Text::from).unwrap_or_default();
    let inverse = module.photometric == Photometric::Monochrome1
        || top.ascii(Tag(0x2050, 0x0020)).is_some_and(|shape| shape == "INVERSE");
    let modality = text(Tag(0x0008, 0x0060));
    let orientation = top.ascii(Tag(0x0020, 0x0020)).and_then(|letters| {
        let (row, column) = letters.split_once('\\')?;
        Some((Text::from(row.trim()), Text::from(column.trim())))
    });
    Frame {
        modality_lut: if gray { luts::modality_lut(&groups, signed) } else { ModalityLut::IDENTITY },
        unit: if gray { unit(top, &groups, &modality) } else { Text::default() },
        voi: if gray { luts::voi(&groups, &charset, signed) } else { vec![] },
        padding: if gray { padding(top, module) } else { None },
        inverse: gray && inverse,
        modality,
        plane: place::plane(&groups, number),
        spacing: place::spacing(&groups),
        calibration: Calibration { magnification: magnification(top), regions: ultrasound_regions(top) },
        patient_orientation: orientation,
        notes,
        pixels,
    }
}

/// Pixel Padding Value (0028,0120) and its Range Limit (0028,0121), as stored values; for floats those of
/// (0028,0122) to (0028,0125).
fn padding(top: &DataSet, module: &PixelModule) -> Option<(f64, f64)> {
    let range = |value: f64, limit: f64| (value.min(limit), value.max(limit));
    let (value, limit) = match module.kind {
        Kind::Integer => (0x0120, 0x0121),
        Kind::Float => (0x0122, 0x0124),
        Kind::Double => (0x0123, 0x0125),
    };
    let (value, limit) = (top.number(Tag(0x0028, value))?, top.number(Tag(0x0028, limit)));
    if module.kind != Kind::Integer {
        return Some(range(value, limit.unwrap_or(value)));
    }
    // Written as US even where the pixels are signed.
    let bits = u32::from(module.bits_allocated.min(16));
    let resolve = |value: f64| {
        let modulus = f64::from(1u32 << bits);
        if module.signed && value >= modulus / 2.0 { value - modulus } else { value }
    };
    Some(range(resolve(value), resolve(limit.unwrap_or(value))))
}

/// What modality values are measured in.
fn unit(top: &DataSet, groups: &Groups<'_>, modality: &Text) -> Text {
    let stated = groups.in_macro(Tag(0x0028, 0x9145)).ascii(Tag(0x0028, 0x1054));
    if let Some(stated) = stated.filter(|unit| unit != "US" && unit != "normalized") {
        return Text::from(stated);
    }
    if let Some(lut) = top.items(Tag(0x0028, 0x3000)).first() {
        return lut.ascii(Tag(0x0028, 0x3004)).map(Text::from).unwrap_or_default();
    }
    let image_type = top.ascii(Tag(0x0008, 0x0008)).unwrap_or_default();
    let intercept = groups.in_macro(Tag(0x0028, 0x9145)).get(Tag(0x0028, 0x1052));
    let rescaled = intercept.is_some() && luts::rescale(groups).is_ok();
    match modality.raw() {
        "CT" if rescaled && !image_type.contains("LOCALIZER") => Text::from("HU"),
        "PT" => top.ascii(Tag(0x0054, 0x1001)).map(Text::from).unwrap_or_default(),
        "RTDOSE" => top.ascii(Tag(0x3004, 0x0002)).map(Text::from).unwrap_or_default(),
        _ => Text::default(),
    }
}
