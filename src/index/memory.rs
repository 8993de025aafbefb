//! The index of one root: asked by the threads of a scan, told by them what they had to read.

use super::{
    Identity, Shelf, Trouble,
    chunk::{Chunk, Line, unsealed},
    coded::Coded as _,
    database::Database,
    writer::{Folder, Note, Writer},
};
use crate::model::{Outline, Record, Sighting, natural_bytes};
use crossbeam_channel::Sender;
use std::{
    collections::VecDeque,
    ffi::OsStr,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
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
const NOTES: usize = 1 << 16;

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
    /// Piece and line of every file, by name; of one that is there twice, the newest comes first.
    order: Vec<(u32, u32)>,
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
        self.at_hand.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.tell(Note::Begin);
    }

    /// What is known of a file below the root, if it is still the same.
    pub fn recall(&self, path: &Path, identity: &Identity) -> Option<Kept> {
        let known = self.known(self.folder(path)?)?;
        let (piece, line) = known.find(path.file_name()?)?;
        let (id, chunk) = known.pieces.get(piece as usize)?;
        let kept = chunk.recall(line, identity, path)?;
        self.tell(Note::Met(Arc::clone(&known.folder), *id, line));
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
            let head = known.pieces[piece as usize].1.head(line);
            head.is_some_and(|head| wanted[piece as usize].get(head).is_some_and(|&wanted| wanted))
        };
        let name = |&(piece, line): &(u32, u32)| known.pieces[piece as usize].1.name(line);
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
    pub fn outline(&self, roots: &[u8]) -> Option<Outline> {
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let data = database.outline(roots).ok()??;
        drop(database);
        Outline::read(&mut unsealed(&self.root, roots, &data)?)
    }

    /// The scan of everything is done: what it has not met is dropped, and its outline is kept.
    pub fn done(&self, roots: &[u8], outline: Outline) {
        self.tell(Note::Done(roots.to_owned(), Box::new(outline)));
    }

    /// Waits until everything is written that was told so far.
    pub fn wait(&self) {
        let (written, wait) = crossbeam_channel::bounded(1);
        self.tell(Note::Flush(written));
        // A thread that has stumbled lets go of its end.
        let _ = wait.recv();
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
        let open = |piece: super::database::Piece| {
            Chunk::open(&self.root, folder, &piece.data).map(|chunk| (piece.id, chunk))
        };
        let known = Arc::new(Known::new(folder.into(), pieces.into_iter().filter_map(open).collect()));
        at_hand.push_front(Arc::clone(&known));
        at_hand.truncate(AT_HAND);
        Some(known)
    }
}

impl Drop for Index {
    /// Writes what was told so far, and lets others have the index.
    fn drop(&mut self) {
        self.notes = None;
        if let Some(writer) = self.writer.take() {
            // If it has stumbled, what it had written before is there.
            let _ = writer.join();
        }
    }
}

impl Known {
    fn new(folder: Folder, pieces: Vec<(i64, Chunk)>) -> Self {
        let lines = |(at, (_, chunk)): (usize, &(i64, Chunk))| {
            chunk.lines.iter().map(|&line| (at as u32, line)).collect::<Vec<_>>()
        };
        let mut order: Vec<(u32, u32)> = pieces.iter().enumerate().flat_map(lines).collect();
        let name = |&(piece, line): &(u32, u32)| pieces[piece as usize].1.name(line);
        order.sort_by(|a, b| name(a).cmp(name(b)).then(a.0.cmp(&b.0)));
        Self { folder, pieces, order }
    }

    fn find(&self, name: &OsStr) -> Option<(u32, u32)> {
        let own = |&(piece, line): &(u32, u32)| self.pieces[piece as usize].1.name(line);
        let at = self.order.partition_point(|entry| own(entry) < name.as_bytes());
        self.order.get(at).copied().filter(|entry| own(entry) == name.as_bytes())
    }
}
