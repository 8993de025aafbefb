//! Which rows of a listing are wanted: all, the essential ones, private ones, or those that changed.

use crate::model::{Listing, Row, RowKind, Step, TagNumber};
use std::collections::HashMap;

/// A choice of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rows {
    /// Every one.
    #[default]
    All,
    /// What one looks at first.
    Essential,
    /// What the standard does not define.
    Private,
    /// What another instance says differently, or not at all.
    Changed,
}

impl Rows {
    /// The next choice, in turn.
    pub(super) fn next(self) -> Self {
        match self {
            Self::All => Self::Essential,
            Self::Essential => Self::Private,
            Self::Private => Self::Changed,
            Self::Changed => Self::All,
        }
    }

    /// As the title names it; nothing for all of them.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Essential => "essential",
            Self::Private => "private",
            Self::Changed => "changed",
        }
    }
}

/// Class, type, dates, descriptions, patient, study and series; sequence, position and geometry; pixels and window.
const ESSENTIAL: &[(u16, u16)] = &[
    (0x0002, 0x0010),
    (0x0008, 0x0008),
    (0x0008, 0x0016),
    (0x0008, 0x0018),
    (0x0008, 0x0020),
    (0x0008, 0x0060),
    (0x0008, 0x0070),
    (0x0008, 0x0080),
    (0x0008, 0x1030),
    (0x0008, 0x103E),
    (0x0008, 0x1090),
    (0x0010, 0x0010),
    (0x0010, 0x0020),
    (0x0010, 0x0030),
    (0x0010, 0x0040),
    (0x0010, 0x1010),
    (0x0018, 0x0015),
    (0x0018, 0x0050),
    (0x0018, 0x0060),
    (0x0018, 0x0080),
    (0x0018, 0x0081),
    (0x0018, 0x0087),
    (0x0018, 0x0088),
    (0x0018, 0x1030),
    (0x0018, 0x1120),
    (0x0018, 0x1151),
    (0x0018, 0x1164),
    (0x0018, 0x1210),
    (0x0018, 0x5100),
    (0x0020, 0x000D),
    (0x0020, 0x000E),
    (0x0020, 0x0011),
    (0x0020, 0x0012),
    (0x0020, 0x0013),
    (0x0020, 0x0032),
    (0x0020, 0x0037),
    (0x0020, 0x0052),
    (0x0020, 0x1041),
    (0x0028, 0x0002),
    (0x0028, 0x0004),
    (0x0028, 0x0008),
    (0x0028, 0x0010),
    (0x0028, 0x0011),
    (0x0028, 0x0030),
    (0x0028, 0x0100),
    (0x0028, 0x0101),
    (0x0028, 0x0103),
    (0x0028, 0x1050),
    (0x0028, 0x1051),
    (0x0028, 0x1052),
    (0x0028, 0x1053),
    (0x0028, 0x1054),
    (0x0028, 0x2110),
    (0x7FE0, 0x0010),
];

/// One flag a row: it is wanted, or something below it is. `base` is what changes are told against; without
/// one everything has changed.
pub(super) fn wanted(listing: &Listing, rows: Rows, base: Option<&Listing>) -> Vec<bool> {
    let all = listing.rows();
    let mut flags: Vec<bool> = match rows {
        Rows::All => return vec![true; all.len()],
        Rows::Essential => all.iter().map(is_essential).collect(),
        Rows::Private => all.iter().map(|row| row.is_private).collect(),
        Rows::Changed => {
            let known: HashMap<Vec<Step>, &Row> = base
                .map(|base| base.rows().iter().enumerate().map(|(at, row)| (base.path(at), row)).collect())
                .unwrap_or_default();
            let changed =
                |(at, row): (usize, &Row)| !known.get(&listing.path(at)).is_some_and(|old| alike(old, row));
            all.iter().enumerate().map(changed).collect()
        }
    };
    for at in (0..flags.len()).rev().filter(|&at| listing.is_branch(at)).collect::<Vec<_>>() {
        flags[at] |= flags[at + 1..listing.end(at)].contains(&true);
    }
    flags
}

fn is_essential(row: &Row) -> bool {
    let TagNumber(group, element) = row.tag;
    !matches!(row.kind, RowKind::Item { .. }) && ESSENTIAL.binary_search(&(group, element)).is_ok()
}

/// As far as it is listed: of a long value that is its beginning and its length.
fn alike(a: &Row, b: &Row) -> bool {
    let leaf = a.kind == RowKind::Leaf;
    a.kind == b.kind && (!leaf || (a.value == b.value && a.raw == b.raw && a.length == b.length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_essential_tags_are_in_order_so_that_they_can_be_found() {
        assert!(ESSENTIAL.is_sorted());
    }
}
