//! The library of the last scan, on screen while another scan looks whether it still holds.
//!
//! It is an outline: rows can be read, sorted and filtered, and nothing in them opened. When everything has
//! been seen again, what was found takes its place, and the cursor stays on its series.

use super::{App, Node};
use crate::model::{Library, PatientId, SeriesId, StudyId};
use std::collections::HashMap;

impl App {
    /// What is listed is what the last scan found.
    pub fn is_checking(&self) -> bool {
        self.checked.is_some()
    }

    /// Files that have been looked at so far.
    pub fn files_seen(&self) -> u64 {
        self.checked.as_ref().unwrap_or(&self.library).counts.files
    }

    /// Shows what the last scan found, unless this one has finished first.
    pub(super) fn begin_check(&mut self, known: Library) {
        // What is open holds on to what has been found of it.
        if self.scanning && !self.is_checking() && self.views.is_empty() {
            self.browser.forget();
            let review = std::mem::take(&mut self.library.review);
            let tolerances = self.library.tolerances;
            self.checked = Some(std::mem::replace(&mut self.library, known));
            self.library.review = review;
            self.library.tolerances = tolerances;
        }
    }

    /// Shows what this scan has found.
    pub(super) fn end_check(&mut self) {
        let Some(found) = self.checked.take() else { return };
        let mut before = std::mem::replace(&mut self.library, found);
        self.library.review = std::mem::take(&mut before.review);
        let same = Same::of(&self.library);
        self.browser.move_over(|node| same.find(&before, node));
        self.preview = None;
    }

    /// True if there is only an outline to open; says so.
    pub(super) fn refuses_unchecked(&mut self) -> bool {
        if self.is_checking() {
            self.notice = Some("Files are still being checked; open it when that is done.".to_owned());
        }
        self.is_checking()
    }
}

/// Where things of one library are in another.
struct Same<'a> {
    found: &'a Library,
    series: HashMap<(&'a str, &'a str), SeriesId>,
}

impl<'a> Same<'a> {
    fn of(found: &'a Library) -> Self {
        let names = found
            .all_series()
            .map(|(id, series)| ((found.study(series.study).uid.raw(), series.uid.raw()), id));
        Self { found, series: names.collect() }
    }

    /// Studies and patients are found by their first series that is still there.
    fn find(&self, before: &Library, node: Node) -> Option<Node> {
        let series = |id: SeriesId| {
            let series = before.series(id);
            self.series.get(&(before.study(series.study).uid.raw(), series.uid.raw())).copied()
        };
        let study = |id: StudyId| {
            let first = before.study(id).series.iter().find_map(|&id| series(id))?;
            Some(self.found.series(first).study)
        };
        let patient = |id: PatientId| {
            let first = before.patient(id).studies.iter().find_map(|&id| study(id))?;
            Some(self.found.study(first).patient)
        };
        match node {
            Node::Series(id) => series(id).map(Node::Series),
            Node::Study(id) => study(id).map(Node::Study),
            Node::Patient(id) => patient(id).map(Node::Patient),
        }
    }
}
