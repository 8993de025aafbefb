//! Regions of a picture, and what their pixels have in common.

use super::{Place, Scale, value};
use crate::{imaging::Histogram, model::Frame};

/// A part of a picture.
#[derive(Debug, Clone, PartialEq)]
pub enum Region {
    /// Between two opposite corners.
    Rectangle(Place, Place),
    /// Between two opposite corners of the rectangle around it.
    Ellipse(Place, Place),
    /// One or several closed lines; what lies within two of them is outside again (even-odd rule).
    Polygon(Vec<Vec<Place>>),
}

/// What is told of a region.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    /// Pixels with a value.
    pub count: usize,
    /// Pixels of the region that are padding or no number.
    pub left_out: usize,
    /// Average.
    pub mean: f64,
    /// Standard deviation of the population.
    pub deviation: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// The middle one, or the average of the two in the middle.
    pub median: f64,
    /// Of all pixels with a value, in the square of the scale's unit.
    pub area: f64,
}

impl Statistics {
    /// The same of values that are multiplied by a number above zero.
    #[must_use]
    pub fn times(self, by: f64) -> Self {
        let Self { mean, deviation, min, max, median, .. } = self;
        let [mean, deviation, min, max, median] = [mean, deviation, min, max, median].map(|value| value * by);
        Self { mean, deviation, min, max, median, ..self }
    }
}

impl Region {
    /// The pixels whose centres are inside, row by row; none of them is outside of a picture of that shape.
    pub fn pixels(&self, (rows, columns): (usize, usize)) -> Vec<(usize, usize)> {
        let mut pixels = vec![];
        for row in within(self.height(), rows) {
            for (from, to) in self.spans(row as f64) {
                pixels.extend(within((from, to), columns).map(|column| (row, column)));
            }
        }
        pixels
    }

    /// The rows it may have pixels in.
    fn height(&self) -> (f64, f64) {
        match self {
            Self::Rectangle(a, b) | Self::Ellipse(a, b) => (a[0].min(b[0]), a[0].max(b[0])),
            Self::Polygon(lines) => {
                let rows = lines.iter().flatten().map(|place| place[0]);
                rows.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), row| {
                    (low.min(row), high.max(row))
                })
            }
        }
    }

    /// The parts of a row that are inside, from left to right.
    fn spans(&self, row: f64) -> Vec<(f64, f64)> {
        match self {
            Self::Rectangle(a, b) => vec![(a[1].min(b[1]), a[1].max(b[1]))],
            Self::Ellipse(a, b) => {
                let center = [0, 1].map(|axis| f64::midpoint(a[axis], b[axis]));
                let radius = [0, 1].map(|axis| (a[axis] - b[axis]).abs() / 2.0);
                let part = if radius[0] > 0.0 { (row - center[0]) / radius[0] } else { 0.0 };
                let half = radius[1] * (1.0 - part * part).max(0.0).sqrt();
                vec![(center[1] - half, center[1] + half)]
            }
            Self::Polygon(lines) => crossings(lines, row),
        }
    }

    /// What its pixels have in common; `None` if none of them has a value.
    pub fn statistics(&self, frame: &Frame, scale: &Scale) -> Option<Statistics> {
        let pixels = self.pixels(frame.shape());
        let mut values = self.values(frame);
        let count = values.len();
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        values.sort_by(f64::total_cmp);
        let (&min, &max) = (values.first()?, values.last()?);
        Some(Statistics {
            count,
            left_out: pixels.len() - count,
            // The average of equal values is that value, whatever sums are rounded to.
            mean: mean.clamp(min, max),
            deviation: if min == max { 0.0 } else { (squares / count as f64).sqrt() },
            min,
            max,
            median: f64::midpoint(values[(count - 1) / 2], values[count / 2]),
            area: count as f64 * scale.pixel_area(),
        })
    }

    /// How often values occur in it, in bins of equal width; `None` if there are none.
    pub fn histogram(&self, frame: &Frame, bins: usize) -> Option<Histogram> {
        Histogram::of_values(&self.values(frame), bins)
    }

    /// The values of its pixels, without padding and NaN.
    fn values(&self, frame: &Frame) -> Vec<f64> {
        let pixels = self.pixels(frame.shape()).into_iter();
        pixels.filter_map(|(row, column)| value(frame, [row as f64, column as f64])).collect()
    }
}

/// The whole numbers of a range that are below `count`.
fn within((from, to): (f64, f64), count: usize) -> std::ops::Range<usize> {
    let start = from.ceil().max(0.0) as usize;
    start..((to.floor() + 1.0).max(0.0) as usize).min(count).max(start)
}

/// Where a row enters and leaves closed lines: an edge counts where one end is above and the other is not.
fn crossings(lines: &[Vec<Place>], row: f64) -> Vec<(f64, f64)> {
    let mut columns = vec![];
    for line in lines {
        for (at, from) in line.iter().enumerate() {
            let to = &line[(at + 1) % line.len()];
            if (from[0] <= row) != (to[0] <= row) {
                columns.push(from[1] + (row - from[0]) / (to[0] - from[0]) * (to[1] - from[1]));
            }
        }
    }
    columns.sort_by(f64::total_cmp);
    columns.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}
