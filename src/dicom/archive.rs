//! Archives read in place: `.zip`, `.tar`, `.tar.gz`, `.tgz` and single `.gz` files.
//!
//! Nothing is unpacked to a disk. What lies in an archive has the path `study.zip!/folder/file.dcm`, by which it
//! is opened like any other file: stored bytes where they are, compressed ones inflated as far as they are
//! wanted. An archive inside an archive is not opened, and no number in one decides how much memory is taken.

mod gzip;
mod names;
mod packed;
mod shelf;
mod tar;
mod zip;
pub(super) use gzip::{gunzipped, gzip_at, zlib_at};
pub(super) use packed::Packed;
pub use shelf::Archives;

use super::{Source, foreign};
use names::Names;
use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    io,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What stands between the path of an archive and a name in it.
pub(super) const INSIDE: &str = "!/";
/// Files of one archive that are listed.
const MOST_MEMBERS: usize = 500_000;

/// How an archive is made, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Zip,
    Tar,
    TarGzip,
    Gzip,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let ends = |ending: &str| name.ends_with(ending) && name.len() > ending.len();
        // NIfTI is compressed as a habit, and never DICOM.
        if ends(".nii.gz") {
            return None;
        }
        Some(match () {
            () if ends(".zip") => Self::Zip,
            () if ends(".tar.gz") || ends(".tgz") => Self::TarGzip,
            () if ends(".tar") => Self::Tar,
            () if ends(".gz") => Self::Gzip,
            () => return None,
        })
    }
}

/// True if a file may be an archive by its name.
pub fn is_archive(path: &Path) -> bool {
    path.file_name().is_some_and(|name| Kind::of(&name.to_string_lossy()).is_some())
}

/// The archive and the name in it that a path means; `None` for other paths.
fn parted(path: &Path) -> Option<(PathBuf, String)> {
    let text = path.to_str()?;
    let mut places = text.match_indices(INSIDE).map(|(at, _)| (&text[..at], &text[at + INSIDE.len()..]));
    places
        .find(|(archive, _)| Path::new(archive).is_file())
        .map(|(archive, name)| (archive.into(), name.to_owned()))
}

/// One file in an archive.
#[derive(Debug, Clone)]
pub struct Member {
    /// The path of the archive, `!/`, and the name in it.
    pub path: PathBuf,
    held: Held,
}

/// How its bytes are got at.
#[derive(Debug, Clone)]
enum Held {
    /// An entry of a zip.
    Zip(Arc<zip::Zip>, zip::Entry),
    /// As they are in the archive.
    Stored { archive: Arc<Source>, from: u64, len: u64 },
    /// To be inflated.
    Packed(Arc<Packed>),
    /// The first bytes of `len`, which is all that was kept of a compressed stream on the way.
    Head(Arc<Vec<u8>>, u64),
    /// Not at all, for this reason.
    Not(String),
}

impl Member {
    /// Its bytes.
    ///
    /// # Errors
    ///
    /// Why they cannot be read.
    pub(super) fn source(&self) -> io::Result<Source> {
        match &self.held {
            Held::Zip(zip, entry) => zip.open(entry),
            Held::Stored { archive, from, len } => {
                archive.part(*from, *len).ok_or_else(|| invalid("has no bytes of its own"))
            }
            Held::Packed(packed) => Ok(Source::packed(Arc::clone(packed))),
            Held::Head(head, len) => Ok(Source::head(Arc::clone(head), *len)),
            Held::Not(why) => Err(invalid(why)),
        }
    }

    /// True if its bytes are only here now: it is to be read before the next member is asked for.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self.held, Held::Head(..))
    }
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

/// What comes of looking into an archive: the members met, or a sentence about the archive itself.
type Looked = Result<ControlFlow<()>, String>;

