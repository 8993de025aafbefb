//! Pictures that are ready for the terminal, and what is known of the frames they show.

use super::job::Detail;
use crate::{
    graphics::{CellBox, blocks::Grid},
    imaging::{EdgeLabels, Turn},
    model::{Frame, FrameKey, Pixels, Text, VoiLut},
};
use image::DynamicImage;
use std::sync::Weak;

/// A picture ready for the terminal.
#[derive(Debug)]
pub enum Picture {
    /// To be stored by the terminal under this id, then placed.
    Kitty {
        /// The terminal's name for it.
        id: u32,
        /// How it gets there.
        load: Load,
        /// `(width, height)` in pixels.
        size: (u32, u32),
        /// The frame as it is, for the terminal to scale; otherwise it was made to measure.
        native: bool,
    },
    /// Bytes that draw at a fixed place: sixel and iTerm2.
    Bytes {
        /// The cells that are drawn over.
        area: CellBox,
        /// The drawing itself.
        bytes: Vec<u8>,
    },
    /// Characters.
    Cells {
        /// Where.
        area: CellBox,
        /// What.
        grid: Grid,
    },
}

/// A picture on its way to a terminal that will keep it.
#[derive(Debug)]
pub enum Load {
    /// The command that stores it.
    Command(Vec<u8>),
    /// To be laid into shared memory.
    Pixels(DynamicImage),
}

impl Load {
    /// Bytes of memory it takes, about those that the terminal reads.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Command(bytes) => bytes.capacity(),
            Self::Pixels(picture) => picture.as_bytes().len(),
        }
    }
}

impl Picture {
    /// Bytes of memory it takes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Kitty { load, .. } => load.bytes(),
            Self::Bytes { bytes, .. } => bytes.capacity(),
            Self::Cells { grid, .. } => {
                grid.cells.capacity() * size_of::<crate::graphics::blocks::BlockCell>()
            }
        }
    }

    /// Gives back the room an encoder took in advance: a cache keeps thousands of pictures.
    ///
    /// By a copy: what is cut off in place would leave a hole behind each of them that fits nothing.
    pub(super) fn shrink(&mut self) {
        match self {
            Self::Kitty { load: Load::Command(bytes), .. } | Self::Bytes { bytes, .. } => {
                *bytes = bytes.as_slice().into();
            }
            // Made with no room to spare.
            Self::Kitty { load: Load::Pixels(_), .. } => {}
            Self::Cells { grid, .. } => grid.cells = grid.cells.as_slice().into(),
        }
    }
}

/// What is written around a frame; its values are many times larger.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// [`Frame::unit`].
    pub unit: Text,
    /// [`Frame::notes`].
    pub notes: Vec<String>,
    /// One sample a pixel.
    pub gray: bool,
    /// The letters at the edges, as the frame is stored.
    pub letters: Option<EdgeLabels>,
}

impl Facts {
    /// Those of a frame.
    pub fn of(frame: &Frame) -> Self {
        Self {
            unit: frame.unit.clone(),
            notes: frame.notes.clone(),
            gray: matches!(frame.pixels, Pixels::Gray(_)),
            letters: EdgeLabels::of(frame, Turn::default()),
        }
    }
}

/// A picture, and what is known of the frame it shows.
#[derive(Debug)]
pub struct Drawn {
    /// [`Job::name`](super::Job::name) of what was asked.
    pub name: u64,
    /// Which frame.
    pub key: FrameKey,
    /// What is written around it.
    pub facts: Facts,
    /// Its values, for as long as the workers keep them: a picture must not hold what is six times larger.
    pub frame: Weak<Frame>,
    /// The contrast it was drawn with.
    pub voi: VoiLut,
    /// How faithful it is.
    pub detail: Detail,
    /// For the terminal.
    pub picture: Picture,
}

impl Drawn {
    /// Bytes of memory it takes, beside what is shared.
    pub fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.facts.notes.iter().map(String::capacity).sum::<usize>()
            + self.picture.bytes()
    }

    /// True unless it is a draft.
    pub fn is_whole(&self) -> bool {
        self.detail == Detail::Whole
    }
}
