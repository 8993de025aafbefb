//! How one comes to the steps, what keys do there, and what is heard of them.

use super::{Progress, StepsView};
use crate::{
    app::{Action, App, Effect, Prompt, PromptKind, View, Viewer},
    imaging::steps::Interpolation,
    model::SeriesId,
    work::{
        Form, Order, Recipe, Rehearsal, Rehearsing, Selection, Stacks, Step, Target, bounds, millimetres,
        said_millimetres, targets_of,
    },
};

impl App {
    /// Shows the steps over the stack on screen.
    pub(in crate::app) fn open_steps(&mut self) -> Vec<Effect> {
        let Some(viewer) = self.viewer() else { return vec![] };
        let (series, stack) = (viewer.series, viewer.stack);
        let target = self.target_of(series, stack);
        let images = Viewer::open(&self.library, series, &self.settings);
        let (Some(target), Some(mut images)) = (target, images) else { return vec![] };
        images.change_stack(stack as isize);
        let is_ct = self.library.series(series).facts.modality.raw() == "CT";
        self.views.push(View::Steps(Box::new(StepsView::new(images, target, is_ct))));
        self.rehearse()
    }

    /// A stack as it would be written, without names while they are hidden.
    fn target_of(&self, series: SeriesId, stack: usize) -> Option<Target> {
        let selection = Selection { slice: None, over_time: false, masked: self.mask.is_on() };
        targets_of(&self.library, series, selection).into_iter().find(|target| target.stack == stack)
    }

    /// Has the steps done as the recipe says now.
    fn rehearse(&mut self) -> Vec<Effect> {
        let volumes: usize = self.volumes.iter().map(|body| body.assembled.volume.bytes()).sum();
        let Some(view) = self.steps_mut() else { return vec![] };
        let all = view.target.slices.len();
        let known = match std::mem::replace(&mut view.progress, Progress::Coming(0, all)) {
            Progress::Here(known) => Some(known),
            _ => None,
        };
        let rehearsal = Rehearsal::new(view.target.clone(), view.recipe.clone(), known);
        if rehearsal.known.is_some() {
            view.progress = Progress::Coming(all, all);
        }
        view.wanted = rehearsal.name();
        let held = volumes + rehearsal.known.as_ref().map_or(0, |known| known.bytes());
        vec![Effect::Rehearse(Box::new(rehearsal), held)]
    }

    /// The steps go on, or are done.
    pub(in crate::app) fn hear_rehearsal(&mut self, rehearsing: Rehearsing) {
        let Some(view) = self.steps_mut() else { return };
        match rehearsing {
            Rehearsing::Going { name, done, all } if name == view.wanted => {
                view.progress = Progress::Coming(done.min(all), all);
            }
            Rehearsing::Done { name, result } if name == view.wanted => {
                view.progress = result.map_or_else(Progress::Refused, Progress::Here);
                let unit = view.unit();
                view.settle(unit);
            }
            _ => {}
        }
    }

    pub(in crate::app) fn act_on_steps(&mut self, action: Action, count: Option<usize>) -> Vec<Effect> {
        let Some(view) = self.steps_mut() else { return vec![] };
        let steps = count.unwrap_or(1).min(100_000) as isize;
        let share = |parts: usize| (view.slice().map_or(1, |(_, count)| count) / parts).max(1) as isize;
        match action {
            Action::Down => view.go_to(view.at.saturating_add_signed(steps)),
            Action::Up => view.go_to(view.at.saturating_add_signed(-steps)),
            Action::First => view.go_to(0),
            Action::Last => view.go_to(usize::MAX),
            Action::Right => view.move_by(steps),
            Action::Left => view.move_by(-steps),
            Action::SkipForward => view.move_by(10 * steps),
            Action::SkipBack => view.move_by(-10 * steps),
            Action::PageDown => view.move_by(share(4)),
            Action::PageUp => view.move_by(-share(4)),
            Action::HalfPageDown => view.move_by(share(10)),
            Action::HalfPageUp => view.move_by(-share(10)),
            Action::Middle => view.place = 0.5,
            Action::ToggleStep if view.toggle() => return self.rehearse(),
            Action::ToggleStep => return self.say("It all begins with these values."),
            Action::AsTutorial => {
                view.recipe.tutorial = !view.recipe.tutorial;
                return self.rehearse();
            }
            Action::Open => return self.change_step(),
            Action::CopyValue => {
                let command = self.steps_command();
                self.notice = Some("Copied, if the terminal lets programs do that.".to_owned());
                return vec![Effect::Copy(command)];
            }
            Action::Back => return self.close(),
            _ => return self.act_on_image(action, count),
        }
        vec![]
    }

