//! JPEG XL (ISO/IEC 18181; PS3.5 A.4.12), by `jxl-oxide`: lossless, recompressed JPEG and lossy.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jxl_oxide::image::BitDepth;
use jxl_oxide::{AllocTracker, InitializeResult, JxlImage};

use super::error::{damaged, unsupported};
use super::layout::budget;
use super::{CodecError, Color, Decoded, Layout, as_tagged};

const CODEC: &str = "JPEG XL";
/// Samples pass through 32-bit floats between 0 and 1, exact for this many bits.
const MOST_BITS: u16 = 20;
/// Memory the decoder may use besides its planes.
const WORKSPACE: usize = 64 << 20;
/// Planes of 32 bits it may hold at once: groups, filters, references, output.
const PLANES: usize = 24;

/// Decodes the first image of a JPEG XL stream.
pub(super) fn decode(stream: &[u8], layout: &Layout) -> Result<Decoded, CodecError> {
    let mut out = vec![0; layout.frame_bytes()?];
    let found = catch_unwind(AssertUnwindSafe(|| render(stream, layout, &mut out)))
        .unwrap_or_else(|_| Err(damaged(CODEC, "its decoder gave up")))?;
    let color = if found.transformed { Color::Rgb } else { as_tagged(layout.samples) };
    let notes = if found.early { vec!["the JPEG XL stream ends early".to_owned()] } else { vec![] };
    Ok(Decoded { bytes: out, samples: layout.samples, color, bits: found.bits, notes })
}

/// What a stream turned out to be.
struct Found {
    bits: u16,
    /// The decoder has turned XYB, or the YCbCr of a recompressed JPEG, into red, green, blue.
    transformed: bool,
    early: bool,
}

/// Reads the header, checks it, and only then decodes.
fn render(stream: &[u8], layout: &Layout, out: &mut [u8]) -> Result<Found, CodecError> {
    let broken = |error: Box<dyn std::error::Error + Send + Sync>| damaged(CODEC, error.to_string());
    let planes = budget(layout.rows, layout.columns, layout.samples, size_of::<f32>())?;
    let tracker = AllocTracker::with_limit(planes.saturating_mul(PLANES).saturating_add(WORKSPACE));
    let mut image = JxlImage::builder().alloc_tracker(tracker).build_uninit();
    image.feed_bytes(stream).map_err(broken)?;
    let InitializeResult::Initialized(mut image) = image.try_init().map_err(broken)? else {
        return Err(damaged(CODEC, "it ends in its header"));
    };
    let format = image.pixel_format();
    let depth = image.image_header().metadata.bit_depth;
    let bits = depth.bits_per_sample() as u16;
    let samples = if format.is_grayscale() { 1 } else { 3 };
    layout.check(CODEC, image.height(), image.width(), samples, bits)?;
    if bits > MOST_BITS || matches!(depth, BitDepth::FloatSample { .. }) || format.has_black() {
        return Err(unsupported(CODEC, "floating-point or very deep samples, or black ink"));
    }

    let (frame, early) = match image.render_frame(0) {
        Ok(frame) => (frame, false),
        Err(error) if image.is_loading_done() => return Err(broken(error)),
        Err(_) => (image.render_loading_frame().map_err(broken)?, true),
    };
    let mut values = frame.stream_no_alpha();
    if (values.height(), values.width(), values.channels())
        != (layout.rows, layout.columns, u32::from(samples))
    {
        return Err(damaged(CODEC, "it decodes to an image of another size"));
    }
    let most = ((1u32 << bits) - 1) as f32;
    let size = layout.bytes_per_sample();
    let mut line = vec![0f32; layout.columns as usize * usize::from(samples)];
    for row in out.chunks_exact_mut(line.len() * size) {
        let count = values.write_to_buffer(&mut line);
        for (to, value) in row.chunks_exact_mut(size).zip(&line[..count]) {
            let value = (value * most + 0.5).clamp(0.0, most) as u64;
            to.copy_from_slice(&value.to_le_bytes()[..size]);
        }
    }
    let transformed = samples == 3
        && (image.image_header().metadata.xyb_encoded || image.frame_header(0).is_some_and(|h| h.do_ycbcr));
    Ok(Found { bits, transformed, early })
}
