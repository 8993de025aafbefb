//! Picking the attributes that place a file, while stepping over everything else.

use super::{
    groups::{self, Group},
    overlay::Overlays,
};
use crate::dicom::{Damage, DataSet, Element, Encoding, Source, Start, Step, Tag, Walker, recognise};
use crate::model::{self, Text};
use std::borrow::Cow;

macro_rules! wanted {
    ($($name:ident = ($group:literal, $element:literal);)*) => {
        /// The attributes that are picked, ascending.
        const WANTED: &[Tag] = &[$(Tag($group, $element)),*];
        #[derive(Clone, Copy, PartialEq)]
        pub(super) enum Slot { $($name),* }

        impl Slot {
            #[cfg(test)]
            pub(super) const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The attribute it holds.
            pub(super) fn tag(self) -> Tag {
                WANTED[self as usize]
            }
        }
    };
}

wanted! {
    Charset = (0x0008, 0x0005);
    ImageType = (0x0008, 0x0008);
    SopClass = (0x0008, 0x0016);
    SopInstance = (0x0008, 0x0018);
    StudyDate = (0x0008, 0x0020);
    SeriesDate = (0x0008, 0x0021);
    AcquisitionDate = (0x0008, 0x0022);
    ContentDate = (0x0008, 0x0023);
    StudyTime = (0x0008, 0x0030);
    SeriesTime = (0x0008, 0x0031);
    AcquisitionTime = (0x0008, 0x0032);
    ContentTime = (0x0008, 0x0033);
    Accession = (0x0008, 0x0050);
    Modality = (0x0008, 0x0060);
    Manufacturer = (0x0008, 0x0070);
    Institution = (0x0008, 0x0080);
    StudyDescription = (0x0008, 0x1030);
    SeriesDescription = (0x0008, 0x103E);
    PatientName = (0x0010, 0x0010);
    PatientId = (0x0010, 0x0020);
    Issuer = (0x0010, 0x0021);
    BirthDate = (0x0010, 0x0030);
    Sex = (0x0010, 0x0040);
    BodyPart = (0x0018, 0x0015);
    ScanningSequence = (0x0018, 0x0020);
    SequenceName = (0x0018, 0x0024);
    Thickness = (0x0018, 0x0050);
    EchoTime = (0x0018, 0x0081);
    EchoNumber = (0x0018, 0x0086);
    SliceSpacing = (0x0018, 0x0088);
    Protocol = (0x0018, 0x1030);
    TriggerTime = (0x0018, 0x1060);
    Tilt = (0x0018, 0x1120);
    ImagerSpacing = (0x0018, 0x1164);
    Kernel = (0x0018, 0x1210);
    ScannedSpacing = (0x0018, 0x2010);
    BValue = (0x0018, 0x9087);
    StudyUid = (0x0020, 0x000D);
    SeriesUid = (0x0020, 0x000E);
    StudyId = (0x0020, 0x0010);
    SeriesNumber = (0x0020, 0x0011);
    Acquisition = (0x0020, 0x0012);
    InstanceNumber = (0x0020, 0x0013);
    Position = (0x0020, 0x0032);
    Orientation = (0x0020, 0x0037);
    FrameOfReference = (0x0020, 0x0052);
    TemporalPosition = (0x0020, 0x0100);
    Location = (0x0020, 0x1041);
    Samples = (0x0028, 0x0002);
    Photometric = (0x0028, 0x0004);
    Planar = (0x0028, 0x0006);
    Frames = (0x0028, 0x0008);
    Rows = (0x0028, 0x0010);
    Columns = (0x0028, 0x0011);
    PixelSpacing = (0x0028, 0x0030);
    AspectRatio = (0x0028, 0x0034);
    BitsAllocated = (0x0028, 0x0100);
    BitsStored = (0x0028, 0x0101);
    HighBit = (0x0028, 0x0102);
    Representation = (0x0028, 0x0103);
    Intercept = (0x0028, 0x1052);
    Slope = (0x0028, 0x1053);
    PaletteDescriptor = (0x0028, 0x1101);
    ReferenceTime = (0x0054, 0x1300);
    PlanePixelSpacing = (0x3002, 0x0011);
    GridOffsets = (0x3004, 0x000C);
}

