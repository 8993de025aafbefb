//! Two neighbouring slices to measure with.

use image::DynamicImage;
use std::{ops::ControlFlow, path::Path};
use topogram::{
    dicom::{Entry, Image, examine, walk},
    imaging::{Source, parse_window, render, view},
    model::Library,
    work::store,
};

/// A slice of 8 bits, and the next one.
pub(crate) struct Subject {
    /// What it is.
    pub(crate) name: String,
    /// In their own pixels.
    pub(crate) slices: [DynamicImage; 2],
}

impl Subject {
    /// The middle of the largest CT stack in `folder`.
    pub(crate) fn find(folder: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let mut library = Library::default();
        let _ = walk(&[folder.to_owned()], |entry| {
            if let Entry::File(path) = entry {
                store(&mut library, examine(&path));
            }
            ControlFlow::Continue(())
        });
        let stack = library
            .all_series()
            .filter(|(_, series)| series.facts.modality.raw() == "CT")
            .flat_map(|(id, _)| library.stacks(id))
            .max_by_key(|stack| stack.frames.len())
            .ok_or("there is no CT in this folder")?;
        let middle = stack.frames.len() / 2;
        let window = parse_window("lung")?;
        let draw = |at: usize| -> Result<DynamicImage, Box<dyn std::error::Error>> {
            let key = stack.frames[at.min(stack.frames.len() - 1)];
            let frame = Image::open(&library.path(key.instance))?.frame(key.frame)?;
            Ok(render(&frame, &window.into(), false))
        };
        let slices = [draw(middle)?, draw(middle + 1)?];
        let (width, height) = (slices[0].width(), slices[0].height());
        let count = stack.frames.len();
        let name = format!("CT of {count} slices, {width} x {height} pixels, lung window");
        Ok(Self { name, slices })
    }

    /// One of the slices, stretched as the viewer does it.
    pub(crate) fn scaled(&self, slice: usize, width: u32, height: u32) -> DynamicImage {
        let picture = &self.slices[slice];
        let (w, h) = (f64::from(picture.width()), f64::from(picture.height()));
        view(picture, Source { x: 0.0, y: 0.0, width: w, height: h }, width, height, true)
    }
}
