//! `NumPy`'s `.npy`: one array, and beside it the JSON that `topogram export` writes.
//!
//! In C order the last axis is the columns, the one before it rows, then slices, then volumes. In Fortran
//! order, which arrays of nibabel have, it is the other way round: the first axis runs fastest everywhere.

use super::{
    Beside, Read, Volume,
    layout::{Axis, Layout, Sample, axes},
    place::{Affine, Place},
};
use crate::dicom::Source;
use serde::Deserialize;

/// Bytes in which the header must end.
const MOST_HEADER: usize = 64 << 10;
/// Bytes of a JSON: it may name a hundred thousand instances.
const MOST_JSON: usize = 16 << 20;

pub(super) fn is_one(head: &[u8]) -> bool {
    head.starts_with(b"\x93NUMPY")
}

/// Reads the header, and the JSON beside it.
pub(super) fn read(source: Source, beside: &Beside<'_>) -> Read {
    let head = source.read(0, MOST_HEADER).map_err(|error| format!("cannot be read: {error}"))?;
    let cut = || "ends inside its header".to_owned();
    let (from, length) = match *head.get(6..12).ok_or_else(cut)? {
        [1, _, a, b, ..] => (10_usize, usize::from(u16::from_le_bytes([a, b]))),
        [2 | 3, _, a, b, c, d] => (12, u32::from_le_bytes([a, b, c, d]) as usize),
        _ => return Err("is of a version of npy that does not exist yet".to_owned()),
    };
    let text = from.checked_add(length).and_then(|to| head.get(from..to)).ok_or_else(cut)?;
    let text = String::from_utf8_lossy(text);
    let (sample, big) = kind(quoted(&text, "descr").ok_or("holds records, which are no picture")?)?;
    let is_fortran = after(&text, "fortran_order").is_some_and(|rest| rest.starts_with("True"));
    let mut shape = shape(&text)?;
    if !is_fortran {
        shape.reverse();
    }
    // Now the fastest axis is the first.
    let is_color =
        matches!(sample, Sample::U8) && !is_fortran && shape.len() > 2 && matches!(shape[0], 3 | 4);
    let mut all = axes(sample.bytes(), &shape)?;
    let channels = if is_color { Axis { count: 3, ..all.remove(0) } } else { Axis::ONE };
    let mut layout = Layout::new(sample, big, (from + length) as u64, &all);
    layout.channels = channels;

    let json = beside.json(MOST_JSON).and_then(|text| serde_json::from_slice::<Sidecar>(&text).ok());
    let json = json.filter(|json| !is_fortran && json.shape.iter().rev().eq(&shape));
    let (mut place, mut rescale, mut notes) = (Place::Nowhere, (1.0, 0.0), vec![]);
    if let Some(json) = json {
        if json.values == "stored" {
            rescale = (json.slope, json.intercept);
        }
        if let Some(geometry) = json.geometry {
            let [x, y, z, _] = geometry.affine_lps;
            let affine: Affine = [x, y, z];
            place = Place::At { affine, space: "LPS".to_owned() };
            if !geometry.even {
                notes
                    .push("has slices that are unevenly spaced; they are shown at even distances".to_owned());
            }
        }
    }
    Ok(Volume { format: "NumPy", source, layout, place, rescale, notes, comment: String::new() })
}

/// What matters of the JSON beside an array.
#[derive(Deserialize)]
struct Sidecar {
    shape: Vec<u64>,
    values: String,
    slope: f64,
    intercept: f64,
    geometry: Option<Geometry>,
}

#[derive(Deserialize)]
struct Geometry {
    even: bool,
    affine_lps: [[f64; 4]; 4],
}

/// What follows `'name':`.
fn after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let at = text.find(&format!("'{name}'"))?;
    Some(text[at + name.len() + 2..].trim_start().strip_prefix(':')?.trim_start())
}

fn quoted<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    Some(after(text, name)?.strip_prefix('\'')?.split_once('\'')?.0)
}

fn shape(text: &str) -> Result<Vec<u64>, String> {
    let unreadable = || "has a shape that cannot be read".to_owned();
    let inside = after(text, "shape").and_then(|rest| rest.strip_prefix('(')).ok_or_else(unreadable)?;
    let numbers = inside.split_once(')').ok_or_else(unreadable)?.0;
    let numbers = numbers.split(',').map(str::trim).filter(|part| !part.is_empty());
    let shape: Vec<u64> = numbers.map(str::parse).collect::<Result<_, _>>().map_err(|_| unreadable())?;
    match shape.len() {
        1..=16 => Ok(shape),
        count => Err(format!("has {count} axes; 1 to 16 can be")),
    }
}

fn kind(descr: &str) -> Result<(Sample, bool), String> {
    let big = descr.starts_with('>');
    let sample = match descr.trim_start_matches(['<', '>', '|', '=']) {
        "b1" | "u1" => Sample::U8,
        "i1" => Sample::I8,
        "u2" => Sample::U16,
        "i2" => Sample::I16,
        "u4" => Sample::U32,
        "i4" => Sample::I32,
        "u8" => Sample::U64,
        "i8" => Sample::I64,
        "f4" => Sample::F32,
        "f8" => Sample::F64,
        _ => {
            return Err(format!(
                "holds values of the kind {:?}; integers, float32 and float64 can be shown",
                crate::model::shown(descr)
            ));
        }
    };
    Ok((sample, big))
}