const DIMENSIONS: Tag = Tag(0x0020, 0x9222);
const SHARED_GROUPS: Tag = Tag(0x5200, 0x9229);
const FRAME_GROUPS: Tag = Tag(0x5200, 0x9230);
const DIRECTORY_RECORDS: Tag = Tag(0x0004, 0x1220);
/// Other tags that mean something, ascending.
const OTHERS: [Tag; 6] = [
    DIRECTORY_RECORDS,
    DIMENSIONS,
    Tag(0x0028, 0x1201),
    SHARED_GROUPS,
    Tag(0x6000, 0x0000),
    Tag(0x7FE0, 0x0008),
];
/// When so many of the wanted are behind, the first tag that may mean something.
const UNTIL: [Tag; WANTED.len() + 1] = {
    const fn before(a: Tag, b: Tag) -> bool {
        a.0 < b.0 || (a.0 == b.0 && a.1 < b.1)
    }
    let mut until = [Tag(0, 0); WANTED.len() + 1];
    let mut next = 0;
    while next <= WANTED.len() {
        let behind = if next == 0 { Tag(0, 0) } else { WANTED[next - 1] };
        let mut first = if next == WANTED.len() { Tag(u16::MAX, u16::MAX) } else { WANTED[next] };
        let mut other = 0;
        while other < OTHERS.len() {
            if before(behind, OTHERS[other]) && before(OTHERS[other], first) {
                first = OTHERS[other];
            }
            other += 1;
        }
        until[next] = first;
        next += 1;
    }
    until
};
/// Longer values are not names, numbers or codes.
pub(super) const LONGEST: u32 = 4096;

/// Nothing is made of its value.
pub(super) fn is_passed_over(tag: Tag) -> bool {
    let means_something = matches!(tag, DIRECTORY_RECORDS | DIMENSIONS | SHARED_GROUPS | FRAME_GROUPS)
        || matches!(tag, Tag(0x0028, 0x1201 | 0x1221) | Tag(0x6000..=0x60FF | 0x7FE0, _));
    !means_something && WANTED.binary_search(&tag).is_err()
}

/// Where a value lies in the arena, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Value {
    from: u32,
    length: u32,
    encoding: Encoding,
}

/// Values picked from a data set, in one arena.
pub(super) struct Picked {
    arena: Vec<u8>,
    values: [Option<Value>; WANTED.len()],
    pub(super) pixels: Option<Element>,
    /// Integer pixels follow those that were picked, which are floats.
    pub(super) more_pixels: bool,
    pub(super) elements: usize,
    pub(super) is_directory: bool,
    /// A wanted attribute that was met a second time.
    pub(super) repeated: Option<Tag>,
    /// Bytes of the red palette, whole or in segments.
    pub(super) palette_bytes: Option<u32>,
    /// That palette is written out, not in segments.
    pub(super) palette_is_whole: bool,
    pub(super) overlays: Overlays,
    pub(super) shared: Vec<Group>,
    pub(super) per_frame: Vec<Group>,
    /// Dimension Index Sequence.
    pub(super) dimensions: Vec<DataSet>,
}

impl Default for Picked {
    fn default() -> Self {
        // Most headers fit, and nothing has to move.
        Self { arena: Vec::with_capacity(1024), ..Self::empty() }
    }
}

impl Picked {
    fn empty() -> Self {
        Self {
            arena: vec![],
            values: [None; WANTED.len()],
            pixels: None,
            more_pixels: false,
            elements: 0,
            is_directory: false,
            repeated: None,
            palette_bytes: None,
            palette_is_whole: false,
            overlays: Overlays::default(),
            shared: vec![],
            per_frame: vec![],
            dimensions: vec![],
        }
    }
}

