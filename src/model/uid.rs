//! What the standard's unique identifiers are called, in full and for a narrow column.

use std::{collections::HashMap, sync::LazyLock};

struct Names {
    label: &'static str,
    name: &'static str,
}

static TABLE: LazyLock<HashMap<&'static str, Names>> = LazyLock::new(|| {
    include_str!("uid.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (uid, names) = line.split_once('\t')?;
            let (label, name) = names.split_once('\t')?;
            Some((uid, Names { label, name }))
        })
        .collect()
});

/// The name the standard gives a UID: of an SOP class, a transfer syntax, a frame of reference and so on.
pub fn uid_name(uid: &str) -> Option<&'static str> {
    let uid = trim(uid);
    TABLE.get(uid).map(|names| names.name).filter(|name| !name.is_empty())
}

/// A few letters for a UID: `Explicit LE`, `J2K lossless`, `Enhanced CT`.
///
/// Where nobody coined a short form, the name without its usual last words.
pub fn uid_label(uid: &str) -> Option<&'static str> {
    let coined = TABLE.get(trim(uid)).map(|names| names.label).filter(|label| !label.is_empty());
    coined.or_else(|| {
        let mut name = uid_name(uid)?;
        for ending in [" (Retired)", " SOP Class", " Frame of Reference", " Storage", " Image"] {
            name = name.strip_suffix(ending).unwrap_or(name);
        }
        Some(name)
    })
}

/// No identifier at all: too long, or with spaces, slashes, controls. Harmless names in the place of a UID,
/// such as `ID_abc`, are another matter; see [`is_uid`].
pub fn is_wild(uid: &str) -> bool {
    let tame = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    uid.len() > 64 || !uid.bytes().all(tame) || uid.as_bytes().windows(2).any(|pair| pair == b"..")
}

/// Follows PS3.5 9.1: at most 64 characters, numbers joined by points, none with an idle zero.
pub fn is_uid(uid: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    uid.len() <= 64 && uid.split('.').all(|part| digits(part) && (part == "0" || !part.starts_with('0')))
}

/// UIDs are padded with NUL, and by some senders with spaces.
fn trim(uid: &str) -> &str {
    uid.trim_matches(['\0', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed() {
        let lines = include_str!("uid.tsv").lines().filter(|line| !line.starts_with('#')).count();

        assert_eq!(TABLE.len(), lines, "a line is broken or a UID comes twice");
        for (uid, names) in TABLE.iter() {
            assert!(uid.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'), "{uid}");
            // A column of the browser.
            assert!(names.label.len() <= 16, "{}", names.label);
            assert!(uid_name(uid).is_some_and(|name| !name.is_empty()), "{uid} has no name");
        }
    }

    #[test]
    fn uids_of_every_kind_have_names() {
        let cases = [
            ("1.2.840.10008.5.1.4.1.1.2", "CT Image Storage"),
            ("1.2.840.10008.1.2.1\0", "Explicit VR Little Endian"),
            ("1.2.840.10008.1.2.4.110", "JPEG XL Lossless"),
            ("1.2.840.10008.1.4.1.1 ", "Talairach Brain Atlas Frame of Reference"),
            ("1.2.840.10008.2.16.4", "DICOM Controlled Terminology"),
        ];
        for (uid, name) in cases {
            assert_eq!(uid_name(uid), Some(name));
        }
        for uid in ["", "1.2.3", "not a uid", "1.2.840.10008.1.2.99"] {
            assert_eq!(uid_name(uid), None);
            assert_eq!(uid_label(uid), None);
        }
    }

    #[test]
    fn identifiers_break_the_rules_more_or_less() {
        for good in ["1.2.840.10008.1.2", "2.25.0", "0.1"] {
            assert!(is_uid(good) && !is_wild(good), "{good}");
        }
        for informal in ["ID_abc", "1.02.3", "1.2.", "subject-7"] {
            assert!(!is_uid(informal) && !is_wild(informal), "{informal}");
        }
        for wild in ["../etc", "1..2", "1.2 3", "1.2\u{1b}", &"1".repeat(65)] {
            assert!(!is_uid(wild) && is_wild(wild), "{wild}");
        }
    }

    #[test]
    fn labels_are_what_people_call_things() {
        let cases = [
            ("1.2.840.10008.1.2.1", "Explicit LE"),
            ("1.2.840.10008.1.2.4.80", "JPEG-LS"),
            ("1.2.840.10008.1.2.4.90", "J2K lossless"),
            ("1.2.840.10008.5.1.4.1.1.2.1", "Enhanced CT"),
            ("1.2.840.10008.5.1.4.1.1.88.67", "Dose SR"),
            ("1.2.840.10008.5.1.4.1.1.601.1", "Eddy Current"),
            ("1.2.840.10008.1.1", "Verification"),
        ];
        for (uid, label) in cases {
            assert_eq!(uid_label(uid), Some(label));
        }
    }
}
