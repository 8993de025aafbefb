//! What the screen hides of an attribute, by the same table as a copy.

use super::{
    super::{Tag, Vr},
    profile::{Dates, Profile, Treatment},
};
use crate::model::Secret;

/// A screen hides what identifies somebody; age, sex, size and weight it does not.
const SCREEN: Profile = Profile {
    retain_uids: false,
    dates: Dates::Removed,
    retain_patient_characteristics: true,
    retain_device_identity: false,
    retain_institution_identity: false,
    retain_safe_private: false,
    clean_descriptors: true,
    clean_structured_content: true,
    clean_graphics: true,
};

/// How the value of an attribute is hidden on a masked screen; `None` if it may be seen.
pub fn secret(tag: Tag, vr: Vr) -> Option<Secret> {
    // The names of vendors, without which nobody could tell blocks apart.
    if vr == Vr::SQ || tag.is_private_creator() || tag.is_group_length() {
        return None;
    }
    let dated = matches!(vr, Vr::DA | Vr::DT | Vr::TM);
    match SCREEN.treatment(tag, vr) {
        Treatment::Keep => None,
        Treatment::Uid => Some(Secret::Uid),
        Treatment::Clean => Some(Secret::Words),
        _ if dated => Some(Secret::Date),
        _ => Some(Secret::Hidden),
    }
}

/// True for a sequence that a copy would not hold: whatever is in its items stays hidden.
pub fn hides_items(tag: Tag) -> bool {
    SCREEN.treatment(tag, Vr::SQ) != Treatment::Keep
}
