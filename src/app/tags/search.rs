//! Searching the table: while a query is typed, from match to match, and a match in another instance.

use super::{Rows, Tags};
use crate::model::{Step, Terms};

/// A search and what it found.
#[derive(Debug, Default)]
pub(super) struct Search {
    pub(super) query: String,
    terms: Terms,
    /// Rows, ascending, folded ones too.
    matches: Vec<u32>,
    /// The row where typing began, while it goes on.
    origin: Option<usize>,
    /// Branches the last letter typed has opened; the next one closes them.
    opened: Vec<usize>,
    /// The next instance was turned to for a match in it.
    lands: bool,
}

/// Where going on to the next match has led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Jump {
    /// To it.
    On,
    /// To the first or the last one, round the end.
    Round,
    /// There is none.
    Nowhere,
}

impl Tags {
    /// The search as typed; empty if there is none.
    pub fn query(&self) -> &str {
        &self.search.query
    }

    /// What is searched for.
    pub fn terms(&self) -> &Terms {
        &self.search.terms
    }

    /// Numbers of the rows that the search found, ascending, folded ones too.
    pub fn matches(&self) -> &[u32] {
        &self.search.matches
    }

    /// Searches tags, keywords, representations and values while the query is typed.
    ///
    /// Goes to the first match at or after the row where typing began, round the end, and unfolds what
    /// hides it; an empty query goes back to where typing began.
    pub fn search(&mut self, query: &str) {
        query.clone_into(&mut self.search.query);
        self.search.terms = Terms::new(query);
        let Some(listing) = self.listing().cloned() else { return };
        for row in std::mem::take(&mut self.search.opened) {
            self.folds.set(&listing, row, true);
        }
        let here = self.selected().map_or(0, |(row, _)| row);
        let origin = *self.search.origin.get_or_insert(here);
        self.find();
        if query.is_empty() {
            self.search.origin = None;
        }
        let matches = &self.search.matches;
        let next = matches.get(matches.partition_point(|&row| (row as usize) < origin)).or(matches.first());
        let target = next.map_or(origin, |&row| row as usize);
        self.search.opened = self.folds.open_above(&listing, target);
        self.show(target);
        self.settle();
    }

    /// Typing is over: what it opened stays open.
    pub(super) fn typed(&mut self) {
        self.search.origin = None;
        self.search.opened.clear();
    }

    /// Searches among the rows that are listed now.
    pub(super) fn find(&mut self) {
        let found = self.listing().map(|listing| self.search.terms.rows(listing, self.mask));
        let wanted = |row: &u32| self.wanted.get(*row as usize).copied().unwrap_or(true);
        self.search.matches = found.unwrap_or_default().into_iter().filter(wanted).collect();
    }

    /// To the next or previous match, round the end, unfolding what hides it.
    pub(in super::super) fn jump(&mut self, forward: bool) -> Jump {
        self.typed();
        let Some((here, _)) = self.selected() else { return Jump::Nowhere };
        let matches = &self.search.matches;
        let next = if forward {
            matches.get(matches.partition_point(|&row| row as usize <= here))
        } else {
            let before = matches.partition_point(|&row| (row as usize) < here);
            before.checked_sub(1).and_then(|at| matches.get(at))
        };
        let round = if forward { matches.first() } else { matches.last() };
        let Some(target) = next.or(round).map(|&row| row as usize) else { return Jump::Nowhere };
        let jump = if next.is_some() { Jump::On } else { Jump::Round };
        self.reveal(target);
        jump
    }

    /// The instance that comes next is shown at this place, which the search has found there.
    pub(in super::super) fn land(&mut self, place: Vec<Step>) {
        self.place = place;
        self.search.lands = true;
    }

    /// Shows the place that the search has led to, whatever hides it.
    pub(super) fn landed(&mut self) {
        if !std::mem::take(&mut self.search.lands) {
            return;
        }
        let Some((row, true)) = self.listing().and_then(|listing| listing.find(&self.place)) else { return };
        if self.wanted.get(row) == Some(&false) {
            self.choose(Rows::All);
        }
        self.reveal(row);
    }

    /// Puts the cursor on a row and unfolds what hides it.
    fn reveal(&mut self, row: usize) {
        let Some(listing) = self.listing().cloned() else { return };
        self.folds.open_above(&listing, row);
        self.show(row);
        self.settle();
    }
}
