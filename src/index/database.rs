//! One index as an `SQLite` database: pieces by folder, and outlines.
//!
//! `SQLite` keeps what is half written from being seen; that what is seen is right, the seals tell.

use super::{Trouble, shelf::private_file};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, limits::Limit, params};
use std::{
    ffi::OsString,
    fs::{self, File},
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

/// "topo": that the file is one of ours.
const APPLICATION: i32 = 0x746F_706F;
/// To be raised whenever a piece is written in another way.
const FORMAT: i32 = 1;
/// Reading rules differ between versions of the program.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");
/// Bytes of one value; what claims to be longer is damaged.
const LONGEST: i32 = 64 << 20;
/// Pieces of one folder: a million files make about 200.
const MOST_PIECES: usize = 8192;

const SCHEMA: &str = "
    CREATE TABLE about (program TEXT NOT NULL, root BLOB NOT NULL);
    CREATE TABLE piece (id INTEGER PRIMARY KEY, folder BLOB NOT NULL, lines INTEGER NOT NULL, data BLOB NOT NULL);
    CREATE INDEX piece_of_folder ON piece (folder, lines);
    CREATE TABLE outline (roots BLOB PRIMARY KEY, data BLOB NOT NULL);
";

/// An open index.
#[derive(Debug)]
pub(super) struct Database {
    connection: Connection,
    file: PathBuf,
    pub(super) root: PathBuf,
    /// Held while this process is the one that writes.
    lock: Option<File>,
}

/// A piece as it is stored.
pub(super) struct Piece {
    pub(super) id: i64,
    pub(super) data: Vec<u8>,
}

type Answer<T> = rusqlite::Result<T>;

impl Database {
    /// Opens an index to read and write, or begins it anew if it is not as it should be.
    pub(super) fn keep(file: &Path, root: &Path, lock: File) -> Result<Self, Trouble> {
        let io = |error| Trouble::Folder { path: file.to_owned(), error };
        let sqlite = |error| Trouble::Database { path: file.to_owned(), error };
        private_file(file).map_err(io)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let mut connection = connect(file, flags).and_then(|connection| {
            let usable = is_usable(&connection, root)?;
            Ok((connection, usable))
        });
        if !matches!(connection, Ok((_, true))) {
            drop(connection);
            forget(file).map_err(io)?;
            private_file(file).map_err(io)?;
            connection = connect(file, flags).and_then(|connection| {
                create(&connection, root)?;
                Ok((connection, true))
            });
        }
        let (connection, _) = connection.map_err(sqlite)?;
        Ok(Self { connection, file: file.to_owned(), root: root.to_owned(), lock: Some(lock) })
    }

    /// Opens an index that another process writes.
    pub(super) fn read(file: &Path, root: &Path) -> Result<Self, Trouble> {
        let trouble = |error| Trouble::Database { path: file.to_owned(), error };
        let connection = connect(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(trouble)?;
        if !is_usable(&connection, root).map_err(trouble)? {
            return Err(trouble(rusqlite::Error::InvalidQuery));
        }
        Ok(Self { connection, file: file.to_owned(), root: root.to_owned(), lock: None })
    }

    pub(super) fn is_writable(&self) -> bool {
        self.lock.is_some()
    }

    /// The pieces of a folder, newest first.
    pub(super) fn pieces(&self, folder: &[u8]) -> Answer<Vec<Piece>> {
        let sql = "SELECT id, data FROM piece WHERE folder = ? ORDER BY id DESC";
        let mut question = self.connection.prepare(sql)?;
        let rows = question.query_map([folder], |row| Ok(Piece { id: row.get(0)?, data: row.get(1)? }))?;
        rows.take(MOST_PIECES).collect()
    }

    /// Ids and numbers of lines of the pieces of a folder.
    pub(super) fn lines(&self, folder: &[u8]) -> Answer<Vec<(i64, i64)>> {
        let mut question = self.connection.prepare("SELECT id, lines FROM piece WHERE folder = ?")?;
        let rows = question.query_map([folder], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.take(MOST_PIECES).collect()
    }

    /// All folders that have pieces.
    pub(super) fn folders(&self) -> Answer<Vec<Vec<u8>>> {
        let mut question = self.connection.prepare("SELECT DISTINCT folder FROM piece")?;
        question.query_map([], |row| row.get(0))?.collect()
    }

    /// Stores a piece and tells its id.
    pub(super) fn add(&self, folder: &[u8], lines: u64, data: &[u8]) -> Answer<i64> {
        let sql = "INSERT INTO piece (folder, lines, data) VALUES (?, ?, ?)";
        self.connection.prepare(sql)?.execute(params![folder, lines as i64, data])?;
        Ok(self.connection.last_insert_rowid())
    }

    pub(super) fn remove(&self, piece: i64) -> Answer<()> {
        self.connection.prepare("DELETE FROM piece WHERE id = ?")?.execute([piece]).map(drop)
    }

    pub(super) fn remove_folder(&self, folder: &[u8]) -> Answer<()> {
        self.connection.prepare("DELETE FROM piece WHERE folder = ?")?.execute([folder]).map(drop)
    }

    pub(super) fn outline(&self, roots: &[u8]) -> Answer<Option<Vec<u8>>> {
        let sql = "SELECT data FROM outline WHERE roots = ?";
        self.connection.query_row(sql, [roots], |row| row.get(0)).optional()
    }

    pub(super) fn set_outline(&self, roots: &[u8], data: &[u8]) -> Answer<()> {
        let sql = "INSERT OR REPLACE INTO outline (roots, data) VALUES (?, ?)";
        self.connection.execute(sql, params![roots, data]).map(drop)
    }

    /// Does all of it or nothing.
    pub(super) fn at_once<T>(&self, work: impl FnOnce(&Self) -> Answer<T>) -> Answer<T> {
        let transaction = self.connection.unchecked_transaction()?;
        let done = work(self)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Takes a damaged index away, so that the next scan begins a new one.
    pub(super) fn give_up(&mut self) {
        if self.lock.is_some() {
            // If even that fails, the next scan finds the same damage.
            let _ = forget(&self.file);
        }
    }
}

fn connect(file: &Path, access: OpenFlags) -> Answer<Connection> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST)?;
    connection.busy_timeout(Duration::from_millis(50))?;
    // A crash of the system may damage the file; the seals find out, and flushing would cost seconds. What is
    // removed is overwritten: it is about patients.
    connection.execute_batch(
        "PRAGMA page_size = 16384; PRAGMA cache_size = -4096; PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;",
    )?;
    Ok(connection)
}

/// It is ours, of this version, and of this root.
fn is_usable(connection: &Connection, root: &Path) -> Answer<bool> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    if number("application_id")? != APPLICATION || number("user_version")? != FORMAT {
        return Ok(false);
    }
    let own = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?));
    let (program, of) = connection.query_row("SELECT program, root FROM about", [], own)?;
    Ok(program == PROGRAM && of == root.as_os_str().as_bytes())
}

