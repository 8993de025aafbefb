//! What the state waits for: time that must pass, and a picture that is about to come.

use super::App;
use std::time::Duration;

/// Longer than the second digit of a number takes; a digit after that is another preset.
const PAUSE: Duration = Duration::from_millis(700);

impl App {
    /// How long until a [`Event::Tick`](super::Event::Tick) is due; none while nothing moves.
    pub fn tick(&self) -> Option<Duration> {
        let cine = self.images().map(|viewer| viewer.cine).filter(|cine| cine.running)?;
        Some(Duration::from_secs_f64(1.0 / cine.fps.clamp(0.5, 60.0)))
    }

    /// How long nothing must move until an [`Event::Rest`](super::Event::Rest) is due; none at rest.
    pub fn rest(&self) -> Option<Duration> {
        self.motion.rest()
    }

    /// How long no key must be pressed until an [`Event::Pause`](super::Event::Pause) is due; none while no
    /// digit may be the first of a number.
    pub fn pause(&self) -> Option<Duration> {
        self.typed.as_ref().filter(|typed| typed.digits == 1).map(|_| PAUSE)
    }

    /// The digit was a preset and nothing else. Two make a number, which waits for its `G`.
    pub(super) fn end_number(&mut self) {
        self.typed.take_if(|typed| typed.digits == 1);
    }

    /// A picture is on its way and nothing but its place could be shown until it comes.
    pub fn awaits_picture(&self) -> bool {
        self.draws
            && self.overlays.is_empty()
            && self.images().is_some_and(|viewer| viewer.shown.is_none() && viewer.error.is_none())
    }
}
