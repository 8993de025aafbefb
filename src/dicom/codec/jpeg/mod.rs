//! JPEG (ITU-T T.81, ISO/IEC 10918-1; PS3.5 A.4.1): sequential and progressive DCT of 8 and 12 bits, and
//! lossless of 2 to 16 bits, all with Huffman codes.
//!
//! What arrives is decoded by its own markers, whichever of the JPEG transfer syntaxes it came under.
//! Arithmetic and hierarchical coding, which DICOM retired, are not here.

mod huffman;
mod idct;
mod lossless;
mod marker;
mod progressive;
mod scan;
mod upsample;

use huffman::Bits;
use marker::{Frame, Process, Scan, Tables};
use progressive::{Coefficients, Progressive};
use scan::{End, Plane, Sequential};

use super::error::{damaged, unsupported};
use super::layout::budget;
use super::{CodecError, Color, Decoded, Glimpse, Layout, as_tagged, sample};

const CODEC: &str = "JPEG";
/// A block of 64 samples takes two bits at least, one for each table.
const RATIO: u64 = 512;
/// No encoder writes more scans; a bomb does (libjpeg-turbo's advice for progressive streams).
const MOST_SCANS: usize = 500;

/// Decodes one JPEG frame.
pub(super) fn decode(stream: &[u8], layout: &Layout) -> Result<Decoded, CodecError> {
    let mut out = vec![0; layout.frame_bytes_from(stream.len(), RATIO)?];
    if !stream.starts_with(&[0xFF, 0xD8]) {
        return Err(damaged(CODEC, "it does not begin with a start marker"));
    }
    let mut tables = Tables::default();
    let mut picture: Option<Picture> = None;
    let mut notes = Vec::new();
    let mut at = 2;
    let mut scans = 0;
    while let Some(segment) = marker::next_segment(stream, at) {
        at = segment.end;
        match segment.marker {
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                if picture.is_some() {
                    return Err(damaged(CODEC, "it holds two frames"));
                }
                picture = Some(Picture::new(Frame::read(segment.marker, segment.body, layout)?)?);
            }
            0xDA => {
                let picture =
                    picture.as_mut().ok_or_else(|| damaged(CODEC, "a scan comes before its frame header"))?;
                scans += 1;
                if scans > MOST_SCANS {
                    return Err(damaged(CODEC, "it has more scans than any encoder writes"));
                }
                let mut bits = Bits::new(stream, at);
                let end = picture.scan(segment.body, &tables, &mut bits);
                at = bits.position();
                match end {
                    Ok(End::Complete) => {}
                    Ok(End::Early) => notes.push("the JPEG stream ends early".to_owned()),
                    Ok(End::Broken) => notes.push("the JPEG stream is damaged".to_owned()),
                    // Pixels of earlier scans are worth showing.
                    Err(error) if scans > 1 => notes.push(error.to_string()),
                    Err(error) => return Err(error),
                }
            }
            _ => match tables.read(&segment) {
                // Damage behind the pixels does not make them worse.
                Err(_) if scans > 0 => {
                    notes.push("the JPEG stream is damaged".to_owned());
                    break;
                }
                read => read?,
            },
        }
    }
    let picture = picture.filter(|_| scans > 0).ok_or_else(|| damaged(CODEC, "it ends before any pixel"))?;
    if picture.frame.components.len() > picture.seen.iter().filter(|&&seen| seen).count() && notes.is_empty()
    {
        notes.push("the JPEG stream ends early".to_owned());
    }
    notes.dedup();
    let color = picture.color(&tables);
    let bits = picture.frame.precision;
    picture.store(layout, &mut out);
    Ok(Decoded { bytes: out, samples: layout.samples, color, bits, notes })
}

/// Looks for the frame header among the first segments.
pub(super) fn look(glimpse: &Glimpse<'_>, layout: &Layout) -> Result<(), CodecError> {
    glimpse.begins(CODEC, &[&[0xFF, 0xD8]])?;
    let mut at = 2;
    while let Some(segment) = marker::next_segment(glimpse.bytes, at) {
        at = segment.end;
        match segment.marker {
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return Frame::read(segment.marker, segment.body, layout).map(|_| ());
            }
            0xDA => return Err(damaged(CODEC, "a scan comes before its frame header")),
            _ => {}
        }
    }
    if glimpse.whole { Err(damaged(CODEC, "it ends before its frame header")) } else { Ok(()) }
}

