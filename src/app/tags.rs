//! The table of attributes: where the cursor is, what is folded, what a search found.
//!
//! Cursor and folds are remembered as paths of tags, not as row numbers, so that they hold for the next
//! instance too, even if that one has more rows or lacks the very attribute.

mod breach;
mod find;
mod folds;
mod rows;
#[cfg(test)]
mod tests;
pub use find::hits;
pub use rows::Rows;

use super::Action;
use crate::model::{Listing, Mask, Row, Step, TagNumber, Text};
use folds::Folds;
use std::{path::Path, sync::Arc};

/// The attributes of one instance on the screen.
#[derive(Debug)]
pub struct Tags {
    title: Text,
    content: Content,
    folds: Folds,
    /// Rows that no fold hides, ascending.
    visible: Vec<u32>,
    /// Into `visible`.
    cursor: usize,
    /// Where the user went last; kept while an instance lacks it.
    place: Vec<Step>,
    search: Search,
    mask: Mask,
    rows: Rows,
    /// What `rows` says of each row of the listing.
    wanted: Vec<bool>,
    /// What changes are told against: a marked instance, or the one that was shown before.
    base: Option<Arc<Listing>>,
    is_marked: bool,
}

#[derive(Debug)]
enum Content {
    Loading(Option<Arc<Listing>>),
    Listed(Arc<Listing>),
    Failed(String),
}

/// A search and what it found.
#[derive(Debug, Default)]
struct Search {
    query: String,
    /// Rows, ascending, folded ones too.
    matches: Vec<u32>,
    /// The row where typing began, while it goes on.
    origin: Option<usize>,
    /// Branches the last letter typed has opened; the next one closes them.
    opened: Vec<usize>,
}

impl Tags {
    /// A table that waits for its listing; `title` names the instance.
    pub fn new(title: Text) -> Self {
        Self {
            title,
            content: Content::Loading(None),
            folds: Folds::default(),
            visible: vec![],
            cursor: 0,
            place: vec![],
            search: Search::default(),
            mask: Mask::default(),
            rows: Rows::default(),
            wanted: vec![],
            base: None,
            is_marked: false,
        }
    }

    /// Hides or shows values that identify somebody.
    pub fn mask(&mut self, mask: Mask) {
        self.mask = mask;
    }

    /// A value as it may be shown.
    pub fn value(&self, row: &Row) -> String {
        self.listing().map_or_else(String::new, |listing| self.mask.value(row, listing))
    }

    /// Turns to another instance, whose listing is on its way; the old rows stay until it arrives.
    pub fn turn_to(&mut self, title: Text) {
        self.title = title;
        if let (Content::Listed(listing), false) = (&self.content, self.is_marked) {
            self.base = Some(listing.clone());
        }
        self.content = Content::Loading(self.listing().cloned());
    }

    /// Takes the listing asked for, or the sentence that says why there is none.
    ///
    /// The cursor goes to the tag where it was, folds and the search are those of before.
    pub fn receive(&mut self, listing: Result<Arc<Listing>, String>) {
        self.search.origin = None;
        self.search.opened.clear();
        match listing {
            Ok(listing) => {
                self.search.matches = find::matches(&listing, &self.search.query);
                self.folds.apply(&listing);
                self.wanted = rows::wanted(&listing, self.rows, self.base.as_deref());
                let place = listing.find(&self.place).map_or(0, |(row, _)| row);
                self.content = Content::Listed(listing);
                self.show(place);
            }
            Err(why) => {
                self.visible.clear();
                self.cursor = 0;
                self.search.matches.clear();
                self.content = Content::Failed(why);
            }
        }
    }

    /// What the table is called: the file, as far as it may be seen.
    pub fn title(&self) -> String {
        self.mask.path(Path::new(self.title.raw()))
    }

    /// A sentence about the file as it may be shown.
    pub fn sentence(&self, text: &str) -> String {
        self.mask.sentence(text)
    }

