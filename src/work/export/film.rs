//! The slices of a stack as pictures: one file each, a film, or a sheet with all of them.

use super::{ExportError, Slices};
use crate::{
    export::{
        Draft, Folder, Kind, Values, bytes_of, kind_of,
        picture::{self, Gif},
    },
    imaging::{self, Source, Survey, Turn},
    model::Frame,
    work::{
        Look, Voi,
        render::{colored, contrast},
    },
};
use image::{DynamicImage, GenericImage as _};
use std::{
    io::{BufWriter, Write as _},
    path::PathBuf,
    sync::Mutex,
};

/// The file formats of single pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureFormat {
    /// What is shown, exactly.
    Png,
    /// What is shown, nearly.
    Jpeg,
    /// The values in 16 bits, whatever the window.
    Tiff16,
}

impl PictureFormat {
    /// Its ending.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Tiff16 => "tiff",
        }
    }
}

/// Slices that are to become pictures.
#[derive(Debug)]
pub(super) struct PictureTask<'a> {
    /// Which.
    pub(super) slices: Slices<'a>,
    /// The number of the first in its stack, from one, and how many digits numbers have.
    pub(super) numbers: (usize, usize),
    /// How they look.
    pub(super) look: Look,
}

/// Pixels of the longer side of a picture on a sheet.
const THUMBNAIL: u32 = 160;
/// Pictures that fit on a sheet; of more, every n-th.
const MOST: usize = 1024;
/// Added to signed values in TIFF, which knows none.
const SHIFT: i32 = 0x8000;

impl PictureTask<'_> {
    fn picture(&self, frame: &Frame) -> DynamicImage {
        let Look { voi, invert, colors, turn, palette, .. } = &self.look;
        let frame = colors.of(frame);
        turn.apply(colored(imaging::render(&frame, &contrast(&frame, voi), *invert), *palette))
    }
}

