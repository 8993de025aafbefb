//! The index of one root: asked by the threads of a scan, told by them what they had to read.

use super::{
    Identity, Shelf, Trouble,
    chunk::{Chunk, Heads, Line, unsealed},
    database::{Database, Piece},
    outline,
    writer::{Folder, Note, Writer},
};
use crate::model::{Library, Record, Sighting, natural_bytes};
use crossbeam_channel::Sender;
use std::{
    collections::VecDeque,
    ffi::OsStr,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::SystemTime,
};

/// What is kept of one file.
#[derive(Debug, Clone)]
pub enum Kept {
    /// It is an object for the library.
    Instance(Box<Sighting>),
    /// It is not DICOM.
    Other,
}

/// Folders whose pieces are kept at hand: readers work on a few at a time.
const AT_HAND: usize = 8;
/// Notes that wait for the writer; a scan that is faster than the disk waits here.
const NOTES: usize = 1 << 12;

/// What is known below one root.
#[derive(Debug)]
pub struct Index {
    given: PathBuf,
    root: PathBuf,
    database: Arc<Mutex<Database>>,
    at_hand: Mutex<VecDeque<Arc<Known>>>,
    notes: Option<Sender<Note>>,
    writer: Option<JoinHandle<()>>,
}

/// The pieces of one folder.
#[derive(Debug)]
struct Known {
    folder: Folder,
    pieces: Vec<(i64, Chunk)>,
    /// Piece and number of the line of every file, by name; of one that is there twice, the newest comes first.
    order: Vec<(u32, u32)>,
    /// Lines of each piece that hold, a bit each: told when nobody works on the folder any more.
    met: Vec<Vec<AtomicU64>>,
    notes: Option<Sender<Note>>,
}

impl Index {
    /// Opens the index of a folder, as the user names it. What came between is told beside it.
    ///
    /// # Errors
    ///
    /// [`Trouble`] if there can be no index.
    pub fn open(shelf: &Shelf, given: &Path) -> Result<(Self, Option<Trouble>), Trouble> {
        let folder = |error| Trouble::Folder { path: given.to_owned(), error };
        let root = given.canonicalize().map_err(folder)?;
        let (database, trouble) = shelf.database(&root)?;
        let writes = database.is_writable();
        let database = Arc::new(Mutex::new(database));
        let (mut notes, mut writer) = (None, None);
        if writes {
            let (tell, told) = crossbeam_channel::bounded(NOTES);
            let work = Writer::new(Arc::clone(&database));
            let thread = thread::Builder::new().name("topogram-index".to_owned());
            writer = Some(thread.spawn(move || work.run(&told)).map_err(folder)?);
            notes = Some(tell);
        }
        let given = given.to_owned();
        Ok((Self { given, root, database, at_hand: Mutex::default(), notes, writer }, trouble))
    }

    /// The folder this is the index of, as the user named it.
    pub fn given(&self) -> &Path {
        &self.given
    }

    /// The same, without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A scan of everything begins.
    pub fn begin(&self) {
        self.let_go();
        self.tell(Note::Begin);
    }

    /// What is known of a file below the root, if it is still the same.
    pub fn recall(&self, path: &Path, identity: &Identity) -> Option<Kept> {
        let known = self.known(self.folder(path)?)?;
        let (piece, line) = known.find(path.file_name()?)?;
        let (_, chunk) = known.pieces.get(piece as usize)?;
        let kept = chunk.recall(*chunk.lines.get(line as usize)?, identity, path)?;
        known.met[piece as usize][line as usize / 64].fetch_or(1 << (line % 64), Ordering::Relaxed);
        Some(kept)
    }

    /// Files of a folder that were like one of these, in the order of their names. They may have changed.
    pub fn files_like(&self, folder: &Path, is_wanted: impl Fn(&Record) -> bool) -> Vec<PathBuf> {
        // Any name: a folder is asked for by a file in it.
        let Some(known) = self.folder(&folder.join("x")).and_then(|folder| self.known(folder)) else {
            return vec![];
        };
        let wanted: Vec<Vec<bool>> = known
            .pieces
            .iter()
            .map(|(_, chunk)| chunk.heads.iter().map(|head| is_wanted(head)).collect())
            .collect();
        let is_like = |&(piece, line): &(u32, u32)| {
            let chunk = &known.pieces[piece as usize].1;
            let head = chunk.lines.get(line as usize).and_then(|&at| chunk.head(at));
            head.is_some_and(|head| wanted[piece as usize].get(head).is_some_and(|&wanted| wanted))
        };
        let name = |&entry| name(&known.pieces, entry);
        let mut names: Vec<&[u8]> = known.order.iter().filter(|entry| is_like(entry)).map(name).collect();
        names.dedup();
        names.sort_by(|a, b| natural_bytes(a, b));
        names.into_iter().map(|name| folder.join(OsStr::from_bytes(name))).collect()
    }

