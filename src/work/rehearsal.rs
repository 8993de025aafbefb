//! The pipeline rehearsed on one stack: what every step makes of it, in numbers and slice by slice.
//!
//! One array is kept, that of the values on their new grid, and the mask of the lungs. All else that is shown of
//! a step is made of a slice of it, or of a slice of the file, when it is looked at.

mod perform;
pub(super) use perform::Rehearser;
pub use perform::rehearse;

use super::{
    Recipe, Surveyed, Target,
    pipeline::{Prepared, box_around, in_units},
};
use crate::{
    imaging::{
        Histogram, Survey,
        steps::{self, Lungs, Units, figures},
    },
    model::{Frame, ModalityLut, Pixels, Stored, Window},
};
use ndarray::{Array2, Array3, ArrayView3, Axis, Slice};
use std::{
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    ops::Range,
    sync::Arc,
};

/// One step of the pipeline, or what it begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// As the files have them.
    Stored,
    /// In Hounsfield units, or whatever the files' unit is.
    Units,
    /// On an even grid.
    Resample,
    /// Which voxels are lung.
    Lungs,
    /// The box around the lungs, or the body.
    Crop,
    /// From 0 to 1.
    Normalise,
    /// Less their mean.
    ZeroCentre,
}

impl Step {
    /// All of them, in the order in which they are done.
    pub const ALL: [Self; 7] = [
        Self::Stored,
        Self::Units,
        Self::Resample,
        Self::Lungs,
        Self::Crop,
        Self::Normalise,
        Self::ZeroCentre,
    ];

    /// Its slices are made of those of the files when they are looked at.
    pub fn is_of_files(self) -> bool {
        self <= Self::Units
    }

    /// True if a recipe asks for it.
    pub fn is_in(self, recipe: &Recipe) -> bool {
        match self {
            Self::Stored | Self::Units => true,
            Self::Resample => recipe.resample.is_some(),
            Self::Lungs => recipe.lungs.is_some(),
            Self::Crop => recipe.crop.is_some(),
            Self::Normalise => recipe.normalise.is_some(),
            Self::ZeroCentre => recipe.zero_centre.is_some(),
        }
    }
}

/// What is to be rehearsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Rehearsal {
    /// On which stack.
    pub target: Target,
    /// Which steps.
    pub recipe: Recipe,
    /// What is known already of the same stack on the same grid.
    pub known: Option<Arc<Rehearsed>>,
}

impl Rehearsal {
    /// Of what is known of the same stack only that is kept which leads to the same grid.
    pub fn new(target: Target, recipe: Recipe, known: Option<Arc<Rehearsed>>) -> Self {
        let grid = |recipe: &Recipe| (recipe.tutorial, recipe.resample, recipe.interpolation);
        let known = known.filter(|known| grid(&known.recipe) == grid(&recipe));
        Self { target, recipe, known }
    }

    /// Names it: equal ones, and nearly surely only they, have equal names.
    pub fn name(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        for slice in &self.target.slices {
            (&slice.path, slice.frame).hash(&mut hash);
        }
        format!("{:?}", self.recipe).hash(&mut hash);
        hash.finish()
    }
}

/// What a step has made of the stack.
#[derive(Debug, Clone)]
pub struct Made {
    /// Slices, rows, columns.
    pub shape: [usize; 3],
    /// Their distances, mm.
    pub spacing: Option<[f64; 3]>,
    /// Of its values.
    pub unit: String,
    /// Statistics, without padding once that is told apart.
    pub seen: Units,
    /// In 80 bins from the least to the greatest, as the tutorial has it; none of values too wide to count.
    pub histogram: Option<Histogram>,
    /// A contrast for its middle slice.
    pub survey: Surveyed,
}

/// A rehearsal that is done.
pub struct Rehearsed {
    /// [`Rehearsal::name`].
    pub name: u64,
    /// The steps.
    pub recipe: Recipe,
    /// Slices of the stack that it was done with: all of them, or as many in the middle as memory has room for.
    pub part: Range<usize>,
    /// What came of each of [`Step::ALL`]; nothing of those that were left out.
    made: [Option<Made>; 7],
    ground: Arc<Ground>,
    lungs: Option<Arc<Lungs>>,
    box_kept: Option<[Range<usize>; 3]>,
}

/// Stored values, values in their unit, and these on the new grid: what takes long.
struct Ground {
    prepared: Prepared,
    first: Frame,
    stored: Made,
    units: Made,
}

