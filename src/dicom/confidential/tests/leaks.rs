//! Ways by which a name got into a copy once, each closed.

use super::*;

/// An element in Implicit VR Little Endian.
fn implicit(tag: Tag, value: &[u8]) -> Vec<u8> {
    let head = [&tag.0.to_le_bytes()[..], &tag.1.to_le_bytes(), &(value.len() as u32).to_le_bytes()];
    [&head.concat()[..], value].concat()
}

fn item(set: &[u8]) -> Vec<u8> {
    [&[0xfe, 0xff, 0, 0xe0][..], &(set.len() as u32).to_le_bytes(), set].concat()
}

/// The copy of an object of these elements besides those that every object has.
fn copy_of(more: &[Vec<u8>], profile: Profile) -> (Vec<u8>, DataSet) {
    let set = [identity("1.2.3"), more.concat(), pixels()].concat();
    let bytes = copied(&read(&file(&set, "1.2.840.10008.1.2.1")), profile);
    let copy = read(&bytes);
    assert!(copy.damage.is_none());
    (bytes, copy.data_set)
}

#[test]
fn a_sequence_of_unknown_representation_is_taken_apart_like_any_other() {
    let set = [
        implicit(Tag(8, 0x20), b"18770203"),
        implicit(Tag(8, 0x1155), b"1.3.6.1.4.1.99999.7\0"),
        implicit(Tag(0x10, 0x10), b"CANARY^A"),
    ]
    .concat();
    // References whose rule is U, and one sequence that no rule names.
    for tag in [Tag(8, 0x1140), Tag(8, 0x2112), Tag(0x28, 0x3010)] {
        let (bytes, copy) = copy_of(&[element(tag, Vr::UN, &item(&set))], Profile::default());
        assert_eq!(found(&bytes), <[&str; 0]>::default(), "{tag}");
        assert!(copy.items(tag)[0].ascii(Tag(8, 0x1155)).unwrap().starts_with("2.25."), "{tag}");
    }
}

#[test]
fn what_should_be_items_and_is_none_leaves_an_empty_sequence() {
    let explicit = item(&element(Tag(0x10, 0x10), Vr::PN, b"CANARY^A"));
    for (vr, value) in [
        (Vr::UN, &explicit[..]),
        (Vr::UN, b"CANARY"),
        (Vr::OB, b"CANARY"),
        (Vr::LO, b"CANARY"),
        (Vr::UI, b"CANARY"),
    ] {
        for tag in [Tag(8, 0x1140), Tag(8, 0x2112), Tag(0x28, 0x3010)] {
            let (bytes, copy) = copy_of(&[element(tag, vr, value)], Profile::default());
            assert_eq!(found(&bytes), <[&str; 0]>::default(), "{tag} {vr}");
            assert!(matches!(&copy.get(tag).unwrap().value, Value::Items(items) if items.is_empty()));
        }
    }
}

#[test]
fn a_uid_of_bytes_that_are_no_text_goes() {
    let (bytes, copy) = copy_of(&[element(Tag(0x20, 0x52), Vr::OB, b"CANARY")], Profile::default());
    assert_eq!((found(&bytes), copy.bytes(Tag(0x20, 0x52))), (vec![], Some(&[][..])));
}

#[test]
fn a_uid_that_only_begins_like_a_registered_one_is_replaced() {
    let of = |uid: &[u8]| {
        let (_, copy) = copy_of(&[element(Tag(0x20, 0x52), Vr::UI, uid)], Profile::default());
        copy.ascii(Tag(0x20, 0x52)).unwrap()
    };
    assert!(of(b"1.2.840.10008.5.1.4.1.1.2.20200102.777").starts_with("2.25."));
    assert_eq!(of(b"1.2.840.10008.1.4.1.1"), "1.2.840.10008.1.4.1.1");
}
