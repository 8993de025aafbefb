//! The event loop: wait for one thing, take everything else that waits, draw once.

mod effects;

use super::{
    clock::Clock,
    flow::Flow,
    hole::Hole,
    input::Input,
    listen::{GONE, Heard, exit_code},
    pen::Pen,
    probing::Probing,
    stage::Stage,
    world::{Channels, World},
};
use crate::{
    app::{App, Effect, Event},
    config::{Link, Theme},
    graphics::{Colors, Reply, Support},
    work::{Answer, Builder, Canvas, Found, Loader},
};
use crossbeam_channel::{Receiver, Select, TryRecvError};
use ratatui::{Terminal, crossterm::event::KeyEventKind, style::Modifier};
use std::{
    io::{self, Write},
    time::Instant,
};

/// Batches of files taken before a key gets its turn.
const BATCHES: usize = 32;

/// Everything the loop listens to and asks.
pub struct Loop<W> {
    heard: Receiver<Heard>,
    answers: Receiver<Answer>,
    found: Receiver<Found>,
    /// Where work is wished for.
    loader: Loader,
    /// Where volumes are put together.
    builder: Builder,
    /// The question to the terminal.
    probing: Probing,
    theme: Theme,
    /// The way to the terminal.
    flow: Flow,
    /// What the state was told last of drafts.
    draft: Option<u32>,
    world: W,
}

/// Why the loop has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The user left.
    Quit,
    /// A signal or a hang-up; the process is to end with this code.
    Code(i32),
}

/// How a turn of the loop goes on.
enum Turned {
    /// Nothing that must be seen at once.
    Quiet,
    /// The screen is out of date.
    Changed,
    /// So it is, and by the user.
    Moved,
    /// It is over.
    Over(Ending),
}

impl<W: World> Loop<W> {
    /// A loop that has not begun.
    pub fn new(
        channels: Channels,
        (loader, builder): (Loader, Builder),
        probing: Probing,
        link: Link,
        world: W,
    ) -> Self {
        let Channels { heard, answers, found } = channels;
        let theme = world.theme(None);
        let flow = Flow::new(link);
        Self { heard, answers, found, loader, builder, probing, theme, flow, draft: None, world }
    }

    /// Runs until the user leaves or the terminal is gone; returns why, and how many screens were drawn.
    ///
    /// # Errors
    ///
    /// What the terminal reports while it is suspended or resumed; one that cannot be written any more
    /// is an [`Ending`], as a hung-up session should be.
    pub fn run<O: Write>(
        &mut self,
        app: &mut App,
        terminal: &mut Terminal<Pen<O>>,
    ) -> io::Result<(Ending, usize)> {
        let mut stage = Stage { app, terminal, hole: Hole::default() };
        let mut drawn = 0;
        let mut clock = Clock::default();
        self.resized(&mut stage)?;
        let mut changed = true;
        loop {
            clock.wind(stage.app, Instant::now());
            // While the last picture is on its way the screen waits, and shows the newest then.
            if changed && self.flow.is_free() && (drawn == 0 || !clock.holds(Instant::now())) {
                if stage.paint(&self.theme, &mut self.flow).is_err() {
                    return Ok((Ending::Code(GONE), drawn));
                }
                drawn += 1;
                clock.painted();
                self.tell(&mut stage)?;
                changed = stage.hole.is_uploading();
                if changed && self.flow.is_free() {
                    continue;
                }
            }
            let due = [clock.next(Instant::now()), self.flow.deadline(), self.probing.deadline()];
            self.wait(due.into_iter().flatten().min());
            let now = Instant::now();
            self.flow.at(now);
            changed |= clock.is_stale(now);
            while let Some(event) = clock.strike(now) {
                // A film has gone on, if only in its count; at rest there may be nothing new to see.
                let film = matches!(event, Event::Tick);
                changed |= self.bring(&mut stage, event)? || film;
            }
            if let Some(support) = self.probing.at(self.world.window(), now) {
                self.judged(&mut stage, &support)?;
                changed = true;
            }
            match self.take_all(&mut stage)? {
                Turned::Over(ending) => return Ok((ending, drawn)),
                Turned::Moved => {
                    changed = true;
                    clock.moved();
                }
                Turned::Changed => changed = true,
                Turned::Quiet => {}
            }
            if let Some(event) = clock.pauses(now) {
                self.apply(&mut stage, event)?;
            }
            // Rows that stream in wait for one another; a key does not wait for them.
            if self.take_found(&mut stage)? && !changed && clock.streams(now) {
                // The first rows are worth a frame of their own.
                changed = stage.app.library.counts.files < 64 || !stage.app.scanning;
            }
        }
    }

