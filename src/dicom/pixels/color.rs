//! Colour samples to 8-bit red, green and blue (PS3.3 C.7.6.3.1.2, C.7.9).

use super::{Photometric, PixelModule};
use crate::{
    dicom::{DataSet, Tag},
    model::Lut,
};
use ndarray::Array3;

/// What the samples of a colour frame mean once the codec is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// Red, green, blue.
    Rgb,
    /// Luminance and full-range chrominance.
    Ybr,
    /// Luminance from 16 to 235, chrominance from 16 to 240.
    YbrPartial,
}

impl Space {
    /// What samples mean of which only the tag speaks.
    pub(super) fn of(photometric: Photometric) -> Self {
        match photometric {
            Photometric::YbrFull | Photometric::YbrFull422 => Self::Ybr,
            Photometric::YbrPartial422 => Self::YbrPartial,
            _ => Self::Rgb,
        }
    }
}

/// Interleaved little endian samples to RGB, shape `(rows, columns, 3)`; missing ones are black.
pub(super) fn rgb(bytes: &[u8], module: &PixelModule, space: Space) -> Array3<u8> {
    let pixels = module.pixels() as usize;
    let samples = module.samples as usize;
    let size = module.bytes_per_sample() as usize;
    // The highest 8 of the bits that are stored; bits above may hold overlays or rubbish.
    let shift = (module.high_bit + 1).saturating_sub(8);
    let sample = |pixel: usize, channel: usize| -> u8 {
        let at = (pixel * samples + channel) * size;
        let mut word = [0; 8];
        let Some(bytes) = bytes.get(at..at + size) else { return 0 };
        word[..size].copy_from_slice(bytes);
        (u64::from_le_bytes(word) >> shift) as u8
    };
    let mut out = Vec::with_capacity(pixels * 3);
    if size == 1 && samples == 3 && shift == 0 && space == Space::Rgb && bytes.len() >= pixels * 3 {
        out.extend_from_slice(&bytes[..pixels * 3]);
    } else {
        for pixel in 0..pixels {
            let channels = [sample(pixel, 0), sample(pixel, 1), sample(pixel, 2)];
            out.extend(match space {
                Space::Rgb => channels,
                Space::Ybr => ybr_full(channels),
                Space::YbrPartial => ybr_partial(channels),
            });
        }
    }
    shaped(out, module)
}

