//! What the user wrote in TOML, parsed and laid over what we ship.
//!
//! A wrong file is refused with `path:line:column: reason` before the terminal is touched; it is never
//! half used. Nothing here knows what a key or a role is for: `app` and `ui` do.

mod choice;
mod depth;
mod file;
mod layer;
mod memory;
mod nearest;
mod paint;
mod paths;
mod refusal;
mod settings;
mod theme;
pub use choice::{Column, CornerText, Graphics, Link, ListView, Mouse, Sort, Uptake, Watch};
pub use depth::Depth;
pub use memory::Memory;
pub use nearest::nearest;
pub use paths::Paths;
pub use refusal::{Location, Refusal};
pub use settings::{
    Binding, BrowserSettings, CheckSettings, Config, Keys, MeasurementSettings, Preset, ReviewSettings,
    ViewerSettings,
};
pub use theme::{Theme, ThemeError};
