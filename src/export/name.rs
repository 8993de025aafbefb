//! Names of files made of text that files contain: nothing in it can leave the folder or surprise a shell.

use sha2::{Digest, Sha256};

/// Characters a name may have; the longest that every file system takes in, with room for endings, is 255.
const LONGEST: usize = 100;
/// Digits of the hash that tells apart what would otherwise be called the same.
const DIGITS: usize = 8;

/// Names that Windows keeps for devices, whatever their ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// A name for a file or folder: `[A-Za-z0-9._+-]`, 1 to 100 characters, never `.`, `..`, hidden, the name of a
/// device, or what a shell takes for an option or a spreadsheet for a formula.
///
/// Text that has to be changed gets a hash of the original, so that two texts never share a name; text that
/// looks as if it had one is treated alike.
pub fn safe_name(text: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-');
    let mut name = String::with_capacity(text.len().min(LONGEST));
    for c in text.chars() {
        match c {
            c if kept(c) => name.push(c),
            _ if name.ends_with('-') => {}
            _ => name.push('-'),
        }
        if name.len() > LONGEST {
            break;
        }
    }
    if name == text && name.len() <= LONGEST && is_plain(&name) {
        return name;
    }
    let hash = digits(text, DIGITS);
    name.truncate(LONGEST - DIGITS - 1);
    let name = name.trim_start_matches(['.', '-', '+']).trim_end_matches(['.', '-']);
    let name = if name.is_empty() || is_device(name) { "unnamed" } else { name };
    format!("{name}-{hash}")
}

/// The first `count` hexadecimal digits, of at most 64, of the SHA-256 of a text.
pub fn digits(text: &str, count: usize) -> String {
    let hash = Sha256::digest(text);
    let digit = |at: usize| char::from_digit(u32::from(hash[at / 2] >> (4 * (1 - at % 2)) & 15), 16);
    (0..count.min(64)).filter_map(digit).collect()
}

/// True for what may stay as it is.
fn is_plain(name: &str) -> bool {
    let ends = name.starts_with(['.', '-', '+']) || name.ends_with(['.', '-']);
    !name.is_empty() && !ends && !is_device(name) && !is_hashed(name)
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    DEVICES.iter().any(|device| {
        stem.strip_prefix(device).is_some_and(|rest| match *device {
            "com" | "lpt" => rest.len() == 1 && rest.bytes().all(|digit| digit.is_ascii_digit()),
            _ => rest.is_empty(),
        })
    })
}

fn is_hashed(name: &str) -> bool {
    let hex = |digits: &str| {
        digits.len() == DIGITS && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    };
    name.rsplit_once('-').is_some_and(|(_, digits)| hex(digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_names_stay() {
        for name in ["PH1", "1.2.840.10008", "T1_MPRAGE+C", "LIDC-IDRI-0001"] {
            assert_eq!(safe_name(name), name);
        }
    }

    #[test]
    fn digits_are_those_of_any_other_program() {
        assert_eq!(digits("abc", 9), "ba7816bf8");
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        for text in [
            "..",
            ".",
            "",
            "/etc/passwd",
            "../../x",
            "a/b",
            "C:\\x",
            "nul",
            "COM1.txt",
            ".bashrc",
            "-rf",
            "+1+1",
            "=A1",
            "@x",
        ] {
            let name = safe_name(text);
            assert!(
                name != text && !name.starts_with(['.', '-', '+']) && !name.contains(['/', '\\', ':']),
                "{name}"
            );
            assert!(!is_device(&name), "{name}");
        }
    }

    #[test]
    fn a_name_that_was_made_is_not_the_name_of_anything_else() {
        let made = safe_name("a b");
        assert_ne!(safe_name(&made), made);
        assert_ne!(safe_name("a  b"), made);
    }

    proptest! {
        #[test]
        fn every_text_has_a_name_of_plain_characters(text: String) {
            let name = safe_name(&text);
            prop_assert!((1..=LONGEST).contains(&name.len()));
            let plain = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
            prop_assert!(name.chars().all(plain));
            prop_assert!(!name.starts_with(['.', '-', '+']) && !is_device(&name));
        }

        #[test]
        fn two_texts_have_two_names(a in "[ -~]{0,12}", b in "[ -~]{0,12}") {
            prop_assert_eq!(safe_name(&a) == safe_name(&b), a == b);
        }
    }
}
