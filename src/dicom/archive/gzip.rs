//! The head of a gzip file (RFC 1952), single files in it, and places to begin inflating at.

use super::{Held, Looked, Packed, packed::Inflater};
use crate::dicom::Source;
use std::{io, ops::ControlFlow, sync::Arc};

/// Bytes in which a head must end: it may hold a name and a comment.
const MOST_HEAD: usize = 4 << 10;
/// MiB of output between two marks, at first; and how many marks are kept, 44 kB each.
const FIRST_GAP: u64 = 2;
const MOST_MARKS: usize = 256;
/// MiB that a single file is inflated to while its size is looked for, which the head does not tell.
const MOST_SINGLE: u64 = 512;
/// Output larger than the input by more than this is a bomb: DICOM of nothing but air is packed 200 times.
const MOST_RATIO: u64 = 400;
/// MiB of output that are too few to judge by.
const HARMLESS: u64 = 64;
/// Bytes that deflate makes of one, at most.
const MOST_PACKED: u64 = 1032;
/// GiB of output of one archive.
const MOST_OUTPUT: u64 = 64;

/// Where the compressed bytes begin; `None` if there is no gzip stream at `at`.
pub(super) fn head(source: &Source, at: u64) -> io::Result<Option<u64>> {
    let bytes = source.read(at, MOST_HEAD)?;
    Ok(length(&bytes).map(|length| at + length as u64))
}

fn length(bytes: &[u8]) -> Option<usize> {
    let &[0x1F, 0x8B, 8, flags, ..] = bytes else { return None };
    let mut at = 10;
    if flags & 4 != 0 {
        let extra = bytes.get(at..at + 2)?;
        at += 2 + usize::from(u16::from_le_bytes([extra[0], extra[1]]));
    }
    // A name, and a comment, each with a zero behind it.
    for flag in [8, 16] {
        if flags & flag != 0 {
            at += bytes.get(at..)?.iter().position(|&byte| byte == 0)? + 1;
        }
    }
    at += if flags & 2 != 0 { 2 } else { 0 };
    (at <= bytes.len()).then_some(at)
}

/// Calls `meet` for the file that a `.gz` holds, which is called like it without the ending.
pub(super) fn single(
    source: Source,
    name: &str,
    meet: &mut dyn FnMut(&[u8], Held) -> ControlFlow<()>,
) -> Looked {
    let cannot = |error: io::Error| format!("cannot be read: {error}");
    let Some(packed) = whole(source).map_err(cannot)? else { return Ok(ControlFlow::Continue(())) };
    let inside = name.get(..name.len().saturating_sub(3)).unwrap_or(name);
    Ok(meet(inside.as_bytes(), Held::Packed(Arc::new(packed))))
}

/// The one file in a gzip stream; `None` if there is no stream.
pub(super) fn whole(source: Source) -> io::Result<Option<Packed>> {
    let Some(at) = head(&source, 0)? else { return Ok(None) };
    // The size at the end is that of the last stream, modulo 2^32, and true for nearly all files.
    let tail = source.read(source.len().saturating_sub(4), 4)?;
    let stated = tail.try_into().map_or(0, u32::from_le_bytes);
    let len = u64::from(stated).min(MOST_SINGLE << 20).min(source.len().saturating_mul(MOST_PACKED));
    Ok(Some(Packed::new(Inflater::gzip(Arc::new(source), at), 0, len)))
}

/// The same, to be read.
///
/// # Errors
///
/// What the system says while reading.
pub(in crate::dicom) fn gunzipped(source: &Source) -> io::Result<Option<Source>> {
    Ok(whole(source.again())?.map(|packed| Source::packed(Arc::new(packed))))
}

/// The first `len` bytes of what a gzip stream inflates to that begins at a byte of a file.
///
/// # Errors
///
/// What the system says while reading.
pub(in crate::dicom) fn gzip_at(source: &Source, from: u64, len: u64) -> io::Result<Option<Source>> {
    let Some(at) = head(source, from)? else { return Ok(None) };
    Ok(Some(inflated(source, Inflater::gzip(Arc::new(source.again()), at), len)))
}

