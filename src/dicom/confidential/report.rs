//! What was done to which attributes: counts, never values.

use super::super::{Tag, dictionary};
use std::collections::BTreeMap;

/// What was done with one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Done {
    /// It is not in the copy.
    Removed,
    /// It has no value any more.
    Emptied,
    /// A value that means nothing stands there.
    Replaced,
    /// Its UIDs are others.
    Mapped,
    /// Its dates are earlier.
    Shifted,
    /// Words that are not known to be harmless are gone.
    Cleaned,
    /// A pseudonym stands there.
    Pseudonym,
}

impl Done {
    /// One word for people and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Emptied => "emptied",
            Self::Replaced => "replaced",
            Self::Mapped => "uid",
            Self::Shifted => "shifted",
            Self::Cleaned => "cleaned",
            Self::Pseudonym => "pseudonym",
        }
    }
}

/// How many elements of each attribute were changed, over any number of files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report(BTreeMap<(Tag, Done), u64>);

impl Report {
    /// Private elements count by group: their numbers mean nothing without creators, which are not told.
    pub(super) fn count(&mut self, tag: Tag, done: Done) {
        let tag = if tag.is_private() { Tag(tag.0, 0) } else { tag };
        *self.0.entry((tag, done)).or_default() += 1;
    }

    /// Takes another report into this one.
    pub fn add(&mut self, other: &Self) {
        for (&key, &count) in &other.0 {
            *self.0.entry(key).or_default() += count;
        }
    }

    /// Attributes in ascending order: tag, keyword (empty if there is none), what was done, to how many elements.
    pub fn lines(&self) -> impl Iterator<Item = (Tag, &'static str, Done, u64)> {
        self.0.iter().map(|(&(tag, done), &count)| {
            let keyword = if tag.is_private() {
                "private"
            } else {
                dictionary::lookup(tag).map_or("", |entry| entry.keyword)
            };
            (tag, keyword, done, count)
        })
    }
}
