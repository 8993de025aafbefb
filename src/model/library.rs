//! Everything found so far: patients, studies, series and instances in four flat lists.
//!
//! Identity follows the standard's UIDs, never folders or names; where a UID is missing one is made up
//! from what the file does say, so that nothing is dropped and nothing is merged by accident.

use super::{
    Form, Instance, InstanceId, Opinion, Patient, PatientId, Problem, Record, Review, Series, SeriesFacts,
    SeriesId, Study, StudyId, Text,
};
use std::{
    collections::HashMap,
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
    folders: Vec<PathBuf>,
    folder_ids: HashMap<PathBuf, u32>,
    patient_ids: HashMap<String, PatientId>,
    study_ids: HashMap<String, StudyId>,
    series_ids: HashMap<(StudyId, String), SeriesId>,
    /// What could not be read, in order of discovery.
    pub problems: Vec<Problem>,
    /// Files by kind.
    pub counts: Counts,
    /// What reviewers have said.
    pub review: Review,
}

/// Forms looked through before a new one is kept; neighbours in a folder nearly always match the last.
const FORMS_SEARCHED: usize = 24;

impl Library {
    /// An empty library that knows what reviewers have said.
    pub fn reviewed(review: Review) -> Self {
        Self { review, ..Self::default() }
    }

    /// What was said of a series, or of its study.
    pub fn opinion(&self, id: SeriesId) -> Option<&Opinion> {
        let series = self.series(id);
        self.review.of(series.uid.raw(), self.study(series.study).uid.raw())
    }

    /// Files one instance under its patient, study and series, making them as needed.
    pub fn insert(&mut self, record: Record) -> InstanceId {
        let folder = record.path.parent().unwrap_or(Path::new(""));
        let folder = self.folder_id(folder);
        let study = self.study_of(&record, folder);
        let series_id = self.series_of(&record, study, folder);
        let id = InstanceId(u32::try_from(self.instances.len()).unwrap_or(u32::MAX));
        let series = &mut self.series[series_id.0 as usize];
        series.instances.push(id);
        series.bytes += record.bytes;
        series.frames += u64::from(record.frames);
        series.warned += usize::from(!record.warnings.is_empty());
        self.counts.warned += u64::from(!record.warnings.is_empty());
        let form = shared_form(&mut series.forms, record.form);
        self.counts.dicom += 1;
        self.instances.push(Instance {
            folder,
            file: record.path.file_name().unwrap_or_default().to_owned(),
            bytes: record.bytes,
            sop_instance: record.sop_instance.into_boxed_str(),
            number: record.number,
            frames: record.frames,
            position: record.position,
            location: record.location,
            time: record.time,
            form,
            places: (!record.places.is_empty()).then(|| record.places.into_boxed_slice()),
            warnings: (!record.warnings.is_empty()).then(|| record.warnings.into_boxed_slice()),
        });
        id
    }

    fn folder_id(&mut self, folder: &Path) -> u32 {
        // Files arrive folder by folder, so the last one usually fits without hashing a path.
        let last = self.folders.len().saturating_sub(1);
        if self.folders.last().is_some_and(|path| path == folder) {
            return u32::try_from(last).unwrap_or(u32::MAX);
        }
        if let Some(&id) = self.folder_ids.get(folder) {
            return id;
        }
        let id = u32::try_from(self.folders.len()).unwrap_or(u32::MAX);
        self.folders.push(folder.to_owned());
        self.folder_ids.insert(folder.to_owned(), id);
        id
    }

    fn study_of(&mut self, record: &Record, folder: u32) -> StudyId {
        let person = patient_key(record);
        let exam = if record.study_uid.is_empty() {
            let (date, id) = (&record.study_date, &record.study_id);
            format!("\u{1}{}\u{1}{}\u{1}{folder}", date.raw(), id.raw())
        } else {
            record.study_uid.raw().to_owned()
        };
        // Without an ID and a name, one patient per study: strangers must not become one person.
        let person = person.unwrap_or_else(|| format!("\u{2}{exam}"));
        let study_key = format!("{person}\u{1}{exam}");
        let patient = *self.patient_ids.entry(person).or_insert_with(|| {
            self.patients.push(Patient::default());
            PatientId(u32::try_from(self.patients.len() - 1).unwrap_or(u32::MAX))
        });
        let known = &mut self.patients[patient.0 as usize];
        known.id.fill_from(&record.patient_id);
        known.birth_date.fill_from(&record.birth_date);
        known.sex.fill_from(&record.sex);
        *known.names.entry(record.patient_name.clone()).or_default() += 1;
        if let Some(&study) = self.study_ids.get(&study_key) {
            let known = &mut self.studies[study.0 as usize];
            known.description.fill_from(&record.study_description);
            known.date.fill_from(&record.study_date);
            if !known.names.contains(&record.patient_name) {
                known.names.push(record.patient_name.clone());
            }
            return study;
        }
        let study = StudyId(u32::try_from(self.studies.len()).unwrap_or(u32::MAX));
        known.studies.push(study);
        self.studies.push(Study {
            patient,
            uid: record.study_uid.clone(),
            date: record.study_date.clone(),
            time: record.study_time.clone(),
            description: record.study_description.clone(),
            accession: record.accession.clone(),
            names: vec![record.patient_name.clone()],
            series: vec![],
        });
        self.study_ids.insert(study_key, study);
        study
    }

