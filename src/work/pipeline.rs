//! A stack prepared for a network: loaded, in its unit, on an even grid, with the lungs found.

use super::{
    Recipe,
    export::{ExportError, Slices},
    room::{admit, needed},
};
use crate::{
    export::{Kind, Values, kind_of},
    imaging::steps::{self, AIR, BINS, Grid, Interpolation, Lungs, Units},
    model::{Affine, Frame, Geometry, dot, minus},
};
use ndarray::{Array3, ArrayViewMut2, Axis, Slice};
use std::{
    ops::Range,
    sync::{Mutex, PoisonError},
};

/// A stack as it is found.
#[derive(Debug)]
pub struct Raw<'a> {
    /// Its slices.
    pub slices: Slices<'a>,
    /// Where they lie, if the files say so.
    pub geometry: Option<&'a Geometry>,
    /// Distances of slices, rows and columns, mm, if they do not; `None` if nothing is known.
    pub spacing: Option<[f64; 3]>,
    /// Bytes of memory that it may take, as [`super::room()`] says.
    pub room: u64,
}

/// A stack as it was prepared.
#[derive(Debug)]
pub struct Prepared {
    /// `(slice, row, column)`.
    pub values: Array3<f32>,
    /// What its values should be written as.
    pub kind: Kind,
    /// Of the values before anything else was done.
    pub unit: String,
    /// Slices, rows and columns before.
    pub from: [usize; 3],
    /// Statistics of the values in their unit.
    pub seen: Units,
    /// How many of them lie in each of 80 bins from the smallest to the largest.
    pub histogram: Vec<u64>,
    /// Distances now, mm.
    pub spacing: Option<[f64; 3]>,
    /// From `(column, row, slice, 1)` to LPS mm, now.
    pub affine: Option<Affine>,
    /// The lungs, if they were asked for.
    pub lungs: Option<Lungs>,
    /// The part of the resampled slices, rows and columns that was kept.
    pub box_kept: Option<[Range<usize>; 3]>,
}

/// Above this, HU, is the body.
const BODY: f32 = -320.0;
/// Slices that lean by less than this part of a voxel are upright.
const UPRIGHT: f64 = 0.01;

/// Prepares a stack.
///
/// # Errors
///
/// A slice that cannot be read, has colours or another size; a grid that is asked for where no distances are
/// known; more memory than there is room for, which is told before anything but the first slice is read.
pub fn prepare(raw: &Raw<'_>, recipe: &Recipe) -> Result<Prepared, ExportError> {
    prepare_watched(raw, recipe, &|_| true)
}

/// The same; `step` is told of each slice, and once it says false nothing more is done.
pub(super) fn prepare_watched(
    raw: &Raw<'_>,
    recipe: &Recipe,
    step: &(dyn Fn(&Frame) -> bool + Sync),
) -> Result<Prepared, ExportError> {
    let mut prepared = even(raw, recipe, step)?;
    prepared.lungs = recipe.lungs.map(|fill| steps::lungs(&prepared.values, fill));
    if let Some(margin) = recipe.crop {
        prepared.crop(margin);
    }
    if recipe.normalise.is_some() || recipe.zero_centre.is_some() {
        let (range, mean) = recipe.range_and_mean();
        steps::normalise(&mut prepared.values, range, mean);
        prepared.kind = Kind::F32;
    }
    Ok(prepared)
}

