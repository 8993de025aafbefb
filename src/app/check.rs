//! The library of the last scan, on screen while another scan looks whether it still holds.
//!
//! At the start it is an outline: rows can be read, sorted and filtered, and the files of a series are fetched
//! when it is opened. When everything has been seen again and nothing is open, what was found takes its place,
//! and the cursor stays on its series.

use super::{App, Effect, Node, Scan, View};
use crate::{
    model::{Library, PatientId, SeriesId, Sighting, StudyId},
    work::Wanted,
};
use std::collections::{HashMap, HashSet};

/// What a scan has found while the list is still that of the last one.
#[derive(Debug)]
pub(super) struct Check {
    /// So far.
    pub found: Library,
    /// The list is an outline.
    pub is_outline: bool,
    /// Series of the outline that have their files.
    fetched: HashSet<SeriesId>,
    /// What is opened when its files have come.
    wanted: Option<(SeriesId, Opening)>,
    /// Everything has been seen.
    is_done: bool,
}

/// How a series is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// In the viewer.
    Slices,
    /// As a list of tags.
    Tags,
}

impl Check {
    fn new(found: Library, is_outline: bool) -> Self {
        Self { found, is_outline, fetched: HashSet::new(), wanted: None, is_done: false }
    }
}

impl App {
    /// What is listed is what the last scan found.
    pub fn is_checking(&self) -> bool {
        self.check.is_some()
    }

    /// What is listed is only an outline.
    pub(super) fn is_outline(&self) -> bool {
        self.check.as_ref().is_some_and(|check| check.is_outline)
    }

    /// Files that have been looked at so far.
    pub fn files_seen(&self) -> u64 {
        self.check.as_ref().map_or(&self.library, |check| &check.found).counts.files
    }

    /// Where the scan files what it finds.
    pub(super) fn filed(&mut self) -> &mut Library {
        self.check.as_mut().map_or(&mut self.library, |check| &mut check.found)
    }

    /// Shows what the last scan found, unless this one has finished first.
    pub(super) fn begin_check(&mut self, known: Library) {
        // What is open holds on to what has been found of it.
        if self.scanning && !self.is_checking() && self.views.is_empty() {
            self.browser.forget();
            let review = std::mem::take(&mut self.library.review);
            let tolerances = self.library.tolerances;
            self.check = Some(Check::new(std::mem::replace(&mut self.library, known), true));
            self.library.review = review;
            self.library.tolerances = tolerances;
        }
    }

    /// Looks at everything again, because news were missed; what is listed stays until then.
    pub(super) fn check_again(&mut self) -> Vec<Effect> {
        let is_outline = self.is_outline();
        self.check = Some(Check::new(Library::judging_by(self.library.tolerances), is_outline));
        self.scanning = true;
        self.scan = Scan { only: self.scan.only.take(), ..Scan::default() };
        vec![Effect::Recheck(self.scan.only.clone())]
    }

    /// The scan has seen everything.
    pub(super) fn scanned(&mut self) -> Vec<Effect> {
        match &mut self.check {
            Some(check) => check.is_done = true,
            None => return self.kept(),
        }
        self.end_check()
    }

    /// Shows what this scan has found, unless something is open of what is listed.
    pub(super) fn end_check(&mut self) -> Vec<Effect> {
        if !self.views.is_empty() {
            return vec![];
        }
        let Some(check) = self.check.take_if(|check| check.is_done) else { return vec![] };
        let mut before = std::mem::replace(&mut self.library, check.found);
        self.library.review = std::mem::take(&mut before.review);
        let same = Same::of(&self.library);
        self.browser.move_over(|node| same.find(&before, node));
        // Instances have other numbers now.
        self.surveys.clear();
        self.tracers.clear();
        self.volumes.clear();
        self.preview = None;
        self.count_reviewed();
        self.stale = true;
        self.kept()
    }

    /// What is kept is kept of everything, and not of a folder that was scanned alone.
    fn kept(&self) -> Vec<Effect> {
        if self.scan.only.is_none() { vec![Effect::Keep] } else { vec![] }
    }

    /// Asks for the files of a series before it is opened; `None` if they are there.
    pub(super) fn fetch_first(&mut self, series: SeriesId, opening: Opening) -> Option<Vec<Effect>> {
        let check = self.check.as_mut().filter(|check| check.is_outline)?;
        if check.fetched.contains(&series) {
            return None;
        }
        let found = self.library.series(series);
        let study = self.library.study(found.study).uid.clone();
        let Some(&first) = found.instances.first().filter(|_| !found.uid.is_empty() && !study.is_empty())
        else {
            return Some(self.say(UNCHECKED));
        };
        check.wanted = Some((series, opening));
        let folder = self.library.folder(first).to_owned();
        Some(vec![Effect::Fetch(Wanted { id: series, folder, study, series: found.uid.clone() })])
    }

    /// The files of a series have come: it is opened, unless the user has gone elsewhere.
    pub(super) fn fetched(&mut self, series: SeriesId, files: Vec<Sighting>) -> Vec<Effect> {
        let Some(check) = self.check.as_mut().filter(|check| check.is_outline) else { return vec![] };
        let opening = check.wanted.take_if(|(wanted, _)| *wanted == series).map(|(_, opening)| opening);
        if files.is_empty() {
            return self.say(UNCHECKED);
        }
        check.fetched.insert(series);
        let all = self.library.series(series).frames;
        self.library.fill(series, files);
        let frames = self.library.series(series).frames;
        let is_here = match self.views.last() {
            None => self.browser.series(&self.library) == Some(series),
            Some(view) => matches!(view, View::Viewer(_)),
        };
        let effects = match opening.filter(|_| is_here) {
            Some(Opening::Slices) if self.views.is_empty() => self.open(series),
            Some(Opening::Slices) => self.open_instead(series),
            Some(Opening::Tags) => self.open_tags_of(series),
            None => return vec![],
        };
        if frames < all {
            self.notice = Some(format!("{frames} of {all} images; the others are still being checked."));
        }
        effects
    }

    /// True if there is only an outline; says so.
    pub(super) fn refuses_unchecked(&mut self) -> bool {
        if self.is_outline() {
            self.notice = Some(UNCHECKED.to_owned());
        }
        self.is_outline()
    }
}

/// What is said where an outline is not enough.
const UNCHECKED: &str = "Files are still being checked; open it when that is done.";

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
