//! What the patient is called, and whether a text says so: small or capital, with other marks, or run together.

use super::{
    super::{Content, DataElement, DataSet, Scope, Tag, Value, Vr, dataset::word, dictionary},
    profile::{PATIENT_ID, PATIENT_NAME},
};

/// Accession Number.
const ACCESSION: Tag = Tag(0x0008, 0x0050);
/// Letters that a name must have to be looked for inside of words; a shorter one is looked for as a word.
const LONG_ENOUGH: usize = 4;
/// Specific Character Set: one that makes sense is no name, and without it nothing can be read.
const CHARACTER_SET: Tag = Tag(0x0008, 0x0005);
/// Terms of two or three letters by which values are understood, `MR` and `HU`, which are names too: Modality,
/// Patient Orientation, Photometric Interpretation, Rescale Type.
const TERMS: [Tag; 4] = [Tag(0x0008, 0x0060), Tag(0x0020, 0x0020), Tag(0x0028, 0x0004), Tag(0x0028, 0x1054)];

/// Parts of Patient's Name, Patient ID and Accession Number, folded.
#[derive(Debug, Default)]
pub(super) struct Identity {
    /// Nothing but letters and digits in each.
    names: Vec<String>,
}

impl Identity {
    pub(super) fn of(set: &DataSet, scope: &Scope) -> Self {
        let mut identity = Self::default();
        for tag in [PATIENT_NAME, PATIENT_ID, ACCESSION] {
            let Some(Content::Texts(texts)) = set.get(tag).map(|element| scope.content(element)) else {
                continue;
            };
            for text in texts {
                let text = folded(&text);
                let parts = text.split(is_gap);
                // A double name is one or two; the parts of an ID alone are no more than `CT` or `HEAD`.
                let words = text.split(is_mark).filter(|_| tag == PATIENT_NAME);
                identity.names.extend(parts.map(joined).chain(words.map(str::to_owned)));
            }
        }
        identity.names.retain(|name| name.chars().count() > 1);
        identity.names.sort();
        identity.names.dedup();
        identity
    }

    /// True if the value of an element holds a name; `None` for text that is too long to have been loaded.
    pub(super) fn is_in(&self, element: &DataElement, vr: Vr, scope: &Scope) -> Option<bool> {
        let tag = element.header.tag;
        let text = match (&element.value, scope.content(element)) {
            (Value::Bulk(_), _) if vr.is_text() || matches!(vr, Vr::AE | Vr::CS) => return None,
            (Value::Bytes(_), Content::Texts(texts)) => texts.join("\\"),
            (Value::Bytes(bytes), _) if !holds_numbers(tag, vr) => {
                String::from_utf8_lossy(bytes).into_owned()
            }
            _ => return Some(false),
        };
        Some(match vr {
            Vr::UI => false,
            Vr::CS if tag == CHARACTER_SET => !scope.unknown_charsets().is_empty(),
            // Numbers and dates without a word are what they should be.
            Vr::AS | Vr::DA | Vr::DS | Vr::DT | Vr::IS | Vr::TM if !holds_a_word(&text) => false,
            _ if TERMS.contains(&tag) => self.tells(&text, LONG_ENOUGH),
            _ => self.tells(&text, 0),
        })
    }

    /// True if a text holds a name, whatever stands between its letters.
    pub(super) fn is_told_by(&self, text: &str) -> bool {
        self.tells(text, 0)
    }

    /// The same for names of at least so many letters.
    fn tells(&self, text: &str, least: usize) -> bool {
        if self.names.is_empty() {
            return false;
        }
        let text = folded(text);
        let mut words: Vec<String> = text.split(is_mark).map(str::to_owned).collect();
        words.extend(text.split(is_gap).map(joined));
        // Where each word begins once they are run together.
        let (mut all, mut begins) = (String::new(), vec![]);
        for word in text.split(is_mark) {
            begins.push(all.len());
            all.push_str(word);
        }
        self.names.iter().any(|name| match name.chars().count() {
            count if count < least => false,
            count if count >= LONG_ENOUGH || name.chars().any(is_whole_word) => {
                words.iter().any(|word| word.contains(name))
                    || begins.iter().any(|&begin| all[begin..].starts_with(name))
            }
            _ => words.contains(name),
        })
    }
}

/// True where bytes are pixels, tables or numbers, by the dictionary, or by what the file says of private ones.
fn holds_numbers(tag: Tag, vr: Vr) -> bool {
    dictionary::lookup(tag).map_or(word(vr) > 1, |entry| !entry.vr.is_string())
}

/// One letter alone is an exponent, or the unit of an age.
fn holds_a_word(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().count() > 1)
}

/// Between the parts of a name, and between values.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '^' | '=' | ',' | '\\')
}

/// Everything that is neither letter nor digit.
fn is_mark(c: char) -> bool {
    !c.is_alphanumeric()
}

/// Han, kana and hangul: two of them are a name, and nothing stands between words.
fn is_whole_word(c: char) -> bool {
    c >= '\u{2e80}'
}

fn joined(text: &str) -> String {
    text.chars().filter(|&c| !is_mark(c)).collect()
}

/// Small letters without the marks on them, whether those are characters of their own or not.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            // Combining marks.
            '\u{300}'..='\u{36f}' => {}
            c if c.is_ascii() => folded.push(c),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            c => folded.push(plain(c)),
        }
    }
    folded
}

/// The letter below the marks of one in Latin-1 and Latin Extended-A, which all of Europe writes with.
fn plain(c: char) -> char {
    const MARKED: [(&str, char); 20] = [
        ("àáâãäåāăą", 'a'),
        ("çćĉċč", 'c'),
        ("ďđð", 'd'),
        ("èéêëēĕėęě", 'e'),
        ("ĝğġģ", 'g'),
        ("ĥħ", 'h'),
        ("ìíîïĩīĭįı", 'i'),
        ("ĵ", 'j'),
        ("ķĸ", 'k'),
        ("ĺļľŀł", 'l'),
        ("ñńņňŋ", 'n'),
        ("òóôõöøōŏő", 'o'),
        ("ŕŗř", 'r'),
        ("śŝşšș", 's'),
        ("ţťŧț", 't'),
        ("ùúûüũūŭůűų", 'u'),
        ("ŵ", 'w'),
        ("ýÿŷ", 'y'),
        ("źżž", 'z'),
        ("ĳ", 'i'),
    ];
    MARKED.iter().find(|(marked, _)| marked.contains(c)).map_or(c, |&(_, plain)| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(names: &[&str]) -> Identity {
        Identity { names: names.iter().map(|&name| name.to_owned()).collect() }
    }

    #[test]
    fn a_name_is_found_whatever_stands_between_its_letters() {
        let identity = called(&["meyerschulz", "mullerin", "ax12", "wolkenstein"]);
        for text in
            ["meyer schulz", "x MEYER_SCHULZ", "Mu\u{308}llerin", "MÜLLERIN", "AX 1-2", "swolkensteins"]
        {
            assert!(identity.is_told_by(text), "{text}");
        }
        assert!(!identity.is_told_by("Thorax 12 Schulz"));
    }

    #[test]
    fn a_short_name_is_found_as_a_word_and_only_so() {
        let identity = called(&["lee", "77", "712", "山田"]);
        for text in ["Lee", "for LEE,", "t2_lee", "77", "a\\77", "7-12", "山田太郎"] {
            assert!(identity.is_told_by(text), "{text}");
        }
        for text in ["sleep", "177", "7 12", "leeway", "山の田"] {
            assert!(!identity.is_told_by(text), "{text}");
        }
        assert!(!identity.tells("LEE", LONG_ENOUGH));
    }
}