/// A stack in its unit and on the grid that is asked for.
pub(super) fn even(
    raw: &Raw<'_>,
    recipe: &Recipe,
    step: &(dyn Fn(&Frame) -> bool + Sync),
) -> Result<Prepared, ExportError> {
    let first = raw.slices.first()?;
    let (rows, columns) = first.shape();
    let from = [raw.slices.list.len(), rows, columns];
    let mut spacing = raw.geometry.map_or(raw.spacing, |geometry| {
        Some([geometry.slice_distance(), geometry.spacing.row, geometry.spacing.column])
    });
    let mut affine = raw.geometry.map(Geometry::affine);
    let mut kind = match kind_of(&first, Values::Modality) {
        _ if recipe.tutorial => Kind::I16,
        kind @ (Kind::U8 | Kind::I8 | Kind::I16) => kind.with(Kind::I16),
        _ => Kind::F32,
    };
    let fits = |to: Option<[usize; 3]>| {
        let bytes = |to| needed(from, to, recipe, raw.slices.threads);
        admit(bytes(to), raw.room).map_err(|why| {
            let less = if to.is_some() && bytes(None) <= raw.room {
                "a coarser --resample takes less"
            } else {
                "`topogram export` takes a slice at a time"
            };
            let why = format!("{why}; {less}, and fewer --jobs leave more for each");
            ExportError::frame(&raw.slices.list[0].path, why)
        })
    };
    let grid = match recipe.resample {
        None => fits(None).map(|()| None)?,
        Some(new) => {
            let old = spacing.ok_or_else(|| {
                let why = "the images do not say how far apart their pixels are, so they cannot be resampled";
                ExportError::frame(&raw.slices.list[0].path, why)
            })?;
            let grid = Grids::new(raw.geometry, from, old, new, recipe.tutorial, |to| fits(Some(to)))?;
            Some((grid, old))
        }
    };
    let (mut values, seen) = load(raw, &first, recipe.tutorial, step)?;
    let histogram = histogram(&values, &seen);
    if let Some((grid, old)) = grid {
        let how = if recipe.tutorial { Interpolation::CubicWhole } else { recipe.interpolation };
        values = steps::resample(values, &grid.axes, &grid.lean, how, raw.slices.threads);
        if !recipe.tutorial {
            kind = Kind::F32;
        }
        spacing = Some(grid.spacing);
        affine = raw.geometry.map(|geometry| grid.affine(geometry, old));
    }
    let unit = first.unit.to_string();
    let (lungs, box_kept) = (None, None);
    Ok(Prepared { values, kind, unit, from, seen, histogram, spacing, affine, lungs, box_kept })
}

/// All slices in their unit.
fn load(
    raw: &Raw<'_>,
    first: &Frame,
    tutorial: bool,
    step: &(dyn Fn(&Frame) -> bool + Sync),
) -> Result<(Array3<f32>, Units), ExportError> {
    let (rows, columns) = first.shape();
    let mut values = Array3::<f32>::zeros((raw.slices.list.len(), rows, columns));
    let all = Mutex::new(Units::default());
    {
        let places: Vec<_> = values.axis_iter_mut(Axis(0)).map(Mutex::new).collect();
        raw.slices.each(|at, frame| {
            let mut seen = Units::default();
            let mut place = places[at].lock().unwrap_or_else(PoisonError::into_inner);
            let fits = in_units(frame, first, tutorial, place.view_mut(), &mut seen);
            let path = || raw.slices.list[at].path.to_path_buf();
            if !fits && frame.shape() != (rows, columns) {
                return Err(ExportError::Shape {
                    path: path(),
                    found: frame.shape(),
                    first: (rows, columns),
                });
            } else if !fits {
                return Err(ExportError::Color { path: path() });
            }
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            *all = all.with(seen);
            if step(frame) { Ok(()) } else { Err(ExportError::Stopped) }
        })?;
    }
    Ok((values, all.into_inner().unwrap_or_else(PoisonError::into_inner)))
}

/// One slice in its unit; false if that cannot be.
pub(super) fn in_units(
    frame: &Frame,
    first: &Frame,
    tutorial: bool,
    place: ArrayViewMut2<'_, f32>,
    seen: &mut Units,
) -> bool {
    if tutorial {
        return steps::naive_units(frame, place, seen);
    }
    let outside = if first.unit.raw() == "HU" { AIR } else { 0.0 };
    steps::units(frame, outside, place, seen)
}

/// `numpy.histogram(values, bins=80)` without padding.
fn histogram(values: &Array3<f32>, seen: &Units) -> Vec<u64> {
    let mut counts = vec![0; BINS];
    let width = seen.max - seen.min;
    let bin = |value: f64| -> Option<usize> {
        (value >= seen.min && value <= seen.max && width > 0.0)
            .then(|| (((value - seen.min) / width * BINS as f64) as usize).min(BINS - 1))
    };
    for &value in values {
        if let Some(bin) = bin(value.into()) {
            counts[bin] += 1;
        }
    }
    // Padding was counted where air is.
    if let Some(bin) = bin(AIR.into()) {
        counts[bin] -= seen.padding.min(counts[bin]);
    }
    counts
}

/// The new grid.
struct Grids {
    axes: [Grid; 3],
    lean: Vec<[f64; 2]>,
    /// Distances of new slices, rows, columns, mm.
    spacing: [f64; 3],
}

