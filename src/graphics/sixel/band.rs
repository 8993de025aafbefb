//! One band of six rows as strokes: which register paints which columns, in which pass over the band.
//!
//! A pixel may be painted more than once; the last one stays. So a first coat covers the band from top to
//! bottom, and what it got wrong is painted over in passes from left to right, as few and as unbroken as
//! they come: changing the register costs three bytes, skipping columns one to four.

use std::ops::Range;

/// Rows of pixels in one band.
pub(super) const ROWS: usize = 6;

/// How many sixels the coat must save in a stretch of columns to change its register there.
///
/// Far more than the change itself costs: a register that the coat takes away here and there is selected
/// for the rest all the same. Measured on CT slices; from 15 to 50 the size changes by half a percent.
const CHANGE: i32 = 24;
/// Bytes of selecting a register, by far the most often one of two digits.
const SELECT: u32 = 3;
/// Bytes lost if a register gives its pass away and is needed again at once; measured as above.
const LOSS: u32 = SELECT + 2;

/// Some of the six pixels of a column, in one colour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sixel {
    pub(super) x: u32,
    pub(super) register: u8,
    /// The first row is the lowest bit.
    pub(super) bits: u8,
}

/// One register, from a column onwards.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coat {
    pub(super) x: u32,
    pub(super) register: u8,
}

/// How a band is painted: ranges of what the planner has drawn up.
#[derive(Debug)]
struct Band {
    coat: Range<usize>,
    passes: Range<usize>,
}

/// How bands are painted, one after the other, and room to think about them.
#[derive(Debug)]
pub(super) struct Planner {
    bands: Vec<Band>,
    /// Of all bands: all six pixels of every column, from left to right.
    coats: Vec<Coat>,
    /// Of all bands: where the sixels of each pass end.
    passes: Vec<usize>,
    /// Of all passes, from left to right in each.
    sixels: Vec<Sixel>,
    /// How often each register is selected.
    selected: [u32; 256],
    /// What every register has in every column, one column after the other.
    parts: Vec<Part>,
    /// Where the parts of each column end.
    ends: Vec<usize>,
    /// What the coat has not got right, from left to right.
    rest: Vec<Rest>,
    /// Passes that grow, or wait to be used again by the next band.
    growing: Vec<Pass>,
}

/// What one register has in a column.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    register: u8,
    bits: u8,
    /// The register the coat had before, if it changes here to this one.
    before: Option<u8>,
}

/// A part that has to be painted over the coat.
#[derive(Clone, Copy, Debug)]
struct Rest {
    sixel: Sixel,
    /// The next column that needs this register.
    next: u32,
}

impl Planner {
    /// For bands of that many columns.
    pub(super) fn new(width: usize) -> Self {
        Self {
            bands: Vec::new(),
            coats: Vec::new(),
            passes: Vec::new(),
            sixels: Vec::new(),
            selected: [0; 256],
            parts: vec![Part::default(); ROWS * width],
            ends: vec![0; width],
            rest: Vec::new(),
            growing: Vec::new(),
        }
    }

    /// How often each register is selected by all that was planned.
    pub(super) fn selected(&self) -> &[u32; 256] {
        &self.selected
    }

    /// Every band: its first coat, and what is painted over it, one pass after another.
    pub(super) fn bands(&self) -> impl Iterator<Item = (&[Coat], impl Iterator<Item = &[Sixel]> + Clone)> {
        self.bands.iter().map(move |band| {
            let starts = |pass: usize| pass.checked_sub(1).map_or(0, |before| self.passes[before]);
            let passes = band.passes.clone().map(move |pass| &self.sixels[starts(pass)..self.passes[pass]]);
            (&self.coats[band.coat.clone()], passes)
        })
    }

    /// Plans one band, given the register of every pixel, row by row.
    pub(super) fn plan(&mut self, pixels: &[u8]) {
        let (coats, passes) = (self.coats.len(), self.passes.len());
        let last = self.gather(pixels);
        self.take_off_coat(last);
        self.share_out();
        self.bands.push(Band { coat: coats..self.coats.len(), passes: passes..self.passes.len() });
    }

    /// Collects what every column needs, and with it the coat that saves most, by dynamic programming over
    /// the columns; returns its last register.
    fn gather(&mut self, pixels: &[u8]) -> u8 {
        // What it costs at best to arrive here with each register; starting is not free either.
        let mut costs = [i32::MAX / 2; 256];
        let (mut least, mut best) = (0, None);
        let width = self.ends.len();
        let rows = pixels.len() / width;
        // The last band may have fewer; what stands for a row that is missing is not looked at.
        let row = |y: usize| &pixels[if y < rows { y * width } else { 0 }..][..width];
        let all = (1_u8 << rows) - 1;
        let parts = self.parts.as_mut_slice();
        let mut count = 0;
        let columns = row(0).iter().zip(row(1)).zip(row(2)).zip(row(3)).zip(row(4)).zip(row(5));
        for ((((((&a, &b), &c), &d), &e), &f), end) in columns.zip(&mut self.ends) {
            let column = u64::from_le_bytes([a, b, c, d, e, f, 0, 0]);
            // One colour from top to bottom, as most columns are, needs no search.
            let plain = u64::from(a) * 0x0101_0101_0101;
            let (least_before, best_before) = (least, best);
            let mut left = all;
            while left != 0 {
                let register = (column >> (8 * left.trailing_zeros())) as u8;
                let bits = if column == plain { left } else { equal(column, register) & left };
                left &= !bits;
                let cost = &mut costs[usize::from(register)];
                let mut before = None;
                if least_before + CHANGE < *cost {
                    *cost = least_before + CHANGE;
                    before = Some(best_before.unwrap_or(register));
                }
                *cost -= 1;
                if *cost < least || best.is_none() {
                    (least, best) = (*cost, Some(register));
                }
                parts[count] = Part { register, bits, before };
                count += 1;
            }
            *end = count;
        }
        best.unwrap_or(0)
    }