/// `YBR_FULL` to RGB (PS3.3 C.7.6.3.1.2).
pub(super) fn ybr_full([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (f64::from(y), f64::from(cb) - 128.0, f64::from(cr) - 128.0);
    rounded([y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb])
}

/// `YBR_PARTIAL_422` to RGB: the inverse of the equations of PS3.3 2016, C.7.6.3.1.2.
fn ybr_partial([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (1.1644 * (f64::from(y) - 16.0), f64::from(cb) - 128.0, f64::from(cr) - 128.0);
    rounded([y + 1.5960 * cr, y - 0.3917 * cb - 0.8129 * cr, y + 2.0173 * cb])
}

fn rounded(rgb: [f64; 3]) -> [u8; 3] {
    rgb.map(|v| (v + 0.5).floor().clamp(0.0, 255.0) as u8)
}

/// All red, then all green, then all blue, becomes pixel by pixel.
pub(super) fn interleave(bytes: &[u8], module: &PixelModule) -> Vec<u8> {
    let (pixels, samples) = (module.pixels() as usize, module.samples as usize);
    let size = module.bytes_per_sample() as usize;
    let mut out = vec![0; pixels * samples * size];
    for channel in 0..samples {
        let plane = bytes.get(channel * pixels * size..).unwrap_or_default();
        for (pixel, value) in plane.chunks_exact(size).take(pixels).enumerate() {
            let at = (pixel * samples + channel) * size;
            out[at..at + size].copy_from_slice(value);
        }
    }
    out
}

/// `Y1 Y2 Cb Cr` becomes `Y1 Cb Cr Y2 Cb Cr`: the chrominance of a pair is repeated.
pub(super) fn expand_422(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks_exact(4).flat_map(|c| [c[0], c[2], c[3], c[1], c[2], c[3]]).collect()
}

/// The three channels of a palette.
pub(super) struct Palette([Lut; 3]);

impl Palette {
    /// Reads the palette of a PALETTE COLOR image, plain or segmented.
    ///
    /// # Errors
    ///
    /// A sentence that says what is missing.
    pub(super) fn read(data_set: &DataSet, signed: bool) -> Result<Self, String> {
        let channel = |index: u16| {
            let descriptor = Tag(0x0028, 0x1101 + index);
            let numbers = data_set.numbers(descriptor);
            let lut = super::luts::lut(data_set, descriptor, Tag(0x0028, 0x1201 + index), signed)
                .or_else(|| segmented(data_set, descriptor, Tag(0x0028, 0x1221 + index), signed))
                .ok_or_else(|| format!("the palette has no usable channel {}", index + 1))?;
            let count =
                numbers.first().map_or(0, |&count| if count == 0.0 { 1 << 16 } else { count as usize });
            // Colours that are not there must not be made up from those that are.
            if lut.entries.len() < count {
                return Err(format!("the palette has {} of its {count} colours", lut.entries.len()));
            }
            match numbers.get(2) {
                Some(bits) if *bits > 16.0 => Err(format!("the palette has entries of {bits} bits")),
                _ => Ok(lut),
            }
        };
        Ok(Self([channel(0)?, channel(1)?, channel(2)?]))
    }

    /// Indices to RGB.
    #[expect(clippy::useless_conversion, reason = "not for all kinds of samples the macro runs over")]
    pub(super) fn apply(&self, stored: &crate::model::Stored, module: &PixelModule) -> Array3<u8> {
        let tables = self.0.each_ref().map(Channel::of);
        let mut out = Vec::with_capacity(module.pixels() as usize * 3);
        crate::with_stored!(stored, values => {
            for &value in values {
                let index = f64::from(value) as i64;
                out.extend(tables.each_ref().map(|table| table.at(index)));
            }
        });
        shaped(out, module)
    }
}

struct Channel {
    first: i64,
    bytes: Vec<u8>,
}

impl Channel {
    fn of(lut: &Lut) -> Self {
        // 16-bit entries must use their range (C.7.6.3.1.6); some writers store bytes in words.
        let shift = if lut.entries.iter().all(|&entry| entry <= 255) { 0 } else { lut.bits.max(16) - 8 };
        Self { first: i64::from(lut.first), bytes: lut.entries.iter().map(|&e| (e >> shift) as u8).collect() }
    }

    fn at(&self, index: i64) -> u8 {
        let last = self.bytes.len() as i64 - 1;
        self.bytes[(index - self.first).clamp(0, last) as usize]
    }
}

/// Expands a segmented palette (PS3.3 C.7.9.2): discrete, linear and indirect segments.
fn segmented(data_set: &DataSet, descriptor: Tag, data: Tag, signed: bool) -> Option<Lut> {
    let numbers = data_set.numbers(descriptor);
    let &[count, first, bits] = numbers.get(..3)? else { return None };
    let count = if count == 0.0 { 65536 } else { count as usize & 0xFFFF };
    let first = first as i32 & 0xFFFF;
    let first = if signed && first > 0x7FFF { first - 0x1_0000 } else { first };
    let bytes = data_set.bytes(data)?;
    let words: Vec<u16> = if bits <= 8.0 {
        bytes.iter().map(|&byte| u16::from(byte)).collect()
    } else {
        bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
    };
    let entry_bytes = if bits <= 8.0 { 1 } else { 2 };
    let mut entries = expand(&words, count, entry_bytes);
    entries.truncate(count);
    (!entries.is_empty()).then_some(Lut { first, entries, bits: if bits <= 8.0 { 8 } else { 16 } })
}

/// Runs the segments until `count` entries are there or they end.
pub(super) fn expand(words: &[u16], count: usize, entry_bytes: usize) -> Vec<u16> {
    let mut out: Vec<u16> = vec![];
    let mut starts = vec![];
    let mut at = 0;
    while out.len() < count && at < words.len() {
        starts.push(at);
        match words[at] {
            2 => {
                let Some(&[segments, low, high]) = words.get(at + 1..at + 4) else { break };
                let offset = (usize::from(high) << (8 * entry_bytes) | usize::from(low)) / entry_bytes;
                // The standard counts bytes; some writers, and one widely used reader, count words.
                let in_words = usize::from(high) << (8 * entry_bytes) | usize::from(low);
                let from = if starts.contains(&offset) { offset } else { in_words };
                let mut inner = from;
                for _ in 0..segments {
                    let Some(next) = segment(words, inner, &mut out, count) else { break };
                    inner = next;
                }
                at += 4;
            }
            _ => match segment(words, at, &mut out, count) {
                Some(next) => at = next,
                None => break,
            },
        }
    }
    out
}

/// Appends one discrete or linear segment; returns where the next one starts.
fn segment(words: &[u16], at: usize, out: &mut Vec<u16>, count: usize) -> Option<usize> {
    let (&code, &length) = (words.get(at)?, words.get(at + 1)?);
    let length = usize::from(length);
    match code {
        0 => {
            let values = words.get(at + 2..at + 2 + length)?;
            out.extend(values.iter().take(count.saturating_sub(out.len())));
            Some(at + 2 + length)
        }
        1 => {
            let end = f64::from(*words.get(at + 2)?);
            let start = f64::from(*out.last()?);
            for step in 1..=length.min(count.saturating_sub(out.len())) {
                let value = start + (end - start) * step as f64 / length as f64;
                out.push(value.round_ties_even() as u16);
            }
            Some(at + 3)
        }
        _ => None,
    }
}

fn shaped(mut out: Vec<u8>, module: &PixelModule) -> Array3<u8> {
    let shape = (module.rows as usize, module.columns as usize, 3);
    out.resize(shape.0 * shape.1 * 3, 0);
    Array3::from_shape_vec(shape, out).unwrap_or_else(|_| Array3::zeros(shape))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ybr_full_matches_the_standards_formula() {
        let pairs = [
            ([76, 85, 255], [254, 0, 0]),
            ([149, 43, 21], [0, 255, 0]),
            ([29, 255, 107], [0, 0, 254]),
            ([128, 128, 128], [128, 128, 128]),
        ];
        for (ybr, rgb) in pairs {
            assert_eq!(ybr_full(ybr), rgb);
        }
    }

    #[test]
    fn two_pixels_share_their_chrominance() {
        assert_eq!(expand_422(&[10, 20, 100, 200]), [10, 100, 200, 20, 100, 200]);
    }

    #[test]
    fn segments_are_expanded_as_the_standard_says() {
        assert_eq!(expand(&[0, 2, 0, 0x1000, 1, 4, 0x5000], 6, 2), [0, 4096, 8192, 12288, 16384, 20480]);
        assert_eq!(expand(&[0, 1, 0, 1, 4, 10], 5, 2), [0, 2, 5, 8, 10]);
        assert_eq!(expand(&[0, 2, 5, 6, 2, 1, 0, 0], 4, 2), [5, 6, 5, 6]);
    }

    #[test]
    fn a_segment_that_promises_too_much_is_cut() {
        assert_eq!(expand(&[0, 500, 1, 2], 500, 2), Vec::<u16>::new());
        assert_eq!(expand(&[2, 60000, 0, 0], 65536, 2), Vec::<u16>::new());
    }
}
