//! Where exports go: a folder that files appear in whole or not at all.

use rustix::{
    fs::{CWD, RenameFlags, renameat_with},
    io::Errno,
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It is there already.
    #[error("{} is there already; --force writes over it", path.display())]
    Exists {
        /// Which.
        path: PathBuf,
    },
    /// The output would lie among the data.
    #[error("{} lies inside {}, which is only read; choose another folder", path.display(), source_folder.display())]
    Inside {
        /// The output.
        path: PathBuf,
        /// What is read.
        source_folder: PathBuf,
    },
    /// The system refuses.
    #[error("{}: {why}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it says.
        why: io::Error,
    },
}

impl FolderError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |why| Self::Io { path: path.to_owned(), why }
    }
}

/// A folder to write into.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    force: bool,
    made: AtomicU32,
}

impl Folder {
    /// A folder that is made if it is not there; with `force` files in it may be replaced.
    ///
    /// # Errors
    ///
    /// It lies inside one of `sources`, is no folder, or cannot be made.
    pub fn create(path: &Path, sources: &[PathBuf], force: bool) -> Result<Self, FolderError> {
        let inside = |real: &Path| {
            // A single file is a source too, but what lies beside it is not.
            let folders = sources
                .iter()
                .filter_map(|source| source.canonicalize().ok())
                .filter(|source| source.is_dir());
            folders.into_iter().find(|source| real.starts_with(source))
        };
        let refuse = |source_folder| FolderError::Inside { path: path.to_owned(), source_folder };
        // Before anything is made: not even an empty folder is put among the data.
        let there = path.ancestors().find_map(|above| {
            let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
            above.canonicalize().ok()
        });
        if let Some(source) = there.as_deref().and_then(inside) {
            return Err(refuse(source));
        }
        fs::create_dir_all(path).map_err(FolderError::io(path))?;
        let real = path.canonicalize().map_err(FolderError::io(path))?;
        if let Some(source) = inside(&real) {
            return Err(refuse(source));
        }
        Ok(Self { path: real, force, made: AtomicU32::new(0) })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What can be told of a name before any work is done for it.
    ///
    /// # Errors
    ///
    /// [`FolderError::Exists`] if it is taken and must stay.
    pub fn accepts(&self, name: &str) -> Result<(), FolderError> {
        let path = self.path.join(name);
        if !self.force && path.symlink_metadata().is_ok() {
            return Err(FolderError::Exists { path });
        }
        Ok(())
    }

    /// Begins a file, under another name until [`Draft::finish`].
    ///
    /// `name` is one of [`safe_name`](super::safe_name), with an ending.
    ///
    /// # Errors
    ///
    /// It is there already and must stay, or the system refuses.
    pub fn begin(&self, name: &str) -> Result<Draft, FolderError> {
        self.accepts(name)?;
        let target = self.path.join(name);
        loop {
            let number = self.made.fetch_add(1, Ordering::Relaxed);
            let path = self.path.join(format!(".{}-{number}.part", std::process::id()));
            match OpenOptions::new().read(true).write(true).create_new(true).mode(0o666).open(&path) {
                Ok(file) => return Ok(Draft { file, path, target, force: self.force, done: false }),
                // Somebody else's, or left by a process that was killed.
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
                Err(why) => return Err(FolderError::Io { path: target, why }),
            }
        }
    }

    /// Writes a file in one go.
    ///
    /// # Errors
    ///
    /// Those of [`Self::begin`] and [`Draft::finish`].
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, FolderError> {
        let mut draft = self.begin(name)?;
        draft.file.write_all(bytes).map_err(FolderError::io(&draft.target))?;
        draft.finish()
    }
}

/// A file that is being written; dropped before it is finished, it leaves nothing behind.
#[derive(Debug)]
pub struct Draft {
    file: File,
    path: PathBuf,
    target: PathBuf,
    force: bool,
    done: bool,
}

impl Draft {
    /// The file itself.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// What it will be called.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// An error that names the file as it will be called.
    pub fn error(&self, why: io::Error) -> FolderError {
        FolderError::Io { path: self.target.clone(), why }
    }

