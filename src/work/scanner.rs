//! Threads that scan folders: one walks, several read, and the result is the same for any number.
//!
//! Files travel in numbered batches. Readers finish them in any order; the collector hands them on in
//! the order of the walk, so that a library never depends on timing.

use crate::dicom::{Entry, Outcome, examine, same_bytes, walk};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use crate::model::{Finding, InstanceId, Library, Problem};

/// What a scan sends while it runs.
#[derive(Debug)]
pub enum Found {
    /// Files in the order of the walk, with what each of them is.
    Files(Vec<(PathBuf, Outcome)>),
    /// Everything has been seen.
    Done,
}

/// Files the outcome for one path under the library; problems and counts included. Tells which instance it
/// has become, if it is one.
pub fn store(library: &mut Library, outcome: Outcome) -> Option<InstanceId> {
    library.counts.files += 1;
    match outcome {
        Outcome::Instance(record) => return Some(library.insert(*record)),
        Outcome::Directory(_) => library.counts.dicomdir += 1,
        Outcome::Ignored => library.counts.ignored += 1,
        Outcome::Problem(problem) => {
            library.counts.problems += 1;
            library.problems.push(problem);
        }
    }
    None
}

/// Bytes of files with equal SOP Instance UIDs that are compared; beyond that they may be copies or not.
const COMPARED: u64 = 512 << 20;

/// Everything odd about the files of a finished scan beside one another; reads only what may be copies.
pub fn findings(library: &Library) -> Vec<Finding> {
    let mut budget = COMPARED;
    library.findings(|a, b| same_bytes(a, b, &mut budget))
}

/// A running scan; dropping it stops the threads at their next file.
#[derive(Debug)]
pub struct Scanner {
    stop: Arc<AtomicBool>,
}

/// Small enough for rows to appear at once, large enough to make channels cheap.
const BATCH: usize = 32;
/// The first batches are small: the first rows matter most.
const FIRST_BATCHES: u64 = 16;

type Batch = (u64, Vec<Entry>);
type Read = (u64, Vec<(PathBuf, Outcome)>);

impl Scanner {
    /// Starts scanning `roots` with `threads` readers, sending what they find to `found`.
    pub fn start<T: From<Found> + Send + 'static>(
        roots: Vec<PathBuf>,
        threads: usize,
        found: Sender<T>,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (to_read, batches) = bounded::<Batch>(256);
        let (to_collect, read) = bounded::<Read>(256);
        for _ in 0..threads.max(1) {
            let (batches, to_collect, stop) = (batches.clone(), to_collect.clone(), Arc::clone(&stop));
            spawn("topogram-read", move || read_batches(&batches, &to_collect, &stop));
        }
        drop(to_collect);
        let walker_stop = Arc::clone(&stop);
        spawn("topogram-walk", move || walk_roots(&roots, &to_read, &walker_stop));
        spawn("topogram-found", move || collect(&read, &found));
        Self { stop }
    }

    /// Readers that suit this machine: waiting for a disk is most of the work.
    pub fn threads() -> usize {
        thread::available_parallelism().map_or(2, |cores| cores.get() * 2).min(8)
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    // Without a thread there is nothing to scan with; the collector then reports an empty scan.
    let _ = thread::Builder::new().name(name.to_owned()).spawn(work);
}

fn walk_roots(roots: &[PathBuf], to_read: &Sender<Batch>, stop: &AtomicBool) {
    let (mut number, mut batch) = (0, vec![]);
    let mut send = |batch: Vec<Entry>| {
        number += 1;
        to_read.send((number - 1, batch)).map_or(ControlFlow::Break(()), |()| ControlFlow::Continue(number))
    };
    let mut size = 1;
    let walked = walk(roots, |entry| {
        if stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        batch.push(entry);
        if batch.len() < size {
            return ControlFlow::Continue(());
        }
        let number = send(std::mem::take(&mut batch));
        match number {
            ControlFlow::Continue(number) => {
                size = if number < FIRST_BATCHES { 1 } else { BATCH };
                ControlFlow::Continue(())
            }
            ControlFlow::Break(()) => ControlFlow::Break(()),
        }
    });
    if walked.is_continue() {
        let _ = send(batch);
    }
}

fn read_batches(batches: &Receiver<Batch>, to_collect: &Sender<Read>, stop: &AtomicBool) {
    for (number, batch) in batches {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let outcomes = batch.into_iter().map(outcome).collect();
        if to_collect.send((number, outcomes)).is_err() {
            return;
        }
    }
}

fn outcome(entry: Entry) -> (PathBuf, Outcome) {
    match entry {
        Entry::Problem(problem) => (problem.path.clone(), Outcome::Problem(problem)),
        Entry::File(path) => {
            // A panic here would be a mistake of ours; it must cost one file, not the scan.
            let outcome = catch_unwind(AssertUnwindSafe(|| examine(&path))).unwrap_or_else(|_| {
                let what = "made the reader stumble; please report this file".to_owned();
                Outcome::Problem(Problem { path: path.clone(), what })
            });
            (path, outcome)
        }
    }
}

fn collect<T: From<Found>>(read: &Receiver<Read>, found: &Sender<T>) {
    let mut early: BTreeMap<u64, Vec<(PathBuf, Outcome)>> = BTreeMap::new();
    let mut next = 0;
    for (number, outcomes) in read {
        early.insert(number, outcomes);
        while let Some(outcomes) = early.remove(&next) {
            next += 1;
            if !outcomes.is_empty() && found.send(Found::Files(outcomes).into()).is_err() {
                return;
            }
        }
    }
    let _ = found.send(Found::Done.into());
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
            }
        }
        panic!("the scan ended without saying so");
    }

    #[test]
    fn the_order_is_the_same_for_one_reader_and_for_many() {
        assert_eq!(scan(1), scan(8));
    }
}
