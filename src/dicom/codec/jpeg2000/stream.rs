//! Coding parameters and tile parts of a code stream (ISO/IEC 15444-1 Annex A).
//!
//! What few writers use is not here: parameters that change from tile to tile or along the way (POC), packed
//! packet headers, regions of interest.

use std::borrow::Cow;

use super::blocks;

/// The packets of a tile.
pub(super) type Tile<'a> = Cow<'a, [u8]>;

/// Something that this decoder does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unknown;

/// The image and its tiles on the reference grid (A.5.1); components are not subsampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: (u32, u32),
    pub(super) y: (u32, u32),
    tile: (u32, u32),
    origin: (u32, u32),
}

/// Order of the packets (table A.16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Layers,
    Resolutions,
    ResolutionsByPlace,
    Places,
    Components,
}

/// What holds for the whole image (COD).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packets {
    pub(super) order: Order,
    pub(super) layers: u32,
    /// Components 0 to 2 are a colour transform's.
    pub(super) mixes: bool,
    /// Markers before and after packet headers may be there.
    pub(super) start_markers: bool,
    pub(super) end_markers: bool,
}

/// How one component is coded (COD, COC, QCD, QCC).
#[derive(Debug, Clone)]
pub(super) struct Coding {
    /// Decomposition levels.
    pub(super) levels: u32,
    /// Code blocks: exponents of width and height.
    pub(super) block: (u32, u32),
    pub(super) style: blocks::Style,
    /// Code blocks are those of part 15.
    pub(super) high_throughput: bool,
    pub(super) reversible: bool,
    /// Exponents of precinct width and height, by resolution.
    precincts: Vec<u8>,
    quantization: Quantization,
}

#[derive(Debug, Clone, Default)]
struct Quantization {
    /// Only the lowest band has a step of its own.
    derived: bool,
    guard_bits: u32,
    /// Exponent and mantissa by band.
    steps: Vec<(u32, u32)>,
}

impl Coding {
    /// Exponents of precinct width and height.
    pub(super) fn precinct(&self, resolution: u32) -> (u32, u32) {
        let size = self.precincts.get(resolution as usize).copied().unwrap_or(0xFF);
        (u32::from(size & 15), u32::from(size >> 4))
    }

    /// Bit planes (E-2), and exponent and mantissa of the step (E-3, E-5), of a band: `place` is 1 to 3 for
    /// HL, LH, HH of a resolution, 0 for LL.
    pub(super) fn step(&self, resolution: u32, place: u32) -> Option<(u32, u32, u32)> {
        let Quantization { derived, guard_bits, steps } = &self.quantization;
        let above = resolution.saturating_sub(1);
        let (exponent, mantissa) = if *derived {
            let &(exponent, mantissa) = steps.first()?;
            (exponent.checked_sub(above)?, mantissa)
        } else {
            *steps.get((3 * above + place) as usize)?
        };
        Some(((guard_bits + exponent).checked_sub(1)?, exponent, mantissa))
    }
}

/// All parameters of an image.
#[derive(Debug, Clone)]
pub(super) struct Parameters {
    pub(super) area: Area,
    pub(super) precision: u32,
    pub(super) packets: Packets,
    pub(super) components: Vec<Coding>,
}

impl Area {
    /// Tiles across and down.
    pub(super) fn tiles(&self) -> (u32, u32) {
        let count = |(_, end): (u32, u32), tile: u32, origin: u32| (end - origin).div_ceil(tile);
        (count(self.x, self.tile.0, self.origin.0), count(self.y, self.tile.1, self.origin.1))
    }

    /// Columns and rows of one tile (B.3).
    pub(super) fn tile(&self, index: u32) -> ((u32, u32), (u32, u32)) {
        let (across, _) = self.tiles();
        let part = |(start, end): (u32, u32), size: u32, origin: u32, at: u32| {
            let first = u64::from(origin) + u64::from(at) * u64::from(size);
            let last = first + u64::from(size);
            (first.clamp(start.into(), end.into()) as u32, last.clamp(start.into(), end.into()) as u32)
        };
        (
            part(self.x, self.tile.0, self.origin.0, index % across),
            part(self.y, self.tile.1, self.origin.1, index / across),
        )
    }
}

