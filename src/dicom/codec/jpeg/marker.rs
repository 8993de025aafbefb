//! Marker segments: what a JPEG stream says about itself (ITU-T T.81 Annex B).

use super::huffman::Huffman;
use super::{CODEC, CodecError, Layout, damaged, unsupported};

/// One marker and the bytes of its segment, without their length.
pub(super) struct Segment<'a> {
    pub(super) marker: u8,
    pub(super) body: &'a [u8],
    /// Where the bytes after the segment start.
    pub(super) end: usize,
}

/// The next segment at or after `at`; nothing at the end of the stream. Entropy-coded bytes in between are
/// passed over.
pub(super) fn next_segment(stream: &[u8], mut at: usize) -> Option<Segment<'_>> {
    loop {
        match stream.get(at..)? {
            // Stuffed bytes, fill bytes, restarts, SOI and TEM stand alone and mean nothing here.
            [0xFF, 0 | 1 | 0xD0..=0xD8, ..] => at += 2,
            [0xFF, 0xFF, ..] | [0..=0xFE, ..] => at += 1,
            [0xFF, 0xD9, ..] => return None,
            [0xFF, marker, high, low, rest @ ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low])).checked_sub(2)?;
                let body = rest.get(..length)?;
                return Some(Segment { marker: *marker, body, end: at + 4 + length });
            }
            _ => return None,
        }
    }
}

/// How the samples were coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Process {
    Sequential,
    Progressive,
    Lossless,
}

/// One component of a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Horizontal and vertical sampling factors, 1 to 4.
    pub(super) h: usize,
    pub(super) v: usize,
    pub(super) quantization: usize,
}

/// A frame header (B.2.2).
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) process: Process,
    pub(super) precision: u16,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) components: Vec<Component>,
    /// The largest sampling factors.
    pub(super) h: usize,
    pub(super) v: usize,
}

impl Frame {
    /// Reads a frame header and checks it against the data set.
    pub(super) fn read(marker: u8, body: &[u8], layout: &Layout) -> Result<Self, CodecError> {
        let process = match marker {
            0xC0 | 0xC1 => Process::Sequential,
            0xC2 => Process::Progressive,
            0xC3 => Process::Lossless,
            0xC5..=0xC7 | 0xCD..=0xCF => return Err(unsupported(CODEC, "hierarchical coding")),
            _ => return Err(unsupported(CODEC, "arithmetic coding")),
        };
        let [precision, r1, r0, c1, c0, count, components @ ..] = body else {
            return Err(damaged(CODEC, "its frame header is too short"));
        };
        let mut rows = u32::from(u16::from_be_bytes([*r1, *r0]));
        if rows == 0 {
            // The number of lines follows the first scan (DNL, B.2.5); the data set knows it already.
            rows = layout.rows;
        }
        let columns = u32::from(u16::from_be_bytes([*c1, *c0]));
        layout.check(CODEC, rows, columns, u16::from(*count), u16::from(*precision))?;
        let precisions = if process == Process::Lossless { 2..=16 } else { 8..=12 };
        if !precisions.contains(precision) || (process != Process::Lossless && !matches!(precision, 8 | 12)) {
            return Err(damaged(CODEC, format!("{precision} bits per sample are impossible in its process")));
        }
        let components = components.as_chunks::<3>().0.iter().map(|&[id, factors, table]| Component {
            id,
            h: usize::from(factors >> 4),
            v: usize::from(factors & 15),
            quantization: usize::from(table & 3),
        });
        let mut components: Vec<_> = components.take(usize::from(*count)).collect();
        if components.len() != usize::from(*count)
            || components.iter().any(|c| !(1..=4).contains(&c.h) || !(1..=4).contains(&c.v))
        {
            return Err(damaged(CODEC, "its frame header describes impossible components"));
        }
        if let [only] = &mut components[..] {
            // One component is never interleaved, so its factors say nothing (A.2.2).
            (only.h, only.v) = (1, 1);
        }
        let h = components.iter().map(|c| c.h).max().unwrap_or(1);
        let v = components.iter().map(|c| c.v).max().unwrap_or(1);
        let precision = u16::from(*precision);
        Ok(Self { process, precision, rows: rows as usize, columns: columns as usize, components, h, v })
    }

    /// Columns and rows of a component (A.1.1).
    pub(super) fn extent(&self, component: &Component) -> (usize, usize) {
        ((self.columns * component.h).div_ceil(self.h), (self.rows * component.v).div_ceil(self.v))
    }

