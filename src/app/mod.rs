//! State, and how every event changes it.
//!
//! [`App::update`] is the only way in. Nothing here opens a file, starts a thread or draws: what needs
//! doing comes back as [`Effect`] values, and the views borrow the state as it is.

mod act;
mod action;
mod answer;
#[expect(clippy::module_inception, reason = "the room is named after its one big noun")]
mod app;
mod browser;
mod check;
mod chord;
mod event;
mod figure;
mod findings;
mod framing;
mod kept;
mod keymap;
mod keys;
pub mod layout;
mod measuring;
mod motion;
mod on_top;
mod open;
mod order;
mod overlay;
mod pace;
mod pointer;
mod review;
mod scan;
mod seen;
mod sheet;
pub mod steps;
mod summary;
mod tags;
#[cfg(test)]
pub(crate) mod tests;
mod transcript;
mod uptake;
mod value;
mod view;
mod viewer;
pub mod volume;
mod wish;
mod writing;
pub use action::{Action, Context, Group};
pub use app::App;
pub use browser::{Browser, Node};
pub use chord::{Chord, KeyError, Sequence};
pub use event::{Effect, Event};
use figure::Grip;
pub use figure::{Chart, Figure};
pub use findings::tolerances;
pub use framing::{Framing, fit, shot};
pub use keymap::{Keymap, KeymapError, Lookup, default_keys};
pub use measuring::{Measured, Measuring, Shape};
pub use overlay::{Finding, Overlay, Prompt, PromptKind};
pub use scan::Scan;
pub use seen::Seen;
pub use sheet::TilePlace;
pub use steps::StepsView;
pub use summary::{Summary, iso_date, iso_time, short, size};
pub use tags::{Base, Rows, Tags, UnderWay};
pub use transcript::{Laid, Tone, TranscriptView, lay};
pub use uptake::Told;
pub use value::{Dump, Paragraphs, Span, ValueView};
pub use view::{TagsView, View};
pub use viewer::{Cine, Contrast, Viewer};
pub use volume::{PanePlace, VolumeView};
