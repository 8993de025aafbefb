//! JPEG 2000 and High-Throughput JPEG 2000 (ISO/IEC 15444-1 and -15; PS3.5 A.4.4, A.4.9).
//!
//! Our own decoder knows what encoders write: all of part 1 but regions of interest and parameters that
//! change along the way, and of part 15 the blocks that lossless streams have. For the rest there are
//! `hayro-jpeg2000` and, for high-throughput code blocks, `dicom-toolkit-jpeg2000`, which forbid unsafe code;
//! around them a net for their panics.

mod arithmetic;
mod bits;
mod blocks;
mod decode;
mod header;
mod packets;
mod quads;
mod stream;
mod tile;
mod wavelet;
mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::{damaged, unsupported};
use super::layout::budget;
use super::{CodecError, Color, Decoded, Glimpse, Layout, as_tagged, sample};
use header::{Blocks, Header};

const CODEC: &str = "JPEG 2000";

/// Samples of the largest frame that our own decoder takes on, in memory of whoever asks: it needs twelve
/// bytes for each, and a stream of few bytes may stand for many.
const MOST_SAMPLES: usize = 32 << 20;

/// Decodes one frame of either kind with other people's code.
pub(super) fn decode_foreign(stream: &[u8], layout: &Layout) -> Result<Decoded, CodecError> {
    let mut out = vec![0; layout.frame_bytes()?];
    budget(layout.rows, layout.columns, layout.samples, size_of::<f32>())?;
    let stream = header::code_stream(stream);
    let header = Header::read(stream, layout)?;
    let values = catch_unwind(AssertUnwindSafe(|| match header.blocks {
        Blocks::Classic => classic(stream, layout),
        Blocks::HighThroughput => high_throughput(stream, layout),
    }))
    .unwrap_or_else(|_| Err(damaged(CODEC, "its decoder gave up")))?;

    let (size, samples) = (layout.bytes_per_sample(), usize::from(layout.samples));
    for (component, values) in values.iter().enumerate() {
        store(header, values, &mut out, size, samples, component);
    }
    Ok(finish(stream, layout, header, out))
}

/// Decodes a frame with our own code; nothing if that does not know what the stream asks for, or if it is
/// too large or too damaged to be tried here.
pub(super) fn decode_here(stream: &[u8], layout: &Layout) -> Option<Decoded> {
    let stream = header::code_stream(stream);
    let header = Header::read(stream, layout).ok()?;
    if layout.pixels().saturating_mul(layout.samples.into()) > MOST_SAMPLES {
        return None;
    }
    let mut out = vec![0; layout.frame_bytes().ok()?];
    fill(stream, layout, header, &mut out).ok()?;
    Some(finish(stream, layout, header, out))
}

/// A decoded frame of `bytes`, with what its header says about them.
fn finish(stream: &[u8], layout: &Layout, header: Header, bytes: Vec<u8>) -> Decoded {
    // Decoders fill what is missing with coarser detail; only the end marker tells.
    let end = stream.len().saturating_sub(8);
    let whole = stream[end..].windows(2).any(|pair| pair == [0xFF, 0xD9]);
    let notes = if whole { vec![] } else { vec!["the JPEG 2000 stream ends early".to_owned()] };
    let color = match (layout.samples, header.transformed) {
        (3, true) => Color::Rgb,
        _ => as_tagged(layout.samples),
    };
    Decoded { bytes, samples: layout.samples, color, bits: header.precision, notes }
}

/// Decodes all tiles to the bytes of a frame, with our own code.
fn fill(stream: &[u8], layout: &Layout, header: Header, out: &mut [u8]) -> Result<(), stream::Unknown> {
    let (size, samples) = (layout.bytes_per_sample(), usize::from(layout.samples));
    let pitch = layout.columns as usize * samples * size;
    let half = 1 << (header.precision - 1);
    // Unsigned samples were lowered by half their range (G.1).
    let (raise, least, most) = if header.signed { (0, -half, half - 1) } else { (half, 0, 2 * half - 1) };
    let mut narrow = vec![];
    decode::decode(stream, |y, x, component, values| {
        let Some(row) = out.get_mut(y * pitch + x * samples * size..(y + 1) * pitch) else { return };
        let value = move |value: i32| value.clamp(least - raise, most - raise) + raise;
        if size <= 2 {
            narrow.resize(values.len(), 0);
            for (to, &v) in narrow.iter_mut().zip(values) {
                *to = value(v) as u16;
            }
            sample::write(row, size, &narrow, samples, component);
        } else {
            for (to, v) in row.chunks_exact_mut(size).skip(component).step_by(samples).zip(values) {
                to.copy_from_slice(&i64::from(value(*v)).to_le_bytes()[..size]);
            }
        }
    })
}

