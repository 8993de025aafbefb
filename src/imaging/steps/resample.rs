//! A volume on another grid: linear or by cubic B-splines, one axis after the other.

use ndarray::{Array3, ArrayViewMut2, Axis as Direction};
use std::{num::NonZeroUsize, thread};

/// How values between voxels are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interpolation {
    /// Between the two nearest along each axis: never outside of what is there.
    Linear,
    /// Cubic B-splines through all values (Unser 1993), as `scipy.ndimage.zoom` has them; they overshoot at
    /// edges.
    Cubic,
    /// The same for whole numbers of 16 bits: rounded, halves away from zero.
    CubicWhole,
}

/// Where new voxels lie along one axis, in voxels of the old one.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid(Vec<f64>);

impl Grid {
    /// Every `new` mm from the first voxel's centre to the last's; `positions` are those of the old voxels,
    /// mm, ascending, not necessarily even.
    pub fn every(new: f64, positions: &[f64]) -> Self {
        let Some(&first) = positions.first() else { return Self(vec![]) };
        let count = Self::count_every(new, positions);
        let mut below = 0;
        let place = |at: usize| {
            let mm = first + at as f64 * new;
            while below + 2 < positions.len() && positions[below + 1] <= mm {
                below += 1;
            }
            match positions.get(below + 1) {
                Some(next) => below as f64 + (mm - positions[below]) / (next - positions[below]),
                None => 0.0,
            }
        };
        Self((0..count).map(place).collect())
    }

    /// How many new voxels [`Self::every`] makes, without making them.
    pub fn count_every(new: f64, positions: &[f64]) -> usize {
        let (Some(first), Some(last)) = (positions.first(), positions.last()) else { return 0 };
        (((last - first) / new + 1e-9).floor().max(0.0) as usize).saturating_add(1)
    }

    /// As the tutorial does: the first and the last voxel stay the first and the last, and the number of all
    /// is rounded, halves to even, to come close to `new` mm with voxels of `spacing` mm in single precision.
    pub fn corner_aligned(count: usize, spacing: f64, new: f64) -> Self {
        let size = Self::count_aligned(count, spacing, new);
        let step = if size > 1 { (count as f64 - 1.0) / (size as f64 - 1.0) } else { 0.0 };
        Self((0..size).map(|at| at as f64 * step).collect())
    }

    /// How many new voxels [`Self::corner_aligned`] makes, without making them.
    pub fn count_aligned(count: usize, spacing: f64, new: f64) -> usize {
        let factor = f64::from(spacing as f32) / new;
        (count as f64 * factor).round_ties_even().max(1.0) as usize
    }

    fn moved(&self, by: f64) -> Self {
        Self(self.0.iter().map(|place| place + by).collect())
    }