    /// What the steps make is written, in place of what the stack is; `None` if they are not in sight.
    pub(in crate::app) fn write_steps(&self, form: Form) -> Option<Vec<Effect>> {
        let view = self.steps()?;
        let target = self.target_of(view.images.series, view.images.stack);
        let (targets, recipe) = (target.into_iter().collect(), Some(view.recipe.clone()));
        Some(vec![Effect::Export(Order::Stacks(Stacks { form, targets, look: None, recipe }))])
    }

    /// Asks for the value of the step under the cursor, or takes its other one.
    fn change_step(&mut self) -> Vec<Effect> {
        let Some(view) = self.steps_mut() else { return vec![] };
        if view.step() == Step::Lungs {
            let fill = !view.kept.lungs.unwrap_or(false);
            (view.kept.lungs, view.recipe.lungs) = (Some(fill), Some(fill));
            return self.rehearse();
        }
        let Some(text) = view.value() else { return self.say("Nothing can be changed about this step.") };
        self.prompt = Some(Prompt { kind: PromptKind::Step, before: text.clone(), text });
        vec![]
    }

    /// The value of the step under the cursor was typed.
    pub(in crate::app) fn set_step(&mut self, text: &str) -> Vec<Effect> {
        let Some(view) = self.steps_mut() else { return vec![] };
        match view.set(text.trim()) {
            Ok(()) => self.rehearse(),
            Err(why) => self.say(&format!("Not understood: {why}.")),
        }
    }
}

impl StepsView {
    fn unit(&self) -> Option<String> {
        self.seen().map(|(_, made)| made.unit.clone())
    }

    fn go_to(&mut self, row: usize) {
        let before = self.unit();
        self.at = row.min(Step::ALL.len() - 1);
        self.settle(before);
    }

    /// Leaves the step out, or does it again; false if there is no way without it.
    fn toggle(&mut self) -> bool {
        let step = self.step();
        let wanted = !step.is_in(&self.recipe);
        let Self { recipe, kept, .. } = self;
        match step {
            Step::Stored | Step::Units => return false,
            Step::Resample => recipe.resample = kept.resample.filter(|_| wanted),
            Step::Lungs => recipe.lungs = kept.lungs.filter(|_| wanted),
            Step::Crop => recipe.crop = kept.crop.filter(|_| wanted),
            Step::Normalise => recipe.normalise = kept.normalise.filter(|_| wanted),
            Step::ZeroCentre => recipe.zero_centre = kept.zero_centre.filter(|_| wanted),
        }
        settle(recipe, kept, step);
        true
    }

    /// The value of the step under the cursor, as it is typed.
    fn value(&self) -> Option<String> {
        let kept = &self.kept;
        match self.step() {
            Step::Stored | Step::Units | Step::Lungs => None,
            Step::Resample => {
                let how = if self.recipe.interpolation == Interpolation::Linear { "linear" } else { "cubic" };
                kept.resample.map(|spacing| format!("{} {how}", said_millimetres(spacing)))
            }
            Step::Crop => kept.crop.map(|voxels| voxels.to_string()),
            Step::Normalise => kept.normalise.map(|(low, high)| format!("{low},{high}")),
            Step::ZeroCentre => kept.zero_centre.map(|mean| mean.to_string()),
        }
    }

    /// Gives the step under the cursor another value; it is done then.
    fn set(&mut self, text: &str) -> Result<(), String> {
        let step = self.step();
        let Self { recipe, kept, .. } = self;
        match step {
            Step::Stored | Step::Units | Step::Lungs => {}
            Step::Resample => {
                let (spacing, how) = text.split_once(' ').unwrap_or((text, ""));
                let how = match how.trim() {
                    "" => recipe.interpolation,
                    "linear" => Interpolation::Linear,
                    "cubic" => Interpolation::Cubic,
                    _ => return Err("give a distance and linear or cubic, as in 1mm linear".to_owned()),
                };
                kept.resample = Some(millimetres(spacing)?);
                (recipe.resample, recipe.interpolation) = (kept.resample, how);
            }
            Step::Crop => {
                let voxels = text.parse().map_err(|_| "give a number of voxels, as in 5")?;
                kept.crop = Some(voxels);
                recipe.crop = kept.crop;
            }
            Step::Normalise => {
                kept.normalise = Some(bounds(text)?);
                recipe.normalise = kept.normalise;
            }
            Step::ZeroCentre => {
                let mean = text.parse::<f64>().ok().filter(|mean| mean.is_finite());
                kept.zero_centre = Some(mean.ok_or("give a number, as in 0.25")?);
                recipe.zero_centre = kept.zero_centre;
            }
        }
        settle(recipe, kept, step);
        Ok(())
    }
}

/// Centring needs normalised values: whoever changes one changes the other.
fn settle(recipe: &mut Recipe, kept: &Recipe, changed: Step) {
    match changed {
        Step::ZeroCentre if recipe.zero_centre.is_some() => recipe.normalise = kept.normalise,
        Step::Normalise if recipe.normalise.is_none() => recipe.zero_centre = None,
        _ => {}
    }
}
