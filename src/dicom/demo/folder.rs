//! The folder the demo goes to, and the files already in it that must survive.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use dicom_dictionary_std::uids;
use dicom_object::FileMetaTableBuilder;

use super::{
    DemoError, Written,
    record::{Attributes, uid},
};

const README: &str = "README.txt";
/// The first line of the README marks a folder as ours.
const MARK: &str = "topogram demo: synthetic DICOM files\n";

/// A folder that takes the demo, and a tally of what went into it.
pub(super) struct Folder {
    root: PathBuf,
    written: Written,
}

impl Folder {
    /// Creates the folder if need be and marks it with a README.
    pub(super) fn open(root: &Path, about: &str) -> Result<Self, DemoError> {
        fs::create_dir_all(root).map_err(|source| DemoError::Write { path: root.to_owned(), source })?;
        let failed = |source| DemoError::Write { path: root.to_owned(), source };
        let empty = fs::read_dir(root).map_err(failed)?.next().is_none();
        let readme = root.join(README);
        let ours = || fs::read(&readme).is_ok_and(|text| text.starts_with(MARK.as_bytes()));
        if !empty && !ours() {
            return Err(DemoError::Foreign { folder: root.to_owned() });
        }
        let written = Written { folder: root.to_owned(), files: 0, dicom_files: 0, bytes: 0 };
        let mut folder = Self { root: root.to_owned(), written };
        // First of all, so that a demo that was interrupted is still known as one.
        folder.text(README, &format!("{MARK}{about}"))?;
        Ok(folder)
    }

    /// Writes a file that is not DICOM.
    pub(super) fn text(&mut self, name: &str, content: &str) -> Result<(), DemoError> {
        self.store(name, content.as_bytes())
    }

    /// Writes an object, Explicit VR Little Endian.
    pub(super) fn dicom(&mut self, name: &str, object: Attributes) -> Result<(), DemoError> {
        self.save(name, object, uids::EXPLICIT_VR_LITTLE_ENDIAN, 0)
    }

    /// As [`Folder::dicom`], in another transfer syntax.
    pub(super) fn dicom_as(&mut self, name: &str, object: Attributes, syntax: &str) -> Result<(), DemoError> {
        self.save(name, object, syntax, 0)
    }

    /// As [`Folder::dicom`], without the last `missing` bytes, as an interrupted copy leaves it.
    pub(super) fn cut_short(
        &mut self,
        name: &str,
        object: Attributes,
        missing: usize,
    ) -> Result<(), DemoError> {
        self.save(name, object, uids::EXPLICIT_VR_LITTLE_ENDIAN, missing)
    }

    /// The tally.
    pub(super) fn close(self) -> Written {
        self.written
    }

    fn save(
        &mut self,
        name: &str,
        object: Attributes,
        syntax: &str,
        missing: usize,
    ) -> Result<(), DemoError> {
        let encode = |why: String| DemoError::Encode { name: name.to_owned(), why };
        let meta = FileMetaTableBuilder::new()
            .transfer_syntax(syntax)
            .implementation_class_uid(uid("implementation"))
            .implementation_version_name("TOPOGRAM_DEMO");
        let file = object.0.with_meta(meta).map_err(|why| encode(why.to_string()))?;
        let mut bytes = Vec::new();
        file.write_all(&mut bytes).map_err(|why| encode(why.to_string()))?;
        bytes.truncate(bytes.len().saturating_sub(missing));
        self.written.dicom_files += 1;
        self.store(name, &bytes)
    }

    fn store(&mut self, name: &str, bytes: &[u8]) -> Result<(), DemoError> {
        let path = self.root.join(name);
        let write = || -> io::Result<()> {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            // Replaced, not written through: a link of that name keeps its target.
            match fs::remove_file(&path) {
                Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
                _ => {}
            }
            fs::write(&path, bytes)
        };
        write().map_err(|source| DemoError::Write { path: path.clone(), source })?;
        self.written.files += 1;
        self.written.bytes += bytes.len() as u64;
        Ok(())
    }
}
