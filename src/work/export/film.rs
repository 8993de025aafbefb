//! The slices of a stack as pictures: one file each, a film, or a sheet with all of them.

use super::{ExportError, Slices, sixteen::SixteenBits};
use crate::{
    export::{
        Draft, Folder,
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
    /// The values in 16 bits, whatever the window, with a JSON that says what they mean.
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

/// A frame as a file; `None` of colours where values are wanted.
type Encode<'a> = dyn Fn(&Frame) -> Option<Result<Vec<u8>, image::ImageError>> + Sync + 'a;

/// Pixels of the longer side of a picture on a sheet.
const THUMBNAIL: u32 = 160;
/// Pictures that fit on a sheet; of more, every n-th.
const MOST: usize = 1024;

impl PictureTask<'_> {
    fn picture(&self, frame: &Frame) -> DynamicImage {
        let Look { voi, invert, colors, turn, palette, .. } = &self.look;
        let frame = colors.of(frame);
        turn.apply(colored(imaging::render(&frame, &contrast(&frame, voi), *invert), *palette))
    }
}

/// One file for each slice, called `stem-001` and so on; beside those with values a JSON that says what they
/// mean.
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
    let (first, digits) = task.numbers;
    let numbered = |at: usize| format!("{stem}-{:0digits$}", first + at);
    let name = |at: usize| format!("{}.{}", numbered(at), format.ending());
    let count = task.slices.list.len();
    let mut beside = None;
    let encode: Box<Encode<'_>> = match format {
        PictureFormat::Png => Box::new(|frame| Some(picture::png(&task.picture(frame)))),
        PictureFormat::Jpeg => Box::new(|frame| Some(picture::jpeg(&task.picture(frame)))),
        PictureFormat::Tiff16 => {
            // One slice has a rule of its own, which must not be taken for that of others beside it.
            let document = if count == 1 { numbered(0) } else { format!("{stem}-tiff16") } + ".json";
            folder.accepts(&document)?;
            folder.accepts(&name(0))?;
            let rule = SixteenBits::of(&task.slices)?;
            // First, so that no picture is ever there without its meaning.
            let files: Vec<String> = (0..count).map(name).collect();
            beside = Some(folder.write(&document, rule.json(&files).as_bytes())?);
            Box::new(move |frame| {
                let (rows, columns) = frame.shape();
                Some(picture::tiff16(&rule.numbers(frame)?, (columns as u32, rows as u32)))
            })
        }
    };
    let written = Mutex::new(vec![]);
    task.slices.each(|at, frame| {
        let bytes = encode(frame)
            .ok_or_else(|| ExportError::Color { path: task.slices.list[at].path.to_path_buf() })?
            .map_err(|why| picture_error(folder.path().join(name(at)), why))?;
        let path = folder.write(&name(at), &bytes)?;
        written.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(path);
        if step() { Ok(()) } else { Err(ExportError::Stopped) }
    })?;
    let mut written = written.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    written.sort();
    written.extend(beside);
    Ok(written)
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
