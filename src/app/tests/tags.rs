//! The tags of a series: from one instance to the others.

use super::*;
use crate::{
    model::{Columns, Mask, Step, Varying},
    work::{Errand, Question, Report},
};

pub(super) fn row(tag: (u16, u16), keyword: &str, value: &str) -> Row {
    Row {
        depth: 0,
        tag: TagNumber(tag.0, tag.1),
        keyword: keyword.into(),
        name: keyword.into(),
        vr: "LO",
        vm: 1,
        length: Some(value.len() as u32),
        offset: 0,
        value: value.into(),
        raw: None,
        kind: RowKind::Leaf,
        is_private: false,
        secret: None,
    }
}

/// Hands over the listing that is waited for.
pub(super) fn list(app: &mut App, rows: Vec<Row>) {
    let view = app.tags().unwrap();
    let instance = view.instances[view.at];
    let listing = Arc::new(Listing::new(rows, vec![]));
    app.update(Event::Answer(Answer::List { instance, result: Ok(listing) }));
}

/// The tags of the first of five slices.
pub(super) fn listed() -> App {
    let mut app = app(5);
    press(&mut app, "d");
    list(&mut app, vec![row((8, 0x60), "Modality", "CT"), row((8, 0x103e), "SeriesDescription", "head")]);
    app
}

fn errand(effects: &[Effect]) -> Option<Arc<Errand>> {
    effects.iter().find_map(|effect| match effect {
        Effect::Errand(errand) => Some(errand.clone()?),
        _ => None,
    })
}

fn hear(app: &mut App, ticket: u64, report: Report) -> Vec<Effect> {
    app.update(Event::Answer(Answer::Errand { ticket, report }))
}

#[test]
fn a_search_that_finds_nothing_here_goes_on_in_the_next_instances_and_jumps_there() {
    let mut app = listed();
    let effects = press(&mut app, "/neck\n");
    let sought = errand(&effects).unwrap();
    assert_eq!(sought.files.iter().map(|file| file.0).collect::<Vec<_>>(), [1, 2, 3, 4]);
    hear(&mut app, sought.ticket, Report::Going(2));
    assert_eq!(app.tags().unwrap().errand.as_ref().unwrap().words(), "searching 2 of 4");

    let place = vec![Step::Tag(TagNumber(8, 0x103e))];
    let effects = hear(&mut app, sought.ticket, Report::Found { at: Some((3, place)), unread: 0 });
    assert_eq!(app.notice.as_deref(), Some("Found in instance 4 of 5."));
    assert!(
        matches!(&effects[..], [Effect::Errand(None), Effect::Wish(jobs)] if matches!(jobs[..], [Job::List { .. }]))
    );
    list(&mut app, vec![row((8, 0x60), "Modality", "CT"), row((8, 0x103e), "SeriesDescription", "neck")]);
    let tags = &app.tags().unwrap().tags;
    assert_eq!((tags.selected().unwrap().0, tags.matches(), tags.number()), (1, &[1][..], (3, 5)));
}

#[test]
fn a_plain_search_stays_in_the_instance_and_a_key_of_its_own_leaves_it_either_way() {
    let mut app = listed();
    assert!(errand(&press(&mut app, "/ct\n")).is_none());
    assert!(errand(&press(&mut app, "n")).is_none());
    assert_eq!(app.notice.as_deref(), Some("Round to the first match; } goes on in other instances."));

    let forward = errand(&press(&mut app, "}")).unwrap();
    let backward = errand(&press(&mut app, "{")).unwrap();
    assert_eq!(backward.files.iter().map(|file| file.0).collect::<Vec<_>>(), [4, 3, 2, 1]);
    hear(&mut app, forward.ticket, Report::Found { at: None, unread: 0 });
    assert!(app.tags().unwrap().errand.is_some(), "the answer to what nobody asks any more");
    hear(&mut app, backward.ticket, Report::Found { at: None, unread: 2 });
    assert_eq!(
        app.notice.as_deref(),
        Some("Not found elsewhere in the 5 instances of the series. 2 files could not be read.")
    );
}

#[test]
fn a_search_through_the_series_ends_with_esc_another_instance_or_the_view() {
    for keys in ["\x1b", "]", "q", "/x"] {
        let mut app = listed();
        assert!(errand(&press(&mut app, "/neck\n")).is_some());
        let effects = press(&mut app, keys);
        assert!(effects.contains(&Effect::Errand(None)), "{keys:?}");
        assert_eq!(app.tags().is_some(), keys != "q");
    }
}

