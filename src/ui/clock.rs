//! The moments that the loop must not sleep through.

use crate::app::{App, Event};
use std::time::{Duration, Instant};

/// How often rows that stream in are drawn.
const STREAM: Duration = Duration::from_millis(40);

/// How long the last screen stays while the first picture of a viewer is made: longer than that takes, and
/// too short to be felt. A screen with an empty place in between would be seen as a flicker.
const PICTURE: Duration = Duration::from_millis(150);

/// When what is due; `None` if it is not waited for.
#[derive(Debug, Default)]
pub(super) struct Clock {
    tick: Option<Instant>,
    rest: Option<Instant>,
    pause: Option<Instant>,
    picture: Option<Instant>,
    stream: Option<Instant>,
}

impl Clock {
    /// Asks the state what it waits for; what is waited for already stays.
    pub(super) fn wind(&mut self, app: &App, now: Instant) {
        let set = |moment: &mut Option<Instant>, wait: Option<Duration>| {
            *moment = wait.map(|wait| moment.unwrap_or(now + wait));
        };
        set(&mut self.tick, app.tick());
        set(&mut self.rest, app.rest());
        set(&mut self.pause, app.pause());
        set(&mut self.picture, app.awaits_picture().then_some(PICTURE));
    }

    /// The user has done something: from now on all is quiet again.
    pub(super) fn moved(&mut self) {
        self.rest = None;
        self.pause = None;
    }

    /// Rows have come that are not worth a screen of their own; true if they are the first.
    pub(super) fn streams(&mut self, now: Instant) -> bool {
        let first = self.stream.is_none();
        self.stream.get_or_insert(now + STREAM);
        first
    }

    /// A screen was drawn.
    pub(super) fn painted(&mut self) {
        self.stream = None;
    }

    /// The next moment at which there is something to do.
    pub(super) fn next(&self, now: Instant) -> Option<Instant> {
        // A picture that does not come in time is drawn when it does.
        let picture = self.picture.filter(|&picture| picture > now);
        [self.tick, self.rest, self.pause, picture, self.stream].into_iter().flatten().min()
    }

    /// The screen had better wait for the picture that is about to come.
    pub(super) fn holds(&self, now: Instant) -> bool {
        self.picture.is_some_and(|picture| now < picture)
    }

    /// Rows that streamed in have waited long enough; tells once.
    pub(super) fn is_stale(&mut self, now: Instant) -> bool {
        self.stream.take_if(|stream| now >= *stream).is_some()
    }

    /// What has come due: called until nothing has.
    pub(super) fn strike(&mut self, now: Instant) -> Option<Event> {
        let due = |moment: &mut Option<Instant>| moment.take_if(|moment| now >= *moment).is_some();
        if due(&mut self.tick) {
            // A running film does not rest between two frames.
            self.rest = None;
            return Some(Event::Tick);
        }
        due(&mut self.rest).then_some(Event::Rest)
    }

    /// No key has come for a while; asked after the keys, lest one that waits comes too late.
    pub(super) fn pauses(&mut self, now: Instant) -> Option<Event> {
        self.pause.take_if(|pause| now >= *pause).map(|_| Event::Pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_picture_is_waited_for_once_and_not_for_ever() {
        let now = Instant::now();
        let clock = Clock { picture: Some(now + PICTURE), ..Clock::default() };

        assert!(clock.holds(now + ms(149)) && !clock.holds(now + ms(150)));
        assert_eq!(clock.next(now), Some(now + PICTURE));
        // The loop must be able to sleep after that.
        assert_eq!(clock.next(now + PICTURE), None);
    }

    #[test]
    fn rows_wait_from_the_first_on_and_a_screen_shows_them_all() {
        let now = Instant::now();
        let mut clock = Clock::default();

        assert!(clock.streams(now) && !clock.streams(now + ms(30)));
        assert!(!clock.is_stale(now + ms(39)) && clock.is_stale(now + ms(40)));
        // The screen may have to wait for the terminal; the loop must be able to sleep meanwhile.
        assert_eq!(clock.next(now), None);
    }

    #[test]
    fn a_moment_strikes_once_and_a_film_puts_off_the_rest() {
        let now = Instant::now();
        let mut clock = Clock { tick: Some(now), rest: Some(now), pause: Some(now), ..Clock::default() };

        assert!(matches!(clock.strike(now), Some(Event::Tick)));
        assert!(clock.strike(now).is_none());
        assert!(matches!(clock.pauses(now), Some(Event::Pause)));
        assert!(clock.pauses(now).is_none());
    }

    #[test]
    fn a_key_puts_off_the_end_of_a_number() {
        let now = Instant::now();
        let mut clock = Clock { pause: Some(now), rest: Some(now), ..Clock::default() };

        clock.moved();

        assert!(clock.pauses(now).is_none() && clock.strike(now).is_none());
    }
}
