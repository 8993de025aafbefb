//! A data set as a tree in memory, with small values loaded and bulk data left in the file.

use super::{Damage, Element, Encoding, Source, Step, Tag, Vr, Walker, dictionary};
use std::sync::Arc;

/// Values longer than this stay in the file; a listing shows their first bytes. The longest table, 65536
/// entries of 16 bits in segments, must fit.
const LOADED: u32 = 256 << 10;
/// Bytes of a bulk value that are kept for a preview.
const HEAD: usize = 64;
/// All loaded values of one file together.
const BUDGET: u64 = 64 << 20;
/// Attributes and items of one tree, a hundred bytes each: twenty thousand frames have two thirds of them.
const MOST_NODES: usize = 1_000_000;

/// The value of an element.
#[derive(Debug, Clone)]
pub enum Value {
    /// Loaded; numbers are little endian whatever the file is.
    Bytes(Vec<u8>),
    /// The items of a sequence.
    Items(Vec<DataSet>),
    /// Too long to load: its first bytes.
    Bulk(Vec<u8>),
    /// Encapsulated pixel data, in fragments.
    Fragments,
}

/// One attribute of a data set.
#[derive(Debug, Clone)]
pub struct DataElement {
    /// Where it stands in the file and how it is written.
    pub header: Element,
    /// As written, or as the dictionary has it for implicit encoding.
    pub vr: Vr,
    /// Its value.
    pub value: Value,
}

/// Attributes in file order.
#[derive(Debug, Clone, Default)]
pub struct DataSet {
    /// As they come; normally ascending.
    pub elements: Vec<DataElement>,
}

/// A data set read as far as it goes, and why it stopped early if it did.
#[derive(Debug)]
pub struct Parsed {
    /// What could be read.
    pub data_set: DataSet,
    /// Where and why reading ended before the end.
    pub damage: Option<Damage>,
}

impl DataSet {
    /// Reads a whole data set from `offset` on; bulk data is stepped over.
    pub fn read(source: &mut Source, offset: u64, encoding: Encoding) -> Parsed {
        let mut walker = Walker::new(source, offset, encoding);
        let mut tree = Tree::default();
        let damage = tree.grow(&mut walker, None).err();
        Parsed { data_set: tree.finish(), damage }
    }

    /// Reads the elements that are `wanted`, steps over all others, and stops after `last`, the highest tag of
    /// any interest.
    pub fn read_some(
        source: &mut Source,
        offset: u64,
        encoding: Encoding,
        wanted: impl Fn(Tag) -> bool,
        last: Tag,
    ) -> Parsed {
        let mut walker = Walker::new(source, offset, encoding);
        let mut tree = Tree::default();
        let mut read = || loop {
            match walker.step()? {
                Step::End => return Ok(()),
                Step::Element(element) if element.tag > last => return Ok(()),
                Step::Element(element) if !wanted(element.tag) => {}
                Step::Element(element) if walker.meets_sequence(&element) => {
                    let value = Value::Items(Self::read_items(&mut walker, &element)?);
                    tree.push(DataElement { header: element, vr: Vr::SQ, value });
                }
                Step::Element(element) => tree.element(&mut walker, element)?,
                _ => {}
            }
        };
        let damage = read().err();
        Parsed { data_set: tree.finish(), damage }
    }

    /// Reads the items of a sequence that the walker has just met.
    ///
    /// # Errors
    ///
    /// [`Damage`] where the bytes make no sense.
    pub fn read_items(walker: &mut Walker<'_>, sequence: &Element) -> Result<Vec<Self>, Damage> {
        let mut tree = Tree::default();
        let floor = walker.depth();
        walker.enter(sequence)?;
        tree.open(*sequence);
        let result = tree.grow(walker, Some(floor));
        let items = match tree.finish().elements.pop().map(|element| element.value) {
            Some(Value::Items(items)) => items,
            _ => vec![],
        };
        result.map(|()| items)
    }

    /// The element with that tag.
    pub fn get(&self, tag: Tag) -> Option<&DataElement> {
        self.elements.iter().find(|element| element.header.tag == tag)
    }