    /// Blocks until something waits or `due` has come.
    fn wait(&self, due: Option<Instant>) {
        let mut select = Select::new();
        select.recv(&self.heard);
        select.recv(&self.answers);
        select.recv(&self.found);
        match due {
            Some(due) => {
                let _ = select.ready_deadline(due);
            }
            None => {
                select.ready();
            }
        }
    }

    /// Takes some of what the scan has found; true if there was anything.
    fn take_found<O: Write>(&mut self, stage: &mut Stage<'_, O>) -> io::Result<bool> {
        // All in one event: the list is put in order once, not once a batch.
        let (mut files, mut done, mut arrived) = (vec![], false, false);
        for _ in 0..BATCHES {
            match self.found.try_recv() {
                Ok(Found::Files(batch)) => files.extend(batch),
                Ok(Found::Done) => done = true,
                Ok(other) => {
                    self.apply(stage, Event::Found(other))?;
                    arrived = true;
                    continue;
                }
                Err(TryRecvError::Empty) => break,
                // Nothing more will come; a closed channel would always be ready.
                Err(TryRecvError::Disconnected) => {
                    self.found = crossbeam_channel::never();
                    break;
                }
            }
            arrived = true;
        }
        if !files.is_empty() {
            self.apply(stage, Event::Found(Found::Files(files)))?;
        }
        if done {
            self.apply(stage, Event::Found(Found::Done))?;
        }
        Ok(arrived)
    }

