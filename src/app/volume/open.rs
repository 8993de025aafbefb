//! From a stack to its volume and back, and what is heard of it meanwhile.

use super::{Arrangement, Material, VolumeView, beside::NONE, scout::stands_alone};
use crate::{
    app::{Action, App, Effect, View, Viewer},
    imaging::View as Side,
    model::FrameKey,
    work::{Body, Building, Plan},
};

impl App {
    /// Shows the stack on screen as planes of its volume, or says why that cannot be.
    pub(in crate::app) fn open_volume(&mut self, side: Side, arrangement: Arrangement) -> Vec<Effect> {
        self.open_slices(side, arrangement, 2)
    }

    /// The same with another series beside it, and also of a single slice.
    pub(in crate::app) fn open_beside(&mut self) -> Vec<Effect> {
        let Some(own) = self.viewer().map(|viewer| viewer.series) else { return vec![] };
        if self.related(own, own, 1).is_none() {
            return if self.refuses_unchecked() { vec![] } else { self.say(NONE) };
        }
        let effects = self.open_slices(self.nearest_side(), Arrangement::One, 1);
        if self.volume().is_some() { [effects, self.lay_beside()].concat() } else { effects }
    }

    fn open_slices(&mut self, side: Side, arrangement: Arrangement, fewest: usize) -> Vec<Effect> {
        let Some(viewer) = self.viewer() else { return vec![] };
        let plan = match Plan::of(viewer.stack(), &self.library) {
            Ok(plan) if plan.frames.len() >= fewest => plan,
            Ok(_) => return self.say("A single slice makes no volume."),
            Err(why) => return self.say(&format!("No planes here: {why}.")),
        };
        let Some(View::Viewer(viewer)) = self.views.pop() else { return vec![] };
        let view = VolumeView::new(*viewer, plan.geometry, side, arrangement);
        self.views.push(View::Volume(Box::new(view)));
        self.fetch_next()
    }

    /// Gives the view on top the volumes that are there, and has the next one put together.
    pub(in crate::app) fn fetch_next(&mut self) -> Vec<Effect> {
        let volumes = self.volumes.clone();
        let Some(view) = self.volume_mut() else { return vec![] };
        let mut wanted = None;
        for (images, material) in view.materials() {
            if let Material::Coming(..) = material {
                let name = images.stack().frames[0];
                match volumes.iter().find(|body| body.key == name) {
                    Some(body) => *material = Material::Here(body.clone()),
                    None => wanted = wanted.or_else(|| Some(images.stack().clone())),
                }
            }
        }
        let Some(plan) = wanted.and_then(|stack| Plan::of(&stack, &self.library).ok()) else { return vec![] };
        let held = self.volumes.iter().map(|body| body.assembled.volume.bytes()).sum();
        vec![Effect::Build(plan, held)]
    }

    /// A volume has grown, is there, or will never be.
    pub(in crate::app) fn hear_volume(&mut self, building: Building) -> Vec<Effect> {
        let (Building::Progress { stack, .. } | Building::Done { stack, .. }) = &building;
        let stack = *stack;
        self.hear_whole(&building);
        let material = self.volume_mut().and_then(|view| {
            view.materials().into_iter().find(|(images, _)| images.stack().frames[0] == stack)
        });
        match (building, material) {
            (Building::Progress { done, all, .. }, Some((_, Material::Coming(so_far, _)))) => {
                // Threads may overtake one another on the way here.
                *so_far = done.min(all).max(*so_far);
                vec![]
            }
            (Building::Done { result: Ok(assembled), .. }, material) => {
                let body = Body { key: stack, assembled };
                if let Some((_, material)) = material {
                    *material = Material::Here(body.clone());
                    if let Some((_, why)) = body.assembled.missing.first() {
                        let missing = body.assembled.missing.len();
                        self.notice = Some(format!(
                            "{missing} slices are empty, the first because {}.",
                            self.mask.sentence(why)
                        ));
                    }
                }
                self.volumes.retain(|other| other.key != stack);
                self.volumes.push(body);
                self.fetch_next()
            }
            (Building::Done { result: Err(why), .. }, Some((_, material))) => {
                *material = Material::Refused(why);
                self.make_room(stack)
            }
            (Building::Progress { .. }, _) | (Building::Done { .. }, None) => vec![],
        }
    }

