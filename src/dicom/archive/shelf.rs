//! The archives that were opened last, so that the next slice of one does not read its directory again.

use super::{Index, leads_into, parted};
use crate::dicom::{
    Decoder, Image, Object, ReadError, Source,
    foreign::{is_packed_volume, is_said},
    recognise::{Kind, recognise},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

/// Archives that are kept; a tape of marks takes 12 MB.
const KEPT: usize = 4;

/// What tells a file from the one that was there before.
type Stamp = (u64, Option<SystemTime>);

/// Opens files, in archives and outside.
#[derive(Debug, Default)]
pub struct Archives {
    /// The last one used comes last.
    kept: Mutex<Vec<(PathBuf, Stamp, Arc<Index>)>>,
}

impl Archives {
    /// Opens any path that a scan has told of.
    ///
    /// # Errors
    ///
    /// What the system says, or that there is no such file in the archive.
    pub fn open(&self, path: &Path) -> io::Result<Source> {
        match Source::plain(path) {
            Err(error) => {
                let (archive, name) = parted(path).filter(|_| leads_into(path, &error)).ok_or(error)?;
                if is_said(&name) {
                    return Source::plain(&archive);
                }
                self.index(&archive)?.open(&name)
            }
            // Inflated once for all who read it.
            Ok(source) if is_packed_volume(path) => {
                Ok(self.index(path).and_then(|index| index.open("")).unwrap_or(source))
            }
            opened => opened,
        }
    }

    /// True if a file is DICOM by itself, not one of another format.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`], and what the system says while reading.
    pub fn is_dicom(&self, path: &Path) -> io::Result<bool> {
        Ok(!matches!(recognise(&mut self.open(path)?)?, Kind::Other))
    }

    /// Reads the attributes of a file.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`] and [`Object::read`].
    pub fn object(&self, path: &Path) -> Result<Object, ReadError> {
        let source = self.open(path).map_err(|error| ReadError::io(path, error))?;
        Object::read(path, source)
    }

    /// Finds the frames of a file.
    ///
    /// # Errors
    ///
    /// Those of [`Self::object`] and [`Image::new`].
    pub fn image(&self, path: &Path, decoder: &Decoder) -> Result<Image, ReadError> {
        Image::new(path, self.object(path)?, decoder)
    }

    fn index(&self, archive: &Path) -> io::Result<Arc<Index>> {
        let status = fs::metadata(archive)?;
        let stamp = (status.len(), status.modified().ok());
        // Held while an index is made: others would make the same one.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.iter().position(|(path, made, _)| path == archive && *made == stamp);
        let found = match known {
            Some(at) => kept.remove(at),
            None => (archive.to_owned(), stamp, Arc::new(Index::of(archive)?)),
        };
        let index = Arc::clone(&found.2);
        // A volume that was inflated as a whole takes more than all directories.
        if matches!(*index, Index::One(_)) {
            kept.retain(|(_, _, other)| !matches!(**other, Index::One(_)));
        }
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push(found);
        Ok(index)
    }
}
