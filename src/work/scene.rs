//! Several planes of volumes in one picture, for one place on one terminal.

use super::{Assembled, Canvas, Detail, Voi};
use crate::{
    graphics::CellBox,
    imaging::{Cut, Mark, Palette, Slab},
    model::FrameKey,
};
use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

/// A volume by its name, which is the first frame of its stack.
#[derive(Clone)]
pub struct Body {
    /// The name.
    pub key: FrameKey,
    /// The volume.
    pub assembled: Arc<Assembled>,
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && Arc::ptr_eq(&self.assembled, &other.assembled)
    }
}

/// Its name alone: the names of pictures are made of it.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Another scan may give the name to another volume.
        write!(f, "{:?} {:p}", self.key, Arc::as_ptr(&self.assembled))
    }
}

/// What is shown of a volume.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Show {
    /// The plane of the cut, or a thick one.
    Plane(Option<Slab>),
    /// The largest values of all of it, as seen along the normal of the cut.
    Largest,
    /// The surface of what is at least so large, in modality units.
    Surface(f32),
}

/// One plane in its part of the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Pane {
    /// Of what.
    pub body: Body,
    /// Which plane; its pixels may be finer than those of the screen.
    pub cut: Cut,
    /// Itself, or what is seen from there.
    pub show: Show,
    /// Every voxel on the way is looked at: only what is seen from outside has another way.
    pub fine: bool,
    /// Interpolated between voxels.
    pub smooth: bool,
    /// The contrast.
    pub voi: Voi,
    /// Black and white exchanged.
    pub invert: bool,
    /// How levels are coloured.
    pub palette: Palette,
    /// Another one that is seen together with it.
    pub over: Option<Over>,
    /// Left and top edge in the picture, in its pixels.
    pub at: (u32, u32),
    /// Width and height in the picture.
    pub size: (u32, u32),
    /// Drawn over it, in pixels of the screen from its own corner.
    pub marks: Vec<Mark>,
}

/// The same plane of another volume.
#[derive(Debug, Clone, PartialEq)]
pub struct Over {
    /// Its plane; its contrast counts where it is blended.
    pub pane: Box<Pane>,
    /// What becomes of both.
    pub how: How,
}

/// What two planes in one place become.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum How {
    /// The other one lies over this one, so many percent opaque.
    Blend(u8),
    /// The values of the other one are taken away from those of this one, each multiplied first by a number that
    /// brings both into one unit: of this one, of the other one.
    Difference([f64; 2]),
}

/// Planes beside one another.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Whose picture it is said to be.
    pub key: FrameKey,
    /// The terminal.
    pub canvas: Canvas,
    /// The cells of the whole.
    pub place: CellBox,
    /// The planes.
    pub panes: Vec<Pane>,
    /// Drawn between them, such as rulers, in pixels of the whole.
    pub marks: Vec<Mark>,
    /// How faithful it is.
    pub detail: Detail,
}

impl Scene {
    /// As [`Shot::name`](super::Shot::name): of everything, as it is written for people.
    pub fn name(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        (6, format!("{self:?}")).hash(&mut hash);
        hash.finish()
    }

    /// As [`Shot::id`](super::Shot::id).
    pub fn id(&self) -> u32 {
        super::job::id(self.name())
    }
}
