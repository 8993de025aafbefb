//! What breaks the standard, told at the rows of a listing.

use super::{Listing, Step};
use crate::model::{Breach, Breaches, Weight};

/// Breaches, and the rows at which they are told.
#[derive(Debug, Default)]
pub(super) struct Judged {
    breaches: Vec<Breach>,
    /// Rows with the places of breaches, ascending.
    rows: Vec<(u32, usize)>,
}

impl Listing {
    /// The same rows, with what breaks the standard.
    ///
    /// It is told at the attribute; of one that is missing, at the item that lacks it, or at the row before
    /// which or after which it should stand.
    #[must_use]
    pub fn judged(self, breaches: Breaches) -> Self {
        let breaches = breaches.found;
        let row = |(at, breach): (usize, &Breach)| {
            let item = breach.path.len().checked_sub(1).and_then(|last| breach.path.get(..last));
            let path = match item {
                Some(item @ [.., Step::Item(_)]) if breach.is_missing => item,
                _ => &breach.path[..],
            };
            self.find(path).map(|(row, _)| (row as u32, at))
        };
        let mut rows: Vec<(u32, usize)> = breaches.iter().enumerate().filter_map(row).collect();
        rows.sort_unstable();
        Self { judged: Judged { breaches, rows }, ..self }
    }

    /// Everything that breaks the standard, as far as it is known.
    pub fn breaches(&self) -> &[Breach] {
        &self.judged.breaches
    }

    /// What is told at a row.
    pub fn breaches_at(&self, row: usize) -> impl Iterator<Item = &Breach> {
        let Judged { breaches, rows } = &self.judged;
        let first = rows.partition_point(|&(at, _)| (at as usize) < row);
        let here = rows[first..].iter().take_while(move |&&(at, _)| at as usize == row);
        here.filter_map(|&(_, breach)| breaches.get(breach))
    }

    /// The heaviest of what is told at a row.
    pub fn weight(&self, row: usize) -> Option<Weight> {
        self.breaches_at(row).map(|breach| breach.weight).max()
    }

    /// The next row at which something is told, or the one before, round the end.
    pub fn next_breach(&self, row: usize, forward: bool) -> Option<usize> {
        let rows = &self.judged.rows;
        let next = if forward {
            rows.get(rows.partition_point(|&(at, _)| at as usize <= row)).or(rows.first())
        } else {
            let before = rows.partition_point(|&(at, _)| (at as usize) < row);
            before.checked_sub(1).and_then(|at| rows.get(at)).or(rows.last())
        };
        next.map(|&(at, _)| at as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Row, RowKind, Section, TagNumber};

    fn row(depth: u16, element: u16, kind: RowKind) -> Row {
        Row::plain(depth, TagNumber(8, element), kind)
    }

    fn breach(path: &[Step], is_missing: bool, weight: Weight) -> Breach {
        Breach {
            weight,
            path: path.to_vec(),
            keyword: "",
            places: 1,
            is_missing,
            is_told: false,
            module: "",
            section: Section(3, "C.12.1"),
            what: String::new(),
        }
    }

    #[test]
    fn what_is_wrong_is_told_at_its_row_and_what_is_missing_at_the_item_or_beside_its_place() {
        let tag = |element| Step::Tag(TagNumber(8, element));
        // 5, 10 = [{1}], 20
        let rows = vec![
            row(0, 5, RowKind::Leaf),
            row(0, 10, RowKind::Sequence { items: 1 }),
            row(1, 0, RowKind::Item { index: 0 }),
            row(2, 1, RowKind::Leaf),
            row(0, 20, RowKind::Leaf),
        ];
        let found = vec![
            breach(&[tag(20)], false, Weight::Note),
            breach(&[tag(21)], true, Weight::Error),
            breach(&[tag(10), Step::Item(0), tag(2)], true, Weight::Warning),
        ];

        let listing = Listing::new(rows, vec![]).judged(Breaches { found, ..Breaches::default() });

        let weights: Vec<Option<Weight>> = (0..5).map(|row| listing.weight(row)).collect();
        assert_eq!(weights, [None, None, Some(Weight::Warning), None, Some(Weight::Error)]);
        assert_eq!((listing.breaches_at(4).count(), listing.breaches().len()), (2, 3));
        assert_eq!((listing.next_breach(2, true), listing.next_breach(4, true)), (Some(4), Some(2)));
        assert_eq!((listing.next_breach(4, false), listing.next_breach(2, false)), (Some(2), Some(4)));
    }

    #[test]
    fn a_file_without_breaches_or_rows_has_no_next_one() {
        let none = Listing::default().judged(Breaches::default());
        assert_eq!((none.next_breach(0, true), none.weight(0)), (None, None));
        let found = vec![breach(&[Step::Tag(TagNumber(8, 1))], true, Weight::Error)];
        let none = Listing::default().judged(Breaches { found, ..Breaches::default() });
        assert_eq!((none.next_breach(0, true), none.breaches().len()), (None, 1));
    }
}