/// Its name alone: the names of pictures are made of it.
impl fmt::Debug for Rehearsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.name)
    }
}

impl PartialEq for Rehearsed {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Rehearsed {
    /// Bytes of memory it takes.
    pub fn bytes(&self) -> usize {
        self.ground.prepared.values.len() * size_of::<f32>()
            + self.lungs.as_ref().map_or(0, |lungs| lungs.mask.len())
    }

    /// The step itself, or the last one before it that was not left out. The mask of the lungs lies beside the
    /// values, and is none that a later step begins with.
    pub fn shown(&self, step: Step) -> Step {
        let done = |other: &&Step| {
            self.made[**other as usize].is_some() && (**other != Step::Lungs || step == Step::Lungs)
        };
        Step::ALL[..=step as usize].iter().rev().find(done).copied().unwrap_or(Step::Stored)
    }

    /// What came of a step, unless it was left out.
    pub fn made(&self, step: Step) -> Option<&Made> {
        self.made[step as usize].as_ref()
    }

    /// Voxels of the lungs, and how many millilitres that is.
    pub fn lung_volume(&self) -> Option<(u64, Option<f64>)> {
        let voxels = self.lungs.as_ref()?.voxels;
        let ml = self.ground.prepared.spacing.map(|[z, y, x]| voxels as f64 * z * y * x / 1000.0);
        Some((voxels, ml))
    }

    /// The slice of a step's array that lies at this part of the whole, from 0 to 1.
    pub fn slice_at(&self, step: Step, place: f64) -> usize {
        let among = |count: usize| (place * (count.max(1) - 1) as f64).round() as usize;
        let Some(made) = self.made(step) else { return 0 };
        match &self.box_kept {
            Some([slices, ..]) if step >= Step::Crop => {
                let whole = among(self.ground.prepared.values.dim().0);
                whole.clamp(slices.start, slices.end - 1) - slices.start
            }
            _ => among(made.shape[0]),
        }
    }

    /// Slices that [`Self::slice_at`] goes through from 0 to 1.
    pub fn slices(&self, step: Step) -> usize {
        match step {
            Step::Stored | Step::Units => self.part.len(),
            _ => self.ground.prepared.values.dim().0,
        }
    }

    /// One slice of what a step that was not left out has made; `source` is that of the file, where [`Step::is_of_files`] says so.
    pub fn frame(&self, step: Step, slice: usize, source: Option<&Frame>) -> Option<Frame> {
        let ground = &*self.ground;
        let dressed = |values: Array2<f32>| Frame {
            pixels: Pixels::Gray(Stored::F32(values)),
            unit: self.unit(step).into(),
            ..ground.first.clone()
        };
        match (step, source) {
            (Step::Stored, source) => Some(as_stored(source?)),
            (Step::Units, source) => {
                let source = source?;
                let mut values = Array2::zeros(source.shape());
                in_units(
                    source,
                    &ground.first,
                    self.recipe.tutorial,
                    values.view_mut(),
                    &mut Units::default(),
                )
                .then(|| dressed(values))
            }
            (Step::Lungs, _) => {
                let mask = &self.lungs.as_ref()?.mask;
                let mask = (slice < mask.dim().0).then(|| mask.index_axis(Axis(0), slice).mapv(f32::from))?;
                // Whatever white is in the files, lungs are white.
                Some(Frame { inverse: false, modality: "SEG".into(), ..dressed(mask) })
            }
            (step, _) => {
                let cut = self.box_kept.as_ref().filter(|_| step >= Step::Crop);
                let kept = within(&ground.prepared.values, cut);
                let values = (slice < kept.dim().0).then(|| kept.index_axis(Axis(0), slice).to_owned())?;
                Some(match self.scale_of(step) {
                    Some((range, mean)) => Frame {
                        modality: "".into(),
                        ..dressed(values.mapv(|value| steps::normalised(value, range, mean)))
                    },
                    None => dressed(values),
                })
            }
        }
    }

    /// Of the values of a step.
    fn unit(&self, step: Step) -> &str {
        match step {
            Step::Units | Step::Resample | Step::Crop => &self.ground.prepared.unit,
            Step::Stored | Step::Lungs | Step::Normalise | Step::ZeroCentre => "",
        }
    }

