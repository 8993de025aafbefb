//! `topogram export`: stacks as arrays, pictures, films and sheets, in files that other programs read.

use super::{Exit, list, out::Out};
use crate::{
    dicom::{Archives, Decoder},
    export::{Folder, FolderError, Values},
    imaging::parse_window,
    model::{Library, Query, shown},
    work::{Export, ExportError, Form, Look, Selection, Slices, Target, Voi, store, targets},
};
use clap::{ValueEnum, builder::PossibleValue};
use serde::Serialize;
use std::{
    io::{self, IsTerminal as _, Write as _},
    num::NonZeroUsize,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

impl ValueEnum for Form {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.meaning()))
    }
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
    pub(super) to: Form,
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

/// One stack, for programs.
#[derive(Serialize)]
struct Report {
    series_uid: String,
    stack: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
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
    if wish.to.tells_all() && wish.masked {
        anyhow::bail!("copies of files name the patients; `topogram deidentify` writes some that do not");
    }
    let window = wish.window.as_deref().map(parse_window).transpose()?;
    let mut library = Library::default();
    list::scan(wish.paths.clone(), |_, outcome| {
        store(&mut library, outcome);
        Ok(())
    })?;
    let selection = Selection { slice: wish.slice, over_time: wish.to.is_over_time(), masked: wish.masked };
    let targets = targets(&library, &wish.query, selection);
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
        let look = window.map(|window| Look::plain(Voi::Fixed(window)));
        let export = Export { form: wish.to, target, slices, values: wish.values, look };
        let done = export.write(&folder, &|| bar.step());
        bar.clear();
        let (files, what) = match done {
            Ok(files) => (files, None),
            Err(ExportError::Folder(FolderError::Exists { .. })) if wish.taken == Taken::Keep => continue,
            Err(why) => {
                failed += 1;
                (vec![], Some(target.told(out.mask, &why.to_string())))
            }
        };
        if wish.json {
            let series_uid = out.mask.uid(library.series(target.series).uid.raw());
            let stack = target.stack + 1;
            // Bytes that are no UTF-8 can only be those of the folder that was named.
            let files = files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
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
