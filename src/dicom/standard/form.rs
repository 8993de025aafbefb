//! The form of a value made of characters (PS3.5 Table 6.2-1): what it may consist of, and how long it may be.

use super::super::Vr;
use crate::model::{Date, is_uid};

/// What is wrong with one value, without its padding, and what would be right; `None` if nothing is.
///
/// Bytes are counted where the standard counts bytes, and characters where it counts characters.
pub(super) fn wrong(vr: Vr, text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return None;
    }
    let bytes = text.as_bytes();
    let (is_right, says) = match vr {
        Vr::AE => (
            bytes.len() <= 16 && bytes.iter().all(|byte| matches!(byte, b' '..=b'~') && *byte != b'\\'),
            "is no AE title: it has at most 16 characters of ASCII",
        ),
        Vr::AS => (is_age(bytes), "is no age: three digits, and D, W, M or Y"),
        Vr::CS => (
            bytes.len() <= 16
                && bytes.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' ' | b'_')),
            "is no code string: at most 16 capitals, digits, spaces and underscores",
        ),
        Vr::DA => (bytes.len() == 8 && is_day(text), "is no date: write YYYYMMDD"),
        Vr::DS => (
            bytes.len() <= 16 && is_decimal(bytes),
            "is no decimal string: a number in at most 16 characters, without a comma or a unit",
        ),
        Vr::IS => (
            bytes.len() <= 12 && is_integer(bytes) && text.trim_start_matches('+').parse::<i32>().is_ok(),
            "is no integer string: a whole number of 32 bits, without a point",
        ),
        Vr::DT => (is_moment(text), "is no date and time: write YYYYMMDDHHMMSS.FFFFFF&ZZXX"),
        Vr::TM => (is_time(text), "is no time: write HHMMSS.FFFFFF"),
        Vr::UI => (
            is_uid(text) && is_rooted(text),
            "is no UID: at most 64 characters, numbers without leading zeros between points",
        ),
        Vr::UR => (!text.contains(char::is_whitespace), "is no address: spaces are written as %20"),
        Vr::SH => (
            is_line(text, 16),
            "is too long or has control characters: a short string has at most 16 characters",
        ),
        Vr::LO => (
            is_line(text, 64),
            "is too long or has control characters: a long string has at most 64 characters",
        ),
        Vr::PN => (
            is_name(text),
            "is too long or has control characters: a name has three groups of five parts and 64 characters",
        ),
        Vr::ST => (is_within(text, 1024), "is too long: a short text has at most 1024 characters"),
        Vr::LT => (is_within(text, 10240), "is too long: a long text has at most 10240 characters"),
        _ => (true, ""),
    };
    (!is_right).then_some(says)
}

/// Under one of the three roots of object identifiers, the first two of which have 40 branches (ISO 8824).
fn is_rooted(uid: &str) -> bool {
    let (root, rest) = uid.split_once('.').unwrap_or((uid, "0"));
    let branch = rest.split('.').next().unwrap_or_default();
    match root {
        "0" | "1" => branch.parse::<u8>().is_ok_and(|branch| branch < 40),
        _ => root == "2",
    }
}

fn is_within(text: &str, most: usize) -> bool {
    text.len() <= most || text.chars().count() <= most
}

fn is_line(text: &str, most: usize) -> bool {
    is_within(text, most) && !text.chars().any(char::is_control)
}

fn is_name(text: &str) -> bool {
    let groups: Vec<&str> = text.split('=').collect();
    groups.len() <= 3 && groups.iter().all(|group| is_line(group, 64) && group.split('^').count() <= 5)
}

fn is_age(bytes: &[u8]) -> bool {
    matches!(bytes, [digits @ .., b'D' | b'W' | b'M' | b'Y'] if digits.len() == 3 && are_digits(digits))
}

fn are_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

/// Digits that are a day, a month or a year of the calendar.
fn is_day(text: &str) -> bool {
    are_digits(text.as_bytes()) && Date::parse(text).is_some()
}

/// `HH`, `HHMM`, `HHMMSS`, and up to six digits of a second; a leap second is one.
fn is_time(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let digits = whole.as_bytes();
    let two =
        |at: usize| digits.get(at..at + 2).and_then(|two| std::str::from_utf8(two).ok()?.parse::<u8>().ok());
    let below = |at: usize, end: u8| digits.len() <= at || two(at).is_some_and(|part| part < end);
    matches!(digits.len(), 2 | 4 | 6)
        && are_digits(digits)
        && below(0, 24)
        && below(2, 60)
        && below(4, 61)
        && fraction.is_none_or(|part| {
            digits.len() == 6 && matches!(part.len(), 1..=6) && are_digits(part.as_bytes())
        })
}

