//! Files that are gone or were rewritten: what they said leaves the library, and every id keeps its meaning.
//!
//! What is open may hold on to an instance that was removed: it can still be asked for, and no list tells of it.

use super::Library;
use crate::model::{InstanceId, SeriesId};
use std::{
    collections::{HashMap, HashSet},
    ffi::OsStr,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::Path,
};

impl Library {
    /// The instances of these files, and of all that lie below these folders or in these archives.
    pub fn at(&self, paths: &[&Path]) -> Vec<InstanceId> {
        let below = Below::new(paths);
        let mut named: HashMap<u32, HashSet<&OsStr>> = HashMap::new();
        for path in paths {
            let folder = path.parent().and_then(|folder| self.folder_ids.get(folder));
            if let Some((&folder, name)) = folder.zip(path.file_name()) {
                named.entry(folder).or_default().insert(name);
            }
        }
        let whole: Vec<bool> =
            self.folders.iter().map(|folder| below.holds(folder.as_os_str().as_encoded_bytes())).collect();
        let mut found = vec![];
        for (at, &(folder, start)) in self.runs.iter().enumerate() {
            let is_whole = whole[folder as usize];
            let names = named.get(&folder);
            if !is_whole && names.is_none() {
                continue;
            }
            let end = self.runs.get(at + 1).map_or(self.instances.len(), |&(_, next)| next as usize);
            for (id, instance) in (start..).zip(&self.instances[start as usize..end]) {
                if is_whole || names.is_some_and(|names| names.contains(instance.file())) {
                    found.push(InstanceId(id));
                }
            }
        }
        found
    }

    /// Takes instances out of their series, and series without any out of all lists; tells how many were there.
    pub fn remove(&mut self, gone: &[InstanceId]) -> u64 {
        let mut is_gone = vec![false; self.instances.len()];
        for id in gone {
            is_gone[id.0 as usize] = true;
        }
        let (mut emptied, mut all) = (HashSet::new(), 0);
        for (at, series) in (0..).zip(&mut self.series) {
            let before = series.instances.len();
            series.instances.retain(|id| {
                let stays = !is_gone[id.0 as usize];
                if !stays {
                    let instance = &self.instances[id.0 as usize];
                    let warned = usize::from(!instance.warnings().is_empty());
                    series.bytes -= instance.bytes;
                    series.frames -= u64::from(instance.frames);
                    series.warned -= warned;
                    self.counts.warned -= warned as u64;
                }
                stays
            });
            let removed = (before - series.instances.len()) as u64;
            all += removed;
            if removed > 0 && series.instances.is_empty() {
                emptied.insert(SeriesId(at));
            }
        }
        self.counts.dicom -= all;
        self.changes += all;
        self.detach(&emptied);
        all
    }

    /// Lets go of series without instances: should one come again, it is a new one.
    fn detach(&mut self, emptied: &HashSet<SeriesId>) {
        if emptied.is_empty() {
            return;
        }
        // They may lead there.
        self.recent.clear();
        self.series_ids.retain(|_, id| !emptied.contains(id));
        let mut studies = HashSet::new();
        for study in emptied.iter().map(|id| self.series[id.0 as usize].study) {
            let listed = &mut self.studies[study.0 as usize].series;
            listed.retain(|id| !emptied.contains(id));
            if listed.is_empty() {
                studies.insert(study);
            }
        }
        self.study_ids.retain(|_, id| !studies.contains(id));
        let mut patients = HashSet::new();
        for patient in studies.iter().map(|id| self.studies[id.0 as usize].patient) {
            let listed = &mut self.patients[patient.0 as usize].studies;
            listed.retain(|id| !studies.contains(id));
            if listed.is_empty() {
                patients.insert(patient);
            }
        }
        self.patient_ids.retain(|_, id| !patients.contains(id));
    }

    /// Remembers that a file is counted and not listed: as a DICOMDIR, or as no DICOM.
    pub fn set_aside(&mut self, path: &Path, is_directory: bool) {
        self.aside.insert(hash(path), is_directory);
    }

    /// Forgets what was wrong with these files and with all below these folders, and files that were set aside;
    /// tells how many they were.
    pub fn forgive(&mut self, paths: &[&Path]) -> u64 {
        let below = Below::new(paths);
        let before = self.problems.len();
        self.problems.retain(|problem| !below.holds(problem.path.as_os_str().as_encoded_bytes()));
        let mut forgiven = (before - self.problems.len()) as u64;
        self.counts.problems -= forgiven;
        for path in paths {
            match self.aside.remove(&hash(path)) {
                Some(true) => self.counts.dicomdir -= 1,
                Some(false) => self.counts.ignored -= 1,
                None => continue,
            }
            forgiven += 1;
        }
        forgiven
    }
}

fn hash(path: &Path) -> u64 {
    let mut hash = DefaultHasher::new();
    path.as_os_str().hash(&mut hash);
    hash.finish()
}

/// Paths, and everything below them: in folders after `/`, in archives after `!/`.
struct Below<'a>(HashSet<&'a [u8]>);

impl<'a> Below<'a> {
    fn new(paths: &[&'a Path]) -> Self {
        Self(paths.iter().map(|path| path.as_os_str().as_encoded_bytes()).collect())
    }

    fn holds(&self, path: &[u8]) -> bool {
        let ends = (0..path.len()).filter(|&at| match path[at] {
            b'/' => true,
            b'!' => matches!(path.get(at + 1), None | Some(b'/')),
            _ => false,
        });
        ends.chain([path.len()]).any(|end| self.0.contains(&path[..end]))
    }
}
