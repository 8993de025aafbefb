//! High-throughput code blocks (ISO/IEC 15444-15): the cleanup pass, which is all that lossless streams have.
//!
//! Three streams share a segment: magnitudes and signs from its beginning, codewords of quads (2 × 2 samples)
//! backwards from its end, and runs of insignificant quads between them.

use super::blocks::SignedTwice;
use super::words::{FIRST, OTHERS};

/// Bits from the beginning of a segment, first bit lowest; seven after a byte of ones, and ones after the end
/// (7.1.2).
struct Magnitudes<'a> {
    data: &'a [u8],
    at: usize,
    cache: u64,
    count: u32,
    after_ones: bool,
}

impl<'a> Magnitudes<'a> {
    fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, cache: 0, count: 0, after_ones: false }
    }

    /// Makes at least 32 bits available.
    #[inline]
    fn refill(&mut self) {
        if self.count >= 32 {
            return;
        }
        if !self.after_ones
            && let Some(word) = self.data.get(self.at..).and_then(<[u8]>::first_chunk::<4>)
        {
            let word = u32::from_le_bytes(*word);
            // No byte is 0xFF exactly if no byte of the complement is zero.
            if (!word).wrapping_sub(0x0101_0101) & word & 0x8080_8080 == 0 {
                self.cache |= u64::from(word) << self.count;
                self.count += 32;
                self.at += 4;
                return;
            }
        }
        self.refill_slowly();
    }

    #[cold]
    fn refill_slowly(&mut self) {
        while self.count < 48 {
            let byte = self.data.get(self.at).copied().unwrap_or(0xFF);
            let size = if self.after_ones { 7 } else { 8 };
            self.cache |= u64::from(byte & (0xFF >> (8 - size))) << self.count;
            self.count += size;
            self.after_ones = byte == 0xFF;
            self.at += 1;
        }
    }

    /// At most 31 bits.
    #[inline]
    fn take(&mut self, size: u32) -> u32 {
        self.refill();
        let value = self.cache as u32 & !(u32::MAX << size);
        self.cache >>= size;
        self.count -= size;
        value
    }
}

/// Bits backwards from the end of a segment, first bit lowest; zeros after the end (7.1.4).
struct Codewords<'a> {
    /// What has not been read yet; the last byte is next.
    data: &'a [u8],
    cache: u64,
    count: u32,
    /// The byte before was above 0x8F: if this one has seven ones, it has no eighth bit.
    stuffed: bool,
}

impl<'a> Codewords<'a> {
    /// The first byte gives only its upper half: the lower one belongs to the length of the suffix.
    fn new(data: &'a [u8]) -> Self {
        let Some((&last, data)) = data.split_last() else {
            return Self { data, cache: 0, count: 0, stuffed: false };
        };
        let half = last >> 4;
        let count = if half & 7 == 7 { 3 } else { 4 };
        Self { data, cache: half.into(), count, stuffed: last | 15 > 0x8F }
    }

    /// Makes at least 32 bits available.
    #[inline]
    fn refill(&mut self) {
        if self.count >= 32 {
            return;
        }
        if let Some((rest, last)) = self.data.split_last_chunk::<4>() {
            let word = u32::from_be_bytes(*last);
            // No byte has seven ones exactly if one more does not carry into the eighth bit of any.
            if ((word & 0x7F7F_7F7F) + 0x0101_0101) & 0x8080_8080 == 0 {
                self.cache |= u64::from(word) << self.count;
                self.count += 32;
                self.stuffed = last[0] > 0x8F;
                self.data = rest;
                return;
            }
        }
        self.refill_slowly();
    }

    #[cold]
    fn refill_slowly(&mut self) {
        while self.count < 48 {
            let byte = match self.data.split_last() {
                Some((&last, rest)) => {
                    self.data = rest;
                    last
                }
                None => 0,
            };
            let size = if self.stuffed && byte & 0x7F == 0x7F { 7 } else { 8 };
            self.cache |= u64::from(byte & (0xFF >> (8 - size))) << self.count;
            self.count += size;
            self.stuffed = byte > 0x8F;
        }
    }

    #[inline]
    fn take(&mut self, size: u32) -> u32 {
        let value = self.cache as u32 & !(u32::MAX << size);
        self.cache >>= size;
        self.count = self.count.saturating_sub(size);
        value
    }
}