impl Grids {
    /// Asks whether its sizes fit before it makes anything of them.
    fn new(
        geometry: Option<&Geometry>,
        from: [usize; 3],
        old: [f64; 3],
        new: [f64; 3],
        tutorial: bool,
        fits: impl FnOnce([usize; 3]) -> Result<(), ExportError>,
    ) -> Result<Self, ExportError> {
        if tutorial {
            fits([0, 1, 2].map(|axis| Grid::count_aligned(from[axis], old[axis], new[axis])))?;
            let axes: [Grid; 3] =
                std::array::from_fn(|axis| Grid::corner_aligned(from[axis], old[axis], new[axis]));
            let spacing = std::array::from_fn(|axis| {
                f64::from(old[axis] as f32) * from[axis] as f64 / axes[axis].len() as f64
            });
            return Ok(Self { axes, lean: vec![], spacing });
        }
        let even = |axis: usize| -> Vec<f64> { (0..from[axis]).map(|at| at as f64 * old[axis]).collect() };
        let depths = geometry.map_or_else(
            || even(0),
            |geometry| {
                let place = |slice: usize| geometry.locate([slice as f64, 0.0, 0.0]);
                (0..from[0]).map(|slice| dot(minus(place(slice), place(0)), geometry.normal())).collect()
            },
        );
        let places = [depths, even(1), even(2)];
        fits([0, 1, 2].map(|axis| Grid::count_every(new[axis], &places[axis])))?;
        let axes = std::array::from_fn(|axis| Grid::every(new[axis], &places[axis]));
        Ok(Self { axes, lean: geometry.map_or_else(Vec::new, lean), spacing: new })
    }

    /// The affine of the new grid, whose slices lie straight above one another unless the tutorial made it.
    fn affine(&self, geometry: &Geometry, old: [f64; 3]) -> Affine {
        let mut affine = geometry.affine();
        let normal = geometry.normal();
        for (axis, row) in affine.iter_mut().take(3).enumerate() {
            row[0] *= self.spacing[2] / old[2];
            row[1] *= self.spacing[1] / old[1];
            row[2] = if self.lean.is_empty() {
                row[2] * self.spacing[0] / old[0]
            } else {
                normal[axis] * self.spacing[0]
            };
        }
        affine
    }
}

/// By how many rows and columns each slice lies further than the first, seen along the normal.
fn lean(geometry: &Geometry) -> Vec<[f64; 2]> {
    let first = geometry.locate([0.0; 3]);
    let of = |slice: usize| {
        let away = minus(geometry.locate([slice as f64, 0.0, 0.0]), first);
        [
            dot(away, geometry.orientation.column) / geometry.spacing.row,
            dot(away, geometry.orientation.row) / geometry.spacing.column,
        ]
    };
    let all: Vec<[f64; 2]> = (0..geometry.shape[0]).map(of).collect();
    if all.iter().flatten().all(|voxels| voxels.abs() < UPRIGHT) { vec![] } else { all }
}

/// The box around the lungs, or else the body; `None` if there is neither.
pub(super) fn box_around(
    values: &Array3<f32>,
    lungs: Option<&Lungs>,
    margin: usize,
) -> Option<[Range<usize>; 3]> {
    match lungs {
        Some(lungs) => steps::crop(&lungs.mask, margin),
        None => steps::crop(&values.mapv(|value| u8::from(value > BODY)), margin),
    }
}

impl Prepared {
    /// Cuts to the lungs, or else the body.
    fn crop(&mut self, margin: usize) {
        let Some(found) = box_around(&self.values, self.lungs.as_ref(), margin) else { return };
        for (axis, range) in found.iter().enumerate() {
            let part = Slice::from(range.clone());
            self.values.slice_axis_inplace(Axis(axis), part);
            if let Some(lungs) = &mut self.lungs {
                lungs.mask.slice_axis_inplace(Axis(axis), part);
            }
        }
        if let Some(affine) = &mut self.affine {
            let [slice, row, column] = [0, 1, 2].map(|axis: usize| found[axis].start as f64);
            for numbers in affine.iter_mut().take(3) {
                numbers[3] += numbers[0] * column + numbers[1] * row + numbers[2] * slice;
            }
        }
        self.box_kept = Some(found);
    }
}
