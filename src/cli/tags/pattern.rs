//! Which attributes are meant by a word on the command line.

use crate::{dicom::Tag, model::TagNumber};

/// A tag, a group, a keyword, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// One tag.
    Tag(TagNumber),
    /// All tags of a group.
    Group(u16),
    /// A keyword of the dictionary.
    Keyword(String),
    /// Pieces of a keyword, small letters; anything between them.
    Pieces(Vec<String>),
    /// Part of a keyword, small letters.
    Part(String),
}

impl Pattern {
    /// Reads any text: what is neither a tag nor a keyword is part of one.
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim();
        let numeric = text.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '(' | ')' | ',' | ' '));
        if text.contains('*') {
            return Self::Pieces(text.to_lowercase().split('*').map(str::to_owned).collect());
        }
        match text.parse::<Tag>() {
            Ok(tag) if numeric => return Self::Tag(TagNumber(tag.0, tag.1)),
            Ok(_) => return Self::Keyword(text.to_owned()),
            Err(_) => {}
        }
        let is_group = text.len() == 4 && numeric && text.starts_with(|c: char| c.is_ascii_digit());
        match u16::from_str_radix(text, 16) {
            Ok(group) if is_group => Self::Group(group),
            _ => Self::Part(text.to_lowercase()),
        }
    }

    /// True if the attribute is meant.
    pub(super) fn matches(&self, tag: TagNumber, keyword: &str) -> bool {
        match self {
            Self::Tag(wanted) => tag == *wanted,
            Self::Group(group) => tag.0 == *group,
            Self::Keyword(wanted) => keyword == wanted,
            Self::Pieces(pieces) => glob(pieces, &keyword.to_lowercase()),
            Self::Part(part) => keyword.to_lowercase().contains(part),
        }
    }
}

/// True if `text` is the pieces in their order, the first at its start and the last at its end.
fn glob(pieces: &[String], text: &str) -> bool {
    let [first, middle @ .., last] = pieces else { return false };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        let Some((_, after)) = rest.split_once(piece.as_str()) else { return false };
        rest = after;
    }
    rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pattern: &str, keyword: &str) -> bool {
        Pattern::parse(pattern).matches(TagNumber(0x0010, 0x0010), keyword)
    }

    #[test]
    fn every_spelling_of_a_tag_names_it() {
        for pattern in ["0010,0010", "00100010", "(0010,0010)", "0010"] {
            assert!(names(pattern, "?"), "{pattern}");
        }
        assert!(!names("0010,0020", "?") && !names("0028", "?"));
    }

    #[test]
    fn a_whole_keyword_names_only_itself() {
        assert!(names("PatientID", "PatientID"));
        assert!(!names("PatientID", "IssuerOfPatientID"));
    }

    #[test]
    fn part_of_a_keyword_names_all_that_hold_it_in_any_case() {
        assert!(names("patientid", "IssuerOfPatientID"));
        assert!(names("csa", "[SIEMENS CSA HEADER]"));
        assert!(!names("patientid", "PatientName"));
    }

    #[test]
    fn stars_stand_for_anything() {
        for pattern in ["Patient*", "*name", "p*t*n*", "*", "**", "PatientName*"] {
            assert!(names(pattern, "PatientName"), "{pattern}");
        }
        for pattern in ["Patient*ID", "*Patient", "Name*"] {
            assert!(!names(pattern, "PatientName"), "{pattern}");
        }
        assert!(!names("aba*aba", "aba"), "a letter is not used twice");
    }
}
