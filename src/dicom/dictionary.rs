//! The standard's dictionary of attributes (PS3.6): what a tag is called and what it holds.
//!
//! Tags, keywords and representations come from `dicom-dictionary-std`; multiplicities, which it lacks, from
//! `vm.txt` beside this file. Private elements other than creators are nobody's business but the vendor's.

use std::{collections::HashMap, fmt, sync::LazyLock};

use dicom_core::{
    dictionary::{DataDictionary as _, DataDictionaryEntryRef, TagRange, VirtualVr},
    header::Tag as CrateTag,
};
use dicom_dictionary_std::StandardDataDictionary;

use super::{tag::Tag, vr::Vr};

/// One attribute of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The tag; of a repeating group the one asked for, or its first if asked by keyword.
    pub tag: Tag,
    /// The keyword, such as `PatientName`.
    pub keyword: &'static str,
    /// How the value is encoded, if the file does not say.
    pub vr: Vr,
    /// What it may be instead: signed for `US` when pixels are, `OB` or `US` for `OW`.
    pub alternative: Option<Vr>,
    /// How many values there may be.
    pub vm: Vm,
}

impl Entry {
    /// The name for people, made from the keyword: `Image Position Patient`.
    pub(super) fn name(&self) -> String {
        spaced(self.keyword)
    }
}

/// How many values an attribute may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Vm {
    least: usize,
    most: Option<usize>,
    step: usize,
}

impl Vm {
    const ONE: Self = Self { least: 1, most: Some(1), step: 1 };

    /// True if the standard allows `count` values; none at all is for its module to judge.
    pub(super) fn allows(self, count: usize) -> bool {
        let enough = count >= self.least && self.most.is_none_or(|most| count <= most);
        count == 0 || enough && (count - self.least).is_multiple_of(self.step)
    }

    /// Reads `1`, `1-3`, `1-n` or `2-2n`.
    fn parse(text: &str) -> Option<Self> {
        let (least, most) = text.split_once('-').unwrap_or((text, text));
        let least = least.parse().ok()?;
        Some(match most.strip_suffix('n') {
            Some("") => Self { least, most: None, step: 1 },
            Some(step) => Self { least, most: None, step: step.parse().ok().filter(|&step| step > 0)? },
            None => Self { least, most: Some(most.parse().ok()?), step: 1 },
        })
    }
}

/// As the standard writes it: `1`, `1-3`, `1-n`, `2-2n`.
impl fmt::Display for Vm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.most {
            Some(most) if most == self.least => most.to_string(),
            Some(most) => format!("{}-{most}", self.least),
            None if self.step == 1 => format!("{}-n", self.least),
            None => format!("{}-{}n", self.least, self.step),
        };
        f.pad(&text)
    }
}

