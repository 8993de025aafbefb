//! What files say about sizes and values beside spacing and rescale.

use super::Text;

/// A part of an ultrasound picture with distances of its own (PS3.3 C.8.5.5).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UltrasoundRegion {
    /// Zero-based rows from the first to the last one, both included.
    pub rows: (u32, u32),
    /// The same of columns.
    pub columns: (u32, u32),
    /// Down a row and along a column, cm; `None` where another quantity is shown: time, speed.
    pub centimetres: Option<(f64, f64)>,
}

/// How large things are where Pixel Spacing does not say it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calibration {
    /// How much larger the picture on the detector is than the patient.
    pub magnification: Option<f64>,
    /// Of an ultrasound picture, in the order of the file.
    pub regions: Vec<UltrasoundRegion>,
}

/// From stored values to a quantity in the real world (PS3.3 C.7.6.16.2.11).
#[derive(Debug, Clone, PartialEq)]
pub struct RealWorld {
    /// The stored values it is for, both ends included; others have no value.
    pub mapped: (f64, f64),
    /// By a line, or a value for each stored one.
    pub map: RealWorldMap,
    /// Code of the unit (UCUM), or empty.
    pub unit: Text,
}

/// The two ways to write a [`RealWorld`].
#[derive(Debug, Clone, PartialEq)]
pub enum RealWorldMap {
    /// `stored * slope + intercept`.
    Line {
        /// In units for each step.
        slope: f64,
        /// In units.
        intercept: f64,
    },
    /// One for each mapped value, the first one first.
    Table(Vec<f64>),
}

impl RealWorld {
    /// The value of a stored one, if it has any.
    pub fn value(&self, stored: f64) -> Option<f64> {
        let (first, last) = self.mapped;
        if !(first..=last).contains(&stored) {
            return None;
        }
        match &self.map {
            RealWorldMap::Line { slope, intercept } => Some(stored * slope + intercept),
            RealWorldMap::Table(values) => values.get((stored - first) as usize).copied(),
        }
    }
}
