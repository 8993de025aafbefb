//! Rows of a component at the full width of the image.
//!
//! Halved chroma is interpolated with weights 3:1 from the nearest samples, as libjpeg and dcmtk do by
//! default; other ratios repeat samples (ITU-T T.81 A.1.1 leaves the choice to the decoder).

use super::marker::{Component, Frame};
use super::scan::Plane;

/// Fills `out`, one value per column of the image, with row `y` of a component.
pub(super) fn row(frame: &Frame, component: &Component, plane: &Plane, y: usize, out: &mut [u16]) {
    let (columns, rows) = frame.extent(component);
    let samples = |y: usize| &plane.values[y.min(rows - 1) * plane.stride..][..columns];
    let (h, v) = (frame.h / component.h, frame.v / component.v);
    // Interpolation needs neighbours on both sides.
    let smooth = columns > 2 && frame.h == h * component.h && frame.v == v * component.v;
    match (h, v) {
        (1, 1) if smooth || columns == out.len() => out.copy_from_slice(&samples(y)[..out.len()]),
        (2, 1) if smooth => widen(samples(y).iter().map(|&value| u32::from(value)), 1, out),
        (1 | 2, 2) if smooth => {
            let upper = y.is_multiple_of(2);
            let far = if upper { (y / 2).saturating_sub(1) } else { y / 2 + 1 };
            let pairs = samples(y / 2).iter().zip(samples(far));
            let sums = pairs.map(|(&near, &far)| 3 * u32::from(near) + u32::from(far));
            if h == 2 {
                widen(sums, 4, out);
            } else {
                let half = if upper { 1 } else { 2 };
                for (to, sum) in out.iter_mut().zip(sums) {
                    *to = ((sum + half) / 4) as u16;
                }
            }
        }
        _ => {
            let near = samples(y * component.v / frame.v);
            for (x, to) in out.iter_mut().enumerate() {
                *to = near[(x * component.h / frame.h).min(columns - 1)];
            }
        }
    }
}

/// Doubles a row; the values carry `scale` times the sample. Halves are rounded up and down in turn, so
/// that no half of the image drifts.
fn widen(values: impl Iterator<Item = u32> + Clone, scale: u32, out: &mut [u16]) {
    let total = 4 * scale;
    let (even, odd) = if scale == 1 { (1, 2) } else { (8, 7) };
    let mut next = values.clone().skip(1);
    let mut before = None;
    for (pair, value) in out.chunks_mut(2).zip(values) {
        let after = next.next();
        let left = before.map_or(4 * value, |before| 3 * value + before);
        let right = after.map_or(4 * value, |after| 3 * value + after);
        pair[0] = ((left + even) / total) as u16;
        if let Some(to) = pair.get_mut(1) {
            *to = ((right + odd) / total) as u16;
        }
        before = Some(value);
    }
}
