//! Scout lines: where one plane crosses the picture of another.

use super::Place;
use crate::{
    imaging::Cut,
    model::{Plane, Spacing, Vector, cross, dot, minus, norm},
};

/// Planes that differ by less than these degrees have no line.
///
/// Directions are known to a thousandth, as consoles write them (the tolerance of a stack, too): at an angle of a
/// the place of a line may be off by its reach times 0.001 / sin a, which at 250 mm and 3° is 5 mm, a slice.
/// Other viewers end at 30° (Cornerstone) and so show no line of a tilted stack on an upright one.
pub const PARALLEL: f64 = 3.0;

/// The line in which a plane crosses a picture of another, from edge to edge, in places of the picture; `None` if
/// it passes by or is [`PARALLEL`].
pub fn scout(of: &Plane, on: &Plane, spacing: &Spacing, shape: (usize, usize)) -> Option<[Place; 2]> {
    let locate = |[row, column]: Place| on.locate(row, column, spacing);
    line(of, on.orientation.normal(), locate, shape)
}

/// The same on a cut.
pub fn scout_cut(of: &Plane, on: &Cut) -> Option<[Place; 2]> {
    line(of, on.normal(), |[row, column]| on.locate(row, column), (on.rows, on.columns))
}

fn line(
    of: &Plane,
    other: Vector,
    locate: impl Fn(Place) -> Vector,
    (rows, columns): (usize, usize),
) -> Option<[Place; 2]> {
    let normal = of.orientation.normal();
    if norm(cross(normal, other)) < PARALLEL.to_radians().sin() {
        return None;
    }
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
