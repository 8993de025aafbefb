//! Files of other formats, dressed as DICOM objects: volumes of research, raw values, ordinary pictures.
//!
//! A reader for each format says what a file holds and where it lies: a [`Volume`]. Of that a header is made,
//! in memory, and the samples stay where they are until somebody wants a frame. So whatever can be done with
//! an object can be done with these files, and nothing but this room knows of them.
//!
//! Only files that are named are looked at in this way; a scan of folders takes what is DICOM.

mod dress;
mod layout;
mod made;
mod metaimage;
mod nifti;
mod npy;
mod nrrd;
mod picture;
mod place;
mod raw;
#[cfg(test)]
mod tests;
pub(super) use made::Made;
pub use raw::{Distances, Raw, Said};

use super::{Source, archive};
use layout::Layout;
use place::Place;
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::Arc,
};

/// MiB that a compressed file may inflate to: it is kept in memory as a whole.
const MOST_INFLATED: u64 = 512;
/// Bytes of one object: its length is a number of 32 bits.
const MOST_BYTES: u64 = 0xFFFF_FFFE;

/// What a file of another format holds.
struct Volume {
    /// For people.
    format: &'static str,
    /// Where the samples are.
    source: Source,
    layout: Layout,
    place: Place,
    /// Slope and intercept: values are samples times the first plus the second.
    rescale: (f64, f64),
    /// What had to be assumed, after "the file".
    notes: Vec<String>,
    /// What the writer has said of it.
    comment: String,
}

/// What a reader makes of a file, or why it cannot, after "the file".
type Read = Result<Volume, String>;

/// An object made of a file.
pub(super) struct Dressed {
    /// Its bytes.
    pub(super) source: Source,
    /// What had to be assumed, after "the file".
    pub(super) notes: Vec<String>,
}

/// How values are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Gzip,
    Zlib,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Nifti,
    Nrrd,
    MetaImage,
    Npy,
    Picture,
}

impl Format {
    /// By the end of a name.
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        Some(match name.rsplit_once('.')?.1 {
            "nii" | "hdr" | "img" => Self::Nifti,
            "gz" if is_packed_volume(path) => Self::Nifti,
            "nrrd" | "nhdr" => Self::Nrrd,
            "mha" | "mhd" => Self::MetaImage,
            "npy" => Self::Npy,
            "png" | "jpg" | "jpeg" | "tif" | "tiff" | "bmp" => Self::Picture,
            _ => return None,
        })
    }

    /// By the first bytes; `MetaImage` is text without a mark.
    fn by_content(head: &[u8]) -> Option<Self> {
        [
            (Self::Nifti, nifti::is_one as fn(&[u8]) -> bool),
            (Self::Nrrd, nrrd::is_one),
            (Self::Npy, npy::is_one),
            (Self::Picture, picture::is_one),
        ]
        .into_iter()
        .find_map(|(format, is_one)| is_one(head).then_some(format))
    }
}

/// True if a file that is named may be of another format, by its name or by what was said of it.
pub(super) fn is_named(path: &Path) -> bool {
    !said(path).1.is_empty() || Format::of(path).is_some()
}

/// The path of a file, with what a person says of it.
pub fn as_said(path: &Path, said: &Said) -> PathBuf {
    let end = format!("{}{said}", archive::INSIDE);
    [path.as_os_str(), OsStr::new(&end)].into_iter().collect::<std::ffi::OsString>().into()
}

/// The two parts of such a path; nothing was said of others.
pub(super) fn said(path: &Path) -> (PathBuf, Said) {
    let parts = path.to_str().and_then(|text| text.rsplit_once(archive::INSIDE));
    let parts = parts.and_then(|(file, end)| Some((PathBuf::from(file), Said::parse(end)?)));
    parts.unwrap_or_else(|| (path.to_owned(), Said::default()))
}

/// True if that is the end of such a path.
pub(super) fn is_said(end: &str) -> bool {
    Said::parse(end).is_some()
}

/// True for a volume that is compressed as a whole, by its name.
pub(super) fn is_packed_volume(path: &Path) -> bool {
    path.to_str().is_some_and(|name| name.to_ascii_lowercase().ends_with(".nii.gz"))
}

/// Makes an object of an opened file that is not DICOM; `None` if it is of no format that we know.
///
/// # Errors
///
/// A sentence about the file.
pub(super) fn dressed(path: &Path, source: &mut Source) -> Option<Result<Dressed, String>> {
    let (file, said) = said(path);
    let head = source.peek(0, 352).unwrap_or_default();
    let format = Format::by_content(head);
    let is_raw = said.raw.is_some();
    let format = format.or_else(|| Format::of(&file).filter(|format| *format != Format::Picture));
    if format.is_none() && !is_raw {
        return None;
    }
    let sentence = |why: String| format!("the file {why}");
    Some(read(&file, source.again(), format, &said).and_then(|volume| dress(path, volume)).map_err(sentence))
}

