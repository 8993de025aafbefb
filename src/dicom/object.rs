//! Opening one file: recognise it, inflate it if need be, read its attributes.

use super::{DataSet, Encoding, Kind, ReadError, Source, Start, dataset::Object, dataset::Parsed, recognise};
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use std::{path::Path, sync::Arc};

/// A deflated data set may grow to this; a bomb is cut here and shown as truncated.
const INFLATED: u64 = 1 << 30;

impl Object {
    /// Opens a file and reads all its attributes.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if it cannot be opened or is not DICOM. Damage further on is no error: it is kept in
    /// [`Object::damage`], beside what could be read.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let (mut source, mut start) = open(path)?;
        if start.deflated {
            source = inflate(&source, start.offset, INFLATED).map_err(|e| ReadError::io(path, e))?;
            let from = source.peek(0, 8).map_err(|e| ReadError::io(path, e))?;
            start.encoding = recognise::guess(from, Some(Encoding::EXPLICIT));
            start.offset = 0;
        }
        let meta = meta(path, &start);
        let Parsed { data_set, damage } = DataSet::read(&mut source, start.offset, start.encoding);
        Ok(Self { source, start, data_set, meta, damage: damage.map(Arc::new) })
    }
}

/// Opens and recognises a file.
///
/// # Errors
///
/// [`ReadError`].
pub(super) fn open(path: &Path) -> Result<(Source, Start), ReadError> {
    let mut source = Source::open(path).map_err(|error| ReadError::io(path, error))?;
    match recognise::recognise(&mut source).map_err(|error| ReadError::io(path, error))? {
        Kind::Dicom(start) => Ok((source, start)),
        Kind::Damaged(why) => Err(ReadError::Damaged { path: path.to_owned(), why: why.to_owned() }),
        Kind::Other => Err(ReadError::NotDicom { path: path.to_owned() }),
    }
}

/// Group 0002 as a tree, for the listing of attributes.
fn meta(path: &Path, start: &Start) -> DataSet {
    let Ok(mut source) = Source::open(path) else { return DataSet::default() };
    let from = match source.peek(0, 132) {
        Ok(head) if head.get(128..132) == Some(b"DICM") => 132,
        Ok(head) if head.starts_with(b"DICM") => 4,
        _ => 0,
    };
    let mut parsed = DataSet::read(&mut source, from, Encoding::EXPLICIT);
    let end = if start.deflated { u64::MAX } else { start.offset };
    parsed.data_set.elements.retain(|element| element.header.tag.0 == 2 && element.header.start < end);
    parsed.data_set
}

/// Inflates everything from `offset` on, at most `limit` bytes of it (PS3.5 A.5).
///
/// Bytes before a damaged place are kept.
///
/// # Errors
///
/// What the system says while reading the file.
pub(super) fn inflate(source: &Source, offset: u64, limit: u64) -> std::io::Result<Source> {
    let packed = source.read(offset, usize::try_from(source.len().min(limit)).unwrap_or(usize::MAX))?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    // An error here is the end of the good bytes, and the walk over them will say so.
    let bytes = decompress_to_vec_with_limit(&packed, limit).unwrap_or_else(|error| error.output);
    Ok(Source::memory(bytes))
}
