//! Which bytes hold which frame (PS3.5 8.2, A.4).

use crate::dicom::{DataSet, Element, Source, Tag, Value};
use std::io;

/// Where the frames of a pixel element lie.
#[derive(Debug, Clone)]
pub(super) enum FrameIndex {
    /// One after the other, without gaps; 1-bit frames may start inside a byte.
    Native {
        /// Offset of the first frame.
        offset: u64,
        /// Bytes that are really there.
        present: u64,
    },
    /// In fragments; one list per frame.
    Encapsulated {
        /// `(offset, length)` of each fragment of each frame.
        frames: Vec<Vec<(u64, u32)>>,
        /// What had to be assumed.
        notes: Vec<String>,
    },
}

/// More fragments than any real file.
const MOST_FRAGMENTS: usize = 4_000_000;

impl FrameIndex {
    /// Finds the frames of a pixel element.
    ///
    /// # Errors
    ///
    /// What the system says while reading.
    pub(super) fn build(
        source: &mut Source,
        data_set: &DataSet,
        pixels: &Element,
        frames: u32,
    ) -> io::Result<Self> {
        if let Some(length) = pixels.length {
            let present = u64::from(length).min(source.len().saturating_sub(pixels.value));
            return Ok(Self::Native { offset: pixels.value, present });
        }
        let (table, fragments, mut notes) = fragments(source, pixels)?;
        let extended = extended_offsets(data_set);
        let basic: Vec<u64> = table.iter().map(|&offset| u64::from(offset)).collect();
        let frames = split(&fragments, &extended, &basic, frames as usize, source, &mut notes)?;
        Ok(Self::Encapsulated { frames, notes })
    }
}

type Fragment = (u64, u32);

/// Walks the items: the Basic Offset Table, then the fragments.
#[expect(clippy::many_single_char_names, reason = "bytes in the order of the file")]
fn fragments(source: &mut Source, pixels: &Element) -> io::Result<(Vec<u32>, Vec<Fragment>, Vec<String>)> {
    let (mut at, mut table, mut found, mut notes) = (pixels.value, None, vec![], vec![]);
    loop {
        let header = source.peek(at, 8)?;
        let Some(&[a, b, c, d, e, f, g, h]) = header.first_chunk::<8>() else {
            notes.push("the file ends inside its pixel data; the copy may be incomplete".to_owned());
            break;
        };
        let length = u32::from_le_bytes([e, f, g, h]);
        match (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])) {
            (0xFFFE, 0xE000) if length != u32::MAX && found.len() < MOST_FRAGMENTS => {
                let left = source.len().saturating_sub(at + 8);
                let present = u32::try_from(u64::from(length).min(left)).unwrap_or(length);
                if table.is_none() {
                    let bytes = source.read(at + 8, (present as usize).min(4 * MOST_FRAGMENTS))?;
                    let numbers = bytes.chunks_exact(4).filter_map(|chunk| chunk.try_into().ok());
                    table = Some(numbers.map(u32::from_le_bytes).collect::<Vec<_>>());
                } else {
                    found.push((at + 8, present));
                }
                if present < length {
                    notes.push("the file ends inside its pixel data; the copy may be incomplete".to_owned());
                    break;
                }
                at += 8 + u64::from(length);
            }
            (0xFFFE, 0xE0DD) => break,
            _ => {
                notes.push(format!(
                    "byte {at} is not the start of a fragment; the pixel data is damaged there"
                ));
                break;
            }
        }
    }
    Ok((table.unwrap_or_default(), found, notes))
}

/// Extended Offset Table (7FE0,0001): 64-bit offsets of the frames.
fn extended_offsets(data_set: &DataSet) -> Vec<u64> {
    let Some(element) = data_set.get(Tag(0x7FE0, 0x0001)) else { return vec![] };
    let Value::Bytes(bytes) = &element.value else { return vec![] };
    bytes.chunks_exact(8).filter_map(|chunk| chunk.try_into().ok()).map(u64::from_le_bytes).collect()
}

/// Gives each frame its fragments: by an offset table that fits, else one by one, else by where code
/// streams start.
fn split(
    fragments: &[Fragment],
    extended: &[u64],
    basic: &[u64],
    frames: usize,
    source: &mut Source,
    notes: &mut Vec<String>,
) -> io::Result<Vec<Vec<Fragment>>> {
    if frames <= 1 {
        return Ok(vec![fragments.to_vec()]);
    }
    if fragments.len() == frames {
        return Ok(fragments.iter().map(|&fragment| vec![fragment]).collect());
    }
    for table in [extended, basic] {
        if let Some(split) = by_table(fragments, table, frames) {
            return Ok(split);
        }
    }
    let mut split: Vec<Vec<Fragment>> = vec![];
    for &(offset, length) in fragments {
        let first = source.peek(offset, 4)?;
        let starts = matches!(first, [0xFF, 0xD8 | 0x4F, 0xFF, _] | [0xFF, 0x0A, ..] | [0, 0, 0, 0x0C]);
        match split.last_mut() {
            Some(frame) if !starts => frame.push((offset, length)),
            _ => split.push(vec![(offset, length)]),
        }
    }
    if split.len() != frames {
        notes.push(format!("{frames} frames are promised and {} are found", split.len()));
    }
    Ok(split)
}

fn by_table(fragments: &[Fragment], table: &[u64], frames: usize) -> Option<Vec<Vec<Fragment>>> {
    if table.len() < frames {
        return None;
    }
    // Offsets count from the first item after the table, whose header is eight bytes before its value.
    let first = fragments.first()?.0;
    let mut split: Vec<Vec<Fragment>> = vec![];
    let mut expected = table.iter().take(frames);
    let mut next = expected.next().copied();
    for &(offset, length) in fragments {
        if next == offset.checked_sub(first) {
            split.push(vec![]);
            next = expected.next().copied();
        }
        split.last_mut()?.push((offset, length));
    }
    (split.len() == frames).then_some(split)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_table_that_fits_groups_the_fragments() {
        let fragments = [(108, 10), (126, 10), (144, 20)];
        let split = by_table(&fragments, &[0, 36], 2).unwrap();
        assert_eq!(split, [vec![(108, 10), (126, 10)], vec![(144, 20)]]);
    }

    #[test]
    fn an_offset_table_that_points_between_fragments_is_not_believed() {
        assert_eq!(by_table(&[(108, 10), (126, 10), (144, 20)], &[0, 35], 2), None);
    }

    #[test]
    fn without_a_table_code_streams_say_where_frames_start() {
        let mut source = Source::memory(b"\xff\xd8\xff\xc0..more..\xff\xd8\xff\xc0".to_vec());
        let mut notes = vec![];
        let split = split(&[(0, 4), (4, 8), (12, 4)], &[], &[], 2, &mut source, &mut notes).unwrap();
        assert_eq!(split, [vec![(0, 4), (4, 8)], vec![(12, 4)]]);
        assert_eq!(notes, Vec::<String>::new());
    }
}
