//! A value that is looked at as a whole: opened once, and read in blocks.

use crate::{
    dicom::{Archives, WholeValue},
    model::Step,
};
use std::{fmt, ops::Deref, path::Path, sync::Arc};

/// Bytes of a value that are read at once.
pub const BLOCK: u64 = 16 << 10;

/// A value that was opened, by its identity.
#[derive(Clone)]
pub struct Opened(Arc<WholeValue>);

impl Opened {
    /// Finds the value at a place in a file.
    ///
    /// # Errors
    ///
    /// A sentence.
    pub fn find(archives: &Archives, path: &Path, place: &[Step]) -> Result<Self, String> {
        let object = archives.object(path).map_err(|why| why.to_string())?;
        let value = object
            .value(place)
            .ok_or("The file has no such value any more; R in the browser looks again.")?;
        Ok(Self(Arc::new(value)))
    }
}

impl Deref for Opened {
    type Target = WholeValue;

    fn deref(&self) -> &WholeValue {
        &self.0
    }
}

impl PartialEq for Opened {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Its identity alone: jobs have their names of it.
impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:p}", Arc::as_ptr(&self.0))
    }
}

/// A value, and the characters it is made of.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Where its bytes are.
    pub value: Opened,
    /// What it says, and whether that is all; `None` if it is not made of characters.
    pub texts: Option<(Vec<String>, bool)>,
}

impl Whole {
    /// Opens a value and decodes its characters.
    ///
    /// # Errors
    ///
    /// A sentence.
    pub(super) fn open(archives: &Archives, path: &Path, place: &[Step]) -> Result<Self, String> {
        let value = Opened::find(archives, path, place)?;
        let texts = value.texts().map_err(|why| format!("The value cannot be read: {why}"))?;
        Ok(Self { value, texts })
    }
}
