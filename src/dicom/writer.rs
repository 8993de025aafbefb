//! Data sets in Explicit VR Little Endian, written straight: elements at hand, and bytes of a source.

use super::{DataElement, PIXEL_DATA, Source, Tag, Value, Vr};
use std::{
    borrow::Cow,
    io::{self, Write},
};

/// Bytes copied at once; a multiple of every word that may have to be swapped.
const PIECE: usize = 1 << 20;

/// One element of the copy.
#[derive(Debug)]
pub(super) struct Piece<'a> {
    pub(super) tag: Tag,
    pub(super) vr: Vr,
    pub(super) value: Content<'a>,
}

/// Where its value comes from.
#[derive(Debug)]
pub(super) enum Content<'a> {
    /// Here it is.
    Bytes(Cow<'a, [u8]>),
    /// From the source: a value too long to be loaded, or fragments.
    Copied(&'a DataElement),
    /// Items, one by one.
    Items(Vec<Vec<Piece<'a>>>),
}

impl<'a> Piece<'a> {
    pub(super) fn new(tag: Tag, vr: Vr, value: impl Into<Cow<'a, [u8]>>) -> Self {
        Self { tag, vr, value: Content::Bytes(value.into()) }
    }
}

/// Writes elements, each after the other.
///
/// # Errors
///
/// What the system says, and [`io::ErrorKind::UnexpectedEof`] if the source has become shorter.
pub(super) fn write(pieces: &[Piece<'_>], source: &Source, to: &mut impl Write) -> io::Result<()> {
    for piece in pieces {
        match &piece.value {
            Content::Bytes(bytes) => {
                let odd = bytes.len() % 2 == 1;
                header(piece.tag, piece.vr, Some(bytes.len() as u64 + u64::from(odd)), to)?;
                to.write_all(bytes)?;
                pad(piece.vr, odd, to)?;
            }
            Content::Copied(element) => copied(piece, element, source, to)?,
            Content::Items(items) => {
                header(piece.tag, Vr::SQ, None, to)?;
                for item in items {
                    delimiter(0xE000, u32::MAX, to)?;
                    write(item, source, to)?;
                    delimiter(0xE00D, 0, to)?;
                }
                delimiter(0xE0DD, 0, to)?;
            }
        }
    }
    Ok(())
}

/// The size of elements, as group 0002 has to tell it.
pub(super) fn length(pieces: &[Piece<'_>]) -> io::Result<u32> {
    let mut bytes = vec![];
    write(pieces, &Source::memory(vec![]), &mut bytes)?;
    Ok(bytes.len() as u32)
}

/// Tag, representation and length; a value too long for its representation is unknown (PS3.5 6.2.2).
fn header(tag: Tag, vr: Vr, length: Option<u64>, to: &mut impl Write) -> io::Result<()> {
    let vr = if length.is_some_and(|length| length > 0xFFFE) && !vr.is_long_header() { Vr::UN } else { vr };
    to.write_all(&tag.0.to_le_bytes())?;
    to.write_all(&tag.1.to_le_bytes())?;
    to.write_all(vr.as_str().as_bytes())?;
    // Values come from lengths of 32 bits; the padding of the longest odd one is what might not fit.
    let length = length.map_or(Ok(u32::MAX), u32::try_from).map_err(io::Error::other)?;
    if vr.is_long_header() {
        to.write_all(&[0; 2])?;
        to.write_all(&length.to_le_bytes())
    } else {
        to.write_all(&(length as u16).to_le_bytes())
    }
}

fn delimiter(element: u16, length: u32, to: &mut impl Write) -> io::Result<()> {
    to.write_all(&0xFFFE_u16.to_le_bytes())?;
    to.write_all(&element.to_le_bytes())?;
    to.write_all(&length.to_le_bytes())
}

fn pad(vr: Vr, odd: bool, to: &mut impl Write) -> io::Result<()> {
    let byte = if vr.is_string() && vr != Vr::UI { b" " } else { b"\0" };
    if odd { to.write_all(byte) } else { Ok(()) }
}

/// Copies the value of an element from the source, little endian.
fn copied(piece: &Piece<'_>, element: &DataElement, source: &Source, to: &mut impl Write) -> io::Result<()> {
    let Some(length) = element.header.length else {
        header(piece.tag, if piece.tag == PIXEL_DATA { Vr::OB } else { piece.vr }, None, to)?;
        return fragments(element, source, to);
    };
    let odd = length % 2 == 1;
    header(piece.tag, piece.vr, Some(u64::from(length) + u64::from(odd)), to)?;
    let word = if element.header.encoding.big { super::dataset::word(element.vr) } else { 1 };
    stretch(source, element.header.value, u64::from(length), word, to)?;
    pad(piece.vr, odd, to)
}

/// Copies bytes; words of more than one are turned round.
fn stretch(source: &Source, from: u64, length: u64, word: usize, to: &mut impl Write) -> io::Result<()> {
    let mut done = 0;
    while done < length {
        let wanted = (length - done).min(PIECE as u64) as usize;
        let mut bytes = source.read(from + done, wanted)?;
        if bytes.len() != wanted {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file has become shorter"));
        }
        if word > 1 {
            bytes.chunks_exact_mut(word).for_each(<[u8]>::reverse);
        }
        to.write_all(&bytes)?;
        done += wanted as u64;
    }
    Ok(())
}

/// Copies the fragments of encapsulated pixel data with their delimiters, as they are.
fn fragments(element: &DataElement, source: &Source, to: &mut impl Write) -> io::Result<()> {
    debug_assert!(matches!(element.value, Value::Fragments));
    let mut at = element.header.value;
    loop {
        let head = source.read(at, 8)?;
        let (Some(tag), Some(length)) =
            (head.get(2..4), head.get(4..8).and_then(|four| four.try_into().ok()))
        else {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file has become shorter"));
        };
        if tag == 0xE0DD_u16.to_le_bytes() {
            return delimiter(0xE0DD, 0, to);
        }
        let length = u64::from(u32::from_le_bytes(length));
        stretch(source, at, 8 + length, 1, to)?;
        at += 8 + length;
    }
}
