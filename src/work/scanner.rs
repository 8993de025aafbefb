//! Threads that scan folders: one walks, several read, and the result is the same for any number.
//!
//! Files travel in numbered batches. Readers finish them in any order; the collector hands them on in
//! the order of the walk, so that a library never depends on timing. Where opening a file takes long, over
//! a network or from a cold disk, readers are added: they wait beside one another. When all have been seen, the
//! collector goes on to tell what happens to them.

use crate::dicom::{Archives, Entry, Outcome, Reader, examine_next, same_bytes, walk, walk_telling};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::{
    cell::Cell,
    collections::BTreeMap,
    fs::Metadata,
    io::{PipeWriter, pipe},
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Instant,
};

use super::{
    News, Recall, Watching,
    gate::Gate,
    pace::Pace,
    watch::{Settling, Told, Watch},
};
use crate::model::{Finding, InstanceId, Library, Problem, SeriesId, Sighting};

/// What a scan sends while it runs.
#[derive(Debug)]
pub enum Found {
    /// What the last scan found, in outline; this one checks it.
    Known(Box<Library>),
    /// Why nothing is kept of this one.
    Unkept(String),
    /// The files of a series of the outline, which was asked for.
    Fetched(SeriesId, Vec<Sighting>),
    /// Files in the order of the walk, with what each of them is.
    Files(Vec<(PathBuf, Outcome)>),
    /// Everything has been seen.
    Done,
    /// What has happened since.
    News(News),
    /// So much has happened since that only another scan can tell what.
    Missed,
}

/// Files the outcome for one path under the library; problems and counts included. Tells which instance it
/// has become, if it is one.
pub fn store(library: &mut Library, outcome: Outcome) -> Option<InstanceId> {
    library.counts.files += 1;
    match outcome {
        Outcome::Instance(file) => return Some(library.add(*file)),
        Outcome::Directory(_) => library.counts.dicomdir += 1,
        Outcome::Ignored => library.counts.ignored += 1,
        Outcome::Problem(problem) => {
            library.counts.problems += 1;
            library.problems.push(problem);
        }
    }
    None
}

/// The same for a library that is kept up to date: what is only counted is remembered, too.
pub fn store_at(library: &mut Library, path: &Path, outcome: Outcome) {
    if matches!(outcome, Outcome::Ignored | Outcome::Directory(_)) {
        library.set_aside(path, matches!(outcome, Outcome::Directory(_)));
    }
    store(library, outcome);
}

/// Bytes of files with equal SOP Instance UIDs that are compared; beyond that they may be copies or not.
const COMPARED: u64 = 512 << 20;

/// Everything odd about the files of a finished scan beside one another; reads only what may be copies.
pub fn findings(library: &Library) -> Vec<Finding> {
    let mut budget = COMPARED;
    let archives = Archives::default();
    library.findings(|a, b| same_bytes(a, b, &archives, &mut budget))
}

/// A running scan; dropping it stops the threads at their next file.
#[derive(Debug)]
pub struct Scanner {
    gate: Arc<Gate>,
    /// Closed with the scanner: then nobody wants to know what happens to the files.
    _end: Option<PipeWriter>,
}

/// Batches that wait between two threads.
const WAITING: usize = 32;
/// Batches after which the system may tell what has happened: it does not keep news for ever.
const LISTENED: u64 = 32;

type Batch = (u64, Vec<Entry>);
type Read = (u64, Vec<(PathBuf, Outcome)>);

