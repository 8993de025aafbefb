//! A scan that is paused, ended, begun anew over less, and how often it makes the list anew.

use super::*;
use crate::model::Library;
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
    assert_eq!(app.library.all_series().len(), 2);
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
