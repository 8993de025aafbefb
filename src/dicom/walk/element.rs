//! The header of one element: which attribute, of what kind and how long (PS3.5 7.1).
//!
//! Writers break the rules here more than anywhere: letters of no value representation, implicit elements in
//! an explicit data set, lengths in the wrong form. What can be made out is.

use super::Damage;
use crate::dicom::{Source, Tag, Vr};
use std::io;

/// How elements are written (PS3.5 A).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Encoding {
    /// Value representations are spelt out.
    pub explicit: bool,
    /// Numbers are big endian: the retired 1.2.840.10008.1.2.2.
    pub big: bool,
}

impl Encoding {
    /// Implicit VR Little Endian.
    pub const IMPLICIT: Self = Self { explicit: false, big: false };
    /// Explicit VR Little Endian.
    pub const EXPLICIT: Self = Self { explicit: true, big: false };
    /// Explicit VR Big Endian.
    pub const BIG: Self = Self { explicit: true, big: true };

    /// A 16-bit number.
    pub fn u16(self, bytes: [u8; 2]) -> u16 {
        if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    /// A 32-bit number.
    pub fn u32(self, bytes: [u8; 4]) -> u32 {
        if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }
}

/// The header of an element, and where its value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// Which attribute.
    pub tag: Tag,
    /// As written; `None` in implicit encoding.
    pub vr: Option<Vr>,
    /// Bytes of value; `None` is an undefined length.
    pub length: Option<u32>,
    /// Offset of the tag.
    pub start: u64,
    /// Offset of the value.
    pub value: u64,
    /// How the value is written.
    pub encoding: Encoding,
}

/// The first bytes of an element, zeros where the file has ended.
pub(super) struct Head {
    pub(super) bytes: [u8; 12],
    len: usize,
}

impl Head {
    pub(super) fn read(source: &mut Source, at: u64) -> io::Result<Self> {
        let found = source.peek(at, 12)?;
        if let Ok(bytes) = found.try_into() {
            return Ok(Self { bytes, len: 12 });
        }
        let mut bytes = [0; 12];
        bytes[..found.len()].copy_from_slice(found);
        Ok(Self { bytes, len: found.len() })
    }

    /// Makes out tag, VR and length of the element at `start` in a source that ends at `end`.
    #[expect(clippy::many_single_char_names, reason = "bytes in the order of the file")]
    pub(super) fn element(&self, start: u64, end: u64, encoding: Encoding) -> Result<Element, Damage> {
        let ends = |tag| Damage::Ends { offset: start + self.len as u64, tag };
        if self.len < 8 {
            // A few bytes of padding after the last element are not worth a word.
            return Err(ends(Tag(0, 0)));
        }
        let [a, b, c, d, e, f, g, h, long @ ..] = self.bytes;
        let tag = Tag(encoding.u16([a, b]), encoding.u16([c, d]));
        let (vr, length, value) = if tag.0 == 0xFFFE || !encoding.explicit {
            (None, encoding.u32([e, f, g, h]), start + 8)
        } else {
            match Vr::from_bytes([e, f]) {
                Some(vr) if !vr.is_long_header() => (Some(vr), u32::from(encoding.u16([g, h])), start + 8),
                Some(_) if self.len < 12 => return Err(ends(tag)),
                Some(vr) => (Some(vr), encoding.u32(long), start + 12),
                // Letters of a VR we do not know: new ones use the long form (PS3.5 7.1.2).
                None if e.is_ascii_uppercase() && f.is_ascii_uppercase() && [g, h] == [0, 0] => {
                    if self.len < 12 {
                        return Err(ends(tag));
                    }
                    (Some(Vr::UN), encoding.u32(long), start + 12)
                }
                None if e.is_ascii_uppercase() && f.is_ascii_uppercase() => {
                    (Some(Vr::UN), u32::from(encoding.u16([g, h])), start + 8)
                }
                // Implicit elements inside an explicit data set: some writers nest them so.
                None if [e, f, g, h] == [0; 4] || u64::from(encoding.u32([e, f, g, h])) <= end - start => {
                    (None, encoding.u32([e, f, g, h]), start + 8)
                }
                None => return Err(Damage::NotAnElement { offset: start }),
            }
        };
        let encoding =
            if vr.is_none() && tag.0 != 0xFFFE { Encoding { explicit: false, ..encoding } } else { encoding };
        let length = (length != u32::MAX).then_some(length);
        Ok(Element { tag, vr, length, start, value, encoding })
    }
}
