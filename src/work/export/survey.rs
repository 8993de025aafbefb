//! What the slices of a stack hold, in numbers.

use super::{ExportError, Slices};
use crate::imaging::steps::{AIR, Units, units};
use ndarray::Array2;
use std::sync::{Mutex, PoisonError};

/// Of one slice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measured {
    /// Rows and columns.
    pub(super) shape: (usize, usize),
    /// Of the values.
    pub(super) unit: String,
    /// Modality values without padding; none of colours.
    pub(super) values: Units,
}

/// Reads every slice, and measures its values. `step` is called after each; if it says false, it is over.
///
/// # Errors
///
/// [`ExportError`]: a slice that cannot be read.
pub(super) fn measure_slices(
    slices: &Slices<'_>,
    step: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Measured>, ExportError> {
    let found = Mutex::new(vec![None; slices.list.len()]);
    slices.each(|at, frame| {
        let mut values = Units::default();
        let shape = frame.shape();
        units(frame, AIR, Array2::zeros(shape).view_mut(), &mut values);
        let measured = Measured { shape, unit: frame.unit.to_string(), values };
        found.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(measured);
        if step() { Ok(()) } else { Err(ExportError::Stopped) }
    })?;
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect())
}
