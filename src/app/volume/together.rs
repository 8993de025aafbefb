//! Two series of one space seen together: the other one over this one, or the difference of both; and one window
//! for both.

use super::{Beside, VolumeView};
use crate::{
    app::{Action, App, Contrast, Effect, Told, Viewer},
    model::{VoiFunction, VoiLut, Window},
    work::{Body, How, Voi},
};

/// How the other series is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Together {
    /// In a pane of its own.
    Apart,
    /// Over this one, as opaque as [`Beside::opacity`] says.
    Over,
    /// Taken away from this one.
    Difference,
}

/// How much one sees of what lies over another series to begin with, percent.
pub(super) const OPACITY: u8 = 50;

/// By what a key changes the width of a difference, as it does that of a window.
const WIDEN: f64 = 1.1;

impl App {
    /// The other series beside this one, over it, or the difference of both; after a number over it by so many
    /// percent.
    fn fuse(&mut self, percent: Option<usize>) -> Vec<Effect> {
        if self.volume().is_some_and(|view| view.beside.is_none()) {
            let effects = self.lay_beside();
            if let Some(view) = self.volume_mut().filter(|view| view.beside.is_some()) {
                view.lay_over(percent);
            }
            return effects;
        }
        let Some(view) = self.volume_mut() else { return vec![] };
        match view.together {
            _ if percent.is_some() => view.lay_over(percent),
            Together::Apart => view.lay_over(None),
            Together::Difference => view.together = Together::Apart,
            Together::Over => match view.begin_difference() {
                Ok(()) => {}
                Err(why) => {
                    view.together = Together::Apart;
                    return self.say(&why);
                }
            },
        }
        vec![]
    }

    /// One window for both series, or one for each.
    fn turn_link(&mut self) -> Vec<Effect> {
        let Some(view) = self.volume_mut().filter(|view| view.beside.is_some()) else {
            return self.say(NONE_BESIDE);
        };
        if let Err(why) = view.compared() {
            return self.say(&format!("No common window: {why}."));
        }
        view.linked = !view.linked;
        let linked = view.linked;
        view.share_window();
        self.say(if linked { "One window for both series." } else { "Each series has its own window." })
    }

    /// The contrast that both series share, if they are linked.
    pub(in crate::app) fn linked_contrast(&self) -> Option<Contrast> {
        self.volume().filter(|view| view.linked)?;
        self.toned().map(|toned| toned.contrast.clone())
    }

    /// After a change of the window, the other series has it too if it is linked.
    pub(in crate::app) fn share_if_changed(&mut self, before: Option<&Contrast>) {
        if before.is_some()
            && self.toned().map(|toned| &toned.contrast) != before
            && let Some(view) = self.volume_mut()
        {
            view.share_window();
        }
    }

    /// What works on two series, if the action is that.
    pub(super) fn act_on_both(&mut self, action: Action, count: Option<usize>) -> Option<Vec<Effect>> {
        Some(match action {
            Action::Beside => self.lay_beside(),
            Action::Fuse => self.fuse(count),
            Action::LinkWindows => self.turn_link(),
            Action::OwnSlices => self.turn_own_slices(),
            Action::SamePoint => self.same_point(),
            _ => return self.act_on_difference(action, count.unwrap_or(1).min(100_000) as f64),
        })
    }

    /// A key for the window while the difference is on screen.
    fn act_on_difference(&mut self, action: Action, steps: f64) -> Option<Vec<Effect>> {
        let view = self.volume_mut().filter(|view| view.is_difference())?;
        let beside = view.beside.as_mut()?;
        match action {
            Action::Wider => beside.widen(WIDEN.powf(steps)),
            Action::Narrower => beside.widen(WIDEN.powf(-steps)),
            Action::LowerCenter | Action::RaiseCenter => {
                return Some(self.say("The window of a difference lies around 0."));
            }
            _ => return None,
        }
        Some(vec![])
    }
}

impl Beside {
    /// Widens the window of the difference.
    pub(in crate::app) fn widen(&mut self, by: f64) {
        self.width = (self.width * by).clamp(1e-6, 1e9);
    }

    /// What is seen of both, with the contrast of the first.
    pub(super) fn how(&self, together: Together, times: [f64; 2]) -> How {
        match together {
            Together::Difference => How::Difference(times),
            Together::Apart | Together::Over => How::Blend(self.opacity),
        }
    }
}

