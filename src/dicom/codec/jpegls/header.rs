//! Marker segments of a JPEG-LS stream (ISO/IEC 14495-1 Annex C).

use super::{CODEC, CodecError, Layout, damaged, unsupported};

/// How the components of a scan take turns (C.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interleave {
    /// One component in the scan.
    None,
    /// A line of each.
    Line,
    /// A sample of each.
    Sample,
}

/// Coding parameters that hold for a scan (C.2.4.1.1), zero meaning the default.
#[derive(Debug, Clone, Copy, Default)]
struct Preset {
    most: u16,
    thresholds: [u16; 3],
    reset: u16,
}

/// Everything a scan needs, checked.
#[derive(Debug, Clone)]
pub(super) struct Scan<'a> {
    /// Places of its components in a pixel.
    pub(super) components: Vec<usize>,
    pub(super) interleave: Interleave,
    /// Largest sample, MAXVAL.
    pub(super) most: i32,
    /// Tolerated difference, NEAR.
    pub(super) near: i32,
    pub(super) thresholds: [i32; 3],
    pub(super) reset: i32,
    /// Lowest bits that were not coded.
    pub(super) point_transform: u32,
    /// Lines between restart markers, 0 for none.
    pub(super) interval: u32,
    /// The entropy-coded bytes and all that follows.
    pub(super) data: &'a [u8],
}

/// A stream while its segments are read.
pub(super) struct Stream<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Precision and component names, once the frame header is read.
    frame: Option<(u16, Vec<u8>)>,
    preset: Preset,
    interval: u32,
}

impl<'a> Stream<'a> {
    pub(super) fn new(stream: &'a [u8]) -> Result<Self, CodecError> {
        if !stream.starts_with(&[0xFF, 0xD8]) {
            return Err(damaged(CODEC, "it does not begin with a start marker"));
        }
        Ok(Self { bytes: stream, at: 2, frame: None, preset: Preset::default(), interval: 0 })
    }

    /// Bits per sample, once known.
    pub(super) fn precision(&self) -> Option<u16> {
        self.frame.as_ref().map(|(precision, _)| *precision)
    }

    /// Moves past the entropy-coded bytes of the scan just decoded.
    pub(super) fn resume(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let marker =
            |pair: &[u8]| pair[0] == 0xFF && pair[1] >= 0x80 && !matches!(pair[1], 0xD0..=0xD7 | 0xFF);
        self.at += rest.windows(2).position(marker).unwrap_or(rest.len());
    }

