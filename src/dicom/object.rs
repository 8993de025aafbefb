//! Opening one file: recognise it, inflate it if need be, read its attributes.

use super::{
    DataSet, Encoding, Kind, ReadError, Source, Start,
    dataset::{Object, Parsed},
    foreign,
    inflate::inflated,
    recognise,
};
use std::{path::Path, sync::Arc};

/// A deflated data set may grow to this many MiB; what is beyond is as if it were not there.
const INFLATED: usize = 128;

impl Object {
    /// Opens a file and reads all its attributes.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if it cannot be opened or is not DICOM. Damage further on is no error: it is kept in
    /// [`Object::damage`], beside what could be read.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        Self::read(path, Source::open(path).map_err(|error| ReadError::io(path, error))?)
    }

    /// Reads all attributes of an opened file; `path` is what errors call it.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`].
    pub fn read(path: &Path, mut source: Source) -> Result<Self, ReadError> {
        let mut start = start_of_any(path, &mut source)?;
        let meta = meta(&source, &start);
        if start.deflated {
            let found =
                inflated(&source, start.offset, INFLATED << 20).map_err(|e| ReadError::io(path, e))?;
            source = found.source;
            if found.is_cut {
                start.notes.push(format!("inflates to more than {INFLATED} MiB; the rest is left out"));
            }
            let from = source.peek(0, 8).map_err(|e| ReadError::io(path, e))?;
            start.encoding = recognise::guess(from, Some(Encoding::EXPLICIT));
            start.offset = 0;
        }
        let Parsed { data_set, damage } = DataSet::read(&mut source, start.offset, start.encoding);
        Ok(Self { source, start, data_set, meta, damage: damage.map(Arc::new) })
    }

    /// True if it was made of a file of another format.
    pub fn is_foreign(&self) -> bool {
        self.start.foreign
    }

    /// True if the data set was deflated and is longer than what is read of such ones.
    pub fn is_cut(&self) -> bool {
        self.start.deflated && self.source.len() >= (INFLATED as u64) << 20
    }
}

/// Recognises an opened file; one of another format that is named becomes an object.
///
/// # Errors
///
/// [`ReadError`].
pub(super) fn start_of_any(path: &Path, source: &mut Source) -> Result<Start, ReadError> {
    let is_raw = foreign::said(path).1.raw.is_some();
    let known = if is_raw { None } else { Some(start(path, source)) };
    match known {
        None | Some(Err(ReadError::NotDicom { .. })) => {}
        Some(start) => return start,
    }
    let not_dicom = || ReadError::NotDicom { path: path.to_owned() };
    let dressed = foreign::dressed(path, source).ok_or_else(not_dicom)?;
    let dressed = dressed.map_err(|why| ReadError::Damaged { path: path.to_owned(), why })?;
    *source = dressed.source;
    let mut start = start(path, source)?;
    (start.foreign, start.notes) = (true, dressed.notes);
    Ok(start)
}

/// Recognises an opened file.
///
/// # Errors
///
/// [`ReadError`].
pub(super) fn start(path: &Path, source: &mut Source) -> Result<Start, ReadError> {
    match recognise::recognise(source).map_err(|error| ReadError::io(path, error))? {
        Kind::Dicom(start) => Ok(start),
        Kind::Damaged(why) => Err(ReadError::Damaged { path: path.to_owned(), why: why.to_owned() }),
        Kind::Other => Err(ReadError::NotDicom { path: path.to_owned() }),
    }
}

/// Group 0002 can be this long; real ones have a few hundred bytes.
const MOST_META: u64 = 1 << 20;

/// Group 0002 as a tree, for the listing of attributes: what stands before the data set.
pub(super) fn meta(source: &Source, start: &Start) -> DataSet {
    let head = source.read(0, start.offset.min(MOST_META) as usize).unwrap_or_default();
    let from = match &head[..] {
        head if head.get(128..132) == Some(b"DICM") => 132,
        head if head.starts_with(b"DICM") => 4,
        _ => 0,
    };
    let mut parsed = DataSet::read(&mut Source::memory(head), from, Encoding::EXPLICIT);
    parsed.data_set.elements.retain(|element| element.header.tag.0 == 2);
    parsed.data_set
}
