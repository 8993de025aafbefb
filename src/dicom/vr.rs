//! Value representations: what the bytes of an element are (PS3.5 6.2).

use std::fmt;

/// Declares [`Vr`] once for its variants, its letters and its list.
macro_rules! representations {
    ($($name:ident $meaning:literal;)*) => {
        /// A value representation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Vr {
            $(#[doc = $meaning] $name,)*
        }

        impl Vr {
            /// Every value representation, in alphabetical order.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The two letters of the standard.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// What the letters stand for.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $meaning,)*
                }
            }
        }
    };
}

representations! {
    AE "Application Entity";
    AS "Age String";
    AT "Attribute Tag";
    CS "Code String";
    DA "Date";
    DS "Decimal String";
    DT "Date Time";
    FD "Floating Point Double";
    FL "Floating Point Single";
    IS "Integer String";
    LO "Long String";
    LT "Long Text";
    OB "Other Byte";
    OD "Other Double";
    OF "Other Float";
    OL "Other Long";
    OV "Other 64-bit Very Long";
    OW "Other Word";
    PN "Person Name";
    SH "Short String";
    SL "Signed Long";
    SQ "Sequence of Items";
    SS "Signed Short";
    ST "Short Text";
    SV "Signed 64-bit Very Long";
    TM "Time";
    UC "Unlimited Characters";
    UI "Unique Identifier";
    UL "Unsigned Long";
    UN "Unknown";
    UR "Universal Resource Identifier";
    US "Unsigned Short";
    UT "Unlimited Text";
    UV "Unsigned 64-bit Very Long";
}

const LETTERS: usize = 26;

/// By both letters: a scan asks once for every element of every file.
static BY_LETTERS: [Option<Vr>; LETTERS * LETTERS] = {
    let mut table = [None; LETTERS * LETTERS];
    let mut at = 0;
    while at < Vr::ALL.len() {
        let letters = Vr::ALL[at].as_str().as_bytes();
        table[(letters[0] - b'A') as usize * LETTERS + (letters[1] - b'A') as usize] = Some(Vr::ALL[at]);
        at += 1;
    }
    table
};

impl Vr {
    /// Reads the two letters of an explicit element.
    pub fn from_bytes(bytes: [u8; 2]) -> Option<Self> {
        let [first, second] = bytes.map(|byte| usize::from(byte.wrapping_sub(b'A')));
        if first < LETTERS && second < LETTERS { BY_LETTERS[first * LETTERS + second] } else { None }
    }

    /// True if an explicit element has two reserved bytes and a length of 32 bits (PS3.5 7.1.2).
    pub fn is_long_header(self) -> bool {
        matches!(
            self,
            Self::OB
                | Self::OD
                | Self::OF
                | Self::OL
                | Self::OV
                | Self::OW
                | Self::SQ
                | Self::SV
                | Self::UC
                | Self::UN
                | Self::UR
                | Self::UT
                | Self::UV
        )
    }

    /// True if Specific Character Set says how to read the value (PS3.5 6.1.2.3).
    pub fn is_text(self) -> bool {
        matches!(self, Self::LO | Self::LT | Self::PN | Self::SH | Self::ST | Self::UC | Self::UT)
    }

    /// True if the value is made of characters, whatever their set.
    pub fn is_string(self) -> bool {
        self.is_text()
            || matches!(
                self,
                Self::AE
                    | Self::AS
                    | Self::CS
                    | Self::DA
                    | Self::DS
                    | Self::DT
                    | Self::IS
                    | Self::TM
                    | Self::UI
                    | Self::UR
            )
    }

    /// True if a backslash is a character like any other, not the border between two values.
    pub fn is_single(self) -> bool {
        matches!(self, Self::LT | Self::ST | Self::UR | Self::UT)
    }
}

impl fmt::Display for Vr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_representation_is_found_by_its_letters_and_by_no_others() {
        assert_eq!(Vr::ALL.len(), 34);
        for &vr in Vr::ALL {
            let [a, b] = vr.as_str().as_bytes() else { panic!("{vr} has two letters") };
            assert_eq!(Vr::from_bytes([*a, *b]), Some(vr));
        }
        for bytes in [*b"ZZ", *b"ob", [0, 0], [0xff, 0xff]] {
            assert_eq!(Vr::from_bytes(bytes), None);
        }
    }

    #[test]
    fn thirteen_representations_have_the_long_header() {
        assert_eq!(Vr::ALL.iter().filter(|vr| vr.is_long_header()).count(), 13);
    }

    #[test]
    fn dates_are_strings_but_not_in_the_character_set() {
        assert!(Vr::DA.is_string() && !Vr::DA.is_text());
        assert!(Vr::PN.is_text() && !Vr::PN.is_single());
        assert!(!Vr::OW.is_string());
    }
}
