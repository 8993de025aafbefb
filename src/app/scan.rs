//! What the user does to a scan: pause it, end it, or begin another over less.

use super::{App, Effect, Node};
use std::path::PathBuf;

/// How the user has bent the scan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scan {
    /// It waits.
    pub paused: bool,
    /// It was ended before it had seen everything.
    pub stopped: bool,
    /// It is of this folder only.
    pub only: Option<PathBuf>,
}

impl App {
    pub(super) fn pause_scan(&mut self) -> Vec<Effect> {
        if !self.scanning {
            self.notice = Some("No scan is running; R begins one.".to_owned());
            return vec![];
        }
        self.scan.paused = !self.scan.paused;
        // What has come so far is listed whole.
        self.browser.refresh(&self.library);
        vec![Effect::PauseScan(self.scan.paused)]
    }

    pub(super) fn stop_scan(&mut self) -> Vec<Effect> {
        if !self.scanning {
            return vec![];
        }
        self.scanning = false;
        self.scan = Scan { paused: false, stopped: true, only: self.scan.only.take() };
        self.browser.refresh(&self.library);
        vec![Effect::StopScan]
    }

    /// Begins anew with the folder that holds all of what is under the cursor.
    pub(super) fn scan_folder(&mut self) -> Vec<Effect> {
        match self.folder_under_cursor() {
            Some(folder) => self.rescan(Some(folder)),
            None => vec![],
        }
    }

    fn folder_under_cursor(&self) -> Option<PathBuf> {
        let library = &self.library;
        let (studies, series) = match self.browser.cursor()? {
            Node::Patient(id) => (library.patient(id).studies.clone(), vec![]),
            Node::Study(id) => (vec![id], vec![]),
            Node::Series(id) => (vec![], vec![id]),
        };
        let of_studies = studies.iter().flat_map(|&id| &library.study(id).series);
        let files = series.iter().chain(of_studies).flat_map(|&id| &library.series(id).instances);
        let mut common: Option<PathBuf> = None;
        for &file in files {
            let folder = library.folder(file);
            let holds = common.get_or_insert_with(|| folder.to_owned());
            while !folder.starts_with(&*holds) && holds.pop() {}
        }
        // Files named on their own have no folder to scan.
        common.filter(|folder| !folder.as_os_str().is_empty())
    }
}
