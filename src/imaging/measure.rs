//! Distances, angles and regions, with the unit that they really have.
//!
//! Pixels are counted as `[row, column]`, integers at their centres. Statistics are over the pixels whose
//! centres are inside, without padding and NaN; the standard deviation is that of the population (divided by
//! the number of pixels).

mod region;
mod scout;
pub use region::{Region, Statistics};
pub use scout::{PARALLEL, scout, scout_cut};

use super::sample::is_padding;
use crate::model::{
    Calibration, Frame, Pixels, Spacing, SpacingSource, UltrasoundRegion, Vector, dot, minus, norm,
};

/// A place in a picture: row and column.
pub type Place = [f64; 2];

/// What lengths in a picture are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// In the patient.
    Millimetres,
    /// In the patient, from the stated distances of source, patient and detector.
    Estimated,
    /// On the detector, where everything is larger than in the patient.
    AtDetector,
    /// Nothing is known but the shape of a pixel.
    Pixels,
}

impl Unit {
    /// As it stands behind a number.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Millimetres => "mm",
            Self::Estimated => "mm (estimated)",
            Self::AtDetector => "mm at detector",
            Self::Pixels => "px",
        }
    }

    /// Of areas.
    pub fn squared(self) -> &'static str {
        match self {
            Self::Millimetres => "mm²",
            Self::Estimated => "mm² (estimated)",
            Self::AtDetector => "mm² at detector",
            Self::Pixels => "px²",
        }
    }
}

/// How long a step of one row and of one column is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Down one row.
    pub row: f64,
    /// Along one column.
    pub column: f64,
    /// Of both.
    pub unit: Unit,
}

impl Scale {
    /// Of a picture with this spacing; `magnification` is that of the detector's picture, if it is known
    /// (PS3.3 10.7.1: Estimated Radiographic Magnification Factor, or the ratio of the distances from the
    /// source to the detector and to the patient).
    pub fn of(spacing: Option<Spacing>, magnification: Option<f64>) -> Self {
        let Some(Spacing { row, column, source }) = spacing else {
            return Self { row: 1.0, column: 1.0, unit: Unit::Pixels };
        };
        let magnification = magnification.filter(|factor| factor.is_finite() && *factor >= 1.0);
        match (source, magnification) {
            (SpacingSource::Patient, _) => Self { row, column, unit: Unit::Millimetres },
            (SpacingSource::Detector, Some(factor)) => {
                Self { row: row / factor, column: column / factor, unit: Unit::Estimated }
            }
            (SpacingSource::Detector, None) => Self { row, column, unit: Unit::AtDetector },
            (SpacingSource::AspectOnly, _) => Self { row, column, unit: Unit::Pixels },
        }
    }

    /// Between two places of an ultrasound picture: only within one region, and only where it shows space
    /// (PS3.3 C.8.5.5.1).
    pub fn in_regions(regions: &[UltrasoundRegion], from: Place, to: Place) -> Option<Self> {
        let holds = |region: &&UltrasoundRegion| {
            let within =
                |at: f64, (first, last): (u32, u32)| (f64::from(first)..=f64::from(last)).contains(&at);
            [from, to].iter().all(|at| within(at[0], region.rows) && within(at[1], region.columns))
        };
        let (row, column) = regions.iter().find(holds)?.centimetres?;
        Some(Self { row: 10.0 * row, column: 10.0 * column, unit: Unit::Millimetres })
    }

    /// For what is measured between places of a frame, all of them together: in an ultrasound picture the scale
    /// of the one region that holds them, else pixels.
    pub fn over(frame: &Frame, places: &[Place]) -> Self {
        let Calibration { magnification, regions } = &frame.calibration;
        if regions.is_empty() {
            return Self::of(frame.spacing, *magnification);
        }
        let corner = |pick: fn(f64, f64) -> f64| {
            let [first, rest @ ..] = places else { return [0.0, 0.0] };
            rest.iter().fold(*first, |a, b| [pick(a[0], b[0]), pick(a[1], b[1])])
        };
        Self::in_regions(regions, corner(f64::min), corner(f64::max)).unwrap_or(Self::of(None, None))
    }

    /// From one place to another.
    pub fn distance(&self, from: Place, to: Place) -> f64 {
        ((to[0] - from[0]) * self.row).hypot((to[1] - from[1]) * self.column)
    }

    /// Between the arms from `vertex`, degrees; `None` for an arm without length.
    pub fn angle(&self, arm: Place, vertex: Place, other: Place) -> Option<f64> {
        let flat = |place: Place| [place[0] * self.row, place[1] * self.column, 0.0];
        angle(flat(arm), flat(vertex), flat(other))
    }

    /// Of one pixel.
    pub fn pixel_area(&self) -> f64 {
        self.row * self.column
    }
}

/// Between the arms from `vertex` to points in the patient, degrees; `None` for an arm without length.
pub fn angle(arm: Vector, vertex: Vector, other: Vector) -> Option<f64> {
    let (a, b) = (minus(arm, vertex), minus(other, vertex));
    let lengths = norm(a) * norm(b);
    (lengths > 0.0).then(|| (dot(a, b) / lengths).clamp(-1.0, 1.0).acos().to_degrees())
}

/// The values on a straight line: those of the pixels nearest to `count` places from one end to the other,
/// both included; nothing outside of the picture and in padding.
pub fn profile(frame: &Frame, from: Place, to: Place, count: usize) -> Vec<Option<f64>> {
    let last = count.saturating_sub(1).max(1) as f64;
    let place = |step: usize| {
        let part = step as f64 / last;
        [0, 1].map(|axis| (from[axis] + (to[axis] - from[axis]) * part).round())
    };
    (0..count).map(place).map(|at| value(frame, at)).collect()
}

/// The modality value of a pixel, if it has one that counts.
fn value(frame: &Frame, [row, column]: Place) -> Option<f64> {
    let Pixels::Gray(stored) = &frame.pixels else { return None };
    let inside = row >= 0.0 && column >= 0.0;
    let stored = inside.then(|| stored.at(row as usize, column as usize)).flatten()?;
    let value = frame.modality_lut.apply(stored);
    (value.is_finite() && !is_padding(frame, stored)).then_some(value)
}

#[cfg(test)]
mod tests;
