//! The graphic sets behind the defined terms, one character at a time.
//!
//! Eight-bit code tables have a low half (G0, bytes 21-7E) and a high one (G1, bytes A0-FF). The tables
//! come from `encoding_rs`; where the web's tables are not the ISO ones, the difference is spelt out here.

use encoding_rs::{EUC_JP, EUC_KR, Encoding, GBK, SHIFT_JIS};

/// What the bytes below 80 mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Low {
    /// ISO 646, and JIS X 0201 Romaji: its yen sign takes the place of the backslash, but files use it
    /// as the separator of values all the same.
    Ascii,
    /// JIS X 0201 Katakana, designated to the wrong half by some Japanese senders.
    Kana,
    /// Kanji in pairs of bytes, JIS X 0208.
    Jis0208,
    /// More kanji in pairs of bytes, JIS X 0212.
    Jis0212,
}

/// What the bytes from 80 mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum High {
    /// ISO 8859-1 with its control characters, not the web's windows-1252.
    Latin1,
    /// ISO 8859-9, not the web's windows-1254.
    Latin5,
    /// TIS 620, with the no-break space of ISO 8859-11.
    Thai,
    /// JIS X 0201 Katakana; pairs of Shift JIS are let pass, since its users rarely know the difference.
    Kana,
    /// Any other set of one byte a character.
    Table(&'static Encoding),
    /// Hangul in pairs of bytes, KS X 1001.
    Korean,
    /// Hanzi in pairs of bytes, GB 2312.
    Chinese,
}

/// A character and how many bytes it took; `None` for bytes that mean nothing.
pub(super) type Step = (Option<char>, usize);

impl Low {
    /// Reads the character at the start of `bytes`, whose first byte is a graphic one below 80.
    pub(super) fn step(self, first: u8, second: Option<u8>) -> Step {
        let pair = second.filter(|byte| (0x21..=0x7e).contains(byte));
        match (self, pair) {
            (Self::Ascii, _) => (Some(char::from(first)), 1),
            (Self::Kana, _) => (kana(first | 0x80).or(Some(char::from(first))), 1),
            (Self::Jis0208, Some(second)) => (jis0208(first, second), 2),
            (Self::Jis0212, Some(second)) => (one(EUC_JP, &[0x8f, first | 0x80, second | 0x80]), 2),
            (Self::Jis0208 | Self::Jis0212, None) => (None, 1),
        }
    }
}

impl High {
    /// Reads the character that starts with `first`, a byte from 80.
    pub(super) fn step(self, first: u8, second: Option<u8>) -> Step {
        match self {
            Self::Latin1 => (Some(char::from(first)), 1),
            Self::Latin5 => (Some(latin5(first)), 1),
            Self::Thai => (thai(first), 1),
            Self::Kana => pair(SHIFT_JIS, first, second.filter(|_| kana(first).is_none()), 0x40)
                .unwrap_or((kana(first), 1)),
            Self::Table(encoding) => (one(encoding, &[first]), 1),
            Self::Korean => pair(EUC_KR, first, second, 0x41).unwrap_or((None, 1)),
            // GBK goes further down than GB 2312, but down there are the separators of names and values.
            Self::Chinese => pair(GBK, first, second, 0x80).unwrap_or((None, 1)),
        }
    }
}

/// Two bytes of a legacy encoding, if the second is at least `least` and both together mean something.
fn pair(encoding: &'static Encoding, first: u8, second: Option<u8>, least: u8) -> Option<Step> {
    let second = second.filter(|&byte| byte >= least)?;
    one(encoding, &[first, second]).map(|c| (Some(c), 2))
}

/// The single character that `bytes` spell, if they spell one.
fn one(encoding: &'static Encoding, bytes: &[u8]) -> Option<char> {
    let mut utf8 = [0; 16];
    let (result, _, written) = encoding
        .new_decoder_without_bom_handling()
        .decode_to_utf8_without_replacement(bytes, &mut utf8, true);
    let text = std::str::from_utf8(utf8.get(..written)?).ok()?;
    let mut chars = text.chars();
    let c = chars.next().filter(|_| chars.next().is_none())?;
    (result == encoding_rs::DecoderResult::InputEmpty).then_some(c)
}

fn kana(byte: u8) -> Option<char> {
    (0xa1..=0xdf).contains(&byte).then(|| char::from_u32(0xff61 + u32::from(byte - 0xa1))).flatten()
}

fn latin5(byte: u8) -> char {
    match byte {
        0xd0 => 'Ğ',
        0xdd => 'İ',
        0xde => 'Ş',
        0xf0 => 'ğ',
        0xfd => 'ı',
        0xfe => 'ş',
        _ => char::from(byte),
    }
}

fn thai(byte: u8) -> Option<char> {
    match byte {
        0x80..=0xa0 => Some(char::from(byte)),
        0xa1..=0xda | 0xdf..=0xfb => char::from_u32(0x0e00 + u32::from(byte - 0xa0)),
        _ => None,
    }
}

/// Kanji as JIS X 0208 has them; the web's table prefers Microsoft's look-alikes for six signs.
fn jis0208(first: u8, second: u8) -> Option<char> {
    match (first, second) {
        (0x21, 0x41) => Some('\u{301c}'),
        (0x21, 0x42) => Some('\u{2016}'),
        (0x21, 0x5d) => Some('\u{2212}'),
        (0x21, 0x71) => Some('\u{a2}'),
        (0x21, 0x72) => Some('\u{a3}'),
        (0x22, 0x4c) => Some('\u{ac}'),
        _ => one(EUC_JP, &[first | 0x80, second | 0x80]),
    }
}
