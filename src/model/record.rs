//! What a scan learns about one file, before it finds its place in the library.

use super::{Form, FramePlace, SeriesFacts, Text, Vector};
use std::path::PathBuf;

/// Why a file is not shown as it should be, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file or folder.
    pub path: PathBuf,
    /// A sentence: what, where, what next.
    pub what: String,
}

/// The attributes of one DICOM file that place it in the library.
#[derive(Debug, Clone, Default)]
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
