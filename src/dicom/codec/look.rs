//! A look at the first bytes of a code stream: could it be the image that the data set describes?
//!
//! Nothing is decoded or allocated, and bytes that are not at hand are not held against it, so that a scan
//! can afford to look at every compressed file.

use super::{CodecError, Layout, error::damaged, jpeg, jpeg2000, jpegls, rle};

/// The beginning of the first fragment of a frame.
#[derive(Debug, Clone, Copy)]
pub struct Glimpse<'a> {
    /// As many of its bytes as are at hand.
    pub bytes: &'a [u8],
    /// These are all bytes of the frame.
    pub whole: bool,
    /// Length of the fragment.
    pub length: u32,
}

/// Looks at the beginning of a frame.
///
/// # Errors
///
/// What decoding it would say, as far as it can be known: [`CodecError::Mismatch`],
/// [`CodecError::Damaged`] or [`CodecError::TooLarge`]. Features that cannot be decoded are not odd.
pub fn look(transfer_syntax: &str, glimpse: &Glimpse<'_>, layout: &Layout) -> Result<(), CodecError> {
    let uid = transfer_syntax.trim_end_matches(['\0', ' ']);
    let result = match uid.strip_prefix("1.2.840.10008.1.2.") {
        Some("5") => rle::look(glimpse, layout),
        Some("4.50" | "4.51" | "4.53" | "4.55" | "4.57" | "4.70") => jpeg::look(glimpse, layout),
        Some("4.80" | "4.81") => jpegls::look(glimpse, layout),
        Some("4.90" | "4.91" | "4.92" | "4.93" | "4.201" | "4.202" | "4.203") => {
            jpeg2000::look(glimpse, layout)
        }
        Some("4.110" | "4.111" | "4.112") => glimpse.begins("JPEG XL", &[&[0xFF, 0x0A], b"\0\0\0\x0CJXL "]),
        _ => return Ok(()),
    };
    match result.and_then(|()| layout.frame_bytes().map(|_| ())) {
        Err(CodecError::Unsupported { .. }) => Ok(()),
        result => result,
    }
}

impl Glimpse<'_> {
    /// Checks that the stream begins with one of `signatures`.
    pub(super) fn begins(&self, codec: &'static str, signatures: &[&[u8]]) -> Result<(), CodecError> {
        let fits = |signature: &&[u8]| {
            let seen = self.bytes.len().min(signature.len());
            self.bytes[..seen] == signature[..seen] && (seen == signature.len() || !self.whole)
        };
        if signatures.iter().any(fits) { Ok(()) } else { Err(damaged(codec, "it does not begin like one")) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::streams::LOSSLESS;
    use super::*;

    #[test]
    fn every_good_stream_passes_however_little_of_it_is_at_hand() {
        for case in &LOSSLESS {
            let stream = case.stream();
            for at_hand in 0..=stream.len() {
                let whole = at_hand == stream.len();
                let glimpse = Glimpse { bytes: &stream[..at_hand], whole, length: stream.len() as u32 };
                assert_eq!(look(case.syntax, &glimpse, &case.layout()), Ok(()), "{} at {at_hand}", case.name);
            }
        }
    }

    #[test]
    fn a_stream_of_another_size_is_told_from_its_first_bytes() {
        for case in LOSSLESS.iter().filter(|case| !case.name.starts_with("JPEG XL")) {
            let stream = case.stream();
            let bytes = &stream[..stream.len().min(200)];
            let glimpse = Glimpse { bytes, whole: false, length: stream.len() as u32 };
            let wider = Layout { columns: 11, ..case.layout() };
            let Err(CodecError::Mismatch { .. }) = look(case.syntax, &glimpse, &wider) else {
                panic!("{}", case.name);
            };
        }
    }

    #[test]
    fn what_begins_like_nothing_is_told_even_if_it_is_short() {
        for syntax in ["5", "4.50", "4.70", "4.80", "4.90", "4.201", "4.110"] {
            let syntax = format!("1.2.840.10008.1.2.{syntax}");
            let glimpse = Glimpse { bytes: b"text", whole: true, length: 4 };
            assert!(look(&syntax, &glimpse, &Layout::test(8, 8, 1, 8)).is_err(), "{syntax}");
        }
    }
}
