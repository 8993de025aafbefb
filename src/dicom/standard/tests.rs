use super::{
    super::{
        Source, Vr, dictionary,
        writer::{Content, Piece, write},
    },
    table::{Class, Demand, Hop, When},
    *,
};
use crate::model::{Breach, TagNumber};
use proptest::prelude::*;
use std::{collections::BTreeMap, path::Path};

/// A data set to be written: values as bytes, sequences as items.
type Set = BTreeMap<Tag, Held>;

#[derive(Debug, Clone)]
enum Held {
    Bytes(Vec<u8>),
    Items(Vec<Set>),
}

fn vr(tag: Tag) -> Vr {
    dictionary::lookup(tag).map_or(Vr::UN, |entry| entry.vr)
}

fn pieces(set: &Set) -> Vec<Piece<'_>> {
    let piece = |(&tag, held): (&Tag, &'_ Held)| match held {
        Held::Bytes(bytes) => Piece::new(tag, vr(tag), bytes.clone()),
        Held::Items(items) => Piece {
            tag,
            vr: Vr::SQ,
            value: Content::Items(items.iter().map(|item| own(pieces(item))).collect()),
        },
    };
    set.iter().map(piece).collect()
}

/// Pieces that borrow nothing, so that items may be nested.
fn own(pieces: Vec<Piece<'_>>) -> Vec<Piece<'static>> {
    let own = |piece: Piece<'_>| {
        let value = match piece.value {
            Content::Bytes(bytes) => Content::Bytes(bytes.into_owned().into()),
            Content::Items(items) => Content::Items(items.into_iter().map(self::own).collect()),
            Content::Copied(_) => panic!("nothing is copied here"),
        };
        Piece { tag: piece.tag, vr: piece.vr, value }
    };
    pieces.into_iter().map(own).collect()
}

/// The bytes of a file with a whole meta header.
fn file(set: &Set) -> Vec<u8> {
    let copy = |tag: Tag| match set.get(&tag) {
        Some(Held::Bytes(bytes)) => bytes.clone(),
        _ => b"1.2".to_vec(),
    };
    let meta: Set = [
        // Nobody checks the length.
        (Tag(2, 0), vec![0; 4]),
        (Tag(2, 1), vec![0, 1]),
        (Tag(2, 2), copy(SOP_CLASS)),
        (Tag(2, 3), copy(Tag(0x0008, 0x0018))),
        (Tag(2, 0x10), b"1.2.840.10008.1.2.1".to_vec()),
        (Tag(2, 0x12), b"1.2.3".to_vec()),
    ]
    .into_iter()
    .map(|(tag, bytes)| (tag, Held::Bytes(bytes)))
    .collect();
    let mut bytes = [vec![0; 128], b"DICM".to_vec()].concat();
    for set in [&meta, set] {
        write(&pieces(set), &Source::memory(vec![]), &mut bytes).unwrap();
    }
    bytes
}

fn judged(bytes: Vec<u8>) -> Breaches {
    breaches(&Object::read(Path::new("a"), Source::memory(bytes)).unwrap())
}

fn found(set: &Set) -> Vec<Breach> {
    judged(file(set)).found
}

/// A value of that attribute with which nothing is wrong.
fn value(tag: Tag, table: &BTreeMap<Vec<Tag>, Vec<Tag>>, above: &[Tag]) -> Held {
    let entry = dictionary::lookup(tag).unwrap();
    let count = (1..=16).find(|&count| entry.vm.allows(count)).unwrap();
    let one: &[u8] = match entry.vr {
        Vr::SQ => {
            let path = [above, &[tag]].concat();
            let code = [(0x0100, "1"), (0x0102, "99A"), (0x0104, "a")];
            let mut item: Set =
                code.into_iter().map(|(e, text)| (Tag(8, e), Held::Bytes(text.into()))).collect();
            item.extend(
                table.get(&path).into_iter().flatten().map(|&inner| (inner, value(inner, table, &path))),
            );
            return Held::Items(vec![item]);
        }
        Vr::AS => b"040Y",
        Vr::CS | Vr::AE | Vr::LO | Vr::SH | Vr::LT | Vr::ST | Vr::UT | Vr::UC | Vr::PN | Vr::UR => b"A",
        Vr::DA => b"20240229",
        Vr::TM => b"12",
        Vr::DT => b"2024",
        Vr::DS | Vr::IS | Vr::UI => b"1",
        // Frame Increment Pointer points to the SOP Class.
        Vr::AT => &[8, 0, 0x16, 0],
        Vr::US | Vr::SS | Vr::OW | Vr::OB => &[1, 0],
        Vr::FD => &[0; 8],
        _ => &[0; 4],
    };
    match tag {
        Tag(0x0020, 0x0037) => Held::Bytes(b"1\\0\\0\\0\\1\\0".to_vec()),
        _ if entry.vr.is_string() => Held::Bytes(vec![one; count].join(&b'\\')),
        _ => Held::Bytes(one.repeat(count)),
    }
}

