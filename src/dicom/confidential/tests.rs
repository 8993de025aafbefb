//! Canaries in every attribute that may tell who the patient is, and what must survive around them.

mod independent;
mod leaks;

use super::*;
use crate::dicom::{DataSet, Object, Source, Tag, Value, Vr, dictionary};
use independent::INDEPENDENT;
use std::path::Path;

const CANARY: &str = "CANARY";
const SECOND_UID: &str = "1.3.6.1.4.1.99999.2.4444";

pub(in crate::dicom) fn element(tag: Tag, vr: Vr, value: &[u8]) -> Vec<u8> {
    let mut bytes = [tag.0.to_le_bytes(), tag.1.to_le_bytes()].concat();
    bytes.extend(vr.as_str().as_bytes());
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if vr == Vr::UI { 0 } else { b' ' });
    }
    if vr.is_long_header() {
        bytes.extend([0; 2]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    [bytes, value].concat()
}

pub(in crate::dicom) fn sequence(tag: Tag, items: &[Vec<u8>]) -> Vec<u8> {
    let items = items
        .iter()
        .map(|item| [&[0xfe, 0xff, 0, 0xe0][..], &(item.len() as u32).to_le_bytes(), item].concat());
    element(tag, Vr::SQ, &items.collect::<Vec<_>>().concat())
}

/// A value in which every reader of the bytes would find who is meant, valid for its VR.
fn canary(vr: Vr) -> Vec<u8> {
    match vr {
        Vr::DA => b"18770203".to_vec(),
        Vr::TM => b"131517.19".to_vec(),
        Vr::DT => b"18770203131517.19".to_vec(),
        Vr::AS => b"077Y".to_vec(),
        Vr::UI => b"1.3.6.1.4.1.99999.77".to_vec(),
        Vr::DS | Vr::IS => b"777177".to_vec(),
        // A code that nothing in the copy could hold otherwise.
        Vr::SQ => [
            element(Tag(8, 0x0100), Vr::SH, CANARY.as_bytes()),
            element(Tag(8, 0x0104), Vr::LO, CANARY.as_bytes()),
        ]
        .concat(),
        _ => b"CANARYCANARYCANARYCANARY".to_vec(),
    }
}

/// Every value that a canary may have.
const CANARIES: &[&str] = &[CANARY, "18770203", "131517.19", "077Y", "1.3.6.1.4.1.99999", "777177"];

fn planted(tag: Tag, vr: Vr) -> Vec<u8> {
    if vr == Vr::SQ { sequence(tag, &[canary(vr)]) } else { element(tag, vr, &canary(vr)) }
}

/// An object with these attributes at the top, in an item of a sequence of frames, and in private ones.
fn object(elements: &[(Tag, Vr)]) -> Object {
    let mut inner: Vec<Vec<u8>> = elements.iter().map(|&(tag, vr)| planted(tag, vr)).collect();
    inner.sort();
    inner.dedup();
    let private = [
        element(Tag(9, 0x10), Vr::LO, b"CANARY MAKER"),
        element(Tag(9, 0x1001), Vr::LO, CANARY.as_bytes()),
        sequence(Tag(9, 0x1002), &[element(Tag(0x0010, 0x0010), Vr::PN, CANARY.as_bytes())]),
    ]
    .concat();
    let nested = [inner.concat(), private.clone()].concat();
    let set = [
        identity("1.3.6.1.4.1.99999.1.1"),
        inner.concat(),
        private,
        sequence(Tag(0x5200, 0x9229), &[sequence(Tag(0x0028, 0x9110), &[nested])]),
        pixels(),
    ]
    .concat();
    read(&file(&set, "1.2.840.10008.1.2.1"))
}

pub(in crate::dicom) fn identity(instance: &str) -> Vec<u8> {
    [
        element(Tag(8, 0x0016), Vr::UI, b"1.2.840.10008.5.1.4.1.1.2"),
        element(Tag(8, 0x0018), Vr::UI, instance.as_bytes()),
        element(Tag(8, 0x0060), Vr::CS, b"CT"),
        element(Tag(0x0020, 0x000d), Vr::UI, b"1.3.6.1.4.1.99999.2"),
        element(Tag(0x0020, 0x000e), Vr::UI, b"1.3.6.1.4.1.99999.3"),
    ]
    .concat()
}

fn pixels() -> Vec<u8> {
    element(Tag(0x7fe0, 0x0010), Vr::OW, &(0..=255).collect::<Vec<u8>>())
}

pub(in crate::dicom) fn file(set: &[u8], syntax: &str) -> Vec<u8> {
    let meta = [
        element(Tag(2, 3), Vr::UI, b"1.3.6.1.4.1.99999.1.1"),
        element(Tag(2, 0x10), Vr::UI, syntax.as_bytes()),
        element(Tag(2, 0x16), Vr::AE, CANARY.as_bytes()),
    ]
    .concat();
    let length = element(Tag(2, 0), Vr::UL, &(meta.len() as u32).to_le_bytes());
    // A preamble may hold anything too.
    [&CANARY.repeat(22).as_bytes()[..128], b"DICM", &length, &meta, set].concat()
}

pub(in crate::dicom) fn read(bytes: &[u8]) -> Object {
    Object::read(Path::new("test"), Source::memory(bytes.to_vec())).unwrap()
}

fn confidential(profile: Profile) -> Confidential {
    Confidential::new(profile, Key::of(vec![7; 32]).unwrap())
}

fn copied(object: &Object, profile: Profile) -> Vec<u8> {
    let mut bytes = vec![];
    confidential(profile).copy(object).unwrap().write(&mut bytes).unwrap();
    bytes
}

fn found(bytes: &[u8]) -> Vec<&'static str> {
    let holds = |canary: &&&str| bytes.windows(canary.len()).any(|part| part == canary.as_bytes());
    CANARIES.iter().filter(holds).copied().collect()
}

