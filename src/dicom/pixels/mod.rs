//! Pixel data: which bytes hold a frame, what the bits mean, and the frame they make (PS3.3 C.7.6.3).
//!
//! One frame is read at a time from its own byte range, so a file of any size costs one frame of memory.

mod color;
mod description;
mod frames;
mod groups;
mod image;
mod luts;
mod module;
mod place;
mod real_world;
#[cfg(test)]
mod tests;
mod unpack;
pub use image::Image;
pub use module::{Photometric, PixelModule};