fn create(connection: &Connection, root: &Path) -> Answer<()> {
    connection.execute_batch(SCHEMA)?;
    let root = root.as_os_str().as_bytes();
    connection.execute("INSERT INTO about (program, root) VALUES (?, ?)", params![PROGRAM, root])?;
    connection.pragma_update(None, "application_id", APPLICATION)?;
    connection.pragma_update(None, "user_version", FORMAT)
}

/// The journal that `SQLite` keeps beside a database.
pub(super) fn journal(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-journal");
    name.into()
}

fn forget(file: &Path) -> std::io::Result<()> {
    let gone = |result: std::io::Result<()>| match result {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        result => result,
    };
    gone(fs::remove_file(journal(file)))?;
    gone(fs::remove_file(file))
}

/// Which root an index is of, and how many files it knows.
pub(super) fn about(file: &Path) -> Option<(PathBuf, u64)> {
    let connection = connect(file, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    let root: Vec<u8> = connection.query_row("SELECT root FROM about", [], |row| row.get(0)).ok()?;
    let sum = "SELECT coalesce(sum(lines), 0) FROM piece";
    let files: i64 = connection.query_row(sum, [], |row| row.get(0)).ok()?;
    Some((OsString::from_vec(root).into(), u64::try_from(files).unwrap_or(0)))
}
