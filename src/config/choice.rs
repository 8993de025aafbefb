//! Settings that are one word out of a few, and the words.

use super::nearest::{is_near, nearest};
use serde::{Deserialize, Deserializer, de};
use std::{fmt, str::FromStr};

/// An enum whose values are words in the file; misspelt ones are answered with the nearest.
macro_rules! choices {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $about:literal])+ $variant:ident $word:literal;)+ }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[doc = $about])+ $variant),+ }

        impl $name {
            /// All of them, in the order we document them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in the file.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|choice| choice.name() == word)
                    .ok_or_else(|| unknown(word, &[$($word),+]))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }
    };
}

/// "cannot be …", followed by what it can be.
fn unknown(word: &str, choices: &[&str]) -> String {
    match nearest(word, choices.iter().copied()) {
        Some(meant) if is_near(word, meant) => format!("cannot be {word:?}; did you mean {meant:?}?"),
        _ => format!("cannot be {word:?}; it is one of {}", choices.join(", ")),
    }
}

fn parse_word<'de, D: Deserializer<'de>, T: FromStr<Err = String>>(deserializer: D) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
}

macro_rules! deserialize_from_word {
    ($($name:ty),+) => { $(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                parse_word(deserializer)
            }
        }
    )+ };
}

deserialize_from_word!(Graphics, Link, Watch, ListView, CornerText, Uptake, Column, Sort);

choices! {
    /// How pictures reach the terminal.
    Graphics {
        /// Whatever the terminal says it can do.
        Auto "auto";
        /// The Kitty graphics protocol.
        Kitty "kitty";
        /// The protocol of iTerm2, which `WezTerm` and others speak too.
        Iterm2 "iterm2";
        /// Sixel.
        Sixel "sixel";
        /// Characters in the shape that works everywhere: half blocks.
        Blocks "blocks";
        /// Half blocks, two pixels in a cell.
        Half "half";
        /// Quarters of a cell, in two colours.
        Quadrants "quadrants";
        /// Two by four pixels in a cell, in two colours; few fonts have them yet.
        Octants "octants";
        /// Letters and signs for shades of grey.
        Ascii "ascii";
        /// No pictures: lists and tags only.
        None "none";
    }
}

choices! {
    /// How fast the way to the terminal is.
    Link {
        /// As the terminal's answers tell.
        Auto "auto";
        /// Every picture is sent whole, and none waits for another.
        Fast "fast";
        /// Coarse pictures while slices fly past.
        Slow "slow";
    }
}

choices! {
    /// How folders that are open are kept up to date.
    Watch {
        /// As the system tells, and by looking where it does not.
        Auto "auto";
        /// By looking from time to time.
        Poll "poll";
        /// When the user scans again.
        Off "off";
    }
}

choices! {
    /// Whether we ask the terminal for mouse events. While we do, it selects text only with Shift held.
    Mouse {
        /// On, unless the session comes over SSH.
        Auto "auto";
        /// Always.
        On "on";
        /// Never.
        Off "off";
    }
}

/// Takes `true` and `false` besides the words: both are natural for a switch.
impl<'de> Deserialize<'de> for Mouse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Switch;
        impl de::Visitor<'_> for Switch {
            type Value = Mouse;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false or \"auto\"")
            }

            fn visit_bool<E: de::Error>(self, on: bool) -> Result<Mouse, E> {
                Ok(if on { Mouse::On } else { Mouse::Off })
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Mouse, E> {
                word.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Switch)
    }
}

choices! {
    /// How the browser lists what was found.
    ListView {
        /// Patients, their studies, their series.
        Tree "tree";
        /// One row a series, in columns.
        Series "series";
    }
}

choices! {
    /// How much is written into the corners of an image.
    CornerText {
        /// Nothing: all cells belong to the picture.
        None "none";
        /// Slice, window, zoom and warnings.
        Minimal "minimal";
        /// Patient, institution and acquisition too.
        Full "full";
    }
}

choices! {
    /// What the values of a PET are divided by when they are told.
    Uptake {
        /// Dose by weight: `SUVbw`.
        Weight "bw";
        /// Dose by lean body mass: `SUVlbm`.
        Lean "lbm";
        /// Dose by body surface: `SUVbsa`.
        Surface "bsa";
        /// Nothing: they are told as the file has them.
        Activity "activity";
    }
}

choices! {
    /// A column of the series table.
    Column {
        /// Patient's Name, or the ID where there is none.
        Patient "patient";
        /// Study Description.
        Study "study";
        /// Study Date, else Series Date.
        Date "date";
        /// Series Number.
        Number "number";
        /// Modality.
        Modality "modality";
        /// Series Description, or the best substitute the files offer.
        Description "description";
        /// Number of frames over all instances.
        Images "images";
        /// Columns × rows × slices.
        Matrix "matrix";
        /// Pixel Spacing, mm.
        Spacing "spacing";
        /// Slice Thickness, mm.
        Thickness "thickness";
        /// Convolution Kernel, or Sequence Name.
        Kernel "kernel";
        /// Transfer Syntax, in short.
        Encoding "encoding";
        /// Bytes on disk.
        Size "size";
        /// Number of problems found.
        Problems "problems";
    }
}

/// The order of the series table: a column, written `date`, or `-date` for the largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// What is compared.
    pub column: Column,
    /// Largest first.
    pub descending: bool,
}

impl FromStr for Sort {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let (descending, column) = word.strip_prefix('-').map_or((false, word), |rest| (true, rest));
        Ok(Self { column: column.parse()?, descending })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_as_what_it_names() {
        for &column in Column::ALL {
            assert_eq!(column.name().parse(), Ok(column));
        }
        for &graphics in Graphics::ALL {
            assert_eq!(graphics.to_string().parse(), Ok(graphics));
        }
    }

    #[test]
    fn a_misspelt_word_is_answered_with_the_nearest_and_a_foreign_one_with_all() {
        assert_eq!("kity".parse::<Graphics>(), Err(r#"cannot be "kity"; did you mean "kitty"?"#.to_owned()));
        assert_eq!(
            "grid".parse::<ListView>(),
            Err(r#"cannot be "grid"; it is one of tree, series"#.to_owned())
        );
    }

    #[test]
    fn a_minus_sorts_the_largest_first() {
        assert_eq!("-date".parse(), Ok(Sort { column: Column::Date, descending: true }));
        assert_eq!("date".parse(), Ok(Sort { column: Column::Date, descending: false }));
    }
}
