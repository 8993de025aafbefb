//! NRRD, the format of 3D Slicer and ITK: `.nrrd`, and `.nhdr` with its values in another file.
//!
//! A text of `field: value` lines up to an empty one; the values follow it, raw or in gzip.

use super::{
    Beside, Packing, Read, Volume,
    layout::{Axis, Layout, Sample, axes},
    place::{self, Affine, Place},
};
use crate::dicom::Source;
use std::collections::HashMap;

/// Bytes in which the header must end: key-value pairs of diffusion images are many.
const MOST_HEADER: usize = 1 << 20;

pub(super) fn is_one(head: &[u8]) -> bool {
    head.starts_with(b"NRRD000")
}

/// The lines of a header, by their names in small letters.
struct Fields(HashMap<String, String>);

impl Fields {
    fn read(text: &str) -> Self {
        let lines = text.lines().skip(1).filter(|line| !line.starts_with('#'));
        // `:=` is a pair of the writer's own.
        let fields = lines.filter_map(|line| line.split_once(':').filter(|(_, rest)| !rest.starts_with('=')));
        let fields = fields.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        Self(fields.collect())
    }

    /// The value under any of the names that a field has.
    fn get(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|&name| self.0.get(name)).map(String::as_str)
    }

    fn number(&self, names: &[&str]) -> Result<i64, String> {
        let Some(text) = self.get(names) else { return Ok(0) };
        text.parse().map_err(|_| format!("says {} is {text:?}, which is no number", names[0]))
    }
}

/// Reads a header, and finds the values behind it or beside it.
pub(super) fn read(source: Source, beside: &Beside<'_>) -> Read {
    let head = source.read(0, MOST_HEADER).map_err(|error| format!("cannot be read: {error}"))?;
    let end = header_end(&head);
    let text = String::from_utf8_lossy(&head[..end.unwrap_or(head.len())]);
    let fields = Fields::read(&text);
    let mut notes = vec![];
    let sample = sample(fields.get(&["type"]).ok_or("does not say what its values are")?)?;
    let sizes: Result<Vec<u64>, _> =
        fields.get(&["sizes"]).ok_or("does not say its sizes")?.split_whitespace().map(str::parse).collect();
    let sizes = sizes.map_err(|_| "has sizes that are no numbers".to_owned())?;
    if sizes.is_empty() || sizes.len() > 16 {
        return Err(format!("has {} axes; 1 to 16 can be", sizes.len()));
    }
    let big = fields.get(&["endian"]).is_some_and(|endian| endian.eq_ignore_ascii_case("big"));
    let all = axes(sample.bytes(), &sizes)?;
    let axes = Axes::of(&fields, &all, sample);
    let mut layout = Layout::new(sample, big, 0, &axes.spatial);
    layout.others = axes.others;
    layout.channels = axes.channels;
    let place = placed(&fields, axes.directions.as_deref(), &mut notes);

    let data = match fields.get(&["data file", "datafile"]) {
        Some(name) => (beside.named(name)?, 0),
        None => (source, end.ok_or("has no empty line that ends its header")? as u64),
    };
    let (source, offset) = unpacked(data, &fields, &layout)?;
    layout.offset = offset;
    let comment = fields.get(&["content"]).unwrap_or_default().to_owned();
    Ok(Volume { format: "NRRD", source, layout, place, rescale: (1.0, 0.0), notes, comment })
}

/// The first byte after an empty line.
fn header_end(head: &[u8]) -> Option<usize> {
    let unix = head.windows(2).position(|pair| pair == b"\n\n").map(|at| at + 2);
    let dos = head.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
    match (unix, dos) {
        (Some(unix), Some(dos)) => Some(unix.min(dos)),
        (unix, dos) => unix.or(dos),
    }
}

