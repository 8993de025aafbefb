//! The adaptive binary arithmetic decoder (ISO/IEC 15444-1 Annex C), and the raw bits that may stand in for it.
//!
//! Interval and code are kept as what is left of them until something has to happen: as long as neither the
//! code nor the surplus of the interval is used up, a decision is one subtraction.

/// Contexts in use: zero coding 0-8, signs 9-13, refinement 14-16, run lengths 17, uniform 18 (table D.1).
pub(super) const RUN: usize = 17;
/// The context without a memory.
pub(super) const UNIFORM: usize = 18;

/// One state of table C.2 for one sense of the more probable symbol: Qe in bits 16 to 31, that symbol in
/// bit 15, the states that follow it and the other symbol in bits 8 to 14 and 0 to 6.
type State = u32;

/// Qe, next state after the more and after the less probable symbol, whether the latter swaps them.
const TABLE: [(u16, u8, u8, bool); 47] = [
    (0x5601, 1, 1, true),
    (0x3401, 2, 6, false),
    (0x1801, 3, 9, false),
    (0x0AC1, 4, 12, false),
    (0x0521, 5, 29, false),
    (0x0221, 38, 33, false),
    (0x5601, 7, 6, true),
    (0x5401, 8, 14, false),
    (0x4801, 9, 14, false),
    (0x3801, 10, 14, false),
    (0x3001, 11, 17, false),
    (0x2401, 12, 18, false),
    (0x1C01, 13, 20, false),
    (0x1601, 29, 21, false),
    (0x5601, 15, 14, true),
    (0x5401, 16, 14, false),
    (0x5101, 17, 15, false),
    (0x4801, 18, 16, false),
    (0x3801, 19, 17, false),
    (0x3401, 20, 18, false),
    (0x3001, 21, 19, false),
    (0x2801, 22, 19, false),
    (0x2401, 23, 20, false),
    (0x2201, 24, 21, false),
    (0x1C01, 25, 22, false),
    (0x1801, 26, 23, false),
    (0x1601, 27, 24, false),
    (0x1401, 28, 25, false),
    (0x1201, 29, 26, false),
    (0x1101, 30, 27, false),
    (0x0AC1, 31, 28, false),
    (0x09C1, 32, 29, false),
    (0x08A1, 33, 30, false),
    (0x0521, 34, 31, false),
    (0x0441, 35, 32, false),
    (0x02A1, 36, 33, false),
    (0x0221, 37, 34, false),
    (0x0141, 38, 35, false),
    (0x0111, 39, 36, false),
    (0x0085, 40, 37, false),
    (0x0049, 41, 38, false),
    (0x0025, 42, 39, false),
    (0x0015, 43, 40, false),
    (0x0009, 44, 41, false),
    (0x0005, 45, 42, false),
    (0x0001, 45, 43, false),
    (0x5601, 46, 46, false),
];

/// All states; entry 2 i + s is state i with s as the more probable symbol. Filled up to a power of two, so
/// that seven bits are always an index.
const STATES: [State; 128] = {
    let mut states = [0; 128];
    let mut at = 0;
    while at < 94 {
        let (qe, more, less, swaps) = TABLE[at / 2];
        let symbol = at as u32 % 2;
        let (more, less) = (more as u32 * 2 + symbol, less as u32 * 2 + (symbol ^ swaps as u32));
        states[at] = (qe as u32) << 16 | symbol << 15 | more << 8 | less;
        at += 1;
    }
    states
};

/// The memory of all contexts; as many as five bits can name.
pub(super) type Contexts = [State; 32];

/// Contexts without experience (table D.7).
pub(super) const FRESH: Contexts = {
    let mut contexts = [STATES[0]; 32];
    contexts[0] = STATES[2 * 4];
    contexts[RUN] = STATES[2 * 3];
    contexts[UNIFORM] = STATES[2 * 46];
    contexts
};

/// What the passes over a bit plane are decoded from.
pub(super) trait Decisions: Copy {
    /// Signs are bits of their own, without prediction.
    const RAW: bool;

    /// The next decision in a context.
    fn decide(&mut self, contexts: &mut Contexts, context: usize) -> u32;
}

/// Bits of the code below its sixteen that are compared.
const AHEAD: u32 = 32;
/// The interval is kept at least this long (0x8000 in the standard's registers).
const HALF: i64 = 0x8000 << AHEAD;

/// An arithmetic decoder over one terminated segment.
#[derive(Clone, Copy)]
pub(super) struct Arithmetic<'a> {
    /// How much may still be subtracted before the code or the surplus of the interval is used up.
    slack: i64,
    /// The interval A less `slack`.
    interval: i64,
    /// The code C less `slack`.
    code: i64,
    input: Input<'a>,
}

/// Bytes on their way into the code register.
#[derive(Clone, Copy)]
struct Input<'a> {
    data: &'a [u8],
    at: usize,
    /// Bits of the code below the sixteen that are compared; negative while some of these are missing.
    bits: i32,
    after_ones: bool,
}

impl<'a> Arithmetic<'a> {
    /// Starts on a segment (C.3.5).
    pub(super) fn new(data: &'a [u8]) -> Self {
        let input = Input { data, at: 0, bits: -15, after_ones: false };
        let (code, input) = input.fill(0);
        let slack = code.min(0);
        Self { slack, interval: HALF - slack, code: code - slack, input }
    }
}