impl VolumeView {
    /// The difference is on screen.
    pub fn is_difference(&self) -> bool {
        self.together == Together::Difference && self.beside.is_some()
    }

    /// The difference at the point, as it is seen there.
    pub fn difference_at_point(&self) -> Option<f64> {
        let value = |body: &Body| body.assembled.volume.sample(self.point, self.images.smooth);
        let (own, other) = self.body().zip(self.other()).filter(|_| self.is_difference())?;
        let [times, other_times] = self.times();
        Some(value(own)? * times - value(other)? * other_times)
    }

    fn lay_over(&mut self, percent: Option<usize>) {
        self.together = Together::Over;
        if let Some(beside) = &mut self.beside {
            beside.opacity = percent.map_or(beside.opacity, |percent| percent.min(100) as u8);
        }
    }

    /// Shows the difference, in a window around 0 as wide as that of this series.
    fn begin_difference(&mut self) -> Result<(), String> {
        self.compared().map_err(|why| format!("No difference: {why}."))?;
        let width = self.images.window().map_or(1.0, |window| window.width * self.times()[0]);
        if let Some(beside) = &mut self.beside {
            (beside.width, self.together) = (width, Together::Difference);
        }
        Ok(())
    }

    /// Says why values of the two series cannot be compared, or that they can.
    pub(in crate::app) fn compared(&self) -> Result<(), String> {
        let (Some(own), Some(other)) = (self.body(), self.other()) else {
            return Err("the series are still being read".to_owned());
        };
        let said = |body: &Body, told: Option<Told>| {
            let volume = &body.assembled.volume;
            let unit = told.map_or_else(String::new, |told| crate::model::shown(&told.unit).into_owned());
            if unit.is_empty() { format!("{} without a unit", volume.modality()) } else { unit }
        };
        let (own, other) = (said(own, self.own_told()), said(other, self.other_told()));
        if own == other { Ok(()) } else { Err(format!("this is in {own}, the other series in {other}")) }
    }

    /// The voxels of the other series, once they are there.
    pub fn other(&self) -> Option<&Body> {
        self.beside.as_ref()?.material.body()
    }

    /// The window of the other series.
    pub fn other_window(&self) -> Option<Window> {
        let (beside, body) = self.beside.as_ref().zip(self.other())?;
        set_window(&beside.images, body)
    }

    /// By what the values of each series are multiplied to be told in one unit.
    pub(in crate::app) fn times(&self) -> [f64; 2] {
        [self.own_told(), self.other_told()].map(|told| told.map_or(1.0, |told| told.times))
    }

    /// Gives the window of the series that keys work on to the other one, if they are linked.
    fn share_window(&mut self) {
        if !self.linked || self.compared().is_err() {
            return;
        }
        let (Some(own), Some(other)) = (self.body(), self.other()) else { return };
        let Some(beside) = &self.beside else { return };
        let (from, body) = if self.second { (&beside.images, other) } else { (&self.images, own) };
        let Some(mut window) = set_window(from, body) else { return };
        // The same numbers as they are told, which may be others in the files.
        let [own, other] = self.times();
        let part = if self.second { other / own } else { own / other };
        (window.center, window.width) = (window.center * part, window.width * part);
        let contrast = match from.contrast {
            Contrast::Threshold(_) => Contrast::Threshold(window),
            _ => Contrast::Fixed(window, None),
        };
        let second = self.second;
        match &mut self.beside {
            Some(beside) if !second => beside.images.contrast = contrast,
            _ => self.images.contrast = contrast,
        }
    }

    /// The window of the difference.
    pub(super) fn difference_window(&self) -> Option<Voi> {
        let width = self.beside.as_ref().filter(|_| self.is_difference())?.width;
        Some(Voi::Fixed(Window { center: 0.0, width, function: VoiFunction::LinearExact }))
    }
}

/// The window that a series is shown in, by numbers; a table has none.
fn set_window(images: &Viewer, body: &Body) -> Option<Window> {
    if let Contrast::Threshold(window) = images.contrast {
        return Some(window);
    }
    match images.look().voi {
        Voi::Fixed(window) => Some(window),
        Voi::File(number) => {
            let own: Vec<&VoiLut> =
                body.assembled.volume.voi().iter().filter(|voi| voi.is_usable()).collect();
            own.get(number).or(own.last())?.window()
        }
    }
}

/// What is said where another series is needed.
pub(super) const NONE_BESIDE: &str = "No other series is beside this one; | brings one.";
