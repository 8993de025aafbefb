//! Standardised uptake on the screen: in what the numbers of a PET are told.
//!
//! Windows stay in the unit of the file, and so does every picture: only what is read is multiplied.

use super::{App, Effect, View, Viewer, VolumeView, short, volume::Together};
use crate::{
    config::Uptake,
    imaging::{Body, NoSuv, Suv},
    model::{FrameKey, Tracer},
    work::Job,
};
use std::{path::Path, sync::Arc};

/// In what values are told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// By what the values of the file are multiplied.
    pub times: f64,
    /// Of the product; empty if the file does not say.
    pub unit: String,
    /// Digits after the point.
    pub digits: usize,
}

impl Told {
    /// As the file has it.
    pub fn plain(unit: &str) -> Self {
        Self { times: 1.0, unit: unit.to_owned(), digits: 1 }
    }

    /// A value of the file, with its unit.
    pub fn text(&self, value: f64) -> String {
        let unit = crate::model::shown(&self.unit);
        format!("{} {unit}", short(value * self.times, self.digits)).trim_end().to_owned()
    }
}

/// The uptake by which values are told, if they are; or why they cannot be.
fn suv(tracer: &Tracer, uptake: Uptake) -> Result<Option<(Body, Suv)>, NoSuv> {
    let of = |body| Suv::of(tracer, body).map(|suv| Some((body, suv)));
    match uptake {
        Uptake::Weight => of(Body::Weight),
        // Values by the older formula can be told by no other.
        Uptake::Lean => of(Body::LeanMass).or_else(|why| of(Body::LeanMassJames).map_err(|_| why)),
        Uptake::Surface => of(Body::Surface),
        Uptake::Activity => Ok(None),
    }
}

impl Viewer {
    /// In what its numbers are told, where those of the file are in `unit`.
    pub fn told(&self, unit: &str) -> Told {
        match self.tracer.as_ref().map(|tracer| suv(tracer, self.uptake)) {
            Some(Ok(Some((body, suv)))) => {
                Told { times: suv.factor, unit: body.name().to_owned(), digits: 2 }
            }
            _ => Told::plain(unit),
        }
    }

    /// The same for what is on screen.
    pub fn told_here(&self) -> Told {
        self.told(self.shown.as_ref().map_or("", |drawn| drawn.facts.unit.raw()))
    }

    /// Why there is no uptake although it is asked for.
    pub fn no_uptake(&self) -> Option<NoSuv> {
        suv(self.tracer.as_ref()?, self.uptake).err()
    }

    /// Goes on to the next kind of uptake that can be computed; why others cannot.
    fn next_uptake(&mut self) -> Vec<NoSuv> {
        let Some(tracer) = &self.tracer else { return vec![] };
        let mut left_out = vec![];
        let at = Uptake::ALL.iter().position(|&one| one == self.uptake).unwrap_or(0);
        for by in 1..=Uptake::ALL.len() {
            let next = Uptake::ALL[(at + by) % Uptake::ALL.len()];
            match suv(tracer, next) {
                Ok(_) => {
                    self.uptake = next;
                    break;
                }
                Err(why) if !left_out.contains(&why) => left_out.push(why),
                Err(_) => {}
            }
        }
        left_out
    }
}

impl VolumeView {
    /// In what the numbers of this series are told, once its voxels are there.
    pub fn own_told(&self) -> Option<Told> {
        Some(self.images.told(self.body()?.assembled.volume.unit().raw()))
    }

    /// In what the numbers of the other series are told.
    pub fn other_told(&self) -> Option<Told> {
        let (beside, body) = self.beside.as_ref().zip(self.other())?;
        Some(beside.images.told(body.assembled.volume.unit().raw()))
    }

    /// Tells both series by one kind of uptake. A difference stays as wide as it was, or ends where there is none.
    fn tell_both(&mut self, uptake: Uptake, before: f64) {
        self.images.uptake = uptake;
        let Some(beside) = &mut self.beside else { return };
        beside.images.uptake = uptake;
        let part = self.times()[0] / before;
        if self.is_difference() && self.compared().is_err() {
            self.together = Together::Apart;
        }
        if let Some(beside) = &mut self.beside {
            beside.widen(part);
        }
    }

    /// What the voxels say of the tracer.
    fn know_tracers(&mut self) {
        let tracer = |body: &crate::work::Body| body.assembled.tracer.clone().map(Box::new);
        if self.images.tracer.is_none() {
            self.images.tracer = self.body().and_then(tracer);
        }
        let other = self.other().and_then(tracer);
        if let Some(beside) = self.beside.as_mut().filter(|beside| beside.images.tracer.is_none()) {
            beside.images.tracer = other;
        }
    }
}

impl App {
    /// Tells uptake by weight, lean mass, body surface, or the activity itself.
    pub(super) fn next_uptake(&mut self) -> Vec<Effect> {
        let pet =
            |app: &Self, viewer: &Viewer| app.library.series(viewer.series).facts.modality.raw() == "PT";
        // Over a CT the keys work on that, and mean the PET.
        let second = self.volume().and_then(|view| view.beside.as_ref()).map(|beside| &beside.images);
        let toned = self.toned().is_some_and(|viewer| pet(self, viewer));
        let other = !toned && second.is_some_and(|viewer| pet(self, viewer));
        if !toned && !other {
            return self.say("Only a PET tells uptake.");
        }
        let before = self.volume().map(|view| view.times()[0]);
        let viewer = match self.views.last_mut() {
            Some(View::Volume(view)) if other => view.beside.as_mut().map(|beside| &mut beside.images),
            _ => self.toned_mut(),
        };
        let Some(viewer) = viewer else { return vec![] };
        if viewer.tracer.is_none() {
            return self.say("What the files say of the tracer is still being read.");
        }
        let left_out: Vec<String> = viewer.next_uptake().iter().map(ToString::to_string).collect();
        let uptake = viewer.uptake;
        if let Some((view, before)) = self.volume_mut().zip(before) {
            view.tell_both(uptake, before);
        }
        match left_out.as_slice() {
            [] => vec![],
            why => self.say(&format!("{}.", crate::model::shown(&why.join("; ")))),
        }
    }

    /// What all images of the stack on screen say of their tracer, if it is a PET and they have not been asked.
    pub(super) fn tracer_wish(&self) -> Option<Job> {
        let viewer = self.viewer().filter(|viewer| viewer.tracer.is_none())?;
        let stack = viewer.stack().frames[0];
        let pet = self.library.series(viewer.series).facts.modality.raw() == "PT";
        if !pet || self.tracers.contains_key(&stack) {
            return None;
        }
        let path = |key: &FrameKey| Arc::<Path>::from(self.library.path(key.instance));
        let mut files: Vec<Arc<Path>> = viewer.stack().frames.iter().map(path).collect();
        files.dedup();
        Some(Job::Tracer { stack, files })
    }

    /// Takes what was read to where it is needed.
    pub(super) fn know_tracers(&mut self) {
        match self.views.last_mut() {
            Some(View::Viewer(viewer)) if viewer.tracer.is_none() => {
                let found = self.tracers.get(&viewer.stack().frames[0]);
                viewer.tracer = found.cloned().flatten();
            }
            Some(View::Volume(view)) => view.know_tracers(),
            _ => {}
        }
    }
}
