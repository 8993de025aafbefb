//! Bytes of one file, read at offsets into owned buffers.
//!
//! Never a memory map: a file that shrinks while it is read must be an error line, not a signal. Never a
//! special file: a FIFO among the images must not stop the scan.

use super::{
    archive::{self, Packed},
    foreign::Made,
};
use rustix::{
    buffer::spare_capacity,
    fs::{FileType, Mode, OFlags, fstat, open},
    io::{Errno, pread},
};
use std::{fs::File, io, os::unix::fs::FileExt, path::Path, sync::Arc};

/// Opens a regular file for reading and tells its size.
///
/// # Errors
///
/// What the system says; [`io::ErrorKind::InvalidInput`] for anything that is not a regular file, which
/// is opened without blocking and closed without being read.
pub(super) fn open_regular(path: &Path) -> io::Result<(File, u64)> {
    let file = open_any(path)?;
    let len = regular_len(&file)?;
    Ok((file, len))
}

/// Opens without blocking whatever it is.
fn open_any(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(File::from(open(path, flags, Mode::empty())?))
}

fn regular_len(file: &File) -> io::Result<u64> {
    let status = fstat(file)?;
    if FileType::from_raw_mode(status.st_mode) != FileType::RegularFile {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    Ok(u64::try_from(status.st_size).unwrap_or(0))
}

/// Where bytes come from: a file or a part of it, a data set inflated into memory, or an archive.
#[derive(Debug, Clone)]
enum Origin {
    /// From a byte of the file on.
    File(Arc<File>, u64),
    /// The first bytes, or all.
    Memory(Arc<Vec<u8>>),
    Packed(Arc<Packed>),
    /// Made of a file of another format.
    Made(Arc<Made>),
}

impl Origin {
    /// Fills the buffer from `offset` as far as the bytes go.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match self {
            Self::File(file, from) => read_up_to(file, buffer, from.saturating_add(offset)),
            Self::Packed(packed) => packed.read_at(buffer, offset),
            Self::Made(made) => made.read_at(buffer, offset),
            Self::Memory(bytes) => {
                let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                let found = &bytes[from..bytes.len().min(from.saturating_add(buffer.len()))];
                buffer[..found.len()].copy_from_slice(found);
                Ok(found.len())
            }
        }
    }
}

/// Random access to the bytes of one file through a small window.
#[derive(Debug)]
pub struct Source {
    origin: Origin,
    len: u64,
    /// Buffer of the file's bytes from `start` on, of which `filled` are there.
    window: Vec<u8>,
    start: u64,
    filled: usize,
}

/// A short read is the end of the file, unless it stops where a page does: then the disk may have failed.
const PAGE: usize = 4096;
/// The first read: most headers end within it.
const FIRST_READ: usize = 8 << 10;
/// Later reads.
const NEXT_READ: usize = 32 << 10;

impl Source {
    /// Opens a regular file, or one in an archive. For many of one archive there is
    /// [`Archives`](super::Archives).
    ///
    /// # Errors
    ///
    /// It is not a regular file, or what the system says while opening it.
    pub fn open(path: &Path) -> io::Result<Self> {
        match Self::plain(path) {
            Err(error) if archive::leads_into(path, &error) => archive::open(path),
            opened => opened,
        }
    }

    /// Opens a regular file that is not in an archive.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`].
    pub(super) fn plain(path: &Path) -> io::Result<Self> {
        let (file, len) = open_regular(path)?;
        Ok(Self::from(Origin::File(Arc::new(file), 0), len))
    }

