//! Which branches of a listing are folded, by what the user did and else by size.

use crate::model::{Listing, RowKind, Step};
use std::collections::HashMap;

/// Sequences of more items than this start folded, and so do their items.
const SMALL: usize = 5;

/// What is folded unless the user says otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Rule {
    #[default]
    Large,
    All,
    Nothing,
}

/// Folds of the listing on the screen, and what they will be in the next one.
#[derive(Debug, Default)]
pub(super) struct Folds {
    rule: Rule,
    /// Where the user departed from the rule.
    chosen: HashMap<Vec<Step>, bool>,
    /// One for each row of the listing last applied to.
    folded: Vec<bool>,
}

impl Folds {
    /// Works out the folds of another listing.
    pub(super) fn apply(&mut self, listing: &Listing) {
        let is_large = |row: usize| match listing.rows()[row].kind {
            RowKind::Sequence { items } => items > SMALL,
            _ => false,
        };
        let rule = |row: usize| match self.rule {
            Rule::All => true,
            Rule::Nothing => false,
            Rule::Large => is_large(row) || listing.parent(row).is_some_and(is_large),
        };
        let folded = (0..listing.rows().len()).map(|row| listing.is_branch(row) && rule(row)).collect();
        self.folded = folded;
        for (path, &folded) in &self.chosen {
            if let Some((row, true)) = listing.find(path) {
                self.folded[row] = folded && listing.is_branch(row);
            }
        }
    }

    pub(super) fn is_folded(&self, row: usize) -> bool {
        self.folded.get(row).copied().unwrap_or(false)
    }

    /// Folds or unfolds one branch; leaves have no folds.
    pub(super) fn set(&mut self, listing: &Listing, row: usize, folded: bool) {
        if listing.is_branch(row) && self.is_folded(row) != folded {
            self.folded[row] = folded;
            self.chosen.insert(listing.path(row), folded);
        }
    }

    pub(super) fn set_all(&mut self, listing: &Listing, folded: bool) {
        self.rule = if folded { Rule::All } else { Rule::Nothing };
        self.chosen.clear();
        self.apply(listing);
    }

    /// Unfolds everything that hides `row`, and says what that was.
    pub(super) fn open_above(&mut self, listing: &Listing, row: usize) -> Vec<usize> {
        let above = std::iter::successors(listing.parent(row), |&row| listing.parent(row));
        let closed: Vec<usize> = above.filter(|&row| self.is_folded(row)).collect();
        for &row in &closed {
            self.set(listing, row, false);
        }
        closed
    }

    /// Rows that no fold hides, ascending.
    pub(super) fn visible(&self, listing: &Listing) -> Vec<u32> {
        let next = |&row: &usize| Some(if self.is_folded(row) { listing.end(row) } else { row + 1 });
        let count = listing.rows().len();
        std::iter::successors(Some(0), next).take_while(|&row| row < count).map(|row| row as u32).collect()
    }
}
