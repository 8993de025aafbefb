//! Decoders for the frames of encapsulated pixel data (PS3.5 Annex A.4), from fragment bytes to samples.
//!
//! Every decoder is safe Rust and checks its stream's own header against the data set before it allocates;
//! a stream that ends early gives the pixels it holds and a note. Nothing here knows tags, frames or files:
//! finding a frame's fragments, masking unused bits and converting colour are the caller's work.

mod error;
mod jpeg;
mod jpeg2000;
mod jpegls;
mod jpegxl;
mod layout;
mod look;
mod native;
mod rle;
mod sample;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use error::CodecError;
pub use layout::Layout;
pub use look::{Glimpse, look};

/// The colour of decoded samples, as far as the code stream decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Color {
    /// One sample a pixel.
    Gray,
    /// Red, green, blue, whatever Photometric Interpretation says.
    Rgb,
    /// Full-range Y, Cb, Cr at every pixel (PS3.3 C.7.6.3.1.2 `YBR_FULL`), whatever the tag says.
    Ybr,
    /// The stream does not say: Photometric Interpretation does.
    AsTagged,
}

/// One decoded frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Rows × columns × samples, interleaved by pixel; little-endian, Bits Allocated / 8 bytes each, and one
    /// byte (0 or 1) for a 1-bit pixel. Bits above the precision are zero, or the sign of a signed JPEG 2000
    /// stream; the caller masks and extends by Bits Stored and High Bit as for native data.
    pub bytes: Vec<u8>,
    /// Samples per pixel.
    pub samples: u16,
    /// What the samples mean.
    pub color: Color,
    /// Precision of the code stream: the number of low bits that carry the value.
    pub bits: u16,
    /// What a reader should be told: "the JPEG stream ends early".
    pub notes: Vec<String>,
}

/// Families of transfer syntaxes, by who decodes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Uncompressed,
    Deflated,
    Rle,
    Jpeg,
    JpegLs,
    Jpeg2000,
    JpegXl,
}

impl Family {
    /// That of a transfer syntax (PS3.6 Table A-1), if there is a decoder for it.
    fn of(transfer_syntax: &str) -> Option<Self> {
        let uid = transfer_syntax.trim_end_matches(['\0', ' ']);
        Some(match uid.strip_prefix("1.2.840.10008.1.2.")? {
            "1.98" => Self::Uncompressed,
            "8.1" => Self::Deflated,
            "5" => Self::Rle,
            // Baseline, extended, the retired spectral selection and progression, lossless.
            "4.50" | "4.51" | "4.53" | "4.55" | "4.57" | "4.70" => Self::Jpeg,
            "4.80" | "4.81" => Self::JpegLs,
            "4.90" | "4.91" | "4.92" | "4.93" | "4.201" | "4.202" | "4.203" => Self::Jpeg2000,
            "4.110" | "4.111" | "4.112" => Self::JpegXl,
            _ => return None,
        })
    }
}

/// Whether [`decode`] knows the transfer syntax.
#[must_use]
pub fn is_supported(transfer_syntax: &str) -> bool {
    Family::of(transfer_syntax).is_some()
}

/// Decodes one frame from its fragments, joined in order.
///
/// The result always holds a whole frame; where the stream ended early, the rest is zero and a note says so.
///
/// # Errors
///
/// [`CodecError::Unsupported`] for a transfer syntax or a feature without a decoder,
/// [`CodecError::Mismatch`] if the stream is not the image `layout` describes, [`CodecError::Damaged`] if its
/// headers cannot be followed, and [`CodecError::TooLarge`] beyond one gibibyte.
pub fn decode(transfer_syntax: &str, fragment_bytes: &[u8], layout: &Layout) -> Result<Decoded, CodecError> {
    decode_here(transfer_syntax, fragment_bytes, layout).unwrap_or_else(|| {
        match Family::of(transfer_syntax) {
            Some(Family::Jpeg2000) => jpeg2000::decode_foreign(fragment_bytes, layout),
            _ => jpegxl::decode(fragment_bytes, layout),
        }
    })
}

