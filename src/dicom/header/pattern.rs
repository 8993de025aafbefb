//! What the header of one file foretells of the next: the same bytes, but for the values of some attributes.
//!
//! One program writes the files of a series: the same attributes in the same order, most of them with the same
//! values. Stepping through a hundred elements of each file finds out the same each time, so the runs of bytes
//! that must be equal are compared instead. What may differ are values that belong to one file alone, and
//! those of attributes that nobody picks. Any other difference, be it of a bit, is a matter for the walk.

use super::picked::{LONGEST, Picked, Slot, is_passed_over};
use crate::dicom::{Element, Encoding, PIXEL_DATA, Source, Start, Step, Vr, Walker};

/// Bytes that must be equal, at most; headers have a few kilobytes.
const MOST: usize = 64 << 10;
/// A meta header is recognised in the first 4096 bytes, and must stay there with all that may differ in it.
const META: u64 = 2048;
/// Of a UID in the meta header.
const LONGEST_UID: u32 = 128;
/// Where the elements of a file with a preamble begin.
const FIRST: u64 = 132;

/// The header of one file as a measure of others.
#[derive(Default)]
pub(super) struct Pattern {
    /// All runs, one after the other.
    bytes: Vec<u8>,
    gaps: Vec<Gap>,
    /// After the last run their value begins.
    pixels: Option<Element>,
    /// Where the run that is not yet noted begins.
    at: u64,
}

/// A run of equal bytes, and the value after it, which may differ.
#[derive(Clone, Copy)]
struct Gap {
    /// Bytes of the run, up to the length of the value.
    run: usize,
    /// Bytes of that length: 2 or 4.
    width: usize,
    /// How it is written.
    encoding: Encoding,
    /// A longer value may be read in another way.
    most: u32,
    /// The attribute, if it is picked.
    slot: Option<Slot>,
}

impl Pattern {
    /// The pattern of a file with which nothing is odd, of whose picked attributes only its `own` may differ
    /// from file to file; `None` if it is not written as most are.
    pub(super) fn of(source: &mut Source, start: &Start, own: &[Slot]) -> Option<Self> {
        if start.offset > META || source.peek(0, FIRST as usize).ok()?.get(128..) != Some(b"DICM") {
            return None;
        }
        let mut pattern = Self::default();
        let mut meta = Walker::new(source, FIRST, Encoding::EXPLICIT);
        let mut next = FIRST;
        while next < start.offset {
            let Ok(Step::Element(element)) = meta.step() else { return None };
            let width = width(meta.source(), &element, true)?;
            if element.tag.0 != 2 {
                return None;
            }
            if matches!(element.tag.1, 0x0000 | 0x0003) {
                let encoding = Encoding::EXPLICIT;
                let gap = Gap { run: 0, width, encoding, most: LONGEST_UID, slot: None };
                pattern.gap(meta.source(), &element, gap)?;
            }
            next = element.value + u64::from(element.length?);
        }
        if next != start.offset {
            return None;
        }
        let mut walker = Walker::new(source, start.offset, start.encoding);
        loop {
            let Ok(Step::Element(element)) = walker.step() else { return None };
            if element.tag == PIXEL_DATA {
                pattern.run(walker.source(), element.value)?;
                pattern.pixels = Some(element);
                return Some(pattern);
            }
            let slot = own.iter().copied().find(|slot| slot.tag() == element.tag);
            // The encoding is guessed from the first element, so that has to be the same.
            let free = element.start > start.offset && (slot.is_some() || is_passed_over(element.tag));
            // What is written by other rules, or ends nobody knows where, is compared whole.
            if free
                && element.length.is_some()
                && let Some(width) = width(walker.source(), &element, start.encoding.explicit)
            {
                let most = if slot.is_some() { LONGEST } else { u32::MAX - 1 };
                pattern.gap(
                    walker.source(),
                    &element,
                    Gap { run: 0, width, encoding: element.encoding, most, slot },
                )?;
            }
        }
    }

    /// Notes that the value of an element may differ.
    fn gap(&mut self, source: &mut Source, element: &Element, gap: Gap) -> Option<()> {
        let run = self.run(source, element.value - gap.width as u64)?;
        self.gaps.push(Gap { run, ..gap });
        self.at = element.value + u64::from(element.length?);
        Some(())
    }

    /// Notes the bytes up to `end`.
    fn run(&mut self, source: &mut Source, end: u64) -> Option<usize> {
        let run = usize::try_from(end.checked_sub(self.at)?).ok()?;
        if self.bytes.len() + run > MOST {
            return None;
        }
        self.bytes.extend_from_slice(source.peek(self.at, run).ok()?);
        Some(run)
    }

    /// If a file is as foretold, picks its own attributes and its pixels; if not, `picked` holds anything.
    pub(super) fn foretells(&self, source: &mut Source, picked: &mut Picked) -> Option<()> {
        let (mut at, mut runs) = (0, &self.bytes[..]);
        for gap in &self.gaps {
            let (run, rest) = runs.split_at_checked(gap.run)?;
            runs = rest;
            let length = match *source.peek(at, gap.run + gap.width).ok()?.strip_prefix(run)? {
                [a, b] => u32::from(gap.encoding.u16([a, b])),
                [a, b, c, d] => gap.encoding.u32([a, b, c, d]),
                _ => return None,
            };
            at += (gap.run + gap.width) as u64;
            if length > gap.most || at + u64::from(length) > source.len() {
                return None;
            }
            if let Some(slot) = gap.slot {
                picked.keep(slot as usize, source.peek(at, length as usize).ok()?, gap.encoding);
            }
            at += u64::from(length);
        }
        if source.peek(at, runs.len()).ok()? != runs {
            return None;
        }
        let (pixels, value) = (self.pixels?, at + runs.len() as u64);
        picked.pixels = Some(Element { start: value - (pixels.value - pixels.start), value, ..pixels });
        Some(())
    }
}

/// Bytes of the length of an element; `None` if it is written by other rules than those of its data set.
fn width(source: &mut Source, element: &Element, explicit: bool) -> Option<usize> {
    if !explicit {
        return Some(4);
    }
    let letters = source.peek(element.start + 4, 2).ok()?.try_into().ok()?;
    Some(if Vr::from_bytes(letters)?.is_long_header() { 4 } else { 2 })
}
