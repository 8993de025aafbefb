//! Rays through a whole volume: its largest values, and the surface of what is above a threshold.
//!
//! A cut is the screen: rays go straight through its pixels, along its normal, and what is behind the screen
//! counts as much as what is before it. Bricks that cannot hold what is looked for are skipped at once.

use super::{
    Cut, Projection, Sampling, Slab, Volume,
    bricks::{Bricks, EDGE},
    kind::{Kind, with_voxels},
    runs::Grid,
    threads::bands,
};
use crate::model::{Geometry, Vector, dot, norm};
use image::GrayImage;
use ndarray::Array2;

/// How closely a ray looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Detail {
    /// Surfaces of every other voxel, and projections of bricks of 4 x 4 x 4: for what turns.
    Draft,
    /// Every voxel, interpolated.
    Fine,
}

/// The surface of what is at least as large as a threshold, lit from the reader's side.
#[derive(Debug, Clone)]
pub struct Surface {
    /// Black where there is none.
    pub picture: GrayImage,
    /// How far it is behind the plane of the cut, mm; NaN where there is none. Shape: rows, columns.
    pub depth: Array2<f32>,
}

impl Surface {
    /// Threshold for bones in a CT, HU.
    pub const BONE: f32 = 300.0;
    /// Threshold for the skin in a CT, HU.
    pub const SKIN: f32 = -300.0;
}

/// A voxel position in the precision of a picture.
type Spot = [f32; 3];

/// Everything a ray needs of a volume.
struct Rays<'a, K: Kind> {
    grid: Grid<'a, K>,
    shape: [usize; 3],
    bricks: &'a Bricks,
    warp: Option<Warp>,
    detail: Detail,
}

/// A straight ray through the volume.
struct Ray {
    start: Spot,
    step: Spot,
    /// One by each part of a step.
    inverse: Spot,
    /// Steps from the entry to the exit.
    steps: usize,
    /// Steps from the screen to the entry.
    before: f32,
}

impl Volume {
    /// The largest value along each ray, NaN where there is none; shape: rows, columns of the cut.
    ///
    /// # Panics
    ///
    /// If there is no memory for the rows and columns of the cut.
    pub fn project(&self, cut: &Cut, detail: Detail, threads: usize) -> Array2<f32> {
        let mut values = vec![f32::NAN; cut.rows * cut.columns];
        if detail == Detail::Fine && self.geometry.is_even() {
            let slab = Slab { projection: Projection::Largest, thickness: f64::INFINITY };
            self.oblique(cut, &Sampling { smooth: true, slab: Some(slab), threads }, &mut values);
            return Array2::from_shape_vec((cut.rows, cut.columns), values)
                .expect("there is a value for each pixel");
        }
        let screen = Screen::new(self, cut, detail);
        let (bricks, rescale) = (self.bricks(threads), self.short_rescale());
        with_voxels!(&self.voxels, K, codes => {
            let rays = Rays::<K>::new(self, codes, &rescale, bricks, detail);
            bands(&mut values, cut.columns, threads, |first, band| {
                for (row, values) in band.chunks_exact_mut(cut.columns).enumerate() {
                    for (column, value) in values.iter_mut().enumerate() {
                        *value = rays.largest(&screen.ray(first + row, column));
                    }
                }
            });
        });
        Array2::from_shape_vec((cut.rows, cut.columns), values).expect("there is a value for each pixel")
    }

    /// The surface of everything of at least `threshold`, in modality units.
    ///
    /// # Panics
    ///
    /// If there is no memory for the rows and columns of the cut.
    pub fn surface(&self, cut: &Cut, threshold: f32, detail: Detail, threads: usize) -> Surface {
        // Depth and brightness of each pixel.
        let mut pixels = vec![(f32::NAN, 0_u8); cut.rows * cut.columns];
        let screen = Screen::new(self, cut, detail);
        let (bricks, rescale) = (self.bricks(threads), self.short_rescale());
        with_voxels!(&self.voxels, K, codes => {
            let rays = Rays::<K>::new(self, codes, &rescale, bricks, detail);
            bands(&mut pixels, cut.columns, threads, |first, band| {
                for (row, pixels) in band.chunks_exact_mut(cut.columns).enumerate() {
                    for (column, pixel) in pixels.iter_mut().enumerate() {
                        let ray = screen.ray(first + row, column);
                        if let Some((step, spot)) = rays.hit(&ray, threshold) {
                            let light = screen.light(rays.slope(spot, threshold), step);
                            *pixel = (screen.depth(step), light);
                        }
                    }
                }
            });
        });
        let depth = pixels.iter().map(|&(depth, _)| depth).collect();
        let levels = pixels.into_iter().map(|(_, level)| level).collect();
        Surface {
            picture: GrayImage::from_raw(cut.columns as u32, cut.rows as u32, levels)
                .expect("there is a level for each pixel"),
            depth: Array2::from_shape_vec((cut.rows, cut.columns), depth).expect("and a depth"),
        }
    }

    pub(super) fn bricks(&self, threads: usize) -> &Bricks {
        self.bricks.get_or_init(|| Bricks::of(self, threads))
    }
}

