//! Keys for levels: what is white, and what becomes of colours.

use super::*;
use crate::{imaging::Colors, work::Voi};

#[test]
fn a_threshold_is_where_the_centre_was_moves_with_its_keys_and_gives_the_window_back() {
    let mut app = viewing(3);
    press(&mut app, "1");
    let before = app.viewer().unwrap().window().unwrap();
    press(&mut app, "^");
    assert_eq!(app.viewer().unwrap().look().voi, Voi::Fixed(before.step()));
    press(&mut app, "}");
    let Voi::Fixed(moved) = app.viewer().unwrap().look().voi else { panic!("a step is a window") };
    assert!(moved.is_step() && moved.center > before.center);
    press(&mut app, "{^");
    assert_eq!(app.viewer().unwrap().look().voi, Voi::Fixed(before));
}

#[test]
fn colours_are_shown_as_grey_levels_and_as_they_are() {
    let mut app = viewing(3);
    press(&mut app, "a");
    assert_eq!(app.viewer().unwrap().look().colors, Colors::Grey);
    press(&mut app, "a");
    assert_eq!(app.viewer().unwrap().look().colors, Colors::True);
}
