//! The thread that writes: a scan tells it what was met, and never waits for the disk.
//!
//! What is new is written as it comes, so that a scan that is cut off is not lost. Only when a scan has seen
//! everything is it known what is gone; then folders that have lost files are written anew without them.

use super::{
    chunk::{Chunk, Growing, Heads, LARGE, Line, sealed},
    database::Database,
};
use crossbeam_channel::{Receiver, Sender};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// A folder below the root, as bytes of its path.
pub(super) type Folder = Arc<[u8]>;

/// What the writer is told.
#[derive(Debug)]
pub(super) enum Note {
    /// A scan begins that will meet everything.
    Begin,
    /// Files are as these lines of this piece say, a bit each.
    Met(Folder, i64, Vec<u64>),
    /// A file was read.
    Learnt(Folder, Line),
    /// The scan has met everything; this is the outline of these roots.
    Done(Vec<u8>, Vec<u8>),
    /// Somebody waits for what was told so far to be written.
    Flush(Sender<()>),
}

/// Bytes that wait in memory, of all folders together.
const MOST_WAITING: usize = 16 << 20;

#[derive(Default)]
struct State {
    /// Lines of pieces that hold.
    met: HashMap<i64, Vec<u64>>,
    growing: Growing,
    /// Pieces that this scan has written.
    own: Vec<i64>,
}

pub(super) struct Writer {
    database: Arc<Mutex<Database>>,
    folders: HashMap<Folder, State>,
    waiting: usize,
    meets_all: bool,
}

impl Writer {
    pub(super) fn new(database: Arc<Mutex<Database>>) -> Self {
        Self { database, folders: HashMap::new(), waiting: 0, meets_all: false }
    }

    /// Writes until nobody is left to tell it anything.
    pub(super) fn run(mut self, notes: &Receiver<Note>) {
        let done = notes.iter().try_for_each(|note| self.take(note)).and_then(|()| self.flush());
        if let Err(error) = done {
            use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
            if matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase)) {
                self.database.lock().unwrap_or_else(PoisonError::into_inner).give_up();
            }
            // A full disk, or a database taken away: this scan is not kept any further. Notes are let go by.
            notes.iter().for_each(drop);
        }
    }

    fn take(&mut self, note: Note) -> rusqlite::Result<()> {
        match note {
            Note::Begin => {
                self.flush()?;
                self.folders.clear();
                self.meets_all = true;
            }
            Note::Met(folder, piece, lines) => {
                let met = self.folders.entry(folder).or_default().met.entry(piece).or_default();
                met.resize(lines.len().max(met.len()), 0);
                met.iter_mut().zip(lines).for_each(|(met, lines)| *met |= lines);
            }
            Note::Learnt(folder, line) => {
                let state = self.folders.entry(folder).or_default();
                let before = state.growing.len();
                state.growing.add(line);
                self.waiting += state.growing.len() - before;
                if state.growing.len() > LARGE || self.waiting > MOST_WAITING {
                    self.flush()?;
                }
            }
            Note::Done(roots, outline) => {
                self.flush()?;
                self.settle(&roots, &outline)?;
            }
            Note::Flush(written) => {
                self.flush()?;
                // Whoever waited may have left.
                let _ = written.send(());
            }
        }
        Ok(())
    }

    /// Writes what waits.
    fn flush(&mut self) -> rusqlite::Result<()> {
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        if self.waiting == 0 {
            return Ok(());
        }
        database.at_once(|database| {
            for (folder, state) in self.folders.iter_mut().filter(|(_, state)| state.growing.count > 0) {
                state.own.push(store(database, folder, &state.growing)?);
                state.growing = Growing::default();
            }
            Ok(())
        })?;
        self.waiting = 0;
        Ok(())
    }

    /// Drops what this scan has not met.
    fn settle(&mut self, roots: &[u8], outline: &[u8]) -> rusqlite::Result<()> {
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        database.at_once(|database| {
            if self.meets_all {
                for (folder, state) in &self.folders {
                    tidy(database, folder, state)?;
                }
                let known = database.folders()?;
                for folder in known.iter().filter(|folder| !self.folders.contains_key(&folder[..])) {
                    database.remove_folder(folder)?;
                }
            }
            database.set_outline(roots, &sealed(&database.root, roots, outline))
        })?;
        drop(database);
        self.folders = HashMap::new();
        self.meets_all = false;
        Ok(())
    }
}

fn store(database: &Database, folder: &[u8], growing: &Growing) -> rusqlite::Result<i64> {
    database.add(folder, growing.count, &growing.sealed(&database.root, folder))
}

/// Writes the older pieces of a folder anew, if not all of their lines were met.
fn tidy(database: &Database, folder: &[u8], state: &State) -> rusqlite::Result<()> {
    let pieces = database.lines(folder)?;
    let older = pieces.iter().filter(|(id, _)| !state.own.contains(id));
    let lines: i64 = older.clone().map(|(_, lines)| lines).sum();
    let met = older.clone().filter_map(|(id, _)| state.met.get(id)).flatten();
    if lines == met.map(|bits| i64::from(bits.count_ones())).sum::<i64>() {
        return Ok(());
    }
    let is_met = |piece: i64, line: usize| {
        let bits = state.met.get(&piece).and_then(|met| met.get(line / 64));
        bits.is_some_and(|bits| bits >> (line % 64) & 1 == 1)
    };
    let mut kept = Growing::default();
    for piece in database.pieces(folder)? {
        if let Some(chunk) = Chunk::open(&database.root, folder, piece.data, &mut Heads::default()) {
            let lines = chunk.lines.iter().enumerate();
            let met = lines.filter(|&(line, _)| is_met(piece.id, line));
            for line in met.filter_map(|(_, &at)| Line::copied(&chunk, at)) {
                kept.add(line);
                if kept.len() > LARGE {
                    store(database, folder, &std::mem::take(&mut kept))?;
                }
            }
        }
    }
    for (id, _) in older {
        database.remove(*id)?;
    }
    if kept.count > 0 {
        store(database, folder, &kept)?;
    }
    Ok(())
}
