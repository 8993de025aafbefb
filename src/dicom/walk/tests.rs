//! The walk over sound, odd and hostile bytes.

use super::*;
use proptest::prelude::*;

fn explicit(tag: Tag, vr: [u8; 2], value: &[u8]) -> Vec<u8> {
    let mut bytes = [tag.0.to_le_bytes(), tag.1.to_le_bytes()].concat();
    bytes.extend(vr);
    bytes.extend((value.len() as u16).to_le_bytes());
    bytes.extend(value);
    bytes
}

fn delimiter(tag: Tag, length: u32) -> Vec<u8> {
    [&tag.0.to_le_bytes()[..], &tag.1.to_le_bytes(), &length.to_le_bytes()].concat()
}

fn open_sequence(tag: Tag) -> Vec<u8> {
    let mut bytes = [tag.0.to_le_bytes(), tag.1.to_le_bytes()].concat();
    bytes.extend(b"SQ\0\0\xff\xff\xff\xff");
    bytes
}

fn tags(bytes: Vec<u8>) -> Result<Vec<Tag>, Damage> {
    let mut source = Source::memory(bytes);
    let mut walker = Walker::new(&mut source, 0, Encoding::EXPLICIT);
    let mut seen = vec![];
    loop {
        match walker.step()? {
            Step::Element(element) => seen.push(element.tag),
            Step::End => return Ok(seen),
            _ => {}
        }
    }
}

#[test]
fn a_sequence_nobody_enters_is_stepped_over() {
    let bytes = [
        open_sequence(Tag(8, 0x1140)),
        delimiter(ITEM, u32::MAX),
        explicit(Tag(8, 0x1150), *b"UI", b"1.2."),
        open_sequence(Tag(8, 0x1199)),
        delimiter(SEQUENCE_END, 0),
        delimiter(ITEM_END, 0),
        delimiter(SEQUENCE_END, 0),
        explicit(Tag(0x10, 0x20), *b"LO", b"ID"),
    ];
    assert_eq!(tags(bytes.concat()).unwrap(), [Tag(8, 0x1140), Tag(0x10, 0x20)]);
}

#[test]
fn a_missing_item_delimiter_does_not_lose_what_follows() {
    let bytes = [
        open_sequence(Tag(8, 0x1140)),
        delimiter(ITEM, u32::MAX),
        explicit(Tag(8, 0x1150), *b"UI", b"1.2."),
        delimiter(SEQUENCE_END, 0),
        explicit(Tag(0x10, 0x20), *b"LO", b"ID"),
    ];
    assert_eq!(tags(bytes.concat()).unwrap(), [Tag(8, 0x1140), Tag(0x10, 0x20)]);
}

#[test]
fn a_hundred_thousand_open_sequences_are_refused_on_a_small_stack() {
    let nest = [open_sequence(Tag(8, 0x1140)), delimiter(ITEM, u32::MAX)].concat().repeat(100_000);
    let small = std::thread::Builder::new().stack_size(128 << 10);
    let result = small.spawn(move || tags(nest)).unwrap().join().unwrap();
    assert!(matches!(result, Err(Damage::TooDeep { .. })), "{result:?}");
}

#[test]
fn a_length_past_the_end_of_the_file_is_reported_where_the_file_ends() {
    let mut bytes = explicit(Tag(0x10, 0x20), *b"LO", b"ID");
    bytes[6] = 200;
    let error = tags(bytes).unwrap_err().to_string();
    assert_eq!(error, "ends at byte 10, inside (0010,0020); the copy may be incomplete");
}

#[test]
fn zeros_fill_a_file_after_its_pixels_and_are_missing_bytes_before_them() {
    let id = explicit(Tag(0x10, 0x20), *b"LO", b"ID");
    let with = |rest: &[u8]| tags([&id[..], rest].concat()).map_err(|why| why.to_string());

    let pixels = explicit(PIXEL_DATA, *b"US", b"12");
    assert_eq!(with(&[pixels, vec![0; 512]].concat()), Ok(vec![Tag(0x10, 0x20), PIXEL_DATA]));
    for zeros in [&[0; 4][..], &[0; 512], b"\0\0\0\0\0\0\0\0and more"] {
        assert!(with(zeros).unwrap_err().starts_with("ends at byte 10"));
    }
}

proptest! {
    #[test]
    fn no_bytes_whatever_make_it_panic_or_hang(bytes in prop::collection::vec(any::<u8>(), 0..400), big: bool, explicit: bool) {
        let mut source = Source::memory(bytes);
        let mut walker = Walker::new(&mut source, 0, Encoding { explicit, big });
        for _ in 0..1000 {
            match walker.step() {
                Ok(Step::Element(element)) if element.length.is_none() || element.vr == Some(Vr::SQ) => {
                    if walker.enter(&element).is_err() { break }
                }
                Ok(Step::End) | Err(_) => break,
                Ok(_) => {}
            }
        }
    }
}

/// An element in Implicit VR Little Endian.
fn implicit(tag: Tag, value: &[u8]) -> Vec<u8> {
    [&tag.0.to_le_bytes()[..], &tag.1.to_le_bytes(), &(value.len() as u32).to_le_bytes(), value].concat()
}

/// How the tree has a sequence of that value, written as UN with a length, and the tags after it.
fn read_unknown(value: &[u8]) -> (Vec<usize>, Vec<Tag>) {
    let head = [&[8, 0, 0x40, 0x11][..], b"UN\0\0", &(value.len() as u32).to_le_bytes()].concat();
    let bytes = [head, value.to_vec(), explicit(Tag(0x10, 0x20), *b"LO", b"ID")].concat();
    let parsed = crate::dicom::DataSet::read(&mut Source::memory(bytes), 0, Encoding::EXPLICIT);
    assert!(parsed.damage.is_none(), "{:?}", parsed.damage);
    let items = parsed.data_set.items(Tag(8, 0x1140));
    (
        items.iter().map(|item| item.elements.len()).collect(),
        parsed.data_set.elements.iter().map(|element| element.header.tag).collect(),
    )
}

#[test]
fn a_known_sequence_that_is_written_as_unknown_is_read_if_it_is_whole() {
    let both = [Tag(8, 0x1140), Tag(0x10, 0x20)];
    let name = implicit(Tag(0x10, 0x10), b"Doe ");
    let item = |value: &[u8]| [delimiter(ITEM, value.len() as u32), value.to_vec()].concat();
    let inner = implicit(Tag(8, 0x2112), &item(&name));
    let open = [delimiter(ITEM, u32::MAX), name.clone(), delimiter(ITEM_END, 0)].concat();
    for (value, items) in [
        (vec![], vec![]),
        (item(&name), vec![1]),
        ([item(&inner), open.clone()].concat(), vec![1, 1]),
        // None of these is whole; the elements after them are read all the same.
        (item(&name)[..15].to_vec(), vec![]),
        (open[..open.len() - 8].to_vec(), vec![]),
        ([delimiter(ITEM, 13), name.clone()].concat(), vec![]),
        (item(&explicit(Tag(0x10, 0x10), *b"PN", b"Doe ")), vec![]),
        (item(&implicit(Tag(8, 0x2112), &[delimiter(ITEM, 99), name].concat())), vec![]),
        (b"nothing of the kind ".to_vec(), vec![]),
        ([delimiter(ITEM, u32::MAX), delimiter(Tag(8, 0x2112), u32::MAX)].concat().repeat(100), vec![]),
    ] {
        assert_eq!(read_unknown(&value), (items, both.to_vec()), "{value:?}");
    }
}
