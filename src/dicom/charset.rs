//! Specific Character Set (0008,0005): from the bytes of a text value to characters.
//!
//! A file names its character sets in a short list of defined terms (PS3.3 C.12.1.1.2). One term holds for
//! every text value as it stands; several allow a value to change sets half-way with ISO 2022 escape
//! sequences (PS3.5 6.1.2.5). Vendors misspell the terms, forget them or use them wrongly, so nothing here
//! can fail: what cannot be decoded becomes `U+FFFD`, and what was odd about the list stays in
//! [`Charset::unknown`].

mod extension;
mod sets;
mod terms;
#[cfg(test)]
mod tests;

use encoding_rs::Encoding;
use extension::Start;
use terms::Term;

/// How a text value is delimited: names have two delimiters more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// SH, LO, UC, ST, LT and UT: ends of lines and pages, tabs and backslashes.
    Text,
    /// PN: also `^` between components and `=` between groups.
    PersonName,
}

impl Kind {
    /// True if `byte` brings back the character set a value starts with (PS3.5 6.1.2.5.3).
    fn is_delimiter(self, byte: u8) -> bool {
        matches!(byte, b'\n' | b'\r' | b'\t' | 0x0c | b'\\')
            || self == Self::PersonName && matches!(byte, b'^' | b'=')
    }
}

/// The character sets one data set declares, ready to decode its text values.
#[derive(Clone, Debug, Default)]
pub struct Charset {
    form: Form,
    unknown: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Form {
    /// No character set beyond ASCII: the sender promised no other byte, and may have lied.
    #[default]
    Undeclared,
    /// One encoding for whole values, backslashes included: UTF-8, GB18030 or GBK.
    Whole(&'static Encoding),
    /// ISO 2022: two halves of a code table, exchanged by escape sequences if there are several sets.
    Parts(Start),
}

impl Charset {
    /// Reads the raw value of Specific Character Set; an empty one means ASCII.
    ///
    /// Terms are compared by their letters and digits only, so that `ISO-IR_100` means what its sender
    /// meant. UTF-8, GB18030 and GBK forbid code extensions: first in the list they are all of it, and
    /// further down they are nothing.
    pub fn parse(raw: &[u8]) -> Self {
        let text = String::from_utf8_lossy(raw);
        let mut unknown = Vec::new();
        let mut known = Vec::new();
        for word in text.split('\\').map(|word| word.trim_matches(['\0', ' '])).take(terms::MOST) {
            match Term::parse(word) {
                Some(term) => known.push(term),
                None => unknown.push(word.to_owned()),
            }
        }
        let form = match known.first() {
            None => Form::Undeclared,
            Some(Term::Whole(encoding)) => Form::Whole(encoding),
            Some(Term::Set { .. }) => Start::new(&known).map_or(Form::Undeclared, Form::Parts),
        };
        Self { form, unknown }
    }

    /// The terms nobody could make sense of, as written; values are decoded as if they were absent.
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// True if the file names any character set beyond ASCII; if not, other letters are a good guess.
    pub fn is_declared(&self) -> bool {
        !matches!(self.form, Form::Undeclared)
    }

    /// Decodes one value field, backslashes and padding included.
    ///
    /// The result is at most three times as long as `bytes`.
    pub fn decode(&self, bytes: &[u8], kind: Kind) -> String {
        match self.form {
            Form::Undeclared => guess(bytes),
            Form::Whole(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            Form::Parts(start) => extension::decode(start, bytes, kind),
        }
    }

    /// Decodes a value field into its values, without their padding.
    ///
    /// With `multi`, as in SH, LO, UC and PN, backslashes separate values and spaces on both sides are
    /// padding. Without, as in ST, LT and UT, the field is one value whose leading spaces count. An empty
    /// field has no values.
    pub fn values(&self, bytes: &[u8], kind: Kind, multi: bool) -> Vec<String> {
        let text = self.decode(bytes, kind);
        let whole = text.trim_end_matches(['\0', ' ']);
        if whole.is_empty() {
            return Vec::new();
        }
        if !multi {
            return vec![whole.to_owned()];
        }
        // Splitting decoded text is what keeps the 0x5C inside a Chinese or Japanese pair in one piece.
        whole.split('\\').map(|value| value.trim_matches(['\0', ' ']).to_owned()).collect()
    }
}

/// Bytes of an unknown set: UTF-8 if they are nothing but that, else Latin-1, which takes anything.
fn guess(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}
