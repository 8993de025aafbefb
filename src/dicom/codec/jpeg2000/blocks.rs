//! Code blocks of part 1: bit planes, decoded in three passes each (ISO/IEC 15444-1 Annex D).
//!
//! Four rows of a column, a stripe's share of it, are one word of flags, which also knows its neighbours: a
//! pass finds out with a few bit operations which of the four are its business.

use super::arithmetic::{Arithmetic, Contexts, Decisions, FRESH, RUN, Raw, UNIFORM};

/// The kind of a sub-band, horizontally and vertically.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Band {
    LowLow,
    HighLow,
    LowHigh,
    HighHigh,
}

/// Code block style (table A.19), as far as it changes decoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are flags of one byte, each on its own")]
pub(super) struct Style {
    /// Raw bits instead of arithmetic coding in some passes of the lower bit planes.
    pub(super) bypass: bool,
    /// Contexts forget at the end of each pass.
    pub(super) reset: bool,
    /// Each pass is a segment.
    pub(super) terminate: bool,
    /// A stripe knows nothing of the one below.
    pub(super) causal: bool,
    /// Four known decisions end each bit plane.
    pub(super) symbols: bool,
}

/// Significance of the 3 × 6 neighbourhood, row by row, of the four coefficients of a word: bit 4 + 3 i is
/// coefficient i itself. The standard's sigma.
const NEIGHBOURS: u32 = 0x3FFFF;
/// The lowest bit of the three that each of four coefficients has.
const EACH: u32 = 0o1111;
/// Coefficient 0 itself, in [`NEIGHBOURS`].
const SELF: u32 = 4;
/// Coefficient 0 has been refined before; three bits further on for each other one, as for the next two.
const REFINED: u32 = 18;
/// Coefficient 0 has been visited in this bit plane.
const VISITED: u32 = 19;
/// Coefficient 0 is negative.
const NEGATIVE: u32 = 20;
/// The coefficients above and below the four are negative.
const NEGATIVE_ABOVE: u32 = 30;
const NEGATIVE_BELOW: u32 = 31;

/// Zero coding contexts by the nine bits around a coefficient (table D.1).
type ZeroContexts = [u8; 512];

const fn zero_contexts(band: Band) -> ZeroContexts {
    let mut contexts = [0; 512];
    let mut at = 0;
    while at < 512 {
        let across = (at >> 3 & 1) + (at >> 5 & 1);
        let down = (at >> 1 & 1) + (at >> 7 & 1);
        let diagonal = (at & 1) + (at >> 2 & 1) + (at >> 6 & 1) + (at >> 8 & 1);
        let (first, second) = match band {
            Band::HighLow => (down, across),
            _ => (across, down),
        };
        contexts[at] = if matches!(band, Band::HighHigh) {
            match (diagonal, across + down) {
                (0, 0) => 0,
                (0, 1) => 1,
                (0, _) => 2,
                (1, 0) => 3,
                (1, 1) => 4,
                (1, _) => 5,
                (2, 0) => 6,
                (2, _) => 7,
                _ => 8,
            }
        } else {
            match (first, second, diagonal) {
                (0, 0, 0) => 0,
                (0, 0, 1) => 1,
                (0, 0, _) => 2,
                (0, 1, _) => 3,
                (0, _, _) => 4,
                (1, 0, 0) => 5,
                (1, 0, _) => 6,
                (1, _, _) => 7,
                _ => 8,
            }
        };
        at += 1;
    }
    contexts
}

static ZERO_LOW: ZeroContexts = zero_contexts(Band::LowLow);
static ZERO_HIGH_LOW: ZeroContexts = zero_contexts(Band::HighLow);
static ZERO_HIGH_HIGH: ZeroContexts = zero_contexts(Band::HighHigh);