/// Where the values begin, in a source in which they are as they are in memory.
fn unpacked(
    (source, from): (Source, u64),
    fields: &Fields,
    layout: &Layout,
) -> Result<(Source, u64), String> {
    let lines = fields.number(&["line skip", "lineskip"])?;
    let skip = fields.number(&["byte skip", "byteskip"])?;
    let encoding = fields.get(&["encoding"]).ok_or("does not say how its values are written")?;
    let from = after_lines(&source, from, lines)?;
    match encoding.to_ascii_lowercase().as_str() {
        // -1: the values are the last bytes of the file.
        "raw" if skip < 0 => {
            let from = source.len().saturating_sub(layout.end());
            Ok((source, from))
        }
        "raw" => Ok((source, from.saturating_add(skip.cast_unsigned()))),
        "gzip" | "gz" => {
            let skip = u64::try_from(skip).unwrap_or(0);
            let len = layout.end().saturating_add(skip);
            Ok((super::inflated(&source, from, Packing::Gzip, len)?, skip))
        }
        other => Err(format!(
            "is written as {:?}, which topogram does not read; raw and gzip it does",
            crate::model::shown(other)
        )),
    }
}

/// The first byte after so many lines.
fn after_lines(source: &Source, from: u64, lines: i64) -> Result<u64, String> {
    if lines <= 0 {
        return Ok(from);
    }
    let bytes = source.read(from, MOST_HEADER).map_err(|error| format!("cannot be read: {error}"))?;
    let mut ends = bytes.iter().enumerate().filter(|&(_, &byte)| byte == b'\n').map(|(at, _)| at as u64);
    let last = ends.nth(usize::try_from(lines - 1).unwrap_or(usize::MAX));
    last.map(|end| from + end + 1).ok_or_else(|| format!("has fewer than {lines} lines to skip"))
}

fn sample(word: &str) -> Result<Sample, String> {
    Ok(match word.to_ascii_lowercase().as_str() {
        "signed char" | "int8" | "int8_t" => Sample::I8,
        "uchar" | "unsigned char" | "uint8" | "uint8_t" => Sample::U8,
        "short" | "short int" | "signed short" | "signed short int" | "int16" | "int16_t" => Sample::I16,
        "ushort" | "unsigned short" | "unsigned short int" | "uint16" | "uint16_t" => Sample::U16,
        "int" | "signed int" | "int32" | "int32_t" => Sample::I32,
        "uint" | "unsigned int" | "uint32" | "uint32_t" => Sample::U32,
        "longlong"
        | "long long"
        | "long long int"
        | "signed long long"
        | "signed long long int"
        | "int64"
        | "int64_t" => Sample::I64,
        "ulonglong" | "unsigned long long" | "unsigned long long int" | "uint64" | "uint64_t" => Sample::U64,
        "float" => Sample::F32,
        "double" => Sample::F64,
        other => return Err(format!("holds values of the kind {:?}", crate::model::shown(other))),
    })
}

/// What each axis of the file is for.
struct Axes {
    spatial: Vec<Axis>,
    /// One for each spatial axis, if the file tells.
    directions: Option<Vec<Vec<f64>>>,
    others: Vec<Axis>,
    channels: Axis,
}

impl Axes {
    /// Axes with a direction lie in space; where there are no directions, those that are not called a list or
    /// a vector; of these the first three.
    fn of(fields: &Fields, all: &[Axis], sample: Sample) -> Self {
        let vectors = fields.get(&["space directions"]).map(vectors);
        let kinds: Vec<String> = fields
            .get(&["kinds"])
            .map(|kinds| kinds.split_whitespace().map(str::to_ascii_lowercase).collect())
            .unwrap_or_default();
        let in_space = |at: usize| match (&vectors, kinds.get(at)) {
            (Some(vectors), _) => vectors.get(at).is_some_and(Option::is_some),
            (None, Some(kind)) => matches!(kind.as_str(), "domain" | "space" | "none" | "???"),
            (None, None) => true,
        };
        let mut found = Self {
            spatial: vec![],
            directions: vectors.as_ref().map(|_| vec![]),
            others: vec![],
            channels: Axis::ONE,
        };
        for (at, &axis) in all.iter().enumerate() {
            // ITK calls red, green and blue a vector.
            let is_vector = |kind: &str| kind.contains("vector") && at == 0 && sample == Sample::U8;
            let is_color = kinds.get(at).is_some_and(|kind| kind.contains("color") || is_vector(kind))
                && matches!(axis.count, 3 | 4);
            if in_space(at) && found.spatial.len() < 3 {
                found.spatial.push(axis);
                let direction = vectors.as_ref().and_then(|vectors| vectors.get(at).cloned().flatten());
                if let (Some(directions), Some(direction)) = (&mut found.directions, direction) {
                    directions.push(direction);
                }
            } else if is_color && found.channels == Axis::ONE {
                found.channels = Axis { count: 3, ..axis };
            } else if axis.count > 1 {
                found.others.push(axis);
            }
        }
        found
    }
}