/// The pixels of a cut in the space of voxels.
struct Screen {
    /// Voxels from pixel to pixel along a row and down a column, and from step to step.
    first: [f64; 3],
    across: [f64; 3],
    down: [f64; 3],
    step: [f64; 3],
    shape: [f64; 3],
    /// Length of a step, mm.
    length: f64,
    /// Voxels for each mm along x, y and z of the patient.
    axes: [[f64; 3]; 3],
    /// Into the screen.
    normal: Vector,
    /// Steps from the nearest to the farthest corner of the volume.
    range: (f32, f32),
}

impl Screen {
    fn new(volume: &Volume, cut: &Cut, detail: Detail) -> Self {
        let geometry = &volume.geometry;
        let normal = cut.normal();
        let along = |direction: Vector| geometry.average_steps([0.0; 3], direction).1;
        let voxels = along(normal).into_iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let length = if detail == Detail::Draft { 2.0 } else { 1.0 } / voxels;
        let depths = geometry.corners().map(|corner| (cut.find(corner).2 / length) as f32);
        Self {
            first: geometry.average_steps(cut.position, [0.0; 3]).0,
            across: along(cut.orientation.row.map(|x| x * cut.pixel)),
            down: along(cut.orientation.column.map(|x| x * cut.pixel)),
            step: along(normal.map(|x| x * length)),
            shape: geometry.shape.map(|count| count as f64),
            length,
            axes: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(along),
            normal,
            range: depths.into_iter().fold((f32::MAX, f32::MIN), |(a, b), x| (a.min(x), b.max(x))),
        }
    }

    /// The part of a ray that is inside of the volume; its steps count from there.
    fn ray(&self, row: usize, column: usize) -> Ray {
        let mut inside = (f64::NEG_INFINITY, f64::INFINITY);
        let start: [f64; 3] = std::array::from_fn(|axis| {
            self.first[axis] + self.across[axis] * column as f64 + self.down[axis] * row as f64
        });
        for ((at, count), step) in start.into_iter().zip(self.shape).zip(self.step) {
            let (low, high) = (-0.499 - at, count - 0.501 - at);
            if step.abs() < 1e-9 {
                if low > 0.0 || high < 0.0 {
                    inside.1 = f64::NEG_INFINITY;
                }
                continue;
            }
            let (enter, leave) = (low / step, high / step);
            inside = (inside.0.max(enter.min(leave)), inside.1.min(enter.max(leave)));
        }
        let count = if inside.1 > inside.0 { (inside.1 - inside.0) as usize + 1 } else { 0 };
        let from = if count > 0 { inside.0 } else { 0.0 };
        let start = std::array::from_fn(|axis| (start[axis] + self.step[axis] * from) as f32);
        let step = self.step.map(|x| x as f32);
        Ray { start, step, inverse: step.map(f32::recip), steps: count, before: from as f32 }
    }

    /// How far a point of a ray is behind the screen, mm.
    fn depth(&self, step: f32) -> f32 {
        step * self.length as f32
    }

    /// The level of a surface, from how values rise along slices, rows and columns: brightest where it faces
    /// the reader, and darker in the distance.
    fn light(&self, slope: Spot, step: f32) -> u8 {
        let rise: Vector = std::array::from_fn(|axis| {
            (0..3).map(|index| f64::from(slope[index]) * self.axes[axis][index]).sum()
        });
        let facing = (dot(rise, self.normal) / norm(rise).max(1e-12)).clamp(0.0, 1.0) as f32;
        let (near, far) = self.range;
        let distance = ((step - near) / (far - near)).clamp(0.0, 1.0);
        ((AMBIENT + (1.0 - AMBIENT) * facing) * (1.0 - FOG * distance) * 255.0).round() as u8
    }
}

/// Of a surface that is seen from the side, and what the distance takes away.
const AMBIENT: f32 = 0.15;
const FOG: f32 = 0.4;

/// Halvings of a step on the way to a surface.
const HALVINGS: usize = 4;

impl<'a, K: Kind> Rays<'a, K> {
    fn new(
        volume: &Volume,
        codes: &'a [K::Code],
        rescale: &'a [(f32, f32)],
        bricks: &'a Bricks,
        detail: Detail,
    ) -> Self {
        let shape = volume.geometry.shape;
        Self {
            grid: Grid::new(codes, shape, rescale, true),
            shape,
            bricks,
            warp: Warp::of(&volume.geometry),
            detail,
        }
    }

    /// Where a ray is after some steps.
    fn spot(&self, ray: &Ray, step: f32) -> Spot {
        let spot = std::array::from_fn(|axis| ray.start[axis] + ray.step[axis] * step);
        self.warp.as_ref().map_or(spot, |warp| warp.apply(spot))
    }

