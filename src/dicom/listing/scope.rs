//! What an element means depends on the data sets around it: character set, sign, private creators.

use super::{
    super::{Charset, DataElement, DataSet, Tag, Value, Vr, charset::Kind, dictionary},
    content::{Content, content, texts},
};
use std::{collections::HashMap, sync::Arc};

const SPECIFIC_CHARACTER_SET: Tag = Tag(0x0008, 0x0005);
const PIXEL_REPRESENTATION: Tag = Tag(0x0028, 0x0103);

/// What holds inside one data set.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    charset: Arc<Charset>,
    is_signed: bool,
    creators: HashMap<Tag, String>,
}

/// What an attribute is called.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Name {
    /// By the standard.
    Keyword(&'static str),
    /// By nobody we know; its block belongs to this creator.
    Private(String),
    /// Private, and its block belongs to nobody.
    Orphan,
    /// Of the standard's groups, and not in our dictionary.
    Unknown,
}

impl Scope {
    /// What holds in `set`, which is an item of a data set where `self` holds.
    ///
    /// An item may name its own character set, and otherwise has its parent's (PS3.3 C.12.1.1.2);
    /// private blocks are reserved in each item anew (PS3.5 7.8.1).
    #[must_use]
    pub fn inside(&self, set: &DataSet) -> Self {
        let charset = set
            .bytes(SPECIFIC_CHARACTER_SET)
            .map_or_else(|| self.charset.clone(), |raw| Charset::parse(raw).into());
        let is_signed = set.unsigned(PIXEL_REPRESENTATION).map_or(self.is_signed, |value| value == 1);
        let creators = set.elements.iter().filter_map(|element| match &element.value {
            Value::Bytes(bytes) if element.header.tag.is_private_creator() => {
                let name = charset.values(bytes, Kind::Text, false).into_iter().next()?;
                Some((element.header.tag, name.trim().to_owned()))
            }
            _ => None,
        });
        Self { is_signed, creators: creators.collect(), charset }
    }

    /// Terms of Specific Character Set that nobody could make sense of.
    pub fn unknown_charsets(&self) -> &[String] {
        self.charset.unknown()
    }

    /// True if a character set beyond ASCII is named, here or around.
    pub fn declares_charset(&self) -> bool {
        self.charset.is_declared()
    }

    /// What an attribute of this data set is called.
    pub fn name(&self, tag: Tag) -> Name {
        match dictionary::lookup(tag) {
            Some(entry) => Name::Keyword(entry.keyword),
            None if !tag.is_private() => Name::Unknown,
            None => tag
                .private_creator()
                .and_then(|creator| self.creators.get(&creator))
                .map_or(Name::Orphan, |creator| Name::Private(creator.clone())),
        }
    }

    /// The value representation that makes sense of the bytes.
    ///
    /// Where the file does not say, the dictionary does, and Pixel Representation (0028,0103) decides
    /// between US and SS. A known attribute written as UN is read as what it is (PS3.5 6.2.2).
    pub fn vr(&self, element: &DataElement) -> Vr {
        match (element.header.vr, dictionary::lookup(element.header.tag)) {
            (None, Some(entry)) if self.is_signed && entry.alternative == Some(Vr::SS) => Vr::SS,
            (Some(Vr::UN), Some(entry)) if element.vr == Vr::UN && entry.vr.is_string() => entry.vr,
            _ => element.vr,
        }
    }

    /// True if Pixel Representation (0028,0103) says that values have a sign.
    pub(in super::super) fn is_signed(&self) -> bool {
        self.is_signed
    }

    /// The values that bytes of a string representation stand for in this data set.
    pub(in super::super) fn texts(&self, bytes: &[u8], vr: Vr) -> Vec<String> {
        texts(bytes, vr, &self.charset)
    }

    /// The decoded value of an element of this data set.
    pub fn content<'a>(&self, element: &'a DataElement) -> Content<'a> {
        content(element, self.vr(element), &self.charset)
    }
}