fn is_moment(text: &str) -> bool {
    let (moment, zone) = match text.find(['+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let zone = zone.as_bytes();
    let is_zone = zone.is_empty() || (zone.len() == 5 && are_digits(&zone[1..]));
    let is_whole = match moment.len() {
        4 | 6 | 8 => is_day(moment),
        _ => moment.split_at_checked(8).is_some_and(|(day, time)| is_day(day) && is_time(time)),
    };
    is_whole && is_zone
}

fn is_integer(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"-").or_else(|| bytes.strip_prefix(b"+")).unwrap_or(bytes);
    !digits.is_empty() && are_digits(digits)
}

/// Digits with a point among them or none, a sign before and an exponent after them.
fn is_decimal(bytes: &[u8]) -> bool {
    let power = bytes.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (number, exponent) = power.map_or((bytes, None), |at| (&bytes[..at], Some(&bytes[at + 1..])));
    let number = number.strip_prefix(b"-").or_else(|| number.strip_prefix(b"+")).unwrap_or(number);
    let mut parts = number.splitn(2, |&byte| byte == b'.');
    let whole = parts.next().unwrap_or_default();
    let fraction = parts.next().unwrap_or_default();
    whole.len() + fraction.len() > 0
        && are_digits(whole)
        && are_digits(fraction)
        && exponent.is_none_or(is_integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_table_of_representations_allows_is_right() {
        let cases = [
            (Vr::AE, "STORE SCP-1"),
            (Vr::AS, "045Y"),
            (Vr::CS, "ISO 2022 IR 6"),
            (Vr::CS, "HEAD_FIRST"),
            (Vr::DA, "20240229"),
            (Vr::DS, "-1.5e-03"),
            (Vr::DS, "+.5"),
            (Vr::DS, "5."),
            (Vr::IS, "-2147483648"),
            (Vr::IS, "+7"),
            (Vr::DT, "2024"),
            (Vr::DT, "20240229235960.123456+0130"),
            (Vr::DT, "202402-0500"),
            (Vr::TM, "23"),
            (Vr::TM, "235960.5"),
            (Vr::UI, "1.2.840.10008.0"),
            (Vr::PN, "Yamada^Tarou=山田^太郎=やまだ^たろう"),
            (Vr::SH, "山田山田山田山田山田山田山田山田"),
            (Vr::UT, "anything\u{1b}"),
            (Vr::LT, "two\r\nlines"),
        ];
        for (vr, text) in cases {
            assert_eq!(wrong(vr, text), None, "{vr} {text}");
        }
    }

    #[test]
    fn what_it_does_not_allow_is_wrong() {
        let cases = [
            (Vr::AE, "A TITLE THAT IS TOO LONG"),
            (Vr::AS, "45Y"),
            (Vr::AS, "045y"),
            (Vr::CS, "Axial"),
            (Vr::CS, "A-B"),
            (Vr::CS, "SEVENTEEN LETTERS"),
            (Vr::DA, "2024.02.29"),
            (Vr::DA, "20230229"),
            (Vr::DA, "202402"),
            (Vr::DS, "1,5"),
            (Vr::DS, "."),
            (Vr::DS, "NaN"),
            (Vr::DS, "1.23456789012345678"),
            (Vr::DS, "1e"),
            (Vr::IS, "1.0"),
            (Vr::IS, "2147483648"),
            (Vr::IS, "+-5"),
            (Vr::DT, "2024022"),
            (Vr::DT, "20240229+01"),
            (Vr::TM, "23:59:59"),
            (Vr::TM, "24"),
            (Vr::TM, "2359.5"),
            (Vr::UI, "1.02.3"),
            (Vr::UI, "ID_7"),
            (Vr::UI, "3.1"),
            (Vr::UI, "1.40.1"),
            (Vr::PN, "a^b^c^d^e^f"),
            (Vr::SH, "seventeen letters"),
            (Vr::LO, "a\tb"),
        ];
        for (vr, text) in cases {
            assert!(wrong(vr, text).is_some(), "{vr} {text}");
        }
    }

    #[test]
    fn any_text_is_judged_without_a_panic() {
        for text in ["\u{fffd}", "é", "2024022é", "+", "2024+é0é", "eeee", "=", "^^^^^"] {
            for &vr in Vr::ALL {
                let _ = wrong(vr, text);
            }
        }
    }
}
