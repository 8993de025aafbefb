//! What was measured and kept: a list that only grows, the last word counts.

/// What was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasurementKind {
    /// From one point to another.
    Length,
    /// At the second of three points.
    Angle,
    /// Within a rectangle.
    Ellipse,
    /// With two sides along the rows.
    Rectangle,
    /// With any corners.
    Polygon,
}

impl MeasurementKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Length, Self::Angle, Self::Ellipse, Self::Rectangle, Self::Polygon];

    /// The word in a file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Angle => "angle",
            Self::Ellipse => "ellipse",
            Self::Rectangle => "rectangle",
            Self::Polygon => "polygon",
        }
    }
}

/// What the values in a region have in common, in their unit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RegionValues {
    /// How many.
    pub count: usize,
    /// Average.
    pub mean: f64,
    /// Standard deviation of the population.
    pub deviation: f64,
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
    /// Of all pixels with a value, in the square of the unit of lengths.
    pub area: f64,
    /// Of the values: `HU`, or empty.
    pub unit: String,
}

/// One thing that was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// UTC, as `2026-11-24T10:30:00Z`.
    pub when: String,
    /// Who measured.
    pub reader: String,
    /// It was taken back.
    pub removed: bool,
    /// Study Instance UID.
    pub study: String,
    /// Series Instance UID.
    pub series: String,
    /// SOP Instance UID; empty if it lies in a plane of a volume.
    pub instance: String,
    /// Of the instance, from zero.
    pub frame: u32,
    /// What was drawn.
    pub kind: MeasurementKind,
    /// Of a picture row and column, whole numbers at the centres of pixels; of a volume x, y and z in the
    /// patient, LPS mm. Of an ellipse the four corners around it.
    pub points: Vec<Vec<f64>>,
    /// From point to point, or height and width of a region.
    pub lengths: Vec<f64>,
    /// Of lengths: `mm`, `mm at detector`, `px`.
    pub unit: String,
    /// Degrees.
    pub angle: Option<f64>,
    /// Of a region whose pixels have any.
    pub values: Option<RegionValues>,
}

impl Measurement {
    /// The line that shows it, closed around a region.
    pub fn outline(&self) -> Vec<Vec<f64>> {
        let mut line = self.points.clone();
        match (self.kind, &self.points[..]) {
            (MeasurementKind::Length | MeasurementKind::Angle, _) | (_, []) => {}
            (MeasurementKind::Ellipse, [a, b, c, d]) => {
                line = (0..=CORNERS)
                    .map(|at| {
                        let (sine, cosine) =
                            (f64::from(at) / f64::from(CORNERS) * std::f64::consts::TAU).sin_cos();
                        let axes = a.iter().zip(b).zip(c.iter().zip(d));
                        axes.map(|((a, b), (c, d))| {
                            f64::midpoint(*a, *c) + (b - a) / 2.0 * cosine + (d - a) / 2.0 * sine
                        })
                        .collect()
                    })
                    .collect();
            }
            (_, [first, ..]) => line.push(first.clone()),
        }
        line
    }

    /// True if both mean the same place: then the later one counts.
    fn is_same(&self, other: &Self) -> bool {
        (&self.series, &self.instance, self.frame) == (&other.series, &other.instance, other.frame)
            && (self.kind, &self.points) == (other.kind, &other.points)
    }
}

/// Corners of an ellipse as it is drawn.
const CORNERS: u32 = 48;

/// All that was measured and not taken back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measurements {
    /// In the order of their times.
    pub list: Vec<Measurement>,
    /// There is a file.
    pub is_kept: bool,
}

impl Measurements {
    /// What is left of the lines of a file.
    pub fn of_all(mut lines: Vec<Measurement>) -> Self {
        lines.sort_by(|a, b| a.when.cmp(&b.when));
        let mut measurements = Self { list: vec![], is_kept: true };
        for line in lines {
            measurements.say(line);
        }
        measurements
    }

    /// Takes in one more line.
    pub fn say(&mut self, measurement: Measurement) {
        self.list.retain(|other| !other.is_same(&measurement));
        if !measurement.removed {
            self.list.push(measurement);
        }
    }

    /// Those in one frame of an instance of a series.
    pub fn in_frame<'a>(
        &'a self,
        series: &'a str,
        instance: &'a str,
        frame: u32,
    ) -> impl Iterator<Item = &'a Measurement> {
        self.list.iter().filter(move |one| {
            one.series == series && one.instance == instance && one.frame == frame && !one.instance.is_empty()
        })
    }

    /// Those in planes of a volume of a series.
    pub fn in_volume<'a>(&'a self, series: &'a str) -> impl Iterator<Item = &'a Measurement> {
        self.list.iter().filter(move |one| one.series == series && one.instance.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ellipse(when: &str, removed: bool) -> Measurement {
        let corner = |row: f64, column: f64| vec![row, column];
        Measurement {
            when: when.to_owned(),
            reader: String::new(),
            removed,
            study: "1.2".to_owned(),
            series: "1.2.3".to_owned(),
            instance: "1.2.3.4".to_owned(),
            frame: 0,
            kind: MeasurementKind::Ellipse,
            points: vec![corner(0.0, 0.0), corner(0.0, 8.0), corner(4.0, 8.0), corner(4.0, 0.0)],
            lengths: vec![4.0, 8.0],
            unit: "mm".to_owned(),
            angle: None,
            values: None,
        }
    }

    #[test]
    fn what_was_taken_back_is_gone_until_it_is_measured_again() {
        let list = |lines| Measurements::of_all(lines).list.len();
        assert_eq!(list(vec![ellipse("2026-02", true), ellipse("2026-01", false)]), 0);
        assert_eq!(list(vec![ellipse("2026-01", false), ellipse("2026-02", false)]), 1, "said twice");
        assert_eq!(list(vec![ellipse("2026-01", true), ellipse("2026-02", false)]), 1);
    }

    #[test]
    fn an_ellipse_touches_the_sides_between_its_corners() {
        let outline = ellipse("", false).outline();
        let column = |at: usize| outline[at][1];
        assert_eq!((column(0), column(24)), (8.0, 0.0));
        let lowest = outline.iter().map(|place| place[0]).fold(f64::MIN, f64::max);
        assert!((lowest - 4.0).abs() < 1e-9);
    }
}
