//! What is being measured: points that were marked, and what lies between them. The same over a slice, where a
//! point is a row and a column, and over planes of a volume, where it is a place in the patient.

use super::short;
use crate::imaging::{
    Mark,
    measure::{Place, Region, Statistics, Unit},
};
use crate::model::MeasurementKind;

/// Which region is drawn between the marked points and the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Within the rectangle of the last two.
    Ellipse,
    /// That rectangle.
    Rectangle,
    /// With a corner at each of them.
    Polygon,
}

/// Marked points, and the shape between them; a line or an angle without one.
#[derive(Debug, Clone, PartialEq)]
pub struct Measuring<P> {
    /// In the order in which they were marked.
    pub marked: Vec<P>,
    /// A region from them to the point.
    pub shape: Option<Shape>,
}

impl<P> Default for Measuring<P> {
    fn default() -> Self {
        Self { marked: vec![], shape: None }
    }
}

impl<P: Copy> Measuring<P> {
    /// Nothing is being measured.
    pub fn is_empty(&self) -> bool {
        self.marked.is_empty()
    }

    /// Marks the point: the first, the vertex of an angle, and then none; of a polygon any number of corners.
    pub(super) fn mark(&mut self, point: P) {
        if self.marked.len() < 2 || self.shape == Some(Shape::Polygon) {
            self.marked.push(point);
        } else {
            self.clear();
        }
    }

    /// The next shape; from the last one none.
    pub(super) fn next_shape(&mut self, point: P) {
        self.shape = match self.shape {
            None => Some(Shape::Ellipse),
            Some(Shape::Ellipse) => Some(Shape::Rectangle),
            Some(Shape::Rectangle) => Some(Shape::Polygon),
            Some(Shape::Polygon) => None,
        };
        if self.shape.is_some() && self.marked.is_empty() {
            self.marked.push(point);
        }
        if self.shape.is_none() {
            // More corners than an angle has mean nothing without the shape.
            self.marked.truncate(2);
        }
    }

    /// Forgets everything; false if there was nothing.
    pub(super) fn clear(&mut self) -> bool {
        self.shape = None;
        !std::mem::take(&mut self.marked).is_empty()
    }

    /// The mouse was pressed somewhere else than at `point`, which becomes a corner of a polygon.
    pub(super) fn press(&mut self, point: P) {
        if self.shape == Some(Shape::Polygon) {
            self.marked.push(point);
        }
    }

    /// The mouse is dragged away from `point`, where a new line or shape begins; the last arm of an angle and
    /// the last corner of a polygon are only moved.
    pub(super) fn drag_from(&mut self, point: P) {
        let is_angle = self.shape.is_none() && self.marked.len() == 2;
        if self.shape != Some(Shape::Polygon) && !is_angle {
            self.marked = vec![point];
        }
    }

    /// The marked points and the point.
    pub(super) fn corners(&self, point: P) -> Vec<P> {
        self.marked.iter().copied().chain([point]).collect()
    }
}

impl Shape {
    /// The region with these corners.
    pub(super) fn region(self, corners: &[Place]) -> Region {
        match (self, corners) {
            (Self::Ellipse, [.., a, b]) => Region::Ellipse(*a, *b),
            (Self::Rectangle, [.., a, b]) => Region::Rectangle(*a, *b),
            _ => Region::Polygon(vec![corners.to_vec()]),
        }
    }

    /// Its outline, a closed line.
    pub(super) fn outline(self, corners: &[Place]) -> Vec<Place> {
        let &[first, .., [bottom, right]] = corners else { return corners.to_vec() };
        let [top, left] = corners[corners.len() - 2];
        match self {
            Self::Ellipse => (0..=CORNERS)
                .map(|corner| {
                    let (sine, cosine) =
                        (f64::from(corner) / f64::from(CORNERS) * std::f64::consts::TAU).sin_cos();
                    let between = |a: f64, b: f64, part: f64| f64::midpoint(a, b) + (b - a) / 2.0 * part;
                    [between(top, bottom, sine), between(left, right, cosine)]
                })
                .collect(),
            Self::Rectangle => {
                vec![[top, left], [top, right], [bottom, right], [bottom, left], [top, left]]
            }
            Self::Polygon => corners.iter().copied().chain([first]).collect(),
        }
    }

    /// Height and width of what lies between the corners.
    pub(super) fn sides(self, corners: &[Place]) -> [f64; 2] {
        let last = if self == Self::Polygon { corners } else { &corners[corners.len().saturating_sub(2)..] };
        [0, 1].map(|axis| {
            let (low, high) = last.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), place| {
                (low.min(place[axis]), high.max(place[axis]))
            });
            (high - low).max(0.0)
        })
    }
}

/// The lines from point to point in a picture of so coarse pixels or finer ones.
pub(super) fn lines(points: &[(f64, f64)], coarse: bool) -> Vec<Mark> {
    // Around a line of half blocks there would be no picture left.
    let mark = if coarse { Mark::Solid } else { Mark::Edged };
    points.windows(2).map(|two| mark(two[0], two[1])).collect()
}

/// Digits after the point of values in a range: small ones, as those of uptake, differ in the second.
pub(super) fn digits(min: f64, max: f64) -> usize {
    if min.abs().max(max.abs()) < 20.0 { 2 } else { 1 }
}

