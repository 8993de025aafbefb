//! The defined terms of Specific Character Set, as the standard and as the world spells them.

use encoding_rs::{Encoding, GB18030, GBK, UTF_8};

use super::sets::High;

/// More terms than any list needs; the rest of a longer one is not read.
pub(super) const MOST: usize = 32;

/// One entry of the list.
#[derive(Clone, Copy, Debug)]
pub(super) enum Term {
    /// An encoding without code extensions.
    Whole(&'static Encoding),
    /// What the high half of the code table holds (the low one is ASCII), and whether the term allows escape sequences.
    Set { high: Option<High>, extended: bool },
}

impl Term {
    /// Recognises a term by its letters and digits, without regard to case.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let key: String =
            word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        // "ISO 2022 58" and "ISO 2022 GBK" were in the standard's own text until CP-1234.
        let extended = key.starts_with("ISO2022");
        let name = ["ISO2022IR", "ISO2022", "ISOIR", "IR"]
            .iter()
            .find_map(|prefix| key.strip_prefix(prefix))
            .unwrap_or(&key);
        let single = |high| Some(Self::Set { high: Some(high), extended });
        let escaped = Some(Self::Set { high: None, extended: true });
        match name {
            "" if word.is_empty() => Some(Self::Set { high: None, extended: false }),
            "6" | "ASCII" | "USASCII" | "ISO646" => Some(Self::Set { high: None, extended }),
            "13" | "14" | "SHIFTJIS" | "SJIS" => single(High::Kana),
            "100" | "LATIN1" | "ISO88591" | "88591" => single(High::Latin1),
            "101" | "LATIN2" | "ISO88592" | "88592" => single(High::Table(encoding_rs::ISO_8859_2)),
            "109" | "LATIN3" | "ISO88593" | "88593" => single(High::Table(encoding_rs::ISO_8859_3)),
            "110" | "LATIN4" | "ISO88594" | "88594" => single(High::Table(encoding_rs::ISO_8859_4)),
            "144" | "CYRILLIC" | "ISO88595" | "88595" => single(High::Table(encoding_rs::ISO_8859_5)),
            "127" | "ARABIC" | "ISO88596" | "88596" => single(High::Table(encoding_rs::ISO_8859_6)),
            "126" | "GREEK" | "ISO88597" | "88597" => single(High::Table(encoding_rs::ISO_8859_7)),
            "138" | "HEBREW" | "ISO88598" | "88598" => single(High::Table(encoding_rs::ISO_8859_8)),
            "148" | "LATIN5" | "ISO88599" | "88599" => single(High::Latin5),
            "166" | "TIS620" | "ISO885911" | "885911" => single(High::Thai),
            "203" | "LATIN9" | "ISO885915" | "885915" => single(High::Table(encoding_rs::ISO_8859_15)),
            "149" | "EUCKR" | "KSC5601" | "KSX1001" => single(High::Korean),
            "58" | "GB2312" | "EUCCN" => single(High::Chinese),
            "87" | "159" | "ISO2022JP" | "JP" => escaped,
            "192" | "UTF8" | "ISO10646" => Some(Self::Whole(UTF_8)),
            "GB18030" | "18030" => Some(Self::Whole(GB18030)),
            "GBK" | "CP936" => Some(Self::Whole(GBK)),
            // Windows code pages appear in files of small vendors, under the names the web knows.
            _ => Encoding::for_label(word.replace('_', "-").as_bytes())
                .filter(|encoding| encoding.is_single_byte())
                .and_then(|encoding| single(High::Table(encoding))),
        }
    }
}
