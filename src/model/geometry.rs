//! A stack as a volume: which voxel lies where in the patient, and back.
//!
//! An index is `[slice, row, column]`, zero at the centre of the first voxel, with fractions between
//! centres. Slices keep their real positions: a leaning stack is sheared and not straightened, an uneven
//! one is linear between two neighbours (PS3.3 C.7.6.2.1.1).

use super::{
    FrameKey, Library, OrderBy, Orientation, Plane, Spacing, SpacingSource, Stack, Vector, cross, dot, minus,
};

/// A place in a volume: slice, row, column.
pub type Index = [f64; 3];

/// Rows of a matrix that takes `(column, row, slice, 1)` to `(x, y, z, 1)`, mm.
pub type Affine = [[f64; 4]; 4];

/// Slices may be off an even grid by this part of their distance, or by so many mm.
const EVEN: f64 = 0.01;

/// Why the frames of a stack make no volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Shapeless {
    /// No Image Position or Orientation (Patient).
    #[error("the images do not say where they lie in the patient, so there is no volume of them")]
    Unplaced,
    /// No Pixel Spacing.
    #[error(
        "the images do not say how far their pixels are apart in the patient, so there is no volume of them"
    )]
    Unscaled,
}

/// Where the voxels of a volume lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Geometry {
    /// Slices, rows, columns; at least one of each.
    pub shape: [usize; 3],
    /// Directions of a growing column and a growing row, unit vectors.
    pub orientation: Orientation,
    /// Between rows and between columns, mm.
    pub spacing: Spacing,
    /// Centre of the first pixel of each slice, mm; ascending along the normal.
    positions: Vec<Vector>,
    /// The same along the normal.
    depths: Vec<f64>,
    /// From one slice to the next, mm: exactly if `even`, else on the average.
    step: Vector,
    even: bool,
}

impl Geometry {
    /// The geometry of a stack.
    ///
    /// # Errors
    ///
    /// [`Shapeless`] if the files do not say where the images lie, or how large their pixels are.
    pub fn of(stack: &Stack, library: &Library) -> Result<Self, Shapeless> {
        let planes: Option<Vec<Plane>> = stack.frames.iter().map(|&key| library.plane(key)).collect();
        let planes = planes.filter(|_| stack.order == OrderBy::Position).ok_or(Shapeless::Unplaced)?;
        let orientation = planes.first().ok_or(Shapeless::Unplaced)?.orientation;
        let form = &stack.form;
        let spacing = form.spacing.filter(|spacing| spacing.source == SpacingSource::Patient);
        let spacing = spacing.ok_or(Shapeless::Unscaled)?;
        let positions: Vec<Vector> = planes.iter().map(|plane| plane.position).collect();
        let shape = [positions.len(), form.rows as usize, form.columns as usize];
        let alone = form.slice_spacing.or(form.thickness).filter(|&mm| mm.is_finite() && mm > 0.0);
        Ok(Self::new(shape, orientation, spacing, positions, alone.unwrap_or(spacing.row)))
    }

    /// Slices at `positions`, which ascend along the normal; a single one is `alone` mm thick.
    ///
    /// # Panics
    ///
    /// If there are not as many positions as slices, or none.
    pub fn new(
        shape: [usize; 3],
        orientation: Orientation,
        spacing: Spacing,
        positions: Vec<Vector>,
        alone: f64,
    ) -> Self {
        assert!(positions.len() == shape[0] && !positions.is_empty(), "every slice has its position");
        let normal = orientation.normal();
        let (first, last) = (positions[0], positions[positions.len() - 1]);
        let step = match positions.len() {
            1 => normal.map(|x| x * alone),
            count => minus(last, first).map(|x| x / (count - 1) as f64),
        };
        let tolerance = (EVEN * dot(step, normal)).max(EVEN);
        // Two slices are even whatever they say, were it no number.
        let even = positions.len() < 3
            || positions.iter().enumerate().all(|(slice, &position)| {
                minus(position, ahead(first, step, slice as f64)).iter().all(|off| off.abs() <= tolerance)
            });
        let depths = positions.iter().map(|&position| dot(position, normal)).collect();
        Self { shape, orientation, spacing, positions, depths, step, even }
    }

