use super::*;
use crate::{
    app::Action,
    model::{Breach, Breaches, Listing, Section, Step, TagNumber, Weight},
};
use ratatui::{Terminal, backend::TestBackend, style::Modifier};
use std::sync::Arc;

fn row(depth: u16, tag: (u16, u16), keyword: &str, value: &str, kind: RowKind) -> Row {
    Row {
        depth,
        tag: TagNumber(tag.0, tag.1),
        keyword: keyword.into(),
        name: keyword.into(),
        vr: match kind {
            RowKind::Leaf => "LO",
            RowKind::Sequence { .. } => "SQ",
            RowKind::Item { .. } => "",
        },
        vm: 1,
        length: matches!(kind, RowKind::Leaf).then_some(value.len() as u32),
        offset: 132,
        value: value.into(),
        raw: None,
        kind,
        is_private: keyword.starts_with('['),
        secret: None,
    }
}

fn rows() -> Arc<Listing> {
    let rows = vec![
        row(0, (8, 0x60), "Modality", "CT", RowKind::Leaf),
        row(0, (8, 0x1140), "ReferencedImageSequence", "1 item", RowKind::Sequence { items: 1 }),
        row(1, (0xfffe, 0xe000), "Item 1", "1 attribute", RowKind::Item { index: 0 }),
        row(2, (8, 0x1155), "ReferencedSOPInstanceUID", "1.2.3", RowKind::Leaf),
        row(0, (9, 0x1001), "[GEMS]", "x", RowKind::Leaf),
        row(0, (0x10, 0x10), "PatientName", "Yamada^Tarou=山田^太郎=やまだ^たろう", RowKind::Leaf),
        row(0, (0x28, 0x10), "Rows", "512", RowKind::Leaf),
    ];
    Arc::new(Listing::new(rows, vec![]))
}

fn tags() -> Tags {
    let mut tags = Tags::new("IM1".into());
    tags.receive(Ok(rows()));
    tags
}

fn terminal(tags: &Tags, width: u16, height: u16) -> Terminal<TestBackend> {
    let theme = Theme::load("reading-room", None).unwrap();
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|screen| draw(tags, &theme, screen.area(), screen)).unwrap();
    terminal
}

/// The lines of the screen without spaces at their ends; the second half of a wide character is nothing.
fn screen(tags: &Tags, width: u16, height: u16) -> Vec<String> {
    let terminal = terminal(tags, width, height);
    let buffer = terminal.backend().buffer();
    let line = |y: u16| {
        let mut line = String::new();
        let mut x = 0;
        while x < width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += (unicode_width::UnicodeWidthStr::width(symbol) as u16).max(1);
        }
        line.trim_end().to_owned()
    };
    (0..height).map(line).collect()
}

#[test]
fn a_wide_screen_has_all_columns_and_details() {
    let mut tags = tags();
    tags.goto(6);
    let expected = [
        "IM1                                                                      row 6/7",
        "tag           keyword                   VR VM/bytes  value",
        "(0008,0060)   Modality                  LO 1/2       CT",
        "(0008,1140) ▾ ReferencedImageSequence   SQ u/l       1 item",
        "             ▾ Item 1                                1 attribute",
        "(0008,1155)     ReferencedSOPInstanceU… LO 1/5       1.2.3",
        "(0009,1001)   [GEMS]                    LO 1/1       x",
        "(0010,0010)   PatientName               LO 1/46      Yamada^Tarou=山田^太郎=や…",
        "(0028,0010)   Rows                      LO 1/3       512",
    ];
    let lines = screen(&tags, 80, 24);
    assert_eq!(lines[..9], expected);
    assert_eq!(
        lines[19..22],
        [
            "─".repeat(80).as_str(),
            "PatientName  (0010,0010) LO · VM 1 · 46 bytes at byte 132",
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
        ]
    );
}

#[test]
fn a_narrow_screen_keeps_tags_keywords_and_values() {
    let mut tags = tags();
    tags.act(Action::CollapseAll, 5);
    let expected = [
        "IM1                              row 1/5",
        "tag           keyword     value",
        "(0008,0060)   Modality    CT",
        "(0008,1140) ▸ Referenced… 1 item",
        "(0009,1001)   [GEMS]      x",
        "(0010,0010)   PatientName Yamada^Tarou=…",
        "(0028,0010)   Rows        512",
        "",
        "────────────────────────────────────────",
        "Modality  (0008,0060) LO · VM 1 · 2 byt…",
        "CT",
        "",
    ];
    assert_eq!(screen(&tags, 40, 12), expected);
}

#[test]
fn no_screen_is_too_small() {
    for width in 0..30 {
        for height in 0..14 {
            let mut tags = tags();
            tags.search("a");
            terminal(&tags, width, height);
        }
    }
    let outside = Rect::new(70, 20, 40, 40);
    let theme = Theme::load("terminal", None).unwrap();
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal.draw(|screen| draw(&tags(), &theme, outside, screen)).unwrap();
}