    /// Tries a refused volume once more if others had taken the room that nobody looks at now.
    fn make_room(&mut self, stack: FrameKey) -> Vec<Effect> {
        let Some(view) = self.volume_mut() else { return vec![] };
        let seen: Vec<FrameKey> =
            view.materials().iter().map(|(images, _)| images.stack().frames[0]).collect();
        let before = self.volumes.len();
        self.volumes.retain(|body| seen.contains(&body.key));
        if self.volumes.len() == before {
            return self.fetch_next();
        }
        if let Some(view) = self.volume_mut() {
            for (images, material) in view.materials() {
                if images.stack().frames[0] == stack {
                    *material = Material::Coming(0, images.stack().frames.len());
                }
            }
        }
        self.fetch_next()
    }

    /// Another stack of the same series: the next point in time, echo or direction; the point stays.
    pub(super) fn change_volume(&mut self, by: isize) -> Vec<Effect> {
        let Some(view) = self.volume() else { return vec![] };
        if view.second && view.beside.is_some() {
            return self.change_beside(by);
        }
        let at = view.images.stack.checked_add_signed(by);
        let stack = at.and_then(|at| view.images.stacks.get(at)).cloned();
        let Some(stack) = stack else { return self.say("No further stack in this series.") };
        let plan = match Plan::of(&stack, &self.library) {
            Ok(plan) if plan.frames.len() > 1 => plan,
            Ok(_) => return self.say("A single slice makes no volume."),
            Err(why) => return self.say(&format!("No planes here: {why}.")),
        };
        let Some(view) = self.volume_mut() else { return vec![] };
        let shown = view.images.shown.take();
        let survey = view.images.survey.clone();
        view.images.change_stack(by);
        // Points in time are looked at with one contrast, and the last picture stays until the next one comes.
        (view.images.shown, view.images.survey) = (shown, survey);
        view.geometry = plan.geometry;
        view.material = Material::Coming(0, plan.frames.len());
        view.set_point(view.point);
        self.fetch_next()
    }

    /// Another stack of the other series.
    fn change_beside(&mut self, by: isize) -> Vec<Effect> {
        let Some(beside) = self.volume().and_then(|view| view.beside.as_ref()) else { return vec![] };
        let at = beside.images.stack.checked_add_signed(by);
        let plan = at
            .and_then(|at| beside.images.stacks.get(at))
            .and_then(|stack| Plan::of(stack, &self.library).ok());
        let Some(plan) = plan else { return self.say("No further stack in the other series.") };
        if let Some(view) = self.volume_mut()
            && let Some(beside) = view.beside.as_mut()
        {
            beside.images.change_stack(by);
            beside.own = stands_alone(beside.images.stack(), &plan.geometry, &view.geometry);
            (beside.geometry, beside.scrolled) = (plan.geometry, None);
            beside.material = Material::Coming(0, plan.frames.len());
        }
        self.fetch_next()
    }

    /// A film over the slices of the active plane; it waits for the picture it has asked for.
    pub(in crate::app) fn tick_volume(&mut self) {
        let wanted = self.scene().map(|scene| scene.name());
        let Some(view) = self.volume_mut().filter(|view| view.images.cine.running) else { return };
        if view.images.shown.as_ref().map(|drawn| drawn.name) != wanted {
            return;
        }
        if view.turn_whole(Action::Right, 1.0) {
            return;
        }
        let (slice, count) = view.slice();
        if slice + 1 < count { view.step(1) } else { view.go_to_part(0.0) }
    }

    /// Back to the stack, at the slice next to the point.
    pub(in crate::app) fn close_volume(&mut self) -> Vec<Effect> {
        let Some(View::Volume(view)) = self.views.pop() else { return vec![] };
        let VolumeView { mut images, geometry, point, material, crosshair, .. } = *view;
        let [slice, row, column] = geometry.index(point).map(|at| at.round().max(0.0) as usize);
        images.go_to(slice);
        images.crosshair = crosshair.then(|| {
            let [_, rows, columns] = geometry.shape;
            (row.min(rows - 1), column.min(columns - 1))
        });
        images.shown = None;
        images.cine.running = false;
        self.views.push(View::Viewer(Box::new(images)));
        if matches!(material, Material::Coming(..)) { vec![Effect::Abandon] } else { vec![] }
    }
}

impl VolumeView {
    /// What is seen: its stack and its voxels, and those of the other series.
    fn materials(&mut self) -> Vec<(&Viewer, &mut Material)> {
        let Self { images, material, beside, .. } = self;
        let other = beside.as_mut().map(|beside| (&beside.images, &mut beside.material));
        std::iter::once((&*images, material)).chain(other).collect()
    }
}
