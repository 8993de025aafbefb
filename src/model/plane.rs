//! Where a frame lies in the patient: LPS coordinates in millimetres.
//!
//! `x` grows to the patient's left, `y` to the back, `z` to the head (PS3.3 C.7.6.2.1.1).

/// A point or direction in patient space, LPS.
pub type Vector = [f64; 3];

/// Inner product.
pub fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Vector product.
pub fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Length.
pub fn norm(a: Vector) -> f64 {
    dot(a, a).sqrt()
}

/// `a - b`.
pub fn minus(a: Vector, b: Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// Image Orientation (Patient): the directions in which indices grow, unit vectors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orientation {
    /// Along a row: the direction of a growing *column* index.
    pub row: Vector,
    /// Down a column: the direction of a growing *row* index.
    pub column: Vector,
}

impl Orientation {
    /// Accepts the six values of (0020,0037) if they span a plane.
    ///
    /// Lengths within 1 % of one and an angle within 0.6° of square are normal rounding and are
    /// normalised; anything else is `None`, because a position cannot be computed from it.
    pub fn from_values(values: &[f64]) -> Option<Self> {
        let (row, rest) = values.split_first_chunk::<3>()?;
        let (&row, column) = (row, Vector::try_from(rest).ok()?);
        let (along, down) = (norm(row), norm(column));
        let near_one = |length: f64| (length - 1.0).abs() <= 1e-2;
        let square = near_one(along) && near_one(down) && dot(row, column).abs() <= 1e-2;
        square.then(|| Self { row: row.map(|x| x / along), column: column.map(|x| x / down) })
    }

    /// Row × column, unit length: the direction through the stack.
    pub fn normal(&self) -> Vector {
        let n = cross(self.row, self.column);
        let length = norm(n);
        n.map(|x| x / length)
    }

    /// True if every cosine agrees within 1e-3, the rounding CT consoles write.
    pub fn is_parallel(&self, other: &Self) -> bool {
        let near = |a: Vector, b: Vector| a.iter().zip(b).all(|(x, y)| (x - y).abs() <= 1e-3);
        near(self.row, other.row) && near(self.column, other.column)
    }
}

/// One frame's plane: the centre of its first pixel, and its orientation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    /// Image Position (Patient), mm: the centre of pixel (row 0, column 0).
    pub position: Vector,
    /// Image Orientation (Patient).
    pub orientation: Orientation,
}

impl Plane {
    /// Distance of the plane from the origin along its own normal, mm.
    pub fn depth(&self) -> f64 {
        dot(self.position, self.orientation.normal())
    }

    /// The patient coordinates, LPS mm, of a pixel centre (PS3.3 equation C.7.6.2.1-1).
    pub fn locate(&self, row: f64, column: f64, spacing: &Spacing) -> Vector {
        let (down, along) = (row * spacing.row, column * spacing.column);
        std::array::from_fn(|axis| {
            self.position[axis] + self.orientation.row[axis] * along + self.orientation.column[axis] * down
        })
    }

    /// Row and column of a point in the patient, LPS mm, and how far it is before the plane along the normal,
    /// mm; the inverse of [`Self::locate`].
    pub fn find(&self, point: Vector, spacing: &Spacing) -> (f64, f64, f64) {
        let off = minus(point, self.position);
        let Orientation { row, column } = self.orientation;
        // Exact for rows and columns that are not quite square, too.
        let (along, down, lean) = (dot(off, row), dot(off, column), dot(row, column));
        let square = 1.0 - lean * lean;
        let (along, down) = ((along - lean * down) / square, (down - lean * along) / square);
        (down / spacing.row, along / spacing.column, dot(off, self.orientation.normal()))
    }
}

/// Distance between pixel centres, and which attribute says so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spacing {
    /// Between rows (down), mm.
    pub row: f64,
    /// Between columns (across), mm.
    pub column: f64,
    /// What the millimetres mean.
    pub source: SpacingSource,
}

/// What the millimetres of a [`Spacing`] mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SpacingSource {
    /// Pixel Spacing (0028,0030): in the patient.
    Patient,
    /// Imager Pixel Spacing (0018,1164) and its like: at the detector, magnified.
    Detector,
    /// Pixel Aspect Ratio (0028,0034): a shape without a size; the row is scaled, the column is 1.
    AspectOnly,
}

#[cfg(test)]
mod tests {
    use super::*;

    const AXIAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];

    #[test]
    fn a_pixel_is_located_with_row_spacing_down_and_column_spacing_across() {
        let orientation = Orientation::from_values(&AXIAL).unwrap();
        let plane = Plane { position: [-10.0, -20.0, 5.0], orientation };
        let spacing = Spacing { row: 1.5, column: 2.0, source: SpacingSource::Patient };
        assert_eq!(plane.locate(2.0, 3.0, &spacing), [-4.0, -17.0, 5.0]);
    }

    #[test]
    fn directions_that_span_no_plane_are_refused() {
        for bad in [[0.0; 6], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0], [f64::NAN, 0.0, 0.0, 0.0, 1.0, 0.0]] {
            assert_eq!(Orientation::from_values(&bad), None);
        }
    }

    #[test]
    fn the_normal_of_an_axial_image_points_to_the_head() {
        assert_eq!(Orientation::from_values(&AXIAL).unwrap().normal(), [0.0, 0.0, 1.0]);
    }
}
