//! Bits of a JPEG-LS scan (ISO/IEC 14495-1 A.1): after a byte of ones comes a byte of seven bits.

/// A bit reader that stops at any marker and from there on reads zeros.
///
/// Lines are decoded with a copy of it: what nobody else can see stays in registers.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    stream: &'a [u8],
    at: usize,
    /// The next bit is the highest.
    cache: u64,
    /// Bits in `cache`, invented ones included.
    count: u32,
    /// Zero bits appended after the last real one.
    invented: u64,
    /// The last byte loaded was 0xFF.
    after_ones: bool,
}

impl<'a> Bits<'a> {
    pub(super) fn new(stream: &'a [u8]) -> Self {
        Self { stream, at: 0, cache: 0, count: 0, invented: 0, after_ones: false }
    }

    /// Whether bits were read that the stream does not have.
    pub(super) fn overrun(&self) -> bool {
        self.invented > u64::from(self.count)
    }

    /// Makes at least 33 bits available.
    #[inline]
    fn refill(&mut self) {
        if self.count > 32 {
            return;
        }
        if !self.after_ones
            && let Some(word) = self.stream.get(self.at..).and_then(<[u8]>::first_chunk::<4>)
        {
            let word = u32::from_be_bytes(*word);
            // No byte is 0xFF exactly if no byte of the complement is zero.
            if (!word).wrapping_sub(0x0101_0101) & word & 0x8080_8080 == 0 {
                self.cache |= u64::from(word) << (32 - self.count);
                self.count += 32;
                self.at += 4;
                return;
            }
        }
        *self = self.refilled_slowly();
    }

    #[cold]
    #[inline(never)]
    fn refilled_slowly(mut self) -> Self {
        while self.count <= 56 {
            let (byte, size) = match (self.stream.get(self.at), self.stream.get(self.at + 1)) {
                // The stuffed bit is a zero; a one begins a marker's code.
                (Some(&byte), _) if self.after_ones && byte < 0x80 => (byte << 1, 7),
                (Some(0xFF), Some(0..0x80)) if !self.after_ones => (0xFF, 8),
                (Some(&byte), _) if !self.after_ones && byte != 0xFF => (byte, 8),
                _ => {
                    self.invented += 8;
                    self.count += 8;
                    continue;
                }
            };
            self.at += 1;
            self.after_ones = size == 8 && byte == 0xFF;
            self.cache |= u64::from(byte) << (56 - self.count);
            self.count += size;
        }
        self
    }

    #[inline]
    fn skip(&mut self, bits: u32) {
        self.cache <<= bits;
        self.count -= bits;
    }

    /// The next `size` bits, at most 32.
    #[inline]
    pub(super) fn take(&mut self, size: u32) -> u32 {
        self.refill();
        let value = (self.cache >> 1 >> (63 - size)) as u32;
        self.skip(size);
        value
    }

    /// The limited Golomb code of A.5.3: as many high bits as zeros come first, then `k` low bits; or, after
    /// `limit` zeros, `escape` bits of the value less one.
    #[expect(clippy::inline_always, reason = "its state is to stay in the registers of the line")]
    #[inline(always)]
    pub(super) fn golomb(&mut self, k: u32, limit: u32, escape: u32) -> u32 {
        self.refill();
        let zeros = self.cache.leading_zeros();
        if zeros >= limit || zeros + 1 + k > self.count.min(63) {
            let value;
            (value, *self) = self.long_golomb(k, limit, escape);
            return value;
        }
        let value = (self.cache << zeros << 1 >> 1 >> (63 - k)) as u32;
        self.skip(zeros + 1 + k);
        (zeros << k) | value
    }

    /// Codes that are escaped, or do not fit the cache.
    #[cold]
    #[inline(never)]
    fn long_golomb(mut self, k: u32, limit: u32, escape: u32) -> (u32, Self) {
        let mut zeros = 0;
        while zeros < limit && self.take(1) == 0 {
            zeros += 1;
        }
        let value = if zeros >= limit {
            self.take(1);
            self.take(escape).wrapping_add(1)
        } else {
            (zeros << k) | self.take(k)
        };
        (value, self)
    }

    /// Passes over the next restart marker and drops the bits before it; `false` if there is none.
    pub(super) fn restart(&mut self) -> bool {
        (self.cache, self.count, self.invented, self.after_ones) = (0, 0, 0, false);
        let rest = self.stream.get(self.at..).unwrap_or_default();
        let marker = rest.windows(2).position(|pair| pair[0] == 0xFF && pair[1] >= 0x80);
        let Some(marker) = marker.filter(|&marker| matches!(rest[marker + 1], 0xD0..=0xD7)) else {
            return false;
        };
        self.at += marker + 2;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_bits_follow_a_byte_of_ones_and_a_marker_ends_the_scan() {
        let mut bits = Bits::new(&[0xFF, 0x7F, 0xA5, 0xFF, 0xD9]);

        assert_eq!((bits.take(15), bits.take(8)), (0x7FFF, 0xA5));
        assert!(!bits.overrun());
        bits.take(1);
        assert!(bits.overrun());
    }

    #[test]
    fn golomb_codes_are_read_short_long_and_escaped() {
        // 001 11 | 1 00 | 0000 1 010, then zeros.
        let mut bits = Bits::new(&[0b0011_1100, 0b0000_1010, 0, 0, 0, 0]);

        assert_eq!(bits.golomb(2, 31, 16), 2 << 2 | 3);
        assert_eq!(bits.golomb(2, 31, 16), 0);
        assert_eq!(bits.golomb(3, 4, 3), 3);
    }

    #[test]
    fn a_restart_marker_is_found_and_any_other_is_not_passed() {
        let mut bits = Bits::new(&[1, 2, 0xFF, 0xD0, 0x80, 0xFF, 0xD9]);

        assert!(bits.restart());
        assert_eq!(bits.take(1), 1);
        assert!(!bits.restart());
    }
}
