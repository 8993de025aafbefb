//! What breaks the standard: a sign at the row, sentences in the strip, a number in the title.

use super::cell::{Cell, wrapped};
use crate::{app::Tags, config::Theme, model::Weight};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};

fn style(weight: Weight, theme: &Theme) -> Style {
    match weight {
        Weight::Error => theme.error,
        Weight::Warning => theme.warning,
        Weight::Note => theme.dim,
    }
}

/// Draws the sign of a row between the tag and the keyword, where the screen is wide enough for tags.
pub(super) fn badge(tags: &Tags, row: usize, tag: u16, theme: &Theme, line: Rect, buffer: &mut Buffer) {
    let weight = tags.listing().and_then(|listing| listing.weight(row));
    let place = Position::new(line.x.saturating_add(tag), line.y);
    let (Some(weight), true) = (weight, tag > 0 && line.contains(place)) else { return };
    Cell::at(place.x, place.y, 1).write("!", style(weight, theme), buffer, line);
}

/// Draws what is wrong at a row from line `from` of the strip on, and tells how many lines it took: at most
/// all but one, which is for the value.
pub(super) fn draw(
    tags: &Tags,
    row: usize,
    from: u16,
    theme: &Theme,
    strip: Rect,
    buffer: &mut Buffer,
) -> u16 {
    let breaches = tags.breaches_at(row);
    let room = strip.height.saturating_sub(from + 1);
    let Some((first, rest)) = breaches.split_first() else { return 0 };
    let more = if rest.is_empty() { String::new() } else { format!(" (and {} more here)", rest.len()) };
    let text = format!("! {}{more}", first.what);
    let lines = wrapped(&text, strip.width, room.into());
    for (y, line) in (strip.y.saturating_add(from)..).zip(&lines) {
        Cell::at(strip.x, y, strip.width).write(line, style(first.weight, theme), buffer, strip);
    }
    lines.len() as u16
}

/// How much there is, for the title; nothing if the file keeps to the standard.
pub(super) fn title(tags: &Tags) -> String {
    match tags.listing().map_or(0, |listing| listing.breaches().len()) {
        0 => String::new(),
        breaches => format!("{breaches} against the standard · "),
    }
}
