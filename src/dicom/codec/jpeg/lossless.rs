//! Lossless scans: differences to a prediction from three neighbours (ITU-T T.81 Annex H).

use super::huffman::{Bits, Broken, Huffman};
use super::marker::{Frame, Scan, Tables};
use super::scan::{End, Plane};
use super::{CODEC, CodecError, damaged, unsupported};

/// Decodes one lossless scan into its planes.
pub(super) fn decode(
    frame: &Frame,
    scan: &Scan,
    tables: &Tables,
    bits: &mut Bits<'_>,
    planes: &mut [Plane],
) -> Result<End, CodecError> {
    let (predictor, low) = (scan.start, scan.low);
    if !(1..=7).contains(&predictor) || u32::from(frame.precision) <= low {
        return Err(damaged(CODEC, "a lossless scan asks for an impossible prediction"));
    }
    if frame.h > 1 || frame.v > 1 {
        return Err(unsupported(CODEC, "subsampled lossless components"));
    }
    if !tables.interval.is_multiple_of(frame.columns) {
        return Err(unsupported(CODEC, "restarts in the middle of a lossless row"));
    }
    let huffman = scan.parts.iter().map(|part| tables.dc[part.dc].as_ref().map(Differences::new));
    let huffman = huffman
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| damaged(CODEC, "a scan needs a table that is not there"))?;

    let rows_between = tables.interval / frame.columns;
    let origin = 1 << (u32::from(frame.precision) - low - 1);
    let columns = frame.columns;
    let mut differences = vec![vec![0u16; columns]; scan.parts.len()];
    let mut end = End::Complete;
    for y in 0..frame.rows {
        let restarted = y == 0 || (rows_between > 0 && y.is_multiple_of(rows_between));
        if restarted && y > 0 && !bits.restart() {
            return Ok(End::Early);
        }
        let row = match (&huffman[..], &mut differences[..]) {
            ([table], [only]) => read_row(table, only, bits),
            _ => read_mixed_row(&huffman, &mut differences, bits),
        };
        if row.is_err() {
            end = if bits.overrun() { End::Early } else { End::Broken };
        } else if bits.overrun() {
            end = End::Early;
        }
        for (part, differences) in scan.parts.iter().zip(&differences) {
            let plane = &mut planes[part.component];
            let (before, rest) = plane.values.split_at_mut(y * plane.stride);
            let row = &mut rest[..columns];
            let above = &before[before.len().saturating_sub(plane.stride)..];
            if restarted {
                predict_first(origin, differences, row);
            } else {
                predict(predictor, differences, above, row);
            }
        }
        if end != End::Complete {
            break;
        }
    }
    if low > 0 {
        for part in &scan.parts {
            for value in &mut planes[part.component].values {
                *value <<= low;
            }
        }
    }
    Ok(end)
}

/// Codes and the bits that follow them, up to this length together, are looked up in one step.
const QUICK: u32 = 12;

/// A Huffman table, with the differences that most codes lead to.
struct Differences<'a> {
    table: &'a Huffman,
    /// For the next twelve bits: the difference from bit 8, and how many bits it takes, or 0.
    quick: Vec<u32>,
}

impl<'a> Differences<'a> {
    fn new(table: &'a Huffman) -> Self {
        let look_up = |next: u32| {
            let mut bits = Bits::of(next << (32 - QUICK));
            let before = bits.left();
            match slow_difference(table, &mut bits) {
                Ok(value) if before - bits.left() <= QUICK => u32::from(value) << 8 | (before - bits.left()),
                _ => 0,
            }
        };
        Self { table, quick: (0..1 << QUICK).map(look_up).collect() }
    }

    /// The next difference.
    #[inline]
    fn next(&self, bits: &mut Bits<'_>) -> Result<u16, Broken> {
        bits.refill();
        let found = self.quick.get(bits.peek(QUICK) as usize).copied().unwrap_or_default();
        if found & 0xFF != 0 {
            bits.skip(found & 0xFF);
            return Ok((found >> 8) as u16);
        }
        slow_difference(self.table, bits)
    }
}

/// One difference, modulo 2^16 (H.1.2.2); needs 32 bits in the cache.
fn slow_difference(table: &Huffman, bits: &mut Bits<'_>) -> Result<u16, Broken> {
    match bits.symbol(table)? {
        16 => Ok(0x8000),
        size @ 0..16 => Ok(bits.signed(u32::from(size)) as u16),
        _ => Err(Broken),
    }
}

/// Reads a row of differences; after an error the rest of the row is zero.
fn read_row(table: &Differences<'_>, row: &mut [u16], reader: &mut Bits<'_>) -> Result<(), Broken> {
    let mut bits = *reader;
    for at in 0..row.len() {
        match table.next(&mut bits) {
            Ok(value) => row[at] = value,
            Err(broken) => {
                row[at..].fill(0);
                *reader = bits;
                return Err(broken);
            }
        }
    }
    *reader = bits;
    Ok(())
}

/// Reads a row of interleaved components.
fn read_mixed_row(
    tables: &[Differences<'_>],
    rows: &mut [Vec<u16>],
    bits: &mut Bits<'_>,
) -> Result<(), Broken> {
    let columns = rows.first().map_or(0, Vec::len);
    for at in 0..columns {
        for (table, row) in tables.iter().zip(rows.iter_mut()) {
            row[at] = table.next(bits)?;
        }
    }
    Ok(())
}

/// The first row, and the first after a restart, is predicted from the left alone (H.1.2.1).
fn predict_first(origin: u16, differences: &[u16], row: &mut [u16]) {
    let mut left = origin;
    for (value, &difference) in row.iter_mut().zip(differences) {
        left = left.wrapping_add(difference);
        *value = left;
    }
}

/// Any other row: its first sample from the one above, the others by the scan's predictor (table H.1).
fn predict(predictor: usize, differences: &[u16], above: &[u16], row: &mut [u16]) {
    match predictor {
        1 => predict_row(differences, above, row, |a, _, _| a),
        2 => predict_row(differences, above, row, |_, b, _| b),
        3 => predict_row(differences, above, row, |_, _, c| c),
        4 => predict_row(differences, above, row, |a, b, c| a + b - c),
        5 => predict_row(differences, above, row, |a, b, c| a + ((b - c) >> 1)),
        6 => predict_row(differences, above, row, |a, b, c| b + ((a - c) >> 1)),
        _ => predict_row(differences, above, row, |a, b, _| (a + b) >> 1),
    }
}

/// `prediction` is given the neighbours to the left, above, and above to the left.
#[inline]
fn predict_row(
    differences: &[u16],
    above: &[u16],
    row: &mut [u16],
    prediction: impl Fn(i32, i32, i32) -> i32,
) {
    let mut corner = above[0];
    let mut left = corner.wrapping_add(differences[0]);
    row[0] = left;
    for ((value, &difference), &top) in row.iter_mut().zip(differences).zip(above).skip(1) {
        let predicted = prediction(i32::from(left), i32::from(top), i32::from(corner));
        left = (predicted as u16).wrapping_add(difference);
        *value = left;
        corner = top;
    }
}