    /// Keeps what a file has turned out to be; `file` is none if it is not DICOM. The identity is from
    /// before it was read, and so is the time.
    pub fn learn(&self, path: &Path, identity: &Identity, now: SystemTime, file: Option<&Sighting>) {
        if self.notes.is_none() || !identity.is_settled(now) {
            return;
        }
        let (Some(folder), Some(name)) = (self.folder(path), path.file_name()) else { return };
        if let Some(line) = Line::new(name.as_bytes(), identity, file) {
            self.tell(Note::Learnt(folder.into(), line));
        }
    }

    /// The outline of what was last found under these roots.
    pub fn outline(&self, roots: &[u8]) -> Option<Library> {
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let data = database.outline(roots).ok()??;
        drop(database);
        outline::decode(unsealed(&self.root, roots, &data)?)
    }

    /// The scan of everything is done: what it has not met is dropped, and its outline is kept.
    pub fn done(&self, roots: &[u8], library: &Library) {
        // What was met is told before.
        self.let_go();
        if self.notes.is_some() {
            self.tell(Note::Done(roots.to_owned(), outline::encode(library)));
        }
    }

    /// Waits until everything is written that was told so far.
    pub fn wait(&self) {
        let (written, wait) = crossbeam_channel::bounded(1);
        self.tell(Note::Flush(written));
        // A thread that has stumbled lets go of its end.
        let _ = wait.recv();
    }

    fn let_go(&self) {
        self.at_hand.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn tell(&self, note: Note) {
        if let Some(notes) = &self.notes {
            // Nobody listens any more if the thread has stumbled; the index is then as it was.
            let _ = notes.send(note);
        }
    }

    /// The folder of a file, counted from the root.
    fn folder<'a>(&self, path: &'a Path) -> Option<&'a [u8]> {
        Some(path.parent()?.strip_prefix(&self.given).ok()?.as_os_str().as_bytes())
    }

    fn known(&self, folder: &[u8]) -> Option<Arc<Known>> {
        let mut at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = at_hand.iter().find(|known| *known.folder == *folder) {
            return Some(Arc::clone(known));
        }
        // Held meanwhile: the other readers want the same one.
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let pieces = database.pieces(folder).ok()?;
        drop(database);
        let mut heads = Heads::default();
        let open = |piece: Piece| {
            Chunk::open(&self.root, folder, piece.data, &mut heads).map(|chunk| (piece.id, chunk))
        };
        let pieces = pieces.into_iter().filter_map(open).collect();
        let known = Arc::new(Known::new(folder.into(), pieces, self.notes.clone()));
        at_hand.push_front(Arc::clone(&known));
        at_hand.truncate(AT_HAND);
        Some(known)
    }
}

impl Drop for Index {
    /// Writes what was told so far, and lets others have the index.
    fn drop(&mut self) {
        self.let_go();
        self.notes = None;
        if let Some(writer) = self.writer.take() {
            // If it has stumbled, what it had written before is there.
            let _ = writer.join();
        }
    }
}

impl Known {
    fn new(folder: Folder, pieces: Vec<(i64, Chunk)>, notes: Option<Sender<Note>>) -> Self {
        let lines = |(at, (_, chunk)): (usize, &(i64, Chunk))| {
            (0..chunk.lines.len() as u32).map(|line| (at as u32, line)).collect::<Vec<_>>()
        };
        let mut order: Vec<(u32, u32)> = pieces.iter().enumerate().flat_map(lines).collect();
        order.sort_by(|&a, &b| name(&pieces, a).cmp(name(&pieces, b)).then(a.0.cmp(&b.0)));
        let bits = |(_, chunk): &(i64, Chunk)| {
            (0..chunk.lines.len().div_ceil(64)).map(|_| AtomicU64::new(0)).collect()
        };
        let met = pieces.iter().map(bits).collect();
        Self { folder, pieces, order, met, notes }
    }

    fn find(&self, wanted: &OsStr) -> Option<(u32, u32)> {
        let at = self.order.partition_point(|&entry| name(&self.pieces, entry) < wanted.as_bytes());
        self.order.get(at).copied().filter(|&entry| name(&self.pieces, entry) == wanted.as_bytes())
    }
}

impl Drop for Known {
    /// Tells which lines hold: one note for all of them.
    fn drop(&mut self) {
        let Some(notes) = &self.notes else { return };
        for ((id, _), met) in self.pieces.iter().zip(&mut self.met) {
            let met: Vec<u64> = met.drain(..).map(AtomicU64::into_inner).collect();
            if met.iter().any(|&bits| bits != 0) {
                // Nobody listens any more if the thread has stumbled.
                let _ = notes.send(Note::Met(Arc::clone(&self.folder), *id, met));
            }
        }
    }
}

/// The name of the file on a line of a piece.
fn name(pieces: &[(i64, Chunk)], (piece, line): (u32, u32)) -> &[u8] {
    let chunk = &pieces[piece as usize].1;
    chunk.lines.get(line as usize).map_or(&[], |&at| chunk.name(at))
}
