//! The frames of a stack, taken in turn by several threads.

use super::{super::reader::Reader, ExportError};
use crate::{
    dicom::{Archives, Decoder},
    model::Frame,
};
use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    path::Path,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Where a slice is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// Its file.
    pub path: Arc<Path>,
    /// Frame of the file, zero-based.
    pub frame: u32,
    /// The part of the frame that it is, if it is not all of it: the first row and column, and how many.
    pub tile: Option<[[usize; 2]; 2]>,
}

/// The slices of a stack in their order, and how they are read.
#[derive(Debug, Clone, Copy)]
pub struct Slices<'a> {
    /// In display order; at least one.
    pub list: &'a [Slice],
    /// Decodes compressed frames.
    pub decoder: &'a Decoder,
    /// Opens files, also in archives.
    pub archives: &'a Archives,
    /// Threads at work.
    pub threads: NonZeroUsize,
}

/// Results that may be done before their turn, for each thread.
const AHEAD: usize = 4;

impl Slices<'_> {
    /// The first frame.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn first(&self) -> Result<Frame, ExportError> {
        read(&mut self.reader(), &self.list[0])
    }

    /// Does `work` with every frame, in no order. It may say no: then everything stops with that error.
    ///
    /// # Errors
    ///
    /// The first that a frame or `work` has.
    pub fn each(
        &self,
        work: impl Fn(usize, &Frame) -> Result<(), ExportError> + Sync,
    ) -> Result<(), ExportError> {
        self.visit(|| (), |(), reader, at| work(at, &read(reader, &self.list[at])?))
    }

    /// Goes to every slice, in no order; `work` reads what it wants of it, with what `begin` made for its
    /// thread. It may say no, as in [`Self::each`].
    ///
    /// # Errors
    ///
    /// The first that `work` has.
    pub(super) fn visit<S>(
        &self,
        begin: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, &mut Reader<'_>, usize) -> Result<(), ExportError> + Sync,
    ) -> Result<(), ExportError> {
        let next = AtomicUsize::new(0);
        let failed = Mutex::new(None);
        thread::scope(|scope| {
            for _ in 0..self.threads.get().min(self.list.len()) {
                scope.spawn(|| {
                    let (mut own, mut reader) = (begin(), self.reader());
                    while let at = next.fetch_add(1, Ordering::Relaxed)
                        && at < self.list.len()
                    {
                        if let Err(why) = work(&mut own, &mut reader, at) {
                            next.store(self.list.len(), Ordering::Relaxed);
                            failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
                        }
                    }
                });
            }
        });
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// Makes something of every frame on all threads, and hands it over in order. No thread runs far ahead of
    /// the slowest.
    ///
    /// # Errors
    ///
    /// The first that a frame, `make` or `take` has.
    pub fn in_order<T: Send>(
        &self,
        make: impl Fn(usize, &Frame) -> Result<T, ExportError> + Sync,
        take: impl FnMut(T) -> Result<(), ExportError> + Send,
    ) -> Result<(), ExportError> {
        let ahead = AHEAD * self.threads.get();
        let queue = Mutex::new(Queue { turn: 0, early: BTreeMap::new(), take });
        let moved = Condvar::new();
        self.visit(
            || (),
            |(), reader, at| {
                let made = read(reader, &self.list[at]).and_then(|frame| make(at, &frame));
                let mut held = queue.lock().unwrap_or_else(PoisonError::into_inner);
                // The one whose turn it is never waits, so that somebody always goes on.
                while made.is_ok() && at > held.turn.saturating_add(ahead) {
                    held = moved.wait(held).unwrap_or_else(PoisonError::into_inner);
                }
                let result = made.and_then(|made| held.pass_on(at, made));
                if result.is_err() {
                    // Nobody must wait for a turn that never comes.
                    held.turn = usize::MAX;
                }
                moved.notify_all();
                result
            },
        )
    }

    fn reader(&self) -> Reader<'_> {
        Reader::new(self.decoder, self.archives)
    }
}

pub(super) fn read(reader: &mut Reader<'_>, slice: &Slice) -> Result<Frame, ExportError> {
    let read = match slice.tile {
        None => reader.frame(&slice.path, slice.frame),
        Some(tile) => reader.tile(&slice.path, slice.frame, tile),
    };
    read.map_err(|why| ExportError::frame(&slice.path, why))
}

struct Queue<T, F> {
    turn: usize,
    early: BTreeMap<usize, T>,
    take: F,
}

impl<T, F: FnMut(T) -> Result<(), ExportError>> Queue<T, F> {
    /// Hands over what is there up to the first that is not.
    fn pass_on(&mut self, at: usize, made: T) -> Result<(), ExportError> {
        self.early.insert(at, made);
        while let Some(made) = self.early.remove(&self.turn) {
            (self.take)(made)?;
            self.turn += 1;
        }
        Ok(())
    }
}
