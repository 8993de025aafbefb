use super::*;
use crate::dicom::{Encoding, Source, Start};

fn header(tag: (u16, u16), vr: [u8; 2], length: u32) -> Vec<u8> {
    let tag = [tag.0.to_le_bytes(), tag.1.to_le_bytes()].concat();
    let long = Vr::from_bytes(vr).is_none_or(Vr::is_long_header);
    let length = if long {
        [&[0, 0][..], &length.to_le_bytes()].concat()
    } else {
        (length as u16).to_le_bytes().to_vec()
    };
    [&tag[..], &vr, &length].concat()
}

fn element(tag: (u16, u16), vr: [u8; 2], value: &[u8]) -> Vec<u8> {
    [header(tag, vr, value.len() as u32), value.to_vec()].concat()
}

fn item(elements: &[Vec<u8>]) -> Vec<u8> {
    let body = elements.concat();
    [&[0xfe, 0xff, 0, 0xe0][..], &(body.len() as u32).to_le_bytes(), &body].concat()
}

fn listed_as(encoding: Encoding, elements: &[Vec<u8>]) -> Listing {
    let mut source = Source::memory(elements.concat());
    let parsed = crate::dicom::dataset::DataSet::read(&mut source, 0, encoding);
    let start = Start {
        foreign: false,
        offset: 0,
        encoding,
        deflated: false,
        transfer_syntax: String::new(),
        media_class: String::new(),
        media_instance: String::new(),
        notes: vec![],
    };
    let damage = parsed.damage.map(Into::into);
    listing(&Object { source, start, data_set: parsed.data_set, meta: DataSet::default(), damage })
}

fn listed(elements: &[Vec<u8>]) -> Listing {
    listed_as(Encoding::EXPLICIT, elements)
}

fn values(listing: &Listing) -> Vec<&str> {
    listing.rows().iter().map(|row| row.value.raw()).collect()
}

fn keywords(listing: &Listing) -> Vec<&str> {
    listing.rows().iter().map(|row| row.keyword.raw()).collect()
}

#[test]
fn an_item_may_have_its_own_character_set_and_otherwise_has_its_parents() {
    let latin = element((0x10, 0x10), *b"PN", b"\xc4neas");
    let listing = listed(&[
        element((8, 5), *b"CS", b"ISO_IR 100"),
        element(
            (8, 0x1140),
            *b"SQ",
            &[
                item(std::slice::from_ref(&latin)),
                item(&[
                    element((8, 5), *b"CS", b"ISO_IR 144"),
                    element((0x10, 0x10), *b"PN", b"\xbb\xee\xda"),
                ]),
            ]
            .concat(),
        ),
        latin,
    ]);
    let names: Vec<&str> =
        listing.rows().iter().filter(|row| row.vr == "PN").map(|row| row.value.raw()).collect();
    assert_eq!(names, ["Äneas", "Люк", "Äneas"]);
}

#[test]
fn private_attributes_are_named_by_their_creator_in_each_item_anew() {
    let listing = listed(&[
        element((0x29, 0x10), *b"LO", b"SIEMENS CSA HEADER"),
        element((0x29, 0x1008), *b"CS", b"IMAGE NUM 4 "),
        element((0x29, 0x1108), *b"CS", b"X "),
        element((0x29, 0x1110), *b"SQ", &item(&[element((0x29, 0x1008), *b"CS", b"Y ")])),
    ]);
    assert_eq!(keywords(&listing), ["PrivateCreator", "[SIEMENS CSA HEADER]", "[?]", "[?]", "Item 1", "[?]"]);
    assert_eq!(listing.rows()[1].value.raw(), "IMAGE NUM 4");
    assert!(listing.rows()[1].is_private && !listing.rows()[0].is_private);
}

