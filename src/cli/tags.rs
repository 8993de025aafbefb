//! `topogram tags`: every attribute of one file, for people (aligned lines) and for programs (JSON).

mod json;
mod pattern;
mod validate;

use super::{Exit, out::Out};
use crate::{
    dicom::{self, Object},
    model::{Listing, Row, RowKind, Text, spoken_path},
};
use pattern::Pattern;
use std::{ops::Range, path::Path};
use unicode_width::UnicodeWidthStr;
pub(super) use validate::validate;

/// Columns of keywords that values are aligned after; longer ones push theirs to the right.
const KEYWORDS: usize = 44;

/// Prints the attributes of a file, or those that `pattern` names at any depth with all below them.
///
/// A pattern is a tag (`0008,0005`, `00080005`), a group (`0028`), a keyword, a keyword with `*` for
/// anything, or part of a keyword in any case. Like grep, it is [`Exit::SomeProblems`] if nothing matches;
/// the same if the file is damaged, and what could be read is still printed.
///
/// # Errors
///
/// If the file cannot be opened or is not DICOM, and what writing to the output says.
pub(super) fn tags(file: &Path, pattern: Option<&str>, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let object = open(file)?;
    let pattern = pattern.map(Pattern::parse);
    let found = if json {
        json::write(file, &object, pattern.as_ref(), out)?
    } else {
        lines(&dicom::listing(&object), pattern.as_ref(), out)?
    };
    Ok(if found && object.damage.is_none() { Exit::Ok } else { Exit::SomeProblems })
}

fn open(file: &Path) -> anyhow::Result<Object> {
    Object::open(file).map_err(|why| anyhow::anyhow!("{}: {why}", Text::from_path(file)))
}

/// Prints rows; true if there were any.
fn lines(listing: &Listing, pattern: Option<&Pattern>, out: &mut Out) -> anyhow::Result<bool> {
    let branches = match pattern {
        None => vec![(0..listing.rows().len(), 0)],
        Some(pattern) => matching(listing, pattern),
    };
    let rows = || {
        branches
            .iter()
            .flat_map(|(rows, depth)| rows.clone().map(move |row| (row, row == rows.start, *depth)))
    };
    let tag = |row: usize, is_match: bool| {
        let is_nested = is_match && listing.rows()[row].depth > 0;
        if is_nested { spoken_path(&listing.path(row)) } else { tag(&listing.rows()[row]) }
    };
    let keyword = |row: usize, depth: u16| {
        let row = &listing.rows()[row];
        format!("{:indent$}{}", "", row.keyword, indent = usize::from(row.depth - depth))
    };
    let tags = rows().map(|(row, first, _)| tag(row, first).width()).max().unwrap_or(0);
    let keywords = rows().map(|(row, _, depth)| keyword(row, depth).width()).max().unwrap_or(0).min(KEYWORDS);
    for (at, first, depth) in rows() {
        let row = &listing.rows()[at];
        let (tag, keyword) = (padded(&tag(at, first), tags), padded(&keyword(at, depth), keywords));
        let line =
            format!("{tag}  {keyword}  {:<2}  {:<10}  {}", row.vr, extent(row), out.mask.value(row, listing));
        out.line(line.trim_end())?;
    }
    for note in listing.notes() {
        out.line(&format!("! this file {}", out.mask.sentence(note)))?;
    }
    Ok(rows().next().is_some())
}

/// Rows of the outermost matches with all below them, and the depth to indent them from.
fn matching(listing: &Listing, pattern: &Pattern) -> Vec<(Range<usize>, u16)> {
    let mut found = vec![];
    let mut at = 0;
    while let Some(row) = listing.rows().get(at) {
        let is_item = matches!(row.kind, RowKind::Item { .. });
        if !is_item && pattern.matches(row.tag, row.keyword.raw()) {
            found.push((at..listing.end(at), row.depth));
            at = listing.end(at);
        } else {
            at += 1;
        }
    }
    found
}

fn tag(row: &Row) -> String {
    match row.kind {
        RowKind::Item { .. } => String::new(),
        _ => row.tag.to_string(),
    }
}

/// Multiplicity and length: `1/16`; sequences have only a length, `u/l` if it is undefined.
fn extent(row: &Row) -> String {
    let length = row.length.map_or("u/l".to_owned(), |length| length.to_string());
    match row.kind {
        RowKind::Leaf => format!("{}/{length}", row.vm),
        RowKind::Sequence { .. } => length,
        RowKind::Item { .. } => String::new(),
    }
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests;
