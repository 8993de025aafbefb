//! What the link to the terminal carries, and when it is free for the next picture.
//!
//! Over SSH every write succeeds at once: the bytes wait in buffers that nobody tells of, and a held key
//! would fill them for seconds. So each picture is followed by a question that every terminal answers once
//! it has read everything before it. Until the answer comes, the next frame waits, and when it is drawn it
//! is the newest; and the time until then tells how fast the link is.

use crate::{
    config::Link,
    graphics::kitty::{Wrap, fence},
};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Writes below this are not worth a question, bytes.
const WORTH: usize = 1 << 10;
/// A whole picture that takes longer than this on its way is preceded by drafts.
const PATIENCE: f64 = 0.1;
/// A link is fast again if whole pictures take less than this.
const RELIEF: f64 = 0.05;
/// What may be on its way besides what the distance demands, in seconds of the link.
const QUEUE: f64 = 0.06;
/// No draft need be larger, bytes.
const MOST_DRAFT: u32 = 15_000;
/// Nor can it be smaller and still be recognised, bytes.
const LEAST_DRAFT: u32 = 3_000;
/// Answers that may stay away before nothing is asked any more.
const DEAF: u32 = 2;

/// State of the link.
#[derive(Debug)]
pub(super) struct Flow {
    link: Link,
    /// How questions travel; `None` if they are not answered.
    fence: Option<Wrap>,
    on_the_way: VecDeque<Sent>,
    /// When the last answer came.
    heard: Option<Instant>,
    /// The shortest time from a question to its answer.
    round_trip: Duration,
    /// Bytes a second.
    rate: Option<f64>,
    /// Bytes of a whole picture.
    whole: usize,
    slow: bool,
    unanswered: u32,
}

#[derive(Debug, Clone, Copy)]
struct Sent {
    at: Instant,
    bytes: usize,
}

impl Flow {
    /// A link of which nothing is known yet; nothing is held back.
    pub(super) fn new(link: Link) -> Self {
        Self {
            link,
            fence: None,
            on_the_way: VecDeque::new(),
            heard: None,
            round_trip: Duration::from_secs(1),
            rate: None,
            whole: 0,
            slow: link == Link::Slow,
            unanswered: 0,
        }
    }

    /// The terminal answers, as it did within `round_trip`; from now on it is asked.
    pub(super) fn ask(&mut self, wrap: Wrap, round_trip: Duration) {
        self.fence = (self.link != Link::Fast && self.unanswered < DEAF).then_some(wrap);
        self.round_trip = self.round_trip.min(round_trip);
    }

    /// The question that must follow a write of so many bytes; often none.
    pub(super) fn question(&self, bytes: usize) -> Vec<u8> {
        self.fence.filter(|_| bytes >= WORTH).map(fence).unwrap_or_default()
    }

    /// Takes note of a write and its question.
    pub(super) fn wrote(&mut self, bytes: usize, now: Instant) {
        if self.fence.is_some() && bytes >= WORTH {
            self.on_the_way.push_back(Sent { at: now, bytes });
        }
    }

    /// A whole picture of so many bytes is to be sent.
    pub(super) fn begins(&mut self, whole: usize) {
        self.whole = whole;
        self.judge();
    }

    /// The terminal has read everything up to the oldest question; false if nothing was asked.
    pub(super) fn answered(&mut self, now: Instant) -> bool {
        let Some(sent) = self.on_the_way.pop_front() else { return false };
        self.unanswered = 0;
        let took = now.saturating_duration_since(sent.at);
        self.round_trip = self.round_trip.min(took);
        // Behind other bytes the link was busy until their answer; alone it had the way there and back.
        let begun = self.heard.map_or(sent.at, |heard| heard.max(sent.at));
        let busy = now.saturating_duration_since(begun);
        let alone = begun == sent.at;
        let busy = if alone { busy.saturating_sub(self.round_trip) } else { busy };
        let rate = sent.bytes as f64 / busy.as_secs_f64().max(1e-4);
        self.rate = Some(self.rate.map_or(rate, |old| f64::midpoint(old, rate)));
        self.heard = Some(now);
        self.judge();
        true
    }

    fn judge(&mut self) {
        let time = self.rate.map_or(0.0, |rate| self.whole as f64 / rate);
        self.slow = match self.link {
            Link::Fast => false,
            Link::Slow => true,
            Link::Auto => time > if self.slow { RELIEF } else { PATIENCE },
        };
    }

    /// True if another frame may be sent now.
    pub(super) fn is_free(&self) -> bool {
        let waiting: usize = self.on_the_way.iter().map(|sent| sent.bytes).sum();
        match self.rate {
            _ if self.on_the_way.is_empty() => true,
            Some(rate) => (waiting as f64) < rate * (self.round_trip.as_secs_f64() + QUEUE),
            None => false,
        }
    }

    /// Bytes of a whole picture that may be sent at once, so that a key need not wait long for the rest.
    pub(super) fn portion(&self) -> usize {
        match self.rate {
            Some(rate) if self.slow && self.fence.is_some() => (rate * PATIENCE).max(4096.0) as usize,
            _ => usize::MAX,
        }
    }

