//! JPEG-LS, lossless and near-lossless (ISO/IEC 14495-1, ITU-T T.87; PS3.5 A.4.3): 2 to 16 bits, all three
//! interleave modes, preset parameters and restart intervals.
//!
//! Mapping tables and `CharLS`'s colour transforms, which DICOM does not use, are not here.

mod bits;
mod context;
mod header;
mod scan;

use super::error::{damaged, unsupported};
use super::{CodecError, Decoded, Glimpse, Layout, as_tagged, sample};
use header::Stream;

const CODEC: &str = "JPEG-LS";

/// Decodes one JPEG-LS frame.
pub(super) fn decode(stream: &[u8], layout: &Layout) -> Result<Decoded, CodecError> {
    let mut out = vec![0; layout.frame_bytes()?];
    let mut notes = Vec::new();
    let mut stream = Stream::new(stream)?;
    let (size, samples) = (layout.bytes_per_sample(), usize::from(layout.samples));
    let columns = layout.columns as usize;
    let mut seen = 0;
    while let Some(scan) = stream.next_scan(layout)? {
        let parts = scan.components.len();
        let row = columns * samples * size;
        let complete = scan::decode(&scan, layout.rows as usize, columns, |y, part, values| {
            let component = scan.components[part];
            sample::write(&mut out[y * row..][..row], size, values, samples, component);
        });
        stream.resume();
        seen += parts;
        if !complete {
            notes.push("the JPEG-LS stream ends early".to_owned());
            break;
        }
    }
    let bits = stream.precision().filter(|_| seen > 0);
    let bits = bits.ok_or_else(|| damaged(CODEC, "it ends before any pixel"))?;
    if seen < samples && notes.is_empty() {
        notes.push("the JPEG-LS stream ends early".to_owned());
    }
    Ok(Decoded { bytes: out, samples: layout.samples, color: as_tagged(layout.samples), bits, notes })
}

/// Looks for the frame header among the first segments.
pub(super) fn look(glimpse: &Glimpse<'_>, layout: &Layout) -> Result<(), CodecError> {
    glimpse.begins(CODEC, &[&[0xFF, 0xD8]])?;
    if glimpse.bytes.len() < 2 {
        return Ok(());
    }
    let found = Stream::new(glimpse.bytes)?.find_frame(layout)?;
    if found || !glimpse.whole { Ok(()) } else { Err(damaged(CODEC, "it ends before its frame header")) }
}
