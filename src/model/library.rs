//! Everything found so far: patients, studies, series and instances in four flat lists.
//!
//! Identity follows the standard's UIDs, never folders or names; where a UID is missing one is made up
//! from what the file does say, so that nothing is dropped and nothing is merged by accident.

use super::{
    Form, Instance, InstanceId, Opinion, Patient, PatientId, Problem, Record, Review, Series, SeriesFacts,
    SeriesId, Sighting, Study, StudyId, Text, Tolerances,
};
mod outline;
pub use outline::{Outline, Sketch};

use std::{
    collections::{HashMap, HashSet, VecDeque},
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
    folders: Vec<Arc<Path>>,
    folder_ids: HashMap<Arc<Path>, u32>,
    patient_ids: HashMap<String, PatientId>,
    study_ids: HashMap<String, StudyId>,
    series_ids: HashMap<(StudyId, Text), SeriesId>,
    texts: Texts,
    recent: VecDeque<Known>,
    /// What could not be read, in order of discovery.
    pub problems: Vec<Problem>,
    /// Files by kind.
    pub counts: Counts,
    /// What reviewers have said.
    pub review: Review,
    /// What geometry is judged by.
    pub tolerances: Tolerances,
}

/// Where files like the ones that came last belong.
#[derive(Debug)]
struct Known {
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
struct Texts(HashSet<Text>);

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
        let id = InstanceId(u32::try_from(self.instances.len()).unwrap_or(u32::MAX));
        // How many files say so decides what a patient is called.
        let names = &mut self.patients[patient.0 as usize].names;
        if let Some(count) = names.get_mut(&file.like.patient_name) {
            *count += 1;
        }
        let series = &mut self.series[series_id.0 as usize];
        series.instances.push(id);
        series.bytes += file.bytes;
        series.frames += u64::from(file.frames);
        series.warned += usize::from(!file.warnings.is_empty());
        self.counts.warned += u64::from(!file.warnings.is_empty());
        self.counts.dicom += 1;
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

    fn shared_form(&mut self, series: SeriesId, form: &Form) -> Arc<Form> {
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

    fn folder_id(&mut self, folder: &Path) -> u32 {
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
            folder = format!("{} {} files", series.facts.modality.raw(), series.instances.len());
        }
        series.label(folder.trim())
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
    fn a_series_without_words_is_called_after_its_folder_unless_its_patient_is() {
        let mut library = Library::default();
        library.insert(record("7", "A", "1.2", "1.2.3"));
        assert_eq!(library.label(SeriesId(0)).raw(), "a");
        library.insert(record("a", "a", "1.3", "1.3.3"));
        assert_eq!(library.label(SeriesId(1)).raw(), "1 files");
    }

    #[test]
    fn an_instance_takes_less_than_two_hundred_bytes_beyond_its_name() {
        // What the system's allocator adds to a block, and rounds it up to.
        let block = |bytes: usize| (bytes + 8).next_multiple_of(16);
        let mut library = Library::default();
        for number in 0..20_000 {
            let uid = format!("1.3.6.1.4.1.14519.5.2.1.6279.6001.112740418331256326754{number:05}");
            library.insert(Record { sop_instance: uid, ..record("7", "A", "1.2", "1.2.3") });
        }
        let count = library.instances.len();
        let slots = library.instances.capacity() * size_of::<Instance>()
            + library.series[0].instances.capacity() * size_of::<InstanceId>();
        let names: usize = library
            .instances
            .iter()
            .map(|instance| {
                block(instance.sop_instance().len() + instance.file().len()) - instance.file().len()
            })
            .sum();

        let each = (slots + names) as f64 / count as f64;

        assert!(each <= 200.0, "{each} bytes");
    }

    #[test]
    fn files_like_one_another_share_texts_and_are_counted_one_by_one() {
        let mut library = Library::default();
        let first = Sighting::from(record("7", "Doe^J", "1.2", "1.2.3"));
        library.add(first.clone());
        library.add(Sighting { bytes: 5, ..first });
        library.insert(record("7", "Doe^J", "1.2", "1.2.4"));

        let (_, patient) = library.patients().next().unwrap();
        assert_eq!(patient.names.values().sum::<usize>(), 3);
        assert_eq!((library.all_series().len(), library.series(SeriesId(0)).bytes), (2, 5));
    }
}
