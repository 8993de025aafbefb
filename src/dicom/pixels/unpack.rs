//! From the bytes of a frame to numbers (PS3.5 8.1).
//!
//! Bits outside `high_bit` and `bits_stored` may hold overlays or rubbish: they are always masked away.

use super::{PixelModule, module::Kind};
use crate::model::Stored;
use ndarray::Array2;

/// Unpacks one sample per pixel. `bytes` holds little endian samples of the frame, one byte for a 1-bit
/// sample; missing ones at the end come out as zero.
pub(super) fn gray(bytes: &[u8], module: &PixelModule) -> Stored {
    let shape = (module.rows as usize, module.columns as usize);
    let shift = u32::from(module.high_bit + 1 - module.bits_stored);
    let stored = u32::from(module.bits_stored);
    macro_rules! integers {
        ($unsigned:ty, $signed:ty, $u:ident, $s:ident) => {{
            let spare = <$unsigned>::BITS - stored.min(<$unsigned>::BITS);
            if module.signed {
                // Up to the sign bit and back down: the shift copies the sign.
                let up = spare - shift;
                let value = |word| (<$unsigned>::from_le_bytes(word) << up) as $signed >> spare;
                array(bytes, value, shape).map(Stored::$s)
            } else {
                let mask = <$unsigned>::MAX >> spare;
                array(bytes, |word| <$unsigned>::from_le_bytes(word) >> shift & mask, shape).map(Stored::$u)
            }
        }};
    }
    let values = match (module.kind, module.bits_allocated) {
        (Kind::Float, _) => array(bytes, f32::from_le_bytes, shape).map(Stored::F32),
        (Kind::Double, _) => array(bytes, f64::from_le_bytes, shape).map(Stored::F64),
        (Kind::Integer, 1) => array(bytes, |[bit]| bit & 1, shape).map(Stored::U8),
        (Kind::Integer, 8) => integers!(u8, i8, U8, I8),
        (Kind::Integer, 16) => integers!(u16, i16, U16, I16),
        (Kind::Integer, 32) => integers!(u32, i32, U32, I32),
        // 64-bit integers do not fit any peer either; a double keeps 53 bits of them.
        (Kind::Integer, _) if module.signed => {
            array(bytes, |word| i64::from_le_bytes(word) as f64, shape).map(Stored::F64)
        }
        (Kind::Integer, _) => array(bytes, |word| u64::from_le_bytes(word) as f64, shape).map(Stored::F64),
    };
    values.unwrap_or_else(|| Stored::U8(Array2::zeros(shape)))
}

/// The same for words of two bytes where they are.
pub(super) fn words(words: &mut [i16], module: &PixelModule) {
    let shift = u32::from(module.high_bit + 1 - module.bits_stored);
    let spare = 16 - u32::from(module.bits_stored).min(16);
    if module.signed {
        let up = spare - shift;
        for word in words {
            *word = (i16::from_le(*word) << up) >> spare;
        }
    } else {
        let mask = u16::MAX >> spare;
        let value = |word: i16| (i16::from_le(word).cast_unsigned() >> shift & mask).cast_signed();
        for word in words {
            *word = value(*word);
        }
    }
}

fn array<T: Default + Clone, const N: usize>(
    bytes: &[u8],
    value: impl Fn([u8; N]) -> T,
    shape: (usize, usize),
) -> Option<Array2<T>> {
    let count = shape.0 * shape.1;
    let words = bytes.as_chunks::<N>().0;
    let words = &words[..words.len().min(count)];
    let mut all = Vec::with_capacity(count);
    // Straight from a slice: only of that does the compiler know the length, and make wide instructions.
    all.extend(words.iter().map(|&word| value(word)));
    all.resize(count, T::default());
    Array2::from_shape_vec(shape, all).ok()
}

/// Spreads bits into bytes, lowest bit first, starting `skip` bits in (PS3.5 8.1.1).
pub(super) fn bits(bytes: &[u8], skip: usize, count: usize) -> Vec<u8> {
    let bit = |index: usize| bytes.get(index / 8).map_or(0, |byte| (byte >> (index % 8)) & 1);
    (skip..skip + count).map(bit).collect()
}

#[cfg(test)]
mod tests {
    use super::super::module::{Kind, Photometric};
    use super::*;

    fn module(allocated: u16, stored: u16, high: u16, signed: bool) -> PixelModule {
        PixelModule {
            rows: 1,
            columns: 3,
            samples: 1,
            photometric: Photometric::Monochrome2,
            planar: false,
            bits_allocated: allocated,
            bits_stored: stored,
            high_bit: high,
            signed,
            kind: Kind::Integer,
            frames: 1,
            notes: vec![],
        }
    }

    fn words(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn values(stored: &Stored) -> Vec<f64> {
        let (rows, columns) = stored.shape();
        (0..rows * columns).filter_map(|i| stored.at(i / columns, i % columns)).collect()
    }

    #[test]
    fn the_sign_bit_is_that_of_the_stored_bits() {
        let stored = gray(&words(&[0x07FF, 0x0800, 0xF800]), &module(16, 12, 11, true));
        assert_eq!(values(&stored), [2047.0, -2048.0, -2048.0]);
    }

    #[test]
    fn rubbish_above_the_high_bit_is_masked() {
        let stored = gray(&words(&[0x0FFF, 0x1FFF, 0xF001]), &module(16, 12, 11, false));
        assert_eq!(values(&stored), [4095.0, 4095.0, 1.0]);
    }

    #[test]
    fn left_aligned_values_are_shifted_down() {
        let stored = gray(&words(&[0xFFF0, 0x0010, 0x8000]), &module(16, 12, 15, false));
        assert_eq!(values(&stored), [4095.0, 1.0, 2048.0]);
        let stored = gray(&words(&[0xFFF0, 0x0010, 0x8000]), &module(16, 12, 15, true));
        assert_eq!(values(&stored), [-1.0, 1.0, -2048.0]);
    }

    #[test]
    fn one_bit_frames_start_inside_a_byte() {
        assert_eq!(bits(&[0xFF, 0x01, 0x00], 9, 9), [0; 9]);
        assert_eq!(bits(&[0x8D, 0x01], 0, 12), [1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0]);
    }

    #[test]
    fn a_short_frame_is_filled_with_zeros() {
        assert_eq!(values(&gray(&words(&[7]), &module(16, 16, 15, false))), [7.0, 0.0, 0.0]);
    }
}
