//! Planes through a volume: where they lie, and how they are moved and turned.

use crate::model::{Geometry, Orientation, Vector, cross, dot, minus, norm};

/// The three planes that have names, as radiologists look at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// From the feet: rows go to the left, columns to the back.
    Axial,
    /// From the front: rows go to the left, columns to the feet.
    Coronal,
    /// From the left: rows go to the back, columns to the feet.
    Sagittal,
}

impl View {
    /// The directions of the view in the patient.
    pub fn orientation(self) -> Orientation {
        let (left, back, feet) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -1.0]);
        match self {
            Self::Axial => Orientation { row: left, column: back },
            Self::Coronal => Orientation { row: left, column: feet },
            Self::Sagittal => Orientation { row: back, column: feet },
        }
    }

    /// The directions of the view along the axes of the stack that are next to those of the patient: the
    /// planes of a stack that was not aligned with the patient. The slices of a leaning stack stay planes.
    pub fn along(self, geometry: &Geometry) -> Orientation {
        let Orientation { row, column } = geometry.orientation;
        let axes = [row, column, geometry.normal()];
        let towards = |direction: Vector, taken: Option<usize>| {
            let free = (0..3).filter(|&axis| Some(axis) != taken);
            let cosine = |axis: usize| dot(axes[axis], direction);
            let axis = free.max_by(|&a, &b| cosine(a).abs().total_cmp(&cosine(b).abs())).unwrap_or(0);
            (axis, if cosine(axis) < 0.0 { axes[axis].map(|x| -x) } else { axes[axis] })
        };
        // The through-plane axis first: it decides which plane of the stack is the view.
        let wanted = self.orientation();
        let (through, _) = towards(wanted.normal(), None);
        let (first, row) = towards(wanted.row, Some(through));
        let other = (0..3).find(|&axis| axis != through && axis != first).unwrap_or(0);
        let column = axes[other];
        let column = if dot(column, wanted.column) < 0.0 { column.map(|x| -x) } else { column };
        Orientation { row, column }
    }
}

/// A rectangle of square pixels in the patient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// Centre of the first pixel, LPS mm.
    pub position: Vector,
    /// Directions of rows and columns.
    pub orientation: Orientation,
    /// Size of a pixel, mm.
    pub pixel: f64,
    /// Height in pixels.
    pub rows: usize,
    /// Width in pixels.
    pub columns: usize,
}

/// Rows and columns of a cut are limited: a volume of absurd extent would ask for absurd pictures.
const MOST: f64 = 4096.0;

impl Cut {
    /// A cut of so many pixels around a point.
    pub fn around(
        center: Vector,
        orientation: Orientation,
        pixel: f64,
        (rows, columns): (usize, usize),
    ) -> Self {
        let half = |count: usize| (count as f64 - 1.0) / 2.0 * pixel;
        let corner = ahead(center, orientation.row, -half(columns));
        let position = ahead(corner, orientation.column, -half(rows));
        Self { position, orientation, pixel, rows, columns }
    }

    /// The cut through a point that shows all of a volume, with pixels as fine as its voxels.
    pub fn covering(geometry: &Geometry, orientation: Orientation, through: Vector) -> Self {
        let (low, high) = shadow(geometry, orientation, through);
        let wide = (high[0] - low[0]).max(high[1] - low[1]);
        let pixel = geometry.finest().max(wide / MOST);
        let count = |axis: usize| ((high[axis] - low[axis]) / pixel).round().clamp(1.0, MOST) as usize;
        Self::within(through, orientation, pixel, (count(1), count(0)), (low, high))
    }

    /// The cut through a point that shows all of a volume in so many pixels, the volume in the middle.
    pub fn fitting(
        geometry: &Geometry,
        orientation: Orientation,
        through: Vector,
        (rows, columns): (usize, usize),
    ) -> Self {
        let (low, high) = shadow(geometry, orientation, through);
        let need = |axis: usize, count: usize| (high[axis] - low[axis]) / count.max(1) as f64;
        Self::within(through, orientation, need(0, columns).max(need(1, rows)), (rows, columns), (low, high))
    }

    fn within(
        through: Vector,
        orientation: Orientation,
        pixel: f64,
        size: (usize, usize),
        (low, high): ([f64; 2], [f64; 2]),
    ) -> Self {
        let middle = [0, 1].map(|axis| f64::midpoint(low[axis], high[axis]));
        let center = ahead(ahead(through, orientation.row, middle[0]), orientation.column, middle[1]);
        Self::around(center, orientation, pixel, size)
    }

    /// Row × column: towards the reader's back.
    pub fn normal(&self) -> Vector {
        self.orientation.normal()
    }

    /// The point in the patient, LPS mm, of a row and a column of the cut.
    pub fn locate(&self, row: f64, column: f64) -> Vector {
        let along = ahead(self.position, self.orientation.row, column * self.pixel);
        ahead(along, self.orientation.column, row * self.pixel)
    }

    /// Row and column of a point, which may be outside of the rectangle, and how far the point is before
    /// the plane along its normal, mm.
    pub fn find(&self, point: Vector) -> (f64, f64, f64) {
        let off = minus(point, self.position);
        let Orientation { row, column } = self.orientation;
        (dot(off, column) / self.pixel, dot(off, row) / self.pixel, dot(off, self.normal()))
    }

    /// The cut moved so that its plane holds a point; the picture stays where it is.
    #[must_use]
    pub fn through(self, point: Vector) -> Self {
        let (.., before) = self.find(point);
        Self { position: ahead(self.position, self.normal(), before), ..self }
    }

    /// The cut turned about an axis through a point that stays where it is: right-handed, degrees.
    #[must_use]
    pub fn rotated(self, about: Vector, axis: Vector, degrees: f64) -> Self {
        let turn = |direction| rotate(direction, axis, degrees);
        let row = unit(turn(self.orientation.row));
        // Square again, or the errors of a thousand small turns would add up.
        let normal = unit(cross(row, turn(self.orientation.column)));
        let orientation = Orientation { row, column: cross(normal, row) };
        let position = ahead(about, turn(minus(self.position, about)), 1.0);
        Self { position, orientation, ..self }
    }
}

/// The extent of a volume along rows and columns as seen from a point.
fn shadow(geometry: &Geometry, orientation: Orientation, from: Vector) -> ([f64; 2], [f64; 2]) {
    let mut range = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for corner in geometry.corners() {
        for (axis, direction) in [orientation.row, orientation.column].into_iter().enumerate() {
            let at = dot(minus(corner, from), direction);
            range.0[axis] = range.0[axis].min(at);
            range.1[axis] = range.1[axis].max(at);
        }
    }
    range
}

/// Rodrigues' formula.
fn rotate(v: Vector, axis: Vector, degrees: f64) -> Vector {
    let axis = unit(axis);
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let (side, along) = (cross(axis, v), dot(axis, v) * (1.0 - cosine));
    std::array::from_fn(|at| v[at] * cosine + side[at] * sine + axis[at] * along)
}

fn unit(v: Vector) -> Vector {
    let length = norm(v);
    v.map(|x| x / length)
}

/// `from + distance * direction`.
pub(super) fn ahead(from: Vector, direction: Vector, distance: f64) -> Vector {
    std::array::from_fn(|axis| from[axis] + direction[axis] * distance)
}
