//! What the loop needs from outside of it, so that a test can run it without a terminal.

use super::listen::Heard;
use crate::{
    config::Theme,
    graphics::{Support, Window},
    model::{Library, Measurement, Opinion},
    work::{Answer, Errand, Found, Order, Wanted},
};
use crossbeam_channel::Receiver;
use std::{io, path::Path, sync::Arc};

/// What the loop needs from the outside world; a test has its own.
pub trait World {
    /// The size of the window now.
    fn window(&self) -> Window;
    /// It is known what the terminal can do.
    fn know(&self, support: &Support);
    /// Leaves to the shell and comes back; true if that happened.
    ///
    /// # Errors
    ///
    /// If the terminal is gone.
    fn suspend(&self) -> io::Result<bool>;
    /// Takes the terminal again after somebody else stopped us.
    ///
    /// # Errors
    ///
    /// If the terminal is gone.
    fn resume(&self) -> io::Result<()>;
    /// Begins a scan, of everything or of one folder; what it finds arrives in a new channel.
    fn scan(&mut self, only: Option<&Path>) -> Receiver<Found>;
    /// Finds the files of a series before the scan comes to them; they arrive where the scan's do.
    fn fetch(&mut self, wanted: Wanted);
    /// Lets the scan wait, or go on.
    fn pause_scan(&mut self, paused: bool);
    /// Ends the scan.
    fn stop_scan(&mut self);
    /// The scan has met everything that is in the library; an outline may be kept.
    fn keep(&mut self, library: &Library);
    /// Writes stacks to files; how far that is comes as answers.
    fn export(&mut self, order: Order);
    /// Runs an errand in place of the one under way, or none; what is heard of it comes as answers.
    fn run(&mut self, errand: Option<Arc<Errand>>);
    /// Writes into the review file; what it says then comes as an answer.
    fn say(&mut self, opinion: Opinion);
    /// Writes into the file of measurements, if there is one; what it says then comes as an answer.
    fn measure(&mut self, measurement: Measurement);
    /// The theme for a light or a dark background, if the user leaves it to us.
    fn theme(&self, light: Option<bool>) -> Theme;
}

/// What the loop listens to.
pub struct Channels {
    /// Keys, answers of the terminal, signals.
    pub heard: Receiver<Heard>,
    /// Finished work.
    pub answers: Receiver<Answer>,
    /// What the scan finds.
    pub found: Receiver<Found>,
}
