//! What a JPEG 2000 code stream says about itself (ISO/IEC 15444-1 Annex A), read before any decoder is.

use super::{CODEC, CodecError, Layout, damaged, unsupported};

/// A tile header costs memory before its data does; whole-slide frames have hundreds of tiles at most.
const MOST_TILES: u64 = 4096;
/// The same for precincts; common encoders write a few hundred.
const MOST_PRECINCTS: u64 = 1 << 20;
/// Decoders compute in 32-bit floats, whose 24 bits must also hold the growth of the transforms.
const MOST_BITS: u16 = 20;

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
        let (mut styled, mut capable) = (false, false);
        while let [0xFF, marker, high, low, body @ ..] = rest {
            let length = usize::from(u16::from_be_bytes([*high, *low])).saturating_sub(2);
            let (body, after) =
                body.split_at_checked(length).ok_or_else(|| damaged(CODEC, "it ends in its main header"))?;
            match (marker, &mut found) {
                (0x51, None) => found = Some(Self::size(body, layout)?),
                (0x50, _) => capable = true,
                (0x52, Some(header)) => {
                    header.style(body, capable)?;
                    precincts(body.get(10..), layout)?;
                    styled = true;
                }
                // COC: the same for one component.
                (0x53, Some(_)) => precincts(body.get(7..), layout)?,
                // SOT: tiles begin.
                (0x90, Some(header)) if styled => return Ok(*header),
                (0x90, _) => break,
                _ => {}
            }
            rest = after;
        }
        Err(damaged(CODEC, "its main header has no size or no coding style"))
    }

    /// Checks the image size; false if it is not all in these bytes.
    pub(super) fn look(stream: &[u8], layout: &Layout) -> Result<bool, CodecError> {
        let [_, _, _, _, high, low, body @ ..] = stream else { return Ok(false) };
        let length = usize::from(u16::from_be_bytes([*high, *low])).saturating_sub(2);
        body.get(..length).map_or(Ok(false), |body| Self::size(body, layout).map(|_| true))
    }

    /// COD (A.6.1).
    fn style(&mut self, body: &[u8], capable: bool) -> Result<(), CodecError> {
        let &[_, _, _, _, transform, _, _, _, blocks, ..] = body else {
            return Err(damaged(CODEC, "its coding style is incomplete"));
        };
        let subsampled = self.transformed;
        self.transformed |= transform != 0;
        if capable && blocks & 0x40 != 0 {
            if subsampled || self.precision > 16 {
                return Err(unsupported(CODEC, "high-throughput subsampled or deep components"));
            }
            self.blocks = Blocks::HighThroughput;
        }
        Ok(())
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

/// Refuses precincts so small that their bookkeeping would outgrow the image (table A.21: two exponents a
/// byte, one byte a resolution).
fn precincts(sizes: Option<&[u8]>, layout: &Layout) -> Result<(), CodecError> {
    for &size in sizes.unwrap_or_default() {
        let across = u64::from(layout.columns >> (size & 15)) + 1;
        let down = u64::from(layout.rows >> (size >> 4)) + 1;
        if across * down * u64::from(layout.samples) > MOST_PRECINCTS {
            return Err(unsupported(CODEC, format!("{} precincts", across * down)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SOC, SIZ of a gray image in tiles of `tile`, COD with one precinct size, SOT.
    fn stream(rows: u32, columns: u32, tile: u32, precinct: u8) -> Vec<u8> {
        let mut stream = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0];
        for word in [columns, rows, 0, 0, tile, tile, 0, 0] {
            stream.extend(word.to_be_bytes());
        }
        stream.extend([0, 1, 0x8B, 1, 1]);
        stream.extend([0xFF, 0x52, 0, 13, 1, 0, 0, 1, 0, 0, 4, 4, 0, 1, precinct]);
        stream.extend([0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1]);
        stream
    }

    #[test]
    fn sign_and_precision_are_read_before_any_tile() {
        let header = Header::read(&stream(64, 32, 64, 0xFF), &Layout::test(64, 32, 1, 12));

        let expected = Header { precision: 12, signed: true, transformed: false, blocks: Blocks::Classic };
        assert_eq!(header, Ok(expected));
    }

    #[test]
    fn a_swarm_of_tiles_or_precincts_is_refused() {
        let layout = Layout::test(4096, 4096, 1, 12);
        let refused = |tile, precinct| {
            matches!(
                Header::read(&stream(4096, 4096, tile, precinct), &layout),
                Err(CodecError::Unsupported { .. })
            )
        };

        assert!(refused(1, 0xFF));
        assert!(refused(4096, 0x00));
        assert!(!refused(512, 0x88));
    }

    #[test]
    fn a_code_stream_is_found_inside_a_file() {
        let inner = stream(4, 4, 4, 0xFF);
        let mut file = b"\0\0\0\x0CjP  \r\n\x87\n\0\0\0\x09junk!\0\0\0\0jp2c".to_vec();
        file.extend(&inner);

        assert_eq!(code_stream(&file), inner);
        assert_eq!(code_stream(&inner), inner);
    }
}
