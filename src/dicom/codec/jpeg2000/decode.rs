//! From packets to samples: code blocks, quantization, wavelets, colour (ISO/IEC 15444-1 Annexes E to G).

use std::ops::Range;

use super::blocks::{Block, SignedTwice};
use super::packets;
use super::quads;
use super::stream::{Coding, Parameters, Unknown};
use super::tile::{CodeBlock, Resolution, SubBand, resolutions};
use super::wavelet::{Grid, Lifting, join};

/// Decodes all tiles and hands out their rows as (row, column, component, values).
pub(super) fn decode(stream: &[u8], mut row: impl FnMut(usize, usize, usize, &[i32])) -> Result<(), Unknown> {
    let (parameters, tiles) = super::stream::read(stream)?;
    let reversible = parameters.components.iter().all(|component| component.reversible);
    if !reversible && parameters.components.iter().any(|component| component.reversible) {
        return Err(Unknown);
    }
    let mut work = Workspace::default();
    for (index, data) in (0..).zip(&tiles) {
        let (x, y) = parameters.area.tile(index);
        let lay_out = |coding: &Coding| resolutions(coding, parameters.precision, x, y);
        let mut components = parameters.components.iter().map(lay_out).collect::<Result<Vec<_>, _>>()?;
        packets::distribute(data, parameters.packets, &parameters.components, &mut components);
        if refined(&parameters.components, &components) {
            return Err(Unknown);
        }
        let place = ((y.0 - parameters.area.y.0) as usize, (x.0 - parameters.area.x.0) as usize);
        let mut row =
            |y: usize, component: usize, values: &[i32]| row(place.0 + y, place.1, component, values);
        if reversible {
            samples::<i32>(&parameters, &components, data, &mut work, &mut row);
        } else {
            samples::<f32>(&parameters, &components, data, &mut work, &mut row);
        }
    }
    Ok(())
}

/// Memory that code blocks use one after the other.
#[derive(Default)]
struct Workspace {
    block: Block,
    quads: quads::Workspace,
    /// The bytes of a block that come from several packets.
    joined: Vec<u8>,
}

/// Whether high-throughput blocks go on after their first pass.
fn refined(codings: &[Coding], components: &[Vec<Resolution>]) -> bool {
    let mut all = codings.iter().zip(components).filter(|(coding, _)| coding.high_throughput);
    all.any(|(_, resolutions)| {
        let mut shares =
            resolutions.iter().flat_map(|resolution| &resolution.precincts).flat_map(|p| &p.shares);
        shares.any(|share| share.blocks.iter().any(|block| block.passes > 1))
    })
}

/// Samples that a colour transform and rounding know.
trait Sample: Lifting + SignedTwice {
    /// Red, green, blue from the three transformed components (G.2, G.3).
    fn mixed(y: Self, b: Self, r: Self) -> [Self; 3];
    fn rounded(self) -> i32;
}

impl Sample for i32 {
    #[inline]
    fn mixed(y: Self, b: Self, r: Self) -> [Self; 3] {
        let green = y.wrapping_sub(b.wrapping_add(r) >> 2);
        [r.wrapping_add(green), green, b.wrapping_add(green)]
    }

    #[inline]
    fn rounded(self) -> i32 {
        self
    }
}

impl Sample for f32 {
    #[inline]
    fn mixed(y: Self, b: Self, r: Self) -> [Self; 3] {
        [y + 1.402 * r, y - 0.344_13 * b - 0.714_14 * r, y + 1.772 * b]
    }

    #[inline]
    fn rounded(self) -> i32 {
        // Adding and subtracting 1.5 * 2^23 leaves the nearest whole number; larger values are damage.
        let value = self.clamp(-4_000_000.0, 4_000_000.0);
        ((value + 12_582_912.0) - 12_582_912.0) as i32
    }
}

