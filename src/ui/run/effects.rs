//! What the program asks of the loop is done.

use super::{
    super::{clipboard, stage::Stage, world::World},
    Loop,
};
use crate::app::{Effect, Event};
use ratatui::layout::{Rect, Size};
use std::io::{self, Write};

impl<W: World> Loop<W> {
    pub(super) fn carry_out<O: Write>(
        &mut self,
        effects: Vec<Effect>,
        stage: &mut Stage<'_, O>,
    ) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Wish(jobs) => self.loader.wish(jobs),
                Effect::Build(plan, held) => self.builder.build(plan, held),
                Effect::Rehearse(rehearsal, held) => self.builder.rehearse(*rehearsal, held),
                Effect::Abandon => self.builder.abandon(),
                Effect::Rescan(only) => {
                    // Files may have changed, and what the terminal keeps of them is old.
                    self.loader.forget();
                    self.redraw(stage)?;
                    self.found = self.world.scan(only.as_deref());
                }
                Effect::Recheck(only) => self.found = self.world.scan(only.as_deref()),
                Effect::Fetch(wanted) => self.world.fetch(wanted),
                Effect::Forget => self.loader.forget(),
                Effect::PauseScan(paused) => self.world.pause_scan(paused),
                Effect::StopScan => {
                    self.world.stop_scan();
                    // What was on its way is not wanted any more.
                    self.found = crossbeam_channel::never();
                }
                Effect::Keep => self.world.keep(&stage.app.library),
                Effect::Redraw => self.redraw(stage)?,
                Effect::Suspend => {
                    if self.world.suspend()? {
                        self.redraw(stage)?;
                    } else {
                        stage.app.notice = Some("There is no shell to go back to here.".to_owned());
                    }
                }
                Effect::Copy(text) => stage.terminal.backend_mut().after(&clipboard::put(&text)),
                Effect::Errand(errand) => self.world.run(errand),
                Effect::Export(order) => self.world.export(order),
                Effect::Say(opinion) => self.world.say(opinion),
                Effect::Measure(measurement) => self.world.measure(measurement),
                // Seen by whoever applied the event.
                Effect::Quit => {}
            }
        }
        Ok(())
    }

    /// Everything is drawn and sent again with the next frame.
    pub(super) fn redraw<O: Write>(&mut self, stage: &mut Stage<'_, O>) -> io::Result<()> {
        self.flow.forget();
        stage.hole.forget();
        stage.terminal.backend_mut().forget();
        self.resized(stage)?;
        stage.clear()
    }

    pub(super) fn resized<O: Write>(&mut self, stage: &mut Stage<'_, O>) -> io::Result<()> {
        let window = self.world.window();
        stage.terminal.backend_mut().resize(window.columns, window.rows);
        let Size { width, height } = stage.terminal.size()?;
        let area = Rect::new(0, 0, width, height);
        if stage.terminal.current_buffer_mut().area != area {
            stage.hole.cleared();
            stage.terminal.resize(area)?;
        }
        let effects = stage.app.update(Event::Resize(width, height));
        if let Some(Effect::Wish(jobs)) = effects.into_iter().next_back() {
            self.loader.wish(jobs);
        }
        Ok(())
    }
}