    /// Takes every key and every answer that waits, keys first.
    fn take_all<O: Write>(&mut self, stage: &mut Stage<'_, O>) -> io::Result<Turned> {
        let mut changed = false;
        let mut resized = false;
        let mut moved = false;
        loop {
            match self.heard.try_recv() {
                Ok(Heard::Input(Input::Reply(reply))) => {
                    changed |= self.replied(stage, &reply)?;
                }
                Ok(Heard::Input(input)) => {
                    let Some(event) = event(input) else { continue };
                    let quits = stage.app.update(event);
                    if quits.contains(&Effect::Quit) {
                        return Ok(Turned::Over(Ending::Quit));
                    }
                    self.carry_out(quits, stage)?;
                    moved = true;
                }
                Ok(Heard::Resized) => resized = true,
                Ok(Heard::Stop) => {
                    self.carry_out(vec![Effect::Suspend], stage)?;
                    changed = true;
                }
                Ok(Heard::Continued) => {
                    self.world.resume()?;
                    self.redraw(stage)?;
                    changed = true;
                }
                Ok(Heard::Ended(signal)) => return Ok(Turned::Over(Ending::Code(exit_code(signal)))),
                Ok(Heard::Gone) => return Ok(Turned::Over(Ending::Code(GONE))),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    return Ok(Turned::Over(Ending::Code(GONE)));
                }
            }
        }
        if resized {
            // A storm of sizes ends in one: the last.
            self.resized(stage)?;
            let window = self.world.window();
            let (question, support) = self.probing.resized(window);
            stage.terminal.backend_mut().after(question);
            if let Some(support) = support {
                self.judged(stage, &support)?;
            }
            changed = true;
        }
        let answers = self.answers.clone();
        for answer in answers.try_iter() {
            changed |= self.bring(stage, Event::Answer(answer))?;
        }
        Ok(match (moved, changed) {
            (true, _) => Turned::Moved,
            (_, true) => Turned::Changed,
            _ => Turned::Quiet,
        })
    }

    /// Tells the state what the last frame has taught about the link and about what the terminal keeps.
    fn tell<O: Write>(&mut self, stage: &mut Stage<'_, O>) -> io::Result<()> {
        if let Some(kept) = stage.hole.news() {
            self.apply(stage, Event::Kept(kept))?;
        }
        let draft = self.flow.draft();
        if draft != self.draft {
            self.draft = draft;
            self.apply(stage, Event::Link(draft))?;
        }
        Ok(())
    }

    /// Applies an event and carries out what it asks for.
    fn apply<O: Write>(&mut self, stage: &mut Stage<'_, O>, event: Event) -> io::Result<bool> {
        let effects = stage.app.update(event);
        self.carry_out(effects, stage)?;
        Ok(true)
    }

    /// Applies an event that nobody at the keys has caused; true if there is something new to see.
    ///
    /// Pictures and values of neighbours come and go by the dozen, and are looked at before a frame is drawn for
    /// them. Everything else is rare and was waited for.
    fn bring<O: Write>(&mut self, stage: &mut Stage<'_, O>, event: Event) -> io::Result<bool> {
        let was_waited_for = matches!(&event, Event::Answer(answer) if !answer.is_of_one_frame());
        let before = stage.app.seen();
        self.apply(stage, event)?;
        Ok(was_waited_for || stage.app.seen() != before)
    }

    /// The terminal has answered.
    fn replied<O: Write>(&mut self, stage: &mut Stage<'_, O>, reply: &Reply) -> io::Result<bool> {
        if let Reply::Kitty { id, message } = reply
            && message != "OK"
        {
            return Ok(stage.hole.lost(*id));
        }
        let now = Instant::now();
        if matches!(reply, Reply::DeviceAttributes(_) | Reply::DeviceStatusOk) && self.flow.answered(now) {
            self.tell(stage)?;
            return Ok(false);
        }
        match self.probing.add(reply, self.world.window(), now) {
            Some(support) => {
                self.judged(stage, &support)?;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// It is known, or known better, what the terminal can do.
    fn judged<O: Write>(&mut self, stage: &mut Stage<'_, O>, support: &Support) -> io::Result<()> {
        self.world.know(support);
        if let Some(round_trip) = self.probing.round_trip() {
            self.flow.ask(Canvas::of(support).wrap(), round_trip);
        }
        self.theme = visible(self.world.theme(support.light_background), support.colors);
        if stage.terminal.backend_mut().set_support(support) {
            // Cells that were drawn in other colours are drawn again.
            stage.clear()?;
        }
        let effects = stage.app.update(Event::Canvas(Canvas::of(support), support.advice.clone()));
        if let Some(Effect::Wish(jobs)) = effects.into_iter().next_back() {
            self.loader.wish(jobs);
        }
        Ok(())
    }
}

/// Without colours the row under the cursor must still be seen.
fn visible(mut theme: Theme, colors: Colors) -> Theme {
    if colors == Colors::Mono {
        theme.selection = theme.selection.add_modifier(Modifier::REVERSED);
        theme.status = theme.status.add_modifier(Modifier::REVERSED);
    }
    theme
}

fn event(input: Input) -> Option<Event> {
    match input {
        Input::Key(key) if key.kind == KeyEventKind::Release => None,
        Input::Key(key) => Some(Event::Key(key)),
        Input::Mouse(mouse) => Some(Event::Mouse(mouse)),
        Input::Paste(text) => Some(Event::Paste(text)),
        Input::Reply(_) => None,
    }
}
