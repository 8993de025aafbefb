//! Everything found so far: patients, studies, series and instances in four flat lists.
//!
//! Identity follows the standard's UIDs, never folders or names; where a UID is missing one is made up
//! from what the file does say, so that nothing is dropped and nothing is merged by accident.

mod filing;
mod outline;
mod removal;
#[cfg(test)]
mod tests;

use super::{
    Instance, InstanceId, Opinion, Patient, PatientId, Problem, Review, Series, SeriesId, Study, StudyId,
    Text, Tolerances, count,
};
use filing::{Known, Texts};
pub use outline::Sketch;
use std::{
    collections::{HashMap, VecDeque},
    path::{Path, PathBuf},
    sync::Arc,
};

/// How many files of each kind a scan has met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Regular files visited.
    pub files: u64,
    /// DICOM files that are in the library.
    pub dicom: u64,
    /// DICOMDIR files: an index, not an image.
    pub dicomdir: u64,
    /// Not DICOM.
    pub ignored: u64,
    /// Files and folders with a problem line.
    pub problems: u64,
    /// Files in the library with a warning.
    pub warned: u64,
}

/// The result of a scan, growing while it runs.
#[derive(Debug, Default)]
pub struct Library {
    patients: Vec<Patient>,
    studies: Vec<Study>,
    series: Vec<Series>,
    instances: Vec<Instance>,
    /// Instances that came one after the other from one folder: which, and the first of them.
    runs: Vec<(u32, u32)>,
    folders: Vec<Arc<Path>>,
    folder_ids: HashMap<Arc<Path>, u32>,
    patient_ids: HashMap<String, PatientId>,
    study_ids: HashMap<String, StudyId>,
    series_ids: HashMap<(StudyId, Text), SeriesId>,
    texts: Texts,
    recent: VecDeque<Known>,
    changes: u64,
    /// Files that are counted and not listed, by a hash of their path; true for a DICOMDIR.
    aside: HashMap<u64, bool>,
    /// What could not be read, in order of discovery.
    pub problems: Vec<Problem>,
    /// Files by kind.
    pub counts: Counts,
    /// What reviewers have said.
    pub review: Review,
    /// What geometry is judged by.
    pub tolerances: Tolerances,
}

impl Library {
    /// An empty library that knows what reviewers have said.
    pub fn reviewed(review: Review) -> Self {
        Self { review, ..Self::default() }
    }

    /// An empty one that judges geometry by these.
    pub fn judging_by(tolerances: Tolerances) -> Self {
        Self { tolerances, ..Self::default() }
    }

    /// What was said of a series, or of its study.
    pub fn opinion(&self, id: SeriesId) -> Option<&Opinion> {
        let series = self.series(id);
        self.review.of(series.uid.raw(), self.study(series.study).uid.raw())
    }

    /// All patients, in order of discovery.
    pub fn patients(&self) -> impl ExactSizeIterator<Item = (PatientId, &Patient)> {
        self.patients.iter().enumerate().map(|(i, p)| (PatientId(i as u32), p))
    }

    /// All series that have instances, in order of discovery.
    pub fn all_series(&self) -> impl Iterator<Item = (SeriesId, &Series)> {
        let numbered = self.series.iter().enumerate().map(|(i, s)| (SeriesId(i as u32), s));
        numbered.filter(|(_, series)| !series.instances.is_empty())
    }

    /// How many those are.
    pub fn series_count(&self) -> usize {
        self.series_ids.len()
    }

    /// A number that grows with every instance that comes or goes.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// All studies, in order of discovery.
    pub fn studies(&self) -> impl ExactSizeIterator<Item = (StudyId, &Study)> {
        self.studies.iter().enumerate().map(|(i, s)| (StudyId(i as u32), s))
    }

    /// Number of studies.
    pub fn study_count(&self) -> usize {
        self.studies.len()
    }

    /// The patient of that place in the list.
    pub fn patient(&self, id: PatientId) -> &Patient {
        &self.patients[id.0 as usize]
    }

    /// The study of that place in the list.
    pub fn study(&self, id: StudyId) -> &Study {
        &self.studies[id.0 as usize]
    }

    /// The series of that place in the list.
    pub fn series(&self, id: SeriesId) -> &Series {
        &self.series[id.0 as usize]
    }

    /// The instance of that place in the list.
    pub fn instance(&self, id: InstanceId) -> &Instance {
        &self.instances[id.0 as usize]
    }

    /// Number of instances; their places in the list go from 0 on.
    pub fn instance_count(&self) -> usize {
        self.instances.len()
    }

    /// The series of every instance, by its place in the list.
    pub fn series_of_instances(&self) -> Vec<SeriesId> {
        let mut found = vec![SeriesId(0); self.instances.len()];
        for (id, series) in self.all_series() {
            for instance in &series.instances {
                found[instance.0 as usize] = id;
            }
        }
        found
    }

    /// The instance with this SOP Instance UID, and its series; the first one if several claim it.
    pub fn find(&self, sop_instance: &str) -> Option<(SeriesId, InstanceId)> {
        let found = self.instances.iter().position(|instance| instance.sop_instance() == sop_instance)?;
        let id = InstanceId(found as u32);
        let (series, _) = self.all_series().find(|(_, series)| series.instances.contains(&id))?;
        Some((series, id))
    }

    /// Where the instance's file is.
    pub fn path(&self, id: InstanceId) -> PathBuf {
        self.folder(id).join(self.instance(id).file())
    }

    /// The folder that holds the instance's file.
    pub fn folder(&self, id: InstanceId) -> &Path {
        &self.folders[self.instance(id).folder as usize]
    }

    /// The last part of the folder that holds the instance.
    pub fn folder_name(&self, id: InstanceId) -> String {
        let folder = self.folder(id);
        folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned()
    }

    /// The label of a series; see [`Series::label`].
    pub fn label(&self, id: SeriesId) -> Text {
        let series = self.series(id);
        let mut folder = series.instances.first().map_or_else(String::new, |&first| self.folder_name(first));
        // The Data Science Bowl's folders are called like their patients, who stand above already.
        if folder == self.patient(self.study(series.study).patient).id.raw() {
            folder = format!("{} {}", series.facts.modality.raw(), count(series.instances.len(), "file"));
        }
        series.label(folder.trim())
    }
}