    /// What a picture may cost while slices fly past, bytes; `None` if the link carries whole ones.
    pub(super) fn draft(&self) -> Option<u32> {
        let affordable = self.rate.map_or(MOST_DRAFT, |rate| (rate * QUEUE) as u32);
        // In steps, so that a draft made for one estimate serves the next one as well.
        let steps = affordable.clamp(LEAST_DRAFT, MOST_DRAFT) / LEAST_DRAFT;
        self.slow.then_some(steps * LEAST_DRAFT)
    }

    /// When to stop waiting for an answer; see [`Self::at`].
    pub(super) fn deadline(&self) -> Option<Instant> {
        let sent = self.on_the_way.front()?;
        let slowest = self.rate.unwrap_or(f64::INFINITY).min(16_384.0);
        Some(sent.at + self.round_trip * 4 + Duration::from_secs_f64(2.0 + sent.bytes as f64 / slowest))
    }

    /// Says what time it is: a terminal that does not answer must not be waited for again and again.
    pub(super) fn at(&mut self, now: Instant) {
        if self.deadline().is_some_and(|deadline| now >= deadline) {
            self.on_the_way.clear();
            self.unanswered += 1;
            if self.unanswered >= DEAF {
                self.fence = None;
            }
        }
    }

    /// Another terminal may be there now: what was on the way is gone.
    pub(super) fn forget(&mut self) {
        self.on_the_way.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// A link that answers after `distance`, and a moment to begin with.
    fn link(distance: u64) -> (Flow, Instant) {
        let mut flow = Flow::new(Link::Auto);
        flow.ask(Wrap::Direct, ms(distance));
        (flow, Instant::now())
    }

    #[test]
    fn a_terminal_that_was_not_heard_is_not_asked_and_nothing_waits() {
        let mut flow = Flow::new(Link::Auto);

        flow.wrote(1 << 20, Instant::now());
        assert_eq!(flow.question(1 << 20), b"");
        assert!(flow.is_free());
        assert_eq!((flow.draft(), flow.portion()), (None, usize::MAX));
    }

    #[test]
    fn the_next_picture_waits_for_the_first_answer() {
        let (mut flow, now) = link(2);

        assert_eq!(flow.question(20_000), fence(Wrap::Direct));
        flow.wrote(20_000, now);
        assert!(!flow.is_free());
        assert!(flow.answered(now + ms(4)));
        assert!(flow.is_free());
        assert!(!flow.answered(now + ms(5)), "nothing was asked");
    }

    #[test]
    fn short_writes_are_not_asked_about() {
        let (mut flow, now) = link(2);

        assert_eq!(flow.question(300), b"");
        flow.wrote(300, now);
        assert!(flow.is_free());
    }

    #[test]
    fn a_picture_of_half_a_second_makes_the_link_slow_and_a_small_one_fast_again() {
        let (mut flow, now) = link(60);
        flow.begins(120_000);
        flow.wrote(120_000, now);
        flow.answered(now + ms(60 + 480));

        // 250 kB a second: 15 kB in the 60 ms that a draft may take.
        assert_eq!(flow.draft(), Some(15_000));
        assert_eq!(flow.portion(), 25_000);

        flow.begins(10_000);
        assert_eq!(flow.draft(), None);
    }

    #[test]
    fn a_busy_link_is_measured_between_answers() {
        let (mut flow, now) = link(60);
        flow.begins(100_000);
        flow.wrote(25_000, now);
        flow.answered(now + ms(160));
        flow.wrote(25_000, now + ms(161));
        flow.wrote(25_000, now + ms(162));
        flow.answered(now + ms(321));
        flow.answered(now + ms(421));

        assert!((flow.rate.unwrap() - 250_000.0).abs() < 5_000.0, "{:?}", flow.rate);
    }

    #[test]
    fn a_slow_link_is_kept_busy_and_not_flooded() {
        let (mut flow, now) = link(60);
        flow.begins(100_000);
        flow.wrote(25_000, now);
        flow.answered(now + ms(160));

        flow.wrote(12_000, now + ms(161));
        assert!(flow.is_free(), "12 kB are on the way to a terminal 60 ms off");
        flow.wrote(20_000, now + ms(162));
        assert!(!flow.is_free());
    }

    #[test]
    fn a_terminal_that_falls_silent_is_given_up() {
        let (mut flow, mut now) = link(2);
        for _ in 0..2 {
            assert!(!flow.question(20_000).is_empty());
            flow.wrote(20_000, now);
            now = flow.deadline().unwrap();
            flow.at(now);
            assert!(flow.is_free());
        }
        assert_eq!(flow.question(20_000), b"");
        assert_eq!(flow.deadline(), None);
    }

    #[test]
    fn what_the_user_says_of_the_link_is_believed() {
        let mut fast = Flow::new(Link::Fast);
        fast.ask(Wrap::Direct, ms(60));
        assert_eq!(fast.question(1 << 20), b"");
        assert_eq!(fast.draft(), None);

        let slow = Flow::new(Link::Slow);
        assert_eq!(slow.draft(), Some(MOST_DRAFT));
        assert_eq!(slow.portion(), usize::MAX, "without an answer nothing is known of portions");
    }
}
