//! What the pipeline does to a stack, and how that is said on the command line.

use crate::imaging::steps::Interpolation;

/// What is done, in this order.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// As the tutorial does it, to the last bit: 16-bit units, a grid with aligned corners, cubic splines.
    pub tutorial: bool,
    /// New distances of slices, rows and columns, mm.
    pub resample: Option<[f64; 3]>,
    /// How; the tutorial's is always cubic.
    pub interpolation: Interpolation,
    /// Find the lungs; with what is inside them, if true.
    pub lungs: Option<bool>,
    /// Cut to the box around the lungs, or else the body, with this many voxels around it.
    pub crop: Option<usize>,
    /// What becomes 0 and 1.
    pub normalise: Option<(f64, f64)>,
    /// Subtracted after that.
    pub zero_centre: Option<f64>,
}

impl Recipe {
    /// Values in their unit, and nothing else.
    pub const PLAIN: Self = Self {
        tutorial: false,
        resample: None,
        interpolation: Interpolation::Linear,
        lungs: None,
        crop: None,
        normalise: None,
        zero_centre: None,
    };

    /// The steps of the classic tutorial, with its numbers, each right.
    pub const CLASSIC: Self = Self {
        resample: Some([1.0; 3]),
        lungs: Some(true),
        normalise: Some((-1000.0, 400.0)),
        zero_centre: Some(0.25),
        ..Self::PLAIN
    };

    /// What becomes 0 and 1, and what is subtracted, where either is asked for.
    pub(super) fn range_and_mean(&self) -> ((f64, f64), f64) {
        (self.normalise.unwrap_or((0.0, 1.0)), self.zero_centre.unwrap_or(0.0))
    }

    /// The options of `topogram pipeline` that mean this.
    pub fn options(&self) -> String {
        let mut options = vec![];
        if self.tutorial {
            options.push("--tutorial".to_owned());
        }
        if let Some(spacing) = self.resample {
            options.push(format!("--resample {}", said_millimetres(spacing)));
            if !self.tutorial && self.interpolation != Interpolation::Linear {
                options.push("--interpolation cubic".to_owned());
            }
        }
        options.extend(self.lungs.map(|fill| if fill { "--lungs" } else { "--lungs air" }.to_owned()));
        options.extend(self.crop.map(|voxels| format!("--crop {voxels}")));
        options.extend(self.normalise.map(|(low, high)| format!("--normalise {low},{high}")));
        options.extend(self.zero_centre.map(|mean| format!("--zero-centre {mean}")));
        options.join(" ")
    }
}

/// Distances of slices, rows and columns, as [`millimetres`] reads them.
pub fn said_millimetres([slice, row, column]: [f64; 3]) -> String {
    if slice == row && row == column { format!("{slice}mm") } else { format!("{column},{row},{slice}") }
}

/// `1mm`, `1`, or columns, rows and slices; as distances of slices, rows and columns.
///
/// # Errors
///
/// A sentence that says what it should be.
pub fn millimetres(text: &str) -> Result<[f64; 3], String> {
    let number = |text: &str| {
        let number = text.trim().trim_end_matches("mm").trim().parse::<f64>().ok();
        number.filter(|mm| (0.01..=1000.0).contains(mm))
    };
    let parts: Option<Vec<f64>> = text.split(',').map(number).collect();
    match parts.as_deref() {
        Some(&[mm]) => Ok([mm; 3]),
        Some(&[column, row, slice]) => Ok([slice, row, column]),
        _ => Err("give one distance, as in 1mm, or three, for columns, rows and slices, from 0.01 to 1000"
            .to_owned()),
    }
}

/// Two numbers, the first the smaller.
///
/// # Errors
///
/// A sentence that says what it should be.
pub fn bounds(text: &str) -> Result<(f64, f64), String> {
    let numbers = text
        .split_once(',')
        .and_then(|(low, high)| Some((low.trim().parse::<f64>().ok()?, high.trim().parse::<f64>().ok()?)));
    numbers
        .filter(|(low, high)| low < high && low.is_finite() && high.is_finite())
        .ok_or_else(|| "give two numbers, the smaller one first, as in -1000,400".to_owned())
}