impl Picked {
    /// Empties it for the next file.
    pub(super) fn clear(&mut self) {
        let mut arena = std::mem::take(&mut self.arena);
        arena.clear();
        *self = Self { arena, ..Self::empty() };
    }

    /// Nothing but values that a sibling may share: no groups, overlays or palettes, and nothing twice.
    pub(super) fn is_plain(&self) -> bool {
        self.shared.is_empty()
            && self.dimensions.is_empty()
            && self.per_frame.is_empty()
            && !self.is_directory
            && !self.more_pixels
            && self.repeated.is_none()
            && self.palette_bytes.is_none()
            && self.overlays.short().is_none()
            && !self.has(Slot::GridOffsets)
    }

    /// Says the same as the other, byte for byte, but for some attributes, and has pixels of the same kind.
    pub(super) fn is_like(&self, other: &Self, but: &[Slot]) -> bool {
        let pixels = |picked: &Self| picked.pixels.map(|element| (element.tag, element.length));
        let own = but.iter().fold(0u128, |own, &slot| own | 1 << slot as u32);
        pixels(self) == pixels(other)
            && (0..WANTED.len()).all(|slot| {
                own >> slot & 1 == 1
                    || (self.values[slot].map(|value| value.encoding)
                        == other.values[slot].map(|value| value.encoding)
                        && self.at(slot) == other.at(slot))
            })
    }

