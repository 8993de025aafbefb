//! Fingerprints of pixels: the same image has the same ones under every name and transfer syntax.
//!
//! Hashes are SHA-256 in lower-case hex. What is hashed depends on the values alone, never on how a file
//! packs them, so that they can be compared with what other software makes of the same file.

use super::sample::number;
use crate::model::{Frame, Pixels, Stored};
use crate::with_stored;
use ndarray::Array3;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Points of a grid, in each direction.
const GRID: usize = 8;

/// Least, greatest and average value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Extent {
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// The average.
    pub mean: f64,
}

/// A picture in few numbers: `M` is a mean, `P` a pixel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fingerprint<M, P> {
    /// Of the levels, row by row; colour interleaved.
    pub sha256: String,
    /// The average level, of each channel.
    pub mean: M,
    /// 8 × 8 pixels from the middles of equal parts, row by row, for pictures that are alike but not equal.
    pub grid8x8: Vec<P>,
}

/// The hash of stored values: row by row, little endian.
pub fn sha256(stored: &Stored) -> String {
    let mut hash = Sha256::new();
    with_stored!(stored, values => {
        for row in values.rows() {
            hash.update(row.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>());
        }
    });
    hex(hash)
}

/// What the elements of stored values are, as `NumPy` writes it: `<i2` is 16 bits, signed, little endian.
pub fn dtype(stored: &Stored) -> &'static str {
    match stored {
        Stored::U8(_) => "<u1",
        Stored::I8(_) => "<i1",
        Stored::U16(_) => "<u2",
        Stored::I16(_) => "<i2",
        Stored::U32(_) => "<u4",
        Stored::I32(_) => "<i4",
        Stored::F32(_) => "<f4",
        Stored::F64(_) => "<f8",
    }
}

/// Least, greatest and average stored value; NaN is left out.
pub fn extent(stored: &Stored) -> Extent {
    with_stored!(stored, values => extent_of(values.iter().map(|&value| number(value))))
}

/// Least, greatest and average modality value, padding included; `None` for colour.
pub fn modality_extent(frame: &Frame) -> Option<Extent> {
    let Pixels::Gray(stored) = &frame.pixels else { return None };
    Some(with_stored!(stored, values => {
        extent_of(values.iter().map(|&value| frame.modality_lut.apply(number(value))))
    }))
}

/// The picture of a grey frame in the file's first way to show it, or else from its least to its greatest
/// value; `None` for colour.
///
/// Nothing is left out or covered: padding has the level of its value. `negative` is for frames whose white
/// is low.
pub fn gray(frame: &Frame, negative: bool) -> Option<Fingerprint<f64, u8>> {
    let Pixels::Gray(stored) = &frame.pixels else { return None };
    let voi = frame.voi.iter().find(|voi| voi.is_usable());
    let Extent { min, max, .. } = modality_extent(frame)?;
    let level = |stored: f64| {
        let value = frame.modality_lut.apply(stored);
        let level = match voi {
            Some(voi) => voi.level(value),
            None if max > min => (value - min) / (max - min) * 255.0,
            None => 0.0,
        };
        // The cast is the floor, and NaN becomes 0 in it.
        let level = (level.clamp(0.0, 255.0) + 0.5) as u8;
        if negative { 255 - level } else { level }
    };
    let levels: Vec<u8> =
        with_stored!(stored, values => values.iter().map(|&value| level(number(value))).collect());
    let grid8x8 = grid(stored.shape()).map(|pixel| levels[pixel]).collect();
    let mean = extent_of(levels.iter().map(|&level| f64::from(level))).mean;
    Some(Fingerprint { sha256: hex(Sha256::new_with_prefix(&levels)), mean, grid8x8 })
}

/// The picture of a colour frame; shape `(rows, columns, 3)`.
pub fn color(rgb: &Array3<u8>) -> Fingerprint<[f64; 3], [u8; 3]> {
    let (rows, columns, _) = rgb.dim();
    let samples: Vec<u8> = rgb.iter().copied().collect();
    let (pixels, _) = samples.as_chunks::<3>();
    let mean = [0, 1, 2].map(|channel| extent_of(pixels.iter().map(|pixel| f64::from(pixel[channel]))).mean);
    let grid8x8 = grid((rows, columns)).map(|pixel| pixels[pixel]).collect();
    Fingerprint { sha256: hex(Sha256::new_with_prefix(&samples)), mean, grid8x8 }
}

fn extent_of(values: impl Iterator<Item = f64>) -> Extent {
    let (mut min, mut max, mut sum, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0_u64);
    for value in values.filter(|value| !value.is_nan()) {
        (min, max, sum, count) = (min.min(value), max.max(value), sum + value, count + 1);
    }
    Extent { min, max, mean: sum / count as f64 }
}

/// Indices of the pixels of the grid.
fn grid((rows, columns): (usize, usize)) -> impl Iterator<Item = usize> {
    let middle = |part: usize, length: usize| (2 * part + 1) * length / (2 * GRID);
    (0..GRID * GRID).map(move |at| middle(at / GRID, rows) * columns + middle(at % GRID, columns))
}

fn hex(hash: Sha256) -> String {
    format!("{:x}", hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::super::sample::frames;
    use super::*;
    use crate::model::Window;
    use ndarray::array;

    #[test]
    fn stored_values_are_hashed_in_little_endian() {
        let stored = Stored::I16(array![[0x6261, 0x0063]]);
        assert_eq!(sha256(&stored), "dc1114cd074914bd872cc1f9a23ec910ea2203bc79779ab2e17da25782a624fc");
        assert_eq!(dtype(&stored), "<i2");
    }

    #[test]
    fn a_picture_without_a_window_goes_from_its_least_to_its_greatest_value() {
        let picture = gray(&frames::row(&[-100, 0, 100]), false).unwrap();
        assert_eq!(picture.grid8x8[..8], [0, 0, 0, 128, 128, 255, 255, 255]);
        assert_eq!(gray(&frames::row(&[7, 7]), false).unwrap().mean, 0.0);
    }

    #[test]
    fn padding_has_the_level_of_its_value_in_a_negative_too() {
        let mut frame = frames::row(&[0, 1, 255]);
        frame.padding = Some((255.0, 255.0));
        frame.voi = vec![Window::linear(128.0, 256.0).into()];
        assert_eq!(gray(&frame, false).unwrap().grid8x8[..8], [0, 0, 0, 1, 1, 255, 255, 255]);
        assert_eq!(gray(&frame, true).unwrap().grid8x8[..8], [255, 255, 255, 254, 254, 0, 0, 0]);
    }

    #[test]
    fn colours_are_averaged_by_channel() {
        let picture = color(&array![[[1u8, 2, 3], [3, 2, 1]]]);
        assert_eq!(picture.mean, [2.0, 2.0, 2.0]);
        assert_eq!(picture.grid8x8[3..5], [[1, 2, 3], [3, 2, 1]]);
        assert!(modality_extent(&frames::row(&[1, 2])).is_some_and(|extent| extent.mean == 1.5));
    }
}
