//! `topogram digest`: fingerprints of pixels, one line a file, for people (a hash and a name) and for
//! programs (JSON).

use super::{
    Exit,
    in_order::in_order,
    list::{self, Name},
    out::Out,
};
use crate::{
    dicom::{Archives, Decoder, Image, Object, Outcome, Photometric, ReadError, Tag, is_archive},
    imaging::digest::{self, Extent, Fingerprint},
    model::{Mask, Pixels, Problem},
};
use serde::Serialize;
use std::{
    borrow::Cow,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread,
};

/// Digits of a hash that people get to see.
const SHORT: usize = 16;

/// Prints the fingerprints of every image under the paths, in the order of the walk.
///
/// Files that are not DICOM, and DICOMDIRs, have a line only if they are named themselves. `jobs` files are
/// decoded at once.
///
/// # Errors
///
/// Only what writing to the output says; trouble with a file is its line, and [`Exit::SomeProblems`].
pub(super) fn digest(
    paths: Vec<PathBuf>,
    json: bool,
    jobs: Option<NonZeroUsize>,
    decoder: &Decoder,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let named = paths.clone();
    let mut tasks = vec![];
    list::scan(paths, |path, outcome| {
        let refusal = match outcome {
            Outcome::Instance(_) => None,
            Outcome::Problem(Problem { what, .. }) => Some(what),
            Outcome::Ignored | Outcome::Directory(_) if !named.iter().any(|name| name == path) => {
                return Ok(());
            }
            Outcome::Ignored if is_archive(path) => return Ok(()),
            Outcome::Ignored => Some("is not DICOM".to_owned()),
            Outcome::Directory(_) => Some("is a DICOMDIR; it has no pixels".to_owned()),
        };
        tasks.push((path.to_owned(), refusal));
        Ok(())
    })?;
    let jobs = jobs.or(thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let mut problems = false;
    let (mask, archives) = (out.mask, Archives::default());
    let line =
        |(path, refusal): &(PathBuf, Option<String>)| Line::of(path, refusal.clone(), decoder, &archives);
    in_order(&tasks, jobs, line, |line| {
        let line = line.hidden(mask);
        problems |= line.what.is_some();
        if json { out.json_line(&line) } else { out.line(&line.spoken()) }
    })?;
    Ok(if problems { Exit::SomeProblems } else { Exit::Ok })
}

/// One file.
#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    name: Name,
    ok: bool,
    /// Why there are no prints, or why those of the last frame are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<String>,
    #[serde(flatten)]
    prints: Option<Prints>,
}

/// What is known of an image; numbers of the first frame, if nothing else is said.
#[derive(Serialize)]
struct Prints {
    sop_instance: String,
    transfer_syntax: String,
    rows: usize,
    columns: usize,
    frames: u32,
    samples: usize,
    dtype: &'static str,
    stored_sha256: String,
    stored_min: f64,
    stored_max: f64,
    /// `None` if it cannot be decoded.
    last_frame_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modality: Option<Extent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    render8: Option<Fingerprint<f64, u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rgb8: Option<Fingerprint<[f64; 3], [u8; 3]>>,
}

impl Line {
    /// What may be seen of it; prints tell pixels, not people.
    fn hidden(mut self, mask: Mask) -> Self {
        if let Some(prints) = &mut self.prints {
            prints.sop_instance = mask.uid(&prints.sop_instance);
        }
        let what = self.what.map(|what| mask.sentence(&what));
        Self { name: self.name.hidden(mask), what, ..self }
    }

    fn of(path: &Path, refusal: Option<String>, decoder: &Decoder, archives: &Archives) -> Self {
        let prints = match refusal {
            Some(what) => Err(what),
            None => Prints::of(path, decoder, archives).map_err(|why| why.to_string()),
        };
        let name = Name::of(path);
        match prints {
            Ok((prints, what)) => Self { name, ok: true, what, prints: Some(prints) },
            Err(what) => Self { name, ok: false, what: Some(what), prints: None },
        }
    }

    fn spoken(&self) -> String {
        let path = self.name.path();
        let Some(prints) = &self.prints else {
            let what = self.what.as_deref().unwrap_or_default();
            return format!("{:<SHORT$} {path}: {what}", "-");
        };
        let Prints { stored_sha256, rows, columns, frames, dtype, .. } = prints;
        let hash = stored_sha256.get(..SHORT).unwrap_or_default();
        let what = self.what.as_ref().map_or_else(String::new, |what| format!(": {what}"));
        format!("{hash} {rows}x{columns}x{frames} {dtype} {path}{what}")
    }
}

impl Prints {
    /// Beside them, what is wrong with the last frame.
    fn of(path: &Path, decoder: &Decoder, archives: &Archives) -> Result<(Self, Option<String>), ReadError> {
        let source = archives.open(path).map_err(|error| ReadError::io(path, error))?;
        let image = Image::new(path, Object::read(path, source)?, decoder)?;
        let module = image.module();
        let frame = image.frame(0)?;
        let (stored, rgb8) = match &frame.pixels {
            Pixels::Gray(stored) => (Cow::Borrowed(stored), None),
            Pixels::Color(rgb) => (Cow::Owned(image.samples(0)?), Some(digest::color(rgb))),
        };
        let stored_sha256 = digest::sha256(&stored);
        let last = match module.frames {
            ..=1 => Ok(stored_sha256.clone()),
            frames => image.samples(frames - 1).map(|stored| digest::sha256(&stored)),
        };
        let (last_frame_sha256, what) = match last {
            Ok(hash) => (Some(hash), None),
            Err(why) => (None, Some(format!("the last frame: {why}"))),
        };
        let (rows, columns) = frame.shape();
        let Extent { min, max, .. } = digest::extent(&stored);
        let prints = Self {
            sop_instance: image.data_set().ascii(Tag(0x0008, 0x0018)).unwrap_or_default(),
            transfer_syntax: image.transfer_syntax().to_owned(),
            rows,
            columns,
            frames: module.frames,
            samples: stored.shape().1 / columns.max(1),
            dtype: digest::dtype(&stored),
            stored_sha256,
            stored_min: min,
            stored_max: max,
            last_frame_sha256,
            modality: digest::modality_extent(&frame),
            render8: digest::gray(&frame, module.photometric == Photometric::Monochrome1),
            rgb8,
        };
        Ok((prints, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_named_and_is_not_dicom_has_a_line_that_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("text");
        std::fs::write(&text, "hello").unwrap();
        let exit = |path: &Path| {
            digest(vec![path.to_owned()], true, None, &Decoder::here(), &mut Out::to(std::io::sink()))
        };
        assert_eq!(exit(folder.path()).unwrap(), Exit::Ok);
        assert_eq!(exit(&text).unwrap(), Exit::SomeProblems);
    }
}
