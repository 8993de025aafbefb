use super::*;
use crate::{
    graphics::{CellSize, Colors, Protocol},
    model::{FrameKey, InstanceId, Text, VoiLut, Window},
    work::{Detail, Facts},
};
use std::sync::Weak;

const KITTY: Canvas = Canvas {
    protocol: Protocol::Kitty,
    cell: CellSize::new(10, 20),
    cell_is_guess: false,
    colors: Colors::True,
    under_text: true,
    ..Canvas::UNKNOWN
};

/// A picture of `sequences` escape sequences of 100 bytes each.
fn picture(id: u32, detail: Detail, sequences: usize) -> Drawn {
    let sequence = format!("\x1b_G{}\x1b\\", "x".repeat(95));
    Drawn {
        name: id.into(),
        key: FrameKey { instance: InstanceId(0), frame: 0 },
        facts: Facts { unit: Text::default(), notes: vec![], gray: true, letters: None },
        frame: Weak::new(),
        voi: VoiLut::from(Window::linear(0.0, 1.0)),
        detail,
        picture: Picture::Kitty {
            id,
            load: Load::Command(sequence.repeat(sequences).into()),
            size: (8, 8),
            native: true,
        },
    }
}

fn fill(hole: &mut Hole, drawn: &Drawn, cells: Rect, portion: usize) -> (usize, String) {
    let source = Source { x: 0.0, y: 0.0, width: 8.0, height: 8.0 };
    let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
    let bytes = hole.fill(Some(&Want { drawn, cells, source, panes: vec![] }), KITTY, portion, &mut buffer);
    (bytes.early.len(), String::from_utf8([bytes.early, bytes.before].concat()).unwrap())
}

const CELLS: Rect = Rect { x: 0, y: 0, width: 40, height: 20 };

#[test]
fn a_picture_is_placed_when_its_last_portion_was_sent() {
    let mut hole = Hole::default();
    let picture = picture(7, Detail::Whole, 5);

    for expected in [200, 200] {
        let (sent, text) = fill(&mut hole, &picture, CELLS, 250);
        assert_eq!(sent, expected, "whole sequences only");
        assert!(hole.is_uploading() && !text.contains("a=p"));
    }
    let (sent, text) = fill(&mut hole, &picture, CELLS, 250);
    assert_eq!(sent, 100);
    assert!(!hole.is_uploading() && text.contains("a=p,i=7"));
    assert!(text.contains(",z=-1,"), "under the letters of a crosshair: {text}");
    assert_eq!(hole.news(), Some([7].into()));
}

#[test]
fn pixels_are_laid_down_until_the_terminal_has_lost_some_and_sent_after_that() {
    let mut hole = Hole::default();
    let pixels = image::DynamicImage::new_luma8(8, 8);
    let drawn = |id| Drawn {
        picture: Picture::Kitty { id, load: Load::Pixels(pixels.clone()), size: (8, 8), native: true },
        ..picture(id, Detail::Whole, 1)
    };
    let (_, text) = fill(&mut hole, &drawn(7), CELLS, 1);
    if !std::path::Path::new("/dev/shm").is_dir() {
        eprintln!("SKIPPED: there is no shared memory here");
        return;
    }
    assert!(text.starts_with("\x1b_Ga=t,t=s,f=24,s=8,v=8,i=7,") && text.contains("a=p,i=7"), "{text}");

    assert!(hole.lost(7), "it is on the screen");
    let (_, text) = fill(&mut hole, &drawn(7), CELLS, 1);
    assert!(text.starts_with("\x1b_Ga=t,f=100,i=7,") && text.contains("a=p,i=7"), "{text}");
}

#[test]
fn a_portion_too_small_for_anything_still_gets_on() {
    let mut hole = Hole::default();
    let picture = picture(7, Detail::Whole, 3);
    for _ in 0..3 {
        assert_eq!(fill(&mut hole, &picture, CELLS, 1).0, 100);
    }
    assert!(!hole.is_uploading());
}

#[test]
fn a_draft_stays_until_the_whole_picture_is_there() {
    let mut hole = Hole::default();
    fill(&mut hole, &picture(1, Detail::Draft(3000), 1), CELLS, 1000);

    let (_, text) = fill(&mut hole, &picture(2, Detail::Whole, 5), CELLS, 250);
    assert!(!text.contains("a=d"), "{text}");
    fill(&mut hole, &picture(2, Detail::Whole, 5), CELLS, 250);
    let (_, text) = fill(&mut hole, &picture(2, Detail::Whole, 5), CELLS, 250);
    let (placed, taken) = (text.find("a=p,i=2").unwrap(), text.find("a=d,d=i,i=1").unwrap());
    assert!(placed < taken, "the old one goes when the new one is there");
}

