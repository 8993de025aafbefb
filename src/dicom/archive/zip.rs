//! The directory of a zip file (APPNOTE 4.3), and the bytes of its entries.

use super::{Held, Looked, Packed, invalid, packed::Inflater};
use crate::dicom::Source;
use std::{io, ops::ControlFlow, sync::Arc};

/// The end of the directory, with the longest comment.
const MOST_TAIL: usize = 22 + 0xFFFF;
/// MiB of a directory that are read: half a million files with long names.
const MOST_DIRECTORY: u64 = 96;

/// An open zip file.
#[derive(Debug)]
pub(super) struct Zip {
    source: Arc<Source>,
    /// Bytes in front of the first entry: a program that unpacks itself.
    shift: u64,
}

/// Where one of its files lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Of its local header, without the shift.
    at: u64,
    packed: u64,
    len: u64,
    deflated: bool,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?).into())
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?).into())
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

/// Where the directory is: offset, size, and the shift of all offsets.
fn directory(source: &Source) -> io::Result<Option<(u64, u64, u64)>> {
    let tail_at = source.len().saturating_sub(MOST_TAIL as u64);
    let tail = source.read(tail_at, MOST_TAIL)?;
    let Some(end) = tail.windows(4).rposition(|four| four == b"PK\x05\x06") else { return Ok(None) };
    let (Some(size), Some(offset)) = (u32_at(&tail, end + 12), u32_at(&tail, end + 16)) else {
        return Ok(None);
    };
    let end_at = tail_at + end as u64;
    if size != 0xFFFF_FFFF && offset != 0xFFFF_FFFF && u16_at(&tail, end + 10) != Some(0xFFFF) {
        let shift = end_at.checked_sub(size).and_then(|at| at.checked_sub(offset));
        return Ok(shift.map(|shift| (offset, size, shift)));
    }
    // More than 4 GiB, or than 65534 files: the numbers stand in a record of their own.
    let locator = source.read(end_at.saturating_sub(20), 20)?;
    let record_at = u64_at(&locator, 8).filter(|_| locator.starts_with(b"PK\x06\x07"));
    let Some(record_at) = record_at else {
        let shift = end_at.checked_sub(size).and_then(|at| at.checked_sub(offset));
        return Ok(shift.map(|shift| (offset, size, shift)));
    };
    let record = source.read(record_at, 56)?;
    let found = u64_at(&record, 48).zip(u64_at(&record, 40)).filter(|_| record.starts_with(b"PK\x06\x06"));
    Ok(found.map(|(offset, size)| (offset, size, 0)))
}

/// Calls `meet` for every file.
pub(super) fn members(mut source: Source, meet: &mut dyn FnMut(&[u8], Held) -> ControlFlow<()>) -> Looked {
    let cannot = |error: io::Error| format!("cannot be read: {error}");
    if !source.peek(0, 2).map_err(cannot)?.starts_with(b"PK") {
        return Ok(ControlFlow::Continue(()));
    }
    let cut = "is a zip archive without the directory at its end; the copy may be incomplete";
    let (offset, size, shift) = directory(&source).map_err(cannot)?.ok_or(cut)?;
    let bytes =
        source.read(offset.saturating_add(shift), size.min(MOST_DIRECTORY << 20) as usize).map_err(cannot)?;
    let zip = Arc::new(Zip { source: Arc::new(source), shift });
    let mut rest = &bytes[..];
    while let Some((name, held, length)) = header(&zip, rest) {
        if !name.ends_with(b"/") && meet(name, held).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        rest = &rest[length..];
    }
    if rest.is_empty() || rest.starts_with(b"PK\x05\x05") {
        return Ok(ControlFlow::Continue(()));
    }
    Err("is a zip archive whose directory is damaged or too long; some files are not listed".to_owned())
}

/// One file of the directory: its name, how to read it, and the length of its header.
fn header<'a>(zip: &Arc<Zip>, bytes: &'a [u8]) -> Option<(&'a [u8], Held, usize)> {
    if !bytes.starts_with(b"PK\x01\x02") {
        return None;
    }
    let [flags, method] = [u16_at(bytes, 8)?, u16_at(bytes, 10)?];
    let [mut packed, mut len, mut at] = [u32_at(bytes, 20)?, u32_at(bytes, 24)?, u32_at(bytes, 42)?];
    let [names, extras, comments] = [28, 30, 32].map(|place| u16_at(bytes, place).unwrap_or(0) as usize);
    let name = bytes.get(46..46 + names)?;
    let mut extra = bytes.get(46 + names..46 + names + extras)?;
    while let (Some(id), Some(size)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let Some(field) = extra.get(4..4 + size as usize) else { break };
        if id == 1 {
            // Those that did not fit in 32 bits, in this order.
            let mut place = 0;
            for number in
                [&mut len, &mut packed, &mut at].into_iter().filter(|number| **number == 0xFFFF_FFFF)
            {
                *number = u64_at(field, place)?;
                place += 8;
            }
        }
        extra = &extra[4 + size as usize..];
    }
    let held = match (flags & 1, method) {
        (1, _) => Held::Not("is encrypted; topogram has no way to ask for a password".to_owned()),
        (_, 0 | 8) => Held::Zip(Arc::clone(zip), Entry { at, packed, len, deflated: method == 8 }),
        (_, method) => {
            Held::Not(format!("is compressed by method {method} of zip, and topogram only knows deflate"))
        }
    };
    let length = 46 + names + extras + comments;
    (bytes.len() >= length).then_some((name, held, length))
}

impl Zip {
    /// The bytes of an entry.
    ///
    /// # Errors
    ///
    /// What the system says, or that there is no entry where the directory says.
    pub(super) fn open(&self, entry: &Entry) -> io::Result<Source> {
        let at = entry.at.saturating_add(self.shift);
        let local = self.source.read(at, 30)?;
        let lengths = u16_at(&local, 26).zip(u16_at(&local, 28)).filter(|_| local.starts_with(b"PK\x03\x04"));
        let (names, extras) =
            lengths.ok_or_else(|| invalid("is not where the directory of its archive says"))?;
        let from = at.saturating_add(30 + names + extras);
        if entry.deflated {
            let end = from.saturating_add(entry.packed).min(self.source.len());
            let begin = Inflater::raw(Arc::clone(&self.source), from, end);
            return Ok(Source::packed(Arc::new(Packed::new(begin, 0, entry.len))));
        }
        self.source
            .part(from, entry.len)
            .ok_or_else(|| invalid("ends before it begins; the archive may be incomplete"))
    }
}
