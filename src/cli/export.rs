//! `topogram export`: stacks as arrays, pictures, films and sheets, in files that other programs read.

mod sidecar;
mod table;

use super::{
    Exit, list,
    out::Out,
    targets::{self, Cut, Target},
};
use crate::{
    dicom::{Archives, Decoder, Object, Tag},
    export::{Folder, FolderError, Values},
    imaging::parse_window,
    model::{Library, Query, shown},
    work::{
        ArrayFormat, ArrayTask, ExportError, Measured, PictureFormat, PictureTask, Slices, Voi, contrast_of,
        copy_files, measure_slices, store, write_array, write_film, write_pictures, write_sheet,
    },
};
use clap::ValueEnum;
use serde::Serialize;
use std::{
    io::{self, IsTerminal as _, Write as _},
    num::NonZeroUsize,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// What stacks are turned into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum To {
    /// NumPy: slices, rows, columns; with a JSON beside it
    Npy,
    /// The same and its geometry in one compressed file
    Npz,
    /// NIfTI, as dcm2niix writes it
    Nii,
    /// NIfTI, compressed
    #[value(name = "nii.gz")]
    NiiGz,
    /// NRRD, for 3D Slicer and ITK
    Nrrd,
    /// A PNG for each slice, as shown
    Png,
    /// A JPEG for each slice, as shown
    Jpeg,
    /// A TIFF for each slice, with its values
    Tiff16,
    /// An animation
    Gif,
    /// All slices on one PNG
    Sheet,
    /// A table of the slices: files, positions, statistics of their values
    Csv,
    /// The same with the geometry of the stack
    Json,
    /// The files themselves, in order, under names that say so
    Dicom,
}

/// What to do about a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// Say so.
    Refuse,
    /// Write over it.
    Replace,
    /// Leave it and do the rest.
    Keep,
}

/// What is asked for.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) paths: Vec<PathBuf>,
    pub(super) to: To,
    /// Where files go.
    pub(super) folder: PathBuf,
    /// Which series.
    pub(super) query: Query,
    /// One slice of each stack, from one.
    pub(super) slice: Option<usize>,
    pub(super) values: Values,
    /// As typed.
    pub(super) window: Option<String>,
    pub(super) taken: Taken,
    /// Patients have no names in the names of files.
    pub(super) masked: bool,
    /// Print what was written as JSON.
    pub(super) json: bool,
    pub(super) jobs: Option<NonZeroUsize>,
}

/// How long a film shows a slice, in hundredths of a second.
const HUNDREDTHS: u16 = 8;

/// One stack, for programs.
#[derive(Serialize)]
struct Report {
    series_uid: String,
    stack: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<String>,
}

