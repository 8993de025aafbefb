//! The bytes of an object that is made of a file: a header in memory, and samples read where they are.

use super::layout::Layout;
use crate::dicom::Source;
use std::{
    io,
    sync::{Arc, OnceLock},
};

/// An object of which only the header exists.
#[derive(Debug)]
pub(in crate::dicom) struct Made {
    header: Vec<u8>,
    layout: Layout,
    frames: u64,
    source: Source,
    /// How samples come of the source, if they are not in it.
    decode: Option<fn(&Source) -> io::Result<Source>>,
    decoded: OnceLock<Result<Source, Arc<str>>>,
}

impl Made {
    pub(super) fn new(
        header: Vec<u8>,
        layout: Layout,
        frames: u64,
        source: Source,
        decode: Option<fn(&Source) -> io::Result<Source>>,
    ) -> Self {
        Self { header, layout, frames, source, decode, decoded: OnceLock::new() }
    }

    /// Bytes of the whole object; an even number (PS3.5 8.1.1).
    pub(in crate::dicom) fn len(&self) -> u64 {
        self.header.len() as u64 + (self.frames * self.layout.frame_bytes()).next_multiple_of(2)
    }

    /// Fills the buffer from `offset` on: with what is left of the header, or else with samples. A read never
    /// goes from the one to the other, so that whoever wants a header decodes no picture.
    ///
    /// # Errors
    ///
    /// What the system says, or that samples cannot be decoded.
    pub(in crate::dicom) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let in_header = usize::try_from(offset).ok().and_then(|from| self.header.get(from..));
        if let Some(rest) = in_header.filter(|rest| !rest.is_empty()) {
            let length = rest.len().min(buffer.len());
            buffer[..length].copy_from_slice(&rest[..length]);
            return Ok(length);
        }
        let frame_bytes = self.layout.frame_bytes();
        let mut at = offset - self.header.len() as u64;
        let mut filled = 0;
        while filled < buffer.len() && at / frame_bytes < self.frames {
            let samples = self.layout.frame(self.samples()?, at / frame_bytes)?;
            let rest = &samples[(at % frame_bytes) as usize..];
            let length = rest.len().min(buffer.len() - filled);
            buffer[filled..filled + length].copy_from_slice(&rest[..length]);
            filled += length;
            at += length as u64;
        }
        Ok(filled)
    }

    /// Where samples are as the layout has them.
    fn samples(&self) -> io::Result<&Source> {
        let Some(decode) = self.decode else { return Ok(&self.source) };
        let decoded =
            self.decoded.get_or_init(|| decode(&self.source).map_err(|error| error.to_string().into()));
        decoded.as_ref().map_err(|why| io::Error::new(io::ErrorKind::InvalidData, why.to_string()))
    }
}