/// Sign contexts (tables D.2 and D.3), with bit 7 for a flipped sign, by four pairs of bits: negative, and
/// significant, of the neighbours above, left, right, below.
static SIGNS: [u8; 256] = {
    let mut contexts = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut sums = [0i32; 2];
        let mut neighbour = 0;
        while neighbour < 4 {
            let pair = at >> (2 * neighbour) & 3;
            // Above and below count vertically.
            let axis = (neighbour == 0 || neighbour == 3) as usize;
            sums[axis] += match pair {
                2 => 1,
                3 => -1,
                _ => 0,
            };
            neighbour += 1;
        }
        let (across, down) = (sums[0].signum(), sums[1].signum());
        let flips = across < 0 || (across == 0 && down < 0);
        let (across, down) = if flips { (-across, -down) } else { (across, down) };
        let context = match (across, down) {
            (0, 0) => 9,
            (0, _) => 10,
            (_, -1) => 11,
            (_, 0) => 12,
            _ => 13,
        };
        contexts[at] = context | (flips as u8) << 7;
        at += 1;
    }
    contexts
};

/// The state of one code block after another.
#[derive(Default)]
pub(super) struct Block {
    width: usize,
    height: usize,
    /// One word for each column of each stripe, with a margin all around.
    flags: Vec<u32>,
    /// Twice the magnitudes, with a one below the last decoded bit: the middle of what is possible.
    magnitudes: Vec<[u32; 4]>,
}

/// One pass over one bit plane, and what it needs to know.
struct Pass<'a> {
    zero: &'a ZeroContexts,
    causal: bool,
    /// The bit plane, 0 for the lowest.
    plane: u32,
}

/// The flags of a stripe and its neighbours.
struct Stripe<'a> {
    above: &'a mut [u32],
    current: &'a mut [u32],
    below: &'a mut [u32],
    magnitudes: &'a mut [[u32; 4]],
    /// [`EACH`] coefficient that is inside the block.
    rows: u32,
}

impl Block {
    /// Begins a block of `width` × `height` coefficients.
    pub(super) fn clear(&mut self, width: usize, height: usize) {
        (self.width, self.height) = (width, height);
        let stripes = height.div_ceil(4);
        self.flags.clear();
        self.flags.resize((stripes + 2) * (width + 2), 0);
        self.magnitudes.clear();
        self.magnitudes.resize(stripes * width, [0; 4]);
    }

    /// Decodes segments of a block with `planes` bit planes, 1 to 31: how many passes each holds, and its
    /// bytes.
    pub(super) fn decode<'d>(
        &mut self,
        band: Band,
        style: Style,
        planes: u32,
        segments: impl Iterator<Item = (u32, &'d [u8])>,
    ) {
        let zero = match band {
            Band::HighLow => &ZERO_HIGH_LOW,
            Band::HighHigh => &ZERO_HIGH_HIGH,
            Band::LowLow | Band::LowHigh => &ZERO_LOW,
        };
        let mut contexts = FRESH;
        let mut first = 0;
        for (passes, data) in segments {
            // The first ten passes are never raw, cleanup passes neither (table D.9).
            let raw = style.bypass && first >= 10 && first % 3 != 0;
            let (mut coded, mut bits) = (Arithmetic::new(data), Raw::new(data));
            for number in first..first + passes {
                // A bit plane begins with its second pass, but for the first.
                let Some(plane) = (planes - 1).checked_sub(number.div_ceil(3)) else { return };
                let pass = Pass { zero, causal: style.causal, plane };
                match (number % 3, raw) {
                    (0, _) => {
                        self.each_stripe(|stripe| pass.clean_up(stripe, &mut coded, &mut contexts));
                        if style.symbols {
                            for _ in 0..4 {
                                coded.decide(&mut contexts, UNIFORM);
                            }
                        }
                    }
                    (1, false) => {
                        self.each_stripe(|stripe| pass.propagate(stripe, &mut coded, &mut contexts));
                    }
                    (1, true) => self.each_stripe(|stripe| pass.propagate(stripe, &mut bits, &mut contexts)),
                    (_, false) => self.each_stripe(|stripe| pass.refine(stripe, &mut coded, &mut contexts)),
                    (_, true) => self.each_stripe(|stripe| pass.refine(stripe, &mut bits, &mut contexts)),
                }
                if style.reset {
                    contexts = FRESH;
                }
            }
            first += passes;
        }
    }

