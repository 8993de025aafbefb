//! Small libraries with one thing wrong in each.

use super::*;
use crate::model::{Form, Orientation, Record, Spacing, SpacingSource};

const AXIAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
const CORONAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 0.0, -1.0];

fn slice(number: i32, z: f64) -> Record {
    let form = Form {
        has_pixels: true,
        modality: "CT".into(),
        rows: 4,
        columns: 4,
        bits_stored: 12,
        orientation: Orientation::from_values(&AXIAL),
        spacing: Some(Spacing { row: 1.0, column: 1.0, source: SpacingSource::Patient }),
        ..Form::default()
    };
    Record {
        path: format!("/d/{number}").into(),
        patient_id: "1".into(),
        patient_name: "Doe^Jane".into(),
        study_uid: "1.2".into(),
        series_uid: "1.2.3".into(),
        sop_instance: format!("1.2.3.{number}"),
        number: Some(number),
        frames: 1,
        position: Some([0.0, 0.0, z]),
        form,
        ..Record::default()
    }
}

fn found(records: impl IntoIterator<Item = Record>) -> Vec<Finding> {
    let mut library = Library::default();
    for record in records {
        library.insert(record);
    }
    library.findings(|_, _| None)
}

fn rules(records: impl IntoIterator<Item = Record>) -> Vec<Rule> {
    found(records).into_iter().map(|finding| finding.rule).collect()
}

fn at(places: &[f64]) -> Vec<Record> {
    (1..).zip(places).map(|(number, &z)| slice(number, z)).collect()
}

#[test]
fn a_series_as_it_should_be_gives_no_findings() {
    assert_eq!(found(at(&[0.0, 2.5, 5.0, 7.5])), []);
    // Rounding to a tenth of a millimetre at 0.7 mm is less than a hundredth of a step off the median.
    assert_eq!(found(at(&[0.0, 2.505, 5.0, 7.495])), []);
}

#[test]
fn missing_slices_are_counted() {
    let [gap] = &found(at(&[0.0, 1.0, 2.0, 5.0, 6.0, 8.0]))[..] else { panic!("one finding") };

    assert_eq!((gap.rule, gap.weight), (Rule::Gap, Weight::Warning));
    assert_eq!(gap.instances.len(), 6);
    assert!(
        gap.what.starts_with("3 slices seem to be missing, the first after slice 3 of 6"),
        "{}",
        gap.what
    );
}

#[test]
fn uneven_distances_are_jitter_or_worse() {
    let weight = |places: &[f64]| found(at(places)).iter().map(|f| (f.rule, f.weight)).collect::<Vec<_>>();

    assert_eq!(weight(&[0.0, 1.0, 2.05, 3.0, 4.0, 5.0]), [(Rule::Spacing, Weight::Note)]);
    assert_eq!(weight(&[0.0, 1.0, 2.4, 3.0, 4.0, 5.0]), [(Rule::Spacing, Weight::Warning)]);
}

#[test]
fn images_at_one_place_need_a_reason() {
    let timed = |number: i32, z: f64, time: f32| Record { time: Some(time), ..slice(number, z) };

    assert_eq!(rules([timed(1, 0.0, 1.0), timed(2, 0.0, 2.0)]), []);
    assert_eq!(rules(at(&[0.0, 0.0])), [Rule::Repeat]);
    let [repeat] = &found(at(&[0.0, 1.0, 1.0, 2.0]))[..] else { panic!("one finding") };
    assert_eq!((repeat.weight, repeat.instances.len()), (Weight::Warning, 4));
}

#[test]
fn sheared_stacks_lean() {
    let sheared = |number: i32| Record {
        position: Some([0.0, f64::from(number) * 0.5, f64::from(number)]),
        ..slice(number, 0.0)
    };
    let [lean] = &found((1..5).map(sheared))[..] else { panic!("one finding") };

    assert_eq!((lean.rule, lean.place), (Rule::Tilt, Place::Stack(SeriesId(0), 0)));
    assert!(lean.what.contains("26.6°"), "{}", lean.what);
}

