//! Frames read one after the other by one thread.

use crate::{
    dicom::{Archives, Decoder, Image},
    model::Frame,
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
};

/// What is said of a file that a decoder has panicked on.
pub(super) const STUMBLED: &str = "this image made the decoder stumble; please report the file";

/// Reads frames, and keeps the file of the last one open: most often the next is in it too.
pub(super) struct Reader<'a> {
    decoder: &'a Decoder,
    archives: &'a Archives,
    open: Option<(Arc<Path>, Image)>,
}

impl<'a> Reader<'a> {
    /// A reader that has not read anything; `archives` are shared by all, so that each is looked into once.
    pub(super) fn new(decoder: &'a Decoder, archives: &'a Archives) -> Self {
        Self { decoder, archives, open: None }
    }

    /// A frame of a file, counted from zero.
    ///
    /// # Errors
    ///
    /// A sentence. A panic is a mistake of ours; it costs this frame and nothing else.
    pub(super) fn frame(&mut self, path: &Arc<Path>, number: u32) -> Result<Frame, String> {
        let read = catch_unwind(AssertUnwindSafe(|| self.read(path, number)));
        read.unwrap_or_else(|_| {
            self.open = None;
            Err(STUMBLED.to_owned())
        })
    }

    /// The file that the last frame was read of.
    pub(super) fn image(&self) -> Option<&Image> {
        self.open.as_ref().map(|(_, image)| image)
    }

    fn read(&mut self, path: &Arc<Path>, number: u32) -> Result<Frame, String> {
        let image = match self.open.take() {
            Some((known, image)) if known == *path => image,
            _ => self.archives.image(path, self.decoder).map_err(|why| why.to_string())?,
        };
        let frame = image.frame(number).map_err(|why| why.to_string());
        self.open = Some((Arc::clone(path), image));
        frame
    }
}
