//! What Linux tells of folders without being asked (inotify): a watch for each, and there is a limit to them.
//!
//! Only what changes files is asked for: what a scan opens does not come back as news.

use std::{os::fd::BorrowedFd, path::Path, path::PathBuf};

/// Something that has happened below a folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// A file is there, and may still be written.
    Written(PathBuf),
    /// A file was written or moved here, and is whole.
    Closed(PathBuf),
    /// A file is not there any more.
    Gone(PathBuf),
    /// A folder is there.
    Folder(PathBuf),
    /// A folder is not there any more, nor what was in it.
    FolderGone(PathBuf),
    /// More has happened than can be told.
    Missed,
}

#[cfg(target_os = "linux")]
mod here {
    use super::{BorrowedFd, Notice, Path, PathBuf};
    use rustix::{
        fd::{AsFd as _, OwnedFd},
        fs::inotify::{CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init, remove_watch},
    };
    use std::{
        collections::HashMap,
        ffi::OsStr,
        mem::MaybeUninit,
        os::unix::ffi::OsStrExt as _,
        sync::{Mutex, PoisonError},
    };

    /// Folders that are watched at most: each holds about a kilobyte of the system, and others want some, too.
    const MOST: usize = 1 << 15;
    /// Bytes of notices that are taken at a time.
    const TAKEN: usize = 64 << 10;

    /// The folders of one scan.
    #[derive(Debug)]
    pub(in super::super) struct Notices {
        queue: OwnedFd,
        folders: Mutex<HashMap<i32, PathBuf>>,
    }

    impl Notices {
        /// `None` if the system has none left.
        pub(in super::super) fn new() -> Option<Self> {
            let queue = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok()?;
            Some(Self { queue, folders: Mutex::default() })
        }

        /// Becomes readable when something has happened.
        pub(in super::super) fn queue(&self) -> BorrowedFd<'_> {
            self.queue.as_fd()
        }

        /// Asks for news of a folder; false if they cannot be had.
        pub(in super::super) fn watch(&self, folder: &Path) -> bool {
            let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
            if folders.len() >= MOST {
                return false;
            }
            let wanted = WatchFlags::CREATE
                | WatchFlags::CLOSE_WRITE
                | WatchFlags::MOVED_FROM
                | WatchFlags::MOVED_TO
                | WatchFlags::DELETE
                | WatchFlags::DELETE_SELF
                | WatchFlags::MOVE_SELF
                | WatchFlags::EXCL_UNLINK
                | WatchFlags::ONLYDIR;
            // Held meanwhile: whoever reads the news must know the number.
            let number = add_watch(&self.queue, folder, wanted);
            number.map(|number| folders.insert(number, folder.to_owned())).is_ok()
        }

        /// Tells all that has happened.
        pub(in super::super) fn take(&self, tell: &mut impl FnMut(Notice)) {
            let mut buffer = vec![MaybeUninit::uninit(); TAKEN];
            let mut reader = Reader::new(&self.queue, &mut buffer);
            // It does not wait: the end is an error.
            while let Ok(event) = reader.next() {
                let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
                let (number, what) = (event.wd(), event.events());
                if what.contains(ReadFlags::QUEUE_OVERFLOW) {
                    tell(Notice::Missed);
                    continue;
                }
                if what.contains(ReadFlags::IGNORED) {
                    folders.remove(&number);
                    continue;
                }
                let Some(folder) = folders.get(&number) else { continue };
                let Some(name) = event.file_name() else {
                    if what.intersects(ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF) {
                        let folder = folder.clone();
                        self.forget(&mut folders, &folder);
                        tell(Notice::FolderGone(folder));
                    }
                    continue;
                };
                let path = folder.join(OsStr::from_bytes(name.to_bytes()));
                let leaves = what.intersects(ReadFlags::DELETE | ReadFlags::MOVED_FROM);
                if what.contains(ReadFlags::ISDIR) {
                    if leaves {
                        self.forget(&mut folders, &path);
                        tell(Notice::FolderGone(path));
                    } else if what.intersects(ReadFlags::CREATE | ReadFlags::MOVED_TO) {
                        tell(Notice::Folder(path));
                    }
                } else if leaves {
                    tell(Notice::Gone(path));
                } else if what.intersects(ReadFlags::CLOSE_WRITE | ReadFlags::MOVED_TO) {
                    tell(Notice::Closed(path));
                } else {
                    tell(Notice::Written(path));
                }
            }
        }

        /// A folder that was moved is watched on where it is now, under a name that is wrong.
        fn forget(&self, folders: &mut HashMap<i32, PathBuf>, gone: &Path) {
            folders.retain(|&number, folder| {
                let stays = !folder.starts_with(gone);
                if !stays {
                    // That of a folder that was removed is not there any more.
                    let _ = remove_watch(&self.queue, number);
                }
                stays
            });
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod here {
    use super::{BorrowedFd, Notice, Path};

    /// There are none here.
    #[derive(Debug)]
    pub(in super::super) enum Notices {}

    impl Notices {
        pub(in super::super) fn new() -> Option<Self> {
            None
        }

        pub(in super::super) fn queue(&self) -> BorrowedFd<'_> {
            match *self {}
        }

        pub(in super::super) fn watch(&self, _: &Path) -> bool {
            match *self {}
        }

        pub(in super::super) fn take(&self, _: &mut impl FnMut(Notice)) {
            match *self {}
        }
    }
}

pub(super) use here::Notices;