#[test]
fn an_item_with_a_code_says_which() {
    let code = item(&[
        element((8, 0x100), *b"SH", b"51185008"),
        element((8, 0x102), *b"SH", b"SCT "),
        element((8, 0x104), *b"LO", b"Chest "),
    ]);
    let listing = listed(&[element((8, 0x2218), *b"SQ", &code)]);
    assert_eq!(values(&listing)[..2], ["1 item", "Chest (51185008, SCT)"]);
}

#[test]
fn numbers_are_signed_in_implicit_files_whose_pixels_are() {
    let implicit = |tag: (u16, u16), value: &[u8]| {
        [&tag.0.to_le_bytes()[..], &tag.1.to_le_bytes(), &(value.len() as u32).to_le_bytes(), value].concat()
    };
    for (representation, value) in [(0, "64536"), (1, "-1000")] {
        let listing = listed_as(
            Encoding::IMPLICIT,
            &[
                implicit((0x28, 0x103), &[representation, 0]),
                implicit((0x28, 0x106), &(-1000i16).to_le_bytes()),
            ],
        );
        assert_eq!(listing.rows()[1].value.raw(), value);
    }
}

#[test]
fn tags_and_numbers_of_every_kind_are_read() {
    let listing = listed(&[
        element((8, 0x18), *b"UI", b"1.2.840.10008.1.2.4.50 "),
        element((0x18, 0x9087), *b"FD", &1000.5f64.to_le_bytes()),
        element((0x28, 9), *b"AT", &[0x18, 0, 0x63, 0x10]),
        element((0x28, 0x10), *b"US", &[0, 2]),
        element((0x7fe0, 3), *b"UV", &u64::MAX.to_le_bytes()),
    ]);
    assert_eq!(
        values(&listing),
        [
            "1.2.840.10008.1.2.4.50 =JPEG Baseline (Process 1)",
            "1000.5",
            "(0018,1063) =FrameTime",
            "512",
            "18446744073709551615"
        ]
    );
}

#[test]
fn a_known_attribute_written_as_unknown_is_read_as_what_it_is() {
    let listing = listed(&[
        element((8, 0x20), *b"UN", b"20040119"),
        element((0x10, 0x10), *b"UN", b"Doe^J "),
        element((9, 1), *b"UN", b"\x01\x02"),
    ]);
    assert_eq!(values(&listing), ["2004-01-19", "Doe^J", "01 02"]);
}

#[test]
fn bulk_data_is_counted_and_not_loaded() {
    let listing = listed(&[
        element((0x5400, 0x1010), *b"OW", &[7].repeat(100_000)),
        element((0x7fe0, 0x10), *b"OW", &[1].repeat(70_000)),
    ]);
    assert!(listing.rows()[0].value.raw().ends_with("… (97.7 KiB)"));
    assert!(listing.rows().iter().all(|row| row.value.raw().len() < 200));
}

#[test]
fn a_cut_file_lists_what_is_left_and_notes_where_it_ends() {
    let bytes = [element((8, 0x60), *b"CS", b"CT"), element((0x10, 0x20), *b"LO", b"1234")].concat();
    let listing = listed(&[bytes[..bytes.len() - 2].to_vec()]);
    assert_eq!(keywords(&listing), ["Modality", "PatientID"]);
    assert_eq!(listing.notes(), ["ends at byte 20, inside (0010,0020); the copy may be incomplete"]);
}

#[test]
fn an_unknown_character_set_is_noted_without_its_escape_sequences() {
    let listing = listed(&[element((8, 5), *b"CS", b"KLINGON\x1b")]);
    assert_eq!(listing.notes(), ["names the character set \"KLINGON⟨U+001B⟩\", which nobody knows"]);
}

#[test]
fn encapsulated_pixels_have_no_length() {
    let pixels = [
        header((0x7fe0, 0x10), *b"OB", u32::MAX),
        item(&[]),
        item(&[vec![0; 8]]),
        vec![0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0],
    ];
    let listing = listed(&pixels);
    assert_eq!((listing.rows()[0].length, values(&listing)), (None, vec!["encapsulated pixel data"]));
}