/// Corners of an ellipse as it is drawn.
const CORNERS: u32 = 48;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Measured {
    /// One line or two, and the angle between them in degrees.
    Lines {
        /// From point to point.
        lengths: Vec<f64>,
        /// At the second point.
        angle: Option<f64>,
        /// Of the lengths.
        unit: Unit,
    },
    /// A region.
    Region {
        /// Which.
        shape: Shape,
        /// Height and width.
        sides: [f64; 2],
        /// Nothing where no pixel has a value: in colours, in padding.
        statistics: Option<Statistics>,
        /// Of the sides.
        unit: Unit,
    },
}

impl Measured {
    /// What was drawn.
    pub(super) fn kind(&self) -> MeasurementKind {
        match self {
            Self::Lines { angle: None, .. } => MeasurementKind::Length,
            Self::Lines { .. } => MeasurementKind::Angle,
            Self::Region { shape: Shape::Ellipse, .. } => MeasurementKind::Ellipse,
            Self::Region { shape: Shape::Rectangle, .. } => MeasurementKind::Rectangle,
            Self::Region { shape: Shape::Polygon, .. } => MeasurementKind::Polygon,
        }
    }

    /// From point to point, or height and width.
    pub(super) fn lengths(&self) -> Vec<f64> {
        match self {
            Self::Lines { lengths, .. } => lengths.clone(),
            Self::Region { sides, .. } => sides.to_vec(),
        }
    }

    /// Of the lengths.
    pub(super) fn unit(&self) -> Unit {
        let (Self::Lines { unit, .. } | Self::Region { unit, .. }) = self;
        *unit
    }

    pub(super) fn angle(&self) -> Option<f64> {
        if let Self::Lines { angle, .. } = self { *angle } else { None }
    }

    pub(super) fn statistics(&self) -> Option<&Statistics> {
        if let Self::Region { statistics, .. } = self { statistics.as_ref() } else { None }
    }

    /// A few short lines for people.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Lines { lengths, angle, unit } => {
                let unit = unit.as_str();
                let lengths: Vec<String> =
                    lengths.iter().map(|length| format!("{} {unit}", short(*length, 1))).collect();
                let angle = angle.map_or_else(String::new, |angle| format!("  {angle:.1}°"));
                vec![format!("measured {}{angle}", lengths.join(" + "))]
            }
            Self::Region { shape, sides: [down, across], statistics, unit } => {
                let name = match shape {
                    Shape::Ellipse => "ellipse",
                    Shape::Rectangle => "rectangle",
                    Shape::Polygon => "polygon",
                };
                let number = |value: f64| short(value, 1);
                let size = format!("{name} {} x {} {}", number(*across), number(*down), unit.as_str());
                let Some(found) = statistics else { return vec![size, "no values in it".to_owned()] };
                let value = |value: f64| short(value, digits(found.min, found.max));
                vec![
                    size,
                    format!("{} {}  n {}", number(found.area), unit.squared(), found.count),
                    format!("mean {} SD {}", value(found.mean), value(found.deviation)),
                    format!("{} to {}", value(found.min), value(found.max)),
                ]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_mark_ends_an_angle_and_goes_on_with_a_polygon() {
        let mut measuring = Measuring::default();
        for point in [[0.0, 0.0], [0.0, 4.0], [3.0, 4.0]] {
            measuring.mark(point);
        }
        assert!(measuring.is_empty());

        (0..3).for_each(|_| measuring.next_shape([0.0, 0.0]));
        assert_eq!(measuring.shape, Some(Shape::Polygon));
        measuring.mark([0.0, 4.0]);
        measuring.mark([3.0, 4.0]);
        assert_eq!(measuring.marked.len(), 3);

        measuring.next_shape([3.0, 0.0]);
        assert_eq!((measuring.shape, measuring.marked.len()), (None, 2), "an angle again");
    }

    #[test]
    fn a_drag_begins_anew_and_a_click_only_moves_the_end() {
        let mut measuring = Measuring { marked: vec![[1.0, 1.0]], shape: None };
        measuring.press([2.0, 2.0]);
        assert_eq!(measuring.marked, [[1.0, 1.0]], "a click");
        measuring.drag_from([5.0, 5.0]);
        assert_eq!(measuring.marked, [[5.0, 5.0]], "a drag");

        let mut polygon = Measuring { marked: vec![[1.0, 1.0]], shape: Some(Shape::Polygon) };
        polygon.press([2.0, 2.0]);
        polygon.drag_from([5.0, 5.0]);
        assert_eq!(polygon.marked, [[1.0, 1.0], [2.0, 2.0]], "a corner more");
    }

    #[test]
    fn an_outline_is_closed_and_as_large_as_its_sides() {
        let corners = [[9.0, 9.0], [1.0, 2.0], [5.0, 8.0]];
        for shape in [Shape::Ellipse, Shape::Rectangle, Shape::Polygon] {
            let outline = shape.outline(&corners);
            let (first, last) = (outline[0], outline[outline.len() - 1]);
            assert!((first[0] - last[0]).hypot(first[1] - last[1]) < 1e-9);
            let sides = Shape::Polygon.sides(&outline);
            let stated = shape.sides(&corners);
            assert!(sides.iter().zip(stated).all(|(a, b)| (a - b).abs() < 1e-9), "{shape:?}");
        }
        assert_eq!(Shape::Ellipse.sides(&corners), [4.0, 6.0], "from the last mark to the point");
    }
}
