//! Values for people: dates as dates, UIDs with their meaning, long ones cut.

use super::{
    super::{Vr, dictionary},
    content::Content,
};
use crate::model::{Date, Moment, Time, age, uid_name};
use std::fmt::Write as _;

/// Characters beyond this many bytes stay in the file; JSON has them all.
const LONGEST: usize = 4 << 10;
/// Numbers of an array that are listed.
const NUMBERS: usize = 8;
/// Bytes of a binary value that are listed.
const PREVIEW: usize = 32;

/// A value for people.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wording {
    /// To be read.
    pub(super) value: String,
    /// As written, if that is something else.
    pub(super) raw: Option<String>,
}

/// Puts a value into words; `length` is that of the element in bytes, `vm` its number of values.
pub(super) fn wording(content: &Content<'_>, vr: Vr, length: u64, vm: usize) -> Wording {
    let plain = |value: String| Wording { value, raw: None };
    match content {
        Content::Empty => Wording::default(),
        Content::Texts(texts) => worded_texts(texts, vr),
        Content::Numbers(numbers) => plain(array(numbers, vm)),
        Content::Tags(tags) => plain(array(
            &tags
                .iter()
                .take(NUMBERS)
                .map(|&tag| {
                    dictionary::lookup(tag)
                        .map_or(tag.to_string(), |entry| format!("{tag} ={}", entry.keyword))
                })
                .collect::<Vec<_>>(),
            vm,
        )),
        Content::Bytes(bytes) => plain(binary(bytes, vr, bytes.len() as u64)),
        Content::Items(items) => plain(counted(items.len(), "item")),
        Content::Encapsulated => plain("encapsulated pixel data".to_owned()),
        Content::Start(start) => match &**start {
            Content::Numbers(numbers) => plain(array(numbers, vm)),
            Content::Bytes(bytes) => plain(binary(bytes, vr, length)),
            Content::Texts(texts) => plain(format!("{}… ({})", one_line(&texts.join("\\")), size(length))),
            other => wording(other, vr, length, vm),
        },
    }
}

/// `1 item`, `3 items`.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn worded_texts(texts: &[String], vr: Vr) -> Wording {
    let raw = texts.join("\\");
    let value = match vr {
        Vr::UI => texts
            .iter()
            .map(|uid| uid_name(uid).map_or(uid.clone(), |name| format!("{uid} ={name}")))
            .collect::<Vec<_>>()
            .join("\\"),
        Vr::DA | Vr::TM | Vr::DT | Vr::AS => {
            let read = |text: &String| if text.is_empty() { Some(String::new()) } else { reading(text, vr) };
            let value = texts
                .iter()
                .map(|text| read(text).unwrap_or_else(|| format!("\"{text}\"")))
                .collect::<Vec<_>>()
                .join("\\");
            return Wording { raw: (value != raw).then(|| cut(&raw)), value: cut(&one_line(&value)) };
        }
        _ => raw,
    };
    Wording { value: cut(&one_line(&value)), raw: None }
}

fn reading(text: &str, vr: Vr) -> Option<String> {
    match vr {
        Vr::DA => Date::parse(text).map(|date| date.to_string()),
        Vr::TM => Time::parse(text).map(|time| time.to_string()),
        Vr::DT => Moment::parse(text).map(|moment| moment.to_string()),
        _ => age(text),
    }
}

/// Ends of lines as an arrow: a row is one line.
fn one_line(text: &str) -> String {
    if text.contains(['\r', '\n']) {
        text.replace("\r\n", "↵").replace(['\r', '\n'], "↵")
    } else {
        text.to_owned()
    }
}

fn cut(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let end = (0..=LONGEST).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    format!("{}… ({})", &text[..end], size(text.len() as u64))
}

/// The first numbers of an array, and how many there are.
fn array<T: std::fmt::Display>(numbers: &[T], vm: usize) -> String {
    let mut text = numbers.iter().take(NUMBERS).map(ToString::to_string).collect::<Vec<_>>().join("\\");
    if vm > NUMBERS {
        // Writing to a String cannot fail.
        let _ = write!(text, "… ({vm})");
    }
    text
}

