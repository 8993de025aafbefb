//! Progressive scans: spectral selection and successive approximation (ITU-T T.81 Annex G).

use super::huffman::{Bits, Broken, Huffman};
use super::idct;
use super::marker::{Scan, Tables};
use super::scan::{Blocks, Plane, ZIGZAG};
use super::{CODEC, CodecError, damaged};

/// The coefficients of one component, gathered scan by scan; each block in natural order.
pub(super) struct Coefficients {
    /// Blocks in a row.
    pub(super) across: usize,
    pub(super) values: Vec<[i16; 64]>,
}

impl Coefficients {
    /// Turns the gathered coefficients into samples.
    pub(super) fn render(&self, quantization: &[u16; 64], precision: u16, plane: &mut Plane) {
        for (at, coefficients) in self.values.iter().enumerate() {
            let mut block = [0; 64];
            for (&natural, &step) in ZIGZAG.iter().zip(quantization) {
                let natural = usize::from(natural & 63);
                block[natural] = i32::from(coefficients[natural]) * i32::from(step);
            }
            let out = &mut plane.values[at / self.across * 8 * plane.stride + at % self.across * 8..];
            idct::inverse(&block, precision, out, plane.stride);
        }
    }
}

/// One component of a progressive scan.
struct Part<'a> {
    table: Option<&'a Huffman>,
    component: usize,
    previous: i32,
}

/// One progressive scan over the coefficients so far.
pub(super) struct Progressive<'a> {
    parts: Vec<Part<'a>>,
    coefficients: &'a mut [Coefficients],
    start: usize,
    end: usize,
    low: u32,
    refines: bool,
    /// Blocks that have no more coefficients in this band (EOBRUN, G.1.2.2).
    ended: u32,
}

impl<'a> Progressive<'a> {
    pub(super) fn new(
        scan: &Scan,
        tables: &'a Tables,
        coefficients: &'a mut [Coefficients],
    ) -> Result<Self, CodecError> {
        let dc = scan.start == 0;
        if (dc && scan.end != 0) || (!dc && scan.parts.len() != 1) || scan.low > 13 {
            return Err(damaged(CODEC, "a progressive scan selects impossible coefficients"));
        }
        let mut parts = Vec::new();
        for part in &scan.parts {
            let table = if dc { tables.dc[part.dc].as_ref() } else { tables.ac[part.ac].as_ref() };
            // Only the refinement of DC coefficients has no codes.
            if table.is_none() && !(dc && scan.high > 0) {
                return Err(damaged(CODEC, "a scan needs a table that is not there"));
            }
            parts.push(Part { table, component: part.component, previous: 0 });
        }
        let (start, end, low, refines) = (scan.start, scan.end, scan.low, scan.high > 0);
        Ok(Self { parts, coefficients, start, end, low, refines, ended: 0 })
    }
}

impl Blocks for Progressive<'_> {
    fn block(&mut self, part: usize, x: usize, y: usize, bits: &mut Bits<'_>) -> Result<(), Broken> {
        let part = &mut self.parts[part];
        let coefficients = &mut self.coefficients[part.component];
        let block = &mut coefficients.values[y * coefficients.across + x];
        let band = self.start..=self.end;
        match (self.start, self.refines, part.table) {
            (0, true, _) => {
                if bits.bit() {
                    block[0] |= 1 << self.low;
                }
                Ok(())
            }
            (0, false, Some(table)) => {
                bits.refill();
                let size = u32::from(bits.symbol(table)?);
                if size > 15 {
                    return Err(Broken);
                }
                part.previous = part.previous.wrapping_add(bits.signed(size));
                block[0] = (part.previous << self.low) as i16;
                Ok(())
            }
            (_, false, Some(table)) => first(block, table, band, self.low, &mut self.ended, bits),
            (_, true, Some(table)) => refine(block, table, band, 1 << self.low, &mut self.ended, bits),
            (_, _, None) => Err(Broken),
        }
    }

    fn restart(&mut self) {
        self.ended = 0;
        for part in &mut self.parts {
            part.previous = 0;
        }
    }
}

/// A band, as zigzag indices.
type Band = std::ops::RangeInclusive<usize>;

/// The first scan of a band (G.1.2.2).
fn first(
    block: &mut [i16; 64],
    table: &Huffman,
    band: Band,
    low: u32,
    ended: &mut u32,
    bits: &mut Bits<'_>,
) -> Result<(), Broken> {
    if *ended > 0 {
        *ended -= 1;
        return Ok(());
    }
    let mut index = *band.start();
    while index <= *band.end() {
        bits.refill();
        let symbol = bits.symbol(table)?;
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 && run < 15 {
            *ended = (1 << run) - 1 + bits.take(run);
            return Ok(());
        }
        index += run as usize;
        if size > 0 {
            if index > *band.end() {
                return Err(Broken);
            }
            block[usize::from(ZIGZAG[index] & 63)] = (bits.signed(size) << low) as i16;
        }
        index += 1;
    }
    Ok(())
}

/// A later scan of a band, one more bit of each coefficient (G.1.2.3).
fn refine(
    block: &mut [i16; 64],
    table: &Huffman,
    band: Band,
    bit: i16,
    ended: &mut u32,
    bits: &mut Bits<'_>,
) -> Result<(), Broken> {
    // Known coefficients get one correction bit each, whatever the run is about.
    let correct = |value: &mut i16, bits: &mut Bits<'_>| {
        if bits.bit() && *value & bit == 0 {
            *value = if *value > 0 { value.wrapping_add(bit) } else { value.wrapping_sub(bit) };
        }
    };
    let mut index = *band.start();
    if *ended == 0 {
        while index <= *band.end() {
            bits.refill();
            let symbol = bits.symbol(table)?;
            let (mut run, size) = (u32::from(symbol >> 4), symbol & 15);
            let mut fresh = 0;
            match size {
                0 if run < 15 => {
                    *ended = (1 << run) + bits.take(run);
                    break;
                }
                0 => {}
                1 => fresh = if bits.take(1) != 0 { bit } else { -bit },
                _ => return Err(Broken),
            }
            while index <= *band.end() {
                let value = &mut block[usize::from(ZIGZAG[index] & 63)];
                index += 1;
                if *value != 0 {
                    correct(value, bits);
                } else if run == 0 {
                    *value = fresh;
                    break;
                } else {
                    run -= 1;
                }
            }
        }
    }
    if *ended > 0 {
        for &natural in ZIGZAG.get(index..=*band.end()).unwrap_or_default() {
            let value = &mut block[usize::from(natural & 63)];
            if *value != 0 {
                correct(value, bits);
            }
        }
        *ended -= 1;
    }
    Ok(())
}
