//! What happens to the program, and what the program asks for.

use crate::{
    model::{Measurement, Opinion},
    work::{Answer, Canvas, Errand, Found, Job, Order, Plan, Rehearsal, Wanted},
};
use ratatui::crossterm::event::{KeyEvent, MouseEvent};
use std::{collections::HashSet, path::PathBuf, sync::Arc};

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse was used.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// It is known how pictures are drawn, and why so.
    Canvas(Canvas, Option<String>),
    /// What a picture may cost while slices fly past, in bytes; `None` if it may be whole.
    Link(Option<u32>),
    /// The terminal keeps these pictures, by their ids: they cost nothing to show.
    Kept(HashSet<u32>),
    /// Nothing has moved for a moment.
    Rest,
    /// No key was pressed for a while: a digit alone has stayed alone.
    Pause,
    /// A worker has finished something.
    Answer(Answer),
    /// The scan has found something.
    Found(Found),
    /// Time has passed: only while [`App::tick`](super::App::tick) asks for it.
    Tick,
}

impl From<Answer> for Event {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl From<Found> for Event {
    fn from(found: Found) -> Self {
        Self::Found(found)
    }
}

/// Something only the loop can do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Leave.
    Quit,
    /// The whole wish list, in place of the last one.
    Wish(Vec<Job>),
    /// Put this volume together, in place of any other in the making; so many bytes are taken by volumes.
    Build(Plan, usize),
    /// Run this errand in place of any other, or none.
    Errand(Option<Arc<Errand>>),
    /// Do these steps of the pipeline, in place of any others; so many bytes are taken by volumes.
    Rehearse(Box<Rehearsal>, usize),
    /// Nobody waits for the volume in the making, nor for the steps.
    Abandon,
    /// Begin the scan anew: of everything, or of one folder.
    Rescan(Option<PathBuf>),
    /// Scan the same again, with what is listed in place.
    Recheck(Option<PathBuf>),
    /// Find the files of a series before the scan comes to them.
    Fetch(Wanted),
    /// Let go of what was decoded: some of it is not what the files say now.
    Forget,
    /// Let the scan wait, or go on.
    PauseScan(bool),
    /// End the scan.
    StopScan,
    /// Keep in outline what the scan has found.
    Keep,
    /// Draw every cell and send every picture again.
    Redraw,
    /// Leave to the shell until it calls back.
    Suspend,
    /// Put this text, of harmless characters only, into the clipboard of the terminal.
    Copy(String),
    /// Write stacks to files.
    Export(Order),
    /// Write into the review file.
    Say(Opinion),
    /// Write into the file of measurements, if there is one.
    Measure(Measurement),
}
