//! A volume of another format, dressed as a multi-frame object: its elements.
//!
//! The samples are not among them: [`Made`](super::made::Made) reads these where they are.

use super::{
    Volume,
    layout::Sample,
    place::{self, Affine, Place},
};
use crate::{
    dicom::{
        PIXEL_DATA, Source, Tag, Vr,
        uid::derived_uid,
        writer::{self, Content, Piece},
    },
    model::{Vector, norm},
};
use std::path::Path;

const EXPLICIT_UID: &str = "1.2.840.10008.1.2.1";
/// Multi-frame Secondary Capture, for grey bytes, grey words and colours.
const GRAY_BYTES: &str = "1.2.840.10008.5.1.4.1.1.7.2";
const GRAY_WORDS: &str = "1.2.840.10008.5.1.4.1.1.7.3";
const COLOR: &str = "1.2.840.10008.5.1.4.1.1.7.4";
/// Parametric Map: what the standard has for floats.
const FLOATS: &str = "1.2.840.10008.5.1.4.1.1.30";

/// Everything up to the first sample. There are `frames` slices in all volumes, and all bytes of them together
/// fit the 32 bits of a length.
pub(super) fn header(path: &Path, volume: &Volume, frames: u64) -> Vec<u8> {
    let layout = &volume.layout;
    let class = match (layout.channels.count, layout.sample) {
        (3, _) => COLOR,
        (_, Sample::F32 | Sample::F64) => FLOATS,
        (_, Sample::U8 | Sample::I8) => GRAY_BYTES,
        _ => GRAY_WORDS,
    };
    let names = Names::of(path, volume);
    let mut bytes = [&[0; 128][..], b"DICM"].concat();
    let meta = [
        text(0x0002, 0x0002, Vr::UI, class),
        text(0x0002, 0x0003, Vr::UI, &names.instance),
        text(0x0002, 0x0010, Vr::UI, EXPLICIT_UID),
    ];
    let mut elements = vec![
        text(0x0008, 0x0005, Vr::CS, "ISO_IR 192"),
        text(0x0008, 0x0008, Vr::CS, "DERIVED\\SECONDARY"),
        text(0x0008, 0x0016, Vr::UI, class),
        text(0x0008, 0x0018, Vr::UI, &names.instance),
        text(0x0008, 0x0060, Vr::CS, "OT"),
        text(0x0008, 0x1030, Vr::LO, "Not DICOM"),
        text(0x0008, 0x103E, Vr::LO, &names.series_called),
        text(0x0008, 0x2111, Vr::ST, &format!("Read from a file of the format {}", volume.format)),
        text(0x0020, 0x000D, Vr::UI, &names.study),
        text(0x0020, 0x000E, Vr::UI, &names.series),
    ];
    if let Place::At { space, .. } = &volume.place {
        elements.push(text(0x0020, 0x0052, Vr::UI, &derived_uid(&format!("{}/{space}", names.study))));
    }
    if !volume.comment.is_empty() {
        elements.push(text(0x0020, 0x4000, Vr::LT, &volume.comment));
    }
    if volume.layout.volumes() > 1 {
        elements.push(Piece { tag: Tag(0x0020, 0x9222), vr: Vr::SQ, value: Content::Items(dimensions()) });
    }
    elements.extend(image_module(volume, frames));
    if let Place::At { affine, .. } = &volume.place {
        let one = Content::Items(vec![shared(affine)]);
        let each = (0..frames).map(|frame| own(volume, affine, frame)).collect();
        elements.push(Piece { tag: Tag(0x5200, 0x9229), vr: Vr::SQ, value: one });
        elements.push(Piece { tag: Tag(0x5200, 0x9230), vr: Vr::SQ, value: Content::Items(each) });
    }
    let nothing = Source::memory(vec![]);
    for pieces in [&meta[..], &elements] {
        writer::write(pieces, &nothing, &mut bytes).expect("a vector takes all bytes, and values are short");
    }
    let (tag, vr) = match layout.sample {
        Sample::F32 => (Tag(0x7FE0, 0x0008), Vr::OF),
        Sample::F64 => (Tag(0x7FE0, 0x0009), Vr::OD),
        Sample::U8 | Sample::I8 => (PIXEL_DATA, Vr::OB),
        _ => (PIXEL_DATA, Vr::OW),
    };
    let length = (frames * layout.frame_bytes()).next_multiple_of(2) as u32;
    bytes.extend([tag.0.to_le_bytes(), tag.1.to_le_bytes()].as_flattened());
    bytes.extend(vr.as_str().bytes().chain([0; 2]));
    bytes.extend(length.to_le_bytes());
    bytes
}

/// What things are called that have no name of their own.
struct Names {
    study: String,
    series: String,
    instance: String,
    series_called: String,
}

impl Names {
    /// Files of one folder are a study. Pictures in it that are of one size are slices of one series, and any
    /// other file is a series of its own.
    fn of(path: &Path, volume: &Volume) -> Self {
        let (file, said) = super::said(path);
        let whole = file.canonicalize().unwrap_or_else(|_| file.clone());
        let folder = whole.parent().unwrap_or(Path::new("")).to_string_lossy().into_owned();
        let study = derived_uid(&format!("topogram file/{folder}"));
        let name = whole.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let instance = derived_uid(&format!("topogram file/{folder}/{name}/{said}"));
        let is_picture = volume.is_picture();
        let series = if is_picture {
            let (columns, rows) = (volume.layout.columns.count, volume.layout.rows.count);
            derived_uid(&format!("topogram pictures/{folder}/{columns}x{rows}"))
        } else {
            derived_uid(&format!("{instance}/series"))
        };
        let series_called = if is_picture { format!("{} pictures", volume.format) } else { stem(&name) };
        Self { study, series, instance, series_called }
    }
}