/// An object of a class with everything that its modules ask for.
fn perfect(uid: &str, class: &Class) -> Set {
    let mut table: BTreeMap<Vec<Tag>, Vec<Tag>> = BTreeMap::new();
    for demand in demands(class) {
        let paths = match demand.path.first() {
            Some(Hop::Groups) => vec![vec![Tag(0x5200, 0x9229)], vec![Tag(0x5200, 0x9230)]],
            _ => vec![vec![]],
        };
        for mut path in paths {
            path.extend(demand.path.iter().filter_map(|hop| match hop {
                Hop::Into(tag) => Some(*tag),
                Hop::Groups => None,
            }));
            table.entry(path).or_default().extend(demand.one.iter().chain(&demand.two));
        }
    }
    table.entry(vec![Tag(0x5200, 0x9229)]).or_default().extend(&class.groups);
    let top = table.get(&vec![]).cloned().unwrap_or_default();
    let mut set: Set = top.into_iter().map(|tag| (tag, value(tag, &table, &[]))).collect();
    set.insert(SOP_CLASS, Held::Bytes(uid.into()));
    set
}

fn demands(class: &Class) -> impl Iterator<Item = &'static Demand> {
    class.modules.iter().flat_map(|&(at, when)| {
        let demands = Table::get().modules[at].demands.iter();
        demands.filter(move |demand| when == When::Always || !demand.path.is_empty())
    })
}

/// Storage classes by their UIDs.
fn classes() -> impl Iterator<Item = (String, &'static Class)> {
    Table::get().classes.iter().map(|(&uid, class)| {
        let uid = if uid.starts_with('.') { format!("1.2.840.10008.5.1.4.1.1{uid}") } else { uid.to_owned() };
        (uid, class)
    })
}

fn is_about(breach: &Breach, tag: Tag) -> bool {
    breach.path == [Step::Tag(TagNumber(tag.0, tag.1))]
}

#[test]
fn an_object_with_all_that_its_modules_ask_for_has_no_breach() {
    for (uid, class) in classes() {
        let Breaches { found, more, knows_class } = judged(file(&perfect(&uid, class)));
        assert_eq!((found, more, knows_class), (vec![], 0, true), "{uid}");
    }
}

#[test]
fn every_attribute_that_is_taken_away_or_emptied_is_told_by_its_type() {
    for (uid, class) in classes() {
        let whole = perfect(&uid, class);
        let top: Vec<&Demand> = demands(class).filter(|demand| demand.path.is_empty()).collect();
        let ones: Vec<Tag> = top.iter().flat_map(|demand| &demand.one).copied().collect();
        let twos = top.iter().flat_map(|demand| &demand.two).copied().filter(|tag| !ones.contains(tag));
        for (tag, weight) in
            ones.iter().map(|&tag| (tag, Weight::Error)).chain(twos.map(|tag| (tag, Weight::Warning)))
        {
            // Without its class nobody knows what an object needs.
            if tag == SOP_CLASS {
                continue;
            }
            let mut less = whole.clone();
            less.remove(&tag);
            let about = |found: Vec<Breach>| {
                found
                    .into_iter()
                    .find(|breach| is_about(breach, tag))
                    .map(|breach| (breach.weight, breach.is_missing))
            };
            assert_eq!(about(found(&less)), Some((weight, true)), "{uid} {tag}");

            let empty = if vr(tag) == Vr::SQ { Held::Items(vec![]) } else { Held::Bytes(vec![]) };
            less.insert(tag, empty);
            let expected = (weight == Weight::Error).then_some((weight, false));
            assert_eq!(about(found(&less)), expected, "{uid} {tag} empty");
        }
    }
}