/// Reads the main header, which has been checked before, and gathers the packets of every tile.
pub(super) fn read(stream: &[u8]) -> Result<(Parameters, Vec<Tile<'_>>), Unknown> {
    let mut rest = stream.strip_prefix(&[0xFF, 0x4F]).ok_or(Unknown)?;
    let (mut size, mut cod, mut qcd) = (None, None, None);
    let (mut coc, mut qcc) = (vec![], vec![]);
    while let [0xFF, marker, high, low, after @ ..] = rest {
        if *marker == 0x90 {
            break;
        }
        let length = usize::from(u16::from_be_bytes([*high, *low])).checked_sub(2).ok_or(Unknown)?;
        let (body, after) = after.split_at_checked(length).ok_or(Unknown)?;
        match (marker, body) {
            // The first one, which has been checked.
            (0x51, _) => size = size.or(Some(body)),
            (0x52, _) => cod = Some(body),
            (0x53, [component, body @ ..]) => coc.push((*component, body)),
            (0x5C, _) => qcd = Some(body),
            (0x5D, [component, body @ ..]) => qcc.push((*component, body)),
            // RGN, POC, PPM.
            (0x5E..=0x60, _) => return Err(Unknown),
            _ => {}
        }
        rest = after;
    }
    let (area, precision, count) = read_size(size.ok_or(Unknown)?)?;
    let [flags, order, l1, l0, mixes, style @ ..] = cod.ok_or(Unknown)? else { return Err(Unknown) };
    let own = |list: &[(u8, &'_ [u8])], component: u8| {
        list.iter().rev().find(|(name, _)| *name == component).map(|(_, body)| body.to_vec())
    };
    let mut components = vec![];
    for component in 0..count {
        let quantization = match own(&qcc, component) {
            Some(body) => read_quantization(&body)?,
            None => read_quantization(qcd.ok_or(Unknown)?)?,
        };
        components.push(match own(&coc, component) {
            Some(body) => {
                let (flags, style) = body.split_first().ok_or(Unknown)?;
                read_coding(*flags, style, quantization)?
            }
            None => read_coding(*flags, style, quantization)?,
        });
    }
    let packets = Packets {
        order: match order {
            0 => Order::Layers,
            1 => Order::Resolutions,
            2 => Order::ResolutionsByPlace,
            3 => Order::Places,
            4 => Order::Components,
            _ => return Err(Unknown),
        },
        layers: u16::from_be_bytes([*l1, *l0]).into(),
        mixes: *mixes == 1,
        start_markers: flags & 2 != 0,
        end_markers: flags & 4 != 0,
    };
    let parameters = Parameters { area, precision, packets, components };
    let tiles = read_tiles(rest, parameters.area.tiles())?;
    Ok((parameters, tiles))
}

/// SIZ: the areas, the precision of all components and their number.
fn read_size(body: &[u8]) -> Result<(Area, u32, u8), Unknown> {
    let (fixed, components) = body.split_first_chunk::<36>().ok_or(Unknown)?;
    let mut words = fixed[2..34].as_chunks::<4>().0.iter().map(|&word| u32::from_be_bytes(word));
    let mut pair = || (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (end, start, tile, origin) = (pair(), pair(), pair(), pair());
    let [first, ..] = components.as_chunks::<3>().0 else { return Err(Unknown) };
    if components.as_chunks::<3>().0.iter().any(|component| component != first) || first[1..] != [1, 1] {
        return Err(Unknown);
    }
    let area = Area { x: (start.0, end.0), y: (start.1, end.1), tile, origin };
    Ok((area, u32::from(first[0] & 0x7F) + 1, fixed[35]))
}

/// The part that COD and COC share (table A.20).
fn read_coding(flags: u8, body: &[u8], quantization: Quantization) -> Result<Coding, Unknown> {
    let &[levels, width, height, style, transform, ref precincts @ ..] = body else { return Err(Unknown) };
    let block = (u32::from(width & 15) + 2, u32::from(height & 15) + 2);
    // Predictable termination (bit 4) tells nothing that a decoder needs. Bit 6 is part 15's; mixed with blocks
    // of part 1, bit 7, it is rare.
    if levels > 32 || transform > 1 || block.0 + block.1 > 12 || style & 0x80 != 0 {
        return Err(Unknown);
    }
    let bit = |shift: u8| style >> shift & 1 == 1;
    Ok(Coding {
        levels: levels.into(),
        block,
        style: blocks::Style {
            bypass: bit(0),
            reset: bit(1),
            terminate: bit(2),
            causal: bit(3),
            symbols: bit(5),
        },
        high_throughput: bit(6),
        reversible: transform == 1,
        precincts: if flags & 1 == 1 { precincts.to_vec() } else { vec![] },
        quantization,
    })
}

/// QCD and QCC (A.6.4).
fn read_quantization(body: &[u8]) -> Result<Quantization, Unknown> {
    let (&style, steps) = body.split_first().ok_or(Unknown)?;
    let pairs = || steps.as_chunks::<2>().0.iter().map(|&pair| u32::from(u16::from_be_bytes(pair)));
    let steps = match style & 31 {
        0 => steps.iter().map(|&step| (u32::from(step >> 3), 0)).collect(),
        1 | 2 => pairs().map(|step| (step >> 11, step & 0x7FF)).collect(),
        _ => return Err(Unknown),
    };
    Ok(Quantization { derived: style & 31 == 1, guard_bits: u32::from(style >> 5), steps })
}

/// Tile parts (A.4.2), as far as there are any; those of a tile are joined.
fn read_tiles(mut rest: &[u8], (across, down): (u32, u32)) -> Result<Vec<Tile<'_>>, Unknown> {
    let mut tiles = vec![Cow::Borrowed(&[][..]); across as usize * down as usize];
    while let [0xFF, 0x90, 0, 10, t1, t0, a, b, c, d, _, _, header @ ..] = rest {
        let tile = usize::from(u16::from_be_bytes([*t1, *t0]));
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        // Zero: all that is left, which may have an end marker.
        let length = if length == 0 { rest.len() } else { length };
        let end = length.checked_sub(12).ok_or(Unknown)?.min(header.len());
        let (mut part, after) = header.split_at(end);
        while let [0xFF, marker, high, low, body @ ..] = part {
            match marker {
                0x93 => break,
                // PLT, COM.
                0x58 | 0x64 => {
                    let length = usize::from(u16::from_be_bytes([*high, *low])).saturating_sub(2);
                    part = body.get(length..).unwrap_or_default();
                }
                _ => return Err(Unknown),
            }
        }
        let packets = part.strip_prefix(&[0xFF, 0x93]).unwrap_or_default();
        let all = tiles.get_mut(tile).ok_or(Unknown)?;
        if all.is_empty() {
            *all = Cow::Borrowed(packets);
        } else {
            all.to_mut().extend_from_slice(packets);
        }
        rest = after;
    }
    Ok(tiles)
}
