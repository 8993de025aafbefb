//! The whole value of one attribute, however long: where its bytes lie, read piece by piece.
//!
//! Nothing is loaded but what is asked for. The end of a value is where the file says, or where the file ends.

use super::{DataElement, Encoding, Number, Object, Scope, Source, Tag, Value, Vr, dataset::word, listing};
use crate::model::{Step, TagNumber};
use std::io;

/// Characters are decoded of this many bytes of a value; the rest can be seen as bytes.
const MOST_TEXT: u64 = 4 << 20;
/// Fragments of encapsulated pixel data that are walked over to find their end.
const MOST_FRAGMENTS: usize = 4_000_000;

/// A value, still in its file.
#[derive(Debug)]
pub struct WholeValue {
    source: Source,
    /// Where it starts in the source.
    from: u64,
    /// Where it starts as the file counts.
    offset: u64,
    length: u64,
    missing: u64,
    vr: Vr,
    /// What its numbers are; nothing for bytes, tags and characters.
    number: Option<Vr>,
    encoding: Encoding,
    scope: Scope,
    notes: Vec<String>,
}

impl Object {
    /// The value at a place; `None` if there is none, or if it is a sequence or an item.
    pub fn value(&self, place: &[Step]) -> Option<WholeValue> {
        let in_meta = matches!(place.first(), Some(Step::Tag(TagNumber(2, _))));
        let root = if in_meta { &self.meta } else { &self.data_set };
        let (element, scope) = element(root, place)?;
        let (vr, header) = (scope.vr(element), element.header);
        let mut notes = vec![];
        // Group 0002 is never deflated, and counted in the file itself.
        let (source, from) = match &element.value {
            Value::Items(_) => return None,
            Value::Bytes(bytes) if in_meta => (Source::memory(bytes.clone()), 0),
            _ => (self.source.again(), header.value),
        };
        let said = header.length.map_or_else(
            || {
                let (end, is_met) = end_of_fragments(&source, from);
                if !is_met {
                    notes.push("the end of the last fragment was not found".to_owned());
                }
                end - from
            },
            u64::from,
        );
        let length = said.min(source.len().saturating_sub(from));
        if !in_meta && self.start.deflated {
            notes.push("the data set is deflated: offsets count inflated bytes".to_owned());
        }
        if self.start.foreign {
            notes.push("made of a file of another format: offsets count bytes of what was made".to_owned());
        }
        let number = header.length.and_then(|_| number(vr, &scope));
        let (offset, missing, encoding) = (header.value, said - length, header.encoding);
        Some(WholeValue { source, from, offset, length, missing, vr, number, encoding, scope, notes })
    }
}

/// The element at a place, and what holds around it.
fn element<'a>(root: &'a super::DataSet, place: &[Step]) -> Option<(&'a DataElement, Scope)> {
    let (mut set, mut scope) = (root, Scope::default().inside(root));
    let mut steps = place.iter();
    loop {
        let Some(&Step::Tag(TagNumber(group, number))) = steps.next() else { return None };
        let element = set.get(Tag(group, number))?;
        let Some(step) = steps.next() else { return Some((element, scope)) };
        let (Step::Item(index), Value::Items(items)) = (step, &element.value) else { return None };
        set = items.get(*index)?;
        scope = scope.inside(set);
    }
}

/// The offset after the last fragment of encapsulated pixel data, and whether the end was met.
pub(super) fn end_of_fragments(source: &Source, from: u64) -> (u64, bool) {
    let mut source = source.again();
    let mut at = from;
    for _ in 0..MOST_FRAGMENTS {
        let Ok(&[_, _, kind, more, a, b, c, d]) = source.peek(at, 8) else { break };
        at += 8;
        match u16::from_le_bytes([kind, more]) {
            0xE000 => at += u64::from(u32::from_le_bytes([a, b, c, d])),
            0xE0DD => return (at - 8, true),
            _ => break,
        }
    }
    (at.min(source.len()).max(from), false)
}

