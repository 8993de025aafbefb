//! State becomes a screen, and the loop that keeps the two in step.
//!
//! Views borrow [`App`](crate::app::App) and never change it. Pictures are a hole in the text: their bytes
//! go out with the same write as the cells around them, through the only pen. What the terminal sends is
//! read here too, so that its late answers can never become keys.

mod ask;
mod browser;
mod chart;
mod clipboard;
mod clock;
mod crosshair;
mod explore;
mod flow;
mod help;
mod hole;
mod input;
mod keyboard;
mod listen;
mod mouse;
mod panel;
mod pen;
mod planes;
mod probing;
mod problems;
mod run;
mod session;
mod sheet;
mod shelf;
mod stage;
mod status;
mod steps;
mod tags;
mod terminal;
mod tokens;
mod transcript;
mod value;
mod viewer;
mod views;
pub mod words;
mod world;
pub use ask::{Speed, ask, ask_and_measure};
pub use explore::{choice, explore};
pub use input::Input;
pub use listen::{GONE, Heard, exit_code, listen, silence};
pub use pen::Pen;
pub use probing::Probing;
pub use run::{Ending, Loop};
pub use session::{Session, environment};
pub use terminal::Output;
pub use views::draw;
pub use world::{Channels, World};