impl Scanner {
    /// Starts scanning `roots` with `threads` readers, or more if files open slowly, sending what they find
    /// to `found`.
    pub fn start<T: From<Found> + Send + 'static>(
        roots: Vec<PathBuf>,
        threads: usize,
        found: Sender<T>,
    ) -> Self {
        Self::begin(roots, threads, None, None, found)
    }

    /// The same, reading only what is not as `recall` knows it.
    pub fn start_again<T: From<Found> + Send + 'static>(
        roots: Vec<PathBuf>,
        threads: usize,
        recall: &Arc<Recall>,
        found: Sender<T>,
    ) -> Self {
        Self::begin(roots, threads, Some(recall), None, found)
    }

    /// The same for somebody who looks at it: first comes what `recall` knows, and when all files have been seen,
    /// what happens to them.
    pub fn start_live<T: From<Found> + Send + 'static>(
        roots: Vec<PathBuf>,
        threads: usize,
        recall: Option<&Arc<Recall>>,
        watching: Watching,
        found: Sender<T>,
    ) -> Self {
        Self::begin(roots, threads, recall, Some(watching), found)
    }

    fn begin<T: From<Found> + Send + 'static>(
        roots: Vec<PathBuf>,
        threads: usize,
        recall: Option<&Arc<Recall>>,
        live: Option<Watching>,
        found: Sender<T>,
    ) -> Self {
        let watching = live.unwrap_or_default();
        let pace = Pace::new(threads);
        let Some(recall) = recall.cloned() else {
            let eye = Eye { tool: Reader::default, examine: examine_next };
            return Self::start_with(roots, pace, eye, watching, || {}, found);
        };
        // Of a folder that is scanned alone there is no outline. It is told before files are read, which takes the
        // processors.
        let first = live.filter(|_| recall.is_of(&roots)).map(|_| (Arc::clone(&recall), found.clone()));
        let announce = move || {
            if let Some((recall, found)) = first {
                recall.announce(&found);
            }
        };
        let examine =
            move |reader: &mut Reader, path: &Path| recall.examine(path, || examine_next(reader, path));
        Self::start_with(roots, pace, Eye { tool: Reader::default, examine }, watching, announce, found)
    }

    fn start_with<R: 'static, T: From<Found> + Send + 'static>(
        roots: Vec<PathBuf>,
        pace: Pace,
        eye: Eye<R, impl Fn(&mut R, &Path) -> Outcome + Send + Sync + 'static>,
        watching: Watching,
        before: impl FnOnce() + Send + 'static,
        found: Sender<T>,
    ) -> Self {
        let gate = Arc::new(Gate::default());
        let (to_read, batches) = bounded::<Batch>(WAITING);
        let (to_collect, read) = bounded::<Read>(WAITING);
        let (readers, pace, eye) = (pace.readers(), Arc::new(pace), Arc::new(eye));
        let (crew_pace, crew_gate) = (Arc::clone(&pace), Arc::clone(&gate));
        let crew = Crew { batches, to_collect, pace: crew_pace, gate: crew_gate, eye: Arc::clone(&eye) };
        let crew = Arc::new(crew);
        for _ in 0..readers {
            Crew::join(&crew);
        }
        drop(crew);
        // Without a pipe the files are not watched.
        let ends = if watching == Watching::Off { None } else { pipe().ok() };
        let watch = Arc::new(Watch::new(if ends.is_some() { watching } else { Watching::Off }));
        let (end, hold) = ends.unzip();
        let (walker_gate, walker_watch) = (Arc::clone(&gate), Arc::clone(&watch));
        spawn("topogram-walk", move || {
            before();
            walk_roots(&roots, &to_read, &pace, &walker_gate, &walker_watch);
        });
        let collector_gate = Arc::clone(&gate);
        spawn("topogram-found", move || {
            let settling = collect(&read, &watch, &found);
            let Some((end, settling)) = end.zip(settling).filter(|_| !collector_gate.is_shut()) else {
                return;
            };
            let mut tool = (eye.tool)();
            let read = |path: &Path, files: &mut Vec<(PathBuf, Outcome)>| {
                let _ = walk(&[path.to_owned()], |entry| {
                    files.push(eye.outcome(&mut tool, entry));
                    ControlFlow::Continue(())
                });
            };
            watch.run(settling, &end, read, |told| {
                let found_now = match told {
                    Told::News(news) => Found::News(news),
                    Told::Missed => Found::Missed,
                };
                found.send(found_now.into()).is_ok()
            });
        });
        Self { gate, _end: hold }
    }

    /// Lets the threads wait after the batch they are at, or go on.
    pub fn pause(&self, paused: bool) {
        self.gate.set(paused);
    }

    /// Readers to begin with: as many as can work at a time.
    pub fn threads() -> usize {
        thread::available_parallelism().map_or(2, std::num::NonZero::get).clamp(2, 8)
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        self.gate.shut();
    }
}

pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> bool {
    // Without a thread there is nothing to scan with; the collector then reports an empty scan.
    thread::Builder::new().name(name.to_owned()).spawn(work).is_ok()
}