impl WholeValue {
    /// Bytes that are there.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// True if there is no byte.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Bytes that the file promises and does not have.
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// Where its first byte lies: in the file, or in what the file inflates to.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The two letters of its representation.
    pub fn vr(&self) -> &'static str {
        self.vr.as_str()
    }

    /// What is odd about where it lies, in sentences.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Up to `count` bytes from the byte `from` of the value on, as they are written.
    ///
    /// # Errors
    ///
    /// What the system says, or why an archive does not give them.
    pub fn read(&self, from: u64, count: usize) -> io::Result<Vec<u8>> {
        let left = self.length.saturating_sub(from);
        self.source
            .read(self.from.saturating_add(from), count.min(usize::try_from(left).unwrap_or(usize::MAX)))
    }

    /// The texts it is made of, and whether that is all of them; `None` if it is not made of characters.
    ///
    /// # Errors
    ///
    /// Those of [`Self::read`].
    pub fn texts(&self) -> io::Result<Option<(Vec<String>, bool)>> {
        if !self.vr.is_string() {
            return Ok(None);
        }
        let bytes = self.read(0, MOST_TEXT as usize)?;
        Ok(Some((self.scope.texts(&bytes, self.vr), self.length <= MOST_TEXT)))
    }

    /// Bytes of one number; 0 if its bytes are no numbers.
    pub fn step(&self) -> usize {
        self.number.map_or(0, word)
    }

    /// Columns that the longest number takes.
    pub fn columns(&self) -> usize {
        match self.number {
            None => 0,
            Some(Vr::US) => 5,
            Some(Vr::SS) => 6,
            Some(Vr::UL) => 10,
            Some(Vr::SL) => 11,
            Some(Vr::FL) => 13,
            Some(_) => 22,
        }
    }

    /// The numbers that bytes from a border between numbers on stand for; those left over are none.
    pub fn numbers(&self, bytes: &[u8]) -> Vec<String> {
        let Some(vr) = self.number else { return vec![] };
        let mut bytes = bytes.to_vec();
        if self.encoding.big {
            bytes.chunks_exact_mut(word(vr)).for_each(<[u8]>::reverse);
        }
        let fit = |number: Number| {
            let text = number.to_string();
            match number {
                _ if text.len() <= self.columns() => text,
                Number::Single(number) => format!("{number:.6e}"),
                Number::Double(number) => format!("{number:.14e}"),
                Number::Unsigned(_) | Number::Signed(_) => text,
            }
        };
        listing::numbers(&bytes, vr).unwrap_or_default().into_iter().map(fit).collect()
    }
}

