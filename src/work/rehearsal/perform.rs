//! A rehearsal on a thread of its own: within the memory there is, one after the other, and stopped when nobody
//! waits for it any more.

use super::{Ground, Made, Rehearsal, Rehearsed, Rehearsing, as_stored, surveyed};
use crate::{
    dicom::{Archives, Decoder},
    imaging::{
        Histogram,
        steps::{self, StoredCounts, bins},
    },
    model::{Frame, Geometry, ModalityLut, Pixels, Stored},
    work::{Answer, ExportError, Raw, Recipe, Slices, Target, pipeline::even, room as memory_of_one},
};
use crossbeam_channel::Sender;
use ndarray::Array2;
use std::{
    num::NonZeroUsize,
    ops::Range,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
};

/// A rehearsal on a thread of its own; it is given up when this is dropped.
#[derive(Debug)]
pub(in crate::work) struct Rehearser {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Rehearser {
    /// Begins once the one before has ended: two at once would take twice the memory. It may take `room` bytes.
    pub(in crate::work) fn start(
        rehearsal: Rehearsal,
        before: Option<Self>,
        threads: usize,
        room: usize,
        decoder: Decoder,
        answers: Sender<Answer>,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let work = move || {
            if let Some(mut before) = before {
                before.stop.store(true, Ordering::Relaxed);
                let _ = before.thread.take().map(JoinHandle::join);
            }
            let (name, done) = (rehearsal.name(), AtomicUsize::new(0));
            let step = |all: usize| {
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                if done * 100 / all != (done - 1) * 100 / all {
                    let _ = answers.send(Answer::Rehearsal(Rehearsing::Going { name, done, all }));
                }
                !stopped.load(Ordering::Relaxed)
            };
            let result = match rehearse(&rehearsal, threads, room, &decoder, &step) {
                Err(ExportError::Stopped) => return,
                result => result.map(Arc::new).map_err(|why| why.to_string()),
            };
            if !stopped.load(Ordering::Relaxed) {
                let _ = answers.send(Answer::Rehearsal(Rehearsing::Done { name, result }));
            }
        };
        let thread = thread::Builder::new().name("topogram-steps".to_owned()).spawn(work).ok();
        Self { stop, thread }
    }
}

impl Drop for Rehearser {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Does the steps with so many threads and at most about `room` bytes; `step` is told of each slice that was read
/// and of how many there are, and may say no.
///
/// # Errors
///
/// [`ExportError`]: what concerns one slice concerns all, as it does when the files are written.
pub fn rehearse(
    rehearsal: &Rehearsal,
    threads: usize,
    room: usize,
    decoder: &Decoder,
    step: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Rehearsed, ExportError> {
    let Rehearsal { target, recipe, known } = rehearsal;
    let (ground, part) = if let Some(known) = known {
        (Arc::clone(&known.ground), known.part.clone())
    } else {
        let archives = Archives::default();
        let threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
        let slices = Slices { list: &target.slices, decoder, archives: &archives, threads };
        let most = usize::try_from(memory_of_one(NonZeroUsize::MIN)).unwrap_or(usize::MAX);
        let part =
            part_that_fits(target, recipe, slices.first()?.shape(), room.min(most)).ok_or_else(|| {
                let why = "has no room in memory, not even for one slice: try a coarser grid, or --memory";
                ExportError::frame(&target.slices[0].path, why)
            })?;
        let slices = Slices { list: &target.slices[part.clone()], ..slices };
        (Arc::new(Ground::of(target, slices, &part, recipe, step)?), part)
    };
    let lungs = match known.as_ref().filter(|known| known.recipe.lungs == recipe.lungs) {
        Some(known) => known.lungs.clone(),
        None => recipe.lungs.map(|fill| Arc::new(steps::lungs(&ground.prepared.values, fill))),
    };
    let mut made = [const { None }; 7];
    (made[0], made[1]) = (Some(ground.stored.clone()), Some(ground.units.clone()));
    let (name, recipe) = (rehearsal.name(), recipe.clone());
    Ok(Rehearsed { name, recipe, part, made, ground, lungs, box_kept: None }.follow(known.as_deref()))
}

impl Ground {
    fn of(
        target: &Target,
        slices: Slices<'_>,
        part: &Range<usize>,
        recipe: &Recipe,
        step: &(dyn Fn(usize) -> bool + Sync),
    ) -> Result<Self, ExportError> {
        let middle = slices.list.len() / 2;
        let first = slices.first()?;
        let shown = Slices { list: &slices.list[middle..], ..slices }.first()?;
        let counter = Mutex::new(StoredCounts::default());
        let geometry = target.geometry.as_ref().map(|geometry| part_of(geometry, part));
        let raw = Raw {
            slices,
            geometry: geometry.as_ref(),
            spacing: target.distances(),
            room: memory_of_one(NonZeroUsize::MIN),
        };
        let prepared = even(&raw, recipe, &|frame| {
            counter.lock().unwrap_or_else(PoisonError::into_inner).add(frame);
            step(slices.list.len())
        })?;
        let counter = counter.into_inner().unwrap_or_else(PoisonError::into_inner);
        let stored = Made {
            shape: prepared.from,
            spacing: distances(target),
            unit: String::new(),
            seen: counter.seen,
            histogram: counter.histogram(),
            survey: surveyed(Some(&as_stored(&shown))),
        };
        let seen = prepared.seen;
        let units = Made {
            unit: prepared.unit.clone(),
            seen,
            histogram: bins(&seen).map(|bins| Histogram { counts: prepared.histogram.clone(), ..bins }),
            survey: surveyed(Some(&shown)),
            ..stored.clone()
        };
        // Pixels and padding of a slice are its own; of the others it says what they are.
        let pixels = Pixels::Gray(Stored::F32(Array2::zeros((1, 1))));
        let (modality_lut, voi, padding) = (ModalityLut::IDENTITY, vec![], None);
        let first = Frame { pixels, modality_lut, voi, padding, notes: vec![], ..first };
        Ok(Self { prepared, first, stored, units })
    }
}

/// Of slices, rows and columns, mm, if anything is known.
fn distances(target: &Target) -> Option<[f64; 3]> {
    let geometry = target.geometry.as_ref();
    geometry.map_or(target.distances(), |geometry| {
        Some([geometry.slice_distance(), geometry.spacing.row, geometry.spacing.column])
    })
}

/// Where some of the slices lie.
fn part_of(geometry: &Geometry, part: &Range<usize>) -> Geometry {
    let [_, rows, columns] = geometry.shape;
    let positions = part.clone().map(|slice| geometry.locate([slice as f64, 0.0, 0.0])).collect();
    let shape = [part.len(), rows, columns];
    Geometry::new(shape, geometry.orientation, geometry.spacing, positions, geometry.slice_distance())
}

/// As many slices from the middle of the stack as `room` bytes suffice for; `None` if there is none.
fn part_that_fits(
    target: &Target,
    recipe: &Recipe,
    (rows, columns): (usize, usize),
    room: usize,
) -> Option<Range<usize>> {
    let all = target.slices.len();
    let here = (rows * columns) as f64;
    // While the grid is made: the values, those that are half-way in double precision, and the new ones, of
    // which two at a time; then the new ones and two masks.
    let each = match (recipe.resample, distances(target)) {
        (Some(new), Some(old)) => {
            let [deep, tall, wide] = [0, 1, 2].map(|axis| old[axis] / new[axis]);
            let new = tall * wide;
            here * (4.0 + new * 8.0).max(new * (8.0 + deep * 4.0)).max(new * deep * 6.0)
        }
        _ => here * 6.0,
    };
    let count = ((room as f64 / each.max(1.0)) as usize).min(all);
    let start = (all - count) / 2;
    (count > 0).then_some(start..start + count)
}
