//! Entropy-coded bits and Huffman tables (ITU-T T.81 Annex F.2.2, Annex C).

/// The entropy-coded data broke a rule: a code no table holds, or a coefficient past the 63rd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// A bit reader over one scan: removes stuffed zeros, stops at any marker and from there on reads zeros.
///
/// Blocks and rows are decoded with a copy of it: what nobody else can see stays in registers.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    stream: &'a [u8],
    /// Where the next byte to load is; never past a marker.
    at: usize,
    /// The next bit is the highest.
    cache: u64,
    /// Bits in `cache`, invented ones included.
    count: u32,
    /// Zero bits appended after the last real one.
    invented: u64,
}

impl<'a> Bits<'a> {
    pub(super) fn new(stream: &'a [u8], at: usize) -> Self {
        Self { stream, at, cache: 0, count: 0, invented: 0 }
    }

    /// The bits of one word, and zeros after them.
    pub(super) fn of(word: u32) -> Self {
        Self { cache: u64::from(word) << 32, count: 64, ..Self::new(&[], 0) }
    }

    /// Where the search for the next marker may start.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Whether bits were read that the stream does not have.
    pub(super) fn overrun(&self) -> bool {
        self.invented > u64::from(self.count)
    }

    /// How many bits there are without another refill.
    pub(super) fn left(&self) -> u32 {
        self.count
    }

    /// Makes at least 32 bits available: one code and the bits that follow it.
    #[inline]
    pub(super) fn refill(&mut self) {
        if self.count > 32 {
            return;
        }
        if let Some(word) = self.stream.get(self.at..).and_then(<[u8]>::first_chunk::<4>) {
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
            let byte = match (self.stream.get(self.at), self.stream.get(self.at + 1)) {
                (Some(0xFF), Some(0)) => {
                    self.at += 2;
                    0xFF
                }
                // Fill bytes before a marker (B.1.1.2).
                (Some(0xFF), Some(0xFF)) => {
                    self.at += 1;
                    continue;
                }
                (Some(0xFF) | None, _) => {
                    self.invented += 8;
                    0
                }
                (Some(&byte), _) => {
                    self.at += 1;
                    byte
                }
            };
            self.cache |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
        self
    }

    /// The next `size` bits, without passing them; needs as many in the cache.
    #[inline]
    pub(super) fn peek(&self, size: u32) -> u32 {
        (self.cache >> 1 >> (63 - size)) as u32
    }

    #[inline]
    pub(super) fn skip(&mut self, bits: u32) {
        self.cache <<= bits;
        // Damage may ask for more than there is; what is missing has been invented already.
        self.count = self.count.saturating_sub(bits);
    }

    /// The next `size` bits, at most 16, without refilling.
    #[inline]
    pub(super) fn take(&mut self, size: u32) -> u32 {
        let value = self.peek(size);
        self.skip(size);
        value
    }

    /// One bit, refilling.
    #[inline]
    pub(super) fn bit(&mut self) -> bool {
        self.refill();
        self.take(1) != 0
    }

    /// The signed value of `size` bits (F.2.2.1, EXTEND).
    #[inline]
    pub(super) fn signed(&mut self, size: u32) -> i32 {
        if size == 0 {
            return 0;
        }
        let value = self.take(size) as i32;
        if value < 1 << (size - 1) { value - (1 << size) + 1 } else { value }
    }

    /// The next symbol; needs 16 bits in the cache.
    #[inline]
    pub(super) fn symbol(&mut self, table: &Huffman) -> Result<u8, Broken> {
        let (length, symbol) = table.quick[(self.cache >> (64 - QUICK)) as usize];
        if length != 0 {
            self.skip(u32::from(length));
            return Ok(symbol);
        }
        let (length, symbol) = table.long_symbol((self.cache >> 48) as u32)?;
        self.skip(length);
        Ok(symbol)
    }

    /// Passes over the next restart marker and drops the bits before it; `false` if another marker or the
    /// end comes first (F.2.2.5).
    pub(super) fn restart(&mut self) -> bool {
        (self.cache, self.count, self.invented) = (0, 0, 0);
        while let Some(rest) = self.stream.get(self.at..) {
            match rest {
                [0xFF, 0xD0..=0xD7, ..] => {
                    self.at += 2;
                    return true;
                }
                [0xFF, 0 | 0xFF, ..] | [0..=0xFE, ..] => self.at += 1,
                _ => return false,
            }
        }
        false
    }
}

/// Codes up to this length are looked up in one step.
const QUICK: u32 = 9;

/// One Huffman table, ready to decode.
#[derive(Clone)]
pub(super) struct Huffman {
    /// Length and symbol by the next nine bits; length 0 for longer codes.
    quick: [(u8, u8); 1 << QUICK],
    /// For each length, the first 16-bit prefix that is beyond its codes.
    limit: [u32; 17],
    /// For each length, what to add to a code to find its symbol.
    offset: [i32; 17],
    symbols: Vec<u8>,
}

impl Huffman {
    /// Builds a table from the number of codes of each length (1 to 16) and their symbols (Annex C); nothing
    /// if the lengths ask for more codes than bits can tell apart.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table =
            Self { quick: [(0, 0); 1 << QUICK], limit: [0; 17], offset: [0; 17], symbols: symbols.to_vec() };
        let (mut code, mut index) = (0u32, 0usize);
        for (length, &count) in (1u32..).zip(counts) {
            table.offset[length as usize] = index as i32 - code as i32;
            for _ in 0..count {
                let symbol = *symbols.get(index)?;
                if code >= 1 << length {
                    return None;
                }
                if length <= QUICK {
                    let span = 1 << (QUICK - length);
                    let first = (code << (QUICK - length)) as usize;
                    table.quick[first..first + span].fill((length as u8, symbol));
                }
                code += 1;
                index += 1;
            }
            table.limit[length as usize] = code << (16 - length);
            code <<= 1;
        }
        Some(table)
    }

