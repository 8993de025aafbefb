//! What an element of an array is, and what each format calls it.

/// The type of the elements of an array; always little endian in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 8 bits, unsigned.
    U8,
    /// 8 bits, signed.
    I8,
    /// 16 bits, unsigned.
    U16,
    /// 16 bits, signed.
    I16,
    /// 32 bits, unsigned.
    U32,
    /// 32 bits, signed.
    I32,
    /// IEEE 754 single precision.
    F32,
    /// IEEE 754 double precision.
    F64,
    /// Red, green and blue, 8 bits each; another axis of three for formats without colours.
    Rgb,
}

impl Kind {
    /// Bytes of an element.
    pub fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::Rgb => 3,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// The type string of `NumPy`: `<i2`.
    pub fn numpy(self) -> &'static str {
        match self {
            Self::U8 | Self::Rgb => "|u1",
            Self::I8 => "|i1",
            Self::U16 => "<u2",
            Self::I16 => "<i2",
            Self::U32 => "<u4",
            Self::I32 => "<i4",
            Self::F32 => "<f4",
            Self::F64 => "<f8",
        }
    }

    /// Its name, which `NumPy` and the sidecar use: `int16`.
    pub fn name(self) -> &'static str {
        match self {
            Self::U8 | Self::Rgb => "uint8",
            Self::I8 => "int8",
            Self::U16 => "uint16",
            Self::I16 => "int16",
            Self::U32 => "uint32",
            Self::I32 => "int32",
            Self::F32 => "float32",
            Self::F64 => "float64",
        }
    }

    /// The smallest kind that holds every value of both, if there is an exact one; colours and values have
    /// nothing in common, and are [`Kind::Rgb`].
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        use Kind::{F32, F64, I8, I16, I32, Rgb, U8, U16, U32};
        match (self, other) {
            (a, b) if a == b => a,
            (Rgb, _) | (_, Rgb) => Rgb,
            (F32, U8 | I8 | U16 | I16) | (U8 | I8 | U16 | I16, F32) => F32,
            (F64 | F32, _) | (_, F64 | F32) | (U32, I8 | I16 | I32) | (I8 | I16 | I32, U32) => F64,
            (U32, _) | (_, U32) => U32,
            (I32, _) | (_, I32) | (U16, I8 | I16) | (I8 | I16, U16) => I32,
            (U16, _) | (_, U16) => U16,
            _ => I16,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(Kind, f64, f64); 8] = [
        (Kind::U8, 0.0, 255.0),
        (Kind::I8, -128.0, 127.0),
        (Kind::U16, 0.0, 65_535.0),
        (Kind::I16, -32_768.0, 32_767.0),
        (Kind::U32, 0.0, 4_294_967_295.0),
        (Kind::I32, -2_147_483_648.0, 2_147_483_647.0),
        (Kind::F32, -16_777_216.0, 16_777_216.0),
        (Kind::F64, -9_007_199_254_740_992.0, 9_007_199_254_740_992.0),
    ];

    #[test]
    fn the_common_kind_of_two_holds_the_integers_of_both() {
        for (a, low, high) in ALL {
            for (b, lower, higher) in ALL {
                let both = a.with(b);
                assert_eq!(both, b.with(a));
                let (_, least, most) = ALL.into_iter().find(|(kind, ..)| *kind == both).unwrap();
                assert!(least <= low.min(lower) && most >= high.max(higher), "{a:?} and {b:?}: {both:?}");
            }
        }
    }
}
