//! A scan that is paused, ended, begun anew over less, and how often it makes the list anew.

use super::*;
use crate::{model::Library, work::News};
use std::path::PathBuf;

/// A program whose scan has found one file in each of these folders, and goes on.
fn scanning(folders: &[&str]) -> App {
    let mut app = App::new(&Config::default(), Keymap::default(), 1 << 20, false);
    app.update(Event::Found(found(folders)));
    app
}

fn found(folders: &[&str]) -> Found {
    let file = |folder: &&str| {
        let record = Record {
            path: format!("{folder}/1").into(),
            patient_id: "7".into(),
            study_uid: "1".into(),
            series_uid: format!("1.{folder}").as_str().into(),
            ..Record::default()
        };
        (record.path.clone(), Outcome::Instance(Box::new(record.into())))
    };
    Found::Files(folders.iter().map(file).collect())
}

#[test]
fn a_scan_is_paused_and_goes_on_and_only_a_running_one_is() {
    let mut app = scanning(&["/d/a"]);

    assert!(press(&mut app, "p").contains(&Effect::PauseScan(true)));
    assert!(app.scan.paused && app.scanning);
    assert!(press(&mut app, "p").contains(&Effect::PauseScan(false)));

    app.update(Event::Found(Found::Done));
    assert!(!press(&mut app, "p").iter().any(|effect| matches!(effect, Effect::PauseScan(_))));
    assert!(app.notice.is_some());
}

#[test]
fn a_scan_that_was_ended_keeps_what_it_has_found_and_says_so() {
    let mut app = scanning(&["/d/a", "/d/b"]);

    assert!(press(&mut app, "X").contains(&Effect::StopScan));

    assert!(!app.scanning && app.scan.stopped);
    assert_eq!(app.library.series_count(), 2);
    assert!(!press(&mut app, "X").contains(&Effect::StopScan), "there is nothing left to end");
}

#[test]
fn the_folder_of_a_series_or_of_all_that_is_a_patients_is_scanned_alone() {
    let mut app = scanning(&["/d/p/a", "/d/p/b/c"]);
    app.update(Event::Found(Found::Done));
    app.browser.place(2);
    let only = |effects: Vec<Effect>| {
        effects.into_iter().find_map(|effect| match effect {
            Effect::Rescan(only) => Some(only),
            _ => None,
        })
    };
    assert_eq!(only(press(&mut app, "F")), Some(Some(PathBuf::from("/d/p/a"))));
    assert!(app.scanning && app.browser.rows.is_empty());
    let done = app.update(Event::Found(Found::Done));
    assert!(!done.contains(&Effect::Keep), "the rest is not forgotten");

    app.update(Event::Found(found(&["/d/p/a", "/d/p/b/c"])));
    app.browser.place(0);
    assert_eq!(only(press(&mut app, "F")), Some(Some(PathBuf::from("/d/p"))));
    assert_eq!(only(press(&mut app, "R")), Some(None), "all of it again");
    assert_eq!(app.scan, Scan::default());
}

#[test]
fn a_scan_that_finds_a_hundred_times_more_makes_few_lists_more() {
    let lists = |series: u32| {
        let (mut library, mut browser, mut lists) =
            (Library::default(), Browser::new(&Config::default().browser), 0);
        for k in 0..series {
            let series_uid = format!("1.{k}").as_str().into();
            library.insert(Record { study_uid: "1".into(), series_uid, ..Record::default() });
            if browser.is_outgrown(&library) {
                browser.refresh(&library);
                lists += 1;
            }
        }
        // All but a small share of them are listed at any time.
        assert!(browser.rows.len() as u32 + series / 30 >= series, "{} of {series}", browser.rows.len());
        lists
    };

    assert!(lists(10_000) < 4 * lists(100), "{} and {}", lists(10_000), lists(100));
}

/// What a scan that is done has to tell of these files, and that the others are gone.
fn news(files: &[&str], gone: &[&str]) -> Event {
    let Found::Files(files) = found(files) else { unreachable!("that is what it makes") };
    let stale = files.iter().map(|(path, _)| path.clone()).chain(gone.iter().map(PathBuf::from));
    Event::Found(Found::News(News { stale: stale.collect(), files }))
}

#[test]
fn files_that_come_later_are_listed_and_the_cursor_stays_on_its_thing() {
    let mut app = scanning(&["/d/b", "/d/c"]);
    app.update(Event::Found(Found::Done));
    app.browser.place(3);
    let thing = app.browser.cursor();

    app.update(news(&["/d/a"], &[]));

    assert_eq!((app.browser.rows.len(), app.browser.cursor()), (5, thing));
    assert_eq!(app.library.counts.dicom, 3);
}

#[test]
fn a_series_that_is_written_anew_keeps_its_row_and_forgets_what_was_decoded() {
    let mut app = scanning(&["/d/b", "/d/c"]);
    app.update(Event::Found(Found::Done));
    app.browser.place(3);
    let (rows, thing) = (app.browser.rows.clone(), app.browser.cursor());

    let effects = app.update(news(&["/d/c"], &[]));

    assert!(effects.contains(&Effect::Forget), "{effects:?}");
    assert_eq!((&app.browser.rows, app.browser.cursor()), (&rows, thing));
    assert_eq!(app.library.counts.files, 2);
}

#[test]
fn what_is_gone_leaves_the_list_and_the_cursor_goes_to_what_takes_its_place() {
    let mut app = scanning(&["/d/a", "/d/b", "/d/c"]);
    app.update(Event::Found(Found::Done));
    app.browser.place(3);

    app.update(news(&[], &["/d/b"]));
    assert_eq!((app.browser.rows.len(), app.browser.row()), (4, 3));
    app.update(news(&[], &["/d"]));
    assert_eq!((app.browser.rows.len(), app.library.counts.files), (0, 0));

    app.update(news(&["/d/b"], &[]));
    assert_eq!(app.browser.rows.len(), 3, "what comes back is listed again");
}

#[test]
fn after_missed_news_the_list_stays_until_everything_was_seen_again() {
    let mut app = scanning(&["/d/a", "/d/b"]);
    app.update(Event::Found(Found::Done));
    app.browser.place(3);

    let effects = app.update(Event::Found(Found::Missed));
    assert!(effects.contains(&Effect::Recheck(None)));
    app.update(Event::Found(found(&["/d/b", "/d/c", "/d/d"])));
    assert_eq!(app.browser.rows.len(), 4);

    let effects = app.update(Event::Found(Found::Done));
    assert!(effects.contains(&Effect::Keep));
    assert_eq!((app.browser.rows.len(), app.browser.row()), (5, 2), "the cursor stays on its series");
}
