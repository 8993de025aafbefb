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

/// The copy of an object of that patient with one more value.
fn told(name: &str, id: &str, tag: Tag, vr: Vr, value: &str, profile: Profile) -> Option<String> {
    let who = [
        element(Tag(8, 5), Vr::CS, b"ISO_IR 192"),
        element(Tag(0x10, 0x10), Vr::PN, name.as_bytes()),
        element(Tag(0x10, 0x20), Vr::LO, id.as_bytes()),
        element(tag, vr, value.as_bytes()),
    ];
    let (_, copy) = copy_of(&who, profile);
    assert_eq!(copy.ascii(Tag(8, 5)).as_deref(), Some("ISO_IR 192"));
    copy.ascii(tag)
}

#[test]
fn clean_descriptions_hold_no_name_of_their_patient() {
    let clean = Profile { clean_descriptors: true, ..Profile::default() };
    let of = |name, id, text| told(name, id, Tag(8, 0x1030), Vr::LO, text, clean);
    assert_eq!(of("Wolkenstein^Ute", "AX12", "AX12 chest wolkenstein 123").as_deref(), Some("chest 123"));
    assert_eq!(of("Chest^Ute", "7", "Chest 5mm").as_deref(), Some("5mm"));
    // Each harmless for itself.
    assert_eq!(of("A", "AX-12", "AX 12"), None);
}

#[test]
fn names_in_codes_titles_and_numbers_go_however_they_are_spelt() {
    let (body, sequence) = (Tag(0x18, 0x15), Tag(0x18, 0x24));
    for (name, id, tag, vr, value) in [
        ("Wolkenstein^Ute", "1", body, Vr::CS, "WOLKENSTEIN"),
        ("Wolkenstein^Ute", "1", Tag(8, 0x55), Vr::AE, "WOLKENSTEIN"),
        ("Wolkenstein^Ute", "1", Tag(0x28, 4), Vr::CS, "WOLKENSTEIN"),
        ("Wolkenstein^Ute", "1", Tag(0x18, 0x50), Vr::DS, "Wolkenstein"),
        // A code, by the dictionary.
        ("Wolkenstein^Ute", "1", body, Vr::OB, "WOLKENSTEIN"),
        ("Lee^Ann", "77", sequence, Vr::SH, "t2 LEE"),
        ("Lee^Ann", "77", body, Vr::CS, "LEE"),
        ("Doe", "77", sequence, Vr::SH, "77"),
        ("Meyer-Schulz^Anna", "1", sequence, Vr::SH, "meyer schulz"),
        ("Meyer-Schulz^Anna", "1", body, Vr::CS, "MEYER_SCHULZ"),
        ("Meyer-Schulz^Anna", "1", sequence, Vr::SH, "x Schulz"),
        ("Müllerin^A", "1", sequence, Vr::SH, "Mu\u{308}llerin"),
        ("Mu\u{308}llerin^A", "1", sequence, Vr::SH, "MÜLLERIN"),
        ("Yamada=山田^太郎", "1", sequence, Vr::SH, "山田太郎"),
    ] {
        let left = told(name, id, tag, vr, value, Profile::default()).unwrap_or_default();
        assert!(!left.to_lowercase().contains(&value.to_lowercase()), "{name} {id}: {left}");
    }
}

#[test]
fn what_only_resembles_a_name_stays() {
    for (name, id, tag, vr, value) in [
        ("Lee^Ann", "77", Tag(0x18, 0x24), Vr::SH, "sleep 177"),
        ("Hu^Mr", "192", Tag(0x28, 0x1054), Vr::LO, "HU"),
        ("Hu^Ct", "192", Tag(8, 0x60), Vr::CS, "CT"),
        ("Doe^J^A", "7", Tag(0x20, 0x20), Vr::CS, "A\\F"),
        ("Doe", "1234", Tag(0x18, 0x50), Vr::DS, "1234"),
    ] {
        assert_eq!(told(name, id, tag, vr, value, Profile::default()).as_deref(), Some(value));
    }
}

#[test]
fn a_safe_private_text_that_tells_a_name_is_not_safe() {
    let safe = Profile { retain_safe_private: true, ..Profile::default() };
    let of = |value: &[u8], vr| {
        let set = [
            element(Tag(0x10, 0x10), Vr::PN, b"Wolkenstein^Ute"),
            element(Tag(0x19, 0x10), Vr::LO, b"SIEMENS MR HEADER"),
            element(Tag(0x19, 0x100d), vr, value),
        ];
        copy_of(&set, safe).1.bytes(Tag(0x19, 0x100d)).map(<[u8]>::to_vec)
    };
    assert_eq!(of(b"DIRECTIONAL ", Vr::CS).as_deref(), Some(&b"DIRECTIONAL "[..]));
    for vr in [Vr::CS, Vr::LO, Vr::UN, Vr::OB, Vr::IS] {
        assert_eq!(of(b"Wolkenstein ", vr), None, "{vr}");
    }
}
