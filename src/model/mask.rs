//! What a masked screen shows in the place of identifiers: the one place that decides.

use super::{
    Date, Library, Listing, PersonName, Row, StudyId, TagNumber, Text, age_at, harmless, is_uid, shown,
};
use std::path::{Component, Path};

/// Stands for whatever is hidden.
pub const MASK: &str = "••••";
/// Digits of a UID that are shown: enough to tell neighbours apart.
const END_OF_UID: usize = 4;
/// Study Date (0008,0020).
const STUDY_DATE: TagNumber = TagNumber(0x0008, 0x0020);

/// How a value is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    /// All of it.
    Hidden,
    /// A date: days from the study's at most.
    Date,
    /// All but its end.
    Uid,
    /// All but harmless words.
    Words,
}

/// Whether identifiers are hidden, and what is shown of them then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mask(bool);

impl Mask {
    /// Identifiers are hidden, or not.
    pub const fn new(on: bool) -> Self {
        Self(on)
    }

    /// True if they are hidden.
    pub const fn is_on(self) -> bool {
        self.0
    }

    /// A name of a place, an ID, an accession number.
    pub fn id(self, text: &Text) -> String {
        if self.0 && !text.is_empty() { MASK.to_owned() } else { text.to_string() }
    }

    /// A person's name, family name first.
    pub fn person(self, text: &Text) -> String {
        if self.0 { self.id(text) } else { PersonName::new(text.raw()).text().to_string() }
    }

    /// A description, of which harmless words are left.
    pub fn words(self, text: &str) -> String {
        if !self.0 || text.is_empty() {
            return shown(text).into_owned();
        }
        let kept = harmless(text);
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        match (kept.is_empty(), letters(&kept) == letters(text)) {
            (true, _) if letters(text) > 0 => MASK.to_owned(),
            // Signs between the words are as harmless as the words.
            (_, true) => shown(text).into_owned(),
            _ => format!("{kept} {MASK}"),
        }
    }

    /// A UID, of which the end is left.
    pub fn uid(self, uid: &str) -> String {
        if !self.0 || uid.is_empty() {
            return uid.to_owned();
        }
        let end = uid.len().checked_sub(END_OF_UID).filter(|&end| end > END_OF_UID && is_uid(uid));
        end.map_or_else(|| MASK.to_owned(), |end| format!("…{}", &uid[end..]))
    }

    /// A date as `YYYY-MM-DD`; hidden, the days from `origin`: `day 0`, `day 35`.
    pub fn date(self, written: &str, origin: &str) -> String {
        let date = Date::parse(written);
        if !self.0 {
            return date.map_or_else(|| shown(written).into_owned(), |date| date.to_string());
        }
        if written.is_empty() {
            return String::new();
        }
        let days = date.and_then(|date| Some(date.day_number()? - Date::parse(origin)?.day_number()?));
        days.map_or_else(|| MASK.to_owned(), |days| format!("day {days}"))
    }

    /// A date of a study or of what belongs to it; hidden, the days from the first study of its patient.
    pub fn day(self, library: &Library, study: StudyId, written: &Text) -> String {
        let studies = &library.patient(library.study(study).patient).studies;
        let dates = studies.iter().map(|&id| library.study(id).date.raw());
        let first = dates.filter(|date| Date::parse(date).is_some()).min().unwrap_or_default();
        self.date(written.raw(), first)
    }

    /// A date of birth; hidden, the age on the day `at`.
    pub fn birth(self, birth: &Text, at: &Text) -> String {
        if !self.0 {
            return self.date(birth.raw(), "");
        }
        let age =
            Date::parse(birth.raw()).zip(Date::parse(at.raw())).and_then(|(birth, at)| age_at(birth, at));
        age.unwrap_or_default()
    }

    /// The name of a file with the folders above it; hidden, its shape and ending.
    pub fn path(self, path: &Path) -> String {
        if !self.0 {
            return path.to_string_lossy().into_owned();
        }
        let mut parts: Vec<String> = path
            .components()
            .map(|part| match part {
                Component::Normal(_) => MASK.to_owned(),
                Component::RootDir => String::new(),
                part => part.as_os_str().to_string_lossy().into_owned(),
            })
            .collect();
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        if let (Some(last), Some("dcm" | "dicom" | "ima" | "img")) = (parts.last_mut(), ending.as_deref()) {
            last.push_str(".dcm");
        }
        parts.join("/")
    }