/// The same for a zlib stream (RFC 1950): two bytes stand before what is deflated.
///
/// # Errors
///
/// What the system says while reading.
pub(in crate::dicom) fn zlib_at(source: &Source, from: u64, len: u64) -> io::Result<Option<Source>> {
    let &[method, flags] = &source.read(from, 2)?[..] else { return Ok(None) };
    if method & 0xF != 8 || u16::from_be_bytes([method, flags]) % 31 != 0 {
        return Ok(None);
    }
    let end = source.len();
    Ok(Some(inflated(source, Inflater::raw(Arc::new(source.again()), from + 2, end), len)))
}

fn inflated(source: &Source, begin: Inflater, len: u64) -> Source {
    let len = len.min(source.len().saturating_mul(MOST_PACKED));
    Source::packed(Arc::new(Packed::new(begin, 0, len)))
}

/// A stream read from its beginning to its end, with its limits.
#[derive(Debug)]
pub(super) struct Stream {
    inflater: Inflater,
    /// Bytes that have come of it.
    pub(super) at: u64,
    marks: Option<Marked>,
}

/// Places of a stream where inflating can begin, in their order, the first at its beginning.
#[derive(Debug, Default)]
pub(super) struct Marked {
    marks: Vec<(u64, Inflater)>,
    gap: u64,
}

impl Stream {
    /// `None` if the file holds no gzip stream. `marked` if places to begin at are wanted.
    pub(super) fn new(source: Source, marked: bool) -> io::Result<Option<Self>> {
        let Some(at) = head(&source, 0)? else { return Ok(None) };
        let inflater = Inflater::gzip(Arc::new(source), at);
        let marks = marked.then(|| Marked { marks: vec![(0, inflater.clone())], gap: FIRST_GAP << 20 });
        Ok(Some(Self { inflater, at: 0, marks }))
    }

    /// The next bytes; fewer only at the end.
    ///
    /// # Errors
    ///
    /// What the system says, or that it is a bomb.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inflater.fill(buffer)?;
        self.at += got as u64;
        let (out, from) = (self.at, self.inflater.consumed().max(1));
        if out > MOST_OUTPUT << 30 || (out > HARMLESS << 20 && out / from > MOST_RATIO) {
            return Err(super::invalid("inflates to far more than any images do; the rest is not read"));
        }
        if let Some(marks) = &mut self.marks {
            marks.pass(self.at, &self.inflater);
        }
        Ok(got)
    }

    /// Steps over bytes; false if they end before.
    pub(super) fn skip(&mut self, bytes: u64) -> io::Result<bool> {
        let mut thrown = vec![0; 64 << 10];
        let mut left = bytes;
        while left > 0 {
            let wanted = left.min(thrown.len() as u64) as usize;
            let got = self.read(&mut thrown[..wanted])?;
            left -= got as u64;
            if got < wanted {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// True if the end was met before that of the stream.
    pub(super) fn is_cut(&self) -> bool {
        self.inflater.is_cut
    }

    pub(super) fn into_marks(self) -> Marked {
        self.marks.unwrap_or_default()
    }
}

impl Marked {
    fn pass(&mut self, at: u64, inflater: &Inflater) {
        let last = self.marks.last().map_or(0, |(at, _)| *at);
        if at < last + self.gap {
            return;
        }
        let mut mark = inflater.clone();
        mark.shrink();
        self.marks.push((at, mark));
        if self.marks.len() > MOST_MARKS {
            // Every other one, from now on twice as far apart.
            let mut number = 0_usize;
            self.marks.retain(|_| {
                number += 1;
                number % 2 == 1
            });
            self.gap *= 2;
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.marks.len()
    }

    /// The bytes from `from` on of what the stream inflates to.
    pub(super) fn member(&self, from: u64, len: u64) -> Packed {
        let next = self.marks.partition_point(|(at, _)| *at <= from);
        let (at, begin) = &self.marks[next.saturating_sub(1)];
        Packed::new(begin.clone(), from - at, len)
    }
}
