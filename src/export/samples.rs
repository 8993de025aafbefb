//! The values of a frame as bytes of one kind.

use super::Kind;
use crate::{
    model::{Frame, ModalityLut, Pixels, Stored},
    with_stored,
};
use ndarray::{Array2, Array3, Axis};

/// Which values an array holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// As they are stored: what `pixel_array` gives in pydicom.
    Stored,
    /// After the Modality LUT (PS3.3 C.11.1): Hounsfield units of a CT.
    Modality,
}

/// Why a frame is not written with a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// This kind would do.
    Needs(Kind),
    /// Its pixels are colours, those of others are not.
    Color,
}

/// Rescale of whole numbers is computed as such up to here, which no sum of two of them leaves `i32` by.
const LARGEST: f64 = 16_000.0;
const FARTHEST: f64 = 1e9;

/// The kind that suits the values of a frame: whole numbers as far as they are, `float32` otherwise.
pub fn kind_of(frame: &Frame, values: Values) -> Kind {
    let Pixels::Gray(stored) = &frame.pixels else { return Kind::Rgb };
    let own = match stored {
        Stored::U8(_) => Kind::U8,
        Stored::I8(_) => Kind::I8,
        Stored::U16(_) => Kind::U16,
        Stored::I16(_) => Kind::I16,
        Stored::U32(_) => Kind::U32,
        Stored::I32(_) => Kind::I32,
        Stored::F32(_) => Kind::F32,
        Stored::F64(_) => Kind::F64,
    };
    match (values, &frame.modality_lut) {
        (Values::Stored, _) => own,
        (Values::Modality, lut) if *lut == ModalityLut::IDENTITY => own,
        (Values::Modality, ModalityLut::Table(_)) => Kind::U16,
        (Values::Modality, lut) if whole(lut).is_some() && own.bytes() <= 2 => Kind::I16,
        _ if own.bytes() <= 2 => Kind::F32,
        // Single precision cannot tell all 32-bit numbers apart.
        _ => Kind::F64,
    }
}

/// Slope and intercept, if both are whole numbers that 32 bits can compute with.
fn whole(lut: &ModalityLut) -> Option<(i32, i32)> {
    let ModalityLut::Rescale { slope, intercept } = lut else { return None };
    let fits = slope.fract() == 0.0
        && intercept.fract() == 0.0
        && slope.abs() <= LARGEST
        && intercept.abs() <= FARTHEST;
    fits.then_some((*slope as i32, *intercept as i32))
}

/// The values row by row from the top or, `upward`, from the bottom; little endian.
///
/// # Errors
///
/// [`Misfit`] if `kind` cannot hold one of them exactly (a `float32` may round).
pub fn bytes_of(frame: &Frame, values: Values, kind: Kind, upward: bool) -> Result<Vec<u8>, Misfit> {
    let stored = match (&frame.pixels, kind) {
        (Pixels::Color(array), Kind::Rgb) => return Ok(colors(array, upward)),
        (Pixels::Gray(stored), kind) if kind != Kind::Rgb => stored,
        _ => return Err(Misfit::Color),
    };
    let natural = kind_of(frame, values);
    if natural.with(kind) != kind {
        return Err(Misfit::Needs(natural.with(kind)));
    }
    let is_stored = values == Values::Stored || frame.modality_lut == ModalityLut::IDENTITY;
    if !is_stored
        && kind == Kind::I16
        && let Some(rescale) = whole(&frame.modality_lut)
    {
        let bytes = match stored {
            Stored::U8(array) => rescaled(array, rescale, upward),
            Stored::I8(array) => rescaled(array, rescale, upward),
            Stored::U16(array) => rescaled(array, rescale, upward),
            Stored::I16(array) => rescaled(array, rescale, upward),
            _ => None,
        };
        return bytes.ok_or(Misfit::Needs(Kind::I32));
    }
    Ok(match (stored, kind) {
        (Stored::U8(array), Kind::U8) if is_stored => each(array, upward, u8::to_le_bytes),
        (Stored::I8(array), Kind::I8) if is_stored => each(array, upward, i8::to_le_bytes),
        (Stored::U16(array), Kind::U16) if is_stored => each(array, upward, u16::to_le_bytes),
        (Stored::I16(array), Kind::I16) if is_stored => each(array, upward, i16::to_le_bytes),
        _ => {
            let lut = &frame.modality_lut;
            with_stored!(stored, array => any(array, kind, upward, |value| {
                if is_stored { value } else { lut.apply(value) }
            }))
        }
    })
}