/// Looks at the image size, which comes right after the start marker (A.5.1). The few streams that are
/// wrapped in a JP2 file are left to the decoder.
pub(super) fn look(glimpse: &Glimpse<'_>, layout: &Layout) -> Result<(), CodecError> {
    glimpse.begins(CODEC, &[&[0xFF, 0x4F, 0xFF, 0x51], b"\0\0\0\x0CjP  "])?;
    let found = !glimpse.bytes.starts_with(&[0xFF, 0x4F]) || Header::look(glimpse.bytes, layout)?;
    if found || !glimpse.whole { Ok(()) } else { Err(damaged(CODEC, "it ends in its main header")) }
}

/// Planes of values, raised by half their range as if they were unsigned.
type Planes = Vec<Vec<f32>>;

/// Part 1 code blocks.
fn classic(stream: &[u8], layout: &Layout) -> Result<Planes, CodecError> {
    use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};
    let broken = |error: hayro_jpeg2000::DecodeError| damaged(CODEC, error.to_string());
    let settings = DecodeSettings::default();
    let image = Image::new(stream, &settings).map_err(broken)?;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(broken)?;
    let planes: Planes = decoded.components().iter().map(|component| component.samples().to_vec()).collect();
    complete(planes, layout)
}

/// Part 15 code blocks.
fn high_throughput(stream: &[u8], layout: &Layout) -> Result<Planes, CodecError> {
    use dicom_toolkit_jpeg2000::{DecodeSettings, Image};
    let broken = |error: dicom_toolkit_jpeg2000::DecodeError| damaged(CODEC, error.to_string());
    let image = Image::new(stream, &DecodeSettings::default()).map_err(broken)?;
    let bitmap = image.decode_native().map_err(broken)?;
    let samples = usize::from(layout.samples);
    let plane = |offset: usize| -> Vec<f32> {
        if bitmap.bytes_per_sample == 1 {
            bitmap.data.iter().skip(offset).step_by(samples).map(|&value| f32::from(value)).collect()
        } else {
            let values = bitmap.data.as_chunks::<2>().0.iter().skip(offset).step_by(samples);
            values.map(|&value| f32::from(u16::from_le_bytes(value))).collect()
        }
    };
    complete((0..samples).map(plane).collect(), layout)
}

/// Checks that a decoder delivered what the header promised.
fn complete(planes: Planes, layout: &Layout) -> Result<Planes, CodecError> {
    if planes.len() != usize::from(layout.samples)
        || planes.iter().any(|plane| plane.len() != layout.pixels())
    {
        return Err(damaged(CODEC, "it decodes to an image of another size"));
    }
    Ok(planes)
}

/// Writes one component: rounded, within its range, and lowered again if it is signed (E.1, G.1).
fn store(header: Header, values: &[f32], out: &mut [u8], size: usize, step: usize, offset: usize) {
    let most = ((1u32 << header.precision) - 1) as f32;
    let half = if header.signed { 1 << (header.precision - 1) } else { 0 };
    let whole = |&value: &f32| (value + 0.5).clamp(0.0, most) as i32 - half;
    if size <= 2 {
        let values: Vec<u16> = values.iter().map(|value| whole(value) as u16).collect();
        sample::write(out, size, &values, step, offset);
    } else {
        for (to, value) in out.chunks_exact_mut(size).skip(offset).step_by(step).zip(values) {
            to.copy_from_slice(&i64::from(whole(value)).to_le_bytes()[..size]);
        }
    }
}
