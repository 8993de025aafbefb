//! Picking the attributes that place a file, while stepping over everything else.

use crate::dicom::{Damage, DataSet, Element, Encoding, Source, Start, Step, Tag, Walker, recognise};
use crate::model::{self, Text};
use std::ops::Range;

macro_rules! wanted {
    ($($name:ident = ($group:literal, $element:literal);)*) => {
        /// The attributes that are picked, ascending.
        const WANTED: &[Tag] = &[$(Tag($group, $element)),*];
        #[derive(Clone, Copy)]
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
    Frames = (0x0028, 0x0008);
    Rows = (0x0028, 0x0010);
    Columns = (0x0028, 0x0011);
    PixelSpacing = (0x0028, 0x0030);
    AspectRatio = (0x0028, 0x0034);
    BitsAllocated = (0x0028, 0x0100);
    BitsStored = (0x0028, 0x0101);
    HighBit = (0x0028, 0x0102);
    ReferenceTime = (0x0054, 0x1300);
    PlanePixelSpacing = (0x3002, 0x0011);
}

const SHARED_GROUPS: Tag = Tag(0x5200, 0x9229);
const FRAME_GROUPS: Tag = Tag(0x5200, 0x9230);
const DIRECTORY_RECORDS: Tag = Tag(0x0004, 0x1220);
/// Longer values are not names, numbers or codes.
const LONGEST: u32 = 4096;

/// Values picked from a data set, in one arena.
pub(super) struct Picked {
    arena: Vec<u8>,
    values: Vec<Option<(Range<usize>, Encoding)>>,
    pub(super) pixels: Option<Element>,
    pub(super) elements: usize,
    pub(super) is_directory: bool,
    pub(super) shared: Vec<DataSet>,
    pub(super) per_frame: Vec<DataSet>,
}

impl Default for Picked {
    fn default() -> Self {
        Self {
            arena: vec![],
            values: vec![None; WANTED.len()],
            pixels: None,
            elements: 0,
            is_directory: false,
            shared: vec![],
            per_frame: vec![],
        }
    }
}

impl Picked {
    /// Steps over a data set up to its pixels and keeps what is wanted.
    ///
    /// # Errors
    ///
    /// [`Damage`] where the bytes make no sense; what came before is kept.
    pub(super) fn fill(&mut self, source: &mut Source, start: &Start) -> Result<(), Damage> {
        let mut walker = Walker::new(source, start.offset, start.encoding);
        loop {
            let Step::Element(element) = walker.step()? else { return Ok(()) };
            self.elements += 1;
            match element.tag {
                DIRECTORY_RECORDS => {
                    self.is_directory = true;
                    return Ok(());
                }
                SHARED_GROUPS => self.shared = DataSet::read_items(&mut walker, &element)?,
                FRAME_GROUPS => self.per_frame = DataSet::read_items(&mut walker, &element)?,
                Tag(0x7FE0, 0x0008..=0x0010) => {
                    self.pixels = Some(element);
                    return Ok(());
                }
                tag => {
                    let Ok(slot) = WANTED.binary_search(&tag) else { continue };
                    let Some(length) = element.length.filter(|&length| length <= LONGEST) else { continue };
                    let value = walker.source().peek(element.value, length as usize)?;
                    let from = self.arena.len();
                    self.arena.extend_from_slice(value);
                    // The first of two elements with one tag counts, as it does for every peer.
                    self.values[slot].get_or_insert((from..self.arena.len(), element.encoding));
                }
            }
        }
    }

    pub(super) fn bytes(&self, slot: Slot) -> &[u8] {
        let range = self.values[slot as usize].as_ref().map(|(range, _)| range.clone());
        range.and_then(|range| self.arena.get(range)).unwrap_or_default()
    }

    pub(super) fn ascii(&self, slot: Slot) -> String {
        recognise::uid(self.bytes(slot))
    }

    pub(super) fn code(&self, slot: Slot) -> Text {
        Text::from(self.ascii(slot))
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
        let Some((_, encoding)) = &self.values[slot as usize] else { return 0 };
        match *self.bytes(slot) {
            [a, b] => u32::from(encoding.u16([a, b])),
            [a, b, c, d] => encoding.u32([a, b, c, d]),
            _ => 0,
        }
    }

    pub(super) fn double(&self, slot: Slot) -> Option<f64> {
        let (_, encoding) = self.values[slot as usize].as_ref()?;
        let bytes: [u8; 8] = self.bytes(slot).try_into().ok()?;
        Some(if encoding.big { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) })
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
        self.pixels.is_some() || slots.into_iter().any(|slot| self.values[slot as usize].is_some())
    }
}