/// Makes stored values of 16 bits the values of `kind` where they are, the fast way for what most scanners
/// write; `signed` is how they are stored. False, and nothing is changed, where [`bytes_of`] is needed.
pub fn in_place(words: &mut [i16], signed: bool, lut: &ModalityLut, values: Values, kind: Kind) -> bool {
    if values == Values::Stored || *lut == ModalityLut::IDENTITY {
        return kind == if signed { Kind::I16 } else { Kind::U16 };
    }
    let (Some((slope, intercept)), Kind::I16) = (whole(lut), kind) else { return false };
    // In its own type the search takes many words at a time.
    let ends = if signed {
        let all = words.iter().copied();
        [all.clone().min(), all.max()].map(|end| end.map(i32::from))
    } else {
        let all = words.iter().map(|word| word.cast_unsigned());
        [all.clone().min(), all.max()].map(|end| end.map(i32::from))
    };
    let fits = |stored: i32| i16::try_from(stored * slope + intercept).is_ok();
    if !ends.into_iter().flatten().all(fits) {
        return false;
    }
    // What fits into 16 bits is computed right in 16 bits, whatever is lost on the way.
    for word in words {
        *word = word.wrapping_mul(slope as i16).wrapping_add(intercept as i16);
    }
    true
}

/// Whole values times a whole slope; nothing if one of them needs more than 16 bits.
fn rescaled<T: Copy + Ord + Into<i32>>(
    array: &Array2<T>,
    (slope, intercept): (i32, i32),
    upward: bool,
) -> Option<Vec<u8>> {
    let value = |stored: T| stored.into() * slope + intercept;
    // The smallest and the largest tell for all, and are found many at a time in one piece of memory.
    let all = array.as_slice_memory_order()?;
    let (least, most) = (all.iter().copied().min()?, all.iter().copied().max()?);
    let fits = [least, most].into_iter().all(|stored| i16::try_from(value(stored)).is_ok());
    fits.then(|| each(array, upward, |stored| (value(stored) as i16).to_le_bytes()))
}

/// Red, green and blue of each pixel, side by side.
fn colors(array: &Array3<u8>, upward: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(array.len());
    let rows = array.shape()[0];
    for number in 0..rows {
        bytes.extend(array.index_axis(Axis(0), if upward { rows - 1 - number } else { number }).iter());
    }
    bytes
}

/// Any value to any kind that holds it.
fn any<T: Copy + Into<f64>>(
    array: &Array2<T>,
    kind: Kind,
    upward: bool,
    value: impl Fn(f64) -> f64,
) -> Vec<u8> {
    match kind {
        // Colours never come here.
        Kind::U8 | Kind::Rgb => each(array, upward, |v: T| (value(v.into()) as u8).to_le_bytes()),
        Kind::I8 => each(array, upward, |v: T| (value(v.into()) as i8).to_le_bytes()),
        Kind::U16 => each(array, upward, |v: T| (value(v.into()) as u16).to_le_bytes()),
        Kind::I16 => each(array, upward, |v: T| (value(v.into()) as i16).to_le_bytes()),
        Kind::U32 => each(array, upward, |v: T| (value(v.into()) as u32).to_le_bytes()),
        Kind::I32 => each(array, upward, |v: T| (value(v.into()) as i32).to_le_bytes()),
        Kind::F32 => each(array, upward, |v: T| (value(v.into()) as f32).to_le_bytes()),
        Kind::F64 => each(array, upward, |v: T| value(v.into()).to_le_bytes()),
    }
}

