//! A scan that remembers the last one: files that are as they were are not read again.

use super::{Found, scanner::spawn};
use crate::{
    dicom::{Outcome, examine},
    index::{Identity, Index, Kept, Shelf, Trouble},
    model::{Library, Record, SeriesId, Sighting, Text},
};
use crossbeam_channel::Sender;
use std::{
    fs,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::SystemTime,
};

/// Whether anything is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Keep {
    /// Nothing is, as the user wishes.
    #[default]
    Nothing,
    /// It would be, but the environment does not say where.
    Homeless,
    /// In this cache folder.
    In(PathBuf),
}

/// A series whose files are wanted at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Which, for whoever asks.
    pub id: SeriesId,
    /// Where the first of its files is.
    pub folder: PathBuf,
    /// Study Instance UID.
    pub study: Text,
    /// Series Instance UID.
    pub series: Text,
}

/// What is kept of some folders; opened when it is first asked, so that nobody else waits for that.
#[derive(Debug, Default)]
pub struct Recall {
    keep: Keep,
    roots: Vec<PathBuf>,
    /// The time, for tests; `None` is now.
    now: Option<SystemTime>,
    opened: OnceLock<Opened>,
}

/// The indexes of all folders of one scan; none if nothing is to be kept.
#[derive(Debug, Default)]
struct Opened {
    indexes: Vec<Index>,
    /// What was asked for, in its order: an outline is of all of it.
    roots: Vec<u8>,
    troubles: Vec<Trouble>,
}

impl Opened {
    fn new(keep: &Keep, roots: &[PathBuf]) -> Self {
        let mut opened = Self::default();
        let folders: Vec<&PathBuf> = roots.iter().filter(|root| root.is_dir()).collect();
        if folders.is_empty() {
            return opened;
        }
        let shelf = match keep {
            Keep::Nothing => return opened,
            Keep::Homeless => Err(Trouble::Homeless),
            Keep::In(cache) => Shelf::open(cache),
        };
        let shelf = match shelf {
            Ok(shelf) => shelf,
            Err(trouble) => return Self { troubles: vec![trouble], ..opened },
        };
        for root in folders {
            if opened.indexes.iter().any(|index| index.given() == root) {
                continue;
            }
            match Index::open(&shelf, root) {
                Ok((index, trouble)) => {
                    index.begin();
                    opened.indexes.push(index);
                    opened.troubles.extend(trouble);
                }
                Err(trouble) => opened.troubles.push(trouble),
            }
        }
        // Both names: paths are shown as the user gave them.
        for root in roots {
            let canonical = root.canonicalize().unwrap_or_default();
            for name in [root, &canonical] {
                opened.roots.extend(name.as_os_str().as_bytes());
                opened.roots.push(0);
            }
        }
        opened
    }
}

impl Recall {
    /// What is kept of the folders among `roots`.
    pub fn new(keep: Keep, roots: &[PathBuf]) -> Self {
        Self { keep, roots: roots.to_vec(), ..Self::default() }
    }

    fn opened(&self) -> &Opened {
        self.opened.get_or_init(|| Opened::new(&self.keep, &self.roots))
    }

    /// True if it is of just these files and folders.
    pub(super) fn is_of(&self, roots: &[PathBuf]) -> bool {
        self.roots == roots
    }

    /// Why something is not kept.
    pub fn troubles(&self) -> &[Trouble] {
        &self.opened().troubles
    }

    /// What a file is, by the index or by reading it.
    pub fn examine(&self, path: &Path, read: impl FnOnce() -> Outcome) -> Outcome {
        let Some(index) = self.opened().indexes.iter().find(|index| path.starts_with(index.given())) else {
            return read();
        };
        let now = self.now.unwrap_or_else(SystemTime::now);
        let Ok(status) = fs::symlink_metadata(path) else { return read() };
        let identity = Identity::of(&status);
        match index.recall(path, &identity) {
            Some(Kept::Instance(file)) => return Outcome::Instance(file),
            Some(Kept::Other) => return Outcome::Ignored,
            None => {}
        }
        let outcome = read();
        match &outcome {
            Outcome::Instance(file) => index.learn(path, &identity, now, Some(file)),
            Outcome::Ignored => index.learn(path, &identity, now, None),
            // What is said of a DICOMDIR depends on other files, and trouble may pass.
            Outcome::Directory(_) | Outcome::Problem(_) => {}
        }
        outcome
    }

    /// The library as the last scan left it, in outline.
    pub fn library(&self) -> Option<Library> {
        {
            let opened = self.opened();
            opened.indexes.first()?.outline(&opened.roots)
        }
    }

    /// The files of one series that lay in this folder when it was last scanned, as they are now.
    fn files_of(&self, wanted: &Wanted) -> Vec<Sighting> {
        let opened = self.opened();
        let is_wanted = |like: &Record| like.series_uid == wanted.series && like.study_uid == wanted.study;
        let index = opened.indexes.iter().find(|index| wanted.folder.starts_with(index.given()));
        let files = index.map(|index| index.files_like(&wanted.folder, is_wanted)).unwrap_or_default();
        let examined = files.into_iter().map(|file| self.examine(&file, || examine(&file)));
        let of_series = examined.filter_map(|outcome| match outcome {
            Outcome::Instance(file) if is_wanted(&file.like) => Some(*file),
            _ => None,
        });
        of_series.collect()
    }

    /// Tells, from a thread of its own, which files a series has, before the scan has come to them.
    pub fn fetch(self: &Arc<Self>, wanted: Wanted, found: Sender<Found>) {
        let recall = Arc::clone(self);
        spawn("topogram-fetch", move || {
            let files = recall.files_of(&wanted);
            // Nobody is interested any more if the channel is closed.
            let _ = found.send(Found::Fetched(wanted.id, files));
        });
    }

    /// Tells what there is before a scan has found it again.
    pub(super) fn announce<T: From<Found>>(&self, found: &Sender<T>) {
        let trouble = self.troubles().first().map(|trouble| Found::Unkept(trouble.to_string()));
        let known = self.library().map(|library| Found::Known(Box::new(library)));
        // Nobody is interested any more if the channel is closed.
        let _ = trouble.into_iter().chain(known).try_for_each(|message| found.send(message.into()));
    }

    /// The scan has met everything that is in the library.
    pub fn done(&self, library: &Library) {
        let opened = self.opened();
        let Some((first, others)) = opened.indexes.split_first() else { return };
        // The outline of all roots lies with the first.
        first.done(&opened.roots, library);
        for index in others {
            index.done(&[], &Library::default());
        }
    }

    /// The same, and waits until it is written: whoever scanned is about to leave.
    pub fn finish(&self, library: &Library) {
        if !self.opened().indexes.is_empty() {
            self.done(library);
            self.opened().indexes.iter().for_each(Index::wait);
        }
    }

    /// Another scan of everything begins.
    pub fn begin(&self) {
        // The first has begun with the opening.
        let opened = self.opened.get();
        opened.iter().flat_map(|opened| &opened.indexes).for_each(Index::begin);
    }
}

#[cfg(test)]
mod tests;