    fn scale_of(&self, step: Step) -> Option<((f64, f64), f64)> {
        let (range, mean) = self.recipe.range_and_mean();
        (step >= Step::Normalise).then_some((range, if step == Step::ZeroCentre { mean } else { 0.0 }))
    }

    /// Notes what a step on the new grid has made.
    fn note(&mut self, step: Step, shape: [usize; 3], figures: (Units, Option<Histogram>)) {
        let mean = self.recipe.zero_centre.unwrap_or(0.0);
        let survey = match step {
            Step::Lungs | Step::Normalise => between(0.0, 1.0),
            Step::ZeroCentre => between(-mean, 1.0 - mean),
            _ => surveyed(self.frame(step, shape[0] / 2, None).as_ref()),
        };
        let (spacing, unit) = (self.ground.prepared.spacing, self.unit(step).to_owned());
        let (seen, histogram) = figures;
        self.made[step as usize] = Some(Made { shape, spacing, unit, seen, histogram, survey });
    }

    /// Fills in what came of the steps after the grid, as far as it is not `known`.
    fn follow(mut self, known: Option<&Self>) -> Self {
        let ground = Arc::clone(&self.ground);
        let values = &ground.prepared.values;
        let whole: [usize; 3] = values.dim().into();
        let alike = known.filter(|known| known.recipe.lungs == self.recipe.lungs);
        for (step, known) in [(Step::Resample, known), (Step::Lungs, alike)] {
            self.made[step as usize] = known.and_then(|known| known.made(step).cloned());
        }
        if self.recipe.resample.is_some() && self.made(Step::Resample).is_none() {
            self.note(Step::Resample, whole, figures(values.iter().copied()));
        }
        if let Some(lungs) = self.lungs.clone().filter(|_| self.made(Step::Lungs).is_none()) {
            let voxels = lungs.mask.iter().map(|&voxel| f32::from(voxel));
            self.note(Step::Lungs, whole, figures(voxels));
        }
        if let Some(margin) = self.recipe.crop {
            self.box_kept = box_around(values, self.lungs.as_deref(), margin);
        }
        let part = within(values, self.box_kept.as_ref());
        let shape: [usize; 3] = part.dim().into();
        if self.recipe.crop.is_some() {
            self.note(Step::Crop, shape, figures(part.iter().copied()));
        }
        for step in [Step::Normalise, Step::ZeroCentre] {
            if !step.is_in(&self.recipe) {
                continue;
            }
            let Some((range, mean)) = self.scale_of(step) else { continue };
            let scaled = part.iter().map(|&value| steps::normalised(value, range, mean));
            self.note(step, shape, figures(scaled));
        }
        self
    }
}

/// The part of an array that is kept.
fn within<'a>(values: &'a Array3<f32>, kept: Option<&[Range<usize>; 3]>) -> ArrayView3<'a, f32> {
    let mut part = values.view();
    for (axis, range) in kept.into_iter().flatten().enumerate() {
        part.slice_axis_inplace(Axis(axis), Slice::from(range.clone()));
    }
    part
}

/// The stored values as they are, without a meaning.
fn as_stored(frame: &Frame) -> Frame {
    Frame {
        modality_lut: ModalityLut::IDENTITY,
        unit: "".into(),
        modality: "".into(),
        voi: vec![],
        padding: None,
        ..frame.clone()
    }
}

/// A contrast for values that lie between these, whatever there is of them in one slice.
fn between(low: f64, high: f64) -> Surveyed {
    let window = Window::from_range(low, high, false);
    Surveyed { own: vec![], auto: window, stretch: window, range: Some((low, high)) }
}

fn surveyed(frame: Option<&Frame>) -> Surveyed {
    let mut survey = Survey::new(1);
    if let Some(frame) = frame {
        survey.add(frame);
    }
    Surveyed { own: vec![], auto: survey.window(), stretch: survey.stretch(1.0, 99.0), range: survey.range() }
}

/// How far a rehearsal is.
#[derive(Debug)]
pub enum Rehearsing {
    /// So many slices of all have been read.
    Going {
        /// [`Rehearsal::name`].
        name: u64,
        /// Slices read.
        done: usize,
        /// Slices there are.
        all: usize,
    },
    /// It is over.
    Done {
        /// [`Rehearsal::name`].
        name: u64,
        /// What came of it, or a sentence why nothing did.
        result: Result<Arc<Rehearsed>, String>,
    },
}
