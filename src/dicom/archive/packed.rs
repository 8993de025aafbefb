//! Compressed bytes that are inflated from their beginning, as far as somebody wants them.

use super::invalid;
use crate::dicom::Source;
use miniz_oxide::{
    DataFormat, MZError, MZFlush, MZStatus,
    inflate::stream::{InflateState, inflate},
};
use std::{
    io,
    sync::{Mutex, PoisonError},
};

/// MiB of one compressed file that are held; what is beyond must be unpacked to be seen.
const MOST: usize = 512;
/// Bytes read at once.
const INPUT: usize = 64 << 10;
/// Bytes by which the output grows at least.
const OUTPUT: usize = 32 << 10;

/// Inflates a raw or a gzip stream piece by piece.
#[derive(Clone)]
pub(super) struct Inflater {
    state: Box<InflateState>,
    source: std::sync::Arc<Source>,
    input: Vec<u8>,
    used: usize,
    /// Where the input that follows lies in the source, and where it ends.
    pub(super) at: u64,
    end: u64,
    /// Several streams may follow one another, each with a head and a tail.
    gzip: bool,
    over: bool,
    /// It is over, and the stream is not.
    pub(super) is_cut: bool,
}

impl std::fmt::Debug for Inflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inflater").field("at", &self.at).finish_non_exhaustive()
    }
}

impl Inflater {
    pub(super) fn raw(source: std::sync::Arc<Source>, at: u64, end: u64) -> Self {
        let state = InflateState::new_boxed(DataFormat::Raw);
        Self { state, source, input: vec![], used: 0, at, end, gzip: false, over: false, is_cut: false }
    }

    /// From the first byte after the head of a gzip file on.
    pub(super) fn gzip(source: std::sync::Arc<Source>, at: u64) -> Self {
        let end = source.len();
        Self { gzip: true, ..Self::raw(source, at, end) }
    }

    /// Forgets what was read ahead, so that it can be kept for long.
    pub(super) fn shrink(&mut self) {
        self.at -= (self.input.len() - self.used) as u64;
        self.input = vec![];
        self.used = 0;
    }

    /// Bytes of input that have been used up.
    pub(super) fn consumed(&self) -> u64 {
        self.at - (self.input.len() - self.used) as u64
    }

    /// Fills a buffer; fewer bytes only at the end, or where the stream is damaged.
    ///
    /// # Errors
    ///
    /// What the system says while reading.
    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() && !self.over {
            if self.used == self.input.len() {
                let wanted = self.end.saturating_sub(self.at).min(INPUT as u64);
                self.input = self.source.read(self.at, wanted as usize)?;
                self.at += self.input.len() as u64;
                self.used = 0;
            }
            let rest = &self.input[self.used..];
            let step = inflate(&mut self.state, rest, &mut buffer[filled..], MZFlush::None);
            self.used += step.bytes_consumed;
            filled += step.bytes_written;
            let idle = step.bytes_consumed == 0 && step.bytes_written == 0;
            match step.status {
                Ok(MZStatus::Ok) | Err(MZError::Buf) if !idle => {}
                Ok(MZStatus::StreamEnd) if self.gzip => self.next_stream()?,
                Ok(MZStatus::StreamEnd) => self.over = true,
                // The input has ended, or is no stream.
                _ => (self.over, self.is_cut) = (true, true),
            }
        }
        Ok(filled)
    }

    /// Goes on with the stream after this one, if there is one.
    fn next_stream(&mut self) -> io::Result<()> {
        // A checksum and a length stand in between.
        let head = super::gzip::head(&self.source, self.consumed() + 8)?;
        match head {
            Some(at) => *self = Self::gzip(std::sync::Arc::clone(&self.source), at),
            None => self.over = true,
        }
        Ok(())
    }
}

/// A compressed file.
#[derive(Debug)]
pub(crate) struct Packed {
    /// Where to begin.
    begin: Inflater,
    /// Bytes of the stream before those of the file.
    skip: u64,
    pub(super) len: u64,
    done: Mutex<Done>,
}

#[derive(Debug, Default)]
struct Done {
    bytes: Vec<u8>,
    /// Where it goes on; not yet begun without.
    inflater: Option<Inflater>,
}

impl Packed {
    pub(super) fn new(begin: Inflater, skip: u64, len: u64) -> Self {
        Self { begin, skip, len, done: Mutex::default() }
    }

    /// Size of the file in bytes, as the archive says.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Fills the buffer from `offset` on as far as the file goes.
    ///
    /// # Errors
    ///
    /// What the system says, or that there is too much of it.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let end = offset.saturating_add(buffer.len() as u64).min(self.len);
        if end > (MOST as u64) << 20 {
            return Err(invalid(&format!(
                "is compressed and larger than {MOST} MiB; unpack it to see all of it"
            )));
        }
        let end = end as usize;
        if end > done.bytes.len() {
            self.inflate(&mut done, end)?;
        }
        let from = (offset as usize).min(done.bytes.len());
        let found = &done.bytes[from..end.max(from).min(done.bytes.len())];
        buffer[..found.len()].copy_from_slice(found);
        Ok(found.len())
    }

    /// Inflates up to `end` and a little more.
    fn inflate(&self, done: &mut Done, end: usize) -> io::Result<()> {
        if done.inflater.is_none() {
            let mut begun = self.begin.clone();
            let (mut left, mut thrown) = (self.skip, vec![0; OUTPUT]);
            while left > 0 {
                let wanted = left.min(OUTPUT as u64) as usize;
                let got = begun.fill(&mut thrown[..wanted])?;
                if got == 0 {
                    break;
                }
                left -= got as u64;
            }
            done.inflater = Some(begun);
        }
        let Some(inflater) = &mut done.inflater else { return Ok(()) };
        // In steps, because only what has come of the input is known to be there.
        let most = (self.len.min((MOST as u64) << 20)) as usize;
        while done.bytes.len() < end {
            let from = done.bytes.len();
            let step = OUTPUT.max(from / 2).min(most - from);
            done.bytes.resize(from + step, 0);
            let got = inflater.fill(&mut done.bytes[from..])?;
            done.bytes.truncate(from + got);
            if got < step {
                break;
            }
        }
        Ok(())
    }
}