    fn series_of(&mut self, record: &Record, study: StudyId, folder: u32) -> SeriesId {
        let key = if record.series_uid.is_empty() {
            let SeriesFacts { modality, number, description, .. } = &record.series;
            format!("\u{1}{}\u{1}{}\u{1}{}\u{1}{folder}", modality.raw(), number.raw(), description.raw())
        } else {
            record.series_uid.raw().to_owned()
        };
        if let Some(&id) = self.series_ids.get(&(study, key.clone())) {
            self.series[id.0 as usize].facts.fill_from(&record.series);
            return id;
        }
        let id = SeriesId(u32::try_from(self.series.len()).unwrap_or(u32::MAX));
        self.studies[study.0 as usize].series.push(id);
        self.series.push(Series {
            study,
            uid: record.series_uid.clone(),
            facts: record.series.clone(),
            instances: vec![],
            bytes: 0,
            frames: 0,
            warned: 0,
            forms: vec![],
        });
        self.series_ids.insert((study, key), id);
        id
    }

    /// All patients, in order of discovery.
    pub fn patients(&self) -> impl ExactSizeIterator<Item = (PatientId, &Patient)> {
        self.patients.iter().enumerate().map(|(i, p)| (PatientId(i as u32), p))
    }

    /// All series, in order of discovery.
    pub fn all_series(&self) -> impl ExactSizeIterator<Item = (SeriesId, &Series)> {
        self.series.iter().enumerate().map(|(i, s)| (SeriesId(i as u32), s))
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

    /// Where the instance's file is.
    pub fn path(&self, id: InstanceId) -> PathBuf {
        self.folder(id).join(&self.instance(id).file)
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
        let folder = series.instances.first().map_or_else(String::new, |&first| self.folder_name(first));
        series.label(&folder)
    }
}

impl Text {
    /// Takes the other's value if there is none yet.
    fn fill_from(&mut self, other: &Self) {
        if self.is_empty() && !other.is_empty() {
            self.clone_from(other);
        }
    }
}

impl SeriesFacts {
    fn fill_from(&mut self, other: &Self) {
        let mine = [&mut self.description, &mut self.protocol, &mut self.sequence, &mut self.modality];
        let theirs = [&other.description, &other.protocol, &other.sequence, &other.modality];
        mine.into_iter().zip(theirs).for_each(|(mine, theirs)| mine.fill_from(theirs));
    }
}

fn patient_key(record: &Record) -> Option<String> {
    if !record.patient_id.is_empty() {
        return Some(format!("{}\u{1}{}", record.patient_id.raw(), record.issuer.raw()));
    }
    let named = record.patient_name.raw().chars().any(|c| !matches!(c, '^' | '=' | ' '));
    named.then(|| format!("\u{3}{}\u{1}{}", record.patient_name.raw(), record.birth_date.raw()))
}

fn shared_form(forms: &mut Vec<Arc<Form>>, form: Form) -> Arc<Form> {
    if let Some(known) = forms.iter().rev().take(FORMS_SEARCHED).find(|known| ***known == form) {
        return Arc::clone(known);
    }
    let form = Arc::new(form);
    forms.push(Arc::clone(&form));
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, name: &str, study: &str, series: &str) -> Record {
        Record {
            path: PathBuf::from("/data/a/1.dcm"),
            patient_id: id.into(),
            patient_name: name.into(),
            study_uid: study.into(),
            series_uid: series.into(),
            ..Record::default()
        }
    }

    #[test]
    fn one_id_under_two_names_is_one_patient_with_the_commoner_name() {
        let mut library = Library::default();
        for name in ["Doe^J", "Doe^Jane", "Doe^Jane"] {
            library.insert(record("7", name, "1.2", "1.2.3"));
        }
        let (_, patient) = library.patients().next().unwrap();
        assert_eq!((library.patients().len(), patient.name().raw()), (1, "Doe^Jane"));
    }

    #[test]
    fn strangers_without_id_and_name_stay_strangers() {
        let mut library = Library::default();
        library.insert(record("", "^^^^", "1.2", "1.2.3"));
        library.insert(record("", "", "1.9", "1.9.3"));
        assert_eq!(library.patients().len(), 2);
    }

    #[test]
    fn a_study_uid_seen_under_two_patients_is_two_studies() {
        let mut library = Library::default();
        library.insert(record("7", "A", "1.2", "1.2.3"));
        library.insert(record("8", "B", "1.2", "1.2.3"));
        assert_eq!((library.study_count(), library.all_series().len()), (2, 2));
    }

    #[test]
    fn equal_forms_are_kept_once() {
        let mut library = Library::default();
        let ids = [1, 2].map(|_| library.insert(record("7", "A", "1.2", "1.2.3")));
        let [a, b] = ids.map(|id| Arc::clone(&library.instance(id).form));
        assert!(Arc::ptr_eq(&a, &b));
    }

    #[test]
    fn a_series_without_words_is_called_after_its_folder() {
        let mut library = Library::default();
        library.insert(record("7", "A", "1.2", "1.2.3"));
        assert_eq!(library.label(SeriesId(0)).raw(), "a");
    }
}