/// The types 1 and 2 of a CT Image, typed from PS3.3 A.3 and Annex C.
const CT: [(&str, &[u8]); 34] = [
    ("SOPClassUID", b"1.2.840.10008.5.1.4.1.1.2"),
    ("SOPInstanceUID", b"1.2.3.1"),
    ("StudyDate", b""),
    ("StudyTime", b""),
    ("AccessionNumber", b""),
    ("Modality", b"CT"),
    ("Manufacturer", b""),
    ("ReferringPhysicianName", b""),
    ("PatientName", b""),
    ("PatientID", b""),
    ("PatientBirthDate", b""),
    ("PatientSex", b""),
    ("SliceThickness", b""),
    ("KVP", b""),
    ("StudyInstanceUID", b"1.2.3"),
    ("SeriesInstanceUID", b"1.2.3.4"),
    ("StudyID", b""),
    ("SeriesNumber", b""),
    ("AcquisitionNumber", b""),
    ("InstanceNumber", b""),
    ("ImagePositionPatient", b"0\\0\\0"),
    ("ImageOrientationPatient", b"1\\0\\0\\0\\1\\0"),
    ("FrameOfReferenceUID", b"1.2.3.5"),
    ("PositionReferenceIndicator", b""),
    ("SamplesPerPixel", &[1, 0]),
    ("PhotometricInterpretation", b"MONOCHROME2"),
    ("PixelSpacing", b"0.5\\0.5"),
    ("BitsAllocated", &[16, 0]),
    ("BitsStored", &[12, 0]),
    ("HighBit", &[11, 0]),
    ("PixelRepresentation", &[0, 0]),
    ("RescaleIntercept", b"-1024"),
    ("RescaleSlope", b"1"),
    ("ImageType", b"ORIGINAL\\PRIMARY\\AXIAL"),
];

fn ct() -> Set {
    let size = [("Rows", [2, 0]), ("Columns", [2, 0])];
    let size = size.iter().map(|(keyword, value)| (*keyword, &value[..]));
    let all = CT.iter().copied().chain(size);
    all.map(|(keyword, value)| (tag(keyword), Held::Bytes(value.to_vec()))).collect()
}

fn tag(keyword: &str) -> Tag {
    dictionary::by_keyword(keyword).unwrap().tag
}

#[test]
fn a_ct_of_a_writer_who_knows_the_standard_has_no_breach_and_each_attribute_is_missed() {
    assert_eq!(found(&ct()), []);
    for (keyword, _) in &CT[1..] {
        let mut less = ct();
        less.remove(&tag(keyword));
        let told: Vec<&str> = found(&less).iter().map(|breach| breach.keyword).collect();
        assert_eq!(told, [*keyword]);
    }
}

#[test]
fn a_sentence_says_what_where_and_the_way_out_and_no_value() {
    let mut set = ct();
    set.remove(&tag("RescaleSlope"));
    set.insert(tag("PatientSex"), Held::Bytes(b"weiblich".to_vec()));
    let item: Set = [(tag("PatientID"), Held::Bytes(b"Doe".to_vec()))].into();
    set.insert(tag("OtherPatientIDsSequence"), Held::Items(vec![item.clone(), item]));

    let told: Vec<(String, usize)> =
        found(&set).into_iter().map(|breach| (breach.what, breach.places)).collect();

    let expected = [
        (
            "Type of Patient ID (0010,0022) in Other Patient IDs Sequence (0010,1002) is missing: the Patient module \
             needs a value (type 1) (PS3.3 C.7.1.1)",
            2,
        ),
        (
            "Rescale Slope (0028,1053) is missing: the CT Image module needs a value (type 1) (PS3.3 C.8.2.1)",
            1,
        ),
        (
            "Patient Sex (0010,0040) is no code string: at most 16 capitals, digits, spaces and underscores (PS3.5 6.2)",
            1,
        ),
    ];
    assert_eq!(told, expected.map(|(what, places)| (what.to_owned(), places)));
}