/// The keywords that are listed, what this instance says of them, and what stands beside that.
fn seen(app: &App) -> Vec<[String; 3]> {
    let tags = &app.tags().unwrap().tags;
    let told = |(at, row): (usize, &Row)| {
        [row.keyword.to_string(), tags.value(at), tags.beside(at).unwrap_or_default()]
    };
    tags.visible(0..99).map(told).collect()
}

fn strings<const N: usize>(rows: &[[&str; N]]) -> Vec<[String; N]> {
    rows.iter().map(|row| row.map(str::to_owned)).collect()
}

#[test]
fn a_marked_instance_is_compared_with_those_of_another_series_attribute_by_attribute() {
    let mut app = listed();
    press(&mut app, "mqjd");
    assert_eq!(app.tags().unwrap().tags.rows(), Rows::Changed);
    list(&mut app, vec![row((8, 0x60), "Modality", "SR"), row((0x10, 0x10), "PatientName", "Doe")]);
    let expected = [
        ["Modality", "SR", "CT"],
        ["SeriesDescription", "(absent)", "head"],
        ["PatientName", "Doe", "(absent)"],
    ];
    assert_eq!(seen(&app), strings(&expected));
    assert_eq!(app.tags().unwrap().tags.beside_heading(), Some("marked"));

    press(&mut app, "j");
    let effects = press(&mut app, "y");
    assert!(effects.is_empty(), "what is not here cannot be copied");
    press(&mut app, "mqkd");
    assert_eq!(app.tags().unwrap().tags.rows(), Rows::All, "nothing is marked any more");
}

#[test]
fn what_is_listed_alike_is_compared_to_its_last_byte() {
    let mut app = listed();
    press(&mut app, "m]");
    let head = vec![row((8, 0x60), "Modality", "CT"), row((8, 0x103e), "SeriesDescription", "head")];
    list(&mut app, head);
    assert!(errand(&press(&mut app, "vv")).is_none());
    let asked = errand(&press(&mut app, "v")).unwrap();
    assert_eq!((&asked.question, asked.files.len()), (&Question::Compare, 2));
    assert_eq!(seen(&app), <Vec<[String; 3]>>::new());

    let places = [vec![Step::Tag(TagNumber(8, 0x60))]].into();
    let effects = hear(&mut app, asked.ticket, Report::Differs(places));
    assert_eq!(effects, [Effect::Errand(None)]);
    assert_eq!(seen(&app), strings(&[["Modality", "CT", "(differs further on)"]]));
}

#[test]
fn what_is_compared_with_itself_does_not_differ_and_that_is_said() {
    let mut app = listed();
    press(&mut app, "mvvv");
    assert_eq!(seen(&app), <Vec<[String; 3]>>::new());
    let silence = app.tags().unwrap().tags.silence();
    assert_eq!(silence.as_deref(), Some("Nothing differs from the marked instance."));
}

#[test]
fn what_varies_is_asked_of_all_instances_when_it_is_wanted_and_stands_beside_the_values() {
    let mut app = listed();
    assert!(errand(&press(&mut app, "vvv")).is_none());
    let asked = errand(&press(&mut app, "v")).unwrap();
    assert_eq!((&asked.question, asked.files.len()), (&Question::Vary, 5));
    assert!(app.tags().unwrap().tags.silence().unwrap().contains("when all of it has been read"));

    let mut columns = Columns::default();
    for (number, description) in ["head", "neck", "head"].into_iter().enumerate() {
        let rows = vec![
            row((8, 0x60), "Modality", "CT"),
            row((8, 0x103e), "SeriesDescription", description),
            Row { vr: "IS", ..row((0x20, 0x13), "InstanceNumber", &number.to_string()) },
        ];
        assert!(columns.add(&Listing::new(rows, vec![]), Mask::default()));
    }
    let varying = Arc::new(Varying::of(columns, 1));
    hear(&mut app, asked.ticket, Report::Varies(varying));
    let expected = [
        ["SeriesDescription", "head", "2 values: head  neck"],
        ["InstanceNumber", "(absent)", "rising, 0 to 2"],
    ];
    assert_eq!(seen(&app), strings(&expected));
    assert_eq!(app.notice.as_deref(), Some("One file could not be read."));

    press(&mut app, "v");
    assert!(errand(&press(&mut app, "vvvv")).is_none(), "it is known");
}

#[test]
fn reading_the_series_ends_with_esc_or_when_something_else_is_listed() {
    for key in ["\x1b", "v"] {
        let mut app = listed();
        assert!(errand(&press(&mut app, "vvvv")).is_some());
        assert!(press(&mut app, key).contains(&Effect::Errand(None)));
        assert_eq!(app.tags().unwrap().tags.rows(), Rows::All);
    }
}
