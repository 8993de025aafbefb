//! Why one file could not be read, in sentences for people.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why one file could not be read. A scan carries on without it.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not DICOM at all; a scan only counts these.
    #[error("not a DICOM file: no DICM marker at byte 128 and no readable element at the start")]
    NotDicom {
        /// The file.
        path: PathBuf,
    },
    /// It says it is DICOM, and nothing more can be made of it.
    #[error("{why}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// A sentence.
        why: String,
    },
    /// Its pixels cannot be shown; its tags can.
    #[error("{why}")]
    Pixels {
        /// The file.
        path: PathBuf,
        /// A sentence.
        why: String,
    },
    /// The system refused.
    #[error("cannot be read: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

impl ReadError {
    /// A refusal by the system.
    pub fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}