    fn each_stripe(&mut self, mut visit: impl FnMut(Stripe<'_>)) {
        let pitch = self.width + 2;
        for (at, magnitudes) in self.magnitudes.chunks_exact_mut(self.width).enumerate() {
            let (before, rest) = self.flags.split_at_mut((at + 1) * pitch);
            let (current, after) = rest.split_at_mut(pitch);
            let rows = match self.height - 4 * at {
                1 => 0o1,
                2 => 0o11,
                3 => 0o111,
                _ => EACH,
            };
            visit(Stripe {
                above: &mut before[at * pitch..][..pitch],
                current,
                below: &mut after[..pitch],
                magnitudes,
                rows,
            });
        }
    }

    /// Writes all coefficients to `target`, which begins with the first and has `width` of them in a row.
    pub(super) fn write<T: SignedTwice>(&self, target: &mut [T], width: usize, half_step: f32) {
        let pitch = self.width + 2;
        for (y, row) in target.chunks_mut(width).take(self.height).enumerate() {
            let (stripe, at) = (y / 4, y % 4);
            let flags = &self.flags[(stripe + 1) * pitch + 1..][..self.width];
            let magnitudes = &self.magnitudes[stripe * self.width..][..self.width];
            let shift = NEGATIVE + 3 * at as u32;
            for ((to, magnitude), flags) in row.iter_mut().zip(magnitudes).zip(flags) {
                *to = T::from_twice(magnitude[at], flags >> shift & 1 != 0, half_step);
            }
        }
    }
}

/// Coefficients as whole numbers, or in units of a step (E.1).
pub(super) trait SignedTwice {
    /// From twice a magnitude and a sign; `half_step` is half a quantization step.
    fn from_twice(magnitude: u32, negative: bool, half_step: f32) -> Self;
}

impl SignedTwice for i32 {
    #[inline]
    fn from_twice(magnitude: u32, negative: bool, _: f32) -> Self {
        let (value, sign) = ((magnitude >> 1) as i32, -i32::from(negative));
        (value ^ sign) - sign
    }
}

impl SignedTwice for f32 {
    #[inline]
    fn from_twice(magnitude: u32, negative: bool, half_step: f32) -> Self {
        let value = magnitude as i32 as f32 * half_step;
        if negative { -value } else { value }
    }
}

impl Pass<'_> {
    /// Significance propagation (D.3.1): coefficients with a significant neighbour.
    fn propagate<D: Decisions>(&self, stripe: Stripe<'_>, decoder: &mut D, contexts: &mut Contexts) {
        let mut stripe = stripe;
        let mut bits = *decoder;
        for x in 0..stripe.magnitudes.len() {
            let word = stripe.current[x + 1];
            if word & NEIGHBOURS == 0 {
                continue;
            }
            let mut todo = candidates(word) & stripe.rows;
            while todo != 0 {
                let row = todo.trailing_zeros();
                let word = stripe.current[x + 1];
                stripe.current[x + 1] = word | 1 << (VISITED + row);
                todo &= todo - 1;
                let context = self.zero[(word >> row & 0x1FF) as usize];
                if bits.decide(contexts, usize::from(context)) != 0 {
                    self.begin(&mut stripe, x, row, &mut bits, contexts);
                    // It is a neighbour now.
                    todo = candidates(stripe.current[x + 1]) & stripe.rows & (!0o7 << row);
                }
            }
        }
        *decoder = bits;
    }

    /// Magnitude refinement (D.3.3): coefficients that were significant before this bit plane.
    fn refine<D: Decisions>(&self, stripe: Stripe<'_>, decoder: &mut D, contexts: &mut Contexts) {
        let mut bits = *decoder;
        for (flags, magnitudes) in stripe.current[1..].iter_mut().zip(stripe.magnitudes) {
            let word = *flags;
            let mut todo = word >> SELF & !(word >> VISITED) & EACH;
            *flags = word | todo << REFINED;
            while todo != 0 {
                let row = todo.trailing_zeros();
                todo &= todo - 1;
                let lonely = word >> row & (0x1FF & !(1 << SELF)) == 0;
                let context = if word >> (REFINED + row) & 1 != 0 { 16 } else { 15 - usize::from(lonely) };
                let bit = bits.decide(contexts, context);
                let magnitude = &mut magnitudes[row as usize / 3];
                *magnitude = (*magnitude ^ (bit ^ 1) << (self.plane + 1)) | 1 << self.plane;
            }
        }
        *decoder = bits;
    }

