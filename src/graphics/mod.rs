//! From an 8-bit picture to the bytes one terminal understands.
//!
//! Nothing here writes to the terminal, reads the environment or waits: [`probe`] says
//! what to ask and judges the answers, and every encoder returns the bytes that `ui`
//! puts into its next frame. Pictures are [`image::DynamicImage`]s in `ImageLuma8` or
//! `ImageRgb8`; any other kind is converted to RGB first.

pub mod blocks;
mod environment;
mod file;
pub mod iterm2;
pub mod kitty;
mod palette;
mod placeholder;
pub mod probe;
mod protocol;
mod reply;
pub mod sixel;
mod support;
pub mod tmux;

pub use environment::{Environment, Multiplexer, TMUX_CLIENT};
pub(crate) use palette::{ansi_index, xterm_color, xterm_index};
pub use placeholder::{Placeholder, PlaceholderColor};
pub use probe::Answers;
pub use protocol::{
    BEGIN_SYNCHRONIZED, CellBox, CellSize, Choice, Colors, END_SYNCHRONIZED, Protocol, SourceRect,
    UnknownProtocol,
};
pub use reply::Reply;
pub use support::{Support, Window, decide};
