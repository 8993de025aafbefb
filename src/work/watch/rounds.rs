//! Folders of which the system tells nothing, looked at from time to time: network file systems and those beyond
//! the limit of watches.
//!
//! One question for each folder: its modification time tells of files that came, went or were renamed. Only where
//! something has changed lately are the files themselves asked after, as one of them may still be growing.

use super::settling::Stamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    fs::{self, Metadata},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

/// For so many seconds after the last change files may still be growing. Clocks of servers differ.
const WARM: i64 = 600;

/// Something that a round has found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// A file is new, or was written.
    Written(PathBuf),
    /// A file is not there any more.
    Gone(PathBuf),
    /// A folder is new.
    Folder(PathBuf),
    /// A folder is not there any more, nor what was in it.
    FolderGone(PathBuf),
}

#[derive(Debug, Default)]
struct Known {
    /// Modification time when it was listed; `None` if it has not been.
    modified: Option<(i64, i64)>,
    /// What files were like; `None` if nobody has asked.
    files: BTreeMap<OsString, Option<Stamp>>,
    /// Folders in it that were told of.
    folders: BTreeSet<OsString>,
    /// The newest of them, seconds since 1970.
    newest: i64,
}

/// All folders that are looked at.
#[derive(Debug)]
pub(super) struct Rounds {
    folders: BTreeMap<PathBuf, Known>,
    /// When the scan began, seconds since 1970: what was written since may have been read too early.
    began: i64,
}

impl Rounds {
    pub(super) fn new(began: i64) -> Self {
        Self { folders: BTreeMap::new(), began }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.folders.is_empty()
    }

    /// A folder is about to be listed by the scan, which tells of every file.
    pub(super) fn enter(&mut self, folder: &Path, status: &Metadata) {
        let modified = Some((status.mtime(), status.mtime_nsec()));
        let known = Known { modified, newest: status.mtime(), ..Known::default() };
        self.folders.insert(folder.to_owned(), known);
    }

    /// The scan has met a file in the folder that it has entered.
    pub(super) fn met(&mut self, path: &Path) {
        let folder = path.parent().and_then(|folder| self.folders.get_mut(folder));
        if let Some((known, name)) = folder.zip(path.file_name()) {
            known.files.insert(name.to_owned(), None);
        }
    }

    /// A folder that nobody has listed.
    pub(super) fn add(&mut self, folder: &Path) {
        self.folders.entry(folder.to_owned()).or_default();
    }

    /// A folder is looked after by somebody else, or gone.
    pub(super) fn forget(&mut self, folder: &Path) {
        self.folders.retain(|known, _| !known.starts_with(folder));
    }

    /// Looks at every folder; `now` is in seconds since 1970.
    pub(super) fn round(&mut self, now: i64) -> Vec<Change> {
        let (mut changes, mut gone) = (vec![], vec![]);
        for (folder, known) in &mut self.folders {
            let modified = match fs::metadata(folder) {
                Ok(status) if status.is_dir() => (status.mtime(), status.mtime_nsec()),
                Err(error) if error.kind() != io::ErrorKind::NotFound => continue,
                _ => {
                    gone.push(folder.clone());
                    continue;
                }
            };
            let is_warm = now < known.newest.max(modified.0).saturating_add(WARM);
            if known.modified == Some(modified) && !is_warm {
                continue;
            }
            // A folder that cannot be listed now is tried again.
            if let Ok((files, folders)) = list(folder) {
                known.modified = Some(modified);
                known.compare(folder, files, self.began, &mut changes);
                for name in folders {
                    if known.folders.insert(name.clone()) {
                        changes.push(Change::Folder(folder.join(name)));
                    }
                }
            }
        }
        // What lies below a folder that is gone is told with it.
        gone.dedup_by(|below, above| below.starts_with(above));
        for folder in gone {
            self.forget(&folder);
            if let Some(known) = folder.parent().and_then(|above| self.folders.get_mut(above)) {
                known.folders.remove(folder.file_name().unwrap_or_default());
            }
            changes.push(Change::FolderGone(folder));
        }
        changes
    }

    /// True if the folder is among those that are looked at.
    pub(super) fn knows(&self, folder: &Path) -> bool {
        self.folders.contains_key(folder)
    }
}