/// Samples of a JPEG 2000 frame that are decoded in a second even if the stream is made to be slow.
const QUICK_SAMPLES: usize = 4 << 20;

/// Whether a stream of this kind may keep our own code busy for seconds, so that somebody must watch it.
pub(super) fn may_take_long(transfer_syntax: &str, layout: &Layout) -> bool {
    Family::of(transfer_syntax) == Some(Family::Jpeg2000)
        && layout.pixels().saturating_mul(layout.samples.into()) > QUICK_SAMPLES
}

/// Decodes one frame as [`decode`] does, but only with our own code, which counts every byte before it takes
/// it; nothing if the stream needs other people's, whose memory and time a file may decide.
///
/// # Errors
///
/// Those of [`decode`].
pub fn decode_here(
    transfer_syntax: &str,
    fragment_bytes: &[u8],
    layout: &Layout,
) -> Option<Result<Decoded, CodecError>> {
    Some(match Family::of(transfer_syntax) {
        Some(Family::Uncompressed) => native::uncompressed(fragment_bytes, layout),
        Some(Family::Deflated) => native::deflated(fragment_bytes, layout),
        Some(Family::Rle) => rle::decode(fragment_bytes, layout),
        Some(Family::Jpeg) => jpeg::decode(fragment_bytes, layout),
        Some(Family::JpegLs) => jpegls::decode(fragment_bytes, layout),
        Some(Family::Jpeg2000) => Ok(jpeg2000::decode_here(fragment_bytes, layout)?),
        Some(Family::JpegXl) => return None,
        None => Err(error::unsupported("pixel data", format!("transfer syntax {transfer_syntax}"))),
    })
}

/// The colour of a codec that stores samples without saying what they mean.
fn as_tagged(samples: u16) -> Color {
    if samples == 1 { Color::Gray } else { Color::AsTagged }
}

/// Planes of one byte a sample to bytes interleaved by `step`, plane `p` at offset `p` of each group.
fn interleave(planes: &[&[u8]], out: &mut [u8]) {
    match *planes {
        [only] => {
            let length = only.len().min(out.len());
            out[..length].copy_from_slice(&only[..length]);
        }
        [first, second] => {
            for ((pair, &a), &b) in out.as_chunks_mut::<2>().0.iter_mut().zip(first).zip(second) {
                *pair = [a, b];
            }
        }
        [first, second, third] => {
            let groups = out.as_chunks_mut::<3>().0.iter_mut();
            for (((group, &a), &b), &c) in groups.zip(first).zip(second).zip(third) {
                *group = [a, b, c];
            }
        }
        _ => {
            for (offset, plane) in planes.iter().enumerate() {
                for (to, &from) in out.iter_mut().skip(offset).step_by(planes.len()).zip(*plane) {
                    *to = from;
                }
            }
        }
    }
}

#[cfg(test)]
mod vocabulary {
    use super::*;

    #[test]
    fn an_unknown_syntax_is_named_in_the_error() {
        let error = decode("1.2.3", &[], &Layout::test(1, 1, 1, 8)).expect_err("no such syntax");

        assert_eq!(error.to_string(), "pixel data with transfer syntax 1.2.3 cannot be decoded yet");
        assert!(!is_supported("1.2.840.10008.1.2.1"));
        assert!(is_supported("1.2.840.10008.1.2.5\0"));
    }

    #[test]
    fn any_number_of_planes_is_interleaved_by_pixel() {
        for count in 1..=8 {
            let planes: Vec<Vec<u8>> = (0..count).map(|p| vec![p, p + 100]).collect();
            let planes: Vec<&[u8]> = planes.iter().map(Vec::as_slice).collect();
            let mut out = vec![0; 2 * usize::from(count)];

            interleave(&planes, &mut out);

            let expected: Vec<u8> = (0..count).chain((0..count).map(|p| p + 100)).collect();
            assert_eq!(out, expected);
        }
    }
}
