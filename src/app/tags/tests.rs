use super::{search::Jump, *};
use crate::model::{Breach, Breaches, RowKind, Section, Weight};

fn row(depth: u16, tag: (u16, u16), keyword: &str, value: &str, kind: RowKind) -> Row {
    Row {
        depth,
        tag: TagNumber(tag.0, tag.1),
        keyword: keyword.into(),
        name: keyword.into(),
        vr: if matches!(kind, RowKind::Leaf) { "LO" } else { "SQ" },
        vm: 1,
        length: Some(value.len() as u32),
        offset: 0,
        value: value.into(),
        raw: None,
        kind,
        is_private: false,
        secret: None,
    }
}

/// Modality, a sequence of `items` items with one attribute each, Patient Name and Rows.
fn listing(items: usize) -> Arc<Listing> {
    let mut rows = vec![
        row(0, (0x0008, 0x0060), "Modality", "CT", RowKind::Leaf),
        row(0, (0x0008, 0x1140), "ReferencedImageSequence", "", RowKind::Sequence { items }),
    ];
    for index in 0..items {
        rows.push(row(1, (0xfffe, 0xe000), "Item", "", RowKind::Item { index }));
        rows.push(row(
            2,
            (0x0008, 0x1155),
            "ReferencedSOPInstanceUID",
            &format!("1.2.{index}"),
            RowKind::Leaf,
        ));
    }
    rows.push(row(0, (0x0010, 0x0010), "PatientName", "山田^Tarou", RowKind::Leaf));
    rows.push(row(0, (0x0028, 0x0010), "Rows", "512", RowKind::Leaf));
    Arc::new(Listing::new(rows, vec![]))
}

fn over(items: usize) -> Tags {
    let mut tags = Tags::new("IM1".into());
    tags.receive(Ok(listing(items)));
    tags
}

fn here(tags: &Tags) -> String {
    tags.selected().map(|(_, row)| row.keyword.to_string()).unwrap_or_default()
}

fn go(tags: &mut Tags, actions: &[Action]) {
    for &action in actions {
        assert!(tags.act(action, 10), "{action:?}");
    }
}

#[test]
fn small_sequences_start_open_and_large_ones_folded() {
    assert_eq!(over(5).len(), 4 + 10);
    assert_eq!(over(6).len(), 4);
}

#[test]
fn unfolding_a_large_sequence_shows_its_items_folded() {
    let mut tags = over(6);
    go(&mut tags, &[Action::Down, Action::Right]);
    assert_eq!(tags.len(), 4 + 6);

    go(&mut tags, &[Action::Right, Action::Right]);
    assert_eq!(tags.len(), 4 + 6 + 1);
}

#[test]
fn left_goes_to_the_branch_above_and_then_folds_it() {
    let mut tags = over(2);
    go(&mut tags, &[Action::Down, Action::Down, Action::Down, Action::Left]);
    assert_eq!(here(&tags), "Item");

    go(&mut tags, &[Action::Left, Action::Left, Action::Left]);
    assert_eq!((here(&tags).as_str(), tags.len()), ("ReferencedImageSequence", 4));
}

#[test]
fn folding_everything_takes_the_cursor_to_what_hides_its_row() {
    let mut tags = over(3);
    go(&mut tags, &[Action::Down, Action::Down, Action::Down, Action::CollapseAll]);
    assert_eq!((here(&tags).as_str(), tags.len()), ("ReferencedImageSequence", 4));

    go(&mut tags, &[Action::ExpandAll]);
    assert_eq!(tags.len(), 4 + 6);
}

#[test]
fn motions_stop_at_the_ends() {
    let mut tags = over(6);
    go(&mut tags, &[Action::Up, Action::PageUp, Action::PageDown, Action::Down]);
    assert_eq!(here(&tags), "Rows");
    go(&mut tags, &[Action::HalfPageUp, Action::Last, Action::First]);
    assert_eq!(here(&tags), "Modality");
    tags.goto(3);
    assert_eq!(here(&tags), "PatientName");
    tags.goto(usize::MAX);
    assert_eq!(here(&tags), "Rows");
}

