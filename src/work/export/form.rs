//! Every form a stack can be written in, and the one way to write it.

use super::{
    ArrayFormat, ArrayTask, ExportError, PictureFormat, Slices, Target,
    copy::copy_files,
    film::{PictureTask, contrast_of, write_film, write_pictures, write_sheet},
    sidecar,
    survey::{Measured, measure_slices},
    table,
    unfold::unfolded,
    write_array,
};
use crate::{
    dicom::{Object, Tag},
    export::{Folder, Values},
    work::Look,
};
use std::{
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

/// What stacks are turned into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// An array, with a JSON beside it that says what it is.
    Array(ArrayFormat),
    /// A picture of each slice.
    Pictures(PictureFormat),
    /// An animation.
    Gif,
    /// All slices on one picture.
    Sheet,
    /// A table of the slices as comma-separated values.
    Csv,
    /// The same with the geometry of the stack.
    Json,
    /// The files themselves.
    Dicom,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Array(ArrayFormat::Npy),
        Self::Array(ArrayFormat::Npz),
        Self::Array(ArrayFormat::Nii),
        Self::Array(ArrayFormat::NiiGz),
        Self::Array(ArrayFormat::Nrrd),
        Self::Pictures(PictureFormat::Png),
        Self::Pictures(PictureFormat::Jpeg),
        Self::Pictures(PictureFormat::Tiff16),
        Self::Gif,
        Self::Sheet,
        Self::Csv,
        Self::Json,
        Self::Dicom,
    ];

    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Array(format) => format.ending(),
            Self::Pictures(PictureFormat::Png) => "png",
            Self::Pictures(PictureFormat::Jpeg) => "jpeg",
            Self::Pictures(PictureFormat::Tiff16) => "tiff16",
            Self::Gif => "gif",
            Self::Sheet => "sheet",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Dicom => "dicom",
        }
    }

    /// What it is, in a line.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Array(ArrayFormat::Npy) => "NumPy: slices, rows, columns; with a JSON beside it",
            Self::Array(ArrayFormat::Npz) => "The same and its geometry in one compressed file",
            Self::Array(ArrayFormat::Nii) => "NIfTI, as dcm2niix writes it",
            Self::Array(ArrayFormat::NiiGz) => "NIfTI, compressed",
            Self::Array(ArrayFormat::Nrrd) => "NRRD, for 3D Slicer and ITK",
            Self::Pictures(PictureFormat::Png) => "A PNG for each slice, as shown",
            Self::Pictures(PictureFormat::Jpeg) => "A JPEG for each slice, as shown",
            Self::Pictures(PictureFormat::Tiff16) => "A TIFF for each slice, with its values; and a JSON",
            Self::Gif => "An animation",
            Self::Sheet => "All slices on one PNG",
            Self::Csv => "A table of the slices: files, positions, statistics of their values",
            Self::Json => "The same with the geometry of the stack",
            Self::Dicom => "The files themselves, in order, under names that say so",
        }
    }

    /// Stacks at several times become one file.
    pub fn is_over_time(self) -> bool {
        matches!(self, Self::Array(ArrayFormat::Nii | ArrayFormat::NiiGz))
    }

    /// Nothing in what is written can be masked.
    pub fn tells_all(self) -> bool {
        self == Self::Dicom
    }
}

/// How long a film shows a slice, in hundredths of a second.
const HUNDREDTHS: u16 = 8;

/// Something to be written of a stack.
#[derive(Debug)]
pub struct Export<'a> {
    /// What it shall be.
    pub form: Form,
    /// Of which stack.
    pub target: &'a Target,
    /// How its slices are read.
    pub slices: Slices<'a>,
    /// Which values arrays have.
    pub values: Values,
    /// How pictures look; with the file's own contrast, or one for the whole stack, if `None`.
    pub look: Option<Look>,
}

impl Export<'_> {
    /// Writes it; the files it became. `step` is called after each slice; if it says false, it is over.
    ///
    /// # Errors
    ///
    /// [`ExportError`]. Of what is one file nothing is left then.
    pub fn write(
        &self,
        folder: &Folder,
        step: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<PathBuf>, ExportError> {
        let (slices, stem) = (self.slices, self.target.stem.as_str());
        let pictures = || -> Result<_, ExportError> {
            let look = self.look.clone().map_or_else(|| contrast_of(&slices).map(Look::plain), Ok)?;
            Ok(PictureTask { slices, numbers: self.target.numbers, look })
        };
        match self.form {
            Form::Array(format) => self.array(format, folder, step),
            Form::Pictures(format) => write_pictures(&pictures()?, format, folder, stem, step),
            Form::Gif => Ok(vec![write_film(&pictures()?, HUNDREDTHS, folder, stem, step)?]),
            Form::Sheet => Ok(vec![write_sheet(&pictures()?, folder, stem, step)?]),
            Form::Csv => self.table(table::csv, folder, step),
            Form::Json => self.table(table::json, folder, step),
            Form::Dicom => copy_files(&slices, self.target.numbers.1, folder, stem, step),
        }
    }

    fn array(
        &self,
        format: ArrayFormat,
        folder: &Folder,
        step: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<PathBuf>, ExportError> {
        let unfolded = unfolded(self.target, &self.slices, format);
        let target = unfolded.as_ref().unwrap_or(self.target);
        // Whoever counts knows of the mosaics, and not of what is in them.
        let (tiles, done) = (target.slices.len() / self.slices.list.len().max(1), AtomicUsize::new(0));
        let step = || !(done.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(tiles.max(1)) || step();
        let sidecar = format!("{}.json", target.stem);
        folder.accepts(&sidecar)?;
        let task = ArrayTask {
            slices: Slices { list: &target.slices, ..self.slices },
            depth: target.depth,
            values: self.values,
            format,
            geometry: target.geometry.as_ref(),
            repetition: if target.depth < target.slices.len() { self.repetition() } else { None },
        };
        let written = write_array(&task, folder, &target.stem, &step)?;
        let text = sidecar::text(target, &written, self.values, format);
        let beside = folder.write(&sidecar, text.as_bytes())?;
        Ok(vec![written.path, beside])
    }

    fn table(
        &self,
        text: impl Fn(&Target, &[Measured]) -> String,
        folder: &Folder,
        step: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<PathBuf>, ExportError> {
        let name = format!("{}.{}", self.target.stem, self.form.name());
        folder.accepts(&name)?;
        let measured = measure_slices(&self.slices, step)?;
        Ok(vec![folder.write(&name, text(self.target, &measured).as_bytes())?])
    }

    /// Repetition Time (0018,0080) of a series of volumes, in seconds.
    fn repetition(&self) -> Option<f64> {
        let object: Object = self.slices.archives.object(&self.target.slices.first()?.path).ok()?;
        object.data_set.number(Tag(0x0018, 0x0080)).filter(|&ms| ms > 0.0).map(|ms| ms / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_a_name_of_its_own() {
        let mut names = Form::ALL.map(Form::name).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Form::ALL.len());
    }
}