#[test]
fn conditions_that_the_file_decides_are_told() {
    let told = |changes: &[(&str, &[u8])]| {
        let mut set = ct();
        set.extend(changes.iter().map(|(keyword, value)| (tag(keyword), Held::Bytes(value.to_vec()))));
        found(&set).into_iter().map(|breach| breach.keyword).collect::<Vec<_>>()
    };
    let pixels: (&str, &[u8]) = ("PixelData", &[0; 8]);

    assert_eq!(told(&[pixels, ("SamplesPerPixel", &[3, 0])]), ["PlanarConfiguration"]);
    assert_eq!(told(&[pixels, ("PhotometricInterpretation", b"PALETTE COLOR")]).len(), 3);
    assert_eq!(told(&[("WindowCenter", b"40")]), ["WindowWidth"]);
    assert_eq!(told(&[("FrameIncrementPointer", &[0x18, 0, 0x63, 0x10])]), ["FrameTime"]);
    assert_eq!(told(&[("PatientIdentityRemoved", b"YES")]), ["DeidentificationMethod"]);
    assert_eq!(told(&[("StudyDescription", "Sch\u{e4}del".as_bytes())]), ["SpecificCharacterSet"]);
    let declared: (&str, &[u8]) = ("SpecificCharacterSet", b"ISO_IR 192");
    assert_eq!(told(&[("StudyDescription", "Sch\u{e4}del".as_bytes()), declared]), [""; 0]);
    assert_eq!(told(&[("CodeValue", b"1")]), ["CodeMeaning", "CodingSchemeDesignator"]);
    assert_eq!(told(&[("ReferencedSOPInstanceUID", b"1.2")]), ["ReferencedSOPClassUID"]);
}

#[test]
fn values_that_do_not_fit_and_directions_that_are_none_are_told() {
    let told = |keyword: &str, value: &[u8]| {
        let mut set = ct();
        set.insert(tag(keyword), Held::Bytes(value.to_vec()));
        found(&set).into_iter().map(|breach| (breach.section.to_string(), breach.is_told)).collect::<Vec<_>>()
    };
    let one = |section: &str, is_told| vec![(section.to_owned(), is_told)];

    assert_eq!(told("StudyDate", b"2024.02.29"), one("PS3.5 6.2", false));
    assert_eq!(told("PatientID", b"a\\b"), one("PS3.5 6.4", false));
    assert_eq!(told("Rows", &[1, 0, 2, 0]), one("PS3.5 6.4", false));
    assert_eq!(told("FrameOfReferenceUID", b"1.02"), one("PS3.5 9.1", false));
    assert_eq!(told("StudyInstanceUID", b"ID_7"), one("PS3.5 9.1", true));
    assert_eq!(told("KVP", b"120.000000000000001"), one("PS3.5 6.2", false));
    assert_eq!(told("SliceThickness", b"5,0"), one("PS3.5 6.2", true));
    assert_eq!(told("ImageOrientationPatient", b"1\\0\\0\\0\\1\\0.01"), vec![]);
    assert_eq!(told("ImageOrientationPatient", b"1\\0\\0\\0.005\\1\\0"), one("PS3.3 C.7.6.2.1.1", false));
    assert_eq!(told("ImageOrientationPatient", b"1\\0\\0\\1\\0\\0"), one("PS3.3 C.7.6.2.1.1", true));
    assert_eq!(told("PixelSpacing", b"0\\0"), one("PS3.3 10.7.1.3", true));
}

#[test]
fn another_representation_than_the_dictionarys_is_told_unless_it_is_unknown() {
    let told = |letters: &[u8]| {
        let mut bytes = file(&ct());
        let at = bytes.windows(6).position(|six| six == [8, 0, 0x60, 0, b'C', b'S']).unwrap();
        bytes[at + 4..at + 6].copy_from_slice(letters);
        judged(bytes).found.into_iter().map(|breach| breach.section.to_string()).collect::<Vec<_>>()
    };

    assert_eq!(told(b"CS"), [""; 0]);
    assert_eq!(told(b"LO"), ["PS3.6 6"]);
}

#[test]
fn where_a_file_breaks_off_nothing_beyond_is_missed() {
    let bytes = file(&ct());
    let broken = bytes[..bytes.len() - 3].to_vec();

    let told: Vec<&str> = judged(broken).found.iter().map(|breach| breach.keyword).collect();

    assert_eq!(told, [""; 0]);
}

#[test]
fn a_file_in_which_everything_is_wrong_is_cut_and_counted() {
    let mut bytes = file(&ct());
    for element in 0..900_u16 {
        bytes.extend([0x32, 0]);
        bytes.extend((0x2000 + element).to_le_bytes());
        bytes.extend(b"DA\x04\x00junk");
    }

    let Breaches { found, more, .. } = judged(bytes);

    assert_eq!(found.len() + more, 900);
    assert!(more > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_the_bytes_nothing_panics(changes in prop::collection::vec((132_usize..900, any::<u8>()), 1..20)) {
        let mut bytes = file(&ct());
        for (at, byte) in changes {
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        if let Ok(object) = Object::read(Path::new("a"), Source::memory(bytes)) {
            let _ = breaches(&object);
        }
    }
}