    /// Gives the file its name.
    ///
    /// # Errors
    ///
    /// Something of that name has come meanwhile and must stay, or the system refuses.
    pub fn finish(mut self) -> Result<PathBuf, FolderError> {
        // What a full disk or a quota swallows on network file systems is told here.
        self.file.flush().map_err(FolderError::io(&self.target))?;
        let renamed = if self.force {
            fs::rename(&self.path, &self.target)
        } else {
            match renameat_with(CWD, &self.path, CWD, &self.target, RenameFlags::NOREPLACE) {
                Ok(()) => Ok(()),
                Err(Errno::EXIST) => return Err(FolderError::Exists { path: self.target.clone() }),
                // Not every file system knows this kind of renaming: a second name does the same.
                Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => fs::hard_link(&self.path, &self.target),
                Err(why) => Err(why.into()),
            }
        };
        match renamed {
            Ok(()) => {
                self.done = self.path.symlink_metadata().is_err();
                Ok(self.target.clone())
            }
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {
                Err(FolderError::Exists { path: self.target.clone() })
            }
            Err(why) => Err(FolderError::Io { path: self.target.clone(), why }),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_there_when_it_is_whole_and_not_before() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::create(&place.path().join("a/b"), &[], false).unwrap();
        let draft = folder.begin("x.npy").unwrap();
        draft.file().write_all(b"half").unwrap();
        assert!(!folder.path().join("x.npy").exists());
        drop(draft);
        assert_eq!(names(folder.path()), [""; 0], "nothing is left of what was given up");

        folder.write("x.npy", b"whole").unwrap();
        assert_eq!(names(folder.path()), ["x.npy"]);
        assert_eq!(fs::read(folder.path().join("x.npy")).unwrap(), b"whole");
    }

    #[test]
    fn nothing_is_written_over_unless_that_was_asked_for() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::create(place.path(), &[], false).unwrap();
        let late = folder.begin("x").unwrap();
        folder.write("x", b"first").unwrap();
        assert!(matches!(folder.write("x", b"second"), Err(FolderError::Exists { .. })));
        assert!(matches!(late.finish(), Err(FolderError::Exists { .. })), "it came while this was written");
        assert_eq!(fs::read(place.path().join("x")).unwrap(), b"first");
        assert_eq!(names(place.path()), ["x"]);

        let folder = Folder::create(place.path(), &[], true).unwrap();
        folder.write("x", b"third").unwrap();
        assert_eq!(fs::read(place.path().join("x")).unwrap(), b"third");
    }

    #[test]
    fn a_link_is_replaced_and_never_followed() {
        let place = tempfile::tempdir().unwrap();
        let victim = place.path().join("victim");
        fs::write(&victim, b"mine").unwrap();
        let out = place.path().join("out");
        fs::create_dir(&out).unwrap();
        std::os::unix::fs::symlink(&victim, out.join("x")).unwrap();

        let folder = Folder::create(&out, &[], false).unwrap();
        assert!(matches!(folder.write("x", b"theirs"), Err(FolderError::Exists { .. })));
        Folder::create(&out, &[], true).unwrap().write("x", b"theirs").unwrap();
        assert_eq!(fs::read(&victim).unwrap(), b"mine");
    }

    #[test]
    fn the_data_are_never_written_into() {
        let place = tempfile::tempdir().unwrap();
        let sources = [place.path().to_owned()];
        let inside = place.path().join("out");
        assert!(matches!(Folder::create(&inside, &sources, true), Err(FolderError::Inside { .. })));
        assert!(matches!(
            Folder::create(&inside.join("a/b"), &sources, true),
            Err(FolderError::Inside { .. })
        ));
        assert_eq!(names(place.path()), [""; 0], "not even a folder is made");
    }
}