/// `(1,0,0) none (0,1,0)`: a vector for each axis that has one.
fn vectors(text: &str) -> Vec<Option<Vec<f64>>> {
    let mut found = vec![];
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('(').and_then(|inside| inside.split_once(')')) {
            Some((inside, after)) => (Some(inside), after),
            None => (None, rest.split_once(char::is_whitespace).map_or("", |(_, after)| after)),
        };
        let numbers = word.map(|word| word.split(',').map(|part| part.trim().parse::<f64>()).collect());
        found.push(numbers.and_then(|numbers: Result<Vec<f64>, _>| numbers.ok()));
        rest = after.trim_start();
    }
    found
}

fn placed(fields: &Fields, directions: Option<&[Vec<f64>]>, notes: &mut Vec<String>) -> Place {
    let Some(directions) = directions else {
        let Some(text) = fields.get(&["spacings"]) else { return Place::Nowhere };
        let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let finite: Vec<f64> = numbers.into_iter().filter(|mm| mm.is_finite() && *mm != 0.0).collect();
        return match finite[..] {
            [column, row, slice, ..] => place::assumed([column, row, slice].map(f64::abs), notes),
            [column, row] => Place::Sized { column: column.abs(), row: row.abs() },
            _ => Place::Nowhere,
        };
    };
    let words = fields.get(&["space"]).unwrap_or_default().to_ascii_lowercase();
    let anatomical = anatomical(&words);
    let space = if anatomical.is_some() { "LPS" } else { "assumed" }.to_owned();
    if anatomical.is_none() {
        notes.push(format!(
            "has no axes of a patient (space {:?}): left, back and head are taken",
            crate::model::shown(&words)
        ));
    }
    let axes = anatomical.unwrap_or([(0, 1.0), (1, 1.0), (2, 1.0)]);
    let origin = fields.get(&["space origin"]).map(vectors).and_then(|mut found| found.pop().flatten());
    let part = |vector: &[f64], at: usize| vector.get(at).copied().unwrap_or(0.0);
    let unit = match fields.get(&["space units"]).and_then(|units| units.split('"').nth(1)) {
        Some("um" | "µm" | "microns") => 1e-3,
        Some("cm") => 10.0,
        Some("m") => 1000.0,
        _ => 1.0,
    };
    let mut affine: Affine = [[0.0; 4]; 3];
    for (own, &(axis, sign)) in axes.iter().enumerate() {
        for (index, direction) in directions.iter().enumerate() {
            affine[axis][index] = part(direction, own) * sign * unit;
        }
        affine[axis][3] = part(origin.as_deref().unwrap_or_default(), own) * sign * unit;
    }
    if directions.len() < 3 {
        return match directions.len() {
            2 => {
                let length = |index: usize| crate::model::norm(place::step(&affine, index));
                Place::Sized { column: length(0), row: length(1) }
            }
            _ => Place::Nowhere,
        };
    }
    Place::At { affine, space }
}

/// Which axis of LPS each axis of a space is, and -1 where it runs against it.
fn anatomical(space: &str) -> Option<[(usize, f64); 3]> {
    let words: Vec<&str> = match space {
        "ras" => vec!["right", "anterior", "superior"],
        "las" => vec!["left", "anterior", "superior"],
        "lps" => vec!["left", "posterior", "superior"],
        other => other.trim_end_matches("-time").split('-').collect(),
    };
    let axis = |word: &&str| {
        Some(match *word {
            "left" => (0, 1.0),
            "right" => (0, -1.0),
            "posterior" => (1, 1.0),
            "anterior" => (1, -1.0),
            "superior" => (2, 1.0),
            "inferior" => (2, -1.0),
            _ => return None,
        })
    };
    let axes: Vec<(usize, f64)> = words.iter().map(axis).collect::<Option<_>>()?;
    let axes: [(usize, f64); 3] = axes.try_into().ok()?;
    let mut seen = axes.map(|(axis, _)| axis);
    seen.sort_unstable();
    (seen == [0, 1, 2]).then_some(axes)
}