/// Bytes in hexadecimal; text that a sender hid in them as text.
fn binary(bytes: &[u8], vr: Vr, length: u64) -> String {
    if vr == Vr::UN
        && let Some(text) = hidden_text(bytes)
    {
        let more =
            if bytes.len() as u64 == length { String::new() } else { format!("… ({})", size(length)) };
        return cut(&format!("\"{}\"{more}", one_line(text)));
    }
    let mut text = String::new();
    for byte in bytes.iter().take(PREVIEW) {
        let _ = write!(text, "{}{byte:02x}", if text.is_empty() { "" } else { " " });
    }
    if length > PREVIEW as u64 {
        let _ = write!(text, "… ({})", size(length));
    }
    text
}

fn hidden_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?.trim_end_matches(['\0', ' ']);
    let readable = |c: char| (' '..='~').contains(&c) || matches!(c, '\r' | '\n' | '\t');
    (text.len() > 1 && text.chars().all(readable)).then_some(text)
}

/// `900 bytes`, `12.5 KiB`.
fn size(bytes: u64) -> String {
    let scaled = |unit: u32| bytes as f64 / f64::from(unit);
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..1_048_576 => format!("{:.1} KiB", scaled(1 << 10)),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", scaled(1 << 20)),
        _ => format!("{:.1} GiB", scaled(1 << 30)),
    }
}

/// A code for people, if the item is one: `Chest (51185008, SCT)`.
pub(super) fn code(meaning: Option<&str>, value: Option<&str>, scheme: Option<&str>) -> Option<String> {
    let (value, scheme) = (value.unwrap_or_default(), scheme.unwrap_or_default());
    meaning
        .filter(|meaning| !meaning.is_empty())
        .map(|meaning| cut(&one_line(&format!("{meaning} ({value}, {scheme})"))))
}

#[cfg(test)]
mod tests {
    use super::{super::content::Number, *};

    fn worded(texts: &[&str], vr: Vr) -> Wording {
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        wording(&Content::Texts(texts), vr, 0, 1)
    }

    #[test]
    fn dates_times_and_ages_are_read_and_kept_as_written() {
        for (text, vr, value) in [
            ("20040119", Vr::DA, "2004-01-19"),
            ("072730.5", Vr::TM, "07:27:30.500000"),
            ("064Y", Vr::AS, "64 years"),
        ] {
            assert_eq!(worded(&[text], vr), Wording { value: value.into(), raw: Some(text.into()) });
        }
    }

    #[test]
    fn what_is_no_date_stands_in_quotes() {
        assert_eq!(worded(&["20049999"], Vr::DA).value, "\"20049999\"");
        assert_eq!(worded(&["20040119", "", "x"], Vr::DA).value, "2004-01-19\\\\\"x\"");
    }

    #[test]
    fn a_uid_of_the_standard_has_its_meaning_beside_it() {
        let uids = ["1.2.840.10008.1.2.1", "1.2.3"];
        assert_eq!(worded(&uids, Vr::UI).value, "1.2.840.10008.1.2.1 =Explicit VR Little Endian\\1.2.3");
    }

    #[test]
    fn long_arrays_show_eight_numbers_and_their_count() {
        let numbers = Content::Numbers((0..100).map(Number::Unsigned).collect());
        assert_eq!(wording(&numbers, Vr::US, 200, 100).value, "0\\1\\2\\3\\4\\5\\6\\7… (100)");
    }

    #[test]
    fn binary_values_are_bytes_unless_they_are_plainly_text() {
        assert_eq!(wording(&Content::Bytes(&[0, 1]), Vr::OB, 2, 1).value, "00 01");
        assert_eq!(wording(&Content::Bytes(b"HEAD FIRST "), Vr::UN, 11, 1).value, "\"HEAD FIRST\"");
        let start = Content::Start(Box::new(Content::Bytes(&[0xff; 64])));
        let value = wording(&start, Vr::OW, 524_288, 1).value;
        assert_eq!(value, format!("ff{}… (512.0 KiB)", " ff".repeat(31)));
    }

    #[test]
    fn long_text_is_cut_between_characters_and_stays_on_one_line() {
        let value = worded(&[&"山\r\n".repeat(2000)], Vr::LT).value;
        assert!(
            value.starts_with("山↵山↵") && value.len() < 4200 && value.ends_with("(11.7 KiB)"),
            "{value}"
        );
    }
}