    /// The rows; while the next ones load, those of before.
    pub fn listing(&self) -> Option<&Arc<Listing>> {
        match &self.content {
            Content::Listed(listing) | Content::Loading(Some(listing)) => Some(listing),
            _ => None,
        }
    }

    /// True from [`Tags::new`] or [`Tags::turn_to`] until [`Tags::receive`].
    pub fn is_loading(&self) -> bool {
        matches!(self.content, Content::Loading(_))
    }

    /// Why there is no listing.
    pub fn failure(&self) -> Option<&str> {
        match &self.content {
            Content::Failed(why) => Some(why),
            _ => None,
        }
    }

    /// How many rows no fold hides.
    pub fn len(&self) -> usize {
        self.visible.len()
    }

    /// True if there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.visible.is_empty()
    }

    /// The cursor among the visible rows, from 0.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Visible rows in a range, each with its number in the listing.
    pub fn visible(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = (usize, &Row)> {
        let rows = self.listing().map_or(&[][..], |listing| listing.rows());
        let end = range.end.min(self.visible.len());
        let numbers = self.visible.get(range.start.min(end)..end).unwrap_or_default();
        numbers.iter().filter_map(move |&number| Some((number as usize, rows.get(number as usize)?)))
    }

    /// The row under the cursor, with its number in the listing.
    pub fn selected(&self) -> Option<(usize, &Row)> {
        self.visible(self.cursor..self.cursor + 1).next()
    }

    /// `Some(true)` for a folded branch, `Some(false)` for an open one, `None` for a leaf.
    pub fn fold(&self, row: usize) -> Option<bool> {
        self.listing()?.is_branch(row).then(|| self.folds.is_folded(row))
    }

    /// The search as typed; empty if there is none.
    pub fn query(&self) -> &str {
        &self.search.query
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
        let Some(listing) = self.listing().cloned() else {
            query.clone_into(&mut self.search.query);
            return;
        };
        for row in std::mem::take(&mut self.search.opened) {
            self.folds.set(&listing, row, true);
        }
        let here = self.selected().map_or(0, |(row, _)| row);
        let origin = *self.search.origin.get_or_insert(here);
        query.clone_into(&mut self.search.query);
        self.search.matches = find::matches(&listing, query);
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

    /// Goes to the visible row of that number, from 1; the last one if there are fewer.
    pub fn goto(&mut self, number: usize) {
        self.typed();
        self.step_to(number.saturating_sub(1));
    }

    /// Applies an action; `page` is the height of the table in rows. True if it meant something here.
    pub fn act(&mut self, action: Action, page: usize) -> bool {
        self.typed();
        let (page, half) = (page.saturating_sub(1).max(1), (page / 2).max(1));
        match action {
            Action::Down => self.step_to(self.cursor + 1),
            Action::Up => self.step_to(self.cursor.saturating_sub(1)),
            Action::PageDown => self.step_to(self.cursor + page),
            Action::PageUp => self.step_to(self.cursor.saturating_sub(page)),
            Action::HalfPageDown => self.step_to(self.cursor + half),
            Action::HalfPageUp => self.step_to(self.cursor.saturating_sub(half)),
            Action::First => self.step_to(0),
            Action::Last => self.step_to(usize::MAX),
            Action::Right => self.enter(),
            Action::Left => self.leave(),
            Action::ToggleFold => self.toggle(),
            Action::Open if self.selected().is_some_and(|(row, _)| self.fold(row).is_some()) => self.toggle(),
            Action::ExpandAll => self.fold_all(false),
            Action::CollapseAll => self.fold_all(true),
            Action::TagRows => self.choose(self.rows.next()),
            Action::MarkInstance => self.mark(),
            Action::NextBreach => self.go_to_breach(true),
            Action::PreviousBreach => self.go_to_breach(false),
            Action::NextMatch => self.jump(true),
            Action::PreviousMatch => self.jump(false),
            _ => return false,
        }
        true
    }

    /// Which rows are listed.
    pub fn rows(&self) -> Rows {
        self.rows
    }

    /// True if changes are told against an instance the user chose.
    pub fn is_marked(&self) -> bool {
        self.is_marked
    }

    /// The object that the row under the cursor refers to: Referenced SOP Instance UID (0008,1155).
    pub fn reference(&self) -> Option<&str> {
        let (_, row) = self.selected()?;
        (row.tag == TagNumber(0x0008, 0x1155)).then(|| row.value.raw())
    }

    /// The row under the cursor for a clipboard: its value, as far as it may be seen.
    pub fn copied(&self) -> Option<String> {
        self.selected().map(|(_, row)| self.value(row)).filter(|value| !value.is_empty())
    }

    fn choose(&mut self, rows: Rows) {
        self.rows = rows;
        let Some(listing) = self.listing().cloned() else { return };
        let here = self.selected().map_or(0, |(row, _)| row);
        self.wanted = rows::wanted(&listing, rows, self.base.as_deref());
        self.show(here);
    }

    /// Changes are told against this instance from now on; again, against the one shown before.
    fn mark(&mut self) {
        self.is_marked = !self.is_marked;
        if self.is_marked {
            self.base = self.listing().cloned();
        }
        self.choose(self.rows);
    }

    /// Typing is over: what it opened stays open.
    fn typed(&mut self) {
        self.search.origin = None;
        self.search.opened.clear();
    }

    fn step_to(&mut self, cursor: usize) {
        self.cursor = cursor.min(self.visible.len().saturating_sub(1));
        self.settle();
    }

    /// Remembers where the user went.
    fn settle(&mut self) {
        if let (Some((row, _)), Some(listing)) = (self.selected(), self.listing()) {
            self.place = listing.path(row);
        }
    }

    /// Hides what is folded and puts the cursor on `row`, or on the fold that hides it.
    fn show(&mut self, row: usize) {
        let Some(listing) = self.listing() else { return };
        let wanted = |row: &u32| self.wanted.get(*row as usize).copied().unwrap_or(true);
        self.visible = self.folds.visible(listing).into_iter().filter(wanted).collect();
        self.cursor = self.visible.partition_point(|&visible| visible as usize <= row).saturating_sub(1);
    }

    fn enter(&mut self) {
        let Some((row, _)) = self.selected() else { return };
        match self.fold(row) {
            Some(true) => self.toggle(),
            Some(false) => self.step_to(self.cursor + 1),
            None => {}
        }
    }

    fn leave(&mut self) {
        let Some((row, _)) = self.selected() else { return };
        if self.fold(row) == Some(false) {
            self.toggle();
        } else if let Some(parent) = self.listing().and_then(|listing| listing.parent(row)) {
            self.show(parent);
            self.settle();
        }
    }

    fn toggle(&mut self) {
        let (Some((row, _)), Some(listing)) = (self.selected(), self.listing().cloned()) else { return };
        if let Some(folded) = self.fold(row) {
            self.folds.set(&listing, row, !folded);
            self.show(row);
            self.settle();
        }
    }

    fn fold_all(&mut self, folded: bool) {
        let (Some((row, _)), Some(listing)) = (self.selected(), self.listing().cloned()) else { return };
        self.folds.set_all(&listing, folded);
        self.show(row);
        self.settle();
    }

    /// To the next or previous match, round the end, unfolding what hides it.
    fn jump(&mut self, forward: bool) {
        let (Some((here, _)), Some(listing)) = (self.selected(), self.listing().cloned()) else { return };
        let matches = &self.search.matches;
        let target = if forward {
            matches.get(matches.partition_point(|&row| row as usize <= here)).or(matches.first())
        } else {
            let before = matches.partition_point(|&row| (row as usize) < here);
            before.checked_sub(1).and_then(|at| matches.get(at)).or(matches.last())
        };
        let Some(target) = target.map(|&row| row as usize) else { return };
        self.folds.open_above(&listing, target);
        self.show(target);
        self.settle();
    }
}
