//! What a scan learns about one file, before it finds its place in the library.

use super::{Form, FramePlace, SeriesFacts, Text, Vector};
use std::{path::PathBuf, sync::Arc};

/// Why a file is not shown as it should be, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file or folder.
    pub path: PathBuf,
    /// A sentence: what, where, what next.
    pub what: String,
}

/// The attributes of one DICOM file that place it in the library.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Where it was found.
    pub path: PathBuf,
    /// Size on disk.
    pub bytes: u64,
    /// Patient ID (0010,0020).
    pub patient_id: Text,
    /// Issuer of Patient ID (0010,0021).
    pub issuer: Text,
    /// Patient's Name (0010,0010), decoded, groups joined by `=`.
    pub patient_name: Text,
    /// Patient's Birth Date (0010,0030).
    pub birth_date: Text,
    /// Patient's Sex (0010,0040).
    pub sex: Text,
    /// Study Instance UID (0020,000D).
    pub study_uid: Text,
    /// Study Date (0008,0020).
    pub study_date: Text,
    /// Study Time (0008,0030).
    pub study_time: Text,
    /// Study ID (0020,0010).
    pub study_id: Text,
    /// Study Description (0008,1030).
    pub study_description: Text,
    /// Accession Number (0008,0050).
    pub accession: Text,
    /// Series Instance UID (0020,000E).
    pub series_uid: Text,
    /// Series-level attributes.
    pub series: SeriesFacts,
    /// SOP Instance UID (0008,0018).
    pub sop_instance: String,
    /// Instance Number (0020,0013).
    pub number: Option<i32>,
    /// Frames; 0 without pixels.
    pub frames: u32,
    /// Image Position (Patient) of the first frame, mm LPS.
    pub position: Option<Vector>,
    /// Slice Location (0020,1041), mm.
    pub location: Option<f32>,
    /// Content or acquisition time, seconds after midnight.
    pub time: Option<f32>,
    /// What it shares with others.
    pub form: Form,
    /// One per frame, for multi-frame objects that place frames one by one.
    pub places: Vec<FramePlace>,
    /// What is odd about the file, in sentences.
    pub warnings: Vec<String>,
}

/// One file as a scan hands it on: its own attributes, and once for many files what they have in common.
///
/// Neighbours in a folder nearly always say the same of patient, study, series and form. Whoever reads
/// them says it once, and whoever files them need not look at it again.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// Where it was found.
    pub path: PathBuf,
    /// Size on disk.
    pub bytes: u64,
    /// SOP Instance UID (0008,0018).
    pub sop_instance: Box<str>,
    /// Instance Number (0020,0013).
    pub number: Option<i32>,
    /// Frames; 0 without pixels.
    pub frames: u32,
    /// Image Position (Patient) of the first frame, mm LPS.
    pub position: Option<Vector>,
    /// Slice Location (0020,1041), mm.
    pub location: Option<f32>,
    /// Content or acquisition time, seconds after midnight.
    pub time: Option<f32>,
    /// One per frame, for multi-frame objects that place frames one by one.
    pub places: Vec<FramePlace>,
    /// What is odd about the file, in sentences.
    pub warnings: Vec<String>,
    /// The first file that is like this one; of it, only what is not stated above holds for this one.
    pub like: Arc<Record>,
}

impl From<Record> for Sighting {
    fn from(mut record: Record) -> Self {
        Self {
            path: std::mem::take(&mut record.path),
            bytes: record.bytes,
            sop_instance: std::mem::take(&mut record.sop_instance).into_boxed_str(),
            number: record.number,
            frames: record.frames,
            position: record.position,
            location: record.location,
            time: record.time,
            places: std::mem::take(&mut record.places),
            warnings: std::mem::take(&mut record.warnings),
            like: Arc::new(record),
        }
    }
}

impl Sighting {
    /// Everything about the file in one place.
    pub fn record(&self) -> Record {
        Record {
            path: self.path.clone(),
            bytes: self.bytes,
            sop_instance: self.sop_instance.to_string(),
            number: self.number,
            frames: self.frames,
            position: self.position,
            location: self.location,
            time: self.time,
            places: self.places.clone(),
            warnings: self.warnings.clone(),
            ..(*self.like).clone()
        }
    }
}
