//! What is listed, and where the cursor is.

use super::*;
use crate::{config::Config, model::Record};

fn library() -> Library {
    let mut library = Library::default();
    for (patient, study, series, modality) in
        [("B", "1", "1.1", "CT"), ("A", "2", "2.1", "MR"), ("A", "2", "2.2", "CT")]
    {
        let mut record = Record {
            path: format!("/d/{series}").into(),
            patient_id: patient.into(),
            patient_name: patient.into(),
            study_uid: study.into(),
            series_uid: series.into(),
            ..Record::default()
        };
        record.series.modality = modality.into();
        library.insert(record);
    }
    library
}

fn browser(library: &Library) -> Browser {
    let mut browser = Browser::new(&Config::default().browser);
    browser.refresh(library);
    browser
}

#[test]
fn the_tree_lists_patients_by_name_with_what_is_theirs() {
    let library = library();
    let browser = browser(&library);
    let kinds: Vec<char> = browser
        .rows
        .iter()
        .map(|row| match row {
            Node::Patient(_) => 'p',
            Node::Study(_) => 's',
            Node::Series(_) => '.',
        })
        .collect();
    assert_eq!(kinds, ['p', 's', '.', '.', 'p', 's', '.']);
    assert_eq!(browser.rows[0], Node::Patient(PatientId(1)));
}

#[test]
fn the_cursor_stays_on_its_thing_when_rows_arrive_above_it() {
    let mut library = library();
    let mut browser = browser(&library);
    browser.place(6);
    let thing = browser.cursor();
    library.insert(Record { patient_id: "0".into(), patient_name: "0".into(), ..Record::default() });
    browser.refresh(&library);
    assert_eq!(browser.cursor(), thing);
    assert_eq!(browser.row(), 9);
}

#[test]
fn a_filter_takes_words_and_fields() {
    let library = library();
    let mut browser = browser(&library);
    browser.view = ListView::Series;
    for (filter, count) in [("", 3), ("modality:ct", 2), ("a modality:ct", 1), ("zzz", 0), ("patient:b", 1)] {
        browser.filter = filter.to_owned();
        browser.refresh(&library);
        assert_eq!(browser.rows.len(), count, "{filter}");
    }
}

#[test]
fn folding_a_patient_hides_its_series_and_a_filter_shows_them_again() {
    let library = library();
    let mut browser = browser(&library);
    browser.fold_all(&library, true);
    assert_eq!(browser.rows.len(), 2);
    browser.filter = "mr".to_owned();
    browser.refresh(&library);
    assert_eq!(browser.rows.len(), 3);
}
