//! The question to the terminal while its answers come in between keys.
//!
//! The first frame does not wait: text is drawn at once, and pictures begin with the
//! first verdict. A verdict may be improved later, by a slow terminal or a new font size.

use std::time::{Duration, Instant};

use crate::graphics::{Answers, CellSize, Choice, Environment, Reply, Support, Window, decide, probe};

/// Shortest time that the terminal behind tmux gets after tmux itself has answered.
const GRACE: Duration = Duration::from_millis(150);

/// Asks for the size of a cell again: the font may have changed with the window. The text area comes first,
/// because a cell that is told is made more exact by the area that was told last.
const CELL_SIZE: &[u8] = b"\x1b[14t\x1b[16t";

/// Answers so far, and until when to wait for more.
#[derive(Clone, Debug)]
pub struct Probing {
    environment: Environment,
    choice: Choice,
    answers: Answers,
    asked: Instant,
    /// How long the first fence took.
    answered: Option<Duration>,
    deadline: Option<Instant>,
    verdict: Option<Support>,
}

impl Probing {
    /// Begins to wait for the answers to [`probe::question`], written at `asked`.
    ///
    /// A terminal that must not be asked is judged at the first [`Self::at`].
    pub fn new(environment: Environment, choice: Choice, asked: Instant) -> Self {
        let silent = probe::question(&environment).is_empty();
        let patience = if silent { Duration::ZERO } else { probe::patience(&environment) };
        Self {
            environment,
            choice,
            answers: Answers::default(),
            asked,
            answered: None,
            deadline: Some(asked + patience),
            verdict: None,
        }
    }

    /// How long the terminal took to answer everything; `None` if it has not.
    pub(super) fn round_trip(&self) -> Option<Duration> {
        self.answered.filter(|_| self.answers.is_complete())
    }

    /// What the variables alone tell: good for the colours of the first frame, not for pictures.
    pub fn guess(&self, window: Window) -> Support {
        decide(&self.environment, &Answers::default(), self.choice.forced(), window)
    }

    /// When to call [`Self::at`]; `None` once nothing is waited for.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Takes an answer into account; `Some` if there is a verdict that differs from the last.
    pub fn add(&mut self, reply: &Reply, window: Window, now: Instant) -> Option<Support> {
        let had_fence = self.answers.is_complete();
        self.answers.add(reply);
        if !had_fence && self.answers.is_complete() {
            self.answered = Some(now.saturating_duration_since(self.asked));
        }
        if let Some(deadline) = self.deadline {
            if !self.answers.is_complete() {
                return None;
            }
            if self.answers.may_improve(&self.environment) {
                if !had_fence {
                    // As long again as tmux took, for the way through it to a slow terminal.
                    let round_trip = now.saturating_duration_since(self.asked);
                    self.deadline = Some(deadline.min(now + round_trip.max(GRACE)));
                }
                return None;
            }
            self.deadline = None;
        }
        self.judge(window)
    }

    /// Says what time it is; `Some` if patience has ended without a complete answer.
    pub fn at(&mut self, window: Window, now: Instant) -> Option<Support> {
        if now < self.deadline? {
            return None;
        }
        self.deadline = None;
        self.judge(window)
    }

    /// Takes a new window into account: what to write, and the verdict if it changed.
    pub fn resized(&mut self, window: Window) -> (&'static [u8], Option<Support>) {
        let question = if self.answers.is_complete() { CELL_SIZE } else { &[] };
        // The area that was told last is that of the old window; judged is when the new one is told.
        let waits = self.answers.is_complete() && self.answers.tells_area();
        let verdict = if self.verdict.is_some() && !waits { self.judge(window) } else { None };
        (question, verdict)
    }

    /// True if the terminal has answered everything it will.
    pub(super) fn is_complete(&self) -> bool {
        self.answers.is_complete() && !self.answers.may_improve(&self.environment)
    }

