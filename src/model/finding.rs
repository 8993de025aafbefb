//! What is odd about files beside one another: what no file shows by itself.
//!
//! Identity, in [`identity`]: copies, one UID for two things, one Patient ID under two names. Geometry, in
//! [`volume`]: slices that are missing, repeated, uneven, sheared, or that do not say where they lie. A
//! finding is a value with a place, a rule and a sentence; what is odd about a single file is a warning of
//! its [`Record`](super::Record) instead.

mod identity;
#[cfg(test)]
mod tests;
mod volume;

use super::{InstanceId, Library, PatientId, SeriesId, StudyId};
use std::path::Path;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Good to know; nothing is wrong with it.
    Note,
    /// A reader or a program may be misled.
    Warning,
    /// Two statements of the files exclude each other.
    Error,
}

impl Weight {
    /// A word for people and programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A UID follows PS3.5 9.1.
    Uid,
    /// An SOP Instance UID names one object.
    Instance,
    /// A study is of one patient, and a series of one study.
    Belonging,
    /// A Patient ID has one name.
    Name,
    /// No slice is missing.
    Gap,
    /// Slices are evenly spaced.
    Spacing,
    /// One image lies at one place, or an attribute tells why not.
    Repeat,
    /// Slices say where they lie.
    Position,
    /// The slices of a series are parallel.
    Orientation,
    /// A stack goes along the normal of its slices.
    Tilt,
    /// Nothing tells who the patient is, where that matters.
    Person,
    /// As much is there as files and lists say.
    Complete,
    /// A DICOMDIR names the files that are there.
    Directory,
    /// An image shows one slice.
    Mosaic,
    /// Instance Numbers have no holes.
    Number,
    /// Size, pixel spacing, bits and modality are the same throughout a series.
    Mixed,
    /// A file keeps to the standard.
    Standard,
}

impl Rule {
    /// A word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uid => "uid",
            Self::Instance => "instance",
            Self::Belonging => "belonging",
            Self::Name => "name",
            Self::Gap => "gap",
            Self::Spacing => "spacing",
            Self::Repeat => "repeat",
            Self::Position => "position",
            Self::Orientation => "orientation",
            Self::Tilt => "tilt",
            Self::Mixed => "mixed",
            Self::Person => "person",
            Self::Complete => "complete",
            Self::Directory => "dicomdir",
            Self::Number => "number",
            Self::Mosaic => "mosaic",
            Self::Standard => "standard",
        }
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// A person.
    Patient(PatientId),
    /// An examination.
    Study(StudyId),
    /// A series.
    Series(SeriesId),
    /// One of the stacks of a series, by its place among [`Library::stacks`].
    Stack(SeriesId, usize),
    /// One file.
    Instance(InstanceId),
}

/// Something odd that several files show together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was checked.
    pub rule: Rule,
    /// How much it matters.
    pub weight: Weight,
    /// What it is about.
    pub place: Place,
    /// The files it concerns, in the order of the scan. Where two files exclude each other, the one that
    /// was met first is not among them.
    pub instances: Vec<InstanceId>,
    /// A sentence that names no patient: what, where.
    pub what: String,
}

impl Library {
    /// Everything odd about the files beside one another.
    ///
    /// `same` tells whether two files hold the same bytes, `None` if that is not known; it is asked once for
    /// every file whose SOP Instance UID has been met before, if both are of one size.
    pub fn findings(&self, same: impl FnMut(&Path, &Path) -> Option<bool>) -> Vec<Finding> {
        let mut found = identity::findings(self, same);
        for (id, _) in self.all_series() {
            found.extend(self.volume_findings(id));
        }
        found
    }

    /// What is odd about the geometry of one series: what its stacks show.
    pub fn volume_findings(&self, series: SeriesId) -> Vec<Finding> {
        volume::findings(self, series)
    }
}
