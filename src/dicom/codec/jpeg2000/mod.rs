//! JPEG 2000 and High-Throughput JPEG 2000 (ISO/IEC 15444-1 and -15; PS3.5 A.4.4, A.4.9).
//!
//! The decoders are `hayro-jpeg2000` and, for high-throughput code blocks, `dicom-toolkit-jpeg2000`; both
//! forbid unsafe code. Around them: our own look at the header, signed samples, and a net for their panics.

mod header;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::{damaged, unsupported};
use super::layout::budget;
use super::{CodecError, Color, Decoded, Glimpse, Layout, as_tagged, sample};
use header::{Blocks, Header};

const CODEC: &str = "JPEG 2000";

/// Decodes one frame of either kind, by what its code stream says.
pub(super) fn decode(stream: &[u8], layout: &Layout) -> Result<Decoded, CodecError> {
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
    // Decoders fill what is missing with coarser detail; only the end marker tells.
    let end = stream.len().saturating_sub(8);
    let whole = stream[end..].windows(2).any(|pair| pair == [0xFF, 0xD9]);
    let notes = if whole { vec![] } else { vec!["the JPEG 2000 stream ends early".to_owned()] };
    let color = match (layout.samples, header.transformed) {
        (3, true) => Color::Rgb,
        _ => as_tagged(layout.samples),
    };
    Ok(Decoded { bytes: out, samples: layout.samples, color, bits: header.precision, notes })
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