fn of_the_table() -> Vec<(Tag, Vr)> {
    let lines = include_str!("attributes.txt").lines().filter(|line| !line.starts_with('#'));
    let tags = lines.filter_map(|line| {
        let mut words = line.split_whitespace();
        let (tag, action): (Tag, _) = (words.next()?.parse().ok()?, words.next()?);
        let vr = dictionary::lookup(tag).map_or(Vr::LO, |entry| entry.vr);
        // Below group 8 there are no data sets in files. References keep their sequence and get other UIDs.
        (tag.0 >= 8 && !(vr == Vr::SQ && action.ends_with('U'))).then_some((tag, vr))
    });
    tags.filter(|&(tag, _)| !matches!((tag.0, tag.1), (8, 0x16 | 0x18) | (0x20, 0x0d | 0x0e))).collect()
}

#[test]
fn no_canary_of_the_table_is_in_the_bytes_of_the_copy() {
    let planted = of_the_table();
    assert!(planted.len() > 640);
    // One by one, so that a failure has a name; and all at once.
    for &one in &planted {
        assert_eq!(found(&copied(&object(&[one]), Profile::default())), <[&str; 0]>::default(), "{}", one.0);
    }
    assert_eq!(found(&copied(&object(&planted), Profile::default())), <[&str; 0]>::default());
}

#[test]
fn no_canary_of_an_independent_list_is_in_the_bytes_of_the_copy() {
    let alive = INDEPENDENT.iter().map(|&(group, number)| Tag(group, number)).filter(|&tag| {
        let vr = dictionary::lookup(tag).map_or(Vr::LO, |entry| entry.vr);
        !found(&copied(&object(&[(tag, vr)]), Profile::default())).is_empty()
    });
    assert_eq!(alive.collect::<Vec<_>>(), []);
}

