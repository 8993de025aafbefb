//! One gzip member (RFC 1952) made of parts that were deflated independently, on as many threads as there are.

use crc32fast::Hasher;
use flate2::{Compress, Compression, FlushCompress};
use std::io::{self, Write};

/// Values of CT hardly get smaller beyond this, and take much longer.
const LEVEL: u32 = 4;

/// A part of the member: deflated up to a byte boundary, and what it was.
pub(super) struct Part {
    deflated: Vec<u8>,
    check: Hasher,
    length: u32,
}

impl Part {
    /// Deflates.
    pub(super) fn new(bytes: &[u8]) -> Self {
        let mut check = Hasher::new();
        check.update(bytes);
        let mut compress = Compress::new(Compression::new(LEVEL), false);
        let mut deflated = Vec::with_capacity(bytes.len() / 2 + 64);
        loop {
            let read = compress.total_in() as usize;
            // Into memory there is nothing that can fail, and room is made until all is flushed.
            let _ = compress.compress_vec(&bytes[read..], &mut deflated, FlushCompress::Sync);
            if compress.total_in() as usize == bytes.len() && deflated.len() < deflated.capacity() {
                break;
            }
            deflated.reserve(deflated.capacity() / 2);
        }
        Self { deflated, check, length: bytes.len() as u32 }
    }
}

/// A member that is being written.
pub(super) struct Member<W> {
    to: W,
    check: Hasher,
    length: u32,
}

impl<W: Write> Member<W> {
    /// Begins one.
    ///
    /// # Errors
    ///
    /// What writing says.
    pub(super) fn begin(mut to: W) -> io::Result<Self> {
        // Deflate, no name and no time: the same values make the same file. The last byte: some Unix.
        to.write_all(&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])?;
        Ok(Self { to, check: Hasher::new(), length: 0 })
    }

    /// Appends a part.
    ///
    /// # Errors
    ///
    /// What writing says.
    pub(super) fn add(&mut self, part: &Part) -> io::Result<()> {
        self.to.write_all(&part.deflated)?;
        self.check.combine(&part.check);
        self.length = self.length.wrapping_add(part.length);
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    ///
    /// What writing says.
    pub(super) fn finish(mut self) -> io::Result<()> {
        // The last block of deflate, with nothing in it.
        self.to.write_all(&[3, 0])?;
        self.to.write_all(&self.check.finalize().to_le_bytes())?;
        self.to.write_all(&self.length.to_le_bytes())?;
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Read as _;

    proptest! {
        #[test]
        fn parts_read_back_as_one(parts in prop::collection::vec(prop::collection::vec(0_u8..20, 0..3000), 0..5)) {
            let mut file = vec![];
            let mut member = Member::begin(&mut file).unwrap();
            for part in &parts {
                member.add(&Part::new(part)).unwrap();
            }
            member.finish().unwrap();
            let mut read = vec![];
            flate2::read::GzDecoder::new(file.as_slice()).read_to_end(&mut read).unwrap();
            prop_assert_eq!(read, parts.concat());
        }
    }

    #[test]
    fn what_deflate_makes_larger_is_whole_as_well() {
        let noise: Vec<u8> =
            (0..100_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let mut file = vec![];
        let mut member = Member::begin(&mut file).unwrap();
        member.add(&Part::new(&noise)).unwrap();
        member.finish().unwrap();
        let mut read = vec![];
        flate2::read::GzDecoder::new(file.as_slice()).read_to_end(&mut read).unwrap();
        assert!(read == noise);
    }
}