#[test]
fn the_next_instance_keeps_the_place_and_the_folds() {
    let mut tags = over(2);
    go(&mut tags, &[Action::Down, Action::Left, Action::Down]);
    assert_eq!(here(&tags), "PatientName");

    tags.turn_to("IM2".into());
    assert!(tags.is_loading() && here(&tags) == "PatientName");
    tags.receive(Ok(listing(4)));

    assert_eq!((here(&tags).as_str(), tags.len()), ("PatientName", 4));
}

#[test]
fn an_instance_without_the_tag_does_not_lose_the_place() {
    let mut tags = over(4);
    tags.goto(2 + 2 * 4);
    let (before, _) = tags.selected().unwrap();

    tags.receive(Ok(listing(1)));
    assert_eq!(here(&tags), "Item");
    tags.receive(Err("cannot be read".to_owned()));
    assert_eq!((tags.failure(), tags.selected().is_none()), (Some("cannot be read"), true));
    tags.receive(Ok(listing(4)));

    assert_eq!(tags.selected().unwrap().0, before);
}

#[test]
fn a_search_unfolds_what_hides_its_match_and_folds_it_again_when_the_query_goes_on() {
    let mut tags = over(8);
    tags.search("1.2.7");
    assert_eq!((here(&tags).as_str(), tags.len()), ("ReferencedSOPInstanceUID", 4 + 8 + 1));

    tags.search("rows");
    assert_eq!((here(&tags).as_str(), tags.len()), ("Rows", 4));

    tags.search("");
    assert_eq!(here(&tags), "Modality");
}

#[test]
fn next_and_previous_match_go_round() {
    let mut tags = over(2);
    tags.search("1.2");
    assert_eq!(tags.matches(), [3, 5]);
    for (forward, jump, row) in [(true, Jump::On, 5), (true, Jump::Round, 3), (false, Jump::Round, 5)] {
        assert_eq!((tags.jump(forward), tags.selected().unwrap().0), (jump, row));
    }
    tags.search("no such thing");
    assert_eq!(tags.jump(true), Jump::Nowhere);
}

#[test]
fn a_match_in_another_instance_is_shown_whatever_hides_it() {
    let mut tags = over(1);
    tags.search("1.2.7");
    go(&mut tags, &[Action::TagRows]);
    tags.land(listing(8).path(17));
    tags.turn_to("IM2".into());
    tags.receive(Ok(listing(8)));
    assert_eq!((here(&tags).as_str(), tags.rows()), ("ReferencedSOPInstanceUID", Rows::All));
    assert_eq!(tags.matches(), [17]);
}

#[test]
fn tags_representations_names_and_values_are_searched_in_any_case() {
    for (query, found) in [
        ("0010,0010", "PatientName"),
        ("00280010", "Rows"),
        ("tarou", "PatientName"),
        ("田", "PatientName"),
        ("sq", "ReferencedImageSequence"),
    ] {
        let mut tags = over(0);
        tags.search(query);
        assert_eq!(here(&tags), found, "{query}");
    }
}

#[test]
fn a_search_without_a_match_stays() {
    let mut tags = over(0);
    go(&mut tags, &[Action::Last]);
    tags.search("no such thing");
    assert!(tags.matches().is_empty() && here(&tags) == "Rows");
}

#[test]
fn an_empty_table_takes_every_action_in_its_stride() {
    let mut tags = Tags::new("IM1".into());
    for listed in [false, true] {
        for &action in Action::ALL {
            tags.act(action, 0);
        }
        tags.search("x");
        tags.goto(9);
        assert!(tags.is_empty());
        if !listed {
            tags.receive(Ok(Arc::new(Listing::default())));
        }
    }
}

#[test]
fn what_concerns_other_views_is_left_to_them() {
    let mut tags = over(0);
    assert!(!tags.act(Action::NextInstance, 10));
    assert!(!tags.act(Action::Open, 10), "a leaf has nothing to open");
}

fn listed(rows: Vec<Row>) -> Arc<Listing> {
    Arc::new(Listing::new(rows, vec![]))
}

fn keywords(tags: &Tags) -> Vec<String> {
    tags.visible(0..99).map(|(_, row)| row.keyword.to_string()).collect()
}