#[test]
fn a_picture_elsewhere_does_not_wait_for_the_next_one() {
    let mut hole = Hole::default();
    fill(&mut hole, &picture(1, Detail::Whole, 1), CELLS, 1000);

    let (_, text) = fill(&mut hole, &picture(2, Detail::Whole, 5), Rect { x: 40, ..CELLS }, 250);

    assert!(text.contains("a=d,d=i,i=1"));
}

#[test]
fn a_picture_that_is_wanted_no_more_is_dropped_half_way() {
    let mut hole = Hole::default();
    fill(&mut hole, &picture(1, Detail::Whole, 5), CELLS, 250);

    let (_, text) = fill(&mut hole, &picture(2, Detail::Draft(3000), 1), CELLS, 250);

    assert!(text.starts_with("\x1b_Ga=d,d=I,i=1"), "{text}");
    assert!(text.contains("a=p,i=2"));
    assert_eq!(hole.news(), Some([2].into()));
}

#[test]
fn after_a_new_size_the_picture_is_put_in_place_before_the_old_place_is_given_up() {
    let mut hole = Hole::default();
    let picture = picture(7, Detail::Whole, 1);
    fill(&mut hole, &picture, CELLS, 1000);
    assert_eq!(fill(&mut hole, &picture, CELLS, 1000).1, "");

    hole.cleared();

    let (sent, text) = fill(&mut hole, &picture, CELLS, 1000);
    assert_eq!(sent, 0, "the terminal has it still");
    let (placed, taken) = (text.find("a=p,i=7,p=2").unwrap(), text.find("a=d,d=i,i=7,p=1").unwrap());
    assert!(placed < taken);
    assert_eq!(fill(&mut hole, &picture, CELLS, 1000).1, "");
}

/// A picture that is bytes, over ten by two cells.
fn drawing(name: u64) -> Drawn {
    let area = CellBox { x: 0, y: 0, columns: 10, rows: 2 };
    Drawn {
        name,
        picture: Picture::Bytes { area, bytes: b"<picture>".to_vec() },
        ..picture(1, Detail::Whole, 1)
    }
}

/// What is written to show it over a screen that says `text`, with or without knowing its cells.
fn draw_over(hole: &mut Hole, cell_is_guess: bool, drawn: &Drawn, text: &str) -> String {
    let source = Source { x: 0.0, y: 0.0, width: 8.0, height: 8.0 };
    let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 2));
    buffer.set_string(0, 0, text, ratatui::style::Style::new());
    let canvas = Canvas { protocol: Protocol::Sixel, cell_is_guess, ..KITTY };
    let bytes = hole.fill(
        Some(&Want { drawn, cells: CELLS, source, panes: vec![] }),
        canvas,
        usize::MAX,
        &mut buffer,
    );
    String::from_utf8(bytes.before).unwrap()
}

#[test]
fn nothing_that_was_written_before_shines_through_a_picture_of_a_guessed_size() {
    let mut hole = Hole::default();
    let mut draw = |name, text| draw_over(&mut hole, true, &drawing(name), text);
    let blank = " ".repeat(10);
    let all = format!("\x1b[1;1H{blank}\x1b[2;1H{blank}<picture>");
    assert_eq!(draw(1, ""), all, "a list may have been there");

    assert_eq!(draw(2, "ab"), "<picture>");
    assert_eq!(draw(2, "a"), "\x1b[1;2H <picture>");
    assert_eq!(draw(2, "a"), "");
    assert_eq!(draw(3, ""), "\x1b[1;1H <picture>");
}

#[test]
fn cells_that_a_picture_covers_are_not_seen_empty_before_it() {
    let mut hole = Hole::default();
    let mut draw = |drawn: &Drawn, text: &str| draw_over(&mut hole, false, drawn, text);
    // Of the last row and the last column a fraction of a pixel may be left.
    let edges = format!("\x1b[1;10H \x1b[2;1H{}<picture>", " ".repeat(10));
    assert_eq!(draw(&drawing(1), ""), edges);
    draw(&drawing(1), "help_over_it");
    assert_eq!(draw(&drawing(1), ""), "\x1b[1;10H <picture>");

    // Larger than before, over the one that is there.
    let area = CellBox { x: 0, y: 0, columns: 12, rows: 2 };
    let larger = Drawn { picture: Picture::Bytes { area, bytes: b"<larger>".to_vec() }, ..drawing(2) };
    assert_eq!(draw(&larger, ""), "\x1b[1;12H \x1b[2;11H  <larger>");
}