/// Calls `meet` for every file in an archive, in its order, as long as it says so. A file that is none after
/// all has no members.
///
/// # Errors
///
/// A sentence, if the archive cannot be read or goes beyond what is read of any.
pub(super) fn members(path: &Path, meet: &mut dyn FnMut(Member) -> ControlFlow<()>) -> Looked {
    each(path, &mut |name, held| {
        let parts: [&OsStr; 3] = [path.as_os_str(), INSIDE.as_ref(), name.as_ref()];
        meet(Member { path: parts.into_iter().collect::<OsString>().into(), held })
    })
}

/// The same with the names alone.
fn each(path: &Path, meet: &mut dyn FnMut(String, Held) -> ControlFlow<()>) -> Looked {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some(kind) = Kind::of(&name) else { return Ok(ControlFlow::Continue(())) };
    let source = Source::plain(path).map_err(|error| format!("cannot be read: {error}"))?;
    let mut names = Names::default();
    let mut meet = |name: &[u8], held: Held| {
        if names.len() >= MOST_MEMBERS {
            return ControlFlow::Break(());
        }
        let name = names.unique(name);
        let inner = Kind::of(&name).map(|_| "is an archive inside another, which is not opened".to_owned());
        meet(name, inner.map_or(held, Held::Not))
    };
    let looked = match kind {
        Kind::Zip => zip::members(source, &mut meet),
        Kind::Tar => tar::members(source, &mut meet),
        Kind::TarGzip => tar::passing(source, &mut meet),
        Kind::Gzip => gzip::single(source, &name, &mut meet),
    };
    if names.len() >= MOST_MEMBERS {
        return Err(format!("holds {MOST_MEMBERS} files or more; the rest is not listed"));
    }
    looked
}

/// What is needed to open any member of an archive again.
#[derive(Debug)]
enum Index {
    /// By name.
    Members(HashMap<String, Held>),
    /// A single file that is compressed by itself.
    One(Arc<Packed>),
    /// A compressed tape: where each member lies in what it inflates to, and places to begin at.
    Tape { places: tar::Places, stream: gzip::Marked },
}

impl Index {
    fn of(path: &Path) -> io::Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if Kind::of(&name).is_none() {
            let packed = gzip::whole(Source::plain(path)?)?;
            return packed
                .map(|packed| Self::One(Arc::new(packed)))
                .ok_or_else(|| invalid("is not compressed"));
        }
        if Kind::of(&name) == Some(Kind::TarGzip) {
            let (places, stream) = tar::marked(Source::plain(path)?)?;
            return Ok(Self::Tape { places, stream });
        }
        let mut found = HashMap::new();
        let looked = each(path, &mut |name, held| {
            found.insert(name, held);
            ControlFlow::Continue(())
        });
        match looked {
            Err(why) if found.is_empty() => Err(invalid(&why)),
            _ => Ok(Self::Members(found)),
        }
    }

    fn open(&self, name: &str) -> io::Result<Source> {
        let absent = || io::Error::new(io::ErrorKind::NotFound, "the archive holds no file of that name");
        match self {
            Self::Members(found) => {
                let held = found.get(name).ok_or_else(absent)?.clone();
                Member { path: PathBuf::new(), held }.source()
            }
            Self::One(packed) => Ok(Source::packed(Arc::clone(packed))),
            Self::Tape { places, stream } => {
                let &(from, len) = places.get(name).ok_or_else(absent)?;
                Ok(Source::packed(Arc::new(stream.member(from, len))))
            }
        }
    }
}

/// Opens a path inside an archive.
///
/// # Errors
///
/// [`io::ErrorKind::NotFound`] if the path leads into no archive, or the archive has no such file; what the
/// system says while reading it.
pub(super) fn open(path: &Path) -> io::Result<Source> {
    let (archive, name) = parted(path).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    if foreign::is_said(&name) {
        return Source::plain(&archive);
    }
    Index::of(&archive)?.open(&name)
}

/// True if a path that the system does not know leads into an archive.
pub(super) fn leads_into(path: &Path, error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) && parted(path).is_some()
}

/// True if there is something at the path, in an archive or not.
pub fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok() || parted(path).is_some()
}

#[cfg(test)]
mod tests;
