//! The files of a stack themselves, byte by byte, in the order of the stack.

use super::{ExportError, Slices};
use crate::export::{Draft, Folder};
use std::{
    collections::HashSet,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Bytes copied at once.
const PIECE: usize = 1 << 20;

/// Writes every file of the stack once, called `stem-001.dcm` and so on in display order; out of archives too.
///
/// `digits` is how many digits numbers have; `step` is called after each file.
///
/// # Errors
///
/// [`ExportError`]; what was written before stays.
pub(super) fn copy_files(
    slices: &Slices<'_>,
    digits: usize,
    folder: &Folder,
    stem: &str,
    step: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<PathBuf>, ExportError> {
    let mut known = HashSet::new();
    let files: Vec<&Path> =
        slices.list.iter().map(|slice| slice.path.as_ref()).filter(|path| known.insert(*path)).collect();
    let mut written = vec![];
    for (number, path) in (1..).zip(files) {
        let draft = folder.begin(&format!("{stem}-{number:0digits$}.dcm"))?;
        copy(slices, path, &draft)?;
        written.push(draft.finish()?);
        if !step() {
            return Err(ExportError::Stopped);
        }
    }
    Ok(written)
}

fn copy(slices: &Slices<'_>, path: &Path, draft: &Draft) -> Result<(), ExportError> {
    if !slices.archives.is_dicom(path).map_err(|why| ExportError::frame(path, why))? {
        return Err(ExportError::frame(path, "it is not DICOM, and so no copy of it would be"));
    }
    let mut source = slices.archives.open(path).map_err(|why| ExportError::frame(path, why))?;
    let mut at = 0;
    while at < source.len() {
        let bytes = source.peek(at, PIECE).map_err(|why| ExportError::frame(path, why))?;
        if bytes.is_empty() {
            // Shorter than it was a moment ago.
            return Err(ExportError::frame(path, io::Error::from(io::ErrorKind::UnexpectedEof)));
        }
        draft.file().write_all(bytes).map_err(|why| draft.error(why))?;
        at += bytes.len() as u64;
    }
    Ok(())
}