impl Known {
    fn compare(&mut self, folder: &Path, names: Vec<OsString>, began: i64, changes: &mut Vec<Change>) {
        let mut before = std::mem::take(&mut self.files);
        self.newest = self.modified.map_or(0, |modified| modified.0);
        for name in names {
            let path = folder.join(&name);
            let Some(stamp) = Stamp::of(&path) else { continue };
            self.newest = self.newest.max(stamp.seconds());
            let is_new = match before.remove(&name) {
                // The scan has read it; perhaps while it was written.
                Some(None) => stamp.seconds() >= began,
                Some(Some(then)) => then != stamp,
                None => true,
            };
            if is_new {
                changes.push(Change::Written(path));
            }
            self.files.insert(name, Some(stamp));
        }
        changes.extend(before.into_keys().map(|name| Change::Gone(folder.join(name))));
    }
}

/// Names of the regular files and of the folders in a folder.
fn list(folder: &Path) -> io::Result<(Vec<OsString>, Vec<OsString>)> {
    let (mut files, mut folders) = (vec![], vec![]);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_file() {
            files.push(entry.file_name());
        } else if kind.is_dir() {
            folders.push(entry.file_name());
        }
    }
    Ok((files, folders))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    /// Long ago; and when the scan began, and a round much later.
    const OLD: i64 = 1_000_000_000;
    const SCAN: i64 = OLD + 10_000;
    const LATER: i64 = SCAN + 10_000;

    fn write(path: &Path, text: &str, at: i64) {
        fs::write(path, text).unwrap();
        set(path, at);
    }

    fn set(path: &Path, at: i64) {
        let file = fs::File::open(path).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(at as u64)).unwrap();
    }

    /// A folder with two files, as a scan has met it, and what is known of it.
    fn scanned() -> (tempfile::TempDir, Rounds) {
        let folder = tempfile::tempdir().unwrap();
        let mut rounds = Rounds::new(SCAN);
        for name in ["a", "b"] {
            write(&folder.path().join(name), "x", OLD);
        }
        set(folder.path(), OLD);
        rounds.enter(folder.path(), &fs::metadata(folder.path()).unwrap());
        rounds.met(&folder.path().join("a"));
        rounds.met(&folder.path().join("b"));
        (folder, rounds)
    }

    #[test]
    fn files_that_come_and_go_are_found_by_the_time_of_their_folder() {
        let (folder, mut rounds) = scanned();
        assert_eq!(rounds.round(LATER), []);
        let path = |name: &str| folder.path().join(name);
        fs::rename(path("a"), path("c")).unwrap();
        fs::create_dir(path("d")).unwrap();
        set(folder.path(), LATER);

        let changes = rounds.round(LATER);

        let expected = [Change::Written(path("c")), Change::Gone(path("a")), Change::Folder(path("d"))];
        assert_eq!(changes, expected);
        assert_eq!(rounds.round(LATER + 1), [], "told once");
    }

    #[test]
    fn a_file_that_grows_is_noticed_while_its_folder_is_warm() {
        let (folder, mut rounds) = scanned();
        let path = folder.path().join("b");
        set(folder.path(), LATER);
        assert_eq!(rounds.round(LATER), []);

        write(&path, "xx", LATER + 1);
        assert_eq!(rounds.round(LATER + 2), [Change::Written(path.clone())]);
        assert_eq!(rounds.round(LATER + 4), [], "told once");

        write(&path, "xxx", LATER + 5);
        assert_eq!(rounds.round(LATER + 5 + WARM), [], "nobody asks after old files");
    }

    #[test]
    fn what_was_written_while_the_scan_ran_is_read_again() {
        let (folder, mut rounds) = scanned();
        write(&folder.path().join("a"), "xx", SCAN + 1);
        set(folder.path(), SCAN);

        assert_eq!(rounds.round(SCAN + 2), [Change::Written(folder.path().join("a"))]);
    }

    #[test]
    fn a_folder_that_is_gone_is_told_once_with_all_below() {
        let folder = tempfile::tempdir().unwrap();
        let (top, below) = (folder.path().join("d"), folder.path().join("d/e"));
        fs::create_dir_all(&below).unwrap();
        let mut rounds = Rounds::new(SCAN);
        rounds.add(&top);
        rounds.add(&below);
        fs::remove_dir_all(&top).unwrap();

        assert_eq!(rounds.round(LATER), [Change::FolderGone(top)]);
        assert!(rounds.is_empty());
    }
}
