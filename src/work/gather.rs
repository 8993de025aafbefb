//! Attributes of all files of some series, read by several threads.

use crate::{
    dicom::{Archives, pick},
    model::{InstanceId, Library, SeriesId, TagNumber},
    work::Scanner,
};
use std::{
    collections::HashSet,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// What the files of a series say of one attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gathered {
    /// Every value once, in the order of the scan.
    pub values: Vec<String>,
    /// Files without the attribute.
    pub absent: usize,
}

/// Reads `tags` in every file of `series`; the answer has one list for each series, and in it one entry for
/// each tag.
pub fn gather(library: &Library, series: &[SeriesId], tags: &[TagNumber]) -> Vec<Vec<Gathered>> {
    let archives = Archives::default();
    in_threads(series, |id| of_files(library, &library.series(id).instances, tags, &archives))
}

/// What `read` says of each series, in their order.
pub(super) fn in_threads<T: Clone + Default + Send>(
    series: &[SeriesId],
    read: impl Fn(SeriesId) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(vec![T::default(); series.len()]);
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(&id) = series.get(at) else { return };
            let one = read(id);
            if let Ok(mut found) = found.lock() {
                found[at] = one;
            }
        }
    };
    thread::scope(|threads| {
        for _ in 1..Scanner::threads().min(series.len()) {
            threads.spawn(work);
        }
        work();
    });
    found.into_inner().unwrap_or_default()
}

fn of_files(
    library: &Library,
    files: &[InstanceId],
    tags: &[TagNumber],
    archives: &Archives,
) -> Vec<Gathered> {
    let mut gathered = vec![Gathered::default(); tags.len()];
    let mut known: Vec<HashSet<String>> = vec![HashSet::new(); tags.len()];
    for &id in files {
        // A file that has gone since the scan says nothing.
        let values = pick(&library.path(id), tags, archives).unwrap_or_else(|_| vec![None; tags.len()]);
        for ((one, known), value) in gathered.iter_mut().zip(&mut known).zip(values) {
            match value {
                Some(value) if !known.contains(&value) => {
                    known.insert(value.clone());
                    one.values.push(value);
                }
                Some(_) => {}
                None => one.absent += 1,
            }
        }
    }
    gathered
}
