//! Is this DICOM at all, and how are its elements written? (PS3.10 7, PS3.5 A)
//!
//! The preamble is never tested: it may be a TIFF header. Files without one are accepted when three
//! elements in a row make sense, which no other format has been seen to do. What the meta header says of
//! the encoding is believed only as far as the first element of the data set agrees.

use super::{Encoding, Source, Tag, Vr};
use std::{borrow::Cow, io};

/// What the first bytes say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A data set starts here.
    Dicom(Start),
    /// The marker is there, the elements are not.
    Damaged(&'static str),
    /// Something else.
    Other,
}

/// Where the data set of a DICOM file starts, and how it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Offset of the first element after group 0002.
    pub offset: u64,
    /// Of the data set; for a deflated one, of the inflated bytes.
    pub encoding: Encoding,
    /// The data set is deflated from `offset` on.
    pub deflated: bool,
    /// Transfer Syntax UID (0002,0010) as written; empty if there is none.
    pub transfer_syntax: String,
    /// Media Storage SOP Class UID (0002,0002).
    pub media_class: String,
    /// Media Storage SOP Instance UID (0002,0003).
    pub media_instance: String,
    /// It was made of a file of another format.
    pub foreign: bool,
    /// What is odd about the header.
    pub notes: Vec<String>,
}

const IMPLICIT_UID: &str = "1.2.840.10008.1.2";
const BIG_UID: &str = "1.2.840.10008.1.2.2";
const DEFLATED_UID: &str = "1.2.840.10008.1.2.1.99";
/// Enough for the longest meta header seen; the rest is private information we step over.
const HEAD: usize = 4096;

/// Looks at the beginning of a file.
///
/// # Errors
///
/// What the system says while reading.
pub(super) fn recognise(source: &mut Source) -> io::Result<Kind> {
    let len = source.len();
    let head = source.peek(0, HEAD)?;
    let marker_at = |at: usize| head.get(at..at + 4) == Some(b"DICM");
    let start = if marker_at(128) {
        132
    } else if marker_at(0) {
        4
    } else {
        return Ok(headerless(head, len).map_or(Kind::Other, Kind::Dicom));
    };
    if head.len() <= start + 8 {
        return Ok(Kind::Damaged("the file ends right after its DICM marker"));
    }
    if let Some(start) = after_meta(source, start as u64)? {
        return Ok(Kind::Dicom(start));
    }
    // `DICM` may also be part of a value of a file without preamble.
    let head = source.peek(0, HEAD)?;
    Ok(headerless(head, len)
        .map_or(Kind::Damaged("no readable element follows the DICM marker"), Kind::Dicom))
}

fn no_meta(offset: u64, encoding: Encoding) -> Start {
    Start {
        offset,
        encoding,
        deflated: false,
        transfer_syntax: String::new(),
        media_class: String::new(),
        media_instance: String::new(),
        foreign: false,
        notes: vec![],
    }
}

/// A data set from the first byte on.
fn headerless(head: &[u8], len: u64) -> Option<Start> {
    let first = head.first_chunk::<4>()?;
    for encoding in [Encoding::EXPLICIT, Encoding::IMPLICIT, Encoding::BIG] {
        let group = encoding.u16([first[0], first[1]]);
        let plausible = matches!(group, 0x02 | 0x04 | 0x08 | 0x10 | 0x18 | 0x20 | 0x28);
        if plausible && chain(head, len, encoding) >= 3 {
            if group == 2 {
                let (start, _) = meta(head, 0)?;
                let first = usize::try_from(start.offset).ok().and_then(|at| head.get(at..));
                return Some(finish(start, first.unwrap_or_default()));
            }
            let mut start = no_meta(0, encoding);
            start.notes.push("has no preamble and no meta header".to_owned());
            return Some(start);
        }
    }
    None
}

