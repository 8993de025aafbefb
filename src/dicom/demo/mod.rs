//! The data set of `topogram demo`: computed patients in real DICOM files.
//!
//! Everything is painted from ellipses, tubes and noise, so there is nobody to identify and nothing to
//! license. The files are conformant where they can be, and awkward where hospitals are: shuffled instance
//! numbers, padding outside the circle, a missing slice, a file that ends early, names in four character
//! sets. Output is the same on every run; there is no clock and no random source in here.

mod brain;
mod chest;
mod enhanced;
mod folder;
mod mr;
mod names;
mod noise;
mod projection;
mod record;
mod report;
mod rle;
mod skeleton;
#[cfg(test)]
mod tests;
mod thorax;
mod tree;
mod ultrasound;
mod vessels;
mod volume;

use std::{
    io,
    path::{Path, PathBuf},
};

/// What [`write()`] left on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where it is.
    pub folder: PathBuf,
    /// Files of every kind.
    pub files: usize,
    /// Files that are DICOM, the one cut short included.
    pub dicom_files: usize,
    /// Size of all files.
    pub bytes: u64,
}

/// Why there is no demo, or only a part of it.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The folder holds files that are not ours; nothing was written.
    #[error("{folder}: is not empty and not an earlier demo; name a folder that does not exist yet", folder = .folder.display())]
    Foreign {
        /// The folder that was asked for.
        folder: PathBuf,
    },
    /// The disk refused.
    #[error("{path}: {source}", path = .path.display())]
    Write {
        /// The file or folder concerned.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An object could not be encoded: a fault of the demo, not of the disk.
    #[error("{name}: could not be encoded: {why}")]
    Encode {
        /// The file concerned, inside the demo.
        name: String,
        /// What the encoder said.
        why: String,
    },
}

const ABOUT: &str = "
Computed by `topogram demo`. There is no patient behind these files: the
anatomy is made of ellipses, tubes and noise, the names are the examples of the
DICOM standard, and none of it is fit for diagnosis.

phantom-thora/scout      CT   two topograms, frontal and lateral
phantom-thora/chest      CT   64 slices of 5 mm; instance numbers shuffled on purpose
phantom-thora/nodule     CT   thin slices; number 13 is missing, number 18 ends early
phantom-thora/enhanced   CT   twelve frames in one Enhanced CT file
phantom-thora/report     SR   a report in words, without pixels
yamada/t1                MR   sagittal head, without a window in the files
yamada/t2-rle            MR   axial head, RLE compressed
wang/ep2d                MR   six positions at four times
qabbani                  CR   a chest radiograph, MONOCHROME1
                         US   a colour ultrasound, XA a film of 30 frames

You may delete this folder. Running the command again rewrites its files.
";

/// How fine the pictures are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// As shipped.
    Full,
    /// A quarter of the columns and rows, for tests.
    #[cfg(test)]
    Sketch,
}

impl Detail {
    fn of(self, pixels: usize) -> usize {
        match self {
            Self::Full => pixels,
            #[cfg(test)]
            Self::Sketch => pixels / 4,
        }
    }
}

/// Writes the demo into `folder`, which is created if need be.
///
/// An earlier demo is rewritten file by file; other files in it stay.
///
/// # Errors
///
/// [`DemoError::Foreign`] if the folder holds anything but an earlier demo, recognised by its README;
/// [`DemoError::Write`] if the disk refuses, with what was written so far left in place.
pub fn write(folder: &Path) -> Result<Written, DemoError> {
    write_at(folder, Detail::Full)
}

fn write_at(folder: &Path, detail: Detail) -> Result<Written, DemoError> {
    let mut folder = folder::Folder::open(folder, ABOUT)?;
    // The projections need a second chest; it is painted while the first one is written.
    let projection = std::thread::scope(|scope| {
        let projection = scope.spawn(|| projection::Projection::new(detail));
        chest::chest(&mut folder, detail)?;
        chest::gap(&mut folder, detail)?;
        Ok(projection.join().expect("painting takes no input that could make it panic"))
    })?;
    chest::scouts(&mut folder, &projection)?;
    enhanced::volume(&mut folder, detail)?;
    report::findings(&mut folder)?;
    mr::sagittal(&mut folder, detail)?;
    mr::axial(&mut folder, detail)?;
    mr::dynamic(&mut folder, detail)?;
    projection::radiograph(&mut folder, &projection, detail)?;
    ultrasound::doppler(&mut folder, detail)?;
    ultrasound::film(&mut folder, detail)?;
    folder.text("notes.txt", "Not every file in a study folder is DICOM; this one is not.\n")?;
    Ok(folder.close())
}
