//! The steps of the pipeline over one stack: which of them are done, what each makes of it, and how that is said.

mod act;
mod command;

use super::{App, Chart, Contrast, Framing, Told, Viewer, layout};
use crate::{
    imaging::Viewport,
    model::{Form, Spacing, SpacingSource},
    work::{Made, Recipe, Rehearsed, Shot, Step, Target, Through},
};
use std::{path::Path, sync::Arc};

/// How far the steps are.
#[derive(Debug)]
pub enum Progress {
    /// So many slices of so many have been read.
    Coming(usize, usize),
    /// All are done.
    Here(Arc<Rehearsed>),
    /// They will not be, and why.
    Refused(String),
}

/// State of the view of the steps.
#[derive(Debug)]
pub struct StepsView {
    /// The stack, and how the picture of a step looks.
    pub images: Viewer,
    /// The same stack, as it would be written.
    pub target: Target,
    /// What is done.
    pub recipe: Recipe,
    /// Where the cursor is, in [`Step::ALL`].
    pub at: usize,
    /// What has come of it.
    pub progress: Progress,
    /// Which slice of each step is seen: from 0 for the first to 1 for the last.
    place: f64,
    /// The values of steps that are left out, for when they are wanted again.
    kept: Recipe,
    /// The name of the rehearsal that is waited for.
    wanted: u64,
}

impl StepsView {
    /// A view whose steps nobody has begun with.
    fn new(mut images: Viewer, target: Target, is_ct: bool) -> Self {
        let kept = Recipe { crop: Some(5), ..Recipe::CLASSIC };
        let mut recipe = if is_ct { Recipe::CLASSIC } else { Recipe::PLAIN };
        let scaled = target.geometry.is_some() || target.distances().is_some();
        recipe.resample = kept.resample.filter(|_| scaled);
        let progress = Progress::Coming(0, target.slices.len());
        // Each step has a survey of its own; that of the stack is not waited for.
        images.survey = Some(None);
        Self { images, target, recipe, at: 0, progress, place: 0.5, kept, wanted: 0 }
    }

    /// The step under the cursor.
    pub fn step(&self) -> Step {
        Step::ALL[self.at]
    }

    /// What has come of the steps, once they are done.
    pub fn rehearsed(&self) -> Option<&Arc<Rehearsed>> {
        match &self.progress {
            Progress::Here(rehearsed) => Some(rehearsed),
            _ => None,
        }
    }

    /// The step that is seen: that under the cursor, or the last one before it that is done; and what it made.
    pub fn seen(&self) -> Option<(Step, &Made)> {
        let rehearsed = self.rehearsed()?;
        let step = rehearsed.shown(self.step());
        Some((step, rehearsed.made(step)?))
    }

    /// The slice that is seen, from zero, and how many there are.
    pub fn slice(&self) -> Option<(usize, usize)> {
        let (step, made) = self.seen()?;
        Some((self.rehearsed()?.slice_at(step, self.place), made.shape[0]))
    }

    /// Goes on by slices of what is seen, not past either end.
    fn move_by(&mut self, slices: isize) {
        let Some((rehearsed, (step, _))) = self.rehearsed().zip(self.seen()) else { return };
        let last = rehearsed.slices(step).saturating_sub(1).max(1);
        let now = (self.place * last as f64).round() as isize;
        self.place = now.saturating_add(slices).clamp(0, last as isize) as f64 / last as f64;
    }

    /// The contrast to begin with is that of the step; one that was set stays as long as the unit does.
    fn settle(&mut self, before: Option<String>) {
        let Some((_, made)) = self.seen() else { return };
        let (unit, survey) = (made.unit.clone(), made.survey.clone());
        if before.is_some_and(|before| before != unit) {
            self.images.contrast = Contrast::Auto;
        }
        self.images.survey = Some(Some(survey));
    }

    /// What is seen as an image, for its place on the screen.
    fn form(&self) -> Option<Form> {
        let (_, made) = self.seen()?;
        let [_, rows, columns] = made.shape;
        let source = SpacingSource::Patient;
        let spacing = made.spacing.map(|[_, row, column]| Spacing { row, column, source });
        Some(Form { rows: rows as u32, columns: columns as u32, spacing, ..Form::default() })
    }

    /// The histogram of the whole array, not of the slice that is seen.
    pub(in crate::app) fn chart(&self, columns: usize) -> Option<Chart> {
        let (_, made) = self.seen()?;
        let histogram = made.histogram.as_ref();
        let of = histogram.map_or_else(String::new, |histogram| {
            let width = (histogram.high - histogram.low) / histogram.counts.len() as f64;
            format!("{} bins of {} {}", histogram.counts.len(), super::short(width, 3), made.unit)
        });
        Some(Chart::histogram(of.trim_end(), &Told::plain(&made.unit), histogram, columns))
    }
}

impl App {
    /// The view of the steps, if it is on top.
    pub fn steps(&self) -> Option<&StepsView> {
        match self.views.last() {
            Some(super::View::Steps(view)) => Some(view),
            _ => None,
        }
    }

    pub(super) fn steps_mut(&mut self) -> Option<&mut StepsView> {
        match self.views.last_mut() {
            Some(super::View::Steps(view)) => Some(view),
            _ => None,
        }
    }

    /// Where everything is.
    pub fn steps_places(&self) -> layout::StepsLayout {
        layout::steps(self.screen, self.steps_command().chars().count())
    }

    /// Where the picture of the step is.
    pub fn steps_framing(&self) -> Option<Framing> {
        let view = self.steps()?;
        let place = self.steps_places().picture;
        Framing::new(&view.form()?, view.images.turn, Viewport::default(), place, self.canvas)
    }

    /// The picture of the slice that is seen.
    pub(super) fn steps_shot(&self) -> Option<Shot> {
        let view = self.steps()?;
        let (rehearsed, framing) = (view.rehearsed()?, self.steps_framing()?);
        let ((step, _), (slice, _)) = (view.seen()?, view.slice()?);
        let of_stack = if step.is_of_files() { rehearsed.part.start + slice } else { 0 };
        let key = *view.images.stack().frames.get(of_stack)?;
        let cells = framing.cells;
        let place = crate::work::CellBox { x: cells.x, y: cells.y, columns: cells.width, rows: cells.height };
        Some(Shot {
            key,
            path: Arc::<Path>::from(self.library.path(key.instance)),
            look: view.images.look(),
            canvas: self.canvas,
            place: Some((place, framing.source, framing.size)),
            enlarge: 1,
            detail: crate::work::Detail::Whole,
            marks: vec![],
            through: Some(Through { rehearsed: Arc::clone(rehearsed), step, slice }),
        })
    }
}
