//! From the values of a stack to the input of a network: the steps of the classic tutorial on volumes of
//! chest CT, each right by default and, where it is asked for, as the tutorial has it to the last bit.
//!
//! Arrays are `(slice, row, column)`.

mod components;
mod figures;
mod lungs;
mod normalise;
mod resample;
mod units;
pub use figures::{BINS, StoredCounts, bins, figures};
pub use lungs::{Lungs, lungs};
pub use normalise::{crop, normalise, normalised};
pub use resample::{Grid, Interpolation, resample};
pub use units::{AIR, Units, naive_units, units};
