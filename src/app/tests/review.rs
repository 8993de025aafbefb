//! Verdicts by keys.

use super::*;
use crate::model::{Opinion, Review, SeriesId};

/// The same program with a review file that says nothing yet.
fn reviewing(slices: i32) -> App {
    let mut app = app(slices);
    hear(&mut app, &[]);
    app
}

fn hear(app: &mut App, said: &[Opinion]) {
    app.update(Event::Answer(Answer::Review { result: Ok(Review::of_all(said.to_vec())) }));
}

fn said(effects: &[Effect]) -> Option<&Opinion> {
    effects.iter().find_map(|effect| if let Effect::Say(opinion) = effect { Some(opinion) } else { None })
}

#[test]
fn a_key_gives_a_verdict_on_the_series_under_the_cursor_and_in_the_viewer() {
    let mut app = reviewing(3);
    let effects = press(&mut app, "y");
    let opinion = said(&effects).unwrap();
    assert_eq!(
        (opinion.study.as_str(), opinion.series.as_str(), opinion.verdict.as_str()),
        ("1", "1.1", "good")
    );
    press(&mut app, "\n");
    assert_eq!(said(&press(&mut app, "b")).unwrap().verdict, "bad");
    assert_eq!(said(&press(&mut app, "v3")).unwrap().verdict, "unsure");
    assert_eq!(said(&press(&mut app, "vvv2")).unwrap().verdict, "bad", "what begins twice begins once");
    assert!(said(&press(&mut app, "v0")).unwrap().verdict.is_empty());
    assert!(said(&press(&mut app, "v7")).is_none() && app.notice.is_some());
}

#[test]
fn a_verdict_on_the_row_of_a_study_is_on_the_study() {
    let mut app = reviewing(3);
    press(&mut app, "k");
    let effects = press(&mut app, "u");
    let opinion = said(&effects).unwrap();
    assert_eq!((opinion.study.as_str(), opinion.series.as_str()), ("1", ""));
    press(&mut app, "k");
    assert!(said(&press(&mut app, "u")).is_none(), "a patient has no UID");
}

#[test]
fn a_note_keeps_the_verdict_and_a_verdict_the_note() {
    let mut app = reviewing(3);
    let opinion = |verdict: &str, note: &str| Opinion {
        when: "2026-01-01T00:00:00Z".into(),
        study: "1".into(),
        series: "1.1".into(),
        verdict: verdict.into(),
        note: note.into(),
        ..Opinion::default()
    };
    hear(&mut app, &[opinion("bad", "")]);
    let effects = press(&mut app, "vnmotion\n");
    assert_eq!(said(&effects).map(|said| (&*said.verdict, &*said.note)), Some(("bad", "motion")));
    hear(&mut app, &[opinion("bad", "motion")]);
    assert_eq!(
        said(&press(&mut app, "y")).map(|said| (&*said.verdict, &*said.note)),
        Some(("good", "motion"))
    );
    assert!(said(&press(&mut app, "vnx\x1b")).is_none(), "given up");
}

#[test]
fn the_next_series_without_a_verdict_is_found_and_counted() {
    let mut app = reviewing(3);
    hear(
        &mut app,
        &[Opinion {
            when: "2026".into(),
            study: "1".into(),
            series: "1.2".into(),
            verdict: "bad".into(),
            ..Opinion::default()
        }],
    );
    assert_eq!(app.reviewed, 1);
    press(&mut app, "U");
    assert_eq!(app.browser.cursor(), Some(Node::Series(SeriesId(0))));
    hear(
        &mut app,
        &[Opinion { when: "2026".into(), study: "1".into(), verdict: "bad".into(), ..Opinion::default() }],
    );
    press(&mut app, "U");
    assert_eq!((app.reviewed, app.notice.is_some()), (2, true));
}

#[test]
fn without_a_file_nothing_is_said_and_the_user_is_told_how() {
    let mut app = app(3);
    assert!(said(&press(&mut app, "y")).is_none());
    assert!(app.notice.as_deref().unwrap_or_default().contains("--review"));
}

#[test]
fn a_file_that_cannot_be_written_is_told() {
    let mut app = reviewing(3);
    app.update(Event::Answer(Answer::Review { result: Err("the review was not kept: full".into()) }));
    assert_eq!(app.notice.as_deref(), Some("the review was not kept: full"));
}

#[test]
fn a_filter_knows_verdicts() {
    let mut app = reviewing(3);
    hear(
        &mut app,
        &[Opinion {
            when: "2026".into(),
            study: "1".into(),
            series: "1.1".into(),
            verdict: "Bad".into(),
            ..Opinion::default()
        }],
    );
    press(&mut app, "/verdict:bad\n");
    assert!(app.browser.rows.contains(&Node::Series(SeriesId(0))));
    assert!(!app.browser.rows.contains(&Node::Series(SeriesId(1))));
    press(&mut app, "\x1b/-is:reviewed\n");
    assert!(!app.browser.rows.contains(&Node::Series(SeriesId(0))));
}
