//! What the data set promises about a frame, and the one place that says how much memory that may cost.

use serde::{Deserialize, Serialize};

use super::error::{CodecError, LIMIT, unsupported};

/// Frames up to this size are allocated without asking how many compressed bytes there are.
const MODEST: u64 = 16 << 20;

/// What the data set says a frame looks like (PS3.3 C.7.6.3.1); a codec checks its stream against it before
/// it allocates anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Rows (0028,0010).
    pub rows: u32,
    /// Columns (0028,0011).
    pub columns: u32,
    /// Samples per Pixel (0028,0002).
    pub samples: u16,
    /// Bits Allocated (0028,0100): 1, 8, 16, 32 or 64.
    pub bits_allocated: u16,
    /// Bits Stored (0028,0101).
    pub bits_stored: u16,
    /// Pixel Representation (0028,0103) is 1.
    pub signed: bool,
    /// Planar Configuration (0028,0006) is 1. Only native bytes heed it (uncompressed or deflated frames);
    /// every other codec has an order of its own.
    pub planar: bool,
}

impl Layout {
    /// Bytes of one decoded sample; a 1-bit pixel takes a whole byte.
    pub(super) fn bytes_per_sample(&self) -> usize {
        usize::from(self.bits_allocated / 8).max(1)
    }

    /// Rows × columns, as a length.
    pub fn pixels(&self) -> usize {
        self.rows as usize * self.columns as usize
    }

    /// Bytes of one decoded frame: rows × columns × samples × bytes per sample.
    ///
    /// # Errors
    ///
    /// [`CodecError::TooLarge`] above one gibibyte; [`CodecError::Unsupported`] for Bits Allocated or Samples
    /// per Pixel that no image has.
    pub fn frame_bytes(&self) -> Result<usize, CodecError> {
        if !matches!(self.bits_allocated, 1 | 8 | 16 | 32 | 64) {
            return Err(unsupported("pixel data", format!("{} bits allocated", self.bits_allocated)));
        }
        if !(1..=4).contains(&self.samples) {
            return Err(unsupported("pixel data", format!("{} samples per pixel", self.samples)));
        }
        if self.rows == 0 || self.columns == 0 {
            return Err(unsupported("pixel data", "no rows or no columns"));
        }
        budget(self.rows, self.columns, self.samples, self.bytes_per_sample())
    }

    /// Like [`Self::frame_bytes`], for codecs that cannot expand without bound: a frame that `stream` bytes
    /// cannot fill to a sixteenth at the codec's best `ratio` is a lie about its size, not a truncated file.
    pub(super) fn frame_bytes_from(&self, stream: usize, ratio: u64) -> Result<usize, CodecError> {
        let bytes = self.frame_bytes()?;
        let limit = (stream as u64).saturating_mul(ratio).saturating_mul(16).max(MODEST);
        if bytes as u64 > limit {
            return Err(CodecError::TooLarge { bytes: bytes as u64, limit });
        }
        Ok(bytes)
    }

    /// Checks one quantity of a code stream against the data set.
    pub(super) fn expect(
        codec: &'static str,
        what: &'static str,
        stream: impl Into<u64>,
        data_set: impl Into<u64>,
    ) -> Result<(), CodecError> {
        let (stream, data_set) = (stream.into(), data_set.into());
        if stream == data_set { Ok(()) } else { Err(CodecError::Mismatch { codec, what, stream, data_set }) }
    }

    /// Checks geometry, samples and precision of a code stream. A stream may have fewer bits than Bits
    /// Allocated (its values then lie in the low bits), never more.
    pub(super) fn check(
        &self,
        codec: &'static str,
        rows: u32,
        columns: u32,
        samples: u16,
        precision: u16,
    ) -> Result<(), CodecError> {
        Self::expect(codec, "rows", rows, self.rows)?;
        Self::expect(codec, "columns", columns, self.columns)?;
        Self::expect(codec, "samples per pixel", samples, self.samples)?;
        let room = self.bytes_per_sample() as u16 * 8;
        if precision == 0 || precision > room {
            return Self::expect(codec, "bits per sample", precision, room);
        }
        Ok(())
    }
}

/// Bytes of `rows` × `columns` × `samples` × `bytes`, if one frame may have so many.
///
/// Every allocation that a file's numbers decide passes through here.
pub(super) fn budget(rows: u32, columns: u32, samples: u16, bytes: usize) -> Result<usize, CodecError> {
    let wanted = u64::from(rows)
        .saturating_mul(u64::from(columns))
        .saturating_mul(u64::from(samples))
        .saturating_mul(bytes as u64);
    if wanted > LIMIT {
        return Err(CodecError::TooLarge { bytes: wanted, limit: LIMIT });
    }
    Ok(wanted as usize)
}

#[cfg(test)]
impl Layout {
    /// A small unsigned frame, for tests.
    pub(super) fn test(rows: u32, columns: u32, samples: u16, bits: u16) -> Self {
        let bits_allocated = if bits > 1 { bits.next_multiple_of(8) } else { 1 };
        Self { rows, columns, samples, bits_allocated, bits_stored: bits, signed: false, planar: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_beyond_a_gibibyte_is_refused_before_anything_is_allocated() {
        let lie = Layout::test(65535, 65535, 3, 16);

        assert!(matches!(lie.frame_bytes(), Err(CodecError::TooLarge { .. })));
        assert!(matches!(budget(u32::MAX, u32::MAX, u16::MAX, usize::MAX), Err(CodecError::TooLarge { .. })));
    }

    #[test]
    fn a_frame_that_so_few_bytes_cannot_hold_is_refused() {
        let large = Layout::test(8192, 8192, 1, 16);

        assert!(large.frame_bytes_from(100, 64).is_err());
        assert_eq!(large.frame_bytes_from(1 << 20, 64), Ok(128 << 20));
    }

    #[test]
    fn bits_and_samples_no_image_has_are_unsupported() {
        for (samples, bits) in [(0, 8), (5, 8), (1, 12), (1, 0)] {
            let layout = Layout { samples, bits_allocated: bits, ..Layout::test(4, 4, 1, 8) };
            assert!(matches!(layout.frame_bytes(), Err(CodecError::Unsupported { .. })), "{layout:?}");
        }
    }
}