/// Runs of events that do not happen (7.1.3), adaptive like those of JPEG-LS.
struct Runs<'a> {
    data: &'a [u8],
    byte: u8,
    left: u32,
    state: usize,
    /// Events left in the run, and whether one that happens ends it.
    run: u32,
    ends: bool,
}

/// Exponents of run lengths (table 2).
const RUN_BITS: [u8; 13] = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5];

impl<'a> Runs<'a> {
    fn new(data: &'a [u8]) -> Self {
        Self { data, byte: 0, left: 0, state: 0, run: 0, ends: false }
    }

    fn bit(&mut self) -> u32 {
        if self.left == 0 {
            self.left = if self.byte == 0xFF { 7 } else { 8 };
            self.byte = match self.data {
                // The lower half of the last byte is not ours.
                [last] => last | 15,
                [first, ..] => *first,
                [] => 0xFF,
            };
            self.data = self.data.get(1..).unwrap_or_default();
        }
        self.left -= 1;
        u32::from(self.byte >> self.left & 1)
    }

    /// Whether the next event happens.
    #[inline]
    fn event(&mut self) -> bool {
        if self.run == 0 && !self.ends {
            let bits = RUN_BITS[self.state.min(12)];
            if self.bit() == 1 {
                self.run = 1 << bits;
                self.state = (self.state + 1).min(12);
            } else {
                self.run = (0..bits).fold(0, |run, _| run << 1 | self.bit());
                self.ends = true;
                self.state = self.state.saturating_sub(1);
            }
        }
        if self.run > 0 {
            self.run -= 1;
            return false;
        }
        self.ends = false;
        true
    }
}

/// A prefix (table 3) by the next three bits: its length, the bits of its suffix, and its value.
const PREFIXES: [(u32, u32, u32); 8] =
    [(3, 5, 5), (1, 0, 1), (2, 0, 2), (1, 0, 1), (3, 1, 3), (1, 0, 1), (2, 0, 2), (1, 0, 1)];

/// One quad of a row.
#[derive(Debug, Clone, Copy, Default)]
struct Quad {
    word: u16,
    /// What its exponent has above that of its neighbours.
    excess: u32,
}

/// Memory that blocks use one after the other.
#[derive(Default)]
pub(super) struct Workspace {
    /// The row of quads, with one more on either side.
    quads: Vec<Quad>,
    /// For each quad, the bottom samples next to the one above its left half, as [`Quad::word`] gives them.
    bottom: Vec<u32>,
    /// Two rows of samples: twice the magnitude, with the sign on top.
    lines: [Vec<u32>; 2],
}

/// Decodes the cleanup pass `data` over bit plane `plane` of a block and writes its `size` (width, height)
/// coefficients, in units of a step, to `target`, whose rows have `pitch` of them; nothing if it is damaged.
pub(super) fn decode<T: SignedTwice>(
    data: &[u8],
    plane: u32,
    (width, height): (usize, usize),
    (target, pitch): (&mut [T], usize),
    half_step: f32,
    work: &mut Workspace,
) -> Option<()> {
    let [.., low, high] = *data else { return None };
    let suffix = usize::from(high) << 4 | usize::from(low & 15);
    let start = data.len().checked_sub(suffix).filter(|_| suffix >= 2)?;
    let mut magnitudes = Magnitudes::new(&data[..start]);
    let mut runs = Runs::new(&data[start..data.len() - 1]);
    let mut codewords = Codewords::new(&data[start..data.len() - 1]);

    let across = width.div_ceil(2);
    work.quads.clear();
    work.quads.resize(across + 2, Quad::default());
    work.bottom.clear();
    work.bottom.resize(across + 1, 0);
    for line in &mut work.lines {
        line.clear();
        line.resize(2 * across, 0);
    }
    for (at, rows) in target.chunks_mut(2 * pitch).take(height.div_ceil(2)).enumerate() {
        read_words(at == 0, &mut work.quads, &mut codewords, &mut runs);
        read_samples(at == 0, plane, work, &mut magnitudes)?;
        for (row, line) in rows.chunks_mut(pitch).zip(&work.lines).take(height - 2 * at) {
            for (to, value) in row.iter_mut().zip(&line[..width]) {
                *to = T::from_twice(value & 0x7FFF_FFFF, value >> 31 != 0, half_step);
            }
        }
    }
    Some(())
}

