//! Many frames beside one another in one picture, for a stack that makes no volume.

use super::{Canvas, Detail, Look};
use crate::{graphics::CellBox, imaging::Source, model::FrameKey};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    sync::Arc,
};

/// One frame in its part of the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// Which frame.
    pub key: FrameKey,
    /// Where its file is.
    pub path: Arc<Path>,
    /// The part of it that is seen, in its pixels once it is turned.
    pub source: Source,
    /// Left and top edge in the picture, in its pixels.
    pub at: (u32, u32),
    /// Width and height in the picture.
    pub size: (u32, u32),
}

/// Frames beside one another.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Whose picture it is said to be.
    pub key: FrameKey,
    /// The terminal.
    pub canvas: Canvas,
    /// The cells of the whole.
    pub place: CellBox,
    /// How all of them look.
    pub look: Look,
    /// The frames.
    pub tiles: Vec<Tile>,
    /// How faithful it is.
    pub detail: Detail,
}

impl Sheet {
    /// As [`Shot::name`](super::Shot::name): of everything, as it is written for people.
    pub fn name(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        (10, format!("{self:?}")).hash(&mut hash);
        hash.finish()
    }

    /// As [`Shot::id`](super::Shot::id).
    pub fn id(&self) -> u32 {
        super::job::id(self.name())
    }
}
