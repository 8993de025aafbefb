//! One band of six rows as strokes: which register paints which columns, in which pass over the band.
//!
//! A pixel may be painted more than once; the last one stays. So a first coat covers the band from top to
//! bottom, and what it got wrong is painted over in passes from left to right, as few and as unbroken as
//! they come: changing the register costs three bytes, skipping columns one to four.

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

/// How a band is painted.
#[derive(Debug, Default)]
pub(super) struct Band {
    /// All six pixels of every column, from left to right.
    pub(super) coat: Vec<Coat>,
    /// What is painted over it, one pass after another; each goes from left to right.
    pub(super) passes: Vec<Vec<Sixel>>,
}

/// The pixels of a band by column and register, and room to think about them.
#[derive(Debug)]
pub(super) struct Planner {
    /// The registers of every column; only the first [`Self::counts`] are meant.
    columns: Vec<[Part; ROWS]>,
    counts: Vec<u8>,
    /// The register of the coat in every column.
    coat: Vec<u8>,
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
        Self { columns: vec![[Part::default(); ROWS]; width], counts: vec![0; width], coat: vec![0; width] }
    }

    /// Plans one band, given the register of every pixel, row by row.
    pub(super) fn plan(&mut self, pixels: &[u8]) -> Band {
        self.gather(pixels);
        let coat = self.choose_coat();
        self.take_off_coat();
        Band { coat, passes: self.share_out() }
    }

    fn gather(&mut self, pixels: &[u8]) {
        self.counts.fill(0);
        for (y, row) in pixels.chunks(self.columns.len()).enumerate() {
            for ((parts, count), &register) in self.columns.iter_mut().zip(&mut self.counts).zip(row) {
                let known = parts[..usize::from(*count)].iter_mut().find(|part| part.register == register);
                if let Some(part) = known {
                    part.bits |= 1 << y;
                } else {
                    parts[usize::from(*count)] =
                        Part { register, bits: 1 << y, before: None, next: u32::MAX };
                    *count += 1;
                }
            }
        }
    }

    /// The coat that saves most, by dynamic programming over the columns.
    fn choose_coat(&mut self) -> Vec<Coat> {
        // What it costs at best to arrive here with each register; starting is not free either.
        let mut costs = [i32::MAX / 2; 256];
        let (mut least, mut best) = (0, None);
        for (parts, &count) in self.columns.iter_mut().zip(&self.counts) {
            let (least_before, best_before) = (least, best);
            for part in &mut parts[..usize::from(count)] {
                let cost = &mut costs[usize::from(part.register)];
                if least_before + CHANGE < *cost {
                    *cost = least_before + CHANGE;
                    part.before = Some(best_before.unwrap_or(part.register));
                }
                *cost -= 1;
                if *cost < least || best.is_none() {
                    (least, best) = (*cost, Some(part.register));
                }
            }
        }
        let mut register = best.unwrap_or(0);
        let mut coat = Vec::new();
        for (x, parts) in self.columns.iter().enumerate().rev() {
            self.coat[x] = register;
            let parts = &parts[..usize::from(self.counts[x])];
            let before = parts.iter().find(|part| part.register == register).and_then(|part| part.before);
            if let Some(before) = before.filter(|&before| before != register) {
                coat.push(Coat { x: x as u32, register });
                register = before;
            }
        }
        coat.push(Coat { x: 0, register });
        coat.reverse();
        coat
    }

    /// Drops what the coat has right, and looks ahead for the rest.
    fn take_off_coat(&mut self) {
        let mut next = [u32::MAX; 256];
        for (x, parts) in self.columns.iter_mut().enumerate().rev() {
            let count = &mut self.counts[x];
            let right = parts[..usize::from(*count)].iter().position(|part| part.register == self.coat[x]);
            if let Some(right) = right {
                *count -= 1;
                parts.swap(right, usize::from(*count));
            }
            for part in &mut parts[..usize::from(*count)] {
                part.next = std::mem::replace(&mut next[usize::from(part.register)], x as u32);
            }
        }
    }

    /// Shares out what is left over the passes.
    fn share_out(&self) -> Vec<Vec<Sixel>> {
        let mut passes: Vec<Pass> = Vec::new();
        for (x, parts) in self.columns.iter().enumerate() {
            let x = x as u32;
            let mut late: [Part; ROWS] = [Part::default(); ROWS];
            let mut waiting = 0;
            // Strokes that go on keep their pass.
            for part in &parts[..usize::from(self.counts[x as usize])] {
                let own = passes
                    .iter_mut()
                    .filter(|pass| pass.register == part.register && pass.end <= x)
                    .max_by_key(|pass| pass.end);
                if let Some(pass) = own {
                    pass.push(x, *part);
                } else {
                    late[waiting] = *part;
                    waiting += 1;
                }
            }
            for part in &late[..waiting] {
                let cheapest = passes
                    .iter_mut()
                    .filter(|pass| pass.end <= x)
                    .map(|pass| (pass.price(x), pass))
                    .min_by_key(|(price, _)| *price);
                match cheapest {
                    Some((price, pass)) if price <= 1 + skip(x) + SELECT => pass.push(x, *part),
                    _ => {
                        let mut pass = Pass::default();
                        pass.push(x, *part);
                        passes.push(pass);
                    }
                }
            }
        }
        passes.into_iter().map(|pass| pass.sixels).collect()
    }
}

/// A pass that may still grow.
#[derive(Debug, Default)]
struct Pass {
    sixels: Vec<Sixel>,
    register: u8,
    /// The column after the last one painted.
    end: u32,
    /// Where its register is needed next.
    next: u32,
}

impl Pass {
    fn push(&mut self, x: u32, part: Part) {
        self.sixels.push(Sixel { x, register: part.register, bits: part.bits });
        (self.register, self.end, self.next) = (part.register, x + 1, part.next);
    }

    /// What it costs to change to another register at column `x`, in bytes.
    fn price(&self, x: u32) -> u32 {
        // A register that is needed again soon must be selected again then.
        let loss = if self.next == u32::MAX { 0 } else { LOSS.saturating_sub(skip(self.next - self.end)) };
        SELECT + skip(x - self.end) + loss
    }
}

/// Bytes of a gap.
fn skip(columns: u32) -> u32 {
    match columns {
        0..3 => columns,
        3..10 => 3,
        10..100 => 4,
        _ => 5,
    }
}