    /// Length and symbol of a code of more than nine bits, by the `next` sixteen.
    #[cold]
    fn long_symbol(&self, next: u32) -> Result<(u32, u8), Broken> {
        let length = (QUICK + 1..=16).find(|&length| next < self.limit[length as usize]).ok_or(Broken)?;
        let index = self.offset[length as usize] + (next >> (16 - length)) as i32;
        let symbol = usize::try_from(index).ok().and_then(|index| self.symbols.get(index)).ok_or(Broken)?;
        Ok((length, *symbol))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffed_zeros_are_removed_and_markers_end_the_bits() {
        let mut bits = Bits::new(&[0xAB, 0xFF, 0x00, 0x12, 0xFF, 0xD9], 0);
        bits.refill();

        assert_eq!((bits.take(8), bits.take(8), bits.take(8)), (0xAB, 0xFF, 0x12));
        assert!(!bits.overrun());
        assert_eq!(bits.take(3), 0);
        assert!(bits.overrun());
        assert_eq!(bits.position(), 4);
    }

    #[test]
    fn short_and_long_codes_find_their_symbols() {
        let mut counts = [0; 16];
        counts[0] = 1;
        counts[11] = 2;
        let table = Huffman::new(&counts, &[5, 6, 7]).expect("a valid table");
        // 0 -> 5, 100000000000 -> 6, 100000000001 -> 7
        let mut bits = Bits::new(&[0b0100_0000, 0b0000_0100, 0b0000_0000, 0b1000_0000], 0);
        bits.refill();

        assert_eq!((bits.symbol(&table), bits.symbol(&table), bits.symbol(&table)), (Ok(5), Ok(6), Ok(7)));
    }

    #[test]
    fn more_codes_than_bits_can_tell_apart_are_no_table() {
        let mut counts = [0; 16];
        counts[0] = 3;

        assert!(Huffman::new(&counts, &[1, 2, 3]).is_none());
    }
}
