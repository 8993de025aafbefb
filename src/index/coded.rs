//! Values as bytes: each type says once what it is made of, and is written and read by that.
//!
//! Numbers take as many bytes as they need. Reading never fails but by `None`, and makes nothing that is
//! longer than what is there.

use crate::model::{
    Axis, Counts, Form, FramePlace, Orientation, Record, SeriesFacts, Spacing, SpacingSource, Text,
};
use std::{ffi::OsString, os::unix::ffi::OsStrExt, os::unix::ffi::OsStringExt, path::PathBuf};

pub(super) trait Coded: Sized {
    fn write(&self, out: &mut Vec<u8>);
    /// Takes the value off the front.
    fn read(from: &mut &[u8]) -> Option<Self>;
}

impl Coded for u64 {
    fn write(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = from.split_first()?;
            *from = rest;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

impl Coded for i64 {
    fn write(&self, out: &mut Vec<u8>) {
        // Small negative numbers are small, too.
        (((*self << 1) ^ (*self >> 63)) as u64).write(out);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        let value = u64::read(from)?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}

macro_rules! narrow {
    ($($small:ty as $wide:ty),*) => { $(
        impl Coded for $small {
            fn write(&self, out: &mut Vec<u8>) {
                <$wide>::from(*self).write(out);
            }

            fn read(from: &mut &[u8]) -> Option<Self> {
                Self::try_from(<$wide>::read(from)?).ok()
            }
        }
    )* };
}

narrow!(u16 as u64, u32 as u64, i32 as i64);

macro_rules! fixed {
    ($($float:ty),*) => { $(
        impl Coded for $float {
            fn write(&self, out: &mut Vec<u8>) {
                out.extend(self.to_bits().to_le_bytes());
            }

            fn read(from: &mut &[u8]) -> Option<Self> {
                let (bytes, rest) = from.split_first_chunk()?;
                *from = rest;
                Some(Self::from_le_bytes(*bytes))
            }
        }
    )* };
}

fixed!(f32, f64);

impl Coded for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        match u64::read(from)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

/// Writes the length and then the bytes.
pub(super) fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    (bytes.len() as u64).write(out);
    out.extend(bytes);
}

pub(super) fn read_bytes<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(u64::read(from)?).ok()?;
    let (bytes, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(bytes)
}

fn read_text<'a>(from: &mut &'a [u8]) -> Option<&'a str> {
    std::str::from_utf8(read_bytes(from)?).ok()
}

impl Coded for Text {
    fn write(&self, out: &mut Vec<u8>) {
        write_bytes(self.raw().as_bytes(), out);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        read_text(from).map(Self::from)
    }
}

impl Coded for String {
    fn write(&self, out: &mut Vec<u8>) {
        write_bytes(self.as_bytes(), out);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        read_text(from).map(str::to_owned)
    }
}

impl Coded for Box<str> {
    fn write(&self, out: &mut Vec<u8>) {
        write_bytes(self.as_bytes(), out);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        read_text(from).map(Self::from)
    }
}

impl Coded for PathBuf {
    fn write(&self, out: &mut Vec<u8>) {
        write_bytes(self.as_os_str().as_bytes(), out);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        Some(OsString::from_vec(read_bytes(from)?.to_owned()).into())
    }
}

impl<T: Coded> Coded for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.is_some().write(out);
        if let Some(value) = self {
            value.write(out);
        }
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        if bool::read(from)? { T::read(from).map(Some) } else { Some(None) }
    }
}

impl<T: Coded> Coded for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        (self.len() as u64).write(out);
        for value in self {
            value.write(out);
        }
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        // Room is made as values come, each of at least a byte: a length may lie.
        (0..u64::read(from)?).map(|_| T::read(from)).collect()
    }
}

impl Coded for [f64; 3] {
    fn write(&self, out: &mut Vec<u8>) {
        for value in self {
            value.write(out);
        }
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        Some([f64::read(from)?, f64::read(from)?, f64::read(from)?])
    }
}

impl Coded for SpacingSource {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Patient => 0,
            Self::Detector => 1,
            Self::AspectOnly => 2,
        });
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        match u64::read(from)? {
            0 => Some(Self::Patient),
            1 => Some(Self::Detector),
            2 => Some(Self::AspectOnly),
            _ => None,
        }
    }
}

/// A field that is forgotten here does not compile.
macro_rules! coded {
    ($($name:ident { $($field:ident),* $(,)? })*) => { $(
        impl Coded for $name {
            fn write(&self, out: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($field.write(out);)*
            }

            fn read(from: &mut &[u8]) -> Option<Self> {
                Some(Self { $($field: Coded::read(from)?),* })
            }
        }
    )* };
}
pub(super) use coded;

coded! {
    Orientation { row, column }
    Spacing { row, column, source }
    FramePlace { position, orientation, point }
    Axis {
        temporal_position, trigger_time, b_value, echo_time, echo_number, reference_time, acquisition, dimension,
    }
    Form {
        sop_class, modality, transfer_syntax, has_pixels, rows, columns, samples, photometric, bits_stored,
        orientation, spacing, thickness, slice_spacing, image_type, frame_of_reference, stated_tilt, axis,
    }
    SeriesFacts {
        number, modality, description, protocol, sequence, body_part, kernel, date, time, manufacturer,
        institution,
    }
    Record {
        path, bytes, patient_id, issuer, patient_name, birth_date, sex, study_uid, study_date, study_time,
        study_id, study_description, accession, series_uid, series, sop_instance, number, frames, position,
        location, time, form, places, warnings,
    }
    Counts { files, dicom, dicomdir, ignored, problems, warned }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(a: u64, b: i64, c: Option<i32>, d: u16) {
            let mut bytes = vec![];
            a.write(&mut bytes);
            b.write(&mut bytes);
            c.write(&mut bytes);
            d.write(&mut bytes);
            let from = &mut &bytes[..];
            prop_assert_eq!((u64::read(from), i64::read(from)), (Some(a), Some(b)));
            prop_assert_eq!((Option::read(from), u16::read(from)), (Some(c), Some(d)));
            prop_assert!(from.is_empty());
        }

        #[test]
        fn no_bytes_make_a_record_panic_or_grow(bytes: Vec<u8>) {
            let _ = Record::read(&mut &bytes[..]);
        }
    }
}
