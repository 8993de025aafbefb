//! `topogram pipeline`: stacks prepared for a network, any number of them, with a manifest of what came out.

mod manifest;

use super::{Exit, export::Taken, in_order::in_order, list, out::Out};
use crate::{
    dicom::{Archives, Decoder},
    export::{Draft, Folder, FolderError, Kind, npy},
    model::{Library, Query, shown},
    work::{ExportError, Raw, Recipe, Selection, Slices, Target, prepare, store, targets},
};
use manifest::{Entry, Manifest};
use ndarray::Array3;
use std::{
    io::{self, BufWriter, Write as _},
    num::NonZeroUsize,
    path::PathBuf,
    thread,
};

/// What is asked for.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) paths: Vec<PathBuf>,
    /// Where files go.
    pub(super) folder: PathBuf,
    /// Which series.
    pub(super) query: Query,
    pub(super) recipe: Recipe,
    pub(super) taken: Taken,
    /// Patients have no names in the names of files.
    pub(super) masked: bool,
    pub(super) jobs: NonZeroUsize,
}

/// Prepares every stack that the query means.
///
/// # Errors
///
/// The folder cannot be written into, or nothing matches. A stack that cannot be prepared has a line in the
/// manifest that says why.
pub(super) fn pipeline(wish: &Wish, decoder: &Decoder, out: &mut Out) -> anyhow::Result<Exit> {
    let mut library = Library::default();
    list::scan(wish.paths.clone(), |_, outcome| {
        store(&mut library, outcome);
        Ok(())
    })?;
    let selection = Selection { slice: None, over_time: false, masked: wish.masked };
    let targets = targets(&library, &wish.query, selection);
    if targets.is_empty() {
        anyhow::bail!("no images match; `topogram ls` lists what is there");
    }
    let folder = Folder::create(&wish.folder, &wish.paths, wish.taken == Taken::Replace)?;
    let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let archives = Archives::default();
    let threads = NonZeroUsize::new(processors / wish.jobs).unwrap_or(NonZeroUsize::MIN);
    // What an earlier run has listed is listed again.
    let listing = Folder::create(&wish.folder, &wish.paths, wish.taken != Taken::Refuse)?;
    let mut manifest = Manifest::begin(&listing)?;
    let (mut failed, mut done) = (0, 0);
    let work = |target: &Target| {
        let slices = Slices { list: &target.slices, decoder, archives: &archives, threads };
        one(wish, target, slices, &folder, &library)
    };
    in_order(
        &targets,
        wish.jobs.get(),
        |target| (work(target), target),
        |(result, target)| {
            let entry = match result {
                Err(ExportError::Folder(FolderError::Exists { .. })) if wish.taken == Taken::Keep => {
                    match Entry::read(&folder, target) {
                        Some(entry) => entry,
                        None => return Ok(()),
                    }
                }
                Err(why) => {
                    failed += 1;
                    let _ =
                        writeln!(io::stderr(), "topogram: {}", shown(&format!("{}: {why}", target.label)));
                    Entry::failed(target, &library, &why.to_string(), wish.masked)
                }
                Ok(entry) => {
                    super::print_path(&folder.path().join(entry.file()), out)?;
                    entry.named(target, &library, wish.masked)
                }
            };
            done += 1;
            Ok(manifest.add(&entry)?)
        },
    )?;
    manifest.finish()?;
    Ok(match failed {
        0 if library.problems.is_empty() => Exit::Ok,
        _ if failed > 0 && failed == done => Exit::Failed,
        _ => Exit::SomeProblems,
    })
}

/// Prepares one stack and writes what came of it; its arrays are gone when this returns.
fn one(
    wish: &Wish,
    target: &Target,
    slices: Slices<'_>,
    folder: &Folder,
    library: &Library,
) -> Result<Entry, ExportError> {
    let name = format!("{}.npy", target.stem);
    // Told before anything is decoded.
    let draft = folder.begin(&name)?;
    let spacing = target.spacing.map(|(row, column)| [target.step.unwrap_or(1.0), row, column]);
    let raw = Raw { slices, geometry: target.geometry.as_ref(), spacing };
    let prepared = prepare(&raw, &wish.recipe)?;
    write(&draft, &prepared.values, prepared.kind)?;
    draft.finish()?;
    let mask = match &prepared.lungs {
        Some(lungs) => {
            let name = format!("{}-lungs.npy", target.stem);
            let draft = folder.begin(&name)?;
            write(&draft, &lungs.mask.mapv(f32::from), Kind::U8)?;
            draft.finish()?;
            Some(name)
        }
        None => None,
    };
    let entry = Entry::of(name, mask, target, &prepared).named(target, library, wish.masked);
    folder.write(&format!("{}.json", target.stem), entry.json().as_bytes())?;
    Ok(entry)
}

/// Writes an array whose values are whole where `kind` is.
fn write(draft: &Draft, values: &Array3<f32>, kind: Kind) -> Result<(), ExportError> {
    let mut to = BufWriter::with_capacity(1 << 20, draft.file());
    let (slices, rows, columns) = values.dim();
    let mut all = || -> io::Result<()> {
        to.write_all(&npy::header(kind, &[slices, rows, columns]))?;
        for &value in values {
            match kind {
                Kind::U8 => to.write_all(&[value as u8])?,
                Kind::I16 => to.write_all(&(value as i16).to_le_bytes())?,
                _ => to.write_all(&value.to_le_bytes())?,
            }
        }
        to.flush()
    };
    all().map_err(|why| draft.error(why).into())
}