fn walk_roots(roots: &[PathBuf], to_read: &Sender<Batch>, pace: &Pace, gate: &Gate, watch: &Watch) {
    let (mut number, mut met, mut batch) = (0, 0, vec![]);
    let is_looked_at = Cell::new(false);
    let enter = |folder: &Path, status: &Metadata| is_looked_at.set(watch.enter(folder, status));
    let walked = walk_telling(roots, enter, |entry| {
        if let Entry::File(path) = &entry
            && is_looked_at.get()
        {
            watch.met(path);
        }
        if !gate.is_open() && !gate.pass() {
            return ControlFlow::Break(());
        }
        batch.push(entry);
        // The first batches are small: the first rows matter most.
        if batch.len() < (met / 8).clamp(1, pace.batch()) {
            return ControlFlow::Continue(());
        }
        met += batch.len();
        let full = (number, std::mem::take(&mut batch));
        number += 1;
        to_read.send(full).map_or(ControlFlow::Break(()), ControlFlow::Continue)
    });
    if walked.is_continue() {
        let _ = to_read.send((number, batch));
    }
}

/// How files are read: each reader makes its own `tool` and examines with it.
struct Eye<R, F> {
    tool: fn() -> R,
    examine: F,
}

impl<R, F: Fn(&mut R, &Path) -> Outcome> Eye<R, F> {
    fn outcome(&self, tool: &mut R, entry: Entry) -> (PathBuf, Outcome) {
        let path = entry.path().to_owned();
        // A panic here would be a mistake of ours; it must cost one file, not the scan.
        let examined = catch_unwind(AssertUnwindSafe(|| entry.examine_with(tool, &self.examine)));
        let outcome = examined.unwrap_or_else(|_| {
            *tool = (self.tool)();
            let what = "made the reader stumble; please report this file".to_owned();
            Outcome::Problem(Problem { path: path.clone(), what })
        });
        (path, outcome)
    }
}

/// What the readers of one scan have in common.
struct Crew<R, F> {
    batches: Receiver<Batch>,
    to_collect: Sender<Read>,
    pace: Arc<Pace>,
    gate: Arc<Gate>,
    eye: Arc<Eye<R, F>>,
}

impl<R: 'static, F: Fn(&mut R, &Path) -> Outcome + Send + Sync + 'static> Crew<R, F> {
    /// Takes on one more reader; true if the system gives it a thread.
    fn join(crew: &Arc<Self>) -> bool {
        let member = Arc::clone(crew);
        spawn("topogram-read", move || Self::work(&member))
    }

    fn work(crew: &Arc<Self>) {
        let (mut tool, mut slow) = ((crew.eye.tool)(), 0);
        for (number, batch) in &crew.batches {
            if !crew.gate.pass() {
                return;
            }
            let mut outcomes = Vec::with_capacity(batch.len());
            let mut began = Instant::now();
            for entry in batch {
                outcomes.push(crew.eye.outcome(&mut tool, entry));
                let now = Instant::now();
                if crew.pace.wants_more(&mut slow, now - began) {
                    Self::join(crew);
                }
                began = now;
            }
            if crew.to_collect.send((number, outcomes)).is_err() {
                return;
            }
        }
    }
}

/// Hands on what was read, in order; then what has happened meanwhile, `None` if nobody wants to know.
fn collect<T: From<Found>>(read: &Receiver<Read>, watch: &Watch, found: &Sender<T>) -> Option<Settling> {
    let mut early: BTreeMap<u64, Vec<(PathBuf, Outcome)>> = BTreeMap::new();
    let (mut next, mut settling, mut is_known) = (0, Settling::default(), true);
    for (number, outcomes) in read {
        early.insert(number, outcomes);
        while let Some(outcomes) = early.remove(&next) {
            next += 1;
            if next.is_multiple_of(LISTENED) {
                is_known &= watch.listen(&mut settling);
            }
            if !outcomes.is_empty() && found.send(Found::Files(outcomes).into()).is_err() {
                return None;
            }
        }
    }
    found.send(Found::Done.into()).ok()?;
    if !is_known {
        found.send(Found::Missed.into()).ok()?;
    }
    Some(settling)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(threads: usize) -> Vec<PathBuf> {
        let (sender, found) = crossbeam_channel::unbounded::<Found>();
        let _scanner = Scanner::start(vec!["src".into(), "Cargo.toml".into()], threads, sender);
        let mut paths = vec![];
        for message in found {
            match message {
                Found::Files(files) => paths.extend(files.into_iter().map(|(path, _)| path)),
                Found::Done => return paths,
                other => panic!("{other:?}: nothing is kept or watched"),
            }
        }
        panic!("the scan ended without saying so");
    }

    #[test]
    fn the_order_is_the_same_for_one_reader_and_for_many() {
        assert_eq!(scan(1), scan(8));
    }
}
