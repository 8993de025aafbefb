//! The table of attributes, with the whole value under the cursor at its foot.
//!
//! The cursor stays in the middle of the table as long as there are rows on both sides, so the view
//! follows from the state alone and its neighbours are always in sight.

mod breach;
mod cell;
mod details;
#[cfg(test)]
mod tests;

use crate::{
    app::{Rows, Tags},
    config::Theme,
    model::{Row, RowKind, shown},
};
use cell::{Cell, cut};
use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
    style::Style,
    widgets::{Paragraph, Widget as _, Wrap},
};
use std::fmt::Write as _;

/// Draws the attributes of one instance.
pub(super) fn draw(tags: &Tags, theme: &Theme, area: Rect, screen: &mut Frame<'_>) {
    let area = area.intersection(screen.area());
    let buffer = screen.buffer_mut();
    buffer.set_style(area, theme.text);
    let [title, note, heading, table, strip] = places(tags, area);
    draw_title(tags, theme, title, buffer);
    draw_note(tags, theme, note, buffer);
    if let Some(why) = tags.failure() {
        Paragraph::new(shown(&tags.sentence(why)).into_owned())
            .style(theme.error)
            .wrap(Wrap { trim: true })
            .render(table, buffer);
        return;
    }
    if tags.listing().is_none() {
        return;
    }
    if let Some(silence) = tags.silence() {
        let text = Paragraph::new(shown(&silence).into_owned()).style(theme.dim).wrap(Wrap { trim: true });
        return text.render(table, buffer);
    }
    // How values vary takes more words than one value.
    let share = tags.beside_heading().map(|_| if tags.rows() == Rows::Varying { 40 } else { 50 });
    let columns = Columns::of(table.width, share);
    columns.draw_headings(tags.beside_heading(), theme, heading, buffer);
    draw_rows(tags, &columns, theme, table, buffer);
    details::draw(tags, theme, strip, buffer);
}

/// Title, note, headings, table and details, from top to bottom; some may be empty.
fn places(tags: &Tags, area: Rect) -> [Rect; 5] {
    let has_note =
        tags.listing().is_some_and(|listing| !listing.notes().is_empty()) || tags.beside_title().is_some();
    let details = match area.height {
        20.. => 5,
        12..20 => 4,
        10..12 => 3,
        _ => 0,
    };
    Layout::vertical([
        Constraint::Length(u16::from(area.height > 1)),
        Constraint::Length(u16::from(has_note && area.height > 7)),
        Constraint::Length(u16::from(area.height > 3)),
        Constraint::Fill(1),
        Constraint::Length(details),
    ])
    .areas(area)
}

fn draw_title(tags: &Tags, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let mut place = String::new();
    if tags.is_loading() {
        place.push_str("reading… ");
    }
    // Writing to a String cannot fail.
    if !tags.query().is_empty() && tags.listing().is_some() {
        let matches = tags.matches();
        let here = tags.selected().and_then(|(row, _)| matches.binary_search(&(row as u32)).ok());
        let _ = match (matches.len(), here) {
            (0, _) => write!(place, "no match · "),
            (count, Some(at)) => write!(place, "match {}/{count} · ", at + 1),
            (1, None) => write!(place, "1 match · "),
            (count, None) => write!(place, "{count} matches · "),
        };
    }
    let rows = tags.rows().name();
    if !rows.is_empty() {
        let _ = write!(place, "{rows} · ");
    } else if tags.is_marked() {
        place.push_str("marked · ");
    }
    place.push_str(&breach::title(tags));
    if let (at, all @ 2..) = tags.number() {
        let _ = write!(place, "file {}/{all} · ", at + 1);
    }
    if !tags.is_empty() {
        let _ = write!(place, "row {}/{}", tags.cursor() + 1, tags.len());
    }
    let place = cut(place.trim_end_matches([' ', '·']), area.width / 2);
    let right = Cell::at(area.right().saturating_sub(place.width()), area.y, place.width());
    let left = Cell::at(area.x, area.y, area.width.saturating_sub(place.width() + 1));
    left.write(&shown(&tags.title()), theme.title, buffer, area);
    right.write(&place.text, theme.dim, buffer, area);
}

fn draw_note(tags: &Tags, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let Some((first, more)) = tags.listing().and_then(|listing| listing.notes().split_first()) else {
        let base = tags.beside_title().map_or_else(String::new, |title| format!("against {title}"));
        return Cell::at(area.x, area.y, area.width).write(&shown(&base), theme.dim, buffer, area);
    };
    let more = if more.is_empty() { String::new() } else { format!(" (and {} more)", more.len()) };
    let text = format!("! this file {}{more}", tags.sentence(first));
    Cell::at(area.x, area.y, area.width).write(&shown(&text), theme.warning, buffer, area);
}

