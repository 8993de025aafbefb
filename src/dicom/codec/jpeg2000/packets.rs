//! Packets: which code blocks get which bytes (ISO/IEC 15444-1 B.9, B.10, B.12).

use super::bits::{Bits, Ended};
use super::blocks::Style;
use super::stream::{Coding, Order, Packets};
use super::tile::{Chunk, CodeBlock, Precinct, Resolution};

/// Gives the bytes of a tile to its code blocks, packet by packet, until they end.
pub(super) fn distribute(
    data: &[u8],
    packets: Packets,
    codings: &[Coding],
    components: &mut [Vec<Resolution>],
) {
    let mut at = 0;
    for (layer, component, resolution, precinct) in order(packets, components) {
        let style = codings[component].style;
        let precinct = &mut components[component][resolution].precincts[precinct];
        match read(data, at, layer, packets, style, precinct) {
            Ok(next) if next < data.len() => at = next,
            _ => return,
        }
    }
}

/// Layer, component, resolution, precinct.
type Turn = (u32, usize, usize, usize);

/// All packets of a tile in their order (B.12).
fn order(packets: Packets, components: &[Vec<Resolution>]) -> impl Iterator<Item = Turn> + use<> {
    let mut precincts = vec![];
    for (component, resolutions) in components.iter().enumerate() {
        for (number, resolution) in resolutions.iter().enumerate() {
            for (at, precinct) in resolution.precincts.iter().enumerate() {
                precincts.push((component, number, at, precinct.place));
            }
        }
    }
    // Without subsampling, loops over places come past all precincts in this order.
    let nowhere = (0, 0);
    match packets.order {
        Order::Layers | Order::Resolutions => precincts.sort_by_key(|&(c, r, p, _)| (r, nowhere, c, r, p)),
        Order::ResolutionsByPlace => precincts.sort_by_key(|&(c, r, p, place)| (r, place, c, r, p)),
        Order::Places => precincts.sort_by_key(|&(c, r, p, place)| (0, place, c, r, p)),
        Order::Components => precincts.sort_by_key(|&(c, r, p, place)| (c, place, 0, r, p)),
    }
    // Layers run around all precincts, around those of a resolution, or within each.
    let order = packets.order;
    let rounds: Vec<Vec<(usize, usize, usize)>> = precincts
        .chunk_by(|&(_, r, ..), &(_, other, ..)| match order {
            Order::Layers => true,
            Order::Resolutions => r == other,
            _ => false,
        })
        .map(|round| round.iter().map(|&(c, r, p, _)| (c, r, p)).collect())
        .collect();
    let layers = packets.layers;
    rounds.into_iter().flat_map(move |round| {
        (0..layers).flat_map(move |layer| round.clone().into_iter().map(move |(c, r, p)| (layer, c, r, p)))
    })
}

/// Reads one packet; where the next one begins.
fn read(
    data: &[u8],
    mut at: usize,
    layer: u32,
    packets: Packets,
    style: Style,
    precinct: &mut Precinct,
) -> Result<usize, Ended> {
    if packets.start_markers && data[at..].starts_with(&[0xFF, 0x91]) {
        at += 6;
    }
    // Blocks that get bytes, and how many chunks they had before.
    let mut fed: Vec<(usize, usize, usize)> = vec![];
    let mut bits = Bits::new(data, at);
    if let Err(ended) = header(layer, style, precinct, &mut bits, &mut fed) {
        // Where their bytes are is not known.
        for (share, block, chunks) in fed {
            precinct.shares[share].blocks[block].chunks.truncate(chunks);
        }
        return Err(ended);
    }
    at = bits.end();
    if packets.end_markers && data.get(at..).is_some_and(|rest| rest.starts_with(&[0xFF, 0x92])) {
        at += 2;
    }
    for (share, block, chunks) in fed {
        for chunk in &mut precinct.shares[share].blocks[block].chunks[chunks..] {
            let length = chunk.data.end;
            let present = length.min(data.len().saturating_sub(at));
            if present < length {
                // The decoder must not make up the rest.
                chunk.passes = (u64::from(chunk.passes) * present as u64 / length as u64) as u32;
            }
            chunk.data = at.min(data.len())..at.min(data.len()) + present;
            at = at.saturating_add(length);
        }
    }
    Ok(at)
}

/// Reads a packet header; (share, block, chunks so far) of every block that gets some goes to `fed`.
fn header(
    layer: u32,
    style: Style,
    precinct: &mut Precinct,
    bits: &mut Bits<'_>,
    fed: &mut Vec<(usize, usize, usize)>,
) -> Result<(), Ended> {
    if bits.bit()? == 0 {
        return Ok(());
    }
    for (number, share) in precinct.shares.iter_mut().enumerate() {
        for (index, block) in share.blocks.iter_mut().enumerate() {
            let place = (index % share.columns, index / share.columns);
            let included = match block.zero_planes {
                Some(_) => bits.bit()? == 1,
                None => share.inclusion.below(place, layer + 1, bits)?.is_some(),
            };
            if !included {
                continue;
            }
            if block.zero_planes.is_none() {
                // More empty planes than there can be planes are damage.
                let count = share.zero_planes.below(place, 80, bits)?;
                block.zero_planes = Some(count.ok_or(Ended)?);
            }
            fed.push((number, index, block.chunks.len()));
            lengths(block, style, bits)?;
        }
    }
    Ok(())
}

/// Reads how many passes a block gets and in how many bytes (B.10.6, B.10.7); chunks know their length only.
fn lengths(block: &mut CodeBlock, style: Style, bits: &mut Bits<'_>) -> Result<(), Ended> {
    let mut passes = bits.passes()?;
    while bits.bit()? == 1 {
        block.length_bits += 1;
    }
    while passes > 0 {
        let (room, starts) = room(block, style);
        let now = passes.min(room);
        let size = block.length_bits + now.ilog2();
        if size > 31 {
            return Err(Ended);
        }
        let length = bits.take(size)? as usize;
        block.chunks.push(Chunk { data: 0..length, passes: now, starts });
        block.passes += now;
        passes -= now;
    }
    Ok(())
}

/// How many passes the segment of the next one can still hold, and whether that is a new one (table D.9).
fn room(block: &CodeBlock, style: Style) -> (u32, bool) {
    let next = block.passes;
    if style.terminate {
        return (1, true);
    }
    if !style.bypass {
        return (u32::MAX, next == 0);
    }
    match next {
        0..10 => (10 - next, next == 0),
        // Two raw passes, then one of arithmetic coding.
        _ if next % 3 == 1 => (2, true),
        _ if next % 3 == 2 => (1, false),
        _ => (1, true),
    }
}