/// Exports every stack that the query means.
///
/// # Errors
///
/// The folder cannot be written into, the window is none, or nothing matches. A stack that cannot be exported
/// is told, and the others are.
pub(super) fn export(wish: &Wish, decoder: &Decoder, out: &mut Out) -> anyhow::Result<Exit> {
    if wish.to == To::Dicom && wish.masked {
        anyhow::bail!("copies of files name the patients; `topogram deidentify` writes some that do not");
    }
    let window = wish.window.as_deref().map(parse_window).transpose()?;
    let mut library = Library::default();
    list::scan(wish.paths.clone(), |_, outcome| {
        store(&mut library, outcome);
        Ok(())
    })?;
    let over_time = matches!(wish.to, To::Nii | To::NiiGz);
    let cut = Cut { slice: wish.slice, over_time, masked: wish.masked };
    let targets = targets::of(&library, &wish.query, cut);
    if targets.is_empty() {
        anyhow::bail!("no images match; `topogram ls` lists what is there");
    }
    let folder = Folder::create(&wish.folder, &wish.paths, wish.taken == Taken::Replace)?;
    let archives = Archives::default();
    let threads = wish.jobs.or(thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let mut failed = 0;
    for (number, target) in targets.iter().enumerate() {
        let slices = Slices { list: &target.slices, decoder, archives: &archives, threads };
        let bar = Bar::new(number, targets.len(), target);
        let done = one(wish, window.map(Voi::Fixed), target, slices, &folder, &bar);
        bar.clear();
        let (files, what) = match done {
            Ok(files) => (files, None),
            Err(ExportError::Folder(FolderError::Exists { .. })) if wish.taken == Taken::Keep => continue,
            Err(why) => {
                failed += 1;
                (vec![], Some(why.to_string()))
            }
        };
        if wish.json {
            let (series_uid, stack) = (library.series(target.series).uid.raw().to_owned(), target.stack + 1);
            out.json_line(&Report { series_uid, stack, files, what })?;
            continue;
        }
        for file in &files {
            super::print_path(file, out)?;
        }
        if let Some(what) = what {
            let _ = writeln!(io::stderr(), "topogram: {}", shown(&format!("{}: {what}", target.label)));
        }
    }
    let all = failed == targets.len();
    Ok(match (failed, library.problems.len()) {
        (0, 0) => Exit::Ok,
        _ if all => Exit::Failed,
        _ => Exit::SomeProblems,
    })
}

/// Exports one stack; what was written.
fn one(
    wish: &Wish,
    voi: Option<Voi>,
    target: &Target,
    slices: Slices<'_>,
    folder: &Folder,
    bar: &Bar,
) -> Result<Vec<PathBuf>, ExportError> {
    let step = || bar.step();
    let array = |format| array(wish, target, slices, format, folder, bar);
    let pictures = || -> Result<_, ExportError> {
        let voi = voi.map_or_else(|| contrast_of(&slices), Ok)?;
        Ok(PictureTask { slices, numbers: target.numbers, voi })
    };
    match wish.to {
        To::Npy => array(ArrayFormat::Npy),
        To::Npz => array(ArrayFormat::Npz),
        To::Nii => array(ArrayFormat::Nii),
        To::NiiGz => array(ArrayFormat::NiiGz),
        To::Nrrd => array(ArrayFormat::Nrrd),
        To::Png => write_pictures(&pictures()?, PictureFormat::Png, folder, &target.stem, &step),
        To::Jpeg => write_pictures(&pictures()?, PictureFormat::Jpeg, folder, &target.stem, &step),
        To::Tiff16 => write_pictures(&pictures()?, PictureFormat::Tiff16, folder, &target.stem, &step),
        To::Gif => Ok(vec![write_film(&pictures()?, HUNDREDTHS, folder, &target.stem, &step)?]),
        To::Sheet => Ok(vec![write_sheet(&pictures()?, folder, &target.stem, &step)?]),
        To::Csv => table("csv", target, &slices, table::csv, folder, bar),
        To::Json => table("json", target, &slices, table::json, folder, bar),
        To::Dicom => copy_files(&slices, target.numbers.1, folder, &target.stem, &step),
    }
}

/// An array, and beside it a JSON that says what it is.
fn array(
    wish: &Wish,
    target: &Target,
    slices: Slices<'_>,
    format: ArrayFormat,
    folder: &Folder,
    bar: &Bar,
) -> Result<Vec<PathBuf>, ExportError> {
    let sidecar = format!("{}.json", target.stem);
    folder.accepts(&sidecar)?;
    let task = ArrayTask {
        slices,
        depth: target.depth,
        values: wish.values,
        format,
        geometry: target.geometry.as_ref(),
        repetition: if target.depth < target.slices.len() { repetition(target) } else { None },
    };
    let written = write_array(&task, folder, &target.stem, &|| bar.step())?;
    let text = sidecar::text(target, &written, wish.values, format);
    let beside = folder.write(&sidecar, text.as_bytes())?;
    Ok(vec![written.path, beside])
}

/// A table in one file.
fn table(
    ending: &str,
    target: &Target,
    slices: &Slices<'_>,
    text: impl Fn(&Target, &[Measured]) -> String,
    folder: &Folder,
    bar: &Bar,
) -> Result<Vec<PathBuf>, ExportError> {
    let name = format!("{}.{ending}", target.stem);
    folder.accepts(&name)?;
    let measured = measure_slices(slices, &|| bar.step())?;
    Ok(vec![folder.write(&name, text(target, &measured).as_bytes())?])
}

/// Repetition Time (0018,0080) of a series of volumes, in seconds.
fn repetition(target: &Target) -> Option<f64> {
    let object = Object::open(&target.slices.first()?.path).ok()?;
    object.data_set.number(Tag(0x0018, 0x0080)).filter(|&ms| ms > 0.0).map(|ms| ms / 1000.0)
}

/// How far it is, on the last line of a terminal.
struct Bar {
    label: String,
    slices: usize,
    done: AtomicUsize,
    shown: bool,
}

impl Bar {
    fn new(number: usize, stacks: usize, target: &Target) -> Self {
        let label = format!("{}/{stacks} {}", number + 1, shown(&target.label));
        let shown = io::stderr().is_terminal();
        Self { label, slices: target.slices.len(), done: AtomicUsize::new(0), shown }
    }

    /// One more slice is done; never says stop.
    fn step(&self) -> bool {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        // A hundred lines for a stack are enough to see it move.
        if self.shown && (done * 100 / self.slices) > ((done - 1) * 100 / self.slices) {
            // Narrow enough for any terminal: a line that wraps could not be taken back.
            let label = crate::ui::words::cut(&self.label, 60);
            let _ = write!(io::stderr(), "\r\x1b[K{:3} %  {label}", done * 100 / self.slices);
        }
        true
    }

    fn clear(&self) {
        if self.shown {
            let _ = io::stderr().write_all(b"\r\x1b[K");
        }
    }
}