    /// A sentence about a file: what stands in quotes, UIDs, paths and dates in it are hidden.
    pub fn sentence(self, text: &str) -> String {
        if !self.0 {
            return text.to_owned();
        }
        let pieces = text.split('"').enumerate();
        let unquoted: Vec<&str> = pieces.map(|(at, piece)| if at % 2 == 1 { MASK } else { piece }).collect();
        let unquoted = unquoted.join("\"");
        let words: Vec<&str> = unquoted.split(' ').collect();
        let is_path = |word: &&str| word.contains('/') && word.contains(char::is_alphabetic);
        // A path may hold spaces: it is hidden from its first slash to its last.
        let path = words.iter().position(is_path).zip(words.iter().rposition(is_path));
        let mut sentence = String::new();
        for (at, word) in words.iter().enumerate() {
            let place = path.map(|(first, last)| (at == first, first < at && at <= last));
            let shown = match place {
                Some((_, true)) => continue,
                Some((true, _)) => MASK.to_owned(),
                _ => self.word(word),
            };
            if at > 0 {
                sentence.push(' ');
            }
            sentence.push_str(&shown);
        }
        sentence
    }

    /// A word of a sentence: long numbers are dates or IDs.
    fn word(self, word: &str) -> String {
        let bare = word.trim_matches(|c: char| matches!(c, '(' | ')' | ',' | ';' | ':' | '.'));
        let digits = bare.bytes().filter(u8::is_ascii_digit).count();
        if is_uid(bare) && bare.contains('.') && bare.len() > 2 * END_OF_UID {
            word.replace(bare, &self.uid(bare))
        } else if digits >= 8 && !is_tag(bare) {
            word.replace(bare, MASK)
        } else {
            word.to_owned()
        }
    }

    /// A value that is hidden that way, without the data set around it.
    pub fn secret(self, secret: Secret, value: &str) -> String {
        match secret {
            _ if !self.0 || value.is_empty() => value.to_owned(),
            Secret::Hidden | Secret::Date => MASK.to_owned(),
            Secret::Uid => self.uid(value),
            Secret::Words => self.words(value),
        }
    }

    /// The value of an attribute.
    pub fn value(self, row: &Row, listing: &Listing) -> String {
        match row.secret.filter(|_| self.0 && !row.value.is_empty()) {
            None => row.value.to_string(),
            Some(Secret::Date) if row.vr == "DA" => {
                let written = |row: &Row| row.raw.as_ref().unwrap_or(&row.value).raw().to_owned();
                let study =
                    listing.children(None).map(|at| &listing.rows()[at]).find(|row| row.tag == STUDY_DATE);
                self.date(&written(row), &study.map(written).unwrap_or_default())
            }
            Some(secret) => self.secret(secret, row.value.raw()),
        }
    }
}

/// The tag of an attribute, such as `0008,0020`: it identifies nobody.
fn is_tag(word: &str) -> bool {
    let four = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    word.split_once(',').is_some_and(|(group, element)| four(group) && four(element))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: Mask = Mask::new(true);

    #[test]
    fn without_a_mask_everything_is_as_it_is() {
        let off = Mask::default();
        assert_eq!(off.person(&"Doe^Jane".into()), "Doe, Jane");
        assert_eq!(
            (off.words("a b"), off.uid("1.2"), off.date("20240131", "")),
            ("a b".into(), "1.2".into(), "2024-01-31".into())
        );
        assert_eq!(
            (off.path(Path::new("/d/Doe.dcm")), off.sentence("\"Doe\"")),
            ("/d/Doe.dcm".into(), "\"Doe\"".into())
        );
    }

    #[test]
    fn names_and_ids_are_hidden_and_nothing_stays_nothing() {
        assert_eq!((ON.person(&"Doe^Jane".into()), ON.id(&"7".into())), (MASK.into(), MASK.into()));
        assert_eq!((ON.person(&"".into()), ON.words(""), ON.uid(""), ON.date("", "")), <_>::default());
    }

    #[test]
    fn dates_become_days_from_the_first_and_uids_their_end() {
        assert_eq!(ON.date("20240301", "20240131"), "day 30");
        assert_eq!(ON.date("20240301", "x"), MASK);
        assert_eq!(ON.uid("1.2.840.113619.20240131.77"), "…1.77");
        assert_eq!((ON.uid("1.2.3"), ON.uid("Doe^Jane^1234567")), (MASK.into(), MASK.into()));
    }

    #[test]
    fn harmless_words_stay_and_others_leave_a_mark() {
        assert_eq!(ON.words("Thorax, 5mm"), "Thorax, 5mm");
        assert_eq!(ON.words("Thorax Doe"), format!("Thorax {MASK}"));
        assert_eq!(ON.words("Doe"), MASK);
    }

    #[test]
    fn paths_keep_their_shape_and_sentences_their_sense() {
        assert_eq!(ON.path(Path::new("/data/Doe/IM1.DCM")), format!("/{MASK}/{MASK}/{MASK}.dcm"));
        assert_eq!(
            ON.sentence(
                "has the SOP Instance UID (1.2.840.99999.1) of \"Doe\" from 20240131: /data/Jane Mary Doe/1"
            ),
            format!("has the SOP Instance UID (…99.1) of \"{MASK}\" from {MASK}: {MASK}")
        );
        assert_eq!(ON.sentence("Study Date (0008,0020) is empty"), "Study Date (0008,0020) is empty");
    }
}
