//! What happens to the files of a scan once it is done: those that come, change and go while a download runs.
//!
//! The system tells of most folders (inotify on Linux); network file systems and what is beyond its limits are
//! looked at in rounds, the more rarely the longer they take. Whatever has happened to a file, it is read when
//! nobody writes it any more, and told with all that happened at the same time. Nothing happens: nothing is done.

mod network;
mod notices;
mod rounds;
mod settling;
#[cfg(test)]
mod tests;

use super::scanner::store_at;
use crate::{dicom::Outcome, model::Library};
use notices::{Notice, Notices};
use rounds::{Change, Rounds};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
pub(super) use settling::Settling;
use settling::{Ripe, Stamp};
use std::{
    collections::HashMap,
    fs::{self, Metadata},
    io::PipeReader,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How a folder that is open is kept up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Watching {
    /// By what the system tells, and in rounds where it tells nothing.
    Auto,
    /// In rounds.
    Poll,
    /// Not at all.
    #[default]
    Off,
}

/// What has happened since the scan was done.
#[derive(Debug, Default)]
pub struct News {
    /// Files and folders of which nothing holds that was known: they are gone, or were written.
    pub stale: Vec<PathBuf>,
    /// What those that are there are now.
    pub files: Vec<(PathBuf, Outcome)>,
}

/// Brings a library up to date. Ids keep their meaning; what is gone is in no list any more. True if it concerns
/// something that was listed.
pub fn amend(library: &mut Library, news: News) -> bool {
    let stale: Vec<&Path> = news.stale.iter().map(PathBuf::as_path).collect();
    let old = library.at(&stale);
    library.counts.files -= library.forgive(&stale);
    // First what is new: a series that is only rewritten must not be without files in between.
    for (path, outcome) in news.files {
        store_at(library, &path, outcome);
    }
    library.counts.files -= library.remove(&old);
    !old.is_empty()
}

/// Between two rounds: at least so long, at most so long, and so many times what a round takes.
const SHORTEST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_mins(10);
const SHARE: u32 = 100;
/// Files that are read before they are told.
const TOLD: usize = 512;

/// The folders of one scan.
#[derive(Debug)]
pub(super) struct Watch {
    notices: Option<Notices>,
    rounds: Mutex<Rounds>,
    /// Whether a device must be looked at.
    shared: Mutex<HashMap<u64, bool>>,
    is_on: bool,
}

/// What becomes of what is told.
#[derive(Debug)]
pub(super) enum Told {
    /// This has happened.
    News(News),
    /// So much has happened that only another scan can tell what.
    Missed,
}

impl Watch {
    pub(super) fn new(how: Watching) -> Self {
        let notices = (how == Watching::Auto).then(Notices::new).flatten();
        let rounds = Mutex::new(Rounds::new(now()));
        Self { notices, rounds, shared: Mutex::default(), is_on: how != Watching::Off }
    }

    /// A folder is about to be listed; true if its files are to be told to [`Self::met`].
    pub(super) fn enter(&self, folder: &Path, status: &Metadata) -> bool {
        if !self.is_on || self.is_told(folder, status) {
            return false;
        }
        self.rounds().enter(folder, status);
        true
    }

    /// The scan has met this file.
    pub(super) fn met(&self, path: &Path) {
        self.rounds().met(path);
    }

    /// True if the system tells of a folder from now on.
    fn is_told(&self, folder: &Path, status: &Metadata) -> bool {
        let Some(notices) = &self.notices else { return false };
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let is_shared = *shared.entry(status.dev()).or_insert_with(|| network::is_shared(folder));
        !is_shared && notices.watch(folder)
    }

    fn rounds(&self) -> MutexGuard<'_, Rounds> {
        self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of what has happened; false if that is not known.
    pub(super) fn listen(&self, settling: &mut Settling) -> bool {
        let Some(notices) = &self.notices else { return true };
        let (mut folders, mut is_known, now) = (vec![], true, Instant::now());
        notices.take(&mut |notice| match notice {
            Notice::Written(path) => settling.written(path, now),
            Notice::Closed(path) => settling.closed(path, now),
            Notice::Gone(path) => settling.gone(path, now),
            Notice::Folder(path) => folders.push(path),
            Notice::FolderGone(path) => {
                folders.retain(|folder| !folder.starts_with(&path));
                self.rounds().forget(&path);
                settling.folder_gone(path, now);
            }
            Notice::Missed => is_known = false,
        });
        for folder in folders {
            self.adopt(folder, settling);
        }
        is_known
    }

    /// Looks at all folders of which the system does not tell, and at those that are found there.
    fn look(&self, settling: &mut Settling) {
        let mut is_found = true;
        while std::mem::take(&mut is_found) {
            let changes = self.rounds().round(self::now());
            let now = Instant::now();
            for change in changes {
                match change {
                    Change::Written(path) => settling.written(path, now),
                    Change::Gone(path) => settling.gone(path, now),
                    Change::FolderGone(path) => settling.folder_gone(path, now),
                    Change::Folder(path) if self.rounds().knows(&path) => {}
                    Change::Folder(path) => {
                        is_found = true;
                        self.adopt(path, settling);
                    }
                }
            }
        }
    }

    /// A folder that the scan has not seen, and all below.
    fn adopt(&self, folder: PathBuf, settling: &mut Settling) {
        let (mut waiting, now) = (vec![folder], Instant::now());
        while let Some(here) = waiting.pop() {
            // A link is not followed; and what is gone by now was told.
            let Some(status) = fs::symlink_metadata(&here).ok().filter(Metadata::is_dir) else { continue };
            if !self.is_told(&here, &status) {
                // The next round lists it.
                self.rounds().add(&here);
                continue;
            }
            for entry in fs::read_dir(&here).into_iter().flatten().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_file() => settling.written(entry.path(), now),
                    Ok(kind) if kind.is_dir() => waiting.push(entry.path()),
                    _ => {}
                }
            }
        }
    }

    /// Tells what happens until nobody wants to know: `end` is closed, or `tell` says so.
    pub(super) fn run(
        &self,
        mut settling: Settling,
        end: &PipeReader,
        mut read: impl FnMut(&Path, &mut Vec<(PathBuf, Outcome)>),
        mut tell: impl FnMut(Told) -> bool,
    ) {
        let mut next_round = self.is_on.then(|| Instant::now() + SHORTEST);
        loop {
            if !self.listen(&mut settling) && !tell(Told::Missed) {
                return;
            }
            if next_round.is_some_and(|due| Instant::now() >= due) {
                let began = Instant::now();
                self.look(&mut settling);
                next_round = Some(Instant::now() + (began.elapsed() * SHARE).clamp(SHORTEST, LONGEST));
            }
            let Ripe { gone, files } = settling.take(Instant::now(), Stamp::of);
            let mut news = News { stale: gone, files: vec![] };
            for file in files {
                read(&file, &mut news.files);
                news.stale.push(file);
                if news.stale.len() >= TOLD && !tell(Told::News(std::mem::take(&mut news))) {
                    return;
                }
            }
            if !news.stale.is_empty() && !tell(Told::News(news)) {
                return;
            }
            let round = next_round.filter(|_| !self.rounds().is_empty());
            if !self.wait(end, settling.due().into_iter().chain(round).min()) {
                return;
            }
        }
    }

    /// Sleeps until something happens or `due` has come; false if nobody wants to know any more.
    fn wait(&self, end: &PipeReader, due: Option<Instant>) -> bool {
        let mut files = vec![PollFd::new(end, PollFlags::IN)];
        files.extend(
            self.notices.as_ref().map(|notices| PollFd::from_borrowed_fd(notices.queue(), PollFlags::IN)),
        );
        let left = due.map(|due| due.saturating_duration_since(Instant::now()) + Duration::from_millis(1));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        // A signal only makes it look too early.
        let _ = poll(&mut files, left.as_ref());
        files[0].revents().is_empty()
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