    /// The value at a spot, NaN where there is none.
    fn value(&self, spot: Spot) -> f32 {
        let [(slice, a), (row, b), (column, c)] = std::array::from_fn(|axis| {
            let last = self.shape[axis] - 1;
            let at = spot[axis].clamp(0.0, last as f32);
            if self.detail == Detail::Draft {
                return ((at + 0.5) as usize, 0.0);
            }
            let lower = (at as usize).min(last.saturating_sub(1));
            (lower, at - lower as f32)
        });
        let offset = (slice * self.shape[1] + row) * self.shape[2] + column;
        if self.detail == Detail::Draft {
            self.grid.voxel(offset, slice)
        } else {
            self.grid.value(offset, slice, [a, b, c])
        }
    }

    /// The brick around a spot.
    fn brick(&self, spot: Spot) -> [u32; 3] {
        std::array::from_fn(|axis| {
            let last = self.shape[axis] as u32 - 1;
            (spot[axis].max(0.0) as u32).min(last) / EDGE as u32
        })
    }

    /// The largest value of a brick.
    fn high(&self, brick: [u32; 3]) -> f32 {
        let [_, rows, columns] = self.bricks.shape;
        let [slice, row, column] = brick.map(|at| at as usize);
        self.bricks.high[(slice * rows + row) * columns + column]
    }

    /// How many steps it takes from a spot to leave its brick.
    fn leave(&self, ray: &Ray, spot: Spot, brick: [u32; 3]) -> usize {
        if self.warp.is_some() {
            // Rays through slices of uneven distances are not straight.
            return 1;
        }
        let mut steps = f32::INFINITY;
        for axis in 0..3 {
            let edge = if ray.step[axis] < 0.0 { brick[axis] } else { brick[axis] + 1 };
            let left = ((edge * EDGE as u32) as f32 - spot[axis]) * ray.inverse[axis];
            steps = if left >= 0.0 { steps.min(left) } else { steps };
        }
        steps.min(1e6) as usize + 1
    }

    fn largest(&self, ray: &Ray) -> f32 {
        let (mut best, mut step) = (f32::NEG_INFINITY, 0);
        if self.detail == Detail::Draft {
            // Bricks, not voxels: two steps of two voxels from one to the next.
            for step in (0..ray.steps).step_by(EDGE / 2) {
                best = best.max(self.high(self.brick(self.spot(ray, step as f32))));
            }
            step = ray.steps;
        }
        while step < ray.steps {
            let spot = self.spot(ray, step as f32);
            let brick = self.brick(spot);
            let high = self.high(brick);
            if high <= best {
                step += self.leave(ray, spot, brick);
                continue;
            }
            best = best.max(self.value(spot));
            step += 1;
        }
        if best == f32::NEG_INFINITY { f32::NAN } else { best }
    }

    /// The first spot on a ray that reaches the threshold, and how many steps it is behind the screen.
    fn hit(&self, ray: &Ray, threshold: f32) -> Option<(f32, Spot)> {
        let mut step = 0;
        while step < ray.steps {
            let spot = self.spot(ray, step as f32);
            let brick = self.brick(spot);
            if self.high(brick) < threshold {
                step += self.leave(ray, spot, brick);
                continue;
            }
            if self.value(spot) >= threshold {
                let (mut below, mut above) = ((step as f32 - 1.0).max(0.0), step as f32);
                for _ in 0..HALVINGS {
                    let middle = f32::midpoint(below, above);
                    let reached = self.value(self.spot(ray, middle)) >= threshold;
                    if reached { above = middle } else { below = middle }
                }
                return Some((ray.before + above, self.spot(ray, above)));
            }
            step += 1;
        }
        None
    }

    /// How values rise along slices, rows and columns; flat where there are none.
    fn slope(&self, spot: Spot, threshold: f32) -> Spot {
        std::array::from_fn(|axis| {
            let beside = |voxels: f32| {
                let mut spot = spot;
                spot[axis] += voxels;
                let value = self.value(spot);
                if value.is_nan() { threshold } else { value }
            };
            beside(1.0) - beside(-1.0)
        })
    }
}

/// From the even grid that is closest to uneven slices to where they really are.
struct Warp {
    /// Slice, and the row and column that an upright ray has moved by, a few times for each even slice.
    table: Vec<Spot>,
}

impl Warp {
    const FINE: f32 = 8.0;

    /// Nothing if the slices are even.
    fn of(geometry: &Geometry) -> Option<Self> {
        if geometry.is_even() {
            return None;
        }
        let (first, step) = (geometry.locate([0.0; 3]), geometry.average_step());
        let count = geometry.shape[0] * Self::FINE as usize;
        let place = |at: usize| {
            let slice = f64::from(at as f32 / Self::FINE);
            let point = std::array::from_fn(|axis| first[axis] + step[axis] * slice);
            geometry.index(point).map(|index| index as f32)
        };
        Some(Self { table: (0..=count).map(place).collect() })
    }

    fn apply(&self, [slice, row, column]: Spot) -> Spot {
        let at = (slice * Self::FINE).clamp(0.0, (self.table.len() - 2) as f32);
        let (lower, part) = (at as usize, at.fract());
        let [a, b] = [self.table[lower], self.table[lower + 1]];
        let moved: Spot = std::array::from_fn(|axis| a[axis] + (b[axis] - a[axis]) * part);
        [moved[0], row + moved[1], column + moved[2]]
    }
}
