//! `topogram pipeline`: stacks prepared for a network, any number of them, with a manifest of what came out.

mod manifest;

use super::{Exit, export::Taken, in_order::in_order, list, out::Out};
use crate::{
    dicom::{Archives, Decoder},
    export::{Folder, FolderError},
    model::{Library, Query, shown},
    work::{
        ExportError, PreparedEntry, Recipe, Selection, Slices, Target, room, store, targets, write_prepared,
    },
};
use manifest::Manifest;
use std::{
    io::{self, Write as _},
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
        write_prepared(target, slices, &wish.recipe, room(wish.jobs), &folder, &|| true)
    };
    in_order(
        &targets,
        wish.jobs.get(),
        |target| (work(target), target),
        |(result, target)| {
            let entry = match result {
                // What lies beside an array that is not there is no sign that it was made.
                Err(ExportError::Folder(FolderError::Exists { path }))
                    if wish.taken == Taken::Keep && path.ends_with(format!("{}.npy", target.stem)) =>
                {
                    PreparedEntry::read(&folder, target).unwrap_or_else(|| {
                        let why =
                            "is there without the document that says what it is; --force makes both anew";
                        PreparedEntry::failed(target, why)
                    })
                }
                Err(why) => {
                    failed += 1;
                    let why = target.told(out.mask, &why.to_string());
                    let _ =
                        writeln!(io::stderr(), "topogram: {}", shown(&format!("{}: {why}", target.label)));
                    PreparedEntry::failed(target, &why)
                }
                Ok(entry) => {
                    super::print_path(&folder.path().join(entry.file()), out)?;
                    entry
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