fn read(file: &Path, source: Source, format: Option<Format>, said: &Said) -> Read {
    let beside = Beside { path: file };
    if let Some(raw) = &said.raw {
        return placed(raw.read(source)?, said);
    }
    let volume = match format {
        Some(Format::Nifti) => {
            let is_image = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("img"));
            let source = if is_image { beside.twin("hdr")? } else { source };
            nifti::read(
                archive::gunzipped(&source).map_err(|error| unreadable(&error))?.unwrap_or(source),
                &beside,
            )?
        }
        Some(Format::Nrrd) => nrrd::read(source, &beside)?,
        Some(Format::MetaImage) => metaimage::read(source, &beside)?,
        Some(Format::Npy) => npy::read(source, &beside)?,
        Some(Format::Picture) => picture::read(source)?,
        None => return Err("is of no format that topogram knows".to_owned()),
    };
    placed(volume, said)
}

/// With the distances that a person has told of, where the file has none.
fn placed(mut volume: Volume, said: &Said) -> Read {
    let Some(spacing) = said.spacing else { return Ok(volume) };
    if !matches!(volume.place, Place::Nowhere) {
        return Err("says itself how far its values are apart; --spacing is for files that do not".to_owned());
    }
    // Pictures of a folder are a stack in the order of their names: to all of them one place would be a lie.
    volume.place = if volume.is_picture() { spacing.in_plane() } else { spacing.place(&mut volume.notes) };
    Ok(volume)
}

fn unreadable(error: &std::io::Error) -> String {
    format!("cannot be read: {error}")
}

fn dress(path: &Path, mut volume: Volume) -> Result<Dressed, String> {
    volume.layout.check()?;
    volume.place = std::mem::replace(&mut volume.place, Place::Nowhere).sane(&mut volume.notes);
    let decode = volume.is_picture().then_some(picture::decode as fn(&Source) -> std::io::Result<Source>);
    let all = volume.layout.frames();
    let frames = if decode.is_some() { all } else { volume.layout.present(volume.source.len()) };
    if frames == 0 {
        return Err(format!(
            "has {} bytes where {} are needed for all its values, and not one slice is whole",
            volume.source.len(),
            volume.layout.end()
        ));
    }
    if frames < all {
        volume.notes.push(format!("ends early: {frames} of {all} slices are there"));
    }
    if frames * volume.layout.frame_bytes() > MOST_BYTES {
        return Err("holds more than 4 GiB of values; a part of them can be shown with --raw".to_owned());
    }
    volume.place.upright(&mut volume.layout);
    let header = dress::header(path, &volume, frames);
    let made = Made::new(header, volume.layout, frames, volume.source, decode);
    Ok(Dressed { source: Source::made(Arc::new(made)), notes: volume.notes })
}

impl Volume {
    /// The samples are yet to be decoded.
    fn is_picture(&self) -> bool {
        matches!(self.format, "PNG" | "JPEG" | "TIFF" | "BMP")
    }
}

/// The file that a header lies in, to find others beside it.
struct Beside<'a> {
    path: &'a Path,
}

impl Beside<'_> {
    /// A file that a header names. It may be below the header's folder and nowhere else: files come from
    /// anywhere, and must not tell us what to read.
    fn named(&self, name: &str) -> Result<Source, String> {
        let relative = Path::new(name);
        let below = relative.components().all(|part| matches!(part, std::path::Component::Normal(_)));
        let shown = crate::model::shown(name).into_owned();
        if !below || name.is_empty() {
            return Err(format!("has its values in {shown:?}, which is not beside it"));
        }
        let path = self.path.with_file_name("").join(relative);
        Source::open(&path)
            .map_err(|error| format!("has its values in {shown:?}, which cannot be read: {error}"))
    }

    /// The other file of a pair, by its ending; it may be compressed.
    fn twin(&self, ending: &str) -> Result<Source, String> {
        let path = self.path.with_extension(ending);
        let source = Source::open(&path)
            .map_err(|error| format!("needs the file {ending} beside it, which cannot be read: {error}"))?;
        Ok(archive::gunzipped(&source).map_err(|error| unreadable(&error))?.unwrap_or(source))
    }

    /// The JSON that describes the file.
    fn json(&self, most: usize) -> Option<Vec<u8>> {
        let source = Source::open(&self.path.with_extension("json")).ok()?;
        if source.len() > most as u64 { None } else { source.read(0, most).ok() }
    }
}

/// Values that are compressed from a byte of a source on, `len` bytes of them once they are not.
///
/// # Errors
///
/// They are too many to be kept in memory.
fn inflated(source: &Source, from: u64, packing: Packing, len: u64) -> Result<Source, String> {
    if len > MOST_INFLATED << 20 {
        return Err(format!("is compressed and larger than {MOST_INFLATED} MiB; unpack it to see it"));
    }
    let found = match packing {
        Packing::Gzip => archive::gzip_at(source, from, len).map_err(|error| unreadable(&error))?,
        Packing::Zlib => archive::zlib_at(source, from, len).map_err(|error| unreadable(&error))?,
    };
    found.ok_or_else(|| "says that its values are compressed, and they are not".to_owned())
}
