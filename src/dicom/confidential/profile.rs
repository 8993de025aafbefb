//! Which options of the profile are on, and what that means for one attribute.

use super::{
    super::{Tag, Vr, dictionary},
    table::{Action, rule},
};
use crate::model::uid_name;

/// What becomes of dates and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dates {
    /// They go.
    #[default]
    Removed,
    /// Retain Longitudinal Temporal Information With Full Dates.
    Kept,
    /// The same With Modified Dates: shifted by whole days, for each patient by another number.
    Shifted,
}

/// The options of PS3.15 E.3, named as the standard names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the standard combines them freely")]
pub struct Profile {
    /// Retain UIDs.
    pub retain_uids: bool,
    /// Retain Longitudinal Temporal Information.
    pub dates: Dates,
    /// Retain Patient Characteristics.
    pub retain_patient_characteristics: bool,
    /// Retain Device Identity.
    pub retain_device_identity: bool,
    /// Retain Institution Identity.
    pub retain_institution_identity: bool,
    /// Retain Safe Private.
    pub retain_safe_private: bool,
    /// Clean Descriptors.
    pub clean_descriptors: bool,
    /// Clean Structured Content.
    pub clean_structured_content: bool,
    /// Clean Graphics.
    pub clean_graphics: bool,
}

/// What is done with one attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Copied; the items of a sequence are treated one by one.
    Keep,
    Remove,
    Empty,
    Dummy,
    /// Other UIDs, one for each.
    Uid,
    /// Shifted by days; times stay.
    Shift,
    /// Only words that are known to be harmless stay.
    Clean,
    /// A pseudonym in the place of Patient ID or Patient's Name.
    Pseudonym,
}

/// Patient ID.
pub(super) const PATIENT_ID: Tag = Tag(0x0010, 0x0020);
/// Patient's Name.
pub(super) const PATIENT_NAME: Tag = Tag(0x0010, 0x0010);
/// URN Code Value (0008,0120): a code, and no address.
const URN_CODE_VALUE: Tag = Tag(0x0008, 0x0120);

/// UIDs of kinds of things, private ones too: SOP classes, transfer syntaxes, schemes and contexts of codes.
const KINDS: &[Tag] = &[
    Tag(0x0008, 0x0016),
    Tag(0x0008, 0x001A),
    Tag(0x0008, 0x001B),
    Tag(0x0008, 0x0062),
    Tag(0x0008, 0x010C),
    Tag(0x0008, 0x0117),
    Tag(0x0008, 0x0118),
    Tag(0x0008, 0x1150),
    Tag(0x0008, 0x115A),
    Tag(0x0400, 0x0010),
];

impl Profile {
    /// What is done with an attribute of the standard's groups.
    pub(super) fn treatment(&self, tag: Tag, vr: Vr) -> Treatment {
        // PS3.15 lets an empty value be a dummy instead; so two patients stay two.
        if matches!(tag, PATIENT_ID | PATIENT_NAME) {
            return Treatment::Pseudonym;
        }
        // Items that could not be taken apart, or are written as what they are not: nobody knows what they say.
        if vr != Vr::SQ && is_sequence(tag) {
            return Treatment::Empty;
        }
        let Some(rule) = rule(tag) else { return self.unlisted(tag, vr) };
        let keeps = [
            ('u', self.retain_uids),
            ('p', self.retain_patient_characteristics),
            ('v', self.retain_device_identity),
            ('i', self.retain_institution_identity),
            ('s', self.clean_structured_content),
            ('g', self.clean_graphics),
            ('d', self.dates == Dates::Kept),
        ];
        if keeps.iter().any(|&(letter, on)| on && rule.has(letter)) {
            return Treatment::Keep;
        }
        if rule.has('d') && self.dates == Dates::Shifted {
            return Treatment::Shift;
        }
        let cleans =
            self.clean_descriptors && rule.has('t') || self.retain_patient_characteristics && rule.has('P');
        match (cleans, rule.action) {
            (true, _) if vr == Vr::SQ => Treatment::Keep,
            (true, _) => Treatment::Clean,
            (_, Action::Uid) if vr == Vr::SQ => Treatment::Keep,
            (_, Action::Uid) => Treatment::Uid,
            (_, Action::Dummy) => Treatment::Dummy,
            (_, Action::Empty) => Treatment::Empty,
            (_, Action::Remove) => Treatment::Remove,
        }
    }

    /// The table names every attribute of the current standard that may identify somebody; retired and newer
    /// ones are judged by what they can hold.
    fn unlisted(&self, tag: Tag, vr: Vr) -> Treatment {
        if dictionary::lookup(tag).is_none() {
            return Treatment::Remove;
        }
        match vr {
            Vr::PN => Treatment::Empty,
            Vr::UI if self.retain_uids || KINDS.contains(&tag) => Treatment::Keep,
            Vr::UI => Treatment::Uid,
            Vr::DA | Vr::TM | Vr::DT => match self.dates {
                Dates::Removed => Treatment::Remove,
                Dates::Kept => Treatment::Keep,
                Dates::Shifted => Treatment::Shift,
            },
            Vr::UR if tag == URN_CODE_VALUE => Treatment::Keep,
            Vr::LT | Vr::ST | Vr::UT | Vr::UR | Vr::UN => Treatment::Remove,
            _ => Treatment::Keep,
        }
    }

    /// Codes of CID 7050 for what was done, each with its meaning.
    pub(super) fn codes(&self) -> Vec<(&'static str, &'static str)> {
        let all = [
            (true, "113100", "Basic Application Confidentiality Profile"),
            (self.clean_graphics, "113103", "Clean Graphics Option"),
            (self.clean_structured_content, "113104", "Clean Structured Content Option"),
            (self.clean_descriptors, "113105", "Clean Descriptors Option"),
            (
                self.dates == Dates::Kept,
                "113106",
                "Retain Longitudinal Temporal Information Full Dates Option",
            ),
            (
                self.dates == Dates::Shifted,
                "113107",
                "Retain Longitudinal Temporal Information Modified Dates Option",
            ),
            (self.retain_patient_characteristics, "113108", "Retain Patient Characteristics Option"),
            (self.retain_device_identity, "113109", "Retain Device Identity Option"),
            (self.retain_uids, "113110", "Retain UIDs Option"),
            (self.retain_safe_private, "113111", "Retain Safe Private Option"),
            (self.retain_institution_identity, "113112", "Retain Institution Identity Option"),
        ];
        all.into_iter().filter(|(on, ..)| *on).map(|(_, code, meaning)| (code, meaning)).collect()
    }
}

/// A UID that the standard has registered says nothing of a patient; one that only begins like those may.
pub(super) fn is_registered(uid: &str) -> bool {
    uid_name(uid).is_some()
}

/// True for an attribute that holds items.
pub(super) fn is_sequence(tag: Tag) -> bool {
    dictionary::lookup(tag).is_some_and(|entry| entry.vr == Vr::SQ)
}
