//! Frames whose samples are stored as in native pixel data: encapsulated uncompressed (PS3.5 A.4.11) and
//! deflated image frames (PS3.5 A.4.12, RFC 1951).

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::error::damaged;
use super::{CodecError, Decoded, Layout, as_tagged, interleave};

/// Deflate cannot expand further (zlib's technical notes: 1032 to 1).
const RATIO: u64 = 1032;

/// A frame stored as it is.
pub(super) fn uncompressed(stream: &[u8], layout: &Layout) -> Result<Decoded, CodecError> {
    layout.frame_bytes_from(stream.len(), 8)?;
    frame("uncompressed", stream, layout)
}

/// A frame stored as one raw deflate stream, or, from lenient writers, a zlib stream.
pub(super) fn deflated(stream: &[u8], layout: &Layout) -> Result<Decoded, CodecError> {
    // Whatever follows the frame is not inflated at all: a bomb stops at the frame's size.
    let mut bytes = vec![0; layout.frame_bytes_from(stream.len(), RATIO)?];
    let zlib = matches!(stream, [first, second, ..]
        if first & 15 == 8 && u16::from_be_bytes([*first, *second]).is_multiple_of(31));
    let length =
        if zlib { inflate(stream, &mut bytes, inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER) } else { None };
    let length = length.or_else(|| inflate(stream, &mut bytes, 0));
    let length = length.ok_or_else(|| damaged("deflated", "it is not a deflate stream"))?;
    bytes.truncate(length);
    frame("deflated", &bytes, layout)
}

/// Inflates until the stream or `bytes` ends; the number of bytes written, or nothing if none could be.
fn inflate(stream: &[u8], bytes: &mut [u8], flags: u32) -> Option<usize> {
    let flags = flags | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, _, length) = decompress(&mut DecompressorOxide::new(), stream, bytes, 0, flags);
    (length > 0 || status == TINFLStatus::Done).then_some(length)
}

/// Arranges native bytes as a decoded frame: bits to bytes, planes to pixels, shared chroma to every pixel.
fn frame(codec: &'static str, native: &[u8], layout: &Layout) -> Result<Decoded, CodecError> {
    let frame_bytes = layout.frame_bytes()?;
    let pixels = layout.pixels();
    let mut notes = Vec::new();
    let mut short = |wanted: usize| {
        if native.len() < wanted {
            notes.push(format!("the {codec} frame ends early"));
        }
    };
    let mut bytes = if layout.bits_allocated == 1 {
        short((pixels * usize::from(layout.samples)).div_ceil(8));
        unpack_bits(native, pixels * usize::from(layout.samples))
    } else if let Some(shared) = shared_chroma(native, layout) {
        expand_chroma(shared)
    } else {
        short(frame_bytes);
        native[..native.len().min(frame_bytes)].to_vec()
    };
    bytes.resize(frame_bytes, 0);
    if layout.planar && layout.samples > 1 {
        let mut interleaved = vec![0; frame_bytes];
        if layout.bytes_per_sample() == 1 {
            interleave(&bytes.chunks_exact(pixels).collect::<Vec<_>>(), &mut interleaved);
        } else {
            let (size, samples) = (layout.bytes_per_sample(), usize::from(layout.samples));
            for (at, sample) in bytes.chunks_exact(size).enumerate() {
                let to = (at % pixels * samples + at / pixels) * size;
                interleaved[to..to + size].copy_from_slice(sample);
            }
        }
        bytes = interleaved;
    }
    let color = as_tagged(layout.samples);
    Ok(Decoded { bytes, samples: layout.samples, color, bits: layout.bits_allocated, notes })
}

/// The bytes of a native `YBR_FULL_422` frame, known by their number: two a pixel (PS3.3 C.7.6.3.1.2), padded
/// to an even length at most.
fn shared_chroma<'a>(native: &'a [u8], layout: &Layout) -> Option<&'a [u8]> {
    let wanted = layout.pixels() * 2;
    let fits = layout.samples == 3
        && layout.bits_allocated == 8
        && layout.columns.is_multiple_of(2)
        && native.len().saturating_sub(wanted) <= 1;
    native.get(..wanted).filter(|_| fits)
}

/// `Y1 Y2 Cb Cr` to `Y1 Cb Cr Y2 Cb Cr`.
fn expand_chroma(shared: &[u8]) -> Vec<u8> {
    shared.as_chunks::<4>().0.iter().flat_map(|&[y1, y2, cb, cr]| [y1, cb, cr, y2, cb, cr]).collect()
}

/// One byte, 0 or 1, for each of the first `pixels` bits, lowest bit first (PS3.5 8.1.1); missing ones are 0.
pub(super) fn unpack_bits(packed: &[u8], pixels: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pixels.next_multiple_of(8));
    for &byte in packed.iter().take(pixels.div_ceil(8)) {
        bytes.extend((0..8).map(|bit| byte >> bit & 1));
    }
    bytes.resize(pixels, 0);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
    use proptest::prelude::*;

    #[test]
    fn a_deflated_frame_is_inflated_with_or_without_a_zlib_header() {
        let native: Vec<u8> = (0..200).collect();
        let layout = Layout::test(10, 10, 1, 16);

        for stream in [compress_to_vec(&native, 6), compress_to_vec_zlib(&native, 6)] {
            assert_eq!(deflated(&stream, &layout).expect("a valid stream").bytes, native);
        }
    }

    #[test]
    fn a_deflate_bomb_stops_at_the_size_of_the_frame() {
        let bomb = compress_to_vec(&vec![1; 32 << 20], 1);

        let decoded = deflated(&bomb, &Layout::test(8, 8, 1, 8)).expect("its first bytes are a frame");

        assert_eq!(decoded.bytes, [1; 64]);
    }

    #[test]
    fn a_frame_that_ends_early_is_filled_with_zeros_and_noted() {
        let decoded = uncompressed(&[1, 2, 3], &Layout::test(2, 2, 1, 16)).expect("three bytes");

        assert_eq!(decoded.bytes, [1, 2, 3, 0, 0, 0, 0, 0]);
        assert_eq!(decoded.notes, ["the uncompressed frame ends early"]);
    }

    #[test]
    fn planes_and_shared_chroma_become_pixels() {
        let planar = Layout { planar: true, ..Layout::test(1, 2, 3, 8) };
        let wide = Layout { planar: true, ..Layout::test(1, 2, 3, 16) };

        let bytes = |native: &[u8], layout| uncompressed(native, layout).expect("a valid frame").bytes;

        assert_eq!(bytes(&[1, 2, 3, 4, 5, 6], &planar), [1, 3, 5, 2, 4, 6]);
        assert_eq!(bytes(&[1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0], &wide), [1, 0, 3, 0, 5, 0, 2, 0, 4, 0, 6, 0]);
        assert_eq!(bytes(&[1, 2, 30, 40], &Layout::test(1, 2, 3, 8)), [1, 30, 40, 2, 30, 40]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(stream in proptest::collection::vec(any::<u8>(), 0..200), planar: bool) {
            for (samples, bits) in [(1, 1), (3, 8), (1, 16), (3, 16)] {
                let layout = Layout { planar, ..Layout::test(7, 6, samples, bits) };
                let _ = deflated(&stream, &layout);
                let _ = uncompressed(&stream, &layout);
            }
        }
    }
}
