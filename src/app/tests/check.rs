//! A list that is there before the scan: an outline of which every series can be opened.

use super::*;
use crate::{
    model::{Library, SeriesId, Sighting},
    work::Wanted,
};

/// Ten slices and a report.
fn scanned() -> App {
    app(10)
}

/// The same, as the outline that the last scan has left, while another one begins.
fn outlined() -> App {
    let mut app = App::new(&Config::default(), Keymap::default(), 1 << 20, false);
    app.update(Event::Resize(120, 40));
    let mut outline = Library::default();
    scanned().library.sketches().for_each(|sketch| outline.add_sketch(sketch));
    app.update(Event::Found(Found::Known(Box::new(outline))));
    app
}

fn wanted(effects: &[Effect]) -> Option<&Wanted> {
    effects.iter().find_map(|effect| if let Effect::Fetch(wanted) = effect { Some(wanted) } else { None })
}

/// The files of the series with slices, as the index has them.
fn files() -> Vec<Sighting> {
    let slice = |k: i32| {
        let form = Form { has_pixels: true, rows: 8, columns: 8, ..Form::default() };
        let record = Record {
            path: format!("/d/{k}").into(),
            study_uid: "1".into(),
            series_uid: "1.1".into(),
            frames: 1,
            number: Some(k),
            form,
            ..Record::default()
        };
        record.into()
    };
    (0..10).map(slice).collect()
}

/// Everything is found again.
fn find_all(app: &mut App) -> Vec<Effect> {
    let again = scanned();
    let files = again.library.all_series().flat_map(|(_, series)| series.instances.clone());
    let file = |id| {
        let series = if again.library.path(id).ends_with("999") { "1.2" } else { "1.1" };
        let record = Record {
            path: again.library.path(id),
            patient_id: "7".into(),
            study_uid: "1".into(),
            series_uid: series.into(),
            frames: again.library.instance(id).frames,
            form: (*again.library.instance(id).form).clone(),
            ..Record::default()
        };
        (record.path.clone(), Outcome::Instance(Box::new(record.into())))
    };
    app.update(Event::Found(Found::Files(files.map(file).collect())));
    app.update(Event::Found(Found::Done))
}

#[test]
fn a_series_is_opened_as_soon_as_its_files_are_fetched() {
    let mut app = outlined();

    let effects = press(&mut app, "\n");
    let wanted = wanted(&effects).unwrap().clone();
    assert_eq!((wanted.folder, wanted.series.raw()), ("/d".into(), "1.1"));
    assert!(app.views.is_empty());
    app.update(Event::Found(Found::Fetched(wanted.id, files())));

    assert_eq!(app.viewer().unwrap().stack().frames.len(), 10);
    assert_eq!(app.notice, None);
}

#[test]
fn what_was_found_takes_its_place_when_nothing_is_open_any_more() {
    let mut app = outlined();
    press(&mut app, "\n");
    app.update(Event::Found(Found::Fetched(SeriesId(0), files())));

    assert!(!find_all(&mut app).contains(&Effect::Keep), "it is open");
    assert!(app.is_checking() && !app.scanning);
    let slices = app.viewer().unwrap().stack().frames.clone();
    assert!(slices.iter().all(|key| app.library.path(key.instance).starts_with("/d")));

    assert!(press(&mut app, "q").contains(&Effect::Keep));
    assert!(!app.is_checking());
    assert_eq!(app.library.counts.dicom, 11);
    press(&mut app, "\n");
    assert_eq!(app.viewer().unwrap().stack().frames.len(), 10, "nothing has to be fetched any more");
}

#[test]
fn of_a_series_that_is_nowhere_kept_it_is_said_that_it_must_wait() {
    let mut app = outlined();
    press(&mut app, "\n");

    app.update(Event::Found(Found::Fetched(SeriesId(0), vec![])));

    assert!(app.views.is_empty());
    assert!(app.notice.as_ref().unwrap().contains("being checked"));
}

#[test]
fn a_series_that_comes_when_the_user_is_elsewhere_is_not_opened() {
    let mut app = outlined();
    press(&mut app, "\nj");

    app.update(Event::Found(Found::Fetched(SeriesId(0), files())));
    assert!(app.views.is_empty());

    press(&mut app, "k\n");
    assert!(app.viewer().is_some(), "it is there by now");
}

#[test]
fn where_files_are_missing_it_is_said_how_many() {
    let mut app = outlined();
    press(&mut app, "\n");
    let some = files().into_iter().take(4).collect();

    app.update(Event::Found(Found::Fetched(SeriesId(0), some)));

    assert_eq!(app.viewer().unwrap().stack().frames.len(), 4);
    assert!(app.notice.as_ref().unwrap().starts_with("4 of 10 images"), "{:?}", app.notice);
}