#[test]
fn rows_are_chosen_in_turn_and_branches_stay_with_what_is_in_them() {
    let leaf = RowKind::Leaf;
    let mut private = row(0, (9, 0x1001), "[x]", "1", leaf);
    private.is_private = true;
    let mut tags = Tags::new("a".into());
    tags.receive(Ok(listed(vec![
        row(0, (0x0008, 0x0060), "Modality", "CT", leaf),
        row(0, (0x0008, 0x0068), "PresentationIntentType", "x", leaf),
        private,
        row(0, (0x5200, 0x9229), "SharedFunctionalGroupsSequence", "", RowKind::Sequence { items: 1 }),
        row(1, (0xfffe, 0xe000), "Item 1", "", RowKind::Item { index: 0 }),
        row(2, (0x0028, 0x0030), "PixelSpacing", "1\\1", leaf),
    ])));
    tags.act(Action::TagRows, 9);
    assert_eq!(keywords(&tags), ["Modality", "SharedFunctionalGroupsSequence", "Item 1", "PixelSpacing"]);
    tags.act(Action::TagRows, 9);
    assert_eq!((keywords(&tags), tags.rows()), (vec!["[x]".to_owned()], Rows::Private));
}

#[test]
fn changes_are_told_against_the_instance_before_or_a_marked_one() {
    let slice = |position: &str, number: &str| {
        listed(vec![
            row(0, (0x0008, 0x0060), "Modality", "CT", RowKind::Leaf),
            row(0, (0x0020, 0x0013), "InstanceNumber", number, RowKind::Leaf),
            row(0, (0x0020, 0x0032), "ImagePositionPatient", position, RowKind::Leaf),
        ])
    };
    let mut tags = Tags::new("a".into());
    tags.receive(Ok(slice("0", "1")));
    tags.mark();
    for _ in 0..3 {
        tags.act(Action::TagRows, 9);
    }
    assert_eq!(keywords(&tags), <[&str; 0]>::default());

    for (position, number, changed) in
        [("1", "2", &["InstanceNumber", "ImagePositionPatient"][..]), ("0", "1", &[])]
    {
        tags.turn_to("b".into());
        tags.receive(Ok(slice(position, number)));
        assert_eq!(keywords(&tags), changed);
    }
    // Without the mark, against the one before.
    tags.mark();
    tags.turn_to("c".into());
    tags.receive(Ok(slice("0", "3")));
    assert_eq!(keywords(&tags), ["InstanceNumber"]);
}

#[test]
fn what_is_copied_of_a_hidden_value_is_hidden() {
    let mut name = row(0, (0x0010, 0x0010), "PatientName", "Doe^Jane", RowKind::Leaf);
    name.secret = Some(crate::model::Secret::Hidden);
    let mut tags = Tags::new("a".into());
    tags.receive(Ok(listed(vec![name])));
    assert_eq!(tags.copied().as_deref(), Some("Doe^Jane"));
    tags.mask(Mask::new(true));
    assert_eq!(tags.copied().as_deref(), Some(crate::model::MASK));
}

#[test]
fn the_next_breach_is_gone_to_round_the_end_and_unfolded() {
    let nested = Step::Tag(TagNumber(0x0008, 0x1150));
    let path = vec![Step::Tag(TagNumber(0x0008, 0x1140)), Step::Item(3), nested];
    let breach = Breach {
        weight: Weight::Error,
        path,
        keyword: "ReferencedSOPClassUID",
        places: 1,
        is_missing: true,
        is_told: false,
        module: "",
        section: Section(3, "10.8"),
        what: "is missing".to_owned(),
    };
    let breaches = Breaches { found: vec![breach], ..Breaches::default() };
    let judged = Arc::into_inner(listing(6)).unwrap().judged(breaches);
    let mut tags = Tags::new("IM1".into());
    tags.receive(Ok(Arc::new(judged)));

    for action in [Action::NextBreach, Action::PreviousBreach] {
        go(&mut tags, &[Action::First, action]);
        let (row, found) = tags.selected().unwrap();
        assert_eq!(found.kind, RowKind::Item { index: 3 });
        assert_eq!(tags.breaches_at(row).len(), 1);
    }
}
