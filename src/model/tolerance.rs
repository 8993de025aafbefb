//! How far from perfect geometry may be before somebody is told.

/// What counts as even, whole and upright. The defaults lie between the extremes of other programs, which
/// the README names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerances {
    /// Distances between slices are equal up to this, mm, or the share below, whichever is more.
    pub spacing_mm: f64,
    /// The same as a part of the median distance.
    pub spacing_share: f64,
    /// Unevenness up to this part of the distance is jitter: good to know, and no warning.
    pub jitter_share: f64,
    /// How far from a whole number of steps a gap may be, in steps.
    pub gap_share: f64,
    /// A stack leans if it does so by more degrees: positions are rounded to less, gantries tilted by more.
    pub tilt_degrees: f64,
}

impl Default for Tolerances {
    fn default() -> Self {
        Self { spacing_mm: 0.01, spacing_share: 0.01, jitter_share: 0.1, gap_share: 0.2, tilt_degrees: 0.2 }
    }
}

impl Tolerances {
    /// How far distances may be from a median of `step` mm.
    pub fn spacing(&self, step: f64) -> f64 {
        (self.spacing_share * step).max(self.spacing_mm)
    }
}
