//! Stacks become files: decoded, converted and written slice by slice on several threads, so that neither
//! the size of a stack nor the number of stacks is a matter of memory.

mod array;
mod copy;
mod film;
mod form;
mod gzip;
mod npz;
mod prepared;
mod sidecar;
mod sixteen;
mod slices;
mod survey;
mod table;
mod target;
mod unfold;
mod value;
pub use array::{ArrayFormat, ArrayTask, Written, write_array};
pub use film::PictureFormat;
pub use form::{Export, Form};
pub use prepared::{PreparedEntry, write_prepared};
pub use slices::{Slice, Slices};
pub use target::{Selection, Target, targets, targets_of};
pub use value::ValueTask;

use crate::export::FolderError;
use std::path::{Path, PathBuf};

/// Why a stack did not become a file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file cannot be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A frame cannot be read.
    #[error("{}: {why}", path.display())]
    Frame {
        /// In which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// What is wanted has one number for each place.
    #[error("{}: has colours, which are no values; export them as npy or png", path.display())]
    Color {
        /// The first such file.
        path: PathBuf,
    },
    /// Colours in a series of values, or the other way round.
    #[error("{}: colours and values do not go into one array; export them as png", path.display())]
    Mixed {
        /// The first file that is of the other sort.
        path: PathBuf,
    },
    /// Not the size of the first slice.
    #[error("{}: is {} x {} pixels and not {} x {} as the first slice", path.display(), found.1, found.0, first.1, first.0)]
    Shape {
        /// Which file.
        path: PathBuf,
        /// Its rows and columns.
        found: (usize, usize),
        /// Those of the first slice.
        first: (usize, usize),
    },
    /// The format has no room for so many.
    #[error("{}: an axis is longer than {format} can say ({most}); export it as npy or nrrd", path.display())]
    TooLong {
        /// The file that was to be written.
        path: PathBuf,
        /// The format.
        format: &'static str,
        /// Its limit.
        most: usize,
    },
    /// The encoder of pictures refuses.
    #[error("{}: {why}", path.display())]
    Picture {
        /// The file that was to be written.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Somebody has changed their mind.
    #[error("stopped")]
    Stopped,
}

impl ExportError {
    pub(super) fn frame(path: &Path, why: impl std::fmt::Display) -> Self {
        Self::Frame { path: path.to_owned(), why: why.to_string() }
    }
}