#[test]
fn the_cursor_stays_in_sight_with_rows_around_it() {
    let rows = (0..500).map(|at| row(0, (0x11, at), &format!("A{at}"), "", RowKind::Leaf)).collect();
    let mut tags = Tags::new("".into());
    tags.receive(Ok(Arc::new(Listing::new(rows, vec![]))));
    let page = usize::from(places(&tags, Rect::new(0, 0, 80, 24))[3].height);
    assert_eq!(page, 17);
    for number in [1, 3, 250, 499, 500] {
        tags.goto(number);
        let lines = screen(&tags, 80, 24);
        let place = lines[2..19].iter().position(|line| line.contains(&format!(" A{} ", number - 1)));
        let margin = 2.min(number - 1);
        assert!(
            place.is_some_and(|at| at >= margin && at <= 16 - 2.min(500 - number)),
            "{number}: {place:?}"
        );
    }
}

#[test]
fn what_a_search_found_is_marked_also_under_the_cursor() {
    let theme = Theme::load("reading-room", None).unwrap();
    let mut tags = tags();
    tags.search("r");
    let terminal = terminal(&tags, 80, 24);
    let buffer = terminal.backend().buffer();
    let cursor = &buffer[(14, 3)];
    assert_eq!((cursor.symbol(), cursor.style().bg), ("R", theme.selection.bg));
    assert!(cursor.modifier.contains(Modifier::UNDERLINED));
    assert_eq!((buffer[(14, 8)].symbol(), buffer[(14, 8)].fg), ("R", theme.match_hit.fg.unwrap()));
    assert!(screen(&tags, 80, 24)[0].ends_with("match 1/5 · row 2/7"));
}

#[test]
fn a_failure_is_told_in_the_place_of_the_table_and_harmless() {
    let mut tags = tags();
    tags.receive(Err("cannot be read: \x1b[2J".to_owned()));
    assert_eq!(screen(&tags, 40, 4)[2], "cannot be read: ⟨U+001B⟩[2J");
}

#[test]
fn while_the_next_instance_loads_the_rows_stay() {
    let mut tags = tags();
    tags.turn_to("IM2".into());
    let lines = screen(&tags, 80, 24);
    assert!(lines[0].starts_with("IM2") && lines[0].ends_with("reading… row 1/7"), "{}", lines[0]);
    assert!(lines[2].contains("Modality"));
}

#[test]
fn damage_is_announced_above_the_table() {
    let mut tags = Tags::new("IM1".into());
    let notes = vec!["ends at byte 20".to_owned(), "is odd".to_owned()];
    tags.receive(Ok(Arc::new(Listing::new(vec![], notes))));
    assert_eq!(screen(&tags, 60, 10)[1], "! this file ends at byte 20 (and 1 more)");
}

#[test]
fn what_breaks_the_standard_has_a_sign_a_sentence_and_a_number() {
    let breach = |element: u16, what: &str| Breach {
        weight: Weight::Error,
        path: vec![Step::Tag(TagNumber(8, element))],
        keyword: "",
        places: 1,
        is_missing: element != 0x60,
        is_told: false,
        module: "",
        section: Section(3, "C.7.3.1"),
        what: what.to_owned(),
    };
    let found = vec![breach(0x60, "Modality is odd"), breach(0x61, "Another one is missing")];
    let listing = Arc::into_inner(rows()).unwrap().judged(Breaches { found, ..Breaches::default() });
    let mut tags = Tags::new("IM1".into());
    tags.receive(Ok(Arc::new(listing)));

    let lines = screen(&tags, 80, 24);

    assert!(lines[0].ends_with("2 against the standard · row 1/7"), "{}", lines[0]);
    assert!(
        lines[2].starts_with("(0008,0060)! Modality ") || lines[2].starts_with("(0008,0060)!  Modality ")
    );
    assert!(lines[3].starts_with("(0008,1140) "), "{}", lines[3]);
    assert_eq!(lines[21..23], ["! Modality is odd (and 1 more here)", "CT"]);
    for (width, height) in [(0, 0), (12, 4), (36, 10), (72, 12)] {
        screen(&tags, width, height);
    }
}

#[test]
fn two_instances_stand_side_by_side_with_what_one_of_them_lacks() {
    let mut tags = tags();
    tags.turn_to("IM2".into());
    let leaf = RowKind::Leaf;
    let rows = vec![
        row(0, (8, 0x60), "Modality", "MR", leaf),
        row(0, (0x10, 0x10), "PatientName", "Yamada^Tarou=山田^太郎=やまだ^たろう", leaf),
        row(0, (0x18, 0x87), "MagneticFieldStrength", "3", leaf),
        row(0, (0x28, 0x10), "Rows", "512", leaf),
    ];
    tags.receive(Ok(Arc::new(Listing::new(rows, vec![]))));
    for _ in 0..3 {
        tags.act(Action::TagRows, 9);
    }
    let lines = screen(&tags, 80, 24);
    let expected = [
        "IM2                                                            changed · row 1/6",
        "against IM1",
        "tag           keyword             VR this one              before",
        "(0008,0060)   Modality            LO MR                    CT",
        "(0008,1140) ▾ ReferencedImageSeq… SQ (absent)              1 item",
        "             ▾ Item 1                (absent)              1 attribute",
        "(0008,1155)     ReferencedSOPIns… LO (absent)              1.2.3",
        "(0009,1001)   [GEMS]              LO (absent)              x",
        "(0018,0087)   MagneticFieldStren… LO 3                     (absent)",
    ];
    assert_eq!(lines[..9], expected);
    assert_eq!(lines[21..23], ["MR", "before: CT"]);
    let narrow = screen(&tags, 40, 12);
    assert_eq!(narrow[1], "against IM1");
    assert_eq!(narrow[3], "  Modality    MR           CT");
}
