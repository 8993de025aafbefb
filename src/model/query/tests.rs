use super::*;
use crate::model::{Form, Orientation, Record, SeriesFacts, Spacing, SpacingSource};
use proptest::prelude::*;

/// A CT of 120 slices with its localizer, and an MR of 3, two years apart.
fn library() -> Library {
    let mut library = Library::default();
    let series = |uid: &str, modality: &str, description: &str, date: &str, kind: &str, slices: i32| {
        let form = Form {
            has_pixels: true,
            rows: 512,
            columns: 512,
            bits_stored: 12,
            thickness: Some(1.25),
            spacing: Some(Spacing { row: 0.7, column: 0.7, source: SpacingSource::Patient }),
            orientation: Orientation::from_values(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
            image_type: kind.into(),
            transfer_syntax: "1.2.840.10008.1.2.4.90".into(),
            ..Form::default()
        };
        let record = Record {
            patient_id: "LIDC-1".into(),
            patient_name: "Doe^Jane".into(),
            study_uid: date.into(),
            study_date: date.into(),
            series_uid: uid.into(),
            frames: 1,
            bytes: 1_000_000,
            series: SeriesFacts {
                modality: modality.into(),
                description: description.into(),
                ..SeriesFacts::default()
            },
            form,
            ..Record::default()
        };
        (0..slices)
            .map(move |k| Record {
                path: format!("/d/{k}").into(),
                sop_instance: format!("{k}"),
                position: Some([0.0, 0.0, f64::from(k) * 1.25]),
                ..record.clone()
            })
            .collect::<Vec<_>>()
    };
    for record in [
        series("1", "CT", "Thorax lung kernel", "20190412", "ORIGINAL\\PRIMARY\\AXIAL", 120),
        series("2", "CT", "Scout", "20190412", "ORIGINAL\\PRIMARY\\LOCALIZER", 1),
        series("3", "MR", "t2:tse sagittal", "20210101", "ORIGINAL\\PRIMARY\\M", 3),
    ]
    .concat()
    {
        library.insert(record);
    }
    library
}

/// The series that a query keeps, by their UIDs.
fn kept(query: &str) -> String {
    let library = library();
    let query = Query::parse(query);
    library
        .all_series()
        .filter(|&(id, _)| query.keeps(&library, id))
        .map(|(_, series)| series.uid.raw().to_owned())
        .collect()
}

#[test]
fn words_fields_numbers_and_days_are_asked_for() {
    for (query, expected) in [
        ("", "123"),
        ("doe", "123"),
        ("thorax LUNG", "1"),
        ("\"lung kernel\"", "1"),
        ("\"kernel lung\"", ""),
        ("modality:ct", "12"),
        ("mod:c", ""),
        ("modality:ct slices:>100 date:2019.. thickness:<1.5 -localizer", "1"),
        ("slices:1", "2"),
        ("localizer", "2"),
        ("-is:localizer", "13"),
        ("date:2021", "3"),
        ("date:<2020", "12"),
        ("date:2019-04..2019-05", "12"),
        ("spacing:0.7", "123"),
        ("step:1.25", "13"),
        ("mb:>100", "1"),
        ("encoding:.4.90", "123"),
        ("-doe", ""),
        ("rows:512 bits:..12 files:3", "3"),
    ] {
        assert_eq!(kept(query), expected, "{query}");
    }
}

#[test]
fn what_is_no_field_and_no_number_is_looked_for_as_text() {
    assert_eq!(kept("t2:tse"), "3");
    assert_eq!(kept("slices:many"), "");
    assert_eq!(kept("-"), "123", "a minus alone is a text, and stands in the Patient ID");
    // Somebody is still typing.
    assert_eq!(kept("\"lung"), "1");
    assert_eq!(kept("modality:"), "");
}

#[test]
fn every_field_of_the_list_is_known() {
    for (field, _) in FIELDS {
        let known = text_field(field).is_some()
            || number_field(field).is_some()
            || ["date", "is", "localizer"].contains(&field);
        assert!(known, "{field}");
    }
}

proptest! {
    #[test]
    fn every_text_is_a_query_and_its_opposite_keeps_the_rest(text in "[a-z0-9:<>=.]{1,12}") {
        let library = library();
        let (query, opposite) = (Query::parse(&text), Query::parse(&format!("-{text}")));
        for (id, _) in library.all_series() {
            prop_assert_ne!(query.keeps(&library, id), opposite.keeps(&library, id));
        }
    }

    #[test]
    fn no_text_makes_it_stumble(text: String) {
        Query::parse(&text).keeps(&library(), SeriesId(0));
    }
}

#[test]
fn an_attribute_of_files_is_compared_by_what_it_is() {
    let attribute = |word: &str| match word {
        "KVP" => Some((TagNumber(0x18, 0x60), ValueKind::Number)),
        "ContentDate" => Some((TagNumber(8, 0x23), ValueKind::Day)),
        "(0019,100C)" => Some((TagNumber(0x19, 0x100C), ValueKind::Text)),
        _ => None,
    };
    let keeps = |query: &str, values: &[&str]| {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        let query = Query::parse_with(query, attribute);
        assert_eq!(query.tags().len(), 1);
        query.keeps_values(|_| &values)
    };

    assert!(keeps("KVP:>100", &["80", "120"]) && !keeps("KVP:>100", &["100", "x", ""]));
    assert!(keeps("-KVP:>100", &["80"]) && keeps("-KVP:>100", &[]) && !keeps("-KVP:80", &["80"]));
    assert!(keeps("ContentDate:2019", &["20190203"]) && !keeps("ContentDate:2019", &["20200203"]));
    assert!(keeps("(0019,100C):>900", &["50\\1000"]) && keeps("(0019,100C):ABC", &["xabcx"]));
    // Without an attribute of that name it is a word; what the library knows comes first.
    assert_eq!(Query::parse("KVP:>100").tags(), []);
    assert_eq!(Query::parse_with("modality:ct t2:tse \"KVP:120\"", attribute).tags(), []);
}

#[test]
fn a_field_that_is_not_known_and_a_value_that_is_none_are_doubtful_and_words_are_not() {
    let doubts = |text| {
        let query = Query::parse(text);
        query.doubtful().map(|(field, value)| format!("{field}={value}")).collect::<Vec<_>>()
    };
    assert_eq!(doubts("modalty:CT slices:>x is:odd"), ["modalty=ct", "slices=>x"]);
    assert_eq!(doubts("\"t2:tse\" modality:ct thorax 1.2:3 a:"), [""; 0]);
}
