//! The value of an element, decoded but not yet worded: what JSON and the listing both start from.

use super::super::{Charset, DataElement, DataSet, Tag, Value, Vr, charset::Kind};

/// A decoded value.
#[derive(Debug)]
pub enum Content<'a> {
    /// Of length zero, or nothing but padding.
    Empty,
    /// Values made of characters, padding removed.
    Texts(Vec<String>),
    /// Binary numbers.
    Numbers(Vec<Number>),
    /// Tags of other attributes.
    Tags(Vec<Tag>),
    /// Bytes without a meaning of their own, all of them.
    Bytes(&'a [u8]),
    /// The items of a sequence.
    Items(&'a [DataSet]),
    /// Too long to load: what its first bytes hold.
    Start(Box<Content<'a>>),
    /// Encapsulated pixel data.
    Encapsulated,
}

/// A binary number at its own precision, so that 0.1 as a float is not 0.10000000149.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// US, UL, UV.
    Unsigned(u64),
    /// SS, SL, SV.
    Signed(i64),
    /// FL.
    Single(f32),
    /// FD.
    Double(f64),
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unsigned(number) => number.fmt(f),
            Self::Signed(number) => number.fmt(f),
            // Display would write 1e300 with three hundred zeros.
            Self::Single(number) if is_extreme(f64::from(*number)) => write!(f, "{number:e}"),
            Self::Single(number) => number.fmt(f),
            Self::Double(number) if is_extreme(*number) => write!(f, "{number:e}"),
            Self::Double(number) => number.fmt(f),
        }
    }
}

fn is_extreme(number: f64) -> bool {
    number.is_finite() && number != 0.0 && !(1e-6..1e15).contains(&number.abs())
}

/// The values that bytes of a string representation stand for.
pub(super) fn texts(bytes: &[u8], vr: Vr, charset: &Charset) -> Vec<String> {
    match whole(bytes, vr, charset) {
        Content::Texts(texts) => texts,
        _ => vec![],
    }
}

/// Decodes the value of an element as one of `vr`.
pub(super) fn content<'a>(element: &'a DataElement, vr: Vr, charset: &Charset) -> Content<'a> {
    match &element.value {
        Value::Items(items) => Content::Items(items),
        Value::Fragments => Content::Encapsulated,
        Value::Bytes(bytes) => whole(bytes, vr, charset),
        Value::Bulk(bytes) => Content::Start(Box::new(whole(bytes, vr, charset))),
    }
}

fn whole<'a>(bytes: &'a [u8], vr: Vr, charset: &Charset) -> Content<'a> {
    if bytes.is_empty() {
        return Content::Empty;
    }
    if vr == Vr::AT {
        let half = |bytes: &[u8; 2]| u16::from_le_bytes(*bytes);
        let tags = bytes.as_chunks::<4>().0.iter().map(|[a, b, c, d]| Tag(half(&[*a, *b]), half(&[*c, *d])));
        return Content::Tags(tags.collect());
    }
    if let Some(numbers) = numbers(bytes, vr) {
        return Content::Numbers(numbers);
    }
    if !vr.is_string() {
        return Content::Bytes(bytes);
    }
    let kind = if vr == Vr::PN { Kind::PersonName } else { Kind::Text };
    let undeclared = Charset::default();
    let charset = if vr.is_text() { charset } else { &undeclared };
    let mut texts = charset.values(bytes, kind, !vr.is_single());
    if vr == Vr::UI {
        for uid in &mut texts {
            uid.truncate(uid.trim_end_matches(char::is_whitespace).len());
        }
    }
    if texts.is_empty() { Content::Empty } else { Content::Texts(texts) }
}

/// The numbers of a binary VR, little endian; `None` for anything else. Bytes left over are no number.
pub(in super::super) fn numbers(bytes: &[u8], vr: Vr) -> Option<Vec<Number>> {
    macro_rules! all {
        ($kind:ty, $number:ident) => {
            bytes
                .as_chunks::<{ size_of::<$kind>() }>()
                .0
                .iter()
                .map(|chunk| Number::$number(<$kind>::from_le_bytes(*chunk).into()))
                .collect()
        };
    }
    Some(match vr {
        Vr::US => all!(u16, Unsigned),
        Vr::UL => all!(u32, Unsigned),
        Vr::UV => all!(u64, Unsigned),
        Vr::SS => all!(i16, Signed),
        Vr::SL => all!(i32, Signed),
        Vr::SV => all!(i64, Signed),
        Vr::FL => all!(f32, Single),
        Vr::FD => all!(f64, Double),
        _ => return None,
    })
}

/// Bytes of one value of a binary VR; `None` where values have no size of their own.
pub(super) fn size(vr: Vr) -> Option<u32> {
    match vr {
        Vr::US | Vr::SS => Some(2),
        Vr::UL | Vr::SL | Vr::FL | Vr::AT => Some(4),
        Vr::FD | Vr::UV | Vr::SV => Some(8),
        _ => None,
    }
}