    /// Opens what a walk has met as a regular file, and reads its beginning into `window`: two calls of the
    /// system for a file that fits in there, three for others.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`]; the window is lost then.
    pub(super) fn begin(path: &Path, mut window: Vec<u8>) -> io::Result<Self> {
        let file = open_any(path)?;
        if window.len() < FIRST_READ {
            window.resize(FIRST_READ, 0);
        }
        let filled = loop {
            match file.read_at(&mut window[..FIRST_READ], 0) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // What is no file cannot be read at an offset; that is what is wrong with it then.
                Err(error) => return Err(regular_len(&file).err().unwrap_or(error)),
                Ok(filled) => break filled,
            }
        };
        let is_whole = filled > 0 && !filled.is_multiple_of(PAGE);
        let len = if is_whole { filled as u64 } else { regular_len(&file)? };
        Ok(Self { origin: Origin::File(Arc::new(file), 0), len, window, start: 0, filled })
    }

    /// Gives back the buffer for the next file.
    pub(super) fn into_window(self) -> Vec<u8> {
        self.window
    }

    fn from(origin: Origin, len: u64) -> Self {
        Self { origin, len, window: vec![], start: 0, filled: 0 }
    }

    /// A part of it as a file of its own; `None` if it begins beyond the end.
    pub(super) fn part(&self, from: u64, len: u64) -> Option<Self> {
        let Origin::File(file, start) = &self.origin else { return None };
        (from < self.len || len == 0).then(|| Self::from(Origin::File(Arc::clone(file), start + from), len))
    }

    /// A file of `len` bytes of which only the first are there.
    pub(super) fn head(bytes: Arc<Vec<u8>>, len: u64) -> Self {
        Self::from(Origin::Memory(bytes), len)
    }

    /// A compressed file.
    pub(super) fn packed(packed: Arc<Packed>) -> Self {
        let len = packed.len();
        Self::from(Origin::Packed(packed), len)
    }

    /// An object made of a file of another format.
    pub(super) fn made(made: Arc<Made>) -> Self {
        let len = made.len();
        Self::from(Origin::Made(made), len)
    }

    /// Bytes that are already in memory.
    pub fn memory(bytes: Vec<u8>) -> Self {
        let len = bytes.len() as u64;
        Self::head(Arc::new(bytes), len)
    }

    /// Another reader of the same bytes, with a window of its own.
    #[must_use]
    pub fn again(&self) -> Self {
        Self::from(self.origin.clone(), self.len)
    }

    /// Size in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// True if there is no byte to read.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Up to `wanted` bytes from `offset`; fewer only at the end of the file.
    ///
    /// # Errors
    ///
    /// What the system says while reading.
    pub fn peek(&mut self, offset: u64, wanted: usize) -> io::Result<&[u8]> {
        // Nearly always: the walk goes on where it is.
        if let Some(from) = offset.checked_sub(self.start)
            && from.saturating_add(wanted as u64) <= self.filled as u64
        {
            return Ok(&self.window[from as usize..from as usize + wanted]);
        }
        self.fetch(offset, wanted)
    }

    fn fetch(&mut self, offset: u64, wanted: usize) -> io::Result<&[u8]> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = wanted.min(left);
        match &self.origin {
            Origin::Memory(bytes) => {
                let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                Ok(&bytes[from..bytes.len().min(from.saturating_add(wanted))])
            }
            origin => {
                let inside =
                    offset >= self.start && offset - self.start + wanted as u64 <= self.filled as u64;
                if !inside {
                    let ahead = if self.filled == 0 { FIRST_READ } else { NEXT_READ };
                    self.window.resize(wanted.max(ahead).min(left), 0);
                    self.start = offset;
                    self.filled = 0;
                    self.filled = origin.read_at(&mut self.window, offset)?;
                }
                let from = usize::try_from(offset - self.start).unwrap_or(usize::MAX).min(self.filled);
                let to = (from + wanted).min(self.filled);
                Ok(&self.window[from..to])
            }
        }
    }

    /// Up to `wanted` bytes from `offset` that are in memory already; nothing is read for them.
    pub fn at_hand(&self, offset: u64, wanted: usize) -> &[u8] {
        let (bytes, start) = match &self.origin {
            Origin::Memory(bytes) => (&bytes[..], 0),
            _ => (&self.window[..self.filled], self.start),
        };
        let from = offset.checked_sub(start).and_then(|from| usize::try_from(from).ok());
        let rest = from.and_then(|from| bytes.get(from..)).unwrap_or_default();
        &rest[..wanted.min(rest.len())]
    }

    /// Reads `length` bytes at `offset` into a buffer of their own, past the window; fewer at the end.
    ///
    /// The caller has checked `length` against a budget.
    ///
    /// # Errors
    ///
    /// What the system says while reading.
    pub fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = length.min(left);
        match &self.origin {
            Origin::Memory(_) | Origin::Packed(_) | Origin::Made(_) => {
                let length = match &self.origin {
                    // The rest of it is not there, and costs no buffer.
                    Origin::Memory(bytes) => length.min(bytes.len()),
                    _ => length,
                };
                let mut bytes = vec![0; length];
                let got = self.origin.read_at(&mut bytes, offset)?;
                bytes.truncate(got);
                Ok(bytes)
            }
            Origin::File(file, begin) => {
                // Into memory that was not cleared first: a frame is half a megabyte.
                let mut bytes = Vec::with_capacity(length);
                while bytes.len() < length {
                    let from = begin.saturating_add(offset).saturating_add(bytes.len() as u64);
                    match pread(file, spare_capacity(&mut bytes), from) {
                        Ok(0) => break,
                        Err(Errno::INTR) => {}
                        read => drop(read?),
                    }
                }
                bytes.truncate(length);
                Ok(bytes)
            }
        }
    }

    /// Fills a buffer from `offset`; the result is how much of it, which is less only at the end.
    ///
    /// # Errors
    ///
    /// What the system says while reading.
    pub fn fill(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        self.origin.read_at(&mut buffer[..wanted], offset)
    }
}

/// Fills the buffer from `offset` as far as the file goes; a shrunken file gives fewer bytes, not an error.
fn read_up_to(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        match file.read_at(&mut buffer[done..], offset + done as u64) {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_refused_without_being_read() {
        let error = Source::open(Path::new("src")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn a_peek_past_the_end_is_short_and_far_past_the_end_is_empty() {
        let mut source = Source::open(Path::new("Cargo.toml")).unwrap();
        let len = source.len();
        assert_eq!(source.peek(len - 3, 10).unwrap().len(), 3);
        assert!(source.peek(len + 99, 10).unwrap().is_empty());
        assert!(source.read(u64::MAX, 10).unwrap().is_empty());
    }

    #[test]
    fn what_is_at_hand_is_what_was_read_and_no_more() {
        let mut source = Source::open(Path::new("Cargo.lock")).unwrap();
        assert!(source.at_hand(0, 10).is_empty());
        let read = source.peek(100, 10).unwrap().to_vec();
        assert_eq!(source.at_hand(100, 10), read);
        assert!(source.at_hand(99, 10).is_empty() && source.at_hand(u64::MAX, 10).is_empty());
        assert!(source.at_hand(100, usize::MAX).len() < source.len() as usize);
    }

    #[test]
    fn the_window_and_the_direct_read_agree() {
        let mut source = Source::open(Path::new("Cargo.lock")).unwrap();
        for offset in [0, 5, 9000, 8190, 40000, 3] {
            let direct = source.read(offset, 100).unwrap();
            assert_eq!(source.peek(offset, 100).unwrap(), direct);
        }
    }
}