#[test]
fn images_without_a_place_are_missed_in_sectional_series_only() {
    let lost = |number: i32, modality: &str| {
        let mut record = Record { position: None, ..slice(number, 0.0) };
        record.form = Form { modality: modality.into(), orientation: None, ..record.form };
        record
    };

    assert_eq!(rules([lost(1, "CT"), lost(2, "CT")]), [Rule::Position]);
    assert_eq!(rules([lost(1, "US"), lost(2, "US")]), []);
    let [mixed] = &found([slice(1, 0.0), lost(2, "CT")])[..] else { panic!("one finding") };
    assert_eq!((mixed.rule, mixed.instances.len()), (Rule::Position, 2));
}

#[test]
fn a_series_of_many_kinds_is_mixed_and_its_localizer_does_not_count() {
    let with = |number: i32, change: &dyn Fn(&mut Form)| {
        let mut record = slice(number, f64::from(number));
        change(&mut record.form);
        record
    };
    let pair = |change: &dyn Fn(&mut Form)| rules([slice(1, 1.0), with(2, change)]);

    assert_eq!(pair(&|form| form.rows = 8), [Rule::Mixed]);
    assert_eq!(pair(&|form| form.bits_stored = 16), [Rule::Mixed]);
    assert_eq!(pair(&|form| form.modality = "MR".into()), [Rule::Mixed]);
    assert_eq!(pair(&|form| form.orientation = Orientation::from_values(&CORONAL)), [Rule::Orientation]);
    let localizer = |form: &mut Form| {
        form.rows = 8;
        form.orientation = Orientation::from_values(&CORONAL);
        form.image_type = "ORIGINAL\\PRIMARY\\LOCALIZER".into();
    };
    assert_eq!(pair(&localizer), []);
}

#[test]
fn a_second_file_of_an_object_is_a_copy_or_a_liar() {
    let second = |path: &str, bytes: u64| Record { path: path.into(), bytes, ..slice(1, 0.0) };
    let mut library = Library::default();
    for record in [second("/a", 9), second("/same", 9), second("/other", 9), second("/longer", 10)] {
        library.insert(record);
    }
    let found = library.findings(|first, path| Some(first == Path::new("/a") && path == Path::new("/same")));

    let told: Vec<_> = found
        .iter()
        .filter(|finding| finding.rule == Rule::Instance)
        .map(|finding| (finding.weight, finding.what.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Weight::Note, "is a copy, byte by byte, of /a"),
            (Weight::Error, "has the SOP Instance UID and not the content of /a"),
            (Weight::Error, "has the SOP Instance UID and not the content of /a"),
        ]
    );
}

#[test]
fn one_uid_under_two_patients_or_studies_is_told_of_the_later_one() {
    let elsewhere = Record { patient_id: "2".into(), path: "/e/2".into(), ..slice(2, 1.0) };
    let [study, series] = &found([slice(1, 0.0), elsewhere])[..] else { panic!("two findings") };

    assert_eq!((study.place, study.weight), (Place::Study(StudyId(1)), Weight::Error));
    assert_eq!((series.place, &series.instances), (Place::Series(SeriesId(1)), &vec![InstanceId(1)]));
    assert!(series.what.ends_with("another study (/d/1)"), "{}", series.what);
}

#[test]
fn another_name_under_one_patient_id_is_told_unless_only_its_spelling_differs() {
    let named = |number: i32, name: &str| Record {
        patient_name: name.into(),
        study_uid: format!("1.{number}").as_str().into(),
        series_uid: format!("1.{number}.1").as_str().into(),
        ..slice(number, 0.0)
    };

    assert_eq!(
        rules([named(1, "Doe^Jane"), named(2, "DOE^JANE^^"), named(3, "Doe^Jane=X"), named(4, "")]),
        []
    );
    let [other] = &found([named(1, "Doe^Jane"), named(2, "Doe^Jane"), named(3, "Roe^Jane")])[..] else {
        panic!("one finding")
    };
    assert_eq!((other.rule, &other.instances), (Rule::Name, &vec![InstanceId(2)]));
    assert!(!other.what.contains("Roe"), "findings name nobody");
}

#[test]
fn names_in_the_place_of_uids_are_noted_once_a_series() {
    let named =
        |number: i32| Record { sop_instance: format!("ID_{number}"), ..slice(number, f64::from(number)) };
    let [uids] = &found([named(1), named(2)])[..] else { panic!("one finding") };

    assert_eq!((uids.rule, uids.weight, uids.instances.len()), (Rule::Uid, Weight::Note, 2));
}
