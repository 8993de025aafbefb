//! The list of what was found: a tree of patients, studies and series, or one flat table of series.
//!
//! The cursor is on a thing, not on a row number, so that rows may stream in above it.

use super::{order, summary::Summary};
use crate::{
    config::{BrowserSettings, Column, ListView, Sort},
    model::{Library, Mask, PatientId, Query, SeriesId, StudyId},
};
use std::collections::{HashMap, HashSet};

/// A row of the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Node {
    /// A patient.
    Patient(PatientId),
    /// A study.
    Study(StudyId),
    /// A series.
    Series(SeriesId),
}

/// State of the browser.
#[derive(Debug)]
pub struct Browser {
    /// Tree or table.
    pub view: ListView,
    /// Order of the table.
    pub sort: Sort,
    /// Columns of the table.
    pub columns: Vec<Column>,
    /// A slice of the series under the cursor is shown.
    pub preview: bool,
    /// What the filter says; empty keeps everything.
    pub filter: String,
    /// What is listed at the moment.
    pub rows: Vec<Node>,
    folded: HashSet<Node>,
    cursor: Option<Node>,
    /// The user has chosen where the cursor is; until then it stays on top of what streams in.
    moved: bool,
    /// Row of the cursor when it was last placed, for when its thing goes away.
    at: usize,
    summaries: HashMap<SeriesId, Summary>,
    /// What they were computed under.
    mask: Mask,
    /// Series that were there when the list was made.
    listed: usize,
    /// All series in order, with the column (none for the tree) and the state of the library it holds for.
    order: (Option<(Option<Column>, u64)>, Vec<SeriesId>),
}

impl Browser {
    /// An empty browser.
    pub fn new(settings: &BrowserSettings) -> Self {
        Self {
            view: settings.view,
            sort: settings.sort,
            columns: settings.columns.clone(),
            preview: settings.preview,
            filter: String::new(),
            rows: vec![],
            folded: HashSet::new(),
            cursor: None,
            moved: false,
            at: 0,
            mask: Mask::default(),
            summaries: HashMap::new(),
            listed: 0,
            order: (None, vec![]),
        }
    }

    /// Lists the library anew, keeping the cursor on its thing.
    pub fn refresh(&mut self, library: &Library) {
        let filter = Query::parse(&self.filter);
        self.listed = library.series_count();
        self.put_in_order(library);
        self.rows = match self.view {
            ListView::Tree => self.tree(library, &filter),
            ListView::Series => self.table(library, &filter),
        };
        if !self.moved {
            // The first series, rather than the patient above it: there is something to see.
            self.cursor = self.rows.iter().copied().find(|row| matches!(row, Node::Series(_)));
        }
        let found = self.cursor.and_then(|cursor| self.rows.iter().position(|&row| row == cursor));
        let at = found.unwrap_or(self.at).min(self.rows.len().saturating_sub(1));
        self.settle(at);
    }

    /// True if a growing library has enough new series to be listed anew: a few at first, and then a share
    /// of them, so that the whole of a scan costs a few lists only, however many series it finds.
    pub fn is_outgrown(&self, library: &Library) -> bool {
        let more = library.series_count() - self.listed.min(library.series_count());
        more > 0 && more >= self.listed / 32
    }

    /// Sorts all series, unless that has been done since the library changed.
    fn put_in_order(&mut self, library: &Library) {
        let by = (self.view == ListView::Series).then_some(self.sort.column);
        let what = (by, library.changes());
        if self.order.0 != Some(what) {
            let order =
                by.map_or_else(|| order::by_hierarchy(library), |column| order::by_column(library, column));
            self.order = (Some(what), order);
        }
    }

    fn tree(&self, library: &Library, filter: &Query) -> Vec<Node> {
        let mut rows = vec![];
        let (mut patient, mut study) = (None, None);
        // Whether the patient and the study at hand show what is theirs.
        let (mut open, mut unfolded) = (true, true);
        let mut keeps = filter.over(library);
        for id in self.order.1.iter().copied().filter(|&id| keeps(id)) {
            let of = library.series(id).study;
            if study != Some(of) {
                study = Some(of);
                let person = library.study(of).patient;
                if patient != Some(person) {
                    patient = Some(person);
                    rows.push(Node::Patient(person));
                    open = !self.is_folded(Node::Patient(person));
                }
                if open {
                    rows.push(Node::Study(of));
                }
                unfolded = open && !self.is_folded(Node::Study(of));
            }
            if unfolded {
                rows.push(Node::Series(id));
            }
        }
        rows
    }

    fn table(&self, library: &Library, filter: &Query) -> Vec<Node> {
        let mut keeps = filter.over(library);
        let kept = self.order.1.iter().copied().filter(|&id| keeps(id)).map(Node::Series);
        let mut rows: Vec<Node> = kept.collect();
        if self.sort.descending {
            rows.reverse();
        }
        rows
    }

    /// True if what lies under a row is hidden; a filter unfolds everything.
    pub fn is_folded(&self, node: Node) -> bool {
        self.filter.is_empty() && self.folded.contains(&node)
    }

    /// The thing under the cursor.
    pub fn cursor(&self) -> Option<Node> {
        self.cursor
    }

    /// The row of the cursor.
    pub fn row(&self) -> usize {
        self.at
    }

    /// Puts the cursor on a row, or on the last one.
    pub fn place(&mut self, row: usize) {
        self.moved = true;
        self.settle(row);
    }

    fn settle(&mut self, row: usize) {
        self.at = row.min(self.rows.len().saturating_sub(1));
        self.cursor = self.rows.get(self.at).copied().or(self.cursor);
    }

