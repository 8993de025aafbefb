//! `MetaImage`, the format of ITK: `.mha`, and `.mhd` with its values in a `.raw` or `.zraw`.
//!
//! `Name = value` lines, the last of which says where the values are. Places are in LPS, as ITK has them.

use super::{
    Beside, Packing, Read, Volume,
    layout::{Axis, Layout, Sample, axes},
    place::Place,
};
use crate::dicom::Source;
use std::collections::HashMap;

/// Bytes in which the header must end.
const MOST_HEADER: usize = 64 << 10;
/// The last line of a header.
const LAST: &str = "elementdatafile";

/// Reads a header, and finds the values behind it or beside it.
pub(super) fn read(source: Source, beside: &Beside<'_>) -> Read {
    let head = source.read(0, MOST_HEADER).map_err(|error| format!("cannot be read: {error}"))?;
    let (fields, end) =
        fields(&head).ok_or("has no line ElementDataFile, which ends the header of a MetaImage")?;
    let get = |name: &str| fields.get(name).map(String::as_str);
    let numbers = |name: &str| -> Vec<f64> {
        get(name).unwrap_or_default().split_whitespace().filter_map(|word| word.parse().ok()).collect()
    };
    let is_true =
        |name: &str| get(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1");
    let sizes: Result<Vec<u64>, _> =
        get("dimsize").ok_or("does not say its sizes")?.split_whitespace().map(str::parse).collect();
    let sizes = sizes.map_err(|_| "has sizes that are no numbers".to_owned())?;
    if sizes.is_empty() || sizes.len() > 10 {
        return Err(format!("has {} axes; 1 to 10 can be", sizes.len()));
    }
    let sample = sample(get("elementtype").ok_or("does not say what its values are")?)?;
    let channels: u64 = match get("elementnumberofchannels").map(str::parse) {
        None => 1,
        Some(Ok(count @ 1..=1000)) => count,
        Some(_) => return Err("has a number of channels that makes no sense".to_owned()),
    };
    let big = is_true("elementbyteordermsb") || is_true("binarydatabyteordermsb");
    let mut layout = Layout::new(sample, big, 0, &axes(channels * sample.bytes(), &sizes)?);
    let stride = sample.bytes() as i64;
    match channels {
        1 => {}
        3 | 4 if matches!(sample, Sample::U8) => layout.channels = Axis { count: 3, stride },
        count => layout.others.insert(0, Axis { count, stride }),
    }
    if get("binarydata").is_some_and(|value| value.eq_ignore_ascii_case("false")) {
        return Err("holds its values as text, which topogram does not read".to_owned());
    }

    let (source, from) = match fields[LAST].as_str() {
        name if name.eq_ignore_ascii_case("LOCAL") => (source, end),
        name if name.eq_ignore_ascii_case("LIST") || name.contains('%') => {
            return Err("has a file for each slice, which topogram does not read".to_owned());
        }
        name => (beside.named(name)?, 0),
    };
    let skip = numbers("headersize").first().copied().unwrap_or(0.0);
    let needed = layout.end();
    let (source, offset) = if is_true("compresseddata") {
        (super::inflated(&source, from, Packing::Zlib, needed)?, 0)
    } else if skip < 0.0 {
        // The values are the last bytes of the file.
        let from = source.len().saturating_sub(needed);
        (source, from)
    } else {
        (source, from.saturating_add(skip as u64))
    };
    layout.offset = offset;
    let place = placed(&fields, sizes.len());
    let comment = get("comment").unwrap_or_default().to_owned();
    Ok(Volume { format: "MetaImage", source, layout, place, rescale: (1.0, 0.0), notes: vec![], comment })
}

/// The lines by their names in small letters, and where the header ends.
fn fields(head: &[u8]) -> Option<(HashMap<String, String>, u64)> {
    let mut fields = HashMap::new();
    let mut at = 0;
    for line in head.split_inclusive(|&byte| byte == b'\n') {
        at += line.len() as u64;
        let text = String::from_utf8_lossy(line);
        let (name, value) = text.split_once(['=', ':'])?;
        let name = name.trim().to_ascii_lowercase();
        let is_last = name == LAST;
        fields.insert(name, value.trim().to_owned());
        if is_last {
            return Some((fields, at));
        }
    }
    None
}

fn sample(word: &str) -> Result<Sample, String> {
    Ok(match word.to_ascii_uppercase().trim_end_matches("_ARRAY") {
        "MET_CHAR" => Sample::I8,
        "MET_UCHAR" => Sample::U8,
        "MET_SHORT" => Sample::I16,
        "MET_USHORT" => Sample::U16,
        "MET_INT" | "MET_LONG" => Sample::I32,
        "MET_UINT" | "MET_ULONG" => Sample::U32,
        "MET_LONG_LONG" => Sample::I64,
        "MET_ULONG_LONG" => Sample::U64,
        "MET_FLOAT" => Sample::F32,
        "MET_DOUBLE" => Sample::F64,
        other => return Err(format!("holds values of the kind {:?}", crate::model::shown(other))),
    })
}

fn placed(fields: &HashMap<String, String>, axes: usize) -> Place {
    let numbers = |names: &[&str]| -> Vec<f64> {
        let text = names.iter().find_map(|&name| fields.get(name)).map(String::as_str).unwrap_or_default();
        text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
    };
    let spacing = numbers(&["elementspacing", "elementsize"]);
    let step = |axis: usize| spacing.get(axis).copied().unwrap_or(1.0);
    if axes < 3 {
        return if spacing.len() < 2 {
            Place::Nowhere
        } else {
            Place::Sized { column: step(0), row: step(1) }
        };
    }
    let origin = numbers(&["offset", "position", "origin"]);
    // The direction of the first axis, then that of the second.
    let matrix = numbers(&["transformmatrix", "rotation", "orientation"]);
    let square = if matrix.len() == axes * axes { axes } else { 0 };
    let mut affine = [[0.0; 4]; 3];
    for (row, numbers) in affine.iter_mut().enumerate() {
        for (axis, number) in numbers.iter_mut().take(3).enumerate() {
            let direction =
                if square > 0 { matrix[axis * square + row] } else { f64::from(u8::from(axis == row)) };
            *number = direction * step(axis);
        }
        numbers[3] = origin.get(row).copied().unwrap_or(0.0);
    }
    Place::At { affine, space: "LPS".to_owned() }
}