    /// Follows the coat back from its last register, drops what it has right, and looks ahead for the rest.
    fn take_off_coat(&mut self, last: u8) {
        let first = self.coats.len();
        let mut next = [u32::MAX; 256];
        let mut coat = last;
        let rest = &mut self.rest;
        rest.clear();
        for x in (0..self.ends.len()).rev() {
            let start = if x == 0 { 0 } else { self.ends[x - 1] };
            let column = &self.parts[start..self.ends[x]];
            let mut register = coat;
            for part in column {
                if part.register == coat {
                    if let Some(before) = part.before.filter(|&before| before != coat) {
                        self.coats.push(Coat { x: x as u32, register: coat });
                        register = before;
                    }
                } else {
                    let next = std::mem::replace(&mut next[usize::from(part.register)], x as u32);
                    let sixel = Sixel { x: x as u32, register: part.register, bits: part.bits };
                    rest.push(Rest { sixel, next });
                }
            }
            coat = register;
        }
        rest.reverse();
        self.coats.push(Coat { x: 0, register: coat });
        self.coats[first..].reverse();
        for coat in &self.coats[first..] {
            self.selected[usize::from(coat.register)] += 1;
        }
    }

    /// Shares out what is left over the passes.
    fn share_out(&mut self) {
        let mut used = 0;
        // The pass that paints with each register. No two paint with the same, so there are at most 256.
        let mut owner: [Option<u8>; 256] = [None; 256];
        for column in self.rest.chunk_by(|left, right| left.sixel.x == right.sixel.x) {
            let mut late = 0_u8;
            // Strokes that go on keep their pass.
            for (nth, rest) in column.iter().enumerate() {
                if let Some(pass) = owner[usize::from(rest.sixel.register)] {
                    self.growing[usize::from(pass)].push(*rest);
                } else {
                    late |= 1 << nth;
                }
            }
            while late != 0 {
                let rest = column[late.trailing_zeros() as usize];
                late &= late - 1;
                let Sixel { x, register, .. } = rest.sixel;
                // The first of the cheapest, or a new one if that is cheaper.
                let prices = (0..).zip(&self.growing[..used]).map(|(at, pass)| pass.price(x) << 16 | at);
                let cheapest = prices.min().filter(|cheapest| cheapest >> 16 <= 1 + skip(x));
                let pass = cheapest.map_or(used, |cheapest| (cheapest & 0xffff) as usize);
                if pass == used {
                    used += 1;
                    if used > self.growing.len() {
                        self.growing.push(Pass::default());
                    }
                } else {
                    owner[usize::from(self.growing[pass].register)] = None;
                }
                self.growing[pass].push(rest);
                owner[usize::from(register)] = Some(pass as u8);
                self.selected[usize::from(register)] += 1;
            }
        }
        for pass in &mut self.growing[..used] {
            self.sixels.append(&mut pass.sixels);
            self.passes.push(self.sixels.len());
            pass.end = 0;
        }
    }
}

/// The bytes of `column` that are `value`, the first by the lowest bit.
fn equal(column: u64, value: u8) -> u8 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let differs = column ^ (u64::from(value) * 0x0101_0101_0101_0101);
    let zero = !(((differs & LOW) + LOW) | differs | LOW);
    ((zero >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// A pass that may still grow.
#[derive(Debug, Default)]
struct Pass {
    sixels: Vec<Sixel>,
    register: u8,
    /// The column after the last one painted.
    end: u32,
    /// Bytes lost if another register takes over, because this one is needed again soon.
    loss: u32,
}

impl Pass {
    /// What it costs to go on with another register at column `x`, in bytes, beside selecting it.
    fn price(&self, x: u32) -> u32 {
        if self.end <= x { skip(x - self.end) + self.loss } else { 0xffff }
    }

    fn push(&mut self, Rest { sixel, next }: Rest) {
        self.sixels.push(sixel);
        (self.register, self.end) = (sixel.register, sixel.x + 1);
        self.loss = if next == u32::MAX { 0 } else { LOSS.saturating_sub(skip(next - self.end)) };
    }
}

/// Bytes of a gap.
fn skip(columns: u32) -> u32 {
    // A comparison is a number; which one it will be cannot be foreseen in noise.
    columns.min(3) + u32::from(columns >= 10) + u32::from(columns >= 100)
}