fn each<T: Copy, const N: usize>(array: &Array2<T>, upward: bool, bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    let mut all: Vec<[u8; N]> = Vec::with_capacity(array.len());
    let rows = array.nrows();
    for number in 0..rows {
        let row = array.row(if upward { rows - 1 - number } else { number });
        // Only of a slice does the compiler know the length, and make wide instructions.
        match row.as_slice() {
            Some(row) => all.extend(row.iter().map(|&value| bytes(value))),
            None => all.extend(row.iter().map(|&value| bytes(value))),
        }
    }
    all.into_flattened()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Calibration, Lut, Text};
    use ndarray::array;
    use proptest::prelude::*;

    fn frame(stored: Stored, modality_lut: ModalityLut) -> Frame {
        Frame {
            pixels: Pixels::Gray(stored),
            modality_lut,
            unit: Text::default(),
            voi: vec![],
            padding: None,
            inverse: false,
            modality: Text::default(),
            plane: None,
            spacing: None,
            calibration: Calibration::default(),
            patient_orientation: None,
            notes: vec![],
        }
    }

    fn rescale(slope: f64, intercept: f64) -> ModalityLut {
        ModalityLut::Rescale { slope, intercept }
    }

    fn shorts(bytes: &[u8]) -> Vec<i16> {
        bytes.as_chunks::<2>().0.iter().map(|&pair| i16::from_le_bytes(pair)).collect()
    }

    proptest! {
        #[test]
        fn words_in_place_become_the_same_bytes_or_are_left_alone(
            words in prop::collection::vec(prop::num::i16::ANY, 6),
            signed: bool,
            slope in -3_i32..=3,
            intercept in -40_000_i32..40_000,
            shift in 0_u32..16,
            stored: bool,
        ) {
            let words: Vec<i16> = words.into_iter().map(|word| word >> shift).collect();
            let array = Array2::from_shape_vec((2, 3), words.clone()).unwrap();
            let pixels = if signed { Stored::I16(array) } else { Stored::U16(array.mapv(i16::cast_unsigned)) };
            let lut = rescale(slope.into(), intercept.into());
            let frame = frame(pixels, lut.clone());
            let values = if stored { Values::Stored } else { Values::Modality };
            for kind in [Kind::I16, Kind::U16, Kind::I32, Kind::F32] {
                let mut here = words.clone();
                if in_place(&mut here, signed, &lut, values, kind) {
                    let bytes: Vec<u8> = here.iter().flat_map(|word| word.to_le_bytes()).collect();
                    prop_assert_eq!(bytes_of(&frame, values, kind, false), Ok(bytes));
                } else {
                    prop_assert_eq!(here, words.clone());
                }
            }
        }
    }

    #[test]
    fn hounsfield_units_of_an_ordinary_ct_are_whole_numbers_of_16_bits() {
        let ct = frame(Stored::U16(array![[0, 1024], [2000, 4095]]), rescale(1.0, -1024.0));
        assert_eq!(kind_of(&ct, Values::Modality), Kind::I16);
        let bytes = |upward| bytes_of(&ct, Values::Modality, Kind::I16, upward).unwrap();
        assert_eq!(shorts(&bytes(false)), [-1024, 0, 976, 3071]);
        assert_eq!(shorts(&bytes(true)), [976, 3071, -1024, 0], "from the bottom row");
    }

    #[test]
    fn what_does_not_fit_says_what_would() {
        let far = frame(Stored::I16(array![[i16::MIN]]), rescale(1.0, -1024.0));
        assert_eq!(kind_of(&far, Values::Modality), Kind::I16);
        let bytes = |kind| bytes_of(&far, Values::Modality, kind, false);
        assert_eq!(bytes(Kind::I16), Err(Misfit::Needs(Kind::I32)));
        assert_eq!(bytes(Kind::I32).unwrap(), (-33_792_i32).to_le_bytes());

        let signed = frame(Stored::I16(array![[1]]), ModalityLut::IDENTITY);
        assert_eq!(bytes_of(&signed, Values::Stored, Kind::U16, false), Err(Misfit::Needs(Kind::I32)));
    }

    #[test]
    fn broken_slopes_are_floating_point() {
        let pet = frame(Stored::I16(array![[3, -2]]), rescale(0.5, 0.25));
        assert_eq!(kind_of(&pet, Values::Modality), Kind::F32);
        let bytes = bytes_of(&pet, Values::Modality, Kind::F32, false).unwrap();
        assert_eq!(bytes, [1.75_f32.to_le_bytes(), (-0.75_f32).to_le_bytes()].concat());
        assert_eq!(kind_of(&pet, Values::Stored), Kind::I16);
    }

    #[test]
    fn a_table_gives_what_stands_in_it() {
        let lut = ModalityLut::Table(Lut { first: 0, entries: vec![7, 65_535], bits: 16 });
        let table = frame(Stored::U8(array![[0, 1]]), lut);
        let bytes = bytes_of(&table, Values::Modality, Kind::U16, false).unwrap();
        assert_eq!(bytes, [7, 0, 255, 255]);
    }

    #[test]
    fn colours_are_bytes_side_by_side_and_no_numbers() {
        let pixels =
            Array3::from_shape_fn((2, 2, 3), |(row, column, part)| (row * 100 + column * 10 + part) as u8);
        let photo =
            Frame { pixels: Pixels::Color(pixels), ..frame(Stored::U8(array![[0]]), ModalityLut::IDENTITY) };
        assert_eq!(kind_of(&photo, Values::Modality), Kind::Rgb);
        let bytes = |kind, upward| bytes_of(&photo, Values::Modality, kind, upward);
        assert_eq!(bytes(Kind::Rgb, false).unwrap(), [0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112]);
        assert_eq!(bytes(Kind::Rgb, true).unwrap(), [100, 101, 102, 110, 111, 112, 0, 1, 2, 10, 11, 12]);
        assert_eq!(bytes(Kind::U8, false), Err(Misfit::Color));
        let gray = frame(Stored::U8(array![[0]]), ModalityLut::IDENTITY);
        assert_eq!(bytes_of(&gray, Values::Stored, Kind::Rgb, false), Err(Misfit::Color));
    }

    #[test]
    fn an_array_that_is_not_in_row_order_is_written_in_row_order() {
        let columns = Array2::from_shape_vec((3, 2), vec![1_i16, 2, 3, 4, 5, 6]).unwrap().reversed_axes();
        let odd = frame(Stored::I16(columns), ModalityLut::IDENTITY);
        let bytes = bytes_of(&odd, Values::Stored, Kind::I16, false).unwrap();
        assert_eq!(shorts(&bytes), [1, 3, 5, 2, 4, 6]);
    }
}