/// Counts elements in a row with ascending tags and lengths that fit.
fn chain(head: &[u8], len: u64, encoding: Encoding) -> usize {
    let (mut at, mut last, mut count) = (0usize, None, 0);
    while let Some(bytes) = head.get(at..at + 8) {
        let tag = Tag(encoding.u16([bytes[0], bytes[1]]), encoding.u16([bytes[2], bytes[3]]));
        if last.is_some_and(|last| tag <= last) {
            break;
        }
        let four = [bytes[4], bytes[5], bytes[6], bytes[7]];
        let (value, length) = if encoding.explicit {
            match Vr::from_bytes([four[0], four[1]]) {
                Some(vr) if vr.is_long_header() => {
                    let Some(long) = head.get(at + 8..at + 12).and_then(|b| b.try_into().ok()) else { break };
                    (at + 12, encoding.u32(long))
                }
                Some(_) => (at + 8, u32::from(encoding.u16([four[2], four[3]]))),
                None => break,
            }
        } else {
            (at + 8, encoding.u32(four))
        };
        if length == u32::MAX {
            // A sequence of undefined length: what is in it cannot be judged in a few bytes.
            return count + 1;
        }
        let next = value as u64 + u64::from(length);
        if next > len {
            break;
        }
        count += 1;
        last = Some(tag);
        at = usize::try_from(next).unwrap_or(usize::MAX);
        if count >= 8 {
            break;
        }
    }
    count
}

/// Reads group 0002 by following its elements, as its length is often wrong.
fn meta(head: &[u8], from: usize) -> Option<(Start, usize)> {
    let mut start = no_meta(from as u64, Encoding::EXPLICIT);
    let (mut at, mut seen) = (from, 0);
    while let Some(bytes) = head.get(at..at + 8) {
        if u16::from_le_bytes([bytes[0], bytes[1]]) != 2 {
            break;
        }
        let element = u16::from_le_bytes([bytes[2], bytes[3]]);
        let (value, length) = match Vr::from_bytes([bytes[4], bytes[5]]) {
            Some(vr) if vr.is_long_header() => {
                let long: [u8; 4] = head.get(at + 8..at + 12)?.try_into().ok()?;
                (at + 12, u32::from_le_bytes(long))
            }
            Some(_) => (at + 8, u32::from(u16::from_le_bytes([bytes[6], bytes[7]]))),
            // Some writers leave the meta header implicit as well.
            None => (at + 8, u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]])),
        };
        let end = value.checked_add(usize::try_from(length).ok()?)?;
        if let Some(text) = head.get(value..end.min(head.len())) {
            match element {
                0x0002 => start.media_class = uid(text),
                0x0003 => start.media_instance = uid(text),
                0x0010 => start.transfer_syntax = uid(text),
                _ => {}
            }
        }
        seen += 1;
        at = end;
    }
    start.offset = at as u64;
    (seen > 0).then_some((start, seen))
}

/// A UID without its padding; anything that is not one is kept as readable characters.
pub(super) fn uid(bytes: &[u8]) -> String {
    code(bytes).into_owned()
}

/// The same without a copy where none is needed.
pub(super) fn code(bytes: &[u8]) -> Cow<'_, str> {
    let padding = |c: char| c == '\0' || c.is_whitespace();
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text.trim_matches(padding)),
        Err(_) => Cow::Owned(String::from_utf8_lossy(bytes).trim_matches(padding).to_owned()),
    }
}

fn after_meta(source: &mut Source, from: u64) -> io::Result<Option<Start>> {
    let len = source.len();
    let head = source.peek(0, HEAD)?;
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    let Some((mut start, _)) = meta(head, from) else {
        // No group 0002: the data set may follow the marker at once.
        let rest = head.get(from..).unwrap_or_default();
        let guess = guess(rest, None);
        let readable = chain(rest, len - from as u64, guess) >= 2;
        let mut start = no_meta(from as u64, guess);
        start.notes.push("has no meta header".to_owned());
        return Ok(readable.then_some(start));
    };
    if start.offset > len {
        start.offset = len;
    }
    let offset = start.offset;
    let first = source.peek(offset, 16)?;
    Ok(Some(finish(start, first)))
}

