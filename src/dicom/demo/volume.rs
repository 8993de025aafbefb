//! A block of values in patient space, and brushes that paint solid shapes into it.

/// Where the samples lie: `size` points along x, y and z (LPS), `spacing` mm apart, from `origin` on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    pub(super) size: [usize; 3],
    pub(super) spacing: [f32; 3],
    pub(super) origin: [f32; 3],
}

impl Grid {
    /// A grid whose x and y are centred on `centre`, and whose z starts at `low`.
    pub(super) fn centred(size: [usize; 3], spacing: [f32; 3], centre: [f32; 2], low: f32) -> Self {
        let start = |axis: usize| centre[axis] - (size[axis] as f32 - 1.0) / 2.0 * spacing[axis];
        Self { size, spacing, origin: [start(0), start(1), low] }
    }

    /// The patient coordinate, mm, of an index along one axis.
    pub(super) fn at(&self, axis: usize, index: usize) -> f32 {
        self.origin[axis] + index as f32 * self.spacing[axis]
    }

    /// The indices along one axis that lie in `low..=high` mm.
    fn span(&self, axis: usize, low: f32, high: f32) -> std::ops::Range<usize> {
        let index = |mm: f32| (mm - self.origin[axis]) / self.spacing[axis];
        let first = index(low).ceil().max(0.0) as usize;
        let last = (index(high).floor() + 1.0).max(0.0) as usize;
        first.min(self.size[axis])..last.min(self.size[axis])
    }
}

/// One `f32` per grid point, x fastest.
pub(super) struct Volume {
    pub(super) grid: Grid,
    pub(super) values: Vec<f32>,
}

/// What a brush leaves behind.
#[derive(Clone, Copy)]
pub(super) enum Paint {
    /// One value throughout.
    Solid(f32),
    /// A rim of the given thickness, mm, around a core: cortical bone around marrow.
    Shell { rim: f32, core: f32, wall: f32 },
    /// As [`Paint::Solid`], but only where it is brighter than what is there: vessels in lung.
    Brighter(f32),
}

/// A point in mm.
pub(super) type Point = [f32; 3];

impl Volume {
    /// Asks `level` for every z, then its answer for every `(x, y)`; two threads share the slices.
    pub(super) fn fill<L: Fn(f32, f32) -> f32>(grid: Grid, level: impl Fn(f32) -> L + Sync) -> Self {
        let [columns, rows, slices] = grid.size;
        let mut values = vec![0.0; columns * rows * slices];
        let half = slices.div_ceil(2);
        let run = |first: usize, part: &mut [f32]| {
            for (k, slice) in part.chunks_exact_mut(columns * rows).enumerate() {
                let value = level(grid.at(2, first + k));
                for (j, line) in slice.chunks_exact_mut(columns).enumerate() {
                    let y = grid.at(1, j);
                    line.iter_mut().enumerate().for_each(|(i, out)| *out = value(grid.at(0, i), y));
                }
            }
        };
        let (low, high) = values.split_at_mut(half * columns * rows);
        std::thread::scope(|scope| {
            scope.spawn(|| run(0, low));
            run(half, high);
        });
        Self { grid, values }
    }

    /// One z level, row by row.
    pub(super) fn slice(&self, index: usize) -> &[f32] {
        let area = self.grid.size[0] * self.grid.size[1];
        &self.values[index * area..(index + 1) * area]
    }

    /// Paints where `distance` (mm to the surface, negative inside) says so, within a box.
    pub(super) fn paint(&mut self, low: Point, high: Point, paint: Paint, distance: impl Fn(Point) -> f32) {
        let [columns, rows, _] = self.grid.size;
        let soft = self.grid.spacing[0].max(0.8);
        for k in self.grid.span(2, low[2], high[2]) {
            for j in self.grid.span(1, low[1], high[1]) {
                for i in self.grid.span(0, low[0], high[0]) {
                    let depth = -distance([self.grid.at(0, i), self.grid.at(1, j), self.grid.at(2, k)]);
                    let cover = (0.5 + depth / soft).clamp(0.0, 1.0);
                    if cover > 0.0 {
                        let value = &mut self.values[(k * rows + j) * columns + i];
                        *value = paint.over(*value, depth, cover);
                    }
                }
            }
        }
    }