    /// Reads on to the next scan; nothing at the end of the stream, or where it was cut.
    pub(super) fn next_scan(&mut self, layout: &Layout) -> Result<Option<Scan<'a>>, CodecError> {
        while let Some((marker, body)) = self.next_segment() {
            match marker {
                0xF7 => self.read_frame(body, layout)?,
                0xF8 => self.read_preset(body)?,
                0xDD => self.read_interval(body)?,
                0xDA => return self.read_scan(body).map(Some),
                0xE8 if body.starts_with(b"mrfx") && body.get(4).is_some_and(|&transform| transform != 0) => {
                    return Err(unsupported(CODEC, "HP's colour transform"));
                }
                0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                    return Err(damaged(CODEC, "it holds a JPEG frame of another kind"));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Reads on to the frame header and checks it; false if it is not in these bytes.
    pub(super) fn find_frame(&mut self, layout: &Layout) -> Result<bool, CodecError> {
        while let Some((marker, body)) = self.next_segment() {
            if marker == 0xF7 {
                return self.read_frame(body, layout).map(|()| true);
            }
        }
        Ok(false)
    }

    fn next_segment(&mut self) -> Option<(u8, &'a [u8])> {
        loop {
            match self.bytes.get(self.at..)? {
                [0xFF, 0xFF, ..] => self.at += 1,
                [0xFF, 0xD9, ..] => return None,
                [0xFF, marker, high, low, rest @ ..] => {
                    let length = usize::from(u16::from_be_bytes([*high, *low])).checked_sub(2)?;
                    self.at += 4 + length;
                    return Some((*marker, rest.get(..length)?));
                }
                _ => return None,
            }
        }
    }

    /// SOF55 (C.2.2).
    fn read_frame(&mut self, body: &[u8], layout: &Layout) -> Result<(), CodecError> {
        let [precision, r1, r0, c1, c0, count, components @ ..] = body else {
            return Err(damaged(CODEC, "its frame header is too short"));
        };
        let rows = u32::from(u16::from_be_bytes([*r1, *r0]));
        // No lines means that an LSE or DNL segment tells them later; the data set has told us already.
        let rows = if rows == 0 { layout.rows } else { rows };
        let columns = u32::from(u16::from_be_bytes([*c1, *c0]));
        let columns = if columns == 0 { layout.columns } else { columns };
        layout.check(CODEC, rows, columns, u16::from(*count), u16::from(*precision))?;
        if !(2..=16).contains(precision) {
            return Err(damaged(CODEC, format!("{precision} bits per sample are impossible")));
        }
        let components = components.as_chunks::<3>().0;
        if components.len() < usize::from(*count) || components.iter().any(|&[_, factors, _]| factors != 0x11)
        {
            return Err(unsupported(CODEC, "subsampled components"));
        }
        let names = components.iter().take(usize::from(*count)).map(|&[name, ..]| name).collect();
        self.frame = Some((u16::from(*precision), names));
        Ok(())
    }

    /// LSE (C.2.4.1): preset parameters; mapping tables are beyond us, extended sizes beyond need.
    fn read_preset(&mut self, body: &[u8]) -> Result<(), CodecError> {
        match body {
            [1, words @ ..] => {
                let words: Vec<u16> =
                    words.as_chunks::<2>().0.iter().map(|&word| u16::from_be_bytes(word)).collect();
                let [most, t1, t2, t3, reset] = words[..] else {
                    return Err(damaged(CODEC, "its preset parameters are incomplete"));
                };
                self.preset = Preset { most, thresholds: [t1, t2, t3], reset };
                Ok(())
            }
            [2 | 3, ..] => Err(unsupported(CODEC, "mapping tables")),
            _ => Ok(()),
        }
    }

    /// DRI (C.2.5), of two to four bytes.
    fn read_interval(&mut self, body: &[u8]) -> Result<(), CodecError> {
        if !(2..=4).contains(&body.len()) {
            return Err(damaged(CODEC, "its restart interval is incomplete"));
        }
        self.interval = body.iter().fold(0, |interval, &byte| interval << 8 | u32::from(byte));
        Ok(())
    }

    /// SOS (C.2.3).
    fn read_scan(&self, body: &[u8]) -> Result<Scan<'a>, CodecError> {
        let broken = || damaged(CODEC, "a scan header does not fit its frame");
        let (precision, names) = self.frame.as_ref().ok_or_else(broken)?;
        let (&count, rest) = body.split_first().ok_or_else(broken)?;
        let (parts, rest) = rest.split_at_checked(usize::from(count) * 2).ok_or_else(broken)?;
        let &[near, interleave, point_transform, ..] = rest else { return Err(broken()) };
        let mut components = Vec::new();
        for &[name, table] in parts.as_chunks::<2>().0 {
            let component = names.iter().position(|&known| known == name).ok_or_else(broken)?;
            if table != 0 {
                return Err(unsupported(CODEC, "mapping tables"));
            }
            if components.contains(&component) {
                return Err(broken());
            }
            components.push(component);
        }
        let interleave = match (interleave, components.len()) {
            (_, 0) => return Err(broken()),
            (0..=2, 1) => Interleave::None,
            (1, _) => Interleave::Line,
            (2, _) => Interleave::Sample,
            _ => return Err(broken()),
        };
        let highest = (1 << precision) - 1;
        let most = if self.preset.most == 0 { highest } else { i32::from(self.preset.most) };
        let near = i32::from(near);
        if most > highest || near > (most / 2).min(255) || u16::from(point_transform & 15) >= *precision {
            return Err(broken());
        }
        let thresholds = thresholds(most, near, self.preset.thresholds).ok_or_else(broken)?;
        let reset = if self.preset.reset == 0 { 64 } else { i32::from(self.preset.reset).max(3) };
        Ok(Scan {
            components,
            interleave,
            most,
            near,
            thresholds,
            reset,
            point_transform: u32::from(point_transform & 15),
            interval: self.interval,
            data: self.bytes.get(self.at..).unwrap_or_default(),
        })
    }
}

/// The gradient thresholds T1 to T3: preset ones, or the defaults of C.2.4.1.1.1; nothing if out of order.
fn thresholds(most: i32, near: i32, preset: [u16; 3]) -> Option<[i32; 3]> {
    let clamp = |value: i32, least: i32| if value > most || value < least { least } else { value };
    let basic = [3, 7, 21];
    let slope = [3, 5, 7];
    let mut least = near + 1;
    let mut found = [0; 3];
    for at in 0..3 {
        let default = if most >= 128 {
            let factor = (most.min(4095) + 128) / 256;
            factor * (basic[at] - 2 - at as i32) + 2 + at as i32 + slope[at] * near
        } else {
            let factor = 256 / (most + 1);
            (basic[at] / factor + slope[at] * near).max(2 + at as i32)
        };
        let value = if preset[at] == 0 { clamp(default, least) } else { i32::from(preset[at]) };
        if value < least || value > most.max(least) {
            return None;
        }
        found[at] = value;
        least = value;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_thresholds_are_those_of_the_standard() {
        assert_eq!(thresholds(255, 0, [0; 3]), Some([3, 7, 21]));
        assert_eq!(thresholds(4095, 0, [0; 3]), Some([18, 67, 276]));
        assert_eq!(thresholds(65535, 0, [0; 3]), Some([18, 67, 276]));
        assert_eq!(thresholds(255, 3, [0; 3]), Some([12, 22, 42]));
    }

    #[test]
    fn preset_thresholds_out_of_order_are_refused() {
        assert_eq!(thresholds(255, 0, [9, 8, 21]), None);
        assert_eq!(thresholds(255, 2, [2, 8, 21]), None);
        assert_eq!(thresholds(255, 0, [4, 0, 30]), Some([4, 7, 30]));
    }
}