#[test]
fn an_option_retains_its_own_attributes_and_nothing_else() {
    let planted = of_the_table();
    let all = object(&planted);
    let base = Profile::default();
    let cases: &[(Profile, &[&str])] = &[
        (Profile { retain_uids: true, ..base }, &["1.3.6.1.4.1.99999"]),
        (Profile { dates: Dates::Shifted, ..base }, &["131517.19"]),
        (Profile { clean_descriptors: true, ..base }, &[]),
        (Profile { clean_structured_content: true, ..base }, &[]),
        (Profile { clean_graphics: true, ..base }, &[]),
        (Profile { retain_safe_private: true, ..base }, &[]),
        (Profile { retain_patient_characteristics: true, ..base }, &["077Y", "777177", CANARY]),
        (Profile { retain_device_identity: true, ..base }, &["1.3.6.1.4.1.99999", "777177", CANARY]),
        (Profile { retain_institution_identity: true, ..base }, &[CANARY]),
    ];
    for (profile, expected) in cases {
        let mut kept = found(&copied(&all, *profile));
        // Sequences whose items are retained hold codes.
        if profile.retain_uids
            || profile.clean_descriptors
            || profile.clean_structured_content
            || profile.clean_graphics
        {
            kept.retain(|canary| *canary != CANARY);
        }
        kept.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(kept, expected, "{profile:?}");
    }
    let mut full = found(&copied(&all, Profile { dates: Dates::Kept, ..base }));
    // Timezone Offset From UTC and Frame Origin Timestamp are no dates, and belong to them.
    full.retain(|canary| *canary != CANARY);
    assert_eq!(full, ["18770203", "131517.19"]);
}

#[test]
fn names_of_the_patient_never_survive_any_option() {
    let all = Profile {
        retain_uids: true,
        dates: Dates::Kept,
        retain_patient_characteristics: true,
        retain_device_identity: true,
        retain_institution_identity: true,
        retain_safe_private: true,
        clean_descriptors: true,
        clean_structured_content: true,
        clean_graphics: true,
    };
    let who =
        [(0x10, 0x10), (0x10, 0x20), (0x10, 0x1001), (0x10, 0x1040), (8, 0x50), (8, 0x90), (0x40, 0xA123)];
    for tag in who.map(|(group, number)| Tag(group, number)) {
        let vr = dictionary::lookup(tag).unwrap().vr;
        assert_eq!(
            found(&copied(&object(&[(tag, vr)]), all)).into_iter().filter(|canary| *canary == CANARY).count(),
            0,
            "{tag}"
        );
    }
}

#[test]
fn pixels_and_what_describes_them_are_the_same_bytes() {
    let copy = read(&copied(&object(&[(Tag(0x0010, 0x0010), Vr::PN)]), Profile::default()));
    assert!(copy.damage.is_none());
    assert_eq!(copy.data_set.bytes(Tag(0x7fe0, 0x0010)).unwrap(), (0..=255).collect::<Vec<u8>>());
    assert_eq!(copy.data_set.ascii(Tag(8, 0x60)).as_deref(), Some("CT"));
    assert_eq!(copy.data_set.ascii(Tag(0x0012, 0x0062)).as_deref(), Some("YES"));
    assert_eq!(copy.data_set.items(Tag(0x0012, 0x0064)).len(), 1);
    assert_eq!(copy.data_set.ascii(Tag(0x0028, 0x0303)).as_deref(), Some("REMOVED"));
    let uid = copy.data_set.ascii(Tag(8, 0x18)).unwrap();
    assert_eq!(
        (copy.start.media_instance, copy.start.transfer_syntax.as_str()),
        (uid, "1.2.840.10008.1.2.1")
    );
}

#[test]
fn one_uid_is_one_uid_wherever_it_stands_and_those_of_the_standard_stay() {
    let reference = |class: &str, instance: &str| {
        sequence(
            Tag(8, 0x1140),
            &[[
                element(Tag(8, 0x1150), Vr::UI, class.as_bytes()),
                element(Tag(8, 0x1155), Vr::UI, instance.as_bytes()),
            ]
            .concat()],
        )
    };
    let set =
        [identity(SECOND_UID), reference("1.2.840.10008.5.1.4.1.1.2", "1.3.6.1.4.1.99999.1.1")].concat();
    let second = read(&copied(&read(&file(&set, "1.2.840.10008.1.2.1")), Profile::default())).data_set;
    let first = read(&copied(&object(&[]), Profile::default())).data_set;

    let referenced = &second.items(Tag(8, 0x1140))[0];
    assert_eq!(referenced.ascii(Tag(8, 0x1155)), first.ascii(Tag(8, 0x18)));
    assert_eq!(referenced.ascii(Tag(8, 0x1150)).as_deref(), Some("1.2.840.10008.5.1.4.1.1.2"));
    for tag in [Tag(0x20, 0x0d), Tag(0x20, 0x0e)] {
        assert_eq!(first.ascii(tag), second.ascii(tag));
    }
    assert_ne!(first.ascii(Tag(8, 0x18)), second.ascii(Tag(8, 0x18)));
}

