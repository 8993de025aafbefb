//! The state, driven by keys as a person would, without a screen.

use super::*;
use crate::{
    config::Config,
    imaging::Turn,
    model::{
        Form, FrameKey, Listing, MASK, Orientation, Record, Row, RowKind, Secret, TagNumber, Text, VoiLut,
        Window,
    },
    work::{Answer, Detail, Drawn, Facts, Found, Job, Outcome, Picture, Shot, Surveyed},
};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::sync::{Arc, Weak};

mod check;
mod contrast;
mod figures;
mod measuring;
mod references;
mod review;
mod scans;
mod sheet;
mod steps;
mod tags;
mod uptake;
pub(crate) mod value;
mod volume;
mod wishes;
mod writing;

/// A program over one patient with a CT of `slices` and, in a second series, a report without images.
fn app(slices: i32) -> App {
    app_of(0..slices)
}

/// The same with slices at these places, in mm.
fn app_of(slices: impl IntoIterator<Item = i32>) -> App {
    let mut app = App::new(&Config::default(), Keymap::default(), 1 << 20, false);
    app.update(Event::Resize(120, 40));
    let slice = |k: i32| {
        let form = Form {
            has_pixels: true,
            rows: 8,
            columns: 8,
            orientation: Orientation::from_values(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
            ..Form::default()
        };
        Record {
            path: format!("/d/{k}").into(),
            patient_id: "7".into(),
            patient_name: "Doe^Jane".into(),
            study_uid: "1".into(),
            series_uid: "1.1".into(),
            sop_instance: format!("1.1.{k}"),
            frames: 1,
            position: Some([0.0, 0.0, f64::from(k)]),
            form,
            ..Record::default()
        }
    };
    let report = Record { form: Form::default(), series_uid: "1.2".into(), frames: 0, ..slice(999) };
    let files = slices.into_iter().map(slice).chain([report]);
    let files = files.map(|record| (record.path.clone(), Outcome::Instance(Box::new(record.into()))));
    app.update(Event::Found(Found::Files(files.collect())));
    app.update(Event::Found(Found::Done));
    app
}

/// Presses keys written as letters; `\n` is Enter, `\t` is Tab and `\x1b` is Esc.
fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    keys.chars()
        .flat_map(|c| {
            let code = match c {
                '\n' => KeyCode::Enter,
                '\t' => KeyCode::Tab,
                '\x1b' => KeyCode::Esc,
                c => KeyCode::Char(c),
            };
            app.update(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
        })
        .collect()
}

/// Answers the survey that is wished for; the file has `own` windows.
fn survey(app: &mut App, own: usize) {
    let stack = app.viewer().unwrap().stack().frames[0];
    let result = Some(Surveyed {
        own: vec![Text::default(); own],
        auto: Window::linear(40.0, 400.0),
        stretch: Window::linear(0.0, 100.0),
        range: Some((-1000.0, 1000.0)),
    });
    app.update(Event::Answer(Answer::Survey { stack, result }));
}

fn viewing(slices: i32) -> App {
    let mut app = app(slices);
    press(&mut app, "\n");
    survey(&mut app, 1);
    app.update(Event::Rest);
    app
}

#[test]
fn the_cursor_begins_on_the_first_series_and_enter_opens_its_middle() {
    let mut app = app(11);
    press(&mut app, "\n");
    assert_eq!(app.viewer().unwrap().slice, 5);
}

#[test]
fn a_series_without_images_is_read_and_its_tags_are_one_key_away() {
    let mut app = app(3);
    let effects = press(&mut app, "j\n");
    assert!(matches!(app.views.last(), Some(View::Transcript(view)) if view.content.is_none()));
    assert!(matches!(&effects[..], [.., Effect::Wish(jobs)] if matches!(jobs[..], [Job::Read { .. }])));

    press(&mut app, "d");
    assert!(app.tags().is_some());
    press(&mut app, "qq");
    assert!(app.views.is_empty());
}

#[test]
fn at_the_last_slice_down_stays_and_asks_for_nothing_new() {
    let mut app = viewing(5);
    press(&mut app, "G");
    let effects = press(&mut app, "j");
    assert_eq!(app.viewer().unwrap().slice, 4);
    assert_eq!(effects, []);
}

#[test]
fn a_number_and_capital_g_go_to_that_slice_and_leave_the_window_alone() {
    let mut app = viewing(50);
    let before = app.viewer().unwrap().contrast.clone();
    press(&mut app, "42G");
    let viewer = app.viewer().unwrap();
    assert_eq!((viewer.slice, &viewer.contrast), (41, &before));
}

#[test]
fn a_digit_alone_is_a_preset() {
    let mut app = viewing(5);
    press(&mut app, "2");
    let viewer = app.viewer().unwrap();
    assert_eq!(viewer.window(), Some(Window::linear(-600.0, 1500.0)));
    assert_eq!(viewer.contrast_name(), "Lung");
}

#[test]
fn two_presets_after_one_another_are_a_number_only_if_nothing_comes_between() {
    let mut app = viewing(50);
    press(&mut app, "2j4");
    assert_eq!(app.viewer().unwrap().contrast_name(), "Bone");
}

#[test]
fn two_presets_with_a_pause_between_are_no_number() {
    let mut app = viewing(50);
    assert_eq!(app.pause(), None);
    press(&mut app, "2");
    assert!(app.pause().is_some());
    app.update(Event::Pause);
    assert_eq!(app.pause(), None);

    press(&mut app, "4");

    assert_eq!(app.viewer().unwrap().contrast_name(), "Bone");
    assert_eq!(app.count, None);
}

#[test]
fn a_number_of_two_digits_waits_for_its_letter_as_long_as_it_takes() {
    let mut app = viewing(50);
    press(&mut app, "42");
    assert_eq!(app.pause(), None);
    app.update(Event::Pause);

    press(&mut app, "G");

    assert_eq!(app.viewer().unwrap().slice, 41);
}

#[test]
fn a_new_viewer_awaits_its_picture_unless_something_lies_over_it() {
    let mut app = viewing(5);
    assert!(app.awaits_picture());

    press(&mut app, "?");
    assert!(!app.awaits_picture());
    press(&mut app, "?q");
    assert!(!app.awaits_picture());
}

#[test]
fn the_files_own_window_is_the_first_choice_and_an_automatic_one_the_second() {
    let mut with_own = app(3);
    press(&mut with_own, "\n");
    survey(&mut with_own, 2);
    assert_eq!(with_own.viewer().unwrap().contrast, Contrast::File(0));
    let mut without = app(3);
    press(&mut without, "\n");
    survey(&mut without, 0);
    assert_eq!(without.viewer().unwrap().contrast, Contrast::Auto);
}

#[test]
fn flipping_twice_and_turning_four_times_changes_nothing() {
    let mut app = viewing(3);
    press(&mut app, "HHVVrrrr");
    assert_eq!(app.viewer().unwrap().turn, Turn::default());
}

#[test]
fn esc_leaves_the_crosshair_then_the_viewer_but_never_the_program() {
    let mut app = viewing(3);
    press(&mut app, "x\x1b");
    assert!(app.viewer().is_some_and(|viewer| viewer.crosshair.is_none()));
    press(&mut app, "\x1b");
    assert!(app.viewer().is_none());
    assert!(!press(&mut app, "\x1b\x1b").contains(&Effect::Quit));
    assert!(press(&mut app, "q").contains(&Effect::Quit));
}

#[test]
fn the_crosshair_moves_as_the_picture_is_seen_not_as_it_is_stored() {
    let mut app = viewing(3);
    press(&mut app, "Hxl");
    // Mirrored: to the right on screen is to the left in the file.
    assert_eq!(app.viewer().unwrap().crosshair, Some((4, 3)));
}

#[test]
fn a_filter_keeps_what_matches_while_it_is_typed_and_esc_brings_all_back() {
    let mut app = app(3);
    press(&mut app, "/zzz");
    assert!(app.browser.rows.is_empty());
    press(&mut app, "\x1b");
    assert_eq!(app.browser.rows.len(), 4);
}

#[test]
fn a_masked_name_is_not_shown() {
    let mut app = app(3);
    assert_eq!(app.mask.person(&Text::from("Doe^Jane")), "Doe, Jane");
    press(&mut app, "P");
    assert_eq!(app.mask.person(&Text::from("Doe^Jane")), MASK);
}

#[test]
fn masking_reaches_the_tags_that_are_already_open() {
    let mut app = app(3);
    press(&mut app, "d");
    let row = Row {
        depth: 0,
        tag: TagNumber(0x0010, 0x0010),
        keyword: Text::from("PatientName"),
        name: Text::default(),
        vr: "PN",
        vm: 1,
        length: Some(8),
        offset: 0,
        value: Text::from("Doe^Jane"),
        raw: None,
        kind: RowKind::Leaf,
        is_private: false,
        secret: Some(Secret::Hidden),
    };
    let listing = Listing::new(vec![row.clone()], vec![]);
    if let Some(view) = app.tags_mut() {
        view.tags.receive(Ok(Arc::new(listing)));
    }
    assert_eq!(app.tags().unwrap().tags.value(0), "Doe^Jane");
    press(&mut app, "P");
    assert_eq!(app.tags().unwrap().tags.value(0), MASK);
}

/// The pictures that are wished for, most urgent first.
fn wished(effects: &[Effect]) -> Vec<Shot> {
    let jobs = effects.iter().rev().find_map(|effect| match effect {
        Effect::Wish(jobs) => Some(jobs.clone()),
        _ => None,
    });
    let shot = |job| if let Job::Shot(shot) = job { Some(shot) } else { None };
    jobs.unwrap_or_default().into_iter().filter_map(shot).collect()
}

/// A finished picture of `bytes` bytes.
fn drawn(shot: &Shot, bytes: usize) -> Answer {
    finished(shot.name(), shot.key, shot.detail, bytes)
}

fn finished(name: u64, key: FrameKey, detail: Detail, bytes: usize) -> Answer {
    let area = crate::work::CellBox { x: 0, y: 0, columns: 1, rows: 1 };
    let drawn = Drawn {
        name,
        key,
        facts: Facts { unit: Text::default(), notes: vec![], gray: true, letters: None },
        frame: Weak::new(),
        voi: VoiLut::from(Window::linear(0.0, 1.0)),
        detail,
        picture: Picture::Bytes { area, bytes: vec![0; bytes] },
    };
    Answer::Shot { name, key, result: Ok(Arc::new(drawn)) }
}

#[test]
fn a_picture_that_arrives_after_the_user_moved_on_is_kept_but_not_shown() {
    let mut app = viewing(50);
    let shot = wished(&press(&mut app, "j")).remove(0);
    press(&mut app, "G");
    app.update(Event::Answer(drawn(&shot, 0)));
    assert!(app.viewer().unwrap().shown.is_none());
    press(&mut app, "27G");
    assert!(app.viewer().unwrap().shown.is_some());
}

#[test]
fn pictures_larger_than_the_cache_do_not_chase_one_another_for_ever() {
    let mut app = viewing(50);
    let mut asked = wished(&press(&mut app, "j"));
    let mut answers = 0;
    while !asked.is_empty() {
        answers += 1;
        assert!(answers < 100, "the same pictures are asked for again and again");
        // Larger than all the memory there is for pictures.
        asked = wished(&app.update(Event::Answer(drawn(&asked[0], 2 << 20))));
    }
    assert!(app.viewer().unwrap().shown.is_some());
}

#[test]
fn a_film_runs_over_the_end_and_stops_on_the_same_key() {
    let mut app = viewing(3);
    assert_eq!(app.tick(), None);
    press(&mut app, "Gc");
    assert!(app.tick().is_some());
    // The slice on screen has failed: the film goes on rather than wait for it.
    let shot = app.viewer_shot(2).unwrap();
    let result = Err("cannot be decoded".to_owned());
    app.update(Event::Answer(Answer::Shot { name: shot.name(), key: shot.key, result }));
    app.update(Event::Tick);
    assert_eq!(app.viewer().unwrap().slice, 0);
    press(&mut app, "c");
    assert_eq!(app.tick(), None);
}

#[test]
fn closing_the_viewer_leaves_the_cursor_on_the_series_one_was_in() {
    let mut app = viewing(3);
    press(&mut app, "q");
    assert!(matches!(app.browser.cursor(), Some(Node::Series(id)) if id.0 == 0));
}

#[test]
fn on_a_slow_link_slices_fly_past_as_drafts_and_are_whole_at_rest() {
    let mut app = viewing(50);
    app.update(Event::Link(Some(9000)));
    assert_eq!(app.rest(), None);

    let moving = wished(&press(&mut app, "j"));
    assert!(moving.iter().all(|shot| shot.detail == Detail::Draft(9000)), "{moving:?}");
    assert!(app.rest().is_some());
    app.update(Event::Answer(drawn(&moving[0], 0)));
    assert!(!app.viewer().unwrap().shown.as_ref().unwrap().is_whole());

    let resting = wished(&app.update(Event::Rest));
    assert_eq!(resting[0].key, moving[0].key);
    assert!(resting.iter().all(|shot| shot.detail == Detail::Whole));
    assert_eq!(app.rest(), None);
    // The draft stays until the whole picture is there.
    assert!(app.viewer().unwrap().shown.is_some());
}

#[test]
fn a_slice_that_the_terminal_keeps_is_never_a_draft() {
    let mut app = viewing(50);
    app.update(Event::Link(Some(9000)));
    let after_next = app.viewer().unwrap().slice + 2;
    let whole = app.viewer_shot(after_next).unwrap();
    app.update(Event::Kept([whole.id()].into()));

    let wished = wished(&press(&mut app, "jj"));

    assert_eq!(wished[0].detail, Detail::Whole);
    assert!(wished[1..].iter().all(|shot| shot.detail == Detail::Draft(9000)));
}

#[test]
fn keys_that_move_nothing_and_fast_links_ask_for_no_drafts() {
    let mut app = viewing(50);
    let whole = |effects: &[Effect]| wished(effects).iter().all(|shot| shot.detail == Detail::Whole);
    assert!(whole(&press(&mut app, "jj")));
    app.update(Event::Rest);
    app.update(Event::Link(Some(9000)));
    press(&mut app, "x");
    assert_eq!(app.rest(), None);
    app.update(Event::Link(None));
    assert!(whole(&press(&mut app, "jj")));
}

#[test]
fn the_list_of_problems_tells_what_slices_show_beside_one_another() {
    for (places, missing) in [(vec![0, 1, 2, 3, 4, 5], false), (vec![0, 1, 2, 5, 6, 7], true)] {
        let mut app = app_of(places);
        press(&mut app, "!");

        let Some(Overlay::Problems { findings, .. }) = app.overlays.last() else { panic!("it is open") };
        assert_eq!(findings.iter().any(|finding| finding.what.contains("missing")), missing, "{findings:?}");
    }
}
