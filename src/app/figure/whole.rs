//! The histogram of the whole volume: over slices, too, where its voxels are read for that alone.

use super::{BINS, Chart, Figure};
use crate::{
    app::{App, Effect, Told, Viewer, volume::Material},
    imaging::Histogram,
    model::{Mask, shown},
    work::{Building, Job, Plan},
};

impl App {
    /// Asks for the histogram of the volume, if it is plotted, its voxels are there and it is not.
    pub(in crate::app) fn histogram_wish(&self) -> Option<Job> {
        let viewer = self.images().filter(|viewer| viewer.figure == Some(Figure::Volume))?;
        let body = match self.volume() {
            Some(view) => view.body()?,
            None => viewer.whole.as_ref()?.body()?,
        };
        let job = Job::Histogram { body: body.clone(), bins: BINS };
        viewer.histogram.as_ref().is_none_or(|(name, _)| *name != job.name()).then_some(job)
    }

    /// Has the voxels of the slices on screen read if their histogram is plotted; over planes they are there.
    pub(in crate::app) fn fetch_whole(&mut self) -> Vec<Effect> {
        let wants = |viewer: &&Viewer| viewer.figure == Some(Figure::Volume) && viewer.whole.is_none();
        let Some(stack) = self.viewer().filter(wants).map(|viewer| viewer.stack().clone()) else {
            return vec![];
        };
        let held = self.volumes.iter().find(|body| body.key == stack.frames[0]);
        let (material, effects) = match (held, Plan::of(&stack, &self.library)) {
            (Some(body), _) => (Material::Here(body.clone()), vec![]),
            (None, Ok(plan)) => {
                let held = self.volumes.iter().map(|body| body.assembled.volume.bytes()).sum();
                (Material::Coming(0, plan.frames.len()), vec![Effect::Build(plan, held)])
            }
            (None, Err(why)) => (Material::Refused(why.to_string()), vec![]),
        };
        if let Some(viewer) = self.viewer_mut() {
            viewer.whole = Some(material);
        }
        effects
    }

    /// The voxels that are read for a histogram have grown, are there, or will never be.
    pub(in crate::app) fn hear_whole(&mut self, building: &Building) {
        let (Building::Progress { stack, .. } | Building::Done { stack, .. }) = building;
        let others = !self.volumes.is_empty();
        let Some(viewer) = self.viewer_mut().filter(|viewer| viewer.stack().frames[0] == *stack) else {
            return;
        };
        let Some(material @ Material::Coming(..)) = &mut viewer.whole else { return };
        match building {
            Building::Progress { done, all, .. } => *material = Material::Coming(*done, *all),
            // Others may have taken the room, and nobody looks at them now: once more, without them.
            Building::Done { result: Err(_), .. } if others => {
                viewer.whole = None;
                self.volumes.clear();
            }
            Building::Done { result: Err(why), .. } => *material = Material::Refused(why.clone()),
            // It is kept, and found there.
            Building::Done { result: Ok(_), .. } => viewer.whole = None,
        }
    }

    /// Nobody waits any more for the voxels of a plot that is gone.
    pub(super) fn leave_whole(&mut self) -> Vec<Effect> {
        let Some(viewer) = self.viewer_mut() else { return vec![] };
        match viewer.whole.take() {
            Some(Material::Coming(..)) => vec![Effect::Abandon],
            _ => vec![],
        }
    }
}

impl Viewer {
    /// The plot of the whole volume, or how far it is.
    pub(super) fn whole_chart(&self, told: &Told, columns: usize, mask: Mask) -> Chart {
        match (&self.whole, &self.histogram) {
            (Some(Material::Refused(why)), _) => {
                Chart::empty(&format!("histogram of the volume: {}", shown(&mask.sentence(why))))
            }
            (Some(Material::Coming(done, all)), _) => Chart::empty(&format!(
                "histogram of the volume: reading slice {} of {all} …",
                (done + 1).min(*all)
            )),
            (Some(Material::Here(_)), found) => of_volume(found.as_ref(), told, columns),
            (None, _) => Chart::empty("histogram of the volume …"),
        }
    }
}

/// The histogram that has come back, if it has.
pub(super) fn of_volume(found: Option<&(u64, Option<Histogram>)>, told: &Told, columns: usize) -> Chart {
    match found {
        Some((_, histogram)) => Chart::histogram("the volume", told, histogram.as_ref(), columns),
        None => Chart::empty("histogram of the volume …"),
    }
}
