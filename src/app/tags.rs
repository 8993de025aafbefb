//! The table of attributes: where the cursor is, what is folded, what a search found.
//!
//! Cursor and folds are remembered as paths of tags, not as row numbers, so that they hold for the next
//! instance too, even if that one has more rows or lacks the very attribute.

mod act;
mod beside;
mod breach;
mod errand;
mod folds;
mod rows;
mod search;
#[cfg(test)]
mod tests;
pub use beside::Base;
use beside::{ABSENT, Table};
pub use errand::UnderWay;
pub use rows::Rows;

use super::Action;
use crate::model::{Listing, Mask, Row, RowKind, Step, TagNumber, Varying};
use folds::Folds;
use search::Search;
use std::{collections::HashSet, path::PathBuf, sync::Arc};

/// The attributes of one instance on the screen.
#[derive(Debug)]
pub struct Tags {
    file: PathBuf,
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
    /// Which instance it is, from 0, and of how many.
    pub(super) number: (usize, usize),
    rows: Rows,
    /// What `rows` says of each row of the table.
    wanted: Vec<bool>,
    base: Option<Base>,
    /// Where the two differ, long values to their last byte, once that is known.
    differing: Option<HashSet<Vec<Step>>>,
    varying: Option<Arc<Varying>>,
    /// The instance and what stands beside it; nothing where the instance is listed alone.
    table: Option<Table>,
}

#[derive(Debug)]
enum Content {
    Loading(Option<Arc<Listing>>),
    Listed(Arc<Listing>),
    Failed(String),
}

impl Tags {
    /// A table that waits for the listing of a file.
    pub fn new(file: PathBuf) -> Self {
        Self {
            file,
            content: Content::Loading(None),
            folds: Folds::default(),
            visible: vec![],
            cursor: 0,
            place: vec![],
            search: Search::default(),
            mask: Mask::default(),
            number: (0, 1),
            rows: Rows::default(),
            wanted: vec![],
            base: None,
            differing: None,
            varying: None,
            table: None,
        }
    }

    /// Hides or shows values that identify somebody.
    pub fn mask(&mut self, mask: Mask) {
        self.mask = mask;
        self.find();
    }

    /// The value of a row as it may be shown.
    pub fn value(&self, row: usize) -> String {
        if !self.is_here(row) {
            return ABSENT.to_owned();
        }
        let value = |listing: &Arc<Listing>| Some(self.mask.value(listing.rows().get(row)?, listing));
        self.listing().and_then(value).unwrap_or_default()
    }

    /// Turns to another file, whose listing is on its way; the old rows stay until it arrives.
    pub fn turn_to(&mut self, file: PathBuf) {
        let before = std::mem::replace(&mut self.file, file);
        if let (Content::Listed(listing), false) = (&self.content, self.is_marked()) {
            self.base = Some(Base { file: before, listing: listing.clone(), is_marked: false });
        }
        self.differing = None;
        self.content = Content::Loading(self.own().cloned());
    }

    /// Takes the listing asked for, or the sentence that says why there is none.
    ///
    /// The cursor goes to the tag where it was, folds and the search are those of before.
    pub fn receive(&mut self, listing: Result<Arc<Listing>, String>) {
        self.typed();
        match listing {
            Ok(listing) => {
                self.content = Content::Listed(listing);
                self.lay();
                self.landed();
            }
            Err(why) => {
                self.visible.clear();
                self.cursor = 0;
                self.table = None;
                self.content = Content::Failed(why);
                self.find();
            }
        }
    }

    /// What the table is called: the file, as far as it may be seen.
    pub fn title(&self) -> String {
        self.mask.path(&self.file)
    }

    /// A sentence about the file as it may be shown.
    pub fn sentence(&self, text: &str) -> String {
        self.mask.sentence(text)
    }

    /// Which instance of the series it is, from 0, and of how many.
    pub fn number(&self) -> (usize, usize) {
        self.number
    }

    /// The rows, those of what stands beside the instance too; while the next ones load, those of before.
    pub fn listing(&self) -> Option<&Arc<Listing>> {
        self.table.as_ref().map(|table| &table.aligned.listing).or_else(|| self.own())
    }

    /// The rows of the instance alone.
    fn own(&self) -> Option<&Arc<Listing>> {
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
            Action::NextBreach => self.go_to_breach(true),
            Action::PreviousBreach => self.go_to_breach(false),
            _ => return false,
        }
        true
    }

    /// Which rows are listed.
    pub fn rows(&self) -> Rows {
        self.rows
    }

    /// The object that the row under the cursor refers to: Referenced SOP Instance UID (0008,1155).
    pub fn reference(&self) -> Option<&str> {
        let (_, row) = self.selected()?;
        (row.tag == TagNumber(0x0008, 0x1155)).then(|| row.value.raw())
    }

    /// True if the row under the cursor has a value of its own.
    pub(super) fn is_leaf(&self) -> bool {
        self.selected().is_some_and(|(_, row)| row.kind == RowKind::Leaf)
    }

    /// The row under the cursor for a clipboard: its value, as far as it may be seen.
    pub fn copied(&self) -> Option<String> {
        let (row, _) = self.selected().filter(|&(row, _)| self.is_here(row))?;
        Some(self.value(row)).filter(|value| !value.is_empty())
    }

    pub(super) fn choose(&mut self, rows: Rows) {
        self.rows = rows;
        self.lay();
    }

    /// Works the table out anew, with the cursor where the user went.
    fn lay(&mut self) {
        self.put_beside();
        let Some(listing) = self.listing().cloned() else { return };
        self.folds.apply(&listing);
        self.wanted = rows::wanted(&listing, |at, row| self.lists(at, row));
        self.find();
        self.show(listing.find(&self.place).map_or(0, |(row, _)| row));
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
}
