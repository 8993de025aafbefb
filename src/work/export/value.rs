//! One value as a file: text in UTF-8, anything else byte by byte as it is written.

use super::ExportError;
use crate::{
    dicom::Archives,
    export::{Folder, digits, safe_name},
    model::{Step, spoken_path},
    work::Opened,
};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Bytes copied at once.
const PIECE: usize = 1 << 20;

/// A value that becomes a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueTask {
    /// Of which file.
    pub path: Arc<Path>,
    /// Where it stands.
    pub place: Vec<Step>,
    /// What the file is called after.
    pub keyword: String,
    /// SOP Instance UID, which tells it from the values of other instances.
    pub uid: String,
}

impl ValueTask {
    /// Writes the value; says where, and what of it is missing. `step` is told bytes written and bytes in all,
    /// and whether to go on is its answer.
    ///
    /// # Errors
    ///
    /// [`ExportError`]; then there is no file.
    pub(in crate::work) fn write(
        &self,
        folder: &Folder,
        archives: &Archives,
        step: &dyn Fn(u64, u64) -> bool,
    ) -> Result<(PathBuf, Option<String>), ExportError> {
        let refuse = |why: String| ExportError::frame(&self.path, why);
        let value = Opened::find(archives, &self.path, &self.place).map_err(refuse)?;
        let texts = value.texts().map_err(|why| refuse(why.to_string()))?;
        // Of text too long to be decoded the bytes are written.
        let text = texts.filter(|(_, is_all)| *is_all).map(|(texts, _)| texts.join("\\"));
        let draft = folder.begin(&self.name(if text.is_some() { "txt" } else { "bin" }))?;
        let write = |bytes: &[u8]| draft.file().write_all(bytes).map_err(|why| draft.error(why));
        if let Some(text) = text {
            write(text.as_bytes())?;
        } else {
            let mut at = 0;
            while at < value.len() {
                let bytes = value.read(at, PIECE).map_err(|why| refuse(why.to_string()))?;
                if bytes.is_empty() {
                    return Err(refuse("the file has become shorter".to_owned()));
                }
                write(&bytes)?;
                at += bytes.len() as u64;
                if !step(at, value.len()) {
                    return Err(ExportError::Stopped);
                }
            }
        }
        let missing =
            (value.missing() > 0).then(|| format!("{} bytes are missing in the file.", value.missing()));
        Ok((draft.finish()?, missing))
    }

    /// `PixelData_3f9a20c1.bin`: the digits tell instances and places apart.
    fn name(&self, ending: &str) -> String {
        let plain: String =
            self.keyword.chars().filter(|c| c.is_alphanumeric() || " _-".contains(*c)).collect();
        let plain = if plain.trim().is_empty() { "value" } else { plain.trim() };
        let place = format!("{} {}", self.uid, spoken_path(&self.place));
        format!("{}_{}.{ending}", safe_name(plain), digits(&place, 8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dicom::Vr, model::TagNumber};

    /// Writes a file with one attribute, Image Comments (0020,4000), and a task to write that.
    fn task(folder: &Path, vr: Vr, value: &[u8], cut: usize) -> ValueTask {
        let head = |tag: [u16; 2], vr: &str| [&tag.map(u16::to_le_bytes).concat(), vr.as_bytes()].concat();
        let element = [&head([8, 5], "CS")[..], &[10, 0], b"ISO_IR 100"].concat();
        let long =
            [&head([0x20, 0x4000], vr.as_str())[..], &[0, 0], &(value.len() as u32).to_le_bytes(), value];
        let syntax = [&head([2, 0x10], "UI")[..], &[20, 0], b"1.2.840.10008.1.2.1\0"].concat();
        let bytes = [vec![0; 128], b"DICM".to_vec(), syntax, element, long.concat()].concat();
        let path = folder.join("a.dcm");
        std::fs::write(&path, &bytes[..bytes.len() - cut]).unwrap();
        let place = vec![Step::Tag(TagNumber(0x20, 0x4000))];
        ValueTask { path: path.into(), place, keyword: "../[Image] Comments".into(), uid: "1.2.3".into() }
    }

    fn written(task: &ValueTask) -> (PathBuf, Vec<u8>, Option<String>) {
        let out = tempfile::tempdir().unwrap();
        let folder = Folder::create(out.path(), &[], false).unwrap();
        let (file, missing) = task.write(&folder, &Archives::default(), &|_, _| true).unwrap();
        let again = task.write(&folder, &Archives::default(), &|_, _| true);
        assert!(matches!(again, Err(ExportError::Folder(_))), "never over a file");
        let bytes = std::fs::read(&file).unwrap();
        (file.strip_prefix(folder.path()).unwrap().to_owned(), bytes, missing)
    }

    #[test]
    fn text_becomes_utf_8_and_bytes_stay_as_they_are_under_a_safe_name() {
        let folder = tempfile::tempdir().unwrap();
        let (name, bytes, missing) = written(&task(folder.path(), Vr::UT, b"M\xfcller ", 0));
        assert_eq!((bytes, missing), ("Müller".as_bytes().to_vec(), None));
        assert!(name.to_str().unwrap().starts_with("Image-Comments-") && name.extension().unwrap() == "txt");
        let long: Vec<u8> = (0..3_000_000u32).map(|byte| (byte % 251) as u8).collect();
        let (name, bytes, _) = written(&task(folder.path(), Vr::OB, &long, 0));
        assert!(bytes == long && name.extension().unwrap() == "bin");
    }

    #[test]
    fn what_is_missing_of_a_value_is_said_and_what_was_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let task = task(folder.path(), Vr::OB, &[7; 100], 30);
        let (_, bytes, missing) = written(&task);
        assert_eq!((bytes.len(), missing.as_deref()), (70, Some("30 bytes are missing in the file.")));

        let out = tempfile::tempdir().unwrap();
        let folder = Folder::create(out.path(), &[], false).unwrap();
        assert!(matches!(
            task.write(&folder, &Archives::default(), &|_, _| false),
            Err(ExportError::Stopped)
        ));
        assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0);
    }
}