static MULTIPLICITIES: LazyLock<HashMap<Tag, Vm>> = LazyLock::new(|| {
    include_str!("vm.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' ').and_then(|(vm, tags)| Some((Vm::parse(vm)?, tags))))
        .flat_map(|(vm, tags)| {
            tags.split(' ').filter_map(move |tag| {
                let tag = u32::from_str_radix(tag, 16).ok()?;
                Some((Tag((tag >> 16) as u16, (tag & 0xffff) as u16), vm))
            })
        })
        .collect()
});

/// Finds the attribute of a tag: also in repeating groups (50xx, 60xx), group lengths and private creators.
pub(super) fn lookup(tag: Tag) -> Option<Entry> {
    // The crate's masks would take an odd group such as 6001 for an overlay.
    if tag.is_private() && !tag.is_private_creator() && !tag.is_group_length() {
        return None;
    }
    StandardDataDictionary.by_tag(CrateTag(tag.0, tag.1)).map(|entry| Entry { tag, ..Entry::from(entry) })
}

/// Finds an attribute by its exact keyword.
pub(super) fn by_keyword(keyword: &str) -> Option<Entry> {
    StandardDataDictionary.by_name(keyword).map(Entry::from)
}

/// What people call an attribute, with its tag; the tag alone if nobody knows it.
pub(super) fn spoken(tag: Tag) -> String {
    lookup(tag).map_or_else(|| tag.to_string(), |entry| format!("{} {tag}", entry.name()))
}

impl From<&DataDictionaryEntryRef<'static>> for Entry {
    fn from(entry: &DataDictionaryEntryRef<'static>) -> Self {
        let CrateTag(group, element) = entry.tag.inner();
        let tag = Tag(group, element);
        let vm = match entry.tag {
            TagRange::GroupLength | TagRange::PrivateCreator => None,
            _ => MULTIPLICITIES.get(&tag).copied(),
        };
        let alternative = match entry.vr {
            VirtualVr::Xs => Some(Vr::SS),
            VirtualVr::Ox | VirtualVr::Px => Some(Vr::OB),
            VirtualVr::Lt => Some(Vr::US),
            _ => None,
        };
        let vr = Vr::from_bytes(entry.vr.relaxed().to_bytes()).unwrap_or(Vr::UN);
        Self { tag, keyword: entry.alias, vr, alternative, vm: vm.unwrap_or(Vm::ONE) }
    }
}

/// Parts of keywords whose capitals mislead, and what people write instead.
const WORDS: &[(&str, &str)] = &[
    ("DateTime", "DateTime"),
    ("CTDIvol", "CTDIvol"),
    ("CIELab", "CIELab"),
    ("VOILUT", "VOI LUT"),
    ("InmAs", "in mAs"),
    ("InmA", "in mA"),
    ("InuAs", "in uAs"),
    ("InuA", "in uA"),
    ("InuS", "in uS"),
    ("InmS", "in mS"),
    ("Inms", "in ms"),
    ("dBdt", "dB/dt"),
    ("TwoDimensional", "Two Dimensional"),
    ("ThreeDimensional", "Three Dimensional"),
    ("TwoD", "2D"),
    ("ThreeD", "3D"),
    ("RTROI", "RT ROI"),
    ("XAXRF", "XA/XRF"),
    ("UIDs", "UIDs"),
    ("IDs", "IDs"),
];

/// Small words that names do not capitalise.
const SMALL: &[&str] =
    &["And", "As", "At", "By", "For", "From", "In", "Of", "On", "Or", "Per", "The", "To", "With"];

/// Splits a keyword at its capitals, keeping abbreviations in one piece.
fn spaced(keyword: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    let mut rest = keyword;
    while !rest.is_empty() {
        let known = WORDS.iter().find(|(joined, _)| rest.starts_with(joined));
        let (word, length) = known.map_or_else(
            || {
                let length = word_length(rest);
                (rest.get(..length).unwrap_or(rest), length)
            },
            |(joined, apart)| (*apart, joined.len()),
        );
        words.push(word);
        rest = rest.get(length..).unwrap_or_default();
    }
    let mut name = String::with_capacity(keyword.len() + words.len());
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            name.push(' ');
        }
        if at > 0 && SMALL.contains(word) {
            name.push_str(&word.to_ascii_lowercase());
        } else {
            name.push_str(word);
        }
    }
    name
}

/// Bytes up to the next capital that starts a word, or the next known word.
fn word_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let starts = |at: usize| {
        let lower = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_lowercase);
        let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
        let capital = bytes.get(at).is_some_and(u8::is_ascii_uppercase);
        let known = text.get(at..).is_some_and(|rest| WORDS.iter().any(|(word, _)| rest.starts_with(word)));
        known || capital && (lower(at - 1) || lower(at + 1)) || digit(at) && lower(at - 1)
    };
    (1..bytes.len()).find(|&at| starts(at)).unwrap_or(bytes.len().max(1))
}

#[cfg(test)]
#[path = "dictionary/tests.rs"]
mod tests;
