//! Tags: the two numbers every attribute is filed under.

use std::{fmt, str::FromStr};

use super::dictionary;

/// A group and an element number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u16, pub u16);

impl Tag {
    /// True for groups that vendors fill as they like.
    pub fn is_private(self) -> bool {
        self.0 & 1 == 1
    }

    /// True for (gggg,0010-00FF), where a vendor reserves a block of private elements (PS3.5 7.8.1).
    pub fn is_private_creator(self) -> bool {
        self.is_private() && (0x0010..=0x00ff).contains(&self.1)
    }

    /// The element that says whose this private element is: (gggg,00bb) for (gggg,bbxx).
    pub fn private_creator(self) -> Option<Self> {
        let block = self.1 >> 8;
        (self.is_private() && block >= 0x10).then_some(Self(self.0, block))
    }

    /// True for (gggg,0000), the length of a group.
    pub fn is_group_length(self) -> bool {
        self.1 == 0
    }
}

/// As the standard writes it: `(7FE0,0010)`.
impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Through `pad`, so that tables can give it a width.
        f.pad(&format!("({:04X},{:04X})", self.0, self.1))
    }
}

/// Why a text names no attribute.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no attribute is called \"{0}\"; write a keyword such as PatientName, or a tag such as 0010,0010")]
pub struct UnknownTag(String);

/// Reads `0008,0005`, `(0008,0005)`, `00080005` or a keyword.
impl FromStr for Tag {
    type Err = UnknownTag;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        let bare = trimmed.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(trimmed);
        let digits = match bare.split_once(',') {
            Some((group, element)) => Some((group.trim(), element.trim())),
            None => bare.split_at_checked(4),
        };
        digits
            .and_then(|(group, element)| Some(Self(hexadecimal(group)?, hexadecimal(element)?)))
            .or_else(|| dictionary::by_keyword(trimmed).map(|entry| entry.tag))
            .ok_or_else(|| UnknownTag(trimmed.to_owned()))
    }
}

/// Exactly four hexadecimal digits, without the sign that `from_str_radix` would take.
fn hexadecimal(text: &str) -> Option<u16> {
    let four = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    four.then(|| u16::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_written_as_the_standard_writes_them() {
        assert_eq!(Tag(0x7fe0, 0x0010).to_string(), "(7FE0,0010)");
        assert_eq!(format!("{:<13}|", Tag(8, 5)), "(0008,0005)  |");
    }

    #[test]
    fn every_spelling_of_a_tag_is_understood() {
        for text in ["0008,0005", "00080005", "(0008,0005)", " 0008, 0005 ", "SpecificCharacterSet"] {
            assert_eq!(text.parse(), Ok(Tag(8, 5)), "{text}");
        }
        assert_eq!("7fe0,0010".parse(), Ok(Tag(0x7fe0, 0x10)));
    }

    #[test]
    fn other_words_are_refused_with_advice() {
        for text in ["", "PatientNam", "0008", "000800051", "+008,0005", "ééé€", "(0008,0005"] {
            let error = text.parse::<Tag>().expect_err(text);
            assert!(error.to_string().contains("PatientName"), "{text}");
        }
    }

    #[test]
    fn private_elements_know_their_creator() {
        assert_eq!(Tag(0x0029, 0x1008).private_creator(), Some(Tag(0x0029, 0x0010)));
        assert_eq!(Tag(0x0029, 0x0010).private_creator(), None);
        assert_eq!(Tag(0x0028, 0x1050).private_creator(), None);
        assert!(Tag(0x0029, 0x0010).is_private_creator());
    }
}
