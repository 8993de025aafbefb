//! The strip at the foot: all there is to say about the row under the cursor.

use super::{
    breach,
    cell::{Cell, cut, wrapped},
};
use crate::{
    app::Tags,
    config::Theme,
    model::{Row, RowKind, spoken_path},
};
use ratatui::{buffer::Buffer, layout::Rect};

/// Draws a rule, a line of facts and as much of the value as fits.
pub(super) fn draw(tags: &Tags, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let (Some((number, row)), Some(listing)) = (tags.selected(), tags.listing()) else { return };
    let line = |index: u16| Rect { y: area.y + index, height: 1, ..area };
    if area.height < 3 {
        return;
    }
    let full = |index: u16| Cell::at(area.x, area.y + index, area.width);
    full(0).write(&"─".repeat(usize::from(area.width)), theme.border, buffer, line(0));
    let name = cut(&row.name.shown(), area.width);
    let path = spoken_path(&listing.path(number));
    let facts = if tags.is_here(number) {
        facts(row, &path)
    } else {
        format!("{path} · {} · not in this instance", row.vr)
    };
    full(1).write(&name.text, theme.label, buffer, line(1));
    let after = name.width() + 2;
    Cell::at(area.x.saturating_add(after), area.y + 1, area.width.saturating_sub(after)).write(
        &facts,
        theme.dim,
        buffer,
        line(1),
    );
    let shown = tags.value(number);
    let value = match &row.raw {
        Some(raw) if shown == row.value.to_string() => format!("{shown}  (written \"{raw}\")"),
        _ => shown,
    };
    let from = 2 + breach::draw(tags, number, 2, theme, area, buffer);
    let room = usize::from(area.height - from);
    let beside = tags.beside(number).filter(|beside| !beside.is_empty() && room > 1);
    let above = if beside.is_some() { room / 2 } else { room };
    let mut lines = wrapped(&value, area.width, above);
    if let (Some(beside), Some(heading)) = (beside, tags.beside_heading()) {
        lines.extend(wrapped(&format!("{heading}: {beside}"), area.width, room - lines.len()));
    }
    for (index, text) in (from..area.height).zip(lines) {
        full(index).write(&text, theme.text, buffer, line(index));
    }
}

fn facts(row: &Row, path: &str) -> String {
    let place = if row.depth > 0 { format!(" · {path}") } else { String::new() };
    let length = row.length.map_or("undefined length".to_owned(), |length| format!("{length} bytes"));
    match row.kind {
        RowKind::Item { .. } => format!("at byte {}{place}", row.offset),
        RowKind::Sequence { .. } => {
            format!("{} {} · {length} at byte {}{place}", row.tag, row.vr, row.offset)
        }
        RowKind::Leaf => {
            format!("{} {} · VM {} · {length} at byte {}{place}", row.tag, row.vr, row.vm, row.offset)
        }
    }
}
