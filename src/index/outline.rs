//! The outline of a library as bytes, written and read series by series: all sketches at once would take as much
//! memory as a tenth of a million files.

use super::coded::{Coded, coded};
use crate::model::{Counts, Library, Problem, Sketch};

coded! {
    Problem { path, what }
    Sketch { record, frames, bytes, warned }
}

/// What is kept of a library.
pub(super) fn encode(library: &Library) -> Vec<u8> {
    let mut bytes = vec![];
    (library.series_count() as u64).write(&mut bytes);
    for sketch in library.sketches() {
        sketch.write(&mut bytes);
    }
    library.problems.write(&mut bytes);
    library.counts.write(&mut bytes);
    bytes
}

/// The library that an outline tells of.
pub(super) fn decode(mut bytes: &[u8]) -> Option<Library> {
    let mut library = Library::default();
    for _ in 0..u64::read(&mut bytes)? {
        library.add_sketch(Sketch::read(&mut bytes)?);
    }
    library.problems = Vec::read(&mut bytes)?;
    library.counts = Counts::read(&mut bytes)?;
    Some(library)
}