#[test]
fn fragments_are_copied_with_their_syntax_and_a_cut_file_is_refused() {
    let item =
        |bytes: &[u8]| [&[0xfe, 0xff, 0, 0xe0][..], &(bytes.len() as u32).to_le_bytes(), bytes].concat();
    let end = [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0];
    let mut open = element(Tag(0x7fe0, 0x0010), Vr::OB, &[]);
    open[8..].fill(0xff);
    let fragments = [item(&[]), item(&[1, 2, 3, 4]), item(&[5, 6]), end.to_vec()].concat();
    let set = [identity("1.2.3"), open, fragments.clone()].concat();
    let whole = file(&set, "1.2.840.10008.1.2.4.50");

    let copy = copied(&read(&whole), Profile::default());
    assert!(copy.ends_with(&fragments));
    assert_eq!(read(&copy).start.transfer_syntax, "1.2.840.10008.1.2.4.50");

    for missing in [1, 9, 20] {
        let cut = read(&whole[..whole.len() - missing]);
        assert!(matches!(confidential(Profile::default()).copy(&cut), Err(Refusal::Damaged(_))));
    }
}

#[test]
fn words_and_numbers_of_big_endian_files_are_turned_round() {
    let turned = |tag: Tag, vr: Vr, value: &[u8]| {
        let [group, number] = [tag.0.to_be_bytes(), tag.1.to_be_bytes()];
        let length = if vr.is_long_header() {
            [&[0, 0][..], &(value.len() as u32).to_be_bytes()].concat()
        } else {
            (value.len() as u16).to_be_bytes().to_vec()
        };
        [&group[..], &number, vr.as_str().as_bytes(), &length, value].concat()
    };
    let set = [
        turned(Tag(8, 0x16), Vr::UI, b"1.2.840.10008.5.1.4.1.1.2\0"),
        turned(Tag(8, 0x18), Vr::UI, b"1.2.30"),
        turned(Tag(0x20, 0x0d), Vr::UI, b"1.2.40"),
        turned(Tag(0x20, 0x0e), Vr::UI, b"1.2.50"),
        turned(Tag(0x28, 0x10), Vr::US, &[2, 1]),
        // Longer than what is loaded.
        turned(Tag(0x7fe0, 0x10), Vr::OW, &[1, 2].repeat(200_000)),
    ]
    .concat();
    let source = read(&file(&set, "1.2.840.10008.1.2.2"));
    assert!(matches!(source.data_set.get(Tag(0x7fe0, 0x10)).unwrap().value, Value::Bulk(_)));

    let copy = copied(&source, Profile::default());
    let again = read(&copy);
    assert_eq!(again.data_set.unsigned(Tag(0x28, 0x10)), Some(0x0201));
    assert!(copy.ends_with(&[2, 1].repeat(200_000)) && again.damage.is_none());
}

#[test]
fn two_patients_stay_two_and_dates_keep_their_distance() {
    let dated = |id: &str, date: &str| {
        let set = [
            identity("1.2.3"),
            element(Tag(8, 0x20), Vr::DA, date.as_bytes()),
            element(Tag(0x10, 0x10), Vr::PN, b"Doe^Jane"),
            element(Tag(0x10, 0x20), Vr::LO, id.as_bytes()),
        ]
        .concat();
        let profile = Profile { dates: Dates::Shifted, ..Profile::default() };
        read(&copied(&read(&file(&set, "1.2.840.10008.1.2.1")), profile)).data_set
    };
    let text = |set: &DataSet, tag: Tag| set.ascii(tag).unwrap();
    let day =
        |set: &DataSet| crate::model::Date::parse(&text(set, Tag(8, 0x20))).unwrap().day_number().unwrap();
    let (a, later, b) = (dated("7", "20240131"), dated("7", "20240302"), dated("8", "20240131"));

    assert_eq!(text(&a, Tag(0x10, 0x20)), text(&later, Tag(0x10, 0x20)));
    assert_ne!(text(&a, Tag(0x10, 0x20)), text(&b, Tag(0x10, 0x20)));
    assert_eq!(day(&later) - day(&a), 31);
    assert_ne!(day(&a), day(&b));
}

