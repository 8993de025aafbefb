//! A stack as one array in one file.

use super::{
    super::reader::Reader,
    ExportError, Slices,
    gzip::{Member, Part},
    npz::Npz,
    slices::read,
};
use crate::{
    export::{Draft, Folder, Kind, Misfit, Values, bytes_of, in_place, kind_of, nifti, npy, nrrd},
    model::{Affine, Frame, Geometry, ModalityLut},
};
use std::{
    io::{BufWriter, Write as _},
    os::unix::fs::FileExt as _,
    path::PathBuf,
    sync::Mutex,
};

/// The file formats of arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArrayFormat {
    /// `NumPy`: slices, rows, columns.
    Npy,
    /// The same in one compressed file with where it lies, as `numpy.savez_compressed` writes it.
    Npz,
    /// NIfTI-1: columns, rows from the bottom, slices.
    Nii,
    /// The same, compressed.
    NiiGz,
    /// NRRD: columns, rows, slices.
    Nrrd,
}

impl ArrayFormat {
    /// Its ending.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Npy => "npy",
            Self::Npz => "npz",
            Self::Nii => "nii",
            Self::NiiGz => "nii.gz",
            Self::Nrrd => "nrrd",
        }
    }

    /// The lowest row comes first, as the axis to the front of the patient wants it.
    fn is_upward(self) -> bool {
        matches!(self, Self::Nii | Self::NiiGz)
    }
}

/// A stack that is to become one array.
#[derive(Debug)]
pub struct ArrayTask<'a> {
    /// Its slices.
    pub slices: Slices<'a>,
    /// Slices in a volume; there are several volumes if there are more slices than that, for NIfTI.
    pub depth: usize,
    /// Which values.
    pub values: Values,
    /// Which format.
    pub format: ArrayFormat,
    /// Where the voxels of a volume lie, if the files say so.
    pub geometry: Option<&'a Geometry>,
    /// Seconds between volumes, if that is known.
    pub repetition: Option<f64>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// Of an element.
    pub kind: Kind,
    /// Slices, rows, columns.
    pub shape: [usize; 3],
    /// Elements times the first plus the second are what is meant; 1 and 0 unless stored values with
    /// one rescale were asked for.
    pub rescale: (f64, f64),
    /// Of the values.
    pub unit: String,
    /// Of the file.
    pub bytes: u64,
}

/// How the values of all slices are written: what is tried first is what the first slice needs.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Plan {
    kind: Kind,
    values: Values,
    rescale: (f64, f64),
    shape: (usize, usize),
}

/// Why a plan does not work for a slice.
enum Snag {
    Error(ExportError),
    Misfit(Misfit, PathBuf),
    /// Another rescale than the first slice's.
    Rescale,
}

impl From<ExportError> for Snag {
    fn from(why: ExportError) -> Self {
        Self::Error(why)
    }
}

/// Writes the array into `folder` under `stem` and the ending of the format.
///
/// `step` is called after each slice; if it says false, nothing is left of the file.
///
/// # Errors
///
/// [`ExportError`]: a slice that cannot be read, is of another size or has colours where others have values; a
/// full disk; a name that is taken.
pub fn write_array(
    task: &ArrayTask<'_>,
    folder: &Folder,
    stem: &str,
    step: &(dyn Fn() -> bool + Sync),
) -> Result<Written, ExportError> {
    let name = format!("{stem}.{}", task.format.ending());
    // Told before an hour of decoding.
    folder.accepts(&name)?;
    let first = task.slices.first()?;
    let mut plan = Plan::of(&first, task);
    loop {
        let draft = folder.begin(&name)?;
        match task.attempt(&plan, &draft, step) {
            Ok(bytes) => {
                let path = draft.finish()?;
                let (rows, columns) = plan.shape;
                let shape = [task.slices.list.len(), rows, columns];
                let (kind, rescale, unit) = (plan.kind, plan.rescale, first.unit.to_string());
                return Ok(Written { path, kind, shape, rescale, unit, bytes });
            }
            Err(Snag::Error(why)) => return Err(why),
            Err(Snag::Misfit(Misfit::Color, path)) => return Err(ExportError::Mixed { path }),
            // A larger kind each time, of which there are few.
            Err(Snag::Misfit(Misfit::Needs(kind), _)) => plan.kind = plan.kind.with(kind),
            Err(Snag::Rescale) => {
                plan = Plan { values: Values::Modality, rescale: (1.0, 0.0), kind: Kind::F32, ..plan };
            }
        }
    }
}

