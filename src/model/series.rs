//! Patients, studies and series: who, when and what.

use super::{Form, InstanceId, Text};
use std::{collections::BTreeMap, sync::Arc};

/// Position of a patient in the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PatientId(pub u32);

/// Position of a study in the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StudyId(pub u32);

/// Position of a series in the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesId(pub u32);

/// A person, known by Patient ID; files of one ID under several names are still one patient.
#[derive(Debug, Clone, Default)]
pub struct Patient {
    /// Patient ID (0010,0020).
    pub id: Text,
    /// Every Patient's Name (0010,0010) seen, groups joined by `=`, with how many files say so.
    pub names: BTreeMap<Text, usize>,
    /// Patient's Birth Date (0010,0030), as written.
    pub birth_date: Text,
    /// Patient's Sex (0010,0040).
    pub sex: Text,
    /// In order of discovery.
    pub studies: Vec<StudyId>,
}

impl Patient {
    /// The most frequent name that is not empty; the alphabetically first of equals.
    pub fn name(&self) -> Text {
        let mut best: Option<(&Text, usize)> = None;
        for (name, &count) in self.names.iter().filter(|(name, _)| !name.is_empty()) {
            if best.is_none_or(|(_, most)| count > most) {
                best = Some((name, count));
            }
        }
        best.map(|(name, _)| name.clone()).unwrap_or_default()
    }
}

/// One examination.
#[derive(Debug, Clone)]
pub struct Study {
    /// Whose.
    pub patient: PatientId,
    /// Study Instance UID (0020,000D); empty if missing.
    pub uid: Text,
    /// Study Date (0008,0020), as written.
    pub date: Text,
    /// Study Time (0008,0030), as written.
    pub time: Text,
    /// Study Description (0008,1030).
    pub description: Text,
    /// Accession Number (0008,0050).
    pub accession: Text,
    /// Every Patient's Name its files give, nearly always one.
    pub names: Vec<Text>,
    /// In order of discovery.
    pub series: Vec<SeriesId>,
}

/// Images and other objects made in one go.
#[derive(Debug, Clone)]
pub struct Series {
    /// Of which study.
    pub study: StudyId,
    /// Series Instance UID (0020,000E); empty if missing.
    pub uid: Text,
    /// What the file says of the series.
    pub facts: SeriesFacts,
    /// In order of discovery; stacks are the display order.
    pub instances: Vec<InstanceId>,
    /// Sum over the files, bytes.
    pub bytes: u64,
    /// Frames over all instances.
    pub frames: u64,
    /// Files with a warning.
    pub warned: usize,
    /// Forms seen, newest last; new instances share one of these when they can.
    pub forms: Vec<Arc<Form>>,
}

/// Series-level attributes, from the first file that has them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SeriesFacts {
    /// Series Number (0020,0011), as written.
    pub number: Text,
    /// Modality (0008,0060).
    pub modality: Text,
    /// Series Description (0008,103E).
    pub description: Text,
    /// Protocol Name (0018,1030).
    pub protocol: Text,
    /// Sequence Name (0018,0024) or Scanning Sequence (0018,0020).
    pub sequence: Text,
    /// Body Part Examined (0018,0015).
    pub body_part: Text,
    /// Convolution Kernel (0018,1210).
    pub kernel: Text,
    /// Series Date (0008,0021), else the acquisition or content date, as written.
    pub date: Text,
    /// Series Time (0008,0031), as written.
    pub time: Text,
    /// Manufacturer (0008,0070).
    pub manufacturer: Text,
    /// Institution Name (0008,0080).
    pub institution: Text,
}

impl Series {
    /// A label a person can use, whatever the file left out.
    ///
    /// Series Description, else Protocol Name, Sequence Name, body part with kernel, the third value of
    /// Image Type, and at last the name of the folder: downloads such as the Data Science Bowl's have
    /// nothing else.
    pub fn label(&self, folder: &str) -> Text {
        let facts = &self.facts;
        let anatomy = [facts.body_part.raw(), facts.kernel.raw()].join(" ");
        let image_type = self.forms.first().map_or("", |form| form.image_type.raw());
        let kind = image_type.splitn(3, '\\').nth(2).unwrap_or("");
        [facts.description.raw(), facts.protocol.raw(), facts.sequence.raw(), anatomy.trim(), kind]
            .into_iter()
            .find(|text| !text.trim().is_empty())
            .map_or_else(|| Text::from(folder), |text| Text::from(text.trim()))
    }
}