    /// The loaded bytes of a value.
    pub fn bytes(&self, tag: Tag) -> Option<&[u8]> {
        match &self.get(tag)?.value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The items of a sequence; none if it is missing.
    pub fn items(&self, tag: Tag) -> &[Self] {
        match self.get(tag).map(|element| &element.value) {
            Some(Value::Items(items)) => items,
            _ => &[],
        }
    }

    /// The block of private elements that a creator has reserved in a group (PS3.5 7.8.1).
    pub fn block(&self, group: u16, creator: &str) -> Option<u16> {
        (0x10..=0xFF).find(|&block| self.ascii(Tag(group, block)).is_some_and(|name| name == creator))
    }

    /// A text value in ASCII, padding removed: codes, UIDs and numbers.
    pub fn ascii(&self, tag: Tag) -> Option<String> {
        let text = super::recognise::uid(self.bytes(tag)?);
        (!text.is_empty()).then_some(text)
    }

    /// Decimal or integer strings, or binary floats, whichever the element holds.
    pub fn numbers(&self, tag: Tag) -> Vec<f64> {
        let Some(element) = self.get(tag) else { return vec![] };
        let Value::Bytes(bytes) = &element.value else { return vec![] };
        binary_numbers(bytes, element.vr).unwrap_or_else(|| {
            String::from_utf8_lossy(bytes).split('\\').filter_map(crate::model::decimal).collect()
        })
    }

    /// The first of [`DataSet::numbers`].
    pub fn number(&self, tag: Tag) -> Option<f64> {
        self.numbers(tag).first().copied()
    }

    /// An unsigned number as the Image Pixel module has them: US, but UL and IS are met too.
    pub fn unsigned(&self, tag: Tag) -> Option<u32> {
        let value = self.number(tag)?;
        (value >= 0.0 && value <= f64::from(u32::MAX)).then_some(value as u32)
    }
}

/// Numbers of a binary VR, little endian; `None` for text.
#[expect(clippy::cast_lossless, reason = "not for 64-bit integers, which the macro also reads")]
pub(super) fn binary_numbers(bytes: &[u8], vr: Vr) -> Option<Vec<f64>> {
    macro_rules! all {
        ($kind:ty) => {
            Some(
                bytes
                    .chunks_exact(size_of::<$kind>())
                    .filter_map(|chunk| chunk.try_into().ok())
                    .map(|chunk| <$kind>::from_le_bytes(chunk) as f64)
                    .collect(),
            )
        };
    }
    match vr {
        Vr::US | Vr::OW | Vr::AT => all!(u16),
        Vr::SS => all!(i16),
        Vr::UL | Vr::OL => all!(u32),
        Vr::SL => all!(i32),
        Vr::UV | Vr::OV => all!(u64),
        Vr::SV => all!(i64),
        Vr::FL | Vr::OF => all!(f32),
        Vr::FD | Vr::OD => all!(f64),
        Vr::OB => Some(bytes.iter().map(|&byte| f64::from(byte)).collect()),
        _ => None,
    }
}

/// Bytes of one number of that VR, for swapping.
pub(super) fn word(vr: Vr) -> usize {
    match vr {
        Vr::US | Vr::SS | Vr::OW | Vr::AT => 2,
        Vr::UL | Vr::SL | Vr::FL | Vr::OF | Vr::OL => 4,
        Vr::FD | Vr::OD | Vr::UV | Vr::SV | Vr::OV => 8,
        _ => 1,
    }
}

/// The VR of an element: as written, else from the dictionary.
pub(super) fn vr_of(element: &Element) -> Vr {
    match element.vr {
        Some(Vr::UN) | None => {
            let known = dictionary::lookup(element.tag).map(|entry| entry.vr);
            match (known, element.vr, element.length) {
                (_, _, None) => Vr::SQ,
                (Some(vr), None, _) => vr,
                // A known attribute written as UN keeps its bytes; only text is safe to reinterpret.
                (Some(vr), Some(_), _) if vr.is_text() || word(vr) > 1 => vr,
                _ => Vr::UN,
            }
        }
        Some(vr) => vr,
    }
}

/// The tree under construction: the data sets open at the moment, innermost last.
#[derive(Default)]
struct Tree {
    root: DataSet,
    open: Vec<Open>,
    loaded: u64,
    nodes: usize,
}

struct Open {
    sequence: Element,
    items: Vec<DataSet>,
    item: Option<DataSet>,
}

impl Tree {
    fn open(&mut self, sequence: Element) {
        self.open.push(Open { sequence, items: vec![], item: None });
    }