/// A file's name without what tells the format.
fn stem(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let ending = if lower.ends_with(".nii.gz") { Some(7) } else { name.rfind('.').map(|at| name.len() - at) };
    let stem = ending.and_then(|length| name.get(..name.len() - length)).filter(|stem| !stem.is_empty());
    stem.unwrap_or(name).to_owned()
}

fn text(group: u16, element: u16, vr: Vr, value: &str) -> Piece<'static> {
    let several = matches!(vr, Vr::CS | Vr::DS);
    // A backslash would make two values of one, and the rest steers terminals.
    let plain = |c: char| {
        if c.is_control() {
            ' '
        } else if c == '\\' && !several {
            '/'
        } else {
            c
        }
    };
    let most = if vr == Vr::LO { 64 } else { 10_240 };
    let value: String = value.chars().take(most).map(plain).collect();
    Piece::new(Tag(group, element), vr, value.into_bytes())
}

fn short(element: u16, value: u64) -> Piece<'static> {
    Piece::new(Tag(0x0028, element), Vr::US, (value as u16).to_le_bytes().to_vec())
}

fn decimals(group: u16, element: u16, values: &[f64]) -> Piece<'static> {
    // Plus zero: nobody wants to read -0.
    let values: Vec<String> = values.iter().map(|value| (value + 0.0).to_string()).collect();
    text(group, element, Vr::DS, &values.join("\\"))
}

/// Frame Increment aside, the Image Pixel module, and what values mean.
fn image_module(volume: &Volume, frames: u64) -> Vec<Piece<'static>> {
    let layout = &volume.layout;
    let is_color = layout.channels.count == 3;
    let bits = layout.sample.bytes() * 8;
    let mut elements = vec![
        short(0x0002, layout.channels.count),
        text(0x0028, 0x0004, Vr::CS, if is_color { "RGB" } else { "MONOCHROME2" }),
    ];
    if is_color {
        elements.push(short(0x0006, 0));
    }
    elements.extend([
        text(0x0028, 0x0008, Vr::IS, &frames.to_string()),
        short(0x0010, layout.rows.count),
        short(0x0011, layout.columns.count),
    ]);
    if let Place::Sized { column, row } = volume.place {
        elements.push(decimals(0x0028, 0x0030, &[row, column]));
    }
    elements.push(short(0x0100, bits));
    if !matches!(layout.sample, Sample::F32 | Sample::F64) {
        let signed = layout.sample.is_signed().into();
        elements.extend([short(0x0101, bits), short(0x0102, bits - 1), short(0x0103, signed)]);
    }
    let (slope, intercept) = volume.rescale;
    if (slope, intercept) != (1.0, 0.0) {
        elements.extend([decimals(0x0028, 0x1052, &[intercept]), decimals(0x0028, 0x1053, &[slope])]);
    }
    elements
}

/// Frames are counted along the slices, then over the volumes.
fn dimensions() -> Vec<Vec<Piece<'static>>> {
    let pointer = |tag: Tag| {
        let bytes = [tag.0.to_le_bytes(), tag.1.to_le_bytes()].concat();
        vec![Piece::new(Tag(0x0020, 0x9165), Vr::AT, bytes)]
    };
    vec![pointer(Tag(0x0020, 0x9057)), pointer(Tag(0x0020, 0x9128))]
}

fn sequence(tag: Tag, item: Vec<Piece<'static>>) -> Piece<'static> {
    Piece { tag, vr: Vr::SQ, value: Content::Items(vec![item]) }
}

/// How far pixels are apart, and which way they lie.
fn shared(affine: &Affine) -> Vec<Piece<'static>> {
    let steps: [Vector; 3] = [0, 1, 2].map(|index| place::step(affine, index));
    let [column, row, slice] = steps.map(norm);
    let orientation = [steps[0].map(|x| x / column), steps[1].map(|x| x / row)].concat();
    vec![
        sequence(Tag(0x0020, 0x9116), vec![decimals(0x0020, 0x0037, &orientation)]),
        sequence(
            Tag(0x0028, 0x9110),
            vec![
                decimals(0x0018, 0x0050, &[slice]),
                decimals(0x0018, 0x0088, &[slice]),
                decimals(0x0028, 0x0030, &[row, column]),
            ],
        ),
    ]
}

/// Where a frame lies, and which volume it is of.
fn own(volume: &Volume, affine: &Affine, frame: u64) -> Vec<Piece<'static>> {
    let (slice, at) = (frame % volume.layout.slices.count, frame / volume.layout.slices.count);
    let origin: Vector = std::array::from_fn(|axis| affine[axis][3] + affine[axis][2] * slice as f64);
    let indices = [slice as u32 + 1, at as u32 + 1].map(u32::to_le_bytes).concat();
    let mut group = vec![];
    if volume.layout.volumes() > 1 {
        group.push(sequence(
            Tag(0x0020, 0x9111),
            vec![
                Piece::new(Tag(0x0020, 0x9128), Vr::UL, (at as u32 + 1).to_le_bytes().to_vec()),
                Piece::new(Tag(0x0020, 0x9157), Vr::UL, indices),
            ],
        ));
    }
    group.push(sequence(Tag(0x0020, 0x9113), vec![decimals(0x0020, 0x0032, &origin)]));
    group
}