/// Widths of the columns; 0 for one that is left out.
struct Columns {
    tag: u16,
    keyword: u16,
    vr: u16,
    extent: u16,
    value: u16,
    /// What stands beside the value.
    beside: u16,
}

impl Columns {
    /// On a narrow screen lengths go first, then representations, then tags; what stands beside the
    /// values takes the place of the lengths, and leaves the values a `share` in hundredths.
    fn of(width: u16, share: Option<u16>) -> Self {
        let (tag, vr, extent) = match width {
            72.. => (11, 2, if share.is_some() { 0 } else { 9 }),
            52..72 => (11, 2, 0),
            36..52 if share.is_none() => (11, 0, 0),
            _ => (0, 0, 0),
        };
        let gaps = [tag, vr, extent].iter().filter(|&&column| column > 0).count() as u16 + 1;
        let left = width.saturating_sub(tag + vr + extent + gaps);
        if let Some(share) = share.filter(|_| width >= 24) {
            let keyword = (left / 3).min(32);
            let values = left.saturating_sub(keyword + 1);
            let value = (u32::from(values) * u32::from(share) / 100) as u16;
            return Self { tag, keyword, vr, extent, value, beside: values - value };
        }
        let keyword = if width < 8 { width } else { (left / 2).min(40) };
        Self { tag, keyword, vr, extent, value: left.saturating_sub(keyword), beside: 0 }
    }

    /// The cells of one line, left to right: tag, keyword, representation, extent, value, what is beside it.
    fn cells(&self, line: Rect) -> [Cell; 6] {
        let mut x = line.x;
        [self.tag, self.keyword, self.vr, self.extent, self.value, self.beside].map(|width| {
            let cell = Cell::at(x, line.y, width.min(line.right().saturating_sub(x)));
            x = x.saturating_add(width + u16::from(width > 0));
            cell
        })
    }

    fn draw_headings(&self, beside: Option<&str>, theme: &Theme, line: Rect, buffer: &mut Buffer) {
        let value = if beside.is_some() { "this one" } else { "value" };
        let words = ["tag", "  keyword", "VR", "VM/bytes", value, beside.unwrap_or_default()];
        for (cell, word) in self.cells(line).iter().zip(words) {
            cell.write(word, theme.heading, buffer, line);
        }
    }
}

fn draw_rows(tags: &Tags, columns: &Columns, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let height = usize::from(area.height);
    let top = tags.cursor().saturating_sub(height / 2).min(tags.len().saturating_sub(height));
    for (y, (number, row)) in (area.y..).zip(tags.visible(top..top + height)) {
        let line = Rect { y, height: 1, ..area };
        let is_selected = tags.selected().is_some_and(|(selected, _)| selected == number);
        let plain = if is_selected {
            theme.selection
        } else if row.is_private {
            theme.dim
        } else {
            theme.text
        };
        let faint = if is_selected { theme.selection } else { theme.dim };
        buffer.set_style(line, plain);
        let is_match = tags.matches().binary_search(&(number as u32)).is_ok();
        let query = if is_match { tags.terms().marked() } else { "" };
        let own = if tags.is_here(number) { plain } else { faint };
        let values = [tags.value(number), tags.beside(number).unwrap_or_default()];
        let texts = texts(row, tags.fold(number), columns.keyword, values);
        for ((cell, text), style) in
            columns.cells(line).iter().zip(texts).zip([faint, plain, faint, faint, own, plain])
        {
            cell.write_marked(&text, style, query, mark(style, theme, is_selected), buffer, line);
        }
        breach::badge(tags, number, columns.tag, theme, line, buffer);
    }
}

/// Under the cursor a match keeps the bar's background, or the bar would have holes.
fn mark(style: Style, theme: &Theme, is_selected: bool) -> Style {
    if is_selected {
        style.add_modifier(theme.match_hit.add_modifier | ratatui::style::Modifier::UNDERLINED)
    } else {
        theme.match_hit
    }
}

/// What the six cells of a row say.
fn texts(row: &Row, fold: Option<bool>, keyword: u16, [value, beside]: [String; 2]) -> [String; 6] {
    let mark = match fold {
        Some(true) => "▸",
        Some(false) => "▾",
        None => " ",
    };
    // However deep, most of the keyword stays in its column.
    let indent = usize::from(row.depth.min(keyword / 3));
    let length = row.length.map_or("u/l".to_owned(), |length| length.to_string());
    let (tag, extent) = match row.kind {
        RowKind::Item { .. } => (String::new(), String::new()),
        RowKind::Sequence { .. } => (row.tag.to_string(), length),
        RowKind::Leaf => (row.tag.to_string(), format!("{}/{length}", row.vm)),
    };
    let keyword = format!("{:indent$}{mark} {}", "", row.keyword);
    [tag, keyword, row.vr.to_owned(), extent, value, beside]
}
