//! How a file finds its place in the library: under which patient, study and series, and beside which form.
//!
//! Files arrive by the hundred with the same answer, so the answers given last are tried first. Patients are
//! told apart by ID and issuer, those without one by name and birth date.

use super::Library;
use crate::model::{
    Form, Instance, InstanceId, Patient, PatientId, Record, Series, SeriesFacts, SeriesId, Sighting, Study,
    StudyId, Text,
};
use std::{collections::HashSet, path::Path, sync::Arc};

/// Where files like the ones that came last belong.
#[derive(Debug)]
pub(super) struct Known {
    like: Arc<Record>,
    folder: u32,
    patient: PatientId,
    series: SeriesId,
    form: Arc<Form>,
}

impl Known {
    /// The folder only counts where identifiers are missing.
    fn holds_for(&self, like: &Arc<Record>, folder: u32) -> bool {
        let named = !like.study_uid.is_empty() && !like.series_uid.is_empty();
        Arc::ptr_eq(&self.like, like) && (named || self.folder == folder)
    }
}

/// Several readers hand on files in turn, each with its own idea of what they are like.
const RECENT: usize = 32;

/// Texts that many series have in common, each kept once.
#[derive(Debug, Default)]
pub(super) struct Texts(HashSet<Text>);

impl Texts {
    fn intern(&mut self, text: &mut Text) {
        match self.0.get(text) {
            Some(known) => text.clone_from(known),
            None => drop(self.0.insert(text.clone())),
        }
    }
}

/// Forms looked through before a new one is kept; neighbours in a folder nearly always match the last.
const FORMS_SEARCHED: usize = 24;

impl Library {
    /// Files one instance under its patient, study and series, making them as needed.
    pub fn insert(&mut self, record: Record) -> InstanceId {
        self.add(record.into())
    }

    /// The same for a file as a scan hands it on.
    pub fn add(&mut self, file: Sighting) -> InstanceId {
        let folder = file.path.parent().unwrap_or(Path::new(""));
        let folder = self.folder_id(folder);
        let known = self.recent.iter().position(|known| known.holds_for(&file.like, folder));
        let at = known.unwrap_or_else(|| self.get_to_know(&file.like, folder));
        let Known { patient, series: series_id, ref form, .. } = self.recent[at];
        let form = Arc::clone(form);
        // How many files say so decides what a patient is called.
        let names = &mut self.patients[patient.0 as usize].names;
        if let Some(count) = names.get_mut(&file.like.patient_name) {
            *count += 1;
        }
        self.counts.warned += u64::from(!file.warnings.is_empty());
        self.counts.dicom += 1;
        self.put(file, folder, series_id, form)
    }

    /// Adds an instance to a series.
    pub(super) fn put(
        &mut self,
        file: Sighting,
        folder: u32,
        series: SeriesId,
        form: Arc<Form>,
    ) -> InstanceId {
        let id = InstanceId(u32::try_from(self.instances.len()).unwrap_or(u32::MAX));
        let series = &mut self.series[series.0 as usize];
        series.instances.push(id);
        series.bytes += file.bytes;
        series.frames += u64::from(file.frames);
        series.warned += usize::from(!file.warnings.is_empty());
        self.changes += 1;
        if self.runs.last().is_none_or(|&(last, _)| last != folder) {
            self.runs.push((folder, id.0));
        }
        if self.instances.len() == self.instances.capacity() {
            // Doubling would keep room for half a million instances that never come, and a block as large as
            // this one grows without being copied.
            self.instances.reserve_exact((self.instances.len() / 32).max(64));
        }
        self.instances.push(Instance::new(file, folder, form));
        id
    }

    /// Finds or makes the place of files like this one, and remembers it.
    fn get_to_know(&mut self, like: &Arc<Record>, folder: u32) -> usize {
        let study = self.study_of(like, folder);
        let series = self.series_of(like, study, folder);
        let patient = self.studies[study.0 as usize].patient;
        let form = self.shared_form(series, &like.form);
        if self.recent.len() == RECENT {
            self.recent.pop_back();
        }
        self.recent.push_front(Known { like: Arc::clone(like), folder, patient, series, form });
        0
    }

    pub(super) fn shared_form(&mut self, series: SeriesId, form: &Form) -> Arc<Form> {
        let forms = &self.series[series.0 as usize].forms;
        if let Some(known) = forms.iter().rev().take(FORMS_SEARCHED).find(|known| ***known == *form) {
            return Arc::clone(known);
        }
        let mut form = form.clone();
        for text in form.texts_mut() {
            self.texts.intern(text);
        }
        let form = Arc::new(form);
        self.series[series.0 as usize].forms.push(Arc::clone(&form));
        form
    }

    pub(super) fn folder_id(&mut self, folder: &Path) -> u32 {
        // Files arrive folder by folder, so the last one usually fits without hashing a path.
        if self.folders.last().is_some_and(|last| last.as_os_str() == folder.as_os_str()) {
            return u32::try_from(self.folders.len() - 1).unwrap_or(u32::MAX);
        }
        if let Some(&id) = self.folder_ids.get(folder) {
            return id;
        }
        let id = u32::try_from(self.folders.len()).unwrap_or(u32::MAX);
        let folder: Arc<Path> = folder.into();
        self.folders.push(Arc::clone(&folder));
        self.folder_ids.insert(folder, id);
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
        // Counted where the file is filed.
        known.names.entry(record.patient_name.clone()).or_default();
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
        let interned = |text: &Text, texts: &mut Texts| {
            let mut text = text.clone();
            texts.intern(&mut text);
            text
        };
        self.studies.push(Study {
            patient,
            uid: record.study_uid.clone(),
            date: interned(&record.study_date, &mut self.texts),
            time: record.study_time.clone(),
            description: interned(&record.study_description, &mut self.texts),
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
            let facts = [modality.raw(), number.raw(), description.raw()].join("\u{1}");
            Text::from(format!("\u{1}{facts}\u{1}{folder}"))
        } else {
            record.series_uid.clone()
        };
        if let Some(&id) = self.series_ids.get(&(study, key.clone())) {
            self.series[id.0 as usize].facts.fill_from(&record.series);
            return id;
        }
        let id = SeriesId(u32::try_from(self.series.len()).unwrap_or(u32::MAX));
        self.studies[study.0 as usize].series.push(id);
        let mut facts = record.series.clone();
        for text in facts.texts_mut() {
            self.texts.intern(text);
        }
        self.series.push(Series {
            study,
            uid: record.series_uid.clone(),
            facts,
            instances: vec![],
            bytes: 0,
            frames: 0,
            warned: 0,
            forms: vec![],
        });
        self.series_ids.insert((study, key), id);
        id
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

impl Form {
    /// Those that series have in common.
    fn texts_mut(&mut self) -> [&mut Text; 5] {
        let Self { sop_class, modality, transfer_syntax, photometric, image_type, .. } = self;
        [sop_class, modality, transfer_syntax, photometric, image_type]
    }
}

impl SeriesFacts {
    fn texts_mut(&mut self) -> [&mut Text; 11] {
        let Self { number, modality, description, protocol, sequence, body_part, .. } = self;
        let Self { kernel, date, time, manufacturer, institution, .. } = self;
        [
            number,
            modality,
            description,
            protocol,
            sequence,
            body_part,
            kernel,
            date,
            time,
            manufacturer,
            institution,
        ]
    }

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
