//! Files that say nothing of themselves, and what a person says of them: `--raw` and `--spacing`.
//!
//! What was said becomes part of the path, `zubal.dat!/raw=128x128x243,u8,le,0`, so that every name of a slice
//! holds all that its pixels depend on.

use super::{
    Read, Volume,
    layout::{Axis, Layout, Sample, axes},
    place::{self, Place},
};
use crate::dicom::Source;
use std::{fmt, str::FromStr};

/// The layout of a raw file: `128x128x243,u8,le,0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    /// Columns, rows, slices, volumes; the first runs fastest.
    sizes: Vec<u64>,
    word: &'static str,
    sample: Sample,
    color: Color,
    big: bool,
    /// Bytes before the first value.
    offset: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Color {
    Gray,
    /// Three samples a pixel, side by side.
    Mixed,
    /// All red samples of a slice, then all green ones.
    Planes,
}

/// Words for the kinds of values.
const KINDS: [(&str, Sample, Color); 12] = [
    ("u8", Sample::U8, Color::Gray),
    ("i8", Sample::I8, Color::Gray),
    ("u16", Sample::U16, Color::Gray),
    ("i16", Sample::I16, Color::Gray),
    ("u32", Sample::U32, Color::Gray),
    ("i32", Sample::I32, Color::Gray),
    ("u64", Sample::U64, Color::Gray),
    ("i64", Sample::I64, Color::Gray),
    ("f32", Sample::F32, Color::Gray),
    ("f64", Sample::F64, Color::Gray),
    ("rgb", Sample::U8, Color::Mixed),
    ("rgb-planes", Sample::U8, Color::Planes),
];

impl FromStr for Raw {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',').map(str::trim);
        let sizes = parts.next().unwrap_or_default();
        let sizes: Result<Vec<u64>, _> = sizes.split('x').map(str::parse).collect();
        let sizes = sizes.ok().filter(|sizes| (2..=4).contains(&sizes.len()) && !sizes.contains(&0));
        let sizes = sizes.ok_or("columns x rows x slices come first, as in 128x128x243,u8")?;
        let kind = parts.next().unwrap_or_default();
        let found = KINDS.into_iter().find(|(word, ..)| *word == kind);
        let (word, sample, color) = found.ok_or_else(|| {
            let words = KINDS.map(|(word, ..)| word).join(", ");
            format!("the kind of the values comes second, one of {words}")
        })?;
        let big = match parts.next() {
            None | Some("le") => false,
            Some("be") => true,
            Some(_) => return Err("the order of bytes comes third: le or be".to_owned()),
        };
        let offset = parts.next().map_or(Ok(0), str::parse);
        let offset =
            offset.map_err(|_| "the number of bytes to skip comes last, as in 128x128x243,u8,le,0")?;
        if parts.next().is_some() {
            return Err("sizes, kind, order of bytes and bytes to skip are all there is to say".to_owned());
        }
        Ok(Self { sizes, word, sample, color, big, offset })
    }
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.sizes.iter().map(u64::to_string).collect();
        let order = if self.big { "be" } else { "le" };
        write!(f, "{},{},{order},{}", sizes.join("x"), self.word, self.offset)
    }
}

impl Raw {
    pub(super) fn read(&self, source: Source) -> Read {
        let item = self.sample.bytes();
        let channels = if self.color == Color::Gray { 1 } else { 3 };
        let (&columns, &rows) = (&self.sizes[0], &self.sizes[1]);
        let layout = match self.color {
            Color::Planes => {
                let sizes = [&[columns, rows, 3], &self.sizes[2..]].concat();
                let mut all = axes(item, &sizes)?;
                let planes = all.remove(2);
                Layout { channels: planes, ..Layout::new(self.sample, self.big, self.offset, &all) }
            }
            _ => Layout {
                channels: Axis { count: channels, stride: item as i64 },
                ..Layout::new(self.sample, self.big, self.offset, &axes(channels * item, &self.sizes)?)
            },
        };
        Ok(Volume {
            format: "raw values",
            source,
            layout,
            place: Place::Nowhere,
            rescale: (1.0, 0.0),
            notes: vec![],
            comment: self.to_string(),
        })
    }
}

/// Distances between centres, mm: columns, rows, slices. `0.5,0.5,-3` has slices from head to feet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distances([f64; 3]);

impl FromStr for Distances {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse::<f64>()).collect();
        let numbers = numbers.ok().and_then(|numbers| <[f64; 3]>::try_from(numbers).ok());
        let sane = |mm: f64| mm.is_finite() && (1e-6..1e6).contains(&mm);
        numbers
            .filter(|&[column, row, slice]| sane(column) && sane(row) && sane(slice.abs()))
            .map(Self)
            .ok_or_else(|| "three millimetres: between columns, rows and slices, as in 4,4,4".to_owned())
    }
}

impl fmt::Display for Distances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [column, row, slice] = self.0;
        write!(f, "{column},{row},{slice}")
    }
}

impl Distances {
    /// Of columns and rows alone.
    pub(super) fn in_plane(self) -> Place {
        let [column, row, _] = self.0;
        Place::Sized { column, row }
    }

    pub(super) fn place(self, notes: &mut Vec<String>) -> Place {
        place::assumed(self.0, notes)
    }
}

/// All that is said of a file beside its name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Said {
    /// How its values are laid out, if the file does not tell.
    pub raw: Option<Raw>,
    /// How far they are apart, if the file does not tell.
    pub spacing: Option<Distances>,
}

impl Said {
    /// Nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The end of a path, read back.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut said = Self::default();
        for part in text.split(' ') {
            match part.split_once('=')? {
                ("raw", text) => said.raw = Some(text.parse().ok()?),
                ("spacing", text) => said.spacing = Some(text.parse().ok()?),
                _ => return None,
            }
        }
        Some(said)
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let raw = self.raw.as_ref().map(|raw| format!("raw={raw}"));
        let spacing = self.spacing.map(|spacing| format!("spacing={spacing}"));
        f.write_str(&raw.into_iter().chain(spacing).collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_the_same_once_it_was_part_of_a_path() {
        for text in [
            "raw=128x128x243,u8,le,0",
            "raw=512x512,i16,be,3416 spacing=0.5,0.5,-3",
            "spacing=4,4,4",
            "raw=2048x1216x10x2,rgb-planes,le,0",
        ] {
            assert_eq!(Said::parse(text).unwrap().to_string(), text);
        }
        assert_eq!("128x128,u8".parse::<Raw>().unwrap().to_string(), "128x128,u8,le,0");
    }

    #[test]
    fn every_mistake_names_what_should_stand_there() {
        for (text, what) in [
            ("", "columns x rows"),
            ("128", "columns x rows"),
            ("0x4,u8", "columns x rows"),
            ("4x4", "one of u8, i8"),
            ("4x4,u8,xx", "le or be"),
            ("4x4,u8,le,-1", "bytes to skip"),
            ("4x4,u8,le,1,1", "all there is"),
        ] {
            assert!(text.parse::<Raw>().unwrap_err().contains(what), "{text}");
        }
        for text in ["", "1", "1,1", "0,1,1", "1,-1,1", "1,1,nan", "1,1,1,1"] {
            assert!(text.parse::<Distances>().is_err(), "{text}");
        }
    }
}
