//! Scout lines: where one plane crosses the picture of another.

use super::Place;
use crate::{
    imaging::Cut,
    model::{Plane, Spacing, Vector, dot, minus},
};

/// The line in which a plane crosses a picture of another, from edge to edge; `None` if it passes by or is
/// parallel.
pub fn scout(of: &Plane, on: &Plane, spacing: &Spacing, shape: (usize, usize)) -> Option<[Place; 2]> {
    line(of, |[row, column]| on.locate(row, column, spacing), shape)
}

/// The same on a cut.
pub fn scout_cut(of: &Plane, on: &Cut) -> Option<[Place; 2]> {
    line(of, |[row, column]| on.locate(row, column), (on.rows, on.columns))
}

fn line(of: &Plane, locate: impl Fn(Place) -> Vector, (rows, columns): (usize, usize)) -> Option<[Place; 2]> {
    let normal = of.orientation.normal();
    let (bottom, right) = (rows as f64 - 0.5, columns as f64 - 0.5);
    let corners = [[-0.5, -0.5], [-0.5, right], [bottom, right], [bottom, -0.5]];
    let before = corners.map(|corner| dot(minus(locate(corner), of.position), normal));
    let crossed = (0..4).filter_map(|at| {
        let (a, b) = (before[at], before[(at + 1) % 4]);
        let (from, to) = (corners[at], corners[(at + 1) % 4]);
        let part = a / (a - b);
        ((a <= 0.0) != (b <= 0.0)).then(|| [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * part))
    });
    crossed.collect::<Vec<_>>().try_into().ok()
}