    /// New voxels.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Values at the new places: slices, rows, columns. Beyond the outermost voxels their values go on.
///
/// `lean` tells, for every slice, by how many rows and columns it lies further than the first one, seen along
/// the normal: a stack with gantry tilt comes out upright. Empty if nothing leans.
pub fn resample(
    values: Array3<f32>,
    grids: &[Grid; 3],
    lean: &[[f64; 2]],
    how: Interpolation,
    threads: NonZeroUsize,
) -> Array3<f32> {
    let [slices, rows, columns] = grids;
    let (depth, height, width) = values.dim();
    let mut flat = Array3::<f64>::zeros((depth, rows.len(), columns.len()));
    in_parallel(&mut flat, 0, threads, |slice, mut to| {
        let from = values.index_axis(Direction(0), slice);
        let [down, right] = lean.get(slice).copied().unwrap_or_default();
        let (rows, columns) = (rows.moved(-down), columns.moved(-right));
        let wide: Vec<f64> = from
            .rows()
            .into_iter()
            .flat_map(|row| {
                let row: Vec<f64> = row.iter().map(|&value| value.into()).collect();
                along(&row, (width, 1), &columns, how)
            })
            .collect();
        let both = along(&wide, (height, columns.len()), &rows, how);
        to.iter_mut().zip(both).for_each(|(to, value)| *to = value);
    });
    // Large volumes are not held longer than they are needed.
    drop(values);
    // Along slices a row at a time, which is a block of memory in every slice.
    let mut new = Array3::<f32>::zeros((slices.len(), rows.len(), columns.len()));
    in_parallel(&mut new, 1, threads, |row, mut to| {
        let lines: Vec<f64> = flat.index_axis(Direction(1), row).iter().copied().collect();
        let deep = along(&lines, (depth, columns.len()), slices, how);
        let whole = |value: f64| value.round().clamp(i16::MIN.into(), i16::MAX.into());
        to.iter_mut().zip(deep).for_each(|(to, value)| {
            *to = if how == Interpolation::CubicWhole { whole(value) } else { value } as f32;
        });
    });
    new
}

/// Calls `work` with every part of an array along an axis, on several threads.
fn in_parallel<T: Send>(
    array: &mut Array3<T>,
    axis: usize,
    threads: NonZeroUsize,
    work: impl Fn(usize, ArrayViewMut2<'_, T>) + Sync,
) {
    let axis = Direction(axis);
    let share = array.len_of(axis).div_ceil(threads.get()).max(1);
    thread::scope(|scope| {
        for (number, mut part) in array.axis_chunks_iter_mut(axis, share).enumerate() {
            let work = &work;
            scope.spawn(move || {
                for (at, slice) in part.axis_iter_mut(axis).enumerate() {
                    work(number * share + at, slice);
                }
            });
        }
    });
}

/// Values repeated at either end before splines are fitted, so that the ends are as if they went on for ever.
const BEYOND: usize = 12;

/// New values along the first of two axes, `count` long, of lines of `width` values.
fn along(lines: &[f64], (count, width): (usize, usize), grid: &Grid, how: Interpolation) -> Vec<f64> {
    let mut new = Vec::with_capacity(grid.len() * width);
    if count == 0 {
        return new;
    }
    let line = |lines: &[f64], at: usize| -> std::ops::Range<usize> {
        let at = at.min(lines.len() / width - 1) * width;
        at..at + width
    };
    match how {
        Interpolation::Linear => {
            for &place in &grid.0 {
                let place = place.clamp(0.0, (count - 1) as f64);
                let (below, part) = (place as usize, place.fract());
                let (a, b) = (&lines[line(lines, below)], &lines[line(lines, below + 1)]);
                new.extend(a.iter().zip(b).map(|(a, b)| a + (b - a) * part));
            }
        }
        Interpolation::Cubic | Interpolation::CubicWhole => {
            let (first, last) = (&lines[..width], &lines[(count - 1) * width..]);
            let mut spline = Vec::with_capacity((count + 2 * BEYOND) * width);
            (0..BEYOND).for_each(|_| spline.extend_from_slice(first));
            spline.extend_from_slice(lines);
            (0..BEYOND).for_each(|_| spline.extend_from_slice(last));
            fit(&mut spline, width);
            for &place in &grid.0 {
                let place = place.clamp(0.0, (count - 1) as f64);
                let (at, part) = (place as usize + BEYOND - 1, place.fract());
                let [a, b, c, d] = weights(part);
                let taps = [0, 1, 2, 3].map(|tap| &spline[(at + tap) * width..][..width]);
                new.extend(
                    (0..width).map(|i| a * taps[0][i] + b * taps[1][i] + c * taps[2][i] + d * taps[3][i]),
                );
            }
        }
    }
    new
}

/// What the four coefficients around a place count for, the place being `t` past the second.
fn weights(t: f64) -> [f64; 4] {
    let u = 1.0 - t;
    [
        u * u * u / 6.0,
        (4.0 - 6.0 * t * t + 3.0 * t * t * t) / 6.0,
        (4.0 - 6.0 * u * u + 3.0 * u * u * u) / 6.0,
        t * t * t / 6.0,
    ]
}

/// Turns lines of values into coefficients of cubic B-splines along the first axis, mirrored about the outer
/// edges of the first and last lines.
fn fit(lines: &mut [f64], width: usize) {
    let pole = 3.0_f64.sqrt() - 2.0;
    let count = lines.len() / width;
    let gain = (1.0 - pole) * (1.0 - 1.0 / pole);
    for value in lines.iter_mut() {
        *value *= gain;
    }
    // Powers of the pole vanish long before the end of any but the shortest line.
    let reach = count.min(60);
    let start: Vec<f64> = (0..width)
        .map(|i| {
            let (mut sum, mut power) = (0.0, pole);
            for at in 0..reach {
                sum += power * lines[at * width + i];
                power *= pole;
            }
            lines[i] + sum
        })
        .collect();
    lines[..width].copy_from_slice(&start);
    for at in 1..count {
        let (before, here) = lines.split_at_mut(at * width);
        let before = &before[(at - 1) * width..];
        here[..width].iter_mut().zip(before).for_each(|(here, before)| *here += pole * before);
    }
    let last = (count - 1) * width;
    lines[last..].iter_mut().for_each(|value| *value *= pole / (pole - 1.0));
    for at in (0..count - 1).rev() {
        let (here, after) = lines.split_at_mut((at + 1) * width);
        let here = &mut here[at * width..];
        here.iter_mut().zip(&after[..width]).for_each(|(here, after)| *here = pole * (after - *here));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ONE: NonZeroUsize = NonZeroUsize::MIN;

    fn line(values: &[f32]) -> Array3<f32> {
        Array3::from_shape_fn((1, 1, values.len()), |(_, _, at)| values[at])
    }

    fn still() -> Grid {
        Grid(vec![0.0])
    }

    #[test]
    fn the_grids_have_the_sizes_of_their_definitions() {
        let positions: Vec<f64> = (0..20).map(|slice| f64::from(slice) * 2.5).collect();
        assert_eq!(Grid::every(1.0, &positions).len(), 48);
        assert_eq!(Grid::corner_aligned(20, 2.5, 1.0).len(), 50);
        assert_eq!(Grid::corner_aligned(3, 1.5, 1.0).len(), 4, "4.5 to the even neighbour");
        assert_eq!(Grid::every(1.0, &[7.0]).len(), 1);
    }

    #[test]
    fn uneven_slices_keep_their_places() {
        let Grid(places) = Grid::every(1.0, &[0.0, 1.0, 4.0]);
        let expected = [0.0, 1.0, 1.0 + 1.0 / 3.0, 1.0 + 2.0 / 3.0, 2.0];
        assert!(places.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{places:?}");
    }

    #[test]
    fn linear_lies_halfway_between_two() {
        let grid = Grid(vec![0.0, 0.5, 1.0, 1.75]);
        let new =
            resample(line(&[10.0, 20.0, 40.0]), &[still(), still(), grid], &[], Interpolation::Linear, ONE);
        assert_eq!(new.into_raw_vec_and_offset().0, [10.0, 15.0, 20.0, 35.0]);
    }

    #[test]
    fn a_leaning_stack_comes_out_upright() {
        // A post that stands upright, in slices that each lie a column further.
        let leaning =
            Array3::from_shape_fn((3, 1, 6), |(slice, _, column)| f32::from(u8::from(column + slice == 4)));
        let grids = [3, 1, 6].map(|count| Grid::corner_aligned(count, 1.0, 1.0));
        let lean = [[0.0, 0.0], [0.0, 1.0], [0.0, 2.0]];
        let upright = resample(leaning, &grids, &lean, Interpolation::Linear, ONE);
        assert!(
            upright.indexed_iter().all(|((.., column), &value)| value == f32::from(u8::from(column == 4)))
        );
    }

    #[test]
    fn splines_go_through_the_values_and_overshoot_at_a_step() {
        let step = line(&[0.0, 0.0, 0.0, 0.0, 100.0, 100.0, 100.0, 100.0]);
        let grid = Grid((0..15).map(|at| f64::from(at) / 2.0).collect());
        let new = resample(step.clone(), &[still(), still(), grid], &[], Interpolation::Cubic, ONE);
        let new = new.into_raw_vec_and_offset().0;
        assert!(new.iter().step_by(2).zip(&step).all(|(a, b)| (a - b).abs() < 1e-4));
        // scipy.ndimage.zoom of the same line, mode nearest.
        assert!((new[7] - 50.0).abs() < 1e-4);
        assert!(new[5] < -8.0 && new[9] > 108.0, "{new:?}");
    }

    proptest! {
        #[test]
        fn the_same_grid_gives_the_same_values(values in prop::collection::vec(-1000.0..1000.0_f32, 3 * 4 * 5)) {
            let volume = Array3::from_shape_vec((3, 4, 5), values).unwrap();
            let grids = [3, 4, 5].map(|count| Grid::corner_aligned(count, 1.0, 1.0));
            for how in [Interpolation::Linear, Interpolation::Cubic] {
                let same = resample(volume.clone(), &grids, &[], how, NonZeroUsize::new(2).unwrap());
                prop_assert!(same.iter().zip(&volume).all(|(a, b)| (a - b).abs() < 1e-3));
            }
        }

        #[test]
        fn a_constant_stays_one(value in -1000.0..1000.0_f32, factor in 0.3..3.0_f64) {
            let volume = Array3::from_elem((3, 4, 5), value);
            let grids = [3, 4, 5].map(|count| Grid::corner_aligned(count, factor, 1.0));
            for how in [Interpolation::Linear, Interpolation::Cubic] {
                let new = resample(volume.clone(), &grids, &[], how, ONE);
                prop_assert!(new.iter().all(|new| (new - value).abs() < 1e-3));
            }
        }
    }
}
