//! Files written by keys.

use super::*;
use crate::work::{Exporting, Form, Order, PictureFormat, Stacks};

fn ordered(effects: &[Effect]) -> Option<&Stacks> {
    effects.iter().find_map(|effect| match effect {
        Effect::Export(Order::Stacks(order)) => Some(order),
        _ => None,
    })
}

#[test]
fn what_is_under_the_cursor_is_written_and_in_the_viewer_the_slice_as_it_is_shown() {
    let mut app = app(5);
    let effects = press(&mut app, "Wn");
    let order = ordered(&effects).unwrap();
    assert_eq!((order.targets.len(), order.targets[0].slices.len(), &order.look), (1, 5, &None));
    press(&mut app, "k");
    assert!(ordered(&press(&mut app, "Ws")).is_some(), "a study is all of its series");
    press(&mut app, "k");
    assert!(ordered(&press(&mut app, "Ws")).is_none() && app.notice.is_some(), "a patient is too much");

    press(&mut app, "jj\nji");
    let effects = press(&mut app, "Wp");
    let order = ordered(&effects).unwrap();
    assert_eq!(order.form, Form::Pictures(PictureFormat::Png));
    let viewer = app.viewer().unwrap();
    assert_eq!(order.targets[0].numbers.0, viewer.slice + 1);
    assert_eq!((order.targets[0].slices.len(), order.look.as_ref().unwrap().invert), (1, true));
}

#[test]
fn masked_names_stay_out_of_files_and_files_that_tell_them_are_not_copied() {
    let mut app = app(2);
    press(&mut app, "P");
    let effects = press(&mut app, "Wn");
    assert!(ordered(&effects).unwrap().targets[0].uids.is_empty());
    assert!(ordered(&press(&mut app, "Wd")).is_none());
    assert!(app.notice.as_ref().unwrap().contains("deidentify"));
}

#[test]
fn how_far_it_is_and_where_it_went_is_told() {
    let mut app = app(2);
    let mut tell = |exporting| {
        let before = app.seen();
        app.update(Event::Answer(Answer::Export(exporting)));
        assert_ne!(app.seen(), before, "what is said is seen without a key");
        app.notice.clone().unwrap()
    };
    assert_eq!(tell(Exporting::Going(1, 3)), "Writing: 33 %");
    let done =
        |files: &[&str], trouble| Exporting::Done { files: files.iter().map(Into::into).collect(), trouble };
    assert_eq!(tell(done(&["/a/b.npy"], None)), "Wrote /a/b.npy.");
    assert_eq!(
        tell(done(&["/a/1\u{1b}.png", "/a/2.png"], None)),
        "Wrote 2 files, the first is /a/1⟨U+001B⟩.png."
    );
    assert_eq!(tell(done(&[], Some(("It is full.".into(), 3)))), "It is full. (3 stacks in all)");
}

fn value_ordered(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Export(Order::Value(_))))
}

#[test]
fn the_value_under_the_cursor_and_the_one_looked_at_are_written_but_not_what_is_hidden() {
    let mut app = tags::listed();
    assert!(value_ordered(&press(&mut app, "Y")));
    press(&mut app, "\n");
    assert!(app.value().is_some() && value_ordered(&press(&mut app, "Y")));
    press(&mut app, "q");

    let mut secret = tags::row((0x10, 0x10), "PatientName", "Doe");
    secret.secret = Some(Secret::Hidden);
    let empty = tags::row((0x10, 0x20), "PatientID", "");
    let sequence =
        Row { kind: RowKind::Sequence { items: 0 }, ..tags::row((0x10, 0x1002), "Other", "0 items") };
    tags::list(&mut app, vec![secret, empty, sequence]);
    press(&mut app, "gg");
    assert!(value_ordered(&press(&mut app, "Y")));
    for (keys, why) in [("PY", "hidden"), ("jY", "empty"), ("jY", "sequence")] {
        assert!(!value_ordered(&press(&mut app, keys)));
        assert!(app.notice.as_ref().unwrap().contains(why), "{why}");
    }
}