/// A frame while its scans come in.
struct Picture {
    frame: Frame,
    planes: Vec<Plane>,
    /// Only of a progressive frame.
    coefficients: Vec<Coefficients>,
    /// The quantization of each component at its first scan, after which tables may change (B.2.4.1).
    quantization: Vec<Option<[u16; 64]>>,
    /// Components that a scan has reached.
    seen: Vec<bool>,
}

impl Picture {
    fn new(frame: Frame) -> Result<Self, CodecError> {
        let (across, down) = frame.units();
        let mut planes = Vec::new();
        let mut coefficients = Vec::new();
        for component in &frame.components {
            let (across, down) = (across * component.h, down * component.v);
            let (width, height) = if frame.process == Process::Lossless {
                frame.extent(component)
            } else {
                (across * 8, down * 8)
            };
            let samples = budget(width as u32, height as u32, 1, size_of::<u16>())? / size_of::<u16>();
            planes.push(Plane { stride: width, values: vec![0; samples] });
            if frame.process == Process::Progressive {
                coefficients.push(Coefficients { across, values: vec![[0; 64]; across * down] });
            }
        }
        let count = frame.components.len();
        Ok(Self { frame, planes, coefficients, quantization: vec![None; count], seen: vec![false; count] })
    }

    /// Decodes the scan whose header is `body` from the bits that follow it.
    fn scan(&mut self, body: &[u8], tables: &Tables, bits: &mut Bits<'_>) -> Result<End, CodecError> {
        let frame = &self.frame;
        let scan = Scan::read(body, frame)?;
        for part in &scan.parts {
            self.seen[part.component] = true;
            let table = frame.components[part.component].quantization;
            self.quantization[part.component] =
                self.quantization[part.component].or(tables.quantization[table]);
        }
        match frame.process {
            Process::Lossless => lossless::decode(frame, &scan, tables, bits, &mut self.planes),
            Process::Sequential => {
                let mut blocks = Sequential::new(frame, &scan, tables, &mut self.planes)?;
                Ok(scan::walk(frame, &scan, tables.interval, bits, &mut blocks))
            }
            Process::Progressive => {
                let mut blocks = Progressive::new(&scan, tables, &mut self.coefficients)?;
                Ok(scan::walk(frame, &scan, tables.interval, bits, &mut blocks))
            }
        }
    }

    /// What three components mean: the Adobe flag decides, then JFIF, then the names R, G, B, then halved
    /// chroma; else the data set. Lossless streams never transform colour.
    fn color(&self, tables: &Tables) -> Color {
        let ids: Vec<u8> = self.frame.components.iter().map(|c| c.id).collect();
        match (&ids[..], tables.adobe) {
            ([_], _) => Color::Gray,
            ([_, _, _], _) if self.frame.process == Process::Lossless => Color::AsTagged,
            ([_, _, _], Some(0)) => Color::Rgb,
            ([_, _, _], Some(_)) => Color::Ybr,
            ([_, _, _], None) if tables.jfif => Color::Ybr,
            (b"RGB", None) => Color::Rgb,
            // Nobody halves green and blue.
            ([_, _, _], None) if self.frame.h > 1 || self.frame.v > 1 => Color::Ybr,
            _ => as_tagged(ids.len() as u16),
        }
    }

    /// Writes all samples, chroma at full size.
    fn store(mut self, layout: &Layout, out: &mut [u8]) {
        for (index, coefficients) in self.coefficients.iter().enumerate() {
            if let Some(table) = &self.quantization[index] {
                coefficients.render(table, self.frame.precision, &mut self.planes[index]);
            }
        }
        let (size, samples) = (layout.bytes_per_sample(), usize::from(layout.samples));
        let mut line = vec![0; self.frame.columns];
        for (y, row) in out.chunks_exact_mut(self.frame.columns * samples * size).enumerate() {
            for (offset, (component, plane)) in self.frame.components.iter().zip(&self.planes).enumerate() {
                upsample::row(&self.frame, component, plane, y, &mut line);
                sample::write(row, size, &line, samples, offset);
            }
        }
    }
}
