//! Files that something has happened to, and when they may be read: a download takes its time.

use std::{
    collections::HashMap,
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// What happens within this time is told together.
const TOGETHER: Duration = Duration::from_millis(200);
/// A file that nobody closes is read when it has stayed the same for so long.
const QUIET: Duration = Duration::from_secs(1);

/// What shows that a file is still being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Stamp {
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl Stamp {
    /// Of a regular file; `None` for anything else, and if there is nothing.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let status = fs::symlink_metadata(path).ok()?;
        status.is_file().then(|| Self {
            inode: status.ino(),
            size: status.size(),
            modified: (status.mtime(), status.mtime_nsec()),
        })
    }

    /// Seconds since 1970 of its last change.
    pub(super) fn seconds(&self) -> i64 {
        self.modified.0
    }
}

#[derive(Debug)]
struct Young {
    /// Whoever wrote it is done with it.
    closed: bool,
    /// When it was looked at last.
    stamp: Option<Stamp>,
    look: Instant,
}

/// What there is to tell.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ripe {
    /// Files and folders that are not there any more.
    pub(super) gone: Vec<PathBuf>,
    /// Files to be read.
    pub(super) files: Vec<PathBuf>,
}

/// Files on their way.
#[derive(Debug, Default)]
pub(in crate::work) struct Settling {
    young: HashMap<PathBuf, Young>,
    gone: Vec<PathBuf>,
    tell_gone: Option<Instant>,
}

impl Settling {
    /// Somebody may go on writing this file.
    pub(super) fn written(&mut self, path: PathBuf, now: Instant) {
        let look = now + TOGETHER;
        let young = self.young.entry(path).or_insert(Young { closed: false, stamp: None, look });
        young.closed = false;
    }

    /// This file is as whoever wrote it wants it.
    pub(super) fn closed(&mut self, path: PathBuf, now: Instant) {
        let look = now + TOGETHER;
        let young = self.young.entry(path).or_insert(Young { closed: true, stamp: None, look });
        (young.closed, young.look) = (true, young.look.min(look));
    }

    /// This file is not there any more.
    pub(super) fn gone(&mut self, path: PathBuf, now: Instant) {
        self.young.remove(&path);
        self.gone.push(path);
        self.tell_gone.get_or_insert(now + TOGETHER);
    }

    /// The same for a folder and all that was in it.
    pub(super) fn folder_gone(&mut self, path: PathBuf, now: Instant) {
        self.young.retain(|file, _| !file.starts_with(&path));
        self.gone(path, now);
    }

    /// When there may be something to tell.
    pub(super) fn due(&self) -> Option<Instant> {
        self.young.values().map(|young| young.look).chain(self.tell_gone).min()
    }

    /// What is ripe; `look` tells what a file is like now.
    pub(super) fn take(&mut self, now: Instant, look: impl Fn(&Path) -> Option<Stamp>) -> Ripe {
        let mut ripe = Ripe::default();
        if self.due().is_none_or(|due| now < due) {
            return ripe;
        }
        self.tell_gone = None;
        ripe.gone.append(&mut self.gone);
        self.young.retain(|path, young| {
            if !young.closed && now < young.look {
                return true;
            }
            let stamp = look(path);
            if stamp.is_none() {
                ripe.gone.push(path.clone());
            } else if young.closed || young.stamp == stamp {
                ripe.files.push(path.clone());
            } else {
                (young.stamp, young.look) = (stamp, now + QUIET);
                return true;
            }
            false
        });
        ripe.files.sort_unstable();
        ripe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn of_size(size: u64) -> impl Fn(&Path) -> Option<Stamp> {
        move |_| Some(Stamp { inode: 1, size, modified: (0, 0) })
    }

    #[test]
    fn a_file_that_was_closed_is_read_soon_and_once() {
        let (mut settling, now) = (Settling::default(), Instant::now());
        settling.written("a".into(), now);
        settling.closed("a".into(), now + ms(50));

        assert_eq!(settling.due(), Some(now + TOGETHER));
        assert_eq!(settling.take(now + ms(199), of_size(1)), Ripe::default());
        assert_eq!(settling.take(now + ms(200), of_size(1)).files, [PathBuf::from("a")]);
        assert_eq!(settling.due(), None, "the thread can sleep");
    }

    #[test]
    fn a_file_that_nobody_closes_is_read_when_it_stays_the_same() {
        let (mut settling, now) = (Settling::default(), Instant::now());
        settling.written("a".into(), now);

        let mut read_at = None;
        for step in 0..50 {
            let at = now + ms(100 * step);
            // It grows for two seconds.
            let size = step.min(20);
            if !settling.take(at, of_size(size)).files.is_empty() {
                read_at.get_or_insert(at - now);
            }
        }

        assert!(read_at.is_some_and(|at| at >= ms(3000) && at < ms(4500)), "{read_at:?}");
    }

    #[test]
    fn what_happens_at_the_same_time_is_told_together() {
        let (mut settling, now) = (Settling::default(), Instant::now());
        settling.gone("a.part".into(), now);
        settling.closed("a".into(), now);
        settling.closed("b".into(), now + ms(190));

        let ripe = settling.take(now + ms(200), of_size(1));

        assert_eq!(ripe.gone, [PathBuf::from("a.part")]);
        assert_eq!(ripe.files, [PathBuf::from("a"), PathBuf::from("b")]);
    }

    #[test]
    fn what_vanishes_while_it_is_young_is_told_to_be_gone() {
        let (mut settling, now) = (Settling::default(), Instant::now());
        settling.closed("d/a".into(), now);
        settling.closed("e/a".into(), now);
        settling.folder_gone("d".into(), now);

        let ripe = settling.take(now + ms(200), |_| None);

        assert_eq!(ripe.gone, [PathBuf::from("d"), PathBuf::from("e/a")]);
        assert!(ripe.files.is_empty());
    }
}