/// One file for each slice, called `stem-001` and so on.
///
/// # Errors
///
/// [`ExportError`]; what was written before stays.
pub(super) fn write_pictures(
    task: &PictureTask<'_>,
    format: PictureFormat,
    folder: &Folder,
    stem: &str,
    step: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<PathBuf>, ExportError> {
    let written = Mutex::new(vec![]);
    task.slices.each(|at, frame| {
        let (first, digits) = task.numbers;
        let name = format!("{stem}-{:0digits$}.{}", first + at, format.ending());
        let refuse = |why: image::ImageError| picture_error(folder.path().join(&name), why);
        let bytes = match format {
            PictureFormat::Png => picture::png(&task.picture(frame)).map_err(refuse)?,
            PictureFormat::Jpeg => picture::jpeg(&task.picture(frame)).map_err(refuse)?,
            PictureFormat::Tiff16 => {
                let path = &task.slices.list[at].path;
                let values =
                    sixteen_bits(frame).ok_or_else(|| ExportError::Color { path: path.to_path_buf() })?;
                let (rows, columns) = frame.shape();
                picture::tiff16(&values, (columns as u32, rows as u32)).map_err(refuse)?
            }
        };
        let path = folder.write(&name, &bytes)?;
        written.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(path);
        if step() { Ok(()) } else { Err(ExportError::Stopped) }
    })?;
    let mut written = written.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    written.sort();
    Ok(written)
}

/// The modality values of a frame in 16 bits: as they are if none is negative, else 32768 more; stored values
/// where those are no whole numbers or too large. `None` for colours.
fn sixteen_bits(frame: &Frame) -> Option<Vec<u16>> {
    let values = match kind_of(frame, Values::Modality) {
        Kind::F32 | Kind::F64 | Kind::U32 | Kind::I32 => Values::Stored,
        _ => Values::Modality,
    };
    let bytes = bytes_of(frame, values, Kind::I32, false)
        .or_else(|_| bytes_of(frame, Values::Stored, Kind::F64, false))
        .ok()?;
    let whole: Vec<i32> = match bytes.len() / frame.shape().0 / frame.shape().1 {
        4 => bytes.as_chunks::<4>().0.iter().map(|&four| i32::from_le_bytes(four)).collect(),
        _ => bytes.as_chunks::<8>().0.iter().map(|&eight| f64::from_le_bytes(eight) as i32).collect(),
    };
    let shift = if whole.iter().any(|&value| value < 0) { SHIFT } else { 0 };
    Some(whole.into_iter().map(|value| value.saturating_add(shift).clamp(0, 0xFFFF) as u16).collect())
}

fn picture_error(path: PathBuf, why: impl std::fmt::Display) -> ExportError {
    ExportError::Picture { path, why: why.to_string() }
}

/// All slices as an animated GIF, `hundredths` of a second for each.
///
/// # Errors
///
/// [`ExportError`]; nothing is left of a film that was not finished.
pub(super) fn write_film(
    task: &PictureTask<'_>,
    hundredths: u16,
    folder: &Folder,
    stem: &str,
    step: &(dyn Fn() -> bool + Sync),
) -> Result<PathBuf, ExportError> {
    let draft = folder.begin(&format!("{stem}.gif"))?;
    let refuse = |why: gif::EncodingError| picture_error(draft.target().to_owned(), why);
    let first = task.picture(&task.slices.first()?);
    let (columns, rows) = (first.width(), first.height());
    let size = u16::try_from(columns).ok().zip(u16::try_from(rows).ok()).ok_or_else(|| {
        let (path, format) = (draft.target().to_owned(), "GIF");
        ExportError::TooLong { path, format, most: u16::MAX.into() }
    })?;
    let mut film = Gif::begin(BufWriter::new(draft.file()), size, hundredths).map_err(refuse)?;
    task.slices.in_order(
        |_, frame| Ok(task.picture(frame)),
        |picture| {
            film.add(&picture).map_err(refuse)?;
            if step() { Ok(()) } else { Err(ExportError::Stopped) }
        },
    )?;
    film.finish().map_err(refuse)?.flush().map_err(|why| draft.error(why))?;
    Ok(draft.finish()?)
}

/// All slices, or every n-th of very many, side by side in one PNG.
///
/// # Errors
///
/// [`ExportError`].
pub(super) fn write_sheet(
    task: &PictureTask<'_>,
    folder: &Folder,
    stem: &str,
    step: &(dyn Fn() -> bool + Sync),
) -> Result<PathBuf, ExportError> {
    let draft: Draft = folder.begin(&format!("{stem}-sheet.png"))?;
    let each = task.slices.list.len().div_ceil(MOST);
    let list: Vec<_> = task.slices.list.iter().step_by(each).cloned().collect();
    let slices = Slices { list: &list, ..task.slices };
    let first = slices.first()?;
    let (width, height) = thumbnail_size(&first, task.look.turn);
    let across = (list.len() as f64 * f64::from(height) / f64::from(width)).sqrt().ceil().max(1.0) as usize;
    let down = list.len().div_ceil(across);
    let size = (across as u32 * width, down as u32 * height);
    let gray = matches!(task.picture(&first), DynamicImage::ImageLuma8(_));
    let mut sheet =
        if gray { DynamicImage::new_luma8(size.0, size.1) } else { DynamicImage::new_rgb8(size.0, size.1) };
    let mut at = 0;
    slices.in_order(
        |_, frame| {
            let picture = task.picture(frame);
            Ok(imaging::view(&picture, Source::whole(&picture), width, height, true))
        },
        |small| {
            let (x, y) = ((at % across) as u32 * width, (at / across) as u32 * height);
            at += 1;
            let placed = match &mut sheet {
                DynamicImage::ImageLuma8(sheet) => sheet.copy_from(&small.to_luma8(), x, y),
                other => other.copy_from(&DynamicImage::from(small.to_rgb8()), x, y),
            };
            placed.map_err(|why| picture_error(draft.target().to_owned(), why))?;
            if step() { Ok(()) } else { Err(ExportError::Stopped) }
        },
    )?;
    let bytes = picture::png(&sheet).map_err(|why| picture_error(draft.target().to_owned(), why))?;
    draft.file().write_all(&bytes).map_err(|why| draft.error(why))?;
    Ok(draft.finish()?)
}

/// Width and height of a frame on a sheet, in the proportions it has in the patient.
fn thumbnail_size(frame: &Frame, turn: Turn) -> (u32, u32) {
    let (rows, columns) = turn.shape(frame.shape());
    let aspect = turn.aspect(frame.spacing.map_or(1.0, |spacing| spacing.aspect()));
    let (width, height) = (columns as f64, rows as f64 * aspect);
    let scale = f64::from(THUMBNAIL) / width.max(height).max(1.0);
    let side = |length: f64| (length * scale).round().clamp(1.0, f64::from(THUMBNAIL)) as u32;
    (side(width), side(height))
}

/// The contrast of a whole stack: the file's own, else one computed from a few of its slices, so that a film
/// does not flicker.
///
/// # Errors
///
/// A slice cannot be read.
pub(super) fn contrast_of(slices: &Slices<'_>) -> Result<Voi, ExportError> {
    let first = slices.first()?;
    if first.voi.iter().any(crate::model::VoiLut::is_usable) {
        return Ok(Voi::File(0));
    }
    let count = slices.list.len();
    let mut survey = Survey::new(3);
    for at in [0, count / 2, count - 1] {
        let list = &slices.list[at..=at];
        survey.add(&Slices { list, ..*slices }.first()?);
    }
    Ok(Voi::Fixed(survey.window()))
}