/// The samples of one tile, before they are raised to unsigned ones.
fn samples<T: Sample>(
    parameters: &Parameters,
    components: &[Vec<Resolution>],
    data: &[u8],
    work: &mut Workspace,
    row: &mut impl FnMut(usize, usize, &[i32]),
) {
    let mut grids: Vec<Grid<T>> = (parameters.components.iter().zip(components))
        .map(|(coding, resolutions)| component(coding, resolutions, data, work))
        .collect();
    if let ([first, second, third, ..], true) = (&mut grids[..], parameters.packets.mixes) {
        let places = first.values.iter_mut().zip(&mut second.values).zip(&mut third.values);
        for ((y, b), r) in places {
            [*y, *b, *r] = T::mixed(*y, *b, *r);
        }
    }
    let mut line = vec![];
    for (number, grid) in grids.iter().enumerate() {
        for (y, values) in grid.values.chunks_exact(grid.width.max(1)).enumerate() {
            line.clear();
            line.extend(values.iter().map(|value| value.rounded()));
            row(y, number, &line);
        }
    }
}

/// One component of a tile: its bands joined, resolution by resolution.
fn component<T: Sample>(
    coding: &Coding,
    resolutions: &[Resolution],
    data: &[u8],
    work: &mut Workspace,
) -> Grid<T> {
    let mut picture = Grid::new(0, 0);
    for resolution in resolutions {
        let mut bands =
            (0..resolution.bands.len()).map(|band| decode_band(coding, resolution, band, data, work));
        match (bands.next(), bands.next(), bands.next()) {
            (Some(mut right), Some(mut below), Some(mut corner)) => {
                let odd = (resolution.x.0 % 2 == 1, resolution.y.0 % 2 == 1);
                picture = join([&mut picture, &mut right, &mut below, &mut corner], odd);
            }
            (lowest, ..) => picture = lowest.unwrap_or_default(),
        }
    }
    picture
}

/// The coefficients of one band.
fn decode_band<T: Sample>(
    coding: &Coding,
    resolution: &Resolution,
    number: usize,
    data: &[u8],
    work: &mut Workspace,
) -> Grid<T> {
    let band = &resolution.bands[number];
    let mut grid = Grid::new((band.x.1 - band.x.0) as usize, (band.y.1 - band.y.0) as usize);
    for code_block in resolution.precincts.iter().flat_map(|precinct| &precinct.shares[number].blocks) {
        let (x, y) = (code_block.x.0 as usize, code_block.y.0 as usize);
        let start = y * grid.width + x;
        // A damaged block leaves its place empty.
        _ = decode_block(coding, band, code_block, data, (&mut grid.values[start..], grid.width), work);
    }
    grid
}

/// Decodes one code block, if it holds anything, to `target`, whose rows have `pitch` coefficients.
fn decode_block<T: Sample>(
    coding: &Coding,
    band: &SubBand,
    code_block: &CodeBlock,
    data: &[u8],
    (target, pitch): (&mut [T], usize),
    Workspace { block, quads, joined }: &mut Workspace,
) -> Option<()> {
    let planes = band.planes.checked_sub(code_block.zero_planes?).filter(|&planes| planes > 0)?;
    let (x, y) = (code_block.x, code_block.y);
    let (width, height) = ((x.1 - x.0) as usize, (y.1 - y.0) as usize);
    let half_step = 0.5 * band.step;
    if coding.high_throughput {
        let [only] = &code_block.chunks[..] else { return None };
        let data = &data[only.data.clone()];
        return quads::decode(data, planes - 1, (width, height), (target, pitch), half_step, quads);
    }
    block.clear(width, height);
    if let [only] = &code_block.chunks[..] {
        let segments = std::iter::once((only.passes, &data[only.data.clone()]));
        block.decode(band.kind, coding.style, planes, segments);
    } else {
        // Segments may be spread over several packets.
        joined.clear();
        let mut segments: Vec<(u32, Range<usize>)> = vec![];
        for chunk in &code_block.chunks {
            if chunk.starts {
                segments.push((0, joined.len()..joined.len()));
            }
            joined.extend_from_slice(&data[chunk.data.clone()]);
            let (passes, range) = segments.last_mut()?;
            (*passes, range.end) = (*passes + chunk.passes, joined.len());
        }
        let segments = segments.into_iter().map(|(passes, range)| (passes, &joined[range]));
        block.decode(band.kind, coding.style, planes, segments);
    }
    block.write(target, pitch, half_step);
    Some(())
}