fn number(vr: Vr, scope: &Scope) -> Option<Vr> {
    Some(match vr {
        Vr::OW if scope.is_signed() => Vr::SS,
        Vr::OW => Vr::US,
        Vr::OL => Vr::UL,
        Vr::OV => Vr::UV,
        Vr::OF => Vr::FL,
        Vr::OD => Vr::FD,
        Vr::US | Vr::SS | Vr::UL | Vr::SL | Vr::UV | Vr::SV | Vr::FL | Vr::FD => vr,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::confidential::tests::{element, file, identity, read, sequence};
    use proptest::prelude::*;

    const EXPLICIT: &str = "1.2.840.10008.1.2.1";
    const NAME: Step = Step::Tag(TagNumber(0x10, 0x10));
    const PIXELS: Step = Step::Tag(TagNumber(0x7fe0, 0x10));

    fn object(pixels: &[u8]) -> Object {
        let item = element(Tag(8, 0x1155), Vr::UI, b"1.2.4");
        let set = [
            identity("1.2.3"),
            sequence(Tag(8, 0x1140), &[item]),
            element(Tag(0x10, 0x10), Vr::PN, b"Doe^Jane\\Roe"),
            element(Tag(0x7fe0, 0x10), Vr::OW, pixels),
        ];
        read(&file(&set.concat(), EXPLICIT))
    }

    fn texts(value: &WholeValue) -> Vec<String> {
        value.texts().unwrap().unwrap().0
    }

    #[test]
    fn values_are_found_in_the_data_set_in_items_and_before_it() {
        let object = object(&[1, 0, 2, 0]);
        assert_eq!(texts(&object.value(&[NAME]).unwrap()), ["Doe^Jane", "Roe"]);
        let inner = [Step::Tag(TagNumber(8, 0x1140)), Step::Item(0), Step::Tag(TagNumber(8, 0x1155))];
        assert_eq!(texts(&object.value(&inner).unwrap()), ["1.2.4"]);
        let syntax = object.value(&[Step::Tag(TagNumber(2, 0x10))]).unwrap();
        assert_eq!(texts(&syntax), [EXPLICIT]);
        assert_eq!(object.source.read(syntax.offset(), 19).unwrap(), EXPLICIT.as_bytes());
        for place in [&inner[..1], &inner[..2], &[], &[NAME, Step::Item(0)]] {
            assert!(object.value(place).is_none());
        }
    }

    #[test]
    fn numbers_are_read_in_the_order_of_the_file_and_fit_their_column() {
        let value = object(&[1, 0, 0xff, 0xff]).value(&[PIXELS]).unwrap();
        assert_eq!(
            (value.step(), value.numbers(&[1, 0, 0xff, 0xff, 7])),
            (2, vec!["1".into(), "65535".into()])
        );
        let floats = WholeValue { vr: Vr::FL, number: Some(Vr::FL), encoding: Encoding::BIG, ..value };
        let numbers: Vec<u8> =
            [1.5f32, -1.234_567_8e-6, f32::MIN, f32::NAN].iter().flat_map(|n| n.to_be_bytes()).collect();
        let told = floats.numbers(&numbers);
        assert_eq!(told, ["1.5", "-1.234568e-6", "-3.4028235e38", "NaN"]);
        assert!(told.iter().all(|number| number.len() <= floats.columns()));
    }

    #[test]
    fn a_value_that_is_cut_short_says_how_much_is_missing() {
        let whole =
            file(&[identity("1.2.3"), element(Tag(0x7fe0, 0x10), Vr::OW, &[7; 1000])].concat(), EXPLICIT);
        let object = read(&whole[..whole.len() - 300]);
        let value = object.value(&[PIXELS]).unwrap();
        assert_eq!((value.len(), value.missing()), (700, 300));
        assert_eq!(value.read(690, 64).unwrap(), [7; 10]);
        assert_eq!(value.read(u64::MAX, 64).unwrap(), [0; 0]);
    }

    #[test]
    fn fragments_go_up_to_the_end_of_the_sequence() {
        let item =
            |bytes: &[u8]| [&[0xfe, 0xff, 0, 0xe0][..], &(bytes.len() as u32).to_le_bytes(), bytes].concat();
        let pixels = [item(&[]), item(&[1, 2, 3, 4]), vec![0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]].concat();
        let head = [&[0xe0, 0x7f, 0x10, 0][..], b"OB\0\0\xff\xff\xff\xff"].concat();
        let object = read(&file(&[identity("1.2.3"), head, pixels].concat(), "1.2.840.10008.1.2.4.50"));
        let value = object.value(&[PIXELS]).unwrap();
        assert_eq!((value.len(), value.step(), value.notes().len()), (20, 0, 0));
    }

    proptest! {
        #[test]
        fn pieces_are_parts_of_the_whole(
            pixels in prop::collection::vec(any::<u8>(), 0..3000), from in 0u64..4000, count in 0usize..4000,
        ) {
            let value = object(&pixels).value(&[PIXELS]).unwrap();
            let whole = value.read(0, usize::MAX).unwrap();
            let end = (from as usize + count).min(whole.len());
            prop_assert_eq!(&value.read(from, count).unwrap()[..], whole.get(from as usize..end).unwrap_or_default());
        }

        #[test]
        fn no_bytes_of_a_file_are_too_strange_for_their_values(noise in prop::collection::vec(any::<u8>(), 0..600)) {
            let object = read(&file(&[identity("1.2.3"), noise].concat(), EXPLICIT));
            let listing = listing::listing(&object);
            for row in 0..listing.rows().len() {
                if let Some(value) = object.value(&listing.path(row)) {
                    value.texts().unwrap();
                    value.numbers(&value.read(0, 64).unwrap());
                }
            }
        }
    }
}