    /// Moves the cursor by rows.
    pub fn step(&mut self, by: isize) {
        self.place(self.at.saturating_add_signed(by));
    }

    /// Puts the cursor on a series, unfolding what hides it.
    pub fn point_at(&mut self, library: &Library, series: SeriesId) {
        let study = library.series(series).study;
        self.folded.remove(&Node::Study(study));
        self.folded.remove(&Node::Patient(library.study(study).patient));
        self.cursor = Some(Node::Series(series));
        self.moved = true;
        self.refresh(library);
    }

    /// The series under the cursor, or the first one under the patient or study there.
    pub fn series(&self, library: &Library) -> Option<SeriesId> {
        match self.cursor? {
            Node::Series(id) => Some(id),
            Node::Study(id) => library.study(id).series.first().copied(),
            Node::Patient(id) => {
                let study = library.patient(id).studies.first()?;
                library.study(*study).series.first().copied()
            }
        }
    }

    /// Folds or unfolds the row under the cursor.
    pub fn toggle_fold(&mut self, library: &Library) {
        let Some(node) = self.cursor.filter(|node| !matches!(node, Node::Series(_))) else { return };
        if !self.folded.remove(&node) {
            self.folded.insert(node);
        }
        self.refresh(library);
    }

    /// Folds the row under the cursor, or goes to what holds it.
    pub fn fold_or_out(&mut self, library: &Library) {
        self.moved = true;
        let Some(node) = self.cursor else { return };
        let is_open = !matches!(node, Node::Series(_)) && !self.folded.contains(&node);
        if is_open && self.view == ListView::Tree {
            self.folded.insert(node);
            return self.refresh(library);
        }
        let parent = match node {
            Node::Series(id) => Node::Study(library.series(id).study),
            Node::Study(id) => Node::Patient(library.study(id).patient),
            Node::Patient(_) => return,
        };
        if let Some(row) = self.rows.iter().position(|&row| row == parent) {
            self.place(row);
        }
    }

    /// Unfolds the row under the cursor, or goes into it; true if it is a series, which is to be opened.
    pub fn unfold_or_in(&mut self, library: &Library) -> bool {
        match self.cursor {
            Some(Node::Series(_)) => return true,
            Some(node) if self.folded.remove(&node) => self.refresh(library),
            Some(_) => self.step(1),
            None => {}
        }
        false
    }

    /// Folds everything down to the patients, or unfolds everything.
    pub fn fold_all(&mut self, library: &Library, folded: bool) {
        self.folded.clear();
        self.moved = true;
        if folded {
            self.folded.extend(library.patients().map(|(id, _)| Node::Patient(id)));
            let owner = |node: Node| match node {
                Node::Series(id) => library.study(library.series(id).study).patient,
                Node::Study(id) => library.study(id).patient,
                Node::Patient(id) => id,
            };
            self.cursor = self.cursor.map(|node| Node::Patient(owner(node)));
        }
        self.refresh(library);
    }

    /// Sorts the table by the column so many places to the right.
    pub fn sort_by_next(&mut self, library: &Library, by: isize) {
        let count = self.columns.len() as isize;
        let now = self.columns.iter().position(|&column| column == self.sort.column).unwrap_or(0);
        let next = (now as isize + by).rem_euclid(count.max(1));
        if let Some(&column) = self.columns.get(next as usize) {
            self.sort.column = column;
        }
        self.view = ListView::Series;
        self.refresh(library);
    }

    /// Turns the order of the table round.
    pub fn reverse(&mut self, library: &Library) {
        self.sort.descending = !self.sort.descending;
        self.refresh(library);
    }

    /// Computes the columns of the rows around the cursor, where they are missing or out of date; a little
    /// out of date will do for a `growing` library.
    pub fn summarise(&mut self, library: &Library, height: usize, mask: Mask, growing: bool) {
        if self.mask != mask {
            self.mask = mask;
            self.summaries.clear();
        }
        let from = self.at.saturating_sub(height);
        for node in self.rows.iter().skip(from).take(2 * height + 1) {
            let Node::Series(id) = *node else { continue };
            let instances = &library.series(id).instances;
            // While files stream in, stacks are built again when a fifth of them is new.
            let outgrown = |summary: &Summary| {
                let then = summary.instances;
                if growing {
                    instances.len() > then + then / 4
                } else {
                    (instances.len(), instances.last()) != (then, summary.newest.as_ref())
                }
            };
            if self.summaries.get(&id).is_none_or(outgrown) {
                self.summaries.insert(id, Summary::of(library, id, mask));
            }
        }
    }

    /// The columns of a series, if its row is near the cursor.
    pub fn summary(&self, series: SeriesId) -> Option<&Summary> {
        self.summaries.get(&series)
    }

    /// Another library takes the place of this one; `find` tells where a thing is in it.
    pub fn move_over(&mut self, find: impl Fn(Node) -> Option<Node>) {
        self.summaries.clear();
        self.order = (None, vec![]);
        self.listed = 0;
        self.rows.clear();
        self.cursor = self.cursor.and_then(&find);
        self.folded = self.folded.iter().copied().filter_map(find).collect();
    }

    /// Drops everything that was computed, for a new scan.
    pub fn forget(&mut self) {
        self.summaries.clear();
        self.order = (None, vec![]);
        self.listed = 0;
        self.rows.clear();
        self.cursor = None;
        self.at = 0;
        self.folded.clear();
        self.moved = false;
    }
}

#[cfg(test)]
mod tests;