impl Plan {
    fn of(first: &Frame, task: &ArrayTask<'_>) -> Self {
        let values = task.first_values(first);
        let kind = kind_of(first, values);
        let rescale = match (&first.modality_lut, task.keeps_rescale() && values == Values::Stored) {
            (ModalityLut::Rescale { slope, intercept }, true) => (*slope, *intercept),
            _ => (1.0, 0.0),
        };
        Self { kind, values, rescale, shape: first.shape() }
    }
}

impl ArrayTask<'_> {
    /// The header has a place for slope and intercept.
    fn keeps_rescale(&self) -> bool {
        self.values == Values::Modality && matches!(self.format, ArrayFormat::Nii | ArrayFormat::NiiGz)
    }

    fn first_values(&self, first: &Frame) -> Values {
        match first.modality_lut {
            ModalityLut::Rescale { .. } if self.keeps_rescale() => Values::Stored,
            _ => self.values,
        }
    }

    fn header(&self, plan: &Plan, draft: &Draft) -> Result<Vec<u8>, ExportError> {
        let (rows, columns) = plan.shape;
        let slices = self.slices.list.len();
        let nowhere = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]];
        let affine = |of: &dyn Fn(&Geometry) -> Affine| {
            self.geometry.map_or(nowhere, |geometry| {
                let [x, y, z, _] = of(geometry);
                [x, y, z]
            })
        };
        match self.format {
            ArrayFormat::Npy | ArrayFormat::Npz => {
                let axes = [slices, rows, columns, 3];
                Ok(npy::header(plan.kind, &axes[..if plan.kind == Kind::Rgb { 4 } else { 3 }]))
            }
            ArrayFormat::Nrrd => {
                Ok(nrrd::header(plan.kind, [columns, rows, slices], &affine(&Geometry::affine)))
            }
            ArrayFormat::Nii | ArrayFormat::NiiGz => {
                let depth = self.depth.clamp(1, slices);
                let header = nifti::Header {
                    kind: plan.kind,
                    size: [columns, rows, depth, slices / depth],
                    affine: affine(&|geometry| geometry.affine_ras(true)),
                    repetition: self.repetition.unwrap_or(0.0),
                    rescale: plan.rescale,
                };
                header.bytes().ok_or_else(|| ExportError::TooLong {
                    path: draft.target().to_owned(),
                    format: "NIfTI",
                    most: i16::MAX as usize,
                })
            }
        }
    }

    /// Writes everything as planned; the bytes of the file.
    fn attempt(&self, plan: &Plan, draft: &Draft, step: &(dyn Fn() -> bool + Sync)) -> Result<u64, Snag> {
        let header = self.header(plan, draft)?;
        let length = plan.shape.0 * plan.shape.1 * plan.kind.bytes();
        let snag = Mutex::new(None);
        let values = |at: usize, frame: &Frame| {
            let values = self.values_of(plan, at, frame).map_err(|why| {
                snag.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(why);
                ExportError::Stopped
            })?;
            if step() { Ok(values) } else { Err(ExportError::Stopped) }
        };
        let io = |why| draft.error(why);
        let written = match self.format {
            ArrayFormat::NiiGz => (|| {
                let mut member = Member::begin(BufWriter::new(draft.file())).map_err(io)?;
                member.add(&Part::new(&header)).map_err(io)?;
                let make = |at: usize, frame: &Frame| Ok(Part::new(&values(at, frame)?));
                self.slices.in_order(make, |part| Ok(member.add(&part).map_err(io)?))?;
                Ok(member.finish().map_err(io)?)
            })(),
            ArrayFormat::Npz => (|| {
                let mut archive = Npz::begin(BufWriter::new(draft.file()));
                archive.array("volume", &header).map_err(io)?;
                let make = |at: usize, frame: &Frame| values(at, frame);
                self.slices.in_order(make, |bytes| Ok(archive.more(&bytes).map_err(io)?))?;
                if let Some(geometry) = self.geometry {
                    archive.place(geometry).map_err(io)?;
                }
                Ok(archive.finish().map_err(io)?)
            })(),
            _ => (|| {
                draft.file().write_all(&header).map_err(io)?;
                let begin = || vec![0; plan.shape.0 * plan.shape.1];
                self.slices.visit(begin, |words: &mut Vec<i16>, reader, at| {
                    let place = header.len() as u64 + at as u64 * length as u64;
                    let put = |bytes: &[u8]| draft.file().write_all_at(bytes, place).map_err(io);
                    if self.plain(plan, reader, at, words)? {
                        put(bytemuck::cast_slice(words))?;
                        return if step() { Ok(()) } else { Err(ExportError::Stopped) };
                    }
                    Ok(put(&values(at, &read(reader, &self.slices.list[at])?)?)?)
                })
            })(),
        };
        match (written, snag.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)) {
            (Ok(()), _) => Ok(draft.file().metadata().map_err(io).map_err(ExportError::from)?.len()),
            (Err(ExportError::Stopped), Some(snag)) => Err(snag),
            (Err(why), _) => Err(why.into()),
        }
    }

    /// Reads a slice of 16-bit words and makes them what the file wants where they are; false if it is no such
    /// slice, or something about it must be told.
    fn plain(
        &self,
        plan: &Plan,
        reader: &mut Reader<'_>,
        at: usize,
        words: &mut [i16],
    ) -> Result<bool, ExportError> {
        let rescale = ModalityLut::Rescale { slope: plan.rescale.0, intercept: plan.rescale.1 };
        let slice = &self.slices.list[at];
        if cfg!(target_endian = "big") || plan.kind.bytes() != 2 || slice.tile.is_some() {
            return Ok(false);
        }
        let read = reader.words(&slice.path, slice.frame, words);
        let Some((frame, signed)) = read.map_err(|why| ExportError::frame(&slice.path, why))? else {
            return Ok(false);
        };
        let alike = !self.keeps_rescale() || plan.values != Values::Stored || frame.modality_lut == rescale;
        let shaped = reader.image().is_some_and(|image| {
            let module = image.module();
            (module.rows as usize, module.columns as usize) == plan.shape
        });
        if !alike || !shaped || !in_place(words, signed, &frame.modality_lut, plan.values, plan.kind) {
            return Ok(false);
        }
        if self.format.is_upward() {
            let (rows, columns) = plan.shape;
            for row in 0..rows / 2 {
                let (upper, lower) = words.split_at_mut((rows - 1 - row) * columns);
                upper[row * columns..][..columns].swap_with_slice(&mut lower[..columns]);
            }
        }
        Ok(true)
    }

    fn values_of(&self, plan: &Plan, at: usize, frame: &Frame) -> Result<Vec<u8>, Snag> {
        let path = || self.slices.list[at].path.to_path_buf();
        if frame.shape() != plan.shape {
            return Err(ExportError::Shape { path: path(), found: frame.shape(), first: plan.shape }.into());
        }
        if self.keeps_rescale() && plan.values == Values::Stored {
            let (slope, intercept) = plan.rescale;
            if frame.modality_lut != (ModalityLut::Rescale { slope, intercept }) {
                return Err(Snag::Rescale);
            }
        }
        bytes_of(frame, plan.values, plan.kind, self.format.is_upward())
            .map_err(|misfit| Snag::Misfit(misfit, path()))
    }
}