    /// Cleanup (D.3.4): all that no other pass of this bit plane has visited, four at once where nothing is
    /// near.
    fn clean_up<D: Decisions>(&self, mut stripe: Stripe<'_>, decoder: &mut D, contexts: &mut Contexts) {
        let mut bits = *decoder;
        for x in 0..stripe.magnitudes.len() {
            let word = stripe.current[x + 1];
            let mut todo = !(word >> SELF | word >> VISITED) & stripe.rows;
            if word & NEIGHBOURS == 0 && stripe.rows == EACH {
                if bits.decide(contexts, RUN) == 0 {
                    continue;
                }
                let row = bits.decide(contexts, UNIFORM) << 1 | bits.decide(contexts, UNIFORM);
                let row = 3 * row;
                self.begin(&mut stripe, x, row, &mut bits, contexts);
                todo &= !0o7 << row;
            }
            while todo != 0 {
                let row = todo.trailing_zeros();
                todo &= todo - 1;
                let context = self.zero[(stripe.current[x + 1] >> row & 0x1FF) as usize];
                if bits.decide(contexts, usize::from(context)) != 0 {
                    self.begin(&mut stripe, x, row, &mut bits, contexts);
                }
            }
            stripe.current[x + 1] &= !(EACH << VISITED);
        }
        *decoder = bits;
    }

    /// A coefficient becomes significant: its sign (D.3.2), and the news for its neighbours. `row` is three
    /// times its row in the stripe.
    #[expect(clippy::inline_always, reason = "the state of the decoder is to stay in registers")]
    #[inline(always)]
    fn begin<D: Decisions>(
        &self,
        stripe: &mut Stripe<'_>,
        x: usize,
        row: u32,
        bits: &mut D,
        contexts: &mut Contexts,
    ) {
        let (left, word, right) = (stripe.current[x], stripe.current[x + 1], stripe.current[x + 2]);
        let above = if row == 0 { word >> NEGATIVE_ABOVE } else { word >> (NEGATIVE + row - 3) } & 1;
        let below = if row == 9 { word >> NEGATIVE_BELOW } else { word >> (NEGATIVE + row + 3) } & 1;
        let beside = (left >> (NEGATIVE + row) & 1) << 2 | (right >> (NEGATIVE + row) & 1) << 4;
        // The four neighbours are the odd bits of those around the coefficient.
        let index = word >> row & 0xAA | above | beside | below << 6;
        let context = SIGNS[index as usize & 0xFF];
        let bit = bits.decide(contexts, usize::from(context & 31));
        let negative = if D::RAW { bit } else { bit ^ u32::from(context >> 7) };

        stripe.current[x] = left | 0o40 << row;
        stripe.current[x + 1] |= 0o20 << row | negative << (NEGATIVE + row);
        stripe.current[x + 2] = right | 0o10 << row;
        if row == 0 && !self.causal {
            stripe.above[x] |= 1 << 17;
            stripe.above[x + 1] |= 1 << 16 | negative << NEGATIVE_BELOW;
            stripe.above[x + 2] |= 1 << 15;
        }
        if row == 9 {
            stripe.below[x] |= 1 << 2;
            stripe.below[x + 1] |= 1 << 1 | negative << NEGATIVE_ABOVE;
            stripe.below[x + 2] |= 1;
        }
        stripe.magnitudes[x][(row / 3) as usize & 3] = 3 << self.plane;
    }
}

/// The insignificant coefficients of a word with a significant neighbour.
#[inline]
fn candidates(word: u32) -> u32 {
    let rows = (word | word >> 1 | word >> 2) & 0o11_1111;
    (rows | rows >> 3 | rows >> 6) & !(word >> SELF) & EACH
}
