//! A stack as a volume: which planes are seen, where they cross, how thick they are.

mod act;
mod beside;
mod mouse;
mod open;
mod panes;
mod point;
mod region;
mod scene;
mod scout;
mod together;
mod turn;
pub use beside::Beside;
pub use panes::PanePlace;
pub(in crate::app) use scene::hurried;
pub use scene::ruler_length;
pub use together::Together;

use super::{Measured, Measuring, Viewer};
use crate::{
    imaging::{
        Projection, Slab, View as Side,
        measure::{self, Unit},
    },
    model::{Geometry, Orientation, Vector, minus, norm},
    work::{Body, Drawn},
};
use std::sync::Arc;

/// The volume, or what there is of it.
#[derive(Debug)]
pub enum Material {
    /// So many slices of so many have been read.
    Coming(usize, usize),
    /// All of it.
    Here(Body),
    /// There will be none, and why.
    Refused(String),
}

impl Material {
    /// The voxels, once they are there.
    pub fn body(&self) -> Option<&Body> {
        match self {
            Self::Here(body) => Some(body),
            _ => None,
        }
    }
}

/// How planes are laid out on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arrangement {
    /// One plane.
    One,
    /// Three planes through one point.
    Three,
    /// So many times so many slices.
    Sheet(u8),
    /// Slices from all of the volume.
    Whole,
    /// The volume from outside.
    Turned(Solid),
}

/// What is seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Solid {
    /// The largest value on the way.
    Largest,
    /// The surface of bones, or of what is bright.
    Bone,
    /// The surface of the skin, or of what is not black.
    Skin,
}

/// The planes with names, in the order of the panes.
pub const SIDES: [Side; 3] = [Side::Axial, Side::Coronal, Side::Sagittal];

/// State of the view of a volume.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own; no two exclude one another")]
pub struct VolumeView {
    /// The stack it is made of, its contrast, its picture and its film; that is also where one goes back to.
    pub images: Viewer,
    /// Where the voxels are.
    pub geometry: Geometry,
    /// The voxels.
    pub material: Material,
    /// The layout.
    pub arrangement: Arrangement,
    /// That of the picture at hand, which may be another one until the next picture comes.
    pub(super) pictured: Option<Arrangement>,
    /// The pane that keys work on.
    pub active: Side,
    /// The planes are those of the patient; otherwise those of the stack.
    pub upright: bool,
    /// Directions of the planes, as [`SIDES`].
    pub axes: [Orientation; 3],
    /// From where the volume is seen.
    pub outside: Orientation,
    /// The threshold of the surface, if it was changed.
    pub threshold: Option<f64>,
    /// Another series in the same space.
    pub beside: Option<Box<Beside>>,
    /// How both are seen.
    pub together: Together,
    /// A change of the window of one is one of both.
    pub linked: bool,
    /// The keys work on the other series.
    pub second: bool,
    /// Where they cross, LPS mm.
    pub point: Vector,
    /// What is measured from marked points to the point, LPS mm; a region lies in the active plane.
    pub measuring: Measuring<Vector>,
    /// The motion keys move that point within the plane.
    pub crosshair: bool,
    /// 1 shows all of the volume.
    pub zoom: f64,
    /// What is in the middle of the panes, LPS mm.
    pub center: Vector,
    /// What a thick plane shows; `None` for planes without thickness.
    pub projection: Option<Projection>,
    /// Its thickness, mm.
    pub thickness: f64,
}

/// Thickness to begin with, mm.
const THICKNESS: f64 = 10.0;

impl VolumeView {
    /// A view of a stack whose voxels are on their way.
    fn new(mut images: Viewer, geometry: Geometry, active: Side, arrangement: Arrangement) -> Self {
        let point = beside::read_point(&images, &geometry);
        images.shown = None;
        images.error = None;
        images.whole = None;
        images.cine.running = false;
        Self {
            material: Material::Coming(0, geometry.shape[0]),
            arrangement,
            pictured: None,
            active,
            upright: false,
            axes: SIDES.map(|side| side.along(&geometry)),
            outside: Side::Coronal.orientation(),
            threshold: None,
            beside: None,
            together: Together::Apart,
            linked: false,
            second: false,
            point,
            measuring: Measuring::default(),
            crosshair: images.crosshair.is_some(),
            zoom: 1.0,
            center: geometry.center(),
            projection: None,
            thickness: THICKNESS,
            images,
            geometry,
        }
    }

    /// The voxels, once they are there.
    pub fn body(&self) -> Option<&Body> {
        self.material.body()
    }

    /// The picture at hand, if it is of this layout: in the places of another one it would be stretched, and
    /// what stands beside it would be said of something else.
    pub fn drawn(&self) -> Option<&Arc<Drawn>> {
        self.images.shown.as_ref().filter(|_| self.pictured == Some(self.arrangement))
    }

    /// The directions of a plane.
    pub fn axes_of(&self, side: Side) -> Orientation {
        self.axes[side as usize]
    }

    /// The thickness of planes that have one.
    pub fn slab(&self) -> Option<Slab> {
        self.projection.map(|projection| Slab { projection, thickness: self.thickness })
    }

    /// The value of the voxel at the point, and its slice, row and column.
    pub fn value(&self) -> Option<([usize; 3], Option<f64>)> {
        let volume = &self.body()?.assembled.volume;
        let [slice, row, column] = volume.nearest(self.geometry.index(self.point))?;
        Some(([slice, row, column], volume.at(slice, row, column)))
    }

    /// What is measured from the marked points to the point; `None` without any.
    pub fn measured(&self) -> Option<Measured> {
        if self.measuring.is_empty() {
            return None;
        }
        if let Some(shape) = self.measuring.shape {
            return self.region(shape);
        }
        let points = self.measuring.corners(self.point);
        let lengths = points.windows(2).map(|two| norm(minus(two[1], two[0]))).collect();
        let angle = match points[..] {
            [arm, vertex, other] => measure::angle(arm, vertex, other),
            _ => None,
        };
        Some(Measured::Lines { lengths, angle, unit: Unit::Millimetres })
    }

    /// Planes along the patient, or along the stack; turned ones turn back.
    fn set_upright(&mut self, upright: bool) {
        self.upright = upright;
        self.axes = SIDES.map(|side| if upright { side.orientation() } else { side.along(&self.geometry) });
    }
}

/// What a plane is called.
pub fn side_name(side: Side) -> &'static str {
    match side {
        Side::Axial => "axial",
        Side::Coronal => "coronal",
        Side::Sagittal => "sagittal",
    }
}
