//! Which files lie under some folders, and what each of them is.
//!
//! The walk is iterative, follows no link and opens nothing that is not a regular file; a link that the
//! user names is followed. Trouble with one entry is an outcome, never the end of the walk.

use super::{
    Found, Member, ReadError, Reader, Seen,
    archive::{self, exists},
    directory::{self, Index},
    foreign, header,
};
use crate::model::{Problem, Sighting, natural_bytes};
use std::{
    collections::HashSet,
    ffi::OsString,
    fs::{self, Metadata},
    ops::ControlFlow,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
};

/// What a scan says of one file.
#[derive(Debug)]
pub enum Outcome {
    /// An object for the library.
    Instance(Box<Sighting>),
    /// A DICOMDIR: counted, not listed. If some of its files are not there, the sentence says so.
    Directory(Option<String>),
    /// Not DICOM: counted.
    Ignored,
    /// Looks like DICOM, or cannot be opened, or is a DICOMDIR without any of its files.
    Problem(Problem),
}

/// What the walk meets.
#[derive(Debug)]
pub enum Entry {
    /// A regular file, not yet opened.
    File(PathBuf),
    /// A file that was asked for by its name: it may be of another format, or in an archive.
    Named(PathBuf),
    /// A file in an archive, not yet opened.
    Member(Member),
    /// A file in an archive whose bytes have passed by, and what it was.
    Passed(PathBuf, Outcome),
    /// A folder or a named path that cannot be looked into.
    Problem(Problem),
}

/// Files of a folder that are put in order at a time: a folder of a million would keep the first row, and
/// its names the memory, until the last is known.
const PIECE: usize = 16 << 10;

/// Calls `meet` for every file under `roots`, files and folders in natural order of their names.
///
/// The files of a folder with very many come in pieces, each in order, as the system lists them.
/// A folder that is reached twice, because roots overlap, is visited once.
pub fn walk(roots: &[PathBuf], meet: impl FnMut(Entry) -> ControlFlow<()>) -> ControlFlow<()> {
    walk_telling(roots, |_, _| {}, meet)
}

/// The same, and `enter` is told of every folder before it is listed: what changes from then on is news.
pub fn walk_telling(
    roots: &[PathBuf],
    mut enter: impl FnMut(&Path, &Metadata),
    mut meet: impl FnMut(Entry) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut visited = HashSet::new();
    for root in roots {
        match fs::metadata(root) {
            Ok(status) if status.is_dir() => folder(root, &mut visited, &mut enter, &mut meet)?,
            Ok(status) if status.is_file() => {
                if visited.insert((status.dev(), status.ino())) {
                    if foreign::is_named(root) {
                        meet(Entry::Named(root.clone()))?;
                    } else {
                        file(root.clone(), &mut meet)?;
                    }
                }
            }
            Err(_) if exists(root) => meet(Entry::Named(root.clone()))?,
            Ok(_) => meet(problem(root, "is neither a file nor a folder"))?,
            Err(error) => meet(problem(root, &format!("cannot be read: {error}")))?,
        }
    }
    ControlFlow::Continue(())
}

fn problem(path: &Path, what: &str) -> Entry {
    Entry::Problem(Problem { path: path.to_owned(), what: what.to_owned() })
}

fn folder(
    root: &Path,
    visited: &mut HashSet<(u64, u64)>,
    enter: &mut impl FnMut(&Path, &Metadata),
    meet: &mut impl FnMut(Entry) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut waiting = vec![root.to_owned()];
    while let Some(here) = waiting.pop() {
        let entries = match fs::metadata(&here).and_then(|status| {
            if !visited.insert((status.dev(), status.ino())) {
                return Ok(None);
            }
            enter(&here, &status);
            fs::read_dir(&here).map(Some)
        }) {
            Ok(Some(entries)) => entries,
            Ok(None) => continue,
            Err(error) => {
                meet(problem(&here, &format!("cannot be looked into: {error}")))?;
                continue;
            }
        };
        let mut folders = vec![];
        let mut piece = vec![];
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.file_type()?, entry.file_name()))) {
                Ok((kind, name)) if kind.is_file() => piece.push(name),
                Ok((kind, name)) if kind.is_dir() => folders.push(name),
                // Links, pipes, sockets and devices are not data.
                Ok(_) => {}
                Err(error) => meet(problem(&here, &format!("cannot be listed to its end: {error}")))?,
            }
            if piece.len() == PIECE {
                files(&here, &mut piece, meet)?;
            }
        }
        files(&here, &mut piece, meet)?;
        folders.sort_by(|a, b| natural_bytes(b.as_bytes(), a.as_bytes()));
        waiting.extend(folders.into_iter().map(|name| here.join(name)));
    }
    ControlFlow::Continue(())
}

