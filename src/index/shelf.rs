//! The folder of all indexes: private, ours, and nothing else is trusted.

use super::database::{self, Database};
use rustix::process::geteuid;
use sha2::{Digest as _, Sha256};
use std::{
    fmt::Write as _,
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Why nothing is kept, or not all; the scan does without.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Nothing says where the cache would be.
    #[error("neither XDG_CACHE_HOME nor HOME is set, so there is no index")]
    Homeless,
    /// The folder cannot be made or looked into.
    #[error("{path}: cannot be used for the index: {error}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is another user's, a link, or no folder at all.
    #[error("{path}: {what}, so there is no index")]
    Foreign {
        /// Which.
        path: PathBuf,
        /// Why it is not trusted.
        what: &'static str,
    },
    /// Another process keeps this index.
    #[error("{root}: another topogram keeps its index; this one only reads it")]
    Busy {
        /// The folder that was scanned.
        root: PathBuf,
    },
    /// The database does not do what it should.
    #[error("{path}: {error}; files are read instead")]
    Database {
        /// Which.
        path: PathBuf,
        /// What `SQLite` says.
        error: rusqlite::Error,
    },
}

/// The indexes of one user.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
}

/// One index, as it is listed.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The folder that was scanned; `None` if the index cannot be read.
    pub root: Option<PathBuf>,
    /// Files it knows.
    pub files: u64,
    /// Size on disk, bytes.
    pub bytes: u64,
    /// When it was last written.
    pub written: SystemTime,
    file: PathBuf,
}

const ENDING: &str = "sqlite";

impl Shelf {
    /// The shelf below the cache folder, made if it is not there.
    ///
    /// # Errors
    ///
    /// [`Trouble`] if it cannot be made, or is not ours alone.
    pub fn open(cache: &Path) -> Result<Self, Trouble> {
        let trouble = |error| Trouble::Folder { path: cache.to_owned(), error };
        let base = cache.parent().unwrap_or(Path::new("/"));
        // A home that is not there is not made.
        match DirBuilder::new().mode(0o700).create(base) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(trouble(error)),
            _ => {}
        }
        // What leads to it is the user's choice; from here on no link is followed.
        let base = base.canonicalize().map_err(trouble)?;
        let cache = base.join(cache.file_name().unwrap_or_default());
        private(&cache)?;
        let folder = cache.join("index");
        private(&folder)?;
        Ok(Self { folder })
    }

    /// The shelf if there is one; nothing is made or changed.
    ///
    /// # Errors
    ///
    /// [`Trouble`] if it is not ours alone.
    pub fn existing(cache: &Path) -> Result<Option<Self>, Trouble> {
        let folder = cache.join("index");
        for path in [cache, &folder] {
            match path.symlink_metadata() {
                Ok(status) => own(path, &status)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(Trouble::Folder { path: path.to_owned(), error }),
            }
        }
        let trouble = |error| Trouble::Folder { path: cache.to_owned(), error };
        Ok(Some(Self { folder: folder.canonicalize().map_err(trouble)? }))
    }

    /// Opens the database of a root, which is canonical; the second value tells that it cannot be written.
    pub(super) fn database(&self, root: &Path) -> Result<(Database, Option<Trouble>), Trouble> {
        let file = self.folder.join(name(root));
        let path = file.with_extension("lock");
        let trouble = |error| Trouble::Folder { path: path.clone(), error };
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
            .open(&path)
            .map_err(trouble)?;
        lock.set_permissions(Permissions::from_mode(0o600)).map_err(trouble)?;
        // The system frees the lock of a process that is gone.
        if lock.try_lock().is_ok() {
            return Ok((Database::keep(&file, root, lock)?, None));
        }
        let busy = Trouble::Busy { root: root.to_owned() };
        Ok((Database::read(&file, root)?, Some(busy)))
    }

    /// All indexes, largest first.
    ///
    /// # Errors
    ///
    /// [`Trouble`] if the folder cannot be listed.
    pub fn entries(&self) -> Result<Vec<Entry>, Trouble> {
        let trouble = |error| Trouble::Folder { path: self.folder.clone(), error };
        let mut entries = vec![];
        for found in fs::read_dir(&self.folder).map_err(trouble)?.flatten() {
            let file = found.path();
            let Ok(status) = file.symlink_metadata() else { continue };
            if !status.is_file() || file.extension().is_none_or(|ending| ending != ENDING) {
                continue;
            }
            let (root, files) = database::about(&file).map_or((None, 0), |(root, files)| (Some(root), files));
            let written = status.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            entries.push(Entry { root, files, bytes: status.len(), written, file });
        }
        entries.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.file.cmp(&b.file)));
        Ok(entries)
    }

    /// Takes an index away. One that is in use is taken from those who use it: they go on without.
    ///
    /// # Errors
    ///
    /// [`Trouble`] if it cannot be removed.
    pub fn clear(&self, entry: &Entry) -> Result<(), Trouble> {
        fs::remove_file(&entry.file).map_err(|error| Trouble::Folder { path: entry.file.clone(), error })?;
        for beside in [database::journal(&entry.file), entry.file.with_extension("lock")] {
            // They need not be there.
            let _ = fs::remove_file(beside);
        }
        Ok(())
    }
}

/// Names tell nothing of what was scanned.
fn name(root: &Path) -> String {
    let hash = Sha256::digest(root.as_os_str().as_encoded_bytes());
    let mut name = String::new();
    for byte in &hash[..16] {
        // Writing to a String cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name + "." + ENDING
}

/// Makes a folder that only its owner can look into, or makes it so.
fn private(path: &Path) -> Result<(), Trouble> {
    let trouble = |error| Trouble::Folder { path: path.to_owned(), error };
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(trouble(error)),
        _ => {}
    }
    let status = path.symlink_metadata().map_err(trouble)?;
    own(path, &status)?;
    if status.mode() & 0o7777 != 0o700 {
        fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(trouble)?;
    }
    Ok(())
}

fn own(path: &Path, status: &fs::Metadata) -> Result<(), Trouble> {
    let foreign = |what| Err(Trouble::Foreign { path: path.to_owned(), what });
    if status.is_symlink() {
        return foreign("is a link");
    }
    if !status.is_dir() {
        return foreign("is not a folder");
    }
    if status.uid() != geteuid().as_raw() {
        return foreign("belongs to another user");
    }
    Ok(())
}

/// Makes an empty file that is ours alone, unless there is one.
pub(super) fn private_file(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(file) => File::set_permissions(&file, Permissions::from_mode(0o600)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // Not opened: closing it would take away the locks that SQLite holds on it in this process.
            let status = path.symlink_metadata()?;
            if !status.is_file() || status.uid() != geteuid().as_raw() {
                return Err(io::Error::other("is not a file of ours"));
            }
            if status.mode() & 0o7777 != 0o600 {
                fs::set_permissions(path, Permissions::from_mode(0o600))?;
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}