/// Settles the encoding from the transfer syntax and from the first bytes of the data set.
fn finish(mut start: Start, first: &[u8]) -> Start {
    let declared = match start.transfer_syntax.as_str() {
        DEFLATED_UID => {
            start.deflated = true;
            return start;
        }
        IMPLICIT_UID => Some(Encoding::IMPLICIT),
        BIG_UID => Some(Encoding::BIG),
        "" => None,
        other => {
            // All that the standard has begin so; private ones of vendors do not.
            if !other.starts_with("1.2.840.10008.1.2.") {
                let stated = crate::model::shown(other).into_owned();
                start.notes.push(format!("names the transfer syntax {stated}, which is not a standard one"));
            }
            Some(Encoding::EXPLICIT)
        }
    };
    let found = guess(first, declared);
    if declared.is_some_and(|declared| declared != found) {
        let stated = crate::model::shown(&start.transfer_syntax).into_owned();
        start.notes.push(format!("says {stated} but its elements are {}", name(found)));
    }
    if declared.is_none() {
        start.notes.push("names no transfer syntax".to_owned());
    }
    start.encoding = found;
    start
}

fn name(encoding: Encoding) -> &'static str {
    match (encoding.explicit, encoding.big) {
        (true, true) => "explicit big endian",
        (true, false) => "explicit little endian",
        (false, _) => "implicit little endian",
    }
}

/// The encoding that the first element of a data set is written in.
pub(super) fn guess(first: &[u8], declared: Option<Encoding>) -> Encoding {
    let Some(&[a, b, _, _, v, r, ..]) = first.first_chunk::<8>() else {
        return declared.unwrap_or(Encoding::IMPLICIT);
    };
    let explicit = Vr::from_bytes([v, r]).is_some();
    let (little, big) = (u16::from_le_bytes([a, b]), u16::from_be_bytes([a, b]));
    let looks_big = little > 0xFF && matches!(big, 0x02 | 0x04 | 0x08 | 0x10 | 0x18 | 0x20 | 0x28);
    match (explicit, looks_big) {
        (true, big) => Encoding { explicit: true, big },
        (false, _) => Encoding::IMPLICIT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind(bytes: &[u8]) -> Kind {
        recognise(&mut Source::memory(bytes.to_vec())).unwrap()
    }

    fn part_10(transfer_syntax: &str, data_set: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 128];
        bytes.extend(b"DICM\x02\0\x10\0UI");
        bytes.extend((transfer_syntax.len() as u16).to_le_bytes());
        bytes.extend(transfer_syntax.as_bytes());
        bytes.extend(data_set);
        bytes
    }

    const ID_EXPLICIT: &[u8] = b"\x10\0\x20\0LO\x02\0ID";
    const ID_IMPLICIT: &[u8] = b"\x10\0\x20\0\x02\0\0\0ID";

    #[test]
    fn pictures_archives_and_text_are_something_else() {
        for other in [&b"\x89PNG\r\n\x1a\n00000000"[..], b"PK\x03\x04", b"", b"hello, world of text files"] {
            assert_eq!(kind(other), Kind::Other);
        }
    }

    #[test]
    fn the_bytes_are_believed_over_the_transfer_syntax() {
        let Kind::Dicom(start) = kind(&part_10("1.2.840.10008.1.2\0", ID_EXPLICIT)) else { panic!() };
        assert_eq!(start.encoding, Encoding::EXPLICIT);
        assert!(start.notes[0].contains("explicit little endian"), "{:?}", start.notes);
    }

    #[test]
    fn a_missing_transfer_syntax_is_guessed_from_the_first_element() {
        let Kind::Dicom(start) = kind(&part_10("", ID_IMPLICIT)) else { panic!() };
        assert_eq!(start.encoding, Encoding::IMPLICIT);
    }

    #[test]
    fn three_ascending_elements_without_preamble_are_enough_and_two_are_not() {
        let element = |e: u8| [b"\x08\0", &[e, 0][..], b"LO\x02\0AB"].concat();
        let three = [element(5), element(6), element(7)].concat();
        assert!(matches!(kind(&three), Kind::Dicom(_)));
        assert_eq!(kind(&three[..20]), Kind::Other);
    }

    #[test]
    fn a_marker_with_nothing_after_it_is_damaged() {
        let mut bytes = vec![0; 128];
        bytes.extend(b"DICM");
        assert!(matches!(kind(&bytes), Kind::Damaged(_)));
    }

    proptest! {
        #[test]
        fn any_bytes_get_an_answer(mut bytes in prop::collection::vec(any::<u8>(), 0..600), marked: bool) {
            if marked && bytes.len() > 132 {
                bytes[128..132].copy_from_slice(b"DICM");
            }
            kind(&bytes);
        }
    }
}
