//! RLE lossless (PS3.5 Annex G): byte planes, each packed by `PackBits`.

use super::error::damaged;
use super::native::unpack_bits;
use super::{CodecError, Decoded, Glimpse, Layout, as_tagged, interleave};

const CODEC: &str = "RLE";
/// Sixteen little-endian words: the number of segments, then their offsets (G.5).
const HEADER: usize = 64;
/// Two bytes hold a run of 128 at best (G.3.1).
const RATIO: u64 = 64;

/// Decodes one RLE frame.
///
/// The segments are the bytes of each sample, most significant first, sample after sample (G.2). 1-bit
/// frames are packed eight pixels to a byte, lowest bit first, in a single segment.
pub(super) fn decode(stream: &[u8], layout: &Layout) -> Result<Decoded, CodecError> {
    let frame_bytes = layout.frame_bytes_from(stream.len(), RATIO)?;
    let bytes_per_sample = layout.bytes_per_sample();
    let step = usize::from(layout.samples) * bytes_per_sample;
    let packed = layout.bits_allocated == 1;
    let plane_bytes = if packed { layout.pixels().div_ceil(8) } else { layout.pixels() };

    let segments = segments(stream)?;
    Layout::expect(CODEC, "segments", segments.len() as u64, step as u64)?;
    let mut planes = vec![0; step * plane_bytes];
    let mut short = false;
    for (segment, plane) in segments.iter().zip(planes.chunks_exact_mut(plane_bytes)) {
        short |= unpack(segment, plane) < plane_bytes;
    }

    let bytes = if packed {
        let planes: Vec<Vec<u8>> =
            planes.chunks_exact(plane_bytes).map(|plane| unpack_bits(plane, layout.pixels())).collect();
        let mut bytes = vec![0; frame_bytes];
        interleave(&planes.iter().map(Vec::as_slice).collect::<Vec<_>>(), &mut bytes);
        bytes
    } else if step == 1 {
        planes
    } else {
        // Little-endian wants the least significant byte of each sample first.
        let order =
            (0..step).map(|at| at / bytes_per_sample * bytes_per_sample * 2 + bytes_per_sample - 1 - at);
        let ordered: Vec<&[u8]> = order.map(|plane| &planes[plane * plane_bytes..][..plane_bytes]).collect();
        let mut bytes = vec![0; frame_bytes];
        interleave(&ordered, &mut bytes);
        bytes
    };
    let notes = if short { vec!["the RLE stream ends early".to_owned()] } else { vec![] };
    let color = as_tagged(layout.samples);
    Ok(Decoded { bytes, samples: layout.samples, color, bits: layout.bits_allocated, notes })
}

/// Looks at the header of a frame, which is always one fragment (A.4.2).
pub(super) fn look(glimpse: &Glimpse<'_>, layout: &Layout) -> Result<(), CodecError> {
    layout.frame_bytes_from(glimpse.length as usize, RATIO)?;
    if glimpse.bytes.len() < HEADER && !glimpse.whole {
        return Ok(());
    }
    let offsets = offsets(glimpse.bytes)?;
    let planes = usize::from(layout.samples) * layout.bytes_per_sample();
    Layout::expect(CODEC, "segments", offsets.len() as u64, planes as u64)?;
    if offsets.last().is_some_and(|&last| last >= glimpse.length as usize) {
        return Err(damaged(CODEC, "a segment lies beyond its end"));
    }
    Ok(())
}

/// Where the segments of a frame begin, from its header.
fn offsets(stream: &[u8]) -> Result<Vec<usize>, CodecError> {
    let header = stream.get(..HEADER).ok_or_else(|| damaged(CODEC, "it is shorter than its header"))?;
    let mut words = header.as_chunks::<4>().0.iter().map(|&word| u32::from_le_bytes(word) as usize);
    let count = words.next().unwrap_or_default();
    if !(1..=15).contains(&count) {
        return Err(damaged(CODEC, format!("it announces {count} segments, and 1 to 15 are possible")));
    }
    let offsets: Vec<usize> = words.take(count).collect();
    // A file cut short loses its last segments, which then are empty; a header that points backwards is wrong.
    if offsets[0] < HEADER || !offsets.is_sorted() {
        return Err(damaged(CODEC, "its segments overlap"));
    }
    Ok(offsets)
}

/// The segments of a frame by the offsets of its header; each ends where the next begins.
fn segments(stream: &[u8]) -> Result<Vec<&[u8]>, CodecError> {
    let offsets = offsets(stream)?;
    let ends = offsets.iter().skip(1).copied().chain([stream.len()]);
    Ok(offsets
        .iter()
        .zip(ends)
        .map(|(&start, end)| stream.get(start..end.min(stream.len())).unwrap_or_default())
        .collect())
}