/// The words and excesses of a row of quads, given those of the row above in their place (7.3.5, 7.3.6).
fn read_words(first: bool, quads: &mut [Quad], codewords: &mut Codewords<'_>, runs: &mut Runs<'_>) {
    let words = if first { &FIRST } else { &OTHERS };
    let count = quads.len() - 2;
    // Significance of the quad to the left, and of those above: left and over it.
    let (mut left, mut corner) = (0, 0);
    let mut at = 1;
    while at <= count {
        let mut pair = [0u16; 2];
        codewords.refill();
        for (word, place) in pair.iter_mut().zip(at..=count) {
            let (above, ahead) = (quads[place].word >> 4, quads[place + 1].word >> 4);
            let context = if first {
                (left | left >> 1) & 1 | left >> 1 & 6
            } else {
                (corner >> 3 | above >> 1) & 1
                    | (left >> 2 | left >> 3) << 1 & 2
                    | (above >> 3 | ahead >> 1) << 2 & 4
            };
            if context != 0 || runs.event() {
                *word = words[usize::from(context) << 7 | codewords.cache as usize & 127];
                codewords.take(u32::from(*word & 7));
            }
            (left, corner) = (*word >> 4 & 15, above & 15);
        }
        let excess = read_excess(first, [pair[0] & 8 != 0, pair[1] & 8 != 0], codewords, runs);
        for ((quad, word), excess) in quads[at..=count].iter_mut().zip(pair).zip(excess) {
            *quad = Quad { word, excess };
        }
        at += 2;
    }
}

/// How far two quads exceed what is expected, those that do (7.3.6): prefixes first, then suffixes.
#[inline]
fn read_excess(
    first: bool,
    follows: [bool; 2],
    codewords: &mut Codewords<'_>,
    runs: &mut Runs<'_>,
) -> [u32; 2] {
    if follows == [false, false] {
        return [0, 0];
    }
    codewords.refill();
    let mut prefix = |follows: bool| {
        if !follows {
            return (0, 0, 0);
        }
        let found = PREFIXES[codewords.cache as usize & 7];
        codewords.take(found.0);
        found
    };
    let both = first && follows == [true, true];
    let base = if both && runs.event() { 2 } else { 0 };
    let one = prefix(follows[0]);
    // If only one of them can be small, the other one takes a single bit.
    let two =
        if both && base == 0 && one.0 == 3 { (0, 0, 1 + codewords.take(1)) } else { prefix(follows[1]) };
    [one, two].map(|(_, suffix, value)| base + value + codewords.take(suffix))
}

/// The samples of a row of quads (7.3.4, 7.3.7, 7.3.8).
fn read_samples(
    first: bool,
    plane: u32,
    work: &mut Workspace,
    magnitudes: &mut Magnitudes<'_>,
) -> Option<()> {
    let [top, below] = &mut work.lines;
    let quads = &work.quads[1..work.quads.len() - 1];
    let pairs = top.as_chunks_mut::<2>().0.iter_mut().zip(below.as_chunks_mut::<2>().0);
    // The bottom right sample of the quad to the left.
    let mut right = 0;
    for (at, (quad, (top, below))) in quads.iter().zip(pairs).enumerate() {
        let word = u32::from(quad.word);
        let near = work.bottom[at] | work.bottom[at + 1];
        let mut values = [0; 4];
        let mut bottom = [0; 2];
        if word & 0xF0 != 0 {
            // Exponents above count only where more than one sample is significant.
            let several = (word & 0xF0) & ((word & 0xF0) - 0x10) != 0;
            let expected = if first || !several { 1 } else { (near | 2).ilog2() };
            let exponent = quad.excess + expected;
            if exponent + plane > 30 {
                return None;
            }
            for (sample, value) in values.iter_mut().enumerate() {
                if word >> (4 + sample) & 1 != 0 {
                    let size = exponent - (word >> (12 + sample) & 1);
                    let bits = magnitudes.take(size) | (word >> (8 + sample) & 1) << size;
                    // Sign and twice the magnitude less two; a half on top is the middle of what is possible.
                    *value = ((bits | 1) + 2) << plane | bits << 31;
                    if sample % 2 == 1 {
                        bottom[sample / 2] = bits | 1;
                    }
                }
            }
        }
        [top[0], below[0], top[1], below[1]] = values;
        work.bottom[at] = right | bottom[0];
        right = bottom[1];
    }
    if let Some(last) = work.bottom.last_mut() {
        *last = right;
    }
    Some(())
}