    /// Minimum coded units of an interleaved scan, across and down (A.2.4).
    pub(super) fn units(&self) -> (usize, usize) {
        (self.columns.div_ceil(8 * self.h), self.rows.div_ceil(8 * self.v))
    }
}

/// One component of a scan and its tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) component: usize,
    pub(super) dc: usize,
    pub(super) ac: usize,
}

/// A scan header (B.2.3).
#[derive(Debug, Clone)]
pub(super) struct Scan {
    pub(super) parts: Vec<Part>,
    /// Start and end of spectral selection; the start is the predictor of a lossless scan.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Successive approximation, high and low; the low one is the point transform of a lossless scan.
    pub(super) high: u32,
    pub(super) low: u32,
}

impl Scan {
    /// Reads a scan header; every component it names is in the frame.
    pub(super) fn read(body: &[u8], frame: &Frame) -> Result<Self, CodecError> {
        let broken = || damaged(CODEC, "a scan header does not fit its frame");
        let (&count, rest) = body.split_first().ok_or_else(broken)?;
        let (parts, rest) = rest.split_at_checked(usize::from(count) * 2).ok_or_else(broken)?;
        let &[start, end, approximation, ..] = rest else { return Err(broken()) };
        let mut found = Vec::new();
        for &[id, tables] in parts.as_chunks::<2>().0 {
            let component = frame.components.iter().position(|c| c.id == id).ok_or_else(broken)?;
            if found.iter().any(|part: &Part| part.component == component) {
                return Err(broken());
            }
            found.push(Part { component, dc: usize::from(tables >> 4 & 3), ac: usize::from(tables & 3) });
        }
        if found.is_empty() || (frame.process == Process::Progressive && (end > 63 || start > end)) {
            return Err(broken());
        }
        let (high, low) = (u32::from(approximation >> 4), u32::from(approximation & 15));
        Ok(Self { parts: found, start: usize::from(start), end: usize::from(end), high, low })
    }
}

/// What the segments before a scan have set.
#[derive(Default)]
pub(super) struct Tables {
    /// Quantization steps in zigzag order.
    pub(super) quantization: [Option<[u16; 64]>; 4],
    pub(super) dc: [Option<Huffman>; 4],
    pub(super) ac: [Option<Huffman>; 4],
    /// Units between restart markers, 0 for none.
    pub(super) interval: usize,
    /// The transform flag of an Adobe APP14 segment.
    pub(super) adobe: Option<u8>,
    pub(super) jfif: bool,
}

impl Tables {
    /// Takes in one segment; those that mean nothing to a decoder are ignored.
    pub(super) fn read(&mut self, segment: &Segment<'_>) -> Result<(), CodecError> {
        match (segment.marker, segment.body) {
            (0xDB, body) => self.read_quantization(body),
            (0xC4, body) => self.read_huffman(body),
            (0xDD, [high, low, ..]) => {
                self.interval = usize::from(u16::from_be_bytes([*high, *low]));
                Some(())
            }
            (0xE0, body) => {
                self.jfif |= body.starts_with(b"JFIF\0");
                Some(())
            }
            // "Adobe", version, two flags words, transform.
            (0xEE, [b'A', b'd', b'o', b'b', b'e', _, _, _, _, _, _, transform, ..]) => {
                self.adobe = Some(*transform);
                Some(())
            }
            _ => Some(()),
        }
        .ok_or_else(|| damaged(CODEC, "a table is incomplete"))
    }

    /// DQT (B.2.4.1).
    fn read_quantization(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((&kind, rest)) = body.split_first() {
            let table = self.quantization.get_mut(usize::from(kind & 15))?.insert([0; 64]);
            if kind >> 4 == 0 {
                let (steps, rest) = rest.split_first_chunk::<64>()?;
                *table = steps.map(u16::from);
                body = rest;
            } else {
                let (steps, rest) = rest.split_first_chunk::<128>()?;
                for (to, &step) in table.iter_mut().zip(steps.as_chunks::<2>().0) {
                    *to = u16::from_be_bytes(step);
                }
                body = rest;
            }
        }
        Some(())
    }

    /// DHT (B.2.4.2).
    fn read_huffman(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((&kind, rest)) = body.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(total)?;
            let class = if kind >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *class.get_mut(usize::from(kind & 15))? = Some(Huffman::new(counts, symbols)?);
            body = rest;
        }
        Some(())
    }
}