    /// One affine says where every voxel lies; if not, slices are unevenly spaced.
    pub fn is_even(&self) -> bool {
        self.even
    }

    /// Row × column, unit length: the direction through the stack.
    pub fn normal(&self) -> Vector {
        self.orientation.normal()
    }

    /// From one slice to the next, mm, on the average; it leans as the stack does.
    pub fn average_step(&self) -> Vector {
        self.step
    }

    /// Average distance of slices along the normal, mm.
    pub fn slice_distance(&self) -> f64 {
        dot(self.step, self.normal())
    }

    /// Size of the volume along slices, rows and columns, mm.
    pub fn extent(&self) -> [f64; 3] {
        let [slices, rows, columns] = self.shape.map(|count| count as f64);
        [slices * self.slice_distance(), rows * self.spacing.row, columns * self.spacing.column]
    }

    /// The smallest distance of voxels along any axis, mm.
    pub fn finest(&self) -> f64 {
        self.spacing.row.min(self.spacing.column).min(self.slice_distance())
    }

    /// The patient coordinates, LPS mm, of an index; beyond the volume by its outermost steps.
    pub fn locate(&self, [slice, row, column]: Index) -> Vector {
        let (down, along) = (row * self.spacing.row, column * self.spacing.column);
        let origin = self.origin(slice);
        std::array::from_fn(|axis| {
            origin[axis] + self.orientation.row[axis] * along + self.orientation.column[axis] * down
        })
    }

    /// The index of a point in the patient, LPS mm; the inverse of [`Self::locate`].
    pub fn index(&self, point: Vector) -> Index {
        let mut found = [[0.0; 3]];
        self.index_line(point, [0.0; 3], &mut found);
        found[0]
    }

    /// The indices of points on a line: `start`, `start + step` and so on, LPS mm.
    pub fn index_line(&self, start: Vector, step: Vector, indices: &mut [Index]) {
        if let Some((first, change)) = self.index_steps(start, step) {
            for (count, index) in indices.iter_mut().enumerate() {
                *index = std::array::from_fn(|axis| first[axis] + change[axis] * count as f64);
            }
            return;
        }
        let normal = self.normal();
        let (depth, deeper) = (dot(start, normal), dot(step, normal));
        let mut near = 0;
        for (count, index) in indices.iter_mut().enumerate() {
            let count = count as f64;
            let point: Vector = ahead(start, step, count);
            let depth = depth + deeper * count;
            near = self.slice_below(depth, near);
            let slice =
                near as f64 + (depth - self.depths[near]) / (self.depths[near + 1] - self.depths[near]);
            let [_, row, column] = self.along_axes(minus(point, self.origin(slice)));
            *index = [slice, row, column];
        }
    }

    /// The index of a point and how it changes with each step, mm; `None` if slices are uneven.
    pub fn index_steps(&self, start: Vector, step: Vector) -> Option<(Index, Index)> {
        self.even.then(|| self.average_steps(start, step))
    }

    /// The same on the even grid that comes closest to the slices.
    pub fn average_steps(&self, start: Vector, step: Vector) -> (Index, Index) {
        (self.along_axes(minus(start, self.positions[0])), self.along_axes(step))
    }

    /// What a direction in the patient, mm, is along slices, rows and columns of an even grid.
    fn along_axes(&self, direction: Vector) -> Index {
        let Orientation { row, column } = self.orientation;
        let normal = self.normal();
        let slices = dot(direction, normal) / dot(self.step, normal);
        let within = ahead(direction, self.step, -slices);
        // Files write rows and columns that are nearly square to one another; this is exact for any angle.
        let (along, down, lean) = (dot(within, row), dot(within, column), dot(row, column));
        let square = 1.0 - lean * lean;
        let (along, down) = ((along - lean * down) / square, (down - lean * along) / square);
        [slices, down / self.spacing.row, along / self.spacing.column]
    }