impl Input<'_> {
    /// Adds bytes to the code (C.3.4): seven bits after a byte of ones, and ones from the first marker or the
    /// end of the segment on.
    #[inline(never)]
    fn fill(mut self, mut code: i64) -> (i64, Self) {
        while self.bits <= AHEAD as i32 - 8 {
            let next = self.data.get(self.at).copied().unwrap_or(0xFF);
            let size = if self.after_ones && next <= 0x8F { 7 } else { 8 };
            let marker = self.after_ones && next > 0x8F;
            let byte = if marker { 0xFF } else { next };
            self.bits += size;
            // Only damage makes the code longer than its interval, and then it may wrap.
            code = code.wrapping_add(i64::from(byte) << (AHEAD as i32 - self.bits));
            if !marker {
                self.after_ones = next == 0xFF;
                self.at += 1;
            }
        }
        (code, self)
    }
}

impl Decisions for Arithmetic<'_> {
    const RAW: bool = false;

    /// C.3.2, with both exchanges and the renormalization in one.
    #[expect(clippy::inline_always, reason = "its state is to stay in the registers of the pass")]
    #[inline(always)]
    fn decide(&mut self, contexts: &mut Contexts, context: usize) -> u32 {
        let state = contexts[context & 31];
        let qe = i64::from(state >> 16) << AHEAD;
        let likely = state >> 15 & 1;
        self.slack = self.slack.wrapping_sub(qe);
        if self.slack >= 0 {
            return likely;
        }
        let interval = self.interval.wrapping_add(self.slack);
        let code = self.code.wrapping_add(self.slack);
        // Which of the two parts it is, and which of them is longer, cannot be foreseen: masks, no branches.
        // The less probable symbol has the lower part, unless that is the longer one.
        let lower = code >> 63;
        let unlikely = (lower ^ (interval - qe) >> 63) as u32;
        let (interval, code) = (interval ^ (interval ^ qe) & lower, code.wrapping_add(qe & lower));
        contexts[context & 31] = STATES[(state >> (!unlikely & 8) & 127) as usize];
        let shift = interval.leading_zeros().wrapping_sub(HALF.leading_zeros()) & 63;
        let interval = interval << shift;
        let mut code = code << shift;
        self.input.bits -= shift as i32;
        if self.input.bits < 0 {
            (code, self.input) = self.input.fill(code);
        }
        self.slack = code.min(interval - HALF);
        self.interval = interval.wrapping_sub(self.slack);
        self.code = code.wrapping_sub(self.slack);
        likely ^ unlikely & 1
    }
}

/// Bits as they are (D.6), with the stuffing of the arithmetic coder; ones after the end.
#[derive(Clone, Copy)]
pub(super) struct Raw<'a> {
    data: &'a [u8],
    at: usize,
    byte: u8,
    left: u32,
}

impl<'a> Raw<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, byte: 0, left: 0 }
    }
}

impl Decisions for Raw<'_> {
    const RAW: bool = true;

    #[inline]
    fn decide(&mut self, _: &mut Contexts, _: usize) -> u32 {
        if self.left == 0 {
            self.left = if self.byte == 0xFF { 7 } else { 8 };
            self.byte = self.data.get(self.at).copied().unwrap_or(0xFF);
            self.at += 1;
        }
        self.left -= 1;
        u32::from(self.byte >> self.left & 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_test_sequence_is_decoded() {
        // ITU-T T.88 (JBIG2) H.2, the same coder with one context.
        let coded = [
            0x84, 0xC7, 0x3B, 0xFC, 0xE1, 0xA1, 0x43, 0x04, 0x02, 0x20, 0x00, 0x00, 0x41, 0x0D, 0xBB, 0x86,
            0xF4, 0x31, 0x7F, 0xFF, 0x88, 0xFF, 0x37, 0x47, 0x1A, 0xDB, 0x6A, 0xDF, 0xFF, 0xAC,
        ];
        let plain = [
            0x00, 0x02, 0x00, 0x51, 0x00, 0x00, 0x00, 0xC0, 0x03, 0x52, 0x87, 0x2A, 0xAA, 0xAA, 0xAA, 0xAA,
            0x82, 0xC0, 0x20, 0x00, 0xFC, 0xD7, 0x9E, 0xF6, 0xBF, 0x7F, 0xED, 0x90, 0x4F, 0x46, 0xA3, 0xBF,
        ];
        let mut decoder = Arithmetic::new(&coded);
        let mut contexts = FRESH;

        let decoded: Vec<u8> = plain
            .iter()
            .map(|_| (0..8).fold(0, |byte, _| byte << 1 | decoder.decide(&mut contexts, 1) as u8))
            .collect();

        assert_eq!(decoded, plain);
    }

    #[test]
    fn raw_bits_skip_the_bit_after_a_byte_of_ones() {
        let mut raw = Raw::new(&[0xFF, 0x7F, 0x80]);
        let mut contexts = FRESH;

        let bits: Vec<u32> = (0..17).map(|_| raw.decide(&mut contexts, 0)).collect();

        assert_eq!(bits, [vec![1; 16], vec![0]].concat());
    }
}
