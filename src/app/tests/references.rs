//! From a tag to the object that it names.

use super::*;
use crate::model::{Listing, Row, RowKind, TagNumber};

fn reference(uid: &str) -> Row {
    Row {
        depth: 0,
        tag: TagNumber(0x0008, 0x1155),
        keyword: "ReferencedSOPInstanceUID".into(),
        name: "Referenced SOP Instance UID".into(),
        vr: "UI",
        vm: 1,
        length: Some(8),
        offset: 0,
        value: uid.into(),
        raw: None,
        kind: RowKind::Leaf,
        is_private: false,
        secret: None,
    }
}

/// The tags of the first slice of five: they refer to `uid`.
fn referring(uid: &str) -> App {
    let mut app = app(5);
    press(&mut app, "d");
    let instance = app.tags_mut().unwrap().instances[0];
    let listing = Arc::new(Listing::new(vec![reference(uid)], vec![]));
    app.update(Event::Answer(Answer::List { instance, result: Ok(listing) }));
    app
}

#[test]
fn enter_on_a_reference_opens_the_slice_that_is_meant() {
    let mut app = referring("1.1.3");
    press(&mut app, "\n");
    let viewer = app.viewer().unwrap();
    let key = viewer.stack().frames[viewer.slice];
    assert_eq!(app.library.instance(key.instance).sop_instance(), "1.1.3");

    press(&mut app, "q");
    assert!(app.tags_mut().is_some(), "and back again");
}

#[test]
fn a_reference_to_what_is_not_here_says_so() {
    let mut app = referring("9.9");
    press(&mut app, "\n");
    assert!(app.viewer().is_none() && app.notice.as_ref().unwrap().contains("not among"));
}
