//! Pictures and arrays become files that other programs read: names, headers, samples, and the one way to
//! write.
//!
//! Formats are pure functions from values to bytes; only [`Folder`] touches a disk. It writes inside itself
//! and nowhere else, never over a file unless that was asked for, and a file is there whole or not at all.

pub mod csv;
mod folder;
mod kind;
mod name;
pub mod nifti;
pub mod npy;
pub mod nrrd;
pub mod picture;
mod samples;
pub use folder::{Draft, Folder, FolderError};
pub use kind::Kind;
pub use name::{digits, safe_name};
pub use samples::{Misfit, Values, bytes_of, in_place, kind_of};