#[test]
fn a_name_in_an_attribute_that_has_no_business_with_it_goes_too() {
    let set = [
        identity("1.2.3"),
        element(Tag(0x10, 0x10), Vr::PN, b"Wolkenstein^Ute"),
        element(Tag(0x18, 0x24), Vr::SH, b"t2 WOLKENSTEIN"),
        element(Tag(0x18, 0x1210), Vr::SH, b"B30f"),
    ]
    .concat();
    let copy = read(&copied(&read(&file(&set, "1.2.840.10008.1.2.1")), Profile::default())).data_set;
    assert_eq!(copy.ascii(Tag(0x18, 0x24)).as_deref(), Some("REMOVED"));
    assert_eq!(copy.ascii(Tag(0x18, 0x1210)).as_deref(), Some("B30f"));
}

#[test]
fn reports_count_and_never_tell() {
    let object = object(&[(Tag(0x0010, 0x0010), Vr::PN), (Tag(0x0008, 0x0050), Vr::SH)]);
    let report = confidential(Profile::default()).copy(&object).unwrap().report;
    let line = |keyword: &str| report.lines().find(|line| line.1 == keyword).map(|line| (line.2, line.3));
    assert_eq!(line("PatientName"), Some((Done::Pseudonym, 2)));
    assert_eq!(line("AccessionNumber"), Some((Done::Emptied, 2)));
    assert_eq!(line("private"), Some((Done::Removed, 6)));
    assert!(!format!("{report:?}").contains(CANARY));
}

#[test]
fn images_that_may_show_a_name_are_told() {
    let of = |more: &[Vec<u8>]| {
        let set = [identity("1.2.3"), more.concat(), pixels()].concat();
        burned_in(&read(&file(&set, "1.2.840.10008.1.2.1")))
    };
    assert_eq!(of(&[]), None);
    assert!(of(&[element(Tag(0x28, 0x301), Vr::CS, b"YES")]).is_some());
    assert!(of(&[element(Tag(8, 0x64), Vr::CS, b"WSD")]).is_some());
    assert!(of(&[element(Tag(8, 8), Vr::CS, b"DERIVED\\PRIMARY\\SCREEN SAVE")]).is_some());
    assert!(of(&[element(Tag(8, 0x64), Vr::CS, b"WSD"), element(Tag(0x28, 0x301), Vr::CS, b"NO")]).is_none());
    let overlay =
        [element(Tag(0x6000, 0x10), Vr::US, &[1, 0]), element(Tag(0x6000, 0x102), Vr::US, &[12, 0])];
    assert!(of(&overlay).is_some());
}

#[test]
fn no_canary_is_in_a_masked_listing() {
    let mask = crate::model::Mask::new(true);
    // Age, sex, size and weight may be seen, and so do codes in sequences that a copy keeps.
    let visible = |tag: Tag| super::table::rule(tag).is_some_and(|rule| rule.has('p'));
    for (tag, vr) in of_the_table().into_iter().filter(|&(tag, vr)| vr != Vr::SQ && !visible(tag)) {
        let listing = crate::dicom::listing(&object(&[(tag, vr)]));
        for row in listing.rows().iter().filter(|row| row.tag.0 >= 8 && row.tag.0 % 2 == 0) {
            let value = mask.value(row, &listing);
            let told = CANARIES.iter().any(|canary| value.contains(canary));
            assert!(!told && !value.contains("1877"), "{tag}: {value}");
        }
    }
}