    /// Reads to the end, or until the walk is back at the depth `floor`.
    fn grow(&mut self, walker: &mut Walker<'_>, floor: Option<usize>) -> Result<(), Damage> {
        loop {
            let step = walker.step()?;
            if matches!(step, Step::Item | Step::Element(_)) {
                self.nodes += 1;
                if self.nodes > MOST_NODES {
                    return Err(Damage::TooMany { most: MOST_NODES as u64, offset: walker.offset() });
                }
            }
            match step {
                Step::End => return Ok(()),
                Step::Item => {
                    if let Some(open) = self.open.last_mut() {
                        open.item = Some(DataSet::default());
                    }
                }
                Step::EndItem => {
                    if let Some(open) = self.open.last_mut() {
                        open.items.extend(open.item.take());
                    }
                }
                Step::EndSequence => {
                    self.close();
                    if floor == Some(walker.depth()) {
                        return Ok(());
                    }
                }
                Step::Element(element) => self.element(walker, element)?,
            }
        }
    }

    fn element(&mut self, walker: &mut Walker<'_>, element: Element) -> Result<(), Damage> {
        let vr = vr_of(&element);
        if element.tag != super::PIXEL_DATA && walker.meets_sequence(&element) {
            walker.enter(&element)?;
            self.open(element);
            return Ok(());
        }
        let value = match element.length {
            None => Value::Fragments,
            Some(length) if length <= LOADED && self.loaded + u64::from(length) <= BUDGET => {
                self.loaded += u64::from(length);
                Value::Bytes(little(
                    walker.source().peek(element.value, length as usize)?.to_vec(),
                    vr,
                    element.encoding,
                ))
            }
            Some(_) => {
                Value::Bulk(little(walker.source().peek(element.value, HEAD)?.to_vec(), vr, element.encoding))
            }
        };
        self.push(DataElement { header: element, vr, value });
        Ok(())
    }

    fn push(&mut self, element: DataElement) {
        match self.open.last_mut() {
            None => self.root.elements.push(element),
            // Content between items has no place in the standard, and none here.
            Some(open) => {
                if let Some(item) = &mut open.item {
                    item.elements.push(element);
                }
            }
        }
    }

    fn close(&mut self) {
        let Some(mut open) = self.open.pop() else { return };
        open.items.extend(open.item.take());
        self.push(DataElement { header: open.sequence, vr: Vr::SQ, value: Value::Items(open.items) });
    }

    fn finish(mut self) -> DataSet {
        while !self.open.is_empty() {
            self.close();
        }
        self.root
    }
}

/// Numbers of a VR as little endian, whatever the file is.
pub(super) fn little(mut bytes: Vec<u8>, vr: Vr, encoding: Encoding) -> Vec<u8> {
    let word = word(vr);
    if encoding.big && word > 1 {
        bytes.chunks_exact_mut(word).for_each(<[u8]>::reverse);
    }
    bytes
}

/// A file opened for its attributes: the source, where its data set starts, and the tree.
#[derive(Debug)]
pub struct Object {
    /// The bytes; inflated if the file is deflated.
    pub source: Source,
    /// How the file starts.
    pub start: super::Start,
    /// The attributes after group 0002.
    pub data_set: DataSet,
    /// Group 0002.
    pub meta: DataSet,
    /// Why reading stopped early, if it did.
    pub damage: Option<Arc<Damage>>,
}
