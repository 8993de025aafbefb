//! The ways in which values are kept, as types: what the innermost loops do with a code.

/// A way to keep values. The functions are those of the innermost loops.
pub(super) trait Kind: Sync {
    type Code: Copy + Default + Send + Sync;

    /// Of a code that is no padding.
    fn value(code: Self::Code) -> f32;

    /// NaN for padding.
    fn number(code: Self::Code) -> f32;

    /// True if one of them is padding.
    fn any_blank(codes: &[Self::Code]) -> bool;

    /// The larger one that is a value.
    fn larger(a: Self::Code, b: Self::Code) -> Self::Code;

    /// The smaller one that is a value.
    fn smaller(a: Self::Code, b: Self::Code) -> Self::Code;
}

/// Two bytes, all of them values.
pub(super) struct Whole;
/// Two bytes, the lowest of which is padding.
pub(super) struct Padded;
/// Floats.
pub(super) struct Floats;

impl Kind for Whole {
    type Code = i16;

    #[inline]
    fn value(code: i16) -> f32 {
        f32::from(code)
    }

    #[inline]
    fn number(code: i16) -> f32 {
        f32::from(code)
    }

    #[inline]
    fn any_blank(_: &[i16]) -> bool {
        false
    }

    #[inline]
    fn larger(a: i16, b: i16) -> i16 {
        a.max(b)
    }

    #[inline]
    fn smaller(a: i16, b: i16) -> i16 {
        a.min(b)
    }
}

impl Kind for Padded {
    type Code = i16;

    #[inline]
    fn value(code: i16) -> f32 {
        f32::from(code)
    }

    #[inline]
    fn number(code: i16) -> f32 {
        if code == i16::MIN { f32::NAN } else { f32::from(code) }
    }

    #[inline]
    fn any_blank(codes: &[i16]) -> bool {
        codes.iter().fold(0, |low, &code| code.min(low)) == i16::MIN
    }

    #[inline]
    fn larger(a: i16, b: i16) -> i16 {
        a.max(b)
    }

    #[inline]
    fn smaller(a: i16, b: i16) -> i16 {
        // One less makes the lowest code the highest.
        a.wrapping_sub(1).min(b.wrapping_sub(1)).wrapping_add(1)
    }
}

impl Kind for Floats {
    type Code = f32;

    #[inline]
    fn value(code: f32) -> f32 {
        code
    }

    #[inline]
    fn number(code: f32) -> f32 {
        code
    }

    #[inline]
    fn any_blank(codes: &[f32]) -> bool {
        codes.iter().fold(false, |blank, code| blank | code.is_nan())
    }

    #[inline]
    fn larger(a: f32, b: f32) -> f32 {
        a.max(b)
    }

    #[inline]
    fn smaller(a: f32, b: f32) -> f32 {
        a.min(b)
    }
}

/// Runs one generic expression for whichever way the values are kept: `$kind` is its type, `$codes` the
/// slice of all codes.
macro_rules! with_voxels {
    ($voxels:expr, $kind:ident, $codes:ident => $body:expr) => {{
        use $crate::imaging::volume::{
            kind::{Floats, Padded, Whole},
            store::{Lowest, Voxels},
        };
        const ORDER: &str = "a volume keeps the order of its axes";
        match $voxels {
            Voxels::Short(array, Lowest::Padding) => {
                type $kind = Padded;
                let $codes = array.as_slice().expect(ORDER);
                $body
            }
            Voxels::Short(array, _) => {
                type $kind = Whole;
                let $codes = array.as_slice().expect(ORDER);
                $body
            }
            Voxels::Float(array) => {
                type $kind = Floats;
                let $codes = array.as_slice().expect(ORDER);
                $body
            }
        }
    }};
}
pub(super) use with_voxels;
