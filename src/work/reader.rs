//! Frames read one after the other by one thread.

use crate::{
    dicom::{Archives, Decoder, Image},
    imaging::{Filled, Slot},
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
    /// The frame that the last tile was cut from: most often the next is in it too.
    whole: Option<(Arc<Path>, u32, Frame)>,
}

impl<'a> Reader<'a> {
    /// A reader that has not read anything; `archives` are shared by all, so that each is looked into once.
    pub(super) fn new(decoder: &'a Decoder, archives: &'a Archives) -> Self {
        Self { decoder, archives, open: None, whole: None }
    }

    /// A frame of a file, counted from zero.
    ///
    /// # Errors
    ///
    /// A sentence. A panic is a mistake of ours; it costs this frame and nothing else.
    pub(super) fn frame(&mut self, path: &Arc<Path>, number: u32) -> Result<Frame, String> {
        let read = catch_unwind(AssertUnwindSafe(|| self.read(path, number)));
        read.unwrap_or_else(|_| Err(self.stumbled()))
    }

    /// A part of a frame: so many rows and columns from the first of them on.
    ///
    /// # Errors
    ///
    /// Those of [`Self::frame`], or the frame ends before.
    pub(super) fn tile(
        &mut self,
        path: &Arc<Path>,
        number: u32,
        [corner, size]: [[usize; 2]; 2],
    ) -> Result<Frame, String> {
        let whole = match self.whole.take() {
            Some((known, frame, whole)) if known == *path && frame == number => whole,
            _ => self.frame(path, number)?,
        };
        let tile = whole.tile(corner, size);
        self.whole = Some((Arc::clone(path), number, whole));
        tile.ok_or_else(|| "is smaller than the first mosaic of its series".to_owned())
    }

    fn stumbled(&mut self) -> String {
        self.open = None;
        STUMBLED.to_owned()
    }

    /// Reads the stored values of an uncompressed frame of two bytes each to where they are wanted; the result
    /// is a frame of one pixel that says everything else, and whether they are signed, as [`Image::words`] has
    /// it.
    ///
    /// # Errors
    ///
    /// Those of [`Self::frame`].
    pub(super) fn words(
        &mut self,
        path: &Arc<Path>,
        number: u32,
        words: &mut [i16],
    ) -> Result<Option<(Frame, bool)>, String> {
        let read = catch_unwind(AssertUnwindSafe(|| {
            let image = self.take(path)?;
            let read = image.words(number, words).map_err(|why| why.to_string());
            let signed = image.module().signed;
            self.open = Some((Arc::clone(path), image));
            Ok(read?.map(|frame| (frame, signed)))
        }));
        read.unwrap_or_else(|_| Err(self.stumbled()))
    }

    /// Puts a frame of a file into its place in a volume; the result is nothing if it does not fit there.
    ///
    /// # Errors
    ///
    /// Those of [`Self::frame`].
    pub(super) fn fill(
        &mut self,
        path: &Arc<Path>,
        number: u32,
        mut slot: Slot<'_>,
    ) -> Result<Option<Filled>, String> {
        match self.words(path, number, slot.words()) {
            Ok(Some((frame, signed))) => return Ok(slot.filled(&frame, signed)),
            Ok(None) => {}
            Err(why) => {
                slot.clear();
                return Err(why);
            }
        }
        match self.frame(path, number) {
            Ok(frame) => Ok(slot.put(&frame)),
            Err(why) => {
                slot.clear();
                Err(why)
            }
        }
    }

    /// The file that the last frame was read of.
    pub(super) fn image(&self) -> Option<&Image> {
        self.open.as_ref().map(|(_, image)| image)
    }

    fn read(&mut self, path: &Arc<Path>, number: u32) -> Result<Frame, String> {
        let image = self.take(path)?;
        let frame = image.frame(number).map_err(|why| why.to_string());
        self.open = Some((Arc::clone(path), image));
        frame
    }

    /// The file, open; whoever takes it puts it back.
    fn take(&mut self, path: &Arc<Path>) -> Result<Image, String> {
        match self.open.take() {
            Some((known, image)) if known == *path => Ok(image),
            _ => self.archives.image(path, self.decoder).map_err(|why| why.to_string()),
        }
    }
}