    /// The verdict by what is known, if it is news.
    fn judge(&mut self, window: Window) -> Option<Support> {
        let mut verdict = decide(&self.environment, &self.answers, self.choice.forced(), window);
        if let Some(old) = &self.verdict {
            // Rounded at another width, the same cell would be another, and every picture made anew.
            let pixels = |cell: CellSize| cell.pixels(window.columns, window.rows);
            let ((x, y), (old_x, old_y)) = (pixels(verdict.cell), pixels(old.cell));
            if x.abs_diff(old_x) <= 1 && y.abs_diff(old_y) <= 1 {
                verdict.cell = old.cell;
            }
        }
        if self.verdict.as_ref() == Some(&verdict) {
            return None;
        }
        self.verdict = Some(verdict.clone());
        Some(verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphics::{Colors, Protocol, blocks::Shape};

    const WINDOW: Window = Window { columns: 100, rows: 40, width_px: 0, height_px: 0 };

    /// A probing that begins now, in a terminal of this kind.
    fn begin(term: &str) -> (Probing, Instant) {
        let environment = Environment { term: Some(term.into()), ..Environment::default() };
        let now = Instant::now();
        (Probing::new(environment, Choice::Auto, now), now)
    }

    fn kitty(id: u32) -> Reply {
        Reply::Kitty { id, message: "OK".into() }
    }

    fn fence() -> Reply {
        Reply::DeviceAttributes(vec![62])
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn the_verdict_comes_with_the_fence_and_not_before() {
        let (mut probing, now) = begin("xterm-kitty");

        assert_eq!(probing.add(&kitty(31), WINDOW, now), None);
        let support = probing.add(&fence(), WINDOW, now).expect("the fence ends the probe");

        assert_eq!(support.protocol, Protocol::Kitty);
        assert_eq!(probing.deadline(), None);
    }

    #[test]
    fn a_mute_terminal_gets_blocks_when_patience_ends_and_kitty_if_it_speaks_up_later() {
        let (mut probing, now) = begin("xterm");

        assert_eq!(probing.at(WINDOW, now + ms(999)), None);
        let first = probing.at(WINDOW, now + ms(1000)).expect("patience ends after a second");
        assert_eq!(first.protocol, Protocol::Blocks(Shape::Halves));
        assert_eq!(probing.deadline(), None);

        let later = probing.add(&kitty(31), WINDOW, now + ms(1500)).expect("a better verdict");
        assert_eq!(later.protocol, Protocol::Kitty);
    }

    #[test]
    fn the_terminal_behind_tmux_gets_a_moment_more_than_tmux() {
        let (mut probing, now) = begin("tmux-256color");

        assert_eq!(probing.add(&Reply::Version("tmux 3.5a".into()), WINDOW, now), None);
        assert_eq!(probing.add(&fence(), WINDOW, now + ms(5)), None);
        assert_eq!(probing.deadline(), Some(now + ms(155)));

        probing.add(&kitty(32), WINDOW, now + ms(10));
        probing.add(&Reply::Version("kitty(0.41.1)".into()), WINDOW, now + ms(10));
        let support = probing.add(&Reply::DeviceStatusOk, WINDOW, now + ms(10)).expect("its own fence");
        assert!(support.protocol == Protocol::Kitty && support.passthrough);
    }

    #[test]
    fn a_tmux_that_hands_nothing_on_is_judged_after_one_round_trip_more() {
        let (mut probing, now) = begin("tmux-256color");

        probing.add(&fence(), WINDOW, now + ms(300));

        assert_eq!(probing.at(WINDOW, now + ms(599)), None);
        assert!(probing.at(WINDOW, now + ms(600)).is_some());
    }

    #[test]
    fn the_first_frame_honours_no_color() {
        let environment = Environment {
            term: Some("xterm-256color".into()),
            no_color: Some("1".into()),
            ..Environment::default()
        };
        let probing = Probing::new(environment, Choice::Auto, Instant::now());

        assert_eq!(probing.guess(WINDOW).colors, Colors::Mono);
    }

    #[test]
    fn a_dumb_terminal_is_judged_at_once() {
        let (mut probing, now) = begin("dumb");

        assert_eq!(
            probing.at(WINDOW, now).map(|support| support.protocol),
            Some(Protocol::Blocks(Shape::Ascii))
        );
    }

    #[test]
    fn a_new_window_of_the_same_font_is_no_news() {
        let (mut probing, now) = begin("xterm-kitty");
        let area = |width, height| Reply::WindowPixels { width, height };
        for reply in [Reply::CellPixels(CellSize::new(8, 17)), area(842, 680), fence()] {
            probing.add(&reply, WINDOW, now);
        }

        let wider = Window { columns: 120, ..WINDOW };
        assert_eq!(probing.resized(wider), (CELL_SIZE, None));
        assert_eq!(probing.add(&area(1010, 680), wider, now), None);
        assert_eq!(probing.add(&Reply::CellPixels(CellSize::new(8, 17)), wider, now), None);
    }

    #[test]
    fn a_new_font_size_is_a_new_verdict_and_an_old_one_is_not() {
        let (mut probing, now) = begin("xterm-kitty");
        let cell = |width, height| Reply::CellPixels(CellSize::new(width, height));
        probing.add(&cell(10, 20), WINDOW, now);
        probing.add(&fence(), WINDOW, now);

        assert_eq!(probing.resized(WINDOW), (CELL_SIZE, None));
        assert_eq!(probing.add(&cell(10, 20), WINDOW, now), None);
        let support = probing.add(&cell(12, 24), WINDOW, now).expect("the font grew");
        assert_eq!(support.cell, CellSize::new(12, 24));
    }
}
