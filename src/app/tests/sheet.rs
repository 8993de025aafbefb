//! Many slices at once, of a stack that makes no volume.

use super::*;
use crate::work::Sheet;

/// The sheet that was asked for last.
fn sheet(effects: &[Effect]) -> Option<Sheet> {
    let jobs = effects.iter().rev().find_map(|effect| match effect {
        Effect::Wish(jobs) => Some(jobs),
        _ => None,
    });
    jobs?.iter().find_map(|job| if let Job::Sheet(sheet) = job { Some(sheet.clone()) } else { None })
}

#[test]
fn slices_without_a_scale_are_laid_out_by_four_nine_sixteen_and_from_all_of_them() {
    let mut app = viewing(40);
    press(&mut app, "gg");
    for (count, last) in [(4, 3), (9, 8), (16, 15), (24, 38)] {
        let asked = sheet(&press(&mut app, "L")).unwrap();
        assert_eq!(asked.tiles.len(), count);
        let tiles = app.tiles();
        assert_eq!((tiles[0].slice, tiles[count - 1].slice), (0, last));
        for (tile, place) in asked.tiles.iter().zip(&tiles) {
            assert_eq!(tile.key, app.viewer().unwrap().stack().frames[place.slice]);
            assert_eq!(place.framing.cells.intersection(place.area), place.framing.cells, "in its own cells");
        }
    }
    assert!(sheet(&press(&mut app, "L")).is_none() && app.viewer().unwrap().sheet.is_none(), "one again");
}

#[test]
fn a_sheet_turns_its_page_with_the_slice_and_a_second_click_shows_it_alone() {
    use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
    let mut app = viewing(40);
    press(&mut app, "ggL");
    let first = |app: &App| app.tiles()[0].slice;
    press(&mut app, "jjj");
    assert_eq!(first(&app), 0);
    let turned = sheet(&press(&mut app, "j")).unwrap();
    assert_eq!((first(&app), turned.key), (4, app.viewer().unwrap().key()));

    let place = app.tiles()[2].area;
    let click = |app: &mut App| {
        let kind = MouseEventKind::Down(MouseButton::Left);
        let (column, row) = (place.x + place.width / 2, place.y + place.height / 2);
        app.update(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
    };
    click(&mut app);
    assert_eq!((app.viewer().unwrap().slice, app.viewer().unwrap().sheet), (6, Some((2, 2))));
    click(&mut app);
    assert_eq!((app.viewer().unwrap().slice, app.viewer().unwrap().sheet), (6, None));
}

#[test]
fn what_looks_at_one_slice_leaves_the_sheet_and_esc_does_no_more_than_that() {
    let mut app = viewing(40);
    press(&mut app, "L\x1b");
    assert!(app.viewer().unwrap().sheet.is_none());
    press(&mut app, "Lx");
    let viewer = app.viewer().unwrap();
    assert!(viewer.sheet.is_none() && viewer.crosshair.is_some());

    let mut app = viewing(1);
    press(&mut app, "L");
    assert_eq!(app.notice.as_deref(), Some("There is one slice only."));
}
