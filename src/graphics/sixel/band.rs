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
    /// The registers of every column; only the first [`Self::counts`] are meant.
    columns: Vec<[Part; ROWS]>,
    counts: Vec<u8>,
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
            columns: vec![[Part::default(); ROWS]; width],
            counts: vec![0; width],
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
        let width = self.columns.len();
        let rows = pixels.len() / width;
        // The last band may have fewer; what stands for a row that is missing is not looked at.
        let row = |y: usize| &pixels[if y < rows { y * width } else { 0 }..][..width];
        let lines: [&[u8]; ROWS] = std::array::from_fn(row);
        for (x, (parts, count)) in self.columns.iter_mut().zip(&mut self.counts).enumerate() {
            let mut column = [0; 8];
            for (byte, line) in column.iter_mut().zip(lines) {
                *byte = line[x];
            }
            let column = u64::from_le_bytes(column);
            let (least_before, best_before) = (least, best);
            let mut left = (1_u8 << rows) - 1;
            *count = 0;
            while left != 0 {
                let register = (column >> (8 * left.trailing_zeros())) as u8;
                let bits = equal(column, register) & left;
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
                parts[usize::from(*count)] = Part { register, bits, before, next: u32::MAX };
                *count += 1;
            }
        }
        best.unwrap_or(0)
    }

    /// Follows the coat back from its last register, drops what it has right, and looks ahead for the rest.
    fn take_off_coat(&mut self, last: u8) {
        let first = self.coats.len();
        let mut next = [u32::MAX; 256];
        let mut coat = last;
        for (x, (parts, count)) in self.columns.iter_mut().zip(&mut self.counts).enumerate().rev() {
            let mut register = coat;
            if let Some(right) = parts[..usize::from(*count)].iter().position(|part| part.register == coat) {
                if let Some(before) = parts[right].before.filter(|&before| before != coat) {
                    self.coats.push(Coat { x: x as u32, register: coat });
                    register = before;
                }
                *count -= 1;
                parts[right] = parts[usize::from(*count)];
            }
            for part in &mut parts[..usize::from(*count)] {
                part.next = std::mem::replace(&mut next[usize::from(part.register)], x as u32);
            }
            coat = register;
        }
        self.coats.push(Coat { x: 0, register: coat });
        self.coats[first..].reverse();
        for coat in &self.coats[first..] {
            self.selected[usize::from(coat.register)] += 1;
        }
    }

    /// Shares out what is left over the passes.
    fn share_out(&mut self) {
        let mut used = 0;
        // The pass in which each register was painted last.
        let mut owner = [usize::MAX; 256];
        for (x, (parts, &count)) in self.columns.iter().zip(&self.counts).enumerate() {
            let x = x as u32;
            let mut late: [Part; ROWS] = [Part::default(); ROWS];
            let mut waiting = 0;
            // Strokes that go on keep their pass.
            for part in &parts[..usize::from(count)] {
                let own = self.growing[..used].get_mut(owner[usize::from(part.register)]);
                if let Some(pass) = own.filter(|pass| pass.register == part.register) {
                    pass.push(x, *part);
                } else {
                    late[waiting] = *part;
                    waiting += 1;
                }
            }
            for part in &late[..waiting] {
                // The first of the cheapest, or a new one if that is cheaper.
                let prices = (0..).zip(&self.growing[..used]).map(|(at, pass)| pass.price(x) << 16 | at);
                let cheapest = prices.min().filter(|cheapest| cheapest >> 16 <= 1 + skip(x));
                let pass = cheapest.map_or(used, |cheapest| (cheapest & 0xffff) as usize);
                if pass == used {
                    used += 1;
                    if used > self.growing.len() {
                        self.growing.push(Pass::default());
                    }
                }
                self.growing[pass].push(x, *part);
                owner[usize::from(part.register)] = pass;
                self.selected[usize::from(part.register)] += 1;
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

    fn push(&mut self, x: u32, part: Part) {
        self.sixels.push(Sixel { x, register: part.register, bits: part.bits });
        (self.register, self.end) = (part.register, x + 1);
        self.loss = if part.next == u32::MAX { 0 } else { LOSS.saturating_sub(skip(part.next - self.end)) };
    }
}

/// Bytes of a gap.
fn skip(columns: u32) -> u32 {
    // A comparison is a number; which one it will be cannot be foreseen in noise.
    columns.min(3) + u32::from(columns >= 10) + u32::from(columns >= 100)
}