/// Unpacks one segment (G.3.2) until either side ends; the number of bytes written.
fn unpack(mut packed: &[u8], plane: &mut [u8]) -> usize {
    let mut at = 0;
    while at < plane.len() {
        let Some((&control, rest)) = packed.split_first() else { break };
        match control {
            0..=127 => {
                let count = (usize::from(control) + 1).min(rest.len()).min(plane.len() - at);
                plane[at..at + count].copy_from_slice(&rest[..count]);
                at += count;
                packed = &rest[count..];
            }
            128 => packed = rest,
            129..=255 => {
                let Some((&value, rest)) = rest.split_first() else { break };
                let count = (257 - usize::from(control)).min(plane.len() - at);
                plane[at..at + count].fill(value);
                at += count;
                packed = rest;
            }
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An RLE frame of byte planes: literals only in odd planes, runs where possible in even ones.
    fn encode(planes: &[Vec<u8>]) -> Vec<u8> {
        let mut header = vec![planes.len() as u32];
        let mut body = Vec::new();
        for (index, plane) in planes.iter().enumerate() {
            header.push((HEADER + body.len()) as u32);
            let runs = plane.chunk_by(|a, b| index % 2 == 0 && a == b);
            for run in runs.flat_map(|run| run.chunks(128)) {
                if run.len() > 1 {
                    body.extend([(257 - run.len()) as u8, run[0]]);
                } else {
                    body.extend([0, run[0]]);
                }
            }
            body.resize(body.len().next_multiple_of(2), 128);
        }
        header.resize(16, 0);
        header.into_iter().flat_map(u32::to_le_bytes).chain(body).collect()
    }

    #[test]
    fn sixteen_bit_colour_comes_out_little_endian_and_interleaved() {
        let planes: Vec<Vec<u8>> = (0..6).map(|p| vec![p * 10, p * 10, p * 10 + 1]).collect();

        let decoded = decode(&encode(&planes), &Layout::test(1, 3, 3, 16)).expect("a valid frame");

        assert_eq!(&decoded.bytes[..6], [10, 0, 30, 20, 50, 40]);
        assert_eq!(&decoded.bytes[12..], [11, 1, 31, 21, 51, 41]);
        assert_eq!((decoded.color, decoded.notes), (crate::dicom::codec::Color::AsTagged, vec![]));
    }

    #[test]
    fn one_bit_pixels_are_packed_lowest_bit_first() {
        let decoded =
            decode(&encode(&[vec![0b0000_0101, 0b0000_0010]]), &Layout::test(2, 5, 1, 1)).expect("valid");

        assert_eq!(decoded.bytes, [1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn a_frame_cut_short_keeps_the_pixels_it_has_and_says_so() {
        let whole = encode(&[(0..100).collect()]);

        let decoded = decode(&whole[..HEADER + 20], &Layout::test(10, 10, 1, 8)).expect("half a frame");

        assert_eq!(decoded.bytes[..12], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0]);
        assert_eq!(decoded.notes, ["the RLE stream ends early"]);
    }

    #[test]
    fn a_header_that_lies_is_an_error_not_an_allocation() {
        let layout = Layout::test(4, 4, 1, 8);
        let mut lie = encode(&[vec![7; 16]]);
        lie[..4].copy_from_slice(&u32::MAX.to_le_bytes());

        assert!(matches!(decode(&lie, &layout), Err(CodecError::Damaged { .. })));
        assert!(matches!(decode(&lie[..10], &layout), Err(CodecError::Damaged { .. })));
        let three = encode(&[vec![7; 16], vec![7; 16], vec![7; 16]]);
        assert!(matches!(decode(&three, &layout), Err(CodecError::Mismatch { stream: 3, data_set: 1, .. })));
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(plane in proptest::collection::vec(0u8..3, 1..600)) {
            let layout = Layout::test(1, plane.len() as u32, 1, 16);
            let high: Vec<u8> = plane.iter().rev().copied().collect();

            let decoded = decode(&encode(&[high.clone(), plane.clone()]), &layout).expect("a valid frame");

            let expected: Vec<u8> = plane.iter().zip(&high).flat_map(|(&low, &high)| [low, high]).collect();
            prop_assert_eq!(decoded.bytes, expected);
        }

        #[test]
        fn no_bytes_make_it_panic(stream in proptest::collection::vec(any::<u8>(), 0..200), count in 0u8..4) {
            let mut stream = stream;
            if let Some(first) = stream.get_mut(..8) {
                first.copy_from_slice(&[count, 0, 0, 0, 64, 0, 0, 0]);
            }
            let _ = decode(&stream, &Layout::test(9, 7, 1, 8));
            let _ = decode(&stream, &Layout::test(9, 7, 1, 16));
            let _ = decode(&stream, &Layout::test(9, 7, 1, 1));
        }
    }
}
