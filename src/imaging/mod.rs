//! From stored values to an 8-bit picture, as pure functions.
//!
//! The order is the standard's: Modality LUT, VOI LUT, Presentation LUT
//! (PS3.3 C.11). Nothing here opens a file or knows how a terminal draws; no
//! function can fail on a frame that `dicom` has accepted, and the only error
//! is about a window a person typed.

mod auto;
mod curve;
pub mod digest;
mod fit;
mod histogram;
mod labels;
mod luminance;
mod lut;
pub mod measure;
mod modality;
mod paint;
mod palette;
mod pipeline;
mod presets;
mod probe;
mod sample;
mod scale;
pub mod steps;
mod suv;
mod turn;
mod volume;
mod window;
pub use auto::Survey;
pub use curve::curve;
pub use fit::{Fit, Shown, Viewport};
pub use histogram::Histogram;
pub use labels::{EdgeLabels, plane_class};
pub use luminance::Colors;
pub use paint::{Mark, number_size, paint};
pub use palette::{Palette, fuse};
pub use pipeline::{GrayPipeline, render};
pub use presets::{PRESETS, Preset, WindowError, parse_window};
pub use probe::{Reading, read};
pub use scale::{Source, view};
pub use suv::{Body, NoSuv, Suv};
pub use turn::Turn;
pub use volume::{Cut, Detail, Filled, Projection, Sampling, Slab, Slot, Surface, View, Volume, VolumeError};