    /// A rod with round ends between two points, of one radius at each end, mm.
    pub(super) fn rod(&mut self, from: Point, to: Point, radii: (f32, f32), paint: Paint) {
        self.band(from, to, radii, 1.0, paint);
    }

    /// A rod that is `tall` times as high (z) as it is thick: a rib.
    pub(super) fn band(&mut self, from: Point, to: Point, radii: (f32, f32), tall: f32, paint: Paint) {
        // A slice shows what lies in its whole thickness, not only what its centre cuts.
        let slab = self.grid.spacing[2] * 0.35;
        let reach = radii.0.max(radii.1) + self.grid.spacing[0];
        let low =
            std::array::from_fn(|i| from[i].min(to[i]) - if i == 2 { reach * tall + slab } else { reach });
        let high =
            std::array::from_fn(|i| from[i].max(to[i]) + if i == 2 { reach * tall + slab } else { reach });
        let along: Point = std::array::from_fn(|i| to[i] - from[i]);
        let length = along.iter().map(|v| v * v).sum::<f32>().max(1e-6);
        self.paint(low, high, paint, |p| {
            let dot: f32 = (0..3).map(|i| (p[i] - from[i]) * along[i]).sum();
            let t = (dot / length).clamp(0.0, 1.0);
            let away: Point = std::array::from_fn(|i| p[i] - from[i] - along[i] * t);
            let z = (away[2].abs() - slab).max(0.0) / tall;
            let distance = (away[0] * away[0] + away[1] * away[1] + z * z).sqrt();
            distance - (radii.0 + (radii.1 - radii.0) * t)
        });
    }

    /// Rods through a list of points of one radius, mm.
    pub(super) fn hose(&mut self, points: &[Point], radius: f32, paint: Paint) {
        for pair in points.windows(2) {
            self.rod(pair[0], pair[1], (radius, radius), paint);
        }
    }

    /// An ellipsoid with half axes along x, y and z, mm.
    pub(super) fn ball(&mut self, centre: Point, radii: Point, paint: Paint) {
        let low = std::array::from_fn(|i| centre[i] - radii[i] - 2.0);
        let high = std::array::from_fn(|i| centre[i] + radii[i] + 2.0);
        self.paint(low, high, paint, |p| ellipsoid(p, centre, radii));
    }
}

impl Paint {
    fn over(self, old: f32, depth: f32, cover: f32) -> f32 {
        match self {
            Self::Solid(value) => old + (value - old) * cover,
            Self::Shell { rim, core, wall } => {
                let value = rim + (core - rim) * ((depth - wall) + 0.5).clamp(0.0, 1.0);
                old + (value - old) * cover
            }
            Self::Brighter(value) => old.max(old + (value - old) * cover),
        }
    }
}

/// Distance to the surface of an ellipsoid along the ray from its centre, mm; negative inside.
pub(super) fn ellipsoid(p: Point, centre: Point, radii: Point) -> f32 {
    let (mut far, mut scaled) = (0.0, 0.0);
    for i in 0..3 {
        let d = p[i] - centre[i];
        far += d * d;
        scaled += (d / radii[i]) * (d / radii[i]);
    }
    if scaled < 1e-6 {
        return -radii[0].min(radii[1]).min(radii[2]);
    }
    far.sqrt() * (1.0 - 1.0 / scaled.sqrt())
}

/// As [`ellipsoid`], for an ellipse in the plane.
pub(super) fn ellipse(x: f32, y: f32, centre: [f32; 2], radii: [f32; 2]) -> f32 {
    ellipsoid([x, y, 0.0], [centre[0], centre[1], 0.0], [radii[0], radii[1], 1e3])
}

/// The union of two distances whose seam is rounded over `soft` mm.
pub(super) fn join(a: f32, b: f32, soft: f32) -> f32 {
    let h = (soft - (a - b).abs()).max(0.0) / soft;
    a.min(b) - h * h * soft * 0.25
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rod_colours_its_axis_and_nothing_far_away() {
        let grid = Grid::centred([21, 21, 21], [1.0; 3], [0.0, 0.0], -10.0);
        let mut volume = Volume::fill(grid, |_| |_, _| 0.0);

        volume.rod([0.0, 0.0, -5.0], [0.0, 0.0, 5.0], (2.0, 2.0), Paint::Solid(100.0));

        assert_eq!(volume.slice(10)[10 * 21 + 10], 100.0);
        assert_eq!(volume.slice(10)[10 * 21 + 15], 0.0);
    }
}