    /// Nothing but digits, signs, points and what separates numbers.
    pub(super) fn is_decimal(&self, slot: Slot) -> bool {
        let plain = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'\\' | b' ');
        self.bytes(slot).iter().all(plain)
    }

    /// Steps over a data set up to its pixels and keeps what is wanted.
    ///
    /// # Errors
    ///
    /// [`Damage`] where the bytes make no sense; what came before is kept.
    pub(super) fn fill(&mut self, source: &mut Source, start: &Start) -> Result<(), Damage> {
        let mut walker = Walker::new(source, start.offset, start.encoding);
        let (mut next, mut last) = (0, Tag(0, 0));
        loop {
            let element = if let Some(element) = walker.skim(last, UNTIL[next]) {
                element
            } else {
                match walker.step() {
                    Ok(Step::Element(element)) => element,
                    Ok(_) => return Ok(()),
                    // What is wrong with float pixels, or after them, is said of the pixels.
                    Err(_) if self.pixels.is_some() => return Ok(()),
                    Err(damage) => return Err(damage),
                }
            };
            last = last.max(element.tag);
            self.elements += 1;
            match element.tag {
                DIRECTORY_RECORDS => {
                    self.is_directory = true;
                    return Ok(());
                }
                DIMENSIONS => self.dimensions = DataSet::read_items(&mut walker, &element)?,
                SHARED_GROUPS => self.shared = groups::read(&mut walker, &element)?,
                FRAME_GROUPS => self.per_frame = groups::read(&mut walker, &element)?,
                // Float pixels have no others beside them; if they do, that is worth a word.
                Tag(0x7FE0, 0x0008..=0x000F) => {
                    self.pixels.get_or_insert(element);
                }
                Tag(0x7FE0, 0x0010) => {
                    self.more_pixels = self.pixels.is_some();
                    self.pixels.get_or_insert(element);
                    return Ok(());
                }
                Tag(0x0028, part @ (0x1201 | 0x1221)) => {
                    self.palette_bytes = element.length;
                    self.palette_is_whole = part == 0x1201;
                }
                Tag(0x6000..=0x60FF, _) => self.overlays.meet(&element, walker.source())?,
                tag => {
                    // Elements ascend, so the next wanted one is never far; those that do not are looked for.
                    if next > 0 && tag <= WANTED[next - 1] {
                        next = WANTED.partition_point(|&wanted| wanted < tag);
                    }
                    while WANTED.get(next).is_some_and(|&wanted| wanted < tag) {
                        next += 1;
                    }
                    if WANTED.get(next) != Some(&tag) {
                        continue;
                    }
                    let Some(length) = element.length.filter(|&length| length <= LONGEST) else { continue };
                    // The first of two elements with one tag counts, as it does for every peer.
                    if self.values[next].is_some() {
                        self.repeated = Some(tag);
                        continue;
                    }
                    let bytes = walker.source().peek(element.value, length as usize)?;
                    self.keep(next, bytes, element.encoding);
                }
            }
        }
    }

    /// Keeps the value of an attribute.
    pub(super) fn keep(&mut self, slot: usize, bytes: &[u8], encoding: Encoding) {
        let (from, length) = (self.arena.len() as u32, bytes.len() as u32);
        self.arena.extend_from_slice(bytes);
        self.values[slot] = Some(Value { from, length, encoding });
    }

    pub(super) fn bytes(&self, slot: Slot) -> &[u8] {
        self.at(slot as usize)
    }

    fn at(&self, slot: usize) -> &[u8] {
        let range = self.values[slot].map(|value| value.from as usize..(value.from + value.length) as usize);
        range.and_then(|range| self.arena.get(range)).unwrap_or_default()
    }

    pub(super) fn ascii(&self, slot: Slot) -> Cow<'_, str> {
        recognise::code(self.bytes(slot))
    }

    pub(super) fn code(&self, slot: Slot) -> Text {
        Text::from(&*self.ascii(slot))
    }

    pub(super) fn number(&self, slot: Slot) -> Option<f64> {
        model::decimal(self.ascii(slot).split('\\').next()?)
    }

    pub(super) fn integer(&self, slot: Slot) -> Option<i32> {
        model::integer(self.ascii(slot).split('\\').next()?).and_then(|value| i32::try_from(value).ok())
    }

    pub(super) fn numbers(&self, slot: Slot) -> Vec<f64> {
        self.ascii(slot).split('\\').filter_map(model::decimal).collect()
    }

    /// US, and the UL or IS that some writers use in its place.
    pub(super) fn unsigned(&self, slot: Slot) -> u32 {
        let Some(Value { encoding, .. }) = self.values[slot as usize] else { return 0 };
        match *self.bytes(slot) {
            [a, b] => u32::from(encoding.u16([a, b])),
            [a, b, c, d] => encoding.u32([a, b, c, d]),
            _ => 0,
        }
    }

    /// The numbers of a US.
    pub(super) fn shorts(&self, slot: Slot) -> Vec<u16> {
        let Some(Value { encoding, .. }) = self.values[slot as usize] else { return vec![] };
        self.bytes(slot).as_chunks::<2>().0.iter().map(|&bytes| encoding.u16(bytes)).collect()
    }

    pub(super) fn double(&self, slot: Slot) -> Option<f64> {
        let encoding = self.values[slot as usize]?.encoding;
        let bytes: [u8; 8] = self.bytes(slot).try_into().ok()?;
        Some(if encoding.big { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) })
    }

    /// The attribute is there, with or without a value.
    pub(super) fn has(&self, slot: Slot) -> bool {
        self.values[slot as usize].is_some()
    }

    /// It says to which study or series it belongs.
    pub(super) fn has_place(&self) -> bool {
        !self.ascii(Slot::StudyUid).is_empty() || !self.ascii(Slot::SeriesUid).is_empty()
    }

    /// At least one of the attributes without which an object could be anything.
    pub(super) fn says_anything(&self) -> bool {
        let slots = [
            Slot::SopClass,
            Slot::SopInstance,
            Slot::StudyUid,
            Slot::SeriesUid,
            Slot::Modality,
            Slot::PatientName,
            Slot::PatientId,
            Slot::Rows,
        ];
        self.pixels.is_some() || slots.into_iter().any(|slot| self.has(slot))
    }
}