    /// The last slice but one that is not above `depth`, looked for from a slice nearby.
    fn slice_below(&self, depth: f64, near: usize) -> usize {
        let mut slice = near;
        while slice + 2 < self.depths.len() && self.depths[slice + 1] <= depth {
            slice += 1;
        }
        while slice > 0 && self.depths[slice] > depth {
            slice -= 1;
        }
        slice
    }

    /// Centre of the first pixel at a slice, or between two of them.
    fn origin(&self, slice: f64) -> Vector {
        if self.even {
            return ahead(self.positions[0], self.step, slice);
        }
        // Uneven: there are at least three slices.
        let below = (slice.max(0.0) as usize).min(self.positions.len() - 2);
        let step = minus(self.positions[below + 1], self.positions[below]);
        ahead(self.positions[below], step, slice - below as f64)
    }

    /// Distance along the normal between a slice and the next one, mm.
    pub fn slice_distance_at(&self, slice: usize) -> f64 {
        match self.depths.get(slice..slice + 2) {
            Some(&[below, above]) if !self.even => above - below,
            _ => self.slice_distance(),
        }
    }

    /// From `(column, row, slice, 1)` to LPS mm; on the average of the slices if they are uneven
    /// (PS3.3 equation C.7.6.2.1-1, with the real step between slices as third column).
    pub fn affine(&self) -> Affine {
        let Orientation { row, column } = self.orientation;
        let mut affine = [[0.0; 4]; 4];
        for axis in 0..3 {
            affine[axis] = [
                row[axis] * self.spacing.column,
                column[axis] * self.spacing.row,
                self.step[axis],
                self.positions[0][axis],
            ];
        }
        affine[3][3] = 1.0;
        affine
    }

    /// The same to RAS mm, where x grows to the right and y to the front, as `NIfTI` has it; with
    /// `rows_flipped` the last row is counted first, which is how files of the field are written.
    pub fn affine_ras(&self, rows_flipped: bool) -> Affine {
        let mut affine = self.affine();
        for numbers in &mut affine[..2] {
            *numbers = numbers.map(|x| -x);
        }
        if rows_flipped {
            for numbers in &mut affine[..3] {
                numbers[3] += numbers[1] * (self.shape[1] - 1) as f64;
                numbers[1] = -numbers[1];
            }
        }
        affine
    }

    /// Of one voxel, mm³: also right for a stack that leans.
    pub fn voxel_volume(&self) -> f64 {
        let Orientation { row, column } = self.orientation;
        dot(cross(row, column), self.step).abs() * self.spacing.row * self.spacing.column
    }

    /// Voxels along each axis once resampled to `mm`, by numpy's rounding of halves to even.
    pub fn resampled(&self, mm: f64) -> [usize; 3] {
        self.extent().map(|extent| (extent / mm).round_ties_even().max(1.0) as usize)
    }

    /// The centre of the volume, LPS mm.
    pub fn center(&self) -> Vector {
        self.locate(self.shape.map(|count| (count - 1) as f64 / 2.0))
    }

    /// The eight corners of the box around all voxels, LPS mm: half a voxel beyond the outermost centres.
    pub fn corners(&self) -> [Vector; 8] {
        std::array::from_fn(|corner| {
            self.locate(std::array::from_fn(|axis| {
                if corner >> axis & 1 == 0 { -0.5 } else { self.shape[axis] as f64 - 0.5 }
            }))
        })
    }
}

impl Library {
    /// Where a frame lies in the patient, if its file says so.
    pub fn plane(&self, key: FrameKey) -> Option<Plane> {
        let instance = self.instance(key.instance);
        let place = instance.places().get(key.frame as usize);
        match (place, instance.position, instance.form.orientation) {
            (Some(place), ..) => Some(Plane { position: place.position, orientation: place.orientation }),
            // Without functional groups a position is that of the only frame.
            (None, Some(position), Some(orientation)) if instance.frames == 1 => {
                Some(Plane { position, orientation })
            }
            _ => None,
        }
    }
}

/// `from + count * step`.
fn ahead(from: Vector, step: Vector, count: f64) -> Vector {
    std::array::from_fn(|axis| from[axis] + step[axis] * count)
}

#[cfg(test)]
mod tests;
