//! What a JPEG 2000 code stream says about itself (ISO/IEC 15444-1 Annex A), read before any decoder is.

use super::{CODEC, CodecError, Layout, damaged, unsupported};

/// A tile header costs memory before its data does; whole-slide frames have hundreds of tiles at most.
const MOST_TILES: u64 = 4096;
/// Decoders compute in 32-bit floats, exact for this many bits.
const MOST_BITS: u16 = 24;

/// The parts of the main header that matter to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Bits per sample of every component.
    pub(super) precision: u16,
    pub(super) signed: bool,
    /// Components were coded as luminance and chrominance (COD, or halved chrominance), and decode to red,
    /// green, blue.
    pub(super) transformed: bool,
    pub(super) blocks: Blocks,
}

/// How code blocks are coded (COD, table A.18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocks {
    /// Arithmetic coding of part 1.
    Classic,
    /// Part 15.
    HighThroughput,
}

/// The code stream itself: that of a JP2 file (15444-1 Annex I), which some writers store against the
/// standard's wish, or all the bytes.
pub(super) fn code_stream(bytes: &[u8]) -> &[u8] {
    if !bytes.starts_with(b"\0\0\0\x0CjP  ") {
        return bytes;
    }
    let mut rest = bytes;
    while let [a, b, c, d, kind @ ..] = rest {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        match (length, kind.strip_prefix(b"jp2c")) {
            // Length 0 is "to the end"; 1 is "64 bits follow", always more than is here.
            (1, Some(body)) => return body.get(8..).unwrap_or_default(),
            (_, Some(body)) => return body,
            (0 | 1, None) => break,
            _ => rest = rest.get(length..).unwrap_or_default(),
        }
    }
    bytes
}

impl Header {
    /// Reads the main header as far as its coding style and checks it against the data set.
    pub(super) fn read(stream: &[u8], layout: &Layout) -> Result<Self, CodecError> {
        let mut rest = stream
            .strip_prefix(&[0xFF, 0x4F])
            .ok_or_else(|| damaged(CODEC, "it does not begin with a code stream marker"))?;
        let mut found: Option<Self> = None;
        let mut capabilities = false;
        while let [0xFF, marker, high, low, body @ ..] = rest {
            let length = usize::from(u16::from_be_bytes([*high, *low])).saturating_sub(2);
            let (body, after) =
                body.split_at_checked(length).ok_or_else(|| damaged(CODEC, "it ends in its main header"))?;
            match (marker, &mut found) {
                (0x51, None) => found = Some(Self::size(body, layout)?),
                (0x50, _) => capabilities = true,
                (0x52, Some(header)) => {
                    let &[_, _, _, _, transform, _, _, _, style, ..] = body else {
                        return Err(damaged(CODEC, "its coding style is incomplete"));
                    };
                    let subsampled = header.transformed;
                    header.transformed |= transform != 0;
                    if capabilities && style & 0x40 != 0 {
                        if subsampled || header.precision > 16 {
                            return Err(unsupported(CODEC, "high-throughput subsampled or deep components"));
                        }
                        header.blocks = Blocks::HighThroughput;
                    }
                    return Ok(*header);
                }
                // SOT: tiles begin.
                (0x90, _) => break,
                _ => {}
            }
            rest = after;
        }
        Err(damaged(CODEC, "its main header has no size or no coding style"))
    }

    /// SIZ (A.5.1).
    fn size(body: &[u8], layout: &Layout) -> Result<Self, CodecError> {
        let Some((fixed, components)) = body.split_first_chunk::<36>() else {
            return Err(damaged(CODEC, "its image size is incomplete"));
        };
        let mut words = fixed[2..34].as_chunks::<4>().0.iter().map(|&word| u32::from_be_bytes(word));
        let mut next = || words.next().unwrap_or_default();
        let (x1, y1, x0, y0) = (next(), next(), next(), next());
        let (tile_width, tile_height, tile_x, tile_y) = (next(), next(), next(), next());
        let count = u16::from_be_bytes([fixed[34], fixed[35]]);
        let components = components.as_chunks::<3>().0;
        let &[first @ [depth, dx, dy], ..] = components else {
            return Err(damaged(CODEC, "it has no components"));
        };
        let precision = u16::from(depth & 0x7F) + 1;
        layout.check(CODEC, y1.saturating_sub(y0), x1.saturating_sub(x0), count, precision)?;
        if components.len() < usize::from(count) || x1 <= x0 || y1 <= y0 {
            return Err(damaged(CODEC, "its image size is impossible"));
        }
        if precision > MOST_BITS {
            return Err(unsupported(CODEC, format!("{precision} bits per sample")));
        }
        if (dx, dy) != (1, 1) || components.iter().any(|&[other, ..]| other != depth) {
            return Err(unsupported(CODEC, "components of different depth or resolution"));
        }
        if tile_width == 0 || tile_height == 0 || tile_x > x0 || tile_y > y0 {
            return Err(damaged(CODEC, "its tiles are impossible"));
        }
        let across = u64::from((x1 - tile_x).div_ceil(tile_width));
        let down = u64::from((y1 - tile_y).div_ceil(tile_height));
        if across * down > MOST_TILES {
            return Err(unsupported(CODEC, format!("{} tiles", across * down)));
        }
        let subsampled = components.iter().any(|component| component[1..] != first[1..]);
        Ok(Self { precision, signed: depth & 0x80 != 0, transformed: subsampled, blocks: Blocks::Classic })
    }
}
