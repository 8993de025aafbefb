//! The order of blocks in a scan, and sequential scans (ITU-T T.81 A.2, F.2).

use super::huffman::{Bits, Broken, Huffman};
use super::idct;
use super::marker::{Frame, Scan, Tables};
use super::{CODEC, CodecError, damaged};

/// Natural position of each zigzag index (figure A.6); indices past 63, which damage can ask for, are 63.
pub(super) const ZIGZAG: [u8; 80] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
];

/// How a scan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// All blocks were there.
    Complete,
    /// The data ended first.
    Early,
    /// A code made no sense; the blocks after it are missing.
    Broken,
}

/// The samples of one component, whole blocks and units wide and high.
pub(super) struct Plane {
    pub(super) stride: usize,
    pub(super) values: Vec<u16>,
}

/// What is done with each block of a scan.
pub(super) trait Blocks {
    /// Decodes the block at (`x`, `y`), in blocks, of the scan's `part`.
    fn block(&mut self, part: usize, x: usize, y: usize, bits: &mut Bits<'_>) -> Result<(), Broken>;
    /// Forgets predictions, as a restart marker asks.
    fn restart(&mut self);
}

/// Visits the blocks of a scan in their order, until it or its data ends.
pub(super) fn walk(
    frame: &Frame,
    scan: &Scan,
    interval: usize,
    bits: &mut Bits<'_>,
    blocks: &mut impl Blocks,
) -> End {
    // Part, blocks from unit to unit (across, down), place in the unit (across, down).
    let mut places = Vec::new();
    let (across, down) = if let [only] = scan.parts[..] {
        places.push((0, (1, 1), (0, 0)));
        let (columns, rows) = frame.extent(&frame.components[only.component]);
        (columns.div_ceil(8), rows.div_ceil(8))
    } else {
        for (part, component) in scan.parts.iter().map(|part| &frame.components[part.component]).enumerate() {
            let (h, v) = (component.h, component.v);
            places.extend((0..h * v).map(|at| (part, (h, v), (at % h, at / h))));
        }
        frame.units()
    };
    let mut until_restart = interval;
    for y in 0..down {
        for x in 0..across {
            if interval > 0 {
                if until_restart == 0 {
                    if !bits.restart() {
                        return End::Early;
                    }
                    blocks.restart();
                    until_restart = interval;
                }
                until_restart -= 1;
            }
            for &(part, (h, v), (dx, dy)) in &places {
                if blocks.block(part, x * h + dx, y * v + dy, bits).is_err() {
                    return if bits.overrun() { End::Early } else { End::Broken };
                }
            }
            if bits.overrun() {
                return End::Early;
            }
        }
    }
    End::Complete
}

/// One component of a sequential scan.
struct Part<'a> {
    dc: &'a Huffman,
    ac: &'a Huffman,
    quantization: &'a [u16; 64],
    component: usize,
    previous: i32,
}

/// A sequential scan: every block is complete, so it becomes samples at once.
pub(super) struct Sequential<'a> {
    parts: Vec<Part<'a>>,
    planes: &'a mut [Plane],
    precision: u16,
}

impl<'a> Sequential<'a> {
    pub(super) fn new(
        frame: &Frame,
        scan: &Scan,
        tables: &'a Tables,
        planes: &'a mut [Plane],
    ) -> Result<Self, CodecError> {
        let missing = || damaged(CODEC, "a scan needs a table that is not there");
        let mut parts = Vec::new();
        for part in &scan.parts {
            let quantization = frame.components[part.component].quantization;
            parts.push(Part {
                dc: tables.dc[part.dc].as_ref().ok_or_else(missing)?,
                ac: tables.ac[part.ac].as_ref().ok_or_else(missing)?,
                quantization: tables.quantization[quantization].as_ref().ok_or_else(missing)?,
                component: part.component,
                previous: 0,
            });
        }
        Ok(Self { parts, planes, precision: frame.precision })
    }
}

impl Blocks for Sequential<'_> {
    #[inline]
    fn block(&mut self, part: usize, x: usize, y: usize, bits: &mut Bits<'_>) -> Result<(), Broken> {
        let part = &mut self.parts[part];
        bits.refill();
        let size = u32::from(bits.symbol(part.dc)?);
        if size > 15 {
            return Err(Broken);
        }
        part.previous = part.previous.wrapping_add(bits.signed(size));

        let mut block = [0; 64];
        block[0] = part.previous.wrapping_mul(i32::from(part.quantization[0]));
        let mut index = 1;
        let mut flat = true;
        while index < 64 {
            bits.refill();
            let symbol = bits.symbol(part.ac)?;
            let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 {
                if run != 15 {
                    break;
                }
                index += 16;
                continue;
            }
            index += run;
            let step = *part.quantization.get(index).ok_or(Broken)?;
            block[usize::from(ZIGZAG[index] & 63)] = bits.signed(size) * i32::from(step);
            flat = false;
            index += 1;
        }

        let plane = &mut self.planes[part.component];
        let out = &mut plane.values[y * 8 * plane.stride + x * 8..];
        if flat {
            idct::flat(block[0], self.precision, out, plane.stride);
        } else {
            idct::inverse(&block, self.precision, out, plane.stride);
        }
        Ok(())
    }

    fn restart(&mut self) {
        for part in &mut self.parts {
            part.previous = 0;
        }
    }
}