/// Hands on the files of one folder, in order.
fn files(
    folder: &Path,
    names: &mut Vec<OsString>,
    meet: &mut impl FnMut(Entry) -> ControlFlow<()>,
) -> ControlFlow<()> {
    names.sort_by(|a, b| natural_bytes(a.as_bytes(), b.as_bytes()));
    names.drain(..).try_for_each(|name| file(folder.join(name), meet))
}

/// A file, and those in it if it is an archive.
fn file(path: PathBuf, meet: &mut impl FnMut(Entry) -> ControlFlow<()>) -> ControlFlow<()> {
    if !archive::is_archive(&path) {
        return meet(Entry::File(path));
    }
    meet(Entry::File(path.clone()))?;
    let looked = archive::members(&path, &mut |member| {
        // The next one overtakes it otherwise.
        let passing = member.is_passing().then(|| examine_member(&member));
        meet(match passing {
            Some(outcome) => Entry::Passed(member.path, outcome),
            None => Entry::Member(member),
        })
    });
    match looked {
        Ok(flow) => flow,
        Err(what) => meet(problem(&path, &what)),
    }
}

impl Entry {
    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Named(path) | Self::Passed(path, _) => path,
            Self::Member(member) => &member.path,
            Self::Problem(problem) => &problem.path,
        }
    }

    /// Opens it and says what it is.
    pub fn examine(self) -> (PathBuf, Outcome) {
        let path = self.path().to_owned();
        (path, self.examine_with(&mut Reader::default(), examine_next))
    }

    /// The same for one of many files, with a tool that is kept from one to the next.
    pub fn examine_with<R>(self, tool: &mut R, examine: impl FnOnce(&mut R, &Path) -> Outcome) -> Outcome {
        match self {
            Self::File(path) => examine(tool, &path),
            Self::Named(path) => outcome(&path, seen(header::read(&path))),
            Self::Passed(_, outcome) => outcome,
            Self::Member(member) => examine_member(&member),
            Self::Problem(problem) => Outcome::Problem(problem),
        }
    }
}

fn examine_member(member: &Member) -> Outcome {
    let path = &member.path;
    match member.source() {
        Ok(source) => outcome(path, seen(header::read_from(path, source))),
        Err(why) => Outcome::Problem(Problem { path: path.clone(), what: why.to_string() }),
    }
}

fn seen(found: Result<Found, ReadError>) -> Result<Seen, ReadError> {
    Ok(match found? {
        Found::Instance(record) => Seen::Instance(Box::new((*record).into())),
        Found::Directory => Seen::Directory,
    })
}

/// Opens one file and says what it is.
pub fn examine(path: &Path) -> Outcome {
    examine_next(&mut Reader::default(), path)
}

/// The same for one of many files, which may be like the one before it.
pub fn examine_next(reader: &mut Reader, path: &Path) -> Outcome {
    outcome(path, reader.read(path))
}

fn outcome(path: &Path, found: Result<Seen, ReadError>) -> Outcome {
    let problem = |what| Outcome::Problem(Problem { path: path.to_owned(), what });
    match found {
        Ok(Seen::Instance(file)) => Outcome::Instance(file),
        // What lies beside it in an archive is listed with it.
        Ok(Seen::Directory) if !path.is_file() => Outcome::Directory(None),
        Ok(Seen::Directory) => match directory::index(path) {
            Ok(Index::Useful(note)) => Outcome::Directory(note),
            Ok(Index::Useless(what)) => problem(what),
            Err(error) => problem(error.to_string()),
        },
        Err(ReadError::NotDicom { .. }) => Outcome::Ignored,
        Err(error) => problem(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(roots: &[PathBuf]) -> Vec<PathBuf> {
        let mut seen = vec![];
        let _ = walk(roots, |entry| {
            if let Entry::File(path) = entry {
                seen.push(path);
            }
            ControlFlow::Continue(())
        });
        seen
    }

    #[test]
    fn overlapping_roots_meet_every_file_once() {
        let once = files(&["src".into()]);
        assert_eq!(files(&["src".into(), "src/model".into(), "src".into()]), once);
    }

    #[test]
    fn a_missing_path_is_a_problem_and_the_others_are_still_walked() {
        let mut problems = 0;
        let mut met = 0;
        let _ = walk(&["no/such/path".into(), "themes".into(), "src/lib.rs".into()], |entry| {
            problems += usize::from(matches!(entry, Entry::Problem(_)));
            met += usize::from(matches!(entry, Entry::File(_)));
            ControlFlow::Continue(())
        });
        assert_eq!(problems, 1);
        assert!(met >= 1);
    }

    #[test]
    fn links_are_not_followed_and_a_loop_of_links_ends() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
        fs::write(folder.path().join("a"), "x").unwrap();
        std::os::unix::fs::symlink(folder.path().join("a"), folder.path().join("b")).unwrap();
        assert_eq!(files(&[folder.path().to_owned()]), [folder.path().join("a")]);
    }

    #[test]
    fn a_text_file_is_ignored() {
        assert!(matches!(examine(Path::new("Cargo.toml")), Outcome::Ignored));
    }
}
