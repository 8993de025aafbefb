//! Many frames beside one another in one picture, for a stack that makes no volume.

use super::{
    Canvas, Detail, Drawn, Look,
    compose::lay,
    render::{Studio, expose},
    sending::put,
};
use crate::{
    graphics::CellBox,
    imaging::{self, Source},
    model::FrameKey,
};
use image::{DynamicImage, GrayImage};
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

impl Studio {
    /// Draws frames beside one another; one that cannot be read leaves its place black.
    pub(super) fn lay_out(&self, sheet: &Sheet) -> Result<Drawn, String> {
        let (width, height) = sheet.canvas.pixels(sheet.place.columns, sheet.place.rows);
        let mut whole: DynamicImage = GrayImage::new(width, height).into();
        let (mut drawn, mut trouble) = (None, None);
        for tile in &sheet.tiles {
            let frame = match self.frame(tile.key, &tile.path) {
                Ok(frame) => frame,
                Err(why) => {
                    trouble = Some(why);
                    continue;
                }
            };
            let (facts, voi, picture) = expose(&frame, &sheet.look);
            let picture = imaging::view(&picture, tile.source, tile.size.0, tile.size.1, sheet.look.smooth);
            whole = lay(whole, picture, tile.at);
            if drawn.is_none() || tile.key == sheet.key {
                drawn = Some((facts, voi, Arc::downgrade(&frame)));
            }
        }
        let (facts, voi, frame) =
            drawn.ok_or_else(|| trouble.unwrap_or_else(|| "there is nothing to draw".to_owned()))?;
        let (name, detail) = (sheet.name(), sheet.detail);
        let mut picture = put(sheet.canvas, sheet.id(), sheet.place, &whole, detail);
        picture.shrink();
        Ok(Drawn { name, key: sheet.key, facts, frame, voi, detail, picture })
    }
}
