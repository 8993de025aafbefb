//! A tile of one component: resolutions, bands, precincts and code blocks (ISO/IEC 15444-1 B.5 to B.7).

use super::bits::TagTree;
use super::blocks::Band;
use super::stream::{Coding, Unknown};

/// From and to, the latter not included.
type Range = (u32, u32);

/// One resolution of a component.
pub(super) struct Resolution {
    pub(super) x: Range,
    pub(super) y: Range,
    /// LL of the lowest resolution; HL, LH and HH of the others.
    pub(super) bands: Vec<SubBand>,
    /// Row by row.
    pub(super) precincts: Vec<Precinct>,
}

pub(super) struct SubBand {
    pub(super) kind: Band,
    pub(super) x: Range,
    pub(super) y: Range,
    /// Bit planes of the band, most of them perhaps empty.
    pub(super) planes: u32,
    /// Size of a quantization step, in the unit of the samples.
    pub(super) step: f32,
}

pub(super) struct Precinct {
    /// Where the progression comes past it, on the reference grid: (y, x).
    pub(super) place: (u32, u32),
    /// One share of each band of the resolution.
    pub(super) shares: Vec<Share>,
}

/// The code blocks of a band in a precinct, row by row.
pub(super) struct Share {
    pub(super) columns: usize,
    pub(super) blocks: Vec<CodeBlock>,
    pub(super) inclusion: TagTree,
    pub(super) zero_planes: TagTree,
}

pub(super) struct CodeBlock {
    /// Place in the band, from its first column and row.
    pub(super) x: Range,
    pub(super) y: Range,
    /// Empty bit planes above the first one, once the block is included.
    pub(super) zero_planes: Option<u32>,
    /// Bits of a length, `Lblock`.
    pub(super) length_bits: u32,
    pub(super) passes: u32,
    pub(super) chunks: Vec<Chunk>,
}

/// Bytes that one packet brings.
pub(super) struct Chunk {
    /// Where in the packets of the tile.
    pub(super) data: std::ops::Range<usize>,
    pub(super) passes: u32,
    /// They do not continue the chunk before.
    pub(super) starts: bool,
}

/// The most bit planes that fit the words of a block, with a half step below.
const MOST_PLANES: u32 = 30;

/// Ceiling of `value / 2^shift`, for a shift that may be longer than the value.
fn ceil_shift(value: u64, shift: u32) -> u32 {
    value.div_ceil(1 << shift) as u32
}

/// Lays out the resolutions of a component in the tile `x` × `y`.
pub(super) fn resolutions(
    coding: &Coding,
    precision: u32,
    x: Range,
    y: Range,
) -> Result<Vec<Resolution>, Unknown> {
    (0..=coding.levels).map(|resolution| lay_out(coding, precision, x, y, resolution)).collect()
}

fn lay_out(coding: &Coding, precision: u32, x: Range, y: Range, number: u32) -> Result<Resolution, Unknown> {
    let down = coding.levels - number;
    let reduced = |(from, to): Range| (ceil_shift(from.into(), down), ceil_shift(to.into(), down));
    let (width, height) = coding.precinct(number);
    // Bands of all but the lowest resolution have half its size, and so do their precincts.
    let half = u32::from(number > 0);
    if width < half || height < half {
        return Err(Unknown);
    }
    let kinds = [(Band::LowLow, 0, 0), (Band::HighLow, 1, 0), (Band::LowHigh, 0, 1), (Band::HighHigh, 1, 1)];
    let kinds = if number == 0 { &kinds[..1] } else { &kinds[1..] };
    let mut bands = vec![];
    for (place, &(kind, right, below)) in (half..).zip(kinds) {
        // B-15; the offset is half a period of the band.
        let level = down + half;
        let part = |(from, to): Range, offset: u64| {
            let offset = offset << level >> 1;
            let scaled = |value: u32| ceil_shift(u64::from(value).saturating_sub(offset), level);
            (scaled(from), scaled(to))
        };
        let (planes, exponent, mantissa) = coding.step(number, place).ok_or(Unknown)?;
        if planes > MOST_PLANES {
            return Err(Unknown);
        }
        // E-3, with the gain of the band (table E.1).
        let range = (precision + right + below) as i32;
        let step = (1.0 + mantissa as f32 / 2048.0) * 2f32.powi(range - exponent as i32);
        bands.push(SubBand { kind, x: part(x, right.into()), y: part(y, below.into()), planes, step });
    }
    let (x0, y0) = (reduced(x), reduced(y));
    let across = spans(x0, width);
    let mut precincts = vec![];
    for row in spans(y0, height) {
        for column in across.clone() {
            let place = |at: u32, size: u32, from: u32| ((u64::from(at) << (size + down)) as u32).max(from);
            let block = (coding.block.0.min(width - half), coding.block.1.min(height - half));
            let inside = |band: &SubBand| {
                let columns = clip(column, width - half, band.x);
                let rows = clip(row, height - half, band.y);
                share(band, columns, rows, block)
            };
            precincts.push(Precinct {
                place: (place(row, height, y.0), place(column, width, x.0)),
                shares: bands.iter().map(inside).collect(),
            });
        }
    }
    Ok(Resolution { x: x0, y: y0, bands, precincts })
}

/// Numbers of the cells of 2^`size` that a range touches.
fn spans((from, to): Range, size: u32) -> std::ops::Range<u32> {
    if to > from { from >> size..ceil_shift(to.into(), size) } else { 0..0 }
}

/// The part of a range in cell `at` of 2^`size`.
fn clip(at: u32, size: u32, (from, to): Range) -> Range {
    let start = u64::from(at) << size;
    let end = start + (1 << size);
    let (from, to) = (u64::from(from), u64::from(to));
    (start.clamp(from, to) as u32, end.clamp(from, to) as u32)
}

fn share(band: &SubBand, columns: Range, rows: Range, block: (u32, u32)) -> Share {
    let empty = columns.0 >= columns.1 || rows.0 >= rows.1;
    let (across, down) = if empty { (0..0, 0..0) } else { (spans(columns, block.0), spans(rows, block.1)) };
    let mut blocks = Vec::with_capacity(across.len() * down.len());
    for row in down.clone() {
        for column in across.clone() {
            let relative = |(from, to): Range, start: u32| (from - start, to - start);
            blocks.push(CodeBlock {
                x: relative(clip(column, block.0, columns), band.x.0),
                y: relative(clip(row, block.1, rows), band.y.0),
                zero_planes: None,
                length_bits: 3,
                passes: 0,
                chunks: vec![],
            });
        }
    }
    let tree = TagTree::new(across.len(), down.len());
    Share { columns: across.len(), blocks, inclusion: tree.clone(), zero_planes: tree }
}
