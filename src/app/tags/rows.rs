//! Which rows of a listing are wanted: all, the essential ones, private ones, those that changed, or that vary.

use crate::model::{Listing, Row, RowKind, TagNumber};

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
    /// What is not the same in all instances of the series.
    Varying,
}

impl Rows {
    /// The next choice, in turn.
    pub(super) fn next(self) -> Self {
        match self {
            Self::All => Self::Essential,
            Self::Essential => Self::Private,
            Self::Private => Self::Changed,
            Self::Changed => Self::Varying,
            Self::Varying => Self::All,
        }
    }

    /// As the title names it; nothing for all of them.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Essential => "essential",
            Self::Private => "private",
            Self::Changed => "changed",
            Self::Varying => "varying",
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

/// One flag a row: it is wanted, or something below it is.
pub(super) fn wanted(listing: &Listing, is_wanted: impl Fn(usize, &Row) -> bool) -> Vec<bool> {
    let mut flags: Vec<bool> =
        listing.rows().iter().enumerate().map(|(at, row)| is_wanted(at, row)).collect();
    for at in (0..flags.len()).rev() {
        if let Some(above) = listing.parent(at).filter(|_| flags[at]) {
            flags[above] = true;
        }
    }
    flags
}

pub(super) fn is_essential(row: &Row) -> bool {
    let TagNumber(group, element) = row.tag;
    !matches!(row.kind, RowKind::Item { .. }) && ESSENTIAL.binary_search(&(group, element)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_essential_tags_are_in_order_so_that_they_can_be_found() {
        assert!(ESSENTIAL.is_sorted());
    }
}
