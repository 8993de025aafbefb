//! State and change.

mod action;
mod chord;
mod keymap;
pub use action::{Action, Context, Group};
pub use chord::{Chord, KeyError, Sequence};
pub use keymap::{Keymap, KeymapError, Lookup, default_keys};
