//! How stored values become meaningful ones, as the file states it (PS3.3 C.11).
//!
//! Only the statements live here; `imaging` applies them.

use super::Text;

/// A look-up table: Modality LUT, VOI LUT or one channel of a palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lut {
    /// The input that maps to entry 0; smaller inputs map there too.
    pub first: i32,
    /// Never empty; inputs past the end map to the last entry.
    pub entries: Vec<u16>,
    /// Bits of an entry, 8 to 16: the output range is `0..=2^bits - 1`.
    pub bits: u8,
}

/// Stored values to values with a unit (PS3.3 C.11.1).
#[derive(Debug, Clone, PartialEq)]
pub enum ModalityLut {
    /// `stored * slope + intercept`; 1 and 0 when the file says nothing.
    Rescale {
        /// Never zero, never NaN.
        slope: f64,
        /// In the unit of the output.
        intercept: f64,
    },
    /// Modality LUT Sequence (0028,3000).
    Table(Lut),
}

impl ModalityLut {
    /// Values stay as they are stored.
    pub const IDENTITY: Self = Self::Rescale { slope: 1.0, intercept: 0.0 };
}

/// The shape of the curve between black and white (PS3.3 C.11.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum VoiFunction {
    /// LINEAR, the default: with the half-pixel terms of C.11.2.1.2.1.
    #[default]
    Linear,
    /// `LINEAR_EXACT`: without them.
    LinearExact,
    /// SIGMOID.
    Sigmoid,
}

/// Window centre and width, in modality units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// The value shown as middle grey.
    pub center: f64,
    /// The range between black and white; greater than zero.
    pub width: f64,
    /// The curve.
    pub function: VoiFunction,
}

impl Window {
    /// A LINEAR window.
    pub const fn linear(center: f64, width: f64) -> Self {
        Self { center, width, function: VoiFunction::Linear }
    }
}

/// One way the file proposes to show its values (PS3.3 C.11.2).
#[derive(Debug, Clone, PartialEq)]
pub enum VoiLut {
    /// A pair of Window Center (0028,1050) and Window Width (0028,1051).
    Window {
        /// Centre, width and function.
        window: Window,
        /// Window Center & Width Explanation (0028,1055), or empty.
        explanation: Text,
    },
    /// An item of VOI LUT Sequence (0028,3010).
    Table {
        /// The table, fed with modality values.
        lut: Lut,
        /// LUT Explanation (0028,3003), or empty.
        explanation: Text,
    },
}
